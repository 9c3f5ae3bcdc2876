//! Accepted rows of one table, and the canonical form that is hashed, stored and exported.

use jiff::civil::Date;
use quantities::{Activity, FinYear, Pence, ProviderCode, ServiceKey};
use sha2::{Digest, Sha256};
use std::sync::Arc;

use crate::cell::Cell;
use crate::definition::TableDefinition;

/// One accepted row, with the row of the file it came from (the first, where rows were added up).
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedRow {
    pub(crate) line: u64,
    pub(crate) cells: Vec<Cell>,
}

/// Accepted rows of one table, sorted by their canonical text.
#[derive(Clone, Debug)]
pub struct CheckedTable {
    definition: Arc<TableDefinition>,
    rows: Vec<CheckedRow>,
}

impl CheckedTable {
    pub(crate) fn new(definition: Arc<TableDefinition>, mut rows: Vec<CheckedRow>) -> Self {
        rows.sort_by_cached_key(|row| {
            row.cells.iter().map(ToString::to_string).collect::<Vec<_>>().join("\u{1f}")
        });
        Self { definition, rows }
    }

    /// The table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.definition.name
    }

    /// What the table looks like.
    #[must_use]
    pub fn definition(&self) -> &TableDefinition {
        &self.definition
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows, to be read by column name.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|row| Row { definition: &self.definition, row })
    }

    /// The same table with rows of others joined in: how one book is made of many providers' parts.
    #[must_use]
    pub fn joined(self, others: impl IntoIterator<Item = Self>) -> Self {
        let Self { definition, mut rows } = self;
        for other in others {
            rows.extend(other.rows);
        }
        Self::new(definition, rows)
    }

    /// The rows for which `keep` holds.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&Row<'_>) -> bool) -> Self {
        let rows = self
            .rows
            .iter()
            .filter(|row| keep(&Row { definition: &self.definition, row }))
            .cloned()
            .collect();
        Self { definition: Arc::clone(&self.definition), rows }
    }

    /// Σ of the money column of that name.
    #[must_use]
    pub fn total(&self, column: &str) -> Option<Pence> {
        self.rows()
            .map(|row| row.money(column).unwrap_or_default())
            .try_fold(Pence::ZERO, Pence::checked_add)
    }

    /// All columns in the order of the definition, rows sorted, every value in its one form.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn canonical_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer(Vec::new());
        writer.write_record(self.definition.columns.iter().map(|column| &column.name))?;
        for row in &self.rows {
            writer.write_record(row.cells.iter().map(ToString::to_string))?;
        }
        writer.into_inner().map_err(|error| error.into_error().into())
    }

    /// The SHA-256 of the canonical form, in hexadecimal.
    ///
    /// # Errors
    /// As [`Self::canonical_csv`].
    pub fn sha256(&self) -> Result<String, csv::Error> {
        Ok(hex(&Sha256::digest(self.canonical_csv()?)))
    }
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One row, read by column name. A column that the definition lacks reads as missing.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    definition: &'a TableDefinition,
    row: &'a CheckedRow,
}

impl<'a> Row<'a> {
    /// The row of the file, counting from 1 at the header.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.row.line
    }

    fn cell(&self, column: &str) -> Option<&'a Cell> {
        let at = self.definition.columns.iter().position(|known| known.name == column)?;
        self.row.cells.get(at)
    }

    /// A cell in its one written form; empty where missing.
    #[must_use]
    pub fn shown(&self, column: &str) -> String {
        self.cell(column).map(ToString::to_string).unwrap_or_default()
    }

    /// A code, text, choice or tags.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&'a str> {
        match self.cell(column)? {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Money.
    #[must_use]
    pub fn money(&self, column: &str) -> Option<Pence> {
        match self.cell(column)? {
            Cell::Money(amount) => Some(*amount),
            _ => None,
        }
    }

    /// Counted work.
    #[must_use]
    pub fn activity(&self, column: &str) -> Option<Activity> {
        match self.cell(column)? {
            Cell::Activity(activity) => Some(*activity),
            _ => None,
        }
    }

    /// A number or share.
    #[must_use]
    pub fn number(&self, column: &str) -> Option<f64> {
        match self.cell(column)? {
            Cell::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A financial year.
    #[must_use]
    pub fn year(&self, column: &str) -> Option<FinYear> {
        match self.cell(column)? {
            Cell::Year(year) => Some(*year),
            _ => None,
        }
    }

    /// A month of the financial year, 0 for all of it.
    #[must_use]
    pub fn month(&self, column: &str) -> Option<u8> {
        match self.cell(column)? {
            Cell::Month(month) => Some(*month),
            _ => None,
        }
    }

    /// A day.
    #[must_use]
    pub fn date(&self, column: &str) -> Option<Date> {
        match self.cell(column)? {
            Cell::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// The provider the row belongs to.
    #[must_use]
    pub fn provider(&self) -> Option<ProviderCode> {
        self.text("provider_code")?.parse().ok()
    }

    /// The service line the row belongs to.
    #[must_use]
    pub fn service(&self) -> Option<ServiceKey> {
        ServiceKey::new(self.provider()?, self.text("service_code")?).ok()
    }
}
