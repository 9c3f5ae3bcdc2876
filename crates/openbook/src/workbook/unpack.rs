//! The reading itself: a workbook that passed the gate, sheet by sheet, to one CSV file a table.
//! Runs in a process of its own, since no limit of ours binds a library from within.

use calamine::{Reader, Xlsx, XlsxError};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use super::gate::{self, Stopped, damaged, refused};
use super::rules;
use super::sheet::SheetWriter;
use super::summary::SummaryDefinition;
use crate::cell::shown;
use crate::personal;
use crate::problem::{Problem, Report};

type Book = Xlsx<BufReader<File>>;

/// Writes each sheet of a workbook that is named as one of `tables` and has rows to
/// `folder/table.csv`, and returns what was written and every problem found, as the text that
/// [`super::Unpacker`] reads. To be called in a process of its own, with limits to its memory and
/// time: a hostile workbook may end it.
///
/// # Errors
/// When the file cannot be read or the folder cannot be written.
pub fn unpack(tables: &[String], file: &Path, folder: &Path) -> io::Result<String> {
    let mut report = Report::default();
    let mut sheets = Vec::new();
    match all(tables, file, folder, &mut sheets, &mut report) {
        Ok(()) => {}
        Err(Stopped::Refused(problem)) => report.push(*problem),
        Err(Stopped::Io(error)) => return Err(error),
    }
    toml::to_string(&SummaryDefinition::of(&sheets, &report)).map_err(io::Error::other)
}

fn all(
    tables: &[String],
    path: &Path,
    folder: &Path,
    sheets: &mut Vec<String>,
    report: &mut Report,
) -> Result<(), Stopped> {
    let mut file = File::open(path)?;
    let passed = gate::pass(&mut file)?;
    let mut book: Book =
        Xlsx::new(BufReader::new(File::open(path)?)).map_err(|error| of_reader(&error))?;
    if book.sheets_metadata().is_empty() {
        return Err(damaged("its list of sheets is missing"));
    }
    let names = table_sheets(tables, &book, report);
    let mut written = 0;
    for name in names {
        if passed.merged {
            merged(&mut book, &name, report)?;
        }
        let mut writer = SheetWriter::create(&name, folder, written)?;
        let mut cells = book.worksheet_cells_reader(&name).map_err(|error| of_reader(&error))?;
        while let Some(cell) =
            cells.next_cell_with_formula_metadata().map_err(|error| of_reader(&error))?
        {
            writer.take(cell.pos, &cell.value, cell.formula.is_some(), report)?;
        }
        let rows = writer.finish(report)?;
        written = rows.bytes;
        if rows.data > 0 {
            sheets.push(name);
        }
    }
    if sheets.is_empty() && report.accepted() {
        let message = format!(
            "no sheet of the workbook holds a table with rows; name each sheet as its table: {}",
            tables.join(", ")
        );
        return Err(refused(rules::NO_TABLES, message));
    }
    Ok(())
}

fn of_reader(error: &XlsxError) -> Stopped {
    match error {
        XlsxError::Password => {
            let message =
                "the workbook is password-protected: remove the password and save it again";
            refused(rules::PASSWORD, message)
        }
        XlsxError::FileNotFound(_) => damaged("a part is missing"),
        XlsxError::WorksheetNotFound(_) => damaged("a sheet is missing"),
        XlsxError::Xml(_) | XlsxError::XmlAttr(_) => damaged("its XML cannot be read"),
        _ => damaged("a sheet cannot be read"),
    }
}

/// The sheets that are tables, in their order; every other sheet that is not plainly for people is
/// a problem.
fn table_sheets(tables: &[String], book: &Book, report: &mut Report) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for sheet in book.sheets_metadata() {
        let name = &sheet.name;
        let lower = name.trim().to_lowercase();
        if !seen.insert(lower.clone()) {
            let message = format!("two sheets are named \"{}\"; remove one", as_shown(name));
            report.push(Problem::of_file(super::TABLE, rules::DUPLICATE_SHEET, message));
        } else if tables.contains(name) {
            found.push(name.clone());
        } else if tables.contains(&lower) {
            let message =
                format!("the sheet \"{}\" must be named {lower}: rename it", as_shown(name));
            report.push(Problem::of_file(super::TABLE, rules::UNKNOWN_SHEET, message));
        } else if sheet.typ == calamine::SheetType::WorkSheet && !for_people(name) {
            let hidden = match sheet.visible {
                calamine::SheetVisible::Visible => "",
                _ => " (the sheet is hidden)",
            };
            let message = format!(
                "there is no table \"{}\"{hidden}{}; rename the sheet, give it a name in capitals \
                 if it is for people, or remove it",
                as_shown(name),
                crate::did_you_mean(name, tables.iter().map(String::as_str))
            );
            report.push(Problem::of_file(super::TABLE, rules::UNKNOWN_SHEET, message));
        }
    }
    found
}

/// A sheet's name as a message may show it.
fn as_shown(name: &str) -> String {
    if personal::found_in(name).is_some() { "…".to_owned() } else { shown(name) }
}

/// Whether a sheet is for people to read: its name is all capitals, or begins as notes do.
fn for_people(name: &str) -> bool {
    let name = name.trim();
    let starts = ["Notes", "About", "Lists"].iter().any(|start| name.starts_with(start));
    starts || !name.chars().any(char::is_lowercase)
}

fn merged(book: &mut Book, name: &str, report: &mut Report) -> Result<(), Stopped> {
    let areas = book.merge_cells_by_sheet_name(name).map_err(|error| of_reader(&error))?;
    for area in areas {
        let row = u64::from(area.start.0) + 1;
        let message = format!(
            "cells from row {row} to row {} are merged, so that it cannot be told which of them the \
             value is for; unmerge them and fill each in",
            u64::from(area.end.0) + 1
        );
        report.push(Problem::of_row(name, row, rules::MERGED, message));
    }
    Ok(())
}
