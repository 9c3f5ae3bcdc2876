//! The method statement of an edition.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use tenancy::{Permitted, demand};

use super::frame::shown;
use super::values::is_not_yet;
use super::view::method::MethodView;
use crate::actions::evidence;
use crate::extract::May;
use crate::problem::Problem;
use crate::state::AppState;

/// What the values of the latest edition rest on.
#[get("/value/method")]
pub async fn latest(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
) -> Result<HttpResponse, Problem> {
    shown(&state, &who, "/value", "method.html", |state, who| page(state, who, None)).await
}

/// What the values of an edition rest on.
#[get("/editions/{number}/method")]
pub async fn of_edition(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
) -> Result<HttpResponse, Problem> {
    let number = Some(number.into_inner());
    shown(&state, &who, "/editions", "method.html", move |state, who| page(state, who, number))
        .await
}

fn page(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<MethodView, Problem> {
    match evidence::method(state, who, edition) {
        Ok((number, method)) => Ok(MethodView::new(number, &method)),
        Err(problem) if is_not_yet(&problem) => Ok(MethodView::not_yet(&problem.detail)),
        Err(problem) => Err(problem),
    }
}
