//! What an uploader meets: each bad file is refused by name, and nothing is guessed.
#![expect(clippy::expect_used, reason = "a test that cannot be set up stops")]

mod common;
mod reading;

use common::{COSTS, check, costs, rules, tables};
use openbook::{Book, CheckedTable, Report, Tolerances, read};
use proptest::prelude::*;

#[test]
fn equal_keys_are_added_up_to_the_penny() {
    let (table, report) = costs(
        "RTG,110,2024-25,0,OP,WF01A,medical,variable,10.5,0.10,plics,2025-03-31\n\
         RTG,110,2024-25,0,OP,WF01A,medical,variable,,0.20,apportioned,2025-02-28\n\
         RTG,110,2024-25,0,OP,WF01A,nursing,variable,1,5,plics,2025-03-31\n",
    );
    let table = table.expect("accepted");
    assert_eq!((table.len(), report.accepted()), (2, true));
    let csv = String::from_utf8(table.canonical_csv().expect("bytes")).expect("text");
    assert!(csv.contains("medical,variable,10.5,0.30,apportioned,2025-02-28\n"), "{csv}");
    assert_eq!(table.total("cost_gbp").map(|total| total.to_string()).as_deref(), Some("5.30"));
}

#[test]
fn every_slip_is_named_with_its_row_and_nothing_is_accepted() {
    let good = "RTG,110,2024-25,0,OP,WF01A,medical,variable,1,1.00,plics,2025-03-31";
    let cases = [
        ("1.00", "12.005", "money.decimals"),
        ("1.00", "1e3", "money.malformed"),
        ("1.00", "NaN", "money.malformed"),
        ("1.00", "0x1F", "money.malformed"),
        ("1.00", "99999999999999", "money.too_large"),
        (",1,1.00", ",-1,1.00", "activity.malformed"),
        ("2024-25,", "2024/25,", "year.malformed"),
        (",0,OP", ",13,OP", "month.range"),
        ("variable", "Variable", "choice.unknown"),
        ("2025-03-31", "31/03/2025", "date.malformed"),
        ("medical", "=cmd()", "text.formula"),
        ("medical", "@sum", "text.formula"),
        ("RTG", "R T G", "code.malformed"),
        ("110", "", "cell.required"),
        (",plics", "", "row.length"),
        ("medical", "943 476 5919", "personal.nhs_number"),
        ("medical", "DE22 3NE", "personal.postcode"),
        ("medical", "2024-05-01 10:30", "personal.event_time"),
    ];
    for (from, to, rule) in cases {
        let (table, report) = costs(&format!("{good}\n{}\n", good.replacen(from, to, 1)));
        assert!(table.is_none(), "{to}");
        assert_eq!(rules(&report), [rule], "{to}");
        assert_eq!(report.problems().first().and_then(|problem| problem.row), Some(3), "{to}");
    }
}

#[test]
fn personal_values_are_never_repeated() {
    let (_, report) =
        costs("RTG,110,2024-25,0,OP,WF01A,943 476 5919,variable,1,1.00,plics,2025-03-31\n");
    assert!(report.personal());
    assert!(!format!("{report:?}").contains("943"));
    let (_, report) = check("costs", "NHS Number,cost_gbp\n9434765919,1\n");
    assert!(rules(&report).contains(&"personal.header"));
    assert!(!format!("{report:?}").contains("9434765919"));
}

#[test]
fn headers_are_exact_and_the_nearest_is_named() {
    let (table, report) = check("costs", COSTS.replace("cost_gbp", "cost_gpb"));
    assert!(table.is_none());
    assert_eq!(rules(&report), ["header.missing", "header.unknown"]);
    let messages: String = report.problems().iter().map(openbook::Problem::sentence).collect();
    assert!(messages.contains("did you mean \"cost_gbp\""), "{messages}");
    let (_, report) = check("costs", COSTS.replace("data_as_at", "cost_gbp"));
    assert!(rules(&report).contains(&"header.duplicate"));
    // Rows are checked all the same: one upload shows everything that must be mended.
    let row = "RTG,110,2024-25,0,OP,WF01A,medical,variable,1,1.005,plics,soon\n";
    let (_, report) = check("costs", format!("{}{row}", COSTS.replace("activity", "activities")));
    assert_eq!(
        rules(&report),
        ["date.malformed", "header.missing", "header.unknown", "money.decimals"]
    );
    assert_eq!(rules(&check("costs", "").1), ["file.empty"]);
    assert_eq!(rules(&check("costs", COSTS).1), ["file.no_rows"]);
}

#[test]
fn encodings_are_recognised_by_their_mark_and_never_guessed() {
    let text = "fund,fin_year,amount_gbp,source\ncore,2024-25,1.00,Münster\n";
    let mut marked = vec![0xEF, 0xBB, 0xBF];
    marked.extend_from_slice(text.as_bytes());
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let plain = check("funds", text).0.and_then(|table| table.sha256().ok());
    assert!(plain.is_some());
    for bytes in [marked, wide] {
        assert_eq!(check("funds", bytes).0.and_then(|table| table.sha256().ok()), plain);
    }
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    assert_eq!(rules(&check("funds", latin).1), ["file.encoding"]);
}

#[test]
fn percentages_for_fractions_are_recognised_by_name() {
    let header = "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5\n";
    let (table, report) = check("equity", format!("{header}RTG,110,20,20,20,20,20\n"));
    assert!(table.is_none());
    assert_eq!(rules(&report), ["share.percent", "share.range"]);
}

#[test]
fn duplicate_keys_are_refused_where_rows_are_not_added_up() {
    let csv = "fund,fin_year,amount_gbp,source\ncore,2024-25,1,x\ncore,2024-25,2,x\n";
    let (table, report) = check("funds", csv);
    assert!(table.is_none());
    assert_eq!(rules(&report), ["key.duplicate"]);
    assert!(report.problems().iter().any(|problem| problem.message.contains("row 2")));
}

#[test]
fn the_first_thousand_problems_are_kept_and_all_are_counted() {
    let row = "RTG,110,2024-25,0,OP,WF01A,medical,variable,1,1.005,plics,2025-03-31\n";
    let (_, report) = costs(&row.repeat(2_500));
    assert_eq!(report.problems().len(), 1_000);
    assert_eq!(report.counts().get("money.decimals"), Some(&2_500));
    assert_eq!(report.rows().get("costs"), Some(&2_500));
}

fn book(costed: &str, ledger: &str) -> (Option<Book>, Report) {
    let tables = tables();
    let mut report = Report::default();
    let files = [
        (
            "providers",
            "provider_code,provider_name,sector,place_code\nRTG,Derby,acute,DERBY\n".to_owned(),
        ),
        (
            "services",
            "provider_code,service_code,service_name,programme,setting\nRTG,110,Bones,MSK,op\n"
                .to_owned(),
        ),
        ("costs", format!("{COSTS}{costed}")),
        ("ledger", format!("provider_code,fin_year,line,amount_gbp\n{ledger}")),
    ];
    let read: Vec<CheckedTable> = files
        .iter()
        .filter_map(|(name, csv)| {
            read::table(&tables, tables.get(name)?, csv.as_bytes(), &mut report)?.accepted()
        })
        .collect();
    (Book::assemble(read, &mut report), report)
}

#[test]
fn the_worked_reconciliation_is_green_at_minus_a_fifth_of_a_percent() {
    let (book, _) = book(
        "RTG,110,2024-25,0,OP,W,medical,variable,1,98700000,plics,2025-03-31\n",
        "RTG,2024-25,operating_expenses,103000000\nRTG,2024-25,income_netted_off,2500000\n\
         RTG,2024-25,adjustment,-500000\nRTG,2024-25,exclusion,1100000\n",
    );
    let book = book.expect("a book");
    let tolerances = Tolerances { green_pct: 0.5, amber_pct: 1.0 };
    let year = book.latest_cost_year().expect("a year");
    let lines = openbook::reconcile::reconcile(&book, year, tolerances);
    let line = lines.first().expect("one provider");
    assert_eq!(line.difference.to_string(), "-200000.00");
    assert!((line.difference_pct.expect("a ledger") + 0.2).abs() < 1e-12);
    assert_eq!(line.status.as_str(), "green");
}

#[test]
fn rows_must_name_services_and_providers_of_the_book() {
    let (none, report) = book(
        "RTG,111,2024-25,0,OP,W,medical,variable,1,5,plics,2025-03-31\n\
         RTX,110,2024-25,0,OP,W,medical,variable,1,5,plics,2025-03-31\n\
         RTG,110,2024-25,0,OP,W,medical,variable,1,5,plics,2025-03-31\n\
         RTG,110,2024-25,3,OP,W,medical,variable,1,5,plics,2025-03-31\n",
        "RTG,2024-25,operating_expenses,5\n",
    );
    assert!(none.is_none());
    assert_eq!(rules(&report), ["costs.month_mixed", "provider.unknown", "service.unknown"]);
    let messages: String = report.problems().iter().map(openbook::Problem::sentence).collect();
    assert!(messages.contains("did you mean \"110\""), "{messages}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The order of rows never matters: not to what is accepted, not to a single byte.
    #[test]
    fn the_order_of_rows_never_matters(
        rows in prop::collection::vec((0..4u8, 0..3u8, 0..2_000_000i64, 0..100_000u32), 1..40),
        turn in 0..40usize,
    ) {
        let line = |(service, group, pence, activity): &(u8, u8, i64, u32)| format!(
            "RTG,S{service},2024-25,0,OP,W,g{group},variable,{}.{:02},{},plics,2025-03-31\n",
            activity / 100, activity % 100, quantities::Pence::new(*pence)
        );
        let mut lines: Vec<String> = rows.iter().map(line).collect();
        let hash = |lines: &[String]| costs(&lines.concat()).0.and_then(|table| table.sha256().ok());
        let before = hash(&lines);
        let turn = turn % lines.len();
        lines.rotate_left(turn);
        lines.reverse();
        prop_assert!(before.is_some());
        prop_assert_eq!(hash(&lines), before);
    }

    /// No bytes make the reader panic.
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = check("costs", &bytes);
        let mut framed = COSTS.as_bytes().to_vec();
        framed.extend(&bytes);
        let _ = check("costs", &framed);
    }
}
