//! Disputed figures: the form, the list, and what the result would be with and without one.

mod form;
mod result;

use serde::Serialize;

use super::agreement::Fact;
use super::submission::Progress;
use super::table::Choice;
use super::{FieldError, Link, Tag};
use crate::pages::format::plural;

pub use form::{DisputeForm, figure_choices, figure_words};
pub use result::ResultView;

/// The form to dispute a figure.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DisputeFormView {
    /// The line, with its page.
    pub line: Link,
    /// Its key.
    pub key: String,
    /// Whose it is.
    pub provider: String,
    /// Whether one's own rows, or those of all, can be named.
    pub by_row: bool,
    /// What may be disputed.
    pub figures: Vec<Choice>,
    /// Scenarios to run with and without it.
    pub scenarios: Vec<Choice>,
    /// What was typed.
    pub form: DisputeForm,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// The disputes that one may see.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DisputesView {
    /// The answer, as one sentence.
    pub answer: String,
    /// The latest first.
    pub rows: Vec<DisputeRow>,
    /// The address of older ones.
    pub older: Option<String>,
}

/// One dispute in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DisputeRow {
    /// The figure.
    pub link: Link,
    /// The line.
    pub line: String,
    /// The edition that published it.
    pub edition: u64,
    /// Who raised it.
    pub raised: String,
    /// When.
    pub when: String,
    /// How far it is.
    pub tag: Tag,
}

impl DisputesView {
    /// The list; `first` where nothing newer is left out.
    pub fn new(rows: Vec<DisputeRow>, first: bool) -> Self {
        let open = rows.iter().filter(|row| row.tag == state("open")).count();
        let open = u64::try_from(open).unwrap_or(u64::MAX);
        let answer = match (rows.is_empty(), open) {
            (true, _) if first => "No published figure is disputed.".to_owned(),
            (true, _) => "There are no older disputes.".to_owned(),
            (false, 0) => "None of these disputes is open.".to_owned(),
            (false, open) => format!("{} open.", plural(open, "dispute is", "disputes are")),
        };
        Self { answer, rows, older: None }
    }
}

/// One dispute.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DisputeView {
    /// Its id.
    pub id: String,
    /// The figure in words.
    pub title: String,
    /// The line's key.
    pub key: String,
    /// The answer, as one sentence.
    pub answer: String,
    /// How far it is.
    pub tag: Tag,
    /// What is disputed and why.
    pub facts: Vec<Fact>,
    /// While the result is computed.
    pub progress: Option<Progress>,
    /// Why there is no result.
    pub failed: Option<String>,
    /// With and without it.
    pub result: Option<ResultView>,
    /// What was attached.
    pub files: Vec<FileRow>,
    /// Whether this person may attach a file.
    pub may_attach: bool,
    /// Whether this person may accept or reject it.
    pub may_decide: bool,
    /// Whether this person may withdraw it.
    pub may_withdraw: bool,
    /// Why somebody who decides may not decide this one.
    pub own: bool,
    /// The reason that was typed.
    pub reason: String,
    /// What is wrong with a form of this page.
    pub errors: Vec<FieldError>,
}

/// An attached file.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FileRow {
    /// Its name, with where it is.
    pub link: Link,
    /// Its kind and size.
    pub kind: String,
    /// When it was attached.
    pub when: String,
}

/// A dispute's state in words.
pub fn state(code: &str) -> Tag {
    match code {
        "open" => Tag::new("Open", "blue"),
        "accepted" => Tag::new("Accepted", "green"),
        "rejected" => Tag::new("Rejected", "red"),
        _ => Tag::new("Withdrawn", "grey"),
    }
}
