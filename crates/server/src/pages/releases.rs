//! Tables that leave the ICB.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Form, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;
use store::{Page, Release, ReleaseId};
use tenancy::{Scope, demand};

use super::frame::{answered, by, moment, shown};
use super::see_other;
use super::view::agreement::Fact;
use super::view::release::{ReleaseForm, ReleaseFormView, ReleaseRow, ReleaseView, ReleasesView};
use super::view::table::{After, older};
use super::view::{FieldError, Link};
use crate::actions::{editions, releases};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Adds the pages of releases.
pub fn configure(config: &mut ServiceConfig) {
    config.service(list).service(ask).service(make).service(csv).service(one);
}

/// What has left the ICB.
#[get("/releases")]
pub async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    releases: May<demand::Release>,
    query: Query<After>,
) -> Result<HttpResponse, Problem> {
    let page = Page { after: query.into_inner().after, size: None };
    shown(&state, &who, "/releases", "releases.html", move |state, who| {
        let found = releases::list(state, &releases, &page)?;
        let row = |release: &Release| ReleaseRow {
            link: Link::new(&release.purpose, format!("/releases/{}", release.id)),
            edition: release.edition,
            when: when(who, release),
        };
        let rows = found.items.iter().map(row).collect();
        let older = older("/releases", found.next.as_deref());
        Ok(ReleasesView { older, ..ReleasesView::new(rows, page.after.is_none()) })
    })
    .await
}

/// The form to make one.
#[get("/releases/new")]
pub async fn ask(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    _releases: May<demand::Release>,
) -> Result<HttpResponse, Problem> {
    shown(&state, &who, "/releases/new", "release-new.html", |state, who| {
        let edition = editions::latest(state, who)?.map(|edition| edition.number);
        Ok(ReleaseFormView::new(edition, ReleaseForm::default(), Vec::new()))
    })
    .await
}

/// Makes one.
#[post("/releases")]
pub async fn make(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    releases: May<demand::Release>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let form = ReleaseForm::gather(form.into_inner());
    let form = form.ok_or_else(|| Problem::malformed("the form has a field that it should not"))?;
    let errors: Vec<FieldError> = match form.read() {
        Err(errors) => errors,
        Ok(new) => {
            let reads = who.0.clone();
            let made =
                blocking(&state, move |state| releases::make(state, &releases, &reads, &new));
            match made.await {
                Ok(release) => return Ok(see_other(&format!("/releases/{}", release.id))),
                Err(problem) if problem.code == "invalid" => vec![form.refused(&problem.detail)],
                Err(problem) => return Err(problem),
            }
        }
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    answered(&state, &who, status, "/releases/new", "release-new.html", move |state, who| {
        let edition = editions::latest(state, who)?.map(|edition| edition.number);
        Ok(ReleaseFormView::new(edition, form, errors))
    })
    .await
}

/// Which rows.
#[derive(Clone, Debug, Deserialize)]
pub struct AtPage {
    page: Option<usize>,
}

/// One release, as it left the ICB.
#[get("/releases/{id}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    releases: May<demand::Release>,
    id: Path<String>,
    query: Query<AtPage>,
) -> Result<HttpResponse, Problem> {
    let id: ReleaseId = id.parse()?;
    shown(&state, &who, "/releases/one", "release.html", move |state, who| {
        let released = releases::one(state, &releases, &id)?;
        let release = &released.release;
        let fact = |key, value: String| Fact { key, value, note: None };
        let facts = vec![
            fact("For", release.purpose.clone()),
            fact("Made from", format!("Edition {}", release.edition)),
            fact("Made", when(who, release)),
        ];
        Ok(ReleaseView { facts, ..ReleaseView::new(&released, query.page.unwrap_or(1)) })
    })
    .await
}

/// Its file, byte for byte.
#[get("/releases/{id}.csv")]
pub async fn csv(
    state: Data<AppState>,
    releases: May<demand::Release>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ReleaseId = id.parse()?;
    let name = format!("attachment; filename=\"valuebook-release-{id}.csv\"");
    let bytes = blocking(&state, move |state| releases::csv(state, &releases, &id)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, name))
        .body(bytes))
}

fn when(who: &Scope, release: &Release) -> String {
    format!("{}{}", moment(release.created_at), by(who, &release.created_by))
}
