use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tenancy::AdmissionError;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It does not exist, or is not yours to see: nobody can tell which.
    #[error("there is no such thing, or it is not yours to see")]
    NotFound,
    /// You may see it, but this is not yours to do.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It cannot be done in the state that things are in.
    #[error("{0}")]
    Conflict(String),
    /// What the checks asked has not been answered.
    #[error(
        "queries without an answer: {0}; answer each, or once for all rows of a rule, before this \
         can be signed off"
    )]
    Unanswered(u64),
    /// What was given cannot be stored.
    #[error("{0}")]
    Invalid(String),
    /// The lease of a job ran out and someone else took it.
    #[error("the lease of this job has ended")]
    LeaseLost,
    /// A membership that admits nobody.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Token(#[from] tenancy::TokenError),
    /// A second factor cannot be made or read.
    #[error(transparent)]
    SecondFactor(#[from] tenancy::TotpError),
    /// The master key cannot be read, or is not the one that was used.
    #[error(transparent)]
    Key(#[from] tenancy::KeyError),
    /// A stored row that cannot be read.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(DieselError),
    /// No connection in time.
    #[error("the database could not be opened: {0}")]
    Unavailable(String),
    /// A Board whose database could not be opened or brought up to date when the service started.
    #[error("this Board's database has been put aside: {0}")]
    Quarantined(String),
    /// A migration failed.
    #[error("the database could not be brought up to date: {0}")]
    Migration(String),
    /// A backup could not be written or read.
    #[error("the backup: {0}")]
    Backup(String),
    /// A file could not be written or moved.
    #[error("a file in the data folder could not be written: {0}")]
    File(#[from] std::io::Error),
}

impl StoreError {
    /// What the library of archives says.
    pub(crate) fn of_backup(error: zip::result::ZipError) -> Self {
        Self::Backup(error.to_string())
    }

    /// What kind of error it is, for a log: its text may hold what somebody handed in.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Forbidden(_) => "forbidden",
            Self::Conflict(_) => "conflict",
            Self::Unanswered(_) => "unanswered",
            Self::Invalid(_) => "invalid",
            Self::LeaseLost => "lease lost",
            Self::Admission(_) => "admission",
            Self::Token(_) => "no randomness",
            Self::Key(_) => "key",
            Self::Corrupt(_) => "unreadable row",
            Self::Database(error) => class_of(error),
            Self::Unavailable(_) => "no connection",
            Self::SecondFactor(_) => "second factor",
            Self::Quarantined(_) => "put aside",
            Self::Migration(_) => "migration",
            Self::Backup(_) => "backup",
            Self::File(_) => "file",
        }
    }
}

fn class_of(error: &DieselError) -> &'static str {
    match error {
        DieselError::DatabaseError(kind, _) => match kind {
            DatabaseErrorKind::UniqueViolation => "unique key",
            DatabaseErrorKind::ForeignKeyViolation => "foreign key",
            DatabaseErrorKind::NotNullViolation => "not null",
            DatabaseErrorKind::CheckViolation => "check",
            DatabaseErrorKind::SerializationFailure => "serialization",
            DatabaseErrorKind::ReadOnlyTransaction => "read only",
            DatabaseErrorKind::ClosedConnection => "closed connection",
            DatabaseErrorKind::UnableToSendCommand => "command not sent",
            _ => "database",
        },
        DieselError::DeserializationError(_) => "unreadable row",
        DieselError::SerializationError(_) => "unwritable value",
        DieselError::RollbackErrorOnCommit { .. } | DieselError::RollbackTransaction => "rollback",
        DieselError::BrokenTransactionManager => "broken transaction",
        _ => "database",
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            // A server's text cannot hold the character that a file's can.
            DieselError::DatabaseError(_, why) if why.message().contains("0x00") => {
                Self::Invalid("text holds a NUL character: take it out".to_owned())
            }
            other => Self::Database(other),
        }
    }
}
