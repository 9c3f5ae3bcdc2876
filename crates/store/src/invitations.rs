//! Invitations to a Board: a link that is handed over once, and holds for a week.

use diesel::prelude::*;
use jiff::Timestamp;
use quantities::{ProviderCode, TenantCode};
use std::time::Duration;
use tenancy::{
    Email, InvitationToken, PasswordHash, Permitted, PersonId, Role, Scope, SignIn, TokenHash,
    Verified, demand,
};
use uuid::Uuid;

use crate::audit::Event;
use crate::connection::{self, Backend, Db};
use crate::members::{self, is_managed};
use crate::people::{self, NewPerson, Tenant, fits, insert_membership, insert_person};
use crate::schema::control::{invitations, memberships, people as accounts, tenants};
use crate::store::Change;
use crate::time::{micros, time};
use crate::{InvitationId, Listing, Page, Store, StoreError};

/// How long an invitation holds.
pub const INVITATION_LIMIT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A person to be invited.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// What they will sign in with.
    pub email: Email,
    /// What they will be in the Board.
    pub role: Role,
    /// The provider they will belong to, for roles that have one; one's own unless told.
    pub provider: Option<ProviderCode>,
}

/// An invitation that can still be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom it is for.
    pub email: Email,
    /// What they will be.
    pub role: Role,
    /// The provider they will belong to.
    pub provider: Option<ProviderCode>,
    /// Who invited them.
    pub invited_by: PersonId,
    /// When.
    pub created_at: Timestamp,
    /// When it can no longer be accepted.
    pub expires_at: Timestamp,
}

/// What the link of an invitation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The Board.
    pub tenant: Tenant,
    /// Whom it is for.
    pub email: Email,
    /// What they will be.
    pub role: Role,
    /// The provider they will belong to.
    pub provider: Option<ProviderCode>,
    /// When it can no longer be accepted.
    pub expires_at: Timestamp,
    /// Whether there is an account of that address, whose password confirms.
    pub has_account: bool,
}

/// Who accepts an invitation.
#[derive(Debug)]
pub enum Accepting<'a> {
    /// Somebody without an account.
    New {
        /// Their name as shown on pages.
        display_name: String,
        /// The hash of their password.
        password: PasswordHash,
    },
    /// Somebody with one, who gave its password.
    Known(&'a Verified),
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = invitations, check_for_backend(Backend))]
struct Row {
    id: String,
    tenant: String,
    email: String,
    role: String,
    provider: Option<String>,
    invited_by: String,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<Row> for Invitation {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("invitation");
        Ok(Self {
            id: InvitationId::stored(row.id),
            email: row.email.parse().map_err(|_| corrupt())?,
            role: row.role.parse().map_err(|_| corrupt())?,
            provider: row.provider.map(|code| code.parse()).transpose().map_err(|_| corrupt())?,
            invited_by: PersonId::new(row.invited_by),
            created_at: time(row.created_at)?,
            expires_at: time(row.expires_at)?,
        })
    }
}

type Query = invitations::BoxedQuery<'static, Backend>;

impl Store {
    /// Invites a person. The token is the end of the link, and is not kept. An open invitation of
    /// the same address that this person sees is withdrawn: its link no longer works.
    ///
    /// # Errors
    /// When the role is not this person's to invite to, does not go with the provider, or the
    /// person belongs to the Board already.
    pub fn invite(
        &self,
        who: &Permitted<demand::ManageColleagues>,
        new: &NewInvitation,
    ) -> Result<(InvitationToken, Invitation), StoreError> {
        let provider = invited_provider(who, new)?;
        let token = InvitationToken::generate()?;
        let made = self.change_control(who.person().as_str(), |db, now| {
            not_a_member(db, who, &new.email)?;
            for earlier in open(who, now)
                .filter(invitations::email.eq(new.email.as_str().to_owned()))
                .select(invitations::id)
                .load::<String>(db)?
            {
                withdraw(db, now, who, &earlier)?;
            }
            let id = InvitationId::new();
            diesel::insert_into(invitations::table)
                .values((
                    invitations::id.eq(id.as_str()),
                    invitations::tenant.eq(who.tenant().as_str()),
                    invitations::token_hash.eq(token.hash().as_str()),
                    invitations::email.eq(new.email.as_str()),
                    invitations::role.eq(new.role.code()),
                    invitations::provider.eq(provider.as_ref().map(ProviderCode::as_str)),
                    invitations::invited_by.eq(who.person().as_str()),
                    invitations::created_at.eq(now),
                    invitations::expires_at.eq(now.saturating_add(micros(INVITATION_LIMIT))),
                ))
                .execute(db)?;
            let event = Event::new("invitation.make", &id)
                .with("tenant", who.tenant().as_str())
                .with("role", new.role.code());
            Ok(Change::Made(find(db, who, now, &id)?, event))
        })?;
        Ok((token, made))
    }

    /// The open invitations to one's own Board, newest first; to somebody of a provider, those to
    /// that provider.
    ///
    /// # Errors
    /// When the database fails.
    pub fn invitations(
        &self,
        who: &Permitted<demand::ManageColleagues>,
        page: &Page,
    ) -> Result<Listing<Invitation>, StoreError> {
        let now = self.now();
        connection::read(&mut *self.control()?, |db| {
            let rows: Vec<Row> = open(who, now)
                .filter(invitations::id.lt(page.before()))
                .order(invitations::id.desc())
                .limit(page.fetch())
                .select(Row::as_select())
                .load(db)?;
            let found = rows.into_iter().map(Invitation::try_from).collect::<Result<_, _>>()?;
            Ok(Listing::cut(found, page, |invitation| invitation.id.to_string()))
        })
    }

    /// Withdraws an open invitation: its link no longer works.
    ///
    /// # Errors
    /// When there is none, or it is to a role that is not this person's to invite to.
    pub fn withdraw_invitation(
        &self,
        who: &Permitted<demand::ManageColleagues>,
        id: &InvitationId,
    ) -> Result<(), StoreError> {
        self.change_control(who.person().as_str(), |db, now| {
            let invitation = find(db, who, now, id)?;
            is_managed(who, invitation.role)?;
            withdraw(db, now, who, id.as_str())?;
            let event = Event::new("invitation.withdraw", id).with("tenant", who.tenant().as_str());
            Ok(Change::Made((), event))
        })
    }

    /// What the link of an invitation says.
    ///
    /// # Errors
    /// When there is no such invitation, or it has been accepted, withdrawn or has expired: nobody
    /// can tell which.
    pub fn invited(&self, _: &SignIn, token: &TokenHash) -> Result<Invited, StoreError> {
        let now = self.now();
        connection::read(&mut *self.control()?, |db| {
            let row = by_token(db, now, token)?;
            let tenant = tenants::table
                .filter(tenants::code.eq(&row.tenant))
                .select((tenants::code, tenants::name, tenants::created_at))
                .first(db)?;
            let has_account = account(db, &row.email)?.is_some();
            let Invitation { email, role, provider, expires_at, .. } = row.try_into()?;
            let tenant = people::tenant(tenant)?;
            Ok(Invited { tenant, email, role, provider, expires_at, has_account })
        })
    }

    /// Makes the person of an invitation one of its Board, with a new account where there is none.
    /// Nobody can accept it twice.
    ///
    /// # Errors
    /// When it cannot be accepted (see [`Store::invited`]), the account is another, or the person
    /// belongs to the Board already.
    pub fn accept_invitation(
        &self,
        _: &SignIn,
        token: &TokenHash,
        accepting: &Accepting<'_>,
    ) -> Result<PersonId, StoreError> {
        let person = match accepting {
            Accepting::New { .. } => PersonId::new(Uuid::now_v7().to_string()),
            Accepting::Known(verified) => verified.person().clone(),
        };
        self.change_control(person.as_str(), |db, now| {
            let row = by_token(db, now, token)?;
            let corrupt = |_| StoreError::Corrupt("invitation");
            let tenant: TenantCode = row.tenant.parse().map_err(corrupt)?;
            let invitation = Invitation::try_from(row)?;
            let id = invitation.id.as_str();
            let unused = invitations::table.find(id).filter(invitations::accepted_at.is_null());
            let used = diesel::update(unused)
                .set((
                    invitations::accepted_at.eq(now),
                    invitations::accepted_by.eq(person.as_str()),
                ))
                .execute(db)?;
            if used == 0 {
                return Err(StoreError::NotFound);
            }
            let account = account(db, invitation.email.as_str())?;
            match accepting {
                Accepting::New { display_name, password } => {
                    let new = NewPerson {
                        email: invitation.email,
                        display_name: display_name.clone(),
                        password: password.clone(),
                        role: invitation.role,
                        provider: invitation.provider,
                    };
                    insert_person(db, now, &tenant, &new, &person)?;
                }
                Accepting::Known(_) if account.as_deref() != Some(person.as_str()) => {
                    return Err(StoreError::NotFound);
                }
                Accepting::Known(_) => {
                    not_twice(db, tenant.as_str(), &person)?;
                    let place = (invitation.role, invitation.provider.as_ref());
                    insert_membership(db, now, &tenant, &person, place)?;
                }
            }
            let event = Event::new("invitation.accept", &invitation.id)
                .with("tenant", tenant.as_str())
                .with("role", invitation.role.code());
            Ok(Change::Made(person.clone(), event))
        })
    }
}

/// The provider that somebody is invited to.
fn invited_provider(who: &Scope, new: &NewInvitation) -> Result<Option<ProviderCode>, StoreError> {
    if !new.role.is_by_invitation() {
        let why = "nobody is invited to be a workshop guest: guests come by the link of a workshop";
        return Err(StoreError::Invalid(why.to_owned()));
    }
    is_managed(who, new.role)?;
    let own = who.provider().filter(|_| new.role.is_of_a_provider());
    let provider = new.provider.as_ref().or(own);
    if who.provider().is_some() && provider != who.provider() {
        return Err(StoreError::Forbidden(
            "a provider's director invites people to that provider only",
        ));
    }
    fits(new.role, provider)?;
    Ok(provider.cloned())
}

/// The invitations that somebody sees and that can still be accepted.
fn open(who: &Scope, now: i64) -> Query {
    let all = can_be_accepted(now).filter(invitations::tenant.eq(who.tenant().as_str().to_owned()));
    match who.provider() {
        None => all,
        Some(own) => all.filter(invitations::provider.eq(own.as_str().to_owned())),
    }
}

fn can_be_accepted(now: i64) -> Query {
    invitations::table
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .into_boxed()
}

fn find(db: &mut Db, who: &Scope, now: i64, id: &InvitationId) -> Result<Invitation, StoreError> {
    let one = open(who, now).filter(invitations::id.eq(id.as_str().to_owned()));
    let row: Row = one.select(Row::as_select()).first(db)?;
    row.try_into()
}

fn by_token(db: &mut Db, now: i64, token: &TokenHash) -> Result<Row, StoreError> {
    let one = can_be_accepted(now).filter(invitations::token_hash.eq(token.as_str().to_owned()));
    Ok(one.select(Row::as_select()).first(db)?)
}

fn withdraw(db: &mut Db, now: i64, who: &Scope, id: &str) -> Result<(), StoreError> {
    diesel::update(invitations::table.find(id))
        .set((
            invitations::withdrawn_at.eq(now),
            invitations::withdrawn_by.eq(who.person().as_str()),
        ))
        .execute(db)?;
    Ok(())
}

/// Withdraws the open invitations that somebody made to the Board of another.
pub(crate) fn withdraw_all_of(
    db: &mut Db,
    now: i64,
    who: &Scope,
    person: &PersonId,
) -> Result<(), StoreError> {
    let made: Vec<String> = can_be_accepted(now)
        .filter(invitations::tenant.eq(who.tenant().as_str().to_owned()))
        .filter(invitations::invited_by.eq(person.as_str().to_owned()))
        .select(invitations::id)
        .load(db)?;
    made.iter().try_for_each(|id| withdraw(db, now, who, id))
}

/// The account of an address.
fn account(db: &mut Db, email: &str) -> Result<Option<String>, StoreError> {
    let found = accounts::table.filter(accounts::email.eq(email)).select(accounts::id);
    Ok(found.first(db).optional()?)
}

/// Refuses to invite one of the people whom somebody sees. Of others nothing is said: they learn
/// it when they follow the link.
fn not_a_member(db: &mut Db, who: &Scope, email: &Email) -> Result<(), StoreError> {
    let Some(person) = account(db, email.as_str())? else { return Ok(()) };
    match members::find(db, who, &PersonId::new(person)) {
        Err(StoreError::NotFound) => Ok(()),
        Err(error) => Err(error),
        Ok(member) if member.ended_at.is_some() => Err(StoreError::Conflict(
            "the membership of this person has ended: restore it instead".to_owned(),
        )),
        Ok(_) => Err(StoreError::Conflict("this person belongs to the Board already".to_owned())),
    }
}

/// Refuses a second membership of one Board.
fn not_twice(db: &mut Db, tenant: &str, person: &PersonId) -> Result<(), StoreError> {
    let ended: Option<Option<i64>> = memberships::table
        .find((person.as_str(), tenant))
        .select(memberships::ended_at)
        .first(db)
        .optional()?;
    match ended {
        None => Ok(()),
        Some(None) => Err(StoreError::Conflict(
            "you belong to this Board already: sign in, and ask its administrator if your role is \
             to change"
                .to_owned(),
        )),
        Some(Some(_)) => Err(StoreError::Conflict(
            "your membership of this Board has ended: ask its administrator to restore it"
                .to_owned(),
        )),
    }
}
