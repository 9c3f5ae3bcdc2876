//! Bringing a database up to date, and back.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Db;
use crate::StoreError;

const CONTROL_SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/control/sqlite");
const CONTROL_POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/control/postgres");
const TENANT_SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/tenant/sqlite");
const TENANT_POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/tenant/postgres");

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

/// Which of the two sets of tables a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Those of the installation.
    Control,
    /// Those of one Board.
    Tenant,
}

/// Which kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Side {
    /// How such a database came to look as it does.
    pub(crate) const fn migrations(self, kind: Kind) -> EmbeddedMigrations {
        match (self, kind) {
            (Self::Control, Kind::Sqlite) => CONTROL_SQLITE,
            (Self::Control, Kind::Postgres) => CONTROL_POSTGRES,
            (Self::Tenant, Kind::Sqlite) => TENANT_SQLITE,
            (Self::Tenant, Kind::Postgres) => TENANT_POSTGRES,
        }
    }
}

/// Runs what has not been run yet.
pub(super) fn up(db: &mut Db, side: Side) -> Result<(), StoreError> {
    let done = match db {
        Db::Sqlite(file) => file.run_pending_migrations(side.migrations(Kind::Sqlite)).map(|_| ()),
        Db::Postgres(server) => {
            server.run_pending_migrations(side.migrations(Kind::Postgres)).map(|_| ())
        }
    };
    done.map_err(|error| StoreError::Migration(error.to_string()))?;
    are_current(db, side)
}

/// Undoes every migration after a version, the newest first, and returns how many there were.
pub(super) fn down(db: &mut Db, side: Side, to: &str) -> Result<u64, StoreError> {
    let mut undone = 0_u64;
    while let Some(newest) = applied(db)?.last() {
        if newest.as_str() <= to {
            break;
        }
        let reverted = match db {
            Db::Sqlite(file) => {
                file.revert_last_migration(side.migrations(Kind::Sqlite)).map(|_| ())
            }
            Db::Postgres(server) => {
                server.revert_last_migration(side.migrations(Kind::Postgres)).map(|_| ())
            }
        };
        reverted.map_err(|error| StoreError::Migration(error.to_string()))?;
        undone = undone.saturating_add(1);
    }
    Ok(undone)
}

/// The versions that have been run, in order.
fn applied(db: &mut Db) -> Result<Vec<String>, StoreError> {
    __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .order(__diesel_schema_migrations::version)
        .load(db)
        .map_err(|error| StoreError::Migration(error.to_string()))
}

/// Whether every migration that this program knows has been run, and no other.
pub(super) fn are_current(db: &mut Db, side: Side) -> Result<(), StoreError> {
    let run = applied(db)?;
    let known = versions(side)?;
    if run == known {
        return Ok(());
    }
    let newest =
        |versions: &[String]| versions.last().cloned().unwrap_or_else(|| "none".to_owned());
    Err(StoreError::Migration(format!(
        "its newest migration is {} and this program's is {}: run `valuebook admin migrate` of the \
         newer program, on a server with the owner's login",
        newest(&run),
        newest(&known)
    )))
}

/// The versions of every migration, in order: both kinds of database have the same, as a test sees
/// to.
fn versions(side: Side) -> Result<Vec<String>, StoreError> {
    use diesel::migration::MigrationSource;
    let wrong =
        |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Migration(error.to_string());
    let all = side.migrations(Kind::Postgres);
    let mut names: Vec<String> = MigrationSource::<diesel::pg::Pg>::migrations(&all)
        .map_err(wrong)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    names.sort();
    Ok(names)
}

/// The newest migration that this program knows.
pub(crate) fn newest(side: Side) -> Result<String, StoreError> {
    Ok(versions(side)?.pop().unwrap_or_default())
}
