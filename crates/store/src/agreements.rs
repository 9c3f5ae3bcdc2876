//! The agreement under which providers see each other's published lines.

use diesel::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tenancy::{Permitted, PersonId, demand};

use crate::audit::Event;
use crate::connection::Db;
use crate::schema::tenant::agreements;
use crate::store::Change;
use crate::time::time;
use crate::{Store, StoreError};

/// Longest purpose, in characters.
const LONGEST: usize = 1_000;

/// An agreement to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAgreement {
    /// What the lines may be used for.
    pub purpose: String,
    /// The first day it holds.
    pub from: Date,
    /// The last day it holds.
    pub until: Date,
}

/// A recorded agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// 1, 2, 3, …; the newest stands.
    pub number: i64,
    /// What the lines may be used for.
    pub purpose: String,
    /// The first day it holds.
    pub from: Date,
    /// The last day it holds.
    pub until: Date,
    /// Whether it holds today (UTC).
    pub in_force: bool,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub recorded_by: PersonId,
}

type Row = (i64, String, String, String, i64, String);

impl Store {
    /// Records an agreement; it stands in place of the one before, which is kept. One whose last
    /// day has passed ends the sharing.
    ///
    /// # Errors
    /// When it has no purpose, or ends before it begins.
    pub fn record_agreement(
        &self,
        who: &Permitted<demand::RecordAgreement>,
        new: &NewAgreement,
    ) -> Result<(), StoreError> {
        let purpose = new.purpose.trim();
        if purpose.is_empty() || purpose.chars().count() > LONGEST {
            return Err(StoreError::Invalid(format!(
                "say what the lines may be used for, in at most {LONGEST} characters"
            )));
        }
        if new.until < new.from {
            let why =
                format!("the agreement ends on {}, before it begins: swap the days", new.until);
            return Err(StoreError::Invalid(why));
        }
        self.change(who.tenant(), who.person().as_str(), |db, now| {
            if let Some((_, last, from, until, _, _)) = newest(db)?
                && last == purpose
                && from == new.from.to_string()
                && until == new.until.to_string()
            {
                return Ok(Change::Nothing(()));
            }
            let number = newest(db)?.map_or(0, |row| row.0).saturating_add(1);
            diesel::insert_into(agreements::table)
                .values((
                    agreements::number.eq(number),
                    agreements::purpose.eq(purpose),
                    agreements::starts_on.eq(new.from.to_string()),
                    agreements::ends_on.eq(new.until.to_string()),
                    agreements::recorded_at.eq(now),
                    agreements::recorded_by.eq(who.person().as_str()),
                ))
                .execute(db)?;
            let event = Event::new("agreement.record", number)
                .with("from", new.from.to_string())
                .with("until", new.until.to_string());
            Ok(Change::Made((), event))
        })
    }

    /// The agreement that stands, whether or not it is in force today; nothing before the first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn agreement(
        &self,
        who: &Permitted<demand::ReadBook>,
    ) -> Result<Option<Agreement>, StoreError> {
        let row = newest(&mut *self.tenant(who.tenant())?)?;
        let today = time(self.now())?.to_zoned(TimeZone::UTC).date();
        row.map(|(number, purpose, from, until, recorded_at, recorded_by)| {
            let day = |text: String| text.parse().map_err(|_| StoreError::Corrupt("agreement"));
            let (from, until): (Date, Date) = (day(from)?, day(until)?);
            Ok(Agreement {
                number,
                purpose,
                from,
                until,
                in_force: (from..=until).contains(&today),
                recorded_at: time(recorded_at)?,
                recorded_by: PersonId::new(recorded_by),
            })
        })
        .transpose()
    }
}

fn newest(db: &mut Db) -> Result<Option<Row>, StoreError> {
    Ok(agreements::table
        .order(agreements::number.desc())
        .select((
            agreements::number,
            agreements::purpose,
            agreements::starts_on,
            agreements::ends_on,
            agreements::recorded_at,
            agreements::recorded_by,
        ))
        .first(db)
        .optional()?)
}
