//! One published file, recognised by its header and read whole.

use encoding_rs_io::DecodeReaderBytesBuilder;
use quantities::FinYear;
use std::collections::{BTreeMap, BTreeSet};

use super::decimal::Decimal;
use super::definition::{Published, PublishedDefinition};
use super::{Kind, Selection, SourceFile};
use crate::problem::{Problem, Report};

/// A file whose header a definition knows.
pub struct Sheet<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The definition's name.
    pub name: &'a str,
    /// The definition.
    pub definition: &'a PublishedDefinition,
    /// Where each column stands.
    places: BTreeMap<String, usize>,
    rows: Vec<(u64, Vec<String>)>,
}

/// One row of a sheet.
#[derive(Clone, Copy)]
pub struct SheetRow<'a> {
    sheet: &'a Sheet<'a>,
    /// Its number, counting from 1 at the header.
    pub number: u64,
    cells: &'a [String],
}

/// What a cell of figures holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A number.
    Given(Decimal),
    /// Hidden by its publisher.
    Hidden,
    /// Nothing.
    Empty,
}

impl Figure {
    /// The number, where there is one.
    pub const fn given(self) -> Option<Decimal> {
        match self {
            Self::Given(number) => Some(number),
            Self::Hidden | Self::Empty => None,
        }
    }
}

/// A text of a file as a message may show it: short, plain, and never one that looks personal.
pub fn named(text: &str) -> String {
    if crate::personal::found_in(text).is_some() {
        return "(not repeated)".to_owned();
    }
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(120).collect();
    if text.chars().count() > 120 {
        short.push('…');
    }
    short
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("\"{}\"", named(name))).collect();
    names.join(", ")
}

/// Reads a file and finds its definition; nothing, and a problem in the report, where it cannot.
pub fn read<'a>(
    published: &'a Published,
    kind: Kind,
    file: &SourceFile<'a>,
    selection: &Selection,
    report: &mut Report,
) -> Option<Sheet<'a>> {
    let mut refuse = |rule, message: String| {
        report.push(Problem::of_file(file.name, rule, message));
    };
    if let Some((rule, message)) = not_csv(file.bytes) {
        refuse(rule, message.to_owned());
        return None;
    }
    let mut records = records(file, report)?;
    if records.is_empty() {
        let message = "the file is empty; download it again";
        report.push(Problem::of_file(file.name, "import.empty", message));
        return None;
    }
    let (_, header) = records.remove(0);
    let (name, definition) = match recognised(published, kind, &header, selection.year) {
        Ok(found) => found,
        Err((rule, message)) => {
            report.push(Problem::of_row(file.name, 1, rule, message));
            return None;
        }
    };
    if records.is_empty() {
        let message = "the file has a header and no rows; download it again";
        report.push(Problem::of_file(file.name, "import.empty", message));
        return None;
    }
    let whole = |(number, cells): &(u64, Vec<String>)| (*number, cells.len());
    for (number, cells) in records.iter().map(whole).filter(|(_, cells)| *cells != header.len()) {
        let message = format!(
            "the row has {cells} cells and the header {}: the file is cut off or the row is broken; \
             download it again",
            header.len()
        );
        report.push(Problem::of_row(file.name, number, "import.truncated", message));
    }
    let places = header.into_iter().enumerate().map(|(place, name)| (name, place)).collect();
    Some(Sheet { file: file.name, name, definition, places, rows: records })
}

/// What a file is, where it is plainly not CSV.
pub fn not_csv(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Some((
            "import.workbook",
            "this is a workbook, not CSV; open it, choose the sheet with the figures and save it as \
             \"CSV UTF-8\"",
        ));
    }
    if bytes.starts_with(b"%PDF") || bytes.trim_ascii_start().starts_with(b"<") {
        return Some((
            "import.not_csv",
            "this is a page or a document, not CSV; download the data file of the publication",
        ));
    }
    None
}

/// All rows that hold anything, trimmed, with their numbers.
pub fn records(file: &SourceFile<'_>, report: &mut Report) -> Option<Vec<(u64, Vec<String>)>> {
    let input =
        DecodeReaderBytesBuilder::new().utf8_passthru(true).strip_bom(true).build(file.bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    let mut records = Vec::new();
    for (number, record) in (1_u64..).zip(reader.byte_records()) {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let message = format!("the row cannot be read as CSV ({error}); download it again");
                report.push(Problem::of_row(file.name, number, "import.unreadable", message));
                return None;
            }
        };
        let mut cells = Vec::with_capacity(record.len());
        for cell in &record {
            match std::str::from_utf8(cell).ok().filter(|text| !text.contains('\0')) {
                Some(text) => cells.push(text.trim().to_owned()),
                None => {
                    let message = "the file is not UTF-8 text; open it in a spreadsheet and save it \
                                   as \"CSV UTF-8\"";
                    report.push(Problem::of_row(file.name, number, "import.encoding", message));
                    return None;
                }
            }
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            records.push((number, cells));
        }
    }
    Some(records)
}

/// How a header differs from a definition.
struct Differs<'a> {
    missing: Vec<&'a str>,
    new: Vec<&'a str>,
}

fn differs<'a>(definition: &'a PublishedDefinition, header: &'a [String]) -> Differs<'a> {
    let used = definition.used();
    let known = |name: &&str| used.contains(name) || definition.ignored.iter().any(|it| it == name);
    let there: BTreeSet<&str> = header.iter().map(String::as_str).collect();
    Differs {
        missing: used.iter().copied().filter(|name| !there.contains(name)).collect(),
        new: header.iter().map(String::as_str).filter(|name| !known(name)).collect(),
    }
}

impl Differs<'_> {
    const fn not_at_all(&self) -> bool {
        self.missing.is_empty() && self.new.is_empty()
    }

    fn count(&self) -> usize {
        self.missing.len() + self.new.len()
    }

    /// Each column that seems renamed, then what is missing and what is new.
    fn in_words(&self) -> String {
        let mut missing = self.missing.clone();
        let mut new = self.new.clone();
        let mut parts = Vec::new();
        for name in self.new.iter().copied() {
            if let Some(old) = crate::nearest(name, missing.iter().copied()) {
                parts.push(format!(
                    "a column is renamed: {}, expected {}",
                    quoted([name]),
                    quoted([old])
                ));
                let old = old.to_owned();
                missing.retain(|it| *it != old);
                new.retain(|it| *it != name);
            }
        }
        if !missing.is_empty() {
            parts.push(format!("missing: {}", quoted(missing)));
        }
        if !new.is_empty() {
            parts.push(format!("new: {}", quoted(new)));
        }
        parts.join("; ")
    }
}

type Wrong = (&'static str, String);

fn recognised<'a>(
    published: &'a Published,
    kind: Kind,
    header: &[String],
    year: Option<FinYear>,
) -> Result<(&'a str, &'a PublishedDefinition), Wrong> {
    let mut seen = BTreeSet::new();
    if let Some(twice) = header.iter().find(|name| !seen.insert(name.as_str())) {
        let message =
            format!("the column {} is there twice; download it again", quoted([twice.as_str()]));
        return Err(("import.header", message));
    }
    let fitting: Vec<_> =
        published.of_kind(kind).filter(|(_, it)| differs(it, header).not_at_all()).collect();
    let of_year: Vec<_> = fitting
        .iter()
        .copied()
        .filter(|(_, it)| year.is_none_or(|year| it.year == year || it.years.contains(&year)))
        .collect();
    match (of_year.as_slice(), fitting.as_slice(), year) {
        ([found], _, _) => Ok(*found),
        ([], [], _) => Err(unknown(published, kind, header)),
        ([], some, Some(year)) => Err(("import.year", unknown_year(kind, some, year))),
        (several, _, _) => {
            let years = several.iter().map(|(_, it)| it.year.to_string()).collect::<Vec<_>>();
            let message = format!(
                "files of {} have the same columns, and nothing in the file tells the year; say it \
                 with --year",
                years.join(" and ")
            );
            Err(("import.year", message))
        }
    }
}

fn unknown_year(kind: Kind, some: &[(&str, &PublishedDefinition)], year: FinYear) -> String {
    let years: BTreeSet<FinYear> =
        some.iter().flat_map(|(_, it)| it.years.iter().copied().chain([it.year])).collect();
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    format!(
        "there is no definition of {kind} for {year}; known with these columns: {}; if the \
         publication is of {year}, add {kind}-{year}.toml to models/published",
        years.join(", ")
    )
}

fn unknown(published: &Published, kind: Kind, header: &[String]) -> Wrong {
    if let Some((name, other)) =
        published.iter().find(|(_, it)| it.kind != kind && differs(it, header).not_at_all())
    {
        let message = format!(
            "this is not {kind} but {} ({name}); use `valuebook import {}`",
            other.publication, other.kind
        );
        return ("import.kind", message);
    }
    let nearest = published
        .of_kind(kind)
        .map(|(name, it)| (differs(it, header), name, it))
        .min_by_key(|(differs, _, _)| differs.count());
    let Some((differs, name, definition)) = nearest else {
        return ("import.kind", format!("models/published has no definition of {kind}; add one"));
    };
    let used = definition.used().len();
    if differs.missing.len() * 2 > used {
        let message = format!(
            "this does not look like {kind}: of the {used} columns of the nearest definition, \
             {name}, {} are missing ({}); give the data file of the publication, its header in the \
             first row",
            differs.missing.len(),
            quoted(differs.missing.iter().copied().take(6)),
        );
        return ("import.kind", message);
    }
    let message = format!(
        "the header is not that of {name}, the nearest definition: {}; if the publication has \
         changed, add a definition to models/published",
        differs.in_words()
    );
    ("import.header", message)
}

impl<'a> Sheet<'a> {
    /// Its rows.
    pub fn rows(&'a self) -> impl Iterator<Item = SheetRow<'a>> {
        self.rows.iter().map(|(number, cells)| SheetRow { sheet: self, number: *number, cells })
    }

    /// How many rows.
    pub fn len(&self) -> u64 {
        u64::try_from(self.rows.len()).unwrap_or(u64::MAX)
    }

    /// How many cells their publisher has hidden.
    pub fn hidden(&self) -> u64 {
        let suppression = &self.definition.suppression;
        let places: Vec<usize> =
            suppression.columns.iter().filter_map(|name| self.places.get(name)).copied().collect();
        let cells =
            self.rows.iter().flat_map(|(_, cells)| places.iter().filter_map(|at| cells.get(*at)));
        let hidden = cells.filter(|cell| suppression.marks.contains(cell)).count();
        u64::try_from(hidden).unwrap_or(u64::MAX)
    }
}

impl<'a> SheetRow<'a> {
    /// The text of a column of the header.
    pub fn column(&self, name: &str) -> &'a str {
        let place = self.sheet.places.get(name);
        place.and_then(|place| self.cells.get(*place)).map_or("", String::as_str)
    }

    fn header(&self, role: &str) -> &'a str {
        self.sheet.definition.columns.get(role).map_or("", String::as_str)
    }

    /// The text of the column that serves for `role`.
    pub fn text(&self, role: &str) -> &'a str {
        self.column(self.header(role))
    }

    /// A problem of this row, in a column of the header.
    pub fn problem(&self, name: &str, rule: &'static str, message: impl Into<String>) -> Problem {
        Problem::of_row(self.sheet.file, self.number, rule, message).in_column(&named(name))
    }

    /// A problem of this row, in the column that serves for `role`.
    pub fn problem_in(
        &self,
        role: &str,
        rule: &'static str,
        message: impl Into<String>,
    ) -> Problem {
        self.problem(self.header(role), rule, message)
    }

    /// The text of the column that serves for `role`, which may not be empty.
    pub fn needed(&self, role: &str, report: &mut Report) -> Option<&'a str> {
        let text = self.text(role);
        if text.is_empty() {
            let message = "the cell is empty; without it the row belongs to nothing";
            report.push(self.problem_in(role, "import.required", message));
            return None;
        }
        Some(text)
    }

    /// The figure in a column of the header; nothing, and a problem, where it is no number.
    pub fn figure_in(&self, name: &str, report: &mut Report) -> Option<Figure> {
        let text = self.column(name);
        let suppression = &self.sheet.definition.suppression;
        let may_hide = suppression.columns.iter().any(|column| column == name);
        if may_hide && suppression.marks.iter().any(|mark| mark == text) {
            return Some(Figure::Hidden);
        }
        if text.is_empty() || may_hide && suppression.absent.iter().any(|mark| mark == text) {
            return Some(Figure::Empty);
        }
        if let Some(number) = Decimal::parse(text) {
            return Some(Figure::Given(number));
        }
        let message = format!(
            "\"{}\" is not a number (digits with at most one point); if it is a mark for a hidden \
             figure, name it in the definition {}",
            named(text),
            self.sheet.name
        );
        report.push(self.problem(name, "import.number", message));
        None
    }

    /// The figure in the column that serves for `role`.
    pub fn figure(&self, role: &str, report: &mut Report) -> Option<Figure> {
        self.figure_in(self.header(role), report)
    }

    /// The number in a column of the header, which must be there.
    pub fn number_in(&self, name: &str, report: &mut Report) -> Option<Decimal> {
        match self.figure_in(name, report)? {
            Figure::Given(number) => Some(number),
            Figure::Hidden | Figure::Empty => {
                let message = "there is no figure; a total without it would be wrong";
                report.push(self.problem(name, "import.required", message));
                None
            }
        }
    }

    /// The number in the column that serves for `role`, which must be there.
    pub fn number(&self, role: &str, report: &mut Report) -> Option<Decimal> {
        self.number_in(self.header(role), report)
    }

    /// The financial year in the column that serves for `role`: `2024/25`, `2024-25` or `2024/2025`.
    pub fn year(&self, role: &str, report: &mut Report) -> Option<FinYear> {
        let definition = self.sheet.definition;
        let text = self.text(role);
        let parts = text.split_once(['/', '-']);
        let short = parts.and_then(|(start, end)| {
            let end = end.strip_prefix("20").filter(|rest| rest.len() == 2).unwrap_or(end);
            format!("{start}-{end}").parse::<FinYear>().ok()
        });
        let known: Vec<String> = definition.years.iter().map(ToString::to_string).collect();
        let message = match short {
            Some(year) if definition.years.contains(&year) => return Some(year),
            Some(year) => format!(
                "the definition {} knows {}, not {year}; add the year or a definition to \
                 models/published",
                self.sheet.name,
                known.join(", ")
            ),
            None => format!("\"{}\" is not a financial year such as 2024/25", named(text)),
        };
        report.push(self.problem_in(role, "import.year", message));
        None
    }
}
