//! Books and runs made up for tests: small and plain, hostile, huge, or empty.

use api::check::{
    BridgeJson, CheckJson, CheckTotals, CostAreaJson, ProblemJson, QualityJson, ReconciliationJson,
};
use api::method::MethodJson;
use api::result::{
    AnswersJson, CertificateJson, ConstraintJson, GroupJson, KeyedValue, Provenance, QuintileJson,
    RelaxationJson, RunJson, ScenarioFacts, ServiceJson, StaffJson, SwapJson, Totals,
    UncertaintyJson,
};
use api::value::{ParityJson, ServiceValueJson, ValueJson, ValuedByJson};
use openbook::differences::{Change, Differences, KeyedRow};
use openbook::rows::Grade;
use quantities::{Pence, PoundsPerQaly, Qaly};
use std::collections::BTreeMap;
use store::{Answer, AskedQuery, EarlierAnswer, Query};
use value::ElasticitySource;
use value::method::{Extent, InstrumentUsed, MethodStatement};
use value::sensitivity::{Driver, Figure};

use crate::actions::others::Others;
use crate::engine::{Activity, Matter, SeenLine};

/// Names as a real book has them, with code, provider, sector, £m and healthy years.
const LINES: [(&str, &str, &str, &str, i64, f64); 14] = [
    ("Talking therapies for anxiety and depression", "IAPT", "RXM", "mental_health", 14, 1_450.0),
    ("Smoking cessation in pregnancy", "STOP", "RY8", "community", 1, 180.0),
    ("Hip replacement", "110H", "RTG", "acute", 12, 1_060.0),
    ("Cataract surgery", "130", "RTG", "acute", 9, 700.0),
    ("General practice, long-term conditions", "GP-LTC", "15M", "primary_care", 61, 3_300.0),
    ("Cardiac rehabilitation", "CREH", "RFS", "acute", 2, 95.0),
    ("Falls and frailty service", "FALLS", "RY8", "community", 8, 0.0),
    ("Community nursing", "N02", "RY8", "community", 34, 900.0),
    ("Outpatient follow-up, trauma and orthopaedics", "110F", "RTG", "acute", 21, 310.0),
    ("Inpatient rehabilitation, older adults", "314", "RXM", "mental_health", 17, 240.0),
    ("Knee arthroscopy", "110K", "RFS", "acute", 3, 31.0),
    ("Crisis resolution and home treatment", "CRHT", "RXM", "mental_health", 11, 0.0),
    ("General practice, same-day access", "GP-SDA", "15M", "primary_care", 44, 1_250.0),
    ("Interventional pain clinic", "191", "RTG", "acute", 4, 42.0),
];

/// A name that would break a page that trusts it.
pub(crate) const HOSTILE: &str = "<script>alert('x')</script> & \"quotes\" </title> {{ 7 * 7 }}";

fn money(millions: i64) -> Pence {
    Pence::new(millions * 100_000_000)
}

fn pounds(amount: f64) -> Pence {
    format!("{amount:.2}").parse().expect("money")
}

/// The value table of a book of so many lines; every name hostile where asked for.
pub(crate) fn value(lines: usize, hostile: bool) -> ValueJson {
    let services = (0..lines).map(|at| service_value(at, hostile)).collect();
    let parity = [
        ("acute", 51, 1.0, 0.97, 0.9),
        ("community", 43, 0.5, 0.81, 0.3),
        ("mental_health", 42, 1.0, 0.74, 0.4),
        ("primary_care", 105, 0.0, 0.52, 0.2),
    ];
    ValueJson {
        schema: api::value::SCHEMA.to_owned(),
        base_year: "2024-25".to_owned(),
        value_set: "UK_3L_1997".to_owned(),
        threshold_gbp_per_qaly: 15_000.0,
        book_marginal_gbp_per_qaly: (lines > 0).then_some(14_300.0),
        services,
        parity: if lines == 0 { Vec::new() } else { parity.map(parity_of).into() },
        notes: if lines == 0 {
            Vec::new()
        } else {
            vec!["Two providers are not reconciled with their accounts: RY8, 15M.".to_owned()]
        },
    }
}

fn parity_of(
    (sector, spend, reconciled, valued, graded): (&str, i64, f64, f64, f64),
) -> ParityJson {
    ParityJson {
        sector: sector.to_owned(),
        spend_gbp: money(spend),
        reconciled_share: reconciled,
        valued_share: valued,
        grade_abc_share: graded,
    }
}

fn service_value(at: usize, hostile: bool) -> ServiceValueJson {
    let (name, code, provider, sector, millions, years) = LINES[at % LINES.len()];
    let round = u32::try_from(at.div_euclid(LINES.len())).expect("a small book");
    let years = years / (1.0 + f64::from(round) / 40.0);
    let spend = money(millions);
    let (assessable, elasticity) = (years > 0.0, 0.45);
    let average = spend.to_pounds() / years;
    let given = |value: f64| assessable.then_some(value);
    let place = u32::try_from(at).expect("a small book") + 1;
    ServiceValueJson {
        service: format!(
            "{provider}/{code}{}",
            if round == 0 { String::new() } else { format!("-{round}") }
        ),
        name: named(name, at, hostile),
        provider: provider.to_owned(),
        sector: sector.to_owned(),
        spend_gbp: spend,
        valued_spend_gbp: if assessable { spend } else { Pence::ZERO },
        qaly: given(years),
        qaly_low: given(years * 0.62),
        qaly_high: given(years * 1.41),
        average_gbp_per_qaly: given(average),
        average_low_gbp_per_qaly: given(average * 0.7),
        average_high_gbp_per_qaly: given(average * 1.6),
        marginal_gbp_per_qaly: given(average / elasticity),
        marginal_low_gbp_per_qaly: given(average / elasticity * 0.7),
        marginal_high_gbp_per_qaly: (assessable && !at.is_multiple_of(5))
            .then_some(average / elasticity * 1.8),
        qaly_per_thousand_gbp: given(1e3 / average),
        qaly_per_thousand_gbp_low: given(625.0 / average),
        qaly_per_thousand_gbp_high: given(1e3 / 0.7 / average),
        net_health_benefit_qaly: given(years - spend.to_pounds() / 15_000.0),
        net_health_benefit_low_qaly: given(years * 0.6 - spend.to_pounds() / 15_000.0),
        net_health_benefit_high_qaly: given(years * 1.4 - spend.to_pounds() / 15_000.0),
        prob_cost_effective: given((years / (spend.to_pounds() / 15_000.0) / 2.0).min(1.0)),
        prob_low_value: given((spend.to_pounds() / 15_000.0 / years).min(1.0)),
        rank: assessable.then_some(place),
        order: assessable.then_some(place),
        order_low: assessable.then_some(place.saturating_sub(2).max(1)),
        order_high: assessable.then_some(place + 3),
        order_marginal_gbp_per_qaly: given(average / elasticity * 1.05),
        elasticity: given(elasticity),
        elasticity_source: assessable.then(|| "elicited".to_owned()),
        evidence_grade: assessable.then(|| "B".to_owned()),
        assessable,
        reason: (!assessable).then(|| "no outcome has been handed in for it".to_owned()),
        valued_by: if assessable { vec![valued_by(hostile)] } else { Vec::new() },
        left_out: vec!["Friends and Family Test: shown, not valued.".to_owned()],
        break_even_qaly_per_patient: (!assessable).then_some(0.062),
    }
}

fn named(name: &str, at: usize, hostile: bool) -> String {
    match (hostile, at % 3) {
        (false, _) => name.to_owned(),
        (true, 0) => format!("{HOSTILE} {at}"),
        (true, 1) => "Verylongwordwithoutanybreaks".repeat(12),
        (true, _) => format!("{name} ").repeat(15),
    }
}

fn valued_by(hostile: bool) -> ValuedByJson {
    ValuedByJson {
        cohort: "all".to_owned(),
        measure: "eq5d_index".to_owned(),
        value_set: Some("UK_3L_1997".to_owned()),
        mapping: None,
        patients: 1_204.0,
        qaly_per_patient: 0.884,
        otherwise: Vec::new(),
        duration_years: Some(10.0),
        decay_per_year: Some(0.05),
        counterfactual_fraction: Some(0.2),
        spend_share: Some(0.8),
        evidence_grade: "B".to_owned(),
        age_years: 2,
        source: if hostile { HOSTILE.to_owned() } else { "PROMs, England, 2022-23".to_owned() },
        reviewer: Some("A. Reviewer, ICB public health".to_owned()),
    }
}

/// A certified run over so many lines.
pub(crate) fn run(lines: usize, hostile: bool) -> RunJson {
    let services: Vec<ServiceJson> =
        value(lines, hostile).services.iter().enumerate().map(service).collect();
    let gain: f64 = services
        .iter()
        .map(|line| line.plan_qaly.unwrap_or(0.0) - line.base_qaly.unwrap_or(0.0))
        .sum();
    RunJson {
        schema: api::result::SCHEMA.to_owned(),
        status: "optimal".to_owned(),
        status_sentence: "the best plan within the limits was found and proven".to_owned(),
        certified: true,
        unique: Some(true),
        choice_gap: None,
        alternatives: None,
        sensitivity: None,
        years: Vec::new(),
        moves: Vec::new(),
        scenario: scenario(),
        provenance: provenance(),
        totals: Some(totals(gain)),
        constraints: constraints(hostile),
        providers: ["RTG", "RFS", "RY8", "RXM", "15M"].map(|code| group(code, hostile)).into(),
        sectors: ["acute", "community", "mental_health", "primary_care"]
            .map(|code| group(code, false))
            .into(),
        quintiles: [31.0, 12.0, -1.5, 0.0, 2.0]
            .into_iter()
            .zip(1u8..)
            .map(|(gain_qaly, quintile)| QuintileJson { quintile, gain_qaly })
            .collect(),
        staff: staff(),
        swaps: swaps(&services),
        services,
        options: Vec::new(),
        cash_release: Vec::new(),
        efficiency: Vec::new(),
        answers: Some(AnswersJson {
            same_money_more_health_qaly: Some(gain),
            same_health_less_money_gbp: Some(money(3)),
        }),
        uncertainty: Some(uncertainty()),
        relaxation: None,
        notes: vec!["Two providers are not reconciled with their accounts: RY8, 15M.".to_owned()],
        variables: Vec::new(),
        duals: Vec::new(),
        certificate: Some(CertificateJson {
            max_violation_gbp: 0.0,
            max_violation_wte: 0.0,
            dual_bound: 9_700.0,
            unit: "QALY".to_owned(),
            relative_gap: 1.2e-8,
        }),
    }
}

fn scenario() -> ScenarioFacts {
    ScenarioFacts {
        name: "Hold the total, follow value".to_owned(),
        base_year: "2024-25".to_owned(),
        objective: "health".to_owned(),
        years: 1,
        threshold_gbp_per_qaly: 15_000.0,
        value_set: "UK_3L_1997".to_owned(),
    }
}

fn staff() -> Vec<StaffJson> {
    vec![StaffJson {
        pool: "nursing".to_owned(),
        staff_group: "nursing_and_midwifery".to_owned(),
        available_wte: 5_120.0,
        base_wte: 5_044.5,
        plan_wte: 5_120.0,
        recruited_wte: 0.0,
        agency_wte: 0.0,
        price_qaly_per_wte: 0.73,
    }]
}

fn swaps(services: &[ServiceJson]) -> Vec<SwapJson> {
    let pairs = services.iter().zip(services.iter().skip(1)).take(3);
    pairs
        .map(|(from, to)| SwapJson {
            from: from.service.clone(),
            to: to.service.clone(),
            amount_gbp: money(1),
            lost_qaly: 4.2,
            gained_qaly: 61.0,
        })
        .collect()
}

fn uncertainty() -> UncertaintyJson {
    UncertaintyJson {
        draws: 1_000,
        solved: 998,
        seed: 1,
        gain_low_qaly: 18.0,
        gain_median_qaly: 60.2,
        gain_high_qaly: 121.0,
        prob_better: 0.934,
        value_of_perfect_information_qaly: Some(14.2),
        value_of_perfect_information_gbp: Some(Pence::new(21_300_000)),
        worth_finding_out: Vec::new(),
        worth_finding_out_by_service: Vec::new(),
        worth_finding_out_by_provider: Vec::new(),
    }
}

fn service((at, value): (usize, &ServiceValueJson)) -> ServiceJson {
    let label = match at % 14 {
        0 | 2 | 4 => "invest",
        8 => "low_value",
        9 => "uncertain",
        10 => "costly",
        6 | 11 => "not_assessable",
        12 => "protected",
        _ => "hold",
    };
    let change = match label {
        "invest" => 10.0,
        "low_value" | "uncertain" | "costly" => -10.0,
        _ => 0.0,
    };
    let base = value.spend_gbp.to_pounds();
    ServiceJson {
        service: value.service.clone(),
        name: value.name.clone(),
        provider: value.provider.clone(),
        sector: value.sector.clone(),
        base_gbp: value.spend_gbp,
        plan_gbp: pounds(base * (1.0 + change / 100.0)),
        change_pct: change,
        base_qaly: value.qaly,
        plan_qaly: value.qaly.map(|years| years * (1.0f64 + change / 100.0).powf(0.45)),
        average_gbp_per_qaly: value.average_gbp_per_qaly,
        marginal_gbp_per_qaly: value.marginal_gbp_per_qaly,
        reduced_cost_qaly_per_gbp_m: Some(0.0),
        at: "lower".to_owned(),
        stopped_by: vec![format!("pace/{}/1", value.service)],
        why_not: None,
        label: label.to_owned(),
        label_reason: "At its lower limit in 91 of 100 draws; its last pound costs more than \
                       £15,000 per QALY in 93 of 100; evidence grade B; elasticity elicited."
            .to_owned(),
        prob_at_lower: Some(0.91),
        prob_low_value: Some(0.93),
        range_gbp: None,
    }
}

fn provenance() -> Provenance {
    let hash = |letter: &str| letter.repeat(64);
    Provenance {
        engine: "valuebook 0.0.1".to_owned(),
        solver: "HiGHS 1.15.0".to_owned(),
        seed: 1,
        book_sha256: hash("a"),
        scenario_sha256: hash("b"),
        parameters_sha256: hash("c"),
        model_sha256: hash("d"),
        result_sha256: hash("e"),
    }
}

fn totals(gain: f64) -> Totals {
    Totals {
        budget_gbp: money(241),
        base_spend_gbp: money(241),
        plan_spend_gbp: pounds(239_799_999.87),
        stranded_gbp: pounds(1_200_000.0),
        recruitment_gbp: Pence::ZERO,
        agency_gbp: Pence::ZERO,
        double_running_gbp: Pence::ZERO,
        options_gbp: Pence::ZERO,
        unallocated_gbp: pounds(0.13),
        moved_gbp: pounds(4_100_000.0),
        base_qaly: 9_558.0,
        plan_qaly: 9_558.0 + gain,
        gain_qaly: gain,
        gain_if_fully_released_qaly: Some(gain * 2.4),
        cost_of_standing_still_gbp: Pence::ZERO,
        standing_still: api::result::StandingStillJson {
            demand_gbp: Pence::ZERO,
            prices_gbp: Pence::ZERO,
            efficiency_gbp: Pence::ZERO,
        },
        cost_of_silence_qaly: None,
    }
}

fn constraints(hostile: bool) -> Vec<ConstraintJson> {
    let limit = |key: &str, kind: &str, unit: &str, price: f64, sentence: &str| ConstraintJson {
        key: key.to_owned(),
        kind: kind.to_owned(),
        label: if hostile { HOSTILE.to_owned() } else { format!("Limit {key}") },
        sense: if kind == "floor" { ">=" } else { "<=" }.to_owned(),
        activity: 41.3,
        limit: 41.3,
        slack: 0.0,
        row_unit: unit.to_owned(),
        shadow_price: price,
        unit: format!("QALY per {unit}"),
        holds_from: None,
        holds_to: None,
        sentence: sentence.to_owned(),
    };
    vec![
        limit("pace/RTG/110F/1", "pace", "£m", 3.0, ""),
        limit(
            "workforce/nursing/1",
            "workforce",
            "WTE",
            0.73,
            "One more nurse would be worth 0.73 healthy years a year (for the next 1).",
        ),
        limit(
            "budget/core/1",
            "budget",
            "£m",
            77.0,
            "One more £1m would be worth 77 healthy years a year.",
        ),
        limit(
            "floor/mhis/1",
            "floor",
            "£m",
            -7.0,
            "The mental health floor costs 7 healthy years per £1m.",
        ),
        limit("protect/RXM/CRHT/1", "protect", "£m", 0.0, ""),
    ]
}

fn group(code: &str, hostile: bool) -> GroupJson {
    let down = code == "RTG" || code == "acute";
    GroupJson {
        id: code.to_owned(),
        name: if hostile {
            HOSTILE.to_owned()
        } else {
            format!("Provider {code} NHS Foundation Trust")
        },
        base_gbp: money(46),
        plan_gbp: if down { money(44) } else { money(47) },
        change_pct: if down { -4.35 } else { 2.17 },
        stranded_gbp: down.then(|| pounds(1_200_000.0)),
        gain_qaly: if down { -12.4 } else { 31.0 },
        not_assessable_gbp: money(11),
        wte_change: vec![KeyedValue { key: "nursing_and_midwifery".to_owned(), value: -9.2 }],
        impact: None,
    }
}

/// A scenario that cannot be done, with two ways back.
pub(crate) fn infeasible(hostile: bool) -> RunJson {
    let step = |way: u32, sentence: &str| RelaxationJson {
        key: "workforce/nursing/1".to_owned(),
        label: "Nurses in post".to_owned(),
        by: 21.0,
        unit: "WTE".to_owned(),
        sentence: if hostile { HOSTILE.to_owned() } else { sentence.to_owned() },
        way,
    };
    RunJson {
        status: "infeasible".to_owned(),
        status_sentence: "this plan cannot be staffed: it needs 21 more nurses than there are"
            .to_owned(),
        unique: None,
        totals: None,
        services: Vec::new(),
        constraints: Vec::new(),
        providers: Vec::new(),
        quintiles: Vec::new(),
        sectors: Vec::new(),
        staff: Vec::new(),
        swaps: Vec::new(),
        answers: None,
        uncertainty: None,
        certificate: None,
        relaxation: Some(vec![
            step(1, "Have 21 more nurses: the director of nursing would have to agree."),
            step(2, "Lower the mental health floor by £1.4m."),
            step(2, "And have 4 more nurses."),
        ]),
        ..run(0, false)
    }
}

/// What the checks say of it.
fn found(problems: u64, accepted: bool, hostile: bool) -> Vec<ProblemJson> {
    let message = |text: &str| if hostile { format!("{HOSTILE} {text}") } else { text.to_owned() };
    let problem = |row: u64, rule: &str, severity: &str, text: &str| ProblemJson {
        table: "costs".to_owned(),
        row: (row > 0).then_some(row),
        column: (row > 0).then(|| "cost_gbp".to_owned()),
        rule: rule.to_owned(),
        severity: severity.to_owned(),
        message: message(text),
    };
    let mut found = Vec::new();
    for at in 0..problems {
        if !accepted {
            found.push(problem(
                118 + at,
                "money.decimals",
                "refuse",
                "\"12.005\" has three decimals: write pounds and pence, for example 12.01",
            ));
        }
        found.push(problem(
            300 + at,
            "costs.negative",
            "query",
            "a cost of −£40.00: say why it is negative",
        ));
    }
    if !accepted && problems > 0 {
        found.push(problem(
            902,
            "service.unknown",
            "refuse",
            "\"DN-02\" is not in your list of services; did you mean \"DN02\"?",
        ));
        found.push(problem(
            0,
            "assumptions.absent",
            "note",
            "no reviewer has accepted the outcomes yet",
        ));
    }
    found
}

/// What an edition rests on, with the numbers and answers that are built in.
pub(crate) fn method(hostile: bool) -> MethodJson {
    let catalogue = crate::models::Catalogue::embedded().expect("the definitions");
    let year = "2024-25".parse().expect("a year");
    let extent = |lines| Extent { lines, spend: pounds(123_456_789.0) };
    let word = |text: &str| if hostile { HOSTILE.to_owned() } else { text.to_owned() };
    let used = |code: &str, note: Option<String>| InstrumentUsed {
        code: code.to_owned(),
        label: word("EQ-5D-3L, UK, time trade-off"),
        reference: word("Dolan, Medical Care, 1997"),
        note,
        extent: extent(31),
    };
    let statement = MethodStatement {
        base_year: year,
        value_set: Some(used("UK_3L_1997", None)),
        mappings: vec![used("PHQ9_FURUKAWA_KNOTS_V1", Some(word("A fallback.")))],
        numbers: catalogue.parameters.in_force(year),
        sources: vec![(word("Patient reported outcome measures 2018/19"), extent(4))],
        grades: vec![(Grade::A, extent(4)), (Grade::E, extent(27))],
        elasticities: vec![
            (ElasticitySource::Elicited, word("workshop of 3 March 2026"), extent(5)),
            (ElasticitySource::Default, "default".to_owned(), extent(26)),
        ],
        missing: vec![("community".to_owned(), word("no outcome has been handed in"), extent(21))],
        notes: vec![word("Two providers are not reconciled with their accounts.")],
        leaves_out: catalogue.method.leaves_out,
        objections: catalogue.method.objection,
    };
    statement.into()
}

/// A refused file with so many problems of each kind.
pub(crate) fn check(problems: u64, accepted: bool, hostile: bool) -> CheckJson {
    let found = found(problems, accepted, hostile);
    let mut counts = BTreeMap::new();
    for problem in &found {
        *counts.entry(problem.rule.clone()).or_insert(0) += 1;
    }
    CheckJson {
        schema: api::check::SCHEMA.to_owned(),
        accepted,
        problems: found,
        counts,
        rows: BTreeMap::from([("costs".to_owned(), 12_345)]),
        totals: CheckTotals { cost_gbp: pounds(98_700_000.0) },
        reconciliation: vec![ReconciliationJson {
            provider: "RTG".to_owned(),
            fin_year: "2024-25".to_owned(),
            costed_gbp: pounds(98_700_000.0),
            excluded_gbp: pounds(1_100_000.0),
            accounts_gbp: pounds(100_000_000.0),
            difference_gbp: pounds(-200_000.0),
            difference_pct: Some(-0.2),
            status: "green".to_owned(),
        }],
        quality: vec![QualityJson {
            provider: "RTG".to_owned(),
            score: Some(72.0),
            areas: vec![CostAreaJson {
                area: "nursing".to_owned(),
                cost_gbp: pounds(50_000_000.0),
                quality: 80.0,
            }],
            with_outcome_pct: 61.4,
            with_staff_pct: 92.0,
            with_equity_pct: 15.0,
            by_grade_gbp: BTreeMap::from([("B".to_owned(), pounds(12_000_000.0))]),
            complete_to: Some("2025-03-31".to_owned()),
            stale: None,
        }],
        bridge: vec![BridgeJson {
            fin_year: "2024-25".to_owned(),
            lines_gbp: BTreeMap::from([("allocation".to_owned(), pounds(98_700_000.0))]),
            difference_gbp: pounds(0.0),
            contracts_gbp: pounds(98_700_000.0),
            contracts_difference_gbp: pounds(0.0),
        }],
    }
}

/// So many negative costs that are asked about, every third answered, and one thing about the file.
pub(crate) fn asked(rows: u64) -> Vec<AskedQuery> {
    let query = |row: Option<u64>, rule: &str, message: &str| Query {
        table: "costs".to_owned(),
        rule: rule.to_owned(),
        row,
        column: row.map(|_| "cost_gbp".to_owned()),
        key: row.map(|_| HOSTILE.to_owned()),
        message: message.to_owned(),
        occurrences: 1,
    };
    let answer = |row: Option<u64>, rule: &str| Answer {
        id: "0193f2a0-0000-7000-8000-000000000001".parse().expect("an id"),
        table: "costs".to_owned(),
        rule: rule.to_owned(),
        row,
        column: None,
        text: format!("A refund.\n{HOSTILE}"),
        confirms: None,
        answered_at: jiff::Timestamp::UNIX_EPOCH,
        answered_by: tenancy::PersonId::new("p"),
    };
    let rule = "costs.negative";
    let mut asked: Vec<AskedQuery> = (2..rows + 2)
        .map(|row| AskedQuery {
            query: query(Some(row), rule, "a cost of −£40.00: say why it is negative"),
            answer: (row % 3 == 0).then(|| answer(Some(row), rule)),
            before: (row % 3 == 1).then(|| EarlierAnswer {
                submission: "0193f2a0-0000-7000-8000-000000000002".parse().expect("an id"),
                version: 2,
                answer: answer(None, rule),
            }),
        })
        .collect();
    asked.push(AskedQuery {
        query: query(None, "costs.stale", "the costs are 500 days old: send newer figures"),
        answer: None,
        before: None,
    });
    asked
}

/// So many lines as others see them: named with money, or with indices only.
pub(crate) fn others(lines: usize, named: bool) -> Others {
    let line = |at: usize| SeenLine {
        provider: "RY8".parse().expect("a code"),
        service: format!("RY8/{at}").parse().expect("a service"),
        named,
        provider_name: if named { HOSTILE } else { "another provider" }.to_owned(),
        name: if at == 0 { HOSTILE.to_owned() } else { format!("Service {at}") },
        programme: "musculoskeletal".to_owned(),
        setting: "community".to_owned(),
        sector: "community".to_owned(),
        spend: named.then(|| money(4)),
        valued_spend: named.then(|| money(3)),
        activity: ["CHS", "OPFA"]
            .into_iter()
            .filter(|_| named)
            .map(|point| Activity {
                point_of_delivery: point.to_owned(),
                amount: "160879".parse().expect("an amount"),
            })
            .collect(),
        measures: if at == 1 { Vec::new() } else { vec!["eq5d_index".to_owned()] },
        grade: (at != 1).then(|| "B".to_owned()),
        qaly: (named && at != 1).then_some(134.2),
        average: (named && at != 1).then_some(23_500.0),
        unit_cost_index: Some(1.07),
    };
    Others { agreement: None, lines: (0..lines).map(line).collect() }
}

/// So many figures that matter, the first with a value and a place where the answer turns.
pub(crate) fn matter(figures: usize) -> Matter {
    let kinds = [Figure::Cost, Figure::Patients, Figure::Gain, Figure::Elasticity];
    let driver = |(at, figure): (usize, Figure)| Driver {
        service: format!("RY8/{at}").parse().expect("a service"),
        name: if at == 3 { HOSTILE.to_owned() } else { format!("Service {at}") },
        figure,
        value: (figure != Figure::Gain).then_some(3_796_000.0),
        tenth_worse: Qaly::new(if at == 0 { -9.0 } else { -0.4 }),
        marginal: PoundsPerQaly::new(12_345.0),
        flips_at: (figure != Figure::Patients).then_some(1.2151),
    };
    Matter {
        drivers: kinds.into_iter().cycle().take(figures).enumerate().map(driver).collect(),
        threshold: PoundsPerQaly::new(15_000.0),
        assessable: figures,
        not_assessable: 2,
    }
}

/// So many rows of costs that are new, gone and changed.
pub(crate) fn differences(rows: usize) -> Differences {
    let key = |at: usize| vec!["RY8".to_owned(), format!("A{at}"), HOSTILE.to_owned()];
    let listed = rows.min(1_000);
    let keyed = |at: usize| KeyedRow { key: key(at), amount: Some(pounds(12_340.5)) };
    let change = |at: usize| Change {
        key: key(at),
        column: "cost_gbp".to_owned(),
        before: "12340.50".to_owned(),
        after: if at == 0 { String::new() } else { HOSTILE.to_owned() },
    };
    Differences {
        key_columns: ["provider_code", "service_code", "currency_code"].map(str::to_owned).to_vec(),
        added: (0..listed).map(keyed).collect(),
        removed: (0..listed).map(keyed).collect(),
        changed: (0..listed).map(change).collect(),
        added_count: rows,
        removed_count: rows,
        changed_count: rows,
        before_total: Some(pounds(100.0)),
        after_total: Some(pounds(102.0)),
    }
}
