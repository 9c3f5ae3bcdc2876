//! How a session begins: by a password and, where one is set, a code.

use diesel::prelude::*;
use quantities::TenantCode;
use std::time::Duration;
use tenancy::{
    Admitted, Email, KnownPerson, PasswordHash, PersonId, SessionToken, SignIn, TokenHash, Verified,
};

use crate::attempts::AddressMark;
use crate::audit::Event;
use crate::connection::Db;
use crate::ids::SessionId;
use crate::members;
use crate::people::{MembershipRow, facts};
use crate::schema::control::{
    memberships, pending_sign_ins as pending, people, platform_operators, sessions,
};
use crate::second_factor::{CodeCheck, take};
use crate::sessions::{ABSOLUTE_LIMIT, Session};
use crate::store::Change;
use crate::time::{micros, time};
use crate::{Store, StoreError};

/// How long a right password waits for its code.
pub const PENDING_LIMIT: Duration = Duration::from_secs(5 * 60);
/// Most characters of the description of a device.
const LONGEST_DEVICE: usize = 100;

/// What became of signing in.
#[derive(Debug)]
pub enum Begun {
    /// A session, with the token that the browser keeps.
    Session(SessionToken, Session),
    /// The password was right; a code is needed as well.
    CodeNeeded,
    /// The password was right and the code was not.
    CodeWrong,
}

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

    /// Begins a session of a person who gave the right password and, where they have set one up,
    /// a code of their second factor: in the Board they name, or else in their first, or in none
    /// where they run the installation. `device` says in words what they came with.
    ///
    /// # Errors
    /// When they belong to no such Board, or no longer.
    pub fn begin_session(
        &self,
        door: &SignIn,
        verified: &Verified,
        tenant: Option<&TenantCode>,
        device: &str,
        code: Option<&str>,
    ) -> Result<Begun, StoreError> {
        let person = verified.person().as_str();
        self.change_control(person, |db, now| {
            let who = admitted(db, door, person, tenant)?;
            match take(db, self.key(), now, person, code)? {
                CodeCheck::Missing => Ok(Change::Nothing(Begun::CodeNeeded)),
                CodeCheck::Wrong => Ok(Change::Nothing(Begun::CodeWrong)),
                CodeCheck::NotAsked | CodeCheck::Right => begin(db, now, person, who, device),
            }
        })
    }

    /// Keeps for five minutes that a person gave the right password. The token is for a cookie.
    ///
    /// # Errors
    /// When the database fails.
    pub fn wait_for_code(
        &self,
        _: &SignIn,
        verified: &Verified,
        tenant: Option<&TenantCode>,
        mark: &AddressMark,
    ) -> Result<SessionToken, StoreError> {
        let token = SessionToken::generate()?;
        let person = verified.person().as_str();
        self.change_control(person, |db, now| {
            diesel::delete(pending::table.filter(pending::expires_at.le(now))).execute(db)?;
            let row = (
                pending::token_hash.eq(token.hash().as_str().to_owned()),
                pending::person_id.eq(person),
                pending::tenant.eq(tenant.map(TenantCode::as_str)),
                pending::address_mark.eq(mark.as_str()),
                pending::expires_at.eq(now.saturating_add(micros(PENDING_LIMIT))),
            );
            diesel::insert_into(pending::table).values(row).execute(db)?;
            Ok(Change::Nothing(token.clone()))
        })
    }

    /// The address on which somebody waits to give a code.
    ///
    /// # Errors
    /// When nobody does with that token, or not any more.
    pub fn waiting_for_code(
        &self,
        _: &SignIn,
        token: &TokenHash,
    ) -> Result<AddressMark, StoreError> {
        let mark: String = pending::table
            .filter(pending::token_hash.eq(token.as_str()))
            .filter(pending::expires_at.gt(self.now()))
            .select(pending::address_mark)
            .first(&mut *self.control()?)?;
        Ok(AddressMark::stored(mark))
    }

    /// Begins the session of somebody who waited to give a code. Their token is of no use
    /// afterwards.
    ///
    /// # Errors
    /// When nobody waits with that token, or they have left the Board meanwhile.
    pub fn give_code(
        &self,
        door: &SignIn,
        token: &TokenHash,
        device: &str,
        code: &str,
    ) -> Result<Begun, StoreError> {
        self.change_control_by(|db, now| {
            let row = pending::table.filter(pending::token_hash.eq(token.as_str()));
            let (person, tenant): (String, Option<String>) = row
                .filter(pending::expires_at.gt(now))
                .select((pending::person_id, pending::tenant))
                .first(db)?;
            let tenant = tenant.map(|code| code.parse()).transpose();
            let tenant: Option<TenantCode> = tenant.map_err(|_| StoreError::Corrupt("Board"))?;
            let who = admitted(db, door, &person, tenant.as_ref())?;
            let change = match take(db, self.key(), now, &person, Some(code))? {
                // Set up when the password was given, and removed since: the password comes again.
                CodeCheck::NotAsked => return Err(StoreError::NotFound),
                CodeCheck::Missing | CodeCheck::Wrong => Change::Nothing(Begun::CodeWrong),
                CodeCheck::Right if diesel::delete(row).execute(db)? == 1 => {
                    begin(db, now, &person, who, device)?
                }
                CodeCheck::Right => return Err(StoreError::NotFound),
            };
            Ok((person, change))
        })
    }
}

/// Who a person is: in the Board they name, or else in their first, or in none.
fn admitted(
    db: &mut Db,
    door: &SignIn,
    person: &str,
    tenant: Option<&TenantCode>,
) -> Result<Admitted, StoreError> {
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
    let row: Option<MembershipRow> = query.first(db).optional()?;
    match (row, tenant) {
        (Some(row), _) => Ok(Admitted::Member(door.admit(facts(row)?)?)),
        (None, Some(_)) => Err(StoreError::NotFound),
        (None, None) => operator(db, door, person),
    }
}

/// The person as one who runs the installation.
pub(crate) fn operator(db: &mut Db, door: &SignIn, person: &str) -> Result<Admitted, StoreError> {
    let (id, name): (String, String) = platform_operators::table
        .inner_join(people::table.on(people::id.eq(platform_operators::person_id)))
        .filter(people::id.eq(person))
        .select((people::id, people::display_name))
        .first(db)?;
    Ok(Admitted::Operator(door.admit_operator(PersonId::new(id), name)))
}

fn begin(
    db: &mut Db,
    now: i64,
    person: &str,
    who: Admitted,
    device: &str,
) -> Result<Change<Begun>, StoreError> {
    let token = SessionToken::generate()?;
    let id = SessionId::new();
    let expires_at = now.saturating_add(micros(ABSOLUTE_LIMIT));
    let tenant = match &who {
        Admitted::Member(scope) => {
            members::signed_in(db, now, scope)?;
            Some(scope.tenant().as_str())
        }
        Admitted::Operator(_) => None,
    };
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(db)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token.hash().as_str().to_owned()),
            sessions::id.eq(id.as_str()),
            sessions::person_id.eq(person),
            sessions::tenant.eq(tenant),
            sessions::device.eq(device.chars().take(LONGEST_DEVICE).collect::<String>()),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(db)?;
    let event = Event::new("session.begin", person);
    let event = match tenant {
        Some(tenant) => event.with("tenant", tenant),
        None => event,
    };
    let session = Session { id, ends_at: time(expires_at)?, who };
    Ok(Change::Made(Begun::Session(token, session), event))
}
