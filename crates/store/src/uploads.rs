//! Uploaded files between their arrival and the end of their check.

use quantities::TenantCode;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tenancy::{Permitted, Scope, Worker};
use uuid::Uuid;

use crate::{Store, StoreError, SubmissionId};

/// How the name of a file that is still arriving begins, and of a folder where one is unpacked.
pub const ARRIVING: &str = "arriving-";
/// A file that is still arriving after this long is left over from a crash.
const LEFT_OVER: Duration = Duration::from_secs(24 * 60 * 60);

/// A witness that belongs to one Board.
pub trait WitnessOfTenant: sealed::Sealed {
    /// The Board.
    fn board(&self) -> &TenantCode;
}

impl WitnessOfTenant for Scope {
    fn board(&self) -> &TenantCode {
        self.tenant()
    }
}

impl WitnessOfTenant for Worker {
    fn board(&self) -> &TenantCode {
        self.tenant()
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for tenancy::Scope {}
    impl Sealed for tenancy::Worker {}
}

impl Store {
    /// Where to write a file while it arrives; `receive` or `attach_evidence` takes it from there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn arriving_file<P>(&self, who: &Permitted<P>) -> Result<PathBuf, StoreError> {
        let folder = self.uploads(who.tenant());
        std::fs::create_dir_all(&folder)?;
        Ok(folder.join(format!("{ARRIVING}{}", Uuid::now_v7())))
    }

    /// Where the file of a submission waits for its check.
    pub(crate) fn waiting_file(&self, tenant: &TenantCode, id: &SubmissionId) -> PathBuf {
        self.uploads(tenant).join(id.as_str())
    }

    pub(crate) fn uploads(&self, tenant: &TenantCode) -> PathBuf {
        self.folder().join("uploads").join(tenant.as_str())
    }

    /// Drops what a crash left half arrived.
    pub(crate) fn sweep_uploads(&self, tenant: &TenantCode) -> Result<(), StoreError> {
        let folder = self.uploads(tenant);
        if !folder.is_dir() {
            return Ok(());
        }
        let now = SystemTime::now();
        for entry in folder.read_dir()? {
            let entry = entry?;
            let arriving = entry.file_name().to_string_lossy().starts_with(ARRIVING);
            let age = entry.metadata()?.modified().ok().and_then(|at| now.duration_since(at).ok());
            if arriving && age.is_some_and(|age| age > LEFT_OVER) {
                if entry.file_type()?.is_dir() {
                    std::fs::remove_dir_all(entry.path())?;
                } else {
                    drop_file(&entry.path())?;
                }
            }
        }
        Ok(())
    }
}

/// Removes a file; one that is gone already is fine.
pub(crate) fn drop_file(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
