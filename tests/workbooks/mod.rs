//! What the tests of workbooks share.

pub mod container;
pub mod made;
pub mod run;

use made::{Made, rows};

/// The published four services as a workbook.
pub fn four_services() -> Made {
    let folder = tests::root().join("tests/golden/four-services/book");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the book")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let sheets: Vec<(String, String)> = files
        .iter()
        .map(|path| {
            let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            (name.to_owned(), rows(&std::fs::read_to_string(path).expect("a table")))
        })
        .collect();
    let sheets: Vec<(&str, String)> =
        sheets.iter().map(|(name, rows)| (name.as_str(), rows.clone())).collect();
    Made::of(&sheets)
}

/// The part of a table's sheet in [`four_services`], whose sheets are in the order of their names.
pub fn part_of(table: &str) -> String {
    let names = [
        "costs",
        "elasticities",
        "ledger",
        "outcomes",
        "providers",
        "services",
        "staff_pools",
        "workforce",
    ];
    made::sheet_part(1 + names.iter().position(|name| *name == table).expect("a table"))
}
