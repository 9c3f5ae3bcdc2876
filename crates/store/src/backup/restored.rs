//! A fresh system made of a backup.

use quantities::TenantCode;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use tenancy::Operator;
use zip::ZipArchive;

use super::Backup;
use super::archive::{Hashed, MANIFEST, Manifest, SCHEMA};
use super::rows::{CONTROL, TENANT, Table};
use crate::connection::{self, Db, Side};
use crate::{Store, StoreError};

/// A backup that is being read.
struct Archive {
    zip: ZipArchive<BufReader<File>>,
    manifest: Manifest,
}

fn wrong(why: impl Into<String>) -> StoreError {
    StoreError::Backup(why.into())
}

impl Archive {
    fn open(file: &Path) -> Result<Self, StoreError> {
        let mut zip =
            ZipArchive::new(BufReader::new(File::open(file)?)).map_err(StoreError::of_backup)?;
        let part = zip.by_name(MANIFEST).map_err(StoreError::of_backup)?;
        let manifest: Manifest = serde_json::from_reader(part)
            .map_err(|error| wrong(format!("its manifest cannot be read: {error}")))?;
        Ok(Self { zip, manifest })
    }

    /// Whether this program, with this master key, can restore it.
    fn fits(&self, store: &Store) -> Result<(), StoreError> {
        let Manifest { schema, control_migration, tenant_migration, .. } = &self.manifest;
        if schema != SCHEMA {
            return Err(wrong(format!("it is a {schema}, and this program reads {SCHEMA}")));
        }
        let known = (connection::newest(Side::Control)?, connection::newest(Side::Tenant)?);
        if (control_migration, tenant_migration) != (&known.0, &known.1) {
            return Err(wrong(format!(
                "it was made with the migrations {control_migration} and {tenant_migration}, and \
                 this program has {} and {}: restore it with the program that made it, then bring \
                 the databases up to date with this one",
                known.0, known.1
            )));
        }
        if store.key().mark("backup", &self.manifest.marked_text()?) != self.manifest.mark {
            return Err(wrong(
                "its manifest is not what this master key marked: give the key of the \
                 installation that was backed up, or the backup has been changed",
            ));
        }
        Ok(())
    }

    /// Calls `take` with the content of a part, and checks that it was what the manifest says.
    fn part<T>(
        &mut self,
        name: &str,
        take: impl FnOnce(&mut dyn BufRead) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let said = self.manifest.parts.get(name).map(|part| part.sha256.clone());
        let said = said.ok_or_else(|| wrong(format!("{name} is missing")))?;
        let part = self.zip.by_name(name).map_err(StoreError::of_backup)?;
        let mut from = BufReader::new(Hashed::new(part));
        let taken = take(&mut from)?;
        // Whatever was left unread counts as well.
        std::io::copy(&mut from, &mut std::io::sink())?;
        if from.into_inner().sha256() == said {
            Ok(taken)
        } else {
            Err(wrong(format!("{name} has been changed or damaged")))
        }
    }

    fn rows(&mut self, db: &mut Db, folder: &str, tables: &[Table]) -> Result<(), StoreError> {
        for table in tables {
            let name = format!("{folder}/{}", table.name);
            self.part(&name, |from| (table.read)(db, from))?;
        }
        Ok(())
    }

    /// Every file of a folder of the backup, put into a folder on disk.
    fn files(&mut self, folder: &str, place: &Path) -> Result<(), StoreError> {
        let names: Vec<String> = self
            .manifest
            .parts
            .keys()
            .filter_map(|name| name.strip_prefix(&format!("{folder}/")).map(str::to_owned))
            .collect();
        for name in names {
            // Our own files are named by ids and hashes.
            if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(wrong(format!("{folder}/{name} is no file of ours")));
            }
            std::fs::create_dir_all(place)?;
            let mut file = File::create_new(place.join(&name))?;
            self.part(&format!("{folder}/{name}"), |from| {
                std::io::copy(from, &mut file)?;
                Ok(file.sync_all()?)
            })?;
        }
        Ok(())
    }
}

impl Store {
    /// Makes a fresh system what a backup says: everything equal but for sessions.
    ///
    /// # Errors
    /// When there is a Board already, or the backup is damaged, of another version or of another
    /// master key.
    pub fn restore(&self, operator: &Operator, file: &Path) -> Result<Backup, StoreError> {
        if !self.tenants(operator)?.is_empty() {
            return Err(StoreError::Conflict(
                "there are Boards here already: restore into an empty system".to_owned(),
            ));
        }
        let mut archive = Archive::open(file)?;
        archive.fits(self)?;
        for board in archive.manifest.boards.clone() {
            let code: TenantCode =
                board.parse().map_err(|_| wrong(format!("{board} is not the code of a Board")))?;
            self.make_tenant(&code)?;
            let folder = format!("boards/{code}");
            archive.files(&format!("{folder}/uploads"), &self.uploads(&code))?;
            archive.files(&format!("{folder}/evidence"), &self.evidence_folder(&code))?;
            let mut db = self.tenant_in_making(&code)?;
            connection::write(&mut db, |db| archive.rows(db, &folder, TENANT))?;
        }
        // Last: until now there are no Boards for anyone.
        connection::write(&mut *self.control()?, |db| archive.rows(db, "control", CONTROL))?;
        Ok(archive.manifest.covers())
    }
}
