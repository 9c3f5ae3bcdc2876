//! One cell: its checked value, and how each kind is read.

use jiff::civil::Date;
use quantities::{Activity, ActivityError, FinYear, MoneyError, Pence};
use std::fmt;

mod mend;
pub(crate) mod quick;

pub use mend::{likely_code, without_leading_zeros};

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

/// What is wrong with a cell, before anybody puts it into words: a file may have millions of slips
/// and only the first thousand are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    Required,
    TooLong,
    Code,
    Formula,
    Control,
    Choice,
    Service,
    Flag,
    MoneyMalformed,
    MoneyDecimals,
    MoneyTooLarge,
    Activity(ActivityError),
    NumberMalformed,
    NumberRange,
    ShareMalformed,
    ShareRange,
    Year,
    Month,
    Date,
}

impl Slip {
    /// The rule's stable code.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Required => "cell.required",
            Self::TooLong => "cell.too_long",
            Self::Code => "code.malformed",
            Self::Formula => "text.formula",
            Self::Control => "text.control",
            Self::Choice => "choice.unknown",
            Self::Service => "service.malformed",
            Self::Flag => "flag.malformed",
            Self::MoneyMalformed => "money.malformed",
            Self::MoneyDecimals => "money.decimals",
            Self::MoneyTooLarge => "money.too_large",
            Self::Activity(ActivityError::Malformed) => "activity.malformed",
            Self::Activity(ActivityError::Decimals) => "activity.decimals",
            Self::Activity(ActivityError::TooLarge) => "activity.too_large",
            Self::NumberMalformed | Self::ShareMalformed => "number.malformed",
            Self::NumberRange => "number.range",
            Self::ShareRange => "share.range",
            Self::Year => "year.malformed",
            Self::Month => "month.range",
            Self::Date => "date.malformed",
        }
    }
}

/// A character that a reader of the text would not see, or that would change what they see around
/// it: controls, zero-width and bidirectional marks, soft hyphens, and the mark of a lost character.
#[must_use]
pub const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffd}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// A value as a message may show it: short, with nothing that a terminal or a page would obey.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !is_unseen(*c)).take(40).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

pub(crate) const LONGEST: usize = 2_000;

/// Reads one cell as its column wants it.
///
/// # Errors
/// The rule that the text breaks, with the mend.
pub fn read(column: &ColumnDefinition, text: &str) -> Result<Cell, CellProblem> {
    parse(column, text).map_err(|slip| explain(column, text, slip))
}

/// Puts a slip into words.
pub(crate) fn explain(column: &ColumnDefinition, text: &str, slip: Slip) -> CellProblem {
    CellProblem { rule: slip.rule(), message: mend::message(column, text.trim(), slip) }
}

/// Reads one cell as its column wants it.
pub(crate) fn parse(column: &ColumnDefinition, text: &str) -> Result<Cell, Slip> {
    let text = text.trim();
    let text = if text.is_empty() { column.default.as_deref().unwrap_or("") } else { text };
    if text.is_empty() {
        let may_be = column.optional || column.may_be_empty;
        return if may_be { Ok(Cell::Empty) } else { Err(Slip::Required) };
    }
    if text.len() > LONGEST {
        return Err(Slip::TooLong);
    }
    match column.kind {
        Kind::Code => code(text),
        Kind::Text => plain_text(text),
        Kind::Tags => tags(text),
        Kind::Service => service(text),
        Kind::Flag => flag(text),
        Kind::Choice => choice(column, text),
        Kind::Money => money(column, text),
        Kind::Activity => text.parse().map(Cell::Activity).map_err(Slip::Activity),
        Kind::Number => number(column, text),
        Kind::Share => share(text),
        Kind::Year => text.parse().map(Cell::Year).map_err(|_| Slip::Year),
        Kind::Month => month(text),
        Kind::Date => quick::day(text.as_bytes()).map(Cell::Date).ok_or(Slip::Date),
    }
}

fn money(column: &ColumnDefinition, text: &str) -> Result<Cell, Slip> {
    let amount: Pence = text.parse().map_err(|error| match error {
        MoneyError::Decimals => Slip::MoneyDecimals,
        MoneyError::TooLarge => Slip::MoneyTooLarge,
        MoneyError::Empty | MoneyError::Malformed => Slip::MoneyMalformed,
    })?;
    let within = match column.max {
        Some(pounds) => amount.to_pounds().abs() <= pounds,
        None => amount.get().abs() <= Pence::CELL_LIMIT,
    };
    if within { Ok(Cell::Money(amount)) } else { Err(Slip::MoneyTooLarge) }
}

fn code(text: &str) -> Result<Cell, Slip> {
    match text.parse::<quantities::PlaceCode>() {
        Ok(_) => Ok(Cell::Text(text.into())),
        Err(_) => Err(Slip::Code),
    }
}

fn service(text: &str) -> Result<Cell, Slip> {
    let key: quantities::ServiceKey = text.parse().map_err(|_| Slip::Service)?;
    Ok(Cell::Text(key.as_str().into()))
}

fn flag(text: &str) -> Result<Cell, Slip> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(Cell::Text("yes".into())),
        "no" | "false" | "0" => Ok(Cell::Text("no".into())),
        _ => Err(Slip::Flag),
    }
}

fn plain_text(text: &str) -> Result<Cell, Slip> {
    if text.starts_with(['=', '+', '-', '@', '\t']) {
        return Err(Slip::Formula);
    }
    if text.chars().any(|c| is_unseen(c) && c != '\n' && c != '\r') {
        return Err(Slip::Control);
    }
    Ok(Cell::Text(text.replace(['\r', '\n'], " ").into()))
}

fn tags(text: &str) -> Result<Cell, Slip> {
    let mut tags: Vec<&str> =
        text.split(';').map(str::trim).filter(|tag| !tag.is_empty()).collect();
    for tag in &tags {
        code(tag)?;
    }
    tags.sort_unstable();
    tags.dedup();
    Ok(if tags.is_empty() { Cell::Empty } else { Cell::Text(tags.join(";").into()) })
}

fn choice(column: &ColumnDefinition, text: &str) -> Result<Cell, Slip> {
    let known = column.values.iter().any(|value| value == text);
    known.then(|| Cell::Text(text.into())).ok_or(Slip::Choice)
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

fn number(column: &ColumnDefinition, text: &str) -> Result<Cell, Slip> {
    let number = decimal(text).ok_or(Slip::NumberMalformed)?;
    let (min, max) = (column.min.unwrap_or(f64::MIN), column.max.unwrap_or(f64::MAX));
    if (min..=max).contains(&number) { Ok(Cell::Number(number)) } else { Err(Slip::NumberRange) }
}

fn share(text: &str) -> Result<Cell, Slip> {
    let number = decimal(text).ok_or(Slip::ShareMalformed)?;
    if (0.0..=1.0).contains(&number) { Ok(Cell::Number(number)) } else { Err(Slip::ShareRange) }
}

fn month(text: &str) -> Result<Cell, Slip> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u8>() {
        Ok(month) if digits && month <= 12 => Ok(Cell::Month(month)),
        _ => Err(Slip::Month),
    }
}
