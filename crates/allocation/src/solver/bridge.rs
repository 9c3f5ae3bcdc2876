//! The one file of unsafe code: the calls to HiGHS that good_lp and `highs` do not offer.
//!
//! Every pointer comes from `highs::Model`, which owns the instance; every array has the length
//! that HiGHS documents for the call and outlives it. Destroying an instance resets a scheduler
//! that all instances of the process share, so a dead one is only destroyed while none runs.
#![expect(unsafe_code, reason = "HiGHS is reached through its C interface")]

use highs::Model;
use std::ffi::{CStr, c_int};
use std::sync::{Mutex, PoisonError, RwLock};

static RUNNING: RwLock<()> = RwLock::new(());
static DEAD: Mutex<Vec<Grave>> = Mutex::new(Vec::new());

/// An instance that nobody uses any more.
struct Grave(#[expect(dead_code, reason = "held only to be dropped")] Model);

// SAFETY: a grave is only ever dropped; HiGHS instances are not bound to a thread.
unsafe impl Send for Grave {}

/// A HiGHS instance with a model in it.
pub struct Instance {
    model: Option<Model>,
    columns: usize,
    rows: usize,
}

/// Rows "at most", one after another: what good_lp would build term by term, for as long as the
/// solve itself takes.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    upper: Vec<f64>,
    starts: Vec<c_int>,
    columns: Vec<c_int>,
    parts: Vec<f64>,
}

impl Rows {
    /// Room for so many rows and terms.
    pub fn with_capacity(rows: usize, terms: usize) -> Self {
        Self {
            upper: Vec::with_capacity(rows),
            starts: Vec::with_capacity(rows),
            columns: Vec::with_capacity(terms),
            parts: Vec::with_capacity(terms),
        }
    }

    /// Adds the row `Σ part · column ≤ upper`. Nothing where a place is too large for HiGHS.
    pub fn push(
        &mut self,
        upper: f64,
        terms: impl IntoIterator<Item = (usize, f64)>,
    ) -> Option<()> {
        self.upper.push(upper);
        self.starts.push(c_int::try_from(self.columns.len()).ok()?);
        for (column, part) in terms {
            self.columns.push(c_int::try_from(column).ok()?);
            self.parts.push(part);
        }
        Some(())
    }
}

/// What each column and row is doing in a basis, in HiGHS's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// By column.
    pub columns: Vec<c_int>,
    /// By row.
    pub rows: Vec<c_int>,
}

impl Basis {
    /// Where a solver begins that is told nothing: every row basic.
    #[must_use]
    pub fn of_nothing(columns: usize, rows: usize) -> Self {
        Self { columns: vec![LOWER; columns], rows: vec![BASIC; rows] }
    }
}

/// HiGHS's own scaling, and its word for none.
const SCALING: &str = "simplex_scale_strategy";
const NONE: c_int = 0;

/// HiGHS's number for a basic column or row.
pub const BASIC: c_int = highs_sys::kHighsBasisStatusBasic;

/// HiGHS's numbers for a column at its lower limit, and for a column or row at its upper.
pub const LOWER: c_int = highs_sys::kHighsBasisStatusLower;
/// See [`LOWER`].
pub const UPPER: c_int = highs_sys::kHighsBasisStatusUpper;

/// Values and duals as HiGHS has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawPoint {
    /// By column.
    pub values: Vec<f64>,
    /// Row duals of the minimisation.
    pub row_duals: Vec<f64>,
}

impl Drop for Instance {
    fn drop(&mut self) {
        let Some(model) = self.model.take() else { return };
        let mut dead = DEAD.lock().unwrap_or_else(PoisonError::into_inner);
        dead.push(Grave(model));
        if let Ok(_quiet) = RUNNING.try_write() {
            dead.clear();
        }
    }
}

impl Instance {
    /// Takes over a model whose columns good_lp has built, with whole-number columns or without,
    /// and adds its costs (of the minimisation) and rows. Nothing where HiGHS refuses.
    pub fn new(mut model: Model, costs: &[f64], rows: &Rows, whole: bool) -> Option<Self> {
        model.make_quiet();
        // The model is scaled already: HiGHS's own scaling would cost as much again in every run.
        let options =
            [("threads", 1), ("simplex_strategy", 1), ("random_seed", 1), (SCALING, NONE)];
        for (name, value) in options {
            model.try_set_option(name, value).ok()?;
        }
        // Choosing whole numbers needs presolve; plain re-solving is quicker without.
        let (presolve, solver) = if whole { ("on", "choose") } else { ("off", "simplex") };
        for (name, value) in [("presolve", presolve), ("parallel", "off"), ("solver", solver)] {
            model.try_set_option(name, value).ok()?;
        }
        if whole {
            model.try_set_option("mip_rel_gap", 1e-7).ok()?;
        }
        for name in ["primal_feasibility_tolerance", "dual_feasibility_tolerance"] {
            model.try_set_option(name, 1e-9).ok()?;
        }
        let columns = model.num_cols();
        let mut instance = Self { model: Some(model), columns, rows: 0 };
        if columns > 0 {
            instance.change_costs(costs)?;
        }
        instance.add_rows(rows)?;
        Some(instance)
    }

    fn add_rows(&mut self, rows: &Rows) -> Option<()> {
        let count = c_int::try_from(rows.upper.len()).ok()?;
        let terms = c_int::try_from(rows.parts.len()).ok()?;
        let lower = vec![-unbounded(); rows.upper.len()];
        let highs = self.pointer()?;
        // SAFETY: `Rows` is only built by `push`: one limit and one start a row, one column and one
        // part a term, starts rising within the terms. HiGHS refuses a column that does not exist.
        let status = unsafe {
            highs_sys::Highs_addRows(
                highs,
                count,
                lower.as_ptr(),
                rows.upper.as_ptr(),
                terms,
                rows.starts.as_ptr(),
                rows.columns.as_ptr(),
                rows.parts.as_ptr(),
            )
        };
        self.rows = rows.upper.len();
        (status == highs_sys::kHighsStatusOk).then_some(())
    }

    fn pointer(&mut self) -> Option<*mut std::ffi::c_void> {
        self.model.as_mut().map(Model::as_mut_ptr)
    }

    /// Runs the solver and returns HiGHS's raw model status.
    pub fn run(&mut self, seconds: f64) -> Option<c_int> {
        let model = self.model.as_mut()?;
        model.try_set_option("time_limit", seconds).ok()?;
        let highs = model.as_mut_ptr();
        let _running = RUNNING.read().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: `highs` is the live instance owned by `model`. The clocks are zeroed because the
        // time limit would otherwise run on from earlier runs of the same instance.
        unsafe {
            highs_sys::Highs_zeroAllClocks(highs);
            highs_sys::Highs_run(highs);
            Some(highs_sys::Highs_getModelStatus(highs))
        }
    }

    /// Values and row duals after a run.
    pub fn point(&mut self) -> Option<RawPoint> {
        let highs = self.pointer()?;
        let mut point =
            RawPoint { values: vec![0.0; self.columns], row_duals: vec![0.0; self.rows] };
        let mut column_duals = vec![0.0; self.columns];
        let mut row_values = vec![0.0; self.rows];
        // SAFETY: four arrays of the lengths that Highs_getSolution documents.
        let status = unsafe {
            highs_sys::Highs_getSolution(
                highs,
                point.values.as_mut_ptr(),
                column_duals.as_mut_ptr(),
                row_values.as_mut_ptr(),
                point.row_duals.as_mut_ptr(),
            )
        };
        (status == highs_sys::kHighsStatusOk).then_some(point)
    }

    /// How far the best choice of whole numbers found may be from the best there is.
    pub fn choice_gap(&mut self) -> Option<f64> {
        let highs = self.pointer()?;
        let mut gap = f64::NAN;
        // SAFETY: a constant name with its nought at the end, and room for one number.
        let status = unsafe {
            highs_sys::Highs_getDoubleInfoValue(highs, c"mip_gap".as_ptr(), &raw mut gap)
        };
        (status == highs_sys::kHighsStatusOk && gap.is_finite()).then_some(gap)
    }

    /// The basis after a run.
    pub fn basis(&mut self) -> Option<Basis> {
        let highs = self.pointer()?;
        let mut basis = Basis { columns: vec![0; self.columns], rows: vec![0; self.rows] };
        // SAFETY: one status a column and one a row.
        let status = unsafe {
            highs_sys::Highs_getBasis(highs, basis.columns.as_mut_ptr(), basis.rows.as_mut_ptr())
        };
        (status == highs_sys::kHighsStatusOk).then_some(basis)
    }

    /// Forgets everything but the model and starts the next run from a basis: bit-identical to
    /// any other run from the same basis.
    pub fn restart_from(&mut self, basis: &Basis) -> Option<()> {
        if basis.columns.len() != self.columns || basis.rows.len() != self.rows {
            return None;
        }
        let highs = self.pointer()?;
        // SAFETY: one status a column and one a row, checked above.
        let status = unsafe {
            highs_sys::Highs_clearSolver(highs);
            highs_sys::Highs_setBasis(highs, basis.columns.as_ptr(), basis.rows.as_ptr())
        };
        (status == highs_sys::kHighsStatusOk).then_some(())
    }

    /// Changes every column's cost (of the minimisation).
    pub fn change_costs(&mut self, costs: &[f64]) -> Option<()> {
        let last = c_int::try_from(self.columns.checked_sub(1)?).ok()?;
        if costs.len() != self.columns {
            return None;
        }
        let highs = self.pointer()?;
        // SAFETY: one cost for each column from the first to the last, checked above.
        let status =
            unsafe { highs_sys::Highs_changeColsCostByRange(highs, 0, last, costs.as_ptr()) };
        (status == highs_sys::kHighsStatusOk).then_some(())
    }

    /// Changes one column's bounds.
    pub fn change_bounds(&mut self, column: usize, lower: f64, upper: f64) -> Option<()> {
        let column = c_int::try_from(column).ok()?;
        let highs = self.pointer()?;
        // SAFETY: plain numbers; HiGHS refuses a column that does not exist.
        let status = unsafe { highs_sys::Highs_changeColBounds(highs, column, lower, upper) };
        (status == highs_sys::kHighsStatusOk).then_some(())
    }

    /// Changes one row's bounds.
    pub fn change_row(&mut self, row: usize, lower: f64, upper: f64) -> Option<()> {
        let row = c_int::try_from(row).ok()?;
        let highs = self.pointer()?;
        // SAFETY: plain numbers; HiGHS refuses a row that does not exist.
        let status = unsafe { highs_sys::Highs_changeRowBounds(highs, row, lower, upper) };
        (status == highs_sys::kHighsStatusOk).then_some(())
    }

    /// Solves B z = rhs for the current basis B and returns z by column, nought where a column is
    /// not basic: how the point moves when the limits of rows that hold it move by `rhs`.
    pub fn direction(&mut self, rhs: &[f64]) -> Option<Vec<f64>> {
        if rhs.len() != self.rows {
            return None;
        }
        let (columns, rows) = (self.columns, self.rows);
        let highs = self.pointer()?;
        let mut basic = vec![0; rows];
        let mut moved = vec![0.0; rows];
        // SAFETY: arrays of one entry a row; the two null pointers say that no sparse form of the
        // answer is wanted.
        let status = unsafe {
            let first = highs_sys::Highs_getBasicVariables(highs, basic.as_mut_ptr());
            if first != highs_sys::kHighsStatusOk {
                return None;
            }
            highs_sys::Highs_getBasisSolve(
                highs,
                rhs.as_ptr(),
                moved.as_mut_ptr(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        };
        if status != highs_sys::kHighsStatusOk {
            return None;
        }
        let mut direction = vec![0.0; columns];
        for (variable, by) in basic.into_iter().zip(moved) {
            // A row is written as −1 − row.
            if let Some(slot) = usize::try_from(variable).ok().and_then(|at| direction.get_mut(at))
            {
                *slot = by;
            }
        }
        Some(direction)
    }
}

/// The version of HiGHS.
pub fn version() -> String {
    // SAFETY: HiGHS returns a pointer to a constant string.
    let text = unsafe { CStr::from_ptr(highs_sys::Highs_version()) };
    text.to_string_lossy().into_owned()
}

/// A row side that does not bind.
pub fn unbounded() -> f64 {
    f64::INFINITY
}
