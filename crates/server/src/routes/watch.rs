//! What watches over the service.

use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use store::{QueueLength, StoreError};
use tenancy::Operator;

use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// The process answers.
#[get("/healthz")]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The databases answer too.
#[get("/readyz")]
pub(super) async fn readyz(state: Data<AppState>) -> Result<&'static str, Problem> {
    if state.wake.is_leaving() {
        return Err(Problem::stopping());
    }
    blocking(&state, |state| state.store.tenants(&Operator::from_command_line())).await?;
    Ok("ready\n")
}

/// What a proxy says of whom it asks for.
const FORWARDED: [HeaderName; 2] =
    [HeaderName::from_static("forwarded"), HeaderName::from_static("x-forwarded-for")];

/// Whoever has the token reads the counts; without a public address, this machine does too. With
/// one a proxy stands in front, on this machine perhaps, and what comes from it comes from anyone.
fn may_watch(request: &HttpRequest, state: &AppState) -> bool {
    let authorization = request.headers().get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let token = state.guard.metrics_token.as_ref();
    if token.zip(authorization).is_some_and(|(token, given)| token.is_in(given)) {
        return true;
    }
    let peer = request.peer_addr();
    let is_here = peer.is_none_or(|peer| peer.ip().to_canonical().is_loopback());
    let is_passed_on = FORWARDED.iter().any(|name| request.headers().contains_key(name));
    is_here && !is_passed_on && !state.site.is_secure()
}

/// Counts, in Prometheus' text form.
#[get("/metrics")]
pub(super) async fn metrics(
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    if !may_watch(&request, &state) {
        return Err(Problem::not_found());
    }
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
