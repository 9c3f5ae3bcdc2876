//! The people of a Board.

use quantities::ProviderCode;
use store::{Listing, Member, Page};
use tenancy::{Permitted, PersonId, Role, demand};

use crate::problem::Problem;
use crate::state::AppState;

/// The people whom this person sees, by name.
///
/// # Errors
/// When the cursor names nobody of them.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::ManageColleagues>,
    page: &Page,
) -> Result<Listing<Member>, Problem> {
    Ok(state.store.members(who, page)?)
}

/// One of them.
///
/// # Errors
/// When there is no such person.
pub fn one(
    state: &AppState,
    who: &Permitted<demand::ManageColleagues>,
    person: &PersonId,
) -> Result<Member, Problem> {
    Ok(state.store.member(who, person)?)
}

/// Changes what a person is, from their next request on.
///
/// # Errors
/// When there is no such person, it is oneself or the last administrator, or role and provider do
/// not go together.
pub fn change_role(
    state: &AppState,
    who: &Permitted<demand::ManagePeople>,
    person: &PersonId,
    role: Role,
    provider: Option<&ProviderCode>,
) -> Result<Member, Problem> {
    Ok(state.store.change_role(who, person, role, provider)?)
}

/// Ends a membership with all its sessions.
///
/// # Errors
/// When there is no such person, it is oneself or the last administrator, or somebody else's to
/// end.
pub fn end(
    state: &AppState,
    who: &Permitted<demand::ManageColleagues>,
    person: &PersonId,
) -> Result<Member, Problem> {
    Ok(state.store.end_membership(who, person)?)
}

/// Lets a person in again.
///
/// # Errors
/// When there is no such person, or it is somebody else's to do.
pub fn restore(
    state: &AppState,
    who: &Permitted<demand::ManageColleagues>,
    person: &PersonId,
) -> Result<Member, Problem> {
    Ok(state.store.restore_membership(who, person)?)
}
