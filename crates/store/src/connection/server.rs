//! A PostgreSQL server: one schema and one login role for each Board, so that no statement on a
//! Board's connection can reach another's rows, whatever it says.
//!
//! The tables belong to the owner, who sets the database up and never serves a request. The login
//! of a Board may use its own schema alone, and there may neither change nor delete what is
//! recorded for good.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use quantities::TenantCode;
use tenancy::MasterKey;

use super::logins::{Address, Login, quoted};
use super::migrations::{self, Side};
use super::{Db, DbPool, Opener};
use crate::StoreError;

/// Connections of one Board from one node. Most Boards have nobody at work most of the time.
const TENANT_POOL: u32 = 2;
/// Connections of the installation's own database from one node.
const CONTROL_POOL: u32 = 4;
/// Whoever sets up waits for whoever does so already: any number that nobody else uses.
const SETTING_UP: i64 = 0x7661_6c75_6562_6f6f;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

#[derive(QueryableByName)]
struct Granted {
    #[diesel(sql_type = Text)]
    name: String,
    /// Whether its rows may not be changed.
    #[diesel(sql_type = Bool)]
    is_for_good: bool,
    /// Whether they may not be deleted.
    #[diesel(sql_type = Bool)]
    is_kept: bool,
}

/// A database on a server.
pub(crate) struct Server {
    address: Address,
}

impl Server {
    /// The database at an address.
    pub(crate) fn at(url: &str) -> Result<Self, StoreError> {
        Ok(Self { address: Address::read(url)? })
    }

    /// The database of the installation, with its tables made or brought up to date where the
    /// owner's login is known.
    pub(crate) fn control(&self, key: &MasterKey) -> Result<DbPool, StoreError> {
        let login = Login::control(&self.address.database);
        self.open(&login, Side::Control, CONTROL_POOL, key)
    }

    /// The database of a Board, likewise.
    pub(crate) fn tenant(&self, code: &TenantCode, key: &MasterKey) -> Result<DbPool, StoreError> {
        let login = Login::tenant(&self.address.database, code)?;
        self.open(&login, Side::Tenant, TENANT_POOL, key)
    }

    /// The database of a new Board.
    ///
    /// # Errors
    /// Where the owner's login is not known.
    pub(crate) fn new_tenant(
        &self,
        code: &TenantCode,
        key: &MasterKey,
    ) -> Result<DbPool, StoreError> {
        if self.address.of_owner().is_none() {
            return Err(StoreError::Invalid(
                "a Board is added with the login of the database's owner: give an address with it"
                    .to_owned(),
            ));
        }
        self.tenant(code, key)
    }

    fn open(
        &self,
        login: &Login,
        side: Side,
        most: u32,
        key: &MasterKey,
    ) -> Result<DbPool, StoreError> {
        if let Some(owner) = self.address.of_owner() {
            self.set_up(&owner, login, side, key)?;
        }
        let opener = Opener::Server(self.address.of(login, key));
        migrations::are_current(&mut opener.at_once()?, side)?;
        Ok(opener.pool(most))
    }

    /// Makes the login and its schema where they are missing, and brings the tables up to date.
    fn set_up(
        &self,
        owner: &str,
        login: &Login,
        side: Side,
        key: &MasterKey,
    ) -> Result<(), StoreError> {
        alone(owner, |db| self.made(db, login, side, key))
    }

    /// Undoes the migrations after a version: of the installation's database, or of a Board's.
    pub(crate) fn down(&self, board: Option<&TenantCode>, to: &str) -> Result<u64, StoreError> {
        let owner = self.address.of_owner().ok_or_else(|| {
            StoreError::Invalid("migrations are undone with the owner's login".to_owned())
        })?;
        let (login, side) = match board {
            None => (Login::control(&self.address.database), Side::Control),
            Some(code) => (Login::tenant(&self.address.database, code)?, Side::Tenant),
        };
        alone(&owner, |db| {
            db.batch_execute(&format!("SET search_path TO {}", quoted(&login.schema)))?;
            migrations::down(db, side, to)
        })
    }

    fn made(
        &self,
        db: &mut Db,
        login: &Login,
        side: Side,
        key: &MasterKey,
    ) -> Result<(), StoreError> {
        self.make_login(postgres(db)?, login, key)?;
        let schema = quoted(&login.schema);
        db.batch_execute(&format!(
            "CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path TO {schema};"
        ))?;
        migrations::up(db, side)?;
        // All at once: nodes that serve meanwhile never find a right missing.
        postgres(db)?.transaction(|server| grant(server, login))
    }

    fn make_login(
        &self,
        db: &mut PgConnection,
        login: &Login,
        key: &MasterKey,
    ) -> Result<(), StoreError> {
        let known: Found =
            diesel::sql_query("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS found")
                .bind::<Text, _>(&login.name)
                .get_result(db)?;
        let (name, schema) = (quoted(&login.name), quoted(&login.schema));
        let database = quoted(&self.address.database);
        if !known.found {
            // The password has hexadecimal digits only.
            let password = key.password_of(&login.name);
            db.batch_execute(&format!(
                "CREATE ROLE {name} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD '{password}'"
            ))?;
        }
        db.batch_execute(&format!(
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC; \
             REVOKE ALL ON SCHEMA public FROM PUBLIC; \
             GRANT CONNECT ON DATABASE {database} TO {name}; \
             ALTER ROLE {name} IN DATABASE {database} SET search_path = {schema}; \
             ALTER ROLE {name} IN DATABASE {database} SET statement_timeout = '5min'; \
             ALTER ROLE {name} IN DATABASE {database} \
                 SET idle_in_transaction_session_timeout = '1min';"
        ))?;
        Ok(())
    }
}

/// Does something as the owner of the tables while nobody else does.
fn alone<T>(
    owner: &str,
    work: impl FnOnce(&mut Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let owner = PgConnection::establish(owner)
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let mut db = Db::Postgres(owner);
    diesel::sql_query("SELECT pg_advisory_lock($1)")
        .bind::<BigInt, _>(SETTING_UP)
        .execute(postgres(&mut db)?)?;
    // The lock ends with the connection.
    work(&mut db)
}

/// Gives a login its rights to the tables of its schema, and no others.
fn grant(server: &mut PgConnection, login: &Login) -> Result<(), StoreError> {
    let (name, schema) = (quoted(&login.name), quoted(&login.schema));
    server.batch_execute(&format!(
        "GRANT USAGE ON SCHEMA {schema} TO {name}; \
         REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name};"
    ))?;
    for table in granted(server, &login.schema)? {
        let rights = match (table.name.as_str(), table.is_for_good, table.is_kept) {
            ("__diesel_schema_migrations", ..) => "SELECT",
            ("gate", ..) => "SELECT, UPDATE",
            (_, true, _) => "SELECT, INSERT",
            (_, false, true) => "SELECT, INSERT, UPDATE",
            (_, false, false) => "SELECT, INSERT, UPDATE, DELETE",
        };
        let table = quoted(&table.name);
        server.batch_execute(&format!("GRANT {rights} ON {schema}.{table} TO {name}"))?;
    }
    Ok(())
}

/// The tables of a schema, and which of them refuse to be changed.
fn granted(db: &mut PgConnection, schema: &str) -> Result<Vec<Granted>, StoreError> {
    Ok(diesel::sql_query(
        // The bits of tgtype: 16 for UPDATE, 8 for DELETE.
        "SELECT c.relname::text AS name, \
             EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid \
                 WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change' \
                 AND t.tgtype & 16 <> 0) AS is_for_good, \
             EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid \
                 WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change' \
                 AND t.tgtype & 8 <> 0) AS is_kept \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname",
    )
    .bind::<Text, _>(schema)
    .load(db)?)
}

fn postgres(db: &mut Db) -> Result<&mut PgConnection, StoreError> {
    match db {
        Db::Postgres(server) => Ok(server),
        Db::Sqlite(_) => Err(StoreError::Corrupt("connection")),
    }
}
