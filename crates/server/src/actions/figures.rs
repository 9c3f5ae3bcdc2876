//! Which figures of a submission matter most to its owner's result.

use store::SubmissionId;
use tenancy::{Permitted, demand};

use crate::engine::{self, EngineError, Matter};
use crate::problem::Problem;
use crate::state::AppState;

/// The figures that the result of a submission's owner hangs on, were it published now; those of
/// the whole book for the Board's own.
///
/// # Errors
/// When there is none that this person may see, it was not accepted, or the tables signed off so
/// far make no book.
pub fn that_matter(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
) -> Result<Matter, Problem> {
    let (submission, parts) = state.store.tables_if_published(who, id)?;
    engine::matter(&state.catalogue, &parts, submission.owner.as_ref()).map_err(|error| match error
    {
        EngineError::Refused(why) => Problem::conflict(format!(
            "the figures that matter can be told once the tables signed off make a book: {why}"
        )),
        other => other.into(),
    })
}
