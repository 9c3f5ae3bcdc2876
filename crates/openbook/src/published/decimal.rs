//! Exact decimals: published figures have up to fifteen decimals, and their sum must come out.

use quantities::Pence;
use std::fmt;

/// A plain decimal number, exact: `digits` over ten to the power of `scale`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decimal {
    digits: i128,
    scale: u32,
}

/// The most digits read in one cell; sums of them still fit.
const MOST_DIGITS: usize = 30;

fn power(places: u32) -> Option<i128> {
    10_i128.checked_pow(places)
}

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self { digits: 0, scale: 0 };

    /// A whole number.
    #[must_use]
    pub fn whole(number: u64) -> Self {
        Self { digits: i128::from(number), scale: 0 }
    }

    /// An amount of money, in pounds.
    #[must_use]
    pub fn pounds(amount: Pence) -> Self {
        Self { digits: i128::from(amount.get()), scale: 2 }.plain()
    }

    /// Reads digits with at most one point and a leading minus: no exponent, separators or sign.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = rest.split_once('.').unwrap_or((rest, "0"));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let length = whole.len() + part.len();
        if whole.is_empty() || part.is_empty() || length > MOST_DIGITS {
            return None;
        }
        if !all_digits(whole) || !all_digits(part) {
            return None;
        }
        let digits: i128 = format!("{whole}{part}").parse().ok()?;
        let scale = u32::try_from(part.len()).ok()?;
        Some(Self { digits: if negative { -digits } else { digits }, scale }.plain())
    }

    /// Without trailing noughts, so that equal numbers are equal.
    fn plain(mut self) -> Self {
        while self.scale > 0 && self.digits.rem_euclid(10) == 0 {
            self.digits = self.digits.div_euclid(10);
            self.scale -= 1;
        }
        self
    }

    fn at_scale(self, scale: u32) -> Option<i128> {
        self.digits.checked_mul(power(scale.checked_sub(self.scale)?)?)
    }

    /// The sum, or nothing where it does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let digits = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Some(Self { digits, scale }.plain())
    }

    /// The difference, or nothing where it does not fit.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { digits: other.digits.checked_neg()?, scale: other.scale })
    }

    /// The product, or nothing where it does not fit.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Self { digits, scale: self.scale.checked_add(other.scale)? }.plain())
    }

    /// Its part of a whole, cut (not rounded) to four decimals, so that parts never add up to more
    /// than 1; nothing where the whole is not above nought.
    #[must_use]
    pub fn part_of(self, whole: Self) -> Option<Self> {
        let scale = self.scale.max(whole.scale);
        let (part, whole) = (self.at_scale(scale)?, whole.at_scale(scale)?);
        let digits = part.checked_mul(10_000)?.checked_div_euclid(whole).filter(|_| whole > 0)?;
        Some(Self { digits, scale: 4 }.plain())
    }

    /// A hundredth of it: percent to fraction.
    #[must_use]
    pub fn hundredth(self) -> Self {
        Self { digits: self.digits, scale: self.scale.saturating_add(2) }.plain()
    }

    /// The size without its sign.
    #[must_use]
    pub fn size(self) -> Self {
        Self { digits: self.digits.saturating_abs(), scale: self.scale }
    }

    /// Whether it is below nought.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// Whether it is nought.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// Whether it is not above another; false too where they cannot be compared.
    #[must_use]
    pub fn at_most(self, other: Self) -> bool {
        self.minus(other).is_some_and(|over| over.digits <= 0)
    }

    /// To so many decimals, a half to the even digit.
    #[must_use]
    pub fn rounded(self, scale: u32) -> Self {
        let Some(divisor) = self.scale.checked_sub(scale).and_then(power) else {
            return self;
        };
        let (whole, rest) = (self.digits.div_euclid(divisor), self.digits.rem_euclid(divisor));
        let twice = rest.saturating_mul(2);
        let up = twice > divisor || (twice == divisor && whole.rem_euclid(2) == 1);
        Self { digits: whole + i128::from(up), scale }.plain()
    }

    /// Pounds to whole pence, a half to the even penny; nothing where it does not fit.
    #[must_use]
    pub fn to_pence(self) -> Option<Pence> {
        let pence = self.rounded(2).at_scale(2)?;
        i64::try_from(pence).ok().map(Pence::new)
    }

    /// The number for statistics; never for money.
    #[must_use]
    pub fn to_number(self) -> Option<f64> {
        self.to_string().parse().ok()
    }
}

impl fmt::Display for Decimal {
    /// Digits with a point where there are decimals: `-1234.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let scale = usize::try_from(self.scale).unwrap_or_default();
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at_checked(digits.len() - scale).unwrap_or((&digits, ""));
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{part}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    #[test]
    fn reads_plain_decimals_alone() {
        for (text, shown) in
            [("0", "0"), ("-0.0", "0"), ("1439703.0", "1439703"), ("-12.050", "-12.05")]
        {
            assert_eq!(decimal(text).to_string(), shown);
        }
        let bad =
            ["", "-", ".5", "5.", "1e6", "1,000", "+1", "NaN", "£5", "1.2.3", "0x1", "*", " 1"];
        for text in bad {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert_eq!(Decimal::parse(&"9".repeat(31)), None);
    }

    #[test]
    fn half_a_penny_goes_to_the_even_one() {
        for (text, pence) in [
            ("0.005", 0),
            ("0.015", 2),
            ("0.0150001", 2),
            ("-0.005", 0),
            ("-0.015", -2),
            ("2", 200),
        ] {
            assert_eq!(decimal(text).to_pence(), Some(Pence::new(pence)), "{text}");
        }
    }

    #[test]
    fn millions_and_percent_are_exact() {
        let million = Decimal::whole(1_000_000);
        assert_eq!(
            decimal("1152.64").times(million).map(|it| it.to_string()).as_deref(),
            Some("1152640000")
        );
        assert_eq!(decimal("52").hundredth().to_string(), "0.52");
        assert_eq!(decimal("100").hundredth().to_string(), "1");
    }

    proptest! {
        #[test]
        fn written_and_read_again_is_the_same(digits in -1_000_000_000_000_i128..1_000_000_000_000, scale in 0_u32..12) {
            let number = Decimal { digits, scale }.plain();
            prop_assert_eq!(Decimal::parse(&number.to_string()), Some(number));
        }

        #[test]
        fn sums_come_out_whatever_the_order(mut parts in proptest::collection::vec((any::<i64>(), 0_u32..14), 0..20)) {
            let sum = |parts: &[(i64, u32)]| parts.iter().try_fold(Decimal::ZERO, |sum, (digits, scale)| {
                sum.plus(Decimal { digits: i128::from(*digits), scale: *scale })
            });
            let before = sum(&parts);
            parts.reverse();
            prop_assert_eq!(before, sum(&parts));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Decimal::parse(&text);
        }
    }
}
