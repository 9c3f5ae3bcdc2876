//! What a provider sees of the comparisons tells nobody else's costs.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

use api::benchmark::BenchmarkJson;
use jiff::civil::date;
use openbook::{Book, CheckedTable, Report, Tables, read};
use proptest::prelude::*;
use quantities::FinYear;
use std::fs;
use std::path::{Path, PathBuf};
use value::benchmark::{Basis, BenchmarkTable, MarketForcesAdjusted, Reported, productivity};
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

fn book(parts: &[(&str, String)]) -> Book {
    let mut files = Vec::new();
    for entry in fs::read_dir(models().join("uploads")).expect("uploads") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if name.ends_with(".toml") {
            files.push((name, fs::read_to_string(&path).expect("a text")));
        }
    }
    let tables = Tables::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let tables = tables.expect("tables");
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

/// Point of delivery, currency and resource group: with a national mean, with two means that differ,
/// and without any, so that only peers can be set beside it.
const WORK: [(&str, &str, &str); 5] = [
    ("CHS", "N02AF", "nursing"),
    ("CHS", "N02AF", "travel"),
    ("CHS", "N02AN", "nursing"),
    ("LOCAL", "X1", "nursing"),
    ("LOCAL", "X2", "estates"),
];

/// What a provider does of each kind of work: activity and cost; nothing where it does none.
type Done = [Option<(u32, u32)>; 5];

/// A book of providers, each with a line for the work that has national means and one for the rest.
fn book_of(providers: &[Done]) -> Book {
    let mut names = "provider_code,provider_name,sector,place_code\n".to_owned();
    let mut services = "provider_code,service_code,service_name,programme,setting\n".to_owned();
    let mut costs =
        "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
                     resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n"
            .to_owned();
    let mut outcomes = "provider_code,service_code,fin_year,measure,patients,gain_mean,\
                        evidence_grade,spend_share,source\n"
        .to_owned();
    let mut factors = "provider_code,fin_year,market_forces_factor,source\n".to_owned();
    for (at, done) in providers.iter().enumerate() {
        let name = format!("R{}", at + 1);
        names.push_str(&format!("{name},{name},community,P\n"));
        factors.push_str(&format!("{name},2024-25,1.1,published\n"));
        for line in ["CHS", "LOCAL"] {
            services.push_str(&format!("{name},{line},Nurses,frailty,home\n"));
            outcomes
                .push_str(&format!("{name},{line},2024-25,qaly_per_patient,100,0.1,B,1,study\n"));
        }
        for ((point, currency, group), done) in WORK.iter().zip(done) {
            let Some((activity, cost)) = done else { continue };
            costs.push_str(&format!(
                "{name},{point},2024-25,0,{point},{currency},{group},variable,{activity},{cost}.00,\
                 plics,2025-03-31\n"
            ));
        }
    }
    book(&[
        ("providers", names),
        ("services", services),
        ("costs", costs),
        ("outcomes", outcomes),
        ("market_forces", factors),
    ])
}

fn instruments() -> Instruments {
    let [sets, mappings, measures, unit_costs] =
        ["value_sets", "mappings", "measures", "unit_costs"]
            .map(|name| text(&format!("value/{name}.toml")));
    Instruments::parse(&sets, &mappings, &measures, &unit_costs).expect("instruments")
}

fn of_basis<B: Basis>(book: &Book) -> BenchmarkJson {
    let instruments = instruments();
    let all = Parameters::parse(&text("parameters/national.toml")).expect("parameters");
    let in_force = all.for_year(year()).expect("the year's");
    let options = ValueOptions { draws: 0, ..ValueOptions::plain(year()) };
    let table = ValueTable::of(book, &instruments, &in_force, &options).expect("a value table");
    let found = BenchmarkTable::<B>::of(book, &instruments.unit_costs, &in_force, &table);
    let list = productivity(&table, &found);
    BenchmarkJson::of(book, &found, &list, date(2026, 11, 23))
}

/// Both bases, whole and as the first provider sees them.
fn seen(providers: &[Done]) -> (String, String) {
    let book = book_of(providers);
    let (mut whole, mut own) = (String::new(), String::new());
    for mut table in [of_basis::<Reported>(&book), of_basis::<MarketForcesAdjusted>(&book)] {
        whole.push_str(&serde_json::to_string(&table).expect("JSON"));
        table.keep_own("R1");
        own.push_str(&serde_json::to_string(&table).expect("JSON"));
    }
    (whole, own)
}

fn amounts() -> impl Strategy<Value = (u32, u32)> {
    (1_u32..2_000, 1_000_u32..900_000)
}

/// Work of every kind, or of some kinds.
fn done() -> impl Strategy<Value = Done> {
    [(); 5].map(|()| prop::option::weighted(0.8, amounts()))
}

/// The same kinds of work, at other costs and in other amounts.
fn changed(done: &Done, by: &[(u32, u32); 5]) -> Done {
    let mut changed = *done;
    for (work, by) in changed.iter_mut().zip(by) {
        *work = work.map(|_| *by);
    }
    changed
}

fn cost_of(done: &Done) -> u32 {
    done.iter().flatten().map(|(_, cost)| cost).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// With one or two peers, whatever they spend, the provider's page is the same to the last byte;
    /// the Board's is not.
    #[test]
    fn nothing_that_is_left_tells_what_few_peers_spend(
        own in done(),
        peers in prop::collection::vec((done(), [amounts(), amounts(), amounts(), amounts(), amounts()]), 1..3),
    ) {
        let before: Vec<Done> =
            std::iter::once(own).chain(peers.iter().map(|(peer, _)| *peer)).collect();
        let after: Vec<Done> = std::iter::once(own)
            .chain(peers.iter().map(|(peer, by)| changed(peer, by)))
            .collect();
        let ((whole, left), (other_whole, same)) = (seen(&before), seen(&after));
        prop_assert_eq!(left, same);
        let both = |(before, after): (&Done, &Done)| {
            let shared = own.iter().zip(before).any(|(own, peer)| own.is_some() && peer.is_some());
            shared && cost_of(before) != cost_of(after)
        };
        if before.iter().zip(&after).skip(1).any(both) {
            prop_assert_ne!(whole, other_whole);
        }
    }
}

const ALL: Done = [
    Some((1_000, 120_000)),
    Some((0, 40_000)),
    Some((500, 30_000)),
    Some((100, 90_000)),
    Some((50, 10_000)),
];

#[test]
fn with_three_peers_a_provider_sees_how_it_stands_beside_them() {
    let others: Done = [
        Some((1_000, 60_000)),
        Some((0, 5_000)),
        Some((500, 20_000)),
        Some((100, 30_000)),
        Some((50, 9_000)),
    ];
    let mut table = of_basis::<Reported>(&book_of(&[ALL, others, others, others]));
    let whole = table.clone();
    table.keep_own("R1");
    let keys: Vec<&str> = table.lines.iter().map(|line| line.service.as_str()).collect();
    assert_eq!(keys, ["R1/CHS", "R1/LOCAL"]);
    assert_eq!(whole.lines.first(), table.lines.first(), "three others hide each other");
    assert_eq!(whole.lines.get(1), table.lines.get(1));
    let local = table.lines.last().expect("a line");
    assert!(local.is_it_different.contains("the mean of the other providers"), "{local:?}");
    let sum: f64 = table
        .productivity
        .lines
        .iter()
        .filter(|line| line.standing != "query")
        .map(|line| line.release_at_mean_gbp)
        .sum();
    assert!((table.productivity.release_at_mean_gbp - sum).abs() < 1e-6);
    assert!(whole.lines.len() == 8 && table.coverage != whole.coverage, "{:?}", table.coverage);
}

#[test]
fn with_two_peers_a_provider_is_told_that_the_board_sees_the_comparison() {
    let mut table = of_basis::<Reported>(&book_of(&[ALL, ALL, ALL]));
    table.keep_own("R1");
    let [national, local] = table.lines.as_slice() else { panic!("two lines: {table:?}") };
    assert!(national.national.is_some() && national.standing.is_some());
    assert!(national.peers.is_none() && national.groups.is_empty() && national.mix.is_none());
    assert_eq!((&national.beside_peers, &national.spent_on), (&None, &None));
    assert_eq!(
        local.is_it_different,
        "Only 2 other providers do the same: the Board sees the comparison."
    );
    assert!(local.main().is_none() && local.standing.is_none());
    assert!(table.unreviewed.iter().all(|line| line == "R1/CHS"));
    assert_eq!(table.coverage.first().map(String::as_str), Some("1 of 2 lines are compared."));
}
