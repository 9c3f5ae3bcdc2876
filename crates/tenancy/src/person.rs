use std::fmt;
use std::str::FromStr;

/// The id of a person: opaque, and never a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(String);

impl PersonId {
    /// An id made elsewhere.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail address, in lower case: what a person signs in with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// Not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address is name@host, of at most 254 characters and without spaces")]
pub struct EmailError;

impl Email {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = EmailError;
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let (name, host) = text.split_once('@').ok_or(EmailError)?;
        let clean = |part: &str| {
            !part.is_empty() && !part.contains('@') && part.chars().all(|c| c.is_ascii_graphic())
        };
        if text.len() <= 254 && clean(name) && clean(host) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(EmailError)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_without_case() {
        let email: Email = "Jo.Bloggs@Example.NHS.uk".parse().expect("an address");
        assert_eq!(email.as_str(), "jo.bloggs@example.nhs.uk");
        for text in ["", "jo", "@x", "jo@", "j o@x", "a@b@c", "jo@x\n"] {
            assert_eq!(text.parse::<Email>(), Err(EmailError), "{text}");
        }
    }
}
