use diesel::prelude::*;
use tenancy::{Permitted, Scope, demand};

use super::answers::unanswered;
use super::reading::find;
use super::row::{SubmissionRow, complete_one, owner_key};
use super::{Submission, SubmissionState};
use crate::audit::Event;
use crate::connection::Db;
use crate::schema::tenant::submissions;
use crate::store::Change;
use crate::{Store, StoreError, SubmissionId};

impl Store {
    /// Shows a checked submission of one's own organisation to the Board.
    ///
    /// # Errors
    /// When it is not visible, not one's own, or not in the state for it.
    pub fn submit(
        &self,
        who: &Permitted<demand::Upload>,
        id: &SubmissionId,
    ) -> Result<Submission, StoreError> {
        self.change(who.tenant(), who.person().as_str(), |db, now| {
            let row = own(db, who, id)?;
            match row.state()? {
                SubmissionState::Checked => {}
                SubmissionState::Submitted | SubmissionState::SignedOff => {
                    return Ok(Change::Nothing(complete_one(db, row)?));
                }
                SubmissionState::Draft | SubmissionState::Refused => return Err(unchecked()),
            }
            diesel::update(submissions::table.filter(submissions::id.eq(id.as_str())))
                .set((
                    submissions::state.eq(SubmissionState::Submitted.code()),
                    submissions::submitted_at.eq(Some(now)),
                    submissions::submitted_by.eq(Some(who.person().as_str())),
                ))
                .execute(db)?;
            let row = find(db, who, id)?;
            Ok(Change::Made(complete_one(db, row)?, Event::new("submission.submit", id)))
        })
    }

    /// Signs off a submission of one's own organisation. One that was not yet shown to the Board
    /// is shown by this.
    ///
    /// # Errors
    /// When it is not visible, not one's own, not in the state for it, or has queries without an
    /// answer.
    pub fn sign_off(
        &self,
        who: &Permitted<demand::SignOff>,
        id: &SubmissionId,
    ) -> Result<Submission, StoreError> {
        self.change(who.tenant(), who.person().as_str(), |db, now| {
            let row = own(db, who, id)?;
            match row.state()? {
                SubmissionState::Checked | SubmissionState::Submitted => {}
                SubmissionState::SignedOff => {
                    return Ok(Change::Nothing(complete_one(db, row)?));
                }
                SubmissionState::Draft | SubmissionState::Refused => return Err(unchecked()),
            }
            let open = unanswered(db, id.as_str())?;
            if open > 0 {
                return Err(StoreError::Unanswered(open));
            }
            let person = who.person().as_str();
            if row.state()? == SubmissionState::Checked {
                diesel::update(submissions::table.filter(submissions::id.eq(id.as_str())))
                    .set((
                        submissions::submitted_at.eq(Some(now)),
                        submissions::submitted_by.eq(Some(person)),
                    ))
                    .execute(db)?;
            }
            diesel::update(submissions::table.filter(submissions::id.eq(id.as_str())))
                .set((
                    submissions::state.eq(SubmissionState::SignedOff.code()),
                    submissions::signed_off_at.eq(Some(now)),
                    submissions::signed_off_by.eq(Some(person)),
                ))
                .execute(db)?;
            let row = find(db, who, id)?;
            Ok(Change::Made(complete_one(db, row)?, Event::new("submission.sign_off", id)))
        })
    }
}

/// A submission that the person may see and that is their own organisation's.
pub(super) fn own(
    db: &mut Db,
    who: &Scope,
    id: &SubmissionId,
) -> Result<SubmissionRow, StoreError> {
    let row = find(db, who, id)?;
    if row.owner == owner_key(who.provider()) {
        Ok(row)
    } else {
        Err(StoreError::Forbidden("only the organisation that handed this in may do that"))
    }
}

fn unchecked() -> StoreError {
    StoreError::Conflict("this was not accepted by the checks, or is not checked yet".to_owned())
}
