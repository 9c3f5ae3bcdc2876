//! What changed between two versions of stored tables.

use openbook::definition::Origin;
use openbook::differences::{Differences, between};
use openbook::{CheckedTable, TableDefinition};
use quantities::ProviderCode;
use std::collections::BTreeSet;
use store::{OwnedTable, StoredTable, SubmissionId, TableVersions};

use super::{EngineError, book};
use crate::models::Catalogue;

/// What changed in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The table's name.
    pub table: String,
    /// The submission it is compared with; nothing where there was none, and between editions.
    pub against: Option<SubmissionId>,
    /// What changed.
    pub found: Differences,
}

/// What changed in the tables of a submission.
///
/// # Errors
/// When a stored table cannot be read any more.
pub fn of_versions(
    catalogue: &Catalogue,
    versions: Vec<TableVersions>,
) -> Result<Vec<Changed>, EngineError> {
    let one = |version: TableVersions| {
        let TableVersions { table, against, before, after } = version;
        let definition = definition(catalogue, &table)?;
        let read = |stored: Option<StoredTable>| {
            stored.map(|stored| book::reread(catalogue, definition, &stored.csv)).transpose()
        };
        let found = compared(read(before)?, read(after)?);
        Ok(found.map(|found| Changed { table, against, found }))
    };
    versions.into_iter().filter_map(|version| one(version).transpose()).collect()
}

/// What changed from one edition to another; of a provider's own rows only, where one is named.
///
/// # Errors
/// When a stored table cannot be read any more.
pub fn of_editions(
    catalogue: &Catalogue,
    before: &[OwnedTable],
    after: &[OwnedTable],
    own: Option<&ProviderCode>,
) -> Result<Vec<Changed>, EngineError> {
    let (mut before, mut after) =
        (book::joined(catalogue, before)?, book::joined(catalogue, after)?);
    let names: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    let mut changed = Vec::new();
    for table in names {
        // The Board's tables name the lines of every provider.
        if own.is_some() && definition(catalogue, &table)?.from == Origin::Icb {
            continue;
        }
        let seen = |whole: Option<CheckedTable>| match own {
            None => whole,
            Some(own) => {
                whole.map(|it| it.filtered(|row| row.provider().is_some_and(|code| code == *own)))
            }
        };
        let found = compared(seen(before.remove(&table)), seen(after.remove(&table)));
        changed.extend(found.map(|found| Changed { table, against: None, found }));
    }
    Ok(changed)
}

fn compared(before: Option<CheckedTable>, after: Option<CheckedTable>) -> Option<Differences> {
    let none = |table: &CheckedTable| table.filtered(|_| false);
    match (before, after) {
        (None, None) => None,
        (Some(before), None) => Some(between(&before, &none(&before))),
        (None, Some(after)) => Some(between(&none(&after), &after)),
        (Some(before), Some(after)) => Some(between(&before, &after)),
    }
}

fn definition<'a>(
    catalogue: &'a Catalogue,
    name: &str,
) -> Result<&'a TableDefinition, EngineError> {
    let found = catalogue.tables.get(name);
    found.ok_or_else(|| EngineError::Internal(format!("there is no table {name} any more")))
}
