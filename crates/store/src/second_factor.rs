//! The second factor: a secret that only the person's phone and the sealed row know, and codes
//! for the day the phone is lost.

use diesel::prelude::*;
use jiff::Timestamp;
use tenancy::{Email, InPerson, MasterKey, Operator, RecoveryCode, TotpSecret, TotpStep, Verified};

use crate::audit::Event;
use crate::connection::Db;
use crate::ids::SessionId;
use crate::people::recorded;
use crate::schema::control::{people, recovery_codes, second_factors};
use crate::sessions::end_sessions;
use crate::store::Change;
use crate::time::{from_db, optional_time};
use crate::{Store, StoreError};

/// What the secret is sealed for.
const PURPOSE: &str = "totp";
/// Recovery codes of one set.
const RECOVERY_CODES: usize = 10;
const MICROS: i64 = 1_000_000;

/// What a person has set up beside their password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondFactor {
    /// Since when a code is asked for; nothing where none is.
    pub since: Option<Timestamp>,
    /// Recovery codes that are left.
    pub recovery_codes: u64,
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeCheck {
    /// None is asked for.
    NotAsked,
    /// One is asked for, and none was given.
    Missing,
    /// It was wrong, or used before.
    Wrong,
    /// It was right, and cannot be used again.
    Right,
}

impl Store {
    /// What a person has set up.
    ///
    /// # Errors
    /// When the database fails.
    pub fn second_factor(&self, who: &InPerson) -> Result<SecondFactor, StoreError> {
        let mut db = self.control()?;
        let person = who.person().as_str();
        let confirmed: Option<Option<i64>> = second_factors::table
            .filter(second_factors::person_id.eq(person))
            .select(second_factors::confirmed_at)
            .first(&mut *db)
            .optional()?;
        let left = recovery_codes::table.filter(recovery_codes::person_id.eq(person));
        Ok(SecondFactor {
            since: optional_time(confirmed.flatten())?,
            recovery_codes: from_db(left.count().get_result(&mut *db)?)?,
        })
    }

    /// Makes a secret for a person. It is not asked for until a first code confirms that a phone
    /// has it; until then another call makes another.
    ///
    /// # Errors
    /// When a second factor is set already.
    pub fn begin_second_factor(&self, who: &InPerson) -> Result<(), StoreError> {
        let person = who.person().as_str();
        let secret = TotpSecret::generate()?;
        let sealed = self.key().sealer(PURPOSE)?.seal(person, secret.bytes())?;
        self.change_control(person, |db, now| {
            if factor(db, person)?.is_some_and(|factor| factor.confirmed_at.is_some()) {
                return Err(StoreError::Conflict(
                    "a second factor is set already: remove it before you set up another".into(),
                ));
            }
            forget(db, person)?;
            let row = (
                second_factors::person_id.eq(person),
                second_factors::sealed_secret.eq(&sealed),
                second_factors::created_at.eq(now),
            );
            diesel::insert_into(second_factors::table).values(row).execute(db)?;
            Ok(Change::Made((), Event::new("second_factor.begin", person)))
        })
    }

    /// The secret that waits for its first code, to be shown to its person; nothing once it is
    /// confirmed: then nobody sees it again.
    ///
    /// # Errors
    /// When the database fails, or the secret was sealed with another key.
    pub fn unconfirmed_secret(&self, who: &InPerson) -> Result<Option<TotpSecret>, StoreError> {
        let person = who.person().as_str();
        let factor = factor(&mut *self.control()?, person)?;
        let waiting = factor.filter(|factor| factor.confirmed_at.is_none());
        waiting.map(|factor| opened(self.key(), person, &factor)).transpose()
    }

    /// Confirms the second factor by its first code, ends the person's other sessions, and returns
    /// the recovery codes, which are shown once; nothing where the code is wrong.
    ///
    /// # Errors
    /// When no secret waits for a code.
    pub fn confirm_second_factor(
        &self,
        who: &InPerson,
        session: &SessionId,
        code: &str,
    ) -> Result<Option<Vec<RecoveryCode>>, StoreError> {
        let person = who.person().as_str();
        self.change_control(person, |db, now| {
            let factor = factor(db, person)?.filter(|factor| factor.confirmed_at.is_none());
            let factor = factor.ok_or_else(|| {
                StoreError::Conflict("no second factor waits for its first code".to_owned())
            })?;
            let secret = opened(self.key(), person, &factor)?;
            let Some(step) = secret.check(code, seconds(now), factor.last()) else {
                return Ok(Change::Nothing(None));
            };
            diesel::update(second_factors::table.filter(second_factors::person_id.eq(person)))
                .set((
                    second_factors::confirmed_at.eq(now),
                    second_factors::last_step.eq(step.number()),
                ))
                .execute(db)?;
            let codes = new_codes(db, now, person)?;
            end_sessions(db, person, Some(session))?;
            Ok(Change::Made(Some(codes), Event::new("second_factor.set", person)))
        })
    }

    /// A new set of recovery codes, which replaces the old; nothing where the code is wrong.
    ///
    /// # Errors
    /// When no second factor is set.
    pub fn replace_recovery_codes(
        &self,
        who: &InPerson,
        code: &str,
    ) -> Result<Option<Vec<RecoveryCode>>, StoreError> {
        let person = who.person().as_str();
        self.change_control(person, |db, now| {
            match take(db, self.key(), now, person, Some(code))? {
                CodeCheck::NotAsked => Err(not_set()),
                CodeCheck::Missing | CodeCheck::Wrong => Ok(Change::Nothing(None)),
                CodeCheck::Right => {
                    let codes = new_codes(db, now, person)?;
                    Ok(Change::Made(Some(codes), Event::new("second_factor.codes", person)))
                }
            }
        })
    }

    /// Removes the second factor of a person who gave the password and a code, and ends their
    /// other sessions; says whether the code was right.
    ///
    /// # Errors
    /// When no second factor is set, or the password was another's.
    pub fn remove_second_factor(
        &self,
        who: &InPerson,
        verified: &Verified,
        session: &SessionId,
        code: &str,
    ) -> Result<bool, StoreError> {
        let person = who.person().as_str();
        if verified.person() != who.person() {
            return Err(StoreError::NotFound);
        }
        self.change_control(person, |db, now| {
            match take(db, self.key(), now, person, Some(code))? {
                CodeCheck::NotAsked => Err(not_set()),
                CodeCheck::Missing | CodeCheck::Wrong => Ok(Change::Nothing(false)),
                CodeCheck::Right => {
                    forget(db, person)?;
                    end_sessions(db, person, Some(session))?;
                    Ok(Change::Made(true, Event::new("second_factor.remove", person)))
                }
            }
        })
    }

    /// Removes the second factor of a person who lost their phone and their recovery codes, and
    /// ends all their sessions.
    ///
    /// # Errors
    /// When there is no such person, or no second factor.
    pub fn reset_second_factor(
        &self,
        operator: &Operator,
        email: &Email,
    ) -> Result<(), StoreError> {
        self.change_control(recorded(operator), |db, _| {
            let person: String = people::table
                .filter(people::email.eq(email.as_str()))
                .select(people::id)
                .first(db)?;
            factor(db, &person)?.ok_or_else(not_set)?;
            forget(db, &person)?;
            end_sessions(db, &person, None)?;
            Ok(Change::Made((), Event::new("second_factor.reset", person)))
        })
    }
}

struct Factor {
    sealed: String,
    last_step: Option<i64>,
    confirmed_at: Option<i64>,
}

impl Factor {
    fn last(&self) -> Option<TotpStep> {
        self.last_step.map(TotpStep::stored)
    }
}

fn factor(db: &mut Db, person: &str) -> Result<Option<Factor>, StoreError> {
    let row: Option<(String, Option<i64>, Option<i64>)> = second_factors::table
        .filter(second_factors::person_id.eq(person))
        .select((
            second_factors::sealed_secret,
            second_factors::last_step,
            second_factors::confirmed_at,
        ))
        .first(db)
        .optional()?;
    Ok(row.map(|(sealed, last_step, confirmed_at)| Factor { sealed, last_step, confirmed_at }))
}

fn opened(key: &MasterKey, person: &str, factor: &Factor) -> Result<TotpSecret, StoreError> {
    let bytes = key.sealer(PURPOSE)?.open(person, &factor.sealed)?;
    Ok(TotpSecret::stored(&bytes)?)
}

/// Takes a code in the place of whoever signs in: of the phone or one of recovery. Each is taken
/// once, also where two nodes are asked at the same moment.
pub(crate) fn take(
    db: &mut Db,
    key: &MasterKey,
    now: i64,
    person: &str,
    code: Option<&str>,
) -> Result<CodeCheck, StoreError> {
    let factor = factor(db, person)?.filter(|factor| factor.confirmed_at.is_some());
    let Some(factor) = factor else { return Ok(CodeCheck::NotAsked) };
    let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
        return Ok(CodeCheck::Missing);
    };
    let secret = opened(key, person, &factor)?;
    let taken = if let Some(step) = secret.check(code, seconds(now), factor.last()) {
        let earlier = second_factors::last_step.is_null();
        let earlier = earlier.or(second_factors::last_step.lt(step.number()));
        let row = second_factors::table.filter(second_factors::person_id.eq(person));
        diesel::update(row.filter(earlier.assume_not_null()))
            .set(second_factors::last_step.eq(step.number()))
            .execute(db)?
    } else if let Ok(code) = RecoveryCode::read(code) {
        let own = recovery_codes::table
            .filter(recovery_codes::code_hash.eq(code.hash().as_str().to_owned()))
            .filter(recovery_codes::person_id.eq(person));
        diesel::delete(own).execute(db)?
    } else {
        0
    };
    Ok(if taken == 1 { CodeCheck::Right } else { CodeCheck::Wrong })
}

fn new_codes(db: &mut Db, now: i64, person: &str) -> Result<Vec<RecoveryCode>, StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::person_id.eq(person)))
        .execute(db)?;
    let mut codes = Vec::new();
    for _ in 0..RECOVERY_CODES {
        let code = RecoveryCode::generate()?;
        let row = (
            recovery_codes::code_hash.eq(code.hash().as_str().to_owned()),
            recovery_codes::person_id.eq(person),
            recovery_codes::created_at.eq(now),
        );
        diesel::insert_into(recovery_codes::table).values(row).execute(db)?;
        codes.push(code);
    }
    Ok(codes)
}

fn forget(db: &mut Db, person: &str) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::person_id.eq(person)))
        .execute(db)?;
    diesel::delete(second_factors::table.filter(second_factors::person_id.eq(person)))
        .execute(db)?;
    Ok(())
}

fn not_set() -> StoreError {
    StoreError::Conflict("no second factor is set".to_owned())
}

fn seconds(micros: i64) -> i64 {
    micros.div_euclid(MICROS)
}
