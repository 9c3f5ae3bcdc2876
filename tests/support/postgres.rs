//! A PostgreSQL database of a test's own, on the server that `scripts/postgres.sh` starts.

#![expect(clippy::expect_used, reason = "a test without its database has failed")]

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names the server: the address of a login that may make databases and roles.
const SERVER: &str = "VALUEBOOK_TEST_POSTGRES";
/// Set to `postgres`, tests that would use files use a database of their own there.
const ON: &str = "VALUEBOOK_TEST_ON";

static MADE: AtomicU32 = AtomicU32::new(0);

/// A database that is dropped, with its logins, when the test ends.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// A new empty database; nothing, with a message, where there is no server.
    #[must_use]
    pub fn new() -> Option<Self> {
        let Ok(server) = std::env::var(SERVER) else {
            println!("skipped: {SERVER} names no server (see scripts/postgres.sh)");
            return None;
        };
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("vb_{}_{number}", std::process::id());
        let made = Self { server, name };
        made.run("postgres", &format!("CREATE DATABASE {}", made.name));
        Some(made)
    }

    /// A new empty database where the tests are told to use one: otherwise they use files.
    #[must_use]
    pub fn where_told() -> Option<Self> {
        let told = std::env::var(ON).is_ok_and(|on| on == "postgres");
        if told { Some(Self::new().expect("a server")) } else { None }
    }

    /// The address by which its owner connects.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs statements as the owner and returns what they print, a line a row.
    pub fn sql(&self, statements: &str) -> String {
        self.run(&self.name, statements)
    }

    fn run(&self, database: &str, statements: &str) -> String {
        self.psql(&format!("{}/{database}", self.server), statements).expect("the statements run")
    }

    /// Runs statements at another address, such as another login's.
    ///
    /// # Errors
    /// What the server says where it refuses.
    pub fn psql(&self, url: &str, statements: &str) -> Result<String, String> {
        let output = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--command", statements, url])
            .output()
            .expect("psql runs");
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

/// The whole server is thrown away in the end: what is still in use stays until then.
impl Drop for Database {
    fn drop(&mut self) {
        let name = &self.name;
        let at = format!("{}/postgres", self.server);
        let logins = format!("SELECT rolname FROM pg_roles WHERE rolname LIKE '{name}\\_%'");
        let dropped = self.psql(&at, &format!("DROP DATABASE {name} WITH (FORCE)"));
        let logins = dropped.and_then(|_| self.psql(&at, &logins));
        for login in logins.unwrap_or_default().lines() {
            let _kept = self.psql(&at, &format!("DROP ROLE \"{login}\""));
        }
    }
}
