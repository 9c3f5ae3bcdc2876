// Generated from migrations/tenant/sqlite: see migrations/README.md.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::tenant;
use crate::backup::row;
use crate::connection::Backend;

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::agreements, check_for_backend(Backend))]
pub(crate) struct Agreements {
    number: i64,
    purpose: String,
    starts_on: String,
    ends_on: String,
    recorded_at: i64,
    recorded_by: String,
}

row! { Agreements, tenant::agreements, tenant::agreements::number }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::answers, check_for_backend(Backend))]
pub(crate) struct Answers {
    id: String,
    submission_id: String,
    table_name: String,
    rule: String,
    row_number: Option<i64>,
    column_name: Option<String>,
    text: String,
    confirms: Option<String>,
    answered_at: i64,
    answered_by: String,
}

row! { Answers, tenant::answers, tenant::answers::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::audit, check_for_backend(Backend))]
pub(crate) struct Audit {
    seq: i64,
    at: i64,
    person: String,
    action: String,
    subject: String,
    details: String,
    prev_hash: String,
    hash: String,
}

row! { Audit, tenant::audit, tenant::audit::seq }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::audit_head, check_for_backend(Backend))]
pub(crate) struct AuditHead {
    id: i64,
    seq: i64,
    hash: String,
    mark: String,
}

row! { AuditHead, tenant::audit_head, tenant::audit_head::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::dispute_decisions, check_for_backend(Backend))]
pub(crate) struct DisputeDecisions {
    dispute_id: String,
    state: String,
    reason: String,
    decided_at: i64,
    decided_by: String,
}

row! { DisputeDecisions, tenant::dispute_decisions, tenant::dispute_decisions::dispute_id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::dispute_files, check_for_backend(Backend))]
pub(crate) struct DisputeFiles {
    dispute_id: String,
    sha256: String,
    file_name: String,
    media_type: String,
    file_bytes: i64,
    added_at: i64,
    added_by: String,
}

row! { DisputeFiles, tenant::dispute_files, (tenant::dispute_files::dispute_id, tenant::dispute_files::sha256) }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::dispute_results, check_for_backend(Backend))]
pub(crate) struct DisputeResults {
    dispute_id: String,
    result_json: Option<String>,
    error: Option<String>,
    computed_at: i64,
}

row! { DisputeResults, tenant::dispute_results, tenant::dispute_results::dispute_id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::disputes, check_for_backend(Backend))]
pub(crate) struct Disputes {
    id: String,
    edition: i64,
    provider: String,
    service: String,
    table_name: String,
    column_name: String,
    row_key: Option<String>,
    claim: String,
    proposed_value: Option<String>,
    evidence: String,
    scenario_id: Option<String>,
    raised_for: String,
    created_at: i64,
    created_by: String,
}

row! { Disputes, tenant::disputes, tenant::disputes::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::edition_parts, check_for_backend(Backend))]
pub(crate) struct EditionParts {
    edition: i64,
    owner: String,
    table_name: String,
    submission_id: String,
}

row! { EditionParts, tenant::edition_parts, (tenant::edition_parts::edition, tenant::edition_parts::owner, tenant::edition_parts::table_name) }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::edition_values, check_for_backend(Backend))]
pub(crate) struct EditionValues {
    edition: i64,
    book_sha256: String,
    value_json: String,
    computed_at: i64,
    evidence_json: Option<String>,
}

row! { EditionValues, tenant::edition_values, tenant::edition_values::edition }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::editions, check_for_backend(Backend))]
pub(crate) struct Editions {
    number: i64,
    parameters_sha256: String,
    created_at: i64,
    created_by: String,
}

row! { Editions, tenant::editions, tenant::editions::number }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::jobs, check_for_backend(Backend))]
pub(crate) struct Jobs {
    id: String,
    kind: String,
    subject: String,
    payload: String,
    state: String,
    attempts: i64,
    fence: i64,
    lease_until: Option<i64>,
    progress: f64,
    message: String,
    error: Option<String>,
    created_at: i64,
    finished_at: Option<i64>,
}

row! { Jobs, tenant::jobs, tenant::jobs::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::releases, check_for_backend(Backend))]
pub(crate) struct Releases {
    id: String,
    edition: i64,
    purpose: String,
    #[serde(with = "serde_bytes")]
    content: Vec<u8>,
    content_sha256: String,
    cells: String,
    created_at: i64,
    created_by: String,
}

row! { Releases, tenant::releases, tenant::releases::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::runs, check_for_backend(Backend))]
pub(crate) struct Runs {
    id: String,
    scenario_id: String,
    edition: i64,
    draws: Option<i64>,
    seed: Option<i64>,
    state: String,
    outcome: Option<String>,
    certified: Option<bool>,
    result_json: Option<String>,
    error: Option<String>,
    idempotency_key: Option<String>,
    created_at: i64,
    created_by: String,
    finished_at: Option<i64>,
    beside: Option<String>,
    frontier_json: Option<String>,
}

row! { Runs, tenant::runs, tenant::runs::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::scenarios, check_for_backend(Backend))]
pub(crate) struct Scenarios {
    id: String,
    name: String,
    toml: String,
    created_at: i64,
    created_by: String,
}

row! { Scenarios, tenant::scenarios, tenant::scenarios::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::submission_bad_rows, check_for_backend(Backend))]
pub(crate) struct SubmissionBadRows {
    submission_id: String,
    table_name: String,
    #[serde(with = "serde_bytes")]
    csv: Vec<u8>,
}

row! { SubmissionBadRows, tenant::submission_bad_rows, (tenant::submission_bad_rows::submission_id, tenant::submission_bad_rows::table_name) }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::submission_queries, check_for_backend(Backend))]
pub(crate) struct SubmissionQueries {
    submission_id: String,
    number: i64,
    table_name: String,
    rule: String,
    row_number: Option<i64>,
    column_name: Option<String>,
    business_key: Option<String>,
    message: String,
    occurrences: i64,
}

row! { SubmissionQueries, tenant::submission_queries, (tenant::submission_queries::submission_id, tenant::submission_queries::number) }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::submission_tables, check_for_backend(Backend))]
pub(crate) struct SubmissionTables {
    submission_id: String,
    table_name: String,
    #[serde(with = "serde_bytes")]
    csv: Vec<u8>,
    sha256: String,
    row_count: i64,
    total_pence: Option<i64>,
}

row! { SubmissionTables, tenant::submission_tables, (tenant::submission_tables::submission_id, tenant::submission_tables::table_name) }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = tenant::submissions, check_for_backend(Backend))]
pub(crate) struct Submissions {
    id: String,
    owner: String,
    table_name: String,
    version: i64,
    file_name: String,
    file_sha256: String,
    file_bytes: i64,
    state: String,
    report: Option<String>,
    created_at: i64,
    created_by: String,
    checked_at: Option<i64>,
    submitted_at: Option<i64>,
    submitted_by: Option<String>,
    signed_off_at: Option<i64>,
    signed_off_by: Option<String>,
}

row! { Submissions, tenant::submissions, tenant::submissions::id }
