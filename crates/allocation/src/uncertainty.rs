//! Seeded draws: the plan held fixed for its interval; re-optimised only to see what the best plan
//! of each draw would cut.

use quantities::{Millions, Pence, Qaly};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use value::draws::{LineDraws, normals, quantile};
use value::parameters::by_grade;

use crate::case::{Case, Response};
use crate::certificate::Certificate;
use crate::families::{Built, LineColumns, counted_in};
use crate::model::LpModel;
use crate::plan::Plan;
use crate::scenario::Objective;
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
        (0..draws).map(|draw| held_fixed(case, &drawn, &solution.plan, draw).get()).collect();
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

/// The draws of each line that has a curve, and of what moves and options bring.
struct Drawn {
    lines: Vec<Option<LineDraws>>,
    moves: Vec<Vec<f64>>,
    options: Vec<Vec<f64>>,
}

impl Drawn {
    fn of(case: &Case) -> Self {
        let (draws, seed) = (case.values.draws.len(), case.scenario.definition.uncertainty.seed);
        let lines = case.lines.iter().enumerate();
        let line = |at, has_curve: bool| has_curve.then(|| case.values.draws.line(at)).flatten();
        // Without a standard error of its own, the grade's usual spread.
        let spread = |mean: f64, se: Option<f64>, grade| {
            se.unwrap_or_else(|| mean.abs() * by_grade(&case.parameters.gain_cv, grade))
        };
        let normal = |name: String, mean: f64, se: f64| -> Vec<f64> {
            normals(seed, &name).take(draws).map(|z| mean + se * z).collect()
        };
        let moves = case.moves.iter();
        let options = case.proposals.iter();
        Self {
            lines: lines.map(|(at, of)| line(at, of.curve.is_some())).collect(),
            moves: moves
                .map(|one| {
                    let se = spread(one.eta, one.eta_se, one.grade);
                    normal(format!("move {}", one.key), one.eta, se)
                })
                .collect(),
            options: options
                .map(|one| {
                    let benefit = one.benefit.get();
                    let se = spread(benefit, one.benefit_se, one.grade);
                    normal(format!("option {}", one.id), benefit, se)
                })
                .collect(),
        }
    }

    /// A line's response in a draw: true cost above reported cost buys less for the same money.
    fn at(&self, draw: usize, line: usize, demand: f64) -> Response {
        let Some(Some(line)) = self.lines.get(line) else {
            return Response { health: 0.0, elasticity: 1.0, demand };
        };
        let at = |list: &[f64], otherwise| list.get(draw).copied().unwrap_or(otherwise);
        let health = at(&line.health, 0.0) / at(&line.cost, 1.0);
        Response { health, elasticity: at(&line.elasticity, 1.0), demand }
    }

    fn eta(&self, draw: usize, at: usize) -> f64 {
        self.moves.get(at).and_then(|draws| draws.get(draw)).copied().unwrap_or(0.0)
    }

    fn benefit(&self, draw: usize, at: usize) -> f64 {
        self.options.get(at).and_then(|draws| draws.get(draw)).copied().unwrap_or(0.0)
    }
}

/// The change in health of the final year under the plan, in one draw.
fn held_fixed(case: &Case, drawn: &Drawn, plan: &Plan, draw: usize) -> Qaly {
    let (mut gain, last) = (Qaly::ZERO, case.years());
    let Some(year) = plan.year(last) else { return gain };
    for (at, line) in case.lines.iter().enumerate() {
        let Some(curve) = &line.curve else { continue };
        let own = year.own.get(at).copied().unwrap_or(line.base);
        let apart = year.uncredited.get(at).copied().unwrap_or_default();
        let given = case.moves.iter().zip(&year.moves).filter(|(one, _)| one.from == at);
        let given: Pence = given.map(|(_, moved)| *moved).sum();
        let change: Millions = (own + given - apart - line.base).to_millions();
        gain = gain + curve.gain(change, drawn.at(draw, at, line.grown(last).demand));
    }
    for (at, moved) in year.moves.iter().enumerate() {
        gain = gain + Qaly::new(drawn.eta(draw, at) * moved.to_millions().get());
    }
    let before = plan.year(last - 1);
    for (at, (proposal, take_up)) in case.proposals.iter().zip(&year.take_up).enumerate() {
        let earlier = before.and_then(|year| year.take_up.get(at).copied()).unwrap_or(0.0);
        let counted = proposal.first * take_up + (1.0 - proposal.first) * earlier;
        gain = gain + Qaly::new(drawn.benefit(draw, at) * counted);
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
        let lines = built.last().map(|year| year.lines.as_slice()).unwrap_or_default();
        Self { counts: lines.iter().map(can_fall).collect(), solved: 0 }
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
        // Where health is a limit and not the objective, a draw would change the limit.
        if case.scenario.definition.objective == Objective::LeastCost {
            return;
        }
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
        let lines = built.last().map(|year| year.lines.as_slice()).unwrap_or_default();
        for (count, columns) in self.counts.iter_mut().zip(lines) {
            let fill: f64 = columns.below.iter().filter_map(|column| values.get(*column)).sum();
            if let Some(count) = count.as_mut().filter(|_| fill < 1e-7) {
                *count += 1;
            }
        }
    }
}

/// The objective of one draw: drawn health of lines, moves and options, and what does not vary.
fn set_gains(case: &Case, drawn: &Drawn, built: &Built, draw: usize, model: &mut LpModel) {
    model.constant = 0.0;
    for (column, fixed) in model.columns.iter_mut().zip(&built.fixed_gains) {
        column.gain = *fixed;
    }
    let mut add = |column: usize, gain: f64| {
        if let Some(column) = model.columns.get_mut(column) {
            column.gain += gain;
        }
    };
    for (year, columns) in case.each_year().zip(&built.years) {
        let counts = case.discount(year);
        let lines = case.lines.iter().zip(&columns.lines).zip(&built.weights.lines);
        for (at, ((line, own), weight)) in lines.enumerate() {
            let Some(curve) = line.curve.as_ref().filter(|_| own.has_pieces()) else { continue };
            let response = drawn.at(draw, at, line.grown(year).demand);
            let pieces = own.below.iter().chain(&own.above);
            for (column, segment) in pieces.zip(curve.below_in(year).chain(curve.above_in(year))) {
                add(*column, counts * weight * curve.slope(segment, response));
            }
        }
        let moves = columns.moves.iter().zip(&built.weights.moves);
        for (at, (column, weight)) in moves.enumerate() {
            add(*column, counts * weight * drawn.eta(draw, at));
        }
        let proposals = case.proposals.iter().zip(&built.weights.proposals);
        for (at, (proposal, weight)) in proposals.enumerate() {
            let benefit = counts * weight * drawn.benefit(draw, at);
            for (column, part) in counted_in(built, proposal, at, year).terms {
                add(column, part * benefit);
            }
        }
    }
}
