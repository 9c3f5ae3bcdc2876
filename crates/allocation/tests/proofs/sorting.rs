//! With one budget and no staff rows the best plan is a greedy sort: give up everything that may be
//! given up, then buy the steepest pieces first. Written from the algebra alone.

use allocation::families::Built;
use allocation::{Case, Run};

use crate::best::best;
use crate::books::{Rule, Sketch};
use crate::random::{Random, for_each_seed};
use crate::sketches;

/// How far each line may move, in parts, and in how many pieces.
struct Limits {
    cut: f64,
    growth: f64,
    pieces: u8,
}

/// The best health for a budget of £m; nothing where even the deepest cuts cost more.
fn sorted_best(case: &Case, budget: f64, limits: &Limits) -> Option<f64> {
    let (mut health, mut left, mut pieces) = (0.0, budget, Vec::new());
    for value in &case.values.services {
        left -= value.spend.to_millions().get();
        let Some((all, elasticity)) = value.health.zip(value.elasticity.as_ref()) else { continue };
        let (all, spend) = (all.get(), value.curve_spend.get());
        let at = |multiple: f64| {
            if all > 0.0 { all * multiple.powf(elasticity.mean) } else { all }
        };
        health += at(1.0 - limits.cut);
        left += spend * limits.cut;
        for (from, width) in [(1.0 - limits.cut, limits.cut), (1.0, limits.growth)] {
            let step = width / f64::from(limits.pieces);
            for k in 0..limits.pieces {
                let start = from + step * f64::from(k);
                pieces.push((at(start + step) - at(start), step * spend));
            }
        }
    }
    pieces.retain(|(gain, cost)| *gain > 0.0 && *cost > 0.0);
    pieces.sort_by(|a, b| (b.0 / b.1).total_cmp(&(a.0 / a.1)));
    if left < -1e-9 {
        return None;
    }
    for (gain, cost) in pieces {
        let part = (left / cost).clamp(0.0, 1.0);
        health += part * gain;
        left -= part * cost;
    }
    Some(health)
}

/// A random book of one fund, a budget and one pace for all.
fn one_budget(random: &mut Random) -> (Sketch, Limits) {
    let mut sketch = sketches::book(random);
    for service in &mut sketch.services {
        service.fund = "core";
    }
    let pct = |random: &mut Random| random.pick(&[0.0, 5.0, 12.5, 30.0]) / 100.0;
    let limits = Limits { cut: pct(random), growth: pct(random), pieces: 3 };
    sketch.rules = vec![
        Rule::plain("segments_per_side = 3\nreleases = \"full\""),
        Rule::plain(format!("[budget]\nchange_pct = {:.2}", random.between(-8.0, 8.0))),
        Rule::plain(format!(
            "[pace]\nmax_cut_pct = {}\nmax_growth_pct = {}",
            limits.cut * 100.0,
            limits.growth * 100.0
        )),
        Rule::plain("[workforce]\nuse = false\n[uncertainty]\ndraws = 0"),
    ];
    (sketch, limits)
}

#[test]
fn one_budget_alone_is_a_sort() {
    for_each_seed(20_001..20_301, 120, |random| {
        let (sketch, limits) = one_budget(random);
        let case = sketch.case()?;
        let budget = case.funds.iter().map(|fund| fund.budget(1).to_millions().get()).sum();
        let wanted = sorted_best(&case, budget, &limits);
        let found = best(&Built::of(&case).model)?.objective();
        match (found, wanted) {
            (Some(a), Some(b)) if (a - b).abs() <= 1e-7 * b.abs().max(1.0) => Ok(true),
            (None, None) => Ok(false),
            _ => Err(format!("{found:?} is not {wanted:?}")),
        }
    });
}

#[test]
fn the_plan_that_is_shown_is_within_pennies_of_the_sort() {
    for_each_seed(21_001..21_061, 25, |random| {
        let (sketch, limits) = one_budget(random);
        let run = Run::of(sketch.case()?, |_| {});
        let budget = run.case.funds.iter().map(|fund| fund.budget(1).to_millions().get()).sum();
        let wanted = sorted_best(&run.case, budget, &limits);
        let found =
            run.plan.as_ref().map(|plan| plan.last().expect("a year").totals.plan_health.get());
        match (found, wanted) {
            // A penny of each line, at a slope of at most 10,000 a million.
            (Some(a), Some(b)) if a <= b + 1e-6 && a >= b - 1e-4 * 12.0 => Ok(true),
            (None, None) => Ok(false),
            _ => Err(format!("{found:?} is not {wanted:?}")),
        }
    });
}
