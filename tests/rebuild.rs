//! Books made from published files by a recipe: the same bytes every time, exact to the penny, and
//! every mistake named with its file and row.
#![expect(clippy::expect_used, reason = "a test that cannot be set up stops")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tests::{Ended, copy_book, example, patch, root, valuebook};

fn fixture() -> PathBuf {
    root().join("tests/rebuild")
}

fn rebuild(recipe: &Path, data: &Path, out: &Path) -> Ended {
    let arguments: [OsString; 6] =
        ["rebuild".into(), recipe.into(), "--data".into(), data.into(), "--out".into(), out.into()];
    valuebook(arguments).expect("runs")
}

/// The tables and `SOURCES.csv` of a folder, by name.
fn tables(folder: &Path) -> BTreeMap<String, String> {
    let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a text"))
        })
        .collect()
}

/// Equal names first, then each text: a difference names its file.
fn assert_same(found: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) {
    let names = |tables: &BTreeMap<String, String>| tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(wanted));
    for (name, text) in found {
        let wanted = wanted.get(name).expect("the same names");
        let differ = text.lines().zip(wanted.lines()).position(|(found, wanted)| found != wanted);
        let line = differ.map(|at| (at + 1, text.lines().nth(at), wanted.lines().nth(at)));
        assert!(text == wanted, "{name} differs: {line:?}");
    }
}

/// A copy of the small recipe and its data.
fn copied() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy_book(&fixture(), folder.path()).expect("copied");
    folder
}

fn run(folder: &Path) -> Ended {
    rebuild(&folder.join("recipe"), &folder.join("data"), &folder.join("out"))
}

/// Changes one file of the small recipe; the exit code and the words that name the mistake follow.
fn refused(file: &str, from: &str, to: &str, code: i32, words: &[&str]) {
    let folder = copied();
    patch(&folder.path().join(file), from, to).expect("patched");
    let ended = run(folder.path());
    assert_eq!(ended.code, code, "{file}, {to}: {}", ended.err);
    for words in words {
        assert!(ended.err.contains(words), "{file}, {to}: {} lacks {words:?}", ended.err);
    }
    assert!(!folder.path().join("out").exists(), "{file}, {to}: something was written");
}

#[test]
fn a_small_recipe_gives_the_committed_bytes() {
    let folder = copied();
    let ended = run(folder.path());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(ended.out.contains("A hospital and its practices: £10354994.79"), "{}", ended.out);
    let (made, expected) = (folder.path().join("out"), fixture().join("expected"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        copy_book(&made, &expected).expect("written");
    }
    assert_same(&tables(&made), &tables(&expected));
}

#[test]
fn what_is_made_is_a_book_without_refusals() {
    let check = valuebook([OsString::from("check"), fixture().join("expected").into()]);
    let check = check.expect("runs");
    assert_eq!(check.code, 0, "{}", check.out);
}

#[test]
fn the_order_of_rows_and_columns_decides_nothing() {
    let folder = copied();
    for file in [
        "data/payments.csv",
        "data/national.csv",
        "data/currencies.csv",
        "recipe/lines.csv",
        "recipe/mix.csv",
    ] {
        let path = folder.path().join(file);
        let bytes = fs::read(&path).expect("a file");
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.expect("a row").iter().rev().map(str::to_owned).collect())
            .collect();
        let mut writer = csv::Writer::from_path(&path).expect("a file");
        for row in rows.iter().take(1).chain(rows.iter().skip(1).rev()) {
            writer.write_record(row).expect("written");
        }
        writer.flush().expect("written");
    }
    let ended = run(folder.path());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert_same(&tables(&folder.path().join("out")), &tables(&fixture().join("expected")));
}

#[test]
fn unknown_keys_columns_and_names_are_refused_with_the_nearest() {
    let recipe = "recipe/recipe.toml";
    refused(recipe, "base_year", "bas_year", 2, &["recipe.toml, row 3", "\"base_year\""]);
    refused(recipe, "kind = \"published\"", "kind = \"publishd\"", 2, &["\"published\""]);
    refused(recipe, "source = \"Totals", "kind = \"x\"\nsource = \"Totals", 2, &["\"x\""]);
    let figures = "recipe/figures/hospital.toml";
    refused(figures, "columns = [\"nurses\"]", "colums = [\"n\"]", 2, &["\"columns\""]);
    refused(figures, "[\"nurses\"]", "[\"nurse\"]", 1, &["hospital.toml", "\"nurses\""]);
    refused(figures, "file = \"totals\"", "file = \"total\"", 1, &["\"totals\""]);
    refused(figures, "\"AAA\"", "\"AAB\"", 1, &["code is \"AAB\"", "\"AAA\""]);
    refused(
        figures,
        "less = [\"wards\", \"home\"]",
        "less = [\"ward.C\"]",
        1,
        &["figure rest", "ward.C"],
    );
    refused(figures, "table = \"costs\"", "table = \"cost\"", 1, &["no table \"cost\"", "costs"]);
    refused(
        figures,
        "file = \"national\"",
        "file = \"national\", table = \"costs\"",
        1,
        &["file national has no kind"],
    );
    refused("recipe/lines.csv", "{ward.night}", "{ward.nights}", 1, &["row 4", "\"ward.night\""]);
    refused("recipe/lines.csv", "cost_basis", "basis", 1, &["cost_basis is missing", "\"basis\""]);
    refused("recipe/mix.csv", "plain,30", "plane,30", 1, &["mix.csv, row 3", "\"plain\""]);
    refused("recipe/mix.csv", "nursing,gp", "nursing,gps", 1, &["\"gps\""]);
    refused(
        "recipe/tables/funds.csv",
        "fund_spend.core",
        "fund_spend.cor",
        1,
        &["tables/funds.csv, row 2: column amount_gbp", "\"fund_spend.core\""],
    );
    refused("recipe/tables/services.csv", "{source:totals}", "{source:x}", 1, &["row 5", "\"x\""]);
}

#[test]
fn figures_that_cannot_be_right_are_refused() {
    let hospital = "recipe/figures/hospital.toml";
    refused(hospital, "less = [\"wards\", \"home\"]", "less = [\"rest\"]", 1, &["needs itself"]);
    refused(hospital, "night = \"123.25\"", "night = \"-1\"", 1, &["figure ward", "negative"]);
    refused(hospital, "over = \"chapter.A\"", "over = \"odd\"", 1, &["cannot be divided by odd"]);
    refused(
        hospital,
        "empty_is_nothing = true",
        "value = \"1\"",
        1,
        &["one of file, value and sum"],
    );
    refused(hospital, "by_letters = 1", "decimals = 0, over = \"odd\"", 1, &["figure chapter"]);
    let practices = "recipe/figures/practices.toml";
    refused(practices, "empty_is_nothing = true, ", "", 1, &["row 5, column Patients"]);
    refused(practices, "like = \"patients\"", "share = {}", 1, &["one of share and like"]);
    refused(practices, "odd = ", "wards = ", 1, &["wards is in figures/hospital.toml too"]);
    refused("data/payments.csv", "200000.02", "*", 1, &["row 3, column Core payments holds \"*\""]);
    refused("data/payments.csv", "200000.02", "2e5", 1, &["\"2e5\""]);
    refused("data/currencies.csv", "total_cost", "total", 1, &["currencies.csv", "total_cost"]);
    refused("data/currencies.csv", "32100.00", "lots", 1, &["currencies.csv, row 4"]);
    refused("data/payments.csv", "2100", "21,00", 1, &["payments.csv, row 3", "7 cells"]);
}

#[test]
fn a_pound_lost_or_counted_twice_is_refused() {
    let lines = "recipe/lines.csv";
    refused(lines, "{rest}", "{wards}", 1, &["lines of AAA cost £15153100.00", "£10000000"]);
    refused(lines, "{ward.night}", "0.005", 1, &["lines.csv, row 4", "whole pence"]);
    refused(lines, "ward,NIGHT", "ward,B", 1, &["there twice"]);
    refused(lines, "PRA,NONE,", "PRA,NUN,", 1, &["mix.csv has no row for PRA/NUN"]);
    refused(
        lines,
        ",derived,what is left of {source:totals}",
        ",derived,",
        1,
        &["row 7", "source"],
    );
    let recipe = "recipe/recipe.toml";
    refused(recipe, "50000.50", "500000", 1, &["the pay of AAA/MED is more than it costs, by £"]);
    refused(recipe, "wte = \"3.5\"", "wte = \"{ward}\"", 1, &["the pay of PRA/N1"]);
    refused("recipe/mix.csv", "PRA,N2,plain", "PRA,N1,plain", 1, &["mix.csv, row 7", "twice"]);
    refused("recipe/mix.csv", "33.3", "133.3", 1, &["mix.csv, row 2", "percentage"]);
    refused("recipe/profiles.csv", "drugs,variable,1", "drugs,variable,-1", 1, &["row 2"]);
}

#[test]
fn the_tables_made_are_checked_like_any_other() {
    let services = "recipe/tables/services.csv";
    refused(services, "Surgery,surgery", "=1+1,surgery", 1, &["services.csv, row"]);
    refused(services, "PRA,N2,", "PRA,N3,", 1, &["N2"]);
    refused("recipe/tables/providers.csv", "acute", "acutely", 1, &["providers.csv", "sector"]);
    refused("recipe/tables/funds.csv", "fund_spend.core", "share_of_n1", 1, &["funds.csv"]);
}

#[test]
fn files_that_are_not_there_are_named_with_where_they_come_from() {
    let folder = copied();
    fs::remove_file(folder.path().join("data/national.csv")).expect("removed");
    let ended = run(folder.path());
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("National costs 2024/25 of our own"), "{}", ended.err);
    fs::remove_file(folder.path().join("recipe/mix.csv")).expect("removed");
    let ended = run(folder.path());
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("mix.csv: it cannot be read"), "{}", ended.err);
}

#[test]
fn a_table_that_the_recipe_does_not_make_is_not_left_in_the_book() {
    let folder = copied();
    let out = folder.path().join("out");
    fs::create_dir_all(&out).expect("made");
    fs::write(out.join("equity.csv"), "provider_code\n").expect("written");
    let ended = run(folder.path());
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("equity.csv"), "{}", ended.err);
    assert_eq!(tables(&out).len(), 1, "something was written");
}

#[test]
fn the_example_is_what_its_recipe_makes_of_the_published_files() {
    let data = root().join("../shared/data");
    if !data.is_dir() {
        println!("skipped: ../shared/data is not beside the repository");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ended = rebuild(&example().join("recipe"), &data, folder.path());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert_same(&tables(folder.path()), &tables(&example()));
}

#[test]
fn every_row_of_the_example_has_a_source() {
    let tables = tables(&example());
    let sources = &tables["SOURCES.csv"];
    let known: Vec<(String, String)> = csv::Reader::from_reader(sources.as_bytes())
        .records()
        .map(|row| row.expect("a row"))
        .map(|row| (row[0].to_owned(), format!("{}/{}", &row[1], &row[2])))
        .collect();
    for (name, text) in tables.iter().filter(|(name, _)| *name != "SOURCES.csv") {
        let table = name.trim_end_matches(".csv");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().expect("a header").clone();
        let column = |wanted: &str| header.iter().position(|name| name == wanted);
        let (provider, service) = (column("provider_code"), column("service_code"));
        for row in reader.records().map(|row| row.expect("a row")) {
            let cell = |at: Option<usize>| at.map_or("", |at| &row[at]);
            let wanted = (table.to_owned(), format!("{}/{}", cell(provider), cell(service)));
            assert!(known.contains(&wanted), "{name}: {wanted:?} has no source");
        }
    }
}
