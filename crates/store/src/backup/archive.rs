//! The parts of a backup and what its manifest says of them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Write};

use crate::StoreError;
use crate::hash::hex;

/// The name and version of the form.
pub(super) const SCHEMA: &str = "valuebook.backup/1";
/// The last part, which says what the others must be.
pub(super) const MANIFEST: &str = "manifest.json";

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// The name and version of the form.
    pub(super) schema: String,
    /// When it was made: microseconds since 1970, UTC.
    pub(super) at: i64,
    /// The newest migration of the installation's database and of the Boards'.
    pub(super) control_migration: String,
    pub(super) tenant_migration: String,
    /// What the master key says of this backup: with another key it does not fit.
    pub(super) mark: String,
    /// The Boards, by code.
    pub(super) boards: Vec<String>,
    /// Every part, by name.
    pub(super) parts: BTreeMap<String, Part>,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// The SHA-256 of its content.
    pub(super) sha256: String,
    /// How many rows it has; nothing of a file.
    pub(super) rows: Option<u64>,
}

impl Manifest {
    /// The text that the master key marks: everything else in the manifest.
    pub(super) fn marked_text(&self) -> Result<String, StoreError> {
        let rest = Self { mark: String::new(), ..self.clone() };
        serde_json::to_string(&rest).map_err(|error| StoreError::Backup(error.to_string()))
    }
}

/// Hashes what passes through.
pub(super) struct Hashed<T> {
    inner: T,
    hash: Sha256,
}

impl<T> Hashed<T> {
    pub(super) fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    /// The SHA-256 of what has passed, in hexadecimal.
    pub(super) fn sha256(self) -> String {
        hex(self.hash.finalize())
    }
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashed<T> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.hash.update(bytes.get(..read).unwrap_or_default());
        Ok(read)
    }
}
