//! Scenarios.

use store::{Listing, NewScenario, Page, Scenario, ScenarioId};
use tenancy::{Permitted, demand};

use crate::engine;
use crate::problem::Problem;
use crate::state::AppState;

/// The Board's scenarios, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    page: &Page,
) -> Result<Listing<Scenario>, Problem> {
    Ok(state.store.scenarios(who, page)?)
}

/// One scenario.
///
/// # Errors
/// When there is no such scenario.
pub fn one(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    id: &ScenarioId,
) -> Result<Scenario, Problem> {
    Ok(state.store.scenario(who, id)?)
}

/// Keeps a scenario file's text. It is read first: unknown keys are refused with the nearest
/// known one. What it names is checked against the book of each run.
///
/// # Errors
/// When it is not a scenario.
pub fn create(
    state: &AppState,
    who: &Permitted<demand::RunScenarios>,
    toml: String,
) -> Result<ScenarioId, Problem> {
    let name = engine::scenario_name(&toml)?;
    Ok(state.store.create_scenario(who, &NewScenario { name, toml })?)
}
