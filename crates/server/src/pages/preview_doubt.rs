//! Renders the pages that tell how sure we are, with made-up books and with the example.

use api::method::NumberJson;
use api::uncertainty::{
    CohortFlipsJson, FigureWorthJson, FlipJson, FlipsJson, InformationJson, IntervalJson,
    MappingFlipJson, RankIntervalJson, ServiceUncertaintyJson, ServiceWorthJson, ShrunkJson,
    UncertaintyJson, WorthJson,
};
use api::value::{OtherMappingJson, ServiceValueJson, ValueJson};
use openbook::folder;
use std::path::Path;

use super::preview::look;
use super::samples::{self, HOSTILE};
use super::view::doubt::{DoubtQuery, DoubtView};
use super::view::service::ServiceView;
use super::view::value::{ValueQuery, ValueView};
use crate::Catalogue;

const KNOTS: &str = "PHQ9_FURUKAWA_KNOTS_V1";
const CHANGE: &str = "PHQ9_FURUKAWA_CHANGE_V1";

fn worth(qaly: f64) -> WorthJson {
    WorthJson { qaly, gbp: qaly * 15_000.0 }
}

fn interval(low: Option<f64>, high: Option<f64>) -> IntervalJson {
    IntervalJson { low, high }
}

fn place(place: Option<u32>) -> usize {
    usize::try_from(place.expect("a place")).expect("a place")
}

/// What draws would say of a made-up book; every name hostile where asked for.
pub(crate) fn uncertainty(value: &ValueJson, hostile: bool) -> UncertaintyJson {
    let thresholds: Vec<f64> = (7..=35).map(|thousand| f64::from(thousand) * 1e3).collect();
    let lines = || value.services.iter().filter(|line| line.marginal_gbp_per_qaly.is_some());
    UncertaintyJson {
        schema: api::uncertainty::SCHEMA.to_owned(),
        draws: 2_000,
        threshold_gbp_per_qaly: value.threshold_gbp_per_qaly,
        services: lines().map(|line| drawn(line, &thresholds)).collect(),
        thresholds_gbp_per_qaly: thresholds,
        information: InformationJson {
            last_part: 0.1,
            all: worth(48.0),
            services: lines().enumerate().map(|(at, line)| known(line, at)).collect(),
            figures: lines()
                .enumerate()
                .flat_map(|(at, line)| figures(line, at, hostile))
                .collect(),
        },
        flips: lines().enumerate().map(|(at, line)| flips(line, at, hostile)).collect(),
    }
}

fn drawn(line: &ServiceValueJson, thresholds: &[f64]) -> ServiceUncertaintyJson {
    let average = line.average_gbp_per_qaly.expect("a price");
    let marginal = line.marginal_gbp_per_qaly.expect("a price");
    let share = |price: f64, at: &f64| 1.0 / (1.0 + (price / at).powi(4));
    ServiceUncertaintyJson {
        service: line.service.clone(),
        name: line.name.clone(),
        qaly: interval(line.qaly_low, line.qaly_high),
        average_gbp_per_qaly: interval(
            line.average_low_gbp_per_qaly,
            line.average_high_gbp_per_qaly,
        ),
        marginal_gbp_per_qaly: interval(
            line.marginal_low_gbp_per_qaly,
            line.marginal_high_gbp_per_qaly,
        ),
        net_health_benefit_qaly: interval(
            line.net_health_benefit_low_qaly,
            line.net_health_benefit_high_qaly,
        ),
        prob_cost_effective: line.prob_cost_effective.expect("a share"),
        prob_last_pound_dearer: line.prob_low_value.expect("a share"),
        prob_cost_effective_curve: thresholds.iter().map(|at| share(average, at)).collect(),
        prob_last_pound_dearer_curve: thresholds
            .iter()
            .map(|at| 1.0 - share(marginal, at))
            .collect(),
        rank: place(line.rank),
        rank_interval: RankIntervalJson { low: 1, high: 9 },
        prob_bottom_quarter: 0.2,
        shrunk: Some(ShrunkJson {
            marginal_gbp_per_qaly: marginal * 1.05,
            interval_gbp_per_qaly: interval(Some(marginal * 0.8), Some(marginal * 1.5)),
            rank: place(line.order),
            rank_interval: RankIntervalJson {
                low: place(line.order_low),
                high: place(line.order_high),
            },
            own_weight: 0.62,
            toward_gbp_per_qaly: 17_300.0,
            comparable_sector: Some(line.sector.clone()),
        }),
    }
}

fn size(at: usize) -> f64 {
    f64::from(u32::try_from(at).expect("a small book"))
}

fn known(line: &ServiceValueJson, at: usize) -> ServiceWorthJson {
    ServiceWorthJson {
        service: line.service.clone(),
        name: line.name.clone(),
        keep: at.is_multiple_of(2),
        benefit_qaly: if at.is_multiple_of(2) { 31.4 } else { -2.6 },
        worth: worth(14.0 / (1.0 + size(at))),
    }
}

fn figures(line: &ServiceValueJson, at: usize, hostile: bool) -> Vec<FigureWorthJson> {
    let figure = |figure: &str, table: &str, column: &str, qaly: f64| FigureWorthJson {
        service: Some(line.service.clone()),
        cohort: (table == "outcomes").then(|| cohort(hostile)),
        source: None,
        figure: figure.to_owned(),
        table: table.to_owned(),
        column: column.to_owned(),
        lines: 1,
        worth: worth(qaly / (1.0 + size(at))),
    };
    let elasticity = "how health follows the last pounds (elasticity)";
    let mut found = vec![
        figure(elasticity, "elasticities", "elasticity", 12.0),
        figure("years the gain lasts", "outcomes", "duration_years", 3.2),
    ];
    if at == 0 {
        let gain = figure("measured gain per patient", "outcomes", "gain_mean", 2.0);
        let source = Some(format!("mapping {KNOTS}"));
        found.push(FigureWorthJson { service: None, cohort: None, source, lines: 3, ..gain });
    }
    found
}

fn cohort(hostile: bool) -> String {
    if hostile { HOSTILE.repeat(2) } else { "all".to_owned() }
}

fn flip(now: f64, at: Option<f64>) -> FlipJson {
    FlipJson {
        now,
        at_threshold: at,
        passes_the_cheaper: at.map(|_| now * 1.2),
        falls_behind_the_dearer: Some(now * 0.9),
    }
}

fn flips(line: &ServiceValueJson, at: usize, hostile: bool) -> FlipsJson {
    let marginal = line.marginal_gbp_per_qaly.expect("a price");
    let times = marginal / 15_000.0;
    let one = |name: String| CohortFlipsJson {
        cohort: name,
        duration_years: Some(flip(10.0, (at != 1).then_some(10.0 * times))),
        counterfactual_fraction: Some(flip(
            0.2,
            (times > 0.3).then_some(0.2 / times).filter(|it| *it < 1.0),
        )),
    };
    let cohorts = if at == 2 { 9 } else { 1 };
    FlipsJson {
        service: line.service.clone(),
        name: line.name.clone(),
        marginal_gbp_per_qaly: marginal,
        rank: place(line.rank),
        elasticity: flip(0.45, (times < 2.0).then_some(0.45 * times)),
        cohorts: (0..cohorts)
            .map(|more| one(if more == 0 { cohort(hostile) } else { format!("cohort {more}") }))
            .collect(),
        mappings: if at.is_multiple_of(3) { other_mappings(marginal) } else { Vec::new() },
        health_cancels: at == 1,
    }
}

fn other_mappings(marginal: f64) -> Vec<MappingFlipJson> {
    let other = |code: &str, price: Option<f64>| MappingFlipJson {
        measure: "phq9".to_owned(),
        used: KNOTS.to_owned(),
        other: code.to_owned(),
        marginal_gbp_per_qaly: price,
        rank: price.map(|_| 7),
        crosses_threshold: price.is_some_and(|price| (price > 15_000.0) != (marginal > 15_000.0)),
        why_not: price.is_none().then(|| "no score at the start has been handed in".to_owned()),
    };
    vec![other(CHANGE, Some(marginal * 0.6)), other("ANOTHER_V2", None)]
}

fn service_pages(
    name: &str,
    value: &ValueJson,
    doubt: &UncertaintyJson,
    hostile: bool,
    few: usize,
) {
    for service in value.services.iter().take(few) {
        let view = ServiceView::new(value, service, Some(doubt));
        assert_eq!(view.curve.is_some(), service.assessable);
        let name = format!("{name}-{}", service.service.replace('/', "-"));
        look(&name, "service.html", "/value/x", hostile, &view);
    }
}

fn doubt_pages(
    name: &str,
    value: &ValueJson,
    doubt: &UncertaintyJson,
    numbers: &[NumberJson],
    hostile: bool,
) {
    for shown in ["figures", "lines", "flips"] {
        let query = DoubtQuery { view: shown.to_owned(), page: None };
        let view = DoubtView::new(value, doubt, numbers, &query);
        look(&format!("{name}-{shown}"), "doubt.html", "/value/doubt", hostile, &view);
    }
}

#[test]
fn books_made_up() {
    let cases = [("doubt", 14, false), ("doubt-hostile", 40, true), ("doubt-huge", 2_000, false)];
    for (name, lines, hostile) in cases {
        let mut value = samples::value(lines, hostile);
        if let Some(outcome) = value.services[0].valued_by.first_mut() {
            outcome.measure = "phq9".to_owned();
            outcome.mapping = Some(KNOTS.to_owned());
            let mapping = CHANGE.to_owned();
            outcome.otherwise = vec![OtherMappingJson { mapping, qaly_per_patient: 1.1 }];
        }
        let doubt = uncertainty(&value, hostile);
        doubt_pages(name, &value, &doubt, &[], hostile);
        service_pages(&format!("{name}-service"), &value, &doubt, hostile, 8);
    }
    let empty = samples::value(0, false);
    doubt_pages("doubt-empty", &empty, &uncertainty(&empty, false), &[], false);
    let none = DoubtView::not_yet("no edition has been published yet");
    look("doubt-none", "doubt.html", "/value/doubt", false, &none);
}

#[test]
fn another_mapping_stands_beside_the_one_in_use() {
    let mut value = samples::value(1, false);
    let outcome = &mut value.services[0].valued_by[0];
    outcome.measure = "phq9".to_owned();
    outcome.mapping = Some(KNOTS.to_owned());
    let (mapping, half) = (CHANGE.to_owned(), outcome.qaly_per_patient / 2.0);
    outcome.otherwise = vec![OtherMappingJson { mapping, qaly_per_patient: half }];
    let service = &value.services[0];
    let view = ServiceView::new(&value, service, Some(&uncertainty(&value, false)));
    let [mappings] = view.mappings.as_slice() else { panic!("{} measures", view.mappings.len()) };
    let [used, other, none] = mappings.rows.as_slice() else { panic!("{:?}", mappings.rows) };
    assert!(used.is_used && !other.is_used);
    assert_eq!((used.per_patient.as_str(), other.per_patient.as_str()), ("0.884", "0.442"));
    // Half the health for the same money.
    assert_eq!((used.average.as_str(), other.average.as_str()), ("£9,660", "£19,300"));
    assert_eq!((none.average.as_str(), none.marginal.as_str()), ("–", "–"));
    assert!(none.why_not.is_some());
}

#[test]
fn a_provider_is_told_of_its_own_services_alone() {
    let mut value = samples::value(14, false);
    let mut doubt = uncertainty(&value, false);
    doubt.keep_own("RTG");
    for line in value.services.iter_mut().filter(|line| line.provider != "RTG") {
        line.keep_shared();
    }
    let view = ValueView::new(&value, &ValueQuery::default());
    assert!(view.answer.contains("your"), "{}", view.answer);
    // What others do not show is not called unassessable: only falls and crisis services are.
    assert!(view.chart.as_deref().is_some_and(|svg| svg.contains(">£19.0m<")));
    look("provider-value", "value.html", "/value", false, &view);
    doubt_pages("provider-doubt", &value, &doubt, &[], false);
    let other = value.services.iter().find(|line| line.provider == "RXM").expect("a line");
    let view = ServiceView::new(&value, other, Some(&doubt));
    assert!(view.untold.is_some() && view.changes.is_none() && view.worth.is_none());
    look("provider-service-other", "service.html", "/value/x", false, &view);
}

#[test]
fn the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let catalogue = Catalogue::embedded().expect("the definitions");
    let book = folder::read(&catalogue.tables, &root.join("models/examples/derby-and-derbyshire"));
    let book = book.expect("a folder").0.expect("a book");
    let today = "2026-11-14".parse().expect("a day");
    let (value, evidence) = crate::engine::of_book(&catalogue, &book, today).expect("values");
    let doubt = &evidence.uncertainty;
    let view = ValueView::new(&value, &ValueQuery::default());
    look("example-value", "value.html", "/value", false, &view);
    doubt_pages("example-doubt", &value, doubt, &evidence.method.numbers, false);
    let of = |key: &str| {
        let service = value.services.iter().find(|service| service.service == key);
        ServiceView::new(&value, service.expect("a service"), Some(doubt))
    };
    for key in ["RXM/IAPT", "RTG/110H", "RY8/FALLS", "RY8/OTHER"] {
        let name = format!("example-service-{}", key.replace('/', "-"));
        look(&name, "service.html", "/value/x", false, &of(key));
    }
    let hip = of("RTG/110H").changes.expect("what would change it");
    assert!(hip.sentences.iter().any(|it| it.contains("is taken to last 10 years")), "{hip:?}");
    let therapies = of("RXM/IAPT").mappings;
    let names: Vec<&str> =
        therapies.iter().flat_map(|it| it.rows.iter().map(|row| row.mapping.as_str())).collect();
    assert_eq!(names, [KNOTS, CHANGE]);
}
