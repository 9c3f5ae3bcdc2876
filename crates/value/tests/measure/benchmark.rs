//! Unit costs against the national schedule and peers.

use super::{COSTS, OUTCOMES, SERVICES, book, example, instruments, near, parameters, value};
use jiff::civil::date;
use openbook::Book;
use proptest::prelude::*;
use quantities::PoundsPerQaly;
use value::benchmark::{
    BenchmarkTable, Funnel, LineBenchmark, MarketForcesAdjusted, Mix, Reported, Standing,
    productivity, review_of,
};

/// A cost row: provider, point of delivery, currency, resource group, activity, cost.
type Cost<'a> = (&'a str, &'a str, &'a str, &'a str, f64, f64);

/// One line `S` a provider.
fn providers_with(costs: &[Cost<'_>], more: &[(&'static str, String)]) -> Book {
    let mut names: Vec<&str> = costs.iter().map(|(provider, ..)| *provider).collect();
    names.sort_unstable();
    names.dedup();
    let mut providers = "provider_code,provider_name,sector,place_code\n".to_owned();
    let mut services = SERVICES.to_owned();
    for name in names {
        providers.push_str(&format!("{name},{name},community,P\n"));
        services.push_str(&format!("{name},S,Nurses,frailty,home\n"));
    }
    let mut rows = COSTS.to_owned();
    for (provider, point, currency, group, activity, cost) in costs {
        rows.push_str(&format!(
            "{provider},S,2024-25,0,{point},{currency},{group},variable,{activity},{cost:.2},\
             plics,2025-03-31\n"
        ));
    }
    let mut parts = vec![("providers", providers), ("services", services), ("costs", rows)];
    parts.extend(more.iter().cloned());
    book(&parts)
}

fn compared(book: &Book) -> BenchmarkTable<Reported> {
    BenchmarkTable::of(book, &instruments().unit_costs, &parameters(), &value(book))
}

fn line<'a, B: value::benchmark::Basis>(
    table: &'a BenchmarkTable<B>,
    key: &str,
) -> &'a LineBenchmark<B> {
    table.lines.iter().find(|line| line.service.as_str() == key).expect("a line")
}

#[test]
fn casemix_is_adjusted_currency_by_currency() {
    // District nurses: £59.65 face to face, £43.08 otherwise. Each provider pays just that, with
    // another mix; the crude unit costs differ and the adjusted ratios are 1.
    let book = providers_with(
        &[
            ("R1", "CHS", "N02AF", "nursing", 1000.0, 59_650.0),
            ("R1", "CHS", "N02AN", "nursing", 3000.0, 129_240.0),
            ("R2", "CHS", "N02AF", "nursing", 3000.0, 178_950.0),
            ("R2", "CHS", "N02AN", "nursing", 1000.0, 43_080.0),
        ],
        &[],
    );
    let table = compared(&book);
    for key in ["R1/S", "R2/S"] {
        let line = line(&table, key);
        let (national, peers) = (line.national.as_ref(), line.peers.as_ref());
        near(national.expect("compared").ratio(), 1.0, 1e-9);
        near(peers.expect("compared").ratio(), 1.0, 1e-9);
        assert_eq!(line.standing(), Some(Standing::Within));
        assert!(line.best_quartile.is_none(), "one other provider has no quartile");
    }
    let crude = line(&table, "R1/S").peers.as_ref().and_then(|peers| peers.crude_ratio);
    near(crude.expect("crude"), (188_890.0 / 4000.0) / (222_030.0 / 4000.0), 1e-9);
}

#[test]
fn a_currency_of_two_departments_is_compared_with_the_right_one() {
    let unit_costs = instruments().unit_costs.with_schedule(
        "fin_year,department,currency_code,description,activity,mean_unit_cost_gbp,cost_gbp\n\
         2024-25,Elective Inpatients,HN22A,Knee,10,10000,100000\n\
         2024-25,Daycase,HN22A,Knee,10,5000,50000\n"
            .as_bytes(),
    );
    let book = providers_with(
        &[
            ("R1", "EL", "HN22A", "theatre", 1.0, 10_000.0),
            ("R2", "DC", "HN22A", "theatre", 1.0, 10_000.0),
        ],
        &[],
    );
    let unit_costs = unit_costs.expect("a schedule");
    let table: BenchmarkTable<Reported> =
        BenchmarkTable::of(&book, &unit_costs, &parameters(), &value(&book));
    near(line(&table, "R1/S").national.as_ref().expect("compared").ratio(), 1.0, 1e-12);
    near(line(&table, "R2/S").national.as_ref().expect("compared").ratio(), 2.0, 1e-12);
    assert!(line(&table, "R1/S").peers.is_none(), "the other provider does day cases");
}

#[test]
fn the_best_quartile_needs_enough_others_and_says_what_it_releases() {
    let costs: Vec<Cost<'_>> =
        [("R1", 120.0), ("R2", 60.0), ("R3", 80.0), ("R4", 90.0), ("R5", 100.0)]
            .map(|(provider, unit)| (provider, "CHS", "N02AF", "nursing", 1000.0, unit * 1000.0))
            .to_vec();
    let table = compared(&providers_with(&costs, &[]));
    let dear = line(&table, "R1/S");
    // Of 60, 80, 90, 100: the lower quartile is 75, the mean 82.50.
    let best = dear.best_quartile.as_ref().expect("four others");
    near(best.expected_gbp, 75_000.0, 1e-6);
    assert_eq!(best.providers, Some(4));
    near(dear.release_gbp(dear.best_quartile.as_ref()).expect("a release"), 45_000.0, 1e-6);
    near(dear.release_gbp(dear.peers.as_ref()).expect("a release"), 37_500.0, 1e-6);
    let cheap = line(&table, "R2/S");
    near(cheap.release_gbp(cheap.peers.as_ref()).expect("a release"), 0.0, 1e-9);
    let questions = dear.questions(&providers_with(&costs, &[]), date(2026, 1, 1));
    assert!(
        questions.what_to_do.contains("best quartile of 4 other providers £45,000"),
        "{questions:?}"
    );
}

#[test]
fn the_difference_is_divided_by_resource_and_sums_to_itself() {
    let book = providers_with(
        &[
            ("R1", "CHS", "N02AF", "nursing", 1000.0, 60_000.0),
            ("R1", "CHS", "N02AF", "travel", 0.0, 60_000.0),
            ("R2", "CHS", "N02AF", "nursing", 1000.0, 54_000.0),
            ("R2", "CHS", "N02AF", "travel", 0.0, 6_000.0),
        ],
        &[],
    );
    let table = compared(&book);
    let dear = line(&table, "R1/S");
    let sum: f64 = dear.groups.iter().map(|group| group.difference_gbp()).sum();
    let main = dear.main().expect("compared");
    near(sum, main.difference_gbp(), 1e-6);
    let first = dear.groups.first().expect("a group");
    assert_eq!((first.group.as_str(), dear.mix), ("travel", Some(Mix::Peers)));
    near(first.difference_gbp(), 60_000.0 - 5_965.0, 1e-6);
    let questions = dear.questions(&book, date(2026, 1, 1));
    let spent_on = questions.spent_on.as_deref().unwrap_or_default();
    assert!(spent_on.starts_with("It spends more on travel (£54,035)"), "{questions:?}");
    assert!(!questions.why.contains("travel"), "{questions:?}");
    let beside = questions.beside_peers.as_deref();
    assert_eq!(beside, Some("Against one other provider it is 2.00 times."));
    assert_eq!(
        (dear.mix_providers, dear.peers.as_ref().and_then(|it| it.fewest_providers)),
        (Some(1), Some(1))
    );
    assert!(questions.different.contains("2.01 times"), "{questions:?}");
}

#[test]
fn local_prices_are_taken_out_on_a_basis_of_its_own() {
    let factors = "provider_code,fin_year,market_forces_factor,source\nR1,2024-25,1.2,published\n";
    let book = providers_with(
        &[
            ("R1", "CHS", "N02AF", "nursing", 1000.0, 71_580.0),
            ("R2", "CHS", "N02AF", "nursing", 1000.0, 59_650.0),
        ],
        &[("market_forces", factors.to_owned())],
    );
    let reported = compared(&book);
    near(line(&reported, "R1/S").main().expect("compared").ratio(), 1.2, 1e-9);
    let adjusted: BenchmarkTable<MarketForcesAdjusted> =
        BenchmarkTable::of(&book, &instruments().unit_costs, &parameters(), &value(&book));
    let dear = line(&adjusted, "R1/S");
    near(dear.main().expect("compared").ratio(), 1.0, 1e-9);
    assert!(dear.peers.is_none(), "a provider without a factor is nobody's peer");
    let without = line(&adjusted, "R2/S");
    assert!(without.main().is_none());
    let reason = without.reason.as_deref();
    assert_eq!(reason, Some("R2 has no market forces factor for the year"));
}

#[test]
fn an_outlier_is_listed_until_a_review_in_date_explains_it() {
    let review = "provider_code,service_code,reason,reviewer,reviewed_on,review_by\n\
                  R1,S,Long drives,Head of costing,2026-01-10,2026-06-30\n";
    let costs = [("R1", "CHS", "N02AF", "nursing", 1000.0, 300_000.0)];
    let book = providers_with(&costs, &[("outlier_reviews", review.to_owned())]);
    let table = compared(&book);
    assert_eq!(line(&table, "R1/S").standing(), Some(Standing::Query), "five times the mean");
    let listed = |day| table.unreviewed(&book, day).len();
    assert_eq!(listed(date(2026, 1, 9)), 1, "not yet looked at");
    assert_eq!((listed(date(2026, 1, 10)), listed(date(2026, 6, 30))), (0, 0));
    assert_eq!(listed(date(2026, 7, 1)), 1, "to be looked at again");
    let key = line(&table, "R1/S").service.clone();
    assert!(review_of(&book, &key, date(2026, 3, 1)).is_some());
    let questions = line(&table, "R1/S").questions(&book, date(2026, 3, 1));
    assert!(questions.why.contains("Long drives (Head of costing"), "{questions:?}");
    assert!(questions.different.starts_with("Query this line"), "{questions:?}");
}

#[test]
fn a_line_that_is_low_value_at_its_own_cost_only_is_costly_and_comes_first() {
    // 10 QALY each at the default elasticity of a half; k is £15,000. R1 costs twice the national
    // mean: £23,860 per QALY of the last pound, £11,930 at that mean. R3 is dear at both.
    let outcome =
        |provider: &str| format!("{provider},S,2024-25,qaly_per_patient,100,0.1,B,1,study\n");
    let outcomes = format!("{OUTCOMES}{}{}{}", outcome("R1"), outcome("R2"), outcome("R3"));
    let book = providers_with(
        &[
            ("R1", "CHS", "N02AF", "nursing", 1000.0, 119_300.0),
            ("R2", "CHS", "N02AF", "nursing", 1000.0, 59_650.0),
            ("R3", "CHS", "N02AF", "nursing", 4000.0, 477_200.0),
        ],
        &[("outcomes", outcomes)],
    );
    let values = value(&book);
    let list = productivity(&values, &compared(&book));
    let [costly, dear] = list.lines.as_slice() else { panic!("two lines: {list:?}") };
    let price = |price: Option<PoundsPerQaly>| price.map(PoundsPerQaly::get).expect("a price");
    assert!(costly.costly && costly.service.as_str() == "R1/S");
    near(price(costly.own_marginal), 23_860.0, 1e-6);
    near(price(costly.reference_marginal), 11_930.0, 1e-6);
    near(costly.release_at_mean_gbp, 59_650.0, 1e-6);
    assert!(!dear.costly && dear.service.as_str() == "R3/S");
    near(price(dear.reference_marginal), 47_720.0, 1e-6);
    near(list.release_at_mean_gbp, 59_650.0 + 238_600.0, 1e-6);
    let known = values.services.first().expect("a line");
    near(price(known.marginal_at_national()), 11_930.0, 1e-6);
    assert!(!known.is_costly(2.0, PoundsPerQaly::new(11_000.0)), "dear at both");
    assert!(!known.is_costly(2.0, PoundsPerQaly::new(24_000.0)), "dear at neither");
}

#[test]
fn the_example_asks_about_its_known_outliers_and_releases_nothing_on_them() {
    let book = example();
    let values = value(&book);
    let table = compared(&book);
    let respiratory = line(&table, "RY8/N08");
    let national = respiratory.national.as_ref().expect("compared");
    near(national.ratio(), 4.31, 0.005);
    assert_eq!(national.standing, Standing::Query);
    let cardiac = line(&table, "RY8/N11");
    near(cardiac.national.as_ref().expect("compared").ratio(), 2.36, 0.005);
    assert_eq!(cardiac.standing(), Some(Standing::Beyond3Sigma));
    let list = productivity(&values, &table);
    let queried = list.lines.iter().find(|line| line.standing == Standing::Query);
    assert_eq!(queried.map(|line| line.service.as_str()), Some("RY8/N08"));
    assert!(list.queried_gbp > 1e6 && list.release_at_mean_gbp > 0.0);
    let unreviewed = table.unreviewed(&book, date(2026, 11, 23));
    let keys: Vec<&str> = unreviewed.iter().map(|line| line.service.as_str()).collect();
    assert_eq!(keys.first(), Some(&"RY8/N08"), "the furthest out comes first");
    for service in &values.services {
        let same = line_if(&table, service.key.as_str()).and_then(|line| line.national.as_ref());
        let ratio = same.map(value::benchmark::Comparison::ratio);
        match (service.unit_cost_ratio, ratio) {
            (Some(known), Some(found)) => near(found, known, 1e-9),
            (None, None) => {}
            other if service.support => assert!(other.1.is_none()),
            other => panic!("{}: {other:?}", service.key),
        }
    }
}

fn line_if<'a>(
    table: &'a BenchmarkTable<Reported>,
    key: &str,
) -> Option<&'a LineBenchmark<Reported>> {
    table.lines.iter().find(|line| line.service.as_str() == key)
}

#[test]
fn the_funnel_narrows_with_activity_down_to_the_costing() {
    let of = |activity: f64| Funnel::of(0.05 * 0.05, 1.0, [(activity * 50.0, activity)]);
    near(of(100.0).standard_error, (0.0025_f64 + 0.01).sqrt(), 1e-12);
    near(of(1e12).standard_error, 0.05, 1e-6);
    let (low, high) = of(100.0).inner();
    near(high - 1.0, 1.0 - low, 1e-12);
    assert_eq!(of(1e12).standing(1.09, 4.0), Standing::Within);
    assert_eq!(of(1e12).standing(1.11, 4.0), Standing::Beyond2Sigma);
    assert_eq!(of(1e12).standing(0.84, 4.0), Standing::Beyond3Sigma);
    assert_eq!(of(1.0).standing(4.0, 4.0), Standing::Query);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The parts by resource and by work sum to the difference, whatever the book; and all costs
    /// times the same number give ratios times that number.
    #[test]
    fn parts_sum_to_the_difference(
        rows in prop::collection::vec(
            ((0_usize..3), (0_usize..3), (0_usize..3), 1_u32..500, 100_u32..100_000), 3..20),
        times in 2_u32..5,
    ) {
        let names = ["R1", "R2", "R3"];
        let works = ["N02AF", "N02AN", "N12"];
        let groups = ["nursing", "travel", "overheads"];
        let costs = |times: u32| -> Vec<Cost<'static>> {
            rows.iter()
                .filter_map(|(provider, work, group, activity, cost)| {
                    let (name, work, group) =
                        (names.get(*provider)?, works.get(*work)?, groups.get(*group)?);
                    let cost = f64::from(*cost) * f64::from(times);
                    Some((*name, "CHS", *work, *group, f64::from(*activity), cost))
                })
                .collect()
        };
        let (once, more) =
            (compared(&providers_with(&costs(1), &[])), compared(&providers_with(&costs(times), &[])));
        for (line, dearer) in once.lines.iter().zip(&more.lines) {
            let (Some(main), Some(dear)) = (line.main(), dearer.main()) else { continue };
            let works: f64 = main.by_work.iter().map(|work| work.difference_gbp()).sum();
            prop_assert!((works - main.difference_gbp()).abs() < 1e-6 * main.own_gbp);
            if line.mix.is_some() {
                let groups: f64 = line.groups.iter().map(|group| group.difference_gbp()).sum();
                prop_assert!((groups - main.difference_gbp()).abs() < 1e-6 * main.own_gbp);
            }
            prop_assert!((dear.ratio() / main.ratio() - f64::from(times)).abs() < 1e-9);
            if let (Some(peers), Some(same)) = (&line.peers, &dearer.peers) {
                prop_assert!((peers.ratio() - same.ratio()).abs() < 1e-9);
            }
        }
    }
}
