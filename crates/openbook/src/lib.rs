#![doc = include_str!("../README.md")]

pub mod book;
pub mod bridge;
pub mod cell;
mod cross;
pub mod definition;
pub mod differences;
pub mod disclosure;
pub mod folder;
pub mod norms;
pub mod personal;
pub mod problem;
pub mod published;
pub mod quality;
pub mod read;
pub mod recipe;
pub mod reconcile;
pub mod rows;
pub mod selector;
pub mod table;
pub mod template;
pub mod unit_cost;
pub mod workbook;

pub use book::Book;
pub use definition::{DefinitionError, TableDefinition, Tables};
pub use problem::{Problem, Report, Severity};
pub use reconcile::{Reconciliation, ReconciliationStatus, Tolerances};
pub use selector::Selector;
pub use table::CheckedTable;

/// The member of `known` that is most like `text`, if any is like it.
#[must_use]
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&text, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// `; did you mean "…"?`, or nothing.
#[must_use]
pub fn did_you_mean<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(text, known).map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default()
}
