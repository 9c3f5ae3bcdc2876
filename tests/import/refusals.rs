//! What is not as it should be is refused by name, and nothing is guessed.

use crate::support::{FILES, fixture, import, published, refusal};
use openbook::published::{Kind, Published, Selection, SourceFile, quintiles};

fn refused(kind: Kind, bytes: &[u8]) -> Vec<(&'static str, String)> {
    refusal(import(kind, &[("file.csv", bytes)], &Selection::default()))
}

fn text(file: &str) -> String {
    let bytes = fixture(file);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(&bytes);
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// The cells of a small file.
fn cells(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records();
    rows.map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

fn written(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("a row");
    }
    writer.into_inner().expect("bytes")
}

#[test]
fn each_renamed_column_is_refused_by_both_its_names() {
    let published = published();
    for (kind, file) in FILES {
        let rows = cells(&text(file));
        let layout = rows[0].contains(&"measure_time".to_owned());
        let definition = published.of_kind(kind).map(|(_, it)| it);
        let definition = definition
            .into_iter()
            .find(|it| {
                kind != Kind::TalkingTherapies || (it.layout.as_deref() == Some("scores")) == layout
            })
            .expect("a definition");
        let used = definition.used();
        assert!(used.len() >= 4, "{file}");
        for name in used {
            let renamed = format!("{name} (revised)");
            let mut changed = rows.clone();
            let place = changed[0].iter().position(|it| it == name).expect("a column");
            changed[0][place].clone_from(&renamed);
            let found = refused(kind, &written(&changed));
            assert_eq!(found[0].0, "import.header", "{file} {name}: {found:?}");
            let short = |text: &str| text.chars().take(120).collect::<String>();
            let says = format!("a column is renamed: \"{}", short(&renamed));
            assert!(found[0].1.contains(&says), "{found:?}");
            assert!(found[0].1.contains(&format!("expected \"{}", short(name))), "{found:?}");
            assert!(found[0].1.contains("add a definition to models/published"), "{found:?}");
            // Taken out altogether it is missing, and a stranger in its place is new.
            let mut less = rows.clone();
            for row in &mut less {
                row.remove(place);
            }
            let found = refused(kind, &written(&less));
            assert!(found[0].1.contains(&format!("missing: \"{}", short(name))), "{found:?}");
        }
        let mut more = rows.clone();
        for (at, row) in more.iter_mut().enumerate() {
            row.push(if at == 0 { "zzz".to_owned() } else { "1".to_owned() });
        }
        let found = refused(kind, &written(&more));
        assert!(found[0].1.contains("new: \"zzz\""), "{found:?}");
    }
}

#[test]
fn each_kind_names_the_other() {
    for (kind, _) in FILES {
        for (other, file) in FILES.into_iter().filter(|(other, _)| *other != kind) {
            let found = refused(kind, &fixture(file));
            assert_eq!((found.len(), found[0].0), (1, "import.kind"), "{kind} {file}");
            assert!(found[0].1.contains(&format!("use `valuebook import {other}`")), "{found:?}");
        }
    }
}

#[test]
fn files_that_are_no_csv_or_hold_nothing() {
    let cases: [(&[u8], &str, &str); 9] = [
        (b"", "import.empty", "the file is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "import.empty", "the file is empty"),
        (b"PK\x03\x04rest of a workbook", "import.workbook", "save it as \"CSV UTF-8\""),
        (b"\xd0\xcf\x11\xe0old workbook", "import.workbook", "this is a workbook"),
        (b"<!doctype html><title>Not found</title>", "import.not_csv", "a page or a document"),
        (b"%PDF-1.7", "import.not_csv", "a page or a document"),
        (b"a,b,c\n1,2,3\n", "import.kind", "this does not look like workforce"),
        (b"Organisation code,Organisation name,Staff group,FTE\n", "import.empty", "no rows"),
        (
            b"Organisation code,Organisation name,Staff group,FTE\nRTG,Caf\xe9,Managers,1\n",
            "import.encoding",
            "not UTF-8",
        ),
    ];
    for (bytes, rule, says) in cases {
        let found = refused(Kind::Workforce, bytes);
        assert_eq!((found.len(), found[0].0), (1, rule), "{found:?}");
        assert!(found[0].1.starts_with("file.csv") && found[0].1.contains(says), "{found:?}");
    }
}

#[test]
fn a_file_cut_off_anywhere_in_its_last_row_never_passes_as_whole() {
    // Each of these has a row whose own figures prove it, or too few cells.
    for (kind, file) in [
        (Kind::NccSchedule, "ncc-schedule.csv"),
        (Kind::NccProvider, "ncc-provider.csv"),
        (Kind::GpPayments, "gp-payments.csv"),
        (Kind::TrustCost, "trust-cost.csv"),
    ] {
        let whole = text(file);
        let whole = whole.trim_end();
        let last = whole.rfind('\n').expect("rows") + 1;
        let comma = whole.rfind(',').expect("cells");
        for end in last + 1..comma {
            if whole.is_char_boundary(end) {
                let found = refused(kind, &whole.as_bytes()[..end]);
                assert!(found.iter().any(|(rule, _)| *rule == "import.truncated"), "{file} {end}");
            }
        }
    }
    let cut = text("ncc-schedule.csv").replace("0.135,0.135", "0.135,0.1");
    assert_eq!(refused(Kind::NccSchedule, cut.as_bytes())[0].0, "import.arithmetic");
}

struct Slip {
    kind: Kind,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    rule: &'static str,
    says: &'static str,
}

const fn slip(
    (kind, file): (Kind, &'static str),
    from: &'static str,
    to: &'static str,
    rule: &'static str,
    says: &'static str,
) -> Slip {
    Slip { kind, file, from, to, rule, says }
}

const SCHEDULE: (Kind, &str) = (Kind::NccSchedule, "ncc-schedule.csv");
const LINES: (Kind, &str) = (Kind::NccProvider, "ncc-provider.csv");
const TRUSTS: (Kind, &str) = (Kind::TrustCost, "trust-cost.csv");
const PROMS: (Kind, &str) = (Kind::Proms, "proms.csv");
const RATES: (Kind, &str) = (Kind::TalkingTherapies, "talking-therapies.csv");
const SCORES: (Kind, &str) = (Kind::TalkingTherapies, "talking-therapies-scores.csv");
const GP: (Kind, &str) = (Kind::GpPayments, "gp-payments.csv");
const STAFF: (Kind, &str) = (Kind::Workforce, "workforce.csv");
const PEOPLE: (Kind, &str) = (Kind::WeightedPopulation, "weighted-population.csv");

const SLIPS: [Slip; 27] = [
    slip(SCHEDULE, "62125.0\n", "62,125.0\n", "import.truncated", "row 2: the row has 7 cells"),
    slip(SCHEDULE, "62125.0\n", "£62125\n", "import.number", "row 2, column cost: \"£62125\""),
    slip(SCHEDULE, "62125.0\n", "6.2125e4\n", "import.number", "row 2, column cost"),
    slip(SCHEDULE, "62125.0\n", "*\n", "import.number", "name it in the definition ncc-schedule"),
    slip(SCHEDULE, "62125.0\n", "\n", "import.required", "row 2, column cost: there is no figure"),
    slip(
        SCHEDULE,
        ",02,",
        ",01,",
        "import.duplicate",
        "Ambulance, 01\" is there already, in row 2",
    ),
    slip(SCHEDULE, "62125.0\n", "62126.0\n", "import.arithmetic", "activity times unit cost"),
    slip(SCHEDULE, ",,,25", ",,5,25", "import.arithmetic", "stand together or not at all"),
    slip(LINES, "2024/25,101", "2030/31,101", "import.year", "knows 2023-24, 2024-25, not 2030-31"),
    slip(LINES, "2024/25,101", "2024,101", "import.year", "not a financial year such as 2024/25"),
    slip(LINES, "6161.01", "616.01", "import.arithmetic", "row 3, column total_cost"),
    slip(LINES, "RY8,QQ77", ",QQ77", "import.required", "row 5, column provider_code"),
    slip(LINES, "QQ77", "QQ 77", "code.malformed", "is not a code"),
    slip(TRUSTS, "98.01", "89.01", "import.arithmetic", "actual less expected"),
    slip(TRUSTS, "50.5,", "70.5,", "import.arithmetic", "the parts are more than"),
    slip(PROMS, "0.3,0.75,0.45", "0.3,0.85,0.45", "import.arithmetic", "the mean after less"),
    slip(
        PROMS,
        "Oxford Hip Score",
        "Oxford Toe Score",
        "import.code",
        "\"Oxford Toe Score\" is not in",
    ),
    slip(PROMS, "Total Hip Replacement", "Total Toe Replacement", "import.code", "Total Toe"),
    slip(
        PROMS,
        "Hip Replacement Primary,England",
        "Hip Replacement Primary,Wales",
        "import.code",
        "Wales",
    ),
    slip(
        RATES,
        ",53,2000",
        ",153,2000",
        "import.percent",
        "recovery_percentage: a percentage lies",
    ),
    slip(
        SCORES,
        "Couples Therapy for Depression",
        "Couples Therapy",
        "import.code",
        "\"Couples Therapy\" is not",
    ),
    slip(
        SCORES,
        ",count,,300.0",
        ",count,,943 476 5919",
        "import.number",
        "\"(not repeated)\" is not a number",
    ),
    slip(GP, "500000.25", "500000.26", "import.arithmetic", "stated; download it again"),
    slip(
        GP,
        "500000.25",
        "500000.255",
        "import.number",
        "column Global Sum: a payment has at most",
    ),
    slip(
        GP,
        "X00002",
        "X00001",
        "import.duplicate",
        "X00001, 2022-23\" is there already, in row 2",
    ),
    slip(STAFF, "Unknown", "Astronauts", "import.code", "the staff group \"Astronauts\""),
    slip(PEOPLE, "X00002", "X00001", "import.duplicate", "would count twice"),
];

#[test]
fn each_slip_is_named_with_its_row_and_column() {
    for slip in &SLIPS {
        let whole = text(slip.file);
        assert!(whole.contains(slip.from), "{} has no {}", slip.file, slip.from);
        let found = refused(slip.kind, whole.replacen(slip.from, slip.to, 1).as_bytes());
        let named = found.iter().any(|(rule, it)| *rule == slip.rule && it.contains(slip.says));
        assert!(named, "{} {} -> {}: {found:?}", slip.file, slip.from, slip.to);
        assert!(found.iter().all(|(_, it)| !it.contains("943")), "{found:?}");
    }
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let bad = text("workforce.csv").replace("100.25", "x").replace("0.7\n", "y\n");
    let found = refused(Kind::Workforce, bad.as_bytes());
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].1.contains("row 2") && found[1].1.contains("row 6"), "{found:?}");
}

#[test]
fn a_header_that_is_really_a_person_is_not_repeated() {
    let found = refused(Kind::Workforce, b"RTG,9434765919,S41 7TL,1.0\nRTG,b,c,2.0\n");
    assert!(!found[0].1.contains("943") && !found[0].1.contains("S41"), "{found:?}");
    let with = text("workforce.csv").replacen("FTE", "FTE,9434765919", 1);
    let found = refused(Kind::Workforce, with.as_bytes());
    assert!(found[0].1.contains("(not repeated)") && !found[0].1.contains("943"), "{found:?}");
}

#[test]
fn a_selection_that_leaves_nothing_is_a_slip() {
    let select = |selection: Selection, file: &str, kind: Kind| {
        refusal(import(kind, &[("file.csv", &fixture(file))], &selection))
    };
    let provider = Selection { providers: ["XA2".to_owned()].into(), ..Selection::default() };
    let found = select(provider, "proms.csv", Kind::Proms);
    assert!(
        found[0].1.contains("no row is of the provider \"XA2\"; did you mean \"XA1\"?"),
        "{found:?}"
    );
    let year = Selection { year: "2019-20".parse().ok(), ..Selection::default() };
    let found = select(year.clone(), "proms.csv", Kind::Proms);
    assert!(found[0].1.contains("no definition of proms for 2019-20"), "{found:?}");
    assert!(found[0].1.contains("add proms-2019-20.toml to models/published"), "{found:?}");
    let icb = Selection { icb: Some("QX9".to_owned()), ..Selection::default() };
    let found = select(icb.clone(), "talking-therapies.csv", Kind::TalkingTherapies);
    assert!(
        found[0].1.contains("no row is of the board \"QX9\"; did you mean \"QX1\"?"),
        "{found:?}"
    );
    let found = select(icb, "workforce.csv", Kind::Workforce);
    assert!(found[0].1.contains("names no boards"), "{found:?}");
    let both = Selection { year: "2023-24".parse().ok(), ..crate::support::of(&["XA1"]) };
    let found = select(both, "ncc-provider.csv", Kind::NccProvider);
    assert_eq!(found[0].0, "import.nothing_left", "{found:?}");
}

#[test]
fn two_years_with_one_header_need_the_year() {
    let definition = |name: &str| {
        std::fs::read_to_string(tests::root().join("models/published").join(name)).expect("a text")
    };
    let one = definition("workforce-2018-06.toml");
    let two = one.replace("year = \"2018-19\"", "year = \"2019-20\"");
    let both = Published::parse([("a.toml", one.as_str()), ("b.toml", two.as_str())]);
    let both = both.expect("two definitions");
    let bytes = fixture("workforce.csv");
    let file = [SourceFile { name: "w.csv", bytes: &bytes }];
    let tables = crate::support::tables();
    let found = refusal(both.import(&tables, Kind::Workforce, &file, &Selection::default()));
    assert!(
        found[0].1.contains("2018-19 and 2019-20") && found[0].1.contains("--year"),
        "{found:?}"
    );
    let later = Selection { year: "2019-20".parse().ok(), ..Selection::default() };
    let found = both.import(&tables, Kind::Workforce, &file, &later).expect("imported");
    assert_eq!(found.definitions["w.csv"], "b");
    assert!(crate::support::csv(&found, "workforce").contains("RTG,ALL,2019-20,nursing,150.75,"));
}

#[test]
fn definitions_refuse_what_they_do_not_know() {
    let whole = |file: &str| {
        std::fs::read_to_string(tests::root().join("models/published").join(file)).expect("a text")
    };
    let staff = whole("workforce-2018-06.toml");
    let gp = whole("gp-payments-2022-23.toml");
    let cases = [
        (staff.replacen("publisher", "publischer", 1), "unknown field `publischer`"),
        (staff.replacen("kind = \"workforce\"", "kind = \"workfarce\"", 1), "workfarce"),
        (staff.replacen("wte = \"FTE\"\n", "", 1), "[columns] lacks wte"),
        (staff.replacen("wte = ", "wte = \"FTE\"\nwtf = ", 1), "[columns] does not know wtf"),
        (
            staff.replacen("decided_on = \"2026-11-23\"", "decided_on = \"2026-13-23\"", 1),
            "is no day",
        ),
        (staff.replacen("year = \"2018-19\"", "year = \"2018\"", 1), "not a financial year"),
        (staff.replacen("[staff_groups]", "[cohorts]", 1), "[staff_groups] is missing"),
        (staff.replacen("[columns]", "ignored = [\"FTE\"]\n[columns]", 1), "both read and ignored"),
        (gp.replacen("    \"core\",\n", "    \"cord\",\n", 1), "adds up an unknown cord"),
        (staff.replacen("kind =", "layout = \"long\"\nkind =", 1), "no layout \"long\""),
    ];
    for (text, says) in cases {
        let error = Published::parse([("x.toml", text.as_str())]).err().expect("a refusal");
        let error = error.to_string();
        assert!(error.starts_with("models/published/x.toml: ") && error.contains(says), "{error}");
    }
    assert!(Published::parse([]).is_err());
}

#[test]
fn the_list_of_quintiles_is_checked_too() {
    let read = |text: &str| quintiles(&SourceFile { name: "q.csv", bytes: text.as_bytes() });
    let good = read("imd_quintile,practice_code,note\n1,X00001,\n5,X00002,far\n").expect("read");
    assert_eq!(
        good.into_iter().collect::<Vec<_>>(),
        [("X00001".to_owned(), 1), ("X00002".to_owned(), 5)]
    );
    for (text, rows) in [
        ("practice,quintile\nX00001,1\n", vec![1]),
        (
            "practice_code,imd_quintile\nX00001,6\n,2\nX00002,\nX00003,1\nX00003,1\n",
            vec![2, 3, 4, 6],
        ),
        ("", vec![1]),
    ] {
        let report = read(text).err().expect("a refusal");
        let found: Vec<_> = report.problems().iter().filter_map(|it| it.row).collect();
        assert_eq!(found, rows, "{text}");
    }
}
