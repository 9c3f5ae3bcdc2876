//! Requests that change something come from our own pages, or from a program that no page of
//! another site can be: there is no token to forget in a form.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::config::Site;
use crate::problem::Problem;
use crate::state::AppState;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what another site may have sent.
///
/// # Errors
/// What the handler says.
pub async fn check<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let state = request.app_data::<web::Data<AppState>>();
    if state.is_some_and(|state| is_ours(&request, &state.site)) {
        Ok(next.call(request).await?.map_into_left_body())
    } else {
        let problem = Problem::foreign_origin();
        let request = request.into_parts().0;
        Ok(ServiceResponse::from_err(problem, request).map_into_right_body())
    }
}

fn is_ours(request: &ServiceRequest, site: &Site) -> bool {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method()) {
        return true;
    }
    let header = |name: HeaderName| request.headers().get(name).map(|value| value.to_str());
    if let Some(from) = header(SEC_FETCH_SITE) {
        // `none`: typed or bookmarked by the person.
        return matches!(from, Ok("same-origin" | "none"));
    }
    if let Some(origin) = header(ORIGIN) {
        let host = header(HOST).and_then(Result::ok);
        return origin.is_ok_and(|origin| site.is_own_origin(origin, host));
    }
    // No browser sent this, or a very old one: then only what no form can send. A form can only
    // post, and browsers name the origin of every other method.
    let is_json = header(CONTENT_TYPE).and_then(Result::ok).is_some_and(is_json);
    let has_bearer = header(AUTHORIZATION)
        .and_then(Result::ok)
        .is_some_and(|value| value.starts_with("Bearer "));
    is_json || has_bearer || request.method() == Method::DELETE
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}
