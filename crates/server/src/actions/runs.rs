//! Runs of scenarios.

use api::result::RunJson;
use store::{JobStatus, Listing, NewRun, Page, Run, RunId, RunState};
use tenancy::{Permitted, demand};

use super::others::Sight;
use crate::problem::Problem;
use crate::state::AppState;

/// A run and how far it is.
#[derive(Clone, Debug)]
pub struct Status {
    /// The run.
    pub run: Run,
    /// Its job.
    pub job: JobStatus,
}

/// The Board's runs, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    page: &Page,
) -> Result<Listing<Run>, Problem> {
    Ok(state.store.runs(who, page)?)
}

/// Asks for a run: a worker computes it.
///
/// # Errors
/// When there is no such scenario or edition, or the key was used for another run.
pub fn start(
    state: &AppState,
    who: &Permitted<demand::RunScenarios>,
    new: &NewRun,
) -> Result<RunId, Problem> {
    let id = state.store.create_run(who, new)?;
    state.wake.ring();
    Ok(id)
}

/// A run and how far it is.
///
/// # Errors
/// When there is no such run.
pub fn status(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    id: &RunId,
) -> Result<Status, Problem> {
    Ok(Status { run: state.store.run(who, id)?, job: state.store.run_status(who, id)? })
}

/// The result of a run, as it was stored; to people of a provider, the part of it that they see.
///
/// # Errors
/// When there is no such run, or it is not computed yet or could not be.
pub fn result_text(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    id: &RunId,
) -> Result<String, Problem> {
    if who.provider().is_none() {
        return stored(state, who, id);
    }
    serde_json::to_string(&result(state, who, id)?).map_err(|error| Problem::internal(&error))
}

/// The result of a run, as far as this person sees it.
///
/// # Errors
/// As [`result_text`].
pub fn result(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    id: &RunId,
) -> Result<RunJson, Problem> {
    let text = stored(state, who, id)?;
    let run = serde_json::from_str(&text).map_err(|error| Problem::internal(&error))?;
    if who.provider().is_none() {
        return Ok(run);
    }
    let edition = state.store.run(who, id)?.edition;
    Ok(match Sight::of(state, who, edition)? {
        Some(sight) => sight.of_run(run),
        None => run,
    })
}

/// Health against budget beside a run, as it was stored. It holds sums of the whole Board alone,
/// as a run's totals do.
///
/// # Errors
/// When there is no such run, none was asked for, or it is not computed yet or could not be.
pub fn frontier_text(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    id: &RunId,
) -> Result<String, Problem> {
    let run = state.store.run(who, id)?;
    if !run.beside.frontier {
        return Err(Problem::conflict(
            "no frontier was asked for with this run; start one with \"beside\": {\"frontier\": \
             true}",
        ));
    }
    if let Some(text) = state.store.run_frontier(who, id)? {
        return Ok(text);
    }
    stored(state, who, id)?;
    Err(Problem::conflict(
        "this scenario has no frontier: it does not enforce its budget, seeks something else than \
         health, or is too large to solve",
    ))
}

fn stored(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    id: &RunId,
) -> Result<String, Problem> {
    if let Some(text) = state.store.run_result(who, id)? {
        return Ok(text);
    }
    let run = state.store.run(who, id)?;
    match run.state {
        RunState::Failed => Err(Problem::job_failed(run.error.unwrap_or_default())),
        _ => Err(Problem::pending("the run is still being computed")),
    }
}
