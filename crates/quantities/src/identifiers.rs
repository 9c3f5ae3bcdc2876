use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Empty, too long, or with a character that codes do not have.
    #[error("\"{0}\" is not a code: 1 to 40 letters, digits, '-', '_' or '.'")]
    Code(String),
    /// Not `provider/service`.
    #[error("\"{0}\" does not name a service: write provider/service, such as RTG/110")]
    Service(String),
    /// Not a financial year.
    #[error("\"{0}\" is not a financial year: write it as 2024-25")]
    FinYear(String),
}

fn is_code(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdentifierError;
            fn from_str(text: &str) -> Result<Self, IdentifierError> {
                if is_code(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdentifierError::Code(text.chars().take(60).collect()))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentifierError;
            fn try_from(text: String) -> Result<Self, IdentifierError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code! {
    /// The national code of an organisation that gives care, such as `RTG`.
    ProviderCode
}
code! {
    /// The code of an Integrated Care Board, such as `QJ2`.
    TenantCode
}
code! {
    /// A part of an Integrated Care Board's area.
    PlaceCode
}
code! {
    /// A staff pool: one staff group within a scope.
    PoolId
}

/// A service line: one provider's one service, written `provider/service`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceKey {
    provider: ProviderCode,
    text: String,
}

impl ServiceKey {
    /// The line of a provider's service code.
    ///
    /// # Errors
    /// When the service code is not a code.
    pub fn new(provider: ProviderCode, service_code: &str) -> Result<Self, IdentifierError> {
        if is_code(service_code) {
            let text = format!("{provider}/{service_code}");
            Ok(Self { provider, text })
        } else {
            Err(IdentifierError::Code(service_code.chars().take(60).collect()))
        }
    }

    /// The provider that gives the service.
    #[must_use]
    pub const fn provider(&self) -> &ProviderCode {
        &self.provider
    }

    /// `provider/service`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The service code without its provider.
    #[must_use]
    pub fn service_code(&self) -> &str {
        self.text.split_once('/').map_or("", |(_, code)| code)
    }
}

impl FromStr for ServiceKey {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let wrong = || IdentifierError::Service(text.chars().take(60).collect());
        let (provider, service_code) = text.split_once('/').ok_or_else(wrong)?;
        Self::new(provider.parse().map_err(|_| wrong())?, service_code).map_err(|_| wrong())
    }
}

impl TryFrom<String> for ServiceKey {
    type Error = IdentifierError;
    fn try_from(text: String) -> Result<Self, IdentifierError> {
        text.parse()
    }
}

impl From<ServiceKey> for String {
    fn from(key: ServiceKey) -> Self {
        key.text
    }
}

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A financial year, 1 April to 31 March, written `2024-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FinYear(u16);

impl FinYear {
    /// The earliest that can be written.
    pub const FIRST: Self = Self(1990);

    /// The calendar year in which it starts.
    #[must_use]
    pub const fn starts(self) -> u16 {
        self.0
    }

    /// The year before, where it can be written.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        (self > Self::FIRST).then(|| Self(self.0.saturating_sub(1)))
    }

    /// How many years later this one starts.
    #[must_use]
    pub fn years_after(self, earlier: Self) -> i32 {
        i32::from(self.0) - i32::from(earlier.0)
    }
}

impl FromStr for FinYear {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let wrong = || IdentifierError::FinYear(text.chars().take(60).collect());
        let (start, end) = text.split_once('-').ok_or_else(wrong)?;
        let digits = |part: &str, len: usize| {
            part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(start, 4) || !digits(end, 2) {
            return Err(wrong());
        }
        let start: u16 = start.parse().map_err(|_| wrong())?;
        let end: u16 = end.parse().map_err(|_| wrong())?;
        if (1990..2100).contains(&start) && (start + 1) % 100 == end {
            Ok(Self(start))
        } else {
            Err(wrong())
        }
    }
}

impl TryFrom<String> for FinYear {
    type Error = IdentifierError;
    fn try_from(text: String) -> Result<Self, IdentifierError> {
        text.parse()
    }
}

impl From<FinYear> for String {
    fn from(year: FinYear) -> Self {
        year.to_string()
    }
}

impl fmt::Display for FinYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.0, (self.0 + 1) % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_named_with_its_provider() {
        let key: ServiceKey = "RTG/110".parse().expect("a service");
        assert_eq!((key.provider().as_str(), key.service_code()), ("RTG", "110"));
        for text in ["RTG", "/110", "RTG/", "RTG/1 1", "RTG/1/2"] {
            assert!(text.parse::<ServiceKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_financial_year_ends_in_the_next() {
        let year: FinYear = "2024-25".parse().expect("a year");
        assert_eq!((year.starts(), year.to_string()), (2024, "2024-25".to_owned()));
        assert_eq!("1999-00".parse::<FinYear>().map(FinYear::starts), Ok(1999));
        for text in ["2024", "2024/25", "2024-26", "24-25", "2024-2025", "1200-01"] {
            assert!(text.parse::<FinYear>().is_err(), "{text}");
        }
    }
}
