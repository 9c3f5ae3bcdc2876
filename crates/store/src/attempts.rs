//! Guessing takes longer than anyone waits: on every node, and the same for addresses that nobody
//! has.

use diesel::prelude::*;
use std::time::Duration;
use tenancy::SignIn;

use crate::connection;
use crate::schema::control::sign_in_attempts as attempts;
use crate::time::micros;
use crate::{Store, StoreError};

/// Wrong attempts in a row after which an address has to wait.
const FREE: i64 = 5;
/// The first wait; each further wrong attempt doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Wrong attempts are forgotten this long after the last one.
const MEMORY: Duration = Duration::from_secs(60 * 60);
/// Most bytes of an address that count.
const LONGEST_ADDRESS: usize = 254;

/// An address as the database keeps it beside wrong attempts: nobody can turn it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressMark(String);

/// Whether an address may be tried now.
#[derive(Debug)]
pub enum Turn {
    /// It may. The attempt counts as wrong unless it is said how it ended.
    Now(Attempt),
    /// Not before this long.
    Wait(Duration),
}

/// An attempt that is being made.
#[derive(Debug)]
pub struct Attempt {
    mark: AddressMark,
    /// Which wrong one in a row it is, if it is wrong.
    wrong: i64,
}

impl AddressMark {
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Attempt {
    /// The address it is on.
    #[must_use]
    pub const fn mark(&self) -> &AddressMark {
        &self.mark
    }
}

impl Store {
    /// The mark of an address, in whatever case it was typed.
    #[must_use]
    pub fn address_mark(&self, _: &SignIn, address: &str) -> AddressMark {
        let address: String = address.trim().chars().take(LONGEST_ADDRESS).collect();
        AddressMark(self.key().mark("sign-in-attempts", &address.to_lowercase()))
    }

    /// Asks whether an address may be tried, and counts the attempt as wrong at once: many at the
    /// same moment are no way round the wait. Old rows are swept.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_attempt(&self, _: &SignIn, mark: &AddressMark) -> Result<Turn, StoreError> {
        connection::write(&mut *self.control()?, |db| {
            let now = self.clock().of(db)?;
            let old = now.saturating_sub(micros(MEMORY));
            diesel::delete(attempts::table.filter(attempts::last_at.le(old))).execute(db)?;
            let row = attempts::table.filter(attempts::address_mark.eq(mark.as_str()));
            let counted = diesel::update(row.filter(attempts::wait_until.le(now)))
                .set((attempts::wrong.eq(attempts::wrong + 1), attempts::last_at.eq(now)))
                .execute(db)?;
            let known: Option<(i64, i64)> =
                row.select((attempts::wrong, attempts::wait_until)).first(db).optional()?;
            let wrong = match known {
                None => {
                    let new = (
                        attempts::address_mark.eq(mark.as_str()),
                        attempts::wrong.eq(1),
                        attempts::last_at.eq(now),
                        attempts::wait_until.eq(now),
                    );
                    diesel::insert_into(attempts::table).values(new).execute(db)?;
                    1
                }
                Some((_, until)) if counted == 0 => {
                    let left = u64::try_from(until.saturating_sub(now)).unwrap_or_default();
                    return Ok(Turn::Wait(Duration::from_micros(left)));
                }
                Some((wrong, _)) => wrong,
            };
            diesel::update(row)
                .set(attempts::wait_until.eq(now.saturating_add(micros(wait_after(wrong)))))
                .execute(db)?;
            Ok(Turn::Now(Attempt { mark: mark.clone(), wrong }))
        })
    }

    /// The attempt was right: what was wrong before is forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub fn attempt_was_right(&self, _: &SignIn, attempt: &Attempt) -> Result<(), StoreError> {
        let mark = attempt.mark.as_str();
        connection::write(&mut *self.control()?, |db| {
            let row = attempts::table.filter(attempts::address_mark.eq(mark));
            diesel::delete(row).execute(db)?;
            Ok(())
        })
    }

    /// The attempt was neither right nor wrong, such as a right password whose code is still to
    /// come: it leaves things as they were before.
    ///
    /// # Errors
    /// When the database fails.
    pub fn attempt_is_open(&self, _: &SignIn, attempt: &Attempt) -> Result<(), StoreError> {
        let mark = attempt.mark.as_str();
        connection::write(&mut *self.control()?, |db| {
            let now = self.clock().of(db)?;
            // Where another attempt was made meanwhile, its wait stays.
            let row = attempts::table
                .filter(attempts::address_mark.eq(mark))
                .filter(attempts::wrong.eq(attempt.wrong));
            diesel::update(row)
                .set((
                    attempts::wrong.eq(attempt.wrong.saturating_sub(1)),
                    attempts::wait_until.eq(now),
                ))
                .execute(db)?;
            Ok(())
        })
    }
}

/// How long an address waits after that many wrong attempts in a row.
fn wait_after(wrong: i64) -> Duration {
    if wrong < FREE {
        return Duration::ZERO;
    }
    let doublings = u32::try_from(wrong.saturating_sub(FREE)).unwrap_or(u32::MAX);
    let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
    FIRST_WAIT.saturating_mul(factor).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let minutes = |wrong| wait_after(wrong).as_secs().div_euclid(60);
        assert_eq!(
            [4, 5, 6, 7, 8, 9, 10, 99, i64::MAX].map(minutes),
            [0, 1, 2, 4, 8, 15, 15, 15, 15]
        );
    }
}
