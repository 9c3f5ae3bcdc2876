//! Health against budget as JSON (`valuebook.frontier/1`).

use allocation::frontier::{Frontier, FrontierPoint};
use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.frontier/1";

/// The most health at each of many budgets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierJson {
    /// Always `valuebook.frontier/1`.
    pub schema: String,
    /// By budget, rising.
    pub points: Vec<FrontierPointJson>,
    /// Where the system stands.
    pub today: TodayJson,
}

/// The most health for one budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontierPointJson {
    /// What may be spent, all funds.
    #[schema(value_type = String)]
    pub budget_gbp: Pence,
    /// The change on today's spend in percent.
    pub change_pct: f64,
    /// `optimal` (proven), `infeasible` (proven), `time_limit`, `numerical` or `refused`.
    pub status: String,
    /// The health of the best plan, QALY a year; absent where no plan is proven.
    pub qaly: Option<f64>,
    /// What £1m more would bring, shared over the funds by their spend today, QALY; absent where no
    /// plan is proven.
    pub price_qaly_per_gbp_m: Option<f64>,
}

/// Where the system stands today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TodayJson {
    /// Spent today, all funds.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
    /// Health today, QALY a year.
    pub qaly: f64,
}

impl From<&Frontier> for FrontierJson {
    fn from(frontier: &Frontier) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            points: frontier.points.iter().map(FrontierPointJson::from).collect(),
            today: TodayJson { spend_gbp: frontier.spend, qaly: frontier.health.get() },
        }
    }
}

impl From<&FrontierPoint> for FrontierPointJson {
    fn from(point: &FrontierPoint) -> Self {
        Self {
            budget_gbp: point.budget,
            change_pct: point.change_pct,
            status: point.status.as_str().to_owned(),
            qaly: point.best.map(|best| best.health.get()),
            price_qaly_per_gbp_m: point.best.map(|best| best.price.get()),
        }
    }
}
