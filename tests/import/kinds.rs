//! Every kind on a small file of our own, each trap in it.

use crate::support::{FILES, beside, csv, fixture, import, of, refusal, total};
use openbook::published::{Cut, Imported, Kind, KnownProvider, Selection};
use openbook::{Book, Report};

fn read(kind: Kind, file: &str, selection: &Selection) -> Imported {
    import(kind, &[(file, &fixture(file))], selection).expect("imported")
}

fn all(kind: Kind, file: &str) -> Imported {
    read(kind, file, &Selection::default())
}

fn sums(in_source: &str, in_book: &str) -> (String, String) {
    (in_source.to_owned(), in_book.to_owned())
}

fn same(sum: &str) -> (String, String) {
    sums(sum, sum)
}

#[test]
fn the_schedule_keeps_noughts_departments_and_letters() {
    let found = all(Kind::NccSchedule, "ncc-schedule.csv");
    assert_eq!(
        beside(&found, "NATIONAL_UNIT_COSTS"),
        "fin_year,department,currency_code,description,activity,mean_unit_cost_gbp,cost_gbp\n\
         2024-25,Ambulance,01,Hear and advise,1000,62.125,62125.00\n\
         2024-25,Ambulance,02,See and advise,3,0.3333,1.00\n\
         2024-25,Community Health Service,ZN01,\"Example nursing, child\",,,25.01\n\
         2024-25,Daycase,ZZ10A,\"Example procedure, with CC score 2–4\",1,0.125,0.12\n\
         2024-25,Elective Inpatients,ZZ10A,\"Example procedure, with CC score 2–4\",1,0.135,0.14\n"
    );
    assert_eq!(
        total(&found, "cost of the national schedule"),
        sums("62151.2651234499999999", "62151.27")
    );
    let explained = &found.totals[0].difference_explained;
    assert!(explained.contains("a half to the even penny"), "{explained}");
    let note = found.note("import.cost_without_activity").expect("a note");
    assert!(note.starts_with("1 rows have cost and no activity, £25.01 together"), "{note}");
}

#[test]
fn cost_lines_of_a_slashed_year_in_service_lines() {
    let found = all(Kind::NccProvider, "ncc-provider.csv");
    assert_eq!(total(&found, "cost lines"), same("14104.21"));
    let costs = csv(&found, "costs");
    for line in [
        "RY8,N02,2023-24,0,all,N02AF,all,semi_fixed,100,6050.00,aggregate,2024-03-31",
        "RY8,N02,2024-25,0,all,N02AN,all,semi_fixed,40,1723.20,aggregate,2025-03-31",
        "RY8,QQ77,2024-25,0,all,QQ77,all,semi_fixed,7,70.00,aggregate,2025-03-31",
    ] {
        assert!(costs.lines().any(|it| it == line), "{line}\n{costs}");
    }
    assert!(csv(&found, "services").contains("RY8,QQ77,Currency QQ77,unassigned,unassigned,"));
    assert!(found.note("import.unassigned").expect("a note").ends_with(": QQ77"));
    assert!(found.note("import.years").expect("a note").contains("2023-24 and 2024-25"));
    // The sector of XA1 is nobody's to guess.
    assert!(found.note("import.sector_unknown").expect("a note").contains("(XA1)"));
    assert!(!csv(&found, "providers").contains("XA1"));
}

#[test]
fn what_the_board_knows_of_a_provider_is_used() {
    let known = KnownProvider {
        name: "Example Acute".to_owned(),
        sector: "acute".to_owned(),
        place: "NORTH".to_owned(),
    };
    let selection = Selection {
        known: [("XA1".to_owned(), known)].into(),
        year: "2024-25".parse().ok(),
        ..of(&["XA1"])
    };
    let found = read(Kind::NccProvider, "ncc-provider.csv", &selection);
    assert!(csv(&found, "providers").contains("XA1,Example Acute,acute,NORTH,named\n"));
    assert_eq!(total(&found, "cost lines"), same("100"));
    let mut report = Report::default();
    Book::assemble(found.tables.values().cloned(), &mut report).expect("a book that stands alone");
}

#[test]
fn trusts_in_millions_and_what_their_parts_leave() {
    let found = all(Kind::TrustCost, "trust-cost.csv");
    assert_eq!(
        csv(&found, "costs").lines().skip(1).collect::<Vec<_>>(),
        [
            "XA1,ALL,2024-25,0,admitted,all,all,semi_fixed,,50500000.00,aggregate,2025-03-31",
            "XA1,ALL,2024-25,0,emergency,all,all,semi_fixed,,10000000.00,aggregate,2025-03-31",
            "XA1,ALL,2024-25,0,other,all,all,semi_fixed,,19320000.00,aggregate,2025-03-31",
            "XA1,ALL,2024-25,0,outpatient,all,all,semi_fixed,,20250000.00,aggregate,2025-03-31",
            "XC1,ALL,2024-25,0,other,all,all,semi_fixed,,12200000.00,aggregate,2025-03-31",
            "XC1,ALL,2024-25,0,outpatient,all,all,semi_fixed,,300000.00,aggregate,2025-03-31",
        ]
    );
    assert_eq!(total(&found, "actual cost"), same("112570000"));
    assert_eq!(total(&found, "expected cost"), same("110610000"));
    assert_eq!(total(&found, "nursing and medical staff"), same("1766.61789"));
    assert!(csv(&found, "providers").contains("XC1,EXAMPLE COMMUNITY TRUST,community,"));
    assert!(found.note("import.part_missing").expect("a note").starts_with("2 parts"));
}

#[test]
fn proms_are_utilities_only_on_the_index() {
    let found = all(Kind::Proms, "proms.csv");
    // 3 + 10 + 10 + 3 stars; a mean of nobody (-) is not hidden.
    assert_eq!((found.rows, found.suppressed), (11, 26));
    let outcomes = csv(&found, "outcomes");
    let shown: Vec<String> = outcomes
        .lines()
        .skip(1)
        .map(|line| line.splitn(17, ',').take(15).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(
        shown,
        [
            "XA1,110H,2018-19,all,eq5d_index,UK_3L_1997,100,0.3,0.75,0.46,0.02,,,,A",
            "XA1,110H,2018-19,all-eq-vas,other,,90,60.25,75.5,15.5,1.686548,,,,A",
            "XA1,110H,2018-19,all-oxford,other,,110,17,39,22.25,0.76277,,,,A",
            "XA1,110HR,2018-19,all,eq5d_index,UK_3L_1997,9,0.5,0.4,,,,,,C",
            "XA1,110K,2018-19,all,eq5d_index,UK_3L_1997,64,0.4,0.75,-0.02,0.03125,,,,A",
            "XIS01,110K,2018-19,all-oxford,other,,20,19,37,,,,,,C",
        ]
    );
    assert!(found.note("import.negative_gain").expect("a note").starts_with("2 rows show a loss"));
    assert!(found.note("import.left_out").expect("a note").starts_with("3 rows are left out"));
    assert!(found.note("import.no_outcome").expect("a note").starts_with("2 rows"));
    let what = "modelled records, over procedures and measures";
    assert_eq!(total(&found, what), same("393"));
}

#[test]
fn talking_therapies_with_hidden_and_rounded_figures() {
    let found = all(Kind::TalkingTherapies, "talking-therapies.csv");
    assert_eq!(found.suppressed, 3 + 11 + 14);
    let outcomes = csv(&found, "outcomes");
    for start in [
        "XM1,IAPT,2024-25,all,recovery_rate,,1000,,,0.53,",
        "XM1,IAPT,2024-25,all-deterioration,other,,1000,,,0.05,",
        "XM101,IAPT,2024-25,all,reliable_improvement_rate,,65,,,0.71,",
    ] {
        assert!(outcomes.lines().any(|it| it.starts_with(start)), "{start}\n{outcomes}");
    }
    assert!(!outcomes.contains("8XX0"), "a hidden rate is no rate of nought: {outcomes}");
    assert_eq!(total(&found, "finished courses of treatment"), sums("1070", "1065"));
    assert!(found.totals[0].difference_explained.contains("recovery is hidden"));
    assert!(found.note("import.sites").expect("a note").starts_with("3 of 4 codes"));
    assert!(found.note("import.rounded").is_some());
    let board = Selection { icb: Some("X1Y2D".to_owned()), ..Selection::default() };
    let after = read(Kind::TalkingTherapies, "talking-therapies.csv", &board);
    assert!(csv(&after, "providers").contains("8XX01,EXAMPLE CHARITY,mental_health,"));
}

#[test]
fn scores_by_therapy_share_the_spend_and_never_invent() {
    let found = all(Kind::TalkingTherapies, "talking-therapies-scores.csv");
    assert_eq!(found.suppressed, 2);
    let outcomes = csv(&found, "outcomes");
    let shown: Vec<String> = outcomes
        .lines()
        .skip(1)
        .map(|line| line.splitn(17, ',').take(16).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(
        shown,
        [
            "XM1,IAPT,2024-25,cbt,phq9,UK_3L_1997,300,15,10.1,,,,,,C,0.75",
            "XM1,IAPT,2024-25,cbt,recovery_rate,,300,,,0.38,,,,,C,0.75",
            "XM1,IAPT,2024-25,couples_therapy,phq9,UK_3L_1997,100,13,7.5,,,,,,C,0.25",
        ]
    );
    assert!(found.note("import.no_outcome").expect("a note").ends_with("XM1 mindfulness"));
    assert!(found.note("import.left_out").expect("a note").starts_with("1 rows"));
}

#[test]
fn general_practice_cut_four_ways_to_the_penny() {
    for (cut, lines) in [(Cut::Network, 3), (Cut::Practice, 4), (Cut::Stream, 9), (Cut::Total, 1)] {
        let selection = Selection { cut, ..Selection::default() };
        let found = read(Kind::GpPayments, "gp-payments.csv", &selection);
        assert_eq!(found.tables["services"].len(), lines, "{cut:?}");
        for (what, sum) in [
            ("payments to general practice", "1367487.46"),
            ("payments with networks", "1368487.96"),
            ("payments with COVID-19", "1367270.04"),
            ("all payments, with networks and COVID-19", "1368270.54"),
            ("registered patients", "12100.75"),
        ] {
            assert_eq!(total(&found, what), same(sum), "{cut:?}");
        }
        let mut report = Report::default();
        let book = Book::assemble(found.tables.values().cloned(), &mut report);
        let book = book.expect("a book that stands alone");
        assert_eq!(
            book.costs.iter().map(|it| it.cost).sum::<quantities::Pence>().get(),
            136_827_054
        );
        for name in found.tables.keys() {
            assert!(!csv(&found, name).contains("ZZ99"), "an address in {name}");
        }
    }
}

#[test]
fn general_practice_keeps_what_is_odd_and_says_so() {
    let found = all(Kind::GpPayments, "gp-payments.csv");
    let costs = csv(&found, "costs");
    for line in [
        "99Z,U99001,2022-23,0,general_practice,core,contract,semi_fixed,12000.75,1200000.25,contract_price,2023-03-31",
        "99Z,NO-NETWORK,2022-23,0,general_practice,other,contract,semi_fixed,,-12.50,contract_price,2023-03-31",
        "99Z,U99001,2022-23,0,general_practice,premises,premises,fixed,,60000.00,contract_price,2023-03-31",
    ] {
        assert!(costs.lines().any(|it| it == line), "{line}\n{costs}");
    }
    let notes = [
        ("import.total_not_above_nought", "1 (X00003)"),
        ("import.contract_unknown", "1 (X00003)"),
        ("import.closed", "1 (X00003 on 31/05/2015)"),
        ("import.negative_payment", "3, £1763.65 together"),
        ("import.deductions", "£130005.5 of deductions"),
    ];
    for (code, says) in notes {
        let note = found.note(code).expect("a note");
        assert!(note.contains(says), "{note}");
    }
    assert!(csv(&found, "services").contains("99Z,U99002,EXAMPLE SOUTH PCN,primary_care,"));
    assert!(csv(&found, "ledger").contains("99Z,2022-23,operating_expenses,1368270.54,"));
}

#[test]
fn staff_stand_under_the_successor() {
    let found = all(Kind::Workforce, "workforce.csv");
    assert_eq!(
        csv(&found, "workforce").lines().skip(1).collect::<Vec<_>>(),
        [
            "RTG,ALL,2018-19,ahp,0.7,",
            "RTG,ALL,2018-19,management,4.75,",
            "RTG,ALL,2018-19,nursing,150.75,",
            "XZ9,ALL,2018-19,unknown,12,",
        ]
    );
    assert_eq!(total(&found, "staff"), same("168.2"));
    assert!(csv(&found, "providers").contains("RTG,Example Hospitals,acute,"), "the newer name");
    let refused =
        refusal(import(Kind::Workforce, &[("w.csv", &fixture("workforce.csv"))], &of(&["RJF"])));
    assert!(refused.iter().any(|(_, it)| it.contains("under RTG since 2018-07-01; ask for RTG")));
}

#[test]
fn people_by_place_and_with_deprivation_by_quintile() {
    let found = all(Kind::WeightedPopulation, "weighted-population.csv");
    assert_eq!(
        beside(&found, "POPULATION_BY_PLACE"),
        "fin_year,place_code,place_name,practices,population,weighted_population,\
         weighted_primary_medical_care\n\
         2024-25,E99000001,Exampleton,2,3000.75,3000.125,3000.5\n\
         2024-25,E99000002,Otherton,1,3000,3300,3001\n"
    );
    assert!(found.tables.is_empty());
    let sizes = found.note("import.two_list_sizes").expect("a note");
    assert!(sizes.contains("`patients` 3100 (2 empty) and `population` 6000.75"), "{sizes}");
    let fifth = |code: &str, fifth| (code.to_owned(), fifth);
    let quintiles = [fifth("X00001", 1), fifth("X00002", 5), fifth("X00003", 1)].into();
    let selection = Selection { quintiles, ..Selection::default() };
    let found = read(Kind::WeightedPopulation, "weighted-population.csv", &selection);
    assert_eq!(
        csv(&found, "population").lines().skip(1).collect::<Vec<_>>(),
        ["E99000001,1,1000.25,1100.125", "E99000001,5,2000.5,1900", "E99000002,1,3000,3300"]
    );
    assert_eq!(total(&found, "population by quintile"), same("6000.75"));
    let few = Selection { quintiles: [fifth("X00001", 1)].into(), ..Selection::default() };
    let refused = refusal(import(
        Kind::WeightedPopulation,
        &[("p.csv", &fixture("weighted-population.csv"))],
        &few,
    ));
    assert!(refused[0].1.contains("2 practices have no quintile"), "{refused:?}");
}

#[test]
fn every_row_has_a_source_and_none_is_repeated_from_an_address() {
    for (kind, file) in FILES {
        let found = all(kind, file);
        for (name, table) in &found.tables {
            for row in table.rows() {
                let provider = row.text("provider_code").or(row.text("place_code"));
                let service = row.text("service_code").unwrap_or_default();
                let known = found.sources.iter().any(|line| {
                    line.table == *name
                        && Some(line.provider.as_str()) == provider
                        && line.service == service
                });
                assert!(known, "{file}: no source for {provider:?} {service} in {name}");
            }
        }
        assert!(!found.sources.is_empty(), "{file}");
    }
}
