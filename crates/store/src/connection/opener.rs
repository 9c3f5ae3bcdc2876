//! How a pool opens connections.

use diesel::connection::SimpleConnection;
use diesel::r2d2::{Error, ManageConnection, Pool, R2D2Connection};
use diesel::{Connection, PgConnection, SqliteConnection};
use std::fmt;
use std::time::Duration;

use super::{Db, DbPool};
use crate::StoreError;

/// How long to wait for a connection.
const WAIT: Duration = Duration::from_secs(15);
/// A connection to a server is given back after this long without use.
const IDLE: Duration = Duration::from_secs(60);

/// What every connection to a file is told first. One writer at a time waits for another up to
/// 15 s.
const SETTINGS: &str = "PRAGMA busy_timeout = 15000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";

/// Opens connections to one database, always the same.
pub(crate) enum Opener {
    /// To a file.
    File(String),
    /// To a server, by one login; the address holds its password.
    Server(String),
}

impl Opener {
    /// A connection now, or why there is none: a pool would try again and again first.
    pub(super) fn at_once(&self) -> Result<Db, StoreError> {
        self.connect().map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// A pool of at most that many connections, opened when needed.
    pub(super) fn pool(self, most: u32) -> DbPool {
        let on_server = matches!(self, Self::Server(_));
        Pool::builder()
            .max_size(most)
            .min_idle(Some(0))
            .connection_timeout(WAIT)
            .idle_timeout(on_server.then_some(IDLE))
            // A server may have been restarted since.
            .test_on_check_out(on_server)
            .build_unchecked(self)
    }
}

/// Without the address, which holds a password.
impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener(…)")
    }
}

impl ManageConnection for Opener {
    type Connection = Db;
    type Error = Error;

    fn connect(&self) -> Result<Db, Error> {
        match self {
            Self::File(path) => {
                let mut file = SqliteConnection::establish(path).map_err(Error::ConnectionError)?;
                file.batch_execute(SETTINGS).map_err(Error::QueryError)?;
                Ok(Db::Sqlite(file))
            }
            Self::Server(address) => {
                PgConnection::establish(address).map(Db::Postgres).map_err(Error::ConnectionError)
            }
        }
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), Error> {
        db.ping().map_err(Error::QueryError)
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || db.is_broken()
    }
}
