//! Files attached to a dispute: kept in the data folder by their hash, never changed.

use diesel::prelude::*;
use jiff::Timestamp;
use quantities::TenantCode;
use std::path::{Path, PathBuf};
use tenancy::{Permitted, PersonId, demand};

use super::open;
use super::row::find;
use crate::audit::Event;
use crate::connection::Db;
use crate::schema::tenant::dispute_files;
use crate::store::Change;
use crate::time::{from_db, time, to_db};
use crate::uploads::drop_file;
use crate::{DisputeId, Store, StoreError};

/// Most files of one dispute.
const MOST_FILES: usize = 20;

/// A file that has arrived whole, to be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvidence {
    /// Its name as it was sent.
    pub file_name: String,
    /// Its media type.
    pub media_type: String,
    /// The SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// An attached file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceFile {
    /// The file.
    pub file: NewEvidence,
    /// When it was attached.
    pub added_at: Timestamp,
    /// Who attached it.
    pub added_by: PersonId,
}

type Row = (String, String, String, i64, i64, String);

/// The files of a dispute, oldest first.
pub(super) fn of(db: &mut Db, id: &str) -> Result<Vec<EvidenceFile>, StoreError> {
    let rows: Vec<Row> = dispute_files::table
        .filter(dispute_files::dispute_id.eq(id))
        .order((dispute_files::added_at, dispute_files::sha256))
        .select((
            dispute_files::file_name,
            dispute_files::media_type,
            dispute_files::sha256,
            dispute_files::file_bytes,
            dispute_files::added_at,
            dispute_files::added_by,
        ))
        .load(db)?;
    let files = rows.into_iter().map(|(file_name, media_type, sha256, bytes, at, by)| {
        let file = NewEvidence { file_name, media_type, sha256, bytes: from_db(bytes)? };
        Ok(EvidenceFile { file, added_at: time(at)?, added_by: PersonId::new(by) })
    });
    files.collect()
}

impl Store {
    /// Attaches a file that has arrived to an open dispute that this person may see. The same file
    /// again changes nothing.
    ///
    /// # Errors
    /// When there is no such dispute, it has ended, or it has too many files.
    pub fn attach_evidence(
        &self,
        who: &Permitted<demand::Dispute>,
        id: &DisputeId,
        new: &NewEvidence,
        arrived: &Path,
    ) -> Result<(), StoreError> {
        let place = self.evidence_file(who.tenant(), &new.sha256)?;
        let kept = self.change(who.tenant(), who.person().as_str(), |db, now| {
            find(db, who, id)?;
            open(db, id)?;
            let files = of(db, id.as_str())?;
            if files.iter().any(|it| it.file.sha256 == new.sha256) {
                return Ok(Change::Nothing(()));
            }
            if files.len() >= MOST_FILES {
                let why = format!("a dispute has at most {MOST_FILES} files");
                return Err(StoreError::Invalid(why));
            }
            diesel::insert_into(dispute_files::table)
                .values((
                    dispute_files::dispute_id.eq(id.as_str()),
                    dispute_files::sha256.eq(&new.sha256),
                    dispute_files::file_name.eq(new
                        .file_name
                        .chars()
                        .take(200)
                        .collect::<String>()),
                    dispute_files::media_type.eq(&new.media_type),
                    dispute_files::file_bytes.eq(to_db(new.bytes)?),
                    dispute_files::added_at.eq(now),
                    dispute_files::added_by.eq(who.person().as_str()),
                ))
                .execute(db)?;
            // By its hash: where it is there already, it is the same.
            std::fs::rename(arrived, &place)?;
            let event = Event::new("dispute.attach", id).with("file_sha256", new.sha256.as_str());
            Ok(Change::Made((), event))
        });
        drop_file(arrived)?;
        kept
    }

    /// An attached file and where it is.
    ///
    /// # Errors
    /// When there is no such file of a dispute that this person may see.
    pub fn evidence(
        &self,
        who: &Permitted<demand::Dispute>,
        id: &DisputeId,
        sha256: &str,
    ) -> Result<(EvidenceFile, PathBuf), StoreError> {
        let mut db = self.tenant(who.tenant())?;
        find(&mut db, who, id)?;
        let mut files = of(&mut db, id.as_str())?.into_iter();
        let file = files.find(|it| it.file.sha256 == sha256).ok_or(StoreError::NotFound)?;
        let place = self.evidence_file(who.tenant(), &file.file.sha256)?;
        Ok((file, place))
    }

    fn evidence_file(&self, tenant: &TenantCode, sha256: &str) -> Result<PathBuf, StoreError> {
        let folder = self.evidence_folder(tenant);
        std::fs::create_dir_all(&folder)?;
        Ok(folder.join(sha256))
    }

    /// Where a Board's attached files are.
    pub(crate) fn evidence_folder(&self, tenant: &TenantCode) -> PathBuf {
        self.folder().join("evidence").join(tenant.as_str())
    }
}
