//! Styles, scripts and icons, served from our own origin. `web/` builds them; a build without them
//! still compiles and serves plain pages.

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::{Embed, EmbeddedFile};
use std::fmt::Write;

/// What `npm run build` makes in `web/`. Read from disk in debug builds, embedded in release ones.
#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Assets;

/// Types that a guess by the file's name might leave without their charset.
const TYPES: [(&str, &str); 4] = [
    (".css", "text/css; charset=utf-8"),
    (".js", "text/javascript; charset=utf-8"),
    (".svg", "image/svg+xml"),
    (".txt", "text/plain; charset=utf-8"),
];

/// The address of a file of `web/dist`, which changes with its content.
pub fn address(name: &str) -> String {
    match Assets::get(name) {
        Some(file) => format!("/assets/{name}?v={}", hash(&file)),
        None => format!("/assets/{name}"),
    }
}

/// `GET /assets/{name}`: a file of `web/dist`.
pub async fn get(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    let Some(file) = Assets::get(&name) else {
        return HttpResponse::NotFound().content_type("text/plain").body("No such file");
    };
    let tag = format!("\"{}\"", hash(&file));
    // An address with the content's hash never means anything else. One with another hash is from
    // a page of another version, and must not keep this content under that address.
    let keep = if request.query_string().strip_prefix("v=") == Some(tag.trim_matches('"')) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=0, must-revalidate"
    };
    let known =
        request.headers().get(IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == tag.as_bytes());
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, keep));
    if known {
        return answer.finish();
    }
    let guessed = file.metadata.mimetype();
    let content_type = TYPES
        .iter()
        .find(|(ending, _)| name.ends_with(ending))
        .map_or(guessed, |(_, content_type)| content_type);
    answer.content_type(content_type).body(file.data.into_owned())
}

/// The first half of the content's SHA-256.
fn hash(file: &EmbeddedFile) -> String {
    let mut text = String::new();
    for byte in file.metadata.sha256_hash().iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{App, test};

    #[actix_web::test]
    async fn files_have_their_type_and_unknown_ones_are_not_found() {
        let app =
            test::init_service(App::new().route("/assets/{name:.*}", web::get().to(get))).await;
        for path in ["/assets/nothing.css", "/assets/../Cargo.toml", "/assets/%2e%2e/package.json"]
        {
            let request = test::TestRequest::get().uri(path).to_request();
            assert_eq!(test::call_service(&app, request).await.status(), 404, "{path}");
        }
        if Assets::get("app.css").is_some() {
            let request = test::TestRequest::get().uri(&address("app.css")).to_request();
            let answer = test::call_service(&app, request).await;
            let header = |name: &str| {
                answer.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or("").to_owned()
            };
            assert_eq!(header("content-type"), "text/css; charset=utf-8");
            assert!(header("cache-control").contains("immutable"));
            let again = test::TestRequest::get()
                .uri("/assets/app.css")
                .insert_header((IF_NONE_MATCH, header("etag")))
                .to_request();
            assert_eq!(test::call_service(&app, again).await.status(), 304);
            let older = test::TestRequest::get().uri("/assets/app.css?v=0123").to_request();
            let older = test::call_service(&app, older).await;
            let kept = older.headers().get("cache-control").and_then(|it| it.to_str().ok());
            assert_eq!(kept, Some("public, max-age=0, must-revalidate"));
        }
    }
}
