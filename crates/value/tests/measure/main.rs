//! The check values of the specification, and what must hold of any book.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

mod benchmark;
mod equity;
mod need;
mod outcome;
mod uncertainty;

use openbook::{Book, CheckedTable, Report, Tables, read};
use quantities::FinYear;
use std::fs;
use std::path::{Path, PathBuf};
use value::parameters::YearParameters;
use value::{Instruments, Parameters, ValueOptions, ValueTable};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

fn text(path: &str) -> String {
    fs::read_to_string(models().join(path)).expect("a file of models")
}

fn year() -> FinYear {
    "2024-25".parse().expect("a year")
}

fn instruments() -> Instruments {
    let [sets, mappings, measures, unit_costs] =
        ["value_sets", "mappings", "measures", "unit_costs"]
            .map(|name| text(&format!("value/{name}.toml")));
    Instruments::parse(&sets, &mappings, &measures, &unit_costs).expect("instruments")
}

fn parameters() -> YearParameters {
    let all = Parameters::parse(&text("parameters/national.toml")).expect("parameters");
    all.for_year(year()).expect("the year's")
}

fn tables() -> Tables {
    let mut files = Vec::new();
    for entry in fs::read_dir(models().join("uploads")).expect("uploads") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if name.ends_with(".toml") {
            files.push((name, fs::read_to_string(&path).expect("a text")));
        }
    }
    Tables::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("tables")
}

/// A book of the tables given.
fn book(parts: &[(&str, String)]) -> Book {
    let tables = tables();
    let mut report = Report::default();
    let read: Vec<CheckedTable> = parts
        .iter()
        .map(|(name, csv)| {
            let definition = tables.get(name).expect("a table");
            read::accepted(&tables, definition, csv.as_bytes(), &mut report)
                .unwrap_or_else(|| panic!("{name}: {:?}", report.problems()))
        })
        .collect();
    Book::assemble(read, &mut report).unwrap_or_else(|| panic!("{:?}", report.problems()))
}

/// The example book.
fn example() -> Book {
    let folder = models().join("examples/derby-and-derbyshire");
    let (book, report) = openbook::folder::read(&tables(), &folder).expect("a folder");
    book.unwrap_or_else(|| panic!("{:?}", report.problems()))
}

fn value(book: &Book) -> ValueTable {
    let options = ValueOptions { draws: 0, ..ValueOptions::plain(year()) };
    ValueTable::of(book, &instruments(), &parameters(), &options).expect("a value table")
}

const SERVICES: &str = "provider_code,service_code,service_name,programme,setting\n";
const COSTS: &str = "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
                     resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n";
const OUTCOMES: &str = "provider_code,service_code,fin_year,measure,patients,gain_mean,\
                        evidence_grade,spend_share,source\n";

fn near(found: f64, wanted: f64, off: f64) {
    assert!((found - wanted).abs() <= off, "{found} is not {wanted}");
}
