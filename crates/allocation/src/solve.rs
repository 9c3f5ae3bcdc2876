//! From a case to a proven plan, or to the reason why there is none.

use quantities::{Millions, Pence, Qaly};

use crate::case::Case;
use crate::certificate::{Certificate, reduced};
use crate::families::Built;
use crate::model::{Expression, LpModel, RowUnit, Sense};
use crate::plan::Plan;
use crate::price::{self, Range};
use crate::relax::{self, Way};
use crate::solver::{Basis, Point, Solver, SolverError, Status};

/// A plan with the prices that prove it.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The plan, in pence.
    pub plan: Plan,
    /// By row of the model.
    pub prices: Vec<f64>,
    /// Whether no other plan is as good.
    pub unique: bool,
    /// Where each limit's price holds, in the order of the limits.
    pub ranges: Vec<Range>,
    /// The basis of the best plan, for re-solving nearby.
    pub basis: Option<Basis>,
}

/// How solving ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A plan, and our own proof of it.
    Proven(Box<Solution>, Certificate),
    /// Nothing satisfies every limit; the cheapest ways back prove it.
    Infeasible(Vec<Way>),
    /// The time limit was reached.
    TimeLimit,
    /// The solver's claim did not survive our arithmetic, or it made none.
    Numerical(String),
    /// The model itself was refused.
    Refused(String),
}

/// Solves a case.
#[must_use]
pub fn solve(case: &Case, built: &Built) -> Outcome {
    let seconds = case.scenario.definition.solver.time_limit_seconds;
    // Where nothing can move there is nothing to solve: today keeps every limit, or nothing does.
    if built.model.columns.is_empty() && !Certificate::of(&built.model, &[], &[]).feasible {
        return infeasible(case, built);
    }
    let mut solver = match Solver::new(&built.model) {
        Ok(solver) => solver,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    match solver.run(seconds) {
        Status::Optimal => proven(case, built, &mut solver, seconds),
        Status::Infeasible => infeasible(case, built),
        Status::TimeLimit => Outcome::TimeLimit,
        Status::Unbounded => {
            Outcome::Numerical("the solver found no limit to the objective".to_owned())
        }
        Status::Numerical => Outcome::Numerical("the solver gave up".to_owned()),
    }
}

fn infeasible(case: &Case, built: &Built) -> Outcome {
    match relax::ways_back(case, built) {
        Some(ways) if !ways.is_empty() => Outcome::Infeasible(ways),
        _ => Outcome::Numerical(
            "the solver says that nothing satisfies every limit, and our own arithmetic does not \
             confirm it"
                .to_owned(),
        ),
    }
}

fn proven(case: &Case, built: &Built, solver: &mut Solver, seconds: f64) -> Outcome {
    let unread = || Outcome::Numerical("the solver's answer could not be read".to_owned());
    let Some(first) = solver.point() else { return unread() };
    let basis = if built.model.columns.is_empty() { None } else { solver.basis() };
    let unique = basis.as_ref().is_none_or(|basis| is_unique(built, &first, basis));
    let ranges = price::ranges(built, solver, basis.as_ref(), &first);
    let values = if unique { None } else { least_moves(built, solver, &first, seconds) };
    let candidates = [values.as_ref(), Some(&first.values)];
    for values in candidates.into_iter().flatten() {
        let Some(plan) = Plan::floored(case, built, values) else { continue };
        let point = plan.point(case, built);
        let certificate = Certificate::of(&built.model, &point, &first.prices);
        if certificate.holds() {
            let solution = Solution { plan, prices: first.prices, unique, ranges, basis };
            return Outcome::Proven(Box::new(solution), certificate);
        }
    }
    Outcome::Numerical("the solver's best plan did not survive our own check".to_owned())
}

/// Smaller than any price or slope that matters.
const NOUGHT: f64 = 1e-7;

/// Whether every column and row outside the basis has a price: then no other plan is as good.
fn is_unique(built: &Built, point: &Point, basis: &Basis) -> bool {
    let gains = reduced(&built.model, &point.prices);
    let columns = built.model.columns.iter().zip(&gains).zip(&basis.columns).all(
        |((column, gain), status)| {
            Solver::is_basic(*status) || gain.abs() > NOUGHT || column.upper - column.lower < NOUGHT
        },
    );
    let rows = point
        .prices
        .iter()
        .zip(&basis.rows)
        .all(|(price, status)| Solver::is_basic(*status) || price.abs() > NOUGHT);
    columns && rows
}

/// Of all best plans the one that moves least: everything with a price is held, and Σ (cut + grow)
/// is made as small as can be.
fn least_moves(
    built: &Built,
    solver: &mut Solver,
    first: &Point,
    seconds: f64,
) -> Option<Vec<f64>> {
    let gains = reduced(&built.model, &first.prices);
    for (at, gain) in gains.iter().enumerate() {
        if gain.abs() > NOUGHT {
            let column = built.model.columns.get(at)?;
            solver.hold_column(at, if *gain > 0.0 { column.upper } else { column.lower })?;
        }
    }
    for (at, price) in first.prices.iter().enumerate() {
        if price.abs() > NOUGHT {
            solver.hold_row(at, built.model.rows.get(at)?.limit)?;
        }
    }
    let mut stillness = vec![0.0; built.model.columns.len()];
    for columns in &built.lines {
        for column in &columns.below {
            *stillness.get_mut(*column)? = 1.0;
        }
        for column in columns.above.iter().chain(&columns.uncredited) {
            *stillness.get_mut(*column)? = -1.0;
        }
    }
    solver.change_gains(&stillness)?;
    (solver.run(seconds) == Status::Optimal).then(|| solver.point().map(|point| point.values))?
}

/// The best health of a case, proven; nothing where there is none.
#[must_use]
pub fn best_health(case: &Case) -> Option<Qaly> {
    match solve(case, &Built::of(case)) {
        Outcome::Proven(_, certificate) => Some(Qaly::new(certificate.objective)),
        _ => None,
    }
}

/// The least money that keeps today's health under every limit but the budget, proven.
#[must_use]
pub fn least_money(case: &Case) -> Option<Pence> {
    let mut built = Built::with_budget(case, false);
    let mut money = built.own(0..case.lines.len());
    let stranded = built.stranded.iter().map(|stranded| (stranded.column, 1.0));
    money.terms.extend(stranded);
    let money = money.tidy();
    let mut health = Expression { constant: built.model.constant, terms: Vec::new() };
    for (at, column) in built.model.columns.iter_mut().enumerate() {
        health.terms.push((at, column.gain));
        column.gain = 0.0;
    }
    for (at, part) in &money.terms {
        if let Some(column) = built.model.columns.get_mut(*at) {
            column.gain = -part;
        }
    }
    built.model.constant = -money.constant;
    let today: f64 =
        case.values.services.iter().filter_map(|value| value.health).map(Qaly::get).sum();
    // Today's health, to a millionth part: a figure reached only in the limit could not be floored.
    let floor = today - today.abs().max(1.0) * 1e-9;
    let key = "health/today/1".to_owned();
    built.model.row(key, health, Sense::AtLeast, floor, RowUnit::Health, case.lines.len());
    let point = solved(&built.model, case.scenario.definition.solver.time_limit_seconds)?;
    let least = -LpModel::objective(&built.model, &point.values);
    Millions::new(least).floor_to_pence()
}

/// The best point of an auxiliary model, proven in the model's own figures.
pub fn solved(model: &LpModel, seconds: f64) -> Option<Point> {
    let mut solver = Solver::new(model).map_err(|_: SolverError| ()).ok()?;
    if solver.run(seconds) != Status::Optimal {
        return None;
    }
    let point = solver.point()?;
    Certificate::of(model, &point.values, &point.prices).holds().then_some(point)
}
