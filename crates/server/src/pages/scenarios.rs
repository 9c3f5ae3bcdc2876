//! Scenarios: the list, one of them, a new one.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpResponse, get, post};
use store::{Beside, NewRun, Page, Run, RunId, ScenarioId};
use tenancy::{Permission, Permitted, demand};

use super::frame::{around, by, facts, moment, shown};
use super::render::{html, render};
use super::runs::row as run_row;
use super::scenario_form::ScenarioForm;
use super::see_other;
use super::view::scenarios::{ScenarioFormView, ScenarioRow, ScenarioView, ScenariosView};
use super::view::table::{After, older};
use super::view::{FieldError, Link};
use crate::actions::{editions, runs, scenarios};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// The list.
#[get("/scenarios")]
pub async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<After>,
) -> Result<HttpResponse, Problem> {
    let page = Page { after: query.into_inner().after, size: None };
    shown(&state, &who, "/scenarios", "scenarios.html", move |state, who| {
        let found = scenarios::list(state, who, &page)?;
        let runs = latest_runs(state, who)?;
        let row = |scenario: &store::Scenario| ScenarioRow {
            link: Link::new(&scenario.name, format!("/scenarios/{}", scenario.id)),
            when: format!("{}{}", moment(scenario.created_at), by(who, &scenario.created_by)),
            run: runs.iter().find(|run| run.scenario == scenario.id).map(run_row),
        };
        let rows = found.items.iter().map(row).collect();
        let older = older("/scenarios", found.next.as_deref());
        let may_run = who.may(Permission::RunScenarios);
        Ok(ScenariosView { older, ..ScenariosView::new(rows, may_run) })
    })
    .await
}

/// The form for a new one, filled with what the address says.
#[get("/scenarios/new")]
pub async fn ask(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    _runs: May<demand::RunScenarios>,
    query: Query<ScenarioForm>,
) -> Result<HttpResponse, Problem> {
    let form = query.into_inner();
    shown(&state, &who, "/scenarios/new", "scenario-new.html", move |state, who| {
        form_view(state, who, form, Vec::new())
    })
    .await
}

/// Keeps a scenario and asks for its run.
#[post("/scenarios")]
pub async fn create(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    writes: May<demand::RunScenarios>,
    form: Form<ScenarioForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let (reads, given) = (who.0.clone(), form.clone());
    let made = blocking(&state, move |state| made(state, &reads, &writes, &given)).await?;
    let errors = match made {
        Ok(run) => return Ok(see_other(&format!("/runs/{run}"))),
        Err(errors) => errors,
    };
    let text = blocking(&state, move |state| {
        let view = form_view(state, &who, form, errors)?;
        let chrome = around(state, &who)?.at("/scenarios/new");
        render("scenario-new.html", &chrome, &view)
            .map_err(|error| Problem::internal(&format!("{error:#}")))
    });
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, text.await?))
}

/// One scenario with its runs.
#[get("/scenarios/{id}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ScenarioId = id.parse()?;
    shown(&state, &who, "/scenarios/one", "scenario.html", move |state, who| {
        let scenario = scenarios::one(state, who, &id)?;
        let runs = latest_runs(state, who)?;
        let written = moment(scenario.created_at);
        Ok(ScenarioView {
            id: id.to_string(),
            name: scenario.name,
            when: format!("Written{} on {written}", by(who, &scenario.created_by)),
            toml: scenario.toml,
            may_run: who.may(Permission::RunScenarios),
            runs: runs.iter().filter(|run| run.scenario == id).map(run_row).collect(),
        })
    })
    .await
}

/// Asks for another run.
#[post("/scenarios/{id}/runs")]
pub async fn solve(
    state: Data<AppState>,
    who: May<demand::RunScenarios>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let scenario: ScenarioId = id.parse()?;
    let run = blocking(&state, move |state| runs::start(state, &who, &new_run(scenario))).await?;
    Ok(see_other(&format!("/runs/{run}")))
}

fn new_run(scenario: ScenarioId) -> NewRun {
    NewRun {
        scenario,
        edition: None,
        draws: None,
        seed: None,
        beside: Beside::default(),
        idempotency_key: None,
    }
}

/// The run of a new scenario, or what is wrong with the form.
fn made(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    writes: &Permitted<demand::RunScenarios>,
    form: &ScenarioForm,
) -> Result<Result<RunId, Vec<FieldError>>, Problem> {
    let not_yet = |why: &str| Ok(Err(vec![FieldError::new("name", why)]));
    let Some(edition) = editions::latest(state, who)? else {
        return not_yet("No edition of the book is published yet, so nothing can be solved");
    };
    let Some(book) = facts(state, who, &edition)? else {
        return not_yet("The latest edition is still being valued: try again in a minute");
    };
    let toml = match form.to_toml(&book.base_year) {
        Ok(toml) => toml,
        Err(errors) => return Ok(Err(errors)),
    };
    match scenarios::create(state, writes, toml) {
        Ok(scenario) => Ok(Ok(runs::start(state, writes, &new_run(scenario))?)),
        Err(problem) if problem.code == "invalid" => not_yet(&problem.detail),
        Err(problem) => Err(problem),
    }
}

fn form_view(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    form: ScenarioForm,
    errors: Vec<FieldError>,
) -> Result<ScenarioFormView, Problem> {
    let edition =
        editions::latest(state, who)?.map(|edition| format!("edition {}", edition.number));
    Ok(ScenarioFormView { form, errors, edition })
}

/// The latest runs of all scenarios, newest first.
fn latest_runs(state: &AppState, who: &Permitted<demand::ReadBook>) -> Result<Vec<Run>, Problem> {
    let page = Page { after: None, size: Some(100) };
    Ok(runs::list(state, who, &page)?.items)
}
