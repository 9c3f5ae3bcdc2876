//! What each table looks like.

use openbook::definition::{Origin, TableDefinition, Tables};
use openbook::{read, template};
use serde::Serialize;

use super::Link;
use super::Tag;
use super::labels::{severity, upload_table};
use crate::pages::format::{sentence_case, thousands};
use crate::rules::Rules;

/// The page of every table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FormatsView {
    /// Whether this person hands figures in.
    pub may_upload: bool,
    /// The workbook with the tables that this person hands in.
    pub workbook: Option<Link>,
    /// The tables, by who hands them in.
    pub parts: Vec<FormatsPart>,
    /// What the checks look for.
    pub rules: Vec<RulesPart>,
}

/// Tables that the same people hand in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FormatsPart {
    /// Who.
    pub title: String,
    /// Tells its table from others.
    pub id: &'static str,
    /// The tables.
    pub tables: Vec<TableFiles>,
}

/// A table with its templates.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableFiles {
    /// The table, with the way to its columns.
    pub link: Link,
    /// What it holds.
    pub about: String,
    /// The templates.
    pub files: Vec<Link>,
}

/// Rules that belong together.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RulesPart {
    /// What they are about.
    pub title: String,
    /// The rules: in words, code, what one has to do.
    pub rules: Vec<RuleLine>,
}

/// One rule.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RuleLine {
    /// In words.
    pub title: String,
    /// Its stable code.
    pub code: String,
    /// What one has to do.
    pub tag: Tag,
}

/// The page of one table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FormatView {
    /// Its name in words.
    pub title: String,
    /// Its name in files.
    pub name: String,
    /// What it holds.
    pub about: String,
    /// Who hands it in, what makes a row, how large it may be.
    pub facts: Vec<String>,
    /// Its columns.
    pub columns: Vec<ColumnRow>,
    /// The templates.
    pub files: Vec<Link>,
}

/// One column.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ColumnRow {
    /// Its name in the header.
    pub name: String,
    /// Whether it is part of the key.
    pub key: bool,
    /// What it means.
    pub about: String,
    /// What a cell looks like.
    pub rule: String,
    /// What its figures are counted in.
    pub unit: Option<&'static str>,
    /// Whether it may be left out.
    pub required: String,
    /// A cell as it might be.
    pub example: String,
}

fn files(table: &TableDefinition) -> Vec<Link> {
    let name = &table.name;
    let link = |text: &str, file: String| Link::new(text, format!("/formats/templates/{file}"));
    vec![
        link("CSV", format!("{name}.csv")),
        link("CSV with an example row", format!("{name}-example.csv")),
        link("XLSX", format!("{name}.xlsx")),
    ]
}

impl FormatsView {
    /// The page for somebody; `own` is the workbook of the tables that this person hands in.
    pub fn new(tables: &Tables, rules: &Rules, own: Option<&str>, may_upload: bool) -> Self {
        let part = |id: &'static str, title: &str, origin: Origin| FormatsPart {
            title: title.to_owned(),
            id,
            tables: tables.iter().filter(|table| table.from == origin).map(files_of).collect(),
        };
        let lines = |group: &crate::rules::GroupDefinition| RulesPart {
            title: group.title.clone(),
            rules: group
                .rules
                .iter()
                .map(|rule| RuleLine {
                    title: rule.title.clone(),
                    code: rule.code.clone(),
                    tag: severity(&rule.severity),
                })
                .collect(),
        };
        Self {
            may_upload,
            workbook: own.map(|own| {
                let text = "One workbook with a sheet for each table you hand in (XLSX)";
                Link::new(text, format!("/formats/templates/{own}.xlsx"))
            }),
            parts: vec![
                part("from-providers", "each provider, for itself", Origin::Provider),
                part("from-icb", "the Integrated Care Board", Origin::Icb),
            ],
            rules: rules.definition.groups.iter().map(lines).collect(),
        }
    }
}

fn files_of(table: &TableDefinition) -> TableFiles {
    TableFiles {
        link: Link::new(upload_table(&table.name), format!("/formats/{}", table.name)),
        about: table.about.clone(),
        files: files(table),
    }
}

impl From<&TableDefinition> for FormatView {
    fn from(table: &TableDefinition) -> Self {
        let mut facts = vec![format!("Handed in by {}.", template::from(table))];
        let key = template::key(table);
        if !key.is_empty() {
            facts.push(format!("A row is told by its key: {key}. {}", template::rows(table)));
        }
        if table.name == "costs" {
            facts.push(format!(
                "At most {} different keys in one submission; rows may be many more.",
                thousands(&read::MOST_KEYS.to_string())
            ));
        }
        facts.push(format!(
            "CSV in UTF-8 with a header row, or a sheet named {} in an XLSX workbook; the columns \
             may stand in any order.",
            table.name
        ));
        let columns = table.columns.iter().map(|column| ColumnRow {
            name: column.name.clone(),
            key: column.key,
            about: column.about.clone(),
            rule: template::rule(column),
            unit: template::unit(column),
            required: sentence_case(&template::required(column)),
            example: template::example(column).unwrap_or_default(),
        });
        let mut files = files(table);
        let schema = format!("/formats/templates/{}.json", table.name);
        files.push(Link::new("JSON Schema", schema));
        Self {
            title: upload_table(&table.name),
            name: table.name.clone(),
            about: table.about.clone(),
            facts,
            columns: columns.collect(),
            files,
        }
    }
}
