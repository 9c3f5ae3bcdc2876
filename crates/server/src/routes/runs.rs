//! Runs of scenarios.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use api::frontier::FrontierJson;
use api::result::RunJson;
use store::{NewRun, RunId};
use tenancy::demand;

use super::{BASE, json_text};
use crate::actions::runs;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{ListJson, NewRunJson, PageQuery, RunStatusJson};
use crate::state::{AppState, blocking};

/// The Board's runs, newest first.
#[utoipa::path(tag = "runs", params(PageQuery), responses(
    (status = 200, body = ListJson<RunStatusJson>)))]
#[get("/runs")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<RunStatusJson>>, Problem> {
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| runs::list(state, &who, &page)).await?;
    Ok(Json(ListJson::of(found, RunStatusJson::from)))
}

/// Ask for a run of a scenario on an edition. The same `Idempotency-Key` again answers with the
/// same run.
#[utoipa::path(tag = "runs", request_body = NewRunJson,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 202, body = RunStatusJson, description = "A worker computes it"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/runs")]
pub(super) async fn start(
    state: Data<AppState>,
    who: May<demand::RunScenarios>,
    reads: May<demand::ReadBook>,
    request: HttpRequest,
    new: Json<NewRunJson>,
) -> Result<HttpResponse, Problem> {
    let key = request.headers().get("idempotency-key").map(|value| value.to_str());
    let key = key.transpose().map_err(|_| Problem::malformed("Idempotency-Key is not text"))?;
    let NewRunJson { scenario, edition, draws, seed, beside } = new.into_inner();
    let idempotency_key = key.map(str::to_owned);
    let scenario = scenario.parse()?;
    let beside = beside.into();
    let new = NewRun { scenario, edition, draws, seed, beside, idempotency_key };
    let status = blocking(&state, move |state| {
        let id = runs::start(state, &who, &new)?;
        runs::status(state, &reads, &id)
    });
    let status = RunStatusJson::from(status.await?);
    let place = format!("{BASE}/runs/{}", status.id);
    Ok(HttpResponse::Accepted().insert_header((LOCATION, place)).json(status))
}

/// The result of a run, exactly as `valuebook solve --format json` writes it, with `--ranges` and
/// `--sensitivity` where they were asked for.
#[utoipa::path(tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, body = RunJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not computed yet, or it could not be")))]
#[get("/runs/{id}")]
pub(super) async fn result(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: RunId = id.parse()?;
    let text = blocking(&state, move |state| runs::result_text(state, &who, &id)).await?;
    Ok(json_text(text))
}

/// Health against budget beside a run, exactly as `valuebook frontier --format json` writes it.
#[utoipa::path(tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, body = FrontierJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not asked for, not computed yet, or there is none")))]
#[get("/runs/{id}/frontier")]
pub(super) async fn frontier(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: RunId = id.parse()?;
    let text = blocking(&state, move |state| runs::frontier_text(state, &who, &id)).await?;
    Ok(json_text(text))
}

/// How far a run is.
#[utoipa::path(tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, body = RunStatusJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/runs/{id}/status")]
pub(super) async fn how_far(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<Json<RunStatusJson>, Problem> {
    let id: RunId = id.parse()?;
    let status = blocking(&state, move |state| runs::status(state, &who, &id)).await?;
    Ok(Json(status.into()))
}
