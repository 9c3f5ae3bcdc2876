//! All that only SQLite understands.

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::path::Path;
use std::time::Duration;

use crate::StoreError;

/// A database connection.
pub(crate) type Db = SqliteConnection;
/// The kind of database.
pub(crate) type Backend = Sqlite;
/// A few connections to one database.
pub(crate) type DbPool = Pool<ConnectionManager<Db>>;
/// One of them, given back when dropped.
pub(crate) type Pooled = PooledConnection<ConnectionManager<Db>>;

/// How the control database came to look as it does.
pub(crate) const CONTROL: EmbeddedMigrations = embed_migrations!("../../migrations/control/sqlite");
/// How a Board's database came to look as it does.
pub(crate) const TENANT: EmbeddedMigrations = embed_migrations!("../../migrations/tenant/sqlite");

/// Connections of one database; they are opened when needed.
const POOL_SIZE: u32 = 4;
const WAIT: Duration = Duration::from_secs(15);

/// What every connection is told first. One writer at a time waits for another up to 15 s.
const SETTINGS: &str = "PRAGMA busy_timeout = 15000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<Db, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, db: &mut Db) -> Result<(), diesel::r2d2::Error> {
        db.batch_execute(SETTINGS).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// Opens a database file, making it where it is missing, and brings it up to date.
pub(crate) fn open(file: &Path, migrations: EmbeddedMigrations) -> Result<DbPool, StoreError> {
    let path = file.to_str().ok_or_else(|| {
        StoreError::Unavailable(format!("{} is not a UTF-8 path", file.display()))
    })?;
    let pool = Pool::builder()
        .max_size(POOL_SIZE)
        .min_idle(Some(0))
        .connection_timeout(WAIT)
        .test_on_check_out(false)
        .connection_customizer(Box::new(Settings))
        .build_unchecked(ConnectionManager::new(path));
    let mut db = get(&pool)?;
    db.run_pending_migrations(migrations)
        .map_err(|error| StoreError::Migration(error.to_string()))?;
    Ok(pool)
}

/// Waits for a connection.
pub(crate) fn get(pool: &DbPool) -> Result<Pooled, StoreError> {
    pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// Runs a change in a transaction that holds the write lock from its start: deferred ones fail
/// when two of them upgrade at once.
pub(crate) fn write<T>(
    db: &mut Db,
    work: impl FnOnce(&mut Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    db.immediate_transaction(work)
}

/// Reads several things as of one moment.
pub(crate) fn read<T>(
    db: &mut Db,
    work: impl FnOnce(&mut Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    diesel::Connection::transaction(db, work)
}
