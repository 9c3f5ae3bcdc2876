//! What people change of their own; never by an API token.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, post, put};

use super::BASE;
use crate::actions::account;
use crate::extract::InPerson;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{
    ApiTokenJson, CodeJson, ListJson, NewApiTokenJson, NewPasswordJson, NewSecondFactorJson,
    RecoveryCodesJson, RemovalJson, SecondFactorJson, SessionJson,
};
use crate::state::{AppState, blocking};

/// Where you are signed in, the session used last first.
#[utoipa::path(tag = "session", responses(
    (status = 200, body = ListJson<SessionJson>),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/sessions")]
pub(super) async fn sessions(
    state: Data<AppState>,
    who: InPerson,
) -> Result<Json<ListJson<SessionJson>>, Problem> {
    let current = who.session.clone();
    let found = blocking(&state, move |state| account::sessions(state, &who)).await?;
    let items = found.into_iter().map(|session| SessionJson::of(session, &current)).collect();
    Ok(Json(ListJson { items, next: None }))
}

/// End one of your sessions at once.
#[utoipa::path(tag = "session", params(("id" = String, Path)), responses(
    (status = 204, description = "Ended"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[delete("/sessions/{id}")]
pub(super) async fn end_session(
    state: Data<AppState>,
    who: InPerson,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    blocking(&state, move |state| account::end_session(state, &who, &id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End all your sessions but the one you ask with.
#[utoipa::path(tag = "session", responses(
    (status = 204, description = "Ended"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[delete("/sessions")]
pub(super) async fn end_other_sessions(
    state: Data<AppState>,
    who: InPerson,
) -> Result<HttpResponse, Problem> {
    blocking(&state, move |state| account::end_other_sessions(state, &who)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Change your password. Your other sessions end.
#[utoipa::path(tag = "account", request_body = NewPasswordJson, responses(
    (status = 204, description = "Changed"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "`wrong_password`, or the new one cannot be taken"),
    (status = 429, body = ProblemBody, content_type = "application/problem+json")))]
#[put("/password")]
pub(super) async fn change_password(
    state: Data<AppState>,
    who: InPerson,
    given: Json<NewPasswordJson>,
) -> Result<HttpResponse, Problem> {
    let given = given.into_inner();
    account::change_password(&state, who, given.current, given.new).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether you sign in with a code beside the password.
#[utoipa::path(tag = "account", responses(
    (status = 200, body = SecondFactorJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/second-factor")]
pub(super) async fn second_factor(
    state: Data<AppState>,
    who: InPerson,
) -> Result<Json<SecondFactorJson>, Problem> {
    let found = blocking(&state, move |state| account::second_factor(state, &who)).await?;
    Ok(Json(found.into()))
}

/// Begin to set a second factor up: a secret for an authenticator app. It is not asked for until
/// its first code confirms it.
#[utoipa::path(tag = "account", responses(
    (status = 201, body = NewSecondFactorJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "A second factor is set already")))]
#[post("/second-factor")]
pub(super) async fn begin_second_factor(
    state: Data<AppState>,
    who: InPerson,
) -> Result<HttpResponse, Problem> {
    let begun = blocking(&state, move |state| account::begin_second_factor(state, &who)).await?;
    Ok(HttpResponse::Created().json(NewSecondFactorJson::from(begun)))
}

/// Confirm the second factor by its first code. Your other sessions end; the recovery codes are
/// shown this once.
#[utoipa::path(tag = "account", request_body = CodeJson, responses(
    (status = 200, body = RecoveryCodesJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "No second factor waits for its first code"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "`wrong_code`"),
    (status = 429, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/second-factor/confirm")]
pub(super) async fn confirm_second_factor(
    state: Data<AppState>,
    who: InPerson,
    given: Json<CodeJson>,
) -> Result<Json<RecoveryCodesJson>, Problem> {
    let confirmed =
        blocking(&state, move |state| account::confirm_second_factor(state, &who, &given.code));
    Ok(Json(confirmed.await?.into()))
}

/// Make a new set of recovery codes, shown this once. The old ones are of no use any more.
#[utoipa::path(tag = "account", request_body = CodeJson, responses(
    (status = 200, body = RecoveryCodesJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "No second factor is set"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "`wrong_code`"),
    (status = 429, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/second-factor/recovery-codes")]
pub(super) async fn replace_recovery_codes(
    state: Data<AppState>,
    who: InPerson,
    given: Json<CodeJson>,
) -> Result<Json<RecoveryCodesJson>, Problem> {
    let made =
        blocking(&state, move |state| account::replace_recovery_codes(state, &who, &given.code));
    Ok(Json(made.await?.into()))
}

/// Remove the second factor. Your other sessions end.
#[utoipa::path(tag = "account", request_body = RemovalJson, responses(
    (status = 204, description = "Removed"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "No second factor is set"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "`wrong_password` or `wrong_code`"),
    (status = 429, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/second-factor/remove")]
pub(super) async fn remove_second_factor(
    state: Data<AppState>,
    who: InPerson,
    given: Json<RemovalJson>,
) -> Result<HttpResponse, Problem> {
    let given = given.into_inner();
    account::remove_second_factor(&state, who, given.password, given.code).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Your API tokens for this Board, newest first.
#[utoipa::path(tag = "tokens", responses(
    (status = 200, body = ListJson<ApiTokenJson>),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/tokens")]
pub(super) async fn tokens(
    state: Data<AppState>,
    who: InPerson,
) -> Result<Json<ListJson<ApiTokenJson>>, Problem> {
    let found = blocking(&state, move |state| account::tokens(state, &who)).await?;
    let items = found.into_iter().map(ApiTokenJson::from).collect();
    Ok(Json(ListJson { items, next: None }))
}

/// Make an API token for this Board: a program that sends it as `Authorization: Bearer vb_…` may
/// do what its scopes say, as long as you may do it. The token is shown this once.
#[utoipa::path(tag = "tokens", request_body = NewApiTokenJson, responses(
    (status = 201, body = ApiTokenJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "There are twenty already"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "No name, no scope, a scope that is not yours, or too many days")))]
#[post("/tokens")]
pub(super) async fn create_token(
    state: Data<AppState>,
    who: InPerson,
    new: Json<NewApiTokenJson>,
) -> Result<HttpResponse, Problem> {
    let new = new.into_inner();
    let made = blocking(&state, move |state| {
        let none = || Problem::forbidden("only people of an ICB have API tokens");
        let new = new.read(who.person.scope().ok_or_else(none)?)?;
        account::create_token(state, &who, &new)
    });
    let (token, made) = made.await?;
    let shown = ApiTokenJson { token: Some(token.reveal().to_owned()), ..made.into() };
    let place = format!("{BASE}/tokens/{}", shown.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, place)).json(shown))
}

/// Revoke one of your API tokens at once.
#[utoipa::path(tag = "tokens", params(("id" = String, Path)), responses(
    (status = 204, description = "Revoked"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[delete("/tokens/{id}")]
pub(super) async fn revoke_token(
    state: Data<AppState>,
    who: InPerson,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    blocking(&state, move |state| account::revoke_token(state, &who, &id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
