//! What a cell shows, as the text that its CSV cell holds.

use calamine::{DataRef, ExcelDateTime};

/// The text of a cell: numbers in plain decimals as a spreadsheet shows them (15 significant
/// digits), days as ISO dates, TRUE and FALSE, errors by their name.
pub fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => plain(*number),
        DataRef::String(text) => trimmed(text),
        DataRef::SharedString(text) => trimmed(text),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(moment) if moment.is_duration() => duration(moment),
        DataRef::DateTime(moment) => day_or_moment(moment),
        DataRef::DateTimeIso(text) => {
            let midnight = ["T00:00:00", "T00:00:00Z", "T00:00:00.000", "T00:00:00.000Z"];
            let day = midnight.iter().find_map(|end| text.strip_suffix(end));
            day.unwrap_or(text).to_owned()
        }
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Blanks alone are an empty cell.
fn trimmed(text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { text.to_owned() }
}

/// A number in plain decimals with at most 15 significant digits. Sums in binary leave dust in the
/// sixteenth (1234.5600000000001), which no spreadsheet shows. Beyond 10^±30 the exponent stays,
/// for the ordinary rule to refuse.
fn plain(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:.14e}", number.abs());
    let parts = scientific.split_once('e');
    let Some((mantissa, exponent)) =
        parts.and_then(|(mantissa, exponent)| Some((mantissa, exponent.parse::<i32>().ok()?)))
    else {
        return number.to_string();
    };
    if exponent.abs() > 30 {
        return format!("{number:e}");
    }
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    let sign = if number < 0.0 { "-" } else { "" };
    let zeros = |count: usize| "0".repeat(count);
    // How many digits stand before the point.
    match usize::try_from(exponent + 1) {
        Ok(0) | Err(_) => {
            let gap = usize::try_from(-(exponent + 1)).unwrap_or_default();
            format!("{sign}0.{}{digits}", zeros(gap))
        }
        Ok(whole) if whole >= digits.len() => {
            format!("{sign}{digits}{}", zeros(whole - digits.len()))
        }
        Ok(whole) => {
            let (whole, part) = digits.split_at_checked(whole).unwrap_or((digits, ""));
            format!("{sign}{whole}.{part}")
        }
    }
}

/// A day at midnight as a date; anything else with its time, which no column accepts.
fn day_or_moment(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if (0.0..1.0).contains(&moment.as_f64()) {
        return time;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, milli) == (0, 0, 0, 0) { date } else { format!("{date}T{time}") }
}

/// A span of time as hours, minutes and seconds, which no column accepts: a number of days would
/// pass for a number of hours.
fn duration(span: &ExcelDateTime) -> String {
    let sign = if span.as_f64() < 0.0 { "-" } else { "" };
    let seconds = format!("{:.0}", (span.as_f64() * 86_400.0).abs()).parse::<u64>();
    let seconds = seconds.unwrap_or(u64::MAX);
    let part = |size: u64| seconds.checked_div(size).unwrap_or_default();
    format!("{sign}{:02}:{:02}:{:02}", part(3_600), part(60) % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, ExcelDateTimeType};
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_as_a_spreadsheet_shows_them() {
        let cases = [
            (0.1 + 0.2, "0.3"),
            (1_234.560_000_000_000_1, "1234.56"),
            (12.005, "12.005"),
            (-0.0, "0"),
            (9_434_765_919.0, "9434765919"),
            (1e15, "1000000000000000"),
            (123_456_789_012_345_680.0, "123456789012346000"),
            (-0.000_012_5, "-0.0000125"),
            (0.25, "0.25"),
            (99.999_999_999_999_99, "100"),
            (100.0, "100"),
            (7.0, "7"),
            (1e300, "1e300"),
            (f64::INFINITY, "inf"),
        ];
        for (number, shown) in cases {
            assert_eq!(text_of(&DataRef::Float(number)), shown);
        }
    }

    #[test]
    fn days_are_dates_and_moments_stay_moments() {
        let at = |value, kind, is_1904| {
            text_of(&DataRef::DateTime(ExcelDateTime::new(value, kind, is_1904)))
        };
        let day = ExcelDateTimeType::DateTime;
        assert_eq!(at(45_747.0, day, false), "2025-03-31");
        assert_eq!(at(44_285.0, day, true), "2025-03-31");
        assert_eq!(at(45_747.437_5, day, false), "2025-03-31T10:30:00");
        assert_eq!(at(0.437_5, day, false), "10:30:00");
        assert_eq!(at(1.562_5, ExcelDateTimeType::TimeDelta, false), "37:30:00");
        let iso = |text: &str| text_of(&DataRef::DateTimeIso(text.to_owned()));
        assert_eq!(iso("2025-03-31T00:00:00"), "2025-03-31");
        assert_eq!(iso("2025-03-31T10:30:00"), "2025-03-31T10:30:00");
    }

    #[test]
    fn texts_stay_as_written_and_errors_keep_their_name() {
        assert_eq!(text_of(&DataRef::SharedString("0110")), "0110");
        assert_eq!(text_of(&DataRef::String(" \n".to_owned())), "");
        assert_eq!(text_of(&DataRef::Bool(true)), "TRUE");
        assert_eq!(text_of(&DataRef::Error(CellErrorType::Ref)), "#REF!");
    }

    proptest! {
        /// Whole pence up to £10bn come back to the penny.
        #[test]
        fn pence_survive(pence in -1_000_000_000_000_i64..1_000_000_000_000) {
            let written: quantities::Pence =
                plain(quantities::Pence::new(pence).to_string().parse().expect("a number"))
                    .parse()
                    .expect("money");
            prop_assert_eq!(written, quantities::Pence::new(pence));
        }
    }
}
