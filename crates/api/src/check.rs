//! What the upload checks found, as JSON (`valuebook.check/1`).

use openbook::bridge::Bridge;
use openbook::quality::Quality;
use openbook::{Problem, Reconciliation, Report};
use quantities::Pence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use value::Review;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.check/1";

/// The outcome of checking a file or a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckJson {
    /// Always `valuebook.check/1`.
    pub schema: String,
    /// Whether nothing is refused.
    pub accepted: bool,
    /// The first 1,000 problems.
    pub problems: Vec<ProblemJson>,
    /// All problems by rule.
    pub counts: BTreeMap<String, u64>,
    /// Rows read by table.
    pub rows: BTreeMap<String, u64>,
    /// Totals to compare with one's own.
    pub totals: CheckTotals,
    /// Costed against the ledger.
    pub reconciliation: Vec<ReconciliationJson>,
    /// How good each provider's figures are.
    pub quality: Vec<QualityJson>,
    /// From the allocation to the contracts, a year each.
    #[serde(default)]
    pub bridge: Vec<BridgeJson>,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemJson {
    /// The table.
    pub table: String,
    /// The row, counting from 1 at the header; absent where the whole file is meant.
    pub row: Option<u64>,
    /// The column; absent where the whole row is meant.
    pub column: Option<String>,
    /// The rule's stable code.
    pub rule: String,
    /// `refuse`, `query` or `note`.
    pub severity: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Totals to compare with one's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckTotals {
    /// Σ costs.
    #[schema(value_type = String)]
    pub cost_gbp: Pence,
}

/// One provider's costs against its ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationJson {
    /// The provider's code.
    pub provider: String,
    /// The financial year.
    pub fin_year: String,
    /// Σ costs.
    #[schema(value_type = String)]
    pub costed_gbp: Pence,
    /// Σ exclusions.
    #[schema(value_type = String)]
    pub excluded_gbp: Pence,
    /// Operating expenses less income netted off, with adjustments.
    #[schema(value_type = String)]
    pub accounts_gbp: Pence,
    /// Costed + excluded − accounts.
    #[schema(value_type = String)]
    pub difference_gbp: Pence,
    /// In percent of the accounts; absent where there is no ledger.
    pub difference_pct: Option<f64>,
    /// `green`, `amber`, `red` or `unreconciled`.
    pub status: String,
}

/// How good one provider's figures are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualityJson {
    /// The provider's code.
    pub provider: String,
    /// Materiality and quality score, 0 to 100; absent where there is no cost.
    pub score: Option<f64>,
    /// Cost areas, dearest first.
    pub areas: Vec<CostAreaJson>,
    /// Share of spend on care whose service has an outcome, percent.
    pub with_outcome_pct: f64,
    /// Share of spend whose service has staff, percent.
    pub with_staff_pct: f64,
    /// Share of spend on care whose service has deprivation shares, percent.
    pub with_equity_pct: f64,
    /// Spend on care by the best grade of evidence handed in.
    #[schema(value_type = BTreeMap<String, String>)]
    pub by_grade_gbp: BTreeMap<String, Pence>,
    /// The day up to which the latest costs are complete.
    pub complete_to: Option<String>,
    /// Whether that is too long ago; absent where no day was named to judge on.
    pub stale: Option<bool>,
}

/// One cost area: a resource group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostAreaJson {
    /// The resource group.
    pub area: String,
    /// Its cost: its weight in the score.
    #[schema(value_type = String)]
    pub cost_gbp: Pence,
    /// How well it is found, 0 to 100.
    pub quality: f64,
}

/// From the allocation to the contracts in the book, for one year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BridgeJson {
    /// The financial year.
    pub fin_year: String,
    /// Its lines.
    #[schema(value_type = BTreeMap<String, String>)]
    pub lines_gbp: BTreeMap<String, Pence>,
    /// The allocation less the sum of the other lines.
    #[schema(value_type = String)]
    pub difference_gbp: Pence,
    /// This board's contracts in the book.
    #[schema(value_type = String)]
    pub contracts_gbp: Pence,
    /// The bridge's contracts line less those.
    #[schema(value_type = String)]
    pub contracts_difference_gbp: Pence,
}

impl CheckJson {
    /// What a check found, with what is said of the book beside its problems.
    #[must_use]
    pub fn of(report: &Report, cost: Pence, review: &Review) -> Self {
        let counts = report.counts().iter().map(|(rule, count)| ((*rule).to_owned(), *count));
        Self {
            schema: SCHEMA.to_owned(),
            accepted: report.accepted(),
            problems: report.problems().iter().map(ProblemJson::from).collect(),
            counts: counts.collect(),
            rows: report.rows().clone(),
            totals: CheckTotals { cost_gbp: cost },
            reconciliation: review.reconciliation.iter().map(ReconciliationJson::from).collect(),
            quality: review.quality.iter().map(QualityJson::from).collect(),
            bridge: review.bridges.iter().map(BridgeJson::from).collect(),
        }
    }
}

impl From<&Problem> for ProblemJson {
    fn from(problem: &Problem) -> Self {
        Self {
            table: problem.table.clone(),
            row: problem.row,
            column: problem.column.clone(),
            rule: problem.rule.to_owned(),
            severity: problem.severity.as_str().to_owned(),
            message: problem.message.clone(),
        }
    }
}

impl From<&Reconciliation> for ReconciliationJson {
    fn from(line: &Reconciliation) -> Self {
        Self {
            provider: line.provider.to_string(),
            fin_year: line.year.to_string(),
            costed_gbp: line.costed,
            excluded_gbp: line.excluded,
            accounts_gbp: line.accounts,
            difference_gbp: line.difference,
            difference_pct: line.difference_pct,
            status: line.status.as_str().to_owned(),
        }
    }
}

impl From<&Quality> for QualityJson {
    fn from(quality: &Quality) -> Self {
        let by_grade = quality.by_grade.iter();
        Self {
            provider: quality.provider.to_string(),
            score: quality.score,
            areas: quality
                .areas
                .iter()
                .map(|area| CostAreaJson {
                    area: area.name.clone(),
                    cost_gbp: area.cost,
                    quality: area.quality,
                })
                .collect(),
            with_outcome_pct: quality.with_outcome_pct,
            with_staff_pct: quality.with_staff_pct,
            with_equity_pct: quality.with_equity_pct,
            by_grade_gbp: by_grade
                .map(|(grade, cost)| (grade.as_str().to_owned(), *cost))
                .collect(),
            complete_to: quality.complete_to.map(|day| day.to_string()),
            stale: quality.stale,
        }
    }
}

impl From<&Bridge> for BridgeJson {
    fn from(bridge: &Bridge) -> Self {
        Self {
            fin_year: bridge.year.to_string(),
            lines_gbp: bridge.lines.clone(),
            difference_gbp: bridge.difference,
            contracts_gbp: bridge.contracts,
            contracts_difference_gbp: bridge.contracts_difference,
        }
    }
}
