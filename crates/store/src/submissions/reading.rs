use diesel::prelude::*;

use tenancy::{Permitted, Scope, demand};

use super::row::{
    SubmissionRow, TableRow, complete, complete_one, latest_by_owner, load_tables, owner_key,
};
use super::{StoredTable, Submission, SubmissionState};
use crate::connection::{self, Backend, Db};
use crate::editions::OwnedTable;
use crate::jobs::{self, JobKind, JobStatus};
use crate::schema::tenant::{submission_tables, submissions};
use crate::{Listing, Page, Store, StoreError, SubmissionId};

type Visible = submissions::BoxedQuery<'static, Backend>;

/// The submissions that a person may see: their own organisation's, and for people of the Board
/// what others have submitted.
pub(super) fn visible(who: &Scope) -> Visible {
    let own = owner_key(who.provider()).to_owned();
    let shown = [SubmissionState::Submitted.code(), SubmissionState::SignedOff.code()];
    if who.provider().is_none() {
        submissions::table
            .filter(submissions::owner.eq(own).or(submissions::state.eq_any(shown)))
            .into_boxed()
    } else {
        submissions::table.filter(submissions::owner.eq(own)).into_boxed()
    }
}

/// One submission, where the person may see it.
pub(super) fn find(
    db: &mut Db,
    who: &Scope,
    id: &SubmissionId,
) -> Result<SubmissionRow, StoreError> {
    Ok(visible(who)
        .filter(submissions::id.eq(id.as_str().to_owned()))
        .select(SubmissionRow::as_select())
        .first(db)?)
}

impl Store {
    /// One submission.
    ///
    /// # Errors
    /// When there is none that this person may see.
    pub fn submission(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
    ) -> Result<Submission, StoreError> {
        let mut db = self.tenant(who.tenant())?;
        let row = find(&mut db, who, id)?;
        complete_one(&mut db, row)
    }

    /// The submissions that this person may see, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn submissions(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        page: &Page,
    ) -> Result<Listing<Submission>, StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let rows = visible(who)
                .filter(submissions::id.lt(page.before()))
                .order(submissions::id.desc())
                .limit(page.fetch())
                .select(SubmissionRow::as_select())
                .load(db)?;
            let found = complete(db, rows)?;
            Ok(Listing::cut(found, page, |submission| submission.id.to_string()))
        })
    }

    /// What the check found, as the server stored it; nothing before it has ended.
    ///
    /// # Errors
    /// When there is none that this person may see.
    pub fn submission_report(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
    ) -> Result<Option<String>, StoreError> {
        Ok(visible(who)
            .filter(submissions::id.eq(id.as_str().to_owned()))
            .select(submissions::report)
            .first(&mut *self.tenant(who.tenant())?)?)
    }

    /// How far the check is.
    ///
    /// # Errors
    /// When there is none that this person may see.
    pub fn submission_status(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
    ) -> Result<JobStatus, StoreError> {
        let mut db = self.tenant(who.tenant())?;
        find(&mut db, who, id)?;
        jobs::status(&mut db, &JobKind::CheckSubmission(id.clone()))
    }

    /// The accepted tables with their content: exactly what will be published.
    ///
    /// # Errors
    /// When there is none that this person may see.
    pub fn submission_tables(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
    ) -> Result<Vec<StoredTable>, StoreError> {
        let mut db = self.tenant(who.tenant())?;
        find(&mut db, who, id)?;
        let rows: Vec<TableRow> = submission_tables::table
            .filter(submission_tables::submission_id.eq(id.as_str()))
            .order(submission_tables::table_name)
            .select(TableRow::as_select())
            .load(&mut *db)?;
        rows.into_iter().map(StoredTable::try_from).collect()
    }

    /// The tables of the edition that would be published now, were this submission signed off.
    /// They are everybody's: what is made of them is to show this submission's own lines only.
    ///
    /// # Errors
    /// When there is none that this person may see, or it was not accepted.
    pub fn tables_if_published(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
    ) -> Result<(Submission, Vec<OwnedTable>), StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let row = find(db, who, id)?;
            let owner = row.owner.clone();
            let submission = complete_one(db, row)?;
            if submission.tables.is_empty() {
                let why = "this was not accepted by the checks, or is not checked yet";
                return Err(StoreError::Conflict(why.to_owned()));
            }
            let mut wanted = latest_by_owner(db, &[SubmissionState::SignedOff])?;
            for table in &submission.tables {
                wanted.insert((owner.clone(), table.table.clone()), id.to_string());
            }
            Ok((submission, load_tables(db, &wanted)?))
        })
    }
}
