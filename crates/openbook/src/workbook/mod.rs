//! A book as one XLSX workbook: a sheet a table, named as the table.
//!
//! A workbook is a ZIP container of XML, and both can be made to fill any memory and any time. So a
//! process of its own reads it ([`Unpacker`] asks, [`unpack`] does it), with bounds of its own. It
//! looks through the whole file first (`gate`): what is inside is inflated in pieces and counted, and
//! nothing that the file says of its own sizes is believed. Then each sheet is written as CSV, row
//! for row, and meets the same checks as any CSV.
//!
//! Sheets whose name is all capitals, or begins with Notes, About or Lists, are for people and are
//! not read. A sheet with a header and no rows is a table left out, as in an unfilled template.

mod gate;
pub mod limits;
pub mod rules;
mod scan;
mod sheet;
mod summary;
mod unpack;
mod unpacker;
mod value;

use std::collections::HashMap;
use std::path::Path;

use crate::book::Book;
use crate::definition::Tables;
use crate::folder::{self, FolderError};
use crate::problem::Report;

pub use gate::is_workbook;
pub use unpack::unpack;
pub use unpacker::{Sheet, UnpackError, Unpacker};

/// The table that problems of a whole workbook name.
pub const TABLE: &str = "workbook";

/// Why a workbook cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// It cannot be opened, or the process that reads it cannot be run.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// What was unpacked cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Reads and checks a workbook as [`folder::read`] does a folder. `into` is an empty folder that
/// the caller removes afterwards: the sheets are in it as CSV.
///
/// # Errors
/// When the workbook cannot be opened, the reading process cannot be run, or the folder cannot be
/// read. What is wrong in the workbook is in the report.
pub fn read(
    unpacker: &Unpacker,
    tables: &Tables,
    file: &Path,
    into: &Path,
) -> Result<(Option<Book>, Report), WorkbookError> {
    match unpacker.unpack(tables, file, into) {
        Ok(_) => Ok(folder::read(tables, into)?),
        Err(UnpackError::Refused { report, sheets }) if sheets.is_empty() => Ok((None, report)),
        Err(UnpackError::Refused { mut report, .. }) => {
            absorb(&mut report, &folder::read(tables, into)?.1);
            Ok((None, report))
        }
        Err(error) => Err(error.into()),
    }
}

/// Adds what a second check found to the report of a first.
fn absorb(report: &mut Report, found: &Report) {
    let mut beyond: HashMap<&'static str, u64> =
        found.counts().iter().map(|(rule, count)| (*rule, *count)).collect();
    for problem in found.problems() {
        report.push(problem.clone());
        if let Some(count) = beyond.get_mut(problem.rule) {
            *count = count.saturating_sub(1);
        }
    }
    beyond.retain(|_, count| *count > 0);
    report.count_further(&beyond, !found.accepted(), found.personal());
    for (table, rows) in found.rows() {
        report.count_rows(table, *rows);
    }
}
