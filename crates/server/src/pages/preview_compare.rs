//! Previews of the pages that compare: benchmarks, equity and need.

use api::benchmark::{
    BenchmarkJson, ComparisonJson, GroupDifferenceJson, LineBenchmarkJson, OutlierReviewJson,
    ProductivityJson, ProductivityLineJson, WorkComparisonJson,
};
use api::equity::{DistributionJson, EquityJson, EquityRangesJson, ServiceEquityJson, WeightsJson};
use api::evidence::BenchmarksJson;
use api::need::{GroupNeedJson, NeedJson, PlaceNeedJson};
use api::uncertainty::IntervalJson;
use api::value::{ServiceValueJson, ValueJson};
use jiff::civil::date;

use super::preview::{look, words};
use super::samples;
use super::view::benchmark::{BenchmarkPart, BenchmarksQuery, BenchmarksView};
use super::view::equity::{EquityQuery, EquityView};
use super::view::need::{NeedQuery, NeedView};
use super::view::service::ServiceView;

const RATIOS: [f64; 14] =
    [1.05, 4.31, 0.97, 1.62, 1.11, 2.36, 0.58, 1.02, 1.31, 0.88, 1.0, 0.94, 1.24, 1.45];

fn comparison(service: &ServiceValueJson, at: usize, ratio: f64) -> ComparisonJson {
    let own = service.spend_gbp.to_pounds();
    let error = [0.05, 0.11, 0.2, 0.07][at % 4];
    let away = (ratio - 1.0).abs() / error;
    let standing = match away {
        _ if ratio >= 4.0 => "query",
        away if away > 3.0 => "beyond_3_sigma",
        away if away > 2.0 => "beyond_2_sigma",
        _ => "within",
    };
    let work = |currency: &str, part: f64| WorkComparisonJson {
        point_of_delivery: "CHS".to_owned(),
        currency: currency.to_owned(),
        activity: 12_345.0,
        own_unit_gbp: own * part / 12_345.0,
        reference_unit_gbp: own * part / ratio / 12_345.0,
        covers: (part < 0.4).then(|| "N12A, N12B and N12C".to_owned()),
    };
    ComparisonJson {
        own_gbp: own * 0.93,
        expected_gbp: own * 0.93 / ratio,
        ratio,
        crude_ratio: None,
        covered_share: 0.93,
        coarse_share: 0.1,
        providers: None,
        fewest_providers: None,
        standard_error: error,
        inner_low: 1.0 - 2.0 * error,
        inner_high: 1.0 + 2.0 * error,
        outer_low: 1.0 - 3.0 * error,
        outer_high: 1.0 + 3.0 * error,
        standing: standing.to_owned(),
        release_gbp: (own * 0.93 * (1.0 - 1.0 / ratio)).max(0.0),
        by_work: vec![work("N02AF", 0.63), work("N12", 0.3)],
    }
}

fn line(service: &ServiceValueJson, at: usize, hostile: bool) -> LineBenchmarkJson {
    let ratio = RATIOS[at % RATIOS.len()];
    let national = comparison(service, at, ratio);
    let apart = at % 7 == 6 && at != 6;
    let others = |found: ComparisonJson| ComparisonJson {
        providers: Some(4),
        fewest_providers: Some(4),
        ..found
    };
    let review = |until: &str| OutlierReviewJson {
        reason: words(hostile, "Visits are counted once a patient, not once a contact."),
        reviewer: "Head of costing".to_owned(),
        reviewed_on: "2026-03-01".to_owned(),
        review_by: until.to_owned(),
    };
    LineBenchmarkJson {
        service: service.service.clone(),
        name: service.name.clone(),
        sector: service.sector.clone(),
        factor: 1.0,
        standing: (!apart).then(|| national.standing.clone()),
        peers: (!apart).then(|| others(comparison(service, at, (1.0 + ratio) / 2.0))),
        best_quartile: (!apart && at.is_multiple_of(2))
            .then(|| others(comparison(service, at, ratio * 1.2))),
        national: (!apart).then_some(national),
        groups: [("nursing", 0.4), ("overheads", -0.1), ("drugs", 0.02)]
            .map(|(group, part)| GroupDifferenceJson {
                resource_group: words(hostile, group),
                own_gbp: 1.2e6,
                expected_gbp: 1.2e6 * (1.0 - part),
                difference_gbp: 1.2e6 * part,
            })
            .into(),
        mix: Some("peers".to_owned()),
        mix_providers: Some(4),
        reason: apart.then(|| "its work is not counted".to_owned()),
        is_it_different: "Yes: it lies beyond three standard errors. Its work costs £3.20m where \
                          it would cost £1.30m at the national mean of the same currencies."
            .to_owned(),
        beside_peers: Some("Against 4 other providers it is 1.68 times.".to_owned()),
        why: "Of its kinds of work CHS N02AF differs most: £59.65 each against £23.20.".to_owned(),
        spent_on: Some("It spends more on nursing (£480,000) than at the mean.".to_owned()),
        what_can_we_do: "Reaching the mean would release £1.9m of this board's spend.".to_owned(),
        review: match at % 14 {
            3 => Some(review("2027-03-01")),
            5 => Some(review("2026-11-22")),
            _ => None,
        },
    }
}

fn table(value: &ValueJson, hostile: bool) -> BenchmarkJson {
    let lines: Vec<LineBenchmarkJson> =
        value.services.iter().enumerate().map(|(at, it)| line(it, at, hostile)).collect();
    let dear = |(service, line): (&ServiceValueJson, &LineBenchmarkJson)| {
        let main = line.main().filter(|main| main.ratio > 1.0 && main.standing != "within")?;
        let own = service.marginal_gbp_per_qaly;
        Some(ProductivityLineJson {
            service: line.service.clone(),
            name: line.name.clone(),
            spend_gbp: service.spend_gbp,
            ratio: main.ratio,
            standing: main.standing.clone(),
            marginal_gbp_per_qaly: own,
            marginal_at_reference_gbp_per_qaly: own.map(|own| own / main.ratio),
            costly: own.is_some_and(|own| own > 15e3 && own / main.ratio <= 15e3),
            release_at_mean_gbp: main.release_gbp,
            release_at_best_quartile_gbp: line.best_quartile.as_ref().map(|it| it.release_gbp),
        })
    };
    let mut mend: Vec<ProductivityLineJson> =
        value.services.iter().zip(&lines).filter_map(dear).collect();
    mend.sort_by_key(|line| !line.costly);
    BenchmarkJson {
        schema: api::benchmark::SCHEMA.to_owned(),
        basis: "reported".to_owned(),
        year: "2024-25".to_owned(),
        reference: "National Cost Collection 2024/25".to_owned(),
        lines,
        unreviewed: Vec::new(),
        productivity: ProductivityJson {
            lines: mend,
            release_at_mean_gbp: 0.0,
            release_at_best_quartile_gbp: 3.1e6,
            queried_gbp: 0.7e6,
        },
        notes: vec!["Costs as reported, local prices included.".to_owned()],
        coverage: vec!["12 of 14 lines are compared.".to_owned()],
    }
}

/// Without any market forces factor.
fn without_factors(table: &BenchmarkJson) -> BenchmarkJson {
    let mut table = table.clone();
    for line in &mut table.lines {
        (line.national, line.peers, line.best_quartile, line.standing) = (None, None, None, None);
        line.reason = Some("RTG has no market forces factor for the year".to_owned());
    }
    table.productivity.lines.clear();
    table
}

fn both(value: &ValueJson, hostile: bool) -> BenchmarksJson {
    let reported = table(value, hostile);
    BenchmarksJson { market_forces_adjusted: without_factors(&reported), reported }
}

#[test]
fn benchmarks() {
    let today = date(2026, 11, 23);
    for (name, lines, hostile) in [
        ("benchmarks", 14, false),
        ("benchmarks-hostile", 40, true),
        ("benchmarks-huge", 2_000, false),
        ("benchmarks-empty", 0, false),
    ] {
        let value = samples::value(lines, hostile);
        let both = both(&value, hostile);
        let of = |list: &str, basis: &str| {
            let (list, basis) = (list.to_owned(), basis.to_owned());
            let query = BenchmarksQuery { basis, list, page: Some(1) };
            BenchmarksView::new(&value, &both, &query, today, !hostile)
        };
        look(name, "benchmarks.html", "/value", hostile, &of("", ""));
        let view = of("", "adjusted");
        look(&format!("{name}-adjusted"), "benchmarks.html", "/value", hostile, &view);
        assert_eq!(view.nothing.is_some(), lines > 0);
        if lines == 2_000 {
            for list in ["mend", "queries", "unreviewed", "reviewed", "lines"] {
                let view = of(list, "");
                look(&format!("{name}-{list}"), "benchmarks.html", "/value", hostile, &view);
            }
            assert!(of("mend", "").mend.pager.is_some() && of("", "").mend.rows.len() == 20);
            assert!(of("<script>", "").only.is_empty());
        }
    }
    let view = BenchmarksView::not_yet("no edition has been published yet");
    look("benchmarks-none", "benchmarks.html", "/value", false, &view);
}

#[test]
fn a_review_counts_until_the_day_it_ends_and_queries_stand_apart() {
    let value = samples::value(14, false);
    let both = both(&value, false);
    let of = |today| BenchmarksView::new(&value, &both, &BenchmarksQuery::default(), today, true);
    let keys = |today, reviewed: bool| -> Vec<String> {
        let view = of(today);
        let list = if reviewed { view.reviewed } else { view.unreviewed };
        list.rows.into_iter().map(|row| row.of.key).collect()
    };
    let (last, after) = (date(2026, 11, 22), date(2026, 11, 23));
    assert!(keys(last, true).contains(&"RFS/CREH".to_owned()));
    assert!(keys(after, false).contains(&"RFS/CREH".to_owned()), "{:?}", keys(after, false));
    let lapsed = of(after).unreviewed.rows.into_iter().find(|row| row.of.key == "RFS/CREH");
    let said = lapsed.and_then(|row| row.ran_out).unwrap_or_default();
    assert_eq!(said, "Its review of 1 March 2026 ran out on 22 November 2026.");
    let view = of(after);
    let queried: Vec<&str> = view.queries.rows.iter().map(|row| row.of.key.as_str()).collect();
    assert_eq!(queried, ["RY8/STOP"]);
    assert!(view.mend.rows.iter().all(|row| row.of.key != "RY8/STOP"));
    assert!(view.answer.starts_with("Mend productivity before anything is cut"), "{}", view.answer);
}

#[test]
fn services_beside_others() {
    let today = date(2026, 11, 23);
    for (name, at, hostile) in [
        ("service-benchmark", 5, false),
        ("service-benchmark-reviewed", 3, false),
        ("service-benchmark-query", 1, false),
        ("service-benchmark-hostile", 3, true),
        ("service-benchmark-apart", 13, false),
    ] {
        let value = samples::value(14, hostile);
        let table = table(&value, hostile);
        let (service, line) = (&value.services[at], &table.lines[at]);
        let part = BenchmarkPart::new(&value, service, &table, line, today);
        assert_eq!(part.chart.is_some(), at != 13);
        let view = ServiceView { benchmark: Some(part), ..ServiceView::new(&value, service, None) };
        look(name, "service.html", "/value", hostile, &view);
    }
}

fn range(low: f64, high: f64) -> IntervalJson {
    IntervalJson { low: Some(low), high: Some(high) }
}

fn ranges() -> EquityRangesJson {
    EquityRangesJson {
        gain_qaly: [range(310.0, 640.0); 5],
        net_qaly: [range(-12.0, 90.0); 5],
        net_total_qaly: range(-60.0, 450.0),
        weighted_net_qaly: None,
    }
}

fn equity(lines: usize, weights: Option<(&str, f64, [f64; 5])>, hostile: bool) -> EquityJson {
    let of = |scale: f64| {
        let gain = [10.0, 8.0, 6.0, 4.0, 2.0].map(|part| part * scale);
        let forgone = [4.4 * scale; 5];
        let net: Vec<f64> = gain.iter().zip(forgone).map(|(gain, cost)| gain - cost).collect();
        DistributionJson {
            gain_qaly: gain,
            opportunity_cost_qaly: forgone,
            net_total_qaly: net.iter().sum(),
            net_qaly: net.try_into().expect("five fifths"),
        }
    };
    let value = samples::value(lines, hostile);
    let services = value.services.iter().enumerate().map(|(at, line)| ServiceEquityJson {
        service: line.service.clone(),
        name: line.name.clone(),
        health: of(if at % 3 == 2 { -1.0 } else { 3.0 }),
        weighted_net_qaly: weights.map(|_| 12.0),
    });
    EquityJson {
        schema: api::equity::SCHEMA.to_owned(),
        health: if lines == 0 { DistributionJson::default() } else { of(43.0) },
        ranges: (lines > 0).then(ranges),
        valued_spend_gbp_m: if lines == 0 { 0.0 } else { 143.2 },
        lines_without_shares: 3,
        gain_without_shares_qaly: 210.0,
        spend_without_shares_gbp_m: 12.3,
        net_without_shares_qaly: -14.0,
        not_assessable_gbp_m: 61.0,
        weights: weights.map(|(kind, aversion, by_quintile)| WeightsJson {
            kind: kind.to_owned(),
            aversion,
            by_quintile,
            equally_distributed_equivalent_qaly: 71.37,
            index: 0.01732,
        }),
        weighted_net_qaly: weights.map(|_| 512.0),
        services: services.collect(),
        notes: vec!["Health forgone elsewhere falls equally on the five fifths.".to_owned()],
    }
}

#[test]
fn equities() {
    let atkinson = Some(("atkinson", 10.95, [2.176, 1.2013, 0.6869, 0.5446, 0.3912]));
    for (name, lines, weights, hostile) in [
        ("equity", 14, None, false),
        ("equity-weighted", 14, atkinson, false),
        ("equity-hostile", 40, atkinson, true),
        ("equity-huge", 2_000, None, false),
        ("equity-empty", 0, None, false),
    ] {
        let query = EquityQuery {
            weights: weights.map_or("", |(kind, ..)| kind).to_owned(),
            ..EquityQuery::default()
        };
        let view = EquityView::new(12, &equity(lines, weights, hostile), &query);
        assert_eq!(
            (view.weighted, view.judgement.is_empty()),
            (weights.is_some(), weights.is_none())
        );
        look(name, "equity.html", "/value", hostile, &view);
    }
    let view = EquityView::not_yet("no edition has been published yet");
    look("equity-none", "equity.html", "/value", false, &view);
}

fn need(places: usize, programmes: usize, hostile: bool) -> NeedJson {
    let place = |at: usize, share: f64| {
        let off = [0.14, -0.06, 0.0, -0.11, 0.03][at % 5];
        let fair = 120.0 * share;
        PlaceNeedJson {
            place: words(hostile, &format!("PLACE-{}", at + 1)),
            people: 212_000.0,
            weighted_people: 231_400.0,
            spend_gbp_m: fair * (1.0 + off),
            spend_per_weighted_head_gbp: Some(fair * (1.0 + off) * 1e6 / 231_400.0),
            fair_share_gbp_m: fair,
            distance_gbp_m: fair * off,
            distance_pct: Some(off * 100.0),
            health_qaly: 3_100.0 * share,
            health_per_thousand_weighted_qaly: Some(13.4 * share),
            fair_health_qaly: 3_000.0 * share,
            health_distance_qaly: 100.0 * share,
            health_range_qaly: Some(range(2_200.0 * share, 4_050.0 * share)),
            health_distance_range_qaly: Some(range(-40.0 * share, 230.0 * share)),
        }
    };
    let group = |by: &str, group: Option<String>, share: f64| GroupNeedJson {
        by: by.to_owned(),
        group,
        places: (0..places).map(|at| place(at, share)).collect(),
        unplaced_gbp_m: 14.0 * share,
        unplaced_qaly: 130.0,
        not_assessable_gbp_m: 61.0 * share,
    };
    let mut groups = vec![group("all", None, 1.0)];
    for sector in ["acute", "community", "mental_health"] {
        groups.push(group("sector", Some(words(hostile, sector)), 0.3));
    }
    for at in 0..programmes {
        groups.push(group("programme", Some(words(hostile, &format!("programme_{at}"))), 0.1));
    }
    let missing = if places == 0 {
        &["population", "service_places", "need_weights"][..]
    } else {
        &["need_weights"]
    };
    NeedJson {
        schema: api::need::SCHEMA.to_owned(),
        groups,
        streams: Vec::new(),
        missing: missing.iter().map(|table| (*table).to_owned()).collect(),
        notes: vec!["Fair shares divide what the book spends today.".to_owned()],
    }
}

#[test]
fn needs() {
    for (name, places, programmes, hostile) in [
        ("need", 8, 3, false),
        ("need-hostile", 9, 9, true),
        ("need-huge", 200, 40, false),
        ("need-empty", 0, 3, false),
    ] {
        let need = need(places, programmes, hostile);
        for by in ["", "sector", "programme"] {
            let query = NeedQuery { by: by.to_owned(), page: None };
            let view = NeedView::new(12, &need, &query);
            assert_eq!(view.groups.is_empty(), places == 0);
            let name = if by.is_empty() { name.to_owned() } else { format!("{name}-{by}") };
            look(&name, "need.html", "/value", hostile, &view);
        }
    }
    let view = NeedView::not_yet("no edition has been published yet");
    look("need-none", "need.html", "/value", false, &view);
}
