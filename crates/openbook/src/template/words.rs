//! What a column wants, in words: the same in notes, drop-downs, documentation and schemas.

use crate::definition::{ColumnDefinition, Kind, Origin, RowRule, TableDefinition};

/// What a cell of the column must look like.
#[must_use]
pub fn rule(column: &ColumnDefinition) -> String {
    match column.kind {
        Kind::Code => "A code of 1 to 40 letters, digits, points, - or _".to_owned(),
        Kind::Text => "Plain text, not beginning with = + - or @".to_owned(),
        Kind::Money => "Pounds and pence: digits, at most one point and two decimals".to_owned(),
        Kind::Activity => "A count, not negative, with at most four decimals".to_owned(),
        Kind::Number => number(column),
        Kind::Share => "A fraction from 0 to 1 (a quarter is 0.25, not 25)".to_owned(),
        Kind::Year => "A financial year, written 2024-25".to_owned(),
        Kind::Month => "A month: 1 to 12 from April, or 0 for the whole year".to_owned(),
        Kind::Date => "A day, written 2025-03-31 (or a date cell)".to_owned(),
        Kind::Choice => format!("One of: {}", column.values.join(", ")),
        Kind::Tags => "Codes separated by ;".to_owned(),
        Kind::Service => "A service line, written provider/service, such as RTG/110".to_owned(),
        Kind::Flag => "yes or no".to_owned(),
    }
}

fn number(column: &ColumnDefinition) -> String {
    match (column.min, column.max) {
        (Some(min), Some(max)) => format!("A number from {min} to {max}, without exponent"),
        (Some(min), None) => format!("A number of at least {min}, without exponent"),
        (None, Some(max)) => format!("A number of at most {max}, without exponent"),
        (None, None) => "A number, without exponent".to_owned(),
    }
}

/// What the figures of a column are counted in; nothing where it holds no figures.
#[must_use]
pub fn unit(column: &ColumnDefinition) -> Option<&'static str> {
    let name = column.name.as_str();
    match column.kind {
        Kind::Money => Some("£"),
        Kind::Activity => Some("count"),
        Kind::Share => Some("fraction"),
        Kind::Number => Some(match name {
            _ if name.contains("qaly_per_gbp_m") => "QALY per £m",
            _ if name.contains("pct") => "percent",
            _ if name.contains("qaly") => "QALY",
            _ if name.contains("wte") => "whole-time equivalents",
            _ if name.ends_with("_years") => "years",
            _ if name.ends_with("_per_year") => "rate a year",
            _ if name.ends_with("_months") => "months",
            _ if name.contains("patients") => "patients",
            _ if name.contains("population") => "people",
            _ => "number",
        }),
        _ => None,
    }
}

/// Whether the column and its cells may be left out, and what an empty cell means.
#[must_use]
pub fn required(column: &ColumnDefinition) -> String {
    let word = match (column.optional, column.may_be_empty) {
        (true, _) => "optional",
        (false, true) => "required; a cell may be empty",
        (false, false) => "required",
    };
    match &column.default {
        Some(default) => format!("{word}; empty means {default}"),
        None => word.to_owned(),
    }
}

/// Who hands a table in.
#[must_use]
pub const fn from(table: &TableDefinition) -> &'static str {
    match table.from {
        Origin::Provider => "each provider, for itself",
        Origin::Icb => "the Integrated Care Board",
    }
}

/// What happens to rows with equal keys.
#[must_use]
pub const fn rows(table: &TableDefinition) -> &'static str {
    match table.rows {
        RowRule::Unique => "Rows with equal keys are refused.",
        RowRule::AddUp => "Rows with equal keys are added up.",
    }
}

/// The names of the key columns.
#[must_use]
pub fn key(table: &TableDefinition) -> String {
    let keys = table.columns.iter().filter(|column| column.key);
    keys.map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A cell as it might be; nothing where the column may stay empty and its definition shows none.
#[must_use]
pub fn example(column: &ColumnDefinition) -> Option<String> {
    if column.example.is_some() || column.optional || column.may_be_empty {
        return column.example.clone();
    }
    let written = match column.kind {
        Kind::Code => "A1".to_owned(),
        Kind::Text => "In plain words".to_owned(),
        Kind::Money => "1234.50".to_owned(),
        Kind::Activity => "100".to_owned(),
        Kind::Number => {
            let (min, max) = (column.min.unwrap_or(0.0), column.max.unwrap_or(1_000.0));
            1_000.0_f64.clamp(min, max.max(min)).to_string()
        }
        Kind::Share => "0.2".to_owned(),
        Kind::Year => "2024-25".to_owned(),
        Kind::Month => "0".to_owned(),
        Kind::Date => "2025-03-31".to_owned(),
        Kind::Choice => column.values.first().cloned().unwrap_or_default(),
        Kind::Tags => "mhis".to_owned(),
        Kind::Service => "RTG/110".to_owned(),
        Kind::Flag => "no".to_owned(),
    };
    Some(written)
}
