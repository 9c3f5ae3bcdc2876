//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Deserialize;

use super::format::sentence_case;
use super::render::page;
use super::see_other;
use super::view::FieldError;
use super::view::chrome::Chrome;
use super::view::sign_in::{CodeView, SignInView, safe_next};
use super::view::table::encoded;
use crate::actions::session::{self, Credentials, Entered};
use crate::cookie;
use crate::extract::{Device, InPerson, cookie_token};
use crate::headers::FORGET;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// What is typed into the form.
#[derive(Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// The code that is typed into the form.
#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// The page that asks who you are.
#[get("/sign-in")]
pub async fn ask(query: Query<Next>) -> HttpResponse {
    let view = SignInView { next: safe_next(&query.next), ..SignInView::default() };
    page(StatusCode::OK, "sign-in.html", &Chrome::default(), &view)
}

/// Begins a session and goes where one wanted to.
#[post("/sign-in")]
pub async fn sign_in(
    state: Data<AppState>,
    device: Device,
    form: Form<SignInForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let next = safe_next(&form.next);
    let email = form.email.trim().to_owned();
    let given =
        Credentials { email: email.clone(), password: form.password, tenant: None, code: None };
    match session::sign_in_by_steps(&state, given, device.0).await {
        Ok(Entered::Session(token, _)) => {
            with_cookies(&next, vec![cookie::keep(&state.site, &token)])
        }
        Ok(Entered::Waiting(token)) => {
            let place = format!("/sign-in/code?next={}", encoded(&next));
            with_cookies(&place, vec![cookie::keep_waiting(&state.site, &token)])
        }
        Err(problem) => {
            let message = said(&problem, "The email address or the password is not right")?;
            let errors = vec![FieldError::new("email", message)];
            let view = SignInView { email, next, errors };
            let answer = page(problem.status, "sign-in.html", &Chrome::default(), &view);
            Ok(later(answer, &problem))
        }
    }
}

/// The page that asks for the code, once the password was right.
#[get("/sign-in/code")]
pub async fn ask_code(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<Next>,
) -> Result<HttpResponse, Problem> {
    let Some(token) = cookie_token(&request, state.site.waiting_cookie_name()) else {
        return Ok(see_other("/sign-in"));
    };
    match blocking(&state, move |state| session::is_waiting(state, &token)).await {
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => Ok(see_other("/sign-in")),
        Err(problem) => Err(problem),
        Ok(()) => {
            let view = CodeView { next: safe_next(&query.next), errors: Vec::new() };
            Ok(page(StatusCode::OK, "sign-in-code.html", &Chrome::default(), &view))
        }
    }
}

/// Begins the session of whoever waited with a right password.
#[post("/sign-in/code")]
pub async fn give_code(
    state: Data<AppState>,
    request: HttpRequest,
    device: Device,
    form: Form<CodeForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let next = safe_next(&form.next);
    let Some(token) = cookie_token(&request, state.site.waiting_cookie_name()) else {
        return Ok(see_other("/sign-in"));
    };
    match session::give_code(&state, token, form.code, device.0).await {
        Ok(Entered::Session(token, _)) => with_cookies(
            &next,
            vec![cookie::keep(&state.site, &token), cookie::forget_waiting(&state.site)],
        ),
        Ok(Entered::Waiting(_)) => Ok(see_other("/sign-in")),
        Err(problem) if problem.code == "unauthenticated" => Ok(see_other("/sign-in")),
        Err(problem) => {
            let message = said(&problem, "The code is not right, or has been used")?;
            let view = CodeView { next, errors: vec![FieldError::new("code", message)] };
            let answer = page(problem.status, "sign-in-code.html", &Chrome::default(), &view);
            Ok(later(answer, &problem))
        }
    }
}

fn with_cookies(place: &str, cookies: Vec<(HeaderName, String)>) -> Result<HttpResponse, Problem> {
    let mut answer = see_other(place);
    for (name, value) in cookies {
        let value = value.parse().map_err(|error| Problem::internal(&error))?;
        answer.headers_mut().append(name, value);
    }
    Ok(answer)
}

/// What the form says of a problem that its reader can mend; any other goes on.
fn said(problem: &Problem, wrong: &str) -> Result<String, Problem> {
    match problem.code {
        "wrong_credentials" => Ok(wrong.to_owned()),
        "too_many_attempts" => Ok(sentence_case(&problem.detail)),
        _ => Err(problem.clone()),
    }
}

fn later(mut answer: HttpResponse, problem: &Problem) -> HttpResponse {
    if let Some(seconds) = problem.retry_after {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    answer
}

/// Ends the session.
#[post("/sign-out")]
pub async fn sign_out(state: Data<AppState>, who: InPerson) -> Result<HttpResponse, Problem> {
    blocking(&state, move |state| session::sign_out(state, &who)).await?;
    let mut answer = see_other("/sign-in");
    let (name, forget) = FORGET;
    answer.headers_mut().insert(name, HeaderValue::from_static(forget));
    let (name, value) = cookie::forget(&state.site);
    let value = value.parse().map_err(|error| Problem::internal(&error))?;
    answer.headers_mut().append(name, value);
    Ok(answer)
}
