//! Connections to either kind of database, and all that differs between the two.

mod files;
mod logins;
mod migrations;
mod opener;
mod server;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{Pool, PooledConnection};
use diesel::{Connection, PgConnection, SqliteConnection};

use crate::StoreError;

pub(crate) use files::Files;
#[cfg(test)]
pub(crate) use migrations::Kind;
pub(crate) use migrations::{Side, newest};
pub(crate) use opener::Opener;
pub(crate) use server::Server;

/// A database connection of either kind: queries are written once for both.
#[derive(diesel::MultiConnection)]
pub(crate) enum Db {
    /// A file.
    Sqlite(SqliteConnection),
    /// A server.
    Postgres(PgConnection),
}

/// What queries are written for.
pub(crate) type Backend = <Db as Connection>::Backend;
/// A few connections to one database.
pub(crate) type DbPool = Pool<Opener>;
/// One of them, given back when dropped.
pub(crate) type Pooled = PooledConnection<Opener>;

/// Waits for a connection.
pub(crate) fn get(pool: &DbPool) -> Result<Pooled, StoreError> {
    pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// Runs a change in a transaction that keeps every other writer of the same database out from its
/// start: what it reads stays true until it ends. Files are locked as a whole (deferred
/// transactions fail when two of them upgrade at once); on a server writers pass one gate each.
pub(crate) fn write<T>(
    db: &mut Db,
    work: impl FnOnce(&mut Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match db {
        Db::Sqlite(file) => {
            AnsiTransactionManager::begin_transaction_sql(file, "BEGIN IMMEDIATE")?;
        }
        Db::Postgres(server) => {
            AnsiTransactionManager::begin_transaction(server)?;
            let gate = server.batch_execute("SELECT 1 FROM gate FOR UPDATE");
            if let Err(error) = gate {
                rollback(db);
                return Err(error.into());
            }
        }
    }
    finish(db, work)
}

/// Reads several things as of one moment.
pub(crate) fn read<T>(
    db: &mut Db,
    work: impl FnOnce(&mut Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match db {
        Db::Sqlite(file) => AnsiTransactionManager::begin_transaction(file)?,
        Db::Postgres(server) => AnsiTransactionManager::begin_transaction_sql(
            server,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )?,
    }
    finish(db, work)
}

fn finish<T>(
    db: &mut Db,
    work: impl FnOnce(&mut Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match work(db) {
        Ok(answer) => {
            <Db as Connection>::TransactionManager::commit_transaction(db)?;
            Ok(answer)
        }
        Err(error) => {
            rollback(db);
            Err(error)
        }
    }
}

/// A connection that cannot be rolled back is broken, and its pool drops it.
fn rollback(db: &mut Db) {
    let _broken = <Db as Connection>::TransactionManager::rollback_transaction(db);
}
