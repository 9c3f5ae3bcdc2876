//! Templates: found in `web/templates`, filled with what the views say, and sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use rust_embed::Embed;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::LazyLock;

use super::assets;
use super::view::chrome::Chrome;
use crate::headers::{Nonce, page_policy};

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
    nonce: &'a str,
}

/// A page with the nonce that its scripts carry.
#[derive(Clone, Debug)]
pub struct Html {
    text: String,
    nonce: Nonce,
}

impl Deref for Html {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
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
        Err(_) => tracing::error!("the template syntax cannot be set"),
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
) -> Result<Html, minijinja::Error> {
    render_with(Nonce::generate(), template, chrome, page)
}

fn render_with<T: Serialize>(
    nonce: Nonce,
    template: &str,
    chrome: &Chrome,
    page: &T,
) -> Result<Html, minijinja::Error> {
    let text = filled(template, &Filling { chrome, page, nonce: nonce.as_str() });
    // What a template was filled with is in the error's text, and must not be in a log.
    let text = text.inspect_err(|error| {
        let (name, line, kind) = (error.name(), error.line(), error.kind());
        tracing::error!(template, name, line, ?kind, "a page cannot be rendered");
    });
    Ok(Html { text: text?, nonce })
}

fn filled<T: Serialize>(
    template: &str,
    filling: &Filling<'_, T>,
) -> Result<String, minijinja::Error> {
    let filling = serde_json::to_value(filling).map_err(|error| {
        minijinja::Error::new(minijinja::ErrorKind::BadSerialization, "the view cannot be written")
            .with_source(error)
    })?;
    ENVIRONMENT.get_template(template)?.render(value(filling))
}

/// A rendered page as an answer; the headers that every answer has are set further out.
pub fn html(status: StatusCode, page: Html) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, page_policy(&page.nonce)))
        .body(page.text)
}

/// A page as an answer, even where it cannot be rendered: then a plain sentence.
pub fn page<T: Serialize>(
    status: StatusCode,
    template: &str,
    chrome: &Chrome,
    page: &T,
) -> HttpResponse {
    or_last_resort(status, render(template, chrome, page))
}

/// The same without scripts: what is not there and what is not yours to see get the same page to
/// the letter, where a nonce would tell two answers apart.
pub fn still_page<T: Serialize>(
    status: StatusCode,
    template: &str,
    chrome: &Chrome,
    page: &T,
) -> HttpResponse {
    or_last_resort(status, render_with(Nonce::none(), template, chrome, page))
}

fn or_last_resort(status: StatusCode, page: Result<Html, minijinja::Error>) -> HttpResponse {
    match page {
        Ok(text) => html(status, text),
        Err(_) => {
            let page = Html { text: LAST_RESORT.to_owned(), nonce: Nonce::none() };
            html(StatusCode::INTERNAL_SERVER_ERROR, page)
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
