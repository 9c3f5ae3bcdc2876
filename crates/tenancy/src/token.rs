use sha2::{Digest, Sha256};
use std::fmt;
use std::fmt::Write;

use crate::totp::{base32, grouped};

/// Bytes of randomness in a token.
const BYTES: usize = 32;
/// Bytes of randomness in a recovery code: 80 bits.
const RECOVERY_BYTES: usize = 10;
/// How an API token begins, so that people and scanners know one when they see it.
const API_PREFIX: &str = "vb_";

/// What a browser keeps to stay signed in: 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness for a token")]
    NoRandomness,
    /// Not what a token looks like.
    #[error("this is not a token")]
    Malformed,
}

/// The SHA-256 of a token: all that the database keeps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenHash(String);

impl SessionToken {
    /// A new random token.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, TokenError> {
        Ok(Self(hex(&random::<BYTES>()?)))
    }

    /// A token as a browser sent it.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn read(text: &str) -> Result<Self, TokenError> {
        if is_token(text) { Ok(Self(text.to_owned())) } else { Err(TokenError::Malformed) }
    }

    /// The token itself, for the cookie only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// What a program keeps to act for a person: `vb_` and 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken(String);

impl ApiToken {
    /// A new random token.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, TokenError> {
        Ok(Self(format!("{API_PREFIX}{}", hex(&random::<BYTES>()?))))
    }

    /// A token as a program sent it.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn read(text: &str) -> Result<Self, TokenError> {
        match text.strip_prefix(API_PREFIX) {
            Some(digits) if is_token(digits) => Ok(Self(text.to_owned())),
            _ => Err(TokenError::Malformed),
        }
    }

    /// The token itself, shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(…)")
    }
}

/// What lets a person in once when their phone is lost: 16 letters and digits, 80 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new random code.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, TokenError> {
        Ok(Self(base32(&random::<RECOVERY_BYTES>()?)))
    }

    /// A code as it was typed: case, spaces and hyphens do not matter, nor whether 0 and 1, which
    /// no code has, were written for the letters O and I.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn read(text: &str) -> Result<Self, TokenError> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c {
            '0' => 'O',
            '1' => 'I',
            other => other.to_ascii_uppercase(),
        });
        let code: String = typed.take(64).collect();
        let is_letter = |byte: u8| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte);
        if code.len() == 16 && code.bytes().all(is_letter) {
            Ok(Self(code))
        } else {
            Err(TokenError::Malformed)
        }
    }

    /// The code in groups of four, shown once.
    #[must_use]
    pub fn reveal(&self) -> String {
        grouped(&self.0, '-')
    }

    /// What the database keeps of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

impl TokenHash {
    /// Of what has enough randomness of its own to need no salt.
    fn of(text: &str) -> Self {
        Self(hex(&Sha256::digest(text.as_bytes())))
    }

    /// The hash as 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn random<const N: usize>() -> Result<[u8; N], TokenError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| TokenError::NoRandomness)?;
    Ok(bytes)
}

fn is_token(text: &str) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 2 * BYTES && text.bytes().all(is_hex)
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hexadecimal digits as bytes; nothing where they are not.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits?;
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(high.wrapping_shl(4) | low),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_random_readable_and_never_shown() {
        let token = SessionToken::generate().expect("a token");
        assert_ne!(Ok(&token), SessionToken::generate().as_ref());
        assert_eq!(SessionToken::read(token.reveal()), Ok(token.clone()));
        assert_eq!(token.hash().as_str().len(), 64);
        assert_ne!(token.hash().as_str(), token.reveal());
        assert_eq!(format!("{token:?}"), "SessionToken(…)");
    }

    #[test]
    fn anything_else_is_no_token() {
        for text in ["", "abc", &"G".repeat(64), &"A".repeat(64), &"a".repeat(65)] {
            assert_eq!(SessionToken::read(text), Err(TokenError::Malformed), "{text}");
            let text = format!("vb_{text}");
            assert_eq!(ApiToken::read(&text), Err(TokenError::Malformed), "{text}");
        }
        assert_eq!(ApiToken::read(&"a".repeat(64)), Err(TokenError::Malformed));
    }

    #[test]
    fn an_api_token_says_what_it_is_and_is_never_shown() {
        let token = ApiToken::generate().expect("a token");
        assert!(token.reveal().starts_with("vb_") && token.reveal().len() == 67);
        assert_eq!(ApiToken::read(token.reveal()), Ok(token.clone()));
        assert!(SessionToken::read(token.reveal()).is_err(), "never taken for a session");
        assert_eq!(format!("{token:?}"), "ApiToken(…)");
    }

    #[test]
    fn a_recovery_code_may_be_typed_carelessly() {
        let code = RecoveryCode::generate().expect("a code");
        assert_ne!(code, RecoveryCode::generate().expect("another"));
        let shown = code.reveal();
        assert_eq!(shown.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
        let typed = format!(" {} ", shown.to_lowercase().replace('-', " ").replace('o', "0"));
        assert_eq!(RecoveryCode::read(&typed).map(|read| read.hash()), Ok(code.hash()));
        for wrong in ["", "123456", "ABCD-EFGH-JKLM-NPQ8", "ABCD-EFGH-JKLM-NPQRS"] {
            assert_eq!(RecoveryCode::read(wrong), Err(TokenError::Malformed), "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }
}
