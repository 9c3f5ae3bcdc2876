//! What the plan does to each line, what stops it, and what it is called.

use quantities::{Pence, Qaly};

use super::SolverFacts;
use super::year::View;
use crate::case::Line;
use crate::certificate::reduced;
use crate::families::{Built, LineColumns};
use crate::label::{self, Evidence, Label};
use crate::sentence::figure;
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

/// What the plan does to one line in one year.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceResult {
    /// Spend under the plan, with what moves and options add to it, in base-year prices.
    pub plan: Pence,
    /// Health with no change in spend; nothing where not assessable.
    pub base_health: Option<Qaly>,
    /// Health under the plan; nothing where not assessable.
    pub plan_health: Option<Qaly>,
    /// Where it stands.
    pub at: Place,
    /// What one more £1m here would change, all limits held, QALY.
    pub reduced_cost: Option<f64>,
    /// Keys of the limits that stop it.
    pub stopped_by: Vec<String>,
    /// Where it is not grown: why not, and what would bring it in.
    pub why_not: Option<String>,
    /// What it is called.
    pub label: Label,
    /// Why.
    pub label_reason: String,
    /// Share of draws whose best plan puts it at its lower limit.
    pub prob_at_lower: Option<f64>,
    /// Share of draws in which its last pound costs more than the threshold.
    pub prob_low_value: Option<f64>,
}

impl ServiceResult {
    /// Its change in health; nothing where not assessable.
    #[must_use]
    pub fn gain(&self) -> Option<Qaly> {
        Some(self.plan_health? - self.base_health?)
    }
}

/// Smaller than any price that stops anything.
const NOUGHT: f64 = 1e-7;

pub fn of(view: &View<'_>, solution: &Solution, facts: &SolverFacts) -> Vec<ServiceResult> {
    let gains = reduced(&view.built.model, &solution.prices);
    let lines = view.case.lines.iter().enumerate();
    lines.filter_map(|(at, line)| one(view, solution, facts, &gains, (at, line))).collect()
}

fn one(
    view: &View<'_>,
    solution: &Solution,
    facts: &SolverFacts,
    gains: &[f64],
    (at, line): (usize, &Line),
) -> Option<ServiceResult> {
    let value = view.case.values.services.get(at)?;
    let columns = view.columns.lines.get(at)?;
    let (own, apart) = (*view.of.own.get(at)?, *view.of.uncredited.get(at)?);
    let given = view.case.moves.iter().zip(&view.of.moves);
    let given: Pence = given.filter(|(one, _)| one.from == at).map(|(_, moved)| *moved).sum();
    let response = line.curve.as_ref().map(|curve| curve.central(line.grown(view.year).demand));
    let base_health = response.map(|response| Qaly::new(response.unchanged()));
    let seen = (own + given - apart - line.base).to_millions();
    let plan_health = line.curve.as_ref().zip(response).zip(base_health);
    let plan_health =
        plan_health.map(|((curve, response), base)| base + curve.gain(seen, response));
    let movable: Vec<usize> =
        columns.below.iter().chain(&columns.above).copied().chain(columns.uncredited).collect();
    let place = place(view.built, &movable, view.point);
    let next = next_up(view.built, columns, view.point);
    let reduced_cost = next.and_then(|column| gains.get(column).copied()).map(|gain| gain + 0.0);
    let drawn = facts.uncertainty.as_ref().filter(|_| view.year == view.case.years());
    let at_lower = drawn.and_then(|drawn| drawn.at_lower.get(at).copied().flatten());
    let change = if line.support { *view.spend.get(at)? } else { own } - line.base;
    let evidence = Evidence { line, value, change: change.get(), reduced_cost, at_lower };
    let (label, label_reason) = label::of(view.case, &evidence);
    let stopped_by = stopped_by(view, solution, line, place, &movable);
    Some(ServiceResult {
        plan: *view.spend.get(at)?,
        base_health,
        plan_health,
        at: place,
        reduced_cost,
        why_not: (change <= Pence::ZERO)
            .then(|| why_not(view, solution, line, next, gains))
            .flatten(),
        stopped_by,
        label,
        label_reason,
        prob_at_lower: at_lower,
        prob_low_value: value.prob_low_value.filter(|_| drawn.is_some()),
    })
}

/// Why a line is not grown, and what would bring it in.
fn why_not(
    view: &View<'_>,
    solution: &Solution,
    line: &Line,
    next: Option<usize>,
    gains: &[f64],
) -> Option<String> {
    let Some(next) = next else {
        return Some(match (&line.protected, line.curve.is_some() || line.support) {
            (_, false) => {
                "Its outcome is not known, so the plan holds it: an outcome with a source \
                           would let it compete."
                    .to_owned()
            }
            (Some(_), _) => "It may neither be cut nor grown.".to_owned(),
            (None, true) if line.support => "It follows the lines that need it.".to_owned(),
            (None, true) => "The pace allows it no movement.".to_owned(),
        });
    };
    let column = view.built.model.columns.get(next)?;
    let left = *gains.get(next)?;
    if left >= -NOUGHT {
        return Some(
            "Its next pound is worth just what the limits ask for it: it is the next in line."
                .to_owned(),
        );
    }
    let asked = column.gain - left;
    let mut dearest: Vec<(f64, &str)> = view
        .built
        .limits
        .iter()
        .filter_map(|limit| {
            let (row, _) = limit.shown;
            let price = solution.prices.get(row)?;
            let terms = &view.built.model.rows.get(row)?.terms;
            let (_, part) = terms.iter().find(|(column, _)| *column == next)?;
            Some((price * part, limit.label.as_str())).filter(|(cost, _)| *cost > NOUGHT)
        })
        .collect();
    dearest.sort_by(|a, b| b.0.total_cmp(&a.0));
    let most = dearest.first().map_or_else(String::new, |(cost, label)| {
        let part = (100.0 * cost / asked).clamp(0.0, 100.0);
        format!(" {part:.0}% of that is for one limit: {label}.")
    });
    let more = (column.gain > NOUGHT).then(|| 100.0 * (asked / column.gain - 1.0));
    let enough = match more {
        Some(more) => format!("with {} more of gain for its money", percent(more)),
        None => "with a gain that is more than nought".to_owned(),
    };
    Some(format!(
        "Its next £1m would bring {} and takes from other lines what brings {}.{most} It would come \
         in {enough}, or were those limits looser.",
        figure(column.gain),
        figure(asked),
    ))
}

fn percent(more: f64) -> String {
    if more < 1.0 { format!("{more:.2}%") } else { format!("{more:.0}%") }
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
fn next_up(built: &Built, columns: &LineColumns, point: &[f64]) -> Option<usize> {
    let pieces = || columns.below.iter().chain(&columns.above).copied();
    let open = pieces().find(|column| {
        let upper = built.model.columns.get(*column).map_or(0.0, |column| column.upper);
        point.get(*column).is_some_and(|value| *value < upper - 1e-9)
    });
    open.or_else(|| pieces().last())
}

fn stopped_by(
    view: &View<'_>,
    solution: &Solution,
    line: &Line,
    place: Place,
    movable: &[usize],
) -> Vec<String> {
    let of_year = |stem: &str| vec![format!("{stem}/{}", view.year)];
    match place {
        Place::Lower => of_year(&line.lower_key),
        Place::Upper => of_year(&line.upper_key),
        Place::Fixed if line.protected.is_some() => of_year(&line.lower_key),
        Place::Fixed => Vec::new(),
        Place::Between => {
            let holds = |limit: &&crate::families::Limit| {
                limit.rows.iter().any(|(row, _)| {
                    solution.prices.get(*row).is_some_and(|price| price.abs() > NOUGHT)
                        && view.built.model.rows.get(*row).is_some_and(|row| {
                            row.terms.iter().any(|(column, _)| movable.contains(column))
                        })
                })
            };
            view.built.limits.iter().filter(holds).map(|limit| limit.key.clone()).collect()
        }
    }
}
