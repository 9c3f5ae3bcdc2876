//! Every code that names something in another table must stand there.

use quantities::ServiceKey;
use std::collections::{BTreeMap, BTreeSet};

use crate::book::Book;
use crate::definition::{ColumnDefinition, Kind};
use crate::problem::{Problem, Report};
use crate::table::{CheckedTable, Row};

pub fn check(book: &Book, partial: &BTreeSet<String>, report: &mut Report) {
    let whole = |name: &str| !partial.contains(name);
    let options_alone = book.services.is_empty() && !book.tables().contains_key("services");
    if whole("providers") && !options_alone {
        providers(book, report);
    }
    if whole("services") && whole("providers") {
        services(book, report);
    }
    for table in book.tables().values() {
        for column in &table.definition().columns {
            let Some((target, of)) =
                column.refers_to.as_deref().and_then(|place| place.split_once('.'))
            else {
                continue;
            };
            if whole(target) {
                named(book, table, column, target, of, report);
            }
        }
    }
}

fn providers(book: &Book, report: &mut Report) {
    let known: BTreeSet<&str> = book.providers.keys().map(|code| code.as_str()).collect();
    for table in book.tables().values().filter(|table| table.name() != "providers") {
        for row in table.rows() {
            let Some(provider) = row.text("provider_code") else {
                break;
            };
            if !known.contains(provider) {
                let message = format!(
                    "there is no provider \"{provider}\" in providers.csv{}",
                    hint(provider, known.iter().copied())
                );
                report.push(
                    Problem::of_row(
                        table.name(),
                        row.line(),
                        rule(provider, &known, "provider.unknown"),
                        message,
                    )
                    .in_column("provider_code"),
                );
            }
        }
    }
}

/// `code.leading_zero` where a known code is the same but for noughts in front.
fn rule(code: &str, known: &BTreeSet<&str>, otherwise: &'static str) -> &'static str {
    if zeros_lost(code, known.iter().copied()).is_some() { "code.leading_zero" } else { otherwise }
}

/// The known code that is the same but for noughts in front.
fn zeros_lost<'a>(code: &str, mut known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let bare = |text: &str| text.trim_start_matches('0').to_owned();
    known.find(|other| *other != code && bare(other) == bare(code))
}

fn hint<'a>(code: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match zeros_lost(code, known.clone()) {
        Some(other) => format!(
            ", but there is \"{other}\": a spreadsheet takes noughts in front away; format the \
             column as text"
        ),
        None => crate::did_you_mean(code, known),
    }
}

/// The service that a row belongs to, and every service that a column names.
fn services(book: &Book, report: &mut Report) {
    let mut of_provider: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for key in book.services.keys() {
        of_provider.entry(key.provider().as_str()).or_default().insert(key.service_code());
    }
    let is_known = |key: &ServiceKey| {
        // A row of an unknown provider is told so, once.
        book.services.contains_key(key) || !book.providers.contains_key(key.provider())
    };
    for table in book.tables().values().filter(|table| table.name() != "services") {
        let columns =
            || table.definition().columns.iter().filter(|column| column.kind == Kind::Service);
        for row in table.rows() {
            if let Some(key) = row.service().filter(|key| !is_known(key)) {
                unknown(table, &row, "service_code", &key, &of_provider, report);
            }
            for column in columns() {
                let Some(key) = row.text(&column.name).and_then(|text| text.parse().ok()) else {
                    continue;
                };
                if !book.services.contains_key(&key) {
                    unknown(table, &row, &column.name, &key, &of_provider, report);
                }
            }
        }
    }
}

fn unknown(
    table: &CheckedTable,
    row: &Row<'_>,
    column: &str,
    key: &ServiceKey,
    of_provider: &BTreeMap<&str, BTreeSet<&str>>,
    report: &mut Report,
) {
    let none = BTreeSet::new();
    let known = of_provider.get(key.provider().as_str()).unwrap_or(&none);
    let message = format!(
        "\"{}\" is not among the services of {}{}; add it to services.csv or correct the code",
        key.service_code(),
        key.provider(),
        hint(key.service_code(), known.iter().copied())
    );
    let rule = rule(key.service_code(), known, "service.unknown");
    report.push(Problem::of_row(table.name(), row.line(), rule, message).in_column(column));
}

/// A code of one column that must stand in a column of another table.
fn named(
    book: &Book,
    table: &CheckedTable,
    column: &ColumnDefinition,
    target: &str,
    of: &str,
    report: &mut Report,
) {
    let rows = book.tables().get(target).into_iter().flat_map(CheckedTable::rows);
    let known: BTreeSet<&str> = rows.filter_map(|row| row.text(of)).collect();
    for row in table.rows() {
        let Some(code) = row.text(&column.name).filter(|code| !known.contains(code)) else {
            continue;
        };
        let message = format!(
            "there is no {of} \"{code}\" in {target}.csv{}; add it there or correct the code",
            hint(code, known.iter().copied())
        );
        let rule = rule(code, &known, "reference.unknown");
        report
            .push(Problem::of_row(table.name(), row.line(), rule, message).in_column(&column.name));
    }
}
