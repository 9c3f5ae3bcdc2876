//! What the upload checks found, as JSON (`valuebook.check/1`).

use openbook::{Problem, Reconciliation, Report};
use quantities::Pence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

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
    /// Quality scores; empty until they are computed.
    pub quality: Vec<QualityJson>,
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

/// One quality score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualityJson {
    /// What it is about.
    pub id: String,
    /// From 0 to 100.
    pub score: f64,
}

impl CheckJson {
    /// What a check found, with what could be reconciled.
    #[must_use]
    pub fn of(report: &Report, cost: Pence, reconciliation: &[Reconciliation]) -> Self {
        let counts = report.counts().iter().map(|(rule, count)| ((*rule).to_owned(), *count));
        Self {
            schema: SCHEMA.to_owned(),
            accepted: report.accepted(),
            problems: report.problems().iter().map(ProblemJson::from).collect(),
            counts: counts.collect(),
            rows: report.rows().clone(),
            totals: CheckTotals { cost_gbp: cost },
            reconciliation: reconciliation.iter().map(ReconciliationJson::from).collect(),
            quality: Vec::new(),
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
