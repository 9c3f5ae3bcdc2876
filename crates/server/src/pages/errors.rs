//! What is said when a page cannot be shown.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use tenancy::Admitted;

use super::frame::{of_platform, person};
use super::render::still_page;
use super::see_other;
use super::view::chrome::Chrome;
use super::view::errors::ErrorView;
use super::view::table::encoded;
use crate::problem::Problem;

/// The page of a problem. Who is not signed in is asked to, and comes back afterwards.
pub fn problem_page(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    if problem.status == StatusCode::UNAUTHORIZED {
        return sign_in_first(request);
    }
    let view = match problem.status {
        StatusCode::NOT_FOUND => ErrorView::not_found(),
        StatusCode::INTERNAL_SERVER_ERROR => ErrorView::failed(),
        StatusCode::FORBIDDEN => ErrorView::forbidden(&problem.detail),
        status => ErrorView::refused(status.as_u16(), &problem.detail),
    };
    still_page(problem.status, "error.html", &chrome(request), &view)
}

/// Who is signed in keeps the way back and out.
fn chrome(request: &HttpRequest) -> Chrome {
    match request.extensions().get::<Admitted>() {
        Some(Admitted::Member(who)) => Chrome::of(who.tenant().as_str(), person(who), who.role()),
        Some(Admitted::Operator(operator)) => of_platform(operator),
        None => Chrome::default(),
    }
}

fn sign_in_first(request: &HttpRequest) -> HttpResponse {
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
    let back = match (*request.method() == Method::GET, here) {
        (false, _) | (_, "/") => String::new(),
        (true, here) => format!("?next={}", encoded(here)),
    };
    let place = format!("/sign-in{back}");
    if request.headers().contains_key("hx-request") {
        // A fragment cannot be answered with a whole page: the browser goes there itself.
        return HttpResponse::Ok().insert_header(("HX-Redirect", "/sign-in")).finish();
    }
    see_other(&place)
}
