//! Everything a result shows. Computed from a case and a solution alone, so that whoever verifies
//! a result computes it again.

mod groups;
mod services;

use openbook::Book;
use quantities::{Pence, Qaly};
use value::{Instruments, Parameters, ValueTable};

use crate::case::{Case, Origins};
use crate::certificate::Certificate;
use crate::families::Built;
use crate::model::{LpModel, RowUnit, Sense};
use crate::price::{self, Range};
use crate::relax::Way;
use crate::scenario::Scenario;
use crate::sentence;
use crate::solve::{Outcome, Solution, best_health, least_money, solve};
use crate::uncertainty::{self, Uncertainty};
pub use groups::{CashRelease, Group, Staff};
pub use services::{Place, ServiceResult};

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
}

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

/// Money and health of the whole system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Totals {
    /// What may be spent.
    pub budget: Pence,
    /// Spent today.
    pub base_spend: Pence,
    /// Spent on services by the plan.
    pub plan_spend: Pence,
    /// Cost left behind.
    pub stranded: Pence,
    /// Left of the budget.
    pub unallocated: Pence,
    /// The sum of all decreases.
    pub moved: Pence,
    /// Health today.
    pub base_health: Qaly,
    /// Health under the plan.
    pub plan_health: Qaly,
}

/// A plan with all that is computed from it.
#[derive(Clone, Debug)]
pub struct PlanResult {
    /// Whole system.
    pub totals: Totals,
    /// By line.
    pub services: Vec<ServiceResult>,
    /// By limit.
    pub limits: Vec<LimitResult>,
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
    /// The plan as named variables.
    pub variables: Vec<(String, f64)>,
    /// Row prices by key.
    pub duals: Vec<(String, f64)>,
    /// Our proof.
    pub certificate: Certificate,
    /// What only a solver gives.
    pub facts: SolverFacts,
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
        let built = Built::of(&case);
        match solve(&case, &built) {
            Outcome::Proven(solution, _) => {
                progress(0.05);
                let uncertainty = uncertainty::run(&case, &built, &solution, |share| {
                    progress(0.1 + 0.9 * share);
                });
                let facts = facts(&case, &built, &solution, uncertainty);
                let plan = result(&case, &built, &solution, facts);
                Self::ended(case, &built, RunStatus::Optimal, proven_sentence(), Some(plan))
            }
            Outcome::Infeasible(ways) => {
                let sentence = "Nothing satisfies every limit of this scenario. The cheapest ways \
                                back are listed."
                    .to_owned();
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

    /// Computes a result again from its plan and prices, without a solver. Nothing where they do
    /// not prove themselves.
    #[must_use]
    pub fn recomputed(
        case: Case,
        plan: crate::Plan,
        prices: Vec<f64>,
        facts: SolverFacts,
    ) -> Option<Self> {
        let built = Built::of(&case);
        let unique = facts.unique;
        let ranges = facts.ranges.clone();
        let solution = Solution { plan, prices, unique, ranges, basis: None };
        let result = result(&case, &built, &solution, facts);
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
        if let Some(plan) = plan.as_ref().filter(|plan| plan.quintiles.1.abs() > 1e-9) {
            notes.push(format!(
                "{} healthy years of the change cannot be placed by deprivation: neither the \
                 service nor its place has shares.",
                sentence::figure(plan.quintiles.1)
            ));
        }
        let model_sha256 = built.model.sha256();
        Self { status, sentence, case, model_sha256, plan, ways_back: Vec::new(), notes }
    }
}

fn proven_sentence() -> String {
    "The plan keeps every limit and no plan does better; our own arithmetic proves both.".to_owned()
}

fn facts(
    case: &Case,
    built: &Built,
    solution: &Solution,
    uncertainty: Option<Uncertainty>,
) -> SolverFacts {
    let base = base_health(case);
    let plan = built.model.objective(&solution.plan.point(case, built));
    let gain = |health: Qaly| health - base;
    let at_todays_money = case.funds.iter().all(|fund| fund.budget == fund.base);
    let same_money = if at_todays_money {
        Some(Qaly::new(plan))
    } else {
        best_health(&case.with_todays_money())
    };
    let silence = case.with_silence_valued();
    let silent: f64 = silence
        .lines
        .iter()
        .zip(&case.lines)
        .filter(|(_, line)| line.curve.is_none())
        .filter_map(|(line, _)| line.curve.as_ref())
        .map(|curve| curve.health.get())
        .sum();
    SolverFacts {
        unique: solution.unique,
        ranges: solution.ranges.clone(),
        gain_if_fully_released: best_health(&case.fully_released()).map(gain),
        cost_of_silence: best_health(&silence)
            .map(|best| Qaly::new(at_least_nought(best.get() - silent - plan))),
        same_money_more_health: same_money.map(gain),
        same_health_less_money: least_money(case).map(|least| base_spend(case) - least),
        uncertainty,
    }
}

/// More freedom never costs health: what is less than nought is the solver's last digit.
fn at_least_nought(gain: f64) -> f64 {
    if gain < 1e-6 { 0.0 } else { gain }
}

fn base_health(case: &Case) -> Qaly {
    case.values.services.iter().filter_map(|value| value.health).sum()
}

fn base_spend(case: &Case) -> Pence {
    case.lines.iter().map(|line| line.base).sum()
}

fn result(case: &Case, built: &Built, solution: &Solution, facts: SolverFacts) -> PlanResult {
    let plan = &solution.plan;
    let point = plan.point(case, built);
    let certificate = Certificate::of(&built.model, &point, &solution.prices);
    let budget: Pence = case.funds.iter().map(|fund| fund.budget).sum();
    let decreases = case.lines.iter().zip(&plan.own).filter(|(line, own)| **own < line.base);
    let totals = Totals {
        budget,
        base_spend: base_spend(case),
        plan_spend: plan.spend(),
        stranded: plan.stranded_total(),
        unallocated: budget - plan.spend() - plan.stranded_total(),
        moved: decreases.map(|(line, own)| line.base - *own).sum(),
        base_health: base_health(case),
        plan_health: Qaly::new(certificate.objective),
    };
    let services = services::of(case, built, solution, &facts);
    let limits = limits(built, &point, solution, &facts);
    PlanResult {
        totals,
        limits,
        providers: groups::providers(case, built, plan, &services),
        sectors: groups::sectors(case, plan, &services),
        quintiles: groups::quintiles(case, &services),
        staff: groups::staff(case, built, plan, &solution.prices),
        cash_release: groups::cash_release(case, built, plan),
        variables: variables(case, built, plan),
        duals: duals(built, &solution.prices),
        services,
        certificate,
        facts,
    }
}

fn limits(
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
            activity,
            limit: limit.limit,
            slack,
            price,
            range,
            sentence: sentence::of_limit(limit, slack, price, range),
        }
    };
    built.limits.iter().enumerate().map(|(at, limit)| one(at, limit)).collect()
}

fn variables(case: &Case, built: &Built, plan: &crate::Plan) -> Vec<(String, f64)> {
    let mut variables = Vec::new();
    for (line, own) in case.lines.iter().zip(&plan.own) {
        variables.push((format!("spend/{}/1", line.key), own.to_millions().get()));
    }
    for ((line, columns), amount) in case.lines.iter().zip(&built.lines).zip(&plan.uncredited) {
        if columns.uncredited.is_some() {
            variables.push((format!("uncredited/{}/1", line.key), amount.to_millions().get()));
        }
    }
    for (stranded, amount) in built.stranded.iter().zip(&plan.stranded) {
        let key = format!("stranded/{}/{}/1", stranded.provider, stranded.fund);
        variables.push((key, amount.to_millions().get()));
    }
    for (transfer, amount) in built.transfers.iter().zip(&plan.transfers) {
        variables.push((transfer.key.clone(), amount.to_millions().get()));
    }
    variables
}

fn duals(built: &Built, prices: &[f64]) -> Vec<(String, f64)> {
    built.model.rows.iter().zip(prices).map(|(row, price)| (row.key.clone(), *price)).collect()
}
