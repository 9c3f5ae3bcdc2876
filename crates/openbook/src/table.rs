//! Accepted rows of one table, and the canonical form that is hashed, stored and exported.

use jiff::civil::Date;
use quantities::{Activity, FinYear, Pence, ProviderCode, ServiceKey};
use sha2::{Digest, Sha256};
use std::sync::Arc;

use crate::definition::{Kind, TableDefinition};
use crate::store::{self, EMPTY, Rows};

/// Accepted rows of one table, sorted by their canonical text.
#[derive(Clone, Debug)]
pub struct CheckedTable {
    definition: Arc<TableDefinition>,
    rows: Arc<Rows>,
    order: Vec<u32>,
}

impl CheckedTable {
    pub(crate) fn new(definition: Arc<TableDefinition>, rows: Rows) -> Self {
        let kinds: Vec<Kind> = definition.columns.iter().map(|column| column.kind).collect();
        let order = rows.order(&kinds);
        Self { definition, rows: Arc::new(rows), order }
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
        self.order.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The rows, to be read by column name.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.order.iter().map(|row| Row { table: self, row: *row })
    }

    /// The same table with rows of others joined in: how one book is made of many providers' parts.
    #[must_use]
    pub fn joined(self, others: impl IntoIterator<Item = Self>) -> Self {
        let mut others = others.into_iter().peekable();
        if others.peek().is_none() {
            return self;
        }
        let mut rows = Rows::new(self.definition.columns.len());
        let Self { definition, .. } = &self;
        let definition = Arc::clone(definition);
        for table in std::iter::once(self).chain(others) {
            for row in &table.order {
                let words: Vec<u64> = definition
                    .columns
                    .iter()
                    .zip(table.rows.words(*row))
                    .map(|(column, word)| table.rows.moved(column.kind, *word, &mut rows))
                    .collect();
                rows.push(table.rows.line(*row), words);
            }
        }
        Self::new(definition, rows)
    }

    /// The rows for which `keep` holds.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&Row<'_>) -> bool) -> Self {
        let order = self.order.iter().copied();
        Self {
            definition: Arc::clone(&self.definition),
            rows: Arc::clone(&self.rows),
            order: order.filter(|row| keep(&Row { table: self, row: *row })).collect(),
        }
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
        let mut text = String::new();
        for row in &self.order {
            for (column, word) in self.definition.columns.iter().zip(self.rows.words(*row)) {
                text.clear();
                self.rows.write(column.kind, *word, &mut text);
                writer.write_field(&text)?;
            }
            writer.write_record(None::<&[u8]>)?;
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
    table: &'a CheckedTable,
    row: u32,
}

impl<'a> Row<'a> {
    /// The row of the file, counting from 1 at the header.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.table.rows.line(self.row)
    }

    /// The cell of a column, where it is of the kind that is asked for and not missing.
    fn word(&self, column: &str, is: impl FnOnce(Kind) -> bool) -> Option<u64> {
        let columns = &self.table.definition.columns;
        let at = columns.iter().position(|known| known.name == column)?;
        let kind = columns.get(at)?.kind;
        let word = self.table.rows.word(self.row, at);
        (is(kind) && word != EMPTY).then_some(word)
    }

    /// A cell in its one written form; empty where missing.
    #[must_use]
    pub fn shown(&self, column: &str) -> String {
        let mut out = String::new();
        let columns = &self.table.definition.columns;
        if let Some(at) = columns.iter().position(|known| known.name == column)
            && let Some(known) = columns.get(at)
        {
            self.table.rows.write(known.kind, self.table.rows.word(self.row, at), &mut out);
        }
        out
    }

    /// A code, text, choice or tags.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&'a str> {
        let word = self.word(column, store::is_text)?;
        Some(self.table.rows.pool.text(word))
    }

    /// Money.
    #[must_use]
    pub fn money(&self, column: &str) -> Option<Pence> {
        let word = self.word(column, |kind| kind == Kind::Money)?;
        Some(Pence::new(word.cast_signed()))
    }

    /// Counted work.
    #[must_use]
    pub fn activity(&self, column: &str) -> Option<Activity> {
        let word = self.word(column, |kind| kind == Kind::Activity)?;
        Some(Activity::new(word.cast_signed()))
    }

    /// A number or share.
    #[must_use]
    pub fn number(&self, column: &str) -> Option<f64> {
        self.word(column, |kind| matches!(kind, Kind::Number | Kind::Share)).map(f64::from_bits)
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(&self, column: &str) -> Option<bool> {
        self.text(column).map(|word| word == "yes")
    }

    /// A financial year.
    #[must_use]
    pub fn year(&self, column: &str) -> Option<FinYear> {
        self.word(column, |kind| kind == Kind::Year).and_then(store::year)
    }

    /// A month of the financial year, 0 for all of it.
    #[must_use]
    pub fn month(&self, column: &str) -> Option<u8> {
        self.word(column, |kind| kind == Kind::Month).and_then(|word| u8::try_from(word).ok())
    }

    /// A day.
    #[must_use]
    pub fn date(&self, column: &str) -> Option<Date> {
        self.word(column, |kind| kind == Kind::Date).and_then(store::day)
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
