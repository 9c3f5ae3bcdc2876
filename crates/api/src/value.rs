//! The value table as JSON (`valuebook.value/1`).

use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.value/1";

/// Every service line on one scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueJson {
    /// Always `valuebook.value/1`.
    pub schema: String,
    /// The financial year whose spend is valued.
    pub base_year: String,
    /// The value set that utilities are on.
    pub value_set: String,
    /// The threshold for net health benefit and the probability.
    pub threshold_gbp_per_qaly: f64,
    /// Σ spend / Σ (elasticity · health) over the book: queried outside £5,000–30,000.
    pub book_marginal_gbp_per_qaly: Option<f64>,
    /// One entry a service line, in the order of its name.
    pub services: Vec<ServiceValueJson>,
    /// How complete each sector's data is.
    pub parity: Vec<ParityJson>,
    /// What a reader must know of the book.
    pub notes: Vec<String>,
}

/// One service line. `null` where not assessable, never 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceValueJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// The provider's code.
    pub provider: String,
    /// The sector.
    pub sector: String,
    /// Spend in the base year.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
    /// The part of it that has an accepted outcome.
    #[schema(value_type = String)]
    pub valued_spend_gbp: Pence,
    /// Health gain, QALY a year.
    pub qaly: Option<f64>,
    /// 2.5th percentile.
    pub qaly_low: Option<f64>,
    /// 97.5th percentile.
    pub qaly_high: Option<f64>,
    /// Average cost per QALY.
    pub average_gbp_per_qaly: Option<f64>,
    /// Cost per QALY of the last pound.
    pub marginal_gbp_per_qaly: Option<f64>,
    /// 2.5th percentile of the marginal cost per QALY.
    pub marginal_low_gbp_per_qaly: Option<f64>,
    /// 97.5th percentile; absent where health may be nil.
    pub marginal_high_gbp_per_qaly: Option<f64>,
    /// Health gained less health the money would buy elsewhere.
    pub net_health_benefit_qaly: Option<f64>,
    /// Share of draws in which the whole service costs less per QALY than the threshold.
    pub prob_cost_effective: Option<f64>,
    /// Elasticity of health to spend.
    pub elasticity: Option<f64>,
    /// `elicited`, `given`, `anchored` or `default`.
    pub elasticity_source: Option<String>,
    /// The weakest grade among the outcomes valued.
    pub evidence_grade: Option<String>,
    /// Whether it can be assessed.
    pub assessable: bool,
    /// Why not, as a sentence.
    pub reason: Option<String>,
    /// The outcomes that were valued.
    pub valued_by: Vec<ValuedByJson>,
    /// Outcomes that were left out, and why.
    pub left_out: Vec<String>,
    /// Health per patient at which an unassessed line would just be worth its money.
    pub break_even_qaly_per_patient: Option<f64>,
}

/// One outcome that was valued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValuedByJson {
    /// The cohort.
    pub cohort: String,
    /// The measure.
    pub measure: String,
    /// The value set, where the measure has one.
    pub value_set: Option<String>,
    /// The mapping, where one was used.
    pub mapping: Option<String>,
    /// Patients.
    pub patients: f64,
    /// QALY per patient, net of what would have happened anyway.
    pub qaly_per_patient: f64,
    /// The grade.
    pub evidence_grade: String,
    /// How many years older than the base year the figure is.
    pub age_years: i32,
    /// Where it comes from.
    pub source: String,
    /// Who accepted it.
    pub reviewer: Option<String>,
}

/// How complete one sector's data is, as shares of its spend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParityJson {
    /// The sector.
    pub sector: String,
    /// Its spend.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
    /// Of providers reconciled within tolerance.
    pub reconciled_share: f64,
    /// With an outcome that can be valued.
    pub valued_share: f64,
    /// Valued with evidence of grade A to C.
    pub grade_abc_share: f64,
}
