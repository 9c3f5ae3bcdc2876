//! What was handed in: each table checked by itself, then all of them against the rest of the book.

use api::check::CheckJson;
use openbook::definition::{Kind, Origin};
use openbook::read::TableRead;
use openbook::workbook::Sheet;
use openbook::{Book, CheckedTable, Problem, Report, TableDefinition, read};
use quantities::{ProviderCode, Share};
use std::collections::BTreeSet;
use std::fs::File;
use store::{BadRows, OwnedTable, Query, StoredTable};
use value::Review;

use super::{EngineError, asked, book};
use crate::models::Catalogue;

/// The part of a check that reading takes; the rest is comparing.
const READING: f64 = 0.9;

/// What is to be checked: one table, or those of a workbook.
#[derive(Clone, Copy, Debug)]
pub struct CheckTask<'a> {
    /// The tables, as CSV files.
    pub sheets: &'a [Sheet],
    /// What was found when they were unpacked.
    pub unpacked: &'a Report,
    /// Whose they are: a provider's, or the Board's own.
    pub provider: Option<&'a ProviderCode>,
    /// What they are checked against.
    pub reference: &'a [OwnedTable],
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The accepted tables; none where anything is refused.
    pub tables: Vec<StoredTable>,
    /// Everything that was found.
    pub report: CheckJson,
    /// What must be answered before sign-off; none where anything is refused.
    pub queries: Vec<Query>,
    /// The rows to be mended, by table; none where personal data was found.
    pub bad_rows: Vec<BadRows>,
}

/// Checks what was handed in: it is accepted whole or not at all. `progress` is told how far it
/// is.
///
/// # Errors
/// When a file cannot be opened, or a stored table cannot be read any more.
pub fn check(
    catalogue: &Catalogue,
    task: &CheckTask<'_>,
    progress: &mut dyn FnMut(Share, &str),
) -> Result<Checked, EngineError> {
    let mut report = task.unpacked.clone();
    let taken = read_all(catalogue, task, &mut report, progress)?;
    let mut review = Review::default();
    // Where a sheet could not even be unpacked, what refers to it would be blamed for its faults.
    if task.unpacked.accepted() && !report.personal() {
        for table in &taken.sound {
            own_rows(table, task.provider, &mut report);
        }
        progress(share(READING), "comparing it with the rest of the book");
        let (found, reviewed) = cross(catalogue, task, &taken)?;
        for part in taken.sound.iter().map(|table| found.of_table(table.name())) {
            for problem in part.problems() {
                report.push(problem.clone());
            }
        }
        review = reviewed;
    }
    let accepted = if report.accepted() { taken.sound } else { Vec::new() };
    let total = accepted.iter().filter_map(|table| table.total("cost_gbp")).sum();
    let queries = asked::of(&accepted, &report);
    let stored = accepted.iter().map(|table| stored(catalogue, table));
    Ok(Checked {
        tables: stored.collect::<Result<_, _>>()?,
        report: CheckJson::of(&report, total, &review),
        queries,
        bad_rows: bad_rows(task.sheets, &report)?,
    })
}

/// The rows of each table that somebody must mend or answer for, with what to do beside them.
fn bad_rows(sheets: &[Sheet], report: &Report) -> Result<Vec<BadRows>, EngineError> {
    let named = |sheet: &&Sheet| {
        let mut of_table = report.problems().iter().filter(|it| it.table == sheet.table);
        !report.personal() && of_table.any(|problem| problem.row.is_some())
    };
    let mut found = Vec::new();
    for sheet in sheets.iter().filter(named) {
        let file = File::open(&sheet.csv).map_err(|error| EngineError::internal(&error))?;
        if let Some(csv) = openbook::bad_rows::csv(report, &sheet.table, file) {
            found.push(BadRows { table: sheet.table.clone(), csv });
        }
    }
    Ok(found)
}

/// What was read: the rows that are sound, and the tables of which some are missing.
struct Taken {
    sound: Vec<CheckedTable>,
    partial: BTreeSet<String>,
}

/// Every table read.
fn read_all(
    catalogue: &Catalogue,
    task: &CheckTask<'_>,
    report: &mut Report,
    progress: &mut dyn FnMut(Share, &str),
) -> Result<Taken, EngineError> {
    let mut files = Vec::with_capacity(task.sheets.len());
    let mut bytes = 0_u64;
    for sheet in task.sheets {
        let file = File::open(&sheet.csv).map_err(|error| EngineError::internal(&error))?;
        let size = file.metadata().map_err(|error| EngineError::internal(&error))?.len();
        bytes = bytes.saturating_add(size);
        files.push(file);
    }
    let mut before = 0;
    let mut taken = Taken { sound: Vec::with_capacity(files.len()), partial: BTreeSet::new() };
    for (sheet, file) in task.sheets.iter().zip(files) {
        let definition = definition(catalogue, &sheet.table)?;
        if task.provider.is_some() && definition.from == Origin::Icb {
            let message = "this table is handed in by the Integrated Care Board, not by a \
                           provider; take it out";
            report.push(Problem::of_file(&sheet.table, "table.not_yours", message));
            taken.partial.insert(sheet.table.clone());
            continue;
        }
        let mut read = 0;
        let mut watch = |so_far: read::Progress| {
            read = so_far.bytes;
            let (done, message) = told(before, read, bytes);
            progress(done, &message);
        };
        let table = read::watched(&catalogue.tables, definition, file, report, &mut watch);
        if !table.as_ref().is_some_and(TableRead::is_whole) {
            taken.partial.insert(sheet.table.clone());
        }
        taken.sound.extend(table.map(TableRead::into_sound));
        before = before.saturating_add(read);
    }
    Ok(taken)
}

fn definition<'a>(
    catalogue: &'a Catalogue,
    name: &str,
) -> Result<&'a TableDefinition, EngineError> {
    let found = catalogue.tables.get(name);
    found.ok_or_else(|| EngineError::Internal(format!("there is no table {name}")))
}

fn share(part: f64) -> Share {
    Share::new(part.clamp(0.0, 1.0)).unwrap_or(Share::ZERO)
}

/// How far the reading is: of all files, in megabytes.
fn told(before: u64, read: u64, all: u64) -> (Share, String) {
    let megabytes = |bytes: u64| f64::from(u32::try_from(bytes >> 10).unwrap_or(u32::MAX)) / 1024.0;
    let (done, all) = (megabytes(before.saturating_add(read)), megabytes(all));
    let part = if all > 0.0 { READING * done / all } else { 0.0 };
    (share(part), format!("reading: {done:.1} of {all:.1} MB"))
}

/// A provider hands in its own rows only.
fn own_rows(table: &CheckedTable, provider: Option<&ProviderCode>, report: &mut Report) {
    let Some(own) = provider else { return };
    for row in table.rows() {
        if let Some(other) = row.provider()
            && other != *own
        {
            let message = format!(
                "the row belongs to {other}, and {own} can hand in its own rows only; take it out"
            );
            report.push(
                Problem::of_row(table.name(), row.line(), "provider.foreign", message)
                    .in_column("provider_code"),
            );
        }
    }
}

/// What crosses tables.
fn cross(
    catalogue: &Catalogue,
    task: &CheckTask<'_>,
    taken: &Taken,
) -> Result<(Report, Review), EngineError> {
    let replaced = |part: &OwnedTable| {
        let same = |table: &CheckedTable| table.name() == part.table.table;
        let named = |name: &str| taken.sound.iter().any(same) || taken.partial.contains(name);
        part.owner.as_ref() == task.provider && named(&part.table.table)
    };
    let reference: Vec<&OwnedTable> = task.reference.iter().filter(|it| !replaced(it)).collect();
    let mut tables = book::joined(catalogue, reference)?;
    if let Some(own) = task.provider {
        // A provider is checked against what is its own: the Board's other tables name services of
        // every provider, which this provider may not see.
        let of_providers = |name: &str| {
            let definition = catalogue.tables.get(name);
            definition.is_some_and(|definition| definition.from == Origin::Provider)
        };
        tables.retain(|name, _| name == "providers" || of_providers(name));
        for table in tables.values_mut() {
            *table = table.filtered(|row| row.provider().is_none_or(|code| code == *own));
        }
    }
    for table in &taken.sound {
        tables.insert(table.name().to_owned(), table.clone());
    }
    let mut report = Report::default();
    let book = Book::of_sound(tables.into_values(), &taken.partial, &mut report);
    let mut review = match &book {
        Some(book) => value::review(
            book,
            &catalogue.tables,
            &catalogue.instruments,
            &catalogue.parameters,
            None,
            &mut report,
        )
        .map_err(|error| EngineError::internal(&error))?,
        None => Review::default(),
    };
    if let Some(own) = task.provider {
        review.reconciliation.retain(|line| line.provider == *own);
        review.quality.retain(|line| line.provider == *own);
    }
    Ok((report, review))
}

fn stored(catalogue: &Catalogue, table: &CheckedTable) -> Result<StoredTable, EngineError> {
    let definition = definition(catalogue, table.name())?;
    let csv = table.canonical_csv().map_err(|error| EngineError::internal(&error))?;
    let money = definition.columns.iter().find(|column| column.kind == Kind::Money);
    Ok(StoredTable {
        table: table.name().to_owned(),
        sha256: table.sha256().map_err(|error| EngineError::internal(&error))?,
        rows: u64::try_from(table.len()).map_err(|error| EngineError::internal(&error))?,
        total: money.and_then(|column| table.total(&column.name)),
        csv,
    })
}
