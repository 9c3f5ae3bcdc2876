//! The embedded database: one file for the installation, and one for each Board.

use quantities::TenantCode;
use std::path::{Path, PathBuf};

use super::migrations::{self, Side};
use super::{DbPool, Opener, get};
use crate::StoreError;

/// Connections of one file.
const POOL_SIZE: u32 = 4;

/// The folder of the files.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    /// The files in a folder, which is made where it is missing.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder.join("tenants"))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The database of the installation, made where it is missing and brought up to date.
    pub(crate) fn control(&self) -> Result<DbPool, StoreError> {
        open(&self.folder.join("control.sqlite"), Side::Control)
    }

    /// The database of a Board, made where it is missing and brought up to date.
    pub(crate) fn tenant(&self, code: &TenantCode) -> Result<DbPool, StoreError> {
        open(&self.folder.join("tenants").join(format!("{code}.sqlite")), Side::Tenant)
    }
}

fn open(file: &Path, side: Side) -> Result<DbPool, StoreError> {
    let path = file.to_str().ok_or_else(|| {
        StoreError::Unavailable(format!("{} is not a UTF-8 path", file.display()))
    })?;
    let pool = Opener::File(path.to_owned()).pool(POOL_SIZE);
    migrations::up(&mut *get(&pool)?, side)?;
    Ok(pool)
}
