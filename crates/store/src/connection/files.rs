//! The embedded database: one file for the installation, and one for each Board.

use quantities::TenantCode;
use std::path::{Path, PathBuf};

use super::migrations::{self, Side};
use super::{DbPool, Opener};
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
        open(&self.control_file(), Side::Control)
    }

    /// The database of a Board, made where it is missing and brought up to date.
    pub(crate) fn tenant(&self, code: &TenantCode) -> Result<DbPool, StoreError> {
        open(&self.tenant_file(code), Side::Tenant)
    }

    /// Undoes the migrations after a version: of the installation's database, or of a Board's.
    pub(crate) fn down(&self, board: Option<&TenantCode>, to: &str) -> Result<u64, StoreError> {
        let (file, side) = match board {
            None => (self.control_file(), Side::Control),
            Some(code) => (self.tenant_file(code), Side::Tenant),
        };
        migrations::down(&mut opener(&file)?.at_once()?, side, to)
    }

    fn control_file(&self) -> PathBuf {
        self.folder.join("control.sqlite")
    }

    fn tenant_file(&self, code: &TenantCode) -> PathBuf {
        self.folder.join("tenants").join(format!("{code}.sqlite"))
    }
}

fn open(file: &Path, side: Side) -> Result<DbPool, StoreError> {
    let opener = opener(file)?;
    migrations::up(&mut opener.at_once()?, side)?;
    Ok(opener.pool(POOL_SIZE))
}

fn opener(file: &Path) -> Result<Opener, StoreError> {
    let path = file.to_str().ok_or_else(|| {
        StoreError::Unavailable(format!("{} is not a UTF-8 path", file.display()))
    })?;
    Ok(Opener::File(path.to_owned()))
}
