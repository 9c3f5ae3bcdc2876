//! The published files of a recipe.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::definition::FileDefinition;
use super::fault::Faults;
use super::sheet::Sheet;
use crate::Tables;
use crate::published::{Kind, Published, Selection, SourceFile};

/// The published files of a recipe as they lie in the data folder.
#[derive(Clone, Debug)]
pub struct Fetched {
    files: Vec<(FileDefinition, Vec<u8>)>,
}

impl Fetched {
    /// Reads every file.
    pub(super) fn read(definitions: &[FileDefinition], data: &Path) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut files = Vec::new();
        for definition in definitions {
            let FileDefinition { name, source, .. } = definition;
            match fs::read(data.join(name)) {
                Ok(bytes) => files.push((definition.clone(), bytes)),
                Err(error) => {
                    let message = format!(
                        "it cannot be read from {} ({error}); put it there, from {source}",
                        data.display()
                    );
                    faults.push(name, None, message);
                }
            }
        }
        faults.into_result().map(|()| Self { files })
    }
}

#[derive(Debug)]
struct File {
    source: String,
    /// Its own rows.
    sheet: Sheet,
    /// The tables of its import.
    tables: BTreeMap<String, Sheet>,
}

/// The published files, as rows.
#[derive(Debug)]
pub(super) struct Files {
    by_id: BTreeMap<String, File>,
}

impl Files {
    /// Reads the rows of every file, and imports those whose kind is given.
    pub fn open(fetched: &Fetched, tables: &Tables, published: &Published) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut by_id = BTreeMap::new();
        for (definition, bytes) in &fetched.files {
            match open(definition, bytes, tables, published) {
                Ok(file) => {
                    if by_id.insert(definition.id.clone(), file).is_some() {
                        let message =
                            format!("the file {} is there twice; rename one", definition.id);
                        faults.push("recipe.toml", None, message);
                    }
                }
                Err(found) => faults.extend(found),
            }
        }
        faults.into_result().map(|()| Self { by_id })
    }

    fn file(&self, id: &str) -> Result<&File, String> {
        self.by_id.get(id).ok_or_else(|| {
            let hint = crate::did_you_mean(id, self.by_id.keys().map(String::as_str));
            format!("recipe.toml has no file \"{id}\"{hint}")
        })
    }

    /// The rows of a file, or of a table of its import.
    pub fn get(&self, id: &str, table: Option<&str>) -> Result<&Sheet, String> {
        let file = self.file(id)?;
        let Some(table) = table else { return Ok(&file.sheet) };
        file.tables.get(table).ok_or_else(|| {
            let made: Vec<&str> = file.tables.keys().map(String::as_str).collect();
            if made.is_empty() {
                return format!("file {id} has no kind in recipe.toml, so it makes no tables");
            }
            format!("file {id} makes no table \"{table}\", only {}", made.join(", "))
        })
    }

    /// The publication of a file, in words.
    pub fn source(&self, id: &str) -> Result<&str, String> {
        self.file(id).map(|file| file.source.as_str())
    }
}

fn open(
    definition: &FileDefinition,
    bytes: &[u8],
    tables: &Tables,
    published: &Published,
) -> Result<File, Faults> {
    let FileDefinition { name, source, .. } = definition;
    let imported = match definition.kind {
        Some(kind) => import(kind, name, bytes, tables, published)?,
        None => BTreeMap::new(),
    };
    Ok(File { source: source.clone(), sheet: Sheet::parse(name, bytes)?, tables: imported })
}

/// The tables that a file makes when it is imported as its kind.
fn import(
    kind: Kind,
    name: &str,
    bytes: &[u8],
    tables: &Tables,
    published: &Published,
) -> Result<BTreeMap<String, Sheet>, Faults> {
    let imported = published
        .import(tables, kind, &[SourceFile { name, bytes }], &Selection::default())
        .map_err(|report| {
            let mut faults = Faults::default();
            for problem in report.problems() {
                faults.push(name, problem.row, problem.message.clone());
            }
            faults
        })?;
    let mut made = BTreeMap::new();
    for (table, rows) in &imported.tables {
        let unwritable = |error: csv::Error| Faults::one(name, error.to_string());
        let bytes = rows.canonical_csv().map_err(unwritable)?;
        made.insert(table.clone(), Sheet::parse(&format!("{name} as {table}"), &bytes)?);
    }
    for (table, bytes) in &imported.beside {
        made.insert(table.clone(), Sheet::parse(&format!("{name} as {table}"), bytes)?);
    }
    Ok(made)
}
