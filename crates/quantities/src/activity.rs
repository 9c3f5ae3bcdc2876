use std::fmt;
use std::ops::Add;
use std::str::FromStr;

/// Counted work (attendances, contacts, bed days), exact to four decimals: kept as whole
/// ten-thousandths so that a total does not depend on the order of its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Activity(i64);

/// Why a text is not an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivityError {
    /// Anything but digits and one point.
    #[error("an activity is a number such as 1250 or 12.5, with no sign, exponent or separators")]
    Malformed,
    /// More than four digits after the point.
    #[error("an activity has at most four decimals")]
    Decimals,
    /// Over a billion.
    #[error("an activity may not exceed 1,000,000,000")]
    TooLarge,
}

impl Activity {
    /// No work.
    pub const ZERO: Self = Self(0);
    const SCALE: i64 = 10_000;
    const CELL_LIMIT: i64 = 1_000_000_000 * Self::SCALE;

    /// The sum, or nothing where it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The count as a number, for ratios.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "i64 to f64 has no From; exact below 2^53")]
    pub fn to_number(self) -> f64 {
        self.0 as f64 / 1e4
    }

    /// As whole ten-thousandths, for exact ratios.
    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Add for Activity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0.div_euclid(Self::SCALE), self.0.rem_euclid(Self::SCALE));
        if part == 0 {
            write!(f, "{whole}")
        } else {
            let digits = format!("{part:04}");
            write!(f, "{whole}.{}", digits.trim_end_matches('0'))
        }
    }
}

impl FromStr for Activity {
    type Err = ActivityError;

    fn from_str(text: &str) -> Result<Self, ActivityError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || !digits(whole)
            || !digits(part)
            || (text.contains('.') && part.is_empty())
        {
            return Err(ActivityError::Malformed);
        }
        let part = part.trim_end_matches('0');
        if part.len() > 4 {
            return Err(ActivityError::Decimals);
        }
        let whole: i64 = whole.parse().map_err(|_| ActivityError::TooLarge)?;
        let part: i64 = format!("{part:0<4}").parse().map_err(|_| ActivityError::Malformed)?;
        match whole.checked_mul(Self::SCALE).and_then(|scaled| scaled.checked_add(part)) {
            Some(scaled) if scaled <= Self::CELL_LIMIT => Ok(Self(scaled)),
            _ => Err(ActivityError::TooLarge),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_counts_and_refuses_the_rest() {
        assert_eq!("1439703.0".parse(), Ok(Activity(14_397_030_000)));
        assert_eq!("12.5".parse(), Ok(Activity(125_000)));
        for text in ["", "-1", "1e3", "NaN", "1,000", ".5", "5."] {
            assert_eq!(text.parse::<Activity>(), Err(ActivityError::Malformed), "{text}");
        }
        assert_eq!("0.00001".parse::<Activity>(), Err(ActivityError::Decimals));
        assert_eq!("1000000001".parse::<Activity>(), Err(ActivityError::TooLarge));
    }

    proptest! {
        #[test]
        fn written_and_read_again_is_the_same(scaled in 0..=Activity::CELL_LIMIT) {
            let activity = Activity(scaled);
            prop_assert_eq!(activity.to_string().parse(), Ok(activity));
        }
    }
}
