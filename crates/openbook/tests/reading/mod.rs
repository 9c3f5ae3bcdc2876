//! How a file is read: whole or in part, in any order and spelling, followed, and told what it is.

use openbook::personal::has_nhs_number;
use openbook::read::{self, Progress, TableRead};
use openbook::{Report, Severity};
use proptest::prelude::*;
use quantities::{Activity, Pence};
use std::path::Path;

use crate::common::{COSTS, check, costs, rules, tables};

fn read(table: &str, csv: impl AsRef<[u8]>) -> (Option<TableRead>, Report) {
    let tables = tables();
    let mut report = Report::default();
    let definition = tables.get(table).expect("a table");
    (read::table(&tables, definition, csv.as_ref(), &mut report), report)
}

#[test]
fn sound_rows_are_kept_apart_from_refused_ones() {
    let (read, report) = read(
        "costs",
        format!(
            "{COSTS}RTG,110,2024-25,0,OP,W,medical,variable,1,1.00,plics,2025-03-31\n\
             RTG,110,2024-25,0,OP,W,medical,variable,1,1.005,plics,2025-03-31\n\
             RTG,110,2024-25,0,OP,W,medical,variable,1,2.00,plics,2025-03-31\n\
             RTG,120,2024-25,0,OP,W,medical,variable,1,4.00,plics,soon\n"
        ),
    );
    let read = read.expect("rows");
    assert!(!read.is_whole() && !report.accepted());
    let sound = read.sound();
    assert_eq!((sound.len(), sound.total("cost_gbp")), (1, Some(Pence::new(300))));
    assert!(read.accepted().is_none());
}

#[test]
fn nothing_is_sound_where_a_column_is_missing_and_nothing_comes_back_without_a_header() {
    let row = "RTG,110,2024-25,0,OP,W,medical,variable,1,plics,2025-03-31\n";
    let (part, _) = read("costs", format!("{}{row}", COSTS.replace("cost_gbp,", "")));
    assert!(part.is_some_and(|part| part.sound().is_empty() && !part.is_whole()));
    for csv in ["", "a,b\n1,2\n", "\u{feff}", "9434765919,x\n"] {
        assert!(read("costs", csv).0.is_none(), "{csv}");
    }
}

#[test]
fn nothing_of_a_file_with_personal_data_is_shown_or_sound() {
    let (part, report) = read(
        "costs",
        format!(
            "{COSTS}RTG,110,2024-25,0,OP,W,medical,variable,1,John Smith,plics,2025-03-31\n\
             RTG,943 476 5919,2024-25,0,OP,W,medical,variable,1,1.00,plics,2025-03-31\n"
        ),
    );
    assert!(part.is_none() && report.personal());
    assert_eq!(rules(&report), ["money.malformed", "personal.nhs_number"]);
    let told = format!("{report:?}");
    assert!(!told.contains("Smith") && !told.contains("943"), "{told}");
    // Nor of a row with a cell too many, of a column that nobody knows, or of a header in figures.
    for csv in [
        format!(
            "{COSTS}RTG,110,2024-25,0,OP,W,medical,variable,1,1.00,plics,2025-03-31,DE22 3NE\n"
        ),
        format!(
            "who,{COSTS}9434765919,RTG,110,2024-25,0,OP,W,x,variable,1,1.00,plics,2025-03-31\n"
        ),
        "RTG,9434765919,2024-25\n".to_owned(),
    ] {
        let (part, report) = read("costs", &csv);
        assert!(part.is_none() && report.personal(), "{csv}");
        let told = format!("{report:?}");
        assert!(!told.contains("DE22") && !told.contains("943"), "{told}");
    }
}

#[test]
fn what_a_file_is_instead_is_named() {
    let good = "RTG,110,2024-25,0,OP,W,medical,variable,1,1.00,plics,2025-03-31";
    let wide: Vec<u8> = COSTS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&[u8], &str, &str); 9] = [
        (b"PK\x03\x04rest", "file.not_csv", "an Excel workbook or a zip file"),
        (b"%PDF-1.7", "file.not_csv", "a PDF document"),
        (b"<!DOCTYPE html><html>", "file.not_csv", "a web page"),
        (&wide, "file.encoding", "UTF-16 without its mark"),
        (b"\xFF\xFE\0\0x\0\0\0", "file.encoding", "UTF-32"),
        (&COSTS.replace(',', ";").into_bytes(), "file.separator", "semicolons"),
        (&COSTS.replace(',', "\t").into_bytes(), "file.separator", "tabs"),
        (
            &format!("Costs of the Trust\n,,\n{COSTS}{good}\n").into_bytes(),
            "header.not_first",
            "row 3",
        ),
        (&format!("{good}\n{good}\n").into_bytes(), "header.absent", "put the names above"),
    ];
    for (bytes, rule, says) in cases {
        let (none, report) = check("costs", bytes);
        assert!(none.is_none());
        assert_eq!(rules(&report), [rule]);
        assert!(report.problems().iter().any(|it| it.message.contains(says)), "{report:?}");
    }
}

#[test]
fn a_quote_that_is_never_closed_is_refused_with_its_row() {
    let good = "RTG,110,2024-25,0,OP,W,medical,variable,1,1.00,plics,2025-03-31";
    let (part, report) =
        read("costs", format!("{COSTS}{good}\n{}\n", good.replace("2025", "\"2025")));
    assert_eq!(part.map(|part| part.sound().len()), Some(1));
    let problem = report.problems().first().expect("a problem");
    assert_eq!((problem.rule, problem.row), ("row.quote", Some(3)));
}

#[test]
fn the_two_hundred_thousand_and_first_key_is_refused_once() {
    let mut csv = COSTS.to_owned();
    for key in 0..=read::MOST_KEYS + 5 {
        csv.push_str(&format!("RTG,{key},2024-25,0,OP,W,m,variable,1,1.00,plics,2025-03-31\n"));
    }
    let (part, report) = read("costs", &csv);
    assert_eq!(part.map(|part| part.sound().len()), Some(read::MOST_KEYS));
    assert_eq!(report.counts().get("file.too_many_keys"), Some(&1));
    assert_eq!(report.problems().first().and_then(|problem| problem.row), Some(200_002));
}

#[test]
fn reading_can_be_followed() {
    let rows = "RTG,110,2024-25,0,OP,W,medical,variable,1,1.00,plics,2025-03-31\n".repeat(250_000);
    let csv = format!("{COSTS}{rows}");
    let (tables, mut report, mut told) = (tables(), Report::default(), Vec::new());
    let definition = tables.get("costs").expect("a table");
    let mut watch = |progress: Progress| told.push(progress);
    read::watched(&tables, definition, csv.as_bytes(), &mut report, &mut watch);
    let rows: Vec<u64> = told.iter().map(|progress| progress.rows).collect();
    assert_eq!(rows, [100_000, 200_000, 250_000]);
    let size = u64::try_from(csv.len()).expect("fits");
    assert!(told.is_sorted_by_key(|progress| progress.bytes));
    assert_eq!(told.last().map(|progress| progress.bytes), Some(size));
}

#[test]
fn problems_of_different_severity_are_absorbed_with_their_counts() {
    let row = "RTG,110,2024-25,0,OP,W,medical,variable,1,1.005,plics,2025-03-31\n";
    let (_, mut report) = costs(&row.repeat(1_200));
    report.absorb(costs(&row.repeat(1_200)).1);
    assert_eq!(report.problems().len(), Report::KEPT);
    assert_eq!(report.counts().get("money.decimals"), Some(&2_400));
    assert!(report.problems().iter().all(|problem| problem.severity == Severity::Refuse));
}

/// One row and the ways in which its figures may be written.
#[derive(Clone, Debug)]
struct Line {
    service: u8,
    month: u8,
    pence: i64,
    count: Option<i64>,
    day: u8,
    basis: usize,
    spelling: u8,
}

const BASES: [&str; 4] = ["plics", "aggregate", "apportioned", "contract_price"];

impl Line {
    fn cells(&self, plain: bool) -> [String; 12] {
        let mut month = self.month.to_string();
        let mut cost = Pence::new(self.pence).to_string();
        let mut count =
            self.count.map(|count| Activity::new(count).to_string()).unwrap_or_default();
        let mut service = format!("S{}", self.service);
        if !plain {
            match self.spelling % 5 {
                1 if month.len() == 1 => month.insert(0, '0'),
                2 => cost.insert_str(usize::from(cost.starts_with('-')), "00"),
                3 if !count.is_empty() && !count.contains('.') => count.push_str(".000"),
                4 => service = format!(" {service}  "),
                _ => {}
            }
        }
        [
            "RTG".to_owned(),
            service,
            "2024-25".to_owned(),
            month,
            if self.service == 0 { "O,P" } else { "OP" }.to_owned(),
            "W".to_owned(),
            "medical".to_owned(),
            "variable".to_owned(),
            count,
            cost,
            BASES.get(self.basis).map_or_else(String::new, |basis| (*basis).to_owned()),
            format!("2025-03-{:02}", self.day),
        ]
    }
}

fn line() -> impl Strategy<Value = Line> {
    let counted = prop::option::of(0..5_000_000i64);
    (0..4u8, 0..13u8, -500..5_000_000i64, counted, 1..29u8, 0..4usize, any::<u8>()).prop_map(
        |(service, month, pence, count, day, basis, spelling)| Line {
            service,
            month,
            pence,
            count,
            day,
            basis,
            spelling,
        },
    )
}

/// The table as CSV, its columns from another one on, quoted as told.
fn written(lines: &[Line], plain: bool, turn: usize, quotes: csv::QuoteStyle) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().quote_style(quotes).from_writer(Vec::new());
    let mut header: Vec<&str> = COSTS.trim_end().split(',').collect();
    header.rotate_left(turn);
    writer.write_record(&header).expect("writes");
    for line in lines {
        let mut cells = line.cells(plain);
        cells.rotate_left(turn);
        writer.write_record(&cells).expect("writes");
    }
    writer.into_inner().expect("bytes")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Rows in any order, in any spelling and quoting, columns in any order: the same table to the
    /// byte, and totals to the penny.
    #[test]
    fn order_and_spelling_never_matter(
        (lines, mixed) in prop::collection::vec(line(), 1..120)
            .prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        turn in 0..12usize,
        always in any::<bool>(),
    ) {
        let quotes = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let (plain, report) =
            check("costs", written(&lines, true, 0, csv::QuoteStyle::Necessary));
        prop_assert!(plain.is_some(), "{:?}", report.problems());
        let (other, report) = check("costs", written(&mixed, false, turn, quotes));
        prop_assert!(other.is_some(), "{:?}", report.problems());
        let (plain, other) = plain.zip(other).expect("both");
        prop_assert_eq!(plain.canonical_csv().expect("bytes"), other.canonical_csv().expect("bytes"));
        let sum: i64 = lines.iter().map(|line| line.pence).sum();
        prop_assert_eq!(other.total("cost_gbp"), Some(Pence::new(sum)));
        let rows: u64 = u64::try_from(lines.len()).expect("fits");
        prop_assert_eq!(report.rows().get("costs"), Some(&rows));
    }
}

/// Published files hold figures, codes and names of every kind, and nobody's NHS number.
#[test]
fn published_files_are_not_taken_for_personal_data() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let Ok(entries) = folder.read_dir() else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let mut cells = 0;
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(&path).expect("a file");
        for record in reader.byte_records() {
            for cell in record.expect("a row").iter().map(String::from_utf8_lossy) {
                assert!(!has_nhs_number(&cell), "{}: {cell}", path.display());
                cells += 1;
            }
        }
    }
    assert!(cells > 100_000, "{cells}");
}
