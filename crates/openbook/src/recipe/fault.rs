//! What stops a recipe, each as one sentence with the file and row to mend.

use std::fmt;

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file of the recipe, or the published file.
    pub file: String,
    /// The row, counting from 1 at the header; absent where the whole file is meant.
    pub row: Option<u64>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, row, message } = self;
        match row {
            Some(row) => write!(f, "{file}, row {row}: {message}"),
            None => write!(f, "{file}: {message}"),
        }
    }
}

/// Everything that stops a recipe, in the order in which it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// One fault of a whole file.
    #[must_use]
    pub fn one(file: &str, message: impl Into<String>) -> Self {
        let mut faults = Self::default();
        faults.push(file, None, message);
        faults
    }

    /// Notes a fault.
    pub fn push(&mut self, file: &str, row: Option<u64>, message: impl Into<String>) {
        self.0.push(Fault { file: file.to_owned(), row, message: message.into() });
    }

    /// Adds those of another check.
    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The faults.
    #[must_use]
    pub fn all(&self) -> &[Fault] {
        &self.0
    }

    /// Nothing, or itself where there is a fault.
    ///
    /// # Errors
    /// When there is a fault.
    pub(super) fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The value, or nothing with the fault noted.
    pub(super) fn take<T>(
        &mut self,
        file: &str,
        row: Option<u64>,
        read: Result<T, String>,
    ) -> Option<T> {
        read.map_err(|message| self.push(file, row, message)).ok()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            let line_end = if at == 0 { "" } else { "\n" };
            write!(f, "{line_end}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
