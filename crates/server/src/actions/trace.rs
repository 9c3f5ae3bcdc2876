//! From a figure back to the rows it comes from.

use api::value::ServiceValueJson;
use quantities::{FinYear, ServiceKey};
use tenancy::{Permitted, demand};

use super::editions;
use crate::engine::{self, TracedTable};
use crate::problem::Problem;
use crate::state::AppState;

/// The rows that a service line's figures come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The edition.
    pub edition: u64,
    /// The year that is valued.
    pub year: FinYear,
    /// The line's figures.
    pub line: ServiceValueJson,
    /// The rows, by table and who handed them in.
    pub tables: Vec<TracedTable>,
}

/// The rows of an edition, the latest unless told, that a service line's figures come from. People
/// of a provider see those of their own lines only.
///
/// # Errors
/// When there is no such edition or line, or it is not valued.
pub fn rows(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
    service: &str,
) -> Result<Trace, Problem> {
    let key: ServiceKey = service.parse().map_err(|_| Problem::not_found())?;
    if who.provider().is_some_and(|own| own != key.provider()) {
        return Err(Problem::not_found());
    }
    let (edition, value) = editions::numbered_value(state, who, edition)?;
    let line = value.services.into_iter().find(|line| line.service == service);
    let line = line.ok_or_else(Problem::not_found)?;
    let year: FinYear = value.base_year.parse().map_err(|_| Problem::internal(&"the base year"))?;
    let parts = state.store.edition_tables(&**who, edition)?;
    let tables = engine::traced(&state.catalogue, &parts, &key, year)?;
    Ok(Trace { edition, year, line, tables })
}
