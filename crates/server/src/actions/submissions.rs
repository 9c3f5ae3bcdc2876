//! Handing in, looking at what the checks found, signing off.

use actix_multipart::Multipart;
use actix_web::web::{self, Payload};
use api::check::CheckJson;
use openbook::definition::Origin;
use openbook::{Report, Severity, TableDefinition};
use store::{
    JobState, JobStatus, Listing, Page, Received, Submission, SubmissionId, SubmissionState,
    WORKBOOK,
};
use tenancy::{Permitted, Scope, demand};

use crate::engine::{self, Changed};
use crate::problem::Problem;
use crate::state::{AppState, blocking};
use crate::upload::{self, Arrived};

/// One submission with everything that is known of it.
#[derive(Clone, Debug)]
pub struct Details {
    /// The submission.
    pub submission: Submission,
    /// How far its check is.
    pub job: JobStatus,
    /// What the check found, once it has ended.
    pub report: Option<CheckJson>,
}

/// The tables that a person may hand in: a provider its own, the Board all.
#[must_use]
pub fn tables<'a>(state: &'a AppState, who: &Scope) -> Vec<&'a TableDefinition> {
    let all = state.catalogue.tables.iter();
    all.filter(|table| may_hand_in(who, table)).collect()
}

fn may_hand_in(who: &Scope, table: &TableDefinition) -> bool {
    who.provider().is_none() || table.from == Origin::Provider
}

/// Takes in a file that is the whole body of a request.
///
/// # Errors
/// When there is no such table for this person, or the file is too large or ends early.
pub async fn receive_raw(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Upload>,
    body: Payload,
    table: String,
    file_name: Option<String>,
) -> Result<Received, Problem> {
    check_table(state, who, &table)?;
    let arrived = upload::raw(state, who, body, table, file_name).await?;
    receive(state, who, arrived).await
}

/// Takes in a file from a form with the fields `table` and `file`.
///
/// # Errors
/// When there is no such table for this person, or the file is missing, too large or ends early.
pub async fn receive_form(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Upload>,
    form: Multipart,
) -> Result<Received, Problem> {
    let arrived = upload::form(state, who, form).await?;
    check_table(state, who, &arrived.new.table)?;
    receive(state, who, arrived).await
}

async fn receive(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Upload>,
    arrived: Arrived,
) -> Result<Received, Problem> {
    let who = who.clone();
    let received =
        blocking(state, move |state| state.store.receive(&who, &arrived.new, arrived.path()));
    let received = received.await?;
    state.metrics.uploads.add();
    state.wake.ring();
    Ok(received)
}

fn check_table(state: &AppState, who: &Scope, name: &str) -> Result<(), Problem> {
    // Which tables a workbook holds is known once it is unpacked: each is checked then.
    if name == WORKBOOK {
        return Ok(());
    }
    match state.catalogue.tables.get(name) {
        Some(table) if may_hand_in(who, table) => Ok(()),
        Some(table) => Err(Problem::forbidden(format!(
            "the table {} is handed in by the Integrated Care Board, not by a provider",
            table.name
        ))),
        None => {
            let known = tables(state, who);
            let hint = openbook::did_you_mean(name, known.iter().map(|table| table.name.as_str()));
            let name: String = name.chars().take(60).collect();
            Err(Problem::invalid(format!("there is no table \"{name}\"{hint}")))
        }
    }
}

/// What this person may see, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    page: &Page,
) -> Result<Listing<Submission>, Problem> {
    Ok(state.store.submissions(who, page)?)
}

/// One submission with its check.
///
/// # Errors
/// When there is none that this person may see.
pub fn details(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
) -> Result<Details, Problem> {
    let submission = state.store.submission(who, id)?;
    let job = state.store.submission_status(who, id)?;
    let report = state.store.submission_report(who, id)?;
    let report = report.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Details { submission, job, report: report.map_err(|error| Problem::internal(&error))? })
}

/// What the check found.
///
/// # Errors
/// When there is none that this person may see, it is not checked yet, or the check was given up.
pub fn problems(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
) -> Result<CheckJson, Problem> {
    let details = details(state, who, id)?;
    match (details.report, details.job.state) {
        (Some(report), _) => Ok(report),
        (None, JobState::Failed) => Err(Problem::job_failed(details.job.error.unwrap_or_default())),
        (None, _) => Err(Problem::pending("the file is still being checked")),
    }
}

/// Which of the problems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemFilter {
    /// Those of this rule.
    pub rule: Option<String>,
    /// Those of this severity.
    pub severity: Option<String>,
    /// Those of this table.
    pub table: Option<String>,
    /// Only those after this cursor, which came with the part before.
    pub after: Option<String>,
    /// How many: 1,000 unless told, and at most.
    pub size: Option<u32>,
}

/// What the check found with some of its problems, and the cursor of the next part.
///
/// # Errors
/// As [`problems`], and where the filter or the cursor is not one.
pub fn some_problems(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
    filter: &ProblemFilter,
) -> Result<(CheckJson, Option<String>), Problem> {
    let known = [Severity::Refuse, Severity::Query, Severity::Note].map(Severity::as_str);
    if let Some(severity) = &filter.severity
        && !known.contains(&severity.as_str())
    {
        return Err(Problem::invalid("a severity is refuse, query or note"));
    }
    let skipped = filter.after.as_deref().map(str::parse::<usize>).transpose();
    let skipped = skipped.map_err(|_| Problem::not_found())?.unwrap_or(0);
    let size = filter.size.map_or(Report::KEPT, |size| usize::try_from(size).unwrap_or(usize::MAX));
    let size = size.clamp(1, Report::KEPT);
    let mut check = problems(state, who, id)?;
    let is = |wanted: &Option<String>, it: &str| wanted.as_deref().is_none_or(|text| text == it);
    check.problems.retain(|problem| {
        is(&filter.rule, &problem.rule)
            && is(&filter.severity, &problem.severity)
            && is(&filter.table, &problem.table)
    });
    let end = skipped.saturating_add(size);
    let next = (end < check.problems.len()).then(|| end.to_string());
    check.problems = check.problems.into_iter().skip(skipped).take(size).collect();
    Ok((check, next))
}

/// The rows of a table that must be mended, with the mend beside each, as CSV; and the table's
/// name. Where only one table has any, it need not be named.
///
/// # Errors
/// When there is none that this person may see, or there are no such rows.
pub fn bad_rows(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
    table: Option<String>,
) -> Result<(String, Vec<u8>), Problem> {
    let table = match table {
        Some(table) => table,
        None => {
            let mut tables = state.store.tables_with_bad_rows(who, id)?.into_iter();
            match (tables.next(), tables.next()) {
                (None, _) => return Err(Problem::not_found()),
                (Some(only), None) => only,
                (Some(first), Some(_)) => {
                    let why = format!("several tables have rows to be mended: say ?table={first}");
                    return Err(Problem::invalid(why));
                }
            }
        }
    };
    let csv = state.store.bad_rows(who, id, &table)?.ok_or_else(Problem::not_found)?;
    Ok((table, csv))
}

/// The tables of a submission that have rows to be mended.
///
/// # Errors
/// When there is none that this person may see.
pub fn tables_to_mend(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
) -> Result<Vec<String>, Problem> {
    Ok(state.store.tables_with_bad_rows(who, id)?)
}

/// Every version that this person may see of the tables that a submission is about, newest first.
///
/// # Errors
/// When there is no such submission that this person may see.
pub fn history(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
    page: &Page,
) -> Result<Listing<Submission>, Problem> {
    Ok(state.store.submission_history(who, id, page)?)
}

/// What changed in the tables of a submission since another of the same owner; unless told, since
/// each table's accepted version before it.
///
/// # Errors
/// When this person may not see one of them, they are of different owners, or neither was accepted.
pub fn differences(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
    against: Option<&SubmissionId>,
) -> Result<Vec<Changed>, Problem> {
    let versions = state.store.table_versions(who, id, against)?;
    Ok(engine::of_versions(&state.catalogue, versions)?)
}

/// Shows a checked submission to the Board.
///
/// # Errors
/// When it is not visible, not one's own, or not in the state for it.
pub fn submit(
    state: &AppState,
    who: &Permitted<demand::Upload>,
    id: &SubmissionId,
) -> Result<Submission, Problem> {
    Ok(state.store.submit(who, id)?)
}

/// Signs a submission off.
///
/// # Errors
/// When it is not visible, not one's own, or not in the state for it.
pub fn sign_off(
    state: &AppState,
    who: &Permitted<demand::SignOff>,
    id: &SubmissionId,
) -> Result<Submission, Problem> {
    Ok(state.store.sign_off(who, id)?)
}

/// Whether this person may show it to the Board now.
#[must_use]
pub fn may_submit(who: &Scope, submission: &Submission) -> bool {
    who.may(tenancy::Permission::Upload)
        && submission.owner.as_ref() == who.provider()
        && submission.state == SubmissionState::Checked
}

/// Whether this person may sign it off now.
#[must_use]
pub fn may_sign_off(who: &Scope, submission: &Submission) -> bool {
    who.may(tenancy::Permission::SignOff)
        && submission.owner.as_ref() == who.provider()
        && matches!(submission.state, SubmissionState::Checked | SubmissionState::Submitted)
}
