//! Signing in and out.

use actix_web::web;
use quantities::TenantCode;
use store::{Attempt, Begun, Session, StoreError, Turn};
use tenancy::{Admitted, Email, Scope, SessionToken, SignIn, Verified};

use crate::extract::InPerson;
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
    /// The code of the second factor, where one is set.
    pub code: Option<String>,
}

/// What became of a right password.
#[derive(Debug)]
pub enum Entered {
    /// A session.
    Session(SessionToken, Session),
    /// A code is needed as well: it may come with this token, within five minutes.
    Waiting(SessionToken),
}

/// What a right password leads to where a code is missing.
type WithoutCode<T> = fn(&AppState, &Credentials, &Verified, &Attempt) -> Result<T, Problem>;

/// Begins a session.
///
/// # Errors
/// When the address, the password or the code is wrong (which of them is not said), a code is
/// missing, or there were too many wrong ones.
pub async fn sign_in(
    state: &web::Data<AppState>,
    given: Credentials,
    device: String,
) -> Result<(SessionToken, Session), Problem> {
    let refuse: WithoutCode<Entered> = |_, _, _, _| Err(Problem::second_factor_needed());
    match enter(state, given, device, refuse).await? {
        Entered::Session(token, session) => Ok((token, session)),
        Entered::Waiting(_) => Err(Problem::second_factor_needed()),
    }
}

/// Begins a session, or keeps for a while that the password was right where a code is needed.
///
/// # Errors
/// When the address or the password is wrong, or there were too many wrong ones.
pub async fn sign_in_by_steps(
    state: &web::Data<AppState>,
    given: Credentials,
    device: String,
) -> Result<Entered, Problem> {
    let wait: WithoutCode<Entered> = |state, given, verified, attempt| {
        let (door, tenant) = (SignIn::begin(), given.tenant.as_ref());
        let token = state.store.wait_for_code(&door, verified, tenant, attempt.mark())?;
        Ok(Entered::Waiting(token))
    };
    enter(state, given, device, wait).await
}

async fn enter(
    state: &web::Data<AppState>,
    given: Credentials,
    device: String,
    without_code: WithoutCode<Entered>,
) -> Result<Entered, Problem> {
    let email = given.email.clone();
    let attempt = blocking(state, move |state| attempt(state, &email)).await?;
    let _turn = state.hashing.acquire().await.map_err(|_| Problem::stopping())?;
    let entered = blocking(state, move |state| {
        let entered = begin(state, &given, &device, &attempt, without_code);
        settle(state, &attempt, &entered, |entered| matches!(entered, Entered::Session(..)))?;
        entered
    });
    counted(state, entered.await)
}

fn begin(
    state: &AppState,
    given: &Credentials,
    device: &str,
    attempt: &Attempt,
    without_code: WithoutCode<Entered>,
) -> Result<Entered, Problem> {
    let door = SignIn::begin();
    let known = match given.email.trim().parse::<Email>() {
        Ok(email) => state.store.known_person(&door, &email)?,
        Err(_) => None,
    };
    let verified = door.verify(&given.password, known).ok_or_else(Problem::wrong_credentials)?;
    let (tenant, code) = (given.tenant.as_ref(), given.code.as_deref());
    match state.store.begin_session(&door, &verified, tenant, device, code) {
        Ok(Begun::Session(token, session)) => Ok(Entered::Session(token, session)),
        Ok(Begun::CodeNeeded) => without_code(state, given, &verified, attempt),
        Ok(Begun::CodeWrong) | Err(StoreError::NotFound) => Err(Problem::wrong_credentials()),
        Err(error) => Err(error.into()),
    }
}

/// Begins the session of somebody whose password was right before, by their code.
///
/// # Errors
/// When the code is wrong or came too late, or there were too many wrong ones.
pub async fn give_code(
    state: &web::Data<AppState>,
    waiting: SessionToken,
    code: String,
    device: String,
) -> Result<Entered, Problem> {
    let entered = blocking(state, move |state| {
        let (door, hash) = (SignIn::begin(), waiting.hash());
        let mark = state.store.waiting_for_code(&door, &hash).map_err(too_late)?;
        let attempt = now_or_later(state.store.begin_attempt(&door, &mark)?)?;
        let entered = match state.store.give_code(&door, &hash, &device, &code) {
            Ok(Begun::Session(token, session)) => Ok(Entered::Session(token, session)),
            Ok(Begun::CodeNeeded | Begun::CodeWrong) => Err(Problem::wrong_credentials()),
            Err(error) => Err(too_late(error)),
        };
        settle(state, &attempt, &entered, |_| true)?;
        entered
    });
    counted(state, entered.await)
}

/// Whether somebody waits to give a code with that token.
///
/// # Errors
/// When nobody does, or not any more.
pub fn is_waiting(state: &AppState, waiting: &SessionToken) -> Result<(), Problem> {
    let found = state.store.waiting_for_code(&SignIn::begin(), &waiting.hash());
    found.map(|_| ()).map_err(too_late)
}

fn too_late(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound => Problem::unauthenticated(),
        other => other.into(),
    }
}

/// An attempt on an address, counted as wrong until it is settled.
///
/// # Errors
/// When the address has to wait.
pub fn attempt(state: &AppState, address: &str) -> Result<Attempt, Problem> {
    let door = SignIn::begin();
    let mark = state.store.address_mark(&door, address);
    now_or_later(state.store.begin_attempt(&door, &mark)?)
}

fn now_or_later(turn: Turn) -> Result<Attempt, Problem> {
    match turn {
        Turn::Now(attempt) => Ok(attempt),
        Turn::Wait(wait) => Err(Problem::too_many_attempts(wait)),
    }
}

/// Says how an attempt ended: right where `is_right` says so, wrong where the answer does, and as
/// if it had not been made otherwise.
///
/// # Errors
/// When the database fails.
pub fn settle<T>(
    state: &AppState,
    attempt: &Attempt,
    ended: &Result<T, Problem>,
    is_right: impl Fn(&T) -> bool,
) -> Result<(), Problem> {
    let door = SignIn::begin();
    match ended {
        Ok(answer) if is_right(answer) => state.store.attempt_was_right(&door, attempt)?,
        Err(problem) if problem.is_a_wrong_guess() => {}
        _ => state.store.attempt_is_open(&door, attempt)?,
    }
    Ok(())
}

fn counted(
    state: &web::Data<AppState>,
    entered: Result<Entered, Problem>,
) -> Result<Entered, Problem> {
    match &entered {
        Ok(Entered::Session(..)) => state.metrics.signed_in.add(),
        Err(problem) if problem.is_a_wrong_guess() => state.metrics.sign_in_refused.add(),
        _ => {}
    }
    entered
}

/// Ends the session a person came with.
///
/// # Errors
/// When the database fails.
pub fn sign_out(state: &AppState, who: &InPerson) -> Result<(), Problem> {
    match state.store.end_session(&who.person, &who.session) {
        // Ended by somebody else in the meantime.
        Err(StoreError::NotFound) => Ok(()),
        other => Ok(other?),
    }
}

/// The name of a person's own Board.
///
/// # Errors
/// When the database fails.
pub fn board_name(state: &AppState, who: &Scope) -> Result<String, Problem> {
    Ok(state.store.own_tenant(who)?.name)
}

/// The name of the Board that somebody is signed in to, if any, and whether they have a second
/// factor; of a program nothing is said of that.
///
/// # Errors
/// When the database fails.
pub fn standing_of(state: &AppState, who: &Admitted) -> Result<(Option<String>, bool), Problem> {
    let name = match who {
        Admitted::Member(scope) => Some(board_name(state, scope)?),
        Admitted::Operator(_) => None,
    };
    let has_factor = match who.in_person() {
        Ok(person) => state.store.second_factor(&person)?.since.is_some(),
        Err(_) => false,
    };
    Ok((name, has_factor))
}
