//! Books, scenarios and parameters from files.

use allocation::{Case, Scenario, run};
use openbook::{Book, Report, folder};
use quantities::FinYear;
use server::Catalogue;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::stop::Stop;
use ::value::Parameters;

/// The definitions built in, or those of a folder.
pub fn catalogue(models: Option<&Path>) -> Result<Catalogue, Stop> {
    match models {
        Some(folder) => Catalogue::from_folder(folder),
        None => Catalogue::embedded(),
    }
    .map_err(Stop::cannot_run)
}

/// The same, with the national schedule that lies beside a book's tables in place of the means
/// built in.
pub fn catalogue_for(models: Option<&Path>, book: &Path) -> Result<Catalogue, Stop> {
    let mut catalogue = catalogue(models)?;
    let unit_costs = &mut catalogue.instruments.unit_costs;
    *unit_costs = unit_costs.in_folder(book).map_err(Stop::cannot_run)?;
    Ok(catalogue)
}

/// A file's text.
pub fn text(path: &Path) -> Result<String, Stop> {
    fs::read_to_string(path)
        .map_err(|error| Stop::cannot_run(format!("{}: {error}; check the path", path.display())))
}

/// The dated numbers, with those of a file in their place.
pub fn parameters(catalogue: &Catalogue, file: Option<&Path>) -> Result<Parameters, Stop> {
    let parameters = catalogue.parameters.clone();
    match file {
        Some(path) => parameters
            .overridden(&text(path)?)
            .map_err(|error| Stop::cannot_run(format!("{}: {error}", path.display()))),
        None => Ok(parameters),
    }
}

/// How many problems a terminal is shown.
const SHOWN: usize = 20;

/// The book of a folder, or the problems that stop it.
pub fn book(catalogue: &Catalogue, path: &Path) -> Result<(Book, Report), Stop> {
    let (book, report) = folder::read(&catalogue.tables, path).map_err(Stop::cannot_run)?;
    match book {
        Some(book) => Ok((book, report)),
        None => Err(Stop::refused(refusals(&report))),
    }
}

/// The problems that refuse a book, a line each.
fn refusals(report: &Report) -> String {
    let refused: Vec<String> = report
        .problems()
        .iter()
        .filter(|problem| problem.severity == openbook::Severity::Refuse)
        .map(openbook::Problem::sentence)
        .collect();
    let mut lines: Vec<String> = refused.iter().take(SHOWN).cloned().collect();
    if refused.len() > SHOWN {
        lines.push(format!(
            "… and {} more; `valuebook check` lists them all",
            refused.len() - SHOWN
        ));
    }
    format!("the book is refused:\n  {}", lines.join("\n  "))
}

/// A scenario file, its base taken from the same folder.
pub fn scenario(path: &Path) -> Result<Scenario, Stop> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let base = |name: &str| {
        let plain = Path::new(name).file_name().is_some_and(|file| file == name);
        if !plain {
            return Err("a base is the name of a file in the same folder".to_owned());
        }
        fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())
    };
    Scenario::parse(&text(path)?, base)
        .map_err(|error| Stop::cannot_run(format!("{}: {error}", path.display())))
}

/// What a run is made from.
pub struct RunFiles<'a> {
    /// The book folder.
    pub folder: &'a Path,
    /// The scenario.
    pub scenario: &'a Path,
    /// Dated numbers that overrule those built in.
    pub params: Option<&'a Path>,
    /// Draws that overrule the scenario's.
    pub draws: Option<u32>,
    /// A seed that overrules the scenario's.
    pub seed: Option<u64>,
    /// A time limit that overrules the scenario's.
    pub time_limit: Option<f64>,
}

/// The case that a run is made of.
pub fn case(models: Option<&Path>, files: &RunFiles<'_>) -> Result<Case, Stop> {
    let catalogue = catalogue_for(models, files.folder)?;
    let mut scenario = scenario(files.scenario)?;
    if let Some(seconds) = files.time_limit {
        if !(0.001..=86_400.0).contains(&seconds) {
            return Err(Stop::cannot_run("--time-limit must be 0.001 to 86,400 seconds"));
        }
        scenario.definition.solver.time_limit_seconds = seconds;
    }
    let parameters = parameters(&catalogue, files.params)?;
    let (book, _) = book(&catalogue, files.folder)?;
    run::case(&book, &scenario, &catalogue.instruments, &parameters, files.draws, files.seed)
        .map_err(|error| match error {
            run::CaseError::Value(error) => Stop::refused(error),
            error => Stop::cannot_run(format!("{}: {error}", files.scenario.display())),
        })
}

/// Where each dated number of a run comes from, by its key.
pub fn sources(
    models: Option<&Path>,
    files: &RunFiles<'_>,
    year: FinYear,
) -> Result<BTreeMap<String, String>, Stop> {
    Ok(parameters(&catalogue(models)?, files.params)?.sources(year))
}
