//! Tokens with which programs act for a person: never for more than the person may do, and never
//! for longer than a year.

use diesel::prelude::*;
use jiff::Timestamp;
use std::time::Duration;
use tenancy::{ApiToken, InPerson, Permission, Scope, SignIn, TokenHash};

use crate::audit::Event;
use crate::connection;
use crate::ids::ApiTokenId;
use crate::people::{MembershipRow, facts};
use crate::schema::control::{api_tokens, memberships, people};
use crate::store::Change;
use crate::time::{micros, optional_time, time};
use crate::{Store, StoreError};

/// Most tokens of a person that are in force.
pub const MOST_TOKENS: i64 = 20;
/// Most days that a token is in force.
pub const MOST_TOKEN_DAYS: u32 = 366;
/// Most characters of a token's name.
const LONGEST_NAME: usize = 100;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// What it is for, in the person's own words.
    pub name: String,
    /// What it lets its bearer do: some of what the person may do.
    pub scopes: Vec<Permission>,
    /// Days until it ends: 1 to 366.
    pub days: u32,
}

/// A token as its person sees it afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// Codes of the permissions it was given.
    pub scopes: Vec<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// The beginning of the last day on which it was used; nothing where it never was.
    pub last_used_on: Option<Timestamp>,
    /// Whether it is in force.
    pub in_force: bool,
}

type Row = (String, String, String, i64, i64, Option<i64>);

impl Store {
    /// Makes a token for the Board that the person is signed in to. The token itself is shown
    /// once.
    ///
    /// # Errors
    /// When the name, the scopes or the days cannot be, there are twenty tokens already, or the
    /// person belongs to no Board.
    pub fn create_api_token(
        &self,
        who: &InPerson,
        new: &NewApiToken,
    ) -> Result<(ApiToken, OwnApiToken), StoreError> {
        let scope = scope(who)?;
        let name = new.name.trim();
        check(scope, name, new)?;
        let token = ApiToken::generate()?;
        let id = ApiTokenId::new();
        let mut scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.code()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let scopes = scopes.join(" ");
        let (person, tenant) = (who.person().as_str(), scope.tenant().as_str());
        self.change_control(person, |db, now| {
            let own = api_tokens::table.filter(api_tokens::person_id.eq(person));
            diesel::delete(own.filter(api_tokens::expires_at.le(now))).execute(db)?;
            let count: i64 = own.count().get_result(db)?;
            if count >= MOST_TOKENS {
                return Err(StoreError::Conflict(format!(
                    "you have {MOST_TOKENS} API tokens, which is the most: revoke one first"
                )));
            }
            let expires_at = now.saturating_add(micros(DAY.saturating_mul(new.days)));
            diesel::insert_into(api_tokens::table)
                .values((
                    api_tokens::token_hash.eq(token.hash().as_str().to_owned()),
                    api_tokens::id.eq(id.as_str()),
                    api_tokens::person_id.eq(person),
                    api_tokens::tenant.eq(tenant),
                    api_tokens::name.eq(name),
                    api_tokens::scopes.eq(&scopes),
                    api_tokens::created_at.eq(now),
                    api_tokens::expires_at.eq(expires_at),
                ))
                .execute(db)?;
            let row = (id.to_string(), name.to_owned(), scopes.clone(), now, expires_at, None);
            let event = Event::new("api_token.create", &id)
                .with("tenant", tenant)
                .with("scopes", scopes.as_str());
            Ok(Change::Made((token.clone(), own_token(row, now)?), event))
        })
    }

    /// A person's tokens in the Board they are signed in to, newest first.
    ///
    /// # Errors
    /// When the person belongs to no Board.
    pub fn own_api_tokens(&self, who: &InPerson) -> Result<Vec<OwnApiToken>, StoreError> {
        let scope = scope(who)?;
        let rows: Vec<Row> = api_tokens::table
            .filter(api_tokens::person_id.eq(who.person().as_str()))
            .filter(api_tokens::tenant.eq(scope.tenant().as_str()))
            .order(api_tokens::id.desc())
            .select((
                api_tokens::id,
                api_tokens::name,
                api_tokens::scopes,
                api_tokens::created_at,
                api_tokens::expires_at,
                api_tokens::last_used_on,
            ))
            .load(&mut *self.control()?)?;
        let now = self.now();
        rows.into_iter().map(|row| own_token(row, now)).collect()
    }

    /// Revokes one's own token: the next request with it is refused.
    ///
    /// # Errors
    /// When one has no such token, or belongs to no Board.
    pub fn revoke_api_token(&self, who: &InPerson, id: &ApiTokenId) -> Result<(), StoreError> {
        scope(who)?;
        let person = who.person().as_str();
        self.change_control(person, |db, _| {
            let own = api_tokens::table
                .filter(api_tokens::id.eq(id.as_str()))
                .filter(api_tokens::person_id.eq(person));
            if diesel::delete(own).execute(db)? == 0 {
                return Err(StoreError::NotFound);
            }
            Ok(Change::Made((), Event::new("api_token.revoke", id)))
        })
    }

    /// Whom a program may act for, and how far.
    ///
    /// # Errors
    /// When there is no such token, it has ended, or its person has left the Board.
    pub fn token_scope(&self, door: &SignIn, token: &TokenHash) -> Result<Scope, StoreError> {
        let mut db = self.control()?;
        let now = self.now();
        let row = api_tokens::table.filter(api_tokens::token_hash.eq(token.as_str()));
        let (scopes, used, member): (String, Option<i64>, MembershipRow) = row
            .inner_join(
                memberships::table.on(memberships::person_id
                    .eq(api_tokens::person_id)
                    .and(memberships::tenant.eq(api_tokens::tenant))),
            )
            .inner_join(people::table.on(people::id.eq(api_tokens::person_id)))
            .filter(api_tokens::expires_at.gt(now))
            .filter(memberships::ended_at.is_null())
            .select((
                api_tokens::scopes,
                api_tokens::last_used_on,
                (
                    people::id,
                    people::display_name,
                    memberships::tenant,
                    memberships::role,
                    memberships::provider,
                ),
            ))
            .first(&mut *db)?;
        let scope = door.admit_token(facts(member)?, scopes.split(' '))?;
        let today = now.saturating_sub(now.rem_euclid(micros(DAY)));
        if used != Some(today) {
            connection::write(&mut db, |db| {
                diesel::update(row).set(api_tokens::last_used_on.eq(today)).execute(db)?;
                Ok(())
            })?;
        }
        Ok(scope)
    }
}

fn scope(who: &InPerson) -> Result<&Scope, StoreError> {
    who.scope().ok_or(StoreError::Forbidden("only people of a Board have API tokens"))
}

fn check(scope: &Scope, name: &str, new: &NewApiToken) -> Result<(), StoreError> {
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(StoreError::Invalid(format!(
            "say what the token is for, in at most {LONGEST_NAME} characters"
        )));
    }
    if new.scopes.is_empty() {
        return Err(StoreError::Invalid("a token needs at least one thing it may do".to_owned()));
    }
    if let Some(more) = new.scopes.iter().find(|permission| !scope.may(**permission)) {
        return Err(StoreError::Invalid(format!(
            "a token may do no more than its person: you may not {}",
            more.action()
        )));
    }
    if !(1..=MOST_TOKEN_DAYS).contains(&new.days) {
        return Err(StoreError::Invalid(format!("a token ends after 1 to {MOST_TOKEN_DAYS} days")));
    }
    Ok(())
}

fn own_token(row: Row, now: i64) -> Result<OwnApiToken, StoreError> {
    let (id, name, scopes, created_at, expires_at, last_used_on) = row;
    Ok(OwnApiToken {
        id: ApiTokenId::stored(id),
        name,
        scopes: scopes.split(' ').map(str::to_owned).collect(),
        created_at: time(created_at)?,
        expires_at: time(expires_at)?,
        last_used_on: optional_time(last_used_on)?,
        in_force: expires_at > now,
    })
}
