//! Editions of the book: what is published, and what waits to be.

use serde::Serialize;

use super::Link;
use crate::pages::format::plural;

/// The page of editions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EditionsView {
    /// The answer, as one sentence.
    pub answer: String,
    /// Whether this person may publish.
    pub may_publish: bool,
    /// What a new edition would add.
    pub waiting: Vec<WaitingRow>,
    /// The latest first.
    pub rows: Vec<EditionRow>,
    /// The address of older ones.
    pub older: Option<String>,
}

/// A signed-off table that is in no edition yet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WaitingRow {
    /// The table and its version.
    pub link: Link,
    /// Whose it is.
    pub owner: String,
    /// When it was signed off.
    pub when: String,
}

/// One edition.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EditionRow {
    /// Its number.
    pub number: u64,
    /// When it was published.
    pub when: String,
    /// How many tables it holds.
    pub tables: String,
    /// Whether its values are computed.
    pub valued: String,
    /// The hash of its book.
    pub book_sha256: Option<String>,
}

impl EditionsView {
    /// The page for what is published and what waits.
    pub fn new(rows: Vec<EditionRow>, waiting: Vec<WaitingRow>, may_publish: bool) -> Self {
        let new = u64::try_from(waiting.len()).unwrap_or(u64::MAX);
        let first = match rows.first() {
            Some(edition) => {
                format!("Edition {} is the book that everyone works with", edition.number)
            }
            None => "Nothing is published yet".to_owned(),
        };
        let second = match new {
            0 => "nothing newer is signed off".to_owned(),
            new => format!(
                "{} and not yet in it",
                plural(new, "table is signed off", "tables are signed off")
            ),
        };
        let second = if rows.is_empty() && new > 0 {
            plural(new, "table is signed off and waits", "tables are signed off and wait")
        } else {
            second
        };
        Self { answer: format!("{first}; {second}."), may_publish, waiting, rows, older: None }
    }
}
