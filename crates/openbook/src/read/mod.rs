//! One CSV file, read as a stream into a checked table. Memory follows the keys, not the file.

use std::cell::Cell;
use std::io::Read;
use std::sync::Arc;

use crate::definition::{TableDefinition, Tables};
use crate::problem::{Problem, Report};
use crate::table::CheckedTable;

mod gather;
mod header;
mod quick;
pub(crate) mod records;
mod row;
pub(crate) mod source;

use gather::Gathered;
use header::Layout;
use records::{LONGEST_ROW, Records, Unreadable};
use row::Rules;
use source::Counted;

/// The most different keys in one table of one submission.
pub const MOST_KEYS: usize = 200_000;

/// What was read of one file: the rows that are sound, and whether nothing was refused.
#[derive(Clone, Debug)]
pub struct TableRead {
    table: CheckedTable,
    whole: bool,
}

impl TableRead {
    /// The table, only when nothing of the file was refused.
    #[must_use]
    pub fn accepted(self) -> Option<CheckedTable> {
        self.whole.then_some(self.table)
    }

    /// The rows in which nothing was refused, for rules that cross tables: one check shows
    /// everything that must be mended. Never to be kept. No row is sound where a column that must
    /// be there is missing.
    #[must_use]
    pub const fn sound(&self) -> &CheckedTable {
        &self.table
    }

    /// The same rows, taken.
    #[must_use]
    pub fn into_sound(self) -> CheckedTable {
        self.table
    }

    /// Whether nothing of the file was refused.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.whole
    }
}

/// How far a file has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file.
    pub bytes: u64,
    /// Rows below the header.
    pub rows: u64,
}

/// A follower of the reading.
pub type Watch<'a> = &'a mut dyn FnMut(Progress);

/// How many rows are looked up together, so that the memory they need is on its way to the processor
/// for all of them at once: one after another took half as long again.
const AT_ONCE: usize = 64;

/// After how many rows a follower is told.
pub const WATCHED_ROWS: u64 = 100_000;

/// Reads and checks one table: UTF-8 with or without a byte-order mark, UTF-16 with one. Every
/// problem is in the report. Nothing comes back only where the header cannot be read or personal
/// data was found.
pub fn table(
    tables: &Tables,
    definition: &TableDefinition,
    input: impl Read,
    report: &mut Report,
) -> Option<TableRead> {
    watched(tables, definition, input, report, &mut |_| {})
}

/// The table, for callers who want it only when nothing of it is refused.
pub fn accepted(
    tables: &Tables,
    definition: &TableDefinition,
    input: impl Read,
    report: &mut Report,
) -> Option<CheckedTable> {
    table(tables, definition, input, report).and_then(TableRead::accepted)
}

/// As [`table`], followed: `watch` is called every 100,000 rows and at the end.
pub fn watched(
    tables: &Tables,
    definition: &TableDefinition,
    input: impl Read,
    report: &mut Report,
    watch: Watch<'_>,
) -> Option<TableRead> {
    let mut found = Report::default();
    let bytes = Cell::new(0);
    let rows = match source::open(&definition.name, Counted::new(input, &bytes)) {
        Ok(input) => {
            let mut told = |rows| watch(Progress { bytes: bytes.get(), rows });
            read(tables, definition, Records::new(input), &mut found, &mut told)
        }
        Err(problem) => {
            found.push(problem);
            None
        }
    };
    if found.personal() {
        found.withhold();
    }
    let (whole, personal) = (found.accepted(), found.personal());
    report.absorb(found);
    let rows = rows.filter(|_| !personal)?;
    Some(TableRead { table: CheckedTable::new(Arc::new(definition.clone()), rows), whole })
}

fn read(
    tables: &Tables,
    definition: &TableDefinition,
    mut records: Records<impl Read>,
    report: &mut Report,
    told: &mut dyn FnMut(u64),
) -> Option<crate::store::Rows> {
    let mut row = 0;
    match first_filled(&mut records, &mut row) {
        Ok(1..) => {
            let layout = header::layout(tables, definition, &mut records, row, report)?;
            Some(rows(definition, &layout, &mut records, report, told))
        }
        Ok(0) => {
            let message = "the file is empty; its first row must name the columns";
            report.push(Problem::of_file(&definition.name, "file.empty", message));
            None
        }
        Err(error) => {
            report.push(unreadable(definition, row + 1, &error));
            None
        }
    }
}

/// Reads on to the first record with anything in it, and counts it: an unpacked sheet may begin
/// with empty rows.
fn first_filled(records: &mut Records<impl Read>, row: &mut u64) -> Result<usize, Unreadable> {
    loop {
        let count = records.read(1)?;
        if count == 0 {
            return Ok(0);
        }
        *row += 1;
        if !records.record(0).cells().all(<[u8]>::is_empty) {
            return Ok(count);
        }
    }
}

fn unreadable(definition: &TableDefinition, row: u64, error: &Unreadable) -> Problem {
    let table = &definition.name;
    let kilobytes = LONGEST_ROW >> 10;
    match error {
        Unreadable::Io(error) => source::unreadable(table, row, error),
        Unreadable::TooLong { quoted: false } => {
            let message = format!(
                "the row is longer than {kilobytes} kB, and nothing after it could be read; shorten \
                 it, or end each row with a line break"
            );
            Problem::of_row(table, row, "row.too_long", message)
        }
        Unreadable::TooLong { quoted: true } => {
            let message = format!(
                "the row is longer than {kilobytes} kB, and nothing after it could be read; is a \
                 quote (\") opened in it and never closed?"
            );
            Problem::of_row(table, row, "row.too_long", message)
        }
        Unreadable::QuoteOpen => {
            let message = "a quote (\") is opened in this row and never closed, so that the rest of \
                           the file is one cell; close it or remove it";
            Problem::of_row(table, row, "row.quote", message)
        }
    }
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

fn not_text(table: &str, row: u64) -> Problem {
    Problem::of_row(
        table,
        row,
        "file.encoding",
        "the file is not UTF-8 text; in a spreadsheet choose \"CSV UTF-8\" when saving",
    )
}

fn rows(
    definition: &TableDefinition,
    layout: &Layout,
    records: &mut Records<impl Read>,
    report: &mut Report,
    told: &mut dyn FnMut(u64),
) -> crate::store::Rows {
    let mut rules = Rules::new(definition, layout);
    let mut gathered = Gathered::new(definition, layout);
    let (mut line, mut untold) = (layout.row, WATCHED_ROWS);
    'file: loop {
        let count = match records.read(AT_ONCE) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => {
                report.push(unreadable(definition, line + 1, &error));
                break;
            }
        };
        gathered.look_up((0..count).map(|at| records.record(at)));
        for at in 0..count {
            let record = records.record(at);
            line += 1;
            untold -= 1;
            if untold == 0 {
                told(line - layout.row);
                untold = WATCHED_ROWS;
            }
            if gathered.add_quickly(at, &record, line, report)
                || record.cells().all(<[u8]>::is_empty)
            {
                continue;
            }
            if let Some(cells) = rules.row(&record, line, report) {
                gathered.add(&cells, &record, line, report);
            }
            if report.personal() {
                break 'file;
            }
        }
    }
    told(line - layout.row);
    rules.percent_slips(report);
    report.count_rows(&definition.name, line - layout.row);
    if gathered.is_empty() && report.accepted() {
        let message = "the file has a header and no rows; add the rows or leave the file out";
        report.push(Problem::of_file(&definition.name, "file.no_rows", message));
    }
    gathered.into_rows(layout.complete)
}
