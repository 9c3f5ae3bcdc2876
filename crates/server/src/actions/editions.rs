//! Publishing the book and reading its values.

use api::value::ValueJson;
use store::{Edition, JobState, Listing, Page};
use tenancy::{Permitted, demand};

use crate::problem::Problem;
use crate::state::AppState;

/// The Board's editions, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    page: &Page,
) -> Result<Listing<Edition>, Problem> {
    Ok(state.store.editions(who, page)?)
}

/// One edition.
///
/// # Errors
/// When there is no such edition.
pub fn one(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    number: u64,
) -> Result<Edition, Problem> {
    Ok(state.store.edition(who, number)?)
}

/// The latest edition; nothing before the first.
///
/// # Errors
/// When the database fails.
pub fn latest(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
) -> Result<Option<Edition>, Problem> {
    match state.store.latest_edition(who)? {
        Some(number) => Ok(Some(state.store.edition(who, number)?)),
        None => Ok(None),
    }
}

/// Publishes what is signed off, and has its values computed. Returns the edition's number.
///
/// # Errors
/// When nothing is signed off, or nothing has changed since the last edition.
pub fn publish(state: &AppState, who: &Permitted<demand::Publish>) -> Result<u64, Problem> {
    let number = state.store.publish_edition(who, &state.catalogue.parameters.sha256())?;
    state.wake.ring();
    Ok(number)
}

/// The value table of an edition, the latest unless told, as it was stored.
///
/// # Errors
/// When there is no such edition, or its values are not computed yet or could not be.
pub fn value_text(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<String, Problem> {
    let latest = || {
        let latest = state.store.latest_edition(who)?;
        latest.ok_or_else(|| Problem::conflict("no edition has been published yet"))
    };
    let number = edition.map_or_else(latest, Ok)?;
    if let Some(value) = state.store.edition_value(who, number)? {
        return Ok(value.value_json);
    }
    let job = state.store.value_status(who, number)?;
    match job.state {
        JobState::Failed => Err(Problem::job_failed(job.error.unwrap_or_default())),
        _ => Err(Problem::pending(format!("edition {number} is still being valued"))),
    }
}

/// The value table of an edition, the latest unless told.
///
/// # Errors
/// As [`value_text`].
pub fn value(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<ValueJson, Problem> {
    let text = value_text(state, who, edition)?;
    serde_json::from_str(&text).map_err(|error| Problem::internal(&error))
}
