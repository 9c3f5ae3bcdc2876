//! What crosses tables: references, the bridge to the penny, quality, small numbers, differences.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up stops"
)]

use jiff::civil::date;
use openbook::disclosure::{self, Atom, Wanted};
use openbook::quality::{self, QualityScale};
use openbook::{Book, CheckedTable, Report, Tables, Tolerances, bridge, differences, reconcile};
use proptest::prelude::*;
use quantities::Pence;
use std::fs;
use std::path::Path;

fn tables() -> Tables {
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

fn table(name: &str, csv: &str) -> CheckedTable {
    let tables = tables();
    let mut report = Report::default();
    let definition = tables.get(name).expect("a table");
    let read = openbook::read::accepted(&tables, definition, csv.as_bytes(), &mut report);
    read.unwrap_or_else(|| panic!("{name}: {:?}", report.problems()))
}

const PROVIDERS: &str =
    "provider_code,provider_name,sector,place_code\nR1,One,acute,P\nR2,Two,community,P\n";
const SERVICES: &str = "provider_code,service_code,service_name,programme,setting\n\
                        R1,0110,Bones,MSK,inpatient\nR2,FALLS,Falls,frailty,community\n";
const COST_COLUMNS: &str = "provider_code,service_code,fin_year,fin_month,point_of_delivery,\
                            currency_code,resource_group,cost_behaviour,activity,cost_gbp,\
                            cost_basis,data_as_at\n";

fn costs(rows: &[(&str, &str, &str, &str, &str)]) -> String {
    let mut csv = COST_COLUMNS.to_owned();
    for (service, year, group, cost, basis) in rows {
        csv.push_str(&format!(
            "{service},{year},0,ALL,X,{group},variable,1,{cost},{basis},2025-03-31\n"
        ));
    }
    csv
}

/// A book of two services with £100 each, and further tables.
fn book(more: &[(&str, &str)]) -> (Option<Book>, Report) {
    let mut parts = vec![table("providers", PROVIDERS), table("services", SERVICES)];
    if !more.iter().any(|(name, _)| *name == "costs") {
        let rows = [
            ("R1,0110", "2024-25", "all", "100.00", "plics"),
            ("R2,FALLS", "2024-25", "all", "100.00", "plics"),
        ];
        parts.push(table("costs", &costs(&rows)));
    }
    parts.extend(more.iter().map(|(name, csv)| table(name, csv)));
    let mut report = Report::default();
    (Book::assemble(parts, &mut report), report)
}

fn rules(report: &Report) -> Vec<&str> {
    report.counts().keys().copied().collect()
}

#[test]
fn a_code_that_names_nothing_is_refused_with_what_it_may_mean() {
    let pool = ("staff_pools", "pool_id,staff_group,scope_kind,wte_available\nN,nursing,icb,10\n");
    let staff = (
        "workforce",
        "provider_code,service_code,fin_year,staff_group,wte,pay_cost_gbp\nR1,0110,2024-25,nursing,5,1\n",
    );
    let options =
        ("options", "option_id,option_name,benefit_qaly,cost_gbp,evidence_grade\nO1,One,1,1,B\n");
    let cases: [(&str, &str, &str, &str); 9] = [
        (
            "equity",
            "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5\nR1,110,.2,.2,.2,.2,.2\n",
            "code.leading_zero",
            "\"0110\"",
        ),
        (
            "equity",
            "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5\nR2,FALS,.2,.2,.2,.2,.2\n",
            "service.unknown",
            "did you mean \"FALLS\"",
        ),
        (
            "equity",
            "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5\nR9,X,.2,.2,.2,.2,.2\n",
            "provider.unknown",
            "R9",
        ),
        ("option_staff", "option_id,pool_id,wte\nO2,N,1\n", "reference.unknown", "\"O2\""),
        ("option_staff", "option_id,pool_id,wte\nO1,M,1\n", "reference.unknown", "\"M\""),
        (
            "option_effects",
            "option_id,service,spend_change_gbp,source\nO1,R1/110,-5,plan\n",
            "code.leading_zero",
            "noughts",
        ),
        (
            "growth",
            "selector,fin_year,demand_pct,price_pct,efficiency_pct,source\nsectr=acute,2025-26,1,1,1,plan\n",
            "selector.malformed",
            "did you mean \"sector\"",
        ),
        (
            "pathways",
            "pathway_id,from_service,to_service,kappa,eta_qaly_per_gbp_m,evidence_grade,source\nA,R1/0110,R2/FALLS,1,0,C,x\nA,R2/FALLS,R1/0110,1,0,C,x\n",
            "pathway.circle",
            "no circle",
        ),
        (
            "substitutions",
            "from_pool,to_pool,ratio,max_wte,source\nN,N,0.5,1,plan\n",
            "substitution.circle",
            "more come back than there were",
        ),
    ];
    for (name, csv, rule, said) in cases {
        let (refused, report) = book(&[pool, staff, options, (name, csv)]);
        assert!(refused.is_none(), "{name}: {csv}");
        assert!(rules(&report).contains(&rule), "{name}: {:?}", report.problems());
        assert!(
            report.problems().iter().any(|found| found.message.contains(said)),
            "{:?}",
            report.problems()
        );
    }
    let effects =
        ("option_effects", "option_id,service,spend_change_gbp,source\nO1,R1/0110,-5,plan\n");
    assert!(book(&[pool, staff, options, effects]).0.is_some());
}

#[test]
fn options_alone_are_a_book_and_services_alone_are_not() {
    let mut report = Report::default();
    let options = table("options", "option_id,option_name,benefit_qaly,cost_gbp\nO1,One,1,1\n");
    assert!(Book::assemble([options], &mut report).is_some(), "{:?}", report.problems());
    let mut report = Report::default();
    assert!(Book::assemble([table("services", SERVICES)], &mut report).is_none());
    assert_eq!(rules(&report), ["book.missing_table", "provider.unknown"]);
}

#[test]
fn the_allocation_ties_to_the_contracts_to_the_penny() {
    let contracts = "provider_code,service_code,commissioner_code,fin_year,mechanism,income_gbp,activity\n\
                     R1,0110,QJ2,2024-25,fixed,80.00,75\nR1,0110,QHL,2024-25,fixed,30.00,25\n\
                     R2,FALLS,QJ2,2024-25,block,100.00,\n";
    let bridge = |reserves: &str| {
        format!(
            "fin_year,line,amount_gbp\n2024-25,allocation,1000.00\n2024-25,contracts_in_book,180.00\n\
             2024-25,outside_book,500.00\n2024-25,continuing_care,100.00\n2024-25,prescribing,100.00\n\
             2024-25,running_costs,20.00\n2024-25,reserves,{reserves}\n"
        )
    };
    let (whole, report) = book(&[("contracts", contracts), ("icb_bridge", &bridge("100.00"))]);
    let whole = whole.unwrap_or_else(|| panic!("{:?}", report.problems()));
    assert!(bridge::of_book(&whole).iter().all(bridge::Bridge::closes));
    // Three quarters of R1's activity are the board's; R2's contract has no activity: by income.
    let year = whole.latest_cost_year().expect("a year");
    let spend = |key: &str| whole.spend_of(&key.parse().expect("a key"), year).to_string();
    assert_eq!((spend("R1/0110"), spend("R2/FALLS")), ("75.00".to_owned(), "100.00".to_owned()));
    let (open, report) = book(&[("contracts", contracts), ("icb_bridge", &bridge("100.01"))]);
    assert!(open.is_none());
    assert_eq!(rules(&report), ["bridge.difference"]);
    assert!(report.problems().iter().any(|found| found.message.contains("£-0.01")));
    let fewer = contracts.replace("100.00,\n", "99.99,\n");
    assert_eq!(
        rules(&book(&[("contracts", &fewer), ("icb_bridge", &bridge("100.00"))]).1),
        ["bridge.contracts"]
    );
}

#[test]
fn the_worked_examples_of_reconciliation_and_quality_come_out() {
    let rows = [
        ("R1,0110", "2024-25", "wards", "50000000.00", "aggregate"),
        ("R1,0110", "2024-25", "theatre", "20000000.00", "plics"),
        ("R1,0110", "2024-25", "overheads", "30000000.00", "apportioned"),
        ("R2,FALLS", "2024-25", "all", "98700000.00", "plics"),
    ];
    let ledger = "provider_code,fin_year,line,amount_gbp\nR2,2024-25,operating_expenses,103000000.00\n\
                  R2,2024-25,income_netted_off,2500000.00\nR2,2024-25,adjustment,-500000.00\n\
                  R2,2024-25,exclusion,1100000.00\n";
    let (book, report) = book(&[("costs", &costs(&rows)), ("ledger", ledger)]);
    let book = book.unwrap_or_else(|| panic!("{:?}", report.problems()));
    let year = book.latest_cost_year().expect("a year");
    let lines = reconcile::reconcile(&book, year, Tolerances { green_pct: 0.5, amber_pct: 1.0 });
    let line = lines.iter().find(|line| line.provider.as_str() == "R2").expect("R2");
    assert_eq!(line.difference.to_string(), "-200000.00");
    assert_eq!(format!("{:.2}", line.difference_pct.expect("a ledger")), "-0.20");
    assert_eq!(line.status.as_str(), "green");
    let scale =
        QualityScale { plics: 100.0, aggregate: 80.0, apportioned: 40.0, contract_price: 60.0 };
    let judged = Some((date(2025, 5, 2), 31.0));
    let found = quality::of_book(&book, year, &scale, judged);
    let one = found.iter().find(|line| line.provider.as_str() == "R1").expect("R1");
    assert_eq!(one.score, Some(72.0));
    assert_eq!(one.areas.first().map(|area| area.name.as_str()), Some("wards"));
    assert_eq!(one.stale, Some(true));
    assert_eq!(
        quality::of_book(&book, year, &scale, Some((date(2025, 5, 1), 31.0)))[0].stale,
        Some(false)
    );
}

#[test]
fn figures_outside_the_years_of_the_book_are_refused() {
    for (day, accepted) in
        [("1999-01-01", false), ("2024-04-01", true), ("2026-03-31", true), ("2026-04-01", false)]
    {
        let rows = [
            ("R1,0110", "2024-25", "all", "1.00", "plics"),
            ("R2,FALLS", "2024-25", "all", "1.00", "plics"),
        ];
        let csv = costs(&rows).replace("2025-03-31", day);
        assert_eq!(book(&[("costs", &csv)]).0.is_some(), accepted, "{day}");
    }
}

#[test]
fn versions_differ_by_key_and_to_the_penny() {
    let rows = |cost: &str, last: &str| {
        table(
            "costs",
            &costs(&[
                ("R1,0110", "2024-25", "nursing", cost, "plics"),
                ("R1,0110", "2024-25", "medical", "5.00", "plics"),
                ("R1,0110", "2024-25", last, "7.00", "plics"),
            ]),
        )
    };
    let found = differences::between(&rows("1.00", "drugs"), &rows("1.01", "travel"));
    assert_eq!((found.added_count, found.removed_count, found.changed_count), (1, 1, 1));
    let change = found.changed.first().expect("a change");
    assert_eq!(
        (change.column.as_str(), change.before.as_str(), change.after.as_str()),
        ("cost_gbp", "1.00", "1.01")
    );
    assert_eq!(
        found.after_total.zip(found.before_total).map(|(a, b)| (a - b).to_string()).as_deref(),
        Some("0.01")
    );
    assert!(differences::between(&rows("1.00", "drugs"), &rows("1.00", "drugs")).is_empty());
}

#[test]
fn counts_are_hidden_or_rounded_as_the_national_rules_say() {
    let cases = [
        (0.0, Some(0.0)),
        (1.0, None),
        (7.0, None),
        (7.5, Some(10.0)),
        (8.0, Some(10.0)),
        (12.0, Some(10.0)),
        (13.0, Some(15.0)),
        (22.0, Some(20.0)),
        (23.0, Some(25.0)),
        (102.0, Some(100.0)),
    ];
    for (count, shown) in cases {
        assert_eq!(disclosure::shown(count), shown, "{count}");
    }
}

fn wanted(label: &str, atoms: &[(&str, u32)]) -> Wanted {
    let atoms = atoms.iter().map(|(key, count)| Atom {
        key: (*key).to_owned(),
        count: f64::from(*count),
        cost_gbp: Pence::new(i64::from(*count) * 10_000),
    });
    Wanted { label: label.to_owned(), atoms: atoms.collect() }
}

#[test]
fn a_hidden_count_cannot_be_had_by_taking_one_release_from_another() {
    let whole = disclosure::release(&[wanted("hips", &[("a", 20), ("h", 3)])], &[]).expect("rows");
    assert_eq!(whole.total.count, Some(25.0));
    // The part without the three would give the three.
    let part =
        disclosure::release(&[wanted("hips, men", &[("a", 20)])], std::slice::from_ref(&whole))
            .expect("rows");
    assert_eq!((part.hidden, part.rows[0].figure.cost_gbp), (1, None));
    // The same again is no news.
    let again = disclosure::release(
        &[wanted("hips", &[("a", 20), ("h", 3)])],
        std::slice::from_ref(&whole),
    )
    .expect("rows");
    assert_eq!(again.rows[0].figure, whole.rows[0].figure);
    // A total over a hidden row is hidden with it.
    let rows = [wanted("one", &[("x", 5)]), wanted("two", &[("y", 50)])];
    let hidden = disclosure::release(&rows, &[]).expect("rows");
    assert_eq!(
        (hidden.hidden, hidden.total.count, hidden.rows[1].figure.count),
        (1, None, Some(50.0))
    );
    assert!(disclosure::release(&[rows[0].clone(), rows[0].clone()], &[]).is_err());
}

/// Counts of four atoms, and two ways of adding some of them up.
fn releases() -> impl Strategy<Value = (Vec<u32>, Vec<u8>, Vec<u8>)> {
    let parts = || prop::collection::vec(0_u8..4, 4);
    (prop::collection::vec(0_u32..=14, 4), parts(), parts())
}

const KEYS: [&str; 4] = ["a", "b", "c", "d"];

/// Rows 1 to 3 of a release; part 0 stays out of it.
fn rows_of(counts: &[u32], parts: &[u8]) -> Vec<Wanted> {
    (1..4_u8)
        .map(|part| {
            let atoms: Vec<(&str, u32)> = KEYS
                .iter()
                .zip(counts)
                .zip(parts)
                .filter(|(_, of)| **of == part)
                .map(|((key, count), _)| (*key, *count))
                .collect();
            wanted(&part.to_string(), &atoms)
        })
        .filter(|row| !row.atoms.is_empty())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The attacker knows every released figure, which atoms stand in which row, and tries every
    /// world. No sum of atoms that counts 1 to 7 may come out the same in all worlds left.
    #[test]
    fn no_pair_of_releases_gives_a_small_count_away((counts, one, two) in releases()) {
        let mut out = vec![disclosure::release(&rows_of(&counts, &one), &[]).expect("no overlap")];
        out.push(disclosure::release(&rows_of(&counts, &two), &out).expect("no overlap"));
        // What is known: which atoms, the rounded count, the exact cost (here 100 times the count
        // when one knows the unit cost, which an attacker may for one service but not for a sum of
        // several, so the cost is a weighted sum with weights he does not choose).
        let mut known: Vec<(u8, f64)> = Vec::new();
        for release in &out {
            let mut rows: Vec<(&[Atom], Option<f64>)> =
                release.rows.iter().map(|row| (row.atoms.as_slice(), row.figure.count)).collect();
            let all: Vec<Atom> = release.rows.iter().flat_map(|row| row.atoms.clone()).collect();
            rows.push((&all, release.total.count));
            for (atoms, count) in rows {
                let mask = mask_of(atoms);
                known.extend(count.map(|count| (mask, count)));
            }
        }
        let mut seen = vec![std::collections::BTreeSet::new(); 16];
        for world in 0..15_u32.pow(4) {
            let guess = [1, 15, 225, 3375].map(|step| world.div_euclid(step) % 15);
            if known.iter().all(|(mask, count)| disclosure::shown(sum(&guess, *mask)) == Some(*count)) {
                for (mask, values) in seen.iter_mut().enumerate() {
                    values.insert(sum(&guess, u8::try_from(mask).expect("below 16")).to_bits());
                }
            }
        }
        let truth: [u32; 4] = counts.clone().try_into().expect("four");
        for (mask, values) in seen.iter().enumerate() {
            let count = sum(&truth, u8::try_from(mask).expect("below 16"));
            prop_assert!(disclosure::shown(count).is_some() || values.len() > 1,
                "{mask:04b} = {count} is known from {known:?}");
        }
        // Costs are exact: the small sum must not be a combination of shown rows.
        let masks: Vec<u8> = known.iter().map(|(mask, _)| *mask).collect();
        for mask in 1..16_u8 {
            let small = disclosure::shown(sum(&truth, mask)).is_none();
            prop_assert!(!small || !spans(&masks, mask), "{mask:04b} is spanned by {masks:?}");
        }
    }
}

fn mask_of(atoms: &[Atom]) -> u8 {
    KEYS.iter()
        .enumerate()
        .filter(|(_, key)| atoms.iter().any(|atom| atom.key == **key))
        .fold(0, |mask, (at, _)| mask | 1 << at)
}

fn sum(counts: &[u32; 4], mask: u8) -> f64 {
    counts
        .iter()
        .enumerate()
        .filter(|(at, _)| mask >> at & 1 == 1)
        .map(|(_, count)| f64::from(*count))
        .sum()
}

/// Whether a 0-1 vector is a linear combination of others.
fn spans(rows: &[u8], target: u8) -> bool {
    let vector = |mask: u8| -> Vec<f64> { (0..4).map(|at| f64::from(mask >> at & 1)).collect() };
    let rank = |mut rows: Vec<Vec<f64>>| {
        let mut rank = 0;
        for column in 0..4 {
            let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column].abs() > 1e-9) else {
                continue;
            };
            rows.swap(rank, pivot);
            let lead = rows[rank].clone();
            for row in rows.iter_mut().skip(rank + 1) {
                let factor = row[column] / lead[column];
                row.iter_mut().zip(&lead).for_each(|(cell, lead)| *cell -= factor * lead);
            }
            rank += 1;
        }
        rank
    };
    let base: Vec<Vec<f64>> = rows.iter().map(|mask| vector(*mask)).collect();
    let mut more = base.clone();
    more.push(vector(target));
    rank(base) == rank(more)
}
