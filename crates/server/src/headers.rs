//! What a browser may do with our answers, and how each request is named, logged and counted.

use actix_web::HttpMessage;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use std::fmt::Write;
use std::time::Instant;
use tenancy::Admitted;
use tracing::Instrument;
use uuid::Uuid;

use crate::problem::{Problem, ProblemPage};
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What a tracing system of the house that runs the service calls a request (W3C Trace Context).
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// For what is no page: nothing at all, even where somebody gets a browser to show it as one.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; sandbox";

/// No page needs any of them.
const NO_FEATURES: &str = "accelerometer=(), autoplay=(), bluetooth=(), camera=(), \
    clipboard-read=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), \
    geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), \
    microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-create=(), \
    publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), \
    web-share=(), xr-spatial-tracking=()";

const ALWAYS: [(HeaderName, &str); 8] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: with that, browsers post forms with `Origin: null`.
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("origin-agent-cluster"), "?1"),
    (HeaderName::from_static("permissions-policy"), NO_FEATURES),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// Makes a browser forget what it kept of the pages of whoever signs out.
pub const FORGET: (HeaderName, &str) =
    (HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"");

/// What the scripts of one page carry, new with each answer: 32 hexadecimal digits.
#[derive(Clone, Debug)]
pub(crate) struct Nonce(String);

impl Nonce {
    /// A new one. Without randomness there is none, and the page works without scripts.
    pub(crate) fn generate() -> Self {
        let mut bytes = [0; 16];
        let mut text = String::new();
        if getrandom::fill(&mut bytes).is_ok() {
            for byte in bytes {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
            }
        }
        Self(text)
    }

    /// That of a page without scripts.
    pub(crate) const fn none() -> Self {
        Self(String::new())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a page may do: run the scripts that carry its nonce and no others, load from our own
/// origin, and nothing inline. Text becomes markup only through the policies of `trusted.ts`.
pub(crate) fn page_policy(nonce: &Nonce) -> String {
    let scripts = match nonce.as_str() {
        "" => "'none'".to_owned(),
        nonce => format!("'nonce-{nonce}'"),
    };
    format!(
        "default-src 'none'; script-src {scripts}; script-src-attr 'none'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
         object-src 'none'; frame-src 'none'; worker-src 'none'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types default"
    )
}

/// Names, logs and counts each request, and sets the headers of its answer. No address with its
/// ids, no query, no body and no person gets into the log. A request names itself only to the
/// tracing of its own house: the id it is known by here is ours.
///
/// # Errors
/// What the handler says.
pub async fn outermost<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let id = Uuid::now_v7().to_string();
    let method = request.method().as_str().to_owned();
    let trace = request.headers().get(TRACE_PARENT).and_then(|it| it.to_str().ok());
    let trace = trace.and_then(trace_id).unwrap_or_default().to_owned();
    let state = request.app_data::<web::Data<AppState>>().cloned();
    let began = Instant::now();
    let span = tracing::info_span!("request", %id, %method, trace);
    let mut response = next.call(request).instrument(span.clone()).await?;
    let _entered = span.enter();
    let status = response.status().as_u16();
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    let took = began.elapsed();
    let ms = took.as_millis();
    {
        let known = response.request().extensions();
        let board = match known.get::<Admitted>() {
            Some(Admitted::Member(who)) => who.tenant().as_str(),
            Some(Admitted::Operator(_)) | None => "",
        };
        // Probes and assets come by the thousand and tell nothing.
        if ["/healthz", "/readyz", "/metrics", "/assets/{name:.*}"].contains(&route.as_str()) {
            tracing::debug!(route, status, ms, "answered");
        } else {
            tracing::info!(route, status, ms, board, "answered");
        }
    }
    let secure = state.as_ref().is_some_and(|state| state.site.is_secure());
    if let Some(state) = state {
        state.metrics.count(&method, &route, status, took);
    }
    set(response.headers_mut(), &id, secure);
    Ok(response)
}

/// The trace id of a `traceparent` header: 32 hexadecimal digits, not all of them zero.
fn trace_id(header: &str) -> Option<&str> {
    let is_hex = |text: &str, length: usize| {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        text.len() == length && text.bytes().all(hex)
    };
    let parts: Vec<&str> = header.split('-').collect();
    let [version, trace, parent, flags] = parts.as_slice() else { return None };
    let well_formed = is_hex(version, 2) && is_hex(parent, 16) && is_hex(flags, 2);
    let known = is_hex(trace, 32) && trace.bytes().any(|byte| byte != b'0');
    (well_formed && known && *version != "ff").then_some(trace)
}

fn set(headers: &mut HeaderMap, id: &str, secure: bool) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING));
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
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
                let mut page = (maker.0)(request, problem);
                if let Some(seconds) = problem.retry_after {
                    page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
                }
                Some(page)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_runs_its_own_scripts_only() {
        let (one, other) = (Nonce::generate(), Nonce::generate());
        assert_ne!(one.as_str(), other.as_str());
        assert_eq!(one.as_str().len(), 32);
        let policy = page_policy(&one);
        assert!(policy.contains(&format!("script-src 'nonce-{}';", one.as_str())), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("strict-dynamic"), "{policy}");
        assert!(page_policy(&Nonce(String::new())).contains("script-src 'none';"));
    }

    #[test]
    fn of_a_trace_only_its_id_is_taken() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_id(&format!("00-{id}-00f067aa0ba902b7-01")), Some(id));
        let zero = "0".repeat(32);
        for wrong in [
            id.to_owned(),
            format!("00-{zero}-00f067aa0ba902b7-01"),
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{id}-00f067aa0ba902b7-01-more"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{id}-Jane Doe-01"),
        ] {
            assert_eq!(trace_id(&wrong), None, "{wrong}");
        }
    }
}
