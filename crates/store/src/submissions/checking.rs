use diesel::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tenancy::Worker;

use super::answers::{Query, insert_queries};
use super::row::{
    SubmissionRow, complete_one, insert_table, latest_by_owner, load_tables, owner_key,
};
use super::{StoredTable, Submission, SubmissionState};
use crate::audit::Event;
use crate::connection::{self, Db};
use crate::editions::OwnedTable;
use crate::jobs::{self, JobKind, Lease, WORKER};
use crate::schema::tenant::{submission_bad_rows, submission_tables, submissions};
use crate::store::Change;
use crate::uploads::drop_file;
use crate::{Store, StoreError, SubmissionId};

/// What a check says of a file. The report is the server's own JSON, opaque here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The report.
    pub report: String,
    /// What must be answered before sign-off; kept only of what is accepted.
    pub queries: Vec<Query>,
    /// The rows to be mended; empty where personal data was found.
    pub bad_rows: Vec<BadRows>,
}

/// The rows of one table that must be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRows {
    /// The table.
    pub table: String,
    /// The rows with the mend beside each: CSV, opaque here.
    pub csv: Vec<u8>,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// Accepted as a whole.
    Accepted {
        /// The accepted tables.
        tables: Vec<StoredTable>,
        /// What was found nevertheless.
        found: Found,
    },
    /// Not accepted: nothing is kept but the reasons and the rows to be mended.
    Refused {
        /// What was found.
        found: Found,
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
    /// replaces is left out; those that a workbook replaces are known once it is unpacked.
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
            let (state, found) = match outcome {
                CheckOutcome::Accepted { tables, found } => {
                    for table in tables {
                        insert_table(db, id, table)?;
                    }
                    insert_queries(db, id, &found.queries)?;
                    (SubmissionState::Checked, found)
                }
                CheckOutcome::Refused { found } => (SubmissionState::Refused, found),
            };
            insert_bad_rows(db, id, &found.bad_rows)?;
            diesel::update(submissions::table.filter(submissions::id.eq(id.as_str())))
                .set((
                    submissions::state.eq(state.code()),
                    submissions::report.eq(Some(&found.report)),
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
            JobKind::ValueEdition(_) | JobKind::RunScenario(_) | JobKind::ValueDispute(_) => Ok(()),
        }
    }
}

fn insert_bad_rows(db: &mut Db, id: &SubmissionId, rows: &[BadRows]) -> Result<(), StoreError> {
    for BadRows { table, csv } in rows {
        diesel::insert_into(submission_bad_rows::table)
            .values((
                submission_bad_rows::submission_id.eq(id.as_str()),
                submission_bad_rows::table_name.eq(table),
                submission_bad_rows::csv.eq(csv),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// The newest accepted table of each name of one owner, signed off or not, whichever file it came
/// in.
fn newest_accepted(
    db: &mut Db,
    own: &str,
) -> Result<BTreeMap<(String, String), String>, StoreError> {
    let rows: Vec<(String, String)> = submission_tables::table
        .inner_join(submissions::table.on(submissions::id.eq(submission_tables::submission_id)))
        .filter(submissions::owner.eq(own))
        .filter(submissions::state.eq_any(SubmissionState::ACCEPTED.map(SubmissionState::code)))
        .order(submissions::id.asc())
        .select((submission_tables::table_name, submissions::id))
        .load(db)?;
    Ok(rows.into_iter().map(|(table, id)| ((own.to_owned(), table), id)).collect())
}
