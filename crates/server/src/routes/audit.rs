//! The audit record of one's own Board.

use actix_web::web::{Data, Json, Query};
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use tenancy::demand;
use utoipa::ToSchema;

use super::attachment;
use crate::actions::audit;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{AuditEntryJson, AuditHeadJson, AuditSearchQuery, ListJson};
use crate::state::{AppState, blocking};

/// Whether the audit record is whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct AuditJson {
    /// Whether every line follows from the one before, and the last one is marked as it.
    whole: bool,
    /// How many lines there are.
    entries: u64,
    /// The hash of the last line.
    head: String,
    /// The first line that is wrong, and why.
    broken: Option<String>,
}

/// Recompute the chain of your Board's audit record.
#[utoipa::path(tag = "audit", responses(
    (status = 200, body = AuditJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/audit")]
pub(super) async fn whole(
    state: Data<AppState>,
    who: May<demand::ReadAudit>,
) -> Result<Json<AuditJson>, Problem> {
    let report = blocking(&state, move |state| audit::verify(state, &who)).await?;
    Ok(Json(AuditJson {
        whole: report.broken.is_none(),
        entries: report.entries,
        head: report.head,
        broken: report.broken.map(|(line, why)| format!("line {line}: {why}")),
    }))
}

/// How the record ends, signed: keep it elsewhere, and `valuebook admin verify-audit --head FILE`
/// tells later whether the record still begins with it.
#[utoipa::path(tag = "audit", responses(
    (status = 200, body = AuditHeadJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "The record is not whole")))]
#[get("/audit/head")]
pub(super) async fn head(
    state: Data<AppState>,
    who: May<demand::ReadAudit>,
) -> Result<Json<AuditHeadJson>, Problem> {
    Ok(Json(blocking(&state, move |state| audit::head(state, &who)).await?.into()))
}

/// Lines of the record, newest first.
#[utoipa::path(tag = "audit", params(AuditSearchQuery), responses(
    (status = 200, body = ListJson<AuditEntryJson>),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "A day or the cursor is not one")))]
#[get("/audit/entries")]
pub(super) async fn entries(
    state: Data<AppState>,
    who: May<demand::ReadAudit>,
    query: Query<AuditSearchQuery>,
) -> Result<Json<ListJson<AuditEntryJson>>, Problem> {
    let page = query.page();
    let asked = query.asked().map_err(|(_, problem)| problem)?;
    let found = blocking(&state, move |state| audit::entries(state, &who, &asked, &page)).await?;
    Ok(Json(ListJson::of(found, AuditEntryJson::from)))
}

/// All lines that are asked for as a file, oldest first. Taking them out leaves a line itself.
#[utoipa::path(tag = "audit", params(AuditSearchQuery), responses(
    (status = 200, content_type = "text/csv", body = String),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "A day is not one")))]
#[get("/audit.csv")]
pub(super) async fn csv(
    state: Data<AppState>,
    who: May<demand::ReadAudit>,
    query: Query<AuditSearchQuery>,
) -> Result<HttpResponse, Problem> {
    let asked = query.asked().map_err(|(_, problem)| problem)?;
    let csv = blocking(&state, move |state| audit::csv(state, &who, &asked)).await?;
    Ok(attachment(audit::FILE, "text/csv; charset=utf-8", csv))
}
