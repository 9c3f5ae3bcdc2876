//! `valuebook import`.

use openbook::published::{
    Cut, Imported, Kind, KnownProvider, Published, Selection, SourceFile, quintiles, sentence,
};
use openbook::rows::{FromRow, Provider};
use openbook::{Report, Tables, folder};
use quantities::FinYear;
use serde_json::{Value, json};
use server::models::EMBEDDED;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::args::{Format, ImportArgs, ImportBy};
use crate::inputs;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};

pub fn run(models: Option<&Path>, args: &ImportArgs) -> Ended {
    if args.format == Format::Csv {
        return Err(Stop::cannot_run("import writes text or json, not csv"));
    }
    let kind: Kind = args.kind.parse().map_err(Stop::cannot_run)?;
    let tables = inputs::catalogue(models)?.tables;
    let published = definitions(models)?;
    let selection = selection(&tables, args)?;
    let texts = read(&args.files)?;
    let files: Vec<SourceFile<'_>> =
        texts.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    let imported = match published.import(&tables, kind, &files, &selection) {
        Ok(imported) => imported,
        Err(report) => return refused(args.format, kind, &report),
    };
    let joined = match imported.joined(&tables, &there(&args.out)?) {
        Ok(joined) => joined,
        Err(report) => return refused(args.format, kind, &report),
    };
    write(&args.out, &joined.files)?;
    let mut imported = imported;
    imported.notes.extend(joined.notes);
    let files: Vec<String> = joined.files.keys().map(|name| format!("{name}.csv")).collect();
    match args.format {
        Format::Json => text::print(&text::json(&as_json(&imported, &args.out, &files))?),
        Format::Text | Format::Csv => text::print(&in_words(&imported, &args.out, &files)),
    }
    Ok(Exit::Done)
}

/// How published files are read: the definitions built in, or those of a folder.
pub fn definitions(models: Option<&Path>) -> Result<Published, Stop> {
    let mut files = Vec::new();
    match models {
        None => {
            let folder = EMBEDDED.get_dir("published");
            for file in folder.into_iter().flat_map(include_dir::Dir::files) {
                let name = file.path().file_name().and_then(|name| name.to_str());
                if let (Some(name), Some(text)) = (name, file.contents_utf8()) {
                    files.push((name.to_owned(), text.to_owned()));
                }
            }
        }
        Some(folder) => {
            let folder = folder.join("published");
            let open =
                |error| Stop::cannot_run(format!("{}: {error}; check --models", folder.display()));
            for entry in folder.read_dir().map_err(open)? {
                let path = entry.map_err(open)?.path();
                if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                    files.push((name.to_owned(), inputs::text(&path)?));
                }
            }
        }
    }
    let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Published::parse(texts.filter(|(name, _)| name.ends_with(".toml"))).map_err(Stop::cannot_run)
}

fn read(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Stop> {
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).map_err(|error| {
            Stop::cannot_run(format!("{}: {error}; check the path", path.display()))
        });
        bytes.map(|bytes| (path.display().to_string(), bytes))
    };
    paths.iter().map(read).collect()
}

fn selection(tables: &Tables, args: &ImportArgs) -> Result<Selection, Stop> {
    let year = |text: &str| {
        text.parse::<FinYear>().map_err(|error| Stop::cannot_run(format!("--year: {error}")))
    };
    Ok(Selection {
        providers: args.provider.iter().cloned().collect(),
        year: args.year.as_deref().map(year).transpose()?,
        icb: args.icb.clone(),
        cut: match args.by {
            ImportBy::Pcn => Cut::Network,
            ImportBy::Practice => Cut::Practice,
            ImportBy::Stream => Cut::Stream,
            ImportBy::Total => Cut::Total,
        },
        known: args.providers.as_deref().map_or(Ok(BTreeMap::new()), |path| known(tables, path))?,
        quintiles: args.deprivation.as_deref().map_or(Ok(BTreeMap::new()), deprivation)?,
    })
}

/// The board's own providers.
fn known(tables: &Tables, path: &Path) -> Result<BTreeMap<String, KnownProvider>, Stop> {
    let definition = tables
        .get(Provider::TABLE)
        .ok_or_else(|| Stop::cannot_run("models/uploads has no providers.toml; restore it"))?;
    let (table, report) = folder::read_file(tables, definition, path).map_err(Stop::cannot_run)?;
    let table = table.ok_or_else(|| Stop::refused(sentences(&report)))?;
    let providers = table.rows().filter_map(|row| Provider::from_row(&row)).map(|it| {
        let known = KnownProvider { name: it.name, sector: it.sector, place: it.place.to_string() };
        (it.code.to_string(), known)
    });
    Ok(providers.collect())
}

fn deprivation(path: &Path) -> Result<BTreeMap<String, u8>, Stop> {
    let files = read(&[path.to_owned()])?;
    let file = files.first().map(|(name, bytes)| SourceFile { name, bytes });
    let read = file.map_or(Ok(BTreeMap::new()), |file| quintiles(&file));
    read.map_err(|report| Stop::refused(sentences(&report)))
}

/// The CSV files that a folder holds, by name without ending; none where there is no folder yet.
fn there(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Stop> {
    let mut found = BTreeMap::new();
    if !folder.exists() {
        return Ok(found);
    }
    let open = |error| Stop::cannot_run(format!("{}: {error}; check --out", folder.display()));
    for entry in folder.read_dir().map_err(open)? {
        let path = entry.map_err(open)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if let Some(stem) = stem.filter(|_| path.extension().is_some_and(|it| it == "csv")) {
            found.insert(stem.to_owned(), fs::read(&path).map_err(open)?);
        }
    }
    Ok(found)
}

/// Every file whole under another name first, so that a full disk leaves no half of one.
fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Stop> {
    let open = |error| Stop::cannot_run(format!("{}: {error}; check --out", folder.display()));
    fs::create_dir_all(folder).map_err(open)?;
    let part = |name: &str| folder.join(format!("{name}.csv.part"));
    for (name, bytes) in files {
        fs::write(part(name), bytes).map_err(open)?;
    }
    for name in files.keys() {
        fs::rename(part(name), folder.join(format!("{name}.csv"))).map_err(open)?;
    }
    Ok(())
}

/// How many problems a terminal is shown.
const SHOWN: usize = 20;

fn sentences(report: &Report) -> String {
    let all = report.problems();
    let mut lines: Vec<String> = all.iter().take(SHOWN).map(sentence).collect();
    let count: u64 = report.counts().values().sum();
    let beyond = count.saturating_sub(u64::try_from(lines.len()).unwrap_or_default());
    if beyond > 0 {
        lines.push(format!("… and {beyond} more"));
    }
    lines.join("\n  ")
}

fn refused(format: Format, kind: Kind, report: &Report) -> Ended {
    if format != Format::Json {
        return Err(Stop::refused(sentences(report)));
    }
    let problems: Vec<Value> = report
        .problems()
        .iter()
        .map(|it| {
            json!({"file": it.table, "row": it.row, "column": it.column, "rule": it.rule,
                "message": it.message})
        })
        .collect();
    let json = json!({"schema": SCHEMA, "accepted": false, "kind": kind.as_str(),
        "problems": problems, "counts": report.counts()});
    text::print(&text::json(&json)?);
    Ok(Exit::Refused)
}

const SCHEMA: &str = "valuebook.import/1";

fn as_json(imported: &Imported, out: &Path, files: &[String]) -> Value {
    let notes: Vec<Value> =
        imported.notes.iter().map(|it| json!({"code": it.code, "message": it.message})).collect();
    let totals: Vec<Value> = imported
        .totals
        .iter()
        .map(|it| {
            json!({"what": it.what, "unit": it.unit, "in_source": it.in_source.to_string(),
                "in_book": it.in_book.to_string(), "difference": it.difference.to_string(),
                "difference_explained": it.difference_explained})
        })
        .collect();
    let tables: BTreeMap<&str, usize> =
        imported.tables.iter().map(|(name, table)| (name.as_str(), table.len())).collect();
    json!({"schema": SCHEMA, "accepted": true, "kind": imported.kind.as_str(),
        "definitions": imported.definitions, "rows": imported.rows,
        "suppressed": imported.suppressed, "tables": tables,
        "beside": imported.beside.keys().collect::<Vec<_>>(), "totals": totals, "notes": notes,
        "out": out.display().to_string(), "files": files, "problems": []})
}

fn in_words(imported: &Imported, out: &Path, files: &[String]) -> String {
    let mut words = String::new();
    for note in &imported.notes {
        words.push_str(&format!("note    {}.\n", note.message));
    }
    let mut table =
        Table::new(["total", "unit", "in the source", "in the book", "difference"]).left(2);
    for total in &imported.totals {
        table.row([
            total.what.clone(),
            total.unit.to_owned(),
            total.in_source.to_string(),
            total.in_book.to_string(),
            total.difference.to_string(),
        ]);
    }
    if !imported.totals.is_empty() {
        words.push_str(&format!("\n{table}"));
    }
    for total in imported.totals.iter().filter(|total| !total.difference.is_zero()) {
        words.push_str(&format!("{}: {}.\n", total.what, total.difference_explained));
    }
    if !imported.tables.is_empty() {
        let mut table = Table::new(["table", "rows"]);
        for (name, rows) in &imported.tables {
            table.row([name.clone(), rows.len().to_string()]);
        }
        words.push_str(&format!("\n{table}"));
    }
    words.push_str(&format!(
        "\n{} rows read, {} cells hidden by the publisher. Written to {}: {}.\n",
        imported.rows,
        imported.suppressed,
        out.display(),
        files.join(", ")
    ));
    words
}
