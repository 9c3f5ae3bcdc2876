use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::Pence;

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0.0);

            /// A bare number taken as this unit.
            #[must_use]
            pub const fn new(number: f64) -> Self {
                Self(number)
            }

            /// The bare number.
            #[must_use]
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
                parts.fold(Self::ZERO, Add::add)
            }
        }
    };
}

/// `per` × `over` = `of`, and both quotients that follow.
macro_rules! ratio {
    ($per:ident = $of:ident / $over:ident) => {
        impl Mul<$over> for $per {
            type Output = $of;
            fn mul(self, other: $over) -> $of {
                $of::new(self.get() * other.get())
            }
        }

        impl Div<$over> for $of {
            type Output = $per;
            fn div(self, other: $over) -> $per {
                $per::new(self.get() / other.get())
            }
        }
    };
}

unit! {
    /// £ million: money inside the model.
    Millions
}
unit! {
    /// Whole-time equivalents: one full-time post.
    Wte
}
unit! {
    /// Quality-adjusted life years.
    Qaly
}
unit! {
    /// Health bought by £1 million.
    QalyPerMillion
}
unit! {
    /// Staff used by £1 million of a service.
    WtePerMillion
}
unit! {
    /// The price of one quality-adjusted life year, in pounds.
    PoundsPerQaly
}

ratio!(QalyPerMillion = Qaly / Millions);
ratio!(WtePerMillion = Wte / Millions);

impl Millions {
    /// Hundredths of a penny that a solver may leave below a whole penny before it counts.
    const PENNY_NOISE: f64 = 0.01;

    /// The largest whole number of pence not above the amount, taking what lies within a
    /// hundredth of a penny below a whole penny as that penny. Nothing where it does not fit.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "f64 to i64 has no TryFrom; the range is checked")]
    pub fn floor_to_pence(self) -> Option<Pence> {
        let pence = (self.0 * 1e8 + Self::PENNY_NOISE).floor();
        (pence.abs() < 9.0e15).then_some(Pence::new(pence as i64))
    }
}

impl PoundsPerQaly {
    /// Money per health, in pounds; nothing where there is no health.
    #[must_use]
    pub fn of(money: Millions, health: Qaly) -> Option<Self> {
        let price = money.get() * 1e6 / health.get();
        (health.get() > 0.0 && price.is_finite()).then_some(Self(price))
    }

    /// The health that £1 million buys at this price.
    #[must_use]
    pub fn to_slope(self) -> QalyPerMillion {
        QalyPerMillion(1e6 / self.0)
    }
}

/// A fraction from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

impl Share {
    /// None of it.
    pub const ZERO: Self = Self(0.0);
    /// The whole.
    pub const ONE: Self = Self(1.0);

    /// A share, or nothing where the number is not within 0 to 1.
    #[must_use]
    pub fn new(number: f64) -> Option<Self> {
        (0.0..=1.0).contains(&number).then_some(Self(number))
    }

    /// The bare fraction.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// What is left of the whole.
    #[must_use]
    pub fn rest(self) -> Self {
        Self(1.0 - self.0)
    }
}

impl TryFrom<f64> for Share {
    type Error = &'static str;
    fn try_from(number: f64) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("a share lies between 0 and 1")
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lawful_ratios_and_they_agree() {
        let slope = Qaly::new(1000.0) / Millions::new(10.0);
        assert_eq!(slope * Millions::new(2.0), Qaly::new(200.0));
        let price = PoundsPerQaly::of(Millions::new(10.0), Qaly::new(1000.0)).expect("a price");
        assert!((price.get() - 10_000.0).abs() < 1e-9);
        assert!((price.to_slope().get() - 100.0).abs() < 1e-9);
        assert_eq!(PoundsPerQaly::of(Millions::new(10.0), Qaly::ZERO), None);
    }

    #[test]
    fn plans_are_floored_but_solver_noise_is_not_a_penny() {
        let floor = |pounds_m: f64| Millions::new(pounds_m).floor_to_pence().map(Pence::get);
        assert_eq!(floor(10.0 - 1e-13), Some(1_000_000_000));
        assert_eq!(floor(6.548_799_999_5), Some(654_879_999));
        assert_eq!(floor(f64::NAN), None);
    }

    #[test]
    fn a_share_is_a_fraction() {
        assert_eq!(Share::new(1.2), None);
        assert_eq!(Share::new(f64::NAN), None);
        assert_eq!(Share::new(0.25).map(Share::rest), Share::new(0.75));
    }
}
