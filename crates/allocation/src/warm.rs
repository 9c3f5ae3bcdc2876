//! One model solved again and again with other gains, each time from the same basis with nothing
//! else remembered: the order of the questions, and who asks them, changes no byte.

use crate::case::Case;
use crate::certificate::Certificate;
use crate::families::Built;
use crate::model::LpModel;
use crate::solver::{Basis, Point, Solver, Status};

/// A solver that starts every time where the best plan ended.
pub struct Warm<'a> {
    case: &'a Case,
    solver: Solver,
    basis: Basis,
    /// The model, with the gains to be sought next.
    pub model: LpModel,
}

impl<'a> Warm<'a> {
    /// Nothing where the solver does not take the model, or the best plan left no basis.
    pub fn new(case: &'a Case, built: &Built, basis: Option<&Basis>) -> Option<Self> {
        let solver = Solver::new(&built.model).ok()?;
        Some(Self { solver, basis: basis?.clone(), case, model: built.model.clone() })
    }

    /// The same where the best plan is known and its basis is not.
    pub fn found(case: &'a Case, built: &Built) -> Option<Self> {
        if built.model.columns.is_empty() {
            return None;
        }
        let none = Basis { columns: Vec::new(), rows: Vec::new() };
        let mut warm = Self::new(case, built, Some(&none))?;
        let ended = warm.solver.run(case.seconds_left()) == Status::Optimal;
        warm.basis = ended.then(|| warm.solver.basis()).flatten()?;
        Some(warm)
    }

    /// Seeks these gains next, one a column.
    pub fn set_gains(&mut self, gains: &[f64]) {
        for (column, gain) in self.model.columns.iter_mut().zip(gains) {
            column.gain = *gain;
        }
    }

    /// The best point for the model's gains as they are now; nothing where none is proven.
    pub fn best(&mut self) -> Option<Point> {
        let gains: Vec<f64> = self.model.columns.iter().map(|column| column.gain).collect();
        self.solver.change_gains(&gains)?;
        self.solver.restart_from(&self.basis)?;
        if self.solver.run(self.case.seconds_left()) != Status::Optimal {
            return None;
        }
        let point = self.solver.point()?;
        Certificate::of(&self.model, &point.values, &point.prices).holds().then_some(point)
    }
}
