//! What knowing more is worth to a plan: against sums by hand, against solving again for every draw
//! of one figure, and that no part is worth more than the whole.

use allocation::families::Built;
use allocation::uncertainty::{Finding, Information, Uncertainty};
use allocation::{Case, Outcome as Ended, solve, uncertainty};
use quantities::{Qaly, ServiceKey};
use value::Draws;

use crate::best::best;
use crate::books::{Outcome, Provider, Rule, Service, Sketch};
use crate::random::for_each_seed;
use crate::sketches;

/// What the draws say of a case's best plan; nothing where it has none.
fn drawn(case: &Case) -> Option<Uncertainty> {
    let built = Built::of(case);
    let Ended::Proven(solution, _) = solve(case, &built) else { return None };
    let chosen = built.chosen(&solution.plan.point(case, &built));
    uncertainty::run(case, &chosen, &solution, |_| {})
}

/// The same case with nothing uncertain but the outcomes of the lines named.
fn sure_but_for(mut case: Case, draws: usize, uncertain: impl Fn(&ServiceKey) -> bool) -> Case {
    for service in &mut case.values.services {
        service.cost_cv = 0.0;
        if let Some(elasticity) = &mut service.elasticity {
            elasticity.se = 0.0;
        }
        for outcome in &mut service.outcomes.valued {
            outcome.duration_years = None;
            outcome.counterfactual = None;
            if !uncertain(&service.key) {
                outcome.per_patient_se = Qaly::ZERO;
            }
        }
    }
    case.values.draws = Draws::of(&case.values.services, &case.parameters, draws, 7);
    case
}

fn findings(information: &Information) -> impl Iterator<Item = &Finding> {
    let Information { figures, services, providers, .. } = information;
    figures.iter().chain(services).chain(providers)
}

fn two_lines() -> Sketch {
    let service = |code: &str| Service {
        provider: "P0".to_owned(),
        code: code.to_owned(),
        fund: "core",
        tag: "",
        role: "care",
        cost: [0, 0, 1_000_000_000],
        outcome: Some(Outcome { patients: 1_000, gain: 1.0, share: 1.0 }),
        elasticity: 0.5,
        staff: Default::default(),
        shares: None,
    };
    let provider = Provider { code: "P0".to_owned(), sector: "acute", place: "NORTH" };
    Sketch {
        providers: vec![provider],
        services: vec![service("A"), service("B")],
        pools: Vec::new(),
        changes: Default::default(),
        rules: vec![Rule::plain("segments_per_side = 1")],
    }
}

#[test]
fn two_lines_by_hand() {
    let case = two_lines().case().expect("a case");
    let case = sure_but_for(case, 400, |key| key.service_code() == "A");
    // £10m and 1,000 healthy years each, elasticity a half, £1m to move either way: a healthy year
    // of today's is worth √1.1 − 1 of one more where money goes, and loses 1 − √0.9 where it leaves.
    let (up, down) = (1.1_f64.sqrt() - 1.0, 1.0 - 0.9_f64.sqrt());
    let health = case.values.draws.line(0).expect("draws").health;
    let known = health.iter().map(|a| (a * up - 1e3 * down).max(1e3 * up - a * down).max(0.0));
    let by_hand = known.sum::<f64>() / 400.0;
    assert!(by_hand > 1.0, "{by_hand}");
    let found = drawn(&case).and_then(|it| it.information).expect("information");
    assert!((found.all.qaly.get() - by_hand).abs() < 1e-5 * by_hand, "{found:?} {by_hand}");
    let pounds = by_hand * case.values.threshold.get();
    assert!((found.all.money.get() * 1e6 - pounds).abs() < 1e-5 * pounds);
    let listed: Vec<(&str, &str)> =
        findings(&found).map(|it| (it.subject.as_str(), it.kind.as_str())).collect();
    assert_eq!(listed, [("P0/A", "outcome"), ("P0/A", "service"), ("P0", "provider")]);
    for one in findings(&found) {
        let worth = one.worth.qaly.get();
        assert!((worth - by_hand).abs() < 1e-5 * by_hand, "{one:?} {by_hand}");
    }
    let sentence = findings(&found).next().map(|it| it.sentence.as_str()).expect("one");
    assert!(sentence.starts_with("Finding out the outcome of P0/A for certain is worth at most"));
}

#[test]
fn what_is_sure_is_worth_nothing() {
    for_each_seed(70_001..70_031, 10, |random| {
        let case = sure_but_for(sketches::sketch(random).case()?, 20, |_| false);
        let Some(found) = drawn(&case).and_then(|it| it.information) else { return Ok(false) };
        let none = found.all.qaly == Qaly::ZERO && findings(&found).next().is_none();
        if none { Ok(true) } else { Err(format!("{found:?}")) }
    });
}

#[test]
fn no_part_is_worth_more_than_the_whole_whatever_the_threads() {
    for_each_seed(71_001..71_101, 25, |random| {
        let mut case = sketches::sketch(random).case()?;
        case.values.draws = Draws::of(&case.values.services, &case.parameters, 60, 7);
        let Some(one) = drawn(&case) else { return Ok(false) };
        case.scenario.definition.solver.threads = 3;
        if drawn(&case).as_ref() != Some(&one) {
            return Err("three threads say something else".to_owned());
        }
        let Some(found) = one.information else { return Ok(false) };
        let all = found.all.qaly.get();
        let over = findings(&found).find(|it| !(0.0..=all).contains(&it.worth.qaly.get()));
        match over {
            Some(over) => Err(format!("{over:?} of {all}")),
            None => Ok(all > 0.0 && !found.figures.is_empty()),
        }
    });
}

/// The health of the best plan.
fn health(case: &Case) -> Result<Option<f64>, String> {
    Ok(best(&Built::of(case).model)?.objective())
}

#[test]
fn a_service_is_worth_what_solving_again_for_each_of_its_draws_brings() {
    const DRAWS: usize = 500;
    for_each_seed(72_001..72_013, 3, |random| {
        let mut sketch = sketches::book(random);
        sketch.services.truncate(5);
        let mut case = sure_but_for(sketch.case()?, DRAWS, |_| true);
        let share = |sum: f64| sum / f64::from(u32::try_from(DRAWS).unwrap_or(1));
        // What is expected now is the mean of the draws.
        let lines = (0..case.lines.len()).map(|at| case.values.draws.line(at));
        let healths: Vec<Vec<f64>> = lines
            .map(|line| line.map_or_else(Vec::new, |line| line.health))
            .map(|health| health.into_iter().map(|one| one.max(0.0)).collect())
            .collect();
        for (line, health) in case.lines.iter_mut().zip(&healths) {
            if let Some(curve) = &mut line.curve {
                curve.health = Qaly::new(share(health.iter().sum()));
            }
        }
        let Some(found) = drawn(&case).and_then(|it| it.information) else { return Ok(false) };
        let Some(now) = health(&case)? else { return Ok(false) };
        let mut telling = false;
        for (at, healths) in healths.iter().enumerate() {
            let Some(central) = case.lines.get(at).and_then(|line| line.curve.as_ref()) else {
                continue;
            };
            let mean = central.health.get();
            let mut known = 0.0;
            for one in healths {
                let mut case = case.clone();
                if let Some(curve) = case.lines.get_mut(at).and_then(|line| line.curve.as_mut()) {
                    curve.health = Qaly::new(*one);
                }
                known += health(&case)?.ok_or("no plan")? - (one - mean);
            }
            let nested = share(known) - now;
            let key = case.lines.get(at).map(|line| line.key.to_string()).unwrap_or_default();
            let ours = found.services.iter().find(|it| it.subject == key);
            let ours = ours.map_or(0.0, |it| it.worth.qaly.get());
            telling |= nested > 0.05 * found.all.qaly.get() && nested > 1e-3;
            if (ours - nested).abs() > 0.12 * found.all.qaly.get() + 0.02 {
                return Err(format!("{key}: {ours} is not {nested}; {found:?}"));
            }
        }
        Ok(telling)
    });
}
