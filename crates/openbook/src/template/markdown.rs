//! The formats of the open book as one text for people.

use super::words;
use crate::definition::{ColumnDefinition, Origin, TableDefinition, Tables};

const INTRODUCTION: &str = "\
# Formats of the open book

Every table that a provider or the Integrated Care Board hands in, made from the definitions that
the checks use (`models/uploads`): do not edit it by hand.

One CSV file a table, named `table.csv`, or one XLSX workbook with a sheet a table, named as the
table. In both the first row names the columns, exactly as below, in any order; a column that is not
below is refused with the nearest name. Templates of all tables: `valuebook template`.

- **CSV**: UTF-8 (a byte-order mark is accepted; UTF-16 by its mark), commas, a cell that holds a
  comma or a line end in double quotes.
- **XLSX**: values, no formulas (paste as values), no merged cells, no macros, no password. Sheets
  named in capitals, or beginning with Notes, About or Lists, are for people and not read; a sheet
  with a header and no rows is a table left out. Figures are read as a spreadsheet shows them in
  full (15 significant digits), percentages as fractions, date cells as days. At most 5 million
  cells and 256 MB unpacked; larger tables go as CSV.
- **Money** is in pounds with at most two decimals, no pound sign, no separators, no exponent. A
  **share** is a fraction from 0 to 1. **Missing is missing**: an empty cell is never nought.
- **No personal data**: columns and cells that look like NHS numbers, postcodes, dates of birth or
  single events are refused and nothing of the file is kept.
";

/// What every table and column means: kinds, limits, keys and rules.
#[must_use]
pub fn markdown(tables: &Tables) -> String {
    let mut out = INTRODUCTION.to_owned();
    let parts = [
        ("From each provider, for itself", Origin::Provider),
        ("From the Integrated Care Board", Origin::Icb),
    ];
    for (title, origin) in parts {
        out.push_str(&format!("\n## {title}\n\n| table | what it holds |\n|---|---|\n"));
        let own = || tables.iter().filter(|table| table.from == origin);
        for table in own() {
            out.push_str(&format!("| [`{0}`](#{0}) | {1} |\n", table.name, cell(&table.about)));
        }
        for table in own() {
            out.push_str(&one(table));
        }
    }
    out
}

fn one(table: &TableDefinition) -> String {
    let mut out = format!(
        "\n### {}\n\n{} Key: {}. {}\n\n| column | | holds | unit | example | means |\n\
         |---|---|---|---|---|---|\n",
        table.name,
        table.about,
        words::key(table),
        words::rows(table)
    );
    for column in &table.columns {
        out.push_str(&line(column));
    }
    out
}

fn line(column: &ColumnDefinition) -> String {
    let name = if column.key { format!("**{}**", column.name) } else { column.name.clone() };
    let cells = [
        name,
        words::required(column),
        words::rule(column),
        words::unit(column).unwrap_or_default().to_owned(),
        column.example.as_ref().map(|example| format!("`{example}`")).unwrap_or_default(),
        column.about.clone(),
    ];
    format!("| {} |\n", cells.map(|text| cell(&text)).join(" | "))
}

/// A text that cannot break out of a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
