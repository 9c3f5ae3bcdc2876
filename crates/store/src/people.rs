use diesel::prelude::*;
use jiff::Timestamp;
use quantities::{ProviderCode, TenantCode};
use tenancy::{
    AdmissionError, Email, Operator, PasswordHash, PersonId, Role, Scope, SessionFacts, SignIn,
    Worker,
};
use uuid::Uuid;

use crate::audit::Event;
use crate::connection::Db;
use crate::schema::control::{memberships, people, tenants};
use crate::sessions::end_sessions;
use crate::store::Change;
use crate::time::time;
use crate::{Store, StoreError};

/// How the audit record names whoever runs the command line.
pub(crate) const OPERATOR: &str = "operator";

/// How the audit record names an operator.
pub(crate) fn recorded(operator: &Operator) -> &str {
    operator.person().map_or(OPERATOR, PersonId::as_str)
}

/// One Integrated Care Board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its code.
    pub code: TenantCode,
    /// Its name.
    pub name: String,
    /// Since when it has been here.
    pub created_at: Timestamp,
}

/// A person to be added to a Board.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What they sign in with.
    pub email: Email,
    /// Their name as shown on pages.
    pub display_name: String,
    /// The hash of their password.
    pub password: PasswordHash,
    /// What they are in the Board.
    pub role: Role,
    /// The provider they belong to, for roles that have one.
    pub provider: Option<ProviderCode>,
}

/// A membership joined with its person: id, name, Board, role, provider.
pub(crate) type MembershipRow = (String, String, String, String, Option<String>);

/// What a membership says of its person.
pub(crate) fn facts(row: MembershipRow) -> Result<SessionFacts, StoreError> {
    let corrupt = || StoreError::Corrupt("membership");
    let (person, display_name, tenant, role, provider) = row;
    Ok(SessionFacts {
        tenant: tenant.parse().map_err(|_| corrupt())?,
        person: PersonId::new(person),
        display_name,
        role: role.parse().map_err(|_| corrupt())?,
        provider: provider.map(|code| code.parse()).transpose().map_err(|_| corrupt())?,
    })
}

impl Store {
    /// Every Board of the installation, by its code.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tenants(&self, _: &Operator) -> Result<Vec<Tenant>, StoreError> {
        let rows: Vec<(String, String, i64)> = tenants::table
            .order(tenants::code)
            .select((tenants::code, tenants::name, tenants::created_at))
            .load(&mut *self.control()?)?;
        rows.into_iter().map(tenant).collect()
    }

    /// The person's own Board.
    ///
    /// # Errors
    /// When the database fails.
    pub fn own_tenant(&self, who: &Scope) -> Result<Tenant, StoreError> {
        let row = tenants::table
            .filter(tenants::code.eq(who.tenant().as_str()))
            .select((tenants::code, tenants::name, tenants::created_at))
            .first(&mut *self.control()?)?;
        tenant(row)
    }

    /// The workers of every Board.
    ///
    /// # Errors
    /// When the database fails.
    pub fn workers(&self, operator: &Operator) -> Result<Vec<Worker>, StoreError> {
        let tenants = self.tenants(operator)?;
        Ok(tenants.into_iter().map(|tenant| Worker::for_tenant(tenant.code)).collect())
    }

    /// Adds a Board with an empty database of its own.
    ///
    /// # Errors
    /// When there is one of that code, or the name is empty.
    pub fn create_tenant(
        &self,
        operator: &Operator,
        code: &TenantCode,
        name: &str,
    ) -> Result<(), StoreError> {
        if name.trim().is_empty() {
            return Err(StoreError::Invalid("a Board needs a name".to_owned()));
        }
        let taken = || StoreError::Conflict(format!("there is a Board {code} already"));
        if tenant_exists(&mut *self.control()?, code)? {
            return Err(taken());
        }
        self.make_tenant(code)?;
        self.change_control(recorded(operator), |db, now| {
            if tenant_exists(db, code)? {
                return Err(taken());
            }
            let row = (
                tenants::code.eq(code.as_str()),
                tenants::name.eq(name.trim()),
                tenants::created_at.eq(now),
            );
            diesel::insert_into(tenants::table).values(row).execute(db)?;
            Ok(Change::Made((), Event::new("tenant.create", code)))
        })
    }

    /// Adds a person to a Board.
    ///
    /// # Errors
    /// When there is no such Board, the address is taken, or role and provider do not go together.
    pub fn create_person(
        &self,
        _: &Operator,
        tenant: &TenantCode,
        person: &NewPerson,
    ) -> Result<PersonId, StoreError> {
        let id = PersonId::new(Uuid::now_v7().to_string());
        SignIn::begin().admit(SessionFacts {
            tenant: tenant.clone(),
            person: id.clone(),
            display_name: person.display_name.clone(),
            role: person.role,
            provider: person.provider.clone(),
        })?;
        self.change_control(OPERATOR, |db, now| {
            insert_person(db, now, tenant, person, &id)?;
            let event = Event::new("person.create", &id)
                .with("tenant", tenant.as_str())
                .with("role", person.role.code());
            Ok(Change::Made(id.clone(), event))
        })
    }

    /// Gives a person a new password and ends all their sessions.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn set_password(
        &self,
        _: &Operator,
        email: &Email,
        password: &PasswordHash,
    ) -> Result<(), StoreError> {
        self.change_control(OPERATOR, |db, _| {
            let id: String = people::table
                .filter(people::email.eq(email.as_str()))
                .select(people::id)
                .first(db)?;
            diesel::update(people::table.filter(people::id.eq(&id)))
                .set(people::password_hash.eq(password.as_str()))
                .execute(db)?;
            end_sessions(db, &id, None)?;
            Ok(Change::Made((), Event::new("person.password", id)))
        })
    }

    /// The scope of a person in whose place the operator acts; recorded.
    ///
    /// # Errors
    /// When there is no such person in the Board, or no longer.
    pub fn act_as(
        &self,
        operator: &Operator,
        tenant: &TenantCode,
        email: &Email,
    ) -> Result<Scope, StoreError> {
        self.change_control(OPERATOR, |db, _| {
            let row: MembershipRow = memberships::table
                .inner_join(people::table.on(people::id.eq(memberships::person_id)))
                .filter(people::email.eq(email.as_str()))
                .filter(memberships::tenant.eq(tenant.as_str()))
                .filter(memberships::ended_at.is_null())
                .select((
                    people::id,
                    people::display_name,
                    memberships::tenant,
                    memberships::role,
                    memberships::provider,
                ))
                .first(db)?;
            let scope = operator.act_as(facts(row)?)?;
            let event = Event::new("person.act_as", scope.person()).with("tenant", tenant.as_str());
            Ok(Change::Made(scope, event))
        })
    }
}

pub(crate) fn tenant(
    (code, name, created_at): (String, String, i64),
) -> Result<Tenant, StoreError> {
    Ok(Tenant {
        code: code.parse().map_err(|_| StoreError::Corrupt("Board"))?,
        name,
        created_at: time(created_at)?,
    })
}

pub(crate) fn tenant_exists(db: &mut Db, code: &TenantCode) -> Result<bool, StoreError> {
    let found: i64 =
        tenants::table.filter(tenants::code.eq(code.as_str())).count().get_result(db)?;
    Ok(found > 0)
}

pub(crate) fn insert_person(
    db: &mut Db,
    now: i64,
    tenant: &TenantCode,
    person: &NewPerson,
    id: &PersonId,
) -> Result<(), StoreError> {
    if !tenant_exists(db, tenant)? {
        return Err(StoreError::NotFound);
    }
    insert_account(db, now, id, &person.email, &person.display_name, &person.password)?;
    insert_membership(db, now, tenant, id, (person.role, person.provider.as_ref()))
}

/// Makes an account, which belongs to no Board yet.
pub(crate) fn insert_account(
    db: &mut Db,
    now: i64,
    id: &PersonId,
    email: &Email,
    display_name: &str,
    password: &PasswordHash,
) -> Result<(), StoreError> {
    let name = display_name.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(StoreError::Invalid("a person needs a name of at most 200 characters".into()));
    }
    let email = email.as_str();
    let taken: i64 = people::table.filter(people::email.eq(email)).count().get_result(db)?;
    if taken > 0 {
        return Err(StoreError::Conflict(format!("{email} is taken already")));
    }
    let row = (
        people::id.eq(id.as_str()),
        people::email.eq(email),
        people::display_name.eq(name),
        people::password_hash.eq(password.as_str()),
        people::created_at.eq(now),
    );
    diesel::insert_into(people::table).values(row).execute(db)?;
    Ok(())
}

/// Makes a person one of a Board.
pub(crate) fn insert_membership(
    db: &mut Db,
    now: i64,
    tenant: &TenantCode,
    person: &PersonId,
    (role, provider): (Role, Option<&ProviderCode>),
) -> Result<(), StoreError> {
    diesel::insert_into(memberships::table)
        .values((
            memberships::person_id.eq(person.as_str()),
            memberships::tenant.eq(tenant.as_str()),
            memberships::role.eq(role.code()),
            memberships::provider.eq(provider.map(ProviderCode::as_str)),
            memberships::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Checks that a role and a provider go together.
pub(crate) fn fits(role: Role, provider: Option<&ProviderCode>) -> Result<(), StoreError> {
    match (provider, role.is_of_a_provider()) {
        (None, true) => {
            Err(StoreError::Invalid(AdmissionError::ProviderMissing { role }.to_string()))
        }
        (Some(provider), false) => {
            let provider = provider.clone();
            Err(StoreError::Invalid(AdmissionError::ProviderGiven { role, provider }.to_string()))
        }
        _ => Ok(()),
    }
}
