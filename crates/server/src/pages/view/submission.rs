//! Handing in a table: the form, the outcome, and the list of what was handed in.

use api::check::{CheckJson, ProblemJson, ReconciliationJson};
use serde::Serialize;
use std::collections::BTreeMap;

use super::labels::{reconciliation, submission_state, upload_table};
use super::{FieldError, Link, Tag};
use crate::pages::format::{money_full, money_millions, money_short, pct, plural, thousands};

/// Problems of one rule that are listed; the rest are in the download.
const LISTED: usize = 50;

/// The upload form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UploadView {
    /// For whom.
    pub owner: String,
    /// The tables one may hand in.
    pub tables: Vec<TableChoice>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A table one may hand in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableChoice {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub hint: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

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

/// The list of submissions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SubmissionsView {
    /// The answer, as one sentence.
    pub answer: String,
    /// Whether this person may hand in.
    pub may_upload: bool,
    /// The latest first.
    pub rows: Vec<SubmissionRow>,
    /// The address of older ones.
    pub older: Option<String>,
}

/// One submission in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SubmissionRow {
    /// The table and its version.
    pub link: Link,
    /// Whose it is.
    pub owner: String,
    /// The file's name.
    pub file_name: String,
    /// When it was handed in.
    pub when: String,
    /// How far it is.
    pub tag: Tag,
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

/// Problems of one rule.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RuleGroup {
    /// The rule's stable code.
    pub rule: String,
    /// What is wrong in the first of them.
    pub message: String,
    /// How many.
    pub rows: String,
    /// Where the first is.
    pub first: String,
    /// Each of them, as far as they are listed.
    pub problems: Vec<ProblemRow>,
    /// How many are not listed.
    pub unlisted: Option<String>,
}

/// One problem.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProblemRow {
    /// The row in the file.
    pub row: String,
    /// The column.
    pub column: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// One provider's costs against its accounts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Bridge {
    /// The bridge as one sentence.
    pub sentence: String,
    /// How it stands.
    pub tag: Tag,
    /// The provider and the year.
    pub of: String,
    /// Costed.
    pub costed: String,
    /// Excluded.
    pub excluded: String,
    /// The accounts.
    pub accounts: String,
    /// The difference.
    pub difference: String,
    /// The difference in percent.
    pub difference_pct: String,
}

/// One line that others will see.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SeenRow {
    /// The service.
    pub service: String,
    /// What they will see of it.
    pub shown: String,
}

impl SubmissionsView {
    /// The list for somebody.
    pub fn new(rows: Vec<SubmissionRow>, may_upload: bool) -> Self {
        let answer = match rows.first() {
            None => "Nothing has been handed in yet.".to_owned(),
            Some(latest) => format!(
                "The latest is {} of {}: {}.",
                latest.link.text,
                latest.owner,
                latest.tag.text.to_lowercase()
            ),
        };
        Self { answer, may_upload, rows, older: None }
    }
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

/// Problems sorted by what they ask for.
#[derive(Default)]
struct Found {
    refused: Vec<RuleGroup>,
    queried: Vec<RuleGroup>,
    noted: Vec<RuleGroup>,
}

impl From<&CheckJson> for Found {
    fn from(check: &CheckJson) -> Self {
        let mut by_rule: BTreeMap<(&str, &str), Vec<&ProblemJson>> = BTreeMap::new();
        for problem in &check.problems {
            by_rule.entry((&problem.severity, &problem.rule)).or_default().push(problem);
        }
        let mut found = Self::default();
        for ((severity, rule), problems) in by_rule {
            let listed = u64::try_from(problems.len()).unwrap_or(u64::MAX);
            let count = check.counts.get(rule).copied().unwrap_or(listed).max(listed);
            let group = group(rule, &problems, count);
            match severity {
                "refuse" => found.refused.push(group),
                "query" => found.queried.push(group),
                _ => found.noted.push(group),
            }
        }
        found
    }
}

impl Found {
    fn answer(&self, accepted: bool, state: &str) -> String {
        let number = |groups: &[RuleGroup]| u64::try_from(groups.len()).unwrap_or(u64::MAX);
        let (mend, ask) = (number(&self.refused), number(&self.queried));
        let things = plural(mend, "thing", "things");
        match (accepted, ask) {
            (false, 0) => format!("Your file was not accepted: {things} must be mended."),
            (false, ask) => format!(
                "Your file was not accepted: {things} must be mended, {} an answer.",
                plural(ask, "needs", "need")
            ),
            (true, _) if state == "signed_off" => {
                "This version is signed off; it is part of the next edition.".to_owned()
            }
            (true, 0) => "Your file was accepted: nothing has to be mended.".to_owned(),
            (true, ask) => format!(
                "Your file was accepted: {} to be answered before sign-off.",
                plural(ask, "thing has", "things have")
            ),
        }
    }
}

fn group(rule: &str, problems: &[&ProblemJson], count: u64) -> RuleGroup {
    let listed = problems.len().min(LISTED);
    let unlisted = count.saturating_sub(u64::try_from(listed).unwrap_or(u64::MAX));
    RuleGroup {
        rule: rule.to_owned(),
        message: problems.first().map_or_else(String::new, |problem| problem.message.clone()),
        rows: thousands(&count.to_string()),
        first: problems.first().map_or_else(String::new, |problem| place(problem)),
        problems: problems.iter().take(LISTED).map(|problem| ProblemRow::from(*problem)).collect(),
        unlisted: (unlisted > 0).then(|| plural(unlisted, "more is", "more are")),
    }
}

fn place(problem: &ProblemJson) -> String {
    match problem.row {
        Some(row) => format!("row {}", thousands(&row.to_string())),
        None => "whole file".to_owned(),
    }
}

impl From<&ProblemJson> for ProblemRow {
    fn from(problem: &ProblemJson) -> Self {
        Self {
            row: problem
                .row
                .map_or_else(|| "whole file".to_owned(), |row| thousands(&row.to_string())),
            column: problem.column.clone().unwrap_or_else(|| "whole row".to_owned()),
            message: problem.message.clone(),
        }
    }
}

fn totals(check: &CheckJson) -> String {
    let rows: u64 = check.rows.values().sum();
    let cost = check.totals.cost_gbp;
    let read = plural(rows, "row was read", "rows were read");
    if cost.get() == 0 {
        format!("{read}.")
    } else {
        format!("{read}; costs add up to {}.", money_short(cost))
    }
}

impl From<&ReconciliationJson> for Bridge {
    fn from(line: &ReconciliationJson) -> Self {
        let percent = line.difference_pct.map(|percent| pct(percent));
        let sentence = match &percent {
            Some(percent) => format!(
                "Costed {} + excluded {} − accounts {} = {} ({percent}).",
                money_millions(line.costed_gbp),
                money_millions(line.excluded_gbp),
                money_millions(line.accounts_gbp),
                money_millions(line.difference_gbp),
            ),
            None => format!(
                "Costed {}; no accounts have been handed in to compare with.",
                money_millions(line.costed_gbp)
            ),
        };
        Self {
            sentence,
            tag: reconciliation(&line.status),
            of: format!("{}, {}", line.provider, line.fin_year),
            costed: money_millions(line.costed_gbp),
            excluded: money_millions(line.excluded_gbp),
            accounts: money_millions(line.accounts_gbp),
            difference: money_full(line.difference_gbp),
            difference_pct: percent.unwrap_or_else(|| "not known".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        };
        let facts = SubmissionFacts { state: "refused".to_owned(), ..SubmissionFacts::default() };
        let view = SubmissionView::new(facts, Some(&check));
        assert_eq!(
            view.answer,
            "Your file was not accepted: 2 things must be mended, 1 needs an answer."
        );
        let first = view.refused.first().expect("a rule");
        assert_eq!((first.rows.as_str(), first.first.as_str()), ("1,203", "row 2"));
        assert_eq!(first.unlisted.as_deref(), Some("1,200 more are"));
    }

    #[test]
    fn a_bridge_is_one_sentence() {
        let pence = |text: &str| text.parse().expect("money");
        let line = ReconciliationJson {
            provider: "RTG".to_owned(),
            fin_year: "2024-25".to_owned(),
            costed_gbp: pence("98700000"),
            excluded_gbp: pence("1100000"),
            accounts_gbp: pence("100000000"),
            difference_gbp: pence("-200000"),
            difference_pct: Some(-0.2),
            status: "green".to_owned(),
        };
        assert_eq!(
            Bridge::from(&line).sentence,
            "Costed £98.70m + excluded £1.10m − accounts £100.00m = −£0.20m (−0.20%)."
        );
    }
}
