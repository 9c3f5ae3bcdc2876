//! What watches over the service.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use store::{QueueLength, StoreError};
use tenancy::{Operator, demand};
use utoipa::ToSchema;

use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::state::{AppState, blocking};

/// Whether the audit record is whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct AuditJson {
    /// Whether every line follows from the one before.
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
pub(super) async fn audit(
    state: Data<AppState>,
    who: May<demand::ReadAudit>,
) -> Result<Json<AuditJson>, Problem> {
    let report = blocking(&state, move |state| state.store.verify_audit(&who)).await?;
    Ok(Json(AuditJson {
        whole: report.broken.is_none(),
        entries: report.entries,
        head: report.head,
        broken: report.broken.map(|(line, why)| format!("line {line}: {why}")),
    }))
}

/// The process answers.
#[get("/healthz")]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The databases answer too.
#[get("/readyz")]
pub(super) async fn readyz(state: Data<AppState>) -> Result<&'static str, Problem> {
    if state.wake.is_stopping() {
        return Err(Problem::stopping());
    }
    blocking(&state, |state| state.store.tenants(&Operator::from_command_line())).await?;
    Ok("ready\n")
}

/// Counts, in Prometheus' text form.
#[get("/metrics")]
pub(super) async fn metrics(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let queue = blocking(&state, |state| {
        let mut all = QueueLength::default();
        for worker in state.store.workers(&Operator::from_command_line())? {
            let queue = state.store.queue_length(&worker)?;
            all.waiting = all.waiting.saturating_add(queue.waiting);
            all.working = all.working.saturating_add(queue.working);
            all.failed = all.failed.saturating_add(queue.failed);
        }
        Ok::<_, StoreError>(all)
    });
    let text = state.metrics.text(queue.await?);
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}
