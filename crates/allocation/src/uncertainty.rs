//! Seeded draws: the plan held fixed for its interval; re-optimised only to see what the best plan
//! of each draw would cut.

use quantities::{Millions, Qaly};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use value::draws::{LineDraws, quantile};

use crate::case::Case;
use crate::certificate::Certificate;
use crate::families::{Built, LineColumns};
use crate::solve::Solution;
use crate::solver::{Solver, Status};

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
}

/// Runs the draws of a case's value table for a solution. `progress` is told the share done.
pub fn run(
    case: &Case,
    built: &Built,
    solution: &Solution,
    mut progress: impl FnMut(f64),
) -> Option<Uncertainty> {
    let draws = case.values.draws.len();
    if draws == 0 {
        return None;
    }
    let drawn = Drawn::of(case);
    let mut gains: Vec<f64> =
        (0..draws).map(|draw| held_fixed(case, &drawn, solution, draw).get()).collect();
    let better = gains.iter().filter(|gain| **gain > 0.0).count();
    gains.sort_by(f64::total_cmp);
    let at = |p: f64| quantile(&gains, p).map(Qaly::new);
    let gain = (at(0.025)?, at(0.5)?, at(0.975)?);
    let (counts, solved) = re_optimised(case, &drawn, built, solution, &mut progress);
    let at_lower = counts
        .into_iter()
        .map(|count| count.filter(|_| solved > 0).map(|count| share(count, solved)))
        .collect();
    Some(Uncertainty {
        draws,
        solved,
        seed: case.scenario.definition.uncertainty.seed,
        gain,
        prob_better: share(better, draws),
        at_lower,
    })
}

fn share(part: usize, whole: usize) -> f64 {
    let number = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
    number(part) / number(whole)
}

/// The draws of each line that has a curve.
struct Drawn(Vec<Option<LineDraws>>);

impl Drawn {
    fn of(case: &Case) -> Self {
        let lines = case.lines.iter().enumerate();
        let drawn = |at, has_curve: bool| has_curve.then(|| case.values.draws.line(at)).flatten();
        Self(lines.map(|(at, line)| drawn(at, line.curve.is_some())).collect())
    }

    /// A line's health and elasticity in a draw: true cost above reported cost buys less for the
    /// same money.
    fn at(&self, draw: usize, line: usize) -> (f64, f64) {
        let Some(Some(line)) = self.0.get(line) else { return (0.0, 1.0) };
        let at = |list: &[f64], otherwise| list.get(draw).copied().unwrap_or(otherwise);
        (at(&line.health, 0.0) / at(&line.cost, 1.0), at(&line.elasticity, 1.0))
    }
}

fn held_fixed(case: &Case, drawn: &Drawn, solution: &Solution, draw: usize) -> Qaly {
    let mut gain = Qaly::ZERO;
    for (at, line) in case.lines.iter().enumerate() {
        if let Some(curve) = &line.curve {
            let plan = &solution.plan;
            let own = plan.own.get(at).copied().unwrap_or(line.base);
            let apart = plan.uncredited.get(at).copied().unwrap_or_default();
            let change: Millions = (own - apart - line.base).to_millions();
            let (health, elasticity) = drawn.at(draw, at);
            gain = gain + curve.gain(change, health, elasticity);
        }
    }
    gain
}

/// By line, in how many proven draws it was at its lower limit (nothing for lines that cannot
/// fall), and how many draws were proven. Every draw starts from the same basis with nothing else
/// remembered, so that threads may share them in any way without a byte changing.
fn re_optimised(
    case: &Case,
    drawn: &Drawn,
    built: &Built,
    solution: &Solution,
    progress: &mut impl FnMut(f64),
) -> (Vec<Option<usize>>, usize) {
    let draws = case.values.draws.len();
    let threads = usize::from(case.scenario.definition.solver.threads).min(draws).max(1);
    let done = AtomicUsize::new(0);
    let of = |thread: usize, told: &mut dyn FnMut(f64)| {
        let mut part = Part::none(built);
        part.solve(case, drawn, built, solution, (thread..draws).step_by(threads), || {
            told(share(done.fetch_add(1, Ordering::Relaxed) + 1, draws));
        });
        part
    };
    let parts: Vec<Part> = thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).map(|thread| scope.spawn(move || of(thread, &mut |_| ()))).collect();
        let own = of(0, progress);
        let joined = others.into_iter().filter_map(|other| other.join().ok());
        joined.chain([own]).collect()
    });
    let mut all = Part::none(built);
    for part in parts {
        all.solved += part.solved;
        for (count, more) in all.counts.iter_mut().zip(part.counts) {
            *count = count.zip(more).map(|(count, more)| count + more);
        }
    }
    (all.counts, all.solved)
}

/// What some of the draws found.
struct Part {
    counts: Vec<Option<usize>>,
    solved: usize,
}

impl Part {
    fn none(built: &Built) -> Self {
        let can_fall = |columns: &LineColumns| (!columns.below.is_empty()).then_some(0);
        Self { counts: built.lines.iter().map(can_fall).collect(), solved: 0 }
    }

    fn solve(
        &mut self,
        case: &Case,
        drawn: &Drawn,
        built: &Built,
        solution: &Solution,
        draws: impl Iterator<Item = usize>,
        mut done: impl FnMut(),
    ) {
        let (Ok(mut solver), Some(basis)) = (Solver::new(&built.model), &solution.basis) else {
            return;
        };
        let seconds = case.scenario.definition.solver.time_limit_seconds;
        let mut model = built.model.clone();
        for draw in draws {
            set_gains(case, drawn, built, draw, &mut model);
            let gains: Vec<f64> = model.columns.iter().map(|column| column.gain).collect();
            let ran =
                solver.change_gains(&gains).and_then(|()| solver.restart_from(basis)).is_some()
                    && solver.run(seconds) == Status::Optimal;
            if let Some(point) = ran.then(|| solver.point()).flatten()
                && Certificate::of(&model, &point.values, &point.prices).holds()
            {
                self.count(built, &point.values);
            }
            done();
        }
    }

    fn count(&mut self, built: &Built, values: &[f64]) {
        self.solved += 1;
        for (count, columns) in self.counts.iter_mut().zip(&built.lines) {
            let fill: f64 = columns.below.iter().filter_map(|column| values.get(*column)).sum();
            if let Some(count) = count.as_mut().filter(|_| fill < 1e-7) {
                *count += 1;
            }
        }
    }
}

fn set_gains(
    case: &Case,
    drawn: &Drawn,
    built: &Built,
    draw: usize,
    model: &mut crate::model::LpModel,
) {
    model.constant = 0.0;
    for (at, (line, columns)) in case.lines.iter().zip(&built.lines).enumerate() {
        let Some(curve) = &line.curve else { continue };
        let (health, elasticity) = drawn.at(draw, at);
        let pieces = columns.below.iter().chain(&columns.above);
        for (column, segment) in pieces.zip(curve.below.iter().chain(&curve.above)) {
            if let Some(column) = model.columns.get_mut(*column) {
                column.gain = curve.slope(segment, health, elasticity);
            }
        }
    }
}
