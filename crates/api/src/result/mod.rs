//! One run as JSON (`valuebook.result/1`), written by `solve`, the API and the pages' store.

mod efficiency;
mod from;
mod impact;
mod room;
mod sensitivity;
mod verify;

use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use efficiency::{BindingJson, EfficiencyJson, ReleaseJson};
pub use impact::{ImpactJson, IncomeJson, StaffChangeJson};
pub use sensitivity::{AssumptionJson, EndJson, SensitivityJson};
pub use verify::Mismatch;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.result/1";

/// Everything a run returns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunJson {
    /// Always `valuebook.result/1`.
    pub schema: String,
    /// `optimal`, `infeasible`, `unbounded`, `time_limit`, `numerical` or `refused`.
    pub status: String,
    /// The status as a sentence.
    pub status_sentence: String,
    /// Whether our own arithmetic proves the plan.
    pub certified: bool,
    /// Whether no other plan is as good; absent where there is no plan.
    pub unique: Option<bool>,
    /// Where options are all or nothing: how far the choice may be from the best, as a fraction of
    /// it, by the solver's own word. Everything else is proven for the options chosen.
    pub choice_gap: Option<f64>,
    /// The scenario in words.
    pub scenario: ScenarioFacts,
    /// What the result was made from.
    pub provenance: Provenance,
    /// Money and health of the whole system in the final year; absent where there is no plan.
    pub totals: Option<Totals>,
    /// One entry a service line, in the order of its name; empty where there is no plan.
    pub services: Vec<ServiceJson>,
    /// Every option, and how much of it is taken up in the final year.
    pub options: Vec<OptionJson>,
    /// Work that has moved along pathways by the final year.
    pub moves: Vec<MovedJson>,
    /// Every limit, with its slack and price.
    pub constraints: Vec<ConstraintJson>,
    /// Impact per provider.
    pub providers: Vec<GroupJson>,
    /// Health gain by deprivation quintile, 1 the most deprived.
    pub quintiles: Vec<QuintileJson>,
    /// Impact per sector.
    pub sectors: Vec<GroupJson>,
    /// Staff pools: in post, needed today, needed by the plan.
    pub staff: Vec<StaffJson>,
    /// Pairs of moves: what is released where and what it buys.
    pub swaps: Vec<SwapJson>,
    /// Cash released by provider, year by year.
    pub cash_release: Vec<CashReleaseJson>,
    /// Efficiency targets against what the limits allow; absent where the scenario asks for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub efficiency: Vec<EfficiencyJson>,
    /// Every year of a plan of several years, in the same shapes; empty for one year.
    pub years: Vec<YearJson>,
    /// The two questions a board asks.
    pub answers: Option<AnswersJson>,
    /// Draws of the uncertain figures; absent where none were asked for.
    pub uncertainty: Option<UncertaintyJson>,
    /// Plans that keep 99 % of the gain and differ most from this one and from each other; absent
    /// where ranges were not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Vec<AlternativeJson>>,
    /// How the answer hangs on each assumption; absent where it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<SensitivityJson>,
    /// The cheapest ways back, where nothing satisfies every limit.
    pub relaxation: Option<Vec<RelaxationJson>>,
    /// What a reader must know of the book: unreconciled providers, unreviewed outcomes, …
    pub notes: Vec<String>,
    /// The plan as the model's variables.
    pub variables: Vec<KeyedValue>,
    /// The model's row prices.
    pub duals: Vec<KeyedValue>,
    /// Our own proof of the plan.
    pub certificate: Option<CertificateJson>,
}

/// One year of a plan of several years.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearJson {
    /// The year of the plan, from 1.
    pub year: u8,
    /// Money and health of the whole system.
    pub totals: Totals,
    /// One entry a service line.
    pub services: Vec<ServiceJson>,
    /// Every option, and how much of it is taken up.
    pub options: Vec<OptionJson>,
    /// Work that has moved along pathways.
    pub moves: Vec<MovedJson>,
    /// Impact per provider.
    pub providers: Vec<GroupJson>,
    /// Health gain by deprivation quintile.
    pub quintiles: Vec<QuintileJson>,
    /// Impact per sector.
    pub sectors: Vec<GroupJson>,
    /// Staff pools.
    pub staff: Vec<StaffJson>,
}

/// What carrying on as today costs, by what drives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingStillJson {
    /// More patients.
    #[schema(value_type = String)]
    pub demand_gbp: Pence,
    /// Dearer pay and goods.
    #[schema(value_type = String)]
    pub prices_gbp: Pence,
    /// Efficiency; less than nought where it saves.
    #[schema(value_type = String)]
    pub efficiency_gbp: Pence,
}

/// The scenario in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFacts {
    /// Its name.
    pub name: String,
    /// The financial year whose spend is the base.
    pub base_year: String,
    /// `health`, `net_health`, `equity_weighted` or `least_cost`.
    pub objective: String,
    /// How many years the plan has.
    pub years: u8,
    /// The threshold against which spend is questioned.
    pub threshold_gbp_per_qaly: f64,
    /// The value set that utilities are on.
    pub value_set: String,
}

/// What a result was made from. Hashes are SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// `valuebook` and its version.
    pub engine: String,
    /// The solver and its version.
    pub solver: String,
    /// The seed of the draws.
    pub seed: u64,
    /// The canonical sorted book.
    pub book_sha256: String,
    /// The scenario with its base resolved.
    pub scenario_sha256: String,
    /// The dated parameters.
    pub parameters_sha256: String,
    /// The linear model.
    pub model_sha256: String,
    /// This result with this field empty.
    pub result_sha256: String,
}

/// Money and health of the whole system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// What may be spent, all funds.
    #[schema(value_type = String)]
    pub budget_gbp: Pence,
    /// What is spent today, in base-year prices.
    #[schema(value_type = String)]
    pub base_spend_gbp: Pence,
    /// What the plan spends on services, in the cash of the year.
    #[schema(value_type = String)]
    pub plan_spend_gbp: Pence,
    /// Cost that stays behind where services shrink.
    #[schema(value_type = String)]
    pub stranded_gbp: Pence,
    /// One-off cost of recruiting.
    #[schema(value_type = String)]
    pub recruitment_gbp: Pence,
    /// Yearly premium for agency staff.
    #[schema(value_type = String)]
    pub agency_gbp: Pence,
    /// Cost of running the old and the new together.
    #[schema(value_type = String)]
    pub double_running_gbp: Pence,
    /// Cost of options taken up.
    #[schema(value_type = String)]
    pub options_gbp: Pence,
    /// What is left of the budget.
    #[schema(value_type = String)]
    pub unallocated_gbp: Pence,
    /// The sum of all decreases.
    #[schema(value_type = String)]
    pub moved_gbp: Pence,
    /// Health with no change in spend, QALY a year.
    pub base_qaly: f64,
    /// Health under the plan.
    pub plan_qaly: f64,
    /// Plan less no change.
    pub gain_qaly: f64,
    /// The gain once every cost of a cut is released (re-optimised).
    pub gain_if_fully_released_qaly: Option<f64>,
    /// What carrying on as today would cost beyond the budget, with demand and prices grown.
    #[schema(value_type = String)]
    pub cost_of_standing_still_gbp: Pence,
    /// The same by what drives it.
    pub standing_still: StandingStillJson,
    /// Health forgone because outcomes are missing; absent until it is computed.
    pub cost_of_silence_qaly: Option<f64>,
}

/// One service line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// The provider's code.
    pub provider: String,
    /// `acute`, `community`, `mental_health`, `primary_care`, …
    pub sector: String,
    /// Spend today.
    #[schema(value_type = String)]
    pub base_gbp: Pence,
    /// Spend under the plan, with what moves and options add, in base-year prices.
    #[schema(value_type = String)]
    pub plan_gbp: Pence,
    /// Change in percent of today.
    pub change_pct: f64,
    /// Health with no change in spend; absent where not assessable.
    pub base_qaly: Option<f64>,
    /// Health under the plan; absent where not assessable.
    pub plan_qaly: Option<f64>,
    /// Average cost per QALY today.
    pub average_gbp_per_qaly: Option<f64>,
    /// Cost per QALY of the last pound today.
    pub marginal_gbp_per_qaly: Option<f64>,
    /// What one more £1m here would change in the objective, all limits held.
    pub reduced_cost_qaly_per_gbp_m: Option<f64>,
    /// `lower`, `upper`, `between` or `fixed`.
    pub at: String,
    /// Keys of the limits that stop it from moving further.
    pub stopped_by: Vec<String>,
    /// Where it is not grown: why not, and what would bring it in.
    pub why_not: Option<String>,
    /// `invest`, `hold`, `low_value`, `costly`, `uncertain`, `not_assessable` or `protected`.
    pub label: String,
    /// Every test the label passed or failed, as a sentence.
    pub label_reason: String,
    /// Share of draws whose best plan puts it at its lower limit.
    pub prob_at_lower: Option<f64>,
    /// Share of draws in which its last pound costs more per QALY than the threshold.
    pub prob_low_value: Option<f64>,
    /// Least and most spend that keep 99 % of the gain.
    pub range_gbp: Option<[String; 2]>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionJson {
    /// The option's id.
    pub option: String,
    /// Its name in words.
    pub name: String,
    /// From 0 to 1.
    pub take_up: f64,
    /// What it costs in the year.
    #[schema(value_type = String)]
    pub cost_gbp: Pence,
    /// What it brings in the year.
    pub gain_qaly: f64,
    /// The capital it needs once, outside the yearly budget.
    #[schema(value_type = String)]
    pub capital_gbp: Pence,
}

/// Work that has moved along a pathway with its patients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovedJson {
    /// `pathway/from/to`.
    pub pathway: String,
    /// The line that gives.
    pub from: String,
    /// The line that takes.
    pub to: String,
    /// The giver's work that has moved, in base-year prices.
    #[schema(value_type = String)]
    pub moved_gbp: Pence,
    /// What the receiver needs for it.
    #[schema(value_type = String)]
    pub needed_gbp: Pence,
    /// What its patients gain.
    pub gain_qaly: f64,
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConstraintJson {
    /// `family/id/year`.
    pub key: String,
    /// The family.
    pub kind: String,
    /// In words.
    pub label: String,
    /// `<=` or `>=`.
    pub sense: String,
    /// What the plan uses, in `row_unit`.
    pub activity: f64,
    /// The limit, in `row_unit`.
    pub limit: f64,
    /// Room left, in `row_unit`.
    pub slack: f64,
    /// `£m`, `WTE` or a resource's unit.
    pub row_unit: String,
    /// Gain in the objective per unit by which the limit is loosened (≤) or raised (≥).
    pub shadow_price: f64,
    /// The price's unit.
    pub unit: String,
    /// The lowest limit at which the price holds; absent where it was not computed.
    pub holds_from: Option<f64>,
    /// The highest limit at which the price holds.
    pub holds_to: Option<f64>,
    /// What it means.
    pub sentence: String,
}

/// Impact on a provider or a sector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupJson {
    /// The code.
    pub id: String,
    /// The name.
    pub name: String,
    /// Spend today.
    #[schema(value_type = String)]
    pub base_gbp: Pence,
    /// Spend under the plan.
    #[schema(value_type = String)]
    pub plan_gbp: Pence,
    /// Change in percent.
    pub change_pct: f64,
    /// Cost left behind in year 1 (providers only; nothing for sectors).
    #[schema(value_type = Option<String>)]
    pub stranded_gbp: Option<Pence>,
    /// Change in health, of the lines that can be assessed.
    pub gain_qaly: f64,
    /// Spend that cannot be assessed.
    #[schema(value_type = String)]
    pub not_assessable_gbp: Pence,
    /// Change in staff by pool.
    pub wte_change: Vec<KeyedValue>,
    /// Cost, income by mechanism and staff of a provider; absent for sectors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<ImpactJson>,
}

/// Health gain in one fifth of the population by deprivation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuintileJson {
    /// 1 (most deprived) to 5.
    pub quintile: u8,
    /// Change in health.
    pub gain_qaly: f64,
}

/// One staff pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffJson {
    /// The pool's id.
    pub pool: String,
    /// The staff group.
    pub staff_group: String,
    /// Staff in post and available.
    pub available_wte: f64,
    /// Needed today.
    pub base_wte: f64,
    /// Needed by the plan.
    pub plan_wte: f64,
    /// Posts filled in the year.
    pub recruited_wte: f64,
    /// Agency staff.
    pub agency_wte: f64,
    /// What one more post would be worth, QALY a year.
    pub price_qaly_per_wte: f64,
}

/// Money released in one line and what it buys in another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwapJson {
    /// The line that gives.
    pub from: String,
    /// The line that receives.
    pub to: String,
    /// The money moved.
    #[schema(value_type = String)]
    pub amount_gbp: Pence,
    /// Health lost where it is released.
    pub lost_qaly: f64,
    /// Health gained where it is spent.
    pub gained_qaly: f64,
}

/// Cash a provider releases in a year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashReleaseJson {
    /// The provider's code.
    pub provider: String,
    /// The year of the plan.
    pub year: u8,
    /// Gross decreases on today, in the cash of the year.
    #[schema(value_type = String)]
    pub cut_gbp: Pence,
    /// Of which released as cash in the year.
    #[schema(value_type = String)]
    pub released_gbp: Pence,
    /// Of which left behind.
    #[schema(value_type = String)]
    pub stranded_gbp: Pence,
}

/// The two questions a board asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersJson {
    /// Health gained with today's money.
    pub same_money_more_health_qaly: Option<f64>,
    /// Money saved with today's health.
    #[schema(value_type = Option<String>)]
    pub same_health_less_money_gbp: Option<Pence>,
}

/// What the draws say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UncertaintyJson {
    /// How many.
    pub draws: u32,
    /// Draws whose re-optimised plan was proven; the rest are left out of `prob_at_lower`.
    pub solved: u32,
    /// Their seed.
    pub seed: u64,
    /// Gain of this plan, held fixed: 2.5th percentile.
    pub gain_low_qaly: f64,
    /// Median.
    pub gain_median_qaly: f64,
    /// 97.5th percentile.
    pub gain_high_qaly: f64,
    /// Share of draws in which this plan, held fixed, beats no change.
    pub prob_better: f64,
    /// What knowing every figure for certain would be worth to this plan, in the objective's health:
    /// a year, or over the plan where it has several years. No study can be worth more. Absent where
    /// no draw was solved again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_of_perfect_information_qaly: Option<f64>,
    /// The money that buys as much at the threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub value_of_perfect_information_gbp: Option<Pence>,
    /// Which single figures are most worth finding out, the most telling first; at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worth_finding_out: Vec<WorthFindingOutJson>,
    /// Services of which every figure would be known; at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worth_finding_out_by_service: Vec<WorthFindingOutJson>,
    /// Providers of which every figure of every service would be known; at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worth_finding_out_by_provider: Vec<WorthFindingOutJson>,
}

/// What knowing one subject for certain would be worth to the plan, at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorthFindingOutJson {
    /// The service, option, move or provider.
    pub subject: String,
    /// `outcome`, `elasticity` or `cost` of a service; `option`, `move`; `service`, `provider`.
    pub kind: String,
    /// The provider whose figure it is; absent for options.
    pub provider: Option<String>,
    /// In the objective's health: a year, or over the plan where it has several years.
    pub qaly: f64,
    /// The money that buys as much at the threshold.
    #[schema(value_type = String)]
    pub gbp: Pence,
    /// What it means.
    pub sentence: String,
}

/// A plan that keeps every limit and 99 % of the gain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlternativeJson {
    /// What it gains on no change.
    pub gain_qaly: f64,
    /// One entry a service line, in the order of its name.
    pub services: Vec<PlannedJson>,
}

/// What a plan spends on a service line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedJson {
    /// `provider/service`.
    pub service: String,
    /// Spend under the plan.
    #[schema(value_type = String)]
    pub plan_gbp: Pence,
}

/// One way back to a plan that satisfies every limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelaxationJson {
    /// The limit to move.
    pub key: String,
    /// In words.
    pub label: String,
    /// By how much.
    pub by: f64,
    /// `£m` or `WTE`.
    pub unit: String,
    /// What it means and who would have to agree.
    pub sentence: String,
    /// Which way back this belongs to: entries with the same number go together; 1 is the cheapest.
    pub way: u32,
}

/// A number with the key of its variable or row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyedValue {
    /// The key.
    pub key: String,
    /// The number.
    pub value: f64,
}

/// Our own proof of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateJson {
    /// The largest broken limit in money, £.
    pub max_violation_gbp: f64,
    /// The largest broken limit in staff, WTE.
    pub max_violation_wte: f64,
    /// No plan can do better than this.
    pub dual_bound: f64,
    /// The bound's unit.
    pub unit: String,
    /// (bound − objective) / max(1, |objective|).
    pub relative_gap: f64,
}
