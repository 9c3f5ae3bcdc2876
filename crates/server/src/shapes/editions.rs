use serde::{Deserialize, Serialize};
use store::{Edition, EditionPart};
use utoipa::ToSchema;

/// A numbered, immutable state of the book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EditionJson {
    /// 1, 2, 3, …
    pub number: u64,
    /// The SHA-256 of the national parameters it is valued with.
    pub parameters_sha256: String,
    /// The SHA-256 of its book; absent until it has been valued.
    pub book_sha256: Option<String>,
    /// When it was published (RFC 3339, UTC).
    pub created_at: String,
    /// Who published it: a person's id.
    pub created_by: String,
    /// What it is made of.
    pub parts: Vec<EditionPartJson>,
}

/// One table of one owner in an edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EditionPartJson {
    /// A provider's code; absent for the Board's own.
    pub owner: Option<String>,
    /// The table.
    pub table: String,
    /// The submission it comes from.
    pub submission: String,
}

impl From<EditionPart> for EditionPartJson {
    fn from(part: EditionPart) -> Self {
        Self {
            owner: part.owner.map(String::from),
            table: part.table,
            submission: part.submission.to_string(),
        }
    }
}

impl From<Edition> for EditionJson {
    fn from(edition: Edition) -> Self {
        Self {
            number: edition.number,
            parameters_sha256: edition.parameters_sha256,
            book_sha256: edition.book_sha256,
            created_at: edition.created_at.to_string(),
            created_by: edition.created_by.to_string(),
            parts: edition.parts.into_iter().map(EditionPartJson::from).collect(),
        }
    }
}
