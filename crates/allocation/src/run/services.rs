//! What the plan does to each line, what stops it, and what it is called.

use quantities::{Pence, Qaly};

use super::SolverFacts;
use crate::case::{Case, Line};
use crate::certificate::reduced;
use crate::families::Built;
use crate::label::{self, Evidence, Label};
use crate::solve::Solution;

/// Where a line stands between its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At its lower limit.
    Lower,
    /// At its upper limit.
    Upper,
    /// Between them.
    Between,
    /// It has no room at all.
    Fixed,
}

impl Place {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Between => "between",
            Self::Fixed => "fixed",
        }
    }
}

/// What the plan does to one line.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceResult {
    /// Spend under the plan.
    pub plan: Pence,
    /// Health under the plan; nothing where not assessable.
    pub plan_health: Option<Qaly>,
    /// Where it stands.
    pub at: Place,
    /// What one more £1m here would change, all limits held, QALY.
    pub reduced_cost: Option<f64>,
    /// Keys of the limits that stop it.
    pub stopped_by: Vec<String>,
    /// What it is called.
    pub label: Label,
    /// Why.
    pub label_reason: String,
    /// Share of draws whose best plan puts it at its lower limit.
    pub prob_at_lower: Option<f64>,
    /// Share of draws in which its last pound costs more than the threshold.
    pub prob_low_value: Option<f64>,
}

/// Smaller than any price that stops anything.
const NOUGHT: f64 = 1e-7;

pub fn of(
    case: &Case,
    built: &Built,
    solution: &Solution,
    facts: &SolverFacts,
) -> Vec<ServiceResult> {
    let point = solution.plan.point(case, built);
    let gains = reduced(&built.model, &solution.prices);
    let one = |at: usize, line: &Line| -> Option<ServiceResult> {
        let value = case.values.services.get(at)?;
        let columns = built.lines.get(at)?;
        let plan = *solution.plan.own.get(at)?;
        let apart = *solution.plan.uncredited.get(at)?;
        let credited = plan - apart - line.base;
        let change = plan - line.base;
        let plan_health = value.health.zip(line.curve.as_ref()).map(|(health, curve)| {
            let (h, e) = (curve.health.get(), curve.elasticity);
            health + curve.gain(credited.to_millions(), h, e)
        });
        let movable: Vec<usize> =
            columns.below.iter().chain(&columns.above).copied().chain(columns.uncredited).collect();
        let place = place(built, &movable, &point);
        let reduced_cost = next_up(built, columns, &point)
            .and_then(|column| gains.get(column).copied())
            .map(|gain| gain + 0.0);
        let at_lower = facts
            .uncertainty
            .as_ref()
            .and_then(|uncertainty| uncertainty.at_lower.get(at).copied().flatten());
        let evidence = Evidence { line, value, change: change.get(), reduced_cost, at_lower };
        let (label, label_reason) = label::of(case, &evidence);
        Some(ServiceResult {
            plan,
            plan_health,
            at: place,
            reduced_cost,
            stopped_by: stopped_by(built, solution, line, place, &movable),
            label,
            label_reason,
            prob_at_lower: at_lower,
            prob_low_value: value.prob_low_value.filter(|_| facts.uncertainty.is_some()),
        })
    };
    case.lines.iter().enumerate().filter_map(|(at, line)| one(at, line)).collect()
}

fn place(built: &Built, movable: &[usize], point: &[f64]) -> Place {
    // A hundredth of a penny, in £m.
    const NEAR: f64 = 1e-8;
    let room = |column: &usize| {
        let bounds = built.model.columns.get(*column);
        let value = point.get(*column).copied().unwrap_or(0.0);
        bounds.map_or((0.0, 0.0), |column| (value - column.lower, column.upper - value))
    };
    let (mut down, mut up) = (0.0, 0.0);
    for column in movable {
        let (below, above) = room(column);
        down += below;
        up += above;
    }
    match (down > NEAR, up > NEAR) {
        (false, false) => Place::Fixed,
        (false, true) => Place::Lower,
        (true, false) => Place::Upper,
        (true, true) => Place::Between,
    }
}

/// The next piece that one more pound would fill; the last where all are full.
fn next_up(built: &Built, columns: &crate::families::LineColumns, point: &[f64]) -> Option<usize> {
    let pieces = || columns.below.iter().chain(&columns.above).copied();
    let open = pieces().find(|column| {
        let upper = built.model.columns.get(*column).map_or(0.0, |column| column.upper);
        point.get(*column).is_some_and(|value| *value < upper - 1e-9)
    });
    open.or_else(|| pieces().last())
}

fn stopped_by(
    built: &Built,
    solution: &Solution,
    line: &Line,
    place: Place,
    movable: &[usize],
) -> Vec<String> {
    match place {
        Place::Lower => vec![line.lower_key.clone()],
        Place::Upper => vec![line.upper_key.clone()],
        Place::Fixed if line.protected.is_some() => vec![line.lower_key.clone()],
        Place::Fixed => Vec::new(),
        Place::Between => {
            let holds = |limit: &&crate::families::Limit| {
                limit.rows.iter().any(|(row, _)| {
                    solution.prices.get(*row).is_some_and(|price| price.abs() > NOUGHT)
                        && built.model.rows.get(*row).is_some_and(|row| {
                            row.terms.iter().any(|(column, _)| movable.contains(column))
                        })
                })
            };
            built.limits.iter().filter(holds).map(|limit| limit.key.clone()).collect()
        }
    }
}
