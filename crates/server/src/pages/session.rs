//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;

use super::render::page;
use super::see_other;
use super::view::FieldError;
use super::view::chrome::Chrome;
use super::view::sign_in::{SignInView, safe_next};
use crate::actions::session::{self, Credentials};
use crate::cookie;
use crate::extract::SignedIn;
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
    form: Form<SignInForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let next = safe_next(&form.next);
    let email = form.email.trim().to_owned();
    let given = Credentials { email: email.clone(), password: form.password, tenant: None };
    match session::sign_in(&state, given).await {
        Ok((token, _)) => {
            let mut answer = see_other(&next);
            let (name, value) = cookie::keep(&state.site, &token);
            let value = value.parse().map_err(|error| Problem::internal(&error))?;
            answer.headers_mut().append(name, value);
            Ok(answer)
        }
        Err(problem) if problem.code == "wrong_credentials" => {
            let message = "The email address or the password is not right";
            let errors = vec![FieldError::new("email", message)];
            let view = SignInView { email, next, errors };
            Ok(page(problem.status, "sign-in.html", &Chrome::default(), &view))
        }
        Err(problem) => Err(problem),
    }
}

/// Ends the session.
#[post("/sign-out")]
pub async fn sign_out(state: Data<AppState>, who: SignedIn) -> Result<HttpResponse, Problem> {
    blocking(&state, move |state| session::sign_out(state, &who)).await?;
    let mut answer = see_other("/sign-in");
    let (name, forget) = FORGET;
    answer.headers_mut().insert(name, HeaderValue::from_static(forget));
    let (name, value) = cookie::forget(&state.site);
    let value = value.parse().map_err(|error| Problem::internal(&error))?;
    answer.headers_mut().append(name, value);
    Ok(answer)
}
