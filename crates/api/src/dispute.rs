//! A published result with and without a disputed figure, as JSON (`valuebook.dispute/1`).

use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::result::RunJson;
use crate::value::ValueJson;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.dispute/1";

/// The result of a service with and without a disputed figure of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeResultJson {
    /// Always `valuebook.dispute/1`.
    pub schema: String,
    /// The edition's number.
    pub edition: u64,
    /// The line: `provider/service`.
    pub service: String,
    /// The SHA-256 of the book as it was published.
    pub book_sha256: String,
    /// The SHA-256 of the book with the proposed figure, or without the disputed one.
    pub disputed_book_sha256: String,
    /// How many rows of the table were changed or left out.
    pub rows: u64,
    /// As it was published.
    pub published: HeadlineJson,
    /// With the proposed figure, or without the disputed one.
    pub disputed: HeadlineJson,
    /// The second less the first.
    pub difference: DifferenceJson,
}

/// The headline of one service, and of the plan where a scenario was run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeadlineJson {
    /// Spend in the base year.
    #[schema(value_type = Option<String>)]
    pub spend_gbp: Option<Pence>,
    /// Health gain, QALY a year; absent where not assessable.
    pub qaly: Option<f64>,
    /// Average cost per QALY.
    pub average_gbp_per_qaly: Option<f64>,
    /// Cost per QALY of the last pound.
    pub marginal_gbp_per_qaly: Option<f64>,
    /// Why it cannot be assessed.
    pub reason: Option<String>,
    /// What the run says of the service: `invest`, `hold`, `low_value`, …
    pub label: Option<String>,
    /// The plan's spend on the service.
    #[schema(value_type = Option<String>)]
    pub plan_gbp: Option<Pence>,
    /// The run's `status`.
    pub status: Option<String>,
    /// Whether our own arithmetic proves the plan.
    pub certified: Option<bool>,
    /// Health gain of the whole plan, QALY a year.
    pub gain_qaly: Option<f64>,
}

/// What the disputed figure changes; absent where either side has none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceJson {
    /// Spend.
    #[schema(value_type = Option<String>)]
    pub spend_gbp: Option<Pence>,
    /// Health gain of the service.
    pub qaly: Option<f64>,
    /// Average cost per QALY.
    pub average_gbp_per_qaly: Option<f64>,
    /// Cost per QALY of the last pound.
    pub marginal_gbp_per_qaly: Option<f64>,
    /// Health gain of the whole plan.
    pub gain_qaly: Option<f64>,
}

impl HeadlineJson {
    /// What a value table, and a run where there is one, say of a service.
    #[must_use]
    pub fn of(service: &str, value: &ValueJson, run: Option<&RunJson>) -> Self {
        let line = value.services.iter().find(|line| line.service == service);
        let planned = run.and_then(|run| run.services.iter().find(|line| line.service == service));
        Self {
            spend_gbp: line.map(|line| line.spend_gbp),
            qaly: line.and_then(|line| line.qaly),
            average_gbp_per_qaly: line.and_then(|line| line.average_gbp_per_qaly),
            marginal_gbp_per_qaly: line.and_then(|line| line.marginal_gbp_per_qaly),
            reason: line.and_then(|line| line.reason.clone()),
            label: planned.map(|line| line.label.clone()),
            plan_gbp: planned.map(|line| line.plan_gbp),
            status: run.map(|run| run.status.clone()),
            certified: run.map(|run| run.certified),
            gain_qaly: run.and_then(|run| run.totals.as_ref()).map(|totals| totals.gain_qaly),
        }
    }
}

impl DifferenceJson {
    /// The second headline less the first.
    #[must_use]
    pub fn between(before: &HeadlineJson, after: &HeadlineJson) -> Self {
        let less = |after: Option<f64>, before: Option<f64>| Some(after? - before?);
        let pence = |after: Option<Pence>, before: Option<Pence>| Some(after? - before?);
        Self {
            spend_gbp: pence(after.spend_gbp, before.spend_gbp),
            qaly: less(after.qaly, before.qaly),
            average_gbp_per_qaly: less(after.average_gbp_per_qaly, before.average_gbp_per_qaly),
            marginal_gbp_per_qaly: less(after.marginal_gbp_per_qaly, before.marginal_gbp_per_qaly),
            gain_qaly: less(after.gain_qaly, before.gain_qaly),
        }
    }
}
