//! Files to keep rather than to show.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use api::export::{self, Sheet};
use serde::Serialize;

use crate::problem::Problem;

/// A file to keep rather than to show.
pub fn file(name: &str, content_type: &'static str, content: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(content.into())
}

/// These fields of each row as a CSV file.
pub fn csv<T: Serialize>(
    name: &str,
    columns: &[&str],
    rows: &[T],
) -> Result<HttpResponse, Problem> {
    let text = export::csv(columns, rows).map_err(|error| Problem::internal(&error))?;
    Ok(file(name, "text/csv; charset=utf-8", text))
}

/// A sheet and its notes as a workbook.
pub fn xlsx<T: Serialize>(
    name: &str,
    sheet: &Sheet<'_, T>,
    notes: &[String],
) -> Result<HttpResponse, Problem> {
    const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let bytes = export::xlsx(sheet, notes).map_err(|error| Problem::internal(&error))?;
    Ok(file(name, WORKBOOK, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn every_column_is_one_that_the_rows_have() {
        fn has(row: &impl Serialize, columns: &[&str]) -> bool {
            let row = serde_json::to_value(row).expect("JSON");
            columns.iter().all(|name| row.get(name).is_some())
        }
        assert!(has(&samples::run(1, false).services[0], &export::RUN_SERVICES));
        assert!(has(&samples::value(1, false).services[0], &export::VALUES));
        assert!(has(&samples::check(1, false, false).problems[0], &export::PROBLEMS));
    }
}
