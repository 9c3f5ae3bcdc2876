//! What people change of their own: password, second factor, sessions, API tokens. Only in
//! person, never by a program.

use actix_web::web;
use store::{ApiTokenId, NewApiToken, OwnApiToken, OwnSession, SecondFactor, SessionId};
use tenancy::{
    ApiToken, Email, KnownPerson, PasswordHash, RecoveryCode, SignIn, TotpSecret, Verified,
};

use super::session::{attempt, settle};
use crate::extract::InPerson;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// A secret that waits for its first code.
#[derive(Debug)]
pub struct Enrolment {
    /// The secret.
    pub secret: TotpSecret,
    /// The address that an app reads.
    pub link: String,
}

/// The address a person signs in with.
///
/// # Errors
/// When the database fails.
pub fn address(state: &AppState, who: &InPerson) -> Result<Email, Problem> {
    Ok(state.store.own_account(&who.person)?.0)
}

/// Gives a person a new password and ends their other sessions.
///
/// # Errors
/// When the old one is wrong, or the new one is too short, easily guessed or the old one.
pub async fn change_password(
    state: &web::Data<AppState>,
    who: InPerson,
    current: String,
    new: String,
) -> Result<(), Problem> {
    with_password(state, who, current, move |state, who, verified, (email, known)| {
        if SignIn::begin().verify(&new, Some(known.clone())).is_some() {
            return Err(Problem::invalid("this is the password you have: choose another"));
        }
        let hash = PasswordHash::of_chosen(&new, email).map_err(Problem::invalid)?;
        Ok(state.store.change_password(&who.person, verified, &who.session, &hash)?)
    })
    .await
}

/// What a person has set up beside the password.
///
/// # Errors
/// When the database fails.
pub fn second_factor(state: &AppState, who: &InPerson) -> Result<SecondFactor, Problem> {
    Ok(state.store.second_factor(&who.person)?)
}

/// Makes a secret that waits for its first code.
///
/// # Errors
/// When a second factor is set already.
pub fn begin_second_factor(state: &AppState, who: &InPerson) -> Result<Enrolment, Problem> {
    state.store.begin_second_factor(&who.person)?;
    enrolment(state, who)?.ok_or_else(Problem::not_found)
}

/// The secret that waits for its first code, if one does.
///
/// # Errors
/// When the database fails.
pub fn enrolment(state: &AppState, who: &InPerson) -> Result<Option<Enrolment>, Problem> {
    let Some(secret) = state.store.unconfirmed_secret(&who.person)? else { return Ok(None) };
    let link = secret.link(address(state, who)?.as_str());
    Ok(Some(Enrolment { secret, link }))
}

/// Confirms the second factor by its first code; the recovery codes are shown once.
///
/// # Errors
/// When the code is wrong, or nothing waits for one.
pub fn confirm_second_factor(
    state: &AppState,
    who: &InPerson,
    code: &str,
) -> Result<Vec<RecoveryCode>, Problem> {
    guarded(state, &address(state, who)?, || {
        let codes = state.store.confirm_second_factor(&who.person, &who.session, code)?;
        codes.ok_or_else(Problem::wrong_code)
    })
}

/// A new set of recovery codes; the old ones are of no use any more.
///
/// # Errors
/// When the code is wrong, or no second factor is set.
pub fn replace_recovery_codes(
    state: &AppState,
    who: &InPerson,
    code: &str,
) -> Result<Vec<RecoveryCode>, Problem> {
    guarded(state, &address(state, who)?, || {
        let codes = state.store.replace_recovery_codes(&who.person, code)?;
        codes.ok_or_else(Problem::wrong_code)
    })
}

/// Removes the second factor.
///
/// # Errors
/// When the password or the code is wrong, or no second factor is set.
pub async fn remove_second_factor(
    state: &web::Data<AppState>,
    who: InPerson,
    password: String,
    code: String,
) -> Result<(), Problem> {
    with_password(state, who, password, move |state, who, verified, _| {
        let removed =
            state.store.remove_second_factor(&who.person, verified, &who.session, &code)?;
        if removed { Ok(()) } else { Err(Problem::wrong_code()) }
    })
    .await
}

/// A person's sessions, the one used last first.
///
/// # Errors
/// When the database fails.
pub fn sessions(state: &AppState, who: &InPerson) -> Result<Vec<OwnSession>, Problem> {
    Ok(state.store.own_sessions(&who.person)?)
}

/// Ends one of a person's sessions at once.
///
/// # Errors
/// When they have no such session.
pub fn end_session(state: &AppState, who: &InPerson, id: &str) -> Result<SessionId, Problem> {
    let id: SessionId = id.parse()?;
    state.store.end_session(&who.person, &id)?;
    Ok(id)
}

/// Ends all of a person's sessions but the one they came with.
///
/// # Errors
/// When the database fails.
pub fn end_other_sessions(state: &AppState, who: &InPerson) -> Result<(), Problem> {
    Ok(state.store.end_other_sessions(&who.person, &who.session)?)
}

/// A person's API tokens, newest first.
///
/// # Errors
/// When the person belongs to no Board.
pub fn tokens(state: &AppState, who: &InPerson) -> Result<Vec<OwnApiToken>, Problem> {
    Ok(state.store.own_api_tokens(&who.person)?)
}

/// Makes an API token, which is shown once.
///
/// # Errors
/// When it cannot be so, or there are too many.
pub fn create_token(
    state: &AppState,
    who: &InPerson,
    new: &NewApiToken,
) -> Result<(ApiToken, OwnApiToken), Problem> {
    Ok(state.store.create_api_token(&who.person, new)?)
}

/// Revokes an API token at once.
///
/// # Errors
/// When one has no such token.
pub fn revoke_token(state: &AppState, who: &InPerson, id: &str) -> Result<(), Problem> {
    let id: ApiTokenId = id.parse()?;
    Ok(state.store.revoke_api_token(&who.person, &id)?)
}

/// Does what a person may do who gives the password once more. A wrong one counts like one at the
/// door: a session left open is no place to guess.
async fn with_password<T: Send + 'static>(
    state: &web::Data<AppState>,
    who: InPerson,
    password: String,
    work: impl FnOnce(&AppState, &InPerson, &Verified, &(Email, KnownPerson)) -> Result<T, Problem>
    + Send
    + 'static,
) -> Result<T, Problem> {
    let _turn = state.hashing.acquire().await.map_err(|_| Problem::stopping())?;
    let done = blocking(state, move |state| {
        let account = state.store.own_account(&who.person)?;
        guarded(state, &account.0, || {
            let verified = SignIn::begin().verify(&password, Some(account.1.clone()));
            work(state, &who, &verified.ok_or_else(Problem::wrong_password)?, &account)
        })
    });
    done.await
}

fn guarded<T>(
    state: &AppState,
    address: &Email,
    work: impl FnOnce() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let attempt = attempt(state, address.as_str())?;
    let done = work();
    settle(state, &attempt, &done, |_| true)?;
    done
}
