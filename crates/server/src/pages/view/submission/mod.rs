//! Handing in a table: the form, the outcome, and the list of what was handed in.

mod lists;
mod outcome;

use api::check::CheckJson;
use serde::Serialize;

use super::Tag;
use super::labels::{submission_state, upload_table};
use crate::pages::format::pct;
use outcome::{Found, totals};

pub use lists::{SubmissionRow, SubmissionsView, TableChoice, UploadView};
pub use outcome::{Bridge, RuleGroup};

/// What is known of a submission besides what the checks found.
#[derive(Clone, Debug, Default)]
pub struct SubmissionFacts {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub owner: String,
    /// The table's code.
    pub table: String,
    /// Which version of it.
    pub version: u64,
    /// The file's name.
    pub file_name: String,
    /// Its state's code.
    pub state: String,
    /// What has happened to it, in words and in order.
    pub history: Vec<String>,
    /// Whether this person may hand it in for sign-off.
    pub may_submit: bool,
    /// Whether this person may sign it off.
    pub may_sign_off: bool,
    /// While it is being checked.
    pub progress: Option<Progress>,
    /// Why it could not be checked.
    pub failed: Option<String>,
}

/// How far a job is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Progress {
    /// In percent.
    pub percent: String,
    /// What it is doing.
    pub message: String,
}

impl From<&store::JobStatus> for Progress {
    fn from(job: &store::JobStatus) -> Self {
        Self {
            percent: pct((job.progress.get() * 100.0).round()),
            message: crate::pages::format::sentence_case(&job.message),
        }
    }
}

/// A submission's page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SubmissionView {
    /// Its id.
    pub id: String,
    /// The table and its version.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// The file's name.
    pub file_name: String,
    /// How far it is.
    pub tag: Tag,
    /// The answer, as one sentence.
    pub answer: String,
    /// While it is being checked.
    pub progress: Option<Progress>,
    /// What must be mended, rule by rule.
    pub refused: Vec<RuleGroup>,
    /// What needs an answer.
    pub queried: Vec<RuleGroup>,
    /// What to know.
    pub noted: Vec<RuleGroup>,
    /// Rows read and the sum of costs.
    pub totals: Option<String>,
    /// Costed against the accounts.
    pub bridges: Vec<Bridge>,
    /// What other providers will see.
    pub seen: Vec<SeenRow>,
    /// What has happened to it.
    pub history: Vec<String>,
    /// Whether there is a list of problems to download.
    pub has_problems: bool,
    /// Whether another file is the next step.
    pub upload_again: bool,
    /// Whether this person may hand it in for sign-off.
    pub may_submit: bool,
    /// Whether this person may sign it off.
    pub may_sign_off: bool,
}

/// One line that others will see.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SeenRow {
    /// The service.
    pub service: String,
    /// What they will see of it.
    pub shown: String,
}

impl SubmissionView {
    /// The page of a submission, with what the checks found where they are done.
    pub fn new(facts: SubmissionFacts, check: Option<&CheckJson>) -> Self {
        let found = check.map(Found::from).unwrap_or_default();
        let table = upload_table(&facts.table);
        let refused = facts.state == "refused" || check.is_some_and(|check| !check.accepted);
        Self {
            title: format!("{table}, version {}", facts.version),
            owner: facts.owner,
            file_name: facts.file_name,
            tag: submission_state(&facts.state),
            answer: match check {
                Some(check) => found.answer(check.accepted, &facts.state),
                None if refused => "Your file was not accepted.".to_owned(),
                None => facts.failed.as_ref().map_or_else(
                    || "Your file is being checked.".to_owned(),
                    |why| format!("Your file could not be checked: {}.", why.trim_end_matches('.')),
                ),
            },
            progress: facts.progress,
            totals: check.map(totals),
            bridges: check
                .iter()
                .flat_map(|check| &check.reconciliation)
                .map(Bridge::from)
                .collect(),
            seen: Vec::new(),
            history: facts.history,
            has_problems: check.is_some_and(|check| !check.problems.is_empty()),
            upload_again: refused || facts.failed.is_some(),
            may_submit: facts.may_submit,
            may_sign_off: facts.may_sign_off,
            refused: found.refused,
            queried: found.queried,
            noted: found.noted,
            id: facts.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::check::ProblemJson;
    use std::collections::BTreeMap;

    fn problem(rule: &str, severity: &str, row: u64) -> ProblemJson {
        ProblemJson {
            table: "costs".to_owned(),
            row: Some(row),
            column: Some("cost_gbp".to_owned()),
            rule: rule.to_owned(),
            severity: severity.to_owned(),
            message: format!("mend row {row}"),
        }
    }

    #[test]
    fn problems_are_counted_by_rule() {
        let mut problems: Vec<ProblemJson> =
            (2..5).map(|row| problem("money.decimals", "refuse", row)).collect();
        problems.push(problem("service.unknown", "refuse", 902));
        problems.push(problem("code.unknown", "query", 7));
        let check = CheckJson {
            schema: api::check::SCHEMA.to_owned(),
            accepted: false,
            problems,
            counts: BTreeMap::from([("money.decimals".to_owned(), 1203)]),
            rows: BTreeMap::new(),
            totals: api::check::CheckTotals { cost_gbp: quantities::Pence::ZERO },
            reconciliation: Vec::new(),
            quality: Vec::new(),
            bridge: Vec::new(),
        };
        let facts = SubmissionFacts { state: "refused".to_owned(), ..SubmissionFacts::default() };
        let view = SubmissionView::new(facts, Some(&check));
        assert_eq!(
            view.answer,
            "Your file was not accepted: 2 things must be mended, 1 needs an answer."
        );
        let first = view.refused.first().expect("a rule");
        assert_eq!((first.rows.as_str(), first.first.as_str()), ("1,203", "row 2, cost_gbp"));
        assert_eq!(first.unlisted.as_deref(), Some("1,200 more are"));
    }
}
