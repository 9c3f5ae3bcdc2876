use argon2::password_hash::phc;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use std::fmt;

use crate::Email;
use crate::guessable::is_guessable;

/// Fewest characters of a password.
const SHORTEST: usize = 12;
/// Most bytes: longer ones are refused, not cut.
const LONGEST_BYTES: usize = 1024;

/// Why a password cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than twelve characters.
    #[error("a password has at least 12 characters")]
    TooShort,
    /// Over a kilobyte.
    #[error("a password has at most 1024 bytes")]
    TooLong,
    /// Common words, the person's own address, or characters in a row.
    #[error(
        "this password is easily guessed: leave out your address, common words, years and \
         characters in a row"
    )]
    Guessable,
    /// The hash could not be made or read.
    #[error("the password could not be hashed")]
    Hashing,
}

/// An argon2id hash with its salt and parameters, as kept in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a new password. Takes tens of milliseconds and 19 MiB on purpose.
    ///
    /// # Errors
    /// When the password is too short or too long, or there is no randomness for its salt.
    pub fn of(password: &str) -> Result<Self, PasswordError> {
        if password.chars().count() < SHORTEST {
            return Err(PasswordError::TooShort);
        }
        if password.len() > LONGEST_BYTES {
            return Err(PasswordError::TooLong);
        }
        let hash: phc::PasswordHash = Argon2::default()
            .hash_password(password.as_bytes())
            .map_err(|_| PasswordError::Hashing)?;
        Ok(Self(hash.to_string()))
    }

    /// Hashes a password that a person has chosen: not one that others guess.
    ///
    /// # Errors
    /// Those of [`PasswordHash::of`], and where it is easily guessed.
    pub fn of_chosen(password: &str, address: &Email) -> Result<Self, PasswordError> {
        if password.chars().count() < SHORTEST {
            return Err(PasswordError::TooShort);
        }
        if password.len() <= LONGEST_BYTES && is_guessable(password, address) {
            return Err(PasswordError::Guessable);
        }
        Self::of(password)
    }

    /// A hash read back from the database.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The hash as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the hash of that password.
    pub(crate) fn matches(&self, password: &str) -> bool {
        password.len() <= LONGEST_BYTES
            && phc::PasswordHash::new(&self.0).is_ok_and(|hash| {
                Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
            })
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// The work of one comparison with nothing to compare to, so that an account that does not exist
/// takes as long to refuse as one that does.
pub(crate) fn work_for_nobody(password: &str) {
    let mut output = [0; 32];
    let bytes = password.as_bytes().get(..LONGEST_BYTES).unwrap_or(password.as_bytes());
    let done = Argon2::default().hash_password_into(bytes, b"nobody at all...", &mut output);
    std::hint::black_box((done.is_ok(), output));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hash = PasswordHash::of("correct horse battery").expect("a hash");
        assert!(hash.as_str().starts_with("$argon2id$"));
        assert!(hash.matches("correct horse battery"));
        assert!(!hash.matches("correct horse batterz"));
        assert!(!hash.matches(""));
        assert!(!PasswordHash::stored("rubbish".to_owned()).matches("rubbish"));
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        assert_ne!(
            PasswordHash::of("correct horse battery"),
            PasswordHash::of("correct horse battery")
        );
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(PasswordHash::of("elevenchars"), Err(PasswordError::TooShort));
        assert_eq!(PasswordHash::of(&"x".repeat(1025)), Err(PasswordError::TooLong));
        assert!(PasswordHash::of("ééééééééééé").is_err());
        assert!(PasswordHash::of("éééééééééééé").is_ok());
        work_for_nobody(&"é".repeat(2000));
    }

    #[test]
    fn a_chosen_password_is_not_one_that_others_guess() {
        let address: Email = "jo@example.org".parse().expect("an address");
        let of = |password: &str| PasswordHash::of_chosen(password, &address);
        assert_eq!(of("password1234"), Err(PasswordError::Guessable));
        assert_eq!(of("jo@example.org"), Err(PasswordError::Guessable));
        assert_eq!(of("abc"), Err(PasswordError::TooShort));
        assert_eq!(of(&"xy9-".repeat(300)), Err(PasswordError::TooLong));
        assert!(of("kestrel umbrella fjord").is_ok());
    }
}
