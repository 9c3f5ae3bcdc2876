use diesel::prelude::*;
use quantities::TenantCode;
use std::time::Duration;
use tenancy::{
    Email, KnownPerson, PasswordHash, PersonId, Scope, SessionToken, SignIn, TokenHash, Verified,
};

use crate::audit::Event;
use crate::connection;
use crate::members;
use crate::people::{MembershipRow, facts};
use crate::schema::control::{memberships, people, sessions};
use crate::store::Change;
use crate::time::micros;
use crate::{Store, StoreError};

/// A session ends after this long without a request.
pub const IDLE_LIMIT: Duration = Duration::from_secs(30 * 60);
/// A session ends this long after it began, whatever happens.
pub const ABSOLUTE_LIMIT: Duration = Duration::from_secs(12 * 60 * 60);
/// How exactly the time of the last request is kept.
const GRAIN: Duration = Duration::from_secs(60);

impl Store {
    /// The account of an address, to compare a password with.
    ///
    /// # Errors
    /// When the database fails; not where there is no such account.
    pub fn known_person(
        &self,
        _: &SignIn,
        email: &Email,
    ) -> Result<Option<KnownPerson>, StoreError> {
        let row: Option<(String, String)> = people::table
            .filter(people::email.eq(email.as_str()))
            .select((people::id, people::password_hash))
            .first(&mut *self.control()?)
            .optional()?;
        Ok(row.map(|(id, hash)| KnownPerson {
            person: PersonId::new(id),
            password: PasswordHash::stored(hash),
        }))
    }

    /// Begins a session of a person who gave the right password, in the Board they name or else
    /// in their first.
    ///
    /// # Errors
    /// When they belong to no such Board, or no longer.
    pub fn open_session(
        &self,
        door: &SignIn,
        verified: &Verified,
        tenant: Option<&TenantCode>,
    ) -> Result<(SessionToken, Scope), StoreError> {
        let token = SessionToken::generate()?;
        let person = verified.person().as_str();
        self.change_control(person, |db, now| {
            let mut query = memberships::table
                .inner_join(people::table.on(people::id.eq(memberships::person_id)))
                .filter(people::id.eq(person))
                .filter(memberships::ended_at.is_null())
                .order(memberships::tenant)
                .select((
                    people::id,
                    people::display_name,
                    memberships::tenant,
                    memberships::role,
                    memberships::provider,
                ))
                .into_boxed();
            if let Some(tenant) = tenant {
                query = query.filter(memberships::tenant.eq(tenant.as_str()));
            }
            let row: MembershipRow = query.first(db)?;
            let scope = door.admit(facts(row)?)?;
            members::signed_in(db, now, &scope)?;
            diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(db)?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::token_hash.eq(token.hash().as_str()),
                    sessions::person_id.eq(person),
                    sessions::tenant.eq(scope.tenant().as_str()),
                    sessions::created_at.eq(now),
                    sessions::last_seen_at.eq(now),
                    sessions::expires_at.eq(now.saturating_add(micros(ABSOLUTE_LIMIT))),
                ))
                .execute(db)?;
            let event = Event::new("session.begin", person).with("tenant", scope.tenant().as_str());
            Ok(Change::Made((token.clone(), scope), event))
        })
    }

    /// The person of a session that is still alive.
    ///
    /// # Errors
    /// When there is no such session, or it has ended.
    pub fn session_scope(&self, door: &SignIn, token: &TokenHash) -> Result<Scope, StoreError> {
        let mut db = self.control()?;
        let now = self.now();
        let (seen, row): (i64, MembershipRow) = sessions::table
            .inner_join(
                memberships::table.on(memberships::person_id
                    .eq(sessions::person_id)
                    .and(memberships::tenant.eq(sessions::tenant))),
            )
            .inner_join(people::table.on(people::id.eq(sessions::person_id)))
            .filter(sessions::token_hash.eq(token.as_str()))
            .filter(memberships::ended_at.is_null())
            .filter(sessions::expires_at.gt(now))
            .filter(sessions::last_seen_at.gt(now.saturating_sub(micros(IDLE_LIMIT))))
            .select((
                sessions::last_seen_at,
                (
                    people::id,
                    people::display_name,
                    memberships::tenant,
                    memberships::role,
                    memberships::provider,
                ),
            ))
            .first(&mut *db)?;
        let scope = door.admit(facts(row)?)?;
        if now.saturating_sub(seen) >= micros(GRAIN) {
            connection::write(&mut db, |db| {
                diesel::update(sessions::table.filter(sessions::token_hash.eq(token.as_str())))
                    .set(sessions::last_seen_at.eq(now))
                    .execute(db)?;
                Ok(())
            })?;
        }
        Ok(scope)
    }

    /// Ends a session. Ending one that has ended already is fine.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_session(&self, who: &Scope, token: &TokenHash) -> Result<(), StoreError> {
        self.change_control(who.person().as_str(), |db, _| {
            let own = sessions::table
                .filter(sessions::token_hash.eq(token.as_str()))
                .filter(sessions::person_id.eq(who.person().as_str()));
            let ended = diesel::delete(own).execute(db)?;
            if ended == 0 {
                return Ok(Change::Nothing(()));
            }
            Ok(Change::Made((), Event::new("session.end", who.person())))
        })
    }
}
