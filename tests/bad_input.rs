//! One sentence and the right exit code for each slip; nothing is guessed.
#![expect(clippy::expect_used, reason = "a test that cannot be set up stops")]

use std::ffi::OsString;
use std::path::Path;
use tests::{copy_book, patch, root, valuebook};

struct Slip {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    code: i32,
    says: &'static str,
}

const fn slip(
    file: &'static str,
    from: &'static str,
    to: &'static str,
    code: i32,
    says: &'static str,
) -> Slip {
    Slip { file, from, to, code, says }
}

const SLIPS: [Slip; 19] = [
    slip("book/costs.csv", "cost_gbp", "cost_gpb", 1, "did you mean \"cost_gbp\"?"),
    slip("book/costs.csv", "10000000.00", "10000000.005", 1, "row 2, column cost_gbp"),
    slip("book/costs.csv", "10000000.00", "1e7", 1, "is not money"),
    slip("book/costs.csv", "10000000.00", "NaN", 1, "is not money"),
    slip("book/costs.csv", "A01,A,", "A01,AA,", 1, "is not among the services of A01"),
    slip("book/costs.csv", "A01,A,2024-25", "A01,A,2024/25", 1, "write it as 2024-25"),
    slip(
        "book/costs.csv",
        ",all,variable",
        ",943 476 5919,variable",
        1,
        "looks like an NHS number",
    ),
    slip("book/costs.csv", "currency_code", "nhs_number", 1, "personal or record-linking data"),
    slip("book/services.csv", "Acute follow-up", "=cmd()", 1, "a spreadsheet would run it"),
    slip(
        "book/outcomes.csv",
        "A01,A,2024-25,all",
        "A01,A,2024-25,S41 7TL",
        1,
        "looks like a postcode",
    ),
    slip(
        "book/staff_pools.csv",
        "nursing,nursing",
        "nursing,nursin",
        1,
        "did you mean \"nursing\"?",
    ),
    slip(
        "s.toml",
        "[budget]",
        "[budgett]",
        2,
        "there is no key \"budgett\"; did you mean \"budget\"?",
    ),
    slip("s.toml", "max_cut_pct = 20", "max_cut_pct = 120", 2, "max_cut_pct must be 0 to 100"),
    slip("s.toml", "base_year = \"2024-25\"", "base_year = \"2023-24\"", 1, "no rows for 2023-24"),
    slip("s.toml", "segments_per_side = 2", "years = 3", 2, "add growth.csv to the book"),
    slip("s.toml", "therapists", "therapist", 2, "did you mean \"therapists\"?"),
    slip(
        "s.toml",
        "[uncertainty]",
        "[[protect]]\nservice = \"A01/B\"\n[uncertainty]",
        2,
        "did you mean \"A01/A\"?",
    ),
    slip(
        "s.toml",
        "[uncertainty]",
        "[[floor]]\nkey = \"f\"\ntag = \"mhis\"\nmin_gbp = \"1.00\"\n[uncertainty]",
        2,
        "names nothing in the book",
    ),
    slip("s.toml", "25000000.00", "15000000.00", 3, "way 1"),
];

fn book(folder: &Path) {
    let golden = root().join("tests/golden/four-services");
    copy_book(&golden.join("book"), &folder.join("book")).expect("copies");
    std::fs::copy(golden.join("scenarios/case-2.toml"), folder.join("s.toml")).expect("copies");
}

fn solve(folder: &Path) -> tests::Ended {
    let arguments: [OsString; 4] = [
        "solve".into(),
        folder.join("book").into(),
        "--scenario".into(),
        folder.join("s.toml").into(),
    ];
    valuebook(arguments).expect("runs")
}

#[test]
fn each_slip_is_one_clear_sentence_with_its_exit_code() {
    for Slip { file, from, to, code, says } in SLIPS {
        let folder = tempfile::tempdir().expect("a folder");
        book(folder.path());
        patch(&folder.path().join(file), from, to).expect("patches");
        let ended = solve(folder.path());
        let said = format!("{}{}", ended.out, ended.err);
        assert_eq!(ended.code, code, "{from} → {to}: {said}");
        assert!(said.contains(says), "{from} → {to}: {said}");
        assert!(!said.contains("panicked") && !said.contains("943"), "{said}");
    }
}

#[test]
fn a_folder_without_a_book_and_files_that_are_not_there_cannot_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = valuebook([OsString::from("check"), folder.path().into()]).expect("runs");
    assert_eq!(empty.code, 2);
    assert!(empty.err.contains("holds no tables of a book"), "{}", empty.err);
    let absent = valuebook(["value", "/nowhere"]).expect("runs");
    assert_eq!(absent.code, 2);
    assert!(absent.err.contains("check the path"), "{}", absent.err);
    book(folder.path());
    let book = folder.path().join("book");
    std::fs::write(book.join("options.csv"), "option_id\n1\n").expect("writes");
    std::fs::write(book.join("cost.csv"), "x\n1\n").expect("writes");
    let checked = valuebook([OsString::from("check"), book.into()]).expect("runs");
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("the column option_name is missing; add it"), "{}", checked.out);
    assert!(checked.out.contains("did you mean \"costs\"?"), "{}", checked.out);
    assert_eq!(valuebook(["solve"]).expect("runs").code, 2);
}

#[test]
fn freshness_is_judged_on_a_day_that_exists() {
    let book = root().join("tests/golden/four-services/book");
    let check = |day: &str| {
        let arguments: [OsString; 4] =
            ["check".into(), book.clone().into(), "--today".into(), day.into()];
        valuebook(arguments).expect("runs")
    };
    let never = check("2025-02-31");
    assert_eq!(never.code, 2);
    assert!(never.err.contains("write a day"), "{}", never.err);
    let (fresh, stale) = (check("2025-04-30"), check("2025-05-02"));
    assert_eq!((fresh.code, stale.code), (0, 0));
    assert!(!fresh.out.contains("costs.stale"), "{}", fresh.out);
    assert!(stale.out.contains("32 days before 2025-05-02"), "{}", stale.out);
}
