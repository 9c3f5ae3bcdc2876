//! How far each line may move while the plan keeps most of its gain, and plans that differ most.

use quantities::{Millions, Pence};

use crate::alternatives::{self, Alternative};
use crate::case::Case;
use crate::certificate::dual_bound;
use crate::families::Built;
use crate::model::{Expression, LpModel, RowUnit, Sense};
use crate::run::Run;
use crate::solver::{Point, Solver, Status};

/// The share of the gain that every plan below keeps.
const KEPT_SHARE: f64 = 0.99;

/// What the limits leave open beside the plan. Only a solver finds it: a result's hash covers it,
/// its verification does not compute it again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    /// By line; nothing where a line cannot move, or nothing is proven.
    pub spends: Vec<Option<SpendRange>>,
    /// Plans that differ most, at most three.
    pub alternatives: Vec<Alternative>,
}

/// Between which spends a line lies in every plan that keeps 99 % of the gain. Both ends are proven
/// from outside: no such plan lies beyond them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendRange {
    /// The least.
    pub low: Pence,
    /// The most.
    pub high: Pence,
}

impl Run {
    /// The same run with the room that its limits leave. `progress` is told the share done.
    #[must_use]
    pub fn with_room(mut self, progress: impl FnMut(f64)) -> Self {
        if let Some(plan) = &mut self.plan {
            let built = Built::of(&self.case);
            let built = built.chosen(&plan.plan.point(&self.case, &built));
            let services = plan.last().map(|last| last.services.as_slice()).unwrap_or_default();
            let own: Vec<Pence> = services.iter().map(|service| service.plan).collect();
            let kept = Kept::of(&built, plan.certificate.objective);
            let spends = spends(&self.case, &built, &kept, &own, progress);
            let alternatives = alternatives::of(&self.case, &built, &kept, &own);
            plan.facts.room = Some(Room { spends, alternatives });
        }
        self.told_if_late()
    }
}

/// The model with one more row, which keeps most of the gain, and with nothing sought yet.
pub struct Kept {
    /// The model.
    pub model: LpModel,
    /// The objective of no change.
    pub no_change: f64,
    /// The least that the objective may be.
    pub least: f64,
}

impl Kept {
    /// Every plan whose objective keeps 99 % of the gain. Where there is no gain, the objective
    /// itself is kept, to a billionth: what is reached only in the limit could not be solved for.
    pub fn of(built: &Built, objective: f64) -> Self {
        let no_change = built.model.objective(&no_change(built));
        let gain = objective - no_change;
        let noise = 1e-9 * objective.abs().max(1.0);
        let least = if gain > noise { no_change + KEPT_SHARE * gain } else { objective - noise };
        let mut model = built.model.clone();
        let mut sought = Expression { constant: model.constant, terms: Vec::new() };
        for (at, column) in model.columns.iter_mut().enumerate() {
            sought.terms.push((at, column.gain));
            column.gain = 0.0;
        }
        model.constant = 0.0;
        let key = "kept/gain/1".to_owned();
        let lines = built.last().map_or(0, |year| year.lines.len());
        model.row(key, sought, Sense::AtLeast, least, RowUnit::Health, lines);
        Self { model, no_change, least }
    }
}

/// The point at which every line spends what it spends today.
pub fn no_change(built: &Built) -> Vec<f64> {
    let mut point: Vec<f64> = built.model.columns.iter().map(|column| column.lower).collect();
    let lines = built.years.iter().flat_map(|year| &year.lines);
    for column in lines.flat_map(|line| &line.below) {
        if let (Some(value), Some(column)) =
            (point.get_mut(*column), built.model.columns.get(*column))
        {
            *value = column.upper;
        }
    }
    point
}

/// One solver that is asked one question after another of the same limits.
pub struct Asker {
    solver: Solver,
    model: LpModel,
    gains: Vec<f64>,
}

impl Asker {
    /// Nothing where the solver does not take the model.
    pub fn new(kept: &Kept) -> Option<Self> {
        let model = kept.model.clone();
        Some(Self {
            solver: Solver::new(&model).ok()?,
            gains: vec![0.0; model.columns.len()],
            model,
        })
    }

    /// The point that maximises an expression, and what no point of these limits exceeds: the
    /// bound is our own, from the prices that the solver offers. Nothing where it does not end.
    pub fn most(&mut self, case: &Case, sought: &Expression) -> Option<(Point, f64)> {
        self.seek(sought, 1.0)?;
        let ended = self.solver.change_gains(&self.gains).is_some()
            && self.solver.run(case.seconds_left()) == Status::Optimal;
        let point = ended.then(|| self.solver.point()).flatten();
        let found = point.map(|point| {
            let bound = dual_bound(&self.model, &point.prices);
            (point, bound)
        });
        self.seek(sought, 0.0)?;
        found
    }

    /// Sets the objective to an expression times a factor.
    fn seek(&mut self, sought: &Expression, factor: f64) -> Option<()> {
        self.model.constant = factor * sought.constant;
        for (column, part) in &sought.terms {
            let gain = factor * part;
            *self.gains.get_mut(*column)? = gain;
            self.model.columns.get_mut(*column)?.gain = gain;
        }
        Some(())
    }
}

/// What a line may spend by its own limits, and what it spent in the points seen so far, £m.
struct Seen {
    box_low: f64,
    box_high: f64,
    low: f64,
    high: f64,
}

/// A hundredth of a penny, £m.
const NEAR: f64 = 1e-10;

fn spends(
    case: &Case,
    built: &Built,
    kept: &Kept,
    plan: &[Pence],
    mut progress: impl FnMut(f64),
) -> Vec<Option<SpendRange>> {
    let lines: Vec<Expression> = (0..case.lines.len()).map(|at| built.final_spend(at)).collect();
    let mut seen: Vec<Seen> = lines.iter().map(|spend| boxed(built, spend)).collect();
    let Some(mut asker) = Asker::new(kept) else { return vec![None; seen.len()] };
    let all = u32::try_from(seen.len()).unwrap_or(u32::MAX).max(1);
    let mut ranges = Vec::with_capacity(seen.len());
    for (done, (at, spend)) in (1_u32..).zip(lines.iter().enumerate()) {
        // A line that a point has seen at its own limit needs no question: it cannot go beyond.
        let mut end = |seen: &mut Vec<Seen>, sign: f64| -> Option<f64> {
            let of = seen.get(at)?;
            let (reached, limit) =
                if sign > 0.0 { (of.high, of.box_high) } else { (of.low, of.box_low) };
            if (reached - limit).abs() <= NEAR {
                return Some(limit);
            }
            let mut sought = Expression::default();
            sought.add(spend, sign);
            let (point, bound) = asker.most(case, &sought)?;
            look(&lines, seen, &point.values);
            // No bound is looser than the line's own limits.
            Some(if sign > 0.0 { bound.min(limit) } else { (-bound).max(limit) })
        };
        let moves = seen.get(at).is_some_and(|seen| seen.box_high - seen.box_low > NEAR);
        let range = plan.get(at).filter(|_| moves).and_then(|plan| {
            let low = Millions::new(end(&mut seen, -1.0)?).floor_to_pence()?;
            let high = -Millions::new(-end(&mut seen, 1.0)?).floor_to_pence()?;
            // The plan was floored to pence, which may leave it a penny below its own limit.
            Some(SpendRange { low: low.min(*plan), high: high.max(*plan) })
        });
        ranges.push(range);
        progress(f64::from(done) / f64::from(all));
    }
    ranges
}

/// The least and most of an expression within the bounds of its columns, and nothing seen.
fn boxed(built: &Built, spend: &Expression) -> Seen {
    let (box_low, box_high) = built.extent(spend);
    Seen { box_low, box_high, low: f64::INFINITY, high: f64::NEG_INFINITY }
}

fn look(lines: &[Expression], seen: &mut [Seen], point: &[f64]) {
    for (seen, spend) in seen.iter_mut().zip(lines) {
        let spend = spend.at(point);
        seen.low = seen.low.min(spend);
        seen.high = seen.high.max(spend);
    }
}
