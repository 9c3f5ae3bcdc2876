//! Tables that leave the Board.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use store::ReleaseId;
use tenancy::demand;

use super::{BASE, attachment};
use crate::actions::releases;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{ListJson, NewReleaseJson, PageQuery, ReleaseJson};
use crate::state::{AppState, blocking};

/// What has left the Board, newest first.
#[utoipa::path(tag = "releases", params(PageQuery), responses(
    (status = 200, body = ListJson<ReleaseJson>),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/releases")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::Release>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<ReleaseJson>>, Problem> {
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| releases::list(state, &who, &page)).await?;
    Ok(Json(ListJson::of(found, ReleaseJson::from)))
}

/// Make a table that may leave the Board. Counts of 1 to 7 are hidden with their costs, also where
/// they could be worked out with what has been released before; others are rounded to 5.
#[utoipa::path(tag = "releases", request_body = NewReleaseJson, responses(
    (status = 201, body = ReleaseJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Nothing is published yet"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "There is nothing of what is asked for, or no purpose")))]
#[post("/releases")]
pub(super) async fn make(
    state: Data<AppState>,
    who: May<demand::Release>,
    reads: May<demand::ReadBook>,
    new: Json<NewReleaseJson>,
) -> Result<HttpResponse, Problem> {
    let new = new.into_inner().try_into()?;
    let made = blocking(&state, move |state| {
        let release = releases::make(state, &who, &reads, &new)?;
        releases::one(state, &who, &release.id)
    });
    let release = ReleaseJson::from(made.await?);
    let place = format!("{BASE}/releases/{}", release.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, place)).json(release))
}

/// One release with its table.
#[utoipa::path(tag = "releases", params(("id" = String, Path)), responses(
    (status = 200, body = ReleaseJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/releases/{id}")]
pub(super) async fn one(
    state: Data<AppState>,
    who: May<demand::Release>,
    id: Path<String>,
) -> Result<Json<ReleaseJson>, Problem> {
    let id: ReleaseId = id.parse()?;
    Ok(Json(blocking(&state, move |state| releases::one(state, &who, &id)).await?.into()))
}

/// The file of a release, byte for byte as it left the Board.
#[utoipa::path(tag = "releases", params(("id" = String, Path)), responses(
    (status = 200, content_type = "text/csv", body = String),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/releases/{id}.csv")]
pub(super) async fn csv(
    state: Data<AppState>,
    who: May<demand::Release>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ReleaseId = id.parse()?;
    let name = format!("valuebook-release-{id}.csv");
    let csv = blocking(&state, move |state| releases::csv(state, &who, &id)).await?;
    Ok(attachment(&name, "text/csv; charset=utf-8", csv))
}
