#![doc = include_str!("../README.md")]

pub mod bad_rows;
pub mod book;
pub mod cell;
mod cross;
pub mod definition;
pub mod folder;
pub mod personal;
pub mod problem;
pub mod read;
pub mod reconcile;
pub mod rows;
mod store;
pub mod table;

pub use book::Book;
pub use definition::{DefinitionError, TableDefinition, Tables};
pub use problem::{Problem, Report, Severity};
pub use reconcile::{Reconciliation, ReconciliationStatus, Tolerances};
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
