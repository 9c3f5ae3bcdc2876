//! Scenarios.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use store::ScenarioId;
use tenancy::demand;

use super::BASE;
use crate::actions::scenarios;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{ListJson, NewScenarioJson, PageQuery, ScenarioJson};
use crate::state::{AppState, blocking};

/// The Board's scenarios, newest first.
#[utoipa::path(tag = "scenarios", params(PageQuery), responses(
    (status = 200, body = ListJson<ScenarioJson>)))]
#[get("/scenarios")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<ScenarioJson>>, Problem> {
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| scenarios::list(state, &who, &page)).await?;
    Ok(Json(ListJson::of(found, ScenarioJson::from)))
}

/// Keep a scenario file's text. Unknown keys are refused with the nearest known one.
#[utoipa::path(tag = "scenarios", request_body = NewScenarioJson, responses(
    (status = 201, body = ScenarioJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/scenarios")]
pub(super) async fn create(
    state: Data<AppState>,
    who: May<demand::RunScenarios>,
    reads: May<demand::ReadBook>,
    new: Json<NewScenarioJson>,
) -> Result<HttpResponse, Problem> {
    let toml = new.into_inner().toml;
    let scenario = blocking(&state, move |state| {
        let id = scenarios::create(state, &who, toml)?;
        scenarios::one(state, &reads, &id)
    });
    let scenario = ScenarioJson::from(scenario.await?);
    let place = format!("{BASE}/scenarios/{}", scenario.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, place)).json(scenario))
}

/// One scenario.
#[utoipa::path(tag = "scenarios", params(("id" = String, Path)), responses(
    (status = 200, body = ScenarioJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/scenarios/{id}")]
pub(super) async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<Json<ScenarioJson>, Problem> {
    let id: ScenarioId = id.parse()?;
    let scenario = blocking(&state, move |state| scenarios::one(state, &who, &id)).await?;
    Ok(Json(scenario.into()))
}
