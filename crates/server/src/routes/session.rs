//! Signing in and out.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post};

use crate::actions::session::{self, Credentials};
use crate::cookie;
use crate::extract::{Device, InPerson, SignedIn};
use crate::headers::FORGET;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{CredentialsJson, MeJson};
use crate::state::{AppState, blocking};

/// Sign in. The answer sets the session cookie. Where a second factor is set and no code is given,
/// the problem's code is `second_factor_needed`.
#[utoipa::path(tag = "session", request_body = CredentialsJson, responses(
    (status = 201, body = MeJson, description = "Signed in"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json",
     description = "Wrong address, password or code, or a code is needed"),
    (status = 429, body = ProblemBody, content_type = "application/problem+json",
     description = "Too many wrong attempts on this address; Retry-After says when to try again")))]
#[post("/session")]
pub(super) async fn begin(
    state: Data<AppState>,
    device: Device,
    given: Json<CredentialsJson>,
) -> Result<HttpResponse, Problem> {
    let given = given.into_inner();
    let tenant = given.tenant.map(|code| code.parse()).transpose();
    let tenant = tenant.map_err(|_| Problem::wrong_credentials())?;
    let given =
        Credentials { email: given.email, password: given.password, tenant, code: given.code };
    let (token, began) = session::sign_in(&state, given, device.0).await?;
    let me = blocking(&state, move |state| {
        let standing = session::standing_of(state, &began.who)?;
        Ok::<_, Problem>(MeJson::of(&began.who, standing, Some(began.ends_at)))
    });
    let me = me.await?;
    Ok(HttpResponse::Created().insert_header(cookie::keep(&state.site, &token)).json(me))
}

/// Sign out.
#[utoipa::path(tag = "session", responses(
    (status = 204, description = "Signed out"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json",
     description = "An API token is not a session: revoke it instead")))]
#[delete("/session")]
pub(super) async fn end(state: Data<AppState>, who: InPerson) -> Result<HttpResponse, Problem> {
    blocking(&state, move |state| session::sign_out(state, &who)).await?;
    let cookie = cookie::forget(&state.site);
    Ok(HttpResponse::NoContent().insert_header(cookie).insert_header(FORGET).finish())
}

/// Who is signed in, and what they may do.
#[utoipa::path(tag = "session", responses(
    (status = 200, body = MeJson),
    (status = 401, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/me")]
pub(super) async fn who_am_i(
    state: Data<AppState>,
    asking: SignedIn,
) -> Result<Json<MeJson>, Problem> {
    let me = blocking(&state, move |state| {
        let standing = session::standing_of(state, &asking.who)?;
        Ok::<_, Problem>(MeJson::of(&asking.who, standing, asking.ends_at))
    });
    Ok(Json(me.await?))
}
