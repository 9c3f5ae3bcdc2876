//! What was handed in: from draft to signed off.

mod checking;
mod reading;
mod receiving;
mod row;
mod signing;

pub use checking::CheckOutcome;
pub use receiving::{NewSubmission, Received};
pub(crate) use row::{TableRow, latest_by_owner, read_owner};

use jiff::Timestamp;
use quantities::{Pence, ProviderCode};
use tenancy::PersonId;

use crate::SubmissionId;

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
