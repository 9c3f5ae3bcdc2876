//! Our own proof of a plan: no solver, compensated arithmetic.

use crate::model::{LpModel, RowUnit, Sense, Sum};

/// How far a plan is from its limits, and from the best that any plan can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// The largest broken limit in money, £.
    pub max_violation_gbp: f64,
    /// The largest broken limit in staff, WTE.
    pub max_violation_wte: f64,
    /// Whether every row and bound is kept within what flooring to pence may cost it.
    pub feasible: bool,
    /// The plan's objective.
    pub objective: f64,
    /// No plan does better than this.
    pub dual_bound: f64,
    /// (bound − objective) / max(1, |objective|).
    pub relative_gap: f64,
    /// What the pennies by which limits are broken are worth, in the same ratio: no plan that breaks
    /// them so far is further above the bound.
    pub broken_worth: f64,
}

/// Flooring costs a row at most a penny for each service in it, £m.
const PENNY: f64 = 1e-8;
/// A whole penny comes out of millions with a last digit of its own, £m.
const LAST_DIGIT: f64 = 1e-13;
const STAFF_BAR: f64 = 1e-6;
const GAP_BAR: f64 = 1e-6;
const GAP_NOISE: f64 = -1e-9;

impl Certificate {
    /// Measures a point against a model; `prices` are the row prices offered as proof.
    #[must_use]
    pub fn of(model: &LpModel, point: &[f64], prices: &[f64]) -> Self {
        let (mut money, mut staff, mut feasible) = (0.0_f64, 0.0_f64, true);
        let gains = reduced_gains(model, lawful(prices));
        let mut worth = 0.0;
        for (at, row) in model.rows.iter().enumerate() {
            let over = match row.sense {
                Sense::AtMost => LpModel::activity(row, point) - row.limit,
                Sense::AtLeast => row.limit - LpModel::activity(row, point),
            };
            worth += lawful(prices)(at, row.sense).abs() * over.max(0.0);
            match row.unit {
                RowUnit::Money => {
                    money = money.max(over);
                    feasible &= over <= PENNY * f64::from(row.services.max(1)) + LAST_DIGIT;
                }
                RowUnit::Staff => {
                    staff = staff.max(over);
                    feasible &= over <= STAFF_BAR;
                }
                RowUnit::Health => feasible &= over <= STAFF_BAR + row.pennies_worth,
                RowUnit::Share => feasible &= over <= STAFF_BAR,
                // A capacity may count in minutes by the thousand million.
                RowUnit::Capacity(_) => feasible &= over <= STAFF_BAR * row.limit.abs().max(1.0),
            }
        }
        for ((column, value), gain) in model.columns.iter().zip(point).zip(&gains) {
            feasible &= !column.whole || (value - value.round()).abs() <= STAFF_BAR;
            let over = (column.lower - value).max(value - column.upper);
            worth += gain.abs() * over.max(0.0);
            money = money.max(over);
            feasible &= over <= PENNY + LAST_DIGIT;
        }
        let objective = model.objective(point);
        let dual_bound = dual_bound(model, prices);
        let size = objective.abs().max(1.0);
        let (relative_gap, broken_worth) = ((dual_bound - objective) / size, worth / size);
        Self {
            max_violation_gbp: money.max(0.0) * 1e6,
            max_violation_wte: staff.max(0.0),
            feasible: feasible && point.len() == model.columns.len(),
            objective,
            dual_bound,
            relative_gap,
            broken_worth,
        }
    }

    /// Whether the plan is proven: it keeps every limit, and nothing does better. Where money is part
    /// of the objective a plan floored to pence is better than any exact one, by those pennies.
    #[must_use]
    pub fn holds(&self) -> bool {
        let least = GAP_NOISE - self.broken_worth;
        self.feasible && (least..=GAP_BAR).contains(&self.relative_gap)
    }
}

/// An upper bound on the objective of every plan, from any row prices: prices of the wrong sign are
/// taken as nought, each column is set to its better bound.
#[must_use]
pub fn dual_bound(model: &LpModel, prices: &[f64]) -> f64 {
    let lawful = lawful(prices);
    let mut bound = Sum::default();
    bound.add(model.constant);
    for (at, row) in model.rows.iter().enumerate() {
        bound.add_product(lawful(at, row.sense), row.limit);
    }
    let reduced = reduced_gains(model, lawful);
    for (column, gain) in model.columns.iter().zip(reduced) {
        bound.add_product(gain, if gain > 0.0 { column.upper } else { column.lower });
    }
    bound.value()
}

/// A row's price where it has the right sign, else nought.
fn lawful(prices: &[f64]) -> impl Fn(usize, Sense) -> f64 + Copy + '_ {
    move |at, sense: Sense| {
        prices.get(at).copied().filter(|price| sense.allows(*price)).unwrap_or(0.0)
    }
}

/// What one unit of each column adds to the objective once every row is paid its price.
fn reduced_gains(model: &LpModel, price: impl Fn(usize, Sense) -> f64) -> Vec<f64> {
    let mut gains: Vec<Sum> = model
        .columns
        .iter()
        .map(|column| {
            let mut sum = Sum::default();
            sum.add(column.gain);
            sum
        })
        .collect();
    for (at, row) in model.rows.iter().enumerate() {
        let price = price(at, row.sense);
        if price != 0.0 {
            for (column, part) in &row.terms {
                if let Some(sum) = gains.get_mut(*column) {
                    sum.add_product(-price, *part);
                }
            }
        }
    }
    gains.into_iter().map(Sum::value).collect()
}

/// Reduced gains at the given prices.
#[must_use]
pub fn reduced(model: &LpModel, prices: &[f64]) -> Vec<f64> {
    reduced_gains(model, |at, _| prices.get(at).copied().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Expression;

    /// Maximise 3x + 2y, x + y ≤ 4, x ≤ 3, y ≤ 3: best is 11 at (3, 1), the row's price 2.
    fn small() -> LpModel {
        let mut model = LpModel::default();
        let x = model.column("x".to_owned(), 0.0, 3.0, 3.0);
        let y = model.column("y".to_owned(), 0.0, 3.0, 2.0);
        let sum = Expression { constant: 0.0, terms: vec![(x, 1.0), (y, 1.0)] };
        model.row("sum".to_owned(), sum, Sense::AtMost, 4.0, RowUnit::Money, 2);
        model
    }

    #[test]
    fn the_best_plan_is_proven_and_no_other() {
        let model = small();
        assert!(Certificate::of(&model, &[3.0, 1.0], &[2.0]).holds());
        assert!(!Certificate::of(&model, &[2.0, 2.0], &[2.0]).holds(), "a worse plan");
        assert!(!Certificate::of(&model, &[3.0, 1.1], &[2.0]).holds(), "a broken limit");
        assert!(!Certificate::of(&model, &[3.0, 1.0], &[0.5]).holds(), "prices that prove nothing");
        assert!(
            !Certificate::of(&model, &[3.0, 1.0], &[-2.0]).holds(),
            "a price of the wrong sign"
        );
        assert!(!Certificate::of(&model, &[3.5, 0.5], &[2.0]).holds(), "a broken bound");
        assert!(!Certificate::of(&model, &[3.0], &[2.0]).holds(), "half a plan");
        assert!(!Certificate::of(&model, &[f64::NAN, 1.0], &[2.0]).holds(), "no number");
    }
}
