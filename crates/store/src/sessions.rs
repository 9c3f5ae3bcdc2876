//! Sessions that have begun.

use diesel::prelude::*;
use jiff::Timestamp;
use std::time::Duration;
use tenancy::{Admitted, InPerson, SignIn, TokenHash};

use crate::audit::Event;
use crate::connection::{self, Db};
use crate::ids::SessionId;
use crate::people::{MembershipRow, facts};
use crate::schema::control::{memberships, pending_sign_ins, people, sessions};
use crate::sign_in::operator;
use crate::store::Change;
use crate::time::{micros, time};
use crate::{Store, StoreError};

/// A session ends after this long without a request.
pub const IDLE_LIMIT: Duration = Duration::from_secs(30 * 60);
/// A session ends this long after it began, whatever happens.
pub const ABSOLUTE_LIMIT: Duration = Duration::from_secs(12 * 60 * 60);
/// How exactly the time of the last request is kept.
const GRAIN: Duration = Duration::from_secs(60);

/// A session that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, which is no secret.
    pub id: SessionId,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
    /// Whose it is.
    pub who: Admitted,
}

/// A session as its person sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Its id, which is no secret.
    pub id: SessionId,
    /// What the person came with, in words.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
}

impl Store {
    /// The session of a token, while it is alive.
    ///
    /// # Errors
    /// When there is no such session, it has ended, or its person has left the Board.
    pub fn session(&self, door: &SignIn, token: &TokenHash) -> Result<Session, StoreError> {
        let mut db = self.control()?;
        let now = self.now();
        let row = sessions::table.filter(sessions::token_hash.eq(token.as_str()));
        let (id, person, tenant, seen, ends): (String, String, Option<String>, i64, i64) = row
            .filter(sessions::expires_at.gt(now))
            .filter(sessions::last_seen_at.gt(now.saturating_sub(micros(IDLE_LIMIT))))
            .select((
                sessions::id,
                sessions::person_id,
                sessions::tenant,
                sessions::last_seen_at,
                sessions::expires_at,
            ))
            .first(&mut *db)?;
        let who = match tenant {
            Some(tenant) => member(&mut db, door, &person, &tenant)?,
            None => operator(&mut db, door, &person)?,
        };
        if now.saturating_sub(seen) >= micros(GRAIN) {
            connection::write(&mut db, |db| {
                diesel::update(row).set(sessions::last_seen_at.eq(now)).execute(db)?;
                Ok(())
            })?;
        }
        Ok(Session { id: SessionId::stored(id), ends_at: time(ends)?, who })
    }

    /// A person's own sessions that are alive, the one used last first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn own_sessions(&self, who: &InPerson) -> Result<Vec<OwnSession>, StoreError> {
        let now = self.now();
        let rows: Vec<(String, String, i64, i64, i64)> = sessions::table
            .filter(sessions::person_id.eq(who.person().as_str()))
            .filter(sessions::expires_at.gt(now))
            .filter(sessions::last_seen_at.gt(now.saturating_sub(micros(IDLE_LIMIT))))
            .order((sessions::last_seen_at.desc(), sessions::id.desc()))
            .select((
                sessions::id,
                sessions::device,
                sessions::created_at,
                sessions::last_seen_at,
                sessions::expires_at,
            ))
            .load(&mut *self.control()?)?;
        let own = rows.into_iter().map(|(id, device, created, seen, ends)| {
            Ok(OwnSession {
                id: SessionId::stored(id),
                device,
                created_at: time(created)?,
                last_seen_at: time(seen)?,
                ends_at: time(ends)?,
            })
        });
        own.collect()
    }

    /// Ends one of a person's own sessions: the next request with it is refused.
    ///
    /// # Errors
    /// When they have no such session.
    pub fn end_session(&self, who: &InPerson, id: &SessionId) -> Result<(), StoreError> {
        let person = who.person().as_str();
        self.change_control(person, |db, _| {
            let own = sessions::table
                .filter(sessions::id.eq(id.as_str()))
                .filter(sessions::person_id.eq(person));
            if diesel::delete(own).execute(db)? == 0 {
                return Err(StoreError::NotFound);
            }
            Ok(Change::Made((), Event::new("session.end", person)))
        })
    }

    /// Ends all of a person's sessions but this one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_other_sessions(&self, who: &InPerson, keep: &SessionId) -> Result<(), StoreError> {
        let person = who.person().as_str();
        self.change_control(person, |db, _| match end_sessions(db, person, Some(keep))? {
            0 => Ok(Change::Nothing(())),
            _ => Ok(Change::Made((), Event::new("session.end_others", person))),
        })
    }
}

fn member(db: &mut Db, door: &SignIn, person: &str, tenant: &str) -> Result<Admitted, StoreError> {
    let row: MembershipRow = memberships::table
        .inner_join(people::table.on(people::id.eq(memberships::person_id)))
        .filter(memberships::person_id.eq(person))
        .filter(memberships::tenant.eq(tenant))
        .filter(memberships::ended_at.is_null())
        .select((
            people::id,
            people::display_name,
            memberships::tenant,
            memberships::role,
            memberships::provider,
        ))
        .first(db)?;
    Ok(Admitted::Member(door.admit(facts(row)?)?))
}

/// Ends a person's sessions but one, and whatever waits for a code of theirs; says how many
/// sessions there were.
pub(crate) fn end_sessions(
    db: &mut Db,
    person: &str,
    keep: Option<&SessionId>,
) -> Result<usize, StoreError> {
    let waiting = pending_sign_ins::table.filter(pending_sign_ins::person_id.eq(person));
    diesel::delete(waiting).execute(db)?;
    let keep = keep.map_or("", SessionId::as_str);
    let others =
        sessions::table.filter(sessions::person_id.eq(person)).filter(sessions::id.ne(keep));
    Ok(diesel::delete(others).execute(db)?)
}
