//! good_lp lays out the columns, rows follow as arrays, HiGHS solves, and what comes back is in the
//! model's own units.

mod bridge;
mod start;

use good_lp::{Expression, ProblemVariables, variable};
use std::ffi::c_int;

use crate::certificate::Certificate;
use crate::model::{LpModel, ModelError, Scaling, Sense};
pub use bridge::Basis;

/// What the solver said, in our words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It claims the best plan; nothing is believed before the certificate.
    Optimal,
    /// It claims that nothing satisfies every limit.
    Infeasible,
    /// It claims that the objective has no limit.
    Unbounded,
    /// It ran out of time.
    TimeLimit,
    /// Anything else.
    Numerical,
}

/// A point with the price of each row, in the model's units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// By column.
    pub values: Vec<f64>,
    /// By row: how the objective moves with the row's limit.
    pub prices: Vec<f64>,
}

/// Why a model could not be given to the solver.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SolverError {
    /// The model itself is refused.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The solver would not take it.
    #[error("the solver would not take the model: {0}")]
    Refused(String),
}

/// One model in the solver, scaled; what comes back is unscaled.
pub struct Solver {
    instance: bridge::Instance,
    scaling: Scaling,
    senses: Vec<Sense>,
    /// Without columns there is one point, and it keeps every limit or none does.
    unmoved: Status,
}

/// Rows are handed over as "at most": a row "at least" with its sign turned.
const fn sign(sense: Sense) -> f64 {
    match sense {
        Sense::AtMost => 1.0,
        Sense::AtLeast => -1.0,
    }
}

/// What one unit of each scaled column costs in the minimisation.
fn costs(gains: impl Iterator<Item = f64>, scaling: &Scaling) -> Vec<f64> {
    gains.zip(&scaling.columns).map(|(gain, scale)| -gain * scale).collect()
}

/// The scaled rows.
fn rows(model: &LpModel, scaling: &Scaling) -> Option<bridge::Rows> {
    let terms = model.rows.iter().map(|row| row.terms.len()).sum();
    let mut rows = bridge::Rows::with_capacity(model.rows.len(), terms);
    for (row, scale) in model.rows.iter().zip(&scaling.rows) {
        let by = sign(row.sense) * scale;
        let scaled = row.terms.iter().map(|(column, part)| {
            let width = scaling.columns.get(*column).copied().unwrap_or(1.0);
            (*column, by * part * width)
        });
        rows.push(by * row.limit, scaled)?;
    }
    Some(rows)
}

impl Solver {
    /// Hands a model to the solver, whole-number columns as if they could take any number.
    ///
    /// # Errors
    /// When the model or the solver refuses.
    pub fn new(model: &LpModel) -> Result<Self, SolverError> {
        Self::of(model, false)
    }

    /// Hands a model to the solver, whole-number columns as such.
    ///
    /// # Errors
    /// When the model or the solver refuses.
    pub fn whole(model: &LpModel) -> Result<Self, SolverError> {
        Self::of(model, true)
    }

    fn of(model: &LpModel, whole: bool) -> Result<Self, SolverError> {
        model.validate()?;
        let scaling = Scaling::of(model)?;
        let mut variables = ProblemVariables::new();
        for (column, scale) in model.columns.iter().zip(&scaling.columns) {
            let bounded = variable().bounds(column.lower / scale..=column.upper / scale);
            let _place =
                variables.add(if whole && column.whole { bounded.integer() } else { bounded });
        }
        let refused = |why: &str| SolverError::Refused(why.to_owned());
        let columns =
            variables.minimise(Expression::default()).using(good_lp::solvers::highs::highs);
        let columns = columns.try_into_inner().map_err(|error| refused(&error.to_string()))?;
        let rows = rows(model, &scaling).ok_or_else(|| refused("it is too large"))?;
        let costs = costs(model.columns.iter().map(|column| column.gain), &scaling);
        let mut instance = bridge::Instance::new(columns, &costs, &rows, whole)
            .ok_or_else(|| refused("an option or a row was not accepted"))?;
        if let Some(basis) = start::near_the_best(model).filter(|_| !whole) {
            // Only a help: a start that is not taken costs time, never the answer.
            let _taken = instance.restart_from(&basis);
        }
        let senses = model.rows.iter().map(|row| row.sense).collect();
        let kept = !model.columns.is_empty() || Certificate::of(model, &[], &[]).feasible;
        let unmoved = if kept { Status::Optimal } else { Status::Infeasible };
        Ok(Self { instance, scaling, senses, unmoved })
    }

    /// Solves within a time limit.
    pub fn run(&mut self, seconds: f64) -> Status {
        if self.scaling.columns.is_empty() {
            return self.unmoved;
        }
        if seconds <= 0.0 {
            return Status::TimeLimit;
        }
        const UNBOUNDED_OR_INFEASIBLE: c_int = highs_sys::kHighsModelStatusUnboundedOrInfeasible;
        match self.instance.run(seconds) {
            Some(highs_sys::kHighsModelStatusOptimal) => Status::Optimal,
            // Every column is bounded on both sides, so only the second half can be meant.
            Some(highs_sys::kHighsModelStatusInfeasible | UNBOUNDED_OR_INFEASIBLE) => {
                Status::Infeasible
            }
            Some(highs_sys::kHighsModelStatusUnbounded) => Status::Unbounded,
            Some(highs_sys::kHighsModelStatusTimeLimit) => Status::TimeLimit,
            _ => Status::Numerical,
        }
    }

    /// The point that the last run ended at.
    pub fn point(&mut self) -> Option<Point> {
        if self.scaling.columns.is_empty() {
            return Some(Point { values: Vec::new(), prices: vec![0.0; self.senses.len()] });
        }
        let raw = self.instance.point()?;
        let values = raw.values.iter().zip(&self.scaling.columns);
        let prices = raw.row_duals.iter().zip(&self.scaling.rows).zip(&self.senses);
        Some(Point {
            values: values.map(|(value, scale)| value * scale).collect(),
            prices: prices
                .map(|((dual, scale), sense)| -dual * scale * sign(*sense) + 0.0)
                .collect(),
        })
    }

    /// How far the last run's choice of whole numbers may be from the best, as a fraction of it.
    pub fn choice_gap(&mut self) -> Option<f64> {
        self.instance.choice_gap()
    }

    /// The basis that the last run ended at.
    pub fn basis(&mut self) -> Option<Basis> {
        self.instance.basis()
    }

    /// Starts the next run from a basis, with nothing else remembered.
    pub fn restart_from(&mut self, basis: &Basis) -> Option<()> {
        self.instance.restart_from(basis)
    }

    /// Changes what one unit of each column adds to the objective.
    pub fn change_gains(&mut self, gains: &[f64]) -> Option<()> {
        self.instance.change_costs(&costs(gains.iter().copied(), &self.scaling))
    }

    /// Holds a column at a value.
    pub fn hold_column(&mut self, column: usize, value: f64) -> Option<()> {
        let scaled = value / self.scaling.columns.get(column)?;
        self.instance.change_bounds(column, scaled, scaled)
    }

    /// Holds a row at its limit.
    pub fn hold_row(&mut self, row: usize, limit: f64) -> Option<()> {
        let scaled = limit * self.scaling.rows.get(row)? * sign(*self.senses.get(row)?);
        self.instance.change_row(row, scaled, scaled)
    }

    /// Moves a row's limit.
    pub fn change_limit(&mut self, row: usize, limit: f64) -> Option<()> {
        let scaled = limit * self.scaling.rows.get(row)? * sign(*self.senses.get(row)?);
        self.instance.change_row(row, -bridge::unbounded(), scaled)
    }

    /// How the point moves when the limits of the given rows move by the given amounts, as long as
    /// the basis holds. Rows that do not hold the point leave it where it is.
    pub fn direction(&mut self, basis: &Basis, rows: &[(usize, f64)]) -> Option<Vec<f64>> {
        let mut rhs = vec![0.0; self.senses.len()];
        for (row, by) in rows {
            if *basis.rows.get(*row)? != bridge::BASIC {
                *rhs.get_mut(*row)? =
                    by * self.scaling.rows.get(*row)? * sign(*self.senses.get(*row)?);
            }
        }
        let direction = self.instance.direction(&rhs)?;
        Some(direction.iter().zip(&self.scaling.columns).map(|(by, scale)| by * scale).collect())
    }

    /// Whether a column is basic.
    #[must_use]
    pub fn is_basic(status: c_int) -> bool {
        status == bridge::BASIC
    }
}

/// The solver and its version.
#[must_use]
pub fn name() -> String {
    format!("HiGHS {}", bridge::version())
}
