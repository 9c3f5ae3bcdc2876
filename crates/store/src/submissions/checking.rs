use diesel::prelude::*;
use std::path::PathBuf;
use tenancy::Worker;

use super::row::{
    SubmissionRow, complete_one, insert_table, latest_by_owner, load_tables, owner_key,
};
use super::{StoredTable, Submission, SubmissionState};
use crate::audit::Event;
use crate::connection;
use crate::editions::OwnedTable;
use crate::jobs::{self, JobKind, Lease, WORKER};
use crate::schema::tenant::submissions;
use crate::store::Change;
use crate::uploads::drop_file;
use crate::{Store, StoreError, SubmissionId};

/// What a check found. The report is the server's own JSON, opaque here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// Accepted as a whole.
    Accepted {
        /// The accepted tables.
        tables: Vec<StoredTable>,
        /// What was found nevertheless.
        report: String,
    },
    /// Not accepted: nothing of the content is kept.
    Refused {
        /// What was found.
        report: String,
    },
}

impl Store {
    /// A submission to be checked, and its file.
    ///
    /// # Errors
    /// When there is no such submission.
    pub fn submission_to_check(
        &self,
        worker: &Worker,
        id: &SubmissionId,
    ) -> Result<(Submission, PathBuf), StoreError> {
        let mut db = self.tenant(worker.tenant())?;
        let row = submissions::table
            .filter(submissions::id.eq(id.as_str()))
            .select(SubmissionRow::as_select())
            .first(&mut *db)?;
        Ok((complete_one(&mut db, row)?, self.waiting_file(worker.tenant(), id)))
    }

    /// What a submission is checked against: the newest accepted tables of its own owner, and
    /// what is signed off by the Board (for the Board's own tables: by everyone). The table it
    /// replaces is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reference_tables(
        &self,
        worker: &Worker,
        submission: &Submission,
    ) -> Result<Vec<OwnedTable>, StoreError> {
        connection::read(&mut *self.tenant(worker.tenant())?, |db| {
            let own = owner_key(submission.owner.as_ref());
            let mut wanted = latest_by_owner(db, &[SubmissionState::SignedOff])?;
            wanted.retain(|(owner, _), _| own.is_empty() || owner.is_empty());
            let accepted = newest_accepted(db, own)?;
            wanted.extend(accepted);
            wanted.remove(&(own.to_owned(), submission.table.clone()));
            load_tables(db, &wanted)
        })
    }

    /// Stores what a check found, ends its job and drops the file.
    ///
    /// # Errors
    /// `LeaseLost` when someone else has the job by now.
    pub fn finish_check(
        &self,
        worker: &Worker,
        lease: &Lease,
        outcome: &CheckOutcome,
    ) -> Result<(), StoreError> {
        let JobKind::CheckSubmission(id) = lease.kind() else {
            return Err(StoreError::Corrupt("job"));
        };
        self.change(worker.tenant(), WORKER, |db, now| {
            jobs::finish(db, now, lease)?;
            let (state, report) = match outcome {
                CheckOutcome::Accepted { tables, report } => {
                    for table in tables {
                        insert_table(db, id, table)?;
                    }
                    (SubmissionState::Checked, report)
                }
                CheckOutcome::Refused { report } => (SubmissionState::Refused, report),
            };
            diesel::update(submissions::table.filter(submissions::id.eq(id.as_str())))
                .set((
                    submissions::state.eq(state.code()),
                    submissions::report.eq(Some(report)),
                    submissions::checked_at.eq(Some(now)),
                ))
                .execute(db)?;
            Ok(Change::Made((), Event::new("submission.check", id).with("state", state.code())))
        })?;
        self.drop_checked_file(worker, lease.kind())
    }

    /// Drops the file of a submission whose check has ended.
    pub(crate) fn drop_checked_file(
        &self,
        worker: &Worker,
        kind: &JobKind,
    ) -> Result<(), StoreError> {
        match kind {
            JobKind::CheckSubmission(id) => drop_file(&self.waiting_file(worker.tenant(), id)),
            JobKind::ValueEdition(_) | JobKind::RunScenario(_) => Ok(()),
        }
    }
}

/// The newest accepted table of each name of one owner, signed off or not.
fn newest_accepted(
    db: &mut connection::Db,
    own: &str,
) -> Result<std::collections::BTreeMap<(String, String), String>, StoreError> {
    let rows: Vec<(String, String)> = submissions::table
        .filter(submissions::owner.eq(own))
        .filter(submissions::state.eq_any([
            SubmissionState::Checked.code(),
            SubmissionState::Submitted.code(),
            SubmissionState::SignedOff.code(),
        ]))
        .order(submissions::version.asc())
        .select((submissions::table_name, submissions::id))
        .load(db)?;
    Ok(rows.into_iter().map(|(table, id)| ((own.to_owned(), table), id)).collect())
}
