//! The value explorer and the page of each service.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use api::export::{self, Sheet};
use tenancy::{Permission, demand};

use super::frame::shown;
use super::view::service::ServiceView;
use super::view::table::encoded;
use super::view::value::{ValueQuery, ValueView};
use super::{compare, download};
use crate::actions::{editions, evidence};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Every service on one scale.
#[get("/value")]
pub async fn explorer(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<ValueQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    shown(&state, &who, "/value", "value.html", move |state, who| {
        match editions::value(state, who, None) {
            Ok(value) => Ok(ValueView::new(&value, &query)),
            Err(problem) if is_not_yet(&problem) => Ok(ValueView::not_yet(&problem.detail)),
            Err(problem) => Err(problem),
        }
    })
    .await
}

/// The same as a table for a spreadsheet.
#[get("/value/services.csv")]
pub async fn table(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
) -> Result<HttpResponse, Problem> {
    let value = blocking(&state, move |state| editions::value(state, &who, None)).await?;
    download::csv("valuebook-services.csv", &export::VALUES, &value.services)
}

/// The same as a workbook, with what a reader must know of the book.
#[get("/value/services.xlsx")]
pub async fn workbook(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
) -> Result<HttpResponse, Problem> {
    let value = blocking(&state, move |state| editions::value(state, &who, None)).await?;
    let sheet = Sheet { name: "services", columns: &export::VALUES, rows: &value.services };
    download::xlsx("valuebook-services.xlsx", &sheet, &value.notes)
}

/// One service.
#[get("/value/{provider}/{service}")]
pub async fn service(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (provider, code) = path.into_inner();
    shown(&state, &who, "/value/service", "service.html", move |state, who| {
        let value = match editions::value(state, who, None) {
            Err(problem) if is_not_yet(&problem) => return Err(Problem::not_found()),
            other => other?,
        };
        let key = format!("{provider}/{code}");
        let service = value.services.iter().find(|service| service.service == key);
        let service = service.ok_or_else(Problem::not_found)?;
        // Editions of before it was kept have none; the page says so.
        let evidence = match evidence::of_edition(state, who, None) {
            Ok((_, evidence)) => Some(evidence),
            Err(problem) if is_not_yet(&problem) => None,
            Err(problem) => return Err(problem),
        };
        let latest = editions::latest(state, who)?.filter(|_| who.may(Permission::Dispute));
        let dispute = latest.map(|edition| {
            format!("/disputes/new?edition={}&service={}", edition.number, encoded(&key))
        });
        let benchmark = evidence
            .as_ref()
            .and_then(|found| compare::of_service(&found.benchmarks.reported, &value, service));
        let doubt = evidence.as_ref().map(|found| &found.uncertainty);
        let page = ServiceView::new(&value, service, doubt);
        let is_seen = who.provider().is_none_or(|own| own.as_str() == provider);
        let rows = page.rows.clone().filter(|_| is_seen);
        Ok(ServiceView { dispute, benchmark, rows, ..page })
    })
    .await
}

/// Nothing is published, or it is still being valued, or that failed: each a sentence.
pub fn is_not_yet(problem: &Problem) -> bool {
    ["conflict", "pending", "job_failed"].contains(&problem.code)
}
