use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt;

use crate::token::{hex, unhex};

/// Bytes of a key.
const BYTES: usize = 32;

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not 64 hexadecimal digits.
    #[error("a master key is 64 hexadecimal digits (32 bytes)")]
    Malformed,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness for a key")]
    NoRandomness,
    /// Text that was not sealed with this key for this purpose.
    #[error("a sealed secret cannot be opened: is this the master key it was sealed with?")]
    NotSealed,
}

/// The one secret of an installation: every other key and database password is derived from it,
/// each for one purpose, so that nothing else has to be kept.
#[derive(Clone)]
pub struct MasterKey([u8; BYTES]);

impl MasterKey {
    /// A new random key.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
        Ok(Self(bytes))
    }

    /// A key as it is kept: 64 hexadecimal digits, with white space around them.
    ///
    /// # Errors
    /// When it is not.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let bytes = unhex(text.trim()).ok_or(KeyError::Malformed)?;
        Ok(Self(bytes.try_into().map_err(|_| KeyError::Malformed)?))
    }

    /// The key as it is kept.
    #[must_use]
    pub fn reveal(&self) -> String {
        hex(&self.0)
    }

    /// The password of a database login: 64 hexadecimal digits.
    #[must_use]
    pub fn password_of(&self, login: &str) -> String {
        hex(&self.derive(&format!("login/{login}")))
    }

    /// What keeps secrets of one purpose.
    ///
    /// # Errors
    /// Never with a key of this length; the library below says so at run time.
    pub fn sealer(&self, purpose: &str) -> Result<Sealer, KeyError> {
        let key = self.derive(&format!("seal/{purpose}"));
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| KeyError::Malformed)?;
        Ok(Sealer(LessSafeKey::new(key)))
    }

    /// What signs for one purpose.
    ///
    /// # Errors
    /// Never with a key of this length; the library below says so at run time.
    pub fn signer(&self, purpose: &str) -> Result<Signer, KeyError> {
        let seed = self.derive(&format!("sign/{purpose}"));
        Ed25519KeyPair::from_seed_unchecked(&seed).map(Signer).map_err(|_| KeyError::Malformed)
    }

    /// What marks text so that nobody without the master key can make the mark: 64 hexadecimal
    /// digits.
    #[must_use]
    pub fn mark(&self, purpose: &str, text: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive(&format!("mark/{purpose}")));
        hex(hmac::sign(&key, text.as_bytes()).as_ref())
    }

    fn derive(&self, purpose: &str) -> [u8; BYTES] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, format!("valuebook/1/{purpose}").as_bytes());
        let mut derived = [0; BYTES];
        for (to, from) in derived.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        derived
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// Keeps secrets that must be read again, such as the seed of a second factor.
#[derive(Debug)]
pub struct Sealer(LessSafeKey);

impl Sealer {
    /// The secret as it may be stored, bound to whose it is: it opens for no one else.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn seal(&self, whose: &str, secret: &[u8]) -> Result<String, KeyError> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| KeyError::NoRandomness)?;
        let mut sealed = secret.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(unique, Aad::from(whose.as_bytes()), &mut sealed)
            .map_err(|_| KeyError::NotSealed)?;
        Ok(hex(&nonce) + &hex(&sealed))
    }

    /// A secret read back.
    ///
    /// # Errors
    /// When it was not sealed by this key for that one.
    pub fn open(&self, whose: &str, sealed: &str) -> Result<Vec<u8>, KeyError> {
        let mut bytes = unhex(sealed).ok_or(KeyError::NotSealed)?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(KeyError::NotSealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::NotSealed)?;
        let opened = self.0.open_in_place(nonce, Aad::from(whose.as_bytes()), sealed);
        opened.map(|secret| secret.to_vec()).map_err(|_| KeyError::NotSealed)
    }
}

/// Signs what leaves the installation, so that others can tell it is from here (Ed25519).
#[derive(Debug)]
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// The signature: 128 hexadecimal digits.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        hex(self.0.sign(text.as_bytes()).as_ref())
    }

    /// What others check signatures with: 64 hexadecimal digits, no secret.
    #[must_use]
    pub fn public_key(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    /// Whether a text was signed by whoever has that public key.
    #[must_use]
    pub fn is_signed(text: &str, signature: &str, public_key: &str) -> bool {
        match (unhex(signature), unhex(public_key)) {
            (Some(signature), Some(key)) => {
                UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_kept_and_never_shown() {
        let key = MasterKey::generate().expect("a key");
        let again = MasterKey::read(&format!(" {}\n", key.reveal())).expect("reads");
        assert_eq!(again.reveal(), key.reveal());
        assert_eq!(format!("{key:?}"), "MasterKey(…)");
        for text in ["", "ab", &"g".repeat(64), &"a".repeat(65)] {
            assert_eq!(MasterKey::read(text).map(|_| ()), Err(KeyError::Malformed), "{text}");
        }
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let key = MasterKey::read(&"01".repeat(32)).expect("a key");
        let other = MasterKey::read(&"02".repeat(32)).expect("a key");
        assert_eq!(key.password_of("qj2").len(), 64);
        assert_eq!(key.password_of("qj2"), key.password_of("qj2"));
        assert_ne!(key.password_of("qj2"), key.password_of("qwo"));
        assert_ne!(key.password_of("qj2"), other.password_of("qj2"));
        assert_ne!(key.mark("a", "x"), key.mark("b", "x"));
        assert_ne!(key.mark("a", "x"), key.mark("a", "y"));
    }

    #[test]
    fn a_sealed_secret_opens_for_its_owner_and_purpose_only() {
        let key = MasterKey::generate().expect("a key");
        let sealer = key.sealer("totp").expect("a sealer");
        let sealed = sealer.seal("jo", b"secret").expect("sealed");
        assert_ne!(sealed, sealer.seal("jo", b"secret").expect("sealed"), "never twice the same");
        assert_eq!(sealer.open("jo", &sealed).expect("opens"), b"secret");
        assert_eq!(sealer.open("al", &sealed), Err(KeyError::NotSealed));
        let other = key.sealer("other").expect("a sealer");
        assert_eq!(other.open("jo", &sealed), Err(KeyError::NotSealed));
        for broken in ["", "00", &sealed.replace('a', "b"), sealed.get(2..).expect("more")] {
            assert_eq!(sealer.open("jo", broken), Err(KeyError::NotSealed), "{broken}");
        }
    }

    #[test]
    fn a_signature_is_of_one_text_by_one_key() {
        let key = MasterKey::generate().expect("a key");
        let signer = key.signer("audit").expect("a signer");
        let signature = signer.sign("the head");
        assert!(Signer::is_signed("the head", &signature, &signer.public_key()));
        assert!(!Signer::is_signed("the heads", &signature, &signer.public_key()));
        let other = key.signer("other").expect("a signer").public_key();
        assert!(!Signer::is_signed("the head", &signature, &other));
        assert!(!Signer::is_signed("the head", "rubbish", "rubbish"));
    }
}
