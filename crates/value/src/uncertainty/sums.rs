//! Intervals of sums over lines, within the same draws.

use crate::draws::LineDraws;
use crate::table::{Interval, ServiceValue, ValueTable};

use super::line::ends;

/// What a line adds to one sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Addend {
    /// Which sum, from nought.
    pub sum: usize,
    /// The part of its health that is added.
    pub health: f64,
    /// The part that is taken off of the health its money would buy at the threshold.
    pub forgone: f64,
}

/// The 95 % intervals of so many sums over the lines of a value table; nothing without draws.
/// `addends` says what each line, by its place in the table, adds.
#[must_use]
pub fn sums(
    table: &ValueTable,
    count: usize,
    addends: impl Fn(usize, &ServiceValue) -> Vec<Addend>,
) -> Vec<Option<Interval>> {
    let mut drawn = LineDraws::default();
    let mut totals = vec![vec![0.0; table.draws.len()]; count];
    for (at, service) in table.services.iter().enumerate() {
        let parts = addends(at, service);
        if parts.is_empty() || !table.draws.fill(at, &mut drawn) {
            continue;
        }
        let forgone = (table.threshold.to_slope() * service.curve_spend).get();
        for part in parts {
            let Some(total) = totals.get_mut(part.sum) else { continue };
            let draws = drawn.health.iter().zip(&drawn.cost);
            for (total, (health, cost)) in total.iter_mut().zip(draws) {
                *total += part.health * health - part.forgone * forgone * cost;
            }
        }
    }
    let mut tail = Vec::new();
    totals.iter_mut().map(|total| ends(total, &mut tail)).collect()
}
