//! Bringing a database up to date, and back.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Db;
use crate::StoreError;

const CONTROL_SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/control/sqlite");
const CONTROL_POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/control/postgres");
const TENANT_SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/tenant/sqlite");
const TENANT_POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/tenant/postgres");

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
    done.map_err(|error| StoreError::Migration(error.to_string()))
}

/// The versions of every migration of a kind, in order.
pub(super) fn versions(side: Side, kind: Kind) -> Result<Vec<String>, StoreError> {
    use diesel::migration::MigrationSource;
    let wrong =
        |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Migration(error.to_string());
    let all = side.migrations(kind);
    let mut names: Vec<String> = MigrationSource::<diesel::pg::Pg>::migrations(&all)
        .map_err(wrong)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    names.sort();
    Ok(names)
}
