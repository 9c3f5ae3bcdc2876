//! Seeded draws: the plan held fixed for its interval; re-optimised to see what the best plan of
//! each draw would cut, and what it would be worth to know which draw is true.

mod again;
mod drawn;
pub(crate) mod margin;
mod regression;
mod worth;

use quantities::Qaly;
use value::draws::quantile;

use crate::case::Case;
use crate::families::Built;
use crate::solve::Solution;
use drawn::Drawn;
pub use worth::{Finding, Information, Kind};

/// What the draws say.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertainty {
    /// How many draws were made.
    pub draws: usize,
    /// Draws whose re-optimised plan was proven.
    pub solved: usize,
    /// Their seed.
    pub seed: u64,
    /// Gain of this plan, held fixed: 2.5th percentile, median, 97.5th percentile.
    pub gain: (Qaly, Qaly, Qaly),
    /// Share of draws in which this plan beats no change.
    pub prob_better: f64,
    /// By line: share of solved draws whose best plan puts it at its lower limit.
    pub at_lower: Vec<Option<f64>>,
    /// What knowing more would be worth; nothing where no draw was solved again.
    pub information: Option<Information>,
}

/// Runs the draws of a case's value table for a solution. `progress` is told the share done. Nothing
/// where the run has had its time before the plan was held against every draw.
pub fn run(
    case: &Case,
    built: &Built,
    solution: &Solution,
    mut progress: impl FnMut(f64),
) -> Option<Uncertainty> {
    let draws = case.values.draws.len();
    if draws == 0 || case.out_of_time() {
        return None;
    }
    let drawn = Drawn::of(case);
    let gain =
        |draw| (!case.out_of_time()).then(|| drawn.held_fixed(case, &solution.plan, draw).get());
    let mut gains: Vec<f64> = (0..draws).map(gain).collect::<Option<_>>()?;
    let better = gains.iter().filter(|gain| **gain > 0.0).count();
    gains.sort_by(f64::total_cmp);
    let at = |p: f64| quantile(&gains, p).map(Qaly::new);
    let gain = (at(0.025)?, at(0.5)?, at(0.975)?);
    let subjects = drawn::subjects(case, built, &drawn);
    let again = again::solve(case, built, solution, &subjects, &mut progress);
    let solved = again.regrets.len();
    // What only some of the draws could be asked is not said: no label rests on it.
    let told = solved > 0 && !case.out_of_time();
    let at_lower = again.at_lower.iter();
    let at_lower = at_lower.map(|count| count.filter(|_| told).map(|count| share(count, solved)));
    Some(Uncertainty {
        draws,
        solved,
        seed: case.scenario.definition.uncertainty.seed,
        gain,
        prob_better: share(better, draws),
        at_lower: at_lower.collect(),
        information: told
            .then(|| worth::of(case, built, solution, &subjects, &again))
            .flatten()
            .filter(|_| !case.out_of_time()),
    })
}

fn share(part: usize, whole: usize) -> f64 {
    number(part) / number(whole)
}

pub(crate) fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
