//! Tables as CSV, safe to open in a spreadsheet.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use serde::Serialize;
use serde_json::Value;

/// The columns of a run's services, in the order of the result file.
pub const SERVICES: [&str; 19] = [
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
pub const VALUES: [&str; 19] = [
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
    "marginal_gbp_per_qaly",
    "marginal_low_gbp_per_qaly",
    "marginal_high_gbp_per_qaly",
    "net_health_benefit_qaly",
    "prob_cost_effective",
    "elasticity",
    "elasticity_source",
    "evidence_grade",
    "reason",
];

/// The columns of the problems of a file.
pub const PROBLEMS: [&str; 6] = ["table", "row", "column", "rule", "severity", "message"];

/// These fields of each row as CSV with a header.
pub fn csv<T: Serialize>(columns: &[&str], rows: &[T]) -> Result<String, serde_json::Error> {
    let mut text = line(columns.iter().map(|name| (*name).to_owned()));
    for row in rows {
        let row = serde_json::to_value(row)?;
        text.push_str(&line(columns.iter().map(|name| cell(row.get(name)))));
    }
    Ok(text)
}

/// A file to keep rather than to show.
pub fn file(name: &str, content_type: &'static str, text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(text)
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if is_amount(text) => text.clone(),
        Some(Value::String(text)) => quoted(text),
        Some(Value::Array(items)) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            quoted(&items.join("; "))
        }
        Some(number) => number.to_string(),
    }
}

/// Money is a text in JSON and a number here: digits, one point, perhaps a minus.
fn is_amount(text: &str) -> bool {
    text.parse::<quantities::Pence>().is_ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn money_is_a_number_and_no_text_is_a_formula() {
        #[derive(Serialize)]
        struct Row {
            name: &'static str,
            plan_gbp: &'static str,
            qaly: Option<f64>,
            stopped_by: [&'static str; 2],
        }
        let row = |name, plan_gbp| Row { name, plan_gbp, qaly: None, stopped_by: ["a", "b,c"] };
        let rows = [row("=1+1", "-12.50"), row("Say \"hi\", now", "3.00")];
        let text = csv(&["name", "plan_gbp", "qaly", "stopped_by"], &rows).expect("CSV");
        assert_eq!(
            text,
            "name,plan_gbp,qaly,stopped_by\r\n\"'=1+1\",-12.50,,\"a; b,c\"\r\n\
             \"Say \"\"hi\"\", now\",3.00,,\"a; b,c\"\r\n"
        );
    }

    #[test]
    fn every_column_is_one_that_the_rows_have() {
        fn has(row: &impl Serialize, columns: &[&str]) -> bool {
            let row = serde_json::to_value(row).expect("JSON");
            columns.iter().all(|name| row.get(name).is_some())
        }
        assert!(has(&samples::run(1, false).services[0], &SERVICES));
        assert!(has(&samples::value(1, false).services[0], &VALUES));
        assert!(has(&samples::check(1, false, false).problems[0], &PROBLEMS));
    }
}
