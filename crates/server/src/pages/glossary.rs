//! What the words mean.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::frame::for_anyone;
use super::view::glossary::GlossaryDefinition;
use crate::extract::SignedIn;
use crate::problem::Problem;
use crate::state::AppState;

/// The glossary.
#[get("/glossary")]
pub async fn glossary(state: Data<AppState>, who: SignedIn) -> Result<HttpResponse, Problem> {
    for_anyone(&state, &who, "/glossary", "glossary.html", |state| {
        GlossaryDefinition::read(&state.catalogue.glossary)
            .map_err(|error| Problem::internal(&format!("glossary.toml: {error}")))
    })
    .await
}
