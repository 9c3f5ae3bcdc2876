use ring::hmac;
use std::fmt;

/// Bytes of a secret: as many as SHA-1 has.
const BYTES: usize = 20;
/// Seconds for which a code holds.
const STEP: i64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;
/// One more than the largest code.
const CODES: u32 = 1_000_000;
/// Steps before and after the present one whose codes are taken, for clocks that differ.
const EITHER_SIDE: i64 = 1;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a person's phone and we both know, from which both compute codes that hold for half a
/// minute (RFC 6238 with SHA-1 and six digits, as every such app understands).
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; BYTES]);

/// The half minute whose code was given: kept, so that no code is taken twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotpStep(i64);

/// Why there is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TotpError {
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness for a second factor")]
    NoRandomness,
    /// Not twenty bytes.
    #[error("a stored second factor cannot be read")]
    Malformed,
}

impl TotpSecret {
    /// A new random secret.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, TotpError> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|_| TotpError::NoRandomness)?;
        Ok(Self(bytes))
    }

    /// A secret read back.
    ///
    /// # Errors
    /// When it is not twenty bytes.
    pub fn stored(bytes: &[u8]) -> Result<Self, TotpError> {
        Ok(Self(bytes.try_into().map_err(|_| TotpError::Malformed)?))
    }

    /// The bytes, to be sealed before they are kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as text to type into an app: 32 letters and digits (base 32).
    #[must_use]
    pub fn reveal(&self) -> String {
        base32(&self.0)
    }

    /// The same in groups of four.
    #[must_use]
    pub fn groups(&self) -> String {
        grouped(&self.reveal(), ' ')
    }

    /// The address that an app reads, from a link or a QR code.
    #[must_use]
    pub fn link(&self, account: &str) -> String {
        let account: String = account.bytes().fold(String::new(), |text, byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                text + char::from(byte).encode_utf8(&mut [0; 4])
            }
            other => text + &format!("%{other:02X}"),
        });
        let secret = self.reveal();
        format!(
            "otpauth://totp/valuebook:{account}?secret={secret}&issuer=valuebook&algorithm=SHA1\
             &digits={DIGITS}&period={STEP}"
        )
    }

    /// The step of a code that holds at that moment (seconds since 1970) and is later than the
    /// last one taken; nothing where the code is wrong or has been used.
    #[must_use]
    pub fn check(&self, code: &str, now: i64, last: Option<TotpStep>) -> Option<TotpStep> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        let given: u32 = if is_code { digits.parse().ok()? } else { return None };
        let present = now.div_euclid(STEP);
        let steps = present.saturating_sub(EITHER_SIDE)..=present.saturating_add(EITHER_SIDE);
        // Every step is computed whichever fits, so that time tells nothing.
        let fitting = steps.filter(|step| self.code(*step) == given).max().map(TotpStep);
        fitting.filter(|step| last.is_none_or(|last| *step > last))
    }

    /// The code that an app with this secret shows at that moment (seconds since 1970).
    #[must_use]
    pub fn code_at(&self, now: i64) -> String {
        format!("{:0DIGITS$}", self.code(now.div_euclid(STEP)))
    }

    fn code(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let from = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
        let four = tag.iter().skip(from).take(4);
        let number = four.fold(0_u32, |number, byte| number.wrapping_shl(8) | u32::from(*byte));
        (number & 0x7fff_ffff) % CODES
    }
}

impl TotpStep {
    /// A step read back.
    #[must_use]
    pub const fn stored(step: i64) -> Self {
        Self(step)
    }

    /// The step as it is kept.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Bytes as letters and digits, five bits each; zero bits fill the last.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1));
    let bits: Vec<u8> = bits.collect();
    bits.chunks(5)
        .map(|five| {
            let value = five.iter().fold(0_usize, |value, bit| value * 2 + usize::from(*bit));
            let value = value.wrapping_shl(u32::try_from(5 - five.len()).unwrap_or_default());
            ALPHABET.get(value).copied().map_or('A', char::from)
        })
        .collect()
}

/// Text in groups of four characters.
pub(crate) fn grouped(text: &str, between: char) -> String {
    let mut grouped = String::new();
    for (at, letter) in text.chars().enumerate() {
        if at > 0 && at.is_multiple_of(4) {
            grouped.push(between);
        }
        grouped.push(letter);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_the_rfc() -> TotpSecret {
        TotpSecret::stored(b"12345678901234567890").expect("twenty bytes")
    }

    /// RFC 6238, appendix B, the rows of SHA-1: its codes have eight digits, ours their last six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = of_the_rfc().check(code, seconds, None);
            assert_eq!(step.map(TotpStep::number), Some(seconds.div_euclid(STEP)), "{seconds}");
        }
    }

    #[test]
    fn a_code_holds_one_step_either_side_and_once() {
        let secret = of_the_rfc();
        let at = 1_234_567_890;
        let step = secret.check("005924", at, None).expect("right");
        for (seconds, holds) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            assert_eq!(secret.check("005924", at + seconds, None).is_some(), holds, "{seconds}");
        }
        assert_eq!(secret.check("005 924", at, None), Some(step), "as apps show it");
        assert_eq!(secret.check("005924", at, Some(step)), None, "taken before");
        let next = secret.code_at(at + STEP);
        assert!(secret.check(&next, at, Some(step)).is_some(), "a later one is taken");
        let before = secret.code_at(at - STEP);
        assert_eq!(secret.check(&before, at, Some(step)), None, "an earlier one is not");
        for wrong in ["", "5924", "0059245", "00592a", "+05924", "００５９２４"] {
            assert_eq!(secret.check(wrong, at, None), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_reads_as_apps_want_it() {
        let secret = of_the_rfc();
        assert_eq!(secret.reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(secret.groups(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            secret.link("jo+x@example.org"),
            "otpauth://totp/valuebook:jo%2Bx%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=valuebook&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(base32(b"fooba"), "MZXW6YTB", "RFC 4648");
        assert_eq!(base32(b"foob"), "MZXW6YQ");
    }

    #[test]
    fn a_secret_is_random_and_never_shown() {
        let secret = TotpSecret::generate().expect("a secret");
        assert_ne!(secret, TotpSecret::generate().expect("another"));
        assert_eq!(TotpSecret::stored(secret.bytes()), Ok(secret.clone()));
        assert_eq!(TotpSecret::stored(b"short"), Err(TotpError::Malformed));
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
    }
}
