//! The best plan of each draw: how often it puts a line at its lower limit, and how much better it
//! is than the plan held fixed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::drawn::{Subject, gains_of};
use super::share;
use crate::case::Case;
use crate::families::{Built, LineColumns};
use crate::model::Sum;
use crate::scenario::Objective;
use crate::solve::Solution;
use crate::warm::Warm;

/// What the draws' own best plans say.
#[derive(Default)]
pub struct Again {
    /// By line: in how many proven draws it was at its lower limit; nothing for lines that cannot
    /// fall.
    pub at_lower: Vec<Option<usize>>,
    /// Of each proven draw, rising: by how much its best plan beats this one in the objective.
    pub regrets: Vec<(usize, f64)>,
    /// The best points of a few proven draws, evenly spaced.
    pub kept: Vec<(usize, Vec<f64>)>,
}

/// How many draws' best points are kept.
const KEPT: usize = 20;

/// Solves every draw again. The threads may share the draws in any way without a byte changing.
pub fn solve(
    case: &Case,
    built: &Built,
    solution: &Solution,
    subjects: &[Subject<'_>],
    progress: &mut impl FnMut(f64),
) -> Again {
    let draws = case.values.draws.len();
    let threads = usize::from(case.scenario.definition.solver.threads).min(draws).max(1);
    let plan = solution.plan.point(case, built);
    let done = AtomicUsize::new(0);
    let of = |thread: usize, told: &mut dyn FnMut(f64)| {
        let mut part = Again::none(built);
        part.add(
            case,
            built,
            solution,
            (subjects, &plan),
            (thread..draws).step_by(threads),
            || {
                told(share(done.fetch_add(1, Ordering::Relaxed) + 1, draws));
            },
        );
        part
    };
    let parts: Vec<Again> = thread::scope(|scope| {
        let of = &of;
        let others: Vec<_> =
            (1..threads).map(|thread| scope.spawn(move || of(thread, &mut |_| ()))).collect();
        let own = of(0, progress);
        let joined = others.into_iter().filter_map(|other| other.join().ok());
        joined.chain([own]).collect()
    });
    let mut all = Again::none(built);
    for part in parts {
        all.regrets.extend(part.regrets);
        all.kept.extend(part.kept);
        for (count, more) in all.at_lower.iter_mut().zip(part.at_lower) {
            *count = count.zip(more).map(|(count, more)| count + more);
        }
    }
    all.regrets.sort_unstable_by_key(|(draw, _)| *draw);
    all.kept.sort_unstable_by_key(|(draw, _)| *draw);
    all
}

impl Again {
    fn none(built: &Built) -> Self {
        let can_fall = |columns: &LineColumns| (!columns.below.is_empty()).then_some(0);
        let lines = built.last().map(|year| year.lines.as_slice()).unwrap_or_default();
        Self { at_lower: lines.iter().map(can_fall).collect(), ..Self::default() }
    }

    fn add(
        &mut self,
        case: &Case,
        built: &Built,
        solution: &Solution,
        (subjects, plan): (&[Subject<'_>], &[f64]),
        draws: impl Iterator<Item = usize>,
        mut done: impl FnMut(),
    ) {
        // Where health is a limit and not the objective, a draw would change the limit.
        if case.scenario.definition.objective == Objective::LeastCost {
            return;
        }
        let Some(mut warm) = Warm::new(case, built, solution.basis.as_ref()) else { return };
        warm.model.constant = 0.0;
        let every = case.values.draws.len().div_ceil(KEPT).max(1);
        let mut gains = Vec::new();
        for draw in draws.take_while(|_| !case.out_of_time()) {
            gains_of(built, subjects, draw, &mut gains);
            warm.set_gains(&gains);
            if let Some(point) = warm.best() {
                self.count(built, &point.values);
                let mut regret = Sum::default();
                for ((gain, best), plan) in gains.iter().zip(&point.values).zip(plan) {
                    regret.add_product(*gain, best - plan);
                }
                self.regrets.push((draw, regret.value()));
                if draw.is_multiple_of(every) {
                    self.kept.push((draw, point.values));
                }
            }
            done();
        }
    }

    fn count(&mut self, built: &Built, values: &[f64]) {
        let lines = built.last().map(|year| year.lines.as_slice()).unwrap_or_default();
        for (count, columns) in self.at_lower.iter_mut().zip(lines) {
            let fill: f64 = columns.below.iter().filter_map(|column| values.get(*column)).sum();
            if let Some(count) = count.as_mut().filter(|_| fill < 1e-7) {
                *count += 1;
            }
        }
    }
}
