//! What has left the Board, kept whole so that a later release can be compared with it.

use diesel::prelude::*;
use jiff::Timestamp;
use tenancy::{Permitted, PersonId, demand};

use crate::audit::Event;
use crate::connection::{self, Backend, Db};
use crate::schema::tenant::{editions, releases};
use crate::store::Change;
use crate::time::{from_db, time, to_db};
use crate::{Listing, Page, ReleaseId, Store, StoreError};

/// Longest purpose, in characters.
const LONGEST: usize = 1_000;

/// A release to be kept. The content and the cells are the server's own, opaque here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRelease {
    /// What is handed out.
    pub content: Vec<u8>,
    /// The SHA-256 of that, in hexadecimal.
    pub content_sha256: String,
    /// The figures behind it, in the form in which releases are compared.
    pub cells: String,
}

/// What has left the Board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its id.
    pub id: ReleaseId,
    /// The edition it was made from.
    pub edition: u64,
    /// For whom, and what for.
    pub purpose: String,
    /// The SHA-256 of what was handed out.
    pub content_sha256: String,
    /// When.
    pub created_at: Timestamp,
    /// Who released it.
    pub created_by: PersonId,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = releases, check_for_backend(Backend))]
struct Row {
    id: String,
    edition: i64,
    purpose: String,
    content_sha256: String,
    created_at: i64,
    created_by: String,
}

impl TryFrom<Row> for Release {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: ReleaseId::stored(row.id),
            edition: from_db(row.edition)?,
            purpose: row.purpose,
            content_sha256: row.content_sha256,
            created_at: time(row.created_at)?,
            created_by: PersonId::new(row.created_by),
        })
    }
}

impl Store {
    /// Makes and keeps a release. `make` is given the cells of every earlier release, oldest
    /// first, and nothing else is released meanwhile.
    ///
    /// # Errors
    /// What `make` says, or when there is no such edition or no purpose.
    pub fn release<E: From<StoreError>>(
        &self,
        who: &Permitted<demand::Release>,
        edition: u64,
        purpose: &str,
        make: impl FnOnce(&[String]) -> Result<NewRelease, E>,
    ) -> Result<Release, E> {
        let purpose = purpose.trim();
        if purpose.is_empty() || purpose.chars().count() > LONGEST {
            let why = format!("say for whom and what for, in at most {LONGEST} characters");
            return Err(StoreError::Invalid(why).into());
        }
        let mut refused = None;
        let made = self.change(who.tenant(), who.person().as_str(), |db, now| {
            let earlier: Vec<String> =
                releases::table.order(releases::id).select(releases::cells).load(db)?;
            let new = match make(&earlier) {
                Ok(new) => new,
                Err(error) => {
                    refused = Some(error);
                    return Ok(Change::Nothing(None));
                }
            };
            let edition: i64 = editions::table
                .filter(editions::number.eq(to_db(edition)?))
                .select(editions::number)
                .first(db)?;
            let id = ReleaseId::new();
            diesel::insert_into(releases::table)
                .values((
                    releases::id.eq(id.as_str()),
                    releases::edition.eq(edition),
                    releases::purpose.eq(purpose),
                    releases::content.eq(&new.content),
                    releases::content_sha256.eq(&new.content_sha256),
                    releases::cells.eq(&new.cells),
                    releases::created_at.eq(now),
                    releases::created_by.eq(who.person().as_str()),
                ))
                .execute(db)?;
            let event = Event::new("release.make", &id)
                .with("edition", edition)
                .with("content_sha256", new.content_sha256.as_str());
            Ok(Change::Made(Some(load(db, &id)?), event))
        });
        match (refused, made?) {
            (Some(error), _) => Err(error),
            (None, Some(release)) => Ok(release),
            (None, None) => Err(StoreError::Corrupt("release").into()),
        }
    }

    /// What has left the Board, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn releases(
        &self,
        who: &Permitted<demand::Release>,
        page: &Page,
    ) -> Result<Listing<Release>, StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let rows: Vec<Row> = releases::table
                .filter(releases::id.lt(page.before()))
                .order(releases::id.desc())
                .limit(page.fetch())
                .select(Row::as_select())
                .load(db)?;
            let found = rows.into_iter().map(Release::try_from).collect::<Result<_, _>>()?;
            Ok(Listing::cut(found, page, |release| release.id.to_string()))
        })
    }

    /// One release.
    ///
    /// # Errors
    /// When there is no such release.
    pub fn released(
        &self,
        who: &Permitted<demand::Release>,
        id: &ReleaseId,
    ) -> Result<Release, StoreError> {
        load(&mut *self.tenant(who.tenant())?, id)
    }

    /// What was handed out, byte for byte.
    ///
    /// # Errors
    /// When there is no such release.
    pub fn release_content(
        &self,
        who: &Permitted<demand::Release>,
        id: &ReleaseId,
    ) -> Result<Vec<u8>, StoreError> {
        Ok(releases::table
            .filter(releases::id.eq(id.as_str()))
            .select(releases::content)
            .first(&mut *self.tenant(who.tenant())?)?)
    }
}

fn load(db: &mut Db, id: &ReleaseId) -> Result<Release, StoreError> {
    let row: Row =
        releases::table.filter(releases::id.eq(id.as_str())).select(Row::as_select()).first(db)?;
    row.try_into()
}
