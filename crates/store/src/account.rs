//! What people sign in with, changed by themselves.

use diesel::prelude::*;
use tenancy::{Email, InPerson, KnownPerson, Operator, PasswordHash, PersonId, Verified};
use uuid::Uuid;

use crate::audit::Event;
use crate::ids::SessionId;
use crate::people::{insert_account, recorded};
use crate::schema::control::{people, platform_operators};
use crate::sessions::end_sessions;
use crate::store::Change;
use crate::{Store, StoreError};

/// Someone who is to run the installation, and belongs to no Board.
#[derive(Clone, Debug)]
pub struct NewOperator {
    /// What they sign in with.
    pub email: Email,
    /// Their name as shown on pages.
    pub display_name: String,
    /// The hash of their password.
    pub password: PasswordHash,
}

impl Store {
    /// The address a person signs in with, and their password's hash to compare with.
    ///
    /// # Errors
    /// When the database fails.
    pub fn own_account(&self, who: &InPerson) -> Result<(Email, KnownPerson), StoreError> {
        let (email, hash): (String, String) = people::table
            .filter(people::id.eq(who.person().as_str()))
            .select((people::email, people::password_hash))
            .first(&mut *self.control()?)?;
        let email = email.parse().map_err(|_| StoreError::Corrupt("e-mail address"))?;
        let password = PasswordHash::stored(hash);
        Ok((email, KnownPerson { person: who.person().clone(), password }))
    }

    /// Gives a person who gave the old password a new one, and ends their other sessions.
    ///
    /// # Errors
    /// When the password that was given was another's.
    pub fn change_password(
        &self,
        who: &InPerson,
        verified: &Verified,
        session: &SessionId,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let person = who.person().as_str();
        if verified.person() != who.person() {
            return Err(StoreError::NotFound);
        }
        self.change_control(person, |db, _| {
            diesel::update(people::table.filter(people::id.eq(person)))
                .set(people::password_hash.eq(new.as_str()))
                .execute(db)?;
            end_sessions(db, person, Some(session))?;
            Ok(Change::Made((), Event::new("person.password", person)))
        })
    }

    /// Adds a person who runs the installation.
    ///
    /// # Errors
    /// When the address is taken, or there is no name.
    pub fn create_operator(
        &self,
        operator: &Operator,
        new: &NewOperator,
    ) -> Result<PersonId, StoreError> {
        let id = PersonId::new(Uuid::now_v7().to_string());
        self.change_control(recorded(operator), |db, now| {
            insert_account(db, now, &id, &new.email, &new.display_name, &new.password)?;
            let row = (
                platform_operators::person_id.eq(id.as_str()),
                platform_operators::created_at.eq(now),
            );
            diesel::insert_into(platform_operators::table).values(row).execute(db)?;
            Ok(Change::Made(id.clone(), Event::new("operator.create", &id)))
        })
    }
}
