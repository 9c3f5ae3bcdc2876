//! Efficiency targets against what the limits allow, to and from their JSON.

use allocation::efficiency::{Found, Release};
use allocation::run::Efficiency;
use quantities::{Pence, Qaly};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An efficiency target against what the limits allow. What is not proven is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EfficiencyJson {
    /// Of whose spend, in words.
    pub of: String,
    /// The year of the plan.
    pub year: u8,
    /// What standing still would cost in that year: Σ spend × demand × prices net of efficiency.
    #[schema(value_type = String)]
    pub standing_gbp: Pence,
    /// How much less is asked for.
    #[schema(value_type = String)]
    pub target_gbp: Pence,
    /// The same in percent of standing still.
    pub target_pct: Option<f64>,
    /// What was delivered in earlier years, percent; absent where the scenario does not say.
    pub delivered_pct: Option<f64>,
    /// Who says so.
    pub delivered_source: Option<String>,
    /// `possible` (with no less health than with no change), `at_a_loss_of_health` or
    /// `not_possible`.
    pub verdict: Option<String>,
    /// By how much it cannot be met, or not without loss of health.
    #[schema(value_type = Option<String>)]
    pub short_gbp: Option<Pence>,
    /// The most cash that the limits allow to be released, budgets apart.
    pub most: Option<ReleaseJson>,
    /// No plan releases more than this.
    #[schema(value_type = Option<String>)]
    pub at_most_gbp: Option<Pence>,
    /// The most cash with health no lower than with no change in any year; of a part of the system,
    /// within the budgets.
    pub most_keeping_health: Option<ReleaseJson>,
    /// Whether any plan keeps health so.
    pub keeps_health: Option<bool>,
    /// Limits that keep more cash from being released, dearest first, five at most.
    pub binds: Vec<BindingJson>,
    /// How many of the lines it is of.
    pub lines: u32,
    /// Of those, how many are then as low as pace and protection allow.
    pub lines_at_lowest: Option<u32>,
    /// Whether some plan within the budgets meets it.
    pub within_budget: Option<bool>,
    /// Health that asking for it would cost over the plan, later years discounted.
    pub health_cost_qaly: Option<f64>,
    /// All of it in words.
    pub sentence: String,
}

/// Cash released against standing still, in the cash of the year. Released = demand not followed +
/// cut − grown − stranded − besides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseJson {
    /// The cash.
    #[schema(value_type = String)]
    pub released_gbp: Pence,
    /// Growing demand that is not followed; less than nought where demand falls.
    #[schema(value_type = String)]
    pub demand_not_followed_gbp: Pence,
    /// Decreases on today.
    #[schema(value_type = String)]
    pub cut_gbp: Pence,
    /// Increases on today.
    #[schema(value_type = String)]
    pub grown_gbp: Pence,
    /// Of what is cut, what stays behind.
    #[schema(value_type = String)]
    pub stranded_gbp: Pence,
    /// Recruiting, agency staff, double running and options.
    #[schema(value_type = String)]
    pub besides_gbp: Pence,
}

/// A limit that keeps more cash from being released.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BindingJson {
    /// Its key.
    pub key: String,
    /// In words.
    pub label: String,
    /// £m more released per unit by which it is loosened (≤); less than nought where it is raised (≥).
    pub price_gbp_m: f64,
    /// The unit.
    pub unit: String,
    /// What it means, and who would have to agree.
    pub sentence: String,
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl From<Release> for ReleaseJson {
    fn from(release: Release) -> Self {
        Self {
            released_gbp: release.cash(),
            demand_not_followed_gbp: release.demand,
            cut_gbp: release.cut,
            grown_gbp: release.grown,
            stranded_gbp: release.stranded,
            besides_gbp: release.besides,
        }
    }
}

impl From<&ReleaseJson> for Release {
    fn from(json: &ReleaseJson) -> Self {
        Self {
            demand: json.demand_not_followed_gbp,
            cut: json.cut_gbp,
            grown: json.grown_gbp,
            stranded: json.stranded_gbp,
            besides: json.besides_gbp,
        }
    }
}

impl From<&Efficiency> for EfficiencyJson {
    fn from(of: &Efficiency) -> Self {
        let Efficiency { target, found, .. } = of;
        let delivered = target.delivered.clone().unzip();
        let bind = |binding: &allocation::run::Binding| BindingJson {
            key: binding.key.clone(),
            label: binding.label.clone(),
            price_gbp_m: binding.price,
            unit: binding.unit_name.clone(),
            sentence: binding.sentence.clone(),
        };
        Self {
            of: target.of.clone(),
            year: target.year,
            standing_gbp: target.standing,
            target_gbp: target.asked,
            target_pct: target.pct,
            delivered_pct: delivered.0,
            delivered_source: delivered.1,
            verdict: of.verdict.map(|verdict| verdict.as_str().to_owned()),
            short_gbp: of.short,
            most: found.most.map(Into::into),
            at_most_gbp: found.at_most,
            most_keeping_health: found.keeping_health.map(Into::into),
            keeps_health: found.keeps_health,
            binds: of.binds.iter().map(bind).collect(),
            lines: count(target.lines.len()),
            lines_at_lowest: found.at_lowest.map(count),
            within_budget: found.within_budget,
            health_cost_qaly: found.health_cost.map(Qaly::get),
            sentence: of.sentence.clone(),
        }
    }
}

/// What the solver found, as a result tells it.
impl From<&EfficiencyJson> for Found {
    fn from(json: &EfficiencyJson) -> Self {
        Self {
            most: json.most.as_ref().map(Into::into),
            at_most: json.at_most_gbp,
            keeping_health: json.most_keeping_health.as_ref().map(Into::into),
            keeps_health: json.keeps_health,
            binds: json.binds.iter().map(|bind| (bind.key.clone(), bind.price_gbp_m)).collect(),
            at_lowest: json.lines_at_lowest.and_then(|count| usize::try_from(count).ok()),
            within_budget: json.within_budget,
            health_cost: json.health_cost_qaly.map(Qaly::new),
        }
    }
}
