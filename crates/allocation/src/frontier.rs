//! Health against budget: the best plan at each of many budgets, every one of them proven.

use quantities::{Pence, Qaly, QalyPerMillion};

use crate::case::Case;
use crate::certificate::Certificate;
use crate::families::{Built, Size};
use crate::plan::Plan;
use crate::price;
use crate::run::RunStatus;
use crate::scenario::definition::Objective;
use crate::solve::{Outcome, solve};
use crate::solver::{Solver, Status};

/// Which budgets are tried, as changes of the funds' base spend in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budgets {
    points: u32,
    from_pct: f64,
    to_pct: f64,
}

/// Why there is no frontier.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FrontierError {
    /// Too few budgets, or too many.
    #[error("a frontier has 2 to 1,001 points, not {0}")]
    Points(u32),
    /// Budgets that are none.
    #[error(
        "the budgets of a frontier rise from a change of −100 % or more to one of 1,000 % or less, \
         not from {0} % to {1} %"
    )]
    Reach(f64, f64),
    /// Nothing to move along.
    #[error(
        "the scenario does not enforce its budget, so health does not depend on it; set enforce = \
         true in [budget]"
    )]
    NoBudget,
    /// A model larger than can be solved.
    #[error("{0}")]
    TooLarge(String),
    /// Another question than health for money.
    #[error(
        "a frontier shows the most health for each budget; set objective = \"health\" in place of \
         \"{0}\""
    )]
    Objective(&'static str),
}

impl Budgets {
    /// 41 budgets from 10 % below today's spend to 10 % above.
    pub const AROUND_TODAY: Self = Self { points: 41, from_pct: -10.0, to_pct: 10.0 };

    /// So many budgets, evenly from one change to another, both in percent and both among them.
    ///
    /// # Errors
    /// When there are fewer than two, or they do not rise.
    pub fn new(points: u32, from_pct: f64, to_pct: f64) -> Result<Self, FrontierError> {
        if !(2..=1_001).contains(&points) {
            return Err(FrontierError::Points(points));
        }
        let rises = -100.0 <= from_pct && from_pct < to_pct && to_pct <= 1_000.0;
        if !rises {
            return Err(FrontierError::Reach(from_pct, to_pct));
        }
        Ok(Self { points, from_pct, to_pct })
    }

    /// Each change in percent, rising. Weighed from both ends, so that the middle of ends that are
    /// equally far from today is today exactly.
    fn changes(self) -> Vec<f64> {
        let last = self.points - 1;
        let change = |at: u32| match at {
            0 => self.from_pct,
            at if at == last => self.to_pct,
            at => {
                let (done, left) = (f64::from(at), f64::from(last - at));
                (self.from_pct * left + self.to_pct * done) / f64::from(last)
            }
        };
        (0..self.points).map(change).collect()
    }
}

/// The best that one budget can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrontierPoint {
    /// By how much the funds' base spend is changed, percent.
    pub change_pct: f64,
    /// What may be spent.
    pub budget: Pence,
    /// How solving ended.
    pub status: RunStatus,
    /// The best plan's health and the price of money; nothing where no plan is proven.
    pub best: Option<Best>,
}

/// What the best plan of a budget does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Best {
    /// Its health, a year; over a plan of several years their discounted sum.
    pub health: Qaly,
    /// What £1 million more would bring, shared over the funds by their base spend.
    pub price: QalyPerMillion,
}

/// Health against budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Frontier {
    /// By budget, rising.
    pub points: Vec<FrontierPoint>,
    /// Spent today.
    pub spend: Pence,
    /// Health with no change, counted in the same way.
    pub health: Qaly,
}

impl Case {
    /// Changes what each fund may spend to its base spend changed by so many percent, rounded down
    /// to the penny as a scenario's `change_pct` is.
    fn set_budget_change(&mut self, change_pct: f64) {
        for fund in &mut self.funds {
            let changed = fund.base.to_millions() * (1.0 + change_pct / 100.0);
            let first = changed.floor_to_pence().unwrap_or(fund.base);
            fund.budgets = crate::case::yearly_budgets(&self.scenario, first);
        }
    }
}

impl Frontier {
    /// Solves a case at each budget, from the greatest to the least. One solver walks from budget
    /// to budget, each time from the plan before, which takes a few steps instead of a whole solve;
    /// every point is proven on its own. Below a budget at which nothing satisfies every limit
    /// nothing does either: less money allows no plan that more money does not.
    ///
    /// # Errors
    /// When the scenario does not enforce a budget, or seeks something else than health.
    pub fn of(
        case: &Case,
        budgets: Budgets,
        mut progress: impl FnMut(f64),
    ) -> Result<Self, FrontierError> {
        let definition = &case.scenario.definition;
        if !definition.budget.enforce {
            return Err(FrontierError::NoBudget);
        }
        if definition.objective != Objective::Health {
            return Err(FrontierError::Objective(definition.objective.as_str()));
        }
        if let Some(why) = Size::of(case).refusal() {
            return Err(FrontierError::TooLarge(why));
        }
        let mut case = case.clone();
        let mut built = Built::of(&case);
        let mut walk = Walk::default();
        let mut points: Vec<FrontierPoint> = Vec::new();
        for (done, change_pct) in (1_u32..).zip(budgets.changes().into_iter().rev()) {
            case.set_budget_change(change_pct);
            let budget = case.funds.iter().map(|fund| fund.budget(1)).sum();
            let above = points.last().map(|point| point.status);
            let (status, best) = match above {
                Some(RunStatus::Infeasible) => (RunStatus::Infeasible, None),
                _ => {
                    move_budget(&case, &mut built);
                    walk.next(&case, &built)
                }
            };
            points.push(FrontierPoint { change_pct, budget, status, best });
            progress(f64::from(done) / f64::from(budgets.points));
        }
        points.reverse();
        let counted = |year: u8| case.unchanged_health(year) * case.discount(year);
        Ok(Self {
            points,
            spend: case.funds.iter().map(|fund| fund.base).sum(),
            health: case.each_year().map(counted).sum(),
        })
    }
}

/// Gives the rows of a case the budgets that it has now: a budget is the limit of one row for each
/// fund and year, and nothing else.
fn move_budget(case: &Case, built: &mut Built) {
    for fund in &case.funds {
        for year in case.each_year() {
            let key = format!("budget/{}/{year}", fund.code);
            let Some(limit) = built.limits.iter_mut().find(|limit| limit.key == key) else {
                continue;
            };
            let (row, across) = limit.shown;
            limit.limit = fund.budget(year).to_millions().get();
            if let Some(row) = built.model.rows.get_mut(row) {
                row.limit = limit.limit - across;
            }
        }
    }
}

/// How solving for one budget ended.
type Ending = (RunStatus, Option<Best>);

/// A solver on its way from budget to budget.
#[derive(Default)]
struct Walk {
    solver: Option<Solver>,
    /// The limits that the solver's rows have now.
    limits: Vec<f64>,
}

impl Walk {
    fn next(&mut self, case: &Case, built: &Built) -> Ending {
        match self.warm(case, built) {
            Some(best) => (RunStatus::Optimal, Some(best)),
            // What a warm start does not settle, a whole solve does, with its own proof.
            None => cold(case, built),
        }
    }

    /// The best plan from where the last one ended; nothing where that gives no proof.
    fn warm(&mut self, case: &Case, built: &Built) -> Option<Best> {
        // A choice of whole numbers has no plan before it to start from.
        if built.model.has_whole() {
            return None;
        }
        if self.solver.is_none() {
            self.solver = Solver::new(&built.model).ok();
            self.limits = built.model.rows.iter().map(|row| row.limit).collect();
        }
        let solver = self.solver.as_mut()?;
        let moved = built.model.rows.iter().zip(&mut self.limits).enumerate();
        for (at, (row, limit)) in moved.filter(|(_, (row, limit))| row.limit != **limit) {
            solver.change_limit(at, row.limit)?;
            *limit = row.limit;
        }
        if solver.run(case.seconds_left()) != Status::Optimal {
            return None;
        }
        let point = solver.point()?;
        let plan = Plan::floored(case, built, &point.values)?;
        let certificate = Certificate::of(&built.model, &plan.point(case, built), &point.prices);
        certificate.holds().then(|| best(case, built, &certificate, &point.prices))
    }
}

fn cold(case: &Case, built: &Built) -> Ending {
    match solve(case, built) {
        Outcome::Proven(solution, certificate) => {
            (RunStatus::Optimal, Some(best(case, built, &certificate, &solution.prices)))
        }
        Outcome::Infeasible(_) => (RunStatus::Infeasible, None),
        Outcome::TimeLimit => (RunStatus::TimeLimit, None),
        Outcome::Numerical(_) => (RunStatus::Numerical, None),
        Outcome::Refused(_) => (RunStatus::Refused, None),
    }
}

fn best(case: &Case, built: &Built, certificate: &Certificate, prices: &[f64]) -> Best {
    let all: f64 = case.funds.iter().map(|fund| fund.base.to_millions().get()).sum();
    let of_fund = |code: &str| -> f64 {
        let family = format!("budget/{code}/");
        let limits = built.limits.iter().filter(|limit| limit.key.starts_with(&family));
        limits.map(|limit| price::of(limit, prices)).sum()
    };
    let shared = case
        .funds
        .iter()
        .filter(|fund| fund.base > Pence::ZERO)
        .map(|fund| of_fund(&fund.code) * fund.base.to_millions().get() / all);
    Best {
        health: Qaly::new(certificate.objective),
        price: QalyPerMillion::new(shared.sum::<f64>() + 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_middle_are_exact_whatever_the_step() {
        for (points, reach) in [(41, 10.0), (7, 0.3), (101, 7.7), (3, 33.3)] {
            let changes = Budgets::new(points, -reach, reach).expect("budgets").changes();
            let middle = usize::try_from(points.div_euclid(2)).expect("a place");
            assert_eq!((changes.first(), changes.last()), (Some(&-reach), Some(&reach)));
            assert_eq!(changes.get(middle).copied().map(f64::abs), Some(0.0), "{points}");
            assert!(changes.is_sorted_by(|a, b| a < b), "{changes:?}");
        }
    }

    #[test]
    fn budgets_that_are_none_are_refused() {
        assert_eq!(Budgets::new(1, -10.0, 10.0), Err(FrontierError::Points(1)));
        for (from, to) in [(10.0, -10.0), (0.0, 0.0), (-101.0, 0.0), (0.0, 1_001.0)] {
            assert_eq!(Budgets::new(41, from, to), Err(FrontierError::Reach(from, to)));
        }
        assert!(Budgets::new(41, f64::NAN, 10.0).is_err());
        assert!(Budgets::new(41, 0.0, f64::INFINITY).is_err());
    }
}
