//! Our own solver's answer to a bare model, with our own proof of it.

use allocation::Certificate;
use allocation::model::LpModel;
use allocation::solver::{Point, Solver, Status};

/// More than any model here takes.
const SECONDS: f64 = 60.0;

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A point with its objective, proven.
    Best(f64, Point),
    /// Nothing satisfies every limit.
    Infeasible,
}

impl Answer {
    /// The best objective, where there is one.
    pub const fn objective(&self) -> Option<f64> {
        match self {
            Self::Best(objective, _) => Some(*objective),
            Self::Infeasible => None,
        }
    }
}

/// Solves a model from nothing, whole options in parts. An answer that our own arithmetic does not prove is an error.
pub fn best(model: &LpModel) -> Result<Answer, String> {
    let model = &model.in_parts();
    let mut solver = Solver::new(model).map_err(|error| error.to_string())?;
    match solver.run(SECONDS) {
        Status::Optimal => {
            let point = solver.point().ok_or("the point cannot be read")?;
            let certificate = Certificate::of(model, &point.values, &point.prices);
            if !certificate.holds() {
                return Err(format!("\"optimal\", but not proven: {certificate:?}"));
            }
            Ok(Answer::Best(model.objective(&point.values), point))
        }
        Status::Infeasible => Ok(Answer::Infeasible),
        other => Err(format!("{other:?}")),
    }
}
