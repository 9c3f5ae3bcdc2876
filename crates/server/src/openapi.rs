//! The OpenAPI document, made from the handlers.

use actix_web::App;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Info, OpenApi, SecurityRequirement};
use utoipa_actix_web::AppExt;

use crate::routes;

/// Where the document is.
pub const PATH: &str = "/api/openapi.json";

/// The document of this version.
#[must_use]
pub fn document() -> OpenApi {
    let (_, collected) =
        App::new().into_utoipa_app().configure(routes::configure).split_for_parts();
    complete(collected)
}

/// What the handlers do not say: title, version, and how one signs in.
fn complete(mut document: OpenApi) -> OpenApi {
    let mut info = Info::new("valuebook", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "The open book of an Integrated Care Board: tables handed in and signed off, health for \
         money of every service on one scale, and plans with their prices. Money is a string in \
         pounds with two decimals; null means missing, never 0. Problems are \
         application/problem+json with a stable code."
            .to_owned(),
    );
    document.info = info;
    let components = document.components.get_or_insert_default();
    let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-valuebook"));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let no_scopes = || Vec::<String>::new();
    document.security = Some(vec![
        SecurityRequirement::new("session", no_scopes()),
        SecurityRequirement::new("bearer", no_scopes()),
    ]);
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_every_resource() {
        let document = serde_json::to_value(document()).expect("JSON");
        assert_eq!(document["info"]["title"], "valuebook");
        assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
        for path in
            ["session", "me", "submissions/{id}/sign-off", "editions", "value", "runs/{id}/events"]
        {
            assert!(document["paths"][format!("/api/v1/{path}")].is_object(), "{path}");
        }
        for shape in ["CheckJson", "ValueJson", "RunJson", "ProblemBody", "SubmissionJson"] {
            assert!(document["components"]["schemas"][shape].is_object(), "{shape}");
        }
    }
}
