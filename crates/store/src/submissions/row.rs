use diesel::prelude::*;
use quantities::{Pence, ProviderCode};
use std::collections::{BTreeMap, BTreeSet};
use tenancy::PersonId;

use super::{StoredTable, Submission, SubmissionState, TableSummary, WORKBOOK};
use crate::connection::{Backend, Db};
use crate::editions::OwnedTable;
use crate::schema::tenant::{edition_parts, submission_tables, submissions};
use crate::time::{from_db, optional_time, time, to_db};
use crate::{StoreError, SubmissionId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = submissions, check_for_backend(Backend))]
pub(crate) struct SubmissionRow {
    pub(super) id: String,
    pub(super) owner: String,
    pub(super) table_name: String,
    version: i64,
    file_name: String,
    pub(super) file_sha256: String,
    file_bytes: i64,
    state: String,
    created_at: i64,
    created_by: String,
    checked_at: Option<i64>,
    submitted_at: Option<i64>,
    submitted_by: Option<String>,
    signed_off_at: Option<i64>,
    signed_off_by: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = submission_tables, check_for_backend(Backend))]
pub(crate) struct TableRow {
    submission_id: String,
    table_name: String,
    csv: Vec<u8>,
    sha256: String,
    row_count: i64,
    total_pence: Option<i64>,
}

type SummaryRow = (String, String, String, i64, Option<i64>);

/// How an owner is kept: a key cannot be null.
pub(crate) fn owner_key(owner: Option<&ProviderCode>) -> &str {
    owner.map_or("", ProviderCode::as_str)
}

/// The owner of such a key.
pub(crate) fn read_owner(key: &str) -> Result<Option<ProviderCode>, StoreError> {
    if key.is_empty() {
        return Ok(None);
    }
    key.parse().map(Some).map_err(|_| StoreError::Corrupt("owner"))
}

impl SubmissionRow {
    pub(super) fn state(&self) -> Result<SubmissionState, StoreError> {
        let mut all = SubmissionState::ALL.into_iter();
        all.find(|state| state.code() == self.state).ok_or(StoreError::Corrupt("submission"))
    }

    fn with(
        self,
        tables: Vec<TableSummary>,
        published_in: Vec<u64>,
    ) -> Result<Submission, StoreError> {
        Ok(Submission {
            owner: read_owner(&self.owner)?,
            state: self.state()?,
            id: SubmissionId::stored(self.id),
            table: self.table_name,
            version: from_db(self.version)?,
            file_name: self.file_name,
            file_sha256: self.file_sha256,
            file_bytes: from_db(self.file_bytes)?,
            created_at: time(self.created_at)?,
            created_by: PersonId::new(self.created_by),
            checked_at: optional_time(self.checked_at)?,
            submitted_at: optional_time(self.submitted_at)?,
            submitted_by: self.submitted_by.map(PersonId::new),
            signed_off_at: optional_time(self.signed_off_at)?,
            signed_off_by: self.signed_off_by.map(PersonId::new),
            tables,
            published_in,
        })
    }
}

/// Rows with what is known of their tables.
pub(super) fn complete(
    db: &mut Db,
    rows: Vec<SubmissionRow>,
) -> Result<Vec<Submission>, StoreError> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let found: Vec<SummaryRow> = submission_tables::table
        .filter(submission_tables::submission_id.eq_any(&ids))
        .order(submission_tables::table_name)
        .select((
            submission_tables::submission_id,
            submission_tables::table_name,
            submission_tables::sha256,
            submission_tables::row_count,
            submission_tables::total_pence,
        ))
        .load(db)?;
    let mut published = published_in(db, &ids)?;
    let signed: BTreeMap<&str, &str> = rows
        .iter()
        .filter(|row| row.signed_off_at.is_some())
        .map(|row| (row.id.as_str(), row.owner.as_str()))
        .collect();
    let latest = if signed.is_empty() {
        BTreeMap::new()
    } else {
        latest_by_owner(db, &[SubmissionState::SignedOff])?
    };
    let mut tables: BTreeMap<String, Vec<TableSummary>> = BTreeMap::new();
    for (id, table, sha256, rows, total) in found {
        let superseded_by = signed.get(id.as_str()).and_then(|owner| {
            let latest = latest.get(&((*owner).to_owned(), table.clone()))?;
            (*latest != id).then(|| SubmissionId::stored(latest.clone()))
        });
        let (rows, total) = (from_db(rows)?, total.map(Pence::new));
        let summary = TableSummary { table, sha256, rows, total, superseded_by };
        tables.entry(id).or_default().push(summary);
    }
    let whole = rows.into_iter().map(|row| {
        let tables = tables.remove(&row.id).unwrap_or_default();
        let published = published.remove(&row.id).unwrap_or_default();
        row.with(tables, published.into_iter().collect())
    });
    whole.collect()
}

/// The editions that hold any table of these submissions.
fn published_in(db: &mut Db, ids: &[&str]) -> Result<BTreeMap<String, BTreeSet<u64>>, StoreError> {
    let parts: Vec<(String, i64)> = edition_parts::table
        .filter(edition_parts::submission_id.eq_any(ids))
        .select((edition_parts::submission_id, edition_parts::edition))
        .load(db)?;
    let mut editions: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for (id, edition) in parts {
        editions.entry(id).or_default().insert(from_db(edition)?);
    }
    Ok(editions)
}

/// One row with what is known of its tables.
pub(super) fn complete_one(db: &mut Db, row: SubmissionRow) -> Result<Submission, StoreError> {
    complete(db, vec![row])?.pop().ok_or(StoreError::Corrupt("submission"))
}

impl TryFrom<TableRow> for StoredTable {
    type Error = StoreError;
    fn try_from(row: TableRow) -> Result<Self, StoreError> {
        Ok(Self {
            table: row.table_name,
            csv: row.csv,
            sha256: row.sha256,
            rows: from_db(row.row_count)?,
            total: row.total_pence.map(Pence::new),
        })
    }
}

impl TableRow {
    /// The table with whose it is.
    pub(crate) fn owned_by(self, owner: &str) -> Result<OwnedTable, StoreError> {
        Ok(OwnedTable {
            owner: read_owner(owner)?,
            submission: SubmissionId::stored(self.submission_id.clone()),
            table: self.try_into()?,
        })
    }
}

/// Keeps an accepted table.
pub(super) fn insert_table(
    db: &mut Db,
    id: &SubmissionId,
    table: &StoredTable,
) -> Result<(), StoreError> {
    diesel::insert_into(submission_tables::table)
        .values((
            submission_tables::submission_id.eq(id.as_str()),
            submission_tables::table_name.eq(&table.table),
            submission_tables::csv.eq(&table.csv),
            submission_tables::sha256.eq(&table.sha256),
            submission_tables::row_count.eq(to_db(table.rows)?),
            submission_tables::total_pence.eq(table.total.map(Pence::get)),
        ))
        .execute(db)?;
    Ok(())
}

/// The version that stands of each table of each owner, whichever file it came in: of those in
/// these states the one signed off last, and among those not signed off the one handed in last.
/// By owner and table, the submission that holds it.
pub(crate) fn latest_by_owner(
    db: &mut Db,
    states: &[SubmissionState],
) -> Result<BTreeMap<(String, String), String>, StoreError> {
    let states: Vec<&str> = states.iter().map(|state| state.code()).collect();
    let rows: Vec<(String, String, String)> = submission_tables::table
        .inner_join(submissions::table.on(submissions::id.eq(submission_tables::submission_id)))
        .filter(submissions::state.eq_any(states))
        // Where nothing stands differs between the kinds of database: those signed off come last.
        .order((
            submissions::signed_off_at.is_not_null().asc(),
            submissions::signed_off_at.asc(),
            submissions::id.asc(),
        ))
        .select((submissions::owner, submission_tables::table_name, submissions::id))
        .load(db)?;
    Ok(rows.into_iter().map(|(owner, table, id)| ((owner, table), id)).collect())
}

/// The tables that a submission is about: those it was accepted with or, before that, the one it
/// was handed in for. Nothing where only its check can tell.
pub(super) fn tables_of(db: &mut Db, row: &SubmissionRow) -> Result<BTreeSet<String>, StoreError> {
    let found: Vec<String> = submission_tables::table
        .filter(submission_tables::submission_id.eq(&row.id))
        .select(submission_tables::table_name)
        .load(db)?;
    if !found.is_empty() {
        return Ok(found.into_iter().collect());
    }
    let named = Some(&row.table_name).filter(|name| *name != WORKBOOK);
    Ok(named.cloned().into_iter().collect())
}

/// Tables with their content, in the order of the keys.
pub(super) fn load_tables(
    db: &mut Db,
    wanted: &BTreeMap<(String, String), String>,
) -> Result<Vec<OwnedTable>, StoreError> {
    let mut tables = Vec::with_capacity(wanted.len());
    for ((owner, table), id) in wanted {
        let row: TableRow = submission_tables::table
            .filter(submission_tables::submission_id.eq(id))
            .filter(submission_tables::table_name.eq(table))
            .select(TableRow::as_select())
            .first(db)?;
        tables.push(row.owned_by(owner)?);
    }
    Ok(tables)
}
