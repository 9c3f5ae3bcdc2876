//! Everything a result shows. Computed from a case and a solution alone, so that whoever verifies
//! a result computes it again.

mod efficiency;
mod groups;
mod impact;
mod services;
mod swaps;
mod year;

use openbook::Book;
use quantities::{Pence, Qaly};
use value::{Instruments, Parameters, ValueTable};

use crate::case::{Case, Origins};
use crate::certificate::Certificate;
use crate::efficiency::{self as targets, Found};
use crate::families::{Built, Size};
use crate::model::{LpModel, RowUnit, Sense};
use crate::plan::Plan;
use crate::price::{self, Range};
use crate::ranges::Room;
use crate::relax::Way;
use crate::scenario::{Objective, Scenario};
use crate::sensitivity::Sensitivity;
use crate::sentence;
use crate::solve::{Outcome, Solution, best_health, final_health, least_money, solve};
use crate::uncertainty::{self, Uncertainty};
pub use efficiency::{Binding, Efficiency};
pub use groups::{CashRelease, Group, Staff};
pub use impact::{Impact, Income, NotContracted, StaffChange};
pub use services::{Place, ServiceResult};
pub use swaps::Swap;
pub use year::{Moved, StandingStill, Taken, Totals, YearResult};

pub use crate::price::Range as PriceRange;
pub use crate::relax::{Relaxation, Way as WayBack};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// A plan, proven.
    Optimal,
    /// Nothing satisfies every limit, proven.
    Infeasible,
    /// Not proven in time.
    TimeLimit,
    /// Not proven.
    Numerical,
    /// The model was refused.
    Refused,
}

impl RunStatus {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Infeasible => "infeasible",
            Self::TimeLimit => "time_limit",
            Self::Numerical => "numerical",
            Self::Refused => "refused",
        }
    }
}

/// Figures that only a solver gives: a result's hash covers them, its verification does not
/// compute them again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SolverFacts {
    /// Whether no other plan is as good.
    pub unique: bool,
    /// How far the choice of all-or-nothing options may be from the best, as the solver says.
    pub choice_gap: Option<f64>,
    /// Where each limit's price holds.
    pub ranges: Vec<Range>,
    /// Gain once every cost of a cut is released.
    pub gain_if_fully_released: Option<Qaly>,
    /// Health forgone because outcomes are missing.
    pub cost_of_silence: Option<Qaly>,
    /// Health gained with today's money.
    pub same_money_more_health: Option<Qaly>,
    /// Money saved with today's health.
    pub same_health_less_money: Option<Pence>,
    /// What the draws say.
    pub uncertainty: Option<Uncertainty>,
    /// What the limits leave open; nothing where it was not asked for.
    pub room: Option<Room>,
    /// What was found of each efficiency target, in their order.
    pub efficiency: Vec<Found>,
    /// How the answer hangs on each assumption; nothing where it was not asked for.
    pub sensitivity: Option<Sensitivity>,
    /// Whether the run had had its time before all of the above was reached.
    pub out_of_time: bool,
}

/// What a reader is told of a plan whose run had had its time.
pub const OUT_OF_TIME: &str = "The time limit was reached after the plan was proven: answers, \
     ranges and draws that are empty here were not reached, and of plans equally good this may not \
     be the one that moves least. Allow more time for the rest.";

/// A limit with what the plan uses of it and what it is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitResult {
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
    /// The same as its contract names it.
    pub unit_name: String,
    /// What the plan uses.
    pub activity: f64,
    /// The limit.
    pub limit: f64,
    /// Room left.
    pub slack: f64,
    /// Gain in the objective per unit of the limit.
    pub price: f64,
    /// Where the price holds.
    pub range: Range,
    /// What it means.
    pub sentence: String,
}

/// A plan with all that is computed from it.
#[derive(Clone, Debug)]
pub struct PlanResult {
    /// By year, the first to the final one.
    pub years: Vec<YearResult>,
    /// By limit.
    pub limits: Vec<LimitResult>,
    /// What is released where and what it buys, in the final year.
    pub swaps: Vec<Swap>,
    /// Efficiency targets against what the limits allow.
    pub efficiency: Vec<Efficiency>,
    /// The plan itself.
    pub plan: Plan,
    /// The plan as named variables.
    pub variables: Vec<(String, f64)>,
    /// Row prices by key.
    pub duals: Vec<(String, f64)>,
    /// Our proof.
    pub certificate: Certificate,
    /// What only a solver gives.
    pub facts: SolverFacts,
}

impl PlanResult {
    /// The final year.
    #[must_use]
    pub fn last(&self) -> Option<&YearResult> {
        self.years.last()
    }
}

/// A whole run.
#[derive(Clone, Debug)]
pub struct Run {
    /// How it ended.
    pub status: RunStatus,
    /// In words.
    pub sentence: String,
    /// The case.
    pub case: Case,
    /// SHA-256 of the model.
    pub model_sha256: String,
    /// The plan, where there is one.
    pub plan: Option<PlanResult>,
    /// Ways back, where nothing satisfies every limit.
    pub ways_back: Vec<Way>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// Why a run could not even begin.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The scenario does not fit the book.
    #[error(transparent)]
    Scenario(#[from] crate::ScenarioError),
    /// A dated parameter is missing.
    #[error(transparent)]
    Parameters(#[from] value::parameters::ParameterError),
    /// The book cannot be valued.
    #[error(transparent)]
    Value(#[from] value::ValueError),
    /// The book's canonical form could not be written.
    #[error("the book could not be hashed: {0}")]
    Hash(String),
}

/// Values a book for a scenario and lays out the case. `draws` and `seed` overrule the scenario's.
///
/// # Errors
/// When the scenario does not fit the book, or the book cannot be valued.
pub fn case(
    book: &Book,
    scenario: &Scenario,
    instruments: &Instruments,
    parameters: &Parameters,
    draws: Option<u32>,
    seed: Option<u64>,
) -> Result<Case, CaseError> {
    scenario.check_against(book)?;
    let mut scenario = scenario.clone();
    let uncertainty = &mut scenario.definition.uncertainty;
    uncertainty.draws = draws.unwrap_or(uncertainty.draws);
    uncertainty.seed = seed.unwrap_or(uncertainty.seed);
    let (draws, seed) = (uncertainty.draws, uncertainty.seed);
    let options = scenario.value_options(draws, seed);
    let in_force = parameters.for_year(options.base_year)?;
    let values = ValueTable::of(book, instruments, &in_force, &options)?;
    let origins = Origins {
        book_sha256: book.sha256().map_err(|error| CaseError::Hash(error.to_string()))?,
        parameters_sha256: parameters.sha256(),
    };
    Ok(Case::of(book, &scenario, values, in_force, origins))
}

impl Run {
    /// Solves a case and computes everything a result shows. `progress` is told the share done.
    #[must_use]
    pub fn of(case: Case, mut progress: impl FnMut(f64)) -> Self {
        let (refused, built) = match Size::of(&case).refusal() {
            Some(why) => (Some(Outcome::Refused(why)), Built::default()),
            None => (None, Built::of(&case)),
        };
        match refused.unwrap_or_else(|| solve(&case, &built)) {
            Outcome::Proven(solution, _) => {
                progress(0.05);
                let chosen = built.chosen(&solution.plan.point(&case, &built));
                let uncertainty = uncertainty::run(&case, &chosen, &solution, |share| {
                    progress(0.1 + 0.9 * share);
                });
                let facts = facts(&case, &chosen, &solution, uncertainty);
                let plan = result(&case, &chosen, &solution, facts);
                Self::ended(case, &built, RunStatus::Optimal, proven_sentence(), Some(plan))
            }
            Outcome::Infeasible(ways) => {
                let mut sentence = "Nothing satisfies every limit of this scenario. The cheapest \
                                    ways back are listed."
                    .to_owned();
                if case.out_of_time() {
                    sentence += " The time limit was reached before all of them were looked for.";
                }
                let run = Self::ended(case, &built, RunStatus::Infeasible, sentence, None);
                Self { ways_back: ways, ..run }
            }
            Outcome::TimeLimit => {
                let sentence = "No plan was proven within the time limit; allow more time.";
                Self::ended(case, &built, RunStatus::TimeLimit, sentence.to_owned(), None)
            }
            Outcome::Numerical(why) => {
                let sentence = format!("No plan is shown, because none is proven: {why}.");
                Self::ended(case, &built, RunStatus::Numerical, sentence, None)
            }
            Outcome::Refused(why) => {
                let sentence = format!("The model was refused before solving: {why}.");
                Self::ended(case, &built, RunStatus::Refused, sentence, None)
            }
        }
    }

    /// Says once where the run had its time before all that was asked for was reached.
    pub(crate) fn told_if_late(mut self) -> Self {
        if let Some(plan) = &mut self.plan
            && self.case.out_of_time()
            && !plan.facts.out_of_time
        {
            plan.facts.out_of_time = true;
            self.notes.push(OUT_OF_TIME.to_owned());
        }
        self
    }

    /// Computes a result again from its plan and prices, without a solver. Nothing where they do
    /// not prove themselves.
    #[must_use]
    pub fn recomputed(
        case: Case,
        plan: Plan,
        prices: Vec<f64>,
        facts: SolverFacts,
    ) -> Option<Self> {
        if Size::of(&case).refusal().is_some() {
            return None;
        }
        let built = Built::of(&case);
        let choice_gap = facts.choice_gap.filter(|_| built.model.has_whole());
        let (unique, facts) = (facts.unique, SolverFacts { choice_gap, ..facts });
        let ranges = facts.ranges.clone();
        let solution = Solution { plan, prices, unique, ranges, basis: None, choice_gap };
        let chosen = built.chosen(&solution.plan.point(&case, &built));
        let result = result(&case, &chosen, &solution, facts);
        let lawful = built.model.rows.iter().zip(&solution.prices);
        if !lawful.into_iter().all(|(row, price)| row.sense.allows(*price)) {
            return None;
        }
        result
            .certificate
            .holds()
            .then(|| Self::ended(case, &built, RunStatus::Optimal, proven_sentence(), Some(result)))
    }

    fn ended(
        case: Case,
        built: &Built,
        status: RunStatus,
        sentence: String,
        plan: Option<PlanResult>,
    ) -> Self {
        let mut notes = case.values.notes.clone();
        for pool in case.pools.iter().filter(|pool| !pool.silent.is_empty()) {
            notes.push(format!(
                "The {} pool has no figure for {} of its services: they may not grow, and the pool \
                 is held to today's use.",
                pool.id,
                pool.silent.len()
            ));
        }
        for pool in case.pools.iter().filter(|pool| pool.base_use.get() > pool.available.get()) {
            notes.push(format!(
                "The {} pool is overrun today: {:.1} WTE are needed and {:.1} are there.",
                pool.id,
                pool.base_use.get(),
                pool.available.get()
            ));
        }
        let unplaced =
            plan.as_ref().and_then(PlanResult::last).map_or(0.0, |last| last.quintiles.1);
        if unplaced.abs() > 1e-9 {
            notes.push(format!(
                "{} healthy years of the change cannot be placed by deprivation: neither the \
                 service nor its place has shares.",
                sentence::figure(unplaced)
            ));
        }
        notes.extend(without_shares(&case));
        if plan.is_some() && built.model.has_whole() {
            notes.push(
                "Some options are all or nothing: prices are conditional on the chosen options."
                    .to_owned(),
            );
        }
        if plan.is_none() && !case.targets.is_empty() {
            notes.push(
                "Efficiency targets are held against the limits of a plan: without one nothing \
                        is said of them."
                    .to_owned(),
            );
        }
        if plan.as_ref().is_some_and(|plan| plan.facts.out_of_time) {
            notes.push(OUT_OF_TIME.to_owned());
        }
        // What was refused before it was built has no hash.
        let none = built.years.is_empty();
        let model_sha256 = if none { String::new() } else { built.model.sha256() };
        Self { status, sentence, case, model_sha256, plan, ways_back: Vec::new(), notes }
    }
}

fn proven_sentence() -> String {
    "The plan keeps every limit and no plan does better; our own arithmetic proves both.".to_owned()
}

/// While a limit on deprivation holds: the lines without shares of their own, which count their
/// losses in full and their gains not at all.
fn without_shares(case: &Case) -> Option<String> {
    let equity = &case.scenario.definition.equity;
    let on = equity.no_quintile_loses || equity.most_deprived_min_share_pct.is_some();
    let lines = case.lines.iter().filter(|line| line.has_curve() && line.shares.is_none());
    let names: Vec<&str> = lines.map(|line| line.key.as_str()).collect();
    (on && !names.is_empty()).then(|| {
        format!(
            "Without deprivation shares of their own, these lines count their losses in full in \
             every quintile and their gains in none: {}.",
            names.join(", ")
        )
    })
}

fn facts(
    case: &Case,
    built: &Built,
    solution: &Solution,
    uncertainty: Option<Uncertainty>,
) -> SolverFacts {
    let last = case.years();
    let unchanged = case.unchanged_health(last);
    let plan = final_health(case, built, &solution.plan).unwrap_or(unchanged);
    let gain = |health: Qaly| health - unchanged;
    let objective = case.scenario.definition.objective;
    let todays_money =
        case.funds.iter().all(|fund| fund.budgets.iter().all(|budget| *budget == fund.base));
    let same_money = if todays_money && objective == Objective::Health {
        Some(plan)
    } else {
        best_health(&case.with_todays_money(), Objective::Health)
    };
    let silence = case.with_silence_valued();
    let silent = silence.unchanged_health(last) - unchanged;
    SolverFacts {
        unique: solution.unique,
        choice_gap: solution.choice_gap,
        ranges: solution.ranges.clone(),
        gain_if_fully_released: best_health(&case.fully_released(), objective).map(gain),
        cost_of_silence: best_health(&silence, objective)
            .map(|best| Qaly::new(at_least_nought((best - silent - plan).get()))),
        same_money_more_health: same_money.map(gain),
        same_health_less_money: least_money(case)
            .map(|least| year::unchanged_cash(case, last) - least),
        uncertainty,
        room: None,
        efficiency: targets::all(case, built, solution),
        sensitivity: None,
        out_of_time: case.out_of_time(),
    }
}

/// More freedom never costs health: what is less than nought is the solver's last digit.
fn at_least_nought(gain: f64) -> f64 {
    if gain < 1e-6 { 0.0 } else { gain }
}

fn result(case: &Case, built: &Built, solution: &Solution, facts: SolverFacts) -> PlanResult {
    let plan = &solution.plan;
    let point = plan.point(case, built);
    let certificate = Certificate::of(&built.model, &point, &solution.prices);
    let years: Vec<YearResult> = case
        .each_year()
        .filter_map(|number| {
            let year = year::View::of(case, built, plan, &point, number)?;
            Some(year.result(solution, &facts))
        })
        .collect();
    let swaps = years.last().map(|last| swaps::of(case, last)).unwrap_or_default();
    PlanResult {
        limits: limits(case, built, &point, solution, &facts),
        variables: plan.variables(case, built),
        plan: plan.clone(),
        duals: duals(built, &solution.prices),
        years,
        swaps,
        efficiency: efficiency::of(case, built, &facts.efficiency),
        certificate,
        facts,
    }
}

fn limits(
    case: &Case,
    built: &Built,
    point: &[f64],
    solution: &Solution,
    facts: &SolverFacts,
) -> Vec<LimitResult> {
    let one = |at: usize, limit: &crate::families::Limit| {
        let (row, across) = limit.shown;
        let activity =
            built.model.rows.get(row).map_or(0.0, |row| LpModel::activity(row, point) + across);
        let slack = match limit.sense {
            Sense::AtMost => limit.limit - activity,
            Sense::AtLeast => activity - limit.limit,
        };
        let price = price::of(limit, &solution.prices);
        let range = facts.ranges.get(at).copied().unwrap_or_default();
        LimitResult {
            key: limit.key.clone(),
            kind: limit.kind,
            label: limit.label.clone(),
            sense: limit.sense,
            unit: limit.unit,
            unit_name: sentence::unit_name(case, limit.unit),
            activity,
            limit: limit.limit,
            slack,
            price,
            range,
            sentence: sentence::of_limit(case, limit, slack, price, range),
        }
    };
    built.limits.iter().enumerate().map(|(at, limit)| one(at, limit)).collect()
}

fn duals(built: &Built, prices: &[f64]) -> Vec<(String, f64)> {
    built.model.rows.iter().zip(prices).map(|(row, price)| (row.key.clone(), *price)).collect()
}
