//! For whoever runs the installation: Boards by name, and nothing of what is in them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, ServiceConfig};
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use tenancy::Operator;

use super::frame::{day, of_platform};
use super::render::page;
use super::see_other;
use super::view::FieldError;

use crate::actions::platform;
use crate::extract::OnPlatform;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Where the page is.
const PATH: &str = "/platform";

/// Adds the page of the platform.
pub fn configure(config: &mut ServiceConfig) {
    config.service(show).service(create);
}

/// A Board to be added, as it was typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BoardForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
}

#[derive(Debug, Serialize)]
struct BoardRow {
    code: String,
    name: String,
    since: String,
}

#[derive(Debug, Serialize)]
struct PlatformView {
    answer: String,
    rows: Vec<BoardRow>,
    form: BoardForm,
    errors: Vec<FieldError>,
}

/// Every Board by name, and the form to add one.
#[get("/platform")]
pub async fn show(state: Data<AppState>, who: OnPlatform) -> Result<HttpResponse, Problem> {
    shown(&state, who.0, StatusCode::OK, BoardForm::default(), Vec::new()).await
}

/// Adds a Board.
#[post("/platform")]
pub async fn create(
    state: Data<AppState>,
    who: OnPlatform,
    form: Form<BoardForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let (given, operator) = (form.clone(), who.0.clone());
    let made = blocking(&state, move |state| {
        platform::create_tenant(state, &operator, &given.code, &given.name)
    });
    match made.await {
        Ok(_) => Ok(see_other(PATH)),
        Err(problem) if matches!(problem.code, "invalid" | "conflict") => {
            let field = if form.name.trim().is_empty() { "name" } else { "code" };
            let errors = vec![FieldError::new(field, problem.detail.clone())];
            shown(&state, who.0, StatusCode::UNPROCESSABLE_ENTITY, form, errors).await
        }
        Err(problem) => Err(problem),
    }
}

async fn shown(
    state: &Data<AppState>,
    operator: Operator,
    status: StatusCode,
    form: BoardForm,
    errors: Vec<FieldError>,
) -> Result<HttpResponse, Problem> {
    let chrome = of_platform(&operator).at(PATH);
    let boards = blocking(state, move |state| platform::tenants(state, &operator)).await?;
    let rows: Vec<BoardRow> = boards
        .into_iter()
        .map(|board| BoardRow {
            code: board.code.to_string(),
            name: board.name,
            since: day(board.created_at),
        })
        .collect();
    let answer = match rows.len() {
        0 => "There are no Boards yet: add the first.".to_owned(),
        1 => "One Board is served here.".to_owned(),
        count => format!("{count} Boards are served here."),
    };
    Ok(page(status, "platform.html", &chrome, &PlatformView { answer, rows, form, errors }))
}
