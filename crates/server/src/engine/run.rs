//! One run of a scenario.

use ::allocation::{Run, Scenario, ScenarioError};
use api::result::RunJson;
use openbook::Book;
use quantities::Share;
use store::OwnedTable;

use super::{EngineError, book};
use crate::models::Catalogue;

/// A scenario to be run on the tables of an edition.
#[derive(Clone, Copy, Debug)]
pub struct RunTask<'a> {
    /// The tables.
    pub parts: &'a [OwnedTable],
    /// The scenario file's text.
    pub scenario: &'a str,
    /// Draws; as the scenario says unless told.
    pub draws: Option<u32>,
    /// Their seed; as the scenario says unless told.
    pub seed: Option<u64>,
}

/// Runs a scenario. `progress` is told how far it is.
///
/// # Errors
/// When the tables make no book, or the scenario does not fit it.
pub fn run(
    catalogue: &Catalogue,
    task: &RunTask<'_>,
    progress: &mut dyn FnMut(Share, &str),
) -> Result<RunJson, EngineError> {
    progress(Share::ZERO, "reading the book");
    let book = book::assembled(catalogue, task.parts)?;
    of_book(catalogue, &book, task.scenario, task.draws, task.seed, progress)
}

/// Runs a scenario on a book.
pub(super) fn of_book(
    catalogue: &Catalogue,
    book: &Book,
    scenario: &str,
    draws: Option<u32>,
    seed: Option<u64>,
    progress: &mut dyn FnMut(Share, &str),
) -> Result<RunJson, EngineError> {
    let refused = |error: &dyn std::fmt::Display| EngineError::Refused(error.to_string());
    let case = ::allocation::run::case(
        book,
        &read(scenario)?,
        &catalogue.instruments,
        &catalogue.parameters,
        draws,
        seed,
    )
    .map_err(|error| refused(&error))?;
    progress(Share::ZERO, "solving");
    let run = Run::of(case, |share| {
        progress(Share::new(share).unwrap_or(Share::ONE), "solving and drawing");
    });
    RunJson::of(&run).map_err(|error| EngineError::internal(&error))
}

/// The name of a scenario, read from its text.
///
/// # Errors
/// When it is not a scenario.
pub fn scenario_name(text: &str) -> Result<String, EngineError> {
    Ok(read(text)?.definition.name)
}

fn read(text: &str) -> Result<Scenario, EngineError> {
    let alone = |_: &str| Err("a scenario kept here stands by itself; write it out".to_owned());
    Scenario::parse(text, alone)
        .map_err(|error: ScenarioError| EngineError::Refused(error.to_string()))
}
