//! How sure we are of the whole book, and what to find out next.

use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, get};
use tenancy::demand;

use super::frame::shown;
use super::values::is_not_yet;
use super::view::doubt::{DoubtQuery, DoubtView};
use crate::actions::{editions, evidence};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::AppState;

/// The figures most worth collecting next, what to do with each service's last pounds, and where
/// the answers flip.
#[get("/value/doubt")]
pub async fn doubt(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<DoubtQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    shown(&state, &who, "/value/doubt", "doubt.html", move |state, who| match evidence::of_edition(
        state, who, None,
    ) {
        Ok((number, evidence)) => {
            let value = editions::value(state, who, Some(number))?;
            let numbers = &evidence.method.numbers;
            Ok(DoubtView::new(&value, &evidence.uncertainty, numbers, &query))
        }
        Err(problem) if is_not_yet(&problem) => Ok(DoubtView::not_yet(&problem.detail)),
        Err(problem) => Err(problem),
    })
    .await
}
