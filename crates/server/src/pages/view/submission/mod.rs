//! Handing in figures: the form, the outcome, what is asked, and the list of what was handed in.

mod bridge;
mod figures;
mod lists;
mod problems;
mod queries;
mod signing;
mod versions;

use api::check::CheckJson;
use serde::Serialize;

use super::labels::{submission_state, upload_table};
use super::{Link, Tag};
use crate::pages::format::{money_full, money_short, pct, plural, thousands};
use crate::rules::Rules;
use problems::{Found, RuleRow};

pub use bridge::{AllocationBridge, Bridge, Judged, QualityView, written_day};
pub use lists::{SubmissionRow, SubmissionsView, TableChoice, UploadView};
pub use problems::{Listed, ProblemQuery};
pub use queries::{QueriesView, RowQuery, Typed, open};
pub use signing::{SeenRow, SigningFacts, SigningView};
pub use versions::{Compared, DifferencesView, VersionRow, VersionsView};

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
    /// Whether this person may answer what is asked.
    pub may_answer: bool,
    /// Rows that still need an answer.
    pub open: u64,
    /// Whether anything was asked.
    pub asked: bool,
    /// Tables with rows to be mended.
    pub to_mend: Vec<String>,
    /// The accepted tables: name, rows, sum of money.
    pub tables: Vec<(String, u64, Option<quantities::Pence>)>,
    /// When freshness is judged.
    pub judged: Option<Judged>,
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
    /// In percent, as a number.
    pub done: u32,
    /// What it is doing.
    pub message: String,
}

impl From<&store::JobStatus> for Progress {
    fn from(job: &store::JobStatus) -> Self {
        let percent = (job.progress.get() * 100.0).round();
        Self {
            percent: pct(percent),
            done: format!("{percent:.0}").parse().unwrap_or(0),
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
    /// Whether the person just handed in this very file once more.
    pub same: bool,
    /// While it is being checked.
    pub progress: Option<Progress>,
    /// The rules that were broken.
    pub rules: Vec<RuleRow>,
    /// The rows of those one asks for.
    pub listed: Option<Listed>,
    /// What to download.
    pub downloads: Vec<Link>,
    /// How many rows still need an answer, in words; nothing where nothing was asked.
    pub queries: Option<String>,
    /// Whether something still needs an answer.
    pub open: bool,
    /// Whether this person may answer.
    pub may_answer: bool,
    /// Rows read and the sum of costs.
    pub totals: Option<String>,
    /// The tables of the file, where there are several.
    pub tables: Vec<TableRow>,
    /// Whether the bridge and the quality leave out rows that must be mended.
    pub part_only: bool,
    /// Costed against the accounts.
    pub bridges: Vec<Bridge>,
    /// The allocation against the contracts.
    pub allocation: Vec<AllocationBridge>,
    /// How good the figures are.
    pub quality: Vec<QualityView>,
    /// What has happened to it.
    pub history: Vec<String>,
    /// Whether it was accepted, so that it can be looked at and compared.
    pub accepted: bool,
    /// Whether another file is the next step.
    pub upload_again: bool,
    /// Whether this person may hand it in for sign-off.
    pub may_submit: bool,
    /// Whether this person may sign it off.
    pub may_sign_off: bool,
}

/// One table of a file that has several.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableRow {
    /// The table.
    pub name: String,
    /// How many rows.
    pub rows: String,
    /// The sum of its money.
    pub total: String,
    /// How many problems it has, with the way to them.
    pub problems: Link,
}

impl SubmissionView {
    /// The page of a submission, with what the checks found where they are done.
    pub fn new(
        facts: SubmissionFacts,
        check: Option<&CheckJson>,
        rules: &Rules,
        query: &ProblemQuery,
    ) -> Self {
        let path = format!("/submissions/{}", facts.id);
        let found = check.map(|check| Found::of(check, rules, &path)).unwrap_or_default();
        let refused = facts.state == "refused" || check.is_some_and(|check| !check.accepted);
        Self {
            title: format!("{}, version {}", upload_table(&facts.table), facts.version),
            owner: facts.owner.clone(),
            file_name: facts.file_name.clone(),
            tag: submission_state(&facts.state),
            answer: answer(&facts, check, &found, refused),
            same: query.same == "yes",
            rules: found.rules,
            listed: check.and_then(|check| Listed::of(check, rules, &path, query)),
            downloads: downloads(&facts, check),
            queries: facts.asked.then(|| match facts.open {
                0 => "Every question of the checks is answered.".to_owned(),
                open => format!(
                    "{} an answer before this version can be signed off.",
                    plural(open, "row still needs", "rows still need")
                ),
            }),
            open: facts.open > 0,
            may_answer: facts.may_answer,
            totals: check.map(totals),
            tables: check.map(|check| tables(&facts, check, &path)).unwrap_or_default(),
            part_only: refused
                && check.is_some_and(|it| !(it.reconciliation.is_empty() && it.quality.is_empty())),
            bridges: check
                .iter()
                .flat_map(|check| &check.reconciliation)
                .map(Bridge::from)
                .collect(),
            allocation: check
                .iter()
                .flat_map(|check| &check.bridge)
                .map(AllocationBridge::from)
                .collect(),
            quality: check
                .iter()
                .flat_map(|check| &check.quality)
                .map(|quality| QualityView::of(quality, facts.judged))
                .collect(),
            history: facts.history,
            accepted: check.is_some_and(|check| check.accepted),
            upload_again: refused || facts.failed.is_some(),
            may_submit: facts.may_submit,
            may_sign_off: facts.may_sign_off,
            progress: facts.progress,
            id: facts.id,
        }
    }
}

fn answer(
    facts: &SubmissionFacts,
    check: Option<&CheckJson>,
    found: &Found,
    refused: bool,
) -> String {
    match check {
        Some(check) => found.answer(check.accepted, &facts.state, facts.open),
        None if refused => "Your file was not accepted.".to_owned(),
        None => facts.failed.as_ref().map_or_else(
            || "Your file is being checked.".to_owned(),
            |why| format!("Your file could not be checked: {}.", why.trim_end_matches('.')),
        ),
    }
}

fn downloads(facts: &SubmissionFacts, check: Option<&CheckJson>) -> Vec<Link> {
    let path = format!("/submissions/{}", facts.id);
    let several = facts.to_mend.len() > 1;
    let what = match check {
        Some(check) if check.accepted => "that need an answer",
        _ => "with the mend beside each",
    };
    let of_table = |table: &String| {
        let of = if several { format!(" of {}", upload_table(table)) } else { String::new() };
        let query = super::table::encoded(table);
        let href = format!("{path}/rows-to-mend.csv?table={query}");
        Link::new(format!("Download the rows{of} {what} (CSV)"), href)
    };
    let mut links: Vec<Link> = facts.to_mend.iter().map(of_table).collect();
    if check.is_some_and(|check| !check.problems.is_empty()) {
        let href = format!("{path}/problems.csv");
        links.push(Link::new("Download the list of everything found (CSV)", href));
    }
    links
}

/// Rows read and the sum of costs.
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

/// The tables of a workbook; none where the file is one table.
fn tables(facts: &SubmissionFacts, check: &CheckJson, path: &str) -> Vec<TableRow> {
    if check.rows.len() < 2 {
        return Vec::new();
    }
    let of = |name: &String| {
        let problems = check.problems.iter().filter(|problem| problem.table == *name).count();
        let problems = u64::try_from(problems).unwrap_or(u64::MAX);
        let text = match problems {
            0 => "nothing found".to_owned(),
            some => plural(some, "problem", "problems"),
        };
        Link::new(text, format!("{path}?table={}", super::table::encoded(name)))
    };
    let rows = check.rows.iter().map(|(name, rows)| TableRow {
        name: upload_table(name),
        rows: thousands(&rows.to_string()),
        total: facts
            .tables
            .iter()
            .find(|(known, ..)| known == name)
            .and_then(|(.., total)| *total)
            .map_or_else(|| "–".to_owned(), money_full),
        problems: of(name),
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::check::ProblemJson;
    use std::collections::BTreeMap;

    fn problem(table: &str, rule: &str, severity: &str, row: u64) -> ProblemJson {
        ProblemJson {
            table: table.to_owned(),
            row: Some(row),
            column: Some("cost_gbp".to_owned()),
            rule: rule.to_owned(),
            severity: severity.to_owned(),
            message: format!("mend row {row}"),
        }
    }

    fn check() -> CheckJson {
        let mut problems: Vec<ProblemJson> =
            (2..5).map(|row| problem("costs", "money.decimals", "refuse", row)).collect();
        problems.push(problem("services", "service.unknown", "refuse", 902));
        problems.push(problem("costs", "code.unknown", "query", 7));
        let known = crate::pages::samples::check(0, false, false);
        CheckJson {
            problems,
            counts: BTreeMap::from([("money.decimals".to_owned(), 1203)]),
            rows: BTreeMap::from([("costs".to_owned(), 9), ("services".to_owned(), 2)]),
            ..known
        }
    }

    fn view(query: &ProblemQuery) -> SubmissionView {
        let rules = Rules::parse(include_str!("../../../../../../models/rules.toml"));
        let facts = SubmissionFacts {
            state: "refused".to_owned(),
            id: "1".to_owned(),
            to_mend: vec!["costs".to_owned()],
            ..SubmissionFacts::default()
        };
        SubmissionView::new(facts, Some(&check()), &rules.expect("rules"), query)
    }

    #[test]
    fn problems_are_counted_by_rule() {
        let view = view(&ProblemQuery::default());
        assert_eq!(
            view.answer,
            "Your file was not accepted: 2 things must be mended, 1 needs an answer."
        );
        let first = view.rules.first().expect("a rule");
        assert_eq!(first.title, "Money with more than two decimals");
        assert_eq!((first.rows.as_str(), first.first.as_str()), ("1,203", "row 2, cost_gbp"));
        assert_eq!(first.href, "/submissions/1?table=costs&rule=money.decimals");
        assert_eq!(view.rules.last().map(|rule| rule.tag.text.as_str()), Some("Answer"));
        let listed = view.listed.expect("rows");
        assert!(listed.unlisted.is_some_and(|text| text.starts_with("1,203 problems are")));
        assert_eq!((listed.rows.len(), listed.tables.len()), (5, 3), "few are all listed");
        let tables: Vec<&str> =
            view.tables.iter().map(|table| table.problems.text.as_str()).collect();
        assert_eq!(tables, ["4 problems", "1 problem"]);
        assert_eq!(view.downloads.len(), 2);
    }

    #[test]
    fn the_address_chooses_rows() {
        let query = |rule: &str, severity: &str, table: &str| ProblemQuery {
            rule: rule.to_owned(),
            severity: severity.to_owned(),
            table: table.to_owned(),
            ..ProblemQuery::default()
        };
        let shown = |query: &ProblemQuery| {
            let listed = view(query).listed.expect("rows");
            (listed.caption, listed.rows.len())
        };
        let decimals = ("Money with more than two decimals: 3 rows".to_owned(), 3);
        assert_eq!(shown(&query("money.decimals", "", "")), decimals);
        assert_eq!(shown(&query("", "query", "")), ("1 problem found".to_owned(), 1));
        assert_eq!(shown(&query("", "", "services")).1, 1);
        assert_eq!(shown(&query("no.such", "<script>", "x")).1, 0);
    }
}
