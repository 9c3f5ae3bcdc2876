//! Definitions from `models/`, small files from `tests/import`, real ones from beside the repository.

use openbook::published::{Imported, Kind, Published, Selection, SourceFile};
use openbook::{Report, Tables};
use std::fs;
use std::path::PathBuf;
use tests::root;

fn definitions(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in root().join("models").join(folder).read_dir().expect("a folder of models") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if name.ends_with(".toml") {
            files.push((name, fs::read_to_string(&path).expect("a text")));
        }
    }
    files
}

pub fn tables() -> Tables {
    let files = definitions("uploads");
    let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Tables::parse(texts).expect("the tables of the book")
}

pub fn published() -> Published {
    let files = definitions("published");
    let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Published::parse(texts).expect("the definitions of published files")
}

/// Imports texts as files of these names.
pub fn import(
    kind: Kind,
    files: &[(&str, &[u8])],
    selection: &Selection,
) -> Result<Imported, Report> {
    let files: Vec<SourceFile<'_>> =
        files.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    published().import(&tables(), kind, &files, selection)
}

/// A small file of our own of every kind and shape.
pub const FILES: [(Kind, &str); 9] = [
    (Kind::NccSchedule, "ncc-schedule.csv"),
    (Kind::NccProvider, "ncc-provider.csv"),
    (Kind::TrustCost, "trust-cost.csv"),
    (Kind::Proms, "proms.csv"),
    (Kind::TalkingTherapies, "talking-therapies.csv"),
    (Kind::TalkingTherapies, "talking-therapies-scores.csv"),
    (Kind::GpPayments, "gp-payments.csv"),
    (Kind::Workforce, "workforce.csv"),
    (Kind::WeightedPopulation, "weighted-population.csv"),
];

/// Where one of them lies.
pub fn path(name: &str) -> PathBuf {
    root().join("tests/import/files").join(name)
}

/// What is in one of them.
pub fn fixture(name: &str) -> Vec<u8> {
    fs::read(path(name)).expect("a file of tests/import/files")
}

/// A real file, or nothing (and a word) where the data is not beside the repository.
pub fn real(name: &str) -> Option<Vec<u8>> {
    let path: PathBuf = root().join("../shared/data").join(name);
    let bytes = fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: ../shared/data/{name} is not beside the repository");
    }
    bytes
}

/// The canonical CSV of a table.
pub fn csv(imported: &Imported, table: &str) -> String {
    let table = imported.tables.get(table).expect("a table of that name");
    String::from_utf8(table.canonical_csv().expect("bytes")).expect("text")
}

/// The total of that name: in the source, in the book.
pub fn total(imported: &Imported, what: &str) -> (String, String) {
    let found = imported.totals.iter().find(|total| total.what == what);
    let found = found.unwrap_or_else(|| panic!("no total {what:?} in {:?}", imported.totals));
    (found.in_source.to_string(), found.in_book.to_string())
}

/// The rules of a refusal, each with its first sentence.
pub fn refusal(result: Result<Imported, Report>) -> Vec<(&'static str, String)> {
    let report = result.err().expect("a refusal");
    report.problems().iter().map(|it| (it.rule, openbook::published::sentence(it))).collect()
}

/// Only these providers.
pub fn of(providers: &[&str]) -> Selection {
    let providers = providers.iter().map(|&code| code.to_owned()).collect();
    Selection { providers, ..Selection::default() }
}

/// A file beside the tables.
pub fn beside(imported: &Imported, name: &str) -> String {
    String::from_utf8(imported.beside.get(name).expect("a file of that name").clone())
        .expect("text")
}
