use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};
use std::str::FromStr;

use crate::Millions;

/// An amount of money in whole pence. Written and read as pounds with two decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pence(i64);

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// No text at all.
    #[error("no amount is given")]
    Empty,
    /// Anything but digits, one leading minus and one point.
    #[error("an amount is digits with at most one decimal point, such as 1234.50")]
    Malformed,
    /// More than two digits after the point.
    #[error("an amount has at most two decimals (whole pence)")]
    Decimals,
    /// More than £10,000bn in one amount.
    #[error("an amount may not exceed £10,000,000,000,000")]
    TooLarge,
}

impl Pence {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount accepted in one cell: £10bn. Nine million of them still add up in `i64`.
    pub const CELL_LIMIT: i64 = 1_000_000_000_000;
    /// The largest amount that can be read at all: £10,000bn, exact as a double too.
    pub const LIMIT: i64 = 1_000_000_000_000_000;

    /// An amount of whole pence.
    #[must_use]
    pub const fn new(pence: i64) -> Self {
        Self(pence)
    }

    /// The amount in whole pence.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or nothing where it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The amount in £ million, the model's unit. Exact to 15 digits.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "i64 to f64 has no From; exact below 2^53 pence")]
    pub fn to_millions(self) -> Millions {
        Millions::new(self.0 as f64 / 1e8)
    }

    /// The amount in pounds, for ratios and pictures only; never added up.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "i64 to f64 has no From; exact below 2^53 pence")]
    pub fn to_pounds(self) -> f64 {
        self.0 as f64 / 1e2
    }
}

impl Add for Pence {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Pence {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Pence {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Pence {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Pence {
    /// Pounds with two decimals and no separators: `-1234.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", size.div_euclid(100), size.rem_euclid(100))
    }
}

impl FromStr for Pence {
    type Err = MoneyError;

    /// Reads pounds with at most two decimals, without floating point.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if digits.is_empty() {
            return Err(if negative { MoneyError::Malformed } else { MoneyError::Empty });
        }
        let (pounds, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if pounds.is_empty()
            || !all_digits(pounds)
            || !all_digits(decimals)
            || (digits.contains('.') && decimals.is_empty())
        {
            return Err(MoneyError::Malformed);
        }
        if decimals.len() > 2 {
            return Err(MoneyError::Decimals);
        }
        let pounds: i64 = pounds.parse().map_err(|_| MoneyError::TooLarge)?;
        let pence: i64 = match decimals.len() {
            0 => 0,
            1 => decimals.parse::<i64>().map_err(|_| MoneyError::Malformed)?.saturating_mul(10),
            _ => decimals.parse().map_err(|_| MoneyError::Malformed)?,
        };
        let size = pounds.checked_mul(100).and_then(|hundreds| hundreds.checked_add(pence));
        match size {
            Some(size) if size <= Self::LIMIT => Ok(Self(if negative { -size } else { size })),
            _ => Err(MoneyError::TooLarge),
        }
    }
}

impl Serialize for Pence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_a_costing_accountant_writes() {
        let cases = [("0", 0), ("12", 1200), ("12.5", 1250), ("12.05", 1205), ("-0.01", -1)];
        for (text, pence) in cases {
            assert_eq!(text.parse(), Ok(Pence(pence)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_money() {
        let cases = [
            ("", MoneyError::Empty),
            ("-", MoneyError::Malformed),
            ("1e6", MoneyError::Malformed),
            ("0x10", MoneyError::Malformed),
            ("NaN", MoneyError::Malformed),
            ("inf", MoneyError::Malformed),
            ("1,234", MoneyError::Malformed),
            ("£5", MoneyError::Malformed),
            ("+5", MoneyError::Malformed),
            (".5", MoneyError::Malformed),
            ("5.", MoneyError::Malformed),
            ("1.2.3", MoneyError::Malformed),
            ("12.005", MoneyError::Decimals),
            ("10000000000000.01", MoneyError::TooLarge),
            ("99999999999999999999", MoneyError::TooLarge),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<Pence>(), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_and_read_again_is_the_same(pence in -Pence::CELL_LIMIT..=Pence::CELL_LIMIT) {
            let amount = Pence(pence);
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        }

        #[test]
        fn millions_and_back_is_the_same(pence in -Pence::CELL_LIMIT..=Pence::CELL_LIMIT) {
            let amount = Pence(pence);
            prop_assert_eq!(amount.to_millions().floor_to_pence(), Some(amount));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = text.parse::<Pence>();
        }
    }
}
