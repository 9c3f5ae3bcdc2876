//! Invitations to a Board. The service sends no mail: who invites hands the link over.

use actix_web::web;
use std::fmt;
use store::{
    Accepting, Invitation, InvitationId, Invited, Listing, NewInvitation, Page, StoreError,
};
use tenancy::{
    InvitationToken, PasswordError, PasswordHash, Permitted, PersonId, SignIn, TokenHash, demand,
};

use crate::actions::session;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// What an invited person gives.
#[derive(Clone)]
pub struct Acceptance {
    /// The end of the link.
    pub token: String,
    /// Their name; not needed where there is an account.
    pub name: String,
    /// The password of the account that there is, or a new one.
    pub password: String,
}

impl fmt::Debug for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Acceptance(…)")
    }
}

/// Where an invited person belongs from now on.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The person.
    pub person: PersonId,
    /// What they were invited to.
    pub invited: Invited,
}

/// Invites a person; the token is given once.
///
/// # Errors
/// When the role is not this person's to invite to, does not go with the provider, or the person
/// belongs to the Board already.
pub fn invite(
    state: &AppState,
    who: &Permitted<demand::ManageColleagues>,
    new: &NewInvitation,
) -> Result<(InvitationToken, Invitation), Problem> {
    Ok(state.store.invite(who, new)?)
}

/// The open invitations that this person sees, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::ManageColleagues>,
    page: &Page,
) -> Result<Listing<Invitation>, Problem> {
    Ok(state.store.invitations(who, page)?)
}

/// Withdraws an open invitation.
///
/// # Errors
/// When there is none, or it is somebody else's to withdraw.
pub fn withdraw(
    state: &AppState,
    who: &Permitted<demand::ManageColleagues>,
    id: &InvitationId,
) -> Result<(), Problem> {
    Ok(state.store.withdraw_invitation(who, id)?)
}

/// What the link of an invitation says.
///
/// # Errors
/// Not found, whether it never was, has been accepted or withdrawn, or has expired.
pub fn invited(state: &AppState, token: &str) -> Result<Invited, Problem> {
    Ok(state.store.invited(&SignIn::begin(), &hash(token)?)?)
}

/// Accepts an invitation: makes an account, or confirms with the password of the one there is.
///
/// # Errors
/// As [`invited`]; and when there is no name, the password cannot be taken or is wrong, or was
/// wrong too often.
pub async fn accept(state: &web::Data<AppState>, given: Acceptance) -> Result<Accepted, Problem> {
    let token = given.token.clone();
    let invited = blocking(state, move |state| invited(state, &token)).await?;
    // Guessing the password of an account is no faster here than where people sign in.
    let attempt = match invited.has_account {
        true => {
            let address = invited.email.as_str().to_owned();
            Some(blocking(state, move |state| session::attempt(state, &address)).await?)
        }
        false => None,
    };
    let _turn = state.hashing.acquire().await.map_err(|_| Problem::stopping())?;
    let accepted = blocking(state, move |state| {
        let token = hash(&given.token)?;
        let person = match invited.has_account {
            true => confirm(state, &token, &invited, &given.password),
            false => join(state, &token, &invited, &given),
        };
        if let Some(attempt) = attempt {
            session::settle(state, &attempt, &person, |_| true)?;
        }
        Ok::<_, Problem>(Accepted { person: person?, invited })
    });
    accepted.await
}

fn hash(token: &str) -> Result<TokenHash, Problem> {
    let token = InvitationToken::read(token).map_err(|_| Problem::not_found())?;
    Ok(token.hash())
}

/// With the password of the account that there is.
fn confirm(
    state: &AppState,
    token: &TokenHash,
    invited: &Invited,
    password: &str,
) -> Result<PersonId, Problem> {
    let door = SignIn::begin();
    let known = state.store.known_person(&door, &invited.email)?;
    let verified = door.verify(password, known).ok_or_else(Problem::wrong_credentials)?;
    Ok(state.store.accept_invitation(&door, token, &Accepting::Known(&verified))?)
}

/// With a new account.
fn join(
    state: &AppState,
    token: &TokenHash,
    invited: &Invited,
    given: &Acceptance,
) -> Result<PersonId, Problem> {
    let display_name = given.name.trim().to_owned();
    if display_name.is_empty() {
        return Err(StoreError::Invalid("give your name, as others are to see it".into()).into());
    }
    let password =
        PasswordHash::of_chosen(&given.password, &invited.email).map_err(|error| match error {
            PasswordError::Hashing => Problem::internal(&error),
            error => Problem::invalid(error),
        })?;
    let accepting = Accepting::New { display_name, password };
    Ok(state.store.accept_invitation(&SignIn::begin(), token, &accepting)?)
}
