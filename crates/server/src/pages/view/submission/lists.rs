use serde::Serialize;

use crate::pages::view::{FieldError, Link, Tag};

/// The upload form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UploadView {
    /// For whom.
    pub owner: String,
    /// What is chosen for a workbook.
    pub workbook: String,
    /// The tables one may hand in.
    pub tables: Vec<TableChoice>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A table one may hand in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableChoice {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub hint: String,
    /// Whether each provider hands it in; otherwise the ICB does.
    pub own: bool,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The list of submissions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SubmissionsView {
    /// The answer, as one sentence.
    pub answer: String,
    /// Whether this person may hand in.
    pub may_upload: bool,
    /// The latest first.
    pub rows: Vec<SubmissionRow>,
    /// The address of older ones.
    pub older: Option<String>,
}

/// One submission in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SubmissionRow {
    /// The table and its version.
    pub link: Link,
    /// Whose it is.
    pub owner: String,
    /// The file's name.
    pub file_name: String,
    /// When it was handed in.
    pub when: String,
    /// How far it is.
    pub tag: Tag,
}

impl SubmissionsView {
    /// The list for somebody.
    pub fn new(rows: Vec<SubmissionRow>, may_upload: bool) -> Self {
        let answer = match rows.first() {
            None => "Nothing has been handed in yet.".to_owned(),
            Some(latest) => format!(
                "The latest is {} of {}: {}.",
                latest.link.text,
                latest.owner,
                latest.tag.text.to_lowercase()
            ),
        };
        Self { answer, may_upload, rows, older: None }
    }
}
