//! From a figure back to the rows it comes from.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use tenancy::{Permission, demand};

use super::download;
use super::frame::shown;
use super::view::trace::{TraceQuery, TraceView};
use crate::actions::trace;
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// The rows that a service's figures come from.
#[get("/value/{provider}/{service}/rows")]
pub async fn rows(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    path: Path<(String, String)>,
    query: Query<TraceQuery>,
) -> Result<HttpResponse, Problem> {
    let (provider, code) = path.into_inner();
    let query = query.into_inner();
    shown(&state, &who, "/value/service", "trace.html", move |state, who| {
        let found = trace::rows(state, who, None, &format!("{provider}/{code}"))?;
        let submissions = who.may(Permission::ReadSubmissions);
        Ok(TraceView::new(&found, &query, submissions))
    })
    .await
}

/// Which table.
#[derive(Debug, Deserialize)]
pub struct TableOfRows {
    table: String,
}

/// All rows of one table that are about a service, as they were signed off.
#[get("/value/{provider}/{service}/rows.csv")]
pub async fn table(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    path: Path<(String, String)>,
    query: Query<TableOfRows>,
) -> Result<HttpResponse, Problem> {
    let (provider, code) = path.into_inner();
    let table = query.into_inner().table;
    let key = format!("{provider}/{code}");
    let text = blocking(&state, move |state| {
        let found = trace::rows(state, &who, None, &key)?;
        let fault = |error: &dyn std::fmt::Display| Problem::internal(error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut of_table = found.tables.iter().filter(|it| it.table == table).peekable();
        let columns = of_table.peek().map(|it| &it.columns).ok_or_else(Problem::not_found)?;
        writer.write_record(columns).map_err(|error| fault(&error))?;
        for row in of_table.flat_map(|it| &it.rows) {
            writer.write_record(row).map_err(|error| fault(&error))?;
        }
        writer.into_inner().map_err(|error| fault(&error))
    });
    Ok(download::file("valuebook-rows.csv", "text/csv; charset=utf-8", text.await?))
}
