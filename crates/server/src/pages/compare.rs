//! Unit costs against others, who gains, and spend against need.

use actix_web::web::{Data, Query, ServiceConfig};
use actix_web::{HttpResponse, get};
use api::benchmark::BenchmarkJson;
use api::value::{ServiceValueJson, ValueJson};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tenancy::demand;

use super::frame::shown;
use super::values::is_not_yet;
use super::view::benchmark::{BenchmarkPart, BenchmarksQuery, BenchmarksView};
use super::view::equity::{EquityQuery, EquityView};
use super::view::need::{NeedQuery, NeedView};
use crate::actions::{editions, evidence};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::AppState;

/// Adds the pages.
pub fn configure(config: &mut ServiceConfig) {
    config.service(benchmarks).service(equity).service(need);
}

/// Every line's unit cost against the national means and against others that do the same.
#[get("/value/benchmarks")]
pub async fn benchmarks(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<BenchmarksQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    shown(&state, &who, "/value/benchmarks", "benchmarks.html", move |state, who| {
        let found = evidence::of_edition(state, who, None);
        let (number, evidence) = match found {
            Err(problem) if is_not_yet(&problem) => {
                return Ok(BenchmarksView::not_yet(&problem.detail));
            }
            other => other?,
        };
        let value = editions::value(state, who, Some(number))?;
        let board = who.provider().is_none();
        Ok(BenchmarksView::new(&value, &evidence.benchmarks, &query, today(), board))
    })
    .await
}

/// Who gains, by deprivation quintile; for people of the Board.
#[get("/value/equity")]
pub async fn equity(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<EquityQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    shown(&state, &who, "/value/equity", "equity.html", move |state, who| {
        match evidence::equity(state, who, None, query.asked()) {
            Ok((number, equity)) => Ok(EquityView::new(number, &equity, &query)),
            Err(problem) if is_not_yet(&problem) => Ok(EquityView::not_yet(&problem.detail)),
            Err(problem) => Err(problem),
        }
    })
    .await
}

/// Spend and health by place against a fair share by need; for people of the Board.
#[get("/value/need")]
pub async fn need(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<NeedQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    shown(&state, &who, "/value/need", "need.html", move |state, who| {
        match evidence::need(state, who, None) {
            Ok((number, need)) => Ok(NeedView::new(number, &need, &query)),
            Err(problem) if is_not_yet(&problem) => Ok(NeedView::not_yet(&problem.detail)),
            Err(problem) => Err(problem),
        }
    })
    .await
}

/// What the page of a service says of its unit cost; nothing where it is not compared.
pub fn of_service(
    table: &BenchmarkJson,
    value: &ValueJson,
    service: &ServiceValueJson,
) -> Option<BenchmarkPart> {
    let line = table.lines.iter().find(|line| line.service == service.service)?;
    Some(BenchmarkPart::new(value, service, table, line, today()))
}

/// The day on which reviews are judged.
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}
