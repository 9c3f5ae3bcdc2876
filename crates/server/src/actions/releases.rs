//! Tables that leave the Board.

use store::{Listing, Page, Release, ReleaseId};
use tenancy::{Permitted, demand};

use super::answers::of_nobody;
use super::editions;
use crate::engine::{self, AskedRelease};
use crate::problem::Problem;
use crate::state::AppState;

/// A release to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRelease {
    /// The edition; the latest unless told.
    pub edition: Option<u64>,
    /// For whom, and what for.
    pub purpose: String,
    /// What is asked for.
    pub asked: AskedRelease,
}

/// A release with its table, cell by cell as it left the Board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// The release.
    pub release: Release,
    /// The names of the columns: last activity, cost and a note.
    pub columns: Vec<String>,
    /// The rows, the total last; a hidden figure is `*` and the note says why.
    pub rows: Vec<Vec<String>>,
}

/// Makes a release: small counts are hidden, also those that could be worked out with what has been
/// released before.
///
/// # Errors
/// When there is no such edition, nothing of what is asked for, or no purpose.
pub fn make(
    state: &AppState,
    who: &Permitted<demand::Release>,
    reads: &Permitted<demand::ReadBook>,
    new: &NewRelease,
) -> Result<Release, Problem> {
    of_nobody(&new.purpose)?;
    let edition = match new.edition {
        Some(number) => state.store.edition(reads, number)?,
        None => editions::latest(state, reads)?
            .ok_or_else(|| Problem::conflict("no edition has been published yet"))?,
    };
    let parts = state.store.edition_tables(&**who, edition.number)?;
    let table = engine::to_release(&state.catalogue, &parts, &new.asked)?;
    state.store.release(who, edition.number, &new.purpose, |earlier| {
        Ok::<_, Problem>(table.release(earlier)?)
    })
}

/// What has left the Board, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::Release>,
    page: &Page,
) -> Result<Listing<Release>, Problem> {
    Ok(state.store.releases(who, page)?)
}

/// One release with its table.
///
/// # Errors
/// When there is no such release.
pub fn one(
    state: &AppState,
    who: &Permitted<demand::Release>,
    id: &ReleaseId,
) -> Result<Released, Problem> {
    let release = state.store.released(who, id)?;
    let content = state.store.release_content(who, id)?;
    let fault = |error: csv::Error| Problem::internal(&error);
    let mut reader = csv::Reader::from_reader(&content[..]);
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let columns = reader.headers().map(cells).map_err(fault)?;
    let rows = reader.records().map(|record| record.map(|record| cells(&record)));
    let rows = rows.collect::<Result<_, _>>().map_err(fault)?;
    Ok(Released { release, columns, rows })
}

/// The file of a release, byte for byte as it left the Board.
///
/// # Errors
/// When there is no such release.
pub fn csv(
    state: &AppState,
    who: &Permitted<demand::Release>,
    id: &ReleaseId,
) -> Result<Vec<u8>, Problem> {
    Ok(state.store.release_content(who, id)?)
}
