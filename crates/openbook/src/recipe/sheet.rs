//! A CSV file held in memory: published files and the tables of a recipe are small.

use std::collections::BTreeSet;

use super::fault::Faults;

/// The rows of a file under its header.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    /// The file's name.
    pub name: String,
    /// The columns.
    pub header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(super) struct SheetRow<'a> {
    /// Its row, counting from 1 at the header.
    pub line: u64,
    header: &'a [String],
    cells: &'a [String],
}

impl<'a> SheetRow<'a> {
    /// The cell under a column; empty where there is no such column.
    pub fn get(&self, column: &str) -> &'a str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }
}

impl Sheet {
    /// Reads UTF-8 with or without a byte-order mark.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Faults> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let unreadable = |line: u64, why: &csv::Error| {
            let mut faults = Faults::default();
            let why = match why.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("the row has {len} cells, the header {expected_len}")
                }
                csv::ErrorKind::Utf8 { .. } => "the row is not UTF-8".to_owned(),
                _ => format!("the row cannot be read as CSV ({why})"),
            };
            faults.push(name, Some(line), format!("{why}; save the file again as CSV UTF-8"));
            faults
        };
        let header = reader.headers().map_err(|error| unreadable(1, &error))?;
        let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let mut seen = BTreeSet::new();
        if let Some(twice) = header.iter().find(|name| !seen.insert(name.as_str())) {
            let message = format!("the column \"{twice}\" is there twice; remove one");
            return Err(Faults::one(name, message));
        }
        let mut rows = Vec::new();
        for (line, record) in (2..).zip(reader.records()) {
            let record = record.map_err(|error| unreadable(line, &error))?;
            rows.push(record.iter().map(|cell| cell.trim().to_owned()).collect());
        }
        Ok(Self { name: name.to_owned(), header, rows })
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = SheetRow<'_>> {
        (2..).zip(&self.rows).map(|(line, cells)| SheetRow { line, header: &self.header, cells })
    }

    /// That a column is there, or a sentence naming the nearest.
    pub fn has(&self, column: &str) -> Result<(), String> {
        if self.header.iter().any(|name| name == column) {
            return Ok(());
        }
        let hint = crate::did_you_mean(column, self.header.iter().map(String::as_str));
        Err(format!("{} has no column \"{column}\"{hint}", self.name))
    }

    /// That the columns needed are there, and none but those and the ones known.
    pub fn expect(&self, needed: &[&str], known: impl Fn(&str) -> bool) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for column in needed {
            if self.has(column).is_err() {
                faults.push(&self.name, None, format!("the column {column} is missing; add it"));
            }
        }
        for column in &self.header {
            if !needed.contains(&column.as_str()) && !known(column) {
                let hint = crate::did_you_mean(column, needed.iter().copied());
                let message = format!("there is no column \"{column}\" here{hint}");
                faults.push(&self.name, None, message);
            }
        }
        faults.into_result()
    }
}
