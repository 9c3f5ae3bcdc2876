//! Editions of the book and their values.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use api::value::ValueJson;
use serde::Deserialize;
use tenancy::demand;
use utoipa::IntoParams;

use super::{BASE, json_text};
use crate::actions::editions;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{
    AgainstEditionQuery, EditionDifferencesJson, EditionJson, ListJson, PageQuery,
    TableDifferencesJson,
};
use crate::state::{AppState, blocking};

/// Which edition.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EditionQuery {
    /// The edition's number; the latest unless told.
    edition: Option<u64>,
}

/// The Board's editions, newest first.
#[utoipa::path(tag = "editions", params(PageQuery), responses(
    (status = 200, body = ListJson<EditionJson>)))]
#[get("/editions")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<EditionJson>>, Problem> {
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| editions::list(state, &who, &page)).await?;
    Ok(Json(ListJson::of(found, EditionJson::from)))
}

/// Publish what is signed off as the next edition. Its values are computed afterwards.
#[utoipa::path(tag = "editions", responses(
    (status = 201, body = EditionJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Nothing new is signed off")))]
#[post("/editions")]
pub(super) async fn publish(
    state: Data<AppState>,
    who: May<demand::Publish>,
    reads: May<demand::ReadBook>,
) -> Result<HttpResponse, Problem> {
    let edition = blocking(&state, move |state| {
        let number = editions::publish(state, &who)?;
        editions::one(state, &reads, number)
    });
    let edition = EditionJson::from(edition.await?);
    let place = format!("{BASE}/editions/{}", edition.number);
    Ok(HttpResponse::Created().insert_header((LOCATION, place)).json(edition))
}

/// One edition.
#[utoipa::path(tag = "editions", params(("number" = u64, Path)), responses(
    (status = 200, body = EditionJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/editions/{number}")]
pub(super) async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
) -> Result<Json<EditionJson>, Problem> {
    let number = number.into_inner();
    let edition = blocking(&state, move |state| editions::one(state, &who, number)).await?;
    Ok(Json(edition.into()))
}

/// What changed since another edition, the one before unless told; to a provider, of its own rows.
#[utoipa::path(tag = "editions", params(("number" = u64, Path), AgainstEditionQuery), responses(
    (status = 200, body = EditionDifferencesJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/editions/{number}/differences")]
pub(super) async fn differences(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    number: Path<u64>,
    query: Query<AgainstEditionQuery>,
) -> Result<Json<EditionDifferencesJson>, Problem> {
    let (edition, against) = (number.into_inner(), query.against);
    let found = blocking(&state, move |state| editions::differences(state, &who, edition, against));
    let (against, changed) = found.await?;
    let tables = changed.into_iter().map(TableDifferencesJson::from).collect();
    Ok(Json(EditionDifferencesJson { edition, against, tables }))
}

/// The value table of one edition.
#[utoipa::path(tag = "value", params(("number" = u64, Path)), responses(
    (status = 200, body = ValueJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not computed yet, or it could not be")))]
#[get("/editions/{number}/value")]
pub(super) async fn value_of(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
) -> Result<HttpResponse, Problem> {
    let number = Some(number.into_inner());
    let text = blocking(&state, move |state| editions::value_text(state, &who, number)).await?;
    Ok(json_text(text))
}

/// The value table of the latest edition, or of the one named.
#[utoipa::path(tag = "value", params(EditionQuery), responses(
    (status = 200, body = ValueJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Nothing published or computed yet")))]
#[get("/value")]
pub(super) async fn value(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<EditionQuery>,
) -> Result<HttpResponse, Problem> {
    let number = query.edition;
    let text = blocking(&state, move |state| editions::value_text(state, &who, number)).await?;
    Ok(json_text(text))
}
