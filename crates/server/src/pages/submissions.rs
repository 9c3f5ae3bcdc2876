//! Handing in a table, its outcome, signing it off.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use store::{JobState, Page, Submission, SubmissionId, SubmissionState};
use tenancy::{Permission, Scope, demand};

use super::format::sentence_case;
use super::frame::{around, by, moment, shown};
use super::render::{html, render};
use super::view::labels::{submission_state, upload_table};
use super::view::submission::{
    Progress, SubmissionFacts, SubmissionRow, SubmissionView, SubmissionsView, TableChoice,
    UploadView,
};
use super::view::table::{After, older};
use super::view::{FieldError, Link};
use super::{download, see_other};
use crate::actions::submissions::{self, Details};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

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
        let may_upload = who.role().may(Permission::Upload);
        let older = older("/submissions", found.next.as_deref());
        Ok(SubmissionsView { older, ..SubmissionsView::new(rows, may_upload) })
    })
    .await
}

/// The form to hand in a table.
#[get("/submissions/new")]
pub async fn ask(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    _hands_in: May<demand::Upload>,
) -> Result<HttpResponse, Problem> {
    shown(&state, &who, "/submissions/new", "upload.html", |state, who| {
        Ok(upload_view(state, who, Vec::new()))
    })
    .await
}

/// Takes the file of the form.
#[post("/submissions")]
pub async fn receive(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    hands_in: May<demand::Upload>,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    match submissions::receive_form(&state, &hands_in, form).await {
        Ok(received) => Ok(see_other(&address(&received.submission.id))),
        Err(problem) if problem.code == "invalid" => {
            let errors = vec![FieldError::new("file", sentence_case(&problem.detail))];
            let text = blocking(&state, move |state| {
                let view = upload_view(state, &who, errors);
                let chrome = around(state, &who)?.at("/submissions/new");
                render("upload.html", &chrome, &view)
                    .map_err(|error| Problem::internal(&format!("{error:#}")))
            });
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, text.await?))
        }
        Err(problem) => Err(problem),
    }
}

/// One submission and what the checks found.
#[get("/submissions/{id}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    shown(&state, &who, "/submissions/one", "submission.html", move |state, who| {
        let details = submissions::details(state, &sees, &id)?;
        let facts = facts(who, &details);
        Ok(SubmissionView::new(facts, details.report.as_ref()))
    })
    .await
}

/// How far the checks are: a fragment that asks for the whole page once they are done.
#[get("/submissions/{id}/progress")]
pub async fn progress(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let shows = who.0.clone();
    let details = blocking(&state, move |state| submissions::details(state, &sees, &id)).await?;
    if details.submission.state != SubmissionState::Draft || details.job.state == JobState::Failed {
        return Ok(HttpResponse::Ok().insert_header(("HX-Refresh", "true")).finish());
    }
    let view = SubmissionView::new(facts(&shows, &details), None);
    let text = render("submission-progress.html", &super::view::chrome::Chrome::default(), &view)
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
    let text = download::csv(&download::PROBLEMS, &found.problems)
        .map_err(|error| Problem::internal(&error))?;
    Ok(download::file(&name, "text/csv; charset=utf-8", text))
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

/// Signs a submission off.
#[post("/submissions/{id}/sign-off")]
pub async fn sign_off(
    state: Data<AppState>,
    who: May<demand::SignOff>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let place = address(&id);
    blocking(&state, move |state| submissions::sign_off(state, &who, &id)).await?;
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
        tag: submission_state(submission.state.code()),
    }
}

fn upload_view(state: &AppState, who: &Scope, errors: Vec<FieldError>) -> UploadView {
    let tables = submissions::tables(state, who);
    let usual = tables.iter().any(|table| table.name == "costs");
    let choices = tables.iter().enumerate().map(|(at, table)| TableChoice {
        code: table.name.clone(),
        name: upload_table(&table.name),
        hint: table.about.clone(),
        chosen: if usual { table.name == "costs" } else { at == 0 },
    });
    UploadView {
        owner: who.provider().map_or_else(|| "the ICB".to_owned(), ToString::to_string),
        tables: choices.collect(),
        errors,
    }
}

fn facts(who: &Scope, details: &Details) -> SubmissionFacts {
    let submission = &details.submission;
    let waiting = submission.state == SubmissionState::Draft;
    let failed = waiting && details.job.state == JobState::Failed;
    SubmissionFacts {
        id: submission.id.to_string(),
        owner: owner(submission),
        table: submission.table.clone(),
        version: submission.version,
        file_name: submission.file_name.clone(),
        state: submission.state.code().to_owned(),
        history: history(who, submission),
        may_submit: submissions::may_submit(who, submission),
        may_sign_off: submissions::may_sign_off(who, submission),
        progress: (waiting && !failed).then(|| Progress::from(&details.job)),
        failed: failed.then(|| details.job.error.clone().unwrap_or_default()),
    }
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
    lines
}
