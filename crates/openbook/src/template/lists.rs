//! What drop-downs offer.

use crate::definition::{ColumnDefinition, Kind, TableDefinition, Tables};
use crate::norms::CodeListDefinition;

/// Years that a drop-down offers; others can be typed.
const YEARS: std::ops::Range<u16> = 2015..2035;

/// What the drop-down of a column offers; nothing where it has none.
#[must_use]
pub fn choices(tables: &Tables, column: &ColumnDefinition) -> Option<Vec<String>> {
    match column.kind {
        Kind::Choice => Some(column.values.clone()),
        Kind::Flag => Some(vec!["yes".to_owned(), "no".to_owned()]),
        Kind::Year => Some(YEARS.map(|year| format!("{year}-{:02}", (year + 1) % 100)).collect()),
        _ => code_list(tables, column)
            .map(|list| list.codes.iter().map(|code| code.code.clone()).collect()),
    }
}

/// Whether something else than the drop-down offers may be typed, with a warning.
pub fn others_too(column: &ColumnDefinition) -> bool {
    !matches!(column.kind, Kind::Choice | Kind::Flag)
}

/// The code list in which a column's values should stand.
pub fn code_list<'a>(
    tables: &'a Tables,
    column: &ColumnDefinition,
) -> Option<&'a CodeListDefinition> {
    tables.norms().list(column.list.as_deref()?)
}

/// One list on the sheet of lists.
pub struct List {
    /// The column that offers it first, or its own name.
    pub name: String,
    /// What it offers.
    pub values: Vec<String>,
    /// What each means, where that is not plain.
    pub labels: Vec<String>,
    /// The sheet's column with the values, from 0; the labels are in the next.
    pub at: u16,
}

/// The lists that some tables need, each once.
pub struct Lists(Vec<List>);

impl Lists {
    pub fn of(tables: &Tables, chosen: &[&TableDefinition]) -> Self {
        let mut lists = Self(Vec::new());
        let mut at = 0;
        for (table, column) in
            chosen.iter().flat_map(|table| table.columns.iter().map(move |it| (table, it)))
        {
            let Some(values) = choices(tables, column) else { continue };
            if lists.find(&values).is_some() {
                continue;
            }
            let codes = code_list(tables, column);
            let labels: Vec<String> = codes
                .map(|list| list.codes.iter().map(|code| code.label.clone()).collect())
                .unwrap_or_default();
            let name = match column.kind {
                Kind::Choice => format!("{}.{}", table.name, column.name),
                _ => codes.map_or(&column.name, |list| &list.name).clone(),
            };
            let width = if labels.is_empty() { 1 } else { 2 };
            lists.0.push(List { name, values, labels, at });
            at += width;
        }
        lists
    }

    /// The list with these values.
    pub fn find(&self, values: &[String]) -> Option<&List> {
        self.0.iter().find(|list| list.values == values)
    }

    /// The lists, in the order of their columns.
    pub fn iter(&self) -> impl Iterator<Item = &List> {
        self.0.iter()
    }
}
