use diesel::prelude::*;
use quantities::TenantCode;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tenancy::MasterKey;

use crate::StoreError;
use crate::audit::{self, Event};
use crate::connection::{self, CONTROL, Db, DbPool, Pooled, TENANT};
use crate::key;
use crate::people::tenant_exists;
use crate::schema::control::tenants;
use crate::time::Clock;

/// All databases of the installation. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    control: DbPool,
    tenants: RwLock<BTreeMap<TenantCode, DbPool>>,
    clock: Clock,
    key: MasterKey,
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
        Self::open_with(folder.as_ref(), Clock::System)
    }

    pub(crate) fn open_with(folder: &Path, clock: Clock) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder.join("tenants"))?;
        let control = connection::open(&folder.join("control.sqlite"), CONTROL)?;
        let key = key::of_folder(folder)?;
        let tenants = RwLock::default();
        let inner = Inner { folder: folder.to_owned(), control, tenants, clock, key };
        let store = Self { inner: Arc::new(inner) };
        let codes: Vec<String> = tenants::table
            .select(tenants::code)
            .order(tenants::code)
            .load(&mut *store.control()?)?;
        for code in codes {
            let code = code.parse().map_err(|_| StoreError::Corrupt("Board"))?;
            store.open_tenant(&code)?;
            store.sweep_uploads(&code)?;
        }
        Ok(store)
    }

    /// The folder that holds everything.
    pub(crate) fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Microseconds since 1970, UTC.
    pub(crate) fn now(&self) -> i64 {
        self.inner.clock.now()
    }

    /// What every other secret of the installation is derived from.
    #[expect(dead_code, reason = "the first secrets that need it come next")]
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
            Some(pool) => pool,
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

    pub(crate) fn open_tenant(&self, code: &TenantCode) -> Result<DbPool, StoreError> {
        let file = self.inner.folder.join("tenants").join(format!("{code}.sqlite"));
        let mut tenants = self.inner.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = tenants.get(code) {
            return Ok(pool.clone());
        }
        let pool = connection::open(&file, TENANT)?;
        tenants.insert(code.clone(), pool.clone());
        Ok(pool)
    }

    /// Changes a Board's database: the change and its audit line, or neither.
    pub(crate) fn change<T>(
        &self,
        tenant: &TenantCode,
        person: &str,
        work: impl FnOnce(&mut Db, i64) -> Result<Change<T>, StoreError>,
    ) -> Result<T, StoreError> {
        self.change_in(&mut *self.tenant(tenant)?, person, work)
    }

    /// Changes the control database: the change and its audit line, or neither.
    pub(crate) fn change_control<T>(
        &self,
        person: &str,
        work: impl FnOnce(&mut Db, i64) -> Result<Change<T>, StoreError>,
    ) -> Result<T, StoreError> {
        self.change_in(&mut *self.control()?, person, work)
    }

    fn change_in<T>(
        &self,
        db: &mut Db,
        person: &str,
        work: impl FnOnce(&mut Db, i64) -> Result<Change<T>, StoreError>,
    ) -> Result<T, StoreError> {
        connection::write(db, |db| {
            let now = self.now();
            match work(db, now)? {
                Change::Made(answer, event) => {
                    audit::record(db, now, person, event)?;
                    Ok(answer)
                }
                Change::Nothing(answer) => Ok(answer),
            }
        })
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("folder", &self.inner.folder).finish_non_exhaustive()
    }
}
