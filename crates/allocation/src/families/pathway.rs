//! Family 7, pathway moves: work that moves from one line to another with its patients.
//!
//! A move is a level: £m of the giver's work done by the receiver. It never shrinks, stays within
//! its cap, and keeps the patients' health plus η per £m.

use super::Built;
use crate::case::Case;
use crate::model::{Expression, RowUnit};

pub fn add_columns(case: &Case, built: &mut Built, year: u8) {
    for (at, one) in case.moves.iter().enumerate() {
        let share = if year == 1 { one.first } else { 1.0 };
        let key = format!("move/{}/{year}", one.key);
        let column = built.model.column(key.clone(), 0.0, one.most.get() * share, 0.0);
        if let Some(before) = built.year(year - 1).and_then(|before| before.moves.get(at).copied())
        {
            let terms = vec![(column, 1.0), (before, -1.0)];
            built.rule(key, Expression { constant: 0.0, terms }, RowUnit::Money, 2);
        }
        if let Some(columns) = built.year_mut(year) {
            columns.moves.push(column);
            columns.health.terms.push((column, one.eta));
        }
    }
}

/// What of a move is new in a year.
pub fn new_in(built: &Built, year: u8, at: usize) -> Expression {
    let level = |year: u8| built.year(year).and_then(|columns| columns.moves.get(at).copied());
    let mut new = Expression::default();
    new.terms.extend(level(year).map(|column| (column, 1.0)));
    new.terms.extend(level(year - 1).map(|column| (column, -1.0)));
    new
}
