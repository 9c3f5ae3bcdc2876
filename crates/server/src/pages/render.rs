//! Templates: found in `web/templates`, filled with what the views say, and sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use rust_embed::Embed;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::assets;
use super::view::chrome::Chrome;

/// The templates. Read from disk in debug builds, embedded in release ones.
#[derive(Embed)]
#[folder = "../../web/templates"]
#[allow_missing = true]
struct Templates;

/// What a template is filled with.
#[derive(Serialize)]
struct Filling<'a, T> {
    chrome: &'a Chrome,
    page: &'a T,
}

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_loader(|name| {
        let file = Templates::get(name);
        Ok(file.and_then(|file| String::from_utf8(file.data.into_owned()).ok()))
    });
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    match syntax {
        Ok(syntax) => environment.set_syntax(syntax),
        Err(error) => tracing::error!(%error, "the template syntax cannot be set"),
    }
    environment.add_function("asset", |name: String| assets::address(&name));
    environment
}

/// A template filled with a view.
///
/// # Errors
/// When there is no such template, or it names something that the view does not have.
pub fn render<T: Serialize>(
    template: &str,
    chrome: &Chrome,
    page: &T,
) -> Result<String, minijinja::Error> {
    let filling = serde_json::to_value(Filling { chrome, page }).map_err(|error| {
        minijinja::Error::new(minijinja::ErrorKind::BadSerialization, "the view cannot be written")
            .with_source(error)
    })?;
    ENVIRONMENT.get_template(template)?.render(value(filling))
}

/// A rendered page as an answer; the headers that every answer has are set further out.
pub fn html(status: StatusCode, text: String) -> HttpResponse {
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(text)
}

/// A page as an answer, even where it cannot be rendered: then a plain sentence.
pub fn page<T: Serialize>(
    status: StatusCode,
    template: &str,
    chrome: &Chrome,
    page: &T,
) -> HttpResponse {
    match render(template, chrome, page) {
        Ok(text) => html(status, text),
        Err(error) => {
            tracing::error!(template, error = ?error, "a page cannot be rendered");
            html(StatusCode::INTERNAL_SERVER_ERROR, LAST_RESORT.to_owned())
        }
    }
}

const LAST_RESORT: &str = "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
    <title>Something went wrong – valuebook</title></head><body><main>\
    <h1>Something went wrong</h1><p>The page could not be shown. Nothing was lost; try again.</p>\
    </main></body></html>";

/// The same value in the templates' own terms.
fn value(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::from(()),
        Json::Bool(yes) => Value::from(yes),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(decimal)) => Value::from(decimal),
            (None, None) => Value::from(number.to_string()),
        },
        Json::String(text) => Value::from(text),
        Json::Array(items) => Value::from(items.into_iter().map(value).collect::<Vec<_>>()),
        Json::Object(entries) => {
            let entries = entries.into_iter().map(|(key, item)| (key, value(item)));
            Value::from(entries.collect::<BTreeMap<_, _>>())
        }
    }
}
