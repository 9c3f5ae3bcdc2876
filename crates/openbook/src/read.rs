//! One CSV file, read as a stream into a checked table. Memory follows the keys, not the file.

use encoding_rs_io::DecodeReaderBytesBuilder;
use quantities::Pence;
use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use crate::cell::{self, Cell, shown};
use crate::definition::{ColumnDefinition, Kind, RowRule, TableDefinition, Tables};
use crate::personal;
use crate::problem::{Problem, Report};
use crate::table::{CheckedRow, CheckedTable};

/// The most different keys in one table of one submission.
pub const MOST_KEYS: usize = 200_000;

/// Reads and checks one table. Returns it only when nothing in it is refused; every problem is in
/// the report either way. UTF-8 with or without a byte-order mark, UTF-16 with one.
pub fn table(
    tables: &Tables,
    definition: &TableDefinition,
    input: impl Read,
    report: &mut Report,
) -> Option<CheckedTable> {
    let input = DecodeReaderBytesBuilder::new().utf8_passthru(true).strip_bom(true).build(input);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    let mut record = csv::ByteRecord::new();
    let mut found = Report::default();
    let mut first = 0;
    let taken = match first_filled(&mut reader, &mut record, &mut first) {
        Ok(true) => header(tables, definition, first, &record, &mut found)
            .map(|columns| rows(definition, columns, first, &mut reader, &mut found)),
        Ok(false) => {
            let message = "the file is empty; its first row must name the columns";
            found.push(Problem::of_file(&definition.name, "file.empty", message));
            None
        }
        Err(error) => {
            found.push(unreadable(definition, 1, &error));
            None
        }
    };
    let accepted = found.accepted();
    merge(report, found);
    taken.filter(|_| accepted)
}

/// Reads on to the first record with anything in it, and counts it: an unpacked sheet may begin
/// with empty rows.
fn first_filled(
    reader: &mut csv::Reader<impl Read>,
    record: &mut csv::ByteRecord,
    row: &mut u64,
) -> Result<bool, csv::Error> {
    while reader.read_byte_record(record)? {
        *row += 1;
        if !record.iter().all(<[u8]>::is_empty) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn merge(report: &mut Report, found: Report) {
    let kept = found.problems().len();
    for problem in found.problems() {
        report.push(problem.clone());
    }
    // Problems beyond the kept ones still count, by rule.
    let mut beyond: HashMap<&'static str, u64> = HashMap::new();
    if kept == Report::KEPT {
        for (rule, count) in found.counts() {
            let listed = found.problems().iter().filter(|problem| problem.rule == *rule).count();
            beyond.insert(rule, count - u64::try_from(listed).unwrap_or(*count));
        }
    }
    report.count_further(&beyond, !found.accepted(), found.personal());
    for (table, rows) in found.rows() {
        report.count_rows(table, *rows);
    }
}

fn unreadable(definition: &TableDefinition, row: u64, error: &csv::Error) -> Problem {
    Problem::of_row(
        &definition.name,
        row,
        "file.unreadable",
        format!("the row cannot be read as CSV ({error}); save the file again as CSV UTF-8"),
    )
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// For each column of the file, its place in the definition (none for an unknown one: the rest is
/// still checked); nothing where the header cannot be read or names personal data.
fn header(
    tables: &Tables,
    definition: &TableDefinition,
    row: u64,
    record: &csv::ByteRecord,
    report: &mut Report,
) -> Option<Vec<Option<usize>>> {
    let table = &definition.name;
    let mut places = Vec::with_capacity(record.len());
    for bytes in record {
        let Some(name) = text_of(bytes).map(str::trim) else {
            report.push(not_text(table, row));
            return None;
        };
        let known = definition.columns.iter().position(|column| column.name == name);
        match known {
            Some(place) if places.contains(&Some(place)) => report.push(
                Problem::of_row(
                    table,
                    row,
                    "header.duplicate",
                    format!("the column {name} is there twice; remove one"),
                )
                .in_column(name),
            ),
            Some(_) => {}
            None if tables.personal().names(name) => {
                report.push(Problem::of_row(
                    table,
                    row,
                    "personal.header",
                    format!(
                        "the column \"{}\" names personal or record-linking data; nothing of the \
                         file was kept: send totals by service without it",
                        shown(name)
                    ),
                ));
            }
            None => {
                let names = definition.columns.iter().map(|column| column.name.as_str());
                report.push(Problem::of_row(
                    table,
                    row,
                    "header.unknown",
                    format!(
                        "there is no column \"{}\" in {table}{}; rename or remove it",
                        shown(name),
                        crate::did_you_mean(name, names)
                    ),
                ));
            }
        }
        places.push(known.filter(|place| !places.contains(&Some(*place))));
    }
    for (place, column) in definition.columns.iter().enumerate() {
        if !column.optional && !places.contains(&Some(place)) {
            report.push(
                Problem::of_row(
                    table,
                    row,
                    "header.missing",
                    format!("the column {} is missing; add it ({})", column.name, column.about),
                )
                .in_column(&column.name),
            );
        }
    }
    (!report.personal()).then_some(places)
}

fn not_text(table: &str, row: u64) -> Problem {
    Problem::of_row(
        table,
        row,
        "file.encoding",
        "the file is not UTF-8 text; in a spreadsheet choose \"CSV UTF-8\" when saving",
    )
}

/// How the shares of one column look, to recognise percent written for fractions.
#[derive(Clone, Copy)]
struct ShareRange {
    seen: u64,
    whole_percent: bool,
    above_one: bool,
}

fn rows(
    definition: &TableDefinition,
    places: Vec<Option<usize>>,
    first: u64,
    reader: &mut csv::Reader<impl Read>,
    report: &mut Report,
) -> CheckedTable {
    let start = ShareRange { seen: 0, whole_percent: true, above_one: false };
    let mut shares = vec![start; definition.columns.len()];
    let mut gathered = Gathered::new(definition);
    let mut record = csv::ByteRecord::new();
    let mut line = first;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => line += 1,
            Ok(false) => break,
            Err(error) => {
                report.push(unreadable(definition, line + 1, &error));
                break;
            }
        }
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        if let Some(cells) = row(definition, &places, &record, line, &mut shares, report) {
            gathered.add(CheckedRow { line, cells }, report);
        }
        if report.personal() {
            break;
        }
    }
    percent_slips(definition, &shares, report);
    report.count_rows(&definition.name, line - first);
    if line == first && report.accepted() {
        let message = "the file has a header and no rows; add the rows or leave the file out";
        report.push(Problem::of_file(&definition.name, "file.no_rows", message));
    }
    gathered.into_table(definition)
}

fn row(
    definition: &TableDefinition,
    places: &[Option<usize>],
    record: &csv::ByteRecord,
    line: u64,
    shares: &mut [ShareRange],
    report: &mut Report,
) -> Option<Vec<Cell>> {
    let table = &definition.name;
    if record.len() != places.len() {
        let message = format!(
            "the row has {} cells and the header {}; quote a cell that holds a comma",
            record.len(),
            places.len()
        );
        report.push(Problem::of_row(table, line, "row.length", message));
        return None;
    }
    let mut cells: Vec<Option<Cell>> = vec![None; definition.columns.len()];
    let mut whole = true;
    for (bytes, place) in record.iter().zip(places) {
        let Some(place) = place else { continue };
        let Some(text) = text_of(bytes) else {
            report.push(not_text(table, line));
            return None;
        };
        let (Some(column), Some(slot)) = (definition.columns.get(*place), cells.get_mut(*place))
        else {
            continue;
        };
        if let Some(share) = shares.get_mut(*place) {
            watch_share(column, text, share);
        }
        match checked(column, text) {
            Ok(cell) => *slot = Some(cell),
            Err(problem) => {
                report.push(
                    Problem::of_row(table, line, problem.rule, problem.message)
                        .in_column(&column.name),
                );
                whole = false;
            }
        }
    }
    let filled = cells
        .into_iter()
        .zip(&definition.columns)
        .map(|(cell, column)| cell.or_else(|| cell::read(column, "").ok()).unwrap_or(Cell::Empty));
    whole.then(|| filled.collect())
}

/// A cell by its kind, after the look for personal data in what people write themselves.
fn checked(column: &ColumnDefinition, text: &str) -> Result<Cell, cell::CellProblem> {
    let written = matches!(column.kind, Kind::Code | Kind::Text | Kind::Tags | Kind::Choice);
    let read = cell::read(column, text);
    if (written || read.is_err())
        && let Some((rule, message)) = personal::found_in(text)
    {
        return Err(cell::CellProblem { rule, message: message.to_owned() });
    }
    read
}

fn watch_share(column: &ColumnDefinition, text: &str, share: &mut ShareRange) {
    if column.kind != Kind::Share {
        return;
    }
    if let Ok(number) = text.trim().parse::<f64>() {
        share.seen += 1;
        share.whole_percent &= (1.0..=100.0).contains(&number);
        share.above_one |= number > 1.0;
    }
}

fn percent_slips(definition: &TableDefinition, shares: &[ShareRange], report: &mut Report) {
    for (column, share) in definition.columns.iter().zip(shares) {
        if share.seen > 0 && share.above_one && share.whole_percent {
            let message = format!(
                "every {} lies between 1 and 100: these are percentages; divide the column by 100",
                column.name
            );
            report.push(
                Problem::of_file(&definition.name, "share.percent", message)
                    .in_column(&column.name),
            );
        }
    }
}

/// Rows by their key.
struct Gathered {
    keys: Vec<usize>,
    rule: RowRule,
    columns: Vec<ColumnDefinition>,
    table: String,
    by_key: HashMap<String, CheckedRow>,
}

impl Gathered {
    fn new(definition: &TableDefinition) -> Self {
        let keys = definition.columns.iter().enumerate().filter(|(_, column)| column.key);
        Self {
            keys: keys.map(|(place, _)| place).collect(),
            rule: definition.rows,
            columns: definition.columns.clone(),
            table: definition.name.clone(),
            by_key: HashMap::new(),
        }
    }

    fn add(&mut self, row: CheckedRow, report: &mut Report) {
        let key = self.key(&row);
        let full = self.by_key.len() >= MOST_KEYS;
        match self.by_key.get_mut(&key) {
            None if full => {
                if self.by_key.len() == MOST_KEYS {
                    let message = format!(
                        "more than {MOST_KEYS} different keys; add the rows up to service, month, \
                         currency and resource group first"
                    );
                    report.push(Problem::of_row(
                        &self.table,
                        row.line,
                        "file.too_many_keys",
                        message,
                    ));
                }
            }
            None => {
                self.by_key.insert(key, row);
            }
            Some(first) if self.rule == RowRule::Unique => {
                let message = format!(
                    "row {} has the same {}; keep one of them",
                    first.line,
                    self.keys
                        .iter()
                        .filter_map(|place| self.columns.get(*place))
                        .map(|column| column.name.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                );
                report.push(Problem::of_row(&self.table, row.line, "key.duplicate", message));
            }
            Some(first) => {
                let line = row.line;
                for ((total, cell), column) in
                    first.cells.iter_mut().zip(row.cells).zip(&self.columns)
                {
                    if !add_up(column, total, cell) {
                        let message = "the rows of this key add up to more than can be counted";
                        report.push(
                            Problem::of_row(&self.table, line, "money.too_large", message)
                                .in_column(&column.name),
                        );
                    }
                }
            }
        }
    }

    fn key(&self, row: &CheckedRow) -> String {
        let mut key = String::with_capacity(64);
        for cell in self.keys.iter().filter_map(|place| row.cells.get(*place)) {
            key.push_str(&cell.to_string());
            key.push('\u{1f}');
        }
        key
    }

    fn into_table(self, definition: &TableDefinition) -> CheckedTable {
        CheckedTable::new(Arc::new(definition.clone()), self.by_key.into_values().collect())
    }
}

/// Adds a row's cell to the total of its key: money and activity are summed, of dates the earliest
/// and of choices the weakest (the later in the column's list) stays. False where a sum overflows.
fn add_up(column: &ColumnDefinition, total: &mut Cell, cell: Cell) -> bool {
    let sum = match (&*total, cell) {
        (Cell::Money(a), Cell::Money(b)) => Pence::checked_add(*a, b).map(Cell::Money),
        (Cell::Activity(a), Cell::Activity(b)) => a.checked_add(b).map(Cell::Activity),
        (Cell::Empty, Cell::Activity(b)) => Some(Cell::Activity(b)),
        (Cell::Date(a), Cell::Date(b)) => Some(Cell::Date(*a.min(&b))),
        (Cell::Text(a), Cell::Text(b)) if !column.key && column.kind == Kind::Choice => {
            let rank = |text: &str| column.values.iter().position(|value| value == text);
            Some(Cell::Text(if rank(&b) > rank(a) { b } else { a.clone() }))
        }
        (kept, _) => Some(kept.clone()),
    };
    match sum {
        Some(sum) => {
            *total = sum;
            true
        }
        None => false,
    }
}
