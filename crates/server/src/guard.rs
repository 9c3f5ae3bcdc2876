//! How a service is guarded: chosen at its start.

use sha2::{Digest, Sha256};
use std::fmt;
use std::net::IpAddr;

use crate::limits::Limits;

/// How a service is guarded. The usual way trusts no proxy and shows its counts to this machine
/// only.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// How much one address and one account may ask for, and how long.
    pub limits: Limits,
    /// Proxies whose `X-Forwarded-For` says from where a request comes.
    pub trusted_proxies: Vec<IpAddr>,
    /// What reads `/metrics` from elsewhere.
    pub metrics_token: Option<MetricsToken>,
}

/// The token that reads `/metrics`: only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct MetricsToken([u8; 32]);

/// A token that could be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token for /metrics has at least 32 characters without spaces")]
pub struct MetricsTokenError;

impl MetricsToken {
    /// A token as it is kept in a file, with white space around it.
    ///
    /// # Errors
    /// When it is too short.
    pub fn read(text: &str) -> Result<Self, MetricsTokenError> {
        let text = text.trim();
        let plain = text.chars().all(|letter| letter.is_ascii_graphic());
        if plain && text.len() >= 32 { Ok(Self(hash(text))) } else { Err(MetricsTokenError) }
    }

    /// Whether an `Authorization` header carries it. Hashes are compared, so the time it takes
    /// tells nothing of the token.
    #[must_use]
    pub fn is_in(&self, authorization: &str) -> bool {
        authorization.strip_prefix("Bearer ").is_some_and(|given| hash(given.trim()) == self.0)
    }
}

impl fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsToken(…)")
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_never_shown() {
        let token = "0123456789abcdef0123456789abcdef";
        let read = MetricsToken::read(&format!("{token}\n")).expect("a token");
        assert!(read.is_in(&format!("Bearer {token}")));
        assert!(!read.is_in(token) && !read.is_in("Bearer other"));
        assert!(!format!("{read:?}").contains("0123"));
        assert_eq!(MetricsToken::read("short"), Err(MetricsTokenError));
        assert_eq!(MetricsToken::read(&"a b".repeat(20)), Err(MetricsTokenError));
    }
}
