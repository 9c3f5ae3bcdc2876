//! What an analyst may change without touching Rust: the files under `models/`.

use include_dir::{Dir, include_dir};
use openbook::Tables;
use std::collections::BTreeMap;
use std::path::Path;
use value::method::MethodDefinition;
use value::{Instruments, Parameters};

use crate::rules::Rules;

/// The files under `models/` as they were when the program was built.
pub static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../models");

/// The definitions that checks, values and runs are made with.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The tables of the open book.
    pub tables: Tables,
    /// Dated national numbers.
    pub parameters: Parameters,
    /// Value sets, mappings and measures.
    pub instruments: Instruments,
    /// The text of the glossary.
    pub glossary: String,
    /// What the checks look for, in words.
    pub rules: Rules,
    /// What a method statement says beside the figures.
    pub method: MethodDefinition,
}

/// Why the definitions cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file or folder cannot be read.
    #[error("{path}: {source}; check --models")]
    Read {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file that every set needs is missing.
    #[error("models/{0} is missing")]
    Missing(&'static str),
    /// A file is not of the expected shape.
    #[error("{0}")]
    Malformed(String),
}

/// Texts by their path below `models/`.
type Files = BTreeMap<String, String>;

impl Catalogue {
    /// The definitions embedded in the program.
    ///
    /// # Errors
    /// When they do not read, which the tests rule out.
    pub fn embedded() -> Result<Self, CatalogueError> {
        let mut files = Files::new();
        for folder in ["uploads", "value", "parameters"] {
            let files_of = EMBEDDED.get_dir(folder).into_iter().flat_map(Dir::files);
            for file in files_of.chain(EMBEDDED.files()) {
                if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
                    files.insert(path.to_owned(), text.to_owned());
                }
            }
        }
        Self::read(&files)
    }

    /// The definitions of a folder laid out like `models/`. The national schedule as its import
    /// writes it (`value/NATIONAL_UNIT_COSTS.csv`) takes the place of `value/unit_costs.toml`.
    ///
    /// # Errors
    /// When a file is missing or not of the expected shape.
    pub fn from_folder(folder: &Path) -> Result<Self, CatalogueError> {
        let mut files = Files::new();
        for part in ["", "uploads", "value", "parameters"] {
            let path = folder.join(part);
            let read = |source| CatalogueError::Read { path: path.display().to_string(), source };
            for entry in path.read_dir().map_err(read)? {
                let entry = entry.map_err(read)?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.ends_with(".toml") {
                    let name = if part.is_empty() { name } else { format!("{part}/{name}") };
                    files.insert(name, std::fs::read_to_string(entry.path()).map_err(read)?);
                }
            }
        }
        let mut found = Self::read(&files)?;
        let unit_costs = &mut found.instruments.unit_costs;
        *unit_costs = unit_costs
            .in_folder(&folder.join("value"))
            .map_err(|error| CatalogueError::Malformed(error.to_string()))?;
        Ok(found)
    }

    fn read(files: &Files) -> Result<Self, CatalogueError> {
        let text = |name: &'static str| {
            files.get(name).map(String::as_str).ok_or(CatalogueError::Missing(name))
        };
        let malformed =
            |error: &dyn std::fmt::Display| CatalogueError::Malformed(error.to_string());
        let uploads = files.iter().filter_map(|(path, text)| {
            let name = path.strip_prefix("uploads/")?;
            name.ends_with(".toml").then_some((name, text.as_str()))
        });
        Ok(Self {
            tables: Tables::parse(uploads).map_err(|error| malformed(&error))?,
            parameters: Parameters::parse(text("parameters/national.toml")?)
                .map_err(|error| malformed(&error))?,
            instruments: Instruments::parse(
                text("value/value_sets.toml")?,
                text("value/mappings.toml")?,
                text("value/measures.toml")?,
                text("value/unit_costs.toml")?,
            )
            .map_err(|error| malformed(&error))?,
            glossary: text("glossary.toml")?.to_owned(),
            rules: Rules::parse(text("rules.toml")?).map_err(|error| malformed(&error))?,
            method: MethodDefinition::parse(text("method.toml")?).map_err(|error| {
                CatalogueError::Malformed(format!("models/method.toml: {error}"))
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_definitions_read_as_the_folder_does() {
        let embedded = Catalogue::embedded().expect("reads");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
        let read = Catalogue::from_folder(Path::new(folder)).expect("reads");
        assert_eq!(embedded.parameters.sha256(), read.parameters.sha256());
        assert!(embedded.tables.get("costs").is_some());
        assert_eq!(embedded.tables.iter().count(), read.tables.iter().count());
        assert!(Catalogue::from_folder(Path::new("/nowhere")).is_err());
    }
}
