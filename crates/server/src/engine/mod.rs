//! The only place that calls the domain with stored tables. Workers call it, never a request,
//! except for reading a scenario's text.

mod asked;
mod book;
mod check;
mod differences;
mod dispute;
mod matter;
mod release;
mod run;
mod seen;
mod standing;
mod trace;
mod value;

pub use check::{CheckTask, Checked, check};
pub use differences::{Changed, of_editions, of_versions};
pub use dispute::{DisputeTask, can_be_disputed, disputed};
pub use matter::{Matter, matter};
pub use release::{AskedRelease, By, ToRelease, to_release};
pub use run::{Found, RunTask, on_the_clock, run, scenario_name};
pub use seen::{Activity, SeenLine, seen, seen_if_published};
pub use standing::{Standing, standing};
pub use trace::{TracedTable, traced};
pub use value::{Valued, of_book, value};

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// What was given does not allow one: a sentence for the person who gave it.
    #[error("{0}")]
    Refused(String),
    /// A fault of ours.
    #[error("the computation failed: {0}")]
    Internal(String),
}

impl EngineError {
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }
}
