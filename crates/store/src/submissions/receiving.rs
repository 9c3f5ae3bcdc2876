use diesel::prelude::*;
use std::path::Path;
use tenancy::{Permitted, demand};

use super::row::{SubmissionRow, complete_one, owner_key, tables_of};
use super::{Submission, SubmissionState};
use crate::audit::Event;
use crate::connection::Db;
use crate::jobs::{self, JobKind};
use crate::schema::tenant::submissions;
use crate::store::Change;
use crate::time::to_db;
use crate::uploads::drop_file;
use crate::{Store, StoreError, SubmissionId};

/// A file that has arrived whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubmission {
    /// The table it is for.
    pub table: String,
    /// The file's name as it was sent.
    pub file_name: String,
    /// The SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// A file taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The submission.
    pub submission: Submission,
    /// Whether the same file had been sent before: then this is the earlier submission.
    pub repeated: bool,
}

impl Store {
    /// Takes in a file that has arrived, and asks for its check. The newest submission of the
    /// same owner and table is recognised when it was the same file and was not refused, and
    /// nothing handed in since is about any of its tables.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub fn receive(
        &self,
        who: &Permitted<demand::Upload>,
        new: &NewSubmission,
        file: &Path,
    ) -> Result<Received, StoreError> {
        let id = SubmissionId::new();
        let waiting = self.waiting_file(who.tenant(), &id);
        let received = self.change(who.tenant(), who.person().as_str(), |db, now| {
            let owner = owner_key(who.provider());
            let latest = latest(db, owner, &new.table)?;
            if let Some(row) = latest
                && row.file_sha256 == new.sha256
                && !overtaken(db, &row)?
            {
                let submission = complete_one(db, row)?;
                return Ok(Change::Nothing(Received { submission, repeated: true }));
            }
            insert(db, now, &id, who, new)?;
            jobs::enqueue(db, now, &JobKind::CheckSubmission(id.clone()))?;
            let row = submissions::table
                .filter(submissions::id.eq(id.as_str()))
                .select(SubmissionRow::as_select())
                .first(db)?;
            let submission = complete_one(db, row)?;
            std::fs::rename(file, &waiting)?;
            let event = Event::new("submission.receive", &id)
                .with("owner", owner)
                .with("table", new.table.as_str())
                .with("file_sha256", new.sha256.as_str());
            Ok(Change::Made(Received { submission, repeated: false }, event))
        });
        match &received {
            Ok(Received { repeated: false, .. }) => {}
            Ok(_) => drop_file(file)?,
            Err(_) => {
                drop_file(file)?;
                drop_file(&waiting)?;
            }
        }
        received
    }
}

/// The newest submission of an owner and a table that was not refused.
fn latest(db: &mut Db, owner: &str, table: &str) -> Result<Option<SubmissionRow>, StoreError> {
    Ok(submissions::table
        .filter(submissions::owner.eq(owner))
        .filter(submissions::table_name.eq(table))
        .filter(submissions::state.ne(SubmissionState::Refused.code()))
        .order(submissions::version.desc())
        .select(SubmissionRow::as_select())
        .first(db)
        .optional()?)
}

/// Whether a later file of the same owner is about any of the same tables.
fn overtaken(db: &mut Db, row: &SubmissionRow) -> Result<bool, StoreError> {
    let own = tables_of(db, row)?;
    let later: Vec<SubmissionRow> = submissions::table
        .filter(submissions::owner.eq(&row.owner))
        .filter(submissions::id.gt(&row.id))
        .filter(submissions::state.ne(SubmissionState::Refused.code()))
        .select(SubmissionRow::as_select())
        .load(db)?;
    for row in later {
        let tables = tables_of(db, &row)?;
        // A file whose tables are not known yet may be about any.
        if own.is_empty() || tables.is_empty() || !own.is_disjoint(&tables) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn insert(
    db: &mut Db,
    now: i64,
    id: &SubmissionId,
    who: &Permitted<demand::Upload>,
    new: &NewSubmission,
) -> Result<(), StoreError> {
    let owner = owner_key(who.provider());
    let version: Option<i64> = submissions::table
        .filter(submissions::owner.eq(owner))
        .filter(submissions::table_name.eq(&new.table))
        .select(diesel::dsl::max(submissions::version))
        .first(db)?;
    diesel::insert_into(submissions::table)
        .values((
            submissions::id.eq(id.as_str()),
            submissions::owner.eq(owner),
            submissions::table_name.eq(&new.table),
            submissions::version.eq(version.unwrap_or(0).saturating_add(1)),
            submissions::file_name.eq(new.file_name.chars().take(200).collect::<String>()),
            submissions::file_sha256.eq(&new.sha256),
            submissions::file_bytes.eq(to_db(new.bytes)?),
            submissions::state.eq(SubmissionState::Draft.code()),
            submissions::created_at.eq(now),
            submissions::created_by.eq(who.person().as_str()),
        ))
        .execute(db)?;
    Ok(())
}
