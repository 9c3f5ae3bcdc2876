//! Where a large model starts: the best plan under its widest row alone, which is a sort.
//!
//! From there the dual simplex crosses a third of the breakpoints that it crosses from nothing.

use super::bridge::{BASIC, Basis, UPPER};
use crate::model::{LpModel, Row, Sense};

/// Smaller models are solved before this would help.
const LARGE: usize = 1_000;

/// A basis in which the columns of the widest row are filled by their gain for its limit until it is
/// used up. Nothing for small models, or where the row does not bind.
pub fn near_the_best(model: &LpModel) -> Option<Basis> {
    if model.columns.len() < LARGE {
        return None;
    }
    let at_most = model.rows.iter().enumerate().filter(|(_, row)| row.sense == Sense::AtMost);
    let (widest, row) = at_most.max_by_key(|(_, row)| row.terms.len())?;
    let mut room = row.limit - least_use(model, row);
    let mut candidates: Vec<(usize, f64, f64)> = row
        .terms
        .iter()
        .filter_map(|(at, part)| {
            let column =
                model.columns.get(*at).filter(|column| column.gain > 0.0 && *part > 0.0)?;
            Some((*at, column.gain / part, part * (column.upper - column.lower)))
        })
        .collect();
    candidates.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut basis = Basis::of_nothing(model.columns.len(), model.rows.len());
    for (at, _, width) in candidates {
        if width > room {
            *basis.columns.get_mut(at)? = BASIC;
            *basis.rows.get_mut(widest)? = UPPER;
            return Some(basis);
        }
        *basis.columns.get_mut(at)? = UPPER;
        room -= width;
    }
    None
}

/// What the row uses when every column is where it uses least.
fn least_use(model: &LpModel, row: &Row) -> f64 {
    let least = |(at, part): &(usize, f64)| {
        let column = model.columns.get(*at)?;
        Some((part * column.lower).min(part * column.upper))
    };
    row.terms.iter().filter_map(least).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Expression, RowUnit};
    use crate::solver::{Solver, Status};

    #[test]
    fn it_starts_at_the_sorted_plan_and_ends_at_the_best() {
        let mut model = LpModel::default();
        let mut terms = Vec::new();
        for at in 0..1_200_u32 {
            let gain = 1.0 + f64::from(at.wrapping_mul(7_919).rem_euclid(1_201));
            terms.push((model.column(format!("c{at}"), 0.0, 1.0, gain), 1.0));
        }
        let wide = Expression { constant: 0.0, terms: terms.clone() };
        model.row("wide".to_owned(), wide, Sense::AtMost, 300.5, RowUnit::Money, 1);
        let basis = near_the_best(&model).expect("a start");
        let count = |status| basis.columns.iter().filter(|at| **at == status).count();
        assert_eq!((count(UPPER), count(BASIC)), (300, 1));
        let mut solver = Solver::new(&model).expect("a solver");
        assert_eq!(solver.run(10.0), Status::Optimal);
        let found = solver.point().expect("a point").values;
        let mut gains: Vec<f64> = model.columns.iter().map(|column| column.gain).collect();
        gains.sort_by(|a, b| b.total_cmp(a));
        let wanted = gains.iter().take(300).sum::<f64>() + 0.5 * gains.get(300).expect("one");
        assert!((model.objective(&found) - wanted).abs() < 1e-6);
        model.columns.truncate(999);
        assert_eq!(near_the_best(&model), None);
    }
}
