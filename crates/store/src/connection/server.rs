//! A PostgreSQL server: one schema and one login role for each Board, so that no statement on a
//! Board's connection can reach another's rows, whatever it says.
//!
//! The tables belong to the owner, who sets the database up and never serves a request. The login
//! of a Board may use its own schema alone, and there may neither change nor delete what is
//! recorded for good.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sql_types::{BigInt, Bool, Text};
use quantities::TenantCode;
use tenancy::MasterKey;

use super::logins::{Address, Login, quoted};
use super::migrations::{self, Kind, Side};
use super::{Db, DbPool, Opener};
use crate::StoreError;

/// Connections of one Board from one node. Most Boards have nobody at work most of the time.
const TENANT_POOL: u32 = 2;
/// Connections of the installation's own database from one node.
const CONTROL_POOL: u32 = 4;
/// Whoever sets up waits for whoever does so already: any number that nobody else uses.
const SETTING_UP: i64 = 0x7661_6c75_6562_6f6f;

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

#[derive(QueryableByName)]
struct Granted {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    is_for_good: bool,
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
        let mut db =
            opener.connect().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        is_up_to_date(&mut db, side)?;
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
        let owner = PgConnection::establish(owner)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let mut db = Db::Postgres(owner);
        diesel::sql_query("SELECT pg_advisory_lock($1)")
            .bind::<BigInt, _>(SETTING_UP)
            .execute(postgres(&mut db)?)?;
        let done = self.made(&mut db, login, side, key);
        // The lock ends with the connection.
        drop(db);
        done
    }

    fn made(
        &self,
        db: &mut Db,
        login: &Login,
        side: Side,
        key: &MasterKey,
    ) -> Result<(), StoreError> {
        self.make_login(postgres(db)?, login, key)?;
        let (name, schema) = (quoted(&login.name), quoted(&login.schema));
        db.batch_execute(&format!(
            "CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path TO {schema};"
        ))?;
        migrations::up(db, side)?;
        let server = postgres(db)?;
        server.batch_execute(&format!(
            "GRANT USAGE ON SCHEMA {schema} TO {name}; \
             REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name};"
        ))?;
        for table in granted(server, &login.schema)? {
            let rights = match (table.name.as_str(), table.is_for_good) {
                ("__diesel_schema_migrations", _) => "SELECT",
                ("gate", _) => "SELECT, UPDATE",
                (_, true) => "SELECT, INSERT",
                (_, false) => "SELECT, INSERT, UPDATE, DELETE",
            };
            let table = quoted(&table.name);
            server.batch_execute(&format!("GRANT {rights} ON {schema}.{table} TO {name}"))?;
        }
        Ok(())
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

/// The tables of a schema, and which of them refuse to be changed.
fn granted(db: &mut PgConnection, schema: &str) -> Result<Vec<Granted>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT c.relname::text AS name, EXISTS (SELECT FROM pg_trigger t \
             JOIN pg_proc p ON p.oid = t.tgfoid \
             WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change') AS is_for_good \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname",
    )
    .bind::<Text, _>(schema)
    .load(db)?)
}

/// Whether every migration that this program knows has been run, and no other.
fn is_up_to_date(db: &mut Db, side: Side) -> Result<(), StoreError> {
    let run: Vec<String> = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .order(__diesel_schema_migrations::version)
        .load(db)
        .map_err(|error| StoreError::Migration(error.to_string()))?;
    let known = migrations::versions(side, Kind::Postgres)?;
    if run == known {
        return Ok(());
    }
    let newest =
        |versions: &[String]| versions.last().cloned().unwrap_or_else(|| "none".to_owned());
    Err(StoreError::Migration(format!(
        "its newest migration is {} and this program's is {}: run `valuebook admin migrate` of the \
         newer program with the owner's login",
        newest(&run),
        newest(&known)
    )))
}

fn postgres(db: &mut Db) -> Result<&mut PgConnection, StoreError> {
    match db {
        Db::Postgres(server) => Ok(server),
        Db::Sqlite(_) => Err(StoreError::Corrupt("connection")),
    }
}
