//! The data-sharing agreement of a Board's book.

use store::{Agreement, NewAgreement};
use tenancy::{Permitted, demand};

use super::answers::of_nobody;
use crate::problem::Problem;
use crate::state::AppState;

/// What holds under every agreement, whatever its purpose.
pub const ALWAYS: &str = "What providers share under this agreement is for planning care together. \
    It is not for price disputes, tenders or negotiations between them.";

/// The agreement that stands, whether or not it is in force today; nothing before the first.
///
/// # Errors
/// When the database fails.
pub fn stands(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
) -> Result<Option<Agreement>, Problem> {
    Ok(state.store.agreement(who)?)
}

/// Records an agreement in place of the one before, which is kept.
///
/// # Errors
/// When it has no purpose, ends before it begins, or names a patient.
pub fn record(
    state: &AppState,
    who: &Permitted<demand::RecordAgreement>,
    new: &NewAgreement,
) -> Result<(), Problem> {
    of_nobody(&new.purpose)?;
    Ok(state.store.record_agreement(who, new)?)
}
