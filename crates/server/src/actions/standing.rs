//! How an edition stands and what it is made of.

use jiff::tz::TimeZone;
use quantities::ProviderCode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use store::{Edition, EditionPart, OwnedTable, Submission};
use tenancy::{Permission, Permitted, Scope, demand};

use super::editions;
use crate::engine::{self, Standing};
use crate::problem::Problem;
use crate::state::AppState;

/// Standings by everything they are made from.
static KNOWN: LazyLock<Mutex<BTreeMap<String, Arc<Standing>>>> = LazyLock::new(Mutex::default);

/// More than this are forgotten together.
const MOST: usize = 100;

/// One table of an edition.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Whose, which and from which submission.
    pub part: EditionPart,
    /// That submission, where this person may see it.
    pub submission: Option<Submission>,
    /// What stood in its place in the edition before; nothing where it is new or there is none.
    pub before: Option<EditionPart>,
}

/// How an edition stands, its freshness judged on the day it was published: everyone sees the
/// sectors, a provider what is said of itself, the Board what is said of all. The allocation is
/// the Board's and its clinical leads'.
///
/// # Errors
/// When there is no such edition, or it is not valued.
pub fn of_edition(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    number: u64,
) -> Result<Standing, Problem> {
    let edition = state.store.edition(who, number)?;
    // What could not be valued has no standing either, and says so in the same words.
    editions::whole_value(state, who, Some(number))?;
    let mut standing = Standing::clone(&*whole(state, who, &edition)?);
    let submissions = who.may(Permission::ReadSubmissions);
    let sees = |code: &ProviderCode| submissions && who.provider().is_none_or(|own| own == code);
    standing.review.reconciliation.retain(|line| sees(&line.provider));
    standing.review.quality.retain(|line| sees(&line.provider));
    if who.provider().is_some() {
        standing.review.bridges.clear();
    }
    Ok(standing)
}

/// How an edition stands, computed once.
fn whole(state: &AppState, who: &Scope, edition: &Edition) -> Result<Arc<Standing>, Problem> {
    let day = edition.created_at.to_zoned(TimeZone::UTC).date();
    let parts = state.store.edition_tables(who, edition.number)?;
    let key = key(edition, &day.to_string(), &parts);
    if let Some(standing) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(standing));
    }
    let standing = Arc::new(engine::standing(&state.catalogue, &parts, day)?);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(key, Arc::clone(&standing));
    Ok(standing)
}

/// The book, the numbers it is valued with, the day, and who handed in what.
fn key(edition: &Edition, day: &str, parts: &[OwnedTable]) -> String {
    let owners: BTreeSet<(String, &str)> = parts
        .iter()
        .map(|part| {
            let owner = part.owner.as_ref().map(ToString::to_string).unwrap_or_default();
            (owner, part.table.table.as_str())
        })
        .collect();
    let book = edition.book_sha256.as_deref().unwrap_or_default();
    format!("{book} {} {day} {owners:?}", edition.parameters_sha256)
}

/// The tables of an edition, each with what stood in its place in the edition before.
///
/// # Errors
/// When the database fails.
pub fn parts(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: &Edition,
) -> Result<Vec<Part>, Problem> {
    let before = match edition.number.checked_sub(1).filter(|number| *number > 0) {
        Some(number) => state.store.edition(who, number)?.parts,
        None => Vec::new(),
    };
    let sees = Scope::clone(who).permit::<demand::ReadSubmissions>().ok();
    let of = |part: &EditionPart| {
        let submission = match &sees {
            Some(sees) => match state.store.submission(sees, &part.submission) {
                Ok(submission) => Some(submission),
                Err(store::StoreError::NotFound) => None,
                Err(error) => return Err(error.into()),
            },
            None => None,
        };
        let same = |it: &&EditionPart| it.owner == part.owner && it.table == part.table;
        let before = before.iter().find(same).cloned();
        Ok(Part { part: part.clone(), submission, before })
    };
    edition.parts.iter().map(of).collect()
}
