//! Rows of results as CSV and as a workbook, safe to open in a spreadsheet. The command line and
//! the service write them alike, every figure in full.

use quantities::Pence;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde::Serialize;
use serde_json::Value;

/// The columns of a run's services, in the order of the result file.
pub const RUN_SERVICES: [&str; 19] = [
    "service",
    "name",
    "provider",
    "sector",
    "base_gbp",
    "plan_gbp",
    "change_pct",
    "base_qaly",
    "plan_qaly",
    "average_gbp_per_qaly",
    "marginal_gbp_per_qaly",
    "reduced_cost_qaly_per_gbp_m",
    "at",
    "stopped_by",
    "label",
    "label_reason",
    "prob_at_lower",
    "prob_low_value",
    "range_gbp",
];

/// The columns of the value table, in the order of the value file.
pub const VALUES: [&str; 33] = [
    "service",
    "name",
    "provider",
    "sector",
    "spend_gbp",
    "valued_spend_gbp",
    "qaly",
    "qaly_low",
    "qaly_high",
    "average_gbp_per_qaly",
    "average_low_gbp_per_qaly",
    "average_high_gbp_per_qaly",
    "marginal_gbp_per_qaly",
    "marginal_low_gbp_per_qaly",
    "marginal_high_gbp_per_qaly",
    "qaly_per_thousand_gbp",
    "qaly_per_thousand_gbp_low",
    "qaly_per_thousand_gbp_high",
    "net_health_benefit_qaly",
    "net_health_benefit_low_qaly",
    "net_health_benefit_high_qaly",
    "prob_cost_effective",
    "prob_low_value",
    "rank",
    "order",
    "order_low",
    "order_high",
    "order_marginal_gbp_per_qaly",
    "elasticity",
    "elasticity_source",
    "evidence_grade",
    "assessable",
    "reason",
];

/// The columns of health against budget, in the order of the frontier file.
pub const FRONTIER: [&str; 5] =
    ["budget_gbp", "change_pct", "status", "qaly", "price_qaly_per_gbp_m"];

/// The columns of what it is worth to know each figure, in the order of the evidence file.
pub const FIGURES: [&str; 9] = [
    "service",
    "cohort",
    "source",
    "figure",
    "table",
    "column",
    "lines",
    "worth.qaly",
    "worth.gbp",
];

/// The columns of the problems of a file.
pub const PROBLEMS: [&str; 6] = ["table", "row", "column", "rule", "severity", "message"];

/// One sheet of a workbook.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a, T> {
    /// Its name, of at most 31 letters.
    pub name: &'a str,
    /// The fields of each row that are its columns.
    pub columns: &'a [&'a str],
    /// The rows.
    pub rows: &'a [T],
}

/// These fields of each row as CSV with a header.
///
/// # Errors
/// When a row cannot be written as JSON.
pub fn csv<T: Serialize>(columns: &[&str], rows: &[T]) -> Result<String, serde_json::Error> {
    let mut text = line(columns.iter().map(|name| (*name).to_owned()));
    for row in rows {
        let row = serde_json::to_value(row)?;
        text.push_str(&line(columns.iter().map(|name| cell(read(name, &row)))));
    }
    Ok(text)
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("{}\n", cells.join(","))
}

/// What stands in a cell.
enum Cell {
    Nothing,
    Text(String),
    Truth(bool),
    /// A figure, and as it is written in full.
    Figure(f64, String),
}

/// What stands in a column of a row; `a.b` is field `b` of field `a`.
fn read(column: &str, row: &Value) -> Cell {
    as_cell(column, row.pointer(&format!("/{}", column.replace('.', "/"))))
}

/// Money is a text in JSON and a number here, by the name of its column.
fn as_cell(column: &str, value: Option<&Value>) -> Cell {
    match value {
        None | Some(Value::Null) => Cell::Nothing,
        Some(Value::Bool(truth)) => Cell::Truth(*truth),
        Some(Value::Number(number)) => {
            let Some(figure) = number.as_f64() else { return Cell::Nothing };
            let whole = number.as_i64().map(|whole| whole.to_string());
            Cell::Figure(figure, whole.unwrap_or_else(|| figure.to_string()))
        }
        Some(Value::String(text)) => {
            let amount = text.parse::<Pence>().ok().filter(|_| column.contains("gbp"));
            match amount {
                Some(amount) => Cell::Figure(amount.to_pounds(), text.clone()),
                None => Cell::Text(text.clone()),
            }
        }
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| plain(column, item)).collect();
            Cell::Text(items.join("; "))
        }
        Some(other) => Cell::Text(other.to_string()),
    }
}

fn plain(column: &str, value: &Value) -> String {
    match as_cell(column, Some(value)) {
        Cell::Figure(_, text) | Cell::Text(text) => text,
        Cell::Nothing | Cell::Truth(_) => String::new(),
    }
}

fn cell(cell: Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Truth(truth) => truth.to_string(),
        Cell::Figure(_, text) => text,
        Cell::Text(text) => quoted(&text),
    }
}

/// A text that no spreadsheet takes for a formula.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) || formula {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A row cannot be written as JSON.
    #[error(transparent)]
    Row(#[from] serde_json::Error),
    /// The workbook cannot be written.
    #[error(transparent)]
    Workbook(#[from] XlsxError),
}

/// These fields of each row as a workbook of one sheet and one of notes. Figures are numbers in
/// full, missing ones are empty cells, and a text is never a formula.
///
/// # Errors
/// When it cannot be written.
pub fn xlsx<T: Serialize>(sheet: &Sheet<'_, T>, notes: &[String]) -> Result<Vec<u8>, ExportError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold();
    let page = book.add_worksheet();
    page.set_name(sheet.name)?;
    page.set_freeze_panes(1, 1)?;
    for (column, name) in (0_u16..).zip(sheet.columns) {
        page.write_string_with_format(0, column, *name, &head)?;
    }
    for (at, row) in (1_u32..).zip(sheet.rows) {
        let row = serde_json::to_value(row)?;
        for (column, name) in (0_u16..).zip(sheet.columns) {
            match read(name, &row) {
                Cell::Nothing => {}
                Cell::Truth(truth) => {
                    page.write_boolean(at, column, truth)?;
                }
                Cell::Figure(figure, _) => {
                    page.write_number(at, column, figure)?;
                }
                Cell::Text(text) => {
                    page.write_string(at, column, text)?;
                }
            }
        }
    }
    page.autofit();
    let page = book.add_worksheet();
    page.set_name("notes")?;
    page.set_column_width(0, 120)?;
    for (at, note) in (0_u32..).zip(notes) {
        page.write_string(at, 0, note)?;
    }
    Ok(book.save_to_buffer()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
    use std::io::Cursor;

    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        plan_gbp: &'static str,
        qaly: Option<f64>,
        stopped_by: [&'static str; 2],
        order: u32,
    }

    const COLUMNS: [&str; 5] = ["name", "plan_gbp", "qaly", "stopped_by", "order"];

    fn rows() -> [Row; 2] {
        let row =
            |name, plan_gbp, qaly| Row { name, plan_gbp, qaly, stopped_by: ["a", "b,c"], order: 3 };
        [row("=1+1", "-12.50", None), row("Say \"hi\", now", "3.00", Some(10.0))]
    }

    #[test]
    fn money_is_a_number_and_no_text_is_a_formula() {
        assert_eq!(
            csv(&COLUMNS, &rows()).expect("CSV"),
            "name,plan_gbp,qaly,stopped_by,order\n\"'=1+1\",-12.50,,\"a; b,c\",3\n\
             \"Say \"\"hi\"\", now\",3.00,10,\"a; b,c\",3\n"
        );
    }

    #[test]
    fn a_workbook_holds_the_same_figures_in_full() {
        let third = 1.0 / 3.0;
        let [first, second] = rows();
        let rows = [first, Row { qaly: Some(third), ..second }];
        let sheet = Sheet { name: "services", columns: &COLUMNS, rows: &rows };
        let bytes = xlsx(&sheet, &["=a note".to_owned()]).expect("a workbook");
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("opens");
        let page = book.worksheet_range("services").expect("the sheet");
        let cell = |row, column| page.get_value((row, column)).cloned().unwrap_or_default();
        assert_eq!(cell(0, 1), Data::String("plan_gbp".to_owned()));
        assert_eq!(cell(1, 0), Data::String("=1+1".to_owned()));
        assert_eq!(cell(1, 1), Data::Float(-12.5));
        assert_eq!((cell(1, 2), cell(2, 2)), (Data::Empty, Data::Float(third)));
        let formulas = book.worksheet_formula("services").expect("read");
        assert!(formulas.cells().all(|(_, _, text)| text.is_empty()));
    }
}
