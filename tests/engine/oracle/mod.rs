//! Small random systems solved twice: by the engine, and by trying plans against the words of the
//! algebra. The engine's plan must keep every rule as the words say it, and no plan that keeps them
//! may do better.

mod direct;
mod world;

use allocation::{Run, RunStatus};
use std::collections::BTreeMap;

use crate::support;
use direct::{Choice, ChoiceYear, breakpoints, judge};
use world::{Dice, World};

/// What flooring to pence may cost a plan's limits, £m and WTE.
const PENNIES: f64 = 2e-7;
/// What it may cost its health.
const BETTER: f64 = 1e-5;

/// The engine's plan as choices.
fn chosen(world: &World, run: &Run) -> Choice {
    let plan = run.plan.as_ref().expect("a plan");
    let named: BTreeMap<&str, f64> =
        plan.variables.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let find = |start: &str, number: u8| -> f64 {
        let end = format!("/{number}");
        let mut found =
            named.iter().filter(|(key, _)| key.starts_with(start) && key.ends_with(&end));
        found.next().map_or(0.0, |(_, value)| *value)
    };
    let year = |number: u8| ChoiceYear {
        own: (0..world.lines.len())
            .map(|line| find(&format!("spend/{}/", world.key(line)), number))
            .collect(),
        uncredited: (0..world.lines.len())
            .map(|line| find(&format!("uncredited/{}/", world.key(line)), number))
            .collect(),
        moved: find("move/", number),
        taken: find("option/", number),
        recruits: find("recruit/", number),
        agency: find("agency/", number),
    };
    Choice { years: (1..=world.years).map(year).collect() }
}

/// The fewest agency staff with which a choice has enough, where that helps.
fn with_agency(world: &World, mut choice: Choice) -> Choice {
    for year in &mut choice.years {
        year.agency = 0.0;
    }
    for at in 0..choice.years.len() {
        let upto = Choice { years: choice.years.iter().take(at + 1).cloned().collect() };
        let short = judge(world, &upto).broken.into_iter();
        let short = short.filter(|(what, _)| what.starts_with("nurses")).map(|(_, by)| by);
        let short = short.fold(0.0, f64::max);
        if let Some(year) = choice.years.get_mut(at) {
            year.agency = short.min(world.pool.agency);
        }
    }
    choice
}

/// Σ over the later places of every combination of one part each.
fn combinations(parts: &[Vec<f64>]) -> Vec<Vec<f64>> {
    parts.iter().fold(vec![Vec::new()], |all, part| {
        let longer = |one: &Vec<f64>| {
            let with = |value: &f64| one.iter().copied().chain([*value]).collect::<Vec<f64>>();
            part.iter().map(with).collect::<Vec<_>>()
        };
        all.iter().flat_map(longer).collect()
    })
}

/// Every plan of a grid: own spends at breakpoints and between them, take-up and moves of none, half
/// and all, recruits none or all.
fn grid(world: &World) -> Vec<Choice> {
    let points = breakpoints(world);
    let years = usize::from(world.years);
    let mut parts: Vec<Vec<f64>> = Vec::new();
    for _ in 0..years {
        for line in &world.lines {
            let moves = line.covered > 0.0 && line.follows.is_none();
            let between = points.windows(2).map(|pair| pair.iter().sum::<f64>() / 2.0);
            let all = points.iter().copied().chain(between.filter(|_| years == 1));
            parts.push(if moves { all.collect() } else { vec![1.0] });
        }
        let half = |on: bool| if on { vec![0.0, 0.5, 1.0] } else { vec![0.0] };
        parts.push(half(world.pathway.is_some()));
        parts.push(half(world.option.is_some()));
        let recruits = world.pool.recruitable > 0.0;
        parts.push(if recruits { vec![0.0, 1.0] } else { vec![0.0] });
    }
    combinations(&parts).iter().map(|one| laid_out(world, one)).collect()
}

fn laid_out(world: &World, parts: &[f64]) -> Choice {
    let width = world.lines.len() + 3;
    let year = |parts: &[f64]| {
        let part = |at: usize| parts.get(at).copied().unwrap_or(0.0);
        let count = world.lines.len();
        let moved = world.pathway.as_ref().map_or(0.0, |one| one.most * part(count));
        let own = world.lines.iter().enumerate().map(|(at, line)| {
            let given = world.pathway.as_ref().filter(|one| one.from == at).map_or(0.0, |_| moved);
            line.base + (part(at) - 1.0) * line.covered - given
        });
        ChoiceYear {
            own: own.collect(),
            uncredited: vec![0.0; count],
            moved,
            taken: part(count + 1),
            recruits: world.pool.recruitable * part(count + 2),
            agency: 0.0,
        }
    };
    Choice { years: parts.chunks(width).map(year).collect() }
}

/// A plan a small random step away: a few of its figures changed.
fn stepped(world: &World, choice: &Choice, dice: &mut Dice, size: f64) -> Choice {
    let mut next = choice.clone();
    let whole = world.option.as_ref().is_some_and(|option| option.whole);
    let changes = dice.whole(1, 4);
    for _ in 0..changes {
        let by = (dice.share() * 2.0 - 1.0) * size;
        // A change in one year, or in it and all later ones.
        let from = dice.pick(usize::from(world.years));
        let stays = dice.chance(0.7);
        let what = dice.pick(world.lines.len() + 4);
        let years = next.years.iter_mut().skip(from);
        for year in years.take(if stays { usize::MAX } else { 1 }) {
            let count = world.lines.len();
            let giver = world.pathway.as_ref().map(|one| one.from);
            match what.checked_sub(count) {
                None => {
                    if let Some(own) = year.own.get_mut(what) {
                        *own += by;
                    }
                }
                // A move with its patients, and one whose freed capacity serves others.
                Some(0 | 1) if giver.is_some() => {
                    year.moved += by;
                    let own = giver.and_then(|giver| year.own.get_mut(giver));
                    if let Some(own) = own.filter(|_| what == count) {
                        *own -= by;
                    }
                }
                Some(2) if !whole => year.taken += by,
                Some(3) if !stays => year.recruits += by,
                _ => (),
            }
        }
    }
    with_agency(world, next)
}

/// Climbs from a plan by random steps, and returns the best objective met.
fn climbed(world: &World, start: &Choice, dice: &mut Dice, steps: u32) -> (f64, Choice) {
    let mut best = (judge(world, start).objective, start.clone());
    for step in 0..steps {
        let size =
            [0.3, 0.03, 0.003].into_iter().cycle().nth(usize::try_from(step % 3).unwrap_or(0));
        let next = stepped(world, &best.1, dice, size.unwrap_or(0.01));
        let verdict = judge(world, &next);
        if verdict.objective > best.0 && verdict.allows(PENNIES) {
            best = (verdict.objective, next);
        }
    }
    best
}

fn check(seed: u64, world: &World) -> RunStatus {
    let book = world.book();
    let run = support::run(&book, &world.scenario());
    let mut dice = Dice::new(seed ^ 0xabcd);
    let tries = grid(world).into_iter().map(|choice| with_agency(world, choice));
    let mut allowed: Vec<(f64, Choice)> = tries
        .map(|choice| (judge(world, &choice), choice))
        .filter(|(verdict, _)| verdict.allows(1e-12))
        .map(|(verdict, choice)| (verdict.objective, choice))
        .collect();
    allowed.sort_by(|a, b| b.0.total_cmp(&a.0));
    if run.status == RunStatus::Infeasible {
        let found = allowed.first();
        assert!(
            found.is_none(),
            "seed {seed}: called infeasible, but {found:?} is allowed: {world:#?}"
        );
        return run.status;
    }
    assert_eq!(run.status, RunStatus::Optimal, "seed {seed}: {}\n{world:#?}", run.sentence);
    let plan = chosen(world, &run);
    let verdict = judge(world, &plan);
    assert!(verdict.allows(PENNIES), "seed {seed}: {:?}\n{plan:#?}\n{world:#?}", verdict.broken);
    let totals = run.plan.as_ref().and_then(|plan| plan.last()).expect("a year").totals;
    let found = totals.plan_health.get();
    assert!((found - verdict.health).abs() < 1e-6, "seed {seed}: {found}, {}", verdict.health);
    let stranded = totals.stranded.to_millions().get();
    assert!((stranded - verdict.stranded).abs() < PENNIES, "seed {seed}: {stranded} stranded");
    if let Some((best, choice)) = allowed.first() {
        let beaten = best - verdict.objective;
        assert!(
            beaten < BETTER,
            "seed {seed}: {choice:#?} is better by {beaten} than {plan:#?}\n{world:#?}"
        );
        // What rounding allows is worth at most the dearest limit.
        let (best, choice) = climbed(world, choice, &mut dice, 400);
        let beaten = best - verdict.objective;
        assert!(
            beaten < 2e-3,
            "seed {seed}: {choice:#?} is better by {beaten} than {plan:#?}\n{world:#?}"
        );
    }
    let (best, choice) = climbed(world, &plan, &mut dice, 600);
    let beaten = best - verdict.objective;
    assert!(
        beaten < 2e-3,
        "seed {seed}: {choice:#?} is better by {beaten} than {plan:#?}\n{world:#?}"
    );
    run.status
}

/// ORACLE_FIRST and ORACLE_SEEDS choose others than the first 16.
#[test]
fn no_plan_that_keeps_the_rules_beats_the_engine() {
    let seeds: u64 =
        std::env::var("ORACLE_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(16);
    let first: u64 =
        std::env::var("ORACLE_FIRST").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut solved = 0;
    // Whole options that stood in the way back; a move rounded beside a line on a floor.
    for seed in [1055, 1187] {
        check(seed, &World::random(seed));
    }
    for seed in first..first + seeds {
        println!("seed {seed}");
        for world in [World::random(seed), World::wider(seed)] {
            solved += u32::from(check(seed, &world) == RunStatus::Optimal);
        }
    }
    assert!(seeds < 16 || solved >= 16, "only {solved} could be solved at all");
}
