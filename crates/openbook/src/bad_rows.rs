//! The rows of a file that must be mended, with what to do, as a CSV file that a spreadsheet opens.
//! Made by a second look at the file, so that rows found by any rule are in it, also by one that
//! crosses tables.

use std::collections::BTreeMap;
use std::io::Read;

use crate::personal;
use crate::problem::{Problem, Report, Severity};
use crate::read::records::Records;
use crate::read::source;

/// The most bytes of cells in all.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// The most characters of one cell.
const LONGEST_CELL: usize = 200;
/// The most columns.
const MOST_COLUMNS: usize = 1_000;
/// What is said of each row, after its own cells.
const SAID: [&str; 4] = ["row", "rule", "severity", "what to do"];

/// The rows of a file that are among the kept problems of a report, as CSV: the file's own columns,
/// then the row, the rules, the severity and what to do. At most 2 MB of cells, each cut at 200
/// characters; a cell that a spreadsheet would run has an apostrophe before it. Nothing where
/// personal data was found or no problem names a row.
#[must_use]
pub fn csv(report: &Report, table: &str, file: impl Read) -> Option<Vec<u8>> {
    let mut records = Records::new(source::open(table, file).ok()?);
    let rows = std::iter::from_fn(move || {
        let record = records.read(1).ok().filter(|count| *count > 0).map(|_| records.record(0))?;
        Some(record.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())
    });
    of_rows(report, table, rows)
}

/// The same of a table that is not a CSV file: its rows one after another, the header first.
pub fn of_rows(
    report: &Report,
    table: &str,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Option<Vec<u8>> {
    if report.personal() {
        return None;
    }
    let mut problems: BTreeMap<u64, Vec<&Problem>> = BTreeMap::new();
    for problem in report.problems().iter().filter(|problem| problem.table == table) {
        if let Some(row) = problem.row.filter(|row| *row > 1) {
            problems.entry(row).or_default().push(problem);
        }
    }
    let last = *problems.keys().next_back()?;
    let mut rows = (1..=last).zip(rows);
    let (_, header) = rows.next()?;
    let mut bad = Vec::new();
    let mut bytes = 0;
    for (line, cells) in rows {
        let Some(problems) = problems.get(&line) else { continue };
        // Rules are asked before this is made; what they could not see is looked for here again.
        if cells.iter().any(|cell| personal::found_in_any(cell).is_some()) {
            return None;
        }
        let cells: Vec<String> = cells.iter().take(MOST_COLUMNS).map(|cell| short(cell)).collect();
        bytes += cells.iter().map(String::len).sum::<usize>();
        if bytes > MOST_BYTES {
            break;
        }
        bad.push((line, cells, problems));
    }
    let header: Vec<String> = header.iter().take(MOST_COLUMNS).map(|name| short(name)).collect();
    let width = bad.iter().map(|(_, cells, _)| cells.len()).max().unwrap_or(0).max(header.len());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let padded = |cells: Vec<String>| {
        let missing = width.saturating_sub(cells.len());
        cells.into_iter().chain(std::iter::repeat_n(String::new(), missing)).map(harmless)
    };
    let said = SAID.map(str::to_owned);
    writer.write_record(padded(header).chain(said)).ok()?;
    for (line, cells, problems) in bad {
        writer.write_record(padded(cells).chain(said_of(line, problems))).ok()?;
    }
    writer.into_inner().ok()
}

fn said_of(line: u64, problems: &[&Problem]) -> [String; 4] {
    let joined = |part: fn(&Problem) -> String| {
        let parts: Vec<String> = problems.iter().map(|problem| part(problem)).collect();
        parts.join(" | ")
    };
    let worst = problems.iter().map(|problem| problem.severity).max();
    [
        line.to_string(),
        joined(|problem| problem.rule.to_owned()),
        worst.map_or("", Severity::as_str).to_owned(),
        joined(|problem| match &problem.column {
            Some(column) => format!("{column}: {}", problem.message),
            None => problem.message.clone(),
        }),
    ]
}

/// A cell as it may be repeated: short.
fn short(cell: &str) -> String {
    match cell.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()),
        None => cell.to_owned(),
    }
}

/// A cell that no spreadsheet runs: one that begins as a formula does has an apostrophe before it,
/// unless it is a plain number.
fn harmless(cell: String) -> String {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(&cell);
    let number = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !number && cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r'])
        || cell.starts_with(['\t', '\r'])
    {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(problems: &[(u64, &'static str)]) -> Report {
        let mut report = Report::default();
        for (row, rule) in problems {
            let problem = Problem::of_row("costs", *row, rule, "mend it").in_column("b");
            report.push(problem);
        }
        report
    }

    fn text(report: &Report, file: &str) -> Option<String> {
        csv(report, "costs", file.as_bytes()).map(|bytes| String::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn bad_rows_come_with_what_to_do_and_run_nothing() {
        let file = "a,b\n1,2\n=cmd(),-5\n\n\"x,y\",@z,extra\n+1,\t3\n";
        let report = report(&[(3, "r.one"), (3, "r.two"), (4, "r.one"), (5, "r.one")]);
        let wanted = "a,b,,row,rule,severity,what to do\n\
                      '=cmd(),-5,,3,r.one | r.two,refuse,b: mend it | b: mend it\n\
                      \"x,y\",'@z,extra,4,r.one,refuse,b: mend it\n\
                      +1,'\t3,,5,r.one,refuse,b: mend it\n";
        assert_eq!(text(&report, file).as_deref(), Some(wanted));
    }

    #[test]
    fn nothing_is_repeated_of_a_file_with_personal_data_or_without_bad_rows() {
        assert_eq!(text(&report(&[(2, "personal.postcode")]), "a\nx\n"), None);
        assert_eq!(text(&report(&[(2, "r")]), "a\n943 476 5919\n"), None);
        assert_eq!(text(&report(&[]), "a\nx\n"), None);
        assert_eq!(text(&report(&[(1, "header.unknown")]), "a\nx\n"), None);
        assert_eq!(text(&report(&[(2, "r")]), "PK\u{3}\u{4}"), None);
    }

    #[test]
    fn it_stays_small() {
        let rows: Vec<(u64, &'static str)> = (2..1_002).map(|row| (row, "r")).collect();
        let file = format!("a,b\n{}", format!("{0},{0}\n", "é".repeat(3_000)).repeat(1_000));
        let text = text(&report(&rows), &file).expect("bad rows");
        assert!(text.lines().nth(1).is_some_and(|line| line.chars().count() < 450), "{text}");
        let wide = format!("a\n{}", format!("{}\n", "x,".repeat(900)).repeat(1_000));
        let long = format!(
            "a\n{}",
            format!("{}\n", "yyyyyyyyyyyyyyyyyyyyyyyyy,".repeat(900)).repeat(1_000)
        );
        for file in [wide, long] {
            let made = csv(&report(&rows), "costs", file.as_bytes()).expect("bad rows");
            assert!(made.len() < 2 * MOST_BYTES, "{}", made.len());
        }
    }
}
