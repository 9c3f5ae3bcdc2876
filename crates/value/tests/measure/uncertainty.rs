//! What must hold of intervals, ranks, shrunken figures, the value of information and flips.

use crate::{instruments, parameters, tables};
use openbook::rows::Grade;
use openbook::{Book, CheckedTable, Report, read};
use proptest::prelude::*;
use quantities::{Millions, Pence, PoundsPerQaly, Qaly, ServiceKey, Share};
use value::flips::{self, LineFlips};
use value::information::{self, Information, Subject};
use value::outcome::{ServiceOutcomes, ValuedOutcome};
use value::sensitivity::Figure;
use value::{
    Draws, Elasticity, ElasticitySource, Instruments, LineUncertainty, ServiceValue, Uncertainty,
    ValueOptions, ValueTable, YearParameters,
};

const K: PoundsPerQaly = PoundsPerQaly::new(15_000.0);

/// An acute line by what it does: £m, patients, gain a head and its standard error, elasticity and
/// its, and how much the cost may be off.
#[derive(Clone, Copy)]
struct Of {
    spend: f64,
    patients: f64,
    gain: f64,
    gain_se: f64,
    elasticity: f64,
    elasticity_se: f64,
    cost_cv: f64,
}

const PLAIN: Of = Of {
    spend: 1.0,
    patients: 1_000.0,
    gain: 0.2,
    gain_se: 0.03,
    elasticity: 0.5,
    elasticity_se: 0.1,
    cost_cv: 0.1,
};

fn line(name: &str, of: Of) -> ServiceValue {
    let valued = ValuedOutcome {
        cohort: "all".to_owned(),
        measure: "eq5d_index".to_owned(),
        value_set: None,
        mapping: None,
        patients: of.patients,
        per_patient: Qaly::new(of.gain),
        otherwise: Vec::new(),
        per_patient_se: Qaly::new(of.gain_se),
        duration_years: Some(5.0),
        decay_per_year: 0.0,
        counterfactual: Share::new(0.2),
        grade: Grade::C,
        spend_share: Share::ONE,
        age_years: 0,
        source: "a test".to_owned(),
        reviewer: None,
    };
    ServiceValue {
        key: ServiceKey::new("RTG".parse().expect("a code"), name).expect("a key"),
        name: name.to_owned(),
        sector: "acute".to_owned(),
        spend: Pence::ZERO,
        curve_spend: Millions::new(of.spend),
        pathway_share: Share::ONE,
        health: Some(Qaly::new(of.patients * of.gain)),
        elasticity: Some(Elasticity {
            mean: of.elasticity,
            se: of.elasticity_se,
            origin: ElasticitySource::Given,
            source: "a study".to_owned(),
        }),
        outcomes: ServiceOutcomes { valued: vec![valued], left_out: Vec::new() },
        grade: Some(Grade::C),
        reason: None,
        support: false,
        protection: None,
        cost_cv: of.cost_cv,
        health_interval: None,
        marginal_interval: None,
        prob_cost_effective: None,
        prob_low_value: None,
        unit_cost_ratio: None,
        break_even: None,
    }
}

/// A line of which nothing can be said.
fn unassessed(name: &str) -> ServiceValue {
    let plain = line(name, PLAIN);
    ServiceValue { health: None, elasticity: None, outcomes: ServiceOutcomes::default(), ..plain }
}

fn told(services: &[ServiceValue], draws: usize, seed: u64) -> Vec<Option<LineUncertainty>> {
    let parameters = parameters();
    let drawn = Draws::of(services, &parameters, draws, seed);
    Uncertainty::of(services, &drawn, &parameters, K).lines
}

fn table(services: Vec<ServiceValue>, parameters: &YearParameters, draws: usize) -> ValueTable {
    let draws = Draws::of(&services, parameters, draws, 1);
    ValueTable {
        base_year: "2024-25".parse().expect("a year"),
        value_set: ValueOptions::DEFAULT_VALUE_SET.to_owned(),
        threshold: K,
        uncertainty: Uncertainty::of(&services, &draws, parameters, K),
        services,
        draws,
        reconciliation: Vec::new(),
        notes: Vec::new(),
    }
}

fn first(lines: &[Option<LineUncertainty>]) -> LineUncertainty {
    lines.first().cloned().flatten().expect("an assessable line")
}

fn many(count: u32) -> Vec<ServiceValue> {
    (0..count)
        .map(|at| {
            let at = f64::from(at);
            let spread = |by: f64| (at * by).fract();
            let gain = 0.02 + 0.3 * spread(0.618);
            let of = Of {
                spend: 0.5 + 4.0 * spread(0.377),
                gain,
                gain_se: gain * (0.05 + 0.5 * spread(0.271)),
                elasticity: 0.2 + 0.6 * spread(0.773),
                ..PLAIN
            };
            line(&format!("S{at:03}"), of)
        })
        .collect()
}

#[test]
fn the_same_seed_gives_a_line_the_same_draws_whatever_else_the_book_has() {
    let parameters = parameters();
    let draws = |services: &[ServiceValue], count| Draws::of(services, &parameters, count, 7);
    let alone = draws(&[line("A", PLAIN)], 300).line(0).expect("draws");
    let mut crowd = many(30);
    crowd.insert(11, line("A", PLAIN));
    let among = draws(&crowd, 300).line(11).expect("draws");
    assert_eq!(alone.health, among.health);
    assert_eq!(alone.elasticity, among.elasticity);
    assert_eq!(alone.cost, among.cost);
    // More draws begin with the same ones, and another seed gives others.
    let more = draws(&[line("A", PLAIN)], 900).line(0).expect("draws");
    assert_eq!(more.health.get(..300), Some(alone.health.as_slice()));
    let other = Draws::of(&[line("A", PLAIN)], &parameters, 300, 8).line(0).expect("draws");
    assert_ne!(alone.health, other.health);
    assert!(draws(&[unassessed("B")], 300).line(0).is_none());
}

#[test]
fn doubt_about_duration_and_counterfactual_widens_health_and_leaves_the_other_draws() {
    let sure =
        YearParameters { duration_cv: [0.0; 5], counterfactual_se: [0.0; 5], ..parameters() };
    let unsure = YearParameters { duration_cv: [0.3; 5], counterfactual_se: [0.1; 5], ..sure };
    let of = |parameters: &YearParameters| {
        Draws::of(&[line("A", PLAIN)], parameters, 20_000, 1).line(0).expect("draws")
    };
    let (without, with) = (of(&sure), of(&unsure));
    assert_eq!((&without.elasticity, &without.cost), (&with.elasticity, &with.cost));
    let moments = |list: &[f64]| {
        let mean = list.iter().sum::<f64>() / 20_000.0;
        let squares: f64 = list.iter().map(|it| (it - mean).powi(2)).sum();
        (mean, (squares / 20_000.0).sqrt() / mean)
    };
    let ((mean, cv), (wider_mean, wider)) = (moments(&without.health), moments(&with.health));
    assert!((mean / 200.0 - 1.0).abs() < 0.01 && (cv - 0.15).abs() < 0.005, "{mean} {cv}");
    // A share of 0.2 ± 0.1 leaves 0.8 ± 0.1; five years ± 0.3 of them are discounted, so a little
    // less than 0.3 in value.
    assert!(wider_mean < mean && wider_mean > 0.97 * mean, "{wider_mean}");
    let wanted = (1.0 + 0.15_f64.powi(2)) * (1.0 + 0.125_f64.powi(2)) * (1.0 + 0.27_f64.powi(2));
    assert!((wider - (wanted - 1.0).sqrt()).abs() < 0.02, "{wider}");
    // As wide as a share can be, and next to none: drawn, and never out of range.
    let wild = YearParameters { counterfactual_se: [0.5; 5], ..sure };
    let mut odd = line("A", PLAIN);
    odd.outcomes.valued.iter_mut().for_each(|it| it.counterfactual = Share::new(0.02));
    let drawn = Draws::of(&[odd], &wild, 5_000, 1);
    let net = drawn.cohorts(0).into_iter().next().and_then(|it| it.net).expect("draws");
    assert!(net.iter().all(|net| (0.0..=1.0 / 0.98 + 1e-9).contains(net)));
    assert!((net.iter().sum::<f64>() / 5_000.0 - 1.0).abs() < 0.01);
}

#[test]
fn elasticities_of_one_source_move_together_by_half() {
    let parameters = parameters();
    let wide = Of { elasticity_se: 0.1, ..PLAIN };
    let services = [line("A", wide), line("B", wide)];
    let draws = Draws::of(&services, &parameters, 20_000, 1);
    let [a, b] = [0, 1].map(|at| draws.line(at).expect("draws").elasticity);
    let mean = |list: &[f64]| list.iter().sum::<f64>() / 20_000.0;
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let spread = |list: &[f64], mean: f64| list.iter().map(|e| (e - mean).powi(2)).sum::<f64>();
    let both: f64 = a.iter().zip(&b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    let r = both / (spread(&a, mean_a) * spread(&b, mean_b)).sqrt();
    assert!((r - parameters.source_correlation).abs() < 0.02, "{r}");
}

#[test]
fn a_book_is_told_the_same_by_any_number_of_threads() {
    let parameters = parameters();
    let mut services = many(60);
    services.insert(3, unassessed("none"));
    let draws = Draws::of(&services, &parameters, 500, 3);
    let with = |threads| Uncertainty::with_threads(&services, &draws, &parameters, K, threads);
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
    assert_eq!(one.thresholds.len(), 29);
    assert_eq!(one.thresholds.last().map(|k| k.get()), Some(35_000.0));
    assert_eq!(one.lines.get(3), Some(&None));
    let mut ranks: Vec<usize> = one.lines.iter().flatten().map(|line| line.rank).collect();
    ranks.sort_unstable();
    assert_eq!(ranks, (1..=60).collect::<Vec<_>>());
    // A quarter of the lines is in the dearest quarter in every draw.
    let bottom: f64 = one.lines.iter().flatten().map(|line| line.prob_bottom_quarter).sum();
    assert!((bottom - 15.0).abs() < 1e-9, "{bottom}");
    for line in one.lines.iter().flatten() {
        let shrunk = line.shrunk.as_ref().expect("a price");
        assert!(line.rank_interval.low <= line.rank_interval.high);
        assert!((1..=60).contains(&shrunk.rank) && (0.0..=1.0).contains(&shrunk.own_weight));
        assert_eq!(shrunk.comparable.as_deref(), Some("acute"));
        assert!(shrunk.interval.low < shrunk.marginal.get());
        assert!(shrunk.interval.high > shrunk.marginal.get());
    }
}

#[test]
fn shrunken_prices_spread_less_and_the_noisiest_extreme_no_longer_leads() {
    let mut services = many(40);
    // The cheapest last pound of all, a little cheaper than the next, of which little is known.
    let prices = services.iter().filter_map(|it| Some(it.marginal()?.get()));
    let next = prices.min_by(f64::total_cmp).expect("prices");
    let spend = 0.95 * next * 450.0 / 1e6;
    let wild = Of { gain: 0.9, gain_se: 0.8, spend, ..PLAIN };
    services.push(line("WILD", wild));
    let lines = told(&services, 2_000, 1);
    let found: Vec<&LineUncertainty> = lines.iter().flatten().collect();
    let wild = found.last().expect("the last");
    let shrunk = wild.shrunk.as_ref().expect("a price");
    assert_eq!(wild.rank, 1);
    assert!(shrunk.rank > 1, "{}", shrunk.rank);
    let spread = |prices: Vec<f64>| {
        let mean = prices.iter().sum::<f64>() / 41.0;
        prices.iter().map(|price| (price - mean).powi(2)).sum::<f64>()
    };
    let raw = spread(services.iter().filter_map(|it| Some(it.marginal()?.get().ln())).collect());
    let drawn_in = spread(
        found.iter().filter_map(|it| Some(it.shrunk.as_ref()?.marginal.get().ln())).collect(),
    );
    assert!(drawn_in < raw, "{drawn_in} is not below {raw}");
}

#[test]
fn sure_figures_have_no_interval_and_no_value_of_information() {
    let sure = Of { spend: 1.05, gain_se: 0.0, elasticity_se: 0.0, cost_cv: 0.0, ..PLAIN };
    let parameters =
        YearParameters { duration_cv: [0.0; 5], counterfactual_se: [0.0; 5], ..parameters() };
    let table = table(vec![line("A", sure)], &parameters, 200);
    let found = first(&table.uncertainty.lines);
    // £1.05m for 200 QALY: £5,250 on average and £10,500 at the margin.
    for (interval, wanted) in [(found.average, 5_250.0), (found.marginal, 10_500.0)] {
        assert!((interval.low - wanted).abs() < 1e-6 && (interval.high - wanted).abs() < 1e-6);
    }
    assert!((found.net_health_benefit.high - (200.0 - 1.05e6 / 15_000.0)).abs() < 1e-9);
    let dearer: Vec<f64> = found.curve.iter().map(|it| it.last_pound_dearer).collect();
    assert_eq!(dearer.get(..5), Some([1.0, 1.0, 1.0, 1.0, 0.0].as_slice()));
    let worth = information::of(&parameters, &table);
    assert!(
        worth.all.qaly.get() < 1e-9 && worth.figures.iter().all(|it| it.worth.qaly.get() < 1e-9)
    );
}

/// The expected loss of a normal benefit, the textbook's: σ φ(μ/σ) − |μ| Φ(−|μ|/σ).
fn unit_loss(mean: f64, sd: f64) -> f64 {
    let x = mean.abs() / sd;
    let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    // Φ(−x) by Zelen and Severo's polynomial, within 7.5e-8.
    let t = 1.0 / (1.0 + 0.231_641_9 * x);
    let sum = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    sd * density - mean.abs() * density * sum
}

#[test]
fn perfect_information_about_a_normal_gain_is_worth_its_expected_loss() {
    let gain_only = Of { spend: 1.6, gain_se: 0.06, elasticity_se: 0.0, cost_cv: 0.0, ..PLAIN };
    let parameters =
        YearParameters { duration_cv: [0.0; 5], counterfactual_se: [0.0; 5], ..parameters() };
    let table = table(vec![line("A", gain_only)], &parameters, 60_000);
    let found = information::of(&parameters, &table);
    // A tenth of the spend: 0.1 (0.5 · 1000 · gain − 1.6e6 / 15,000).
    let mean = 0.1 * (0.5 * 200.0 - 1.6e6 / 15_000.0);
    let wanted = unit_loss(mean, 0.1 * 0.5 * 1_000.0 * 0.06);
    assert!((found.all.qaly.get() / wanted - 1.0).abs() < 0.04, "{:?} {wanted}", found.all);
    let one = found.figures.first().expect("a figure");
    assert_eq!(
        (one.figure, found.lines.first().map(|line| line.keep)),
        (Figure::Gain, Some(false))
    );
    assert!((one.worth.qaly.get() - found.all.qaly.get()).abs() < 1e-9);
    assert!((one.worth.money.get() - one.worth.qaly.get() * 15_000.0 / 1e6).abs() < 1e-12);
}

/// EVPPI by the standard estimator over the draws (Strong and Oakley 2013), here with the mean of
/// the benefit in each of many bins of the figure as the regression.
fn by_bins(figure: &[f64], benefit: &[f64]) -> f64 {
    let mut pairs: Vec<(f64, f64)> = figure.iter().copied().zip(benefit.iter().copied()).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean = |list: &[(f64, f64)]| {
        list.iter().map(|pair| pair.1).sum::<f64>()
            / f64::from(u32::try_from(list.len()).expect("few"))
    };
    let all = mean(&pairs).max(0.0);
    let bins: Vec<f64> = pairs.chunks(500).map(|bin| mean(bin).max(0.0)).collect();
    bins.iter().sum::<f64>() / f64::from(u32::try_from(bins.len()).expect("few")) - all
}

#[test]
fn what_one_figure_is_worth_agrees_with_the_estimator_over_the_draws() {
    let parameters = parameters();
    let even = Of { spend: 1.5, gain_se: 0.06, elasticity_se: 0.2, ..PLAIN };
    let table =
        table(vec![line("A", even), line("B", Of { spend: 1.3, ..even })], &parameters, 40_000);
    let found = information::of(&parameters, &table);
    let drawn = table.draws.line(0).expect("draws");
    let benefit: Vec<f64> = drawn
        .health
        .iter()
        .zip(&drawn.elasticity)
        .zip(&drawn.cost)
        .map(|((h, e), c)| 0.1 * (e * h - 1.5e6 / 15_000.0 * c))
        .collect();
    let key = table.services.first().map(|it| it.key.clone()).expect("a line");
    let own = |figure: Figure| {
        let is =
            |subject: &Subject| matches!(subject, Subject::Line { service, .. } if *service == key);
        let found = found.figures.iter().find(|it| it.figure == figure && is(&it.subject));
        found.map_or(0.0, |it| it.worth.qaly.get())
    };
    let cohort = table.draws.cohorts(0).into_iter().next().expect("a cohort");
    for (figure, draws) in [
        (Figure::Elasticity, &drawn.elasticity),
        (Figure::Cost, &drawn.cost),
        (Figure::Gain, &cohort.gain),
    ] {
        let wanted = by_bins(draws, &benefit);
        let near = (own(figure) - wanted).abs() < 0.05 * wanted + 0.02;
        assert!(near, "{figure:?}: {} {wanted}", own(figure));
    }
    let worth_of_line = found.lines.iter().find(|it| it.service == key).expect("the line").worth;
    assert!(found.figures.iter().all(|it| it.worth.qaly.get() <= found.all.qaly.get()));
    assert!(own(Figure::Elasticity) > own(Figure::Cost));
    assert!(own(Figure::Elasticity) <= worth_of_line.qaly.get());
    let source = found.figures.iter().find(|it| matches!(it.subject, Subject::Source(_)));
    let source = source.expect("the study that both rest on");
    assert_eq!((source.lines, &source.subject), (2, &Subject::Source("a study".to_owned())));
    assert!(found.figures.is_sorted_by(|a, b| a.worth.qaly.get() >= b.worth.qaly.get()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the line: intervals hold the central figure, probabilities rise with the
    /// threshold, value falls with cost and rises with gain, and more doubt makes wider intervals.
    #[test]
    fn intervals_and_probabilities_behave(
        spend in 0.1..20.0_f64, gain in 0.01..0.5_f64, cv in 0.02..0.3_f64,
        elasticity in 0.3..0.7_f64, cost_cv in 0.01..0.2_f64, seed in 0_u64..1_000,
    ) {
        let of = Of {
            spend, gain, gain_se: gain * cv, elasticity, elasticity_se: 0.1, cost_cv, ..PLAIN
        };
        let one = line("A", of);
        let found = first(&told(std::slice::from_ref(&one), 2_000, seed));
        let holds = |interval: value::Interval, figure: f64| {
            interval.low <= figure && figure <= interval.high
        };
        prop_assert!(holds(found.health, one.health.expect("health").get()));
        prop_assert!(holds(found.average, one.average().expect("a price").get()));
        prop_assert!(holds(found.marginal, one.marginal().expect("a price").get()));
        prop_assert!(holds(found.net_health_benefit, one.net_health_benefit(K).expect("nhb").get()));
        let rising = found.curve.is_sorted_by(|a, b| {
            a.cost_effective <= b.cost_effective && a.last_pound_dearer >= b.last_pound_dearer
        });
        prop_assert!(rising);
        let at_k = found.curve.get(8).expect("£15,000");
        prop_assert!((at_k.cost_effective - found.prob_cost_effective).abs() < 1e-9);
        prop_assert!((at_k.last_pound_dearer - found.prob_last_pound_dearer).abs() < 1e-9);
        let other = |of: Of| first(&told(&[line("A", of)], 2_000, seed));
        let dearer = other(Of { spend: spend * 1.5, ..of });
        prop_assert!(dearer.average.low > found.average.low);
        prop_assert!(dearer.prob_cost_effective <= found.prob_cost_effective);
        let better = other(Of { gain: gain * 1.5, gain_se: of.gain_se * 1.5, ..of });
        prop_assert!(better.marginal.high < found.marginal.high);
        // Far more, for the gain is not all that is drawn.
        let wider = other(Of { gain_se: of.gain_se + gain * 0.4, ..of });
        prop_assert!(wider.health.high - wider.health.low > found.health.high - found.health.low);
    }
}

const OUTCOMES: &str = "provider_code,service_code,fin_year,cohort,measure,value_set,patients,\
    baseline_mean,followup_mean,gain_mean,gain_se,duration_years,decay_per_year,\
    counterfactual_fraction,evidence_grade,spend_share,source\n";

/// Services A, B, … of the costs in pounds, with outcome rows and elasticity rows.
fn book(costs: &[(&str, &str)], outcomes: &str, elasticities: &str) -> Book {
    let tables = tables();
    let mut report = Report::default();
    let services: String =
        costs.iter().map(|(code, _)| format!("RTG,{code},Line {code},MSK,op\n")).collect();
    let costs: String = costs
        .iter()
        .map(|(code, cost)| {
            format!("RTG,{code},2024-25,0,p,c,r,variable,1,{cost},plics,2025-03-31\n")
        })
        .collect();
    let files = [
        (
            "providers",
            "provider_code,provider_name,sector,place_code\nRTG,Derby,acute,D\n".to_owned(),
        ),
        (
            "services",
            format!("provider_code,service_code,service_name,programme,setting\n{services}"),
        ),
        (
            "costs",
            format!(
                "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
                 resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n{costs}"
            ),
        ),
        ("outcomes", format!("{OUTCOMES}{outcomes}")),
        (
            "elasticities",
            format!("provider_code,service_code,elasticity,elasticity_se,source\n{elasticities}"),
        ),
    ];
    let read: Vec<CheckedTable> = files
        .iter()
        .filter_map(|(name, csv)| {
            read::table(&tables, tables.get(name)?, csv.as_bytes(), &mut report)?.accepted()
        })
        .collect();
    Book::assemble(read, &mut report).unwrap_or_else(|| panic!("{:?}", report.problems()))
}

fn flips_of(book: &Book, instruments: &Instruments) -> (ValueTable, Vec<LineFlips>) {
    let parameters = parameters();
    let year = "2024-25".parse().expect("a year");
    let options = ValueOptions { draws: 0, ..ValueOptions::plain(year) };
    let table = ValueTable::of(book, instruments, &parameters, &options).expect("a table");
    let found = flips::of(book, instruments, &parameters, &options, &table);
    (table, found)
}

const ELASTICITIES: &str = "RTG,A,0.5,0.1,x\nRTG,B,0.8,0.1,x\n";

fn eq5d(code: &str, years: f64, fraction: f64) -> String {
    format!(
        "RTG,{code},2024-25,all,eq5d_index,UK_3L_1997,1000,,,0.2,0.01,{years},0.1,{fraction},B,1,x\n"
    )
}

#[test]
fn a_figure_put_where_it_flips_makes_the_last_pound_cost_just_the_threshold() {
    let costs = [("A", "4000000.00"), ("B", "6000000.00")];
    let rows = |years: f64, fraction: f64| eq5d("A", years, fraction) + &eq5d("B", 6.0, 0.3);
    let instruments = instruments();
    let (_, found) = flips_of(&book(&costs, &rows(2.5, 0.2), ELASTICITIES), &instruments);
    let [a, b] = found.as_slice() else { panic!("two lines") };
    assert_eq!((a.rank, b.rank), (2, 1));
    let cohort = a.cohorts.first().expect("a cohort");
    let duration = cohort.duration.expect("a duration");
    let price = |years: f64, fraction: f64, elasticities: &str| {
        let (table, _) =
            flips_of(&book(&costs, &rows(years, fraction), elasticities), &instruments);
        table.services.first().and_then(ServiceValue::marginal).expect("a price").get()
    };
    let years = duration.at_threshold.expect("a duration that does it");
    assert!((price(years, 0.2, ELASTICITIES) - 15_000.0).abs() < 0.01, "{years}");
    // A passes B, the cheaper one, where its last pound costs as much; nothing is dearer than A.
    let passes = duration.passes_the_cheaper.expect("a duration that does it");
    assert!((price(passes, 0.2, ELASTICITIES) - b.marginal.get()).abs() < 0.01, "{passes}");
    assert_eq!(duration.falls_behind_the_dearer, None);
    let elasticity = a.elasticity.at_threshold.expect("an elasticity");
    let row = format!("RTG,A,{elasticity},0.1,x\nRTG,B,0.8,0.1,x\n");
    assert!((price(2.5, 0.2, &row) - 15_000.0).abs() < 0.01, "{elasticity}");
    // B is below the threshold: so much could come anyway that it just is not.
    let fraction = b.cohorts.first().and_then(|it| it.counterfactual).expect("a share");
    let flip = fraction.at_threshold.expect("a share that does it");
    let rows = eq5d("A", 2.5, 0.2) + &eq5d("B", 6.0, flip);
    let (table, _) = flips_of(&book(&costs, &rows, ELASTICITIES), &instruments);
    let price = table.services.get(1).and_then(ServiceValue::marginal).expect("a price");
    assert!((price.get() - 15_000.0).abs() < 0.01, "{flip}");
    // Even none of it coming anyway, A's last pound stays above the threshold.
    assert_eq!(cohort.counterfactual.and_then(|it| it.at_threshold), None);
}

#[test]
fn one_cohort_flips_with_the_others_as_they_are() {
    let row = |cohort: &str, patients: u32, years: f64| {
        format!(
            "RTG,A,2024-25,{cohort},eq5d_index,UK_3L_1997,{patients},,,0.2,0.01,{years},,0.2,B,0.5,x\n"
        )
    };
    let costs = [("A", "2000000.00")];
    let of = |years: f64| {
        let rows = row("first", 600, years) + &row("second", 500, 1.0);
        flips_of(&book(&costs, &rows, "RTG,A,0.5,0.1,x\n"), &instruments())
    };
    let (_, found) = of(1.0);
    let cohorts = &found.first().expect("a line").cohorts;
    let years = cohorts.first().and_then(|it| it.duration?.at_threshold).expect("a duration");
    let (table, _) = of(years);
    let price = table.services.first().and_then(ServiceValue::marginal).expect("a price");
    assert!((price.get() - 15_000.0).abs() < 0.01, "{years}: {price:?}");
}

#[test]
fn another_named_mapping_is_tried_and_one_on_another_value_set_refused() {
    let row = "RTG,A,2024-25,all,phq9,,1000,15.4,9.4,,,1,,0.4,C,1,x\n";
    let book = book(&[("A", "600000.00")], row, "RTG,A,0.8,0.1,x\n");
    let mut instruments = instruments();
    let first = instruments.mappings.get("PHQ9_FURUKAWA_KNOTS_V1").cloned().expect("the mapping");
    instruments.mappings.retain(|code, it| it.measure != "phq9" || *code == first.code);
    let (_, found) = flips_of(&book, &instruments);
    let line = found.first().expect("a line");
    assert!(line.mappings.is_empty());
    let now = line.marginal.get();
    // Twice the utility a point makes the last pound half as dear.
    let mut steep = first.clone();
    steep.code = "STEEP".to_owned();
    for knot in &mut steep.knots {
        knot.utility *= 2.0;
    }
    let mut foreign = first.clone();
    foreign.code = "FOREIGN".to_owned();
    foreign.value_set = "UK_5L_2026".to_owned();
    for other in [steep, foreign] {
        instruments.mappings.insert(other.code.clone(), other);
    }
    let (_, found) = flips_of(&book, &instruments);
    let [foreign, steep] = found.first().expect("a line").mappings.as_slice() else {
        panic!("two other mappings")
    };
    let price = steep.marginal.expect("a price").get();
    assert!((price - now / 2.0).abs() < 1e-6, "{price} {now}");
    assert_eq!((steep.used.as_str(), steep.rank), ("PHQ9_FURUKAWA_KNOTS_V1", Some(1)));
    assert_eq!(steep.crosses_threshold, (now > 15_000.0) != (price > 15_000.0));
    assert_eq!((foreign.marginal, foreign.crosses_threshold), (None, false));
    assert!(foreign.why_not.as_deref().is_some_and(|why| why.contains("UK_5L_2026")));
}

#[test]
fn an_elasticity_anchored_on_a_slope_makes_health_cancel() {
    let tables = tables();
    assert!(tables.get("elasticities").is_some());
    let mut book = book(&[("A", "2000000.00")], &eq5d("A", 2.5, 0.2), "RTG,A,0.5,0.1,x\n");
    let key = book.elasticities.keys().next().cloned().expect("the line");
    let row = book.elasticities.get_mut(&key).expect("the row");
    row.elasticity = None;
    row.slope = Some(100.0);
    let (_, found) = flips_of(&book, &instruments());
    let line = found.first().expect("a line");
    assert!(line.health_cancels);
    let cohort = line.cohorts.first().expect("a cohort");
    assert_eq!(cohort.duration.and_then(|it| it.at_threshold), None);
    assert_eq!(cohort.counterfactual.and_then(|it| it.at_threshold), None);
}

#[test]
fn what_is_worth_knowing_is_empty_without_draws() {
    let parameters = parameters();
    let table = table(vec![line("A", PLAIN), unassessed("B")], &parameters, 0);
    let Information { all, lines, figures, .. } = information::of(&parameters, &table);
    assert_eq!((all.qaly.get(), lines.len(), figures.len()), (0.0, 0, 0));
}
