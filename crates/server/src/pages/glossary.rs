//! What the words mean.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use tenancy::demand;

use super::frame::shown;
use super::view::glossary::GlossaryDefinition;
use crate::extract::May;
use crate::problem::Problem;
use crate::state::AppState;

/// The glossary.
#[get("/glossary")]
pub async fn glossary(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
) -> Result<HttpResponse, Problem> {
    shown(&state, &who, "/glossary", "glossary.html", |state, _| {
        GlossaryDefinition::read(&state.catalogue.glossary)
            .map_err(|error| Problem::internal(&format!("glossary.toml: {error}")))
    })
    .await
}
