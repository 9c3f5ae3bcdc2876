//! `valuebook template`.

use openbook::definition::Origin;
use openbook::template::{self, Selection};
use openbook::{TableDefinition, Tables};
use std::fs;
use std::path::{Path, PathBuf};

use crate::args::{TemplateArgs, TemplateFormat, Whose};
use crate::inputs;
use crate::stop::{Ended, Exit, Stop};
use crate::text;

pub fn run(models: Option<&Path>, args: &TemplateArgs) -> Ended {
    let tables = inputs::catalogue(models)?.tables;
    let selection = selection(args, &tables)?;
    let chosen: Vec<&TableDefinition> = selection.of(&tables).collect();
    let written = match args.format {
        TemplateFormat::Xlsx => {
            let book = template::xlsx(&tables, selection).map_err(Stop::cannot_run)?;
            vec![one_file(&args.out, &book)?]
        }
        TemplateFormat::Markdown => {
            if selection != Selection::All {
                let why = "--format markdown describes all tables: leave out --for and --table";
                return Err(Stop::cannot_run(why));
            }
            vec![one_file(&args.out, template::markdown(&tables).as_bytes())?]
        }
        TemplateFormat::Csv => csv(&args.out, &chosen)?,
        TemplateFormat::JsonSchema => schemas(&args.out, &chosen)?,
    };
    for path in written {
        text::print(&format!("{}\n", path.display()));
    }
    Ok(Exit::Done)
}

fn selection<'a>(args: &'a TemplateArgs, tables: &Tables) -> Result<Selection<'a>, Stop> {
    let Some(name) = args.table.as_deref() else {
        return Ok(match args.whose {
            Some(Whose::Provider) => Selection::From(Origin::Provider),
            Some(Whose::Icb) => Selection::From(Origin::Icb),
            None => Selection::All,
        });
    };
    if tables.get(name).is_none() {
        let hint = openbook::did_you_mean(name, tables.iter().map(|table| table.name.as_str()));
        return Err(Stop::cannot_run(format!("--table: there is no table \"{name}\"{hint}")));
    }
    Ok(Selection::Table(name))
}

/// Headers, one file a table, and the example rows in the folder EXAMPLES, where no check takes
/// them for data.
fn csv(out: &Path, tables: &[&TableDefinition]) -> Result<Vec<PathBuf>, Stop> {
    if let ([table], true) = (tables, is_file(out, "csv")) {
        return Ok(vec![one_file(out, &template::csv(table))?]);
    }
    let examples = out.join(template::EXAMPLES);
    let mut written = Vec::new();
    for table in tables {
        let name = format!("{}.csv", table.name);
        written.push(one_file(&out.join(&name), &template::csv(table))?);
        written.push(one_file(&examples.join(&name), &template::csv_example(table))?);
    }
    Ok(written)
}

fn schemas(out: &Path, tables: &[&TableDefinition]) -> Result<Vec<PathBuf>, Stop> {
    let text = |table: &TableDefinition| text::json(&template::json_schema(table));
    if let ([table], true) = (tables, is_file(out, "json")) {
        return Ok(vec![one_file(out, text(table)?.as_bytes())?]);
    }
    let write = |table: &&TableDefinition| {
        one_file(&out.join(format!("{}.schema.json", table.name)), text(table)?.as_bytes())
    };
    tables.iter().map(write).collect()
}

fn is_file(out: &Path, ending: &str) -> bool {
    out.extension().is_some_and(|found| found == ending) && !out.is_dir()
}

/// Writes a file, with the folders it lies in.
fn one_file(path: &Path, bytes: &[u8]) -> Result<PathBuf, Stop> {
    let because = |error: std::io::Error| {
        Stop::cannot_run(format!("{}: {error}; check the path", path.display()))
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(because)?;
    }
    fs::write(path, bytes).map_err(because)?;
    Ok(path.to_owned())
}
