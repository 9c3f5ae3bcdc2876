//! What a refused cell is told: one sentence that names the slip people really make, and the mend.

use jiff::civil::Date;

use super::{LONGEST, Slip, decimal, is_unseen, shown};
use crate::definition::{ColumnDefinition, Kind};

/// The sentence for a slip.
pub(super) fn message(column: &ColumnDefinition, text: &str, slip: Slip) -> String {
    let said = shown(text);
    match slip {
        Slip::Required => format!("{} is empty; {}", column.name, wanted(column)),
        Slip::TooLong => format!("a cell holds at most {LONGEST} characters"),
        Slip::Code => format!("\"{said}\" is not a code: {}", code(text)),
        Slip::Service => format!(
            "\"{said}\" does not name a service line; write provider/service, such as RTG/110"
        ),
        Slip::Flag => format!("\"{said}\" is neither yes nor no"),
        Slip::Formula => "a text may not start with = + - @ (a spreadsheet would run it); start \
                          with a letter"
            .to_owned(),
        Slip::Control => "the text holds characters that cannot be shown; remove them".to_owned(),
        Slip::Choice => format!(
            "\"{said}\" is not one of {}{}",
            column.values.join(", "),
            crate::did_you_mean(text, column.values.iter().map(String::as_str))
        ),
        Slip::MoneyDecimals => {
            format!("\"{said}\" → pounds and pence with at most two decimals, such as 12.01")
        }
        Slip::MoneyTooLarge => format!(
            "one amount may not exceed {}; is it in pence?",
            quantities::words::pounds(column.max.unwrap_or(1e10))
        ),
        Slip::MoneyMalformed => format!(
            "\"{said}\" is not money; {}",
            figure(column, text).unwrap_or_else(|| {
                "write digits with at most one point, such as 1234.50, with no pound sign, \
                 separators or exponent"
                    .to_owned()
            })
        ),
        Slip::Activity(error) => match figure(column, text) {
            Some(mend) => format!("\"{said}\" is not an activity; {mend}"),
            None => format!("\"{said}\": {error}"),
        },
        Slip::NumberMalformed | Slip::ShareMalformed => number(column, text, &said),
        Slip::NumberRange => {
            let (min, max) = (column.min.unwrap_or(f64::MIN), column.max.unwrap_or(f64::MAX));
            format!("{said} lies outside {min} to {max}")
        }
        Slip::ShareRange => {
            format!("{said} is not a share: write a fraction from 0 to 1 (a quarter is 0.25)")
        }
        Slip::Year => format!("\"{said}\" is not a financial year; {}", year(text)),
        Slip::Month => "a month is 1 to 12 from April, or 0 for the whole year".to_owned(),
        Slip::Date => format!("\"{said}\" is not a date; {}", date(text)),
    }
}

fn number(column: &ColumnDefinition, text: &str, said: &str) -> String {
    let (what, mend) = match column.kind {
        Kind::Share => ("a share", "write a fraction such as 0.25"),
        _ => ("a number", "write digits with at most one point"),
    };
    let mend = figure(column, text).unwrap_or_else(|| mend.to_owned());
    format!("\"{said}\" is not {what}; {mend}")
}

fn wanted(column: &ColumnDefinition) -> String {
    match &column.example {
        Some(example) => format!("write for example {example}"),
        None => "fill it in".to_owned(),
    }
}

/// The mend for what people write in place of a figure.
fn figure(column: &ColumnDefinition, text: &str) -> Option<String> {
    let or_empty = if column.optional || column.may_be_empty {
        "leave the cell empty where there is no figure"
    } else {
        "a figure is needed here"
    };
    let lower = text.to_lowercase();
    if is_spreadsheet_error(&lower) {
        return Some(format!("a formula of the spreadsheet has failed: mend it, or {or_empty}"));
    }
    if stands_for_nothing(&lower) {
        return Some(or_empty.to_owned());
    }
    if text.starts_with('=') {
        return Some("it is a formula: paste its value".to_owned());
    }
    if is_scientific(text) {
        return Some(
            "a spreadsheet has written it in scientific notation and may have lost digits: format \
             the column as a number and save again"
                .to_owned(),
        );
    }
    if let Some(plain) = lower.strip_suffix('%').and_then(|rest| decimal(rest.trim())) {
        return Some(match column.kind {
            Kind::Share => format!("write {} (a fraction, not a percentage)", plain / 100.0),
            _ => "write the number without the percent sign".to_owned(),
        });
    }
    let signed = matches!(column.kind, Kind::Money | Kind::Number);
    let plain = plain_figure(text).filter(|plain| signed || !plain.starts_with('-'))?;
    Some(format!("write {plain}, with no signs or separators but one point"))
}

fn stands_for_nothing(lower: &str) -> bool {
    const WORDS: [&str; 17] = [
        "n/a", "na", "n.a.", "n/k", "nk", "null", "none", "nil", "nan", "-", "--", "–", "—", "*",
        "tbc", "unknown", ".",
    ];
    WORDS.contains(&lower)
}

fn is_spreadsheet_error(lower: &str) -> bool {
    const ERRORS: [&str; 9] =
        ["ref!", "n/a", "value!", "div/0!", "name?", "num!", "null!", "spill!", "calc!"];
    lower.strip_prefix('#').is_some_and(|rest| {
        ERRORS.contains(&rest) || (!rest.is_empty() && rest.bytes().all(|byte| byte == b'#'))
    })
}

/// `1.2E+05`: what spreadsheets make of long codes and large figures.
fn is_scientific(text: &str) -> bool {
    text.split_once(['e', 'E']).is_some_and(|(mantissa, exponent)| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        decimal(mantissa).is_some()
            && (1..=3).contains(&exponent.len())
            && exponent.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The plain figure behind pound signs, separators, brackets and other minuses; nothing where it is
/// not certain what is meant.
fn plain_figure(text: &str) -> Option<String> {
    let (bracketed, inner) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => (false, text),
    };
    let inner = inner.trim_start_matches(['£', ' ']).trim_start_matches("GBP").trim();
    let (minus, inner) = match inner.strip_prefix(['-', '−', '–', '\u{2010}', '\u{2011}']) {
        Some(rest) => (true, rest),
        None => match inner.strip_suffix('-') {
            Some(rest) => (true, rest),
            None => (false, inner.strip_prefix('+').unwrap_or(inner)),
        },
    };
    let inner = inner.trim_start_matches(['£', ' ']);
    let plain = without_separators(inner)?;
    let known = plain != inner || bracketed || minus || inner.len() != text.len();
    decimal(&plain).filter(|_| known)?;
    Some(format!("{}{plain}", if minus || bracketed { "-" } else { "" }))
}

/// Digits without thousands separators: groups of three after commas, spaces or apostrophes.
/// `12,50` has none: a comma stands for the point there.
fn without_separators(text: &str) -> Option<String> {
    let (whole, decimals) = match text.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    let is_separator = |c: char| matches!(c, ',' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}');
    let groups: Vec<&str> = whole.split(is_separator).collect();
    let (first, rest) = groups.split_first()?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(first) || decimals.is_some_and(|decimals| !digits(decimals)) {
        return None;
    }
    let joined = match rest {
        [cents]
            if decimals.is_none() && digits(cents) && cents.len() <= 2 && whole.contains(',') =>
        {
            format!("{first}.{cents}")
        }
        groups if groups.iter().all(|part| digits(part) && part.len() == 3) => {
            format!("{first}{}", groups.concat())
        }
        _ => return None,
    };
    Some(decimals.map_or(joined.clone(), |decimals| format!("{joined}.{decimals}")))
}

fn code(text: &str) -> String {
    if is_scientific(text) {
        return "a spreadsheet has written it in scientific notation and has lost digits: format \
                the column as text and enter the code again"
            .to_owned();
    }
    if is_spreadsheet_error(&text.to_lowercase()) {
        return "a formula of the spreadsheet has failed: mend it".to_owned();
    }
    if text.chars().any(is_unseen) {
        return "it holds a character that cannot be seen; type it again".to_owned();
    }
    "1 to 40 letters, digits, '-', '_' or '.'".to_owned()
}

/// The mend for a financial year, with the year meant where it is certain.
fn year(text: &str) -> String {
    let inner = text.trim_start_matches(|c: char| c.is_ascii_alphabetic() || " _-".contains(c));
    let parts: Vec<&str> = inner.split(['/', '-', '_', ' ', '–']).collect();
    let number = |part: &str| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| digits && matches!(part.len(), 2 | 4))
    };
    let full = |year: u16| if year < 100 { year + 2_000 } else { year };
    let meant = match parts.as_slice() {
        [start, end] => number(start).map(full).zip(number(end)),
        _ => None,
    };
    match meant {
        Some((start, end)) if (1990..2100).contains(&start) && (start + 1) % 100 == end % 100 => {
            format!("write it as {start}-{:02}", (start + 1) % 100)
        }
        Some((start, _)) if (1990..2099).contains(&start) => format!(
            "write it as 2024-25; a financial year ends in the next (the one after {start} is {})",
            start + 1
        ),
        _ => "write it as 2024-25".to_owned(),
    }
}

/// The mend for a date, with the day meant where it is certain.
fn date(text: &str) -> String {
    let general = "write it as 2025-03-31".to_owned();
    if let Ok(serial) = text.parse::<i32>()
        && (32_874..73_051).contains(&serial)
        && let Some(day) = spreadsheet_day(serial)
    {
        return format!(
            "it is a spreadsheet's day number: format the column as a date and write {day}"
        );
    }
    let first = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = first.split(['/', '.', '-']).collect();
    let meant = match parts.as_slice() {
        [day, month, year] if year.len() == 4 => civil(year, month, day),
        [year, month, day] if year.len() == 4 => civil(year, month, day),
        _ => None,
    };
    match meant {
        Some(day) if !(1990..2100).contains(&day.year()) => {
            "a date lies in the years 1990 to 2099".to_owned()
        }
        Some(day) => format!("write it as {day}, year first"),
        None => general,
    }
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The day of a spreadsheet's day number, which counts from the last day but one of 1899.
fn spreadsheet_day(serial: i32) -> Option<Date> {
    let start = Date::new(1899, 12, 30).ok()?;
    start.checked_add(jiff::Span::new().days(serial)).ok()
}

/// A code without the noughts in front that a spreadsheet takes away: `0110` and `110` are one.
#[must_use]
pub fn without_leading_zeros(code: &str) -> &str {
    let stripped = code.trim_start_matches('0');
    match stripped.as_bytes().first() {
        Some(first) if first.is_ascii_alphanumeric() => stripped,
        _ => code.get(code.len().saturating_sub(stripped.len() + 1)..).unwrap_or(code),
    }
}

/// The known code that a code was before a spreadsheet changed it: noughts in front lost (`110` for
/// `0110`), or read as a number (`110.0`). Nothing where none or more than one fits.
pub fn likely_code<'a>(code: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let figure = |code: &str| {
        let whole = code.strip_suffix(".0").unwrap_or(code);
        without_leading_zeros(whole).to_ascii_uppercase()
    };
    let wanted = figure(code);
    let mut fitting = known.into_iter().filter(|known| *known != code && figure(known) == wanted);
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: Kind, may_be_empty: bool) -> ColumnDefinition {
        ColumnDefinition {
            name: "c".to_owned(),
            kind,
            key: false,
            optional: false,
            may_be_empty,
            default: None,
            values: Vec::new(),
            min: None,
            max: None,
            refers_to: None,
            list: None,
            example: None,
            about: String::new(),
        }
    }

    #[test]
    fn each_slip_people_make_is_named_with_its_mend() {
        let cases = [
            (Kind::Money, "1.2E+05", "scientific notation"),
            (Kind::Money, "1,234.50", "write 1234.50,"),
            (Kind::Money, "£1,234", "write 1234,"),
            (Kind::Money, "1 234 567", "write 1234567,"),
            (Kind::Money, "1234,5", "write 1234.5,"),
            (Kind::Money, "(1,234.00)", "write -1234.00,"),
            (Kind::Money, "1234.00-", "write -1234.00,"),
            (Kind::Money, "−5", "write -5,"),
            (Kind::Money, "-£5", "write -5,"),
            (Kind::Money, "n/a", "a figure is needed here"),
            (Kind::Money, "-", "a figure is needed here"),
            (Kind::Money, "=SUM(A1:A9)", "paste its value"),
            (Kind::Money, "1_000", "with no pound sign, separators"),
            (Kind::Money, "1,23,456", "with no pound sign, separators"),
            (Kind::Activity, "#REF!", "mend it, or leave the cell empty"),
            (Kind::Activity, "#N/A", "a formula of the spreadsheet has failed"),
            (Kind::Activity, "####", "a formula of the spreadsheet has failed"),
            (Kind::Activity, "NULL", "leave the cell empty"),
            (Kind::Activity, "*", "leave the cell empty"),
            (Kind::Activity, "-1", "with no sign"),
            (Kind::Share, "25%", "write 0.25"),
            (Kind::Share, "all", "such as 0.25"),
            (Kind::Code, "1.2E+05", "format the column as text"),
            (Kind::Code, "RT\u{200b}G", "cannot be seen"),
            (Kind::Year, "2024/25", "write it as 2024-25"),
            (Kind::Year, "2024-2025", "write it as 2024-25"),
            (Kind::Year, "FY2024-25", "write it as 2024-25"),
            (Kind::Year, "FY_2024-25", "write it as 2024-25"),
            (Kind::Year, "24/25", "write it as 2024-25"),
            (Kind::Year, "2024/26", "ends in the next"),
            (Kind::Year, "last", "write it as 2024-25"),
            (Kind::Date, "31/03/2025", "write it as 2025-03-31, year first"),
            (Kind::Date, "1.3.2025", "write it as 2025-03-01"),
            (Kind::Date, "2025-03-31 00:00:00", "write it as 2025-03-31"),
            (Kind::Date, "45747", "write 2025-03-31"),
            (Kind::Date, "31/03/1956", "1990 to 2099"),
            (Kind::Date, "soon", "write it as 2025-03-31"),
        ];
        for (kind, text, says) in cases {
            let column = column(kind, kind == Kind::Activity);
            let problem = super::super::read(&column, text).expect_err(text);
            assert!(problem.message.contains(says), "{text}: {}", problem.message);
        }
    }

    #[test]
    fn codes_are_known_again_without_their_noughts() {
        assert_eq!((without_leading_zeros("0110"), without_leading_zeros("000")), ("110", "0"));
        assert_eq!((without_leading_zeros("0"), without_leading_zeros("0-1")), ("0", "0-1"));
        assert_eq!(likely_code("110", ["0110", "120"]), Some("0110"));
        assert_eq!(likely_code("110.0", ["110", "120"]), Some("110"));
        assert_eq!(likely_code("1", ["01", "001"]), None);
        assert_eq!(likely_code("2", ["01"]), None);
    }
}
