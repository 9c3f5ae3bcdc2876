//! The start page: what is waiting for whoever asks.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use store::{Edition, Page, Run, RunState, Submission, SubmissionState};
use tenancy::{Admitted, Permission, Permitted, Role, Scope, demand};

use super::editions::waiting;
use super::format::{pct, plural, thousands};
use super::frame::{for_anyone, moment, shown};
use super::see_other;
use super::submissions::{latest_of_each, owner, title};
use super::values::is_not_yet;
use super::view::labels::submission_state;
use super::view::start::{GuestView, StartView, Task};
use super::view::submission::open;
use super::view::{Link, Tag};
use crate::actions::{answers, editions, runs, submissions};
use crate::extract::{May, SignedIn};
use crate::problem::Problem;
use crate::state::AppState;

/// Runs that somebody who only reads is asked to look at.
const TO_READ: usize = 3;

/// What is waiting, and how complete the book is.
#[get("/")]
pub async fn start(state: Data<AppState>, who: SignedIn) -> Result<HttpResponse, Problem> {
    let Admitted::Member(scope) = who.who.clone() else {
        return Ok(see_other("/platform"));
    };
    let Ok(reads) = scope.permit::<demand::ReadBook>() else {
        return for_anyone(&state, &who, "/", "guest.html", |_| Ok(GuestView::default())).await;
    };
    let who = May(reads);
    shown(&state, &who, "/", "start.html", |state, who| {
        let value = match editions::value(state, who, None) {
            Ok(value) => Some(value),
            Err(problem) if is_not_yet(&problem) => None,
            Err(problem) => return Err(problem),
        };
        Ok(StartView::new(tasks(state, who)?, value.as_ref()))
    })
    .await
}

fn tasks(state: &AppState, who: &Permitted<demand::ReadBook>) -> Result<Vec<Task>, Problem> {
    let edition = editions::latest(state, who)?;
    let mut tasks = Vec::new();
    if let Ok(sees) = Scope::clone(who).permit::<demand::ReadSubmissions>() {
        let page = Page { after: None, size: Some(100) };
        let found = latest_of_each(submissions::list(state, &sees, &page)?.items);
        for submission in &found {
            tasks.extend(own(state, who, &sees, submission)?);
        }
        tasks.extend(to_hand_in(who, &found, edition.as_ref()));
    }
    if who.may(Permission::Publish) {
        tasks.extend(to_publish(waiting(state, who)?.len(), edition.as_ref()));
    }
    let found = runs::list(state, who, &Page::default())?.items;
    if who.may(Permission::RunScenarios) {
        tasks.extend(to_solve(&found, edition.as_ref()));
    } else {
        let done = found.iter().filter(|run| run.state == RunState::Done);
        tasks.extend(done.take(TO_READ).map(|run| to_read(who, run)));
    }
    Ok(tasks)
}

/// What one's own submission asks for next.
fn own(
    state: &AppState,
    who: &Scope,
    sees: &Permitted<demand::ReadSubmissions>,
    submission: &Submission,
) -> Result<Vec<Task>, Problem> {
    if submission.owner.as_ref() != who.provider() || !who.may(Permission::Upload) {
        return Ok(Vec::new());
    }
    let name = title(submission);
    let address = format!("/submissions/{}", submission.id);
    let hint = format!("{}, handed in on {}", owner(submission), moment(submission.created_at));
    let task = |text: String, place: &str, tag: Tag| Task {
        link: Link::new(text, format!("{address}{place}")),
        hint: hint.clone(),
        tag,
    };
    let mut tasks = Vec::new();
    let state_tag = submission_state(submission.state.code());
    let signs = match submission.state {
        SubmissionState::Draft => {
            tasks.push(task(format!("Wait for the checks of {name}"), "", state_tag));
            return Ok(tasks);
        }
        SubmissionState::Refused => {
            tasks.push(task(format!("Mend {name}"), "", state_tag));
            return Ok(tasks);
        }
        SubmissionState::SignedOff => return Ok(tasks),
        SubmissionState::Checked | SubmissionState::Submitted => {
            submissions::may_sign_off(who, submission)
        }
    };
    let asked = answers::list(state, sees, &submission.id)?;
    let open = open(&asked);
    if open > 0 {
        let all: u64 = asked.iter().map(|it| it.query.occurrences).sum();
        let text = format!("Answer {} on {name}", plural(open, "query", "queries"));
        let answered = thousands(&all.saturating_sub(open).to_string());
        let far = format!("{answered} of {} answered", thousands(&all.to_string()));
        tasks.push(task(text, "/answers", Tag::new(far, "yellow")));
    }
    if signs {
        let tag = if open > 0 { Tag::new("Once answered", "grey") } else { state_tag };
        let mut to_sign = task(format!("Sign off {name}"), "/sign-off", tag);
        let report = submissions::details(state, sees, &submission.id)?.report;
        if let Some(line) = report.as_ref().and_then(|report| report.reconciliation.first())
            && let Some(percent) = line.difference_pct
        {
            to_sign.hint =
                format!("{}, reconciled within {}", owner(submission), pct(percent.abs()));
        }
        tasks.push(to_sign);
    } else if submission.state == SubmissionState::Checked {
        tasks.push(task(format!("Hand in {name} for sign-off"), "", state_tag));
    }
    Ok(tasks)
}

/// The first thing to do for who has handed in nothing yet.
fn to_hand_in(who: &Scope, found: &[Submission], edition: Option<&Edition>) -> Option<Task> {
    let own = |submission: &Submission| submission.owner.as_ref() == who.provider();
    let nothing = !found.iter().any(own) && who.may(Permission::Upload);
    let wanted = nothing && (who.provider().is_some() || edition.is_none());
    wanted.then(|| Task {
        link: Link::new("Hand in your first table", "/submissions/new"),
        hint: "One CSV file for a table, or one workbook; templates are ready".to_owned(),
        tag: Tag::new("Not begun", "grey"),
    })
}

fn to_publish(new: usize, edition: Option<&Edition>) -> Option<Task> {
    let next = edition.map_or(1, |edition| edition.number.saturating_add(1));
    let new = u64::try_from(new).unwrap_or(u64::MAX);
    (new > 0).then(|| Task {
        link: Link::new(format!("Publish edition {next}"), "/editions"),
        hint: format!("{} signed off and not yet published", plural(new, "table is", "tables are")),
        tag: Tag::new("Ready", "blue"),
    })
}

/// A book nobody has solved yet, and what is being solved or could not be.
fn to_solve(runs: &[Run], edition: Option<&Edition>) -> Vec<Task> {
    let task = |text: String, href: String, hint: String, tag: Tag| Task {
        link: Link::new(text, href),
        hint,
        tag,
    };
    let mut tasks: Vec<Task> = runs
        .iter()
        .filter(|run| run.state == RunState::Waiting)
        .map(|run| {
            let text = format!("Wait for \"{}\"", run.scenario_name);
            let asked = format!("Asked for on {}", moment(run.created_at));
            task(text, format!("/runs/{}", run.id), asked, Tag::new("Being solved", "grey"))
        })
        .collect();
    if let Some(edition) = edition
        && !runs.iter().any(|run| run.edition == edition.number)
    {
        let hint = "Nothing has been solved on it yet".to_owned();
        let text = format!("Solve a scenario on edition {}", edition.number);
        tasks.push(task(text, "/scenarios".to_owned(), hint, Tag::new("Ready", "blue")));
    }
    tasks
}

fn to_read(who: &Scope, run: &Run) -> Task {
    let name = &run.scenario_name;
    let text = match who.provider() {
        Some(provider) => format!("Read what \"{name}\" means for {provider}"),
        None if who.role() == Role::ClinicalLead => {
            format!("Give your clinical view on \"{name}\"")
        }
        None => format!("Read the result of \"{name}\""),
    };
    Task {
        link: Link::new(text, format!("/runs/{}", run.id)),
        hint: format!("Solved on edition {}, {}", run.edition, moment(run.created_at)),
        tag: super::runs::row(run).tag,
    }
}
