//! From a case to the linear model: one file a family of constraints.

mod budget;
mod floor;
mod pace;
mod spend;
mod workforce;

use crate::case::Case;
use crate::model::{Expression, LpModel, RowUnit, Sense};

/// A limit as people speak of it: one or more rows that move together with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// `family/id/year`.
    pub key: String,
    /// The family.
    pub kind: &'static str,
    /// In words.
    pub label: String,
    /// Which side.
    pub sense: Sense,
    /// What it counts in.
    pub unit: RowUnit,
    /// The limit in its own terms (a row's right-hand side without what was moved across).
    pub limit: f64,
    /// (row, by how much its limit moves when this one moves by 1).
    pub rows: Vec<(usize, f64)>,
    /// The rows that relaxing the limit loosens.
    pub relaxes: Vec<usize>,
    /// The row whose use is shown, and what was moved across it.
    pub shown: (usize, f64),
    /// Whether it may be relaxed when nothing satisfies every limit, and in which class.
    pub class: Option<&'static str>,
}

/// The columns of one line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineColumns {
    /// Fill of the pieces below today, rising.
    pub below: Vec<usize>,
    /// Fill of the pieces above today, rising.
    pub above: Vec<usize>,
    /// Growth without credited health.
    pub uncredited: Option<usize>,
    /// Own spend.
    pub own: Expression,
    /// Fall below today.
    pub cut: Expression,
    /// Growth above today.
    pub grow: Expression,
}

/// Cost left behind by one provider in one fund.
#[derive(Clone, Debug, PartialEq)]
pub struct Stranded {
    /// The provider.
    pub provider: String,
    /// The fund.
    pub fund: String,
    /// Its column.
    pub column: usize,
    /// Its row.
    pub row: usize,
}

/// Money that may move from one fund to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// `transfer/from/to/1`.
    pub key: String,
    /// The fund that gives.
    pub from: String,
    /// The fund that receives.
    pub to: String,
    /// Its column.
    pub column: usize,
}

/// The model with what its columns and rows mean.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The model.
    pub model: LpModel,
    /// Columns of each line, in the order of the lines.
    pub lines: Vec<LineColumns>,
    /// Stranded cost.
    pub stranded: Vec<Stranded>,
    /// Transfers between funds.
    pub transfers: Vec<Transfer>,
    /// Limits in the order in which they are shown.
    pub limits: Vec<Limit>,
}

impl Built {
    /// Builds the model of a case.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        Self::with_budget(case, case.scenario.definition.budget.enforce)
    }

    /// Builds the model with or without the budget rows.
    #[must_use]
    pub fn with_budget(case: &Case, enforce: bool) -> Self {
        let mut built = Self::default();
        spend::add(case, &mut built);
        budget::add_stranded(case, &mut built);
        budget::add_transfers(case, &mut built);
        if enforce {
            budget::add(case, &mut built);
        }
        workforce::add(case, &mut built);
        pace::add(case, &mut built);
        floor::add(case, &mut built);
        built
    }

    /// Σ own over lines given by place.
    pub(crate) fn own(&self, lines: impl IntoIterator<Item = usize>) -> Expression {
        let mut sum = Expression::default();
        for line in lines.into_iter().filter_map(|at| self.lines.get(at)) {
            sum.add(&line.own, 1.0);
        }
        sum
    }

    /// Adds a row that is a limit of its own.
    #[expect(clippy::too_many_arguments, reason = "a row is what it is; each call names them")]
    pub(crate) fn limit(
        &mut self,
        key: String,
        kind: &'static str,
        label: String,
        expression: Expression,
        sense: Sense,
        limit: f64,
        unit: RowUnit,
        services: usize,
        class: Option<&'static str>,
    ) -> usize {
        let across = expression.constant;
        let row = self.model.row(key.clone(), expression, sense, limit, unit, services);
        let rows = vec![(row, 1.0)];
        let (relaxes, shown) = (vec![row], (row, across));
        let limit = Limit { key, kind, label, sense, unit, limit, rows, relaxes, shown, class };
        self.limits.push(limit);
        row
    }
}
