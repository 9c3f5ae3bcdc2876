//! An import added to a folder that already holds tables: nothing is overwritten, nothing counts
//! twice.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{checked, csv_of};
use super::{Imported, Note};
use crate::problem::{Problem, Report};
use crate::{TableDefinition, Tables};

/// The files of a folder after an import, by name without ending.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    /// Each file's whole content.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was kept as it was.
    pub notes: Vec<Note>,
}

type Rows = Vec<Vec<String>>;

impl Imported {
    /// What a folder holds after this import, given the CSV files it holds now (by name without
    /// ending). A row that is there already is kept once; a provider or service line described
    /// otherwise stays as it was.
    ///
    /// # Errors
    /// When a figure is there already with another value, the costs of a provider and year are
    /// there from another source, or a file in the folder is not what it should be.
    pub fn joined(
        &self,
        tables: &Tables,
        existing: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Joined, Report> {
        let mut report = Report::default();
        let mut joined = Joined::default();
        for (name, table) in &self.tables {
            let Ok(new) = table.canonical_csv() else {
                report.push(unwritten(name));
                continue;
            };
            let file = match (existing.get(name), tables.get(name)) {
                (Some(old), Some(definition)) => {
                    join(tables, definition, old, &new, &mut joined.notes, &mut report)
                }
                _ => Some(new),
            };
            joined.files.extend(file.map(|file| (name.clone(), file)));
        }
        let sources = self.sources_csv().map_err(|_| {
            let mut report = Report::default();
            report.push(unwritten("SOURCES"));
            report
        })?;
        let beside = self.beside.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        for (name, new) in beside.chain([("SOURCES", sources.as_slice())]) {
            let file = match existing.get(name) {
                Some(old) => both(name, old, new, &mut report),
                None => Some(new.to_vec()),
            };
            joined.files.extend(file.map(|file| (name.to_owned(), file)));
        }
        if report.accepted() { Ok(joined) } else { Err(report) }
    }
}

fn unwritten(name: &str) -> Problem {
    Problem::of_file(&format!("{name}.csv"), "import.unwritten", "the file cannot be made")
}

fn rows_of(bytes: &[u8]) -> Option<(Vec<String>, Rows)> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let mut rows: Rows = Vec::new();
    for record in reader.records() {
        rows.push(record.ok()?.iter().map(str::to_owned).collect());
    }
    (!rows.is_empty()).then(|| (rows.remove(0), rows))
}

/// A list for people: the rows of both, each once.
fn both(name: &str, old: &[u8], new: &[u8], report: &mut Report) -> Option<Vec<u8>> {
    let (Some((head, old)), Some((new_head, new))) = (rows_of(old), rows_of(new)) else {
        report.push(other_columns(name));
        return None;
    };
    if head != new_head {
        report.push(other_columns(name));
        return None;
    }
    let rows: BTreeSet<Vec<String>> = old.into_iter().chain(new).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    csv_of(&head, rows).ok()
}

fn other_columns(name: &str) -> Problem {
    let message = "the file in the folder has other columns; import into another folder";
    Problem::of_file(&format!("{name}.csv"), "import.folder", message)
}

fn join(
    tables: &Tables,
    definition: &TableDefinition,
    old: &[u8],
    new: &[u8],
    notes: &mut Vec<Note>,
    report: &mut Report,
) -> Option<Vec<u8>> {
    let name = &definition.name;
    let mut found = Report::default();
    let old = crate::read::table(tables, definition, old, &mut found);
    let old = old.and_then(|table| table.canonical_csv().ok());
    let (Some((_, mut rows)), Some((_, new))) = (old.and_then(|it| rows_of(&it)), rows_of(new))
    else {
        let first = found.problems().first().map(Problem::sentence).unwrap_or_default();
        let message = format!("the table in the folder is not accepted ({first}); mend it first");
        report.push(Problem::of_file(&format!("{name}.csv"), "import.folder", message));
        return None;
    };
    if name == "costs" {
        counted_twice(&rows, &new, report);
    }
    let keys: Vec<usize> =
        definition.columns.iter().enumerate().filter(|(_, it)| it.key).map(|(at, _)| at).collect();
    let key = |row: &[String]| -> Vec<String> {
        keys.iter().filter_map(|at| row.get(*at)).cloned().collect()
    };
    let there: BTreeMap<Vec<String>, Vec<String>> =
        rows.iter().map(|row| (key(row), row.clone())).collect();
    let mut kept = Vec::new();
    for row in new {
        match there.get(&key(&row)) {
            None => rows.push(row),
            Some(same) if *same == row => {}
            Some(_) if name == "providers" || name == "services" => kept.push(key(&row).join("/")),
            Some(_) => {
                let message = format!(
                    "the folder holds another figure for {}; import into another folder, or take \
                     that row out",
                    key(&row).join(", ")
                );
                report.push(Problem::of_file(&format!("{name}.csv"), "import.twice", message));
            }
        }
    }
    if !kept.is_empty() {
        let message = format!(
            "{name}.csv describes {} otherwise; its rows stay as they were",
            kept.join(", ")
        );
        notes.push(Note { code: "import.kept", message });
    }
    let cells: Vec<BTreeMap<String, String>> = rows
        .into_iter()
        .map(|row| definition.columns.iter().map(|it| it.name.clone()).zip(row).collect())
        .collect();
    checked(tables, name, &cells, report)?.canonical_csv().ok()
}

/// The costs of a provider and year come from one source: trust totals and currency lines of the
/// same trust would count twice.
fn counted_twice(old: &Rows, new: &Rows, report: &mut Report) {
    let by_provider = |rows: &Rows| {
        let mut found: BTreeMap<(String, String), BTreeSet<Vec<String>>> = BTreeMap::new();
        for row in rows {
            if let (Some(provider), Some(year)) = (row.first(), row.get(2)) {
                let key = (provider.clone(), year.clone());
                found.entry(key).or_default().insert(row.clone());
            }
        }
        found
    };
    let (old, new) = (by_provider(old), by_provider(new));
    for ((provider, year), rows) in new {
        let there = old.get(&(provider.clone(), year.clone()));
        if there.is_some_and(|there| *there != rows) {
            let message = format!(
                "the folder holds costs of {provider} in {year} from elsewhere; together they would \
                 count twice: import into another folder, or leave {provider} out"
            );
            report.push(Problem::of_file("costs.csv", "import.twice", message));
        }
    }
}
