//! Making a backup.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use tenancy::Operator;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::archive::{Hashed, MANIFEST, Manifest, Part, SCHEMA};
use super::rows::{CONTROL, TENANT, Table};
use crate::connection::{self, Db, Side};
use crate::{Store, StoreError};

/// What a backup or a restoration covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The Boards, by code.
    pub boards: Vec<String>,
    /// Rows of all tables.
    pub rows: u64,
    /// Files beside the databases.
    pub files: u64,
}

/// An archive that is being written.
struct Archive {
    zip: ZipWriter<BufWriter<File>>,
    parts: BTreeMap<String, Part>,
}

/// Large parts need the 64-bit form, which every current reader of ZIP knows.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().large_file(true)
}

impl Archive {
    fn rows(&mut self, db: &mut Db, folder: &str, tables: &[Table]) -> Result<(), StoreError> {
        for table in tables {
            let name = format!("{folder}/{}", table.name);
            self.zip.start_file(&name, options()).map_err(StoreError::of_backup)?;
            let mut to = Hashed::new(&mut self.zip);
            let rows = (table.write)(db, &mut to)?;
            let part = Part { sha256: to.sha256(), rows: Some(rows) };
            self.parts.insert(name, part);
        }
        Ok(())
    }

    /// Every file of a folder; nothing where there is no such folder.
    fn files(
        &mut self,
        folder: &str,
        place: &Path,
        keep: fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        if !place.is_dir() {
            return Ok(());
        }
        for entry in place.read_dir()? {
            let entry = entry?;
            let Ok(file_name) = entry.file_name().into_string() else { continue };
            if !entry.file_type()?.is_file() || !keep(&file_name) {
                continue;
            }
            let name = format!("{folder}/{file_name}");
            // Checked and dropped since: then its rows are in the backup instead.
            let mut file = match File::open(entry.path()) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                other => other?,
            };
            self.zip.start_file(&name, options()).map_err(StoreError::of_backup)?;
            let mut to = Hashed::new(&mut self.zip);
            std::io::copy(&mut file, &mut to)?;
            self.parts.insert(name, Part { sha256: to.sha256(), rows: None });
        }
        Ok(())
    }
}

impl Store {
    /// Writes everything there is to a new file, readable by its owner only: every Board, its
    /// files, its people, its audit record. The service may go on meanwhile.
    ///
    /// # Errors
    /// When a database cannot be read, or the file exists or cannot be written.
    pub fn backup(&self, operator: &Operator, file: &Path) -> Result<Backup, StoreError> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let unfinished = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        let zip = ZipWriter::new(BufWriter::new(unfinished.reopen()?));
        let mut archive = Archive { zip, parts: BTreeMap::new() };
        let boards = self.backup_all(operator, &mut archive)?;
        let Archive { mut zip, parts } = archive;
        let mut manifest = Manifest {
            schema: SCHEMA.to_owned(),
            at: self.now(),
            control_migration: connection::newest(Side::Control)?,
            tenant_migration: connection::newest(Side::Tenant)?,
            mark: String::new(),
            boards,
            parts,
        };
        manifest.mark = self.key().mark("backup", &manifest.marked_text()?);
        zip.start_file(MANIFEST, options()).map_err(StoreError::of_backup)?;
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| StoreError::Backup(error.to_string()))?;
        zip.write_all(&text)?;
        let mut written = zip.finish().map_err(StoreError::of_backup)?;
        written.flush()?;
        written.get_ref().sync_all()?;
        unfinished.persist_noclobber(file).map_err(|error| StoreError::File(error.error))?;
        Ok(manifest.covers())
    }

    fn backup_all(
        &self,
        operator: &Operator,
        archive: &mut Archive,
    ) -> Result<Vec<String>, StoreError> {
        connection::read(&mut *self.control()?, |db| archive.rows(db, "control", CONTROL))?;
        let mut boards = Vec::new();
        for board in self.tenants(operator)? {
            let folder = format!("boards/{}", board.code);
            // Files first: one that is dropped meanwhile has left its rows.
            let waiting = |name: &str| !name.starts_with(crate::ARRIVING);
            let uploads = self.uploads(&board.code);
            archive.files(&format!("{folder}/uploads"), &uploads, waiting)?;
            let evidence = self.evidence_folder(&board.code);
            archive.files(&format!("{folder}/evidence"), &evidence, |_| true)?;
            let mut db = self.tenant(&board.code)?;
            connection::read(&mut db, |db| archive.rows(db, &folder, TENANT))?;
            boards.push(board.code.to_string());
        }
        Ok(boards)
    }
}

impl Manifest {
    /// What it covers.
    pub(super) fn covers(&self) -> Backup {
        let rows = self.parts.values().filter_map(|part| part.rows);
        let files = self.parts.values().filter(|part| part.rows.is_none()).count();
        Backup {
            boards: self.boards.clone(),
            rows: rows.sum(),
            files: u64::try_from(files).unwrap_or(u64::MAX),
        }
    }
}
