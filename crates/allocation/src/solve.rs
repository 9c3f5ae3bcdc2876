//! From a case to a proven plan, or to the reason why there is none.

use quantities::{Millions, Pence, Qaly};

use crate::case::Case;
use crate::certificate::{Certificate, reduced};
use crate::families::Built;
use crate::model::LpModel;
use crate::plan::Plan;
use crate::price::{self, Range};
use crate::relax::{self, Way};
use crate::scenario::Objective;
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
    /// Where options are all or nothing: how far the choice may be from the best, as the solver
    /// says. Everything else is proven for the options chosen.
    pub choice_gap: Option<f64>,
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

/// Solves a case, whose size must have been asked for before it was built.
#[must_use]
pub fn solve(case: &Case, built: &Built) -> Outcome {
    if case.out_of_time() {
        return Outcome::TimeLimit;
    }
    if !built.model.has_whole() {
        return linear(case, built, None);
    }
    match choose(case, built) {
        Ok((chosen, gap)) => linear(case, &chosen, Some(gap)),
        Err(Status::Infeasible) => infeasible(case, built),
        Err(Status::TimeLimit) => Outcome::TimeLimit,
        Err(_) => Outcome::Numerical("the solver found no choice of options".to_owned()),
    }
}

/// The best choice of the options that are all or nothing, held, and how far it may be from the
/// best.
///
/// # Errors
/// How solving ended, where it found none.
pub fn choose(case: &Case, built: &Built) -> Result<(Built, f64), Status> {
    let mut solver = Solver::whole(&built.model).map_err(|_: SolverError| Status::Numerical)?;
    match solver.run(case.seconds_left()) {
        Status::Optimal => {
            let point = solver.point().ok_or(Status::Numerical)?;
            let gap = solver.choice_gap().ok_or(Status::Numerical)?;
            Ok((built.chosen(&point.values), gap))
        }
        other => Err(other),
    }
}

fn linear(case: &Case, built: &Built, choice_gap: Option<f64>) -> Outcome {
    // Where nothing can move there is nothing to solve: today keeps every limit, or nothing does.
    if built.model.columns.is_empty() && !Certificate::of(&built.model, &[], &[]).feasible {
        return infeasible(case, built);
    }
    let mut solver = match Solver::new(&built.model) {
        Ok(solver) => solver,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    match solver.run(case.seconds_left()) {
        Status::Optimal => match proven(case, built, &mut solver) {
            Outcome::Proven(solution, certificate) => {
                Outcome::Proven(Box::new(Solution { choice_gap, ..*solution }), certificate)
            }
            other => other,
        },
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
        _ if case.out_of_time() => Outcome::TimeLimit,
        _ => Outcome::Numerical(
            "the solver says that nothing satisfies every limit, and our own arithmetic does not \
             confirm it"
                .to_owned(),
        ),
    }
}

fn proven(case: &Case, built: &Built, solver: &mut Solver) -> Outcome {
    let unread = || Outcome::Numerical("the solver's answer could not be read".to_owned());
    let Some(mut first) = solver.point() else { return unread() };
    for (row, price) in built.model.rows.iter().zip(&mut first.prices) {
        // A price of the wrong sign is the solver's last digit.
        if !row.sense.allows(*price) {
            *price = 0.0;
        }
    }
    let basis = if built.model.columns.is_empty() { None } else { solver.basis() };
    let unique = basis.as_ref().is_none_or(|basis| is_unique(built, &first, basis));
    let ranges = price::ranges(case, built, solver, basis.as_ref(), &first);
    let values = if unique { None } else { least_moves(case, built, solver, &first) };
    for values in [values.as_ref(), Some(&first.values)].into_iter().flatten() {
        let by_year = || Plan::floored(case, built, values);
        let by_change = || Plan::floored_by_change(case, built, values);
        for plan in [by_year(), by_change()].into_iter().flatten() {
            let point = plan.point(case, built);
            let certificate = Certificate::of(&built.model, &point, &first.prices);
            if certificate.holds() {
                let prices = first.prices;
                let solution = Solution { plan, prices, unique, ranges, basis, choice_gap: None };
                return Outcome::Proven(Box::new(solution), certificate);
            }
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
/// is made as small as can be; then recruits, agency staff, moves and take-up.
fn least_moves(case: &Case, built: &Built, solver: &mut Solver, first: &Point) -> Option<Vec<f64>> {
    let mut gains: Vec<f64> = built.model.columns.iter().map(|column| column.gain).collect();
    let mut point = first.clone();
    for calmer in [still(built), few(built)] {
        if calmer.iter().all(|gain| *gain == 0.0) {
            continue;
        }
        hold_face(built, solver, &gains, &point)?;
        solver.change_gains(&calmer)?;
        if solver.run(case.seconds_left()) != Status::Optimal {
            return None;
        }
        point = solver.point()?;
        gains = calmer;
    }
    Some(point.values)
}

/// Holds every column and row that has a price: what is left free changes nothing.
fn hold_face(built: &Built, solver: &mut Solver, gains: &[f64], point: &Point) -> Option<()> {
    let mut model = built.model.clone();
    for (column, gain) in model.columns.iter_mut().zip(gains) {
        column.gain = *gain;
    }
    for (at, gain) in reduced(&model, &point.prices).iter().enumerate() {
        let column = model.columns.get(at)?;
        let value = *point.values.get(at)?;
        let ends = [column.lower, column.upper];
        let held = if *gain > 0.0 { column.upper } else { column.lower };
        // A column held before stays where it was held.
        let held = if ends.contains(&value) { value } else { held };
        if gain.abs() > NOUGHT {
            solver.hold_column(at, held)?;
        }
    }
    for (at, price) in point.prices.iter().enumerate() {
        if price.abs() > NOUGHT {
            solver.hold_row(at, model.rows.get(at)?.limit)?;
        }
    }
    Some(())
}

/// −Σ (cut + grow), in every year.
fn still(built: &Built) -> Vec<f64> {
    let mut gains = vec![0.0; built.model.columns.len()];
    for columns in built.years.iter().flat_map(|year| &year.lines) {
        let moved = columns.cut.terms.iter().chain(&columns.grow.terms);
        for (column, part) in moved {
            if let Some(gain) = gains.get_mut(*column) {
                *gain -= part;
            }
        }
    }
    gains
}

/// −(recruits + agency staff + moves + take-up), in every year.
fn few(built: &Built) -> Vec<f64> {
    let mut gains = vec![0.0; built.model.columns.len()];
    for year in &built.years {
        let staff = year.recruits.iter().chain(&year.agency).flatten();
        for column in staff.chain(&year.moves).chain(&year.options) {
            if let Some(gain) = gains.get_mut(*column) {
                *gain = -1.0;
            }
        }
    }
    gains
}

/// Health in the final year of the best plan for an objective, proven; nothing where there is none.
#[must_use]
pub fn best_health(case: &Case, objective: Objective) -> Option<Qaly> {
    if case.out_of_time() {
        return None;
    }
    let built = Built::with_objective(case, objective);
    match solve(case, &built) {
        Outcome::Proven(solution, _) => final_health(case, &built, &solution.plan),
        _ => None,
    }
}

/// Health in the final year of a plan.
#[must_use]
pub fn final_health(case: &Case, built: &Built, plan: &Plan) -> Option<Qaly> {
    Some(Qaly::new(built.last()?.health.at(&plan.point(case, built))))
}

/// The least money in the final year that keeps health no lower than with no change in every year,
/// under every limit but the budget, proven.
#[must_use]
pub fn least_money(case: &Case) -> Option<Pence> {
    if case.out_of_time() {
        return None;
    }
    let built = Built::with_objective(case, Objective::LeastCost);
    let chosen = match built.model.has_whole() {
        true => choose(case, &built).ok()?.0,
        false => built,
    };
    let point = solved(case, &chosen.model)?;
    Millions::new(chosen.last()?.money.at(&point.values)).floor_to_pence()
}

/// The best point of an auxiliary model, proven in the model's own figures.
pub fn solved(case: &Case, model: &LpModel) -> Option<Point> {
    let mut solver = Solver::new(model).map_err(|_: SolverError| ()).ok()?;
    if solver.run(case.seconds_left()) != Status::Optimal {
        return None;
    }
    let point = solver.point()?;
    Certificate::of(model, &point.values, &point.prices).holds().then_some(point)
}
