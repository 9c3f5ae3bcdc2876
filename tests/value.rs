//! What the example book is worth, told alike by every way of asking.
#![expect(clippy::expect_used, reason = "a test that cannot be set up stops")]

use api::evidence::EvidenceJson;
use api::result::RunJson;
use api::uncertainty::FlipsJson;
use api::value::{ServiceValueJson, ValueJson};
use quantities::words::{gbp_per_qaly, money_short, qaly};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use tests::{copy_book, example, valuebook};

/// How a figure is printed.
type InWords = fn(f64) -> String;

fn asked(folder: &Path, more: &[&str]) -> String {
    let mut arguments: Vec<OsString> = vec!["value".into(), folder.into()];
    arguments.extend(more.iter().map(OsString::from));
    let ended = valuebook(arguments).expect("runs");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    ended.out
}

fn values(folder: &Path) -> ValueJson {
    serde_json::from_str(&asked(folder, &["--format", "json"])).expect("a value table")
}

fn evidence(folder: &Path) -> EvidenceJson {
    let more = ["--evidence", "--today", "2026-11-23", "--format", "json"];
    serde_json::from_str(&asked(folder, &more)).expect("evidence")
}

fn line<'a>(values: &'a ValueJson, key: &str) -> &'a ServiceValueJson {
    values.services.iter().find(|line| line.service == key).expect("the line")
}

fn flips<'a>(evidence: &'a EvidenceJson, key: &str) -> &'a FlipsJson {
    evidence.uncertainty.flips.iter().find(|line| line.service == key).expect("the line")
}

#[test]
fn how_long_a_hip_lasts_decides_what_it_is_worth() {
    let ten = values(&example());
    let average = line(&ten, "RTG/110H").average_gbp_per_qaly.expect("a price");
    assert!((2_250.0..2_350.0).contains(&average), "{average}");

    let folder = tempfile::tempdir().expect("a folder");
    copy_book(&example(), folder.path()).expect("copied");
    let file = folder.path().join("assumptions.csv");
    let text = fs::read_to_string(&file).expect("assumptions");
    assert_eq!(text.matches("RTG,110H,all,10,").count(), 1);
    fs::write(&file, text.replace("RTG,110H,all,10,", "RTG,110H,all,1,")).expect("written");
    let one = values(folder.path());
    let average = line(&one, "RTG/110H").average_gbp_per_qaly.expect("a price");
    assert!((19_850.0..19_950.0).contains(&average), "{average}");

    // Were it to last as long as the flip says, its last pound would cost just the threshold.
    let found = evidence(&example());
    let cohort = flips(&found, "RTG/110H").cohorts.first().expect("a cohort");
    let duration = cohort.duration_years.expect("a duration");
    assert!((duration.now - 10.0).abs() < 1e-9);
    let flip = duration.at_threshold.expect("where it flips");
    assert!((1.0..4.0).contains(&flip), "{flip}");
    let flipped = text.replace("RTG,110H,all,10,", &format!("RTG,110H,all,{flip:.4},"));
    fs::write(&file, flipped).expect("written");
    let marginal = line(&values(folder.path()), "RTG/110H").marginal_gbp_per_qaly;
    assert!(marginal.is_some_and(|price| (price - 15_000.0).abs() < 10.0), "{marginal:?}");
}

#[test]
fn talking_therapies_stand_under_two_named_mappings() {
    let values = values(&example());
    let valued = line(&values, "RXM/IAPT").valued_by.first().expect("an outcome");
    assert_eq!(valued.mapping.as_deref(), Some("PHQ9_FURUKAWA_KNOTS_V1"));
    let other = valued.otherwise.first().expect("a second mapping");
    assert_eq!(other.mapping, "PHQ9_FURUKAWA_CHANGE_V1");
    assert!(other.qaly_per_patient > 0.0 && other.qaly_per_patient < valued.qaly_per_patient);
    let found = evidence(&example());
    let flip = flips(&found, "RXM/IAPT").mappings.first().expect("the other mapping");
    assert_eq!((&flip.used, &flip.other), (valued.mapping.as_ref().expect("one"), &other.mapping));
    let marginal = line(&values, "RXM/IAPT").marginal_gbp_per_qaly.expect("a price");
    assert!(flip.marginal_gbp_per_qaly.is_some_and(|price| price > marginal), "{flip:?}");
}

#[test]
fn nothing_is_of_low_value_for_want_of_data() {
    let scenario = example().join("scenarios/hold-total.toml");
    let arguments: [OsString; 6] = [
        "solve".into(),
        example().into(),
        "--scenario".into(),
        scenario.into(),
        "--format".into(),
        "json".into(),
    ];
    let result = RunJson::read(&valuebook(arguments).expect("runs").out).expect("a result");
    let values = values(&example());
    let mut silent = 0;
    for service in &values.services {
        let labelled = result.services.iter().find(|it| it.service == service.service);
        let label = labelled.map_or("", |it| it.label.as_str());
        if !service.assessable {
            silent += 1;
            assert!(!["low_value", "costly", "uncertain"].contains(&label), "{}", service.service);
            assert_eq!((service.order, service.prob_low_value), (None, None));
            assert!(service.reason.is_some() && service.qaly.is_none());
        }
        if label == "low_value" {
            assert!(service.assessable && service.elasticity_source.as_deref() != Some("default"));
        }
    }
    assert!(silent > 20, "{silent}");
}

#[test]
fn what_is_printed_is_what_is_exported() {
    let values = values(&example());
    let csv = asked(&example(), &["--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<BTreeMap<String, String>> =
        reader.deserialize().map(|row| row.expect("a row")).collect();
    let printed = asked(&example(), &[]);
    assert_eq!(rows.len(), values.services.len());
    for (service, row) in values.services.iter().zip(&rows) {
        let start = format!("{} ", service.service);
        let words = printed.lines().find(|line| line.starts_with(&start)).expect("the line");
        assert_eq!(row.get("spend_gbp"), Some(&service.spend_gbp.to_string()));
        let mut wanted = vec![money_short(service.spend_gbp)];
        let exported: [(&str, Option<f64>, InWords); 3] = [
            ("qaly", service.qaly, qaly),
            ("average_gbp_per_qaly", service.average_gbp_per_qaly, |it| gbp_per_qaly(Some(it))),
            ("marginal_gbp_per_qaly", service.marginal_gbp_per_qaly, |it| gbp_per_qaly(Some(it))),
        ];
        for (column, figure, as_words) in exported {
            let exported = row.get(column).filter(|cell| !cell.is_empty());
            assert_eq!(exported.map(|cell| cell.parse::<f64>().expect("a number")), figure);
            wanted.extend(figure.map(as_words));
        }
        assert!(wanted.iter().all(|text| words.contains(text)), "{wanted:?} in {words}");
    }
}

#[test]
fn the_whole_of_the_health_and_money_is_in_the_evidence() {
    let (values, found) = (values(&example()), evidence(&example()));
    let spend: f64 = values.services.iter().map(|line| line.spend_gbp.to_pounds()).sum();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs().max(1.0);
    let all = found.need.groups.iter().find(|group| group.by == "all").expect("all lines");
    let placed: f64 = all.places.iter().map(|place| place.spend_gbp_m).sum();
    assert!(near((placed + all.unplaced_gbp_m) * 1e6, spend), "{placed} {spend}");
    let distance: f64 = all.places.iter().map(|place| place.distance_gbp_m).sum();
    assert!(distance.abs() < 1e-6, "what one place has too much, others have too little");
    let health: f64 = values.services.iter().filter_map(|line| line.qaly).sum();
    let equity = &found.equity.unweighted;
    let gained: f64 = equity.health.gain_qaly.iter().sum();
    assert!(near(gained + equity.gain_without_shares_qaly, health), "{gained} {health}");
    let ranges = equity.ranges.as_ref().expect("ranges");
    let figures = equity.health.gain_qaly.iter().zip(&ranges.gain_qaly);
    let figures = figures.chain(equity.health.net_qaly.iter().zip(&ranges.net_qaly));
    for (figure, range) in figures.chain([(&equity.health.net_total_qaly, &ranges.net_total_qaly)])
    {
        let (low, high) = range.low.zip(range.high).expect("both ends");
        assert!(low < *figure && *figure < high, "{figure} is not between {low} and {high}");
    }
    for place in &all.places {
        let range = place.health_range_qaly.expect("a range");
        let (low, high) = range.low.zip(range.high).expect("both ends");
        assert!(low < place.health_qaly && place.health_qaly < high, "{place:?}");
    }
    assert_eq!((&equity.weights, &equity.weighted_net_qaly), (&None, &None), "off by default");
    assert!(found.equity.atkinson.weights.is_some() && found.equity.kolm.weights.is_some());
    let assessed = values.services.iter().filter(|line| line.assessable).count();
    assert_eq!(
        (found.uncertainty.services.len(), found.uncertainty.flips.len()),
        (assessed, assessed)
    );
    let information = &found.uncertainty.information;
    assert!(information.all.qaly > 0.0 && information.figures.len() > assessed);
}
