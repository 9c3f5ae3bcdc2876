//! From a case to the linear model: one file a family of constraints.

mod budget;
mod equity;
mod floor;
mod need;
mod objective;
mod option;
mod pace;
mod pathway;
mod resource;
mod size;
mod spend;
mod workforce;

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Case;
use crate::model::{Expression, LpModel, RowUnit, Sense};
pub(crate) use budget::{left_by, paying_fund};
pub(crate) use objective::keep_health;
pub(crate) use option::counted_in;
pub use size::Size;

/// A limit as people speak of it: one or more rows that move together with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// `family/id/year`.
    pub key: String,
    /// The family.
    pub kind: &'static str,
    /// In words.
    pub label: String,
    /// The year of the plan.
    pub year: u8,
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

/// What a limit is, before it has a row.
pub(crate) struct LimitOf {
    pub family: &'static str,
    pub id: String,
    pub year: u8,
    pub label: String,
    pub sense: Sense,
    pub limit: f64,
    pub unit: RowUnit,
    /// How many service-years the row sums: the pennies that flooring may cost it.
    pub services: usize,
    pub class: Option<&'static str>,
}

/// The columns of one line in one year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineColumns {
    /// Fill of the pieces below today, rising.
    pub below: Vec<usize>,
    /// Fill of the pieces above today, rising.
    pub above: Vec<usize>,
    /// Growth without credited health.
    pub uncredited: Option<usize>,
    /// Growth on the year before, where it is not a sum of pieces.
    pub growth: Option<usize>,
    /// Own spend, in base-year prices.
    pub own: Expression,
    /// What moves and options add to own spend.
    pub added: Expression,
    /// Fall of own spend below the year before.
    pub cut: Expression,
    /// Growth of own spend above the year before.
    pub grow: Expression,
    /// What options newly free: counts as cut.
    pub freed: Expression,
    /// What moves and options newly ask for: needs staff like growth.
    pub taken: Expression,
}

impl LineColumns {
    /// Adds the line's whole spend, times a factor.
    pub fn add_spend(&self, to: &mut Expression, factor: f64) {
        to.add(&self.own, factor);
        to.add(&self.added, factor);
    }

    /// Whether its curve has pieces to move along.
    #[must_use]
    pub fn has_pieces(&self) -> bool {
        !(self.below.is_empty() && self.above.is_empty())
    }
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
    /// What cuts leave behind, less what growth re-uses.
    pub left_behind: Expression,
}

/// Money that may move from one fund to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// `transfer/from/to/year`.
    pub key: String,
    /// The fund that gives.
    pub from: String,
    /// The fund that receives.
    pub to: String,
    /// Its column.
    pub column: usize,
}

/// What is paid besides the spend of lines, each with the fund that pays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paid {
    /// Recruiting, once.
    pub recruitment: Expression,
    /// Agency premium.
    pub agency: Expression,
    /// Both lines of a move, paid together: (fund, £m).
    pub double_running: Vec<(String, Expression)>,
    /// Options: (fund, £m).
    pub options: Vec<(String, Expression)>,
}

/// The columns of one year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct YearColumns {
    /// Of each line, in the order of the lines.
    pub lines: Vec<LineColumns>,
    /// Of each move along a pathway: the level, £m of the giver's work.
    pub moves: Vec<usize>,
    /// Of each option: take-up.
    pub options: Vec<usize>,
    /// Posts filled in the year, by pool.
    pub recruits: Vec<Option<usize>>,
    /// Agency staff, by pool.
    pub agency: Vec<Option<usize>>,
    /// Staff doing the work of others, by substitute.
    pub substitutes: Vec<usize>,
    /// Stranded cost.
    pub stranded: Vec<Stranded>,
    /// Transfers between funds.
    pub transfers: Vec<Transfer>,
    /// What is paid besides.
    pub paid: Paid,
    /// Health, QALY, undiscounted.
    pub health: Expression,
    /// Everything in the budget rows but transfers, £m.
    pub money: Expression,
}

/// By how much the objective counts the health of each line, move and option.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    /// By line.
    pub lines: Vec<f64>,
    /// By move.
    pub moves: Vec<f64>,
    /// By option.
    pub proposals: Vec<f64>,
}

/// The model with what its columns and rows mean.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The model.
    pub model: LpModel,
    /// Columns by year.
    pub years: Vec<YearColumns>,
    /// Limits in the order in which they are shown.
    pub limits: Vec<Limit>,
    /// By how much the objective counts health: 1 but for an objective by deprivation.
    pub weights: Counted,
    /// What each column adds to the objective beside health.
    pub fixed_gains: Vec<f64>,
}

impl Built {
    /// Builds the model of a case.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        Self::with_objective(case, case.scenario.definition.objective)
    }

    /// Builds the model of a case with another objective.
    #[must_use]
    pub fn with_objective(case: &Case, objective: crate::scenario::Objective) -> Self {
        let mut built = Self::default();
        for year in case.each_year() {
            built.years.push(YearColumns::default());
            pathway::add_columns(case, &mut built, year);
            option::add_columns(case, &mut built, year);
            spend::add(case, &mut built, year);
            workforce::add_columns(case, &mut built, year);
            budget::add_stranded(case, &mut built, year);
            budget::add_transfers(case, &mut built, year);
            budget::add_paid(case, &mut built, year);
        }
        let enforced = case.scenario.definition.budget.enforce;
        for year in case.each_year() {
            if enforced && objective != crate::scenario::Objective::LeastCost {
                budget::add(case, &mut built, year);
            }
            workforce::add(case, &mut built, year);
            pace::add(case, &mut built, year);
            floor::add(case, &mut built, year);
            resource::add(case, &mut built, year);
            need::add(case, &mut built, year);
            equity::add(case, &mut built, year);
            option::add_rules(case, &mut built, year);
        }
        objective::set(case, &mut built, objective);
        built
    }

    /// The same with the options that are all or nothing held as a point has them.
    #[must_use]
    pub fn chosen(&self, point: &[f64]) -> Self {
        let mut built = self.clone();
        built.model = built.model.with_choice(point);
        built
    }

    /// The columns of a year of the plan, from 1.
    #[must_use]
    pub fn year(&self, year: u8) -> Option<&YearColumns> {
        self.years.get(usize::from(year).checked_sub(1)?)
    }

    fn year_mut(&mut self, year: u8) -> Option<&mut YearColumns> {
        self.years.get_mut(usize::from(year).checked_sub(1)?)
    }

    /// The columns of the final year.
    #[must_use]
    pub fn last(&self) -> Option<&YearColumns> {
        self.years.last()
    }

    /// A line's whole spend in the final year.
    #[must_use]
    pub fn final_spend(&self, line: usize) -> Expression {
        let mut spend = Expression::default();
        if let Some(columns) = self.last().and_then(|year| year.lines.get(line)) {
            columns.add_spend(&mut spend, 1.0);
        }
        spend.tidy()
    }

    /// A line's columns in a year.
    #[must_use]
    pub fn line(&self, year: u8, line: usize) -> Option<&LineColumns> {
        self.year(year)?.lines.get(line)
    }

    /// Σ own over lines given by place.
    pub(crate) fn own(&self, year: u8, lines: impl IntoIterator<Item = usize>) -> Expression {
        let mut sum = Expression::default();
        for line in lines.into_iter().filter_map(|at| self.line(year, at)) {
            sum.add(&line.own, 1.0);
        }
        sum
    }

    /// The least and greatest that an expression can be within the columns' bounds.
    pub(crate) fn extent(&self, expression: &Expression) -> (f64, f64) {
        let (mut least, mut most) = (expression.constant, expression.constant);
        for (at, part) in &expression.terms {
            if let Some(column) = self.model.columns.get(*at) {
                let (a, b) = (part * column.lower, part * column.upper);
                least += a.min(b);
                most += a.max(b);
            }
        }
        (least, most)
    }

    /// Lets a row of health lose what a penny of each line, and of each move, is worth to it in a
    /// year: plans are floored to pence.
    pub(crate) fn worth_pennies(&mut self, row: usize, year: u8) {
        let terms = self.model.rows.get(row).map(|row| row.terms.as_slice()).unwrap_or_default();
        let parts: BTreeMap<usize, f64> = terms.iter().copied().collect();
        let steepest = |columns: &mut dyn Iterator<Item = &usize>| {
            columns.filter_map(|at| parts.get(at)).fold(0.0_f64, |most, part| most.max(part.abs()))
        };
        let Some(columns) = self.year(year) else { return };
        let lines = columns.lines.iter();
        let lines: f64 = lines.map(|it| steepest(&mut it.below.iter().chain(&it.above))).sum();
        let moves: f64 = columns.moves.iter().map(|at| steepest(&mut [*at].iter())).sum();
        // A penny of a move is a penny of what its giver's curve sees, too.
        let worth = 1e-8 * (2.0 * lines + moves);
        if let Some(row) = self.model.rows.get_mut(row) {
            row.pennies_worth = worth;
        }
    }

    /// How many more pennies flooring may cost a row of money: moves are floored beside the lines.
    fn pennies_of_moves(&self, expression: &Expression, unit: RowUnit) -> usize {
        let moves: BTreeSet<usize> =
            self.years.iter().flat_map(|year| year.moves.iter().copied()).collect();
        if moves.is_empty() || unit != RowUnit::Money {
            return 0;
        }
        let Expression { terms, .. } = expression.clone().tidy();
        let ours = terms.iter().filter(|(column, _)| moves.contains(column));
        let pennies: f64 = ours.map(|(_, part)| part.abs()).sum();
        (0_u16..).take_while(|whole| f64::from(*whole) < pennies).count()
    }

    /// Adds the row `expression ≥ 0` that no one chose: what a word means.
    pub(crate) fn rule(&mut self, key: String, expression: Expression, unit: RowUnit, of: usize) {
        let of = of + self.pennies_of_moves(&expression, unit);
        self.model.row(key, expression, Sense::AtLeast, 0.0, unit, of);
    }

    /// Adds a row that is a limit of its own.
    pub(crate) fn limit(&mut self, expression: Expression, of: LimitOf) -> usize {
        let across = expression.constant;
        let LimitOf { family, id, year, label, sense, limit, unit, services, class } = of;
        let key = format!("{family}/{id}/{year}");
        let services = services + self.pennies_of_moves(&expression, unit);
        let row = self.model.row(key.clone(), expression, sense, limit, unit, services);
        self.limits.push(Limit {
            key,
            kind: if (family, sense) == ("floor", Sense::AtMost) { "cap" } else { family },
            label,
            year,
            sense,
            unit,
            limit,
            rows: vec![(row, 1.0)],
            relaxes: vec![row],
            shown: (row, across),
            class,
        });
        row
    }
}

/// A label, with its year where the plan has several.
pub(crate) fn in_year(case: &Case, label: String, year: u8) -> String {
    if case.years() > 1 { format!("{label}, year {year}") } else { label }
}
