//! `valuebook rebuild`.

use openbook::recipe::{Rebuilt, Recipe};
use std::fs;
use std::path::{Path, PathBuf};

use crate::args::RebuildArgs;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};
use crate::{import, inputs};

pub fn run(models: Option<&Path>, args: &RebuildArgs) -> Ended {
    let catalogue = inputs::catalogue(models)?;
    let recipe = Recipe::read(&args.recipe).map_err(cannot_run)?;
    let files = recipe.fetch(&args.data).map_err(cannot_run)?;
    let rebuilt = recipe.rebuild(&catalogue.tables, &import::definitions(models)?, &files);
    let rebuilt = rebuilt.map_err(Stop::refused)?;
    let strangers = strangers(&rebuilt, &args.out)?;
    if !strangers.is_empty() {
        return Err(Stop::refused(format!(
            "{} holds tables that the recipe does not make: {}; take them out, or write elsewhere",
            args.out.display(),
            strangers.join(", ")
        )));
    }
    write(&rebuilt, &args.out)?;
    text::print(&in_words(&recipe, &rebuilt, &args.out));
    Ok(Exit::Done)
}

fn cannot_run(faults: openbook::recipe::Faults) -> Stop {
    // A line each: they are many, and each names its own file.
    Stop { exit: Exit::CannotRun, message: faults.to_string() }
}

fn unwritable(path: &Path) -> impl FnOnce(std::io::Error) -> Stop {
    let path = path.to_owned();
    move |error| Stop::cannot_run(format!("{}: {error}; check the path", path.display()))
}

/// Tables that lie in the folder and would join the book unasked.
fn strangers(rebuilt: &Rebuilt, out: &Path) -> Result<Vec<String>, Stop> {
    if !out.exists() {
        return Ok(Vec::new());
    }
    let mut strangers = Vec::new();
    for entry in fs::read_dir(out).map_err(unwritable(out))? {
        let path: PathBuf = entry.map_err(unwritable(out))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_table = path.extension().is_some_and(|ending| ending == "csv");
        if is_table && name.chars().any(char::is_lowercase) && !rebuilt.files.contains_key(name) {
            strangers.push(name.to_owned());
        }
    }
    strangers.sort();
    Ok(strangers)
}

fn write(rebuilt: &Rebuilt, out: &Path) -> Result<(), Stop> {
    fs::create_dir_all(out).map_err(unwritable(out))?;
    for (name, bytes) in &rebuilt.files {
        let path = out.join(name);
        fs::write(&path, bytes).map_err(unwritable(&path))?;
    }
    Ok(())
}

fn in_words(recipe: &Recipe, rebuilt: &Rebuilt, out: &Path) -> String {
    let mut table = Table::new(["table", "rows"]);
    for (name, rows) in rebuilt.report.rows() {
        table.row([name.clone(), rows.to_string()]);
    }
    let cost = rebuilt.book.tables().get("costs").and_then(|costs| costs.total("cost_gbp"));
    format!(
        "{}: £{} in {}.\n\n{table}\nNothing is refused; `valuebook check` says what there is to query.\n",
        recipe.definition().name,
        cost.unwrap_or_default(),
        out.display()
    )
}
