//! One cell: its checked value, and how each kind is read.

use jiff::civil::Date;
use quantities::{Activity, FinYear, Pence, ServiceKey};
use std::fmt;

use crate::definition::{ColumnDefinition, Kind};

/// A checked cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Missing, where that is allowed.
    Empty,
    /// A code, a text, a choice, or tags as written.
    Text(Box<str>),
    /// Money.
    Money(Pence),
    /// Counted work.
    Activity(Activity),
    /// A plain number or a share.
    Number(f64),
    /// A financial year.
    Year(FinYear),
    /// A month of the financial year, or 0 for all of it.
    Month(u8),
    /// A day.
    Date(Date),
}

impl fmt::Display for Cell {
    /// The canonical text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Money(amount) => amount.fmt(f),
            Self::Activity(activity) => activity.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Year(year) => year.fmt(f),
            Self::Month(month) => month.fmt(f),
            Self::Date(date) => date.fmt(f),
        }
    }
}

/// Why a cell is refused: the rule's code and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellProblem {
    /// The rule's stable code.
    pub rule: &'static str,
    /// What is wrong and how to mend it.
    pub message: String,
}

fn refuse<T>(rule: &'static str, message: impl Into<String>) -> Result<T, CellProblem> {
    Err(CellProblem { rule, message: message.into() })
}

/// A value as a message may show it: short, with nothing that a terminal or a page would obey.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    if text.chars().count() > 40 {
        short.push('…');
    }
    short
}

const LONGEST: usize = 2_000;

/// Reads one cell as its column wants it.
///
/// # Errors
/// The rule that the text breaks, with the mend.
pub fn read(column: &ColumnDefinition, text: &str) -> Result<Cell, CellProblem> {
    let text = text.trim();
    let text = if text.is_empty() { column.default.as_deref().unwrap_or("") } else { text };
    if text.is_empty() {
        return if column.optional || column.may_be_empty {
            Ok(Cell::Empty)
        } else {
            refuse("cell.required", format!("{} is empty; {}", column.name, wanted(column)))
        };
    }
    if text.len() > LONGEST {
        return refuse("cell.too_long", format!("a cell holds at most {LONGEST} characters"));
    }
    match column.kind {
        Kind::Code => code(text),
        Kind::Text => plain_text(text),
        Kind::Tags => tags(text),
        Kind::Service => service(text),
        Kind::Flag => flag(text),
        Kind::Choice => choice(column, text),
        Kind::Money => money(text),
        Kind::Activity => activity(text),
        Kind::Number => number(column, text).map(Cell::Number),
        Kind::Share => share(text),
        Kind::Year => text.parse().map(Cell::Year).map_err(|_| CellProblem {
            rule: "year.malformed",
            message: format!("\"{}\" is not a financial year; write it as 2024-25", shown(text)),
        }),
        Kind::Month => match text.parse::<u8>() {
            Ok(month) if month <= 12 => Ok(Cell::Month(month)),
            _ => refuse("month.range", "a month is 1 to 12 from April, or 0 for the whole year"),
        },
        Kind::Date => match text.parse::<Date>() {
            Ok(date) if (1990..2100).contains(&date.year()) => Ok(Cell::Date(date)),
            _ => refuse(
                "date.malformed",
                format!("\"{}\" is not a date; write it as 2025-03-31", shown(text)),
            ),
        },
    }
}

fn wanted(column: &ColumnDefinition) -> String {
    match &column.example {
        Some(example) => format!("write for example {example}"),
        None => "fill it in".to_owned(),
    }
}

fn code(text: &str) -> Result<Cell, CellProblem> {
    match text.parse::<quantities::PlaceCode>() {
        Ok(_) => Ok(Cell::Text(text.into())),
        Err(_) => refuse(
            "code.malformed",
            format!("\"{}\" is not a code: 1 to 40 letters, digits, '-', '_' or '.'", shown(text)),
        ),
    }
}

fn plain_text(text: &str) -> Result<Cell, CellProblem> {
    if text.starts_with(['=', '+', '-', '@', '\t']) {
        return refuse(
            "text.formula",
            "a text may not start with = + - @ (a spreadsheet would run it); start with a letter",
        );
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
        return refuse(
            "text.control",
            "the text holds characters that cannot be shown; remove them",
        );
    }
    Ok(Cell::Text(text.replace(['\r', '\n'], " ").into()))
}

fn tags(text: &str) -> Result<Cell, CellProblem> {
    let mut tags: Vec<&str> =
        text.split(';').map(str::trim).filter(|tag| !tag.is_empty()).collect();
    for tag in &tags {
        code(tag)?;
    }
    tags.sort_unstable();
    tags.dedup();
    Ok(Cell::Text(tags.join(";").into()))
}

fn service(text: &str) -> Result<Cell, CellProblem> {
    match text.parse::<ServiceKey>() {
        Ok(key) => Ok(Cell::Text(key.as_str().into())),
        Err(_) => refuse(
            "service.malformed",
            format!(
                "\"{}\" does not name a service line; write provider/service, such as RTG/110",
                shown(text)
            ),
        ),
    }
}

fn flag(text: &str) -> Result<Cell, CellProblem> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(Cell::Text("yes".into())),
        "no" | "false" | "0" => Ok(Cell::Text("no".into())),
        _ => refuse("flag.malformed", format!("\"{}\" is neither yes nor no", shown(text))),
    }
}

fn choice(column: &ColumnDefinition, text: &str) -> Result<Cell, CellProblem> {
    if column.values.iter().any(|value| value == text) {
        return Ok(Cell::Text(text.into()));
    }
    refuse(
        "choice.unknown",
        format!(
            "\"{}\" is not one of {}{}",
            shown(text),
            column.values.join(", "),
            crate::did_you_mean(text, column.values.iter().map(String::as_str))
        ),
    )
}

fn money(text: &str) -> Result<Cell, CellProblem> {
    use quantities::MoneyError;
    match text.parse::<Pence>() {
        Ok(amount) => Ok(Cell::Money(amount)),
        Err(MoneyError::Decimals) => refuse(
            "money.decimals",
            format!(
                "\"{}\" → pounds and pence with at most two decimals, such as 12.01",
                shown(text)
            ),
        ),
        Err(MoneyError::TooLarge) => {
            refuse("money.too_large", "one amount may not exceed £10,000,000,000; is it in pence?")
        }
        Err(MoneyError::Empty | MoneyError::Malformed) => refuse(
            "money.malformed",
            format!(
                "\"{}\" is not money; write digits with at most one point, such as 1234.50, with no \
                 pound sign, separators or exponent",
                shown(text)
            ),
        ),
    }
}

fn activity(text: &str) -> Result<Cell, CellProblem> {
    text.parse::<Activity>().map(Cell::Activity).map_err(|error| CellProblem {
        rule: match error {
            quantities::ActivityError::Malformed => "activity.malformed",
            quantities::ActivityError::Decimals => "activity.decimals",
            quantities::ActivityError::TooLarge => "activity.too_large",
        },
        message: format!("\"{}\": {error}", shown(text)),
    })
}

/// A plain decimal: digits, one point, one minus. No exponent, NaN, infinity or hexadecimal.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.len() <= 30
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
        && digits.bytes().any(|byte| byte.is_ascii_digit());
    // Minus nought is written as nought: equal figures have one form.
    plain.then(|| text.parse().ok()).flatten().map(|number: f64| number + 0.0)
}

fn number(column: &ColumnDefinition, text: &str) -> Result<f64, CellProblem> {
    let Some(number) = decimal(text) else {
        return refuse(
            "number.malformed",
            format!("\"{}\" is not a number; write digits with at most one point", shown(text)),
        );
    };
    let (min, max) = (column.min.unwrap_or(f64::MIN), column.max.unwrap_or(f64::MAX));
    if (min..=max).contains(&number) {
        Ok(number)
    } else {
        refuse("number.range", format!("{} lies outside {min} to {max}", shown(text)))
    }
}

fn share(text: &str) -> Result<Cell, CellProblem> {
    match decimal(text) {
        None => refuse(
            "number.malformed",
            format!("\"{}\" is not a share; write a fraction such as 0.25", shown(text)),
        ),
        Some(number) if (0.0..=1.0).contains(&number) => Ok(Cell::Number(number)),
        Some(_) => refuse(
            "share.range",
            format!(
                "{} is not a share: write a fraction from 0 to 1 (a quarter is 0.25)",
                shown(text)
            ),
        ),
    }
}
