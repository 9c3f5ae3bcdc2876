//! What a browser may do with our answers, and how each request is named, logged and counted.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use crate::problem::{Problem, ProblemPage};
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything from our own origin, nothing inline, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: with that, browsers post forms with `Origin: null`.
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Names, logs and counts each request, and sets the headers of its answer. No address with its
/// ids, no query, no body and no person gets into the log.
///
/// # Errors
/// What the handler says.
pub async fn outermost<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let id = Uuid::now_v7().to_string();
    let method = request.method().as_str().to_owned();
    let state = request.app_data::<web::Data<AppState>>().cloned();
    let began = Instant::now();
    let span = tracing::info_span!("request", %id, %method);
    let mut response = next.call(request).instrument(span.clone()).await?;
    let _entered = span.enter();
    let status = response.status().as_u16();
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    tracing::info!(route, status, ms = began.elapsed().as_millis(), "answered");
    let secure = state.as_ref().is_some_and(|state| state.site.is_secure());
    if let Some(state) = state {
        state.metrics.count_status(status);
    }
    set(response.headers_mut(), &id, secure);
    Ok(response)
}

fn set(headers: &mut HeaderMap, id: &str, secure: bool) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Outside `/api`, a problem is shown as a page.
///
/// # Errors
/// What the handler says.
pub async fn problem_pages<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let response = next.call(request).await?;
    let page = {
        let request = response.request();
        let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
        let maker = request.app_data::<ProblemPage>();
        match (problem, maker) {
            (Some(problem), Some(maker)) if !request.path().starts_with("/api/") => {
                Some((maker.0)(request, problem))
            }
            _ => None,
        }
    };
    match page {
        Some(page) => {
            let request = response.into_parts().0;
            Ok(ServiceResponse::new(request, page).map_into_right_body())
        }
        None => Ok(response.map_into_left_body()),
    }
}
