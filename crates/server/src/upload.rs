//! Files stream to disk as they arrive; memory does not grow with them.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::web::{self, Bytes, Payload};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use store::{NewSubmission, WORKBOOK};
use tenancy::{Permitted, demand};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// The largest file: 5 million cost rows take half of it.
const LARGEST: u64 = 1024 * 1024 * 1024;
/// How the names of workbooks end: those of kinds that are not read are refused by their check,
/// which says how to save them.
const WORKBOOKS: [&str; 5] = [".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"];
/// The longest text field beside a file.
const LONGEST_FIELD: usize = 200;

/// A file that has arrived whole. It is removed when nobody takes it.
#[derive(Debug)]
pub struct Arrived {
    /// What is known of it.
    pub new: NewSubmission,
    path: PathBuf,
}

impl Arrived {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Arrived {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// A file on its way in.
struct Arriving {
    path: PathBuf,
    file: Option<File>,
    hash: Sha256,
    bytes: u64,
}

impl Arriving {
    async fn begin(
        state: &web::Data<AppState>,
        who: &Permitted<demand::Upload>,
    ) -> Result<Self, Problem> {
        let who = who.clone();
        let path = blocking(state, move |state| state.store.arriving_file(&who)).await?;
        let file = Some(File::create_new(&path).await?);
        Ok(Self { path, file, hash: Sha256::new(), bytes: 0 })
    }

    async fn push(&mut self, chunk: &Bytes) -> Result<(), Problem> {
        let size = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > LARGEST {
            return Err(Problem::too_large("a file has at most 1 GiB"));
        }
        self.hash.update(chunk);
        if let Some(file) = &mut self.file {
            file.write_all(chunk).await?;
        }
        Ok(())
    }

    /// The whole file, on disk.
    async fn end(mut self, table: String, file_name: String) -> Result<Arrived, Problem> {
        if let Some(mut file) = self.file.take() {
            file.flush().await?;
            file.sync_all().await?;
        }
        let hash = std::mem::take(&mut self.hash).finalize();
        let path = std::mem::take(&mut self.path);
        let sha256 = openbook::table::hex(&hash);
        Ok(Arrived { new: NewSubmission { table, file_name, sha256, bytes: self.bytes }, path })
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
            tracing::warn!(%error, "an uploaded file could not be removed");
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
    let mut arriving = Arriving::begin(state, who).await?;
    while let Some(chunk) = body.try_next().await? {
        arriving.push(&chunk).await?;
    }
    let ending = if table == WORKBOOK { "xlsx" } else { "csv" };
    let file_name = file_name.unwrap_or_else(|| format!("{table}.{ending}"));
    arriving.end(table, file_name).await
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
                let mut arriving = Arriving::begin(state, who).await?;
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
    arriving.end(what_it_is(table, &name), name).await
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
    Problem::malformed(format!("form: {error}"))
}
