//! Requests come to our own name; those that change something come from our own pages, or from a
//! program that no page of another site can be: there is no token to forget in a form.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN};
use actix_web::http::{Method, Uri};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::config::Site;
use crate::problem::Problem;
use crate::state::AppState;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Probes and gauges ask by whatever name the machine has in its house.
const BY_ANY_NAME: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Refuses what was meant for another site, and what another site may have sent.
///
/// # Errors
/// What the handler says.
pub async fn check<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let state = request.app_data::<web::Data<AppState>>();
    let passed = state.ok_or_else(Problem::foreign_origin).and_then(|state| {
        let (uri, headers) = (request.uri(), request.headers());
        if !BY_ANY_NAME.contains(&request.path()) {
            is_for_us(uri, headers, &state.site)?;
        }
        is_ours(request.method(), headers, &state.site)
    });
    match passed {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => {
            let request = request.into_parts().0;
            Ok(ServiceResponse::from_err(problem, request).map_into_right_body())
        }
    }
}

/// A header that stands at most once: nothing where it is absent.
fn once(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, Problem> {
    let mut all = headers.get_all(&name);
    let (first, more) = (all.next(), all.next());
    match (first.map(|value| value.to_str()), more) {
        (None, _) => Ok(None),
        (Some(Ok(value)), None) => Ok(Some(value)),
        _ => Err(Problem::malformed(format!("the header {name} is sent once, in plain text"))),
    }
}

/// Whether a request names this site and no other. Without a public address only this machine
/// listens, and a page elsewhere could have given its own name our address.
fn is_for_us(uri: &Uri, headers: &HeaderMap, site: &Site) -> Result<(), Problem> {
    let host = once(headers, HOST)?;
    let host = host.ok_or_else(|| Problem::malformed("a request names its host"))?;
    let target = uri.authority().map(|authority| authority.as_str());
    if target.is_some_and(|target| !target.eq_ignore_ascii_case(host)) {
        return Err(Problem::malformed("a request names one host, not two"));
    }
    if site.is_own_host(host) { Ok(()) } else { Err(Problem::misdirected()) }
}

fn is_ours(method: &Method, headers: &HeaderMap, site: &Site) -> Result<(), Problem> {
    let from = once(headers, SEC_FETCH_SITE)?;
    let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    let passes = if is_safe {
        is_seen_by_us(from, headers)?
    } else {
        may_change(method, from, headers, site)?
    };
    if passes { Ok(()) } else { Err(Problem::foreign_origin()) }
}

/// Another site may send somebody here; it may not use what is here as its picture, its script or
/// its frame.
fn is_seen_by_us(from: Option<&str>, headers: &HeaderMap) -> Result<bool, Problem> {
    if matches!(from, None | Some("same-origin" | "none")) {
        return Ok(true);
    }
    let navigates = once(headers, SEC_FETCH_MODE)? == Some("navigate");
    Ok(navigates && matches!(once(headers, SEC_FETCH_DEST)?, None | Some("document")))
}

fn may_change(
    method: &Method,
    from: Option<&str>,
    headers: &HeaderMap,
    site: &Site,
) -> Result<bool, Problem> {
    if let Some(from) = from {
        // `none`: typed or bookmarked by the person.
        return Ok(matches!(from, "same-origin" | "none"));
    }
    if let Some(origin) = once(headers, ORIGIN)? {
        return Ok(site.is_own_origin(origin, once(headers, HOST)?));
    }
    // No browser sent this, or a very old one: then only what no form can send. A form can only
    // post, and browsers name the origin of every other method.
    let is_json = once(headers, CONTENT_TYPE)?.is_some_and(is_json);
    let has_bearer = once(headers, AUTHORIZATION)?.is_some_and(|it| it.starts_with("Bearer "));
    Ok(is_json || has_bearer || *method == Method::DELETE)
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;
    use proptest::sample::select;

    const OWN: &str = "http://127.0.0.1:8080";

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    fn for_us(uri: &str, hosts: &[&str], site: &Site) -> u16 {
        let hosts: Vec<_> = hosts.iter().map(|host| (HOST, *host)).collect();
        let uri = uri.parse().expect("an address");
        is_for_us(&uri, &headers(&hosts), site).map_or_else(|error| error.status.as_u16(), |()| 200)
    }

    #[test]
    fn a_request_names_this_site_once() {
        let (local, public) = (Site::local(), Site::at("https://vb.example"));
        for host in ["127.0.0.1:8080", "127.0.0.2", "localhost:8080", "LOCALHOST", "[::1]:8080"] {
            assert_eq!(for_us("/", &[host], &local), 200, "{host}");
            assert_eq!(for_us("/", &[host], &public), 421, "{host}");
        }
        for host in ["vb.example", "VB.example", "vb.example:443"] {
            assert_eq!(for_us("/", &[host], &public), 200, "{host}");
            assert_eq!(for_us("/", &[host], &local), 421, "{host}: a page elsewhere named us so");
        }
        for host in [
            "vb.example:8443",
            "vb.example.evil.org",
            "evil.org",
            "",
            "vb.example:",
            "x@vb.example",
        ] {
            assert_eq!(for_us("/", &[host], &public), 421, "{host}");
        }
        for host in ["127.0.0.1.evil.org", "0.0.0.0", "localhost.evil.org", "10.0.0.1"] {
            assert_eq!(for_us("/", &[host], &local), 421, "{host}");
        }
        assert_eq!(for_us("/", &[], &local), 400);
        assert_eq!(for_us("/", &["localhost", "localhost"], &local), 400);
        assert_eq!(for_us("http://localhost/x", &["localhost"], &local), 200);
        assert_eq!(for_us("http://localhost/x", &["evil.org"], &local), 400);
        assert_eq!(for_us("http://evil.org/x", &["localhost"], &local), 400);
        assert_eq!(for_us("http://evil.org/x", &["evil.org"], &local), 421);
    }

    /// The header, or its absence, or the header twice.
    fn some(values: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
        proptest::collection::vec(select(values), 0..=2)
    }

    proptest! {
        #[test]
        fn what_changes_something_comes_from_here(
            method in select(vec!["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"]),
            site in some(&["same-origin", "none", "same-site", "cross-site", "SAME-ORIGIN", ""]),
            origin in some(&[
                OWN, "http://127.0.0.1:80", "https://127.0.0.1:8080", "null", "",
                "http://evil.example", "http://127.0.0.1:8080.evil.example",
            ]),
            kind in some(&[
                "application/json", "Application/JSON; charset=utf-8", "text/plain",
                "application/x-www-form-urlencoded", "multipart/form-data; boundary=application/json",
                "application/jsonx", "text/csv",
            ]),
            authorization in some(&["Bearer x", "Basic x", "bearer", ""]),
            hosts in some(&["127.0.0.1:8080", "evil.example"]),
        ) {
            let named = |name: HeaderName, values: &[&'static str]| {
                values.iter().map(move |value| (name.clone(), *value)).collect::<Vec<_>>()
            };
            let all = [
                named(SEC_FETCH_SITE, &site),
                named(ORIGIN, &origin),
                named(CONTENT_TYPE, &kind),
                named(AUTHORIZATION, &authorization),
                named(HOST, &hosts),
            ].concat();
            let method: Method = method.parse().expect("a method");
            let (headers, here) = (headers(&all), Site::local());
            let for_us = is_for_us(&Uri::from_static("/x"), &headers, &here).is_ok();
            let passed = for_us && is_ours(&method, &headers, &here).is_ok();
            let own_page = matches!(site.as_slice(), ["same-origin" | "none"]);
            let own_origin = site.is_empty() && origin == [OWN];
            let no_browser = site.is_empty() && origin.is_empty();
            let json = kind.len() == 1 && kind[0].to_lowercase().split(';').next() == Some("application/json");
            let bearer = authorization == ["Bearer x"];
            let program = no_browser && kind.len() < 2 && authorization.len() < 2
                && (json || bearer || method == Method::DELETE);
            let own_name = hosts == ["127.0.0.1:8080"];
            prop_assert_eq!(passed, own_name && (own_page || own_origin || program));
        }
    }

    #[test]
    fn another_site_may_send_somebody_but_not_use_what_is_here() {
        let get = |site: &str, mode: &str, to: &str| {
            let all = [(SEC_FETCH_SITE, site), (SEC_FETCH_MODE, mode), (SEC_FETCH_DEST, to)];
            is_ours(&Method::GET, &headers(&all), &Site::local()).is_ok()
        };
        assert!(get("cross-site", "navigate", "document"));
        assert!(get("same-origin", "no-cors", "script") && get("none", "navigate", "document"));
        for (mode, to) in [
            ("no-cors", "script"),
            ("no-cors", "image"),
            ("cors", "empty"),
            ("navigate", "iframe"),
            ("navigate", "object"),
            ("navigate", "embed"),
        ] {
            assert!(!get("cross-site", mode, to) && !get("same-site", mode, to), "{mode} {to}");
        }
        assert!(is_ours(&Method::GET, &headers(&[]), &Site::local()).is_ok(), "no browser");
    }
}
