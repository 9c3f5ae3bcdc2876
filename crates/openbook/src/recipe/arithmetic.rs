//! What figures need beyond sums of exact decimals: whole units, and division.

use super::split::split;
use crate::published::Decimal;

/// Decimals kept by a division that is not rounded by the figure itself.
const KEPT: u32 = 12;

/// A number in whole units of its last decimal, a half to the even one.
pub(super) fn units(number: Decimal, places: u32) -> Option<i128> {
    let text = number.rounded(places).to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let places = usize::try_from(places).ok()?;
    format!("{whole}{part:0<places$}").parse().ok()
}

/// Whole units as a number.
pub(super) fn number(units: i128, places: u32) -> Option<Decimal> {
    let sign = if units < 0 { "-" } else { "" };
    let width = usize::try_from(places).ok()?.checked_add(1)?;
    let digits = format!("{:0>width$}", units.unsigned_abs());
    let (whole, part) = digits.split_at_checked(digits.len().checked_sub(width - 1)?)?;
    let part = if part.is_empty() { "0" } else { part };
    Decimal::parse(&format!("{sign}{whole}.{part}"))
}

/// The quotient to twelve decimals, a half to the even one.
pub(super) fn quotient(above: Decimal, below: Decimal) -> Option<Decimal> {
    // Both in units of the finer of the two, so that the ratio is one of whole numbers.
    let finer = (0..=18)
        .find(|places| [above, below].iter().all(|number| number.rounded(*places) == *number))?;
    let (above, below) = (units(above, finer)?, units(below, finer)?);
    let negative = (above < 0) != (below < 0);
    let (above, below) = (above.unsigned_abs(), below.unsigned_abs());
    let mut rest = above.checked_rem(below)?;
    let mut digits = above.checked_div(below)?;
    for _ in 0..KEPT {
        let next = rest.checked_mul(10)?;
        digits = digits.checked_mul(10)?.checked_add(next.checked_div(below)?)?;
        rest = next.checked_rem(below)?;
    }
    let twice = rest.checked_mul(2)?;
    if twice > below || (twice == below && digits.rem_euclid(2) == 1) {
        digits = digits.checked_add(1)?;
    }
    let digits = i128::try_from(digits).ok()?;
    number(if negative { -digits } else { digits }, KEPT)
}

/// A total shared out by weights to so many decimals; nothing where it cannot be exact.
pub(super) fn shared(
    total: Decimal,
    places: u32,
    parts: &[(&str, Decimal)],
) -> Option<Vec<Decimal>> {
    if total.rounded(places) != total {
        return None;
    }
    // Weights keep as many decimals as all of them need, so that no weight is rounded.
    let kept = (0..=18)
        .find(|places| parts.iter().all(|(_, weight)| weight.rounded(*places) == *weight))?;
    let weights: Option<Vec<(&str, i128)>> =
        parts.iter().map(|(name, weight)| Some((*name, units(*weight, kept)?))).collect();
    let shares = split(units(total, places)?, &weights?)?;
    shares.into_iter().map(|share| number(share, places)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    #[test]
    fn units_and_numbers_are_two_forms_of_one_thing() {
        for (text, places, whole) in [("12.5", 2, 1250), ("-0.01", 2, -1), ("7", 0, 7), ("0", 2, 0)]
        {
            assert_eq!(units(decimal(text), places), Some(whole));
            assert_eq!(number(whole, places), Some(decimal(text)));
        }
    }

    #[test]
    fn quotients_are_rounded_once() {
        let cases =
            [("1", "3", "0.333333333333"), ("2", "3", "0.666666666667"), ("-1", "8", "-0.125")];
        for (above, below, wanted) in cases {
            assert_eq!(quotient(decimal(above), decimal(below)), Some(decimal(wanted)));
        }
        assert_eq!(quotient(decimal("1"), Decimal::ZERO), None);
    }

    #[test]
    fn a_total_finer_than_its_parts_cannot_be_shared() {
        let parts = [("a", decimal("0.5")), ("b", decimal("1.5"))];
        assert_eq!(shared(decimal("1.005"), 2, &parts), None);
        let wanted = vec![decimal("0.25"), decimal("0.76")];
        assert_eq!(shared(decimal("1.01"), 2, &parts), Some(wanted));
    }

    proptest! {
        #[test]
        fn a_product_divided_again_is_itself(a in -9_999_999_i64..9_999_999, b in 1_u64..99_999) {
            let a = decimal(&a.to_string());
            let product = a.times(Decimal::whole(b)).expect("fits");
            prop_assert_eq!(quotient(product, Decimal::whole(b)), Some(a));
        }
    }
}
