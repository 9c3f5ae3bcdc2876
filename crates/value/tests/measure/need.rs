//! Spend and health against need.

use super::{COSTS, OUTCOMES, SERVICES, book, example, near, value};
use openbook::Book;
use proptest::prelude::*;
use value::need::{NeedGroup, NeedTable};

const POPULATION: &str = "place_code,imd_quintile,population,weighted_population\n";
const WEIGHTS: &str = "place_code,stream,weighted_population,source\n";
const PLACES: &str = "provider_code,service_code,place_code,work_share\n";

/// An acute and a community line of £1m each.
fn two_lines(more: &[(&'static str, String)]) -> Book {
    let mut parts = vec![
        (
            "providers",
            "provider_code,provider_name,sector,place_code\nR1,One,acute,A\nR2,Two,community,B\n"
                .to_owned(),
        ),
        ("services", format!("{SERVICES}R1,S,Bones,MSK,op\nR2,S,Nurses,frailty,home\n")),
        (
            "costs",
            format!(
                "{COSTS}R1,S,2024-25,0,p,c,g,variable,1,1000000,plics,2025-03-31\n\
                 R2,S,2024-25,0,p,c,g,variable,1,1000000,plics,2025-03-31\n"
            ),
        ),
        ("outcomes", format!("{OUTCOMES}R1,S,2024-25,qaly_per_patient,1000,0.1,A,1,study\n")),
        ("population", format!("{POPULATION}A,1,1000,1200\nB,5,1000,800\n")),
    ];
    parts.extend(more.iter().cloned());
    book(&parts)
}

#[test]
fn distance_is_what_is_spent_less_the_fair_share_of_weighted_need() {
    let book = two_lines(&[
        ("service_places", format!("{PLACES}R1,S,A,0.8\nR1,S,B,0.2\nR2,S,A,0.3\nR2,S,B,0.5\n")),
        ("need_weights", format!("{WEIGHTS}A,community,500,formula\nB,community,1500,formula\n")),
    ]);
    let table = NeedTable::of(&book, &value(&book));
    let acute = table.group(&NeedGroup::Sector("acute".to_owned())).expect("acute");
    let [a, b] = acute.places.as_slice() else { panic!("two places: {acute:?}") };
    // Acute has no weights of its own: 1,200 to 800 of all care. £0.8m against £0.6m.
    near(a.fair_spend.get(), 0.6, 1e-12);
    near(a.distance().get(), 0.2, 1e-12);
    near(a.distance_pct().expect("a share"), 100.0 / 3.0, 1e-9);
    near(b.distance().get(), -0.2, 1e-12);
    near(a.spend_per_head_gbp().expect("people"), 800_000.0 / 1200.0, 1e-9);
    near(a.health_distance().get(), 20.0, 1e-9);
    // Community by its own weights, of the 80 % whose place is known: £0.3m against £0.2m.
    let community = table.group(&NeedGroup::Sector("community".to_owned())).expect("community");
    let [a, _] = community.places.as_slice() else { panic!("two places: {community:?}") };
    near(a.fair_spend.get(), 0.2, 1e-12);
    near(a.weighted, 500.0, 1e-9);
    near(community.unplaced.get(), 0.2, 1e-12);
    near(community.not_assessable.get(), 1.0, 1e-12);
    let all = table.group(&NeedGroup::All).expect("all");
    let [a, _] = all.places.as_slice() else { panic!("two places: {all:?}") };
    near(a.fair_spend.get(), 0.8, 1e-12);
    near(a.weighted, 1200.0, 1e-9);
    assert!(table.notes.iter().any(|note| note.contains("Need of acute is taken from")));
}

#[test]
fn a_provider_s_place_is_never_taken_for_that_of_its_patients() {
    let book = two_lines(&[]);
    let table = NeedTable::of(&book, &value(&book));
    let all = table.group(&NeedGroup::All).expect("all");
    assert!(all.places.is_empty());
    near(all.unplaced.get(), 2.0, 1e-12);
    assert!(table.notes.iter().any(|note| note.contains("service_places")));
}

#[test]
fn weights_that_lack_a_place_are_not_used() {
    let book = two_lines(&[
        ("service_places", format!("{PLACES}R2,S,A,0.5\nR2,S,B,0.5\n")),
        ("need_weights", format!("{WEIGHTS}A,community,500,formula\n")),
    ]);
    let table = NeedTable::of(&book, &value(&book));
    assert!(table.streams.is_empty());
    let community = table.group(&NeedGroup::Sector("community".to_owned())).expect("community");
    let [a, _] = community.places.as_slice() else { panic!("two places: {community:?}") };
    near(a.fair_spend.get(), 0.6, 1e-12);
}

#[test]
fn the_example_s_sectors_and_programmes_sum_to_its_places() {
    let book = example();
    let table = NeedTable::of(&book, &value(&book));
    let all = table.group(&NeedGroup::All).expect("all");
    assert_eq!(all.places.len(), 3);
    for place in &all.places {
        let sum = |sectors: bool| -> f64 {
            table
                .groups
                .iter()
                .filter(|known| {
                    known.group != NeedGroup::All
                        && matches!(known.group, NeedGroup::Sector(_)) == sectors
                })
                .flat_map(|known| &known.places)
                .filter(|known| known.place == place.place)
                .map(|known| known.distance().get())
                .sum()
        };
        near(sum(true), place.distance().get(), 1e-6);
        near(sum(false), place.distance().get(), 1e-6);
    }
    assert_eq!(table.streams.len(), 6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn distances_sum_to_nought_over_the_places(
        weighted in prop::array::uniform2(1_u32..100_000),
        community in prop::array::uniform2(1_u32..100_000),
        shares in prop::array::uniform4(0_u32..50),
    ) {
        let [one, two] = weighted;
        let [three, four] = community;
        let [a, b, c, d] = shares.map(|share| f64::from(share) / 100.0);
        let book = two_lines(&[
            ("service_places", format!("{PLACES}R1,S,A,{a}\nR1,S,B,{b}\nR2,S,A,{c}\nR2,S,B,{d}\n")),
            (
                "need_weights",
                format!(
                    "{WEIGHTS}A,community,{three},f\nB,community,{four},f\n\
                     A,general_and_acute,{one},f\nB,general_and_acute,{two},f\n"
                ),
            ),
        ]);
        let table = NeedTable::of(&book, &value(&book));
        for group in &table.groups {
            let spend: f64 = group.places.iter().map(|place| place.distance().get()).sum();
            let health: f64 = group.places.iter().map(|place| place.health_distance().get()).sum();
            prop_assert!(spend.abs() < 1e-9 && health.abs() < 1e-6);
            let placed: f64 = group.places.iter().map(|place| place.spend.get()).sum();
            let lines = if group.group == NeedGroup::All { 2.0 } else { 1.0 };
            prop_assert!((placed + group.unplaced.get() - lines).abs() < 1e-9);
        }
    }
}
