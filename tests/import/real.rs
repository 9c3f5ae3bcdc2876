//! The real files: every total to the penny.

use crate::support::{beside, csv, import, of, real, refusal, total};
use openbook::published::{Cut, Kind, Selection};
use openbook::{Book, Report};

/// The same in the source and in the book.
fn both(sum: &str) -> (String, String) {
    (sum.to_owned(), sum.to_owned())
}

fn all() -> Selection {
    Selection::default()
}

#[test]
fn the_national_schedule_to_the_penny() {
    let Some(bytes) = real("ncc_national_schedule_2024-25.csv") else { return };
    let found = import(Kind::NccSchedule, &[("schedule.csv", &bytes)], &all()).expect("imported");
    assert_eq!(
        total(&found, "cost of the national schedule"),
        ("99178955511.63119847751732".to_owned(), "99178955511.93".to_owned())
    );
    assert_eq!(found.rows, 13_362);
    let note = found.note("import.cost_without_activity").expect("a note");
    assert!(
        note.starts_with("1820 rows have cost and no activity, £27603911.53 together"),
        "{note}"
    );
    let list = beside(&found, "NATIONAL_UNIT_COSTS");
    assert_eq!(list.lines().count(), 13_363);
    for line in [
        "2024-25,Ambulance,01,Hear & Treat,1439703,62.3703,89794775.00",
        "2024-25,Daycase,WJ10E,\"HIV disease without interventions, with CC score 2–4\",123,483.4539,59464.83",
        "2024-25,Community Health Service,N19CN,\"Specialist Nursing, Infectious Diseases, Child, Non face to face\",,,25.18",
    ] {
        assert!(list.lines().any(|it| it == line), "{line}");
    }
    assert!(found.tables.is_empty());
}

#[test]
fn cost_lines_of_two_trusts_and_two_years() {
    let Some(bytes) = real("ncc_provider_currency_RXM_RY8.csv") else { return };
    let found = import(Kind::NccProvider, &[("lines.csv", &bytes)], &all()).expect("imported");
    assert_eq!(total(&found, "cost lines"), both("671387873.51"));
    let year = Selection { year: "2024-25".parse().ok(), ..Selection::default() };
    for (provider, sum) in [("RXM", "191127639.25"), ("RY8", "150291839.21")] {
        let selection = Selection { providers: [provider.to_owned()].into(), ..year.clone() };
        let found =
            import(Kind::NccProvider, &[("lines.csv", &bytes)], &selection).expect("imported");
        assert_eq!(total(&found, "cost lines").1, sum);
        assert!(!csv(&found, "costs").contains("2023-24"));
    }
    let costs = csv(&found, "costs");
    let line =
        "RXM,MHCC,2023-24,0,all,MHCC,all,semi_fixed,420353,104957940.57,aggregate,2024-03-31";
    assert!(costs.lines().any(|it| it == line), "{costs}");
}

#[test]
fn trust_totals_in_millions_to_the_pound() {
    let Some(bytes) = real("trust_cost_wte_2024-25.csv") else { return };
    let found = import(Kind::TrustCost, &[("trusts.csv", &bytes)], &all()).expect("imported");
    assert_eq!(total(&found, "actual cost"), both("96657110000"));
    assert_eq!((found.rows, found.tables["providers"].len()), (150, 150));
    assert!(found.note("import.third_party").is_some());
    assert!(found.sources.iter().any(|it| it.source.contains("third party")));
    let two =
        import(Kind::TrustCost, &[("trusts.csv", &bytes)], &of(&["RTG", "RFS"])).expect("imported");
    let costs = csv(&two, "costs");
    for line in [
        "RTG,ALL,2024-25,0,admitted,all,all,semi_fixed,,613880000.00,aggregate,2025-03-31",
        "RTG,ALL,2024-25,0,other,all,all,semi_fixed,,204550000.00,aggregate,2025-03-31",
        "RFS,ALL,2024-25,0,emergency,all,all,semi_fixed,,31350000.00,aggregate,2025-03-31",
    ] {
        assert!(costs.lines().any(|it| it == line), "{line}\n{costs}");
    }
    let expected = beside(&two, "EXPECTED_COSTS");
    assert!(
        expected.contains("2024-25,RTG,1152640000.00,1136970000.00,15660000.00\n"),
        "{expected}"
    );
    assert!(expected.contains("2024-25,RFS,342980000.00,327960000.00,15010000.00\n"), "{expected}");
    assert_eq!(total(&two, "actual cost"), both("1495620000"));
    assert_eq!(total(&two, "expected cost"), both("1464930000"));
    let staff = csv(&two, "workforce");
    assert!(staff.contains("RTG,ALL,2024-25,nursing,3418.22726,\n"), "{staff}");
}

#[test]
fn proms_of_two_trusts_and_every_hidden_cell() {
    let Some(bytes) = real("proms_provcomm_2018-19.csv") else { return };
    let found = import(Kind::Proms, &[("proms.csv", &bytes)], &all()).expect("imported");
    assert_eq!((found.rows, found.suppressed), (7_980, 10_575));
    let negative = found.note("import.negative_gain").expect("a note");
    assert!(negative.contains("rows show a loss"), "{negative}");
    let two =
        import(Kind::Proms, &[("proms.csv", &bytes)], &of(&["RTG", "RFS"])).expect("imported");
    let outcomes = csv(&two, "outcomes");
    for start in [
        "RTG,110H,2018-19,all,eq5d_index,UK_3L_1997,446,0.300776,0.782543,0.456976,0.010508,,,,A,,",
        "RTG,110K,2018-19,all,eq5d_index,UK_3L_1997,613,0.401962,0.757116,0.349202,0.009228,,,,A,,",
        "RFS,110H,2018-19,all,eq5d_index,UK_3L_1997,153,0.344974,0.785333,0.455486,0.016735,,,,A,,",
        "RFS,110HR,2018-19,all,eq5d_index,UK_3L_1997,6,0.158333,0.516833,,,,,,C,,",
        "RTG,110H,2018-19,all-eq-vas,other,,422,",
        "RTG,110H,2018-19,all-oxford,other,,487,",
    ] {
        assert!(outcomes.lines().any(|it| it.starts_with(start)), "{start}\n{outcomes}");
    }
    let utilities = two.tables["outcomes"].rows().filter(|row| row.text("value_set").is_some());
    assert!(utilities.into_iter().all(|row| row.text("measure") == Some("eq5d_index")));
    for service in two.tables["services"].rows() {
        assert_ne!(service.text("service_code"), Some("Total Hip Replacement"));
    }
}

#[test]
fn talking_therapies_rates_and_scores() {
    let (Some(rates), Some(scores)) =
        (real("tt_provider_2024-25.csv"), real("tt_proms_RXM_NLS_2024-25.csv"))
    else {
        return;
    };
    let files: [(&str, &[u8]); 2] = [("rates.csv", &rates), ("scores.csv", &scores)];
    let found = import(Kind::TalkingTherapies, &files, &all()).expect("imported");
    assert_eq!((found.rows, found.suppressed), (147 + 840, 48 + 449));
    let one = import(Kind::TalkingTherapies, &files, &of(&["RXM"])).expect("imported");
    let outcomes = csv(&one, "outcomes");
    for start in [
        "RXM,IAPT,2024-25,all,recovery_rate,,5705,,,0.52,",
        "RXM,IAPT,2024-25,all,reliable_improvement_rate,,5705,,,0.71,",
        "RXM,IAPT,2024-25,cbt,phq9,UK_3L_1997,1755,15,10.1,,,,,,C,",
        "RXM,IAPT,2024-25,cbt,gad7,,1755,14.2,9.1,,",
    ] {
        assert!(outcomes.lines().any(|it| it.starts_with(start)), "{start}\n{outcomes}");
    }
    assert_eq!(total(&one, "finished courses of treatment"), both("5705"));
    let shares = one.tables["outcomes"].rows().filter(|row| row.text("measure") == Some("phq9"));
    let sum: f64 = shares.filter_map(|row| row.number("spend_share")).sum();
    assert!(sum <= 1.0 && sum > 0.9, "{sum}");
    let board = Selection { icb: Some("QJ2".to_owned()), ..Selection::default() };
    let board = import(Kind::TalkingTherapies, &files[..1], &board).expect("imported");
    assert_eq!(total(&board, "finished courses of treatment"), both("14435"));
    let old = Selection { icb: Some("QH8".to_owned()), ..Selection::default() };
    let refused = refusal(import(Kind::TalkingTherapies, &files[..1], &old));
    assert_eq!(refused[0].0, "import.no_such_icb");
    let trust = refusal(import(Kind::TalkingTherapies, &files[..1], &of(&["RW5"])));
    assert!(trust[0].1.contains("its sites have rows of their own: RW501, RW5ME"), "{trust:?}");
}

#[test]
fn every_payment_to_general_practice_to_the_penny() {
    let Some(bytes) = real("gp_payments_15M_2022-23.csv") else { return };
    for (cut, services) in
        [(Cut::Network, 18), (Cut::Practice, 118), (Cut::Stream, 29), (Cut::Total, 1)]
    {
        let selection = Selection { cut, ..Selection::default() };
        let found = import(Kind::GpPayments, &[("gp.csv", &bytes)], &selection).expect("imported");
        for (what, sum) in [
            ("payments to general practice", "190287711.48"),
            ("payments with networks", "198904012.85"),
            ("payments with COVID-19", "193782929.67"),
            ("all payments, with networks and COVID-19", "202399231.04"),
        ] {
            assert_eq!(total(&found, what), both(sum), "{cut:?}");
        }
        assert_eq!(found.tables["costs"].total("cost_gbp"), "202399231.04".parse().ok());
        assert_eq!(found.tables["ledger"].total("amount_gbp"), "202399231.04".parse().ok());
        assert_eq!(found.tables["services"].len(), services, "{cut:?}");
        assert_eq!(found.rows, 118);
        let everything: Vec<String> = found.tables.keys().map(|name| csv(&found, name)).collect();
        for postcode in ["S43 4PL", "S43  4PL", "SK22 4BP", "S41  9JZ"] {
            assert!(everything.iter().all(|it| !it.contains(postcode)), "{postcode}");
        }
        assert!(
            found.note("import.contract_unknown").expect("a note").ends_with("kept: 1 (C81617)")
        );
        let closed = found.note("import.closed").expect("a note");
        assert!(closed.ends_with("kept: 1 (C81617 on 31/05/2015)"), "{closed}");
        assert!(
            found
                .note("import.negative_payment")
                .expect("a note")
                .ends_with("kept: 19, £364257.89 together")
        );
        assert!(
            found
                .note("import.deductions")
                .expect("a note")
                .starts_with("£20050625.06 of deductions")
        );
    }
}

#[test]
fn a_networks_book_of_general_practice_stands_alone() {
    let Some(bytes) = real("gp_payments_15M_2022-23.csv") else { return };
    let found = import(Kind::GpPayments, &[("gp.csv", &bytes)], &all()).expect("imported");
    let mut report = Report::default();
    let book = Book::assemble(found.tables.values().cloned(), &mut report).expect("a book");
    // Two networks had more prescribing fees taken back than paid: a query, as for anyone.
    let rules: Vec<_> = report.counts().iter().map(|(rule, count)| (*rule, *count)).collect();
    assert_eq!(rules, [("costs.negative", 2)], "{:?}", report.problems());
    assert_eq!(book.services.len(), 18);
    let year = book.latest_cost_year().expect("a year");
    let line = "15M/U67865".parse().expect("a service");
    assert_eq!(book.services[&line].name, "NORTH EAST DERBYSHIRE PCN");
    let none = "15M/NO-NETWORK".parse().expect("a service");
    assert!(book.spend_of(&none, year) > quantities::Pence::ZERO);
}

#[test]
fn staff_of_merged_trusts_stand_together() {
    let Some(bytes) = real("wte_org_staffgroup_2018-06.csv") else { return };
    let found = import(Kind::Workforce, &[("staff.csv", &bytes)], &all()).expect("imported");
    assert_eq!(total(&found, "staff"), both("1061616.9"));
    let one = import(Kind::Workforce, &[("staff.csv", &bytes)], &of(&["RTG"])).expect("imported");
    let staff = csv(&one, "workforce");
    for line in [
        "RTG,ALL,2018-19,nursing,2629.78,",
        "RTG,ALL,2018-19,medical,1182,",
        "RTG,ALL,2018-19,ahp,1279.84,",
        "RTG,ALL,2018-19,midwifery,319.56,",
    ] {
        assert!(staff.lines().any(|it| it == line), "{line}\n{staff}");
    }
    assert!(
        one.note("import.merged")
            .expect("a note")
            .starts_with("RJF stands under RTG since 2018-07-01")
    );
    let old = refusal(import(Kind::Workforce, &[("staff.csv", &bytes)], &of(&["RJF"])));
    assert!(old.iter().any(|(_, it)| it.contains("ask for RTG")), "{old:?}");
}

#[test]
fn weighted_populations_by_place() {
    let Some(bytes) = real("aif_weighted_pop_QJ2_2024-25.csv") else { return };
    let found = import(Kind::WeightedPopulation, &[("pop.csv", &bytes)], &all()).expect("imported");
    assert_eq!(total(&found, "population"), both("1119822.5353993"));
    assert_eq!(total(&found, "weighted population"), both("1163510.3549729"));
    assert!(found.tables.is_empty() && found.note("import.no_quintiles").is_some());
    assert!(found.note("import.two_list_sizes").expect("a note").contains("empty in all 118 rows"));
    let places = beside(&found, "POPULATION_BY_PLACE");
    assert_eq!(places.lines().count(), 10);
    assert!(places.lines().any(|it| it.starts_with("2024-25,E06000015,Derby,25,")), "{places}");
}
