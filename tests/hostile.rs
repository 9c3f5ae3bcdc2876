//! Files made to break the reader: each is refused by its rule, with exit code 1, in little memory;
//! none makes it panic, abort or hang.
#![expect(clippy::expect_used, reason = "a test that cannot be set up stops")]

#[path = "hostile/big.rs"]
mod big;
#[path = "hostile/corpus.rs"]
mod corpus;
#[path = "hostile/run.rs"]
mod run;

use corpus::{GOOD, HEADER, Hostile, SECRET};
use run::{Checked, check};
use std::fs;
use std::path::Path;

/// The most memory beyond what the check of a sound row takes, in kB.
const MOST_GROWTH_KB: u64 = 128 * 1024;

/// What the check of one sound row takes.
fn ground(folder: &Path) -> u64 {
    let file = folder.join("ground.csv");
    fs::write(&file, corpus::good()).expect("writes");
    let checked = check(&file, "costs", None).expect("runs");
    assert_eq!(checked.code, 0, "{}", checked.said);
    checked.peak_kb
}

/// What holds of every refused file.
fn is_refused(name: &str, checked: &Checked, rule: &str, says: &str, ground: u64) {
    let said = &checked.said;
    let short: String = said.chars().take(3_000).collect();
    assert_eq!(checked.code, 1, "{name}: {short}");
    assert!(!said.contains("panicked"), "{name}: {short}");
    assert_eq!(checked.json.get("accepted"), Some(&false.into()), "{name}: {short}");
    assert!(checked.count(rule) > 0, "{name}, {rule}: {short}");
    let says = says.replace('"', "\\\"");
    assert!(said.contains(&says), "{name}, {says}: {short}");
    let growth = checked.peak_kb.saturating_sub(ground);
    assert!(growth <= MOST_GROWTH_KB, "{name}: {growth} kB");
}

fn all_are_refused(files: Vec<Hostile>) {
    let folder = tempfile::tempdir().expect("a folder");
    let ground = ground(folder.path());
    for Hostile { name, bytes, rule, says } in files {
        let file = folder.path().join("hostile.csv");
        fs::write(&file, bytes).expect("writes");
        let checked = check(&file, "costs", None).expect(name);
        is_refused(name, &checked, rule, says, ground);
    }
}

#[test]
fn what_is_not_csv_in_utf8_is_refused() {
    all_are_refused(corpus::encodings());
}

#[test]
fn what_has_another_shape_is_refused() {
    all_are_refused(corpus::shapes());
}

#[test]
fn one_bad_cell_is_refused() {
    all_are_refused(corpus::cells());
}

#[test]
fn personal_data_is_refused_and_repeated_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let ground = ground(folder.path());
    for Hostile { name, bytes, rule, says } in corpus::personal() {
        let file = folder.path().join("hostile.csv");
        let bad_rows = folder.path().join("bad.csv");
        fs::write(&file, bytes).expect("writes");
        let checked = check(&file, "costs", Some(&bad_rows)).expect(name);
        is_refused(name, &checked, rule, says, ground);
        for secret in [SECRET, "Jane", "9434765919", "943 476", "3NE", "3ne", "1956", "10:30"] {
            assert!(!checked.said.contains(secret), "{name}: {}", checked.said);
        }
        assert!(!bad_rows.exists(), "{name}");
        assert_eq!(
            checked.json.pointer("/totals/cost_gbp"),
            Some(&"0.00".into()),
            "{name}: nothing that was read is added up"
        );
    }
}

#[test]
fn odd_files_that_hold_nothing_wrong_are_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in corpus::accepted() {
        let file = folder.path().join("odd.csv");
        fs::write(&file, bytes).expect("writes");
        let checked = check(&file, "costs", None).expect(name);
        assert_eq!(checked.code, 0, "{name}: {}", checked.said);
    }
}

#[test]
fn great_files_are_refused_in_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let ground = ground(folder.path());
    for great in big::great() {
        let file = folder.path().join("great.csv");
        great.write(&file).expect("writes");
        let checked = check(&file, "costs", None).expect(great.name);
        is_refused(great.name, &checked, great.rule, great.says, ground);
        fs::remove_file(&file).expect("removes");
    }
}

#[test]
fn of_ten_thousand_and_one_problems_a_thousand_are_told_and_all_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("many.csv");
    let bad_rows = folder.path().join("bad.csv");
    let bad = GOOD.replace("12.50", "12.505");
    fs::write(&file, format!("{HEADER}{GOOD}{}", bad.repeat(10_001))).expect("writes");
    let checked = check(&file, "costs", Some(&bad_rows)).expect("runs");
    assert_eq!((checked.code, checked.count("money.decimals")), (1, 10_001));
    let told = checked.json.pointer("/problems").and_then(|problems| problems.as_array());
    assert_eq!(told.map(Vec::len), Some(1_000));
    let bad_rows = fs::read_to_string(&bad_rows).expect("bad rows");
    assert_eq!(bad_rows.lines().count(), 1_001);
    let first = bad_rows.lines().nth(1).unwrap_or_default();
    assert!(
        first.starts_with("RTG,110,") && first.contains(",3,money.decimals,refuse,"),
        "{first}"
    );
}

#[test]
fn tables_that_are_not_added_up_refuse_equal_keys_and_percentages() {
    let folder = tempfile::tempdir().expect("a folder");
    let ground = ground(folder.path());
    let cases = [
        (
            "ledger",
            "provider_code,fin_year,line,amount_gbp\nRTG,2024-25,adjustment,1\nRTG,2024-25,adjustment,2\n",
            "key.duplicate",
            "row 2 has the same",
        ),
        (
            "equity",
            "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5\nRTG,110,20,20,20,20,20\n",
            "share.percent",
            "divide the column by 100",
        ),
        (
            "services",
            "provider_code,service_code,service_name,programme,setting\nRTG,110,=HYPERLINK(1),x,y\n",
            "text.formula",
            "a spreadsheet would run it",
        ),
    ];
    for (table, csv, rule, says) in cases {
        let file = folder.path().join("table.csv");
        fs::write(&file, csv).expect("writes");
        is_refused(table, &check(&file, table, None).expect("runs"), rule, says, ground);
    }
}
