//! What was handed in: from draft to signed off.

mod answers;
mod checking;
mod history;
mod reading;
mod receiving;
mod row;
mod signing;

pub use answers::{Answer, AnswerText, AskedQuery, EarlierAnswer, NewAnswer, Query};
pub use checking::{BadRows, CheckOutcome, Found};
pub use history::TableVersions;
pub use receiving::{NewSubmission, Received};
pub(crate) use row::{TableRow, latest_by_owner, owner_key, read_owner};

use jiff::Timestamp;
use quantities::{Pence, ProviderCode};
use tenancy::PersonId;

use crate::SubmissionId;

/// What a submission of several tables in one file is for, in place of a table's name.
pub const WORKBOOK: &str = "workbook";

/// How far a submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubmissionState {
    /// Handed in, not checked yet.
    Draft,
    /// Checked and not accepted: only its hash and the reasons are kept.
    Refused,
    /// Checked and accepted; seen by its own organisation only.
    Checked,
    /// Shown to the Board.
    Submitted,
    /// Signed off: part of the next edition.
    SignedOff,
}

impl SubmissionState {
    const ALL: [Self; 5] =
        [Self::Draft, Self::Refused, Self::Checked, Self::Submitted, Self::SignedOff];
    /// Those in which a submission has accepted tables.
    const ACCEPTED: [Self; 3] = [Self::Checked, Self::Submitted, Self::SignedOff];

    /// The name that files and databases use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Refused => "refused",
            Self::Checked => "checked",
            Self::Submitted => "submitted",
            Self::SignedOff => "signed_off",
        }
    }
}

/// One file handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// Whose it is: a provider's, or the Board's own.
    pub owner: Option<ProviderCode>,
    /// The table it is for.
    pub table: String,
    /// The how-manieth of this owner and table.
    pub version: u64,
    /// The file's name as it was sent.
    pub file_name: String,
    /// The SHA-256 of the file as it was sent.
    pub file_sha256: String,
    /// Its size.
    pub file_bytes: u64,
    /// How far it is.
    pub state: SubmissionState,
    /// Since when.
    pub created_at: Timestamp,
    /// Who handed it in.
    pub created_by: PersonId,
    /// When it was checked.
    pub checked_at: Option<Timestamp>,
    /// When it was shown to the Board.
    pub submitted_at: Option<Timestamp>,
    /// Who showed it.
    pub submitted_by: Option<PersonId>,
    /// When it was signed off.
    pub signed_off_at: Option<Timestamp>,
    /// Who signed it off.
    pub signed_off_by: Option<PersonId>,
    /// The accepted tables, without their content.
    pub tables: Vec<TableSummary>,
    /// The editions that hold any of its tables, oldest first.
    pub published_in: Vec<u64>,
}

/// How far a submission is, with what became of it after its sign-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As its state says.
    Is(SubmissionState),
    /// Signed off, and part of an edition.
    Published,
    /// A later version of every table of it has been signed off.
    Superseded,
}

impl Standing {
    /// The name that answers use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Is(state) => state.code(),
            Self::Published => "published",
            Self::Superseded => "superseded",
        }
    }
}

impl Submission {
    /// The signed-off submission that has taken its place; nothing while any table of it stands.
    #[must_use]
    pub fn superseded_by(&self) -> Option<&SubmissionId> {
        let later: Option<Vec<_>> =
            self.tables.iter().map(|table| table.superseded_by.as_ref()).collect();
        later?.into_iter().max()
    }

    /// How far it is, with what became of it after its sign-off.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.superseded_by().is_some() {
            Standing::Superseded
        } else if self.published_in.is_empty() {
            Standing::Is(self.state)
        } else {
            Standing::Published
        }
    }
}

/// What is known of an accepted table without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSummary {
    /// The table's name.
    pub table: String,
    /// The SHA-256 of its canonical form.
    pub sha256: String,
    /// How many rows.
    pub rows: u64,
    /// Σ of its money, where it has any.
    pub total: Option<Pence>,
    /// The submission whose later version of this table is signed off, where this one was too.
    pub superseded_by: Option<SubmissionId>,
}

/// An accepted table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTable {
    /// The table's name.
    pub table: String,
    /// Its canonical form: CSV, opaque here.
    pub csv: Vec<u8>,
    /// The SHA-256 of that.
    pub sha256: String,
    /// How many rows.
    pub rows: u64,
    /// Σ of its money, where it has any.
    pub total: Option<Pence>,
}
