//! Gathers rows of the book's tables, their sources, notes and totals while files are read.

use jiff::civil::Date;
use quantities::FinYear;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use super::decimal::Decimal;
use super::definition::{PublishedDefinition, ServiceDefinition};
use super::sheet::{Sheet, SheetRow, named};
use super::{Imported, Kind, Note, Selection, SourceLine, SourceTotal};
use crate::problem::{Problem, Report};
use crate::table::CheckedTable;
use crate::{Tables, read};

/// Cells of one row by column.
pub type Cells = BTreeMap<&'static str, String>;

/// The place of a provider that the source does not place.
const UNPLACED: &str = "UNPLACED";

/// How a total is found again in the finished tables.
pub enum InBook {
    /// Σ of a column of money or numbers over all rows of a table.
    All(&'static str, &'static str),
    /// The same over the rows that have one of these texts in each of other columns.
    Of(&'static str, &'static str, Vec<(&'static str, BTreeSet<String>)>),
    /// A figure that is not in a table but beside them.
    Beside(Decimal),
}

/// Rows of a file beside the tables.
struct Beside {
    head: Vec<&'static str>,
    rows: BTreeSet<Vec<String>>,
}

struct Wanted {
    what: String,
    unit: &'static str,
    in_source: Decimal,
    in_book: InBook,
    /// What rounding alone may make of it, and how to say so.
    may_differ: Decimal,
    why: String,
}

/// An import in the making.
pub struct Build<'a> {
    pub kind: Kind,
    pub selection: &'a Selection,
    pub report: Report,
    definitions: BTreeMap<String, String>,
    tables: BTreeMap<&'static str, Vec<Cells>>,
    named_rows: BTreeMap<(&'static str, String), Cells>,
    beside: BTreeMap<&'static str, Beside>,
    sources: BTreeSet<SourceLine>,
    notes: BTreeSet<Note>,
    wanted: Vec<Wanted>,
    seen: BTreeMap<String, (String, u64)>,
    codes: BTreeSet<String>,
    without_sector: BTreeSet<String>,
    rows: u64,
    suppressed: u64,
}

/// CSV of a header and rows.
pub fn csv_of(
    head: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// The last day of a financial year.
pub fn year_end(year: FinYear) -> String {
    let starts = i16::try_from(year.starts()).unwrap_or_default();
    Date::new(starts + 1, 3, 31).map(|day| day.to_string()).unwrap_or_default()
}

impl<'a> Build<'a> {
    pub fn new(kind: Kind, selection: &'a Selection) -> Self {
        Self {
            kind,
            selection,
            report: Report::default(),
            definitions: BTreeMap::new(),
            tables: BTreeMap::new(),
            named_rows: BTreeMap::new(),
            beside: BTreeMap::new(),
            sources: BTreeSet::new(),
            notes: BTreeSet::new(),
            wanted: Vec::new(),
            seen: BTreeMap::new(),
            codes: BTreeSet::new(),
            without_sector: BTreeSet::new(),
            rows: 0,
            suppressed: 0,
        }
    }

    /// Starts on a file: what its definition says to everyone, and its hidden cells.
    pub fn reads(&mut self, sheet: &Sheet<'_>) {
        let definition = sheet.definition;
        self.definitions.insert(sheet.file.to_owned(), sheet.name.to_owned());
        self.rows += sheet.len();
        let hidden = sheet.hidden();
        self.suppressed += hidden;
        self.note(
            "import.source",
            format!(
                "{}: {} rows, read as {}. {}. Mapping of {}",
                sheet.file,
                sheet.len(),
                sheet.name,
                definition.licence,
                definition.decided_on
            ),
        );
        if let Some(carrier) = &definition.third_party {
            let message = format!(
                "the file is not the publisher's own: {carrier}; check a figure before it decides \
                 anything"
            );
            self.note("import.third_party", message);
        }
        for note in &definition.notes {
            self.note("import.mapping", note.clone());
        }
        if hidden > 0 {
            let message = format!(
                "{}: {hidden} cells are hidden by the publisher; they are missing, never 0",
                sheet.file
            );
            self.note("import.hidden", message);
        }
        if let Some(step) = definition.suppression.rounded_to {
            let message = format!(
                "{}: counts are rounded to {step} by the publisher, so parts need not add up",
                sheet.file
            );
            self.note("import.rounded", message);
        }
    }

    /// Says something, once.
    pub fn note(&mut self, code: &'static str, message: String) {
        self.notes.insert(Note { code, message });
    }

    /// Whether a row of the source has not been met before; a second one is a problem.
    pub fn once(&mut self, sheet: &Sheet<'_>, row: &SheetRow<'_>, role: &str, key: &str) -> bool {
        let here = (sheet.file.to_owned(), row.number);
        match self.seen.get(key) {
            None => {
                self.seen.insert(key.to_owned(), here);
                true
            }
            Some((file, number)) => {
                let message = format!(
                    "\"{}\" is there already, in row {number} of {}; a figure would count twice",
                    named(key),
                    named(file)
                );
                self.report.push(row.problem_in(role, "import.duplicate", message));
                false
            }
        }
    }

    /// Whether a provider is wanted.
    pub fn wants(&mut self, code: &str) -> bool {
        if !self.codes.contains(code) {
            self.codes.insert(code.to_owned());
        }
        self.selection.providers.is_empty() || self.selection.providers.contains(code)
    }

    /// Whether a year is wanted.
    pub fn wants_year(&self, year: FinYear) -> bool {
        self.selection.year.is_none_or(|wanted| wanted == year)
    }

    /// Adds a row to a table.
    pub fn row<const N: usize>(&mut self, table: &'static str, cells: [(&'static str, String); N]) {
        self.tables.entry(table).or_default().push(cells.into_iter().collect());
    }

    /// Notes where a part of the book comes from.
    pub fn source(
        &mut self,
        table: &str,
        provider: &str,
        service: &str,
        what: &str,
        kind: &'static str,
        source: &str,
    ) {
        self.sources.insert(SourceLine {
            table: table.to_owned(),
            provider: provider.to_owned(),
            service: service.to_owned(),
            what: what.to_owned(),
            kind,
            source: source.to_owned(),
        });
    }

    /// Adds a provider, by what the board knows, the definition names, or the source says. One
    /// whose sector nobody knows gets no row: the sector is not guessed.
    pub fn provider(
        &mut self,
        definition: &PublishedDefinition,
        code: &str,
        name: Option<&str>,
        kind: Option<&str>,
    ) {
        let key = ("providers", code.to_owned());
        let listed = definition.organisations.iter().find(|it| it.code == code);
        let sector = listed
            .map(|it| it.sector.as_str())
            .or_else(|| definition.providers.sectors.get(kind?).map(String::as_str))
            .or(definition.providers.sector.as_deref());
        let (name, sector, place, what) = match (self.selection.known.get(code), sector) {
            (Some(known), _) => (
                known.name.clone(),
                known.sector.clone(),
                known.place.clone(),
                ("all columns", "published", "the board's own providers table".to_owned()),
            ),
            (None, Some(sector)) => {
                let name = name.or_else(|| listed.map(|it| it.name.as_str())).unwrap_or(code);
                let what = ("provider_name", "published", definition.source(definition.year));
                (name.to_owned(), sector.to_owned(), UNPLACED.to_owned(), what)
            }
            (None, None) => {
                self.without_sector.insert(code.to_owned());
                return;
            }
        };
        if place == UNPLACED {
            let decided = definition.decided();
            self.source("providers", code, "", "sector, place_code", "default", &decided);
            let message = format!(
                "the source names no places, so place_code is {UNPLACED}; give the board's own \
                 providers table with --providers, or correct providers.csv"
            );
            self.note("import.unplaced", message);
        }
        self.source("providers", code, "", what.0, what.1, &what.2);
        let cells = [
            ("provider_code", code.to_owned()),
            ("provider_name", name),
            ("sector", sector),
            ("place_code", place),
        ];
        self.describe(key, cells.into_iter().collect());
    }

    /// Adds a service line.
    pub fn service(
        &mut self,
        definition: &PublishedDefinition,
        provider: &str,
        service: &ServiceDefinition,
    ) {
        let key = ("services", format!("{provider}/{}", service.code));
        let decided = definition.decided();
        let what = "service_name, programme, setting";
        self.source("services", provider, &service.code, what, "default", &decided);
        let cells = [
            ("provider_code", provider.to_owned()),
            ("service_code", service.code.clone()),
            ("service_name", service.name.clone()),
            ("programme", service.programme.clone()),
            ("setting", service.setting.clone()),
        ];
        self.describe(key, cells.into_iter().collect());
    }

    /// Keeps one description of each; of two, the one first in the alphabet, so that the order of
    /// the rows says nothing.
    fn describe(&mut self, key: (&'static str, String), cells: Cells) {
        let known = self.named_rows.entry(key).or_insert_with(|| cells.clone());
        if cells < *known {
            *known = cells;
        }
    }

    /// Adds a row to a file beside the tables.
    pub fn beside<const N: usize>(
        &mut self,
        name: &'static str,
        head: [&'static str; N],
        row: [String; N],
    ) {
        let file = self.beside.entry(name);
        let file = file.or_insert_with(|| Beside { head: head.to_vec(), rows: BTreeSet::new() });
        file.rows.insert(row.to_vec());
    }

    /// Asks for a total of the source (over all files) to be found again in the book, exactly or
    /// within what rounding makes of it.
    pub fn total(
        &mut self,
        what: impl Into<String>,
        unit: &'static str,
        in_source: Decimal,
        in_book: InBook,
        rounding: Option<(Decimal, String)>,
    ) {
        let what = what.into();
        let (may_differ, why) = rounding.unwrap_or_default();
        let Some(known) = self.wanted.iter_mut().find(|known| known.what == what) else {
            self.wanted.push(Wanted { what, unit, in_source, in_book, may_differ, why });
            return;
        };
        // The same of another file: one total of all files.
        let both = |a: Decimal, b: Decimal| a.plus(b).unwrap_or(a);
        known.in_source = both(known.in_source, in_source);
        known.may_differ = both(known.may_differ, may_differ);
        if let (InBook::Beside(known), InBook::Beside(more)) = (&mut known.in_book, in_book) {
            *known = both(*known, more);
        }
    }

    /// A sum that must fit; otherwise a problem of that row.
    pub fn add(&mut self, sum: &mut Decimal, number: Decimal, row: &SheetRow<'_>, role: &str) {
        match sum.plus(number) {
            Some(total) => *sum = total,
            None => {
                let message = "the figures add up to more than can be counted";
                self.report.push(row.problem_in(role, "import.too_large", message));
            }
        }
    }

    /// The tables, checked as an upload would be; or every problem.
    pub fn finish(mut self, tables: &Tables) -> Result<Imported, Report> {
        self.nothing_left();
        self.said_at_the_end();
        for ((table, _), cells) in std::mem::take(&mut self.named_rows) {
            self.tables.entry(table).or_default().push(cells);
        }
        let mut checked = BTreeMap::new();
        if self.report.accepted() {
            for (name, rows) in &self.tables {
                if let Some(table) = self::checked(tables, name, rows, &mut self.report) {
                    checked.insert((*name).to_owned(), table);
                }
            }
        }
        let totals = self.totals(&checked);
        let mut beside = BTreeMap::new();
        for (name, file) in std::mem::take(&mut self.beside) {
            match csv_of(&file.head, file.rows) {
                Ok(bytes) => {
                    beside.insert(name.to_owned(), bytes);
                }
                Err(error) => {
                    let message = format!("{name}.csv cannot be made: {error}");
                    self.report.push(Problem::of_file(name, "import.unwritten", message));
                }
            }
        }
        if !self.report.accepted() {
            return Err(self.report);
        }
        Ok(Imported {
            kind: self.kind,
            definitions: self.definitions,
            tables: checked,
            beside,
            sources: self.sources.into_iter().collect(),
            notes: self.notes.into_iter().collect(),
            totals,
            rows: self.rows,
            suppressed: self.suppressed,
        })
    }

    /// A selection that leaves nothing is a slip, and so is a provider that no file has.
    fn nothing_left(&mut self) {
        if !self.report.accepted() {
            return;
        }
        let file = self.definitions.keys().next().cloned().unwrap_or_default();
        for wanted in &self.selection.providers {
            if self.codes.contains(wanted) {
                continue;
            }
            let sites: Vec<&str> = self
                .codes
                .iter()
                .map(String::as_str)
                .filter(|code| code.len() > wanted.len() && code.starts_with(wanted.as_str()))
                .take(8)
                .collect();
            let hint = if sites.is_empty() {
                crate::did_you_mean(wanted, self.codes.iter().map(String::as_str))
            } else {
                format!("; its sites have rows of their own: {}", sites.join(", "))
            };
            let message = format!("no row is of the provider \"{}\"{hint}", named(wanted));
            self.report.push(Problem::of_file(&file, "import.no_such_provider", message));
        }
        let empty = self.tables.is_empty() && self.named_rows.is_empty() && self.beside.is_empty();
        if empty && self.report.accepted() {
            let message = "nothing of the file is left by --provider, --icb and --year; ask for less \
                           or give another file";
            self.report.push(Problem::of_file(&file, "import.nothing_left", message));
        }
    }

    fn said_at_the_end(&mut self) {
        if !self.without_sector.is_empty() {
            let shown: Vec<&str> = self.without_sector.iter().take(8).map(String::as_str).collect();
            let message = format!(
                "{} organisations are not in providers.csv, because neither the source nor the \
                 definition says their sector ({}{}); give the board's own providers table with \
                 --providers",
                self.without_sector.len(),
                shown.join(", "),
                if self.without_sector.len() > shown.len() { ", …" } else { "" }
            );
            self.note("import.sector_unknown", message);
        }
    }

    fn totals(&mut self, checked: &BTreeMap<String, CheckedTable>) -> Vec<SourceTotal> {
        if !self.report.accepted() {
            return Vec::new();
        }
        let file = self.definitions.keys().next().cloned().unwrap_or_default();
        let mut totals = Vec::new();
        for wanted in std::mem::take(&mut self.wanted) {
            let in_book = in_book(&wanted.in_book, checked);
            let difference = in_book.and_then(|in_book| in_book.minus(wanted.in_source));
            let (Some(in_book), Some(difference)) = (in_book, difference) else {
                let message = format!("{}: the total cannot be counted", wanted.what);
                self.report.push(Problem::of_file(&file, "import.total", message));
                continue;
            };
            if !difference.size().at_most(wanted.may_differ) {
                let message = format!(
                    "{}: the source has {} and the book would have {in_book}; nothing is imported, \
                     because rows would be lost or counted twice",
                    wanted.what, wanted.in_source
                );
                self.report.push(Problem::of_file(&file, "import.total", message));
            }
            let agree = difference.is_zero();
            totals.push(SourceTotal {
                what: wanted.what,
                unit: wanted.unit,
                in_source: wanted.in_source,
                in_book,
                difference,
                difference_explained: if agree { "they agree".to_owned() } else { wanted.why },
            });
        }
        totals
    }
}

fn in_book(wanted: &InBook, checked: &BTreeMap<String, CheckedTable>) -> Option<Decimal> {
    let (table, column, of) = match wanted {
        InBook::Beside(sum) => return Some(*sum),
        InBook::All(table, column) => (*table, *column, &[][..]),
        InBook::Of(table, column, of) => (*table, *column, of.as_slice()),
    };
    let rows = checked.get(table).into_iter().flat_map(CheckedTable::rows);
    let wanted = rows.filter(|row| {
        of.iter().all(|(key, texts)| row.text(key).is_some_and(|text| texts.contains(text)))
    });
    wanted.into_iter().try_fold(Decimal::ZERO, |sum, row| {
        let activity = row.activity(column).map(|activity| activity.to_string());
        let number = row.number(column).map(|number| number.to_string()).or(activity);
        let number = number.and_then(|number| Decimal::parse(&number));
        sum.plus(row.money(column).map(Decimal::pounds).or(number).unwrap_or_default())
    })
}

/// The rows of one table through the same checks as an upload.
pub fn checked<K: Borrow<str> + Ord>(
    tables: &Tables,
    name: &str,
    rows: &[BTreeMap<K, String>],
    report: &mut Report,
) -> Option<CheckedTable> {
    let Some(definition) = tables.get(name) else {
        let message = format!("models/uploads has no table {name}; restore {name}.toml");
        report.push(Problem::of_file(name, "import.no_table", message));
        return None;
    };
    let columns: Vec<&str> = definition.columns.iter().map(|column| column.name.as_str()).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut written = writer.write_record(&columns);
    for row in rows {
        if let Some(lost) = row.keys().map(Borrow::borrow).find(|it| !columns.contains(it)) {
            let message = format!("models/uploads: {name} has no column {lost}; restore it");
            report.push(Problem::of_file(name, "import.no_table", message));
            return None;
        }
        let cells = columns.iter().map(|column| row.get(*column).map_or("", String::as_str));
        written = written.and_then(|()| writer.write_record(cells));
    }
    let bytes = written.ok().and_then(|()| writer.into_inner().ok());
    let Some(bytes) = bytes else {
        let message = format!("{name}.csv cannot be made");
        report.push(Problem::of_file(name, "import.unwritten", message));
        return None;
    };
    read::table(tables, definition, bytes.as_slice(), report)
}
