//! A file that was handed in: checked by itself, then against the rest of the book.

use api::check::CheckJson;
use openbook::definition::{Kind, Origin};
use openbook::read::TableRead;
use openbook::reconcile::{Reconciliation, reconcile};
use openbook::{Book, CheckedTable, Problem, Report, TableDefinition, folder};
use quantities::ProviderCode;
use std::path::Path;
use store::{OwnedTable, StoredTable};

use super::{EngineError, book};
use crate::models::Catalogue;

/// A file to be checked.
#[derive(Clone, Copy, Debug)]
pub struct CheckTask<'a> {
    /// The table it is for.
    pub table: &'a str,
    /// Where it is.
    pub file: &'a Path,
    /// Whose it is: a provider's, or the Board's own.
    pub provider: Option<&'a ProviderCode>,
    /// What it is checked against.
    pub reference: &'a [OwnedTable],
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The accepted tables; none where anything is refused.
    pub tables: Vec<StoredTable>,
    /// Everything that was found.
    pub report: CheckJson,
}

/// Checks a file.
///
/// # Errors
/// When the file cannot be opened, or a stored table cannot be read any more.
pub fn check(catalogue: &Catalogue, task: &CheckTask<'_>) -> Result<Checked, EngineError> {
    let definition = catalogue
        .tables
        .get(task.table)
        .ok_or_else(|| EngineError::Internal(format!("there is no table {}", task.table)))?;
    let (read, mut report) = folder::read_file(&catalogue.tables, definition, task.file)
        .map_err(|error| EngineError::internal(&error))?;
    let table = read.and_then(TableRead::accepted);
    let mut reconciliation = Vec::new();
    if let Some(table) = &table {
        own_rows(table, task.provider, &mut report);
        let (found, reconciled) = cross(catalogue, task, table)?;
        for problem in found.problems() {
            report.push(problem.clone());
        }
        reconciliation = reconciled;
    }
    let accepted = table.filter(|_| report.accepted());
    let total = accepted.as_ref().and_then(|table| table.total("cost_gbp"));
    let tables = accepted.map(|table| stored(definition, &table)).transpose()?;
    Ok(Checked {
        tables: tables.into_iter().collect(),
        report: CheckJson::of(&report, total.unwrap_or_default(), &reconciliation),
    })
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

/// What crosses tables, as far as it concerns this one.
fn cross(
    catalogue: &Catalogue,
    task: &CheckTask<'_>,
    table: &CheckedTable,
) -> Result<(Report, Vec<Reconciliation>), EngineError> {
    let mut tables = book::joined(catalogue, task.reference)?;
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
    tables.insert(task.table.to_owned(), table.clone());
    let mut report = Report::default();
    let book = Book::assemble(tables.into_values(), &mut report);
    let reconciled = book.map(|book| of_own(catalogue, &book, task.provider)).unwrap_or_default();
    Ok((report.of_table(task.table), reconciled))
}

fn of_own(
    catalogue: &Catalogue,
    book: &Book,
    provider: Option<&ProviderCode>,
) -> Vec<Reconciliation> {
    let Some(year) = book.latest_cost_year() else {
        return Vec::new();
    };
    let Ok(parameters) = catalogue.parameters.for_year(year) else {
        return Vec::new();
    };
    let mut all = reconcile(book, year, parameters.tolerances);
    all.retain(|line| provider.is_none_or(|own| line.provider == *own));
    all
}

fn stored(definition: &TableDefinition, table: &CheckedTable) -> Result<StoredTable, EngineError> {
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
