//! The header row: which column of the file is which of the definition.

use std::io::Read;

use super::records::{Record, Records};
use super::text_of;
use crate::cell::{is_unseen, shown};
use crate::definition::{TableDefinition, Tables};
use crate::personal;
use crate::problem::{Problem, Report};

/// How many rows below the first are looked at for a header that is not the first.
const LOOKED_AT: usize = 20;

/// Which column of the file is which of the definition.
#[derive(Debug)]
pub(super) struct Layout {
    /// For each column of the file its place in the definition; none for an unknown one, whose
    /// neighbours are still checked.
    pub(super) places: Vec<Option<usize>>,
    /// The row in which the header stands.
    pub(super) row: u64,
    /// Whether every column that must be there is.
    pub(super) complete: bool,
}

/// The layout that the header gives, with its problems noted; nothing where it cannot be read or
/// personal data is in it.
pub(super) fn layout(
    tables: &Tables,
    definition: &TableDefinition,
    records: &mut Records<impl Read>,
    row: u64,
    report: &mut Report,
) -> Option<Layout> {
    let table = &definition.name;
    let mut names = Vec::new();
    for cell in records.record(0).cells() {
        let Some(name) = text_of(cell) else {
            report.push(super::not_text(table, row));
            return None;
        };
        names.push(name.trim().to_owned());
    }
    if let Some(problem) = separated_otherwise(definition, row, &names) {
        report.push(problem);
        return None;
    }
    for name in &names {
        if let Some((rule, message)) = personal::found_in(name) {
            report.push(Problem::of_row(table, row, rule, message));
        }
    }
    if !report.personal() && !names.iter().any(|name| place(definition, name).is_some()) {
        if let Some(problem) = elsewhere(definition, records, row) {
            report.push(problem);
            return None;
        }
        if names.iter().any(|name| name.starts_with(|c: char| c.is_ascii_digit())) {
            let wanted: Vec<&str> =
                definition.columns.iter().map(|column| column.name.as_str()).collect();
            let message = format!(
                "the first row names no column; put the names above the figures: {}",
                wanted.join(",")
            );
            report.push(Problem::of_row(table, row, "header.absent", message));
            return None;
        }
    }
    let places = places(tables, definition, &names, row, report);
    let complete = missing(definition, &places, row, report);
    let readable = !report.personal() && places.iter().any(Option::is_some);
    readable.then_some(Layout { places, row, complete })
}

fn place(definition: &TableDefinition, name: &str) -> Option<usize> {
    definition.columns.iter().position(|column| column.name == name)
}

fn places(
    tables: &Tables,
    definition: &TableDefinition,
    names: &[String],
    row: u64,
    report: &mut Report,
) -> Vec<Option<usize>> {
    let table = &definition.name;
    let mut places = Vec::with_capacity(names.len());
    let mut seen = vec![false; definition.columns.len()];
    for (at, name) in (1u64..).zip(names) {
        let known = place(definition, name);
        let first =
            known.and_then(|place| seen.get_mut(place)).map(|seen| !std::mem::replace(seen, true));
        match first {
            Some(true) => {}
            Some(false) => report.push(
                Problem::of_row(
                    table,
                    row,
                    "header.duplicate",
                    format!("the column {name} is there twice; remove one"),
                )
                .in_column(name),
            ),
            None if tables.personal().names(name) => report.refuse("personal.header", || {
                let message = format!(
                    "the column \"{}\" names personal or record-linking data; nothing of the file \
                     was kept: send totals by service without it",
                    shown(name)
                );
                Problem::of_row(table, row, "personal.header", message)
            }),
            None => report.refuse("header.unknown", || {
                Problem::of_row(table, row, "header.unknown", unknown(definition, at, name))
            }),
        }
        places.push(known.filter(|_| first == Some(true)));
    }
    places
}

fn unknown(definition: &TableDefinition, at: u64, name: &str) -> String {
    if name.is_empty() {
        return format!("column {at} has no name; name it or remove it");
    }
    let names = definition.columns.iter().map(|column| column.name.as_str());
    let hint = crate::did_you_mean(name, names);
    if name.chars().any(is_unseen) {
        return format!(
            "the name \"{}\" of column {at} holds a character that cannot be seen{hint}; type it \
             again",
            shown(name)
        );
    }
    format!(
        "there is no column \"{}\" in {}{hint}; rename or remove it",
        shown(name),
        definition.name
    )
}

/// Notes every column that must be there and is not; whether there is none.
fn missing(
    definition: &TableDefinition,
    places: &[Option<usize>],
    row: u64,
    report: &mut Report,
) -> bool {
    let mut complete = true;
    for (place, column) in definition.columns.iter().enumerate() {
        if !column.optional && !places.contains(&Some(place)) {
            complete = false;
            let message =
                format!("the column {} is missing; add it ({})", column.name, column.about);
            report.push(
                Problem::of_row(&definition.name, row, "header.missing", message)
                    .in_column(&column.name),
            );
        }
    }
    complete
}

/// A header in one piece whose names are separated by something else than commas.
fn separated_otherwise(
    definition: &TableDefinition,
    row: u64,
    names: &[String],
) -> Option<Problem> {
    let [header] = names else { return None };
    let known = |separator: char| {
        header.split(separator).filter(|name| place(definition, name.trim()).is_some()).count()
    };
    let (mark, what) = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")]
        .into_iter()
        .find(|(mark, _)| known(*mark) > 0 && header.contains(*mark))?;
    let also = match mark {
        ';' => " and write decimals with a point",
        _ => "",
    };
    let message = format!(
        "the columns are separated by {what}; save the file with commas (in a spreadsheet \"CSV \
         UTF-8, comma delimited\"){also}"
    );
    Some(Problem::of_row(&definition.name, row, "file.separator", message))
}

/// A header below rows that do not belong to the table.
fn elsewhere(
    definition: &TableDefinition,
    records: &mut Records<impl Read>,
    first: u64,
) -> Option<Problem> {
    let known = |record: Record<'_>| {
        let name =
            |cell| text_of(cell).is_some_and(|name| place(definition, name.trim()).is_some());
        record.cells().filter(|cell| name(cell)).count()
    };
    let wanted = definition.columns.iter().filter(|column| !column.optional).count();
    for row in (first..).skip(1).take(LOOKED_AT) {
        if records.read(1).unwrap_or_default() == 0 {
            return None;
        }
        if known(records.record(0)).saturating_mul(2) >= wanted {
            let message = format!(
                "the names of the columns stand in row {row}; remove the rows above them, so that \
                 the file begins with the names"
            );
            return Some(Problem::of_row(&definition.name, row, "header.not_first", message));
        }
    }
    None
}
