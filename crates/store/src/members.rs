//! The people of a Board, for those who manage people.

use diesel::prelude::*;
use jiff::Timestamp;
use quantities::{ProviderCode, TenantCode};
use std::collections::BTreeMap;
use tenancy::{Email, Permitted, PersonId, Role, Scope, demand};

use crate::audit::Event;
use crate::connection::{self, Db};
use crate::invitations;
use crate::people::fits;
use crate::schema::control::{api_tokens, memberships, pending_sign_ins, people, sessions};
use crate::store::Change;
use crate::time::{optional_time, time};
use crate::{Listing, Page, Store, StoreError};

/// A person of a Board, as those who manage people see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub person: PersonId,
    /// Their name as shown on pages.
    pub display_name: String,
    /// What they sign in with.
    pub email: Email,
    /// What they are.
    pub role: Role,
    /// The provider they belong to.
    pub provider: Option<ProviderCode>,
    /// Since when they have belonged to the Board.
    pub since: Timestamp,
    /// When they last signed in to this Board; nothing before the first time.
    pub last_signed_in_at: Option<Timestamp>,
    /// Since when they have not belonged to it any more; nothing while they do.
    pub ended_at: Option<Timestamp>,
}

#[derive(Queryable)]
struct Row {
    person: String,
    display_name: String,
    email: String,
    role: String,
    provider: Option<String>,
    created_at: i64,
    last_signed_in_at: Option<i64>,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for Member {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("membership");
        Ok(Self {
            person: PersonId::new(row.person),
            display_name: row.display_name,
            email: row.email.parse().map_err(|_| corrupt())?,
            role: row.role.parse().map_err(|_| corrupt())?,
            provider: row.provider.map(|code| code.parse()).transpose().map_err(|_| corrupt())?,
            since: time(row.created_at)?,
            last_signed_in_at: optional_time(row.last_signed_in_at)?,
            ended_at: optional_time(row.ended_at)?,
        })
    }
}

/// The people whom somebody sees: everyone of the Board, or those of the own provider.
macro_rules! seen {
    ($who:expr) => {{
        let mut query = memberships::table
            .inner_join(people::table.on(people::id.eq(memberships::person_id)))
            .filter(memberships::tenant.eq($who.tenant().as_str().to_owned()))
            .select((
                people::id,
                people::display_name,
                people::email,
                memberships::role,
                memberships::provider,
                memberships::created_at,
                memberships::last_signed_in_at,
                memberships::ended_at,
            ))
            .into_boxed();
        if let Some(own) = $who.provider() {
            query = query.filter(memberships::provider.eq(own.as_str().to_owned()));
        }
        query
    }};
}

/// A person's membership of a Board.
macro_rules! membership {
    ($tenant:expr, $person:expr) => {
        memberships::table.find(($person.as_str(), $tenant.as_str()))
    };
}

impl Store {
    /// The people of one's own Board, by name; to somebody of a provider, those of that provider.
    /// The cursor is the id of the last person shown.
    ///
    /// # Errors
    /// When the cursor names nobody of the list.
    pub fn members(
        &self,
        who: &Permitted<demand::ManageColleagues>,
        page: &Page,
    ) -> Result<Listing<Member>, StoreError> {
        connection::read(&mut *self.control()?, |db| {
            let mut query = seen!(who)
                .order((people::display_name.asc(), people::id.asc()))
                .limit(page.fetch());
            if let Some(after) = &page.after {
                let last = match find(db, who, &PersonId::new(after)) {
                    Err(StoreError::NotFound) => {
                        let why = "the cursor names nobody of this list: begin it anew";
                        return Err(StoreError::Invalid(why.to_owned()));
                    }
                    found => found?,
                };
                let (name, id) = (last.display_name, last.person.as_str().to_owned());
                let same = people::display_name.eq(name.clone()).and(people::id.gt(id));
                query = query.filter(people::display_name.gt(name).or(same));
            }
            let rows: Vec<Row> = query.load(db)?;
            let found = rows.into_iter().map(Member::try_from).collect::<Result<_, _>>()?;
            Ok(Listing::cut(found, page, |member| member.person.to_string()))
        })
    }

    /// The names of everyone who belongs or has belonged to one's Board, by their ids: the record
    /// holds ids alone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn names_in_record(
        &self,
        who: &Permitted<demand::ReadAudit>,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let names: Vec<(String, String)> = memberships::table
            .inner_join(people::table.on(people::id.eq(memberships::person_id)))
            .filter(memberships::tenant.eq(who.tenant().as_str()))
            .select((people::id, people::display_name))
            .load(&mut *self.control()?)?;
        Ok(names.into_iter().collect())
    }

    /// One of them.
    ///
    /// # Errors
    /// When there is no such person, or not to be seen by this one.
    pub fn member(
        &self,
        who: &Permitted<demand::ManageColleagues>,
        person: &PersonId,
    ) -> Result<Member, StoreError> {
        find(&mut *self.control()?, who, person)
    }

    /// Changes what a person is in the Board, from the next request on. The invitations that they
    /// made and nobody has accepted are withdrawn.
    ///
    /// # Errors
    /// When there is no such person, it is oneself or the last administrator, or the role is not
    /// by invitation or does not go with the provider.
    pub fn change_role(
        &self,
        who: &Permitted<demand::ManagePeople>,
        person: &PersonId,
        role: Role,
        provider: Option<&ProviderCode>,
    ) -> Result<Member, StoreError> {
        fits(role, provider)?;
        self.change_control(who.person().as_str(), |db, now| {
            let member = find(db, who, person)?;
            not_oneself(who, &member)?;
            if !role.is_by_invitation() || !member.role.is_by_invitation() {
                let why = "nobody becomes a workshop guest, or stops being one, by a change of \
                           role: guests come by the link of a workshop, everyone else by invitation";
                return Err(StoreError::Invalid(why.to_owned()));
            }
            if member.role == role && member.provider.as_ref() == provider {
                return Ok(Change::Nothing(member));
            }
            if role != Role::IcbAdministrator {
                not_the_last_administrator(db, who.tenant(), &member)?;
            }
            diesel::update(membership!(who.tenant(), person))
                .set((
                    memberships::role.eq(role.code()),
                    memberships::provider.eq(provider.map(ProviderCode::as_str)),
                ))
                .execute(db)?;
            invitations::withdraw_all_of(db, now, who, person)?;
            let event = Event::new("membership.role", person)
                .with("tenant", who.tenant().as_str())
                .with("from", member.role.code())
                .with("to", role.code());
            Ok(Change::Made(find(db, who, person)?, event))
        })
    }

    /// Ends a person's membership with all their sessions and API tokens in the Board. The
    /// invitations that they made and nobody has accepted are withdrawn. Ending one that has ended
    /// already is fine.
    ///
    /// # Errors
    /// When there is no such person, it is oneself or the last administrator, or not a person whom
    /// this one manages.
    pub fn end_membership(
        &self,
        who: &Permitted<demand::ManageColleagues>,
        person: &PersonId,
    ) -> Result<Member, StoreError> {
        self.change_control(who.person().as_str(), |db, now| {
            let member = find(db, who, person)?;
            not_oneself(who, &member)?;
            is_managed(who, member.role)?;
            if member.ended_at.is_some() {
                return Ok(Change::Nothing(member));
            }
            not_the_last_administrator(db, who.tenant(), &member)?;
            diesel::update(membership!(who.tenant(), person))
                .set(memberships::ended_at.eq(now))
                .execute(db)?;
            let here = sessions::table
                .filter(sessions::person_id.eq(person.as_str()))
                .filter(sessions::tenant.eq(who.tenant().as_str()));
            diesel::delete(here).execute(db)?;
            // For good: whoever is let in again makes new ones.
            let tokens = api_tokens::table
                .filter(api_tokens::person_id.eq(person.as_str()))
                .filter(api_tokens::tenant.eq(who.tenant().as_str()));
            diesel::delete(tokens).execute(db)?;
            let waiting =
                pending_sign_ins::table.filter(pending_sign_ins::person_id.eq(person.as_str()));
            diesel::delete(waiting).execute(db)?;
            invitations::withdraw_all_of(db, now, who, person)?;
            let event = Event::new("membership.end", person).with("tenant", who.tenant().as_str());
            Ok(Change::Made(find(db, who, person)?, event))
        })
    }

    /// Lets a person in again, as what they were. Restoring one who has not ended is fine.
    ///
    /// # Errors
    /// When there is no such person, or not one whom this one manages.
    pub fn restore_membership(
        &self,
        who: &Permitted<demand::ManageColleagues>,
        person: &PersonId,
    ) -> Result<Member, StoreError> {
        self.change_control(who.person().as_str(), |db, _| {
            let member = find(db, who, person)?;
            is_managed(who, member.role)?;
            if member.ended_at.is_none() {
                return Ok(Change::Nothing(member));
            }
            diesel::update(membership!(who.tenant(), person))
                .set(memberships::ended_at.eq(None::<i64>))
                .execute(db)?;
            let event =
                Event::new("membership.restore", person).with("tenant", who.tenant().as_str());
            Ok(Change::Made(find(db, who, person)?, event))
        })
    }
}

/// Notes that somebody signed in.
pub(crate) fn signed_in(db: &mut Db, now: i64, who: &Scope) -> Result<(), StoreError> {
    diesel::update(membership!(who.tenant(), who.person()))
        .set(memberships::last_signed_in_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Refuses to invite or end somebody of a role that is not this person's to manage.
pub(crate) fn is_managed(who: &Scope, role: Role) -> Result<(), StoreError> {
    if who.role().manages(role) {
        return Ok(());
    }
    Err(StoreError::Forbidden(
        "a provider's director manages the analysts of that provider only: ask an administrator of \
         the Board",
    ))
}

fn not_oneself(who: &Scope, member: &Member) -> Result<(), StoreError> {
    if *who.person() == member.person {
        return Err(StoreError::Forbidden(
            "nobody changes their own role or ends their own membership: ask another administrator",
        ));
    }
    Ok(())
}

/// Refuses to leave a Board without an administrator.
fn not_the_last_administrator(
    db: &mut Db,
    tenant: &TenantCode,
    member: &Member,
) -> Result<(), StoreError> {
    if member.role != Role::IcbAdministrator || member.ended_at.is_some() {
        return Ok(());
    }
    let others: i64 = memberships::table
        .filter(memberships::tenant.eq(tenant.as_str()))
        .filter(memberships::role.eq(Role::IcbAdministrator.code()))
        .filter(memberships::ended_at.is_null())
        .filter(memberships::person_id.ne(member.person.as_str()))
        .count()
        .get_result(db)?;
    if others == 0 {
        let why = "this is the last administrator of the Board: make somebody else one first";
        return Err(StoreError::Conflict(why.to_owned()));
    }
    Ok(())
}

/// One person, where the other may see them.
pub(crate) fn find(db: &mut Db, who: &Scope, person: &PersonId) -> Result<Member, StoreError> {
    let row: Row = seen!(who).filter(people::id.eq(person.as_str().to_owned())).first(db)?;
    row.try_into()
}
