//! The versions of what was handed in, and the rows that were to be mended.

use diesel::prelude::*;
use std::collections::BTreeSet;
use tenancy::{Permitted, Scope, demand};

use super::reading::{find, visible};
use super::row::{SubmissionRow, TableRow, complete, tables_of};
use super::{StoredTable, Submission, SubmissionState, WORKBOOK};
use crate::connection::{self, Db};
use crate::schema::tenant::{submission_bad_rows, submission_tables, submissions};
use crate::{Listing, Page, Store, StoreError, SubmissionId};

/// One table of a submission beside the same table of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableVersions {
    /// The table's name.
    pub table: String,
    /// The submission it is compared with; nothing where this is the first version.
    pub against: Option<SubmissionId>,
    /// The table there; nothing where it had none.
    pub before: Option<StoredTable>,
    /// The table here; nothing where this submission has none.
    pub after: Option<StoredTable>,
}

impl Store {
    /// Every version that this person may see of any table that a submission is about, newest
    /// first: files of one table and workbooks alike.
    ///
    /// # Errors
    /// When there is no such submission that this person may see.
    pub fn submission_history(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
        page: &Page,
    ) -> Result<Listing<Submission>, StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let row = find(db, who, id)?;
            let ids = versions(db, who, &row)?;
            let rows: Vec<SubmissionRow> = submissions::table
                .filter(submissions::id.eq_any(ids))
                .filter(submissions::id.lt(page.before()))
                .order(submissions::id.desc())
                .limit(page.fetch())
                .select(SubmissionRow::as_select())
                .load(db)?;
            let found = complete(db, rows)?;
            Ok(Listing::cut(found, page, |submission| submission.id.to_string()))
        })
    }

    /// The tables of a submission beside those of another of the same owner; unless told, each
    /// beside the accepted version before it. A table that neither has is left out.
    ///
    /// # Errors
    /// When this person may not see one of them, they are of different owners, or this one was not
    /// accepted.
    pub fn table_versions(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
        against: Option<&SubmissionId>,
    ) -> Result<Vec<TableVersions>, StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let row = find(db, who, id)?;
            let mut names = tables_of(db, &row)?;
            let other = against.map(|id| find(db, who, id)).transpose()?;
            if let Some(other) = &other {
                if other.owner != row.owner {
                    let why = "compare versions of the same owner's tables";
                    return Err(StoreError::Invalid(why.to_owned()));
                }
                names.extend(tables_of(db, other)?);
            }
            let mut compared = Vec::new();
            for table in names {
                let against = match &other {
                    Some(other) => Some(other.id.clone()),
                    None => version_before(db, who, &row, &table)?,
                };
                let before = match &against {
                    Some(id) => table_of(db, id, &table)?,
                    None => None,
                };
                let after = table_of(db, &row.id, &table)?;
                if before.is_some() || after.is_some() {
                    let against = against.map(SubmissionId::stored);
                    compared.push(TableVersions { table, against, before, after });
                }
            }
            if compared.is_empty() {
                let why = "neither version was accepted by the checks: there is nothing to compare";
                return Err(StoreError::Conflict(why.to_owned()));
            }
            Ok(compared)
        })
    }

    /// The rows of a table that must be mended, as the server stored them; nothing where there are
    /// none.
    ///
    /// # Errors
    /// When there is no such submission that this person may see.
    pub fn bad_rows(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
        table: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut db = self.tenant(who.tenant())?;
        find(&mut db, who, id)?;
        Ok(submission_bad_rows::table
            .filter(submission_bad_rows::submission_id.eq(id.as_str()))
            .filter(submission_bad_rows::table_name.eq(table))
            .select(submission_bad_rows::csv)
            .first(&mut *db)
            .optional()?)
    }

    /// The tables of a submission that have rows to be mended.
    ///
    /// # Errors
    /// When there is no such submission that this person may see.
    pub fn tables_with_bad_rows(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
    ) -> Result<Vec<String>, StoreError> {
        let mut db = self.tenant(who.tenant())?;
        find(&mut db, who, id)?;
        Ok(submission_bad_rows::table
            .filter(submission_bad_rows::submission_id.eq(id.as_str()))
            .order(submission_bad_rows::table_name)
            .select(submission_bad_rows::table_name)
            .load(&mut *db)?)
    }
}

/// The submissions of the same owner that this person may see and that are about any of the same
/// tables.
fn versions(db: &mut Db, who: &Scope, row: &SubmissionRow) -> Result<BTreeSet<String>, StoreError> {
    let names = tables_of(db, row)?;
    let mut ids: BTreeSet<String> = submission_tables::table
        .inner_join(submissions::table.on(submissions::id.eq(submission_tables::submission_id)))
        .filter(submissions::owner.eq(&row.owner))
        .filter(submission_tables::table_name.eq_any(names))
        .select(submissions::id)
        .load(db)?
        .into_iter()
        .collect();
    // Those that have no accepted tables are known by what they were handed in for.
    let seen: Vec<(String, String)> = visible(who)
        .filter(submissions::owner.eq(row.owner.clone()))
        .select((submissions::id, submissions::table_name))
        .load(db)?;
    let (seen, same): (BTreeSet<String>, BTreeSet<Option<String>>) = seen
        .into_iter()
        .map(|(id, name)| {
            let same = (name == row.table_name).then(|| id.clone());
            (id, same)
        })
        .unzip();
    ids.extend(same.into_iter().flatten());
    Ok(ids.intersection(&seen).cloned().collect())
}

/// The accepted submission before this one that holds a table.
fn version_before(
    db: &mut Db,
    who: &Scope,
    row: &SubmissionRow,
    table: &str,
) -> Result<Option<String>, StoreError> {
    let seen: Vec<String> = visible(who)
        .filter(submissions::owner.eq(row.owner.clone()))
        .filter(submissions::id.lt(row.id.clone()))
        .filter(submissions::table_name.eq_any([table.to_owned(), WORKBOOK.to_owned()]))
        .filter(submissions::state.eq_any(SubmissionState::ACCEPTED.map(SubmissionState::code)))
        .order(submissions::id.desc())
        .select(submissions::id)
        .load(db)?;
    Ok(submission_tables::table
        .filter(submission_tables::submission_id.eq_any(seen))
        .filter(submission_tables::table_name.eq(table))
        .order(submission_tables::submission_id.desc())
        .select(submission_tables::submission_id)
        .first(db)
        .optional()?)
}

fn table_of(db: &mut Db, id: &str, table: &str) -> Result<Option<StoredTable>, StoreError> {
    let row: Option<TableRow> = submission_tables::table
        .filter(submission_tables::submission_id.eq(id))
        .filter(submission_tables::table_name.eq(table))
        .select(TableRow::as_select())
        .first(db)
        .optional()?;
    row.map(StoredTable::try_from).transpose()
}
