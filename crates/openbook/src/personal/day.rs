//! Days and moments, as people and systems write them.

use jiff::civil::Date;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A text's leading digits, at least one, and the rest.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())
}

/// One character between the parts of a day.
fn separator(text: &str) -> Option<(char, &str)> {
    let c = text.chars().next().filter(|c| "-/. ".contains(*c))?;
    Some((c, text.strip_prefix(c)?))
}

fn month_name(text: &str) -> Option<(i8, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    let name = name.to_ascii_lowercase();
    let short = name.get(..3).filter(|_| name.len() <= 9)?;
    let at = MONTHS.iter().position(|month| *month == short)?;
    Some((i8::try_from(at).ok()?.saturating_add(1), rest))
}

fn civil(year: &str, month: i8, day: &str) -> Option<Date> {
    let number: i16 = year.parse().ok()?;
    let year = match year.len() {
        4 => Some(number).filter(|year| (1880..2100).contains(year)),
        2 => Some(number.saturating_add(if number < 40 { 2_000 } else { 1_900 })),
        _ => None,
    };
    Date::new(year?, month, day.parse().ok()?).ok()
}

/// What follows the day a text begins with: `2024-05-01`, `1/5/2024` (day or month first),
/// `01/05/24`, `1 May 2024`, `01-May-24`.
fn after_day(text: &str) -> Option<&str> {
    let (first, rest) = digits(text)?;
    let separated = separator(rest);
    let after = separated.map_or(rest, |(_, rest)| rest);
    if let Some((month, rest)) = month_name(after).filter(|_| first.len() <= 2) {
        let rest = separator(rest).map_or(rest, |(_, rest)| rest);
        let (year, rest) = digits(rest)?;
        return civil(year, month, first).map(|_| rest);
    }
    let (between, after) = separated.filter(|(c, _)| *c != ' ')?;
    let (second, rest) = digits(after)?;
    let rest = rest.strip_prefix(between)?;
    let (third, rest) = digits(rest)?;
    let day = match (first.len(), second.len(), third.len()) {
        (4, 1..=2, 1..=2) => civil(first, second.parse().ok()?, third),
        (1..=2, 1..=2, 4) | (2, 2, 2) => civil(third, second.parse().ok()?, first)
            .or_else(|| civil(third, first.parse().ok()?, second)),
        _ => None,
    };
    day.map(|_| rest)
}

/// Whether a text is a day and nothing else.
pub(super) fn is_day(text: &str) -> bool {
    after_day(text.trim()).is_some_and(str::is_empty)
}

/// The time of day that follows the day a text begins with.
fn time_after_day(text: &str) -> Option<&str> {
    let time = after_day(text.trim())?;
    let time = time.strip_prefix(['T', 't', ' ', ','])?.trim_start();
    let (hour, rest) = digits(time)?;
    let (minute, _) = digits(rest.strip_prefix([':', '.'])?)?;
    (hour.len() <= 2 && minute.len() == 2).then_some(time)
}

/// Whether a text begins with a day and its time.
pub(super) fn is_moment(text: &str) -> bool {
    time_after_day(text).is_some()
}

/// Whether a text is a day at midnight: how systems export a day.
pub(super) fn is_midnight(text: &str) -> bool {
    time_after_day(text)
        .is_some_and(|time| time.chars().all(|c| matches!(c, '0' | ':' | '.' | 'Z' | 'z' | '+')))
}

/// Whether a text tells when somebody was born.
pub(super) fn tells_birth(text: &str) -> bool {
    let lower = text.to_lowercase();
    let told = ["dob", "d.o.b", "born", "birth"].iter().any(|word| lower.contains(word));
    told && lower.char_indices().any(|(at, c)| {
        let before = lower.get(..at).and_then(|before| before.chars().next_back());
        c.is_ascii_digit()
            && before.is_none_or(|before| !before.is_ascii_digit())
            && lower.get(at..).and_then(after_day).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_every_usual_form_and_nothing_else() {
        for text in [
            "2024-05-01",
            "2024/5/1",
            "01/05/2024",
            "1.5.2024",
            "05/13/2024",
            "01/05/24",
            "1 May 2024",
            "01-May-24",
            "01MAY1956",
            "1 September 1956",
        ] {
            assert!(is_day(text), "{text}");
        }
        for text in [
            "2024-25",
            "2024-13-01",
            "1/2/3",
            "1-2-24",
            "20240501",
            "10.5",
            "110",
            "A01-02-2024",
            "01-May",
            "32/01/2024",
            "2024-05-01 to 2024-06-01",
            "",
        ] {
            assert!(!is_day(text), "{text}");
        }
    }

    #[test]
    fn moments_and_midnights() {
        assert!(is_moment("2024-05-01T10:30:00Z") && is_moment("1/5/2024 9:30"));
        assert!(!is_moment("2024-05-01") && !is_moment("10:30"));
        assert!(is_midnight("2025-03-31 00:00:00") && is_midnight("31/03/2025 00:00"));
        assert!(!is_midnight("2025-03-31 00:01:00"));
    }

    #[test]
    fn births() {
        assert!(tells_birth("DoB 01/05/1956") && tells_birth("born 1 May 1956"));
        assert!(!tells_birth("births, 2024-25") && !tells_birth("01/05/1956"));
    }
}
