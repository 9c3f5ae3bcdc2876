//! The board's list of practices and their deprivation quintile, for files that have none.

use std::collections::BTreeMap;

use super::SourceFile;
use super::sheet::{not_csv, records};
use crate::problem::{Problem, Report};

/// Reads `practice_code,imd_quintile` (1 most deprived to 5), a row a practice.
///
/// # Errors
/// A report of every row that is not so.
pub fn quintiles(file: &SourceFile<'_>) -> Result<BTreeMap<String, u8>, Report> {
    let mut report = Report::default();
    let mut found = BTreeMap::new();
    let refuse = |report: &mut Report, row, message: &str| {
        report.push(Problem::of_row(file.name, row, "import.quintiles", message));
    };
    if let Some((rule, message)) = not_csv(file.bytes) {
        report.push(Problem::of_file(file.name, rule, message));
        return Err(report);
    }
    let rows = records(file, &mut report).unwrap_or_default();
    let mut rows = rows.iter().map(|(number, cells)| (*number, cells.as_slice()));
    let head = rows.next();
    let names = head.map(|(_, cells)| cells.iter().map(String::as_str).collect::<Vec<_>>());
    let place = |name| names.as_ref().and_then(|names| names.iter().position(|it| *it == name));
    let (Some(practice), Some(quintile)) = (place("practice_code"), place("imd_quintile")) else {
        refuse(&mut report, 1, "the first row names the columns practice_code and imd_quintile");
        return Err(report);
    };
    for (number, cells) in rows {
        let code = cells.get(practice).filter(|code| !code.is_empty());
        let fifth = cells.get(quintile).and_then(|text| text.parse::<u8>().ok());
        match (code, fifth.filter(|fifth| (1..=5).contains(fifth))) {
            (Some(code), Some(fifth)) => {
                if found.insert(code.clone(), fifth).is_some() {
                    refuse(&mut report, number, "the practice is there twice; keep one row");
                }
            }
            (None, _) => refuse(&mut report, number, "practice_code is empty"),
            (_, None) => refuse(&mut report, number, "imd_quintile is 1 (most deprived) to 5"),
        }
    }
    if report.accepted() { Ok(found) } else { Err(report) }
}
