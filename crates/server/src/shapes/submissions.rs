use api::check::CheckJson;
use quantities::Pence;
use serde::{Deserialize, Serialize};
use store::{Received, Submission, TableSummary};
use utoipa::{IntoParams, ToSchema};

use super::JobJson;
use crate::actions::submissions::{Details, ProblemFilter};

/// What a file is, where it is the whole body.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The table that the file is for, such as `costs`, or `workbook`; in a form this is a field.
    pub table: Option<String>,
    /// The file's name; in a form it comes with the file.
    pub file_name: Option<String>,
}

/// Which of the problems.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProblemsQuery {
    /// Those of this rule, such as `money.decimals`.
    pub rule: Option<String>,
    /// Those of this severity: `refuse`, `query` or `note`.
    pub severity: Option<String>,
    /// Those of this table.
    pub table: Option<String>,
    /// The `next` of the part before.
    pub after: Option<String>,
    /// Problems in this part: 1,000 unless told, and at most.
    pub size: Option<u32>,
}

/// What the check found, with the part of its problems that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProblemsJson {
    /// What the check found.
    #[serde(flatten)]
    pub check: CheckJson,
    /// Give this as `after` to get the next part of the problems; absent at the end.
    pub next: Option<String>,
}

/// Which table.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TableQuery {
    /// The table; needed only where several have rows to be mended.
    pub table: Option<String>,
}

/// One file handed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubmissionJson {
    /// Its id.
    pub id: String,
    /// Whose it is: a provider's code; absent for the Board's own.
    pub owner: Option<String>,
    /// The table it is for.
    pub table: String,
    /// The how-manieth of this owner and table.
    pub version: u64,
    /// The file's name.
    pub file_name: String,
    /// The SHA-256 of the file.
    pub file_sha256: String,
    /// Its size.
    pub file_bytes: u64,
    /// `draft`, `refused`, `checked`, `submitted`, `signed_off`, `published` or `superseded`.
    pub state: String,
    /// When it was handed in (RFC 3339, UTC).
    pub created_at: String,
    /// Who handed it in: a person's id.
    pub created_by: String,
    /// When it was checked.
    pub checked_at: Option<String>,
    /// When it was shown to the Board.
    pub submitted_at: Option<String>,
    /// Who showed it: a person's id.
    pub submitted_by: Option<String>,
    /// When it was signed off.
    pub signed_off_at: Option<String>,
    /// Who signed it off: a person's id.
    pub signed_off_by: Option<String>,
    /// The editions that hold any of its tables, oldest first.
    pub published_in: Vec<u64>,
    /// The signed-off submission that has taken its place; absent while any of its tables stands.
    pub superseded_by: Option<String>,
    /// The accepted tables.
    pub tables: Vec<TableJson>,
    /// How far its check is; absent in lists.
    pub check: Option<JobJson>,
}

/// An accepted table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TableJson {
    /// The table's name.
    pub table: String,
    /// The SHA-256 of its canonical form.
    pub sha256: String,
    /// How many rows.
    pub rows: u64,
    /// Σ of its money.
    #[schema(value_type = Option<String>)]
    pub total_gbp: Option<Pence>,
    /// The signed-off submission whose version of this table has taken its place.
    pub superseded_by: Option<String>,
}

/// A file taken in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReceivedJson {
    /// The submission's id.
    pub id: String,
    /// Whether the same file had been sent before: then this is the earlier submission.
    pub repeated: bool,
    /// The submission.
    pub submission: SubmissionJson,
}

impl From<ProblemsQuery> for ProblemFilter {
    fn from(query: ProblemsQuery) -> Self {
        let ProblemsQuery { rule, severity, table, after, size } = query;
        Self { rule, severity, table, after, size }
    }
}

impl From<TableSummary> for TableJson {
    fn from(table: TableSummary) -> Self {
        let TableSummary { table, sha256, rows, total, superseded_by } = table;
        let superseded_by = superseded_by.map(|id| id.to_string());
        Self { table, sha256, rows, total_gbp: total, superseded_by }
    }
}

impl From<Submission> for SubmissionJson {
    fn from(submission: Submission) -> Self {
        let text = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string());
        let state = submission.standing().code().to_owned();
        let superseded_by = submission.superseded_by().map(ToString::to_string);
        Self {
            id: submission.id.to_string(),
            owner: submission.owner.map(String::from),
            table: submission.table,
            version: submission.version,
            file_name: submission.file_name,
            file_sha256: submission.file_sha256,
            file_bytes: submission.file_bytes,
            state,
            created_at: submission.created_at.to_string(),
            created_by: submission.created_by.to_string(),
            checked_at: text(submission.checked_at),
            submitted_at: text(submission.submitted_at),
            submitted_by: submission.submitted_by.map(|person| person.to_string()),
            signed_off_at: text(submission.signed_off_at),
            signed_off_by: submission.signed_off_by.map(|person| person.to_string()),
            published_in: submission.published_in,
            superseded_by,
            tables: submission.tables.into_iter().map(TableJson::from).collect(),
            check: None,
        }
    }
}

impl From<Details> for SubmissionJson {
    fn from(details: Details) -> Self {
        Self { check: Some(details.job.into()), ..details.submission.into() }
    }
}

impl From<Received> for ReceivedJson {
    fn from(received: Received) -> Self {
        Self {
            id: received.submission.id.to_string(),
            repeated: received.repeated,
            submission: received.submission.into(),
        }
    }
}
