//! What a table looks like: read from `models/uploads`, used by checks, canonical form, templates.

use serde::Deserialize;
use std::collections::BTreeMap;

use crate::norms::{CodesDefinition, Norms, NormsDefinition};
use crate::personal::PersonalHeaders;

/// One table of the open book.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableDefinition {
    /// Its name; the file is `name.csv`.
    pub name: String,
    /// Who hands it in.
    pub from: Origin,
    /// What it holds, in a sentence.
    pub about: String,
    /// What happens to rows with equal keys.
    pub rows: RowRule,
    /// Its columns, in canonical order.
    #[serde(rename = "column")]
    pub columns: Vec<ColumnDefinition>,
}

/// Who hands a table in.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Each provider, for itself.
    Provider,
    /// The Integrated Care Board.
    Icb,
}

/// What happens to rows with equal keys.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RowRule {
    /// They are refused.
    Unique,
    /// Their money and activity are added up.
    AddUp,
}

/// One column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnDefinition {
    /// Its name in the header.
    pub name: String,
    /// What its cells hold.
    pub kind: Kind,
    /// Whether it is part of the key.
    #[serde(default)]
    pub key: bool,
    /// Whether the column may be absent and its cells empty.
    #[serde(default)]
    pub optional: bool,
    /// Whether its cells may be empty although the column must be there.
    #[serde(default)]
    pub may_be_empty: bool,
    /// What an empty cell means.
    pub default: Option<String>,
    /// What a choice may be.
    #[serde(default)]
    pub values: Vec<String>,
    /// The least number.
    pub min: Option<f64>,
    /// The greatest number.
    pub max: Option<f64>,
    /// The `table.column` in which its codes must stand.
    pub refers_to: Option<String>,
    /// The code list (`models/uploads/codes.toml`) in which its values should stand.
    pub list: Option<String>,
    /// A cell as it might be.
    pub example: Option<String>,
    /// What it means, in a sentence.
    pub about: String,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Letters, digits, `-_.`.
    Code,
    /// Any plain text.
    Text,
    /// Pounds with at most two decimals.
    Money,
    /// A count with at most four decimals.
    Activity,
    /// A plain decimal number.
    Number,
    /// A number from 0 to 1.
    Share,
    /// A financial year.
    Year,
    /// 0 for the whole year, 1 to 12 from April.
    Month,
    /// A day.
    Date,
    /// One of a list.
    Choice,
    /// Codes separated by `;`.
    Tags,
    /// A service line, written `provider/service`.
    Service,
    /// Yes or no.
    Flag,
}

/// Why the files in `models/uploads` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// Not TOML of the expected shape.
    #[error("models/uploads/{file}: {message}")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// A file that every set needs is missing.
    #[error("models/uploads has no {0}")]
    Missing(&'static str),
}

/// All tables of the open book.
#[derive(Clone, Debug)]
pub struct Tables {
    by_name: BTreeMap<String, TableDefinition>,
    personal: PersonalHeaders,
    norms: Norms,
}

impl Tables {
    /// Reads the definitions from `(file name, text)` pairs.
    ///
    /// # Errors
    /// When a file is not of the expected shape or a necessary one is missing.
    pub fn parse<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, DefinitionError> {
        let mut by_name = BTreeMap::new();
        let mut personal = None;
        let mut codes = None;
        let mut norms = None;
        for (file, text) in files {
            match file {
                "personal.toml" => personal = Some(parse::<PersonalHeaders>(file, text)?),
                "codes.toml" => codes = Some(parse::<CodesDefinition>(file, text)?),
                "norms.toml" => norms = Some(parse::<NormsDefinition>(file, text)?),
                _ => {
                    let table: TableDefinition = parse(file, text)?;
                    by_name.insert(table.name.clone(), table);
                }
            }
        }
        let codes = codes.ok_or(DefinitionError::Missing("codes.toml"))?;
        let norms = norms.ok_or(DefinitionError::Missing("norms.toml"))?;
        Ok(Self {
            by_name,
            personal: personal.ok_or(DefinitionError::Missing("personal.toml"))?,
            norms: Norms::of(codes, norms),
        })
    }

    /// The table of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&TableDefinition> {
        self.by_name.get(name)
    }

    /// All tables in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &TableDefinition> {
        self.by_name.values()
    }

    /// Code lists and what is usual nationally.
    #[must_use]
    pub const fn norms(&self) -> &Norms {
        &self.norms
    }

    /// The headers that name personal data.
    #[must_use]
    pub const fn personal(&self) -> &PersonalHeaders {
        &self.personal
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, DefinitionError> {
    toml::from_str(text).map_err(|error| DefinitionError::Malformed {
        file: file.to_owned(),
        message: error.to_string(),
    })
}
