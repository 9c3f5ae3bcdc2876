use std::fmt;

use crate::{SessionToken, TokenError, TokenHash};

/// What the link of an invitation ends in: 64 hexadecimal digits, as random as a session's.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationToken(SessionToken);

impl InvitationToken {
    /// A new random token.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, TokenError> {
        SessionToken::generate().map(Self)
    }

    /// A token as it stands in a link.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn read(text: &str) -> Result<Self, TokenError> {
        SessionToken::read(text).map(Self)
    }

    /// The token itself, for the link only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// What the database keeps of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        self.0.hash()
    }
}

impl fmt::Debug for InvitationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_back_and_never_shown() {
        let token = InvitationToken::generate().expect("a token");
        assert_eq!(InvitationToken::read(token.reveal()), Ok(token.clone()));
        assert_ne!(token.hash().as_str(), token.reveal());
        assert_eq!(format!("{token:?}"), "InvitationToken(…)");
        assert!(InvitationToken::read("../people").is_err());
    }
}
