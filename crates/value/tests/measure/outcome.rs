//! From an outcome to the value of a line.

use crate::{instruments, parameters, tables, text, year};
use openbook::{Book, CheckedTable, Report, read};
use proptest::prelude::*;
use quantities::{Pence, ProviderCode};
use std::collections::BTreeSet;
use value::method::{Extent, MethodDefinition, MethodStatement};
use value::sensitivity::{Figure, drivers};
use value::talking_therapies::{Course, Scores};
use value::{Parameters, ServiceValue, ValueError, ValueOptions, ValueTable, parity, review};

/// One service of £`cost`, with the outcome and assumption rows given.
fn book(cost: &str, outcomes: &str, assumptions: Option<&str>) -> Book {
    book_with(cost, outcomes, assumptions, &[])
}

/// The same with further tables.
fn book_with(
    cost: &str,
    outcomes: &str,
    assumptions: Option<&str>,
    more: &[(&'static str, &str)],
) -> Book {
    let tables = tables();
    let mut report = Report::default();
    let mut files = vec![
        (
            "providers",
            "provider_code,provider_name,sector,place_code\nRTG,Derby,acute,D\n".to_owned(),
        ),
        (
            "services",
            "provider_code,service_code,service_name,programme,setting\nRTG,S,Bones,MSK,op\n"
                .to_owned(),
        ),
        (
            "costs",
            format!(
                "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
                 resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n\
                 RTG,S,2024-25,0,p,c,r,variable,1,{cost},plics,2025-03-31\n"
            ),
        ),
        (
            "outcomes",
            format!(
                "provider_code,service_code,fin_year,cohort,measure,value_set,patients,\
                 baseline_mean,followup_mean,gain_mean,gain_se,duration_years,\
                 counterfactual_fraction,evidence_grade,spend_share,source\n{outcomes}"
            ),
        ),
    ];
    if let Some(rows) = assumptions {
        files.push((
            "assumptions",
            format!(
                "provider_code,service_code,cohort,duration_years,counterfactual_fraction,\
                 evidence_grade,reviewer,reviewed_on,source\n{rows}"
            ),
        ));
    }
    files.extend(more.iter().map(|(name, csv)| (*name, (*csv).to_owned())));
    let read: Vec<CheckedTable> = files
        .iter()
        .filter_map(|(name, csv)| {
            read::table(&tables, tables.get(name)?, csv.as_bytes(), &mut report)?.accepted()
        })
        .collect();
    Book::assemble(read, &mut report).unwrap_or_else(|| panic!("{:?}", report.problems()))
}

fn value(book: &Book, draws: usize) -> Result<ValueTable, ValueError> {
    let (year, parameters) = (year(), parameters());
    let options = ValueOptions { draws, ..ValueOptions::plain(year) };
    ValueTable::of(book, &instruments(), &parameters, &options)
}

fn only(table: &ValueTable) -> &ServiceValue {
    table.services.first().expect("a service")
}

#[test]
fn every_value_set_and_mapping_gives_its_published_check_values() {
    let instruments = instruments();
    let mut checked = 0;
    for set in instruments.value_sets.values() {
        for (state, wanted) in &set.checks {
            let found = set.utility(state).expect("a state");
            assert!((found - wanted).abs() < 5e-4, "{} {state}: {found}", set.code);
            checked += 1;
        }
        assert_eq!(set.utility("11116"), None);
        assert_eq!(set.utility("1111"), None);
    }
    for mapping in instruments.mappings.values() {
        for knot in &mapping.checks {
            let found = mapping.utility(knot.score).expect("a score in range");
            assert!((found - knot.utility).abs() < 5e-4, "{} {}", mapping.code, knot.score);
            checked += 1;
        }
        assert_eq!(mapping.utility(-1.0), None);
    }
    assert!(checked >= 20, "{checked}");
}

#[test]
fn a_hip_at_one_year_and_at_ten() {
    let of = |years: u8| {
        let row =
            format!("RTG,S,2024-25,all,eq5d_index,UK_3L_1997,1000,,,0.456976,,{years},0,A,1,x\n");
        let table = value(&book("9092500.00", &row, None), 0).expect("a table");
        only(&table).average().expect("a price").get()
    };
    assert!((of(1) - 19_897.0).abs() < 1.0, "{}", of(1));
    assert!((of(10) - 2_311.5).abs() < 1.0, "{}", of(10));
}

#[test]
fn a_boards_part_of_the_work_is_its_part_of_spend_and_health() {
    let row = "RTG,S,2024-25,all,eq5d_index,UK_3L_1997,1000,,,0.456976,,1,0,A,1,x\n";
    let contracts = "provider_code,service_code,commissioner_code,fin_year,mechanism,income_gbp,\
                     activity\nRTG,S,QJ2,2024-25,fixed,60.00,600\nRTG,S,QHL,2024-25,fixed,50.00,400\n";
    let whole = value(&book("9092500.00", row, None), 0).expect("a table");
    let book = book_with("9092500.00", row, None, &[("contracts", contracts)]);
    let part = value(&book, 0).expect("a table");
    assert_eq!(only(&part).spend.to_string(), "5455500.00");
    let health = |table: &ValueTable| only(table).health.expect("health").get();
    assert!((health(&part) - 0.6 * health(&whole)).abs() < 1e-9);
    let price = |table: &ValueTable| only(table).average().expect("a price").get();
    assert!((price(&part) - price(&whole)).abs() < 1e-6);
    assert!(part.notes.iter().any(|note| note.contains("QJ2")), "{:?}", part.notes);
}

#[test]
fn the_figures_that_matter_say_by_how_much_and_where_the_answer_flips() {
    // £9,092.50 a patient for 0.456976 over one year: £19,897 per QALY, £39,795 at the margin.
    let row = "RTG,S,2024-25,all,eq5d_index,UK_3L_1997,1000,,,0.456976,,1,0.5,A,1,x\n";
    let book = book("4546250.00", row, None);
    let (year, parameters) = (year(), parameters());
    let options = ValueOptions { draws: 0, ..ValueOptions::plain(year) };
    let table = ValueTable::of(&book, &instruments(), &parameters, &options).expect("a table");
    let provider = "RTG".parse().expect("a code");
    let found = drivers(&book, &instruments(), &parameters, &options, &table, &provider);
    let of = |figure: Figure| found.iter().find(|driver| driver.figure == figure).expect("there");
    assert_eq!(found.len(), 6);
    let (health, spend) = (0.456_976 * 0.5 * 1000.0, 4_546_250.0 / 15_000.0);
    assert!((of(Figure::Cost).tenth_worse.get() + 0.1 * spend).abs() < 1e-6);
    assert!((of(Figure::Patients).tenth_worse.get() + 0.1 * health).abs() < 1e-6);
    assert!((of(Figure::Counterfactual).tenth_worse.get() + 0.1 * health).abs() < 1e-6);
    let marginal = only(&table).marginal().expect("a price").get();
    let cost = of(Figure::Cost).flips_at.expect("within reach");
    assert!((cost - 15_000.0 / marginal).abs() < 1e-6, "{cost}");
    let patients = of(Figure::Patients).flips_at.expect("within reach");
    assert!((patients - marginal / 15_000.0).abs() < 1e-6, "{patients}");
    // No part that comes anyway is small enough: even none of it halves the price only.
    assert_eq!(of(Figure::Counterfactual).flips_at, None);
    assert!(found.is_sorted_by(|a, b| a.tenth_worse.get() <= b.tenth_worse.get()));
    assert_eq!(of(Figure::Gain).value, Some(0.456_976));
}

#[test]
fn talking_therapies_by_the_named_mapping() {
    let row = "RTG,S,2024-25,all,phq9,,1000,15.4,9.4,,,1,0.4,C,1,x\n";
    let table = value(&book("1200000.00", row, None), 0).expect("a table");
    let service = only(&table);
    assert!((service.health.expect("health").get() - 1000.0 * 0.128 * 0.6).abs() < 1e-6);
    let outcome = service.outcomes.valued.first().expect("an outcome");
    assert_eq!(outcome.mapping.as_deref(), Some("PHQ9_FURUKAWA_KNOTS_V1"));
}

#[test]
fn talking_therapies_by_two_named_mappings() {
    // 15 to 10.1: by score 0.7 to 0.798; by the fall of 4.9 alone 0.03 · 4.9 / 5.
    let row = "RTG,S,2024-25,all,phq9,,1000,15,10.1,,,1,0.4,C,1,x\n";
    let table = value(&book("1200000.00", row, None), 0).expect("a table");
    let outcome = only(&table).outcomes.valued.first().expect("an outcome");
    assert!((outcome.per_patient.get() - 0.098 * 0.6).abs() < 1e-9, "{outcome:?}");
    let [other] = outcome.otherwise.as_slice() else { panic!("one other: {outcome:?}") };
    assert_eq!(other.mapping, "PHQ9_FURUKAWA_CHANGE_V1");
    assert!((other.per_patient.get() - 0.0294 * 0.6).abs() < 1e-9, "{other:?}");
    // Of a fall of twelve the second says nothing.
    let row = "RTG,S,2024-25,all,phq9,,1000,17,5,,,1,0.4,C,1,x\n";
    let table = value(&book("1200000.00", row, None), 0).expect("a table");
    let outcome = only(&table).outcomes.valued.first().expect("an outcome");
    assert_eq!(outcome.otherwise, []);
}

#[test]
fn the_gain_of_a_course_of_talking_therapy() {
    // Rising over three months, then held for nine.
    let points = [(0.0, 0.684), (0.25, 0.812), (1.0, 0.812)];
    let gross = value::qaly::area_under_curve(&points).get();
    assert!((gross - 0.112).abs() < 5e-5, "{gross}");
    assert!((gross * 0.6 - 0.0672).abs() < 5e-5);
    assert!((1_200.0 / (gross * 0.6) - 17_857.0).abs() < 1.0);
}

#[test]
fn recovery_and_reliable_improvement_of_a_course() {
    let year = "2024-25".parse().expect("a year");
    let parameters = Parameters::parse(&text("parameters/national.toml")).expect("parameters");
    let cutoffs = parameters.for_year(year).expect("the year's").therapy;
    let course = |first: (f64, f64), last: (f64, f64)| Course {
        first: Scores { phq9: first.0, gad7: first.1 },
        last: Scores { phq9: last.0, gad7: last.1 },
    };
    // PHQ-9 fell by 7; GAD-7 is still a case.
    let helped = course((15.0, 9.0), (8.0, 9.0));
    assert!(helped.reliably_improved(&cutoffs));
    assert_eq!(helped.recovered(&cutoffs), Some(false));
    assert_eq!(helped.reliably_recovered(&cutoffs), Some(false));
    let well = course((15.0, 9.0), (9.0, 7.0));
    assert_eq!(well.reliably_recovered(&cutoffs), Some(true));
    let barely = course((10.0, 7.0), (9.0, 7.0));
    assert_eq!(barely.recovered(&cutoffs), Some(true));
    assert!(!barely.reliably_improved(&cutoffs), "a fall of one is noise");
    let worse_beside = course((15.0, 9.0), (9.0, 13.0));
    assert!(!worse_beside.reliably_improved(&cutoffs), "anxiety rose reliably");
    assert_eq!(course((9.0, 7.0), (2.0, 1.0)).recovered(&cutoffs), None, "no case");
}

#[test]
fn a_method_statement_tells_what_the_figures_rest_on_and_what_is_missing() {
    let parameters = Parameters::parse(&text("parameters/national.toml")).expect("parameters");
    let definition = MethodDefinition::parse(&text("method.toml")).expect("a definition");
    let of = |row: &str| {
        let table = value(&book("1200000.00", row, None), 0).expect("a table");
        MethodStatement::of(&table, &instruments(), &parameters, &definition)
    };
    let valued = of("RTG,S,2024-25,all,phq9,,1000,15.4,9.4,,,1,0.4,C,1,a paper\n");
    let all = Extent { lines: 1, spend: "1200000.00".parse().expect("money") };
    let [mapping] = valued.mappings.as_slice() else { panic!("{valued:#?}") };
    assert_eq!((mapping.code.as_str(), mapping.extent), ("PHQ9_FURUKAWA_KNOTS_V1", all));
    assert!(mapping.note.as_ref().is_some_and(|note| note.contains("fallback")));
    let set = valued.value_set.expect("a value set");
    assert_eq!((set.code.as_str(), set.extent), ("UK_3L_1997", all));
    assert_eq!(valued.sources, [("a paper".to_owned(), all)]);
    assert!(valued.missing.is_empty());
    let threshold = valued.numbers.iter().find(|it| it.key == "threshold_gbp_per_qaly");
    let threshold = threshold.expect("the threshold");
    assert!((threshold.value - 15_000.0).abs() < 1e-9 && !threshold.reference.is_empty());
    assert!(valued.objections.len() >= 15 && valued.leaves_out.len() >= 4);

    let missing = of("RTG,S,2024-25,all,honos,,10,,,1,,1,0,B,1,x\n");
    let reason = "shown, not valued".to_owned();
    assert_eq!(missing.missing, [("acute".to_owned(), reason, all)]);
    assert!(missing.sources.is_empty() && missing.mappings.is_empty());
}

#[test]
fn missing_is_missing_and_says_why() {
    let cases = [
        ("", "no outcome has been handed in"),
        ("RTG,S,2024-25,all,honos,,10,,,1,,1,0,B,1,x\n", "shown, not valued"),
        (
            "RTG,S,2024-25,all,eq5d_index,UK_5L_2026,10,,,0.1,,1,0,B,1,x\n",
            "two value sets are not compared",
        ),
        ("RTG,S,2024-25,all,eq5d_index,UK_3L_1997,10,,,0.1,,,0,B,1,x\n", "how long the gain lasts"),
        ("RTG,S,2024-25,all,eq5d_index,UK_3L_1997,10,,,0.1,,1,,B,1,x\n", "improved anyway"),
        (
            "RTG,S,2025-26,all,eq5d_index,UK_3L_1997,10,,,0.1,,1,0,B,1,x\n",
            "no outcome has been handed in",
        ),
    ];
    for (rows, why) in cases {
        let rows =
            if rows.is_empty() { "RTG,S,2026-27,all,honos,,10,,,1,,1,0,B,1,x\n" } else { rows };
        let table = value(&book("100000.00", rows, None), 100).expect("a table");
        let service = only(&table);
        assert_eq!((service.health, service.marginal()), (None, None), "{why}");
        let reason = service.reason.as_deref().unwrap_or_default();
        assert!(reason.contains(why), "{reason}");
    }
}

#[test]
fn the_reviewer_overrules_and_the_unreviewed_is_not_assessable() {
    let row = "RTG,S,2024-25,all,eq5d_index,UK_3L_1997,100,,,0.5,,40,0,A,1,x\n";
    let reviewed = "RTG,S,all,2,0.5,C,Panel,2026-10-01,x\n";
    let table = value(&book("100000.00", row, Some(reviewed)), 0).expect("a table");
    let wanted = 100.0 * 0.5 * 0.5 * (1.0 + 1.0 / 1.035);
    assert!((only(&table).health.expect("health").get() - wanted).abs() < 1e-9);
    assert_eq!(only(&table).reviewers().as_deref(), Some("Panel"));
    let other = "RTG,S,hips,2,0.5,C,Panel,2026-10-01,x\n";
    let table = value(&book("100000.00", row, Some(other)), 0).expect("a table");
    assert!(only(&table).reason.as_deref().is_some_and(|why| why.contains("no reviewer")));
    assert!(only(&table).break_even.is_some());
}

#[test]
fn cohorts_add_up_and_may_not_claim_more_than_the_whole() {
    let rows = |second: &str| {
        format!(
            "RTG,S,2024-25,a,qaly_per_patient,,10,,,1,,,,A,0.6,x\n\
             RTG,S,2024-25,b,qaly_per_patient,,20,,,1,,,,B,{second},x\n"
        )
    };
    let table = value(&book("1000000.00", &rows("0.3"), None), 0).expect("a table");
    let service = only(&table);
    assert_eq!(service.health.map(quantities::Qaly::get), Some(30.0));
    assert!((service.curve_spend.get() - 0.9).abs() < 1e-12);
    assert!(matches!(
        value(&book("1000000.00", &rows("0.5"), None), 0),
        Err(ValueError::SpendShares { .. })
    ));
}

#[test]
fn net_health_benefit_of_the_specification() {
    let row = "RTG,S,2024-25,all,qaly_per_patient,,120,,,1,,,,A,1,x\n";
    let table = value(&book("1500000.00", row, None), 0).expect("a table");
    for (threshold, wanted) in [
        (7_000.0, -94.286),
        (13_000.0, 4.615),
        (15_000.0, 20.0),
        (20_000.0, 45.0),
        (25_000.0, 60.0),
        (30_000.0, 70.0),
    ] {
        let benefit = only(&table)
            .net_health_benefit(quantities::PoundsPerQaly::new(threshold))
            .expect("a benefit");
        assert!((benefit.get() - wanted).abs() < 5e-4, "{threshold}: {}", benefit.get());
    }
}

#[test]
fn a_fall_of_a_disability_weight_is_a_proxy_for_utility() {
    // From moderate to mild depression for half a year.
    let row = "RTG,S,2024-25,all,disability_weight,,1000,0.396,0.145,,,0.5,0,D,1,x\n";
    let table = value(&book("1000000.00", row, None), 0).expect("a table");
    let outcome = only(&table).outcomes.valued.first().expect("an outcome");
    assert!((outcome.per_patient.get() - 0.1255).abs() < 1e-9, "{outcome:?}");
}

#[test]
fn old_value_sets_are_recognised_and_no_run_uses_them() {
    let row = "RTG,S,2024-25,all,eq5d_index,ENG_5L_2018,1000,0.5,0.6,,,1,0,A,1,x\n";
    let table = value(&book("1000000.00", row, None), 0).expect("a table");
    let line = only(&table);
    assert_eq!(line.health, None, "left out, never mixed in");
    let why = line.outcomes.left_out.join(" ");
    assert!(why.contains("ENG_5L_2018") && !why.contains("not known"), "{why}");
    for (code, usable) in [("DSU_5L_TO_3L", true), ("VH_CROSSWALK", false), ("ENG_5L_2018", false)]
    {
        let (year, parameters) = (year(), parameters());
        let options =
            ValueOptions { draws: 0, value_set: code.to_owned(), ..ValueOptions::plain(year) };
        let made =
            ValueTable::of(&book("1000000.00", row, None), &instruments(), &parameters, &options);
        assert_eq!(made.is_ok(), usable, "{code}");
    }
}

#[test]
fn draws_are_the_same_twice_and_tell_the_interval() {
    let row = "RTG,S,2024-25,all,qaly_per_patient,,100,,,1,0.1,,,B,1,x\n";
    let book = book("1000000.00", row, None);
    let (one, two) = (value(&book, 2_000).expect("one"), value(&book, 2_000).expect("two"));
    let (first, second) = (one.draws.line(0).expect("draws"), two.draws.line(0).expect("draws"));
    assert_eq!(first.health, second.health);
    assert_eq!(first.elasticity, second.elasticity);
    let interval = only(&one).health_interval.expect("an interval");
    // Grade B widens the standard error 0.1 to 0.125: about 100 ± 24.5.
    assert!(
        (interval.low - 75.5).abs() < 3.0 && (interval.high - 124.5).abs() < 3.0,
        "{interval:?}"
    );
    assert!(first.elasticity.iter().all(|e| (0.02..=0.98).contains(e)));
    let mean = first.elasticity.iter().sum::<f64>() / 2_000.0;
    assert!((mean - 0.5).abs() < 0.02, "{mean}");
    let cost = first.cost.iter().sum::<f64>() / 2_000.0;
    assert!((cost - 1.0).abs() < 0.01, "{cost}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Value falls with cost, rises with gain and grows with duration.
    #[test]
    fn value_moves_the_right_way(
        cost in 1_000u32..1_000_000, gain in 1u32..90, years in 1u8..40, patients in 1u32..5_000,
    ) {
        let price = |cost: u32, gain: u32, years: u8| {
            let row = format!(
                "RTG,S,2024-25,all,eq5d_index,UK_3L_1997,{patients},,,0.{gain:02},,{years},0.1,B,1,x\n"
            );
            let table = value(&book(&format!("{cost}.00"), &row, None), 0).expect("a table");
            only(&table).average().expect("a price").get()
        };
        let here = price(cost, gain, years);
        prop_assert!(price(cost * 2, gain, years) > here);
        prop_assert!(price(cost, gain + 5, years) < here);
        prop_assert!(price(cost, gain, years + 1) < here);
    }
}

#[test]
fn parity_counts_money_by_what_is_known_of_it() {
    let row = "RTG,S,2024-25,all,eq5d_index,UK_3L_1997,1000,,,0.4,,10,0,B,0.25,x\n";
    let ledger = "provider_code,fin_year,line,amount_gbp\nRTG,2024-25,operating_expenses,1003.00\n";
    let book = book_with("1000.01", row, None, &[("ledger", ledger)]);
    let table = value(&book, 0).expect("a table");
    let parameters = Parameters::parse(&text("parameters/national.toml")).expect("parameters");
    let own: ProviderCode = "RTG".parse().expect("a code");
    let on = |day: &str, signed: &BTreeSet<ProviderCode>| {
        let judged = Some(day.parse().expect("a day"));
        let mut report = Report::default();
        let (tables, instruments) = (tables(), instruments());
        let found = review(&book, &tables, &instruments, &parameters, judged, &mut report);
        let sectors = parity(&table, &found.expect("a review").quality, signed);
        let [sector] = <[_; 1]>::try_from(sectors).expect("one sector");
        sector
    };
    let all: Pence = "1000.01".parse().expect("money");
    let soon = on("2025-04-30", &BTreeSet::from([own]));
    assert_eq!((soon.spend, soon.signed_off, soon.reconciled, soon.fresh), (all, all, all, all));
    assert_eq!(soon.valued(), "250.00".parse().expect("money"), "a quarter, to the penny below");
    assert_eq!(soon.by_grade.keys().map(|it| it.as_str()).collect::<String>(), "B");
    let late = on("2025-05-02", &BTreeSet::new());
    assert_eq!((late.signed_off, late.fresh), (Pence::ZERO, Pence::ZERO));
    assert_eq!(late.share(late.reconciled), Some(1.0));
}
