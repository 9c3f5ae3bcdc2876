//! One run of a scenario.

use ::allocation::frontier::{Budgets, Frontier};
use ::allocation::{Case, Run, Scenario, ScenarioError};
use api::frontier::FrontierJson;
use api::result::RunJson;
use openbook::Book;
use quantities::Share;
use std::time::Instant;
use store::{Beside, OwnedTable};

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
    /// What is worked out beside the plan.
    pub beside: Beside,
}

/// What a run found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The result.
    pub result: RunJson,
    /// Health against budget, where it was asked for and the scenario has any.
    pub frontier: Option<FrontierJson>,
}

/// Runs a scenario. `progress` is told how far it is.
///
/// # Errors
/// When the tables make no book, or the scenario does not fit it.
pub fn run(
    catalogue: &Catalogue,
    task: &RunTask<'_>,
    progress: &mut dyn FnMut(Share, &str),
) -> Result<Found, EngineError> {
    progress(Share::ZERO, "reading the book");
    let book = book::assembled(catalogue, task.parts)?;
    let case = case(catalogue, &book, task.scenario, task.draws, task.seed)?;
    progress(Share::ZERO, "solving");
    let mut run = Run::of(on_the_clock(case), |share| progress(part(share), "solving and drawing"));
    if task.beside.ranges {
        run = run.with_room(|share| progress(part(share), "looking for other plans as good"));
    }
    if task.beside.sensitivity {
        let sources = catalogue.parameters.sources(run.case.scenario.definition.base_year);
        let told = |share| progress(part(share), "moving each assumption");
        run = run.with_sensitivity(|key| sources.get(key).cloned(), told);
    }
    let frontier = task.beside.frontier.then(|| {
        Frontier::of(&run.case, Budgets::AROUND_TODAY, |share| {
            progress(part(share), "solving for other budgets");
        })
    });
    Ok(Found {
        result: json(&run)?,
        frontier: frontier.and_then(Result::ok).map(|frontier| FrontierJson::from(&frontier)),
    })
}

fn part(share: f64) -> Share {
    Share::new(share).unwrap_or(Share::ONE)
}

fn json(run: &Run) -> Result<RunJson, EngineError> {
    RunJson::of(run).map_err(|error| EngineError::internal(&error))
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
    let case = case(catalogue, book, scenario, draws, seed)?;
    progress(Share::ZERO, "solving");
    json(&Run::of(on_the_clock(case), |share| progress(part(share), "solving and drawing")))
}

fn case(
    catalogue: &Catalogue,
    book: &Book,
    scenario: &str,
    draws: Option<u32>,
    seed: Option<u64>,
) -> Result<Case, EngineError> {
    let refused = |error: &dyn std::fmt::Display| EngineError::Refused(error.to_string());
    ::allocation::run::case(
        book,
        &read(scenario)?,
        &catalogue.instruments,
        &catalogue.parameters,
        draws,
        seed,
    )
    .map_err(|error| refused(&error))
}

/// A case whose run ends at the scenario's time limit, counted from now.
#[must_use]
pub fn on_the_clock(case: Case) -> Case {
    let (begun, limit) = (Instant::now(), case.scenario.definition.solver.time_limit_seconds);
    case.until(move || limit - begun.elapsed().as_secs_f64())
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
