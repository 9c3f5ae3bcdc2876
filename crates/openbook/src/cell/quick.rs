//! Money and activity read from bytes as they are nearly always written. Whatever is written
//! otherwise is left to the rules in full.

use jiff::civil::Date;
use quantities::{Activity, Pence};

/// Digits before and after at most one point: their value in `places` decimals, where there are no
/// more of them than that and at most 14 digits in all.
fn scaled(bytes: &[u8], places: u32) -> Option<i64> {
    if bytes.len() > 14 {
        return None;
    }
    let mut value: i64 = 0;
    let mut point = None;
    for (at, byte) in (0u32..).zip(bytes) {
        match byte {
            b'0'..=b'9' => value = value * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && at > 0 => point = Some(at),
            _ => return None,
        }
    }
    let length = u32::try_from(bytes.len()).ok()?;
    let decimals = match point {
        Some(point) => length.checked_sub(point + 1).filter(|decimals| *decimals > 0)?,
        None if bytes.is_empty() => return None,
        None => 0,
    };
    Some(value * 10i64.pow(places.checked_sub(decimals)?))
}

/// An amount of money in pence.
pub(crate) fn money(bytes: &[u8]) -> Option<i64> {
    let pence = match bytes {
        [b'-', digits @ ..] => -scaled(digits, 2)?,
        digits => scaled(digits, 2)?,
    };
    (pence.abs() <= Pence::CELL_LIMIT).then_some(pence)
}

/// Counted work in ten-thousandths.
pub(crate) fn activity(bytes: &[u8]) -> Option<i64> {
    scaled(bytes, 4).filter(|count| *count <= Activity::CELL_LIMIT)
}

/// A day of the years 1990 to 2099, as 2025-03-31.
pub(crate) fn day(bytes: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else { return None };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0i16, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i16::from(digit - b'0'))
        })
    };
    let year = number(&[*y1, *y2, *y3, *y4]).filter(|year| (1990..2100).contains(year))?;
    let part = |digits| number(digits).and_then(|part| i8::try_from(part).ok());
    Date::new(year, part(&[*m1, *m2])?, part(&[*d1, *d2])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_is_nearly_always_written() {
        assert_eq!(money(b"125000.50"), Some(12_500_050));
        assert_eq!(
            (money(b"-0.01"), money(b"7"), money(b"007.5")),
            (Some(-1), Some(700), Some(750))
        );
        assert_eq!((activity(b"1250"), activity(b"0.0001")), (Some(12_500_000), Some(1)));
        for text in
            ["", "-", ".5", "5.", "1.2.3", "1e3", "1,0", " 1", "+1", "1.005", "10000000000.01"]
        {
            assert_eq!(money(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        /// What is read from bytes is what the rules in full read.
        #[test]
        fn agrees_with_the_rules_in_full(text in "-?[0-9]{0,11}[.]?[0-9]{0,5}") {
            if let Some(pence) = money(text.as_bytes()) {
                prop_assert_eq!(text.parse(), Ok(Pence::new(pence)));
            }
            if let Some(count) = activity(text.as_bytes()) {
                prop_assert_eq!(text.parse(), Ok(Activity::new(count)));
            }
        }

        /// Nothing that is usually written is left to the slower reading.
        #[test]
        fn leaves_nothing_usual(pence in -1_000_000_000..1_000_000_000i64, count in 0..100_000_000i64) {
            prop_assert_eq!(money(Pence::new(pence).to_string().as_bytes()), Some(pence));
            prop_assert_eq!(activity(Activity::new(count).to_string().as_bytes()), Some(count));
        }
    }
}
