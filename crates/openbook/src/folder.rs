//! A book folder on disk: one CSV file a table.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::book::Book;
use crate::definition::Tables;
use crate::problem::{Problem, Report};
use crate::read::{self, Progress, TableRead, Watch};

/// Why a folder cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder or a file in it cannot be opened.
    #[error("{path}: {source}; check the path")]
    Open {
        /// What could not be opened.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Nothing in it is a table.
    #[error(
        "{0} holds no tables of a book; a book has at least providers.csv, services.csv and costs.csv"
    )]
    NoTables(PathBuf),
}

fn open(path: &Path) -> impl FnOnce(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::Open { path, source }
}

/// Reads and checks every table of a book folder. `name.csv` is a table; files in capitals
/// (`SOURCES.csv`) and other endings are for people.
///
/// # Errors
/// When the folder cannot be read or holds no table.
pub fn read(tables: &Tables, folder: &Path) -> Result<(Option<Book>, Report), FolderError> {
    read_watched(tables, folder, &mut |_, _| {})
}

/// The same, followed file by file.
///
/// # Errors
/// As [`read`].
pub fn read_watched(
    tables: &Tables,
    folder: &Path,
    watch: &mut dyn FnMut(&Path, Progress),
) -> Result<(Option<Book>, Report), FolderError> {
    let mut report = Report::default();
    let mut sound = Vec::new();
    let mut partial = BTreeSet::new();
    let mut files = 0;
    for path in csv_files(folder)? {
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        match tables.get(name) {
            Some(definition) => {
                files += 1;
                let file = File::open(&path).map_err(open(&path))?;
                let mut watch = |progress| watch(&path, progress);
                let table = read::watched(tables, definition, file, &mut report, &mut watch);
                if !table.as_ref().is_some_and(TableRead::is_whole) {
                    partial.insert(name.to_owned());
                }
                sound.extend(table.map(TableRead::into_sound));
            }
            None => report.push(not_a_table(tables, name)),
        }
    }
    if files == 0 {
        return Err(FolderError::NoTables(folder.to_owned()));
    }
    if report.personal() {
        return Ok((None, report));
    }
    Ok((Book::of_sound(sound, &partial, &mut report), report))
}

/// Reads and checks one file as the named table.
///
/// # Errors
/// When the file cannot be opened.
pub fn read_file(
    tables: &Tables,
    table: &crate::TableDefinition,
    path: &Path,
) -> Result<(Option<TableRead>, Report), FolderError> {
    read_file_watched(tables, table, path, &mut |_| {})
}

/// The same, followed.
///
/// # Errors
/// As [`read_file`].
pub fn read_file_watched(
    tables: &Tables,
    table: &crate::TableDefinition,
    path: &Path,
    watch: Watch<'_>,
) -> Result<(Option<TableRead>, Report), FolderError> {
    let mut report = Report::default();
    let file = File::open(path).map_err(open(path))?;
    let read = read::watched(tables, table, file, &mut report, watch);
    Ok((read, report))
}

fn csv_files(folder: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(open(folder))? {
        let path = entry.map_err(open(folder))?.path();
        let for_people = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .is_some_and(|stem| !stem.chars().any(char::is_lowercase));
        if path.extension().is_some_and(|ending| ending == "csv") && !for_people {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn not_a_table(tables: &Tables, name: &str) -> Problem {
    let names = tables.iter().map(|table| table.name.as_str());
    let hint = crate::did_you_mean(name, names);
    let message = format!("there is no table \"{name}\"{hint}; rename the file or take it out");
    Problem::of_file(name, "file.unknown_table", message)
}
