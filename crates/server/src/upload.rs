//! Files stream to disk as they arrive; memory does not grow with them.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::web::{self, Bytes, Payload};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use store::{NewEvidence, NewSubmission, WORKBOOK};
use tenancy::{Permitted, demand};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::actions::answers::of_nobody;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// The largest file: 5 million cost rows take half of it.
const LARGEST: u64 = 1024 * 1024 * 1024;
/// How the names of workbooks end: those of kinds that are not read are refused by their check,
/// which says how to save them.
const WORKBOOKS: [&str; 5] = [".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"];
/// The largest file of evidence.
const LARGEST_EVIDENCE: u64 = 10 * 1024 * 1024;
/// The media type of a workbook.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The longest text field beside a file.
const LONGEST_FIELD: usize = 200;

/// A file that has arrived whole. It is removed when nobody takes it.
#[derive(Debug)]
pub struct Arrived<T = NewSubmission> {
    /// What is known of it.
    pub new: T,
    path: PathBuf,
}

impl<T> Arrived<T> {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl<T> Drop for Arrived<T> {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// A file on its way in.
struct Arriving {
    most: u64,
    path: PathBuf,
    file: Option<File>,
    hash: Sha256,
    bytes: u64,
}

impl Arriving {
    async fn begin<P: Send + 'static>(
        state: &web::Data<AppState>,
        who: &Permitted<P>,
        most: u64,
    ) -> Result<Self, Problem> {
        let who = who.clone();
        let path = blocking(state, move |state| state.store.arriving_file(&who)).await?;
        let file = Some(File::create_new(&path).await?);
        Ok(Self { most, path, file, hash: Sha256::new(), bytes: 0 })
    }

    async fn push(&mut self, chunk: &Bytes) -> Result<(), Problem> {
        let size = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > self.most {
            let most = self.most >> 20;
            return Err(Problem::too_large(format!("the file has more than {most} MiB")));
        }
        self.hash.update(chunk);
        if let Some(file) = &mut self.file {
            file.write_all(chunk).await?;
        }
        Ok(())
    }

    /// The whole file, on disk.
    async fn end<T>(mut self, know: impl FnOnce(String, u64) -> T) -> Result<Arrived<T>, Problem> {
        if let Some(mut file) = self.file.take() {
            file.flush().await?;
            file.sync_all().await?;
        }
        let hash = std::mem::take(&mut self.hash).finalize();
        let path = std::mem::take(&mut self.path);
        let sha256 = openbook::table::hex(&hash);
        Ok(Arrived { new: know(sha256, self.bytes), path })
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn remove(path: &Path) {
    if path.as_os_str().is_empty() {
        return;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(kind = ?error.kind(), "an uploaded file could not be removed");
        }
        _ => {}
    }
}

/// Takes a file that is the whole body of a request.
///
/// # Errors
/// When it is too large or ends early.
pub async fn raw(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Upload>,
    mut body: Payload,
    table: String,
    file_name: Option<String>,
) -> Result<Arrived, Problem> {
    let mut arriving = Arriving::begin(state, who, LARGEST).await?;
    while let Some(chunk) = body.try_next().await? {
        arriving.push(&chunk).await?;
    }
    let ending = if table == WORKBOOK { "xlsx" } else { "csv" };
    let file_name = file_name.unwrap_or_else(|| format!("{table}.{ending}"));
    arriving.end(|sha256, bytes| NewSubmission { table, file_name, sha256, bytes }).await
}

/// Takes a file from a form with the fields `table` and `file`. Without `table`, the file's own
/// name says which table it is.
///
/// # Errors
/// When there is no file, or it is too large or ends early.
pub async fn form(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Upload>,
    mut form: Multipart,
) -> Result<Arrived, Problem> {
    let mut table = None;
    let mut file: Option<(Arriving, String)> = None;
    while let Some(mut field) = form.try_next().await.map_err(broken)? {
        match field.name() {
            Some("table") => table = Some(text(&mut field).await?),
            Some("file") if file.is_none() => {
                let name = field.content_disposition().and_then(|it| it.get_filename());
                let name = name.unwrap_or_default().to_owned();
                let mut arriving = Arriving::begin(state, who, LARGEST).await?;
                while let Some(chunk) = field.try_next().await.map_err(broken)? {
                    arriving.push(&chunk).await?;
                }
                file = Some((arriving, name));
            }
            _ => {
                return Err(Problem::malformed("the form has the fields table and file, once"));
            }
        }
    }
    let (arriving, name) =
        file.ok_or_else(|| Problem::invalid("choose a file: the form has none"))?;
    // A browser sends an empty part where no file was chosen.
    if name.is_empty() && arriving.bytes == 0 {
        return Err(Problem::invalid("choose a file: the form has none"));
    }
    let table = table.filter(|table| !table.is_empty());
    let (table, file_name) = (what_it_is(table, &name), name);
    arriving.end(|sha256, bytes| NewSubmission { table, file_name, sha256, bytes }).await
}

/// Takes evidence that is the whole body of a request.
///
/// # Errors
/// When it is too large, ends early, or is not of a kind that is kept.
pub async fn evidence(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Dispute>,
    mut body: Payload,
    kind: &str,
    file_name: Option<String>,
) -> Result<Arrived<NewEvidence>, Problem> {
    let kind = Evidence::of(kind)?;
    let mut arriving = Arriving::begin(state, who, LARGEST_EVIDENCE).await?;
    while let Some(chunk) = body.try_next().await? {
        arriving.push(&chunk).await?;
    }
    let file_name = file_name.unwrap_or_else(|| format!("evidence.{}", kind.ending()));
    kind.arrived(arriving, file_name).await
}

/// Takes evidence from a form with the field `file`. Its name says of which kind it is: browsers
/// differ in what they call one.
///
/// # Errors
/// When there is no file, it is too large, ends early, or is not of a kind that is kept.
pub async fn evidence_form(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Dispute>,
    mut form: Multipart,
) -> Result<Arrived<NewEvidence>, Problem> {
    let none = || Problem::invalid("choose a file: the form has none");
    let mut field = form.try_next().await.map_err(broken)?.ok_or_else(none)?;
    if field.name() != Some("file") {
        return Err(Problem::malformed("the form has the field file, once"));
    }
    let name = field.content_disposition().and_then(|it| it.get_filename());
    let name = name.unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(none());
    }
    let kind = Evidence::named(&name)?;
    let mut arriving = Arriving::begin(state, who, LARGEST_EVIDENCE).await?;
    while let Some(chunk) = field.try_next().await.map_err(broken)? {
        arriving.push(&chunk).await?;
    }
    kind.arrived(arriving, name).await
}

/// A kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    Pdf,
    Csv,
    Workbook,
}

impl Evidence {
    fn of(media_type: &str) -> Result<Self, Problem> {
        let mut all = [Self::Pdf, Self::Csv, Self::Workbook].into_iter();
        all.find(|kind| kind.media_type() == media_type).ok_or_else(|| {
            Problem::unsupported("evidence is a PDF, a CSV file or a workbook (XLSX)")
        })
    }

    /// The kind that a file's name says it is.
    fn named(name: &str) -> Result<Self, Problem> {
        let lower = name.to_ascii_lowercase();
        let mut all = [Self::Pdf, Self::Csv, Self::Workbook].into_iter();
        all.find(|kind| lower.ends_with(&format!(".{}", kind.ending()))).ok_or_else(|| {
            Problem::invalid("evidence is a PDF, a CSV file or a workbook (XLSX): choose one")
        })
    }

    /// The whole file, once it is looked at.
    async fn arrived(
        self,
        arriving: Arriving,
        file_name: String,
    ) -> Result<Arrived<NewEvidence>, Problem> {
        let media_type = self.media_type().to_owned();
        let arrived = arriving
            .end(|sha256, bytes| NewEvidence { file_name, media_type, sha256, bytes })
            .await?;
        let path = arrived.path().to_owned();
        let content =
            web::block(move || std::fs::read(path)).await.map_err(|_| Problem::stopping())??;
        self.check(&content)?;
        Ok(arrived)
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Csv => "text/csv",
            Self::Workbook => XLSX,
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Workbook => "xlsx",
        }
    }

    /// Whether a file is of the kind it says. Nothing opens it here: it is handed on as it is.
    fn check(self, content: &[u8]) -> Result<(), Problem> {
        let is_it = match self {
            Self::Pdf => content.starts_with(b"%PDF-"),
            Self::Workbook => content.starts_with(b"PK\x03\x04"),
            Self::Csv => match std::str::from_utf8(content) {
                Ok(text) => {
                    text.split([',', ';', '\t', '\n']).try_for_each(of_nobody)?;
                    !text.is_empty() && !text.contains('\0')
                }
                Err(_) => false,
            },
        };
        if is_it {
            return Ok(());
        }
        let why = format!("the file is not of the kind {} that it says it is", self.media_type());
        Err(Problem::invalid(why))
    }
}

/// What a file of this name is for. The sheets of a workbook say it themselves, whatever was
/// chosen beside it.
fn what_it_is(table: Option<String>, name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if WORKBOOKS.iter().any(|ending| lower.ends_with(ending)) {
        return WORKBOOK.to_owned();
    }
    table.unwrap_or_else(|| name.strip_suffix(".csv").unwrap_or(name).to_owned())
}

async fn text(field: &mut Field) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.try_next().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_FIELD {
            return Err(Problem::too_large("a text field has at most 200 bytes"));
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::malformed("a text field is not UTF-8"))
}

fn broken(error: MultipartError) -> Problem {
    match error {
        MultipartError::Payload(error) => error.into(),
        error => Problem::malformed(format!("form: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_what_it_says_it_is() {
        let kind = |media_type| Evidence::of(media_type).expect("a kind");
        assert!(kind("application/pdf").check(b"%PDF-1.7").is_ok());
        assert!(kind("application/pdf").check(b"<html>").is_err());
        assert!(kind(XLSX).check(b"PK\x03\x04...").is_ok());
        assert!(kind(XLSX).check(b"%PDF-1.7").is_err());
        assert!(kind("text/csv").check("ward,beds\nA,12\n".as_bytes()).is_ok());
        assert!(kind("text/csv").check(b"nhs\n9434765919\n").is_err(), "of a patient");
        for bytes in [&b""[..], b"a\0b", b"\xff\xfe"] {
            assert!(kind("text/csv").check(bytes).is_err(), "{bytes:?}");
        }
        assert!(Evidence::of("text/html").is_err());
        assert_eq!(Evidence::named("Note 4.PDF").ok(), Some(Evidence::Pdf));
        assert!(Evidence::named("pdf").is_err() && Evidence::named("x.docx").is_err());
    }

    #[test]
    fn a_workbook_is_one_whatever_was_chosen() {
        let costs = || Some("costs".to_owned());
        assert_eq!(what_it_is(costs(), "Ours.XLSX"), "workbook");
        assert_eq!(what_it_is(costs(), "old.xls"), "workbook");
        assert_eq!(what_it_is(costs(), "ledger.csv"), "costs");
        assert_eq!(what_it_is(None, "ledger.csv"), "ledger");
    }
}
