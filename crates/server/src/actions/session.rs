//! Signing in and out.

use actix_web::web;
use quantities::TenantCode;
use store::StoreError;
use tenancy::{Email, Scope, SessionToken, SignIn};

use crate::extract::SignedIn;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// What a person signs in with.
#[derive(Clone)]
pub struct Credentials {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The Board, for those who belong to several.
    pub tenant: Option<TenantCode>,
}

/// Begins a session.
///
/// # Errors
/// When the address or the password is wrong (which of them is not said), or was too often.
pub async fn sign_in(
    state: &web::Data<AppState>,
    given: Credentials,
) -> Result<(SessionToken, Scope), Problem> {
    let email = given.email.clone();
    if !state.throttle.may_try(&email) {
        return Err(Problem::too_many_attempts());
    }
    let _turn = state.hashing.acquire().await.map_err(|_| Problem::stopping())?;
    let begun = blocking(state, move |state| begin(state, &given)).await;
    match &begun {
        Ok(_) => {
            state.throttle.was_right(&email);
            state.metrics.signed_in.add();
        }
        Err(problem) if problem.code == "wrong_credentials" => {
            state.throttle.was_wrong(&email);
            state.metrics.sign_in_refused.add();
        }
        Err(_) => {}
    }
    begun
}

fn begin(state: &AppState, given: &Credentials) -> Result<(SessionToken, Scope), Problem> {
    let door = SignIn::begin();
    let known = match given.email.parse::<Email>() {
        Ok(email) => state.store.known_person(&door, &email)?,
        Err(_) => None,
    };
    let verified = door.verify(&given.password, known).ok_or_else(Problem::wrong_credentials)?;
    match state.store.open_session(&door, &verified, given.tenant.as_ref()) {
        Err(StoreError::NotFound) => Err(Problem::wrong_credentials()),
        other => Ok(other?),
    }
}

/// Ends the session a person came with.
///
/// # Errors
/// When the database fails.
pub fn sign_out(state: &AppState, who: &SignedIn) -> Result<(), Problem> {
    Ok(state.store.end_session(&who.scope, &who.token.hash())?)
}

/// The name of a person's own Board.
///
/// # Errors
/// When the database fails.
pub fn board_name(state: &AppState, who: &Scope) -> Result<String, Problem> {
    Ok(state.store.own_tenant(who)?.name)
}
