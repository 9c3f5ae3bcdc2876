//! What each table looks like, templates to fill in, and what the checks look for.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpResponse, get};
use openbook::definition::Origin;
use openbook::template::{self, Selection};
use tenancy::{Permission, Scope, demand};

use super::frame::shown;
use super::view::formats::{FormatView, FormatsView};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Adds the pages and the files.
pub fn configure(config: &mut ServiceConfig) {
    config.service(list).service(template_file).service(one);
}

/// Every table.
#[get("/formats")]
pub async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
) -> Result<HttpResponse, Problem> {
    shown(&state, &who, "/formats", "formats.html", |state, who| {
        let may_upload = who.may(Permission::Upload);
        let own = may_upload.then(|| selection_name(who));
        Ok(FormatsView::new(&state.catalogue.tables, &state.catalogue.rules, own, may_upload))
    })
    .await
}

/// One table.
#[get("/formats/{table}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    table: Path<String>,
) -> Result<HttpResponse, Problem> {
    let table = table.into_inner();
    shown(&state, &who, "/formats/one", "format.html", move |state, _| {
        let definition = state.catalogue.tables.get(&table).ok_or_else(Problem::not_found)?;
        Ok(FormatView::from(definition))
    })
    .await
}

/// A template to fill in: `costs.csv`, `costs-example.csv`, `costs.xlsx`, the JSON Schema
/// `costs.json`, or a workbook of several tables, `provider.xlsx`, `icb.xlsx`, `all.xlsx`.
#[get("/formats/templates/{file}")]
pub async fn template_file(
    state: Data<AppState>,
    _who: May<demand::ReadBook>,
    file: Path<String>,
) -> Result<HttpResponse, Problem> {
    let asked = file.into_inner();
    let name = asked.clone();
    let made = blocking(&state, move |state| made(state, &asked)).await?;
    let (kind, bytes) = made;
    let disposition = format!("attachment; filename=\"valuebook-{name}\"");
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CONTENT_DISPOSITION, disposition))
        .body(bytes))
}

/// The content type and the bytes of a template. The name is looked up, never used as a path.
fn made(state: &AppState, file: &str) -> Result<(&'static str, Vec<u8>), Problem> {
    let (name, kind) = file.rsplit_once('.').ok_or_else(Problem::not_found)?;
    let tables = &state.catalogue.tables;
    let table = |name: &str| tables.get(name).ok_or_else(Problem::not_found);
    match kind {
        "xlsx" => {
            let selection = match name {
                "all" => Selection::All,
                "provider" => Selection::From(Origin::Provider),
                "icb" => Selection::From(Origin::Icb),
                name => Selection::Table(&table(name)?.name),
            };
            let made = template::xlsx(tables, selection);
            Ok((XLSX, made.map_err(|error| Problem::internal(&error))?))
        }
        "csv" => {
            let bytes = match name.strip_suffix("-example") {
                Some(name) => template::csv_example(table(name)?),
                None => template::csv(table(name)?),
            };
            Ok(("text/csv; charset=utf-8", bytes))
        }
        "json" => {
            let schema = template::json_schema(table(name)?);
            Ok(("application/schema+json", schema.to_string().into_bytes()))
        }
        _ => Err(Problem::not_found()),
    }
}

/// The workbook with the tables that somebody hands in.
pub fn selection_name(who: &Scope) -> &'static str {
    if who.provider().is_some() { "provider" } else { "all" }
}
