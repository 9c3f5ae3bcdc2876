//! Runs: how far one is, what came of it, its downloads.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use api::export;
use store::{Run, RunId, RunState};
use tenancy::{Scope, demand};

use super::download;
use super::frame::{by, moment, shown};
use super::render::{html, render};
use super::view::chrome::Chrome;
use super::view::run::{RunPage, RunQuery, RunView, outcome_tag};
use super::view::scenarios::RunRow;
use super::view::submission::Progress;
use super::view::{Link, Tag};
use crate::actions::runs::{self, Status};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// One run: its progress, or what came of it.
#[get("/runs/{id}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
    query: Query<RunQuery>,
) -> Result<HttpResponse, Problem> {
    let id: RunId = id.parse()?;
    let query = query.into_inner();
    shown(&state, &who, "/scenarios/run", "run.html", move |state, who| {
        let mut page = page(who, runs::status(state, who, &id)?);
        if page.progress.is_none() && page.failed.is_none() {
            let run = runs::result(state, who, &id)?;
            page.result = Some(RunView::new(&run, &format!("/runs/{id}"), &query));
        }
        Ok(page)
    })
    .await
}

/// How far a run is: a fragment that asks for the whole page once it has ended.
#[get("/runs/{id}/progress")]
pub async fn progress(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: RunId = id.parse()?;
    let reads = who.0.clone();
    let status = blocking(&state, move |state| runs::status(state, &reads, &id)).await?;
    if status.run.state != RunState::Waiting {
        return Ok(HttpResponse::Ok().insert_header(("HX-Refresh", "true")).finish());
    }
    let text = render("run-progress.html", &Chrome::default(), &page(&who, status))
        .map_err(|error| Problem::internal(&format!("{error:#}")))?;
    Ok(html(StatusCode::OK, text))
}

/// The whole result, as the command line writes it.
#[get("/runs/{id}/result.json")]
pub async fn json(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: RunId = id.parse()?;
    let name = format!("valuebook-run-{id}.json");
    let text = blocking(&state, move |state| runs::result_text(state, &who, &id)).await?;
    Ok(download::file(&name, "application/json", text))
}

/// The services of a result as a table for a spreadsheet.
#[get("/runs/{id}/services.csv")]
pub async fn csv(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: RunId = id.parse()?;
    let name = format!("valuebook-run-{id}.csv");
    let run = blocking(&state, move |state| runs::result(state, &who, &id)).await?;
    download::csv(&name, &export::RUN_SERVICES, &run.services)
}

/// A run in a list.
pub fn row(run: &Run) -> RunRow {
    RunRow {
        link: Link::new(format!("On edition {}", run.edition), format!("/runs/{}", run.id)),
        when: moment(run.created_at),
        tag: match (run.state, &run.outcome) {
            (RunState::Done, Some(outcome)) => outcome_tag(outcome, run.certified == Some(true)),
            (RunState::Failed, _) => Tag::new("Failed", "red"),
            _ => Tag::new("Being solved", "grey"),
        },
    }
}

fn page(who: &Scope, status: Status) -> RunPage {
    let run = status.run;
    let scenario = format!("/scenarios/{}", run.scenario);
    RunPage {
        id: run.id.to_string(),
        asked: format!(
            "On edition {}, asked for{} on {}",
            run.edition,
            by(who, &run.created_by),
            moment(run.created_at)
        ),
        scenario: Link::new(run.scenario_name, scenario),
        progress: (run.state == RunState::Waiting).then(|| Progress::from(&status.job)),
        failed: (run.state == RunState::Failed)
            .then(|| run.error.unwrap_or_else(|| "It could not be solved.".to_owned())),
        result: None,
    }
}
