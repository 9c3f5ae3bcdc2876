//! Gain, opportunity cost and net by deprivation quintile, and weights.

use super::{COSTS, OUTCOMES, SERVICES, book, example, near, parameters, value};
use proptest::prelude::*;
use quantities::{Millions, PoundsPerQaly, Qaly};
use value::equity::{Aversion, Distribution, EQUAL, EquityOptions, EquityTable, Weights};

fn qaly(numbers: [f64; 5]) -> [Qaly; 5] {
    numbers.map(Qaly::new)
}

fn worked() -> Distribution {
    let gain = qaly([10.0, 8.0, 6.0, 4.0, 2.0]);
    Distribution::of(gain, Millions::new(0.15), PoundsPerQaly::new(15_000.0), EQUAL)
}

fn weights(aversion: Aversion) -> Weights {
    Weights::of(aversion, parameters().equity.qale, EQUAL).expect("weights")
}

#[test]
fn the_worked_example_nets_to_twenty_and_weighs_to_twenty_eight() {
    let found = worked();
    for (net, wanted) in found.net().into_iter().zip([8.0, 6.0, 4.0, 2.0, 0.0]) {
        near(net.get(), wanted, 1e-12);
    }
    near(found.net_total().get(), 20.0, 1e-12);
    let aversion = Aversion::atkinson(&parameters().equity);
    assert_eq!(aversion, Aversion::Atkinson(10.95));
    // The reference weighs by weights of four decimals, which gives 28.4526; whole ones give a
    // little less.
    let mut weights = weights(aversion);
    near(found.weighted_net(&weights).get(), 28.452_436, 5e-7);
    weights.by_quintile = weights.by_quintile.map(|weight| (weight * 1e4).round() / 1e4);
    near(found.weighted_net(&weights).get(), 28.4526, 1e-9);
}

#[test]
fn weights_and_equivalents_are_those_of_the_reference() {
    let cases = [
        (Aversion::Atkinson(0.0), [1.0; 5], 72.626, 0.0),
        (Aversion::Atkinson(1.0), [1.0909, 1.0333, 0.9819, 0.9613, 0.9327], 72.5153, 0.00152),
        (Aversion::Atkinson(3.5), [1.3373, 1.1060, 0.9251, 0.8589, 0.7727], 72.2321, 0.00542),
        (Aversion::Atkinson(10.95), [2.1760, 1.2013, 0.6869, 0.5446, 0.3912], 71.3679, 0.01732),
    ];
    for (aversion, wanted, equivalent, index) in cases {
        let found = weights(aversion);
        for (weight, wanted) in found.by_quintile.into_iter().zip(wanted) {
            near(weight, wanted, 5e-5);
        }
        near(found.equally_distributed_equivalent, equivalent, 5e-5);
        near(found.index(), index, 5e-6);
    }
    let kolm = weights(Aversion::kolm(&parameters().equity));
    for (weight, wanted) in
        kolm.by_quintile.into_iter().zip([2.1267, 1.2209, 0.7040, 0.5555, 0.3928])
    {
        near(weight, wanted, 5e-5);
    }
    near(kolm.equally_distributed_equivalent, 71.4006, 5e-5);
    for (aversion, wanted) in [
        (Aversion::Atkinson(1.0), 1.1697),
        (Aversion::Atkinson(3.5), 1.7306),
        (Aversion::Atkinson(10.95), 5.5620),
        (Aversion::Kolm(0.15), 5.4141),
    ] {
        let [most, .., least] = weights(aversion).by_quintile;
        near(most / least, wanted, 5e-5);
    }
}

#[test]
fn health_that_is_nought_or_not_a_number_has_no_weights() {
    for health in [[0.0, 1.0, 1.0, 1.0, 1.0], [f64::NAN; 5], [-1.0; 5]] {
        assert_eq!(Weights::of(Aversion::Atkinson(1.0), health, EQUAL), None);
    }
    assert_eq!(Weights::of(Aversion::Kolm(0.15), [70.0; 5], [0.0; 5]), None);
}

#[test]
fn missing_shares_stay_out_of_the_quintiles_and_are_shown() {
    let costs = format!(
        "{COSTS}R1,A,2024-25,0,p,c,g,variable,1,90000,plics,2025-03-31\n\
         R1,B,2024-25,0,p,c,g,variable,1,60000,plics,2025-03-31\n\
         R1,C,2024-25,0,p,c,g,variable,1,500000,plics,2025-03-31\n"
    );
    let book = book(&[
        ("providers", "provider_code,provider_name,sector,place_code\nR1,One,acute,P\n".to_owned()),
        ("services", format!("{SERVICES}R1,A,A,MSK,op\nR1,B,B,MSK,op\nR1,C,C,MSK,op\n")),
        ("costs", costs),
        (
            "outcomes",
            format!(
                "{OUTCOMES}R1,A,2024-25,qaly_per_patient,100,0.2,A,1,study\n\
                 R1,B,2024-25,qaly_per_patient,100,0.1,A,1,study\n"
            ),
        ),
        (
            "equity",
            "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5\n\
             R1,A,0.5,0.2,0.1,0.1,0.1\n"
                .to_owned(),
        ),
    ]);
    let values = value(&book);
    let base = EquityOptions::base(&parameters());
    let table = EquityTable::of(&book, &parameters(), &base, &values);
    assert!(table.weights.is_none() && table.weighted_net.is_none(), "off unless asked for");
    for (net, wanted) in table.health.net().into_iter().zip([8.8, 2.8, 0.8, 0.8, 0.8]) {
        near(net.get(), wanted, 1e-9);
    }
    assert_eq!(table.without_shares.lines, 1);
    near(table.without_shares.gain.get(), 10.0, 1e-9);
    near(table.without_shares.net.get(), 6.0, 1e-9);
    near(table.not_assessable.get(), 0.5, 1e-12);
    assert!(table.notes.iter().any(|note| note.contains("falls equally")));
    let weighted = EquityOptions {
        aversion: Some(Aversion::atkinson(&parameters().equity)),
        opportunity_cost: [0.26, 0.23, 0.20, 0.17, 0.14],
    };
    let table = EquityTable::of(&book, &parameters(), &weighted, &values);
    let [most, .., least] = table.health.opportunity_cost;
    near(most.get(), 6.0 * 0.26, 1e-9);
    near(least.get(), 6.0 * 0.14, 1e-9);
    let weights = table.weights.expect("weights");
    let sum = table.health.weighted_net(&weights).get();
    near(table.weighted_net.expect("weighed").get(), sum, 1e-12);
}

#[test]
fn the_example_nets_to_its_gain_less_what_the_money_would_buy() {
    let book = example();
    let values = value(&book);
    let base = EquityOptions::base(&parameters());
    let table = EquityTable::of(&book, &parameters(), &base, &values);
    let whole: Qaly = values
        .services
        .iter()
        .filter_map(|service| service.net_health_benefit(values.threshold))
        .sum();
    near((table.health.net_total() + table.without_shares.net).get(), whole.get(), 1e-6);
    assert!(table.services.len() > 30);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn net_sums_to_gain_less_cost_at_the_threshold(
        gain in prop::array::uniform5(-1e4..1e4_f64),
        cost in 0.0..1e3_f64,
        k in 1e3..1e5_f64,
        profile in prop::array::uniform5(0.0..1.0_f64),
    ) {
        let found =
            Distribution::of(qaly(gain), Millions::new(cost), PoundsPerQaly::new(k), profile);
        let wanted = gain.iter().sum::<f64>() - cost * 1e6 / k;
        prop_assert!((found.net_total().get() - wanted).abs() < 1e-6 * (1.0 + wanted.abs()));
    }

    #[test]
    fn weights_have_mean_one_and_fall_with_health(
        health in prop::array::uniform5(40.0..90.0_f64),
        people in prop::array::uniform5(0.01..10.0_f64),
        epsilon in 0.0..15.0_f64,
        alpha in 0.0..0.3_f64,
    ) {
        let whole: f64 = people.iter().sum();
        for aversion in [Aversion::Atkinson(epsilon), Aversion::Kolm(alpha)] {
            let found = Weights::of(aversion, health, people).expect("weights");
            let pairs = || health.into_iter().zip(found.by_quintile);
            let mean: f64 = found.by_quintile.iter().zip(people).map(|(w, p)| w * p / whole).sum();
            prop_assert!((mean - 1.0).abs() < 1e-9);
            prop_assert!(found.index() > -1e-12 && found.index() < 1.0);
            for ((h, w), (h2, w2)) in pairs().zip(pairs().skip(1)) {
                prop_assert!(h == h2 || (h < h2) == (w >= w2 - 1e-12) || (w - w2).abs() < 1e-9);
            }
        }
    }
}
