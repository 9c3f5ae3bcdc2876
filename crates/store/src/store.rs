use diesel::prelude::*;
use quantities::TenantCode;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tenancy::{MasterKey, Operator};

use crate::StoreError;
use crate::audit::{self, Event};
use crate::connection::{self, Db, DbPool, Files, Pooled, Server};
use crate::key;
use crate::people::tenant_exists;
use crate::schema::control::tenants;
use crate::time::Clock;

/// Where everything is kept.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder of uploaded files, and of the databases unless they are on a server.
    pub folder: PathBuf,
    /// A PostgreSQL database: `postgres://login:password@host/database`. With the login of its
    /// owner it is set up and brought up to date; without one it must be already.
    pub database_url: Option<String>,
    /// The secret from which all others are derived; kept in the folder unless given.
    pub master_key: Option<MasterKey>,
}

impl Place {
    /// Everything in one folder.
    #[must_use]
    pub fn folder(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_owned(), database_url: None, master_key: None }
    }
}

/// All databases of the installation. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    databases: Databases,
    control: DbPool,
    tenants: RwLock<BTreeMap<TenantCode, Opened>>,
    clock: Clock,
    key: MasterKey,
}

enum Databases {
    Files(Files),
    Server(Server),
}

impl Databases {
    fn at(place: &Place, folder: &Path) -> Result<Self, StoreError> {
        match &place.database_url {
            Some(url) => Ok(Self::Server(Server::at(url)?)),
            None => Ok(Self::Files(Files::in_folder(folder)?)),
        }
    }

    fn down(&self, board: Option<&TenantCode>, to: &str) -> Result<u64, StoreError> {
        match self {
            Self::Files(files) => files.down(board, to),
            Self::Server(server) => server.down(board, to),
        }
    }

    fn control(&self, key: &MasterKey) -> Result<DbPool, StoreError> {
        match self {
            Self::Files(files) => files.control(),
            Self::Server(server) => server.control(key),
        }
    }

    fn tenant(&self, code: &TenantCode, key: &MasterKey) -> Result<DbPool, StoreError> {
        match self {
            Self::Files(files) => files.tenant(code),
            Self::Server(server) => server.tenant(code, key),
        }
    }

    fn new_tenant(&self, code: &TenantCode, key: &MasterKey) -> Result<DbPool, StoreError> {
        match self {
            Self::Files(files) => files.tenant(code),
            Self::Server(server) => server.new_tenant(code, key),
        }
    }
}

/// A Board's database, or that it could not be brought up to date: the others go on.
#[derive(Clone)]
enum Opened {
    Pool(DbPool),
    Quarantined(String),
}

/// What a change leaves behind: an answer, and a line for the audit record where something
/// changed.
pub(crate) enum Change<T> {
    Made(T, Event),
    Nothing(T),
}

impl Store {
    /// Opens the databases under a folder, making what is missing, and brings them up to date.
    ///
    /// # Errors
    /// When the folder cannot be written or a migration fails.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_at(&Place::folder(folder))
    }

    /// Opens the databases of a place, making what is missing, and brings them up to date. A Board
    /// whose database cannot be is put aside: the others are served.
    ///
    /// # Errors
    /// When the installation's own database cannot be opened or brought up to date.
    pub fn open_at(place: &Place) -> Result<Self, StoreError> {
        Self::open_with(place, Clock::System)
    }

    pub(crate) fn open_with(place: &Place, clock: Clock) -> Result<Self, StoreError> {
        let folder = place.folder.clone();
        std::fs::create_dir_all(&folder)?;
        let key = place.master_key.clone().map_or_else(|| key::of_folder(&folder), Ok)?;
        let databases = Databases::at(place, &folder)?;
        let control = databases.control(&key)?;
        let tenants = RwLock::default();
        let inner = Inner { folder, databases, control, tenants, clock, key };
        let store = Self { inner: Arc::new(inner) };
        let codes: Vec<String> = tenants::table
            .select(tenants::code)
            .order(tenants::code)
            .load(&mut *store.control()?)?;
        for code in codes {
            let code = code.parse().map_err(|_| StoreError::Corrupt("Board"))?;
            match store.open_tenant(&code) {
                Ok(_) => store.sweep_uploads(&code)?,
                Err(error) => store.quarantine(&code, &error),
            }
        }
        Ok(store)
    }

    /// The Boards whose databases could not be opened or brought up to date, and why.
    #[must_use]
    pub fn put_aside(&self, _: &Operator) -> Vec<(TenantCode, String)> {
        let tenants = self.inner.tenants.read().unwrap_or_else(PoisonError::into_inner);
        let aside = tenants.iter().filter_map(|(code, opened)| match opened {
            Opened::Quarantined(why) => Some((code.clone(), why.clone())),
            Opened::Pool(_) => None,
        });
        aside.collect()
    }

    /// Undoes migrations, the newest first, so that an older program can be run again: those of
    /// the Boards' databases after one version, and those of the installation's after another.
    /// Returns how many there were. What the newer columns held is lost: make a backup first.
    ///
    /// # Errors
    /// When a database cannot be opened, or a migration cannot be undone.
    pub fn migrate_down(
        self,
        operator: &Operator,
        boards_to: Option<&str>,
        control_to: Option<&str>,
    ) -> Result<u64, StoreError> {
        let mut undone = 0_u64;
        if let Some(to) = boards_to {
            for board in self.tenants(operator)? {
                let count = self.inner.databases.down(Some(&board.code), to)?;
                undone = undone.saturating_add(count);
            }
        }
        if let Some(to) = control_to {
            undone = undone.saturating_add(self.inner.databases.down(None, to)?);
        }
        Ok(undone)
    }

    /// The folder that holds everything.
    pub(crate) fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Where the time comes from.
    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Microseconds since 1970, UTC.
    pub(crate) fn now(&self) -> i64 {
        self.inner.clock.now()
    }

    /// What every other secret of the installation is derived from.
    pub(crate) fn key(&self) -> &MasterKey {
        &self.inner.key
    }

    /// A connection to the control database.
    pub(crate) fn control(&self) -> Result<Pooled, StoreError> {
        connection::get(&self.inner.control)
    }

    /// A connection to a Board's own database. A Board that is not known has none.
    pub(crate) fn tenant(&self, code: &TenantCode) -> Result<Pooled, StoreError> {
        let known = {
            let tenants = self.inner.tenants.read().unwrap_or_else(PoisonError::into_inner);
            tenants.get(code).cloned()
        };
        let pool = match known {
            Some(Opened::Pool(pool)) => pool,
            Some(Opened::Quarantined(why)) => return Err(StoreError::Quarantined(why)),
            // Made by another process since this one started.
            None => {
                if !tenant_exists(&mut *self.control()?, code)? {
                    return Err(StoreError::NotFound);
                }
                self.open_tenant(code)?
            }
        };
        connection::get(&pool)
    }

    fn open_tenant(&self, code: &TenantCode) -> Result<DbPool, StoreError> {
        let mut tenants = self.inner.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Opened::Pool(pool)) = tenants.get(code) {
            return Ok(pool.clone());
        }
        let pool = self.inner.databases.tenant(code, self.key())?;
        tenants.insert(code.clone(), Opened::Pool(pool.clone()));
        Ok(pool)
    }

    /// A connection to the database of a Board that is not recorded yet.
    pub(crate) fn tenant_in_making(&self, code: &TenantCode) -> Result<Pooled, StoreError> {
        connection::get(&self.open_tenant(code)?)
    }

    /// Makes the database of a Board that is about to be recorded.
    pub(crate) fn make_tenant(&self, code: &TenantCode) -> Result<(), StoreError> {
        let pool = self.inner.databases.new_tenant(code, self.key())?;
        let mut tenants = self.inner.tenants.write().unwrap_or_else(PoisonError::into_inner);
        tenants.insert(code.clone(), Opened::Pool(pool));
        Ok(())
    }

    /// Puts a Board aside whose database could not be opened.
    fn quarantine(&self, code: &TenantCode, error: &StoreError) {
        let why = error.to_string();
        let mut tenants = self.inner.tenants.write().unwrap_or_else(PoisonError::into_inner);
        tenants.insert(code.clone(), Opened::Quarantined(why));
    }

    /// Changes a Board's database: the change and its audit line, or neither.
    pub(crate) fn change<T>(
        &self,
        tenant: &TenantCode,
        person: &str,
        work: impl FnOnce(&mut Db, i64) -> Result<Change<T>, StoreError>,
    ) -> Result<T, StoreError> {
        self.change_in(&mut *self.tenant(tenant)?, tenant.as_str(), by(person, work))
    }

    /// Changes the control database: the change and its audit line, or neither.
    pub(crate) fn change_control<T>(
        &self,
        person: &str,
        work: impl FnOnce(&mut Db, i64) -> Result<Change<T>, StoreError>,
    ) -> Result<T, StoreError> {
        self.change_in(&mut *self.control()?, audit::CONTROL, by(person, work))
    }

    /// The same where only the change finds out whose it is.
    pub(crate) fn change_control_by<T>(
        &self,
        work: impl FnOnce(&mut Db, i64) -> Result<(String, Change<T>), StoreError>,
    ) -> Result<T, StoreError> {
        self.change_in(&mut *self.control()?, audit::CONTROL, work)
    }

    fn change_in<T>(
        &self,
        db: &mut Db,
        whose: &str,
        work: impl FnOnce(&mut Db, i64) -> Result<(String, Change<T>), StoreError>,
    ) -> Result<T, StoreError> {
        connection::write(db, |db| {
            let now = self.clock().of(db)?;
            match work(db, now)? {
                (person, Change::Made(answer, event)) => {
                    audit::record(db, now, &person, event, &self.seal(whose))?;
                    Ok(answer)
                }
                (_, Change::Nothing(answer)) => Ok(answer),
            }
        })
    }
}

/// A change by somebody who is known before it.
fn by<T>(
    person: &str,
    work: impl FnOnce(&mut Db, i64) -> Result<Change<T>, StoreError>,
) -> impl FnOnce(&mut Db, i64) -> Result<(String, Change<T>), StoreError> {
    move |db, now| Ok((person.to_owned(), work(db, now)?))
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("folder", &self.inner.folder).finish_non_exhaustive()
    }
}
