//! Stored tables joined to a book.

use openbook::definition::Origin;
use openbook::read;
use openbook::{Book, CheckedTable, Report, TableDefinition};
use quantities::ProviderCode;
use std::collections::{BTreeMap, BTreeSet};
use store::OwnedTable;

use super::EngineError;
use crate::models::Catalogue;

/// The tables of many owners, one of each name. What a provider handed in itself stands in place
/// of what the Board handed in for it.
pub(super) fn joined<'a>(
    catalogue: &Catalogue,
    parts: impl IntoIterator<Item = &'a OwnedTable>,
) -> Result<BTreeMap<String, CheckedTable>, EngineError> {
    let mut by_name: BTreeMap<&str, Vec<&OwnedTable>> = BTreeMap::new();
    for part in parts {
        by_name.entry(&part.table.table).or_default().push(part);
    }
    let mut tables = BTreeMap::new();
    for (name, parts) in by_name {
        let definition = catalogue
            .tables
            .get(name)
            .ok_or_else(|| EngineError::Internal(format!("there is no table {name} any more")))?;
        let own: BTreeSet<&ProviderCode> =
            parts.iter().filter_map(|part| part.owner.as_ref()).collect();
        let mut read = Vec::with_capacity(parts.len());
        for part in &parts {
            let table = reread(catalogue, definition, &part.table.csv)?;
            let overruled = part.owner.is_none() && definition.from == Origin::Provider;
            read.push(if overruled {
                table.filtered(|row| row.provider().is_none_or(|code| !own.contains(&code)))
            } else {
                table
            });
        }
        let mut read = read.into_iter();
        if let Some(first) = read.next() {
            tables.insert(name.to_owned(), first.joined(read));
        }
    }
    Ok(tables)
}

/// A stored table read again.
pub(super) fn reread(
    catalogue: &Catalogue,
    definition: &TableDefinition,
    csv: &[u8],
) -> Result<CheckedTable, EngineError> {
    let mut report = Report::default();
    let read = read::accepted(&catalogue.tables, definition, csv, &mut report);
    read.ok_or_else(|| {
        let why = report.problems().first().map(openbook::Problem::sentence);
        EngineError::Refused(format!(
            "a table that was accepted before is not accepted any more, hand it in again: {}",
            why.unwrap_or_default()
        ))
    })
}

/// The book of an edition.
pub(super) fn assembled(catalogue: &Catalogue, parts: &[OwnedTable]) -> Result<Book, EngineError> {
    let mut report = Report::default();
    let book = Book::assemble(joined(catalogue, parts)?.into_values(), &mut report);
    book.ok_or_else(|| {
        let mut refused = report
            .problems()
            .iter()
            .filter(|problem| problem.severity == openbook::Severity::Refuse);
        let why = refused.next().map(openbook::Problem::sentence).unwrap_or_default();
        EngineError::Refused(format!("the tables of this edition do not make a book: {why}"))
    })
}
