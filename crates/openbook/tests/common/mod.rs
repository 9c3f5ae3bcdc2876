//! What tests of the reader share: the definitions of the product, and a table checked from text.
#![expect(clippy::expect_used, reason = "a test that cannot be set up stops")]

use openbook::read::{self, TableRead};
use openbook::{CheckedTable, Report, Tables};
use std::fs;
use std::path::Path;

pub fn tables() -> Tables {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/uploads");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("models/uploads") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if name.ends_with(".toml") {
            files.push((name, fs::read_to_string(&path).expect("a text")));
        }
    }
    let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Tables::parse(texts).expect("definitions")
}

pub fn check(table: &str, csv: impl AsRef<[u8]>) -> (Option<CheckedTable>, Report) {
    let tables = tables();
    let mut report = Report::default();
    let definition = tables.get(table).expect("a table");
    let read = read::table(&tables, definition, csv.as_ref(), &mut report);
    (read.and_then(TableRead::accepted), report)
}

pub const COSTS: &str = "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
                     resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n";

pub fn costs(rows: &str) -> (Option<CheckedTable>, Report) {
    check("costs", format!("{COSTS}{rows}"))
}

pub fn rules(report: &Report) -> Vec<&'static str> {
    report.counts().keys().copied().collect()
}
