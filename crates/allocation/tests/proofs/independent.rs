//! A second opinion: the same model given to clarabel, an interior-point solver that shares no code
//! with HiGHS and sees neither our scaling nor our bridge.

use allocation::model::{LpModel, Sense};
use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettingsBuilder, DefaultSolver, IPSolver, SolverStatus, SupportedConeT,
};

/// What clarabel says of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Opinion {
    /// The best objective.
    Best(f64),
    /// Nothing satisfies every limit.
    Infeasible,
    /// Something else.
    Unsure(SolverStatus),
}

/// `A x ≤ b` by columns, columns without room apart as equalities.
#[derive(Default)]
struct Inequalities {
    /// By column: (row, coefficient).
    columns: Vec<Vec<(usize, f64)>>,
    limits: Vec<f64>,
    equalities: usize,
}

impl Inequalities {
    fn of(model: &LpModel) -> Self {
        let columns = vec![Vec::new(); model.columns.len()];
        let mut all = Self { columns, limits: Vec::new(), equalities: 0 };
        let places = || model.columns.iter().enumerate();
        for (at, column) in places().filter(|(_, column)| column.lower == column.upper) {
            all.push([(at, 1.0)], column.upper);
            all.equalities += 1;
        }
        for row in &model.rows {
            let sign = match row.sense {
                Sense::AtMost => 1.0,
                Sense::AtLeast => -1.0,
            };
            all.push(row.terms.iter().map(|(at, part)| (*at, sign * part)), sign * row.limit);
        }
        for (at, column) in places().filter(|(_, column)| column.lower < column.upper) {
            all.push([(at, 1.0)], column.upper);
            all.push([(at, -1.0)], -column.lower);
        }
        all
    }

    fn push(&mut self, terms: impl IntoIterator<Item = (usize, f64)>, limit: f64) {
        for (at, part) in terms {
            let column = self.columns.get_mut(at).expect("a column of the model");
            column.push((self.limits.len(), part));
        }
        self.limits.push(limit);
    }

    fn matrix(&self) -> CscMatrix<f64> {
        let mut starts = vec![0];
        let (mut rows, mut parts) = (Vec::new(), Vec::new());
        for (row, part) in self.columns.iter().flat_map(|column| {
            starts.push(starts.last().copied().unwrap_or(0) + column.len());
            column
        }) {
            rows.push(*row);
            parts.push(*part);
        }
        CscMatrix::new(self.limits.len(), self.columns.len(), starts, rows, parts)
    }
}

/// Asks clarabel to ten digits, and to eight where it makes no progress beyond them.
pub fn opinion(model: &LpModel) -> Opinion {
    match asked(model, 1e-10) {
        Opinion::Unsure(_) => asked(model, 1e-8),
        sure => sure,
    }
}

fn asked(model: &LpModel, tolerance: f64) -> Opinion {
    let all = Inequalities::of(model);
    let costs: Vec<f64> = model.columns.iter().map(|column| -column.gain).collect();
    let cones = [
        SupportedConeT::ZeroConeT(all.equalities),
        SupportedConeT::NonnegativeConeT(all.limits.len() - all.equalities),
    ];
    let settings = DefaultSettingsBuilder::default()
        .verbose(false)
        .max_threads(1)
        .tol_gap_abs(tolerance)
        .tol_gap_rel(tolerance)
        .tol_feas(tolerance)
        .reduced_tol_gap_abs(1e-8)
        .reduced_tol_gap_rel(1e-8)
        .reduced_tol_feas(1e-9)
        .build()
        .expect("settings");
    let none = CscMatrix::zeros((costs.len(), costs.len()));
    let mut solver =
        DefaultSolver::new(&none, &costs, &all.matrix(), &all.limits, &cones, settings)
            .expect("a model that clarabel takes");
    solver.solve();
    match solver.solution.status {
        SolverStatus::Solved | SolverStatus::AlmostSolved => {
            Opinion::Best(model.constant - solver.solution.obj_val)
        }
        SolverStatus::PrimalInfeasible | SolverStatus::AlmostPrimalInfeasible => {
            Opinion::Infeasible
        }
        other => Opinion::Unsure(other),
    }
}
