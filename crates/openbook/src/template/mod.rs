//! Templates of the tables and the documentation of their formats, all made from the definitions
//! that the checks use: what a template asks for is what an upload is held to.

mod lists;
mod markdown;
mod schema;
mod words;
mod workbook;

use crate::definition::{Origin, TableDefinition, Tables};

pub use lists::choices;
pub use markdown::markdown;
pub use schema::json_schema;
pub use words::{example, from, key, required, rows, rule, unit};
pub use workbook::{ABOUT, EXAMPLES, LISTS, xlsx};

/// Which tables a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection<'a> {
    /// All of them.
    All,
    /// Those that the provider, or the board, hands in.
    From(Origin),
    /// One.
    Table(&'a str),
}

impl Selection<'_> {
    /// The tables of the selection in the order of their names; none where there is no such table.
    pub fn of(self, tables: &Tables) -> impl Iterator<Item = &TableDefinition> {
        tables.iter().filter(move |table| match self {
            Self::All => true,
            Self::From(origin) => table.from == origin,
            Self::Table(name) => table.name == name,
        })
    }
}

/// Why a template was not made.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The selection has no tables.
    #[error("there is no such table")]
    NoTables,
    /// A definition asks for more than a spreadsheet can hold.
    #[error("the workbook cannot be written: {0}; mend the table's definition")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// The header of a table, and nothing else.
#[must_use]
pub fn csv(table: &TableDefinition) -> Vec<u8> {
    lines([table.columns.iter().map(|column| column.name.clone()).collect()])
}

/// The header of a table with the example row.
#[must_use]
pub fn csv_example(table: &TableDefinition) -> Vec<u8> {
    lines([
        table.columns.iter().map(|column| column.name.clone()).collect(),
        table.columns.iter().map(|column| example(column).unwrap_or_default()).collect(),
    ])
}

fn lines<const N: usize>(records: [Vec<String>; N]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let written = records.iter().try_for_each(|record| writer.write_record(record));
    // Writing to memory fails only where memory ends.
    written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default()
}
