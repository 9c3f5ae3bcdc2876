//! One year of a plan.

use quantities::{Millions, Pence, Qaly};

use super::SolverFacts;
use super::groups::{self, CashRelease, Group, Staff};
use super::services::{self, ServiceResult};
use crate::case::{Case, grown_by};
use crate::families::{Built, YearColumns, counted_in};
use crate::model::Expression;
use crate::plan::{Plan, PlanYear};
use crate::solve::Solution;

/// Money and health of the whole system in one year. Money is the cash of that year; health is
/// against no change in spend in that year.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// What may be spent.
    pub budget: Pence,
    /// Spent today.
    pub base_spend: Pence,
    /// Spent on services by the plan.
    pub plan_spend: Pence,
    /// Cost left behind.
    pub stranded: Pence,
    /// Recruiting, once.
    pub recruitment: Pence,
    /// Agency premium.
    pub agency: Pence,
    /// Both lines of a move, paid together.
    pub double_running: Pence,
    /// Options.
    pub options: Pence,
    /// Left of the budget.
    pub unallocated: Pence,
    /// The sum of all decreases on today, in base-year prices.
    pub moved: Pence,
    /// Health with no change.
    pub base_health: Qaly,
    /// Health under the plan.
    pub plan_health: Qaly,
    /// What carrying on as today costs.
    pub standing_still: StandingStill,
}

/// What carrying on as today costs beyond the budget, by what drives it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StandingStill {
    /// More patients.
    pub demand: Pence,
    /// Dearer pay and goods.
    pub prices: Pence,
    /// Efficiency; less than nought where it saves.
    pub efficiency: Pence,
    /// All of it, less what the budget grows by.
    pub gap: Pence,
}

/// How much of an option is taken up.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The option.
    pub option: String,
    /// Its name in words.
    pub name: String,
    /// From 0 to 1.
    pub take_up: f64,
    /// What it costs in the year.
    pub cost: Pence,
    /// What it brings in the year.
    pub gain: Qaly,
    /// The capital it needs once.
    pub capital: Pence,
}

/// Work that has moved along a pathway.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// `pathway/from/to`.
    pub key: String,
    /// The line that gives.
    pub from: String,
    /// The line that takes.
    pub to: String,
    /// The giver's work that has moved, in base-year prices.
    pub moved: Pence,
    /// What the receiver needs for it.
    pub needed: Pence,
    /// What its patients gain.
    pub gain: Qaly,
}

/// One year of a plan with all that is computed from it.
#[derive(Clone, Debug)]
pub struct YearResult {
    /// The year of the plan, from 1.
    pub year: u8,
    /// Whole system.
    pub totals: Totals,
    /// By line.
    pub services: Vec<ServiceResult>,
    /// By option.
    pub options: Vec<Taken>,
    /// By move that is made.
    pub moves: Vec<Moved>,
    /// By provider.
    pub providers: Vec<Group>,
    /// By sector.
    pub sectors: Vec<Group>,
    /// Gain by deprivation quintile, most deprived first, and the gain that could not be placed.
    pub quintiles: ([f64; 5], f64),
    /// By pool.
    pub staff: Vec<Staff>,
    /// By provider.
    pub cash_release: Vec<CashRelease>,
}

/// What a year's figures are computed from.
pub struct View<'a> {
    pub case: &'a Case,
    pub built: &'a Built,
    pub columns: &'a YearColumns,
    pub of: &'a PlanYear,
    pub point: &'a [f64],
    pub year: u8,
    /// Whole spend by line, in base-year prices.
    pub spend: Vec<Pence>,
}

/// The cash of a year with no change: Σ P B.
pub fn unchanged_cash(case: &Case, year: u8) -> Pence {
    case.lines.iter().map(|line| line.cash(line.base, year)).sum()
}

impl<'a> View<'a> {
    pub fn of(
        case: &'a Case,
        built: &'a Built,
        plan: &'a Plan,
        point: &'a [f64],
        year: u8,
    ) -> Option<Self> {
        let (columns, of) = (built.year(year)?, plan.year(year)?);
        let lines = case.lines.iter().zip(&columns.lines).zip(&of.own);
        let spend = lines.map(|((line, columns), own)| {
            if !line.support && columns.added.terms.is_empty() {
                return *own;
            }
            let mut spend = Expression::default();
            columns.add_spend(&mut spend, 1.0);
            Millions::new(spend.at(point)).floor_to_pence().unwrap_or(*own)
        });
        let spend = spend.collect();
        Some(Self { case, built, columns, of, point, year, spend })
    }

    /// An amount of the model, in pence.
    pub fn pence(&self, expression: &Expression) -> Pence {
        Millions::new(expression.at(self.point).max(0.0)).floor_to_pence().unwrap_or_default()
    }

    /// Stranded cost that a test picks by provider and fund.
    pub fn stranded(&self, picks: impl Fn(&str) -> bool) -> Pence {
        let stranded = self.columns.stranded.iter().filter(|one| picks(&one.provider));
        stranded.map(|one| self.pence(&one.left_behind)).sum()
    }

    pub fn result(&self, solution: &Solution, facts: &SolverFacts) -> YearResult {
        let services = services::of(self, solution, facts);
        YearResult {
            year: self.year,
            totals: self.totals(),
            options: self.options(),
            moves: self.moves(),
            providers: groups::providers(self, &services),
            sectors: groups::sectors(self, &services),
            quintiles: groups::quintiles(self, &services),
            staff: groups::staff(self, &solution.prices),
            cash_release: groups::cash_release(self),
            services,
        }
    }

    fn options(&self) -> Vec<Taken> {
        let options = self.case.proposals.iter().zip(&self.of.take_up).enumerate();
        let one = |(at, (one, take_up)): (usize, (&crate::case::Proposal, &f64))| {
            let counted = counted_in(self.built, one, at, self.year).at(self.point);
            let amount = |full: Millions| (full * counted).floor_to_pence().unwrap_or_default();
            Taken {
                option: one.id.clone(),
                name: one.name.clone(),
                take_up: *take_up,
                cost: amount(one.cost),
                gain: one.benefit * counted,
                capital: (one.capital.to_millions() * *take_up)
                    .floor_to_pence()
                    .unwrap_or_default(),
            }
        };
        options.map(one).collect()
    }

    fn moves(&self) -> Vec<Moved> {
        let name = |at: usize| self.case.lines.get(at).map(|line| line.key.to_string());
        let made = self.case.moves.iter().zip(&self.of.moves);
        let made = made.filter(|(_, moved)| **moved > Pence::ZERO);
        made.map(|(one, moved)| Moved {
            key: one.key.clone(),
            from: name(one.from).unwrap_or_default(),
            to: name(one.to).unwrap_or_default(),
            moved: *moved,
            needed: (moved.to_millions() * one.kappa).floor_to_pence().unwrap_or_default(),
            gain: Qaly::new(one.eta * moved.to_millions().get()),
        })
        .collect()
    }

    fn totals(&self) -> Totals {
        let (case, paid) = (self.case, &self.columns.paid);
        let budget: Pence = case.funds.iter().map(|fund| fund.budget(self.year)).sum();
        let several = |list: &[(String, Expression)]| -> Pence {
            list.iter().map(|(_, cost)| self.pence(cost)).sum()
        };
        let lines = case.lines.iter().zip(&self.spend);
        let decreases = lines.clone().filter(|(line, spend)| **spend < line.base);
        let mut totals = Totals {
            budget,
            base_spend: case.lines.iter().map(|line| line.base).sum(),
            plan_spend: lines.clone().map(|(line, spend)| line.cash(*spend, self.year)).sum(),
            stranded: self.stranded(|_| true),
            recruitment: self.pence(&paid.recruitment),
            agency: self.pence(&paid.agency),
            double_running: several(&paid.double_running),
            options: self.options().iter().map(|taken| taken.cost).sum(),
            moved: decreases.map(|(line, spend)| line.base - *spend).sum(),
            base_health: case.unchanged_health(self.year),
            plan_health: Qaly::new(self.columns.health.at(self.point)),
            standing_still: self.standing_still(budget),
            unallocated: Pence::ZERO,
        };
        totals.unallocated = budget
            - totals.plan_spend
            - totals.stranded
            - totals.recruitment
            - totals.agency
            - totals.double_running
            - totals.options;
        totals
    }

    fn standing_still(&self, budget: Pence) -> StandingStill {
        let mut still = StandingStill::default();
        let mut all = Pence::ZERO;
        for line in &self.case.lines {
            let grown = line.grown(self.year);
            let demand = grown_by(line.base, grown.demand);
            let prices = grown_by(line.base, grown.demand * grown.prices);
            let paid = line.standing(self.year);
            still.demand = still.demand + (demand - line.base);
            still.prices = still.prices + (prices - demand);
            still.efficiency = still.efficiency + (paid - prices);
            all = all + paid;
        }
        StandingStill { gap: all - budget, ..still }
    }
}
