//! What each limit is worth at the margin, and from where to where that holds.

use crate::case::Case;
use crate::families::{Built, Limit};
use crate::model::{LpModel, Sense};
use crate::solver::{Basis, Point, Solver};

/// The limits between which a price holds; nothing where there is no end, or it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// The lowest.
    pub from: Option<f64>,
    /// The highest.
    pub to: Option<f64>,
}

/// The price of a limit: how the objective moves with it.
#[must_use]
pub fn of(limit: &Limit, prices: &[f64]) -> f64 {
    let parts =
        limit.rows.iter().map(|(row, rate)| rate * prices.get(*row).copied().unwrap_or(0.0));
    parts.sum::<f64>() + 0.0
}

/// How far a basis holds as each limit moves, both of its rows together; not known where the run
/// has had its time.
pub fn ranges(
    case: &Case,
    built: &Built,
    solver: &mut Solver,
    basis: Option<&Basis>,
    point: &Point,
) -> Vec<Range> {
    let one = |limit: &Limit, solver: &mut Solver| -> Option<Range> {
        let basis = basis.filter(|_| !case.out_of_time())?;
        let direction = solver.direction(basis, &limit.rows)?;
        let (from, to) = steps(&built.model, limit, point, &direction);
        let place = |step: Option<f64>| step.map(|step| limit.limit + step);
        Some(Range { from: place(from), to: place(to) })
    };
    built.limits.iter().map(|limit| one(limit, solver).unwrap_or_default()).collect()
}

/// The least and greatest step of the limit within which no column and no row is crossed.
fn steps(
    model: &LpModel,
    limit: &Limit,
    point: &Point,
    direction: &[f64],
) -> (Option<f64>, Option<f64>) {
    let (mut down, mut up) = (f64::INFINITY, f64::INFINITY);
    let mut bound = |room: f64, speed: f64| {
        // `room` is used up at `speed` per step.
        if speed > 1e-9 {
            up = up.min(room.max(0.0) / speed);
        } else if speed < -1e-9 {
            down = down.min(room.max(0.0) / -speed);
        }
    };
    for ((column, value), speed) in model.columns.iter().zip(&point.values).zip(direction) {
        bound(column.upper - value, *speed);
        bound(value - column.lower, -speed);
    }
    for (at, row) in model.rows.iter().enumerate() {
        let rate: f64 =
            limit.rows.iter().filter(|(moved, _)| *moved == at).map(|moved| moved.1).sum();
        let speed = LpModel::activity(row, direction) - rate;
        let room = row.limit - LpModel::activity(row, &point.values);
        match row.sense {
            Sense::AtMost => bound(room, speed),
            Sense::AtLeast => bound(-room, -speed),
        }
    }
    let end = |step: f64| step.is_finite().then_some(step);
    (end(down).map(|step| -step), end(up))
}
