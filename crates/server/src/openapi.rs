//! The OpenAPI document, made from the handlers.

use actix_web::App;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Info, OpenApi, Ref, ResponseBuilder, SecurityRequirement};
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
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(operation_id(method, path));
            may_be_signed_out(operation);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", item.get.as_mut()),
        ("post", item.post.as_mut()),
        ("put", item.put.as_mut()),
        ("patch", item.patch.as_mut()),
        ("delete", item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

/// `get /api/v1/runs/{id}/status` is `get_runs_id_status`: unlike a handler's own name, unique.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// Every operation answers 401 to whoever is not signed in.
fn may_be_signed_out(operation: &mut Operation) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
    let response = ResponseBuilder::new()
        .description("Not signed in")
        .content("application/problem+json", problem)
        .build();
    operation.responses.responses.entry("401".to_owned()).or_insert_with(|| response.into());
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
