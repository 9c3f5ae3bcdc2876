//! What is wrong with an upload, for the person who can mend it.

use std::collections::{BTreeMap, HashMap};

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Accepted, to be answered before sign-off.
    Query,
    /// Not accepted.
    Refuse,
}

impl Severity {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Query => "query",
            Self::Refuse => "refuse",
        }
    }
}

/// One problem. The message never repeats a value that may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The table.
    pub table: String,
    /// The row, counting from 1 at the header; absent where the whole file is meant.
    pub row: Option<u64>,
    /// The column; absent where the whole row is meant.
    pub column: Option<String>,
    /// The rule's stable code.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong and how to mend it, in one sentence.
    pub message: String,
}

impl Problem {
    /// A problem of a whole file that is refused.
    #[must_use]
    pub fn of_file(table: &str, rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            table: table.to_owned(),
            row: None,
            column: None,
            rule,
            severity: Severity::Refuse,
            message: message.into(),
        }
    }

    /// A problem of a row that is refused.
    #[must_use]
    pub fn of_row(table: &str, row: u64, rule: &'static str, message: impl Into<String>) -> Self {
        Self { row: Some(row), ..Self::of_file(table, rule, message) }
    }

    /// The same, in a column.
    #[must_use]
    pub fn in_column(self, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..self }
    }

    /// The same, mattering as much as said.
    #[must_use]
    pub fn with(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// One line: file, row, column and the mend.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut place = match self.table.as_str() {
            crate::workbook::TABLE => "the workbook".to_owned(),
            table => format!("{table}.csv"),
        };
        if let Some(row) = self.row {
            place.push_str(&format!(", row {row}"));
        }
        if let Some(column) = &self.column {
            place.push_str(&format!(", column {column}"));
        }
        format!("{place}: {}", self.message)
    }
}

/// Everything found in one check: the first 1,000 problems, and all of them counted by rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    problems: Vec<Problem>,
    counts: BTreeMap<&'static str, u64>,
    refused: bool,
    personal: bool,
    rows: BTreeMap<String, u64>,
}

impl Report {
    /// How many problems are kept with their rows.
    pub const KEPT: usize = 1_000;

    /// Notes a problem.
    pub fn push(&mut self, problem: Problem) {
        *self.counts.entry(problem.rule).or_default() += 1;
        self.refused |= problem.severity == Severity::Refuse;
        self.personal |= problem.rule.starts_with("personal.");
        if self.problems.len() < Self::KEPT {
            self.problems.push(problem);
        }
    }

    /// Notes how many rows a table had.
    pub fn count_rows(&mut self, table: &str, rows: u64) {
        *self.rows.entry(table.to_owned()).or_default() += rows;
    }

    /// Counts problems that were found and not kept.
    pub(crate) fn count_further(
        &mut self,
        beyond: &HashMap<&'static str, u64>,
        refused: bool,
        personal: bool,
    ) {
        for (rule, count) in beyond {
            *self.counts.entry(rule).or_default() += count;
        }
        self.refused |= refused;
        self.personal |= personal;
    }

    /// Whether nothing is refused.
    #[must_use]
    pub const fn accepted(&self) -> bool {
        !self.refused
    }

    /// Whether personal data was found: then no content may be kept.
    #[must_use]
    pub const fn personal(&self) -> bool {
        self.personal
    }

    /// The first 1,000 problems.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// All problems by rule.
    #[must_use]
    pub const fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// Rows read by table.
    #[must_use]
    pub const fn rows(&self) -> &BTreeMap<String, u64> {
        &self.rows
    }

    /// The problems of one table only, for an upload that is checked against the rest of the book.
    #[must_use]
    pub fn of_table(&self, table: &str) -> Self {
        let mut part = Self { personal: self.personal, ..Self::default() };
        for problem in self.problems.iter().filter(|problem| problem.table == table) {
            part.push(problem.clone());
        }
        if let Some(rows) = self.rows.get(table) {
            part.count_rows(table, *rows);
        }
        part
    }
}
