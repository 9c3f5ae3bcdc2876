//! Tables that are written by hand, with published figures filled in where a cell names one.

use std::collections::BTreeMap;

use super::definition::{Origin, WrittenDefinition};
use super::fault::Faults;
use super::figures::Figures;
use super::sheet::{Sheet, SheetRow};
use super::sources::SourceLine;
use crate::Tables;

/// Columns of the recipe alone: they overrule the table's own kind and source for one row.
const KIND: &str = "_kind";
const SOURCE: &str = "_source";

/// A written table with its figures filled in: rows with the header first, and their sources.
pub(super) struct Written {
    pub rows: Vec<Vec<String>>,
    pub sources: Vec<SourceLine>,
}

/// Fills one table in.
pub(super) fn fill(
    tables: &Tables,
    sheet: &Sheet,
    table: &str,
    written: &[WrittenDefinition],
    figures: &mut Figures<'_>,
) -> Result<Written, Faults> {
    let Some(definition) = tables.get(table) else {
        let hint = crate::did_you_mean(table, tables.iter().map(|table| table.name.as_str()));
        return Err(Faults::one(&sheet.name, format!("there is no table \"{table}\"{hint}")));
    };
    let keys: Vec<&str> =
        definition.columns.iter().filter(|it| it.key).map(|it| it.name.as_str()).collect();
    let default = written.iter().find(|it| it.name == table);
    let columns: Vec<&String> =
        sheet.header.iter().filter(|name| ![KIND, SOURCE].contains(&name.as_str())).collect();
    let mut faults = Faults::default();
    let mut made = Written {
        rows: vec![columns.iter().map(|name| (*name).clone()).collect()],
        sources: Vec::new(),
    };
    for row in sheet.rows() {
        let cells: Vec<Option<String>> = columns
            .iter()
            .map(|column| {
                let filled = figures.fill(row.get(column));
                let named = filled.map_err(|why| format!("column {column}: {why}"));
                faults.take(&sheet.name, Some(row.line), named)
            })
            .collect();
        let Some(cells) = cells.into_iter().collect::<Option<Vec<String>>>() else { continue };
        let filled: BTreeMap<&str, &str> = columns
            .iter()
            .map(|name| name.as_str())
            .zip(cells.iter().map(String::as_str))
            .collect();
        match origin(&row, &filled, default, figures) {
            Ok((kind, source)) => {
                made.sources.push(source_line(table, &keys, &filled, kind, &source));
            }
            Err(message) => faults.push(&sheet.name, Some(row.line), message),
        }
        made.rows.push(cells);
    }
    faults.into_result().map(|()| made)
}

/// The row's own kind and source, or those of its table.
fn origin(
    row: &SheetRow<'_>,
    filled: &BTreeMap<&str, &str>,
    default: Option<&WrittenDefinition>,
    figures: &mut Figures<'_>,
) -> Result<(Origin, String), String> {
    let kind = match (row.get(KIND), default) {
        ("", Some(default)) => default.kind,
        ("", None) => {
            let message = "the row does not say its kind; add the table to recipe.toml, or a column \
                           _kind";
            return Err(message.to_owned());
        }
        (kind, _) => Origin::read(kind)?,
    };
    // The table's own column is filled in already.
    let own = filled.get("source").copied().filter(|source| !source.is_empty());
    match (row.get(SOURCE), own, default.and_then(|default| default.source.as_deref())) {
        ("", Some(own), _) => Ok((kind, own.to_owned())),
        ("", None, Some(source)) | (source, _, _) if !source.is_empty() => {
            Ok((kind, figures.fill(source)?))
        }
        _ => Err("the row has no source; every row of the book needs one".to_owned()),
    }
}

fn source_line(
    table: &str,
    keys: &[&str],
    filled: &BTreeMap<&str, &str>,
    kind: Origin,
    source: &str,
) -> SourceLine {
    let cell = |column: &str| filled.get(column).copied().unwrap_or("");
    let (provider, service) = (cell("provider_code"), cell("service_code"));
    let named = |column: &&&str| !["provider_code", "service_code"].contains(*column);
    let what: Vec<String> = keys
        .iter()
        .filter(named)
        .filter(|column| !cell(column).is_empty())
        .map(|column| format!("{column} {}", cell(column)))
        .collect();
    let what = if what.is_empty() { "all columns".to_owned() } else { what.join(", ") };
    SourceLine::new(table, [provider, service], &what, kind, source)
}
