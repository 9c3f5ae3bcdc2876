use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AgreementJson;
use crate::actions::others::Others;
use crate::engine::SeenLine;

/// What other providers see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OthersJson {
    /// The agreement under which they see it; without one in force they see no lines.
    pub sharing: AgreementJson,
    /// The lines, in the order of the value table.
    pub lines: Vec<SeenLineJson>,
}

/// One service line as other providers see it. A provider that shares indices only is not named
/// and shows no money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeenLineJson {
    /// `provider/service`; absent where only indices are shared.
    pub service: Option<String>,
    /// The provider's code; absent where only indices are shared.
    pub provider: Option<String>,
    /// The provider's name, or `another provider`.
    pub provider_name: String,
    /// The line's name.
    pub name: String,
    /// The programme of care.
    pub programme: String,
    /// Where the care is given.
    pub setting: String,
    /// The sector.
    pub sector: String,
    /// Spend in the base year; absent where only indices are shared.
    #[schema(value_type = Option<String>)]
    pub spend_gbp: Option<Pence>,
    /// The part of it that has an accepted outcome.
    #[schema(value_type = Option<String>)]
    pub valued_spend_gbp: Option<Pence>,
    /// Work done in the base year, by point of delivery; empty where only indices are shared.
    pub activity: Vec<SeenActivityJson>,
    /// The measures of the outcomes that were valued.
    pub measures: Vec<String>,
    /// The weakest grade among them.
    pub evidence_grade: Option<String>,
    /// Health gain, QALY a year.
    pub qaly: Option<f64>,
    /// Average cost per QALY.
    pub average_gbp_per_qaly: Option<f64>,
    /// Its unit costs over the means of the book, weighted by its own work: 1.00 is the mean.
    /// Absent where no other provider does the same work.
    pub unit_cost_index: Option<f64>,
}

/// Work done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeenActivityJson {
    /// Day case, outpatient, …
    pub point_of_delivery: String,
    /// How much, exact to four decimals.
    pub activity: String,
}

impl From<SeenLine> for SeenLineJson {
    fn from(line: SeenLine) -> Self {
        let activity = line.activity.into_iter().map(|it| SeenActivityJson {
            point_of_delivery: it.point_of_delivery,
            activity: it.amount.to_string(),
        });
        Self {
            service: line.named.then(|| line.service.to_string()),
            provider: line.named.then(|| line.provider.to_string()),
            provider_name: line.provider_name,
            name: line.name,
            programme: line.programme,
            setting: line.setting,
            sector: line.sector,
            spend_gbp: line.spend,
            valued_spend_gbp: line.valued_spend,
            activity: activity.collect(),
            measures: line.measures,
            evidence_grade: line.grade,
            qaly: line.qaly,
            average_gbp_per_qaly: line.average,
            unit_cost_index: line.unit_cost_index,
        }
    }
}

impl From<Others> for OthersJson {
    fn from(others: Others) -> Self {
        Self {
            sharing: others.agreement.into(),
            lines: others.lines.into_iter().map(SeenLineJson::from).collect(),
        }
    }
}
