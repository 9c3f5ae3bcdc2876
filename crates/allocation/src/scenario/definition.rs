//! A scenario file as it is written. Unknown keys are refused.

use quantities::{FinYear, Pence};
use serde::Deserialize;
use std::collections::BTreeMap;

use openbook::Selector;

/// A whole scenario, its base resolved.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioDefinition {
    /// What it is called.
    pub name: String,
    /// The year whose spend is the base.
    pub base_year: FinYear,
    /// How many years.
    #[serde(default = "one")]
    pub years: u8,
    /// What is made as large (or small) as can be.
    #[serde(default)]
    pub objective: Objective,
    /// The threshold; the dated parameter where not given.
    pub threshold_gbp_per_qaly: Option<f64>,
    /// Segments on each side of today.
    #[serde(default = "four")]
    pub segments_per_side: u8,
    /// How much of a cut is released in year 1.
    #[serde(default)]
    pub releases: Releases,
    /// How far growth in the same provider re-uses what a cut leaves behind.
    #[serde(default)]
    pub absorb_share: f64,
    /// Whether a part year is scaled up.
    #[serde(default)]
    pub annualise: bool,
    /// The one value set of the run.
    pub value_set: Option<String>,
    /// `flag` lets outcomes on other value sets in.
    pub mixed_value_sets: Option<MixedValueSets>,
    /// The money.
    #[serde(default)]
    pub budget: BudgetDefinition,
    /// How fast lines may move.
    #[serde(default)]
    pub pace: PaceDefinition,
    /// Floors and caps.
    #[serde(default)]
    pub floor: Vec<FloorDefinition>,
    /// Lines that may not be cut.
    #[serde(default)]
    pub protect: Vec<Selector>,
    /// Release shares that overrule the cost rows.
    #[serde(default)]
    pub release: Vec<ReleaseDefinition>,
    /// Staff.
    #[serde(default)]
    pub workforce: WorkforceDefinition,
    /// Who gains.
    #[serde(default)]
    pub equity: EquityDefinition,
    /// Money between funds.
    #[serde(default)]
    pub transfer: Vec<TransferDefinition>,
    /// Targets to hold against what the limits allow; they limit nothing.
    #[serde(default)]
    pub efficiency: Vec<EfficiencyDefinition>,
    /// Options.
    #[serde(default)]
    pub options: OptionsDefinition,
    /// Pathways.
    #[serde(default)]
    pub pathways: UseDefinition,
    /// Other capacities.
    #[serde(default)]
    pub resources: ResourcesDefinition,
    /// Draws.
    #[serde(default)]
    pub uncertainty: UncertaintyDefinition,
    /// The solver.
    #[serde(default)]
    pub solver: SolverDefinition,
}

const fn one() -> u8 {
    1
}

const fn four() -> u8 {
    4
}

const fn yes() -> bool {
    true
}

/// What is made as large (or small) as can be.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// The most health.
    #[default]
    Health,
    /// The most health net of its cost at the threshold.
    NetHealth,
    /// The most health, weighted by deprivation.
    EquityWeighted,
    /// The least money for today's health.
    LeastCost,
}

impl Objective {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::NetHealth => "net_health",
            Self::EquityWeighted => "equity_weighted",
            Self::LeastCost => "least_cost",
        }
    }
}

/// How much of a cut is released in year 1.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Releases {
    /// What the cost rows say: the variable part.
    #[default]
    Profile,
    /// All of it.
    Full,
}

/// What to do with outcomes on other value sets.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MixedValueSets {
    /// Let them in, flagged.
    Flag,
}

/// The money.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetDefinition {
    /// Change on the funds' base spend, in percent.
    pub change_pct: Option<f64>,
    /// The whole budget, shared over funds in proportion to base spend.
    pub total_gbp: Option<Pence>,
    /// Whether it binds.
    #[serde(default = "yes")]
    pub enforce: bool,
    /// Later years.
    #[serde(default)]
    pub year: Vec<BudgetYearDefinition>,
    /// Single funds.
    #[serde(default)]
    pub fund: Vec<BudgetFundDefinition>,
}

impl Default for BudgetDefinition {
    fn default() -> Self {
        Self { change_pct: None, total_gbp: None, enforce: true, year: vec![], fund: vec![] }
    }
}

/// The budget of a later year.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetYearDefinition {
    /// 2 to 5.
    pub year: u8,
    /// Change on the year before, in percent.
    pub change_pct: f64,
}

/// The budget of one fund.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetFundDefinition {
    /// The fund.
    pub fund: String,
    /// Change on its base spend, in percent.
    pub change_pct: Option<f64>,
    /// Its whole budget.
    pub total_gbp: Option<Pence>,
}

/// How fast lines may move.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceDefinition {
    /// Most that any line may fall in a year, in percent.
    #[serde(default = "ten")]
    pub max_cut_pct: f64,
    /// Most that any line may grow.
    #[serde(default = "ten")]
    pub max_growth_pct: f64,
    /// Selected lines, each.
    #[serde(default, rename = "for")]
    pub each: Vec<PaceRuleDefinition>,
    /// Selected lines together.
    #[serde(default)]
    pub total: Vec<PaceRuleDefinition>,
}

const fn ten() -> f64 {
    10.0
}

impl Default for PaceDefinition {
    fn default() -> Self {
        Self { max_cut_pct: ten(), max_growth_pct: ten(), each: vec![], total: vec![] }
    }
}

/// Staff.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkforceDefinition {
    /// Whether staff limits hold.
    #[serde(default = "yes", rename = "use")]
    pub enforce: bool,
    /// Pools that differ from the book.
    #[serde(default)]
    pub pool: Vec<PoolDefinition>,
}

impl Default for WorkforceDefinition {
    fn default() -> Self {
        Self { enforce: true, pool: vec![] }
    }
}

/// A staff pool that differs from the book.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolDefinition {
    /// Its id.
    pub pool: String,
    /// In post and available.
    pub wte_available: f64,
}

/// Who gains.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquityDefinition {
    /// No deprivation quintile may lose.
    #[serde(default)]
    pub no_quintile_loses: bool,
    /// The least share of the gain for the most deprived.
    pub most_deprived_min_share_pct: Option<f64>,
    /// `atkinson` or `kolm`.
    pub weights: Option<String>,
    /// The weights' parameter.
    pub epsilon: Option<f64>,
}

/// Money between funds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferDefinition {
    /// From.
    pub from: String,
    /// To.
    pub to: String,
    /// At most.
    pub max_gbp: Pence,
}

/// Options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionsDefinition {
    /// Whether they may be taken up.
    #[serde(default = "yes", rename = "use")]
    pub enforce: bool,
    /// Caps by option.
    #[serde(default)]
    pub max_take_up: BTreeMap<String, f64>,
}

impl Default for OptionsDefinition {
    fn default() -> Self {
        Self { enforce: true, max_take_up: BTreeMap::new() }
    }
}

/// Something to use or not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseDefinition {
    /// Whether.
    #[serde(default = "yes", rename = "use")]
    pub enforce: bool,
}

impl Default for UseDefinition {
    fn default() -> Self {
        Self { enforce: true }
    }
}

/// Other capacities.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourcesDefinition {
    /// Whether they bind.
    #[serde(default = "yes", rename = "use")]
    pub enforce: bool,
    /// All but these.
    #[serde(default)]
    pub skip: Vec<String>,
}

impl Default for ResourcesDefinition {
    fn default() -> Self {
        Self { enforce: true, skip: vec![] }
    }
}

/// Draws.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UncertaintyDefinition {
    /// How many.
    #[serde(default = "thousand")]
    pub draws: u32,
    /// Their seed.
    #[serde(default = "seed")]
    pub seed: u64,
}

const fn thousand() -> u32 {
    1_000
}

const fn seed() -> u64 {
    1
}

impl Default for UncertaintyDefinition {
    fn default() -> Self {
        Self { draws: thousand(), seed: seed() }
    }
}

/// The solver.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SolverDefinition {
    /// It stops after this long.
    #[serde(default = "minute")]
    pub time_limit_seconds: f64,
    /// How many threads share the draws.
    #[serde(default = "one")]
    pub threads: u8,
}

const fn minute() -> f64 {
    60.0
}

impl Default for SolverDefinition {
    fn default() -> Self {
        Self { time_limit_seconds: minute(), threads: one() }
    }
}

super::select::selecting! {
    /// How fast selected lines may move.
    pub struct PaceRuleDefinition {
        /// Most that they may fall in a year, in percent.
        pub max_cut_pct: Option<f64>,
        /// Most that they may grow.
        pub max_growth_pct: Option<f64>,
    }
}

super::select::selecting! {
    /// A release share that overrules the cost rows.
    pub struct ReleaseDefinition {
        /// The share of a cut released in every year.
        pub share: f64,
    }
}

super::select::selecting! {
    /// An efficiency target: could so much less be spent on the selected lines (on everything, where
    /// nothing selects) than standing still would cost in a year? It asks, and limits nothing.
    pub struct EfficiencyDefinition {
        /// The year of the plan, from 1.
        pub year: u8,
        /// How much less, in percent of what standing still would cost in that year.
        pub target_pct: Option<f64>,
        /// How much less, in pounds.
        pub target_gbp: Option<Pence>,
        /// What was delivered in earlier years, in percent of the same.
        pub delivered_pct: Option<f64>,
        /// Who says what was delivered.
        pub source: Option<String>,
    }
}

super::select::selecting! {
    /// A floor under, or a cap on, selected lines together.
    pub struct FloorDefinition {
        /// Its id.
        pub key: String,
        /// In words.
        pub label: Option<String>,
        /// Floor: change on base spend, in percent.
        pub min_change_pct: Option<f64>,
        /// Floor: pounds.
        pub min_gbp: Option<Pence>,
        /// Floor: percent of all planned spend.
        pub min_share_pct: Option<f64>,
        /// Floor: percent of base activity, each line.
        pub min_activity_pct: Option<f64>,
        /// Cap: change on base spend, in percent.
        pub max_change_pct: Option<f64>,
        /// Cap: pounds.
        pub max_gbp: Option<Pence>,
        /// Cap: percent of all planned spend.
        pub max_share_pct: Option<f64>,
        /// `real` (base-year prices) or `cash`.
        pub basis: Option<FloorBasis>,
    }
}

/// In which prices a floor is meant.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FloorBasis {
    /// Base-year prices.
    Real,
    /// Cash of the year.
    Cash,
}
