//! What drop-downs offer.

use std::collections::BTreeMap;

use crate::definition::{ColumnDefinition, Kind, TableDefinition};

/// Years that a drop-down offers; others can be typed.
const YEARS: std::ops::Range<u16> = 2015..2035;

/// What the drop-down of a column offers; nothing where it has none.
#[must_use]
pub fn choices(column: &ColumnDefinition) -> Option<Vec<String>> {
    match column.kind {
        Kind::Choice => Some(column.values.clone()),
        Kind::Flag => Some(vec!["yes".to_owned(), "no".to_owned()]),
        Kind::Year => Some(YEARS.map(|year| format!("{year}-{:02}", (year + 1) % 100)).collect()),
        _ => None,
    }
}

/// The lists that some tables need, each by the name of the first column that offers it.
pub struct Lists {
    columns: BTreeMap<Vec<String>, u16>,
    in_order: Vec<(String, Vec<String>)>,
}

impl Lists {
    pub fn of<'a>(tables: impl Iterator<Item = &'a TableDefinition>) -> Self {
        let mut lists = Self { columns: BTreeMap::new(), in_order: Vec::new() };
        for table in tables {
            for column in &table.columns {
                let Some(values) = choices(column) else { continue };
                let next = u16::try_from(lists.in_order.len()).unwrap_or(u16::MAX);
                if !lists.columns.contains_key(&values) {
                    lists.columns.insert(values.clone(), next);
                    let name = match column.kind {
                        Kind::Choice => format!("{}.{}", table.name, column.name),
                        _ => column.name.clone(),
                    };
                    lists.in_order.push((name, values));
                }
            }
        }
        lists
    }

    /// The column of the sheet of lists that holds these values.
    pub fn column(&self, values: &[String]) -> Option<u16> {
        self.columns.get(values).copied()
    }

    /// The lists, in the order of their columns.
    pub fn iter(&self) -> impl Iterator<Item = &(String, Vec<String>)> {
        self.in_order.iter()
    }
}
