//! One sheet to one CSV file, row for row: a record's number is the sheet's row number, so that
//! every problem found later names the row that a person sees.

use calamine::DataRef;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::gate::{Stopped, damaged, refused};
use super::limits::{LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, MOST_WRITTEN};
use super::rules;
use super::value::text_of;
use crate::problem::{Problem, Report};

/// Takes cells in the order of the sheet and writes rows.
pub struct SheetWriter {
    table: String,
    out: csv::Writer<File>,
    /// Where the rows are until the sheet is whole, and where it then goes.
    part: PathBuf,
    whole: PathBuf,
    header: Option<Header>,
    /// The row that cells are being gathered for, from 0.
    row: u32,
    cells: Vec<(u32, String)>,
    /// Cells of the row that are refused.
    refusals: Vec<(u32, Refusal)>,
    next_row: u32,
    data: u64,
    bytes: u64,
}

/// The first row with anything in it.
struct Header {
    first: u32,
    names: Vec<String>,
}

#[derive(Clone, Copy)]
enum Refusal {
    Formula,
    Error,
    TooLong,
}

/// What a sheet came to.
pub struct Rows {
    /// Rows below the header that hold anything.
    pub data: u64,
    /// Bytes of all sheets so far.
    pub bytes: u64,
}

impl SheetWriter {
    /// Starts `folder/table.csv`, under another name until it is whole; `bytes` were written for
    /// earlier sheets.
    pub fn create(table: &str, folder: &Path, bytes: u64) -> Result<Self, Stopped> {
        let part = folder.join(format!("{table}.part"));
        let file = File::create(&part)?;
        Ok(Self {
            table: table.to_owned(),
            part,
            whole: folder.join(format!("{table}.csv")),
            out: csv::WriterBuilder::new()
                .terminator(csv::Terminator::Any(b'\n'))
                .from_writer(file),
            header: None,
            row: 0,
            cells: Vec::new(),
            refusals: Vec::new(),
            next_row: 0,
            data: 0,
            bytes,
        })
    }

    /// Takes the next cell.
    pub fn take(
        &mut self,
        (row, column): (u32, u32),
        value: &DataRef<'_>,
        formula: bool,
        report: &mut Report,
    ) -> Result<(), Stopped> {
        if row != self.row {
            if row < self.row {
                return Err(damaged("the rows of a sheet are not in order"));
            }
            self.flush(report)?;
            self.row = row;
        }
        let mut text = text_of(value);
        if text.is_empty() && !formula {
            return Ok(());
        }
        if row >= MOST_ROWS || self.cells.iter().any(|(known, _)| *known == column) {
            return Err(damaged("a sheet names one cell twice, or cells beyond its last"));
        }
        if column >= MOST_COLUMNS {
            let message = format!(
                "the sheet {} has a value beyond column {MOST_COLUMNS}; a table is never so wide: \
                 delete the columns to the right of it",
                self.table
            );
            return Err(refused(rules::TOO_MANY_COLUMNS, message));
        }
        if formula {
            self.refusals.push((column, Refusal::Formula));
        } else if matches!(value, DataRef::Error(_)) {
            self.refusals.push((column, Refusal::Error));
        } else if text.len() > LONGEST_CELL {
            self.refusals.push((column, Refusal::TooLong));
            text = "…".to_owned();
        }
        self.cells.push((column, text));
        Ok(())
    }

    /// Writes the last row; says what the sheet came to. A sheet without rows leaves no file.
    pub fn finish(mut self, report: &mut Report) -> Result<Rows, Stopped> {
        self.flush(report)?;
        self.out.flush()?;
        if self.data == 0 {
            fs::remove_file(&self.part)?;
        } else {
            fs::rename(&self.part, &self.whole)?;
        }
        Ok(Rows { data: self.data, bytes: self.bytes })
    }

    /// Writes the row that was gathered, and empty ones for those that were left out before it.
    fn flush(&mut self, report: &mut Report) -> Result<(), Stopped> {
        if self.cells.is_empty() {
            return Ok(());
        }
        self.cells.sort_by_key(|(column, _)| *column);
        let cells = std::mem::take(&mut self.cells);
        self.refusals(report);
        let below_header = self.header.is_some();
        let header = self.header.get_or_insert_with(|| header_of(&cells));
        let mut record = vec![String::new(); header.names.len()];
        for (column, text) in cells {
            let place = column.checked_sub(header.first).and_then(|at| usize::try_from(at).ok());
            if let Some(slot) = place.and_then(|at| record.get_mut(at)) {
                *slot = text;
            } else if !text.is_empty() {
                let message = format!(
                    "the cell {}{} holds something and its column has no header; move it or clear it",
                    letters(column),
                    self.row + 1
                );
                let row = u64::from(self.row) + 1;
                report.push(Problem::of_row(&self.table, row, rules::NO_HEADER, message));
            }
        }
        self.data += u64::from(below_header && record.iter().any(|cell| !cell.is_empty()));
        self.write(&record)
    }

    fn write(&mut self, record: &[String]) -> Result<(), Stopped> {
        let blank = vec![""; record.len()];
        while self.next_row < self.row {
            self.out.write_record(&blank).map_err(to_disk)?;
            self.count(record.len() + 2)?;
            self.next_row += 1;
        }
        self.next_row += 1;
        self.out.write_record(record).map_err(to_disk)?;
        self.count(record.iter().map(|cell| cell.len() + 3).sum())
    }

    fn count(&mut self, bytes: usize) -> Result<(), Stopped> {
        self.bytes += u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.bytes > MOST_WRITTEN {
            let message = "the cells of the workbook hold more than 256 MB of text; send the larger \
                           tables as CSV";
            return Err(refused(rules::TOO_LARGE, message));
        }
        Ok(())
    }

    fn refusals(&mut self, report: &mut Report) {
        let row = u64::from(self.row) + 1;
        for (column, refusal) in std::mem::take(&mut self.refusals) {
            let cell = format!("{}{row}", letters(column));
            let (rule, message) = match refusal {
                Refusal::Formula => (
                    rules::FORMULA,
                    format!(
                        "the cell {cell} holds a formula; copy the column and paste it as values, so \
                         that what was checked cannot change"
                    ),
                ),
                Refusal::Error => (
                    rules::ERROR_CELL,
                    format!("the cell {cell} shows an error; mend it at its source or clear it"),
                ),
                Refusal::TooLong => (
                    rules::CELL_TOO_LONG,
                    format!(
                        "the cell {cell} holds more text than a spreadsheet's cell; shorten it"
                    ),
                ),
            };
            let problem = Problem::of_row(&self.table, row, rule, message);
            report.push(match self.name_of(column) {
                Some(name) => problem.in_column(name),
                None => problem,
            });
        }
    }

    /// The header of a column, where it looks like one of ours: what people write may be personal.
    fn name_of(&self, column: u32) -> Option<&str> {
        let header = self.header.as_ref()?;
        let at = usize::try_from(column.checked_sub(header.first)?).ok()?;
        let name = header.names.get(at)?;
        let ours = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        (!name.is_empty() && name.len() <= 40 && name.chars().all(ours)).then_some(name)
    }
}

fn to_disk(error: csv::Error) -> Stopped {
    Stopped::Io(std::io::Error::other(error))
}

fn header_of(cells: &[(u32, String)]) -> Header {
    let first = cells.first().map_or(0, |(column, _)| *column);
    let last = cells.last().map_or(0, |(column, _)| *column);
    let name = |column| {
        let found = cells.iter().find(|(known, _)| *known == column);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    Header { first, names: (first..=last).map(name).collect() }
}

/// The letters of a column, counted from 0: A, B, …, Z, AA.
fn letters(column: u32) -> String {
    let mut rest = column + 1;
    let mut reversed = Vec::new();
    while rest > 0 {
        let digit = (rest - 1) % 26;
        reversed.push(char::from(b'A' + u8::try_from(digit).unwrap_or_default()));
        rest = (rest - 1 - digit).checked_div(26).unwrap_or_default();
    }
    reversed.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_have_letters() {
        let cases = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")];
        for (column, name) in cases {
            assert_eq!(letters(column), name);
        }
    }
}
