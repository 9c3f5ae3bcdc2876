use diesel::prelude::*;
use jiff::Timestamp;
use quantities::ProviderCode;
use std::collections::BTreeMap;
use tenancy::{Permitted, PersonId, Worker, demand};

use crate::audit::Event;
use crate::connection::{self, Db};
use crate::jobs::{self, JobKind, Lease, WORKER};
use crate::schema::tenant::{edition_parts, edition_values, editions, submission_tables};
use crate::store::Change;
use crate::submissions::{TableRow, latest_by_owner, read_owner};
use crate::time::{from_db, time, to_db};
use crate::{
    Listing, Page, Store, StoreError, StoredTable, SubmissionId, SubmissionState, WitnessOfTenant,
};

/// A numbered, immutable state of the Board's book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// 1, 2, 3, …
    pub number: u64,
    /// The SHA-256 of the national parameters it is valued with.
    pub parameters_sha256: String,
    /// When it was published.
    pub created_at: Timestamp,
    /// Who published it.
    pub created_by: PersonId,
    /// The SHA-256 of its book, once it has been valued.
    pub book_sha256: Option<String>,
    /// What it is made of.
    pub parts: Vec<EditionPart>,
}

/// One table of one owner in an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionPart {
    /// Whose: a provider's, or the Board's own.
    pub owner: Option<ProviderCode>,
    /// The table.
    pub table: String,
    /// The submission it comes from.
    pub submission: SubmissionId,
}

/// The value table of an edition and what stands behind it: the server's own JSON, opaque here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionValue {
    /// The SHA-256 of the book it was computed from.
    pub book_sha256: String,
    /// The value table.
    pub value_json: String,
    /// What stands behind it; nothing of an edition that was valued before this was kept.
    pub evidence_json: Option<String>,
}

/// A table with its content and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedTable {
    /// Whose: a provider's, or the Board's own.
    pub owner: Option<ProviderCode>,
    /// The submission it comes from.
    pub submission: SubmissionId,
    /// The table.
    pub table: StoredTable,
}

type EditionRow = (i64, String, i64, String, Option<String>);

impl Store {
    /// Publishes an edition of the latest signed-off table of every owner, and asks for its
    /// values.
    ///
    /// # Errors
    /// When nothing is signed off, or nothing has changed since the last edition.
    pub fn publish_edition(
        &self,
        who: &Permitted<demand::Publish>,
        parameters_sha256: &str,
    ) -> Result<u64, StoreError> {
        self.change(who.tenant(), who.person().as_str(), |db, now| {
            let parts = latest_by_owner(db, &[SubmissionState::SignedOff])?;
            if parts.is_empty() {
                return Err(StoreError::Conflict("nothing has been signed off yet".to_owned()));
            }
            let last = last(db)?;
            if let Some((number, parameters)) = &last
                && parameters == parameters_sha256
                && parts_of(db, *number)? == parts
            {
                return Err(StoreError::Conflict(format!(
                    "nothing has been signed off since edition {number}"
                )));
            }
            let number = last.map_or(0, |(number, _)| number).saturating_add(1);
            insert(db, now, number, parameters_sha256, who.person(), &parts)?;
            let answer = from_db(number)?;
            jobs::enqueue(db, now, &JobKind::ValueEdition(answer))?;
            let event = Event::new("edition.publish", number).with("parts", parts.len());
            Ok(Change::Made(answer, event))
        })
    }

    /// One edition.
    ///
    /// # Errors
    /// When there is no such edition.
    pub fn edition(
        &self,
        who: &Permitted<demand::ReadBook>,
        number: u64,
    ) -> Result<Edition, StoreError> {
        let mut db = self.tenant(who.tenant())?;
        let row: EditionRow = editions::table
            .left_join(edition_values::table.on(edition_values::edition.eq(editions::number)))
            .filter(editions::number.eq(to_db(number)?))
            .select((
                editions::number,
                editions::parameters_sha256,
                editions::created_at,
                editions::created_by,
                edition_values::book_sha256.nullable(),
            ))
            .first(&mut *db)?;
        complete(&mut db, row)
    }

    /// The number of the latest edition; nothing before the first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn latest_edition(
        &self,
        who: &Permitted<demand::ReadBook>,
    ) -> Result<Option<u64>, StoreError> {
        let last = last(&mut *self.tenant(who.tenant())?)?;
        last.map(|(number, _)| from_db(number)).transpose()
    }

    /// The Board's editions, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn editions(
        &self,
        who: &Permitted<demand::ReadBook>,
        page: &Page,
    ) -> Result<Listing<Edition>, StoreError> {
        let before = match &page.after {
            Some(cursor) => cursor.parse().map_err(|_| StoreError::NotFound)?,
            None => i64::MAX,
        };
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let rows: Vec<EditionRow> = editions::table
                .left_join(edition_values::table.on(edition_values::edition.eq(editions::number)))
                .filter(editions::number.lt(before))
                .order(editions::number.desc())
                .limit(page.fetch())
                .select((
                    editions::number,
                    editions::parameters_sha256,
                    editions::created_at,
                    editions::created_by,
                    edition_values::book_sha256.nullable(),
                ))
                .load(db)?;
            let found = rows.into_iter().map(|row| complete(db, row)).collect::<Result<_, _>>()?;
            Ok(Listing::cut(found, page, |edition| edition.number.to_string()))
        })
    }

    /// The tables of an edition with their content, by owner and table.
    ///
    /// # Errors
    /// When there is no such edition.
    pub fn edition_tables(
        &self,
        who: &impl WitnessOfTenant,
        number: u64,
    ) -> Result<Vec<OwnedTable>, StoreError> {
        let rows: Vec<(String, TableRow)> = edition_parts::table
            .inner_join(
                submission_tables::table.on(submission_tables::submission_id
                    .eq(edition_parts::submission_id)
                    .and(submission_tables::table_name.eq(edition_parts::table_name))),
            )
            .filter(edition_parts::edition.eq(to_db(number)?))
            .order((edition_parts::owner, edition_parts::table_name))
            .select((edition_parts::owner, TableRow::as_select()))
            .load(&mut *self.tenant(who.board())?)?;
        if rows.is_empty() {
            return Err(StoreError::NotFound);
        }
        rows.into_iter().map(|(owner, row)| row.owned_by(&owner)).collect()
    }

    /// The value table of an edition; nothing while it is computed.
    ///
    /// # Errors
    /// When there is no such edition.
    pub fn edition_value(
        &self,
        who: &Permitted<demand::ReadBook>,
        number: u64,
    ) -> Result<Option<EditionValue>, StoreError> {
        let mut db = self.tenant(who.tenant())?;
        let number: i64 = editions::table
            .filter(editions::number.eq(to_db(number)?))
            .select(editions::number)
            .first(&mut *db)?;
        let row: Option<(String, String, Option<String>)> = edition_values::table
            .filter(edition_values::edition.eq(number))
            .select((
                edition_values::book_sha256,
                edition_values::value_json,
                edition_values::evidence_json,
            ))
            .first(&mut *db)
            .optional()?;
        Ok(row.map(|(book_sha256, value_json, evidence_json)| EditionValue {
            book_sha256,
            value_json,
            evidence_json,
        }))
    }

    /// Stores the value table of an edition, and ends its job.
    ///
    /// # Errors
    /// `LeaseLost` when someone else has the job by now.
    pub fn finish_value(
        &self,
        worker: &Worker,
        lease: &Lease,
        value: &EditionValue,
    ) -> Result<(), StoreError> {
        let JobKind::ValueEdition(number) = lease.kind() else {
            return Err(StoreError::Corrupt("job"));
        };
        self.change(worker.tenant(), WORKER, |db, now| {
            jobs::finish(db, now, lease)?;
            diesel::insert_into(edition_values::table)
                .values((
                    edition_values::edition.eq(to_db(*number)?),
                    edition_values::book_sha256.eq(&value.book_sha256),
                    edition_values::value_json.eq(&value.value_json),
                    edition_values::evidence_json.eq(&value.evidence_json),
                    edition_values::computed_at.eq(now),
                ))
                .execute(db)?;
            let event =
                Event::new("edition.value", number).with("book_sha256", value.book_sha256.as_str());
            Ok(Change::Made((), event))
        })
    }
}

fn last(db: &mut Db) -> Result<Option<(i64, String)>, StoreError> {
    Ok(editions::table
        .order(editions::number.desc())
        .select((editions::number, editions::parameters_sha256))
        .first(db)
        .optional()?)
}

fn parts_of(db: &mut Db, number: i64) -> Result<BTreeMap<(String, String), String>, StoreError> {
    let rows: Vec<(String, String, String)> = edition_parts::table
        .filter(edition_parts::edition.eq(number))
        .select((edition_parts::owner, edition_parts::table_name, edition_parts::submission_id))
        .load(db)?;
    Ok(rows.into_iter().map(|(owner, table, id)| ((owner, table), id)).collect())
}

fn insert(
    db: &mut Db,
    now: i64,
    number: i64,
    parameters_sha256: &str,
    person: &PersonId,
    parts: &BTreeMap<(String, String), String>,
) -> Result<(), StoreError> {
    diesel::insert_into(editions::table)
        .values((
            editions::number.eq(number),
            editions::parameters_sha256.eq(parameters_sha256),
            editions::created_at.eq(now),
            editions::created_by.eq(person.as_str()),
        ))
        .execute(db)?;
    for ((owner, table), submission) in parts {
        diesel::insert_into(edition_parts::table)
            .values((
                edition_parts::edition.eq(number),
                edition_parts::owner.eq(owner),
                edition_parts::table_name.eq(table),
                edition_parts::submission_id.eq(submission),
            ))
            .execute(db)?;
    }
    Ok(())
}

fn complete(db: &mut Db, row: EditionRow) -> Result<Edition, StoreError> {
    let (number, parameters_sha256, created_at, created_by, book_sha256) = row;
    let parts = parts_of(db, number)?.into_iter().map(|((owner, table), id)| {
        let submission = SubmissionId::stored(id);
        Ok(EditionPart { owner: read_owner(&owner)?, table, submission })
    });
    Ok(Edition {
        number: from_db(number)?,
        parameters_sha256,
        created_at: time(created_at)?,
        created_by: PersonId::new(created_by),
        book_sha256,
        parts: parts.collect::<Result<_, StoreError>>()?,
    })
}
