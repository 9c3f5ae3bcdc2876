//! What changed between two versions of a table.

use quantities::Pence;
use std::collections::BTreeMap;

use crate::definition::{Kind, RowRule};
use crate::table::{CheckedTable, Row};

/// The most rows and cells that are listed; the counts go on.
pub const LISTED: usize = 1_000;

/// One row, told by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedRow {
    /// The values of its key columns, in the order of the definition.
    pub key: Vec<String>,
    /// Its money, where the table has any.
    pub amount: Option<Pence>,
}

/// One cell that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key of its row.
    pub key: Vec<String>,
    /// The column.
    pub column: String,
    /// What stood there; empty where nothing did.
    pub before: String,
    /// What stands there now.
    pub after: String,
}

/// What changed between two versions of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// The names of the key columns.
    pub key_columns: Vec<String>,
    /// Rows that are new, the first 1,000.
    pub added: Vec<KeyedRow>,
    /// Rows that are gone, the first 1,000.
    pub removed: Vec<KeyedRow>,
    /// Cells that changed, the first 1,000.
    pub changed: Vec<Change>,
    /// How many rows are new.
    pub added_count: usize,
    /// How many rows are gone.
    pub removed_count: usize,
    /// How many rows have a cell that changed.
    pub changed_count: usize,
    /// Σ of the table's first money column before; nothing where it has none.
    pub before_total: Option<Pence>,
    /// Σ of it now.
    pub after_total: Option<Pence>,
}

impl Differences {
    /// Whether nothing changed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.added_count == 0 && self.removed_count == 0 && self.changed_count == 0
    }
}

/// What changed from one version to another of the same table. Rows are matched by their key; in a
/// table without one, by all their cells.
#[must_use]
pub fn between(before: &CheckedTable, after: &CheckedTable) -> Differences {
    let definition = after.definition();
    let money = definition.columns.iter().find(|column| column.kind == Kind::Money);
    let keyed = definition.columns.iter().any(|column| column.key);
    let is_key = |key: bool| key || !keyed;
    let keys: Vec<&str> = definition
        .columns
        .iter()
        .filter(|column| is_key(column.key))
        .map(|column| column.name.as_str())
        .collect();
    let others: Vec<&str> = definition
        .columns
        .iter()
        .filter(|column| !is_key(column.key))
        .map(|column| column.name.as_str())
        .collect();
    debug_assert!(definition.rows == RowRule::Unique || keyed);
    let amount = |row: &Row<'_>| money.and_then(|column| row.money(&column.name));
    let old = by_key(before, &keys);
    let new = by_key(after, &keys);
    let mut found = Differences {
        key_columns: keys.iter().map(|key| (*key).to_owned()).collect(),
        before_total: money.and_then(|column| before.total(&column.name)),
        after_total: money.and_then(|column| after.total(&column.name)),
        ..Differences::default()
    };
    for (key, row) in &new {
        let Some(was) = old.get(key) else {
            found.added_count += 1;
            if found.added.len() < LISTED {
                found.added.push(KeyedRow { key: key.clone(), amount: amount(row) });
            }
            continue;
        };
        let cells = others.iter().filter_map(|column| {
            let (before, after) = (was.shown(column), row.shown(column));
            let column = (*column).to_owned();
            (before != after).then(|| Change { key: key.clone(), column, before, after })
        });
        let cells: Vec<Change> = cells.collect();
        found.changed_count += usize::from(!cells.is_empty());
        found.changed.extend(cells.into_iter().take(LISTED.saturating_sub(found.changed.len())));
    }
    for (key, row) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
        found.removed_count += 1;
        if found.removed.len() < LISTED {
            found.removed.push(KeyedRow { key: key.clone(), amount: amount(row) });
        }
    }
    found
}

fn by_key<'a>(table: &'a CheckedTable, keys: &[&str]) -> BTreeMap<Vec<String>, Row<'a>> {
    table.rows().map(|row| (keys.iter().map(|key| row.shown(key)).collect(), row)).collect()
}
