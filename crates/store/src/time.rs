use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiff::Timestamp;

use crate::StoreError;
use crate::connection::Db;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    /// The machine's clock.
    System,
    /// A clock that a test moves by hand: microseconds.
    #[cfg(test)]
    ByHand(std::sync::Arc<std::sync::atomic::AtomicI64>),
}

impl Clock {
    /// The time by which a database's changes are stamped and its jobs leased: that of the server,
    /// which the nodes share, or of this machine where the database is a file.
    pub(crate) fn of(&self, db: &mut Db) -> Result<i64, StoreError> {
        match (self, db) {
            (Self::System, Db::Postgres(server)) => {
                let micros =
                    sql::<BigInt>("(extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
                Ok(diesel::select(micros).get_result(server)?)
            }
            _ => Ok(self.now()),
        }
    }

    /// Microseconds since 1970, UTC: how the database keeps times.
    pub(crate) fn now(&self) -> i64 {
        match self {
            Self::System => Timestamp::now().as_microsecond(),
            #[cfg(test)]
            Self::ByHand(micros) => micros.load(std::sync::atomic::Ordering::SeqCst),
        }
    }
}

/// A stored time.
pub(crate) fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Corrupt("time"))
}

/// A stored time that may be absent.
pub(crate) fn optional_time(micros: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    micros.map(time).transpose()
}

/// A duration in microseconds.
pub(crate) fn micros(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// A count as the database keeps it.
pub(crate) fn to_db(count: u64) -> Result<i64, StoreError> {
    i64::try_from(count).map_err(|_| StoreError::Invalid(format!("{count} is too large to store")))
}

/// A count read back.
pub(crate) fn from_db(count: i64) -> Result<u64, StoreError> {
    u64::try_from(count).map_err(|_| StoreError::Corrupt("count"))
}
