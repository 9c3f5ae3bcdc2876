//! Handing in figures, their outcome, answering what is asked, signing off.

mod answers;
mod hand_in;
mod signing;
mod versions;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, get, post};
use api::check::CheckJson;
use api::export;
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use store::{JobState, Page, Submission, SubmissionId, SubmissionState};
use tenancy::{Permission, Permitted, Scope, demand};

use super::frame::{by, moment, shown};
use super::render::{html, render};
use super::view::Link;
use super::view::chrome::Chrome;
use super::view::labels::{submission_state, upload_table};
use super::view::submission::{
    Judged, ProblemQuery, Progress, SubmissionFacts, SubmissionRow, SubmissionView,
    SubmissionsView, open,
};
use super::view::table::{After, older};
use super::{download, see_other};
use crate::actions::answers as asking;
use crate::actions::submissions::{self, Details};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Adds the pages of submissions; those with longer addresses first.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list)
        .service(hand_in::ask)
        .service(hand_in::receive)
        .service(progress)
        .service(problems)
        .service(rows_to_mend)
        .service(answers::ask)
        .service(answers::give)
        .service(submit)
        .service(signing::look)
        .service(signing::sign_off)
        .service(versions::list)
        .service(versions::compare)
        .service(one);
}

/// What was handed in, as far as one may see it.
#[get("/submissions")]
pub async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    query: Query<After>,
) -> Result<HttpResponse, Problem> {
    let page = Page { after: query.into_inner().after, size: None };
    shown(&state, &who, "/submissions", "submissions.html", move |state, who| {
        let found = submissions::list(state, &sees, &page)?;
        let rows: Vec<SubmissionRow> = found.items.iter().map(row).collect();
        let may_upload = who.may(Permission::Upload);
        let older = older("/submissions", found.next.as_deref());
        Ok(SubmissionsView { older, ..SubmissionsView::new(rows, may_upload) })
    })
    .await
}

/// One submission and what the checks found.
#[get("/submissions/{id}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<ProblemQuery>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let query = query.into_inner();
    shown(&state, &who, "/submissions/one", "submission.html", move |state, who| {
        let details = submissions::details(state, &sees, &id)?;
        let facts = facts(state, who, &sees, &details)?;
        let rules = &state.catalogue.rules;
        Ok(SubmissionView::new(facts, details.report.as_ref(), rules, &query))
    })
    .await
}

/// How far the checks are: a fragment that asks for the whole page once they are done.
#[get("/submissions/{id}/progress")]
pub async fn progress(
    state: Data<AppState>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let details = blocking(&state, move |state| submissions::details(state, &sees, &id)).await?;
    if details.submission.state != SubmissionState::Draft || details.job.state == JobState::Failed {
        return Ok(HttpResponse::Ok().insert_header(("HX-Refresh", "true")).finish());
    }
    let view = SubmissionView {
        id: details.submission.id.to_string(),
        progress: Some(Progress::from(&details.job)),
        ..SubmissionView::default()
    };
    let text = render("submission-progress.html", &Chrome::default(), &view)
        .map_err(|error| Problem::internal(&format!("{error:#}")))?;
    Ok(html(StatusCode::OK, text))
}

/// Every problem that was found, with its mend.
#[get("/submissions/{id}/problems.csv")]
pub async fn problems(
    state: Data<AppState>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let name = format!("valuebook-problems-{id}.csv");
    let found = blocking(&state, move |state| submissions::problems(state, &sees, &id)).await?;
    download::csv(&name, &export::PROBLEMS, &found.problems)
}

/// Which table.
#[derive(Deserialize)]
pub struct OfTable {
    table: Option<String>,
}

/// The rows of a table that must be mended, as they were sent, with the mend beside each.
#[get("/submissions/{id}/rows-to-mend.csv")]
pub async fn rows_to_mend(
    state: Data<AppState>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<OfTable>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let table = query.into_inner().table;
    let version = id.to_string();
    let found = blocking(&state, move |state| submissions::bad_rows(state, &sees, &id, table));
    let (table, csv) = found.await?;
    let name = format!("attachment; filename=\"valuebook-to-mend-{version}-{table}.csv\"");
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, name))
        .body(csv))
}

/// Shows a checked submission to the Board.
#[post("/submissions/{id}/submit")]
pub async fn submit(
    state: Data<AppState>,
    who: May<demand::Upload>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let place = address(&id);
    blocking(&state, move |state| submissions::submit(state, &who, &id)).await?;
    Ok(see_other(&place))
}

fn address(id: &SubmissionId) -> String {
    format!("/submissions/{id}")
}

/// The table and its version.
pub fn title(submission: &Submission) -> String {
    format!("{}, version {}", upload_table(&submission.table), submission.version)
}

/// Whose it is.
pub fn owner(submission: &Submission) -> String {
    submission.owner.as_ref().map_or_else(|| "the ICB".to_owned(), ToString::to_string)
}

/// The newest of each owner and table; the list comes newest first.
pub fn latest_of_each(submissions: Vec<Submission>) -> Vec<Submission> {
    let mut latest: Vec<Submission> = Vec::new();
    for submission in submissions {
        let known =
            |other: &Submission| other.owner == submission.owner && other.table == submission.table;
        if !latest.iter().any(known) {
            latest.push(submission);
        }
    }
    latest
}

fn row(submission: &Submission) -> SubmissionRow {
    SubmissionRow {
        link: Link::new(title(submission), address(&submission.id)),
        owner: owner(submission),
        file_name: submission.file_name.clone(),
        when: moment(submission.created_at),
        tag: submission_state(submission.standing().code()),
    }
}

fn facts(
    state: &AppState,
    who: &Scope,
    sees: &Permitted<demand::ReadSubmissions>,
    details: &Details,
) -> Result<SubmissionFacts, Problem> {
    let submission = &details.submission;
    let waiting = submission.state == SubmissionState::Draft;
    let failed = waiting && details.job.state == JobState::Failed;
    let asked = asking::list(state, sees, &submission.id)?;
    let tables = submission.tables.iter();
    Ok(SubmissionFacts {
        id: submission.id.to_string(),
        owner: owner(submission),
        table: submission.table.clone(),
        version: submission.version,
        file_name: submission.file_name.clone(),
        state: submission.standing().code().to_owned(),
        history: history(who, submission),
        may_submit: submissions::may_submit(who, submission),
        may_sign_off: submissions::may_sign_off(who, submission),
        may_answer: may_answer(who, submission),
        open: open(&asked),
        asked: !asked.is_empty(),
        to_mend: submissions::tables_to_mend(state, sees, &submission.id)?,
        tables: tables.map(|table| (table.table.clone(), table.rows, table.total)).collect(),
        judged: details.report.as_ref().and_then(|report| judged(state, report)),
        progress: (waiting && !failed).then(|| Progress::from(&details.job)),
        failed: failed.then(|| details.job.error.clone().unwrap_or_default()),
    })
}

/// Whether this person may answer what is asked, now.
fn may_answer(who: &Scope, submission: &Submission) -> bool {
    who.may(Permission::Upload)
        && submission.owner.as_ref() == who.provider()
        && matches!(submission.state, SubmissionState::Checked | SubmissionState::Submitted)
}

/// Today, with the days that figures of the checked year stay fresh.
fn judged(state: &AppState, report: &CheckJson) -> Option<Judged> {
    let year = report.reconciliation.first()?.fin_year.parse().ok()?;
    let fresh_days = state.catalogue.parameters.for_year(year).ok()?.fresh_days;
    Some(Judged { today: Timestamp::now().to_zoned(TimeZone::UTC).date(), fresh_days })
}

fn history(who: &Scope, submission: &Submission) -> Vec<String> {
    let mut lines = vec![format!(
        "Handed in{} on {}",
        by(who, &submission.created_by),
        moment(submission.created_at)
    )];
    if let Some(time) = submission.checked_at {
        lines.push(format!("Checked on {}", moment(time)));
    }
    let steps = [
        ("Handed in for sign-off", submission.submitted_at, &submission.submitted_by),
        ("Signed off", submission.signed_off_at, &submission.signed_off_by),
    ];
    for (step, time, person) in steps {
        if let (Some(time), Some(person)) = (time, person) {
            lines.push(format!("{step}{} on {}", by(who, person), moment(time)));
        }
    }
    lines.extend(submission.published_in.first().map(|first| {
        match submission.published_in.last().filter(|last| *last != first) {
            None => format!("Published in edition {first}"),
            Some(last) => format!("Published in editions {first} to {last}"),
        }
    }));
    if submission.superseded_by().is_some() {
        lines.push("Superseded: a later version is signed off".to_owned());
    }
    lines
}
