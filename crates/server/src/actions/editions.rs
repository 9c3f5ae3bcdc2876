//! Publishing the book and reading its values.

use api::value::ValueJson;
use store::{Edition, EditionValue, JobState, Listing, Page};
use tenancy::{Permitted, demand};

use super::others::Sight;
use crate::engine::{self, Changed};
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

/// What changed from one edition to another, the one before it unless told; to people of a provider,
/// of its own rows. With it the number of the other; nothing where this is the first.
///
/// # Errors
/// When there is no such edition.
pub fn differences(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    number: u64,
    against: Option<u64>,
) -> Result<(Option<u64>, Vec<Changed>), Problem> {
    let reads: Permitted<demand::ReadBook> = (**who).clone().permit()?;
    state.store.edition(&reads, number)?;
    let against = against.or_else(|| number.checked_sub(1).filter(|before| *before > 0));
    let before = match against {
        None => Vec::new(),
        Some(against) => {
            state.store.edition(&reads, against)?;
            state.store.edition_tables(&**who, against)?
        }
    };
    let after = state.store.edition_tables(&**who, number)?;
    let own = who.provider();
    Ok((against, engine::of_editions(&state.catalogue, &before, &after, own)?))
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

/// The value table of an edition, the latest unless told, as it was stored; to people of a
/// provider, the part of it that they see.
///
/// # Errors
/// When there is no such edition, or its values are not computed yet or could not be.
pub fn value_text(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<String, Problem> {
    if who.provider().is_none() {
        return Ok(stored_value(state, who, edition)?.1);
    }
    serde_json::to_string(&value(state, who, edition)?).map_err(|error| Problem::internal(&error))
}

/// The value table of an edition, the latest unless told, as far as this person sees it.
///
/// # Errors
/// As [`value_text`].
pub fn value(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<ValueJson, Problem> {
    Ok(numbered_value(state, who, edition)?.1)
}

/// The same with the edition's number.
///
/// # Errors
/// As [`value_text`].
pub fn numbered_value(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<(u64, ValueJson), Problem> {
    let (number, text) = stored_value(state, who, edition)?;
    let value = read(&text)?;
    let value = match Sight::of(state, who, number)? {
        Some(sight) => sight.of_value(value),
        None => value,
    };
    Ok((number, value))
}

/// The whole value table of an edition, of which only what concerns everyone may be shown.
///
/// # Errors
/// As [`value_text`].
pub(crate) fn whole_value(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<ValueJson, Problem> {
    read(&stored_value(state, who, edition)?.1)
}

fn read(text: &str) -> Result<ValueJson, Problem> {
    serde_json::from_str(text).map_err(|error| Problem::internal(&error))
}

/// The number of an edition and its value table as it was stored.
fn stored_value(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<(u64, String), Problem> {
    let (number, stored) = stored(state, who, edition)?;
    Ok((number, stored.value_json))
}

/// What is stored of an edition, the latest unless told, and its number. Some of it concerns the
/// Board alone.
///
/// # Errors
/// As [`value_text`].
pub(super) fn stored(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<(u64, EditionValue), Problem> {
    let latest = || {
        let latest = state.store.latest_edition(who)?;
        latest.ok_or_else(|| Problem::conflict("no edition has been published yet"))
    };
    let number = edition.map_or_else(latest, Ok)?;
    if let Some(value) = state.store.edition_value(who, number)? {
        return Ok((number, value));
    }
    let job = state.store.value_status(who, number)?;
    match job.state {
        JobState::Failed => Err(Problem::job_failed(job.error.unwrap_or_default())),
        _ => Err(Problem::pending(format!("edition {number} is still being valued"))),
    }
}
