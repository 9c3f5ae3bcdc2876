//! What the checks found: rule by rule, and the rows of those one asks for.

use api::check::{CheckJson, ProblemJson};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::pages::format::{plural, thousands};
use crate::pages::view::Tag;
use crate::pages::view::labels::{severity, upload_table};
use crate::pages::view::table::{Address, Choice, Pager, page_of};
use crate::rules::Rules;

/// Up to this many problems are listed without being asked for.
const SHOWN_AT_ONCE: usize = 20;

/// Which problems one asks for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ProblemQuery {
    /// Those of this rule.
    #[serde(default)]
    pub rule: String,
    /// Those of this severity.
    #[serde(default)]
    pub severity: String,
    /// Those of this table.
    #[serde(default)]
    pub table: String,
    /// `all` to list them without a filter.
    #[serde(default)]
    pub show: String,
    /// Which page of them.
    pub page: Option<usize>,
    /// `yes` for whom just handed in a file that was there already.
    #[serde(default)]
    pub same: String,
}

/// One rule that was broken.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RuleRow {
    /// The rule in words.
    pub title: String,
    /// Its stable code.
    pub rule: String,
    /// What it asks for.
    pub tag: Tag,
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: String,
    /// Where the first is.
    pub first: String,
    /// What is wrong there and how to mend it.
    pub mend: String,
    /// The address of its rows.
    pub href: String,
}

/// One problem.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProblemRow {
    /// The row in the file.
    pub row: String,
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// What it asks for.
    pub tag: Tag,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// The rows one asked for, with what else one may ask for.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Listed {
    /// Which they are, in words.
    pub caption: String,
    /// The rows.
    pub rows: Vec<ProblemRow>,
    /// The way to the others.
    pub pager: Option<Pager>,
    /// The address of all of them; nothing where they are shown.
    pub all: Option<String>,
    /// Rules to choose.
    pub rules: Vec<Choice>,
    /// Severities to choose.
    pub severities: Vec<Choice>,
    /// Tables to choose; none where the file is one table.
    pub tables: Vec<Choice>,
    /// What is counted and not listed.
    pub unlisted: Option<String>,
}

/// What the checks found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The rules, those to be mended first.
    pub rules: Vec<RuleRow>,
    /// How many of them must be mended.
    pub refused: u64,
    /// How many of them need an answer.
    pub queried: u64,
}

/// The order of severities, the gravest first.
const SEVERITIES: [&str; 3] = ["refuse", "query", "note"];

fn rank(code: &str) -> usize {
    SEVERITIES.iter().position(|known| *known == code).unwrap_or(SEVERITIES.len())
}

impl Found {
    /// The rules that were broken.
    pub fn of(check: &CheckJson, rules: &Rules, path: &str) -> Self {
        let mut by_rule: BTreeMap<(usize, &str, &str), Vec<&ProblemJson>> = BTreeMap::new();
        let mut tables: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for problem in &check.problems {
            let key = (rank(&problem.severity), problem.table.as_str(), problem.rule.as_str());
            by_rule.entry(key).or_default().push(problem);
            tables.entry(&problem.rule).or_default().insert(&problem.table);
        }
        let mut found = Self::default();
        for ((_, _, rule), problems) in by_rule {
            let Some(first) = problems.first() else { continue };
            let listed = u64::try_from(problems.len()).unwrap_or(u64::MAX);
            // Problems beyond those listed are counted by rule, whatever their table.
            let alone = tables.get(rule).is_none_or(|tables| tables.len() == 1);
            let counted = check.counts.get(rule).copied().filter(|_| alone).unwrap_or(listed);
            found.refused += u64::from(first.severity == "refuse");
            found.queried += u64::from(first.severity == "query");
            found.rules.push(RuleRow {
                title: rules.title(rule),
                rule: rule.to_owned(),
                tag: severity(&first.severity),
                table: upload_table(&first.table),
                rows: thousands(&counted.max(listed).to_string()),
                first: place(first),
                mend: first.message.clone(),
                href: Address {
                    path: path.to_owned(),
                    query: vec![("table", first.table.clone())],
                }
                .with("rule", rule),
            });
        }
        found
    }

    /// The answer, as one sentence; `open` rows still need an answer.
    pub fn answer(&self, accepted: bool, state: &str, open: u64) -> String {
        let things = plural(self.refused, "thing", "things");
        match (accepted, self.queried, open) {
            (false, 0, _) => format!("Your file was not accepted: {things} must be mended."),
            (false, ask, _) => format!(
                "Your file was not accepted: {things} must be mended, {} an answer.",
                plural(ask, "needs", "need")
            ),
            (true, ..) if state == "signed_off" => {
                "This version is signed off; it is part of the next edition.".to_owned()
            }
            (true, ..) if state == "published" => {
                "This version is signed off and published.".to_owned()
            }
            (true, ..) if state == "superseded" => {
                "This version was signed off; a later one has taken its place.".to_owned()
            }
            (true, 0, 0) => "Your file was accepted: nothing has to be mended.".to_owned(),
            (true, _, 0) => "Your file was accepted, and every question is answered.".to_owned(),
            (true, _, open) => format!(
                "Your file was accepted: {} an answer before it can be signed off.",
                plural(open, "row needs", "rows need")
            ),
        }
    }
}

impl Listed {
    /// The rows one asks for; nothing where the checks found nothing.
    pub fn of(check: &CheckJson, rules: &Rules, path: &str, query: &ProblemQuery) -> Option<Self> {
        let all = check.problems.len();
        if all == 0 {
            return None;
        }
        let chosen =
            !(query.rule.is_empty() && query.severity.is_empty() && query.table.is_empty());
        let shown = chosen || query.show == "all" || all <= SHOWN_AT_ONCE;
        let is = |wanted: &str, it: &str| wanted.is_empty() || wanted == it;
        let rows: Vec<&ProblemJson> = check
            .problems
            .iter()
            .filter(|problem| {
                shown
                    && is(&query.rule, &problem.rule)
                    && is(&query.severity, &problem.severity)
                    && is(&query.table, &problem.table)
            })
            .collect();
        let number = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let address = Address {
            path: path.to_owned(),
            query: vec![
                ("rule", query.rule.clone()),
                ("severity", query.severity.clone()),
                ("table", query.table.clone()),
                ("show", query.show.clone()),
            ],
        };
        let (rows, pager) = page_of(rows, query.page.unwrap_or(1), &address);
        let caption = match (query.rule.as_str(), chosen) {
            ("", false) => "All rows".to_owned(),
            ("", true) => format!("{} found", plural(number, "problem", "problems")),
            (rule, _) => format!("{}: {}", rules.title(rule), plural(number, "row", "rows")),
        };
        Some(Self {
            caption,
            rows: rows.into_iter().map(ProblemRow::from).collect(),
            pager,
            all: (!shown).then(|| format!("{path}?show=all")),
            rules: rule_choices(check, rules, &query.rule),
            severities: severity_choices(check, &query.severity),
            tables: table_choices(check, &query.table),
            unlisted: unlisted(check),
        })
    }
}

fn choices(
    first: &str,
    codes: impl IntoIterator<Item = String>,
    text: impl Fn(&str) -> String,
    chosen: &str,
) -> Vec<Choice> {
    let all = Choice { value: String::new(), text: first.to_owned(), chosen: chosen.is_empty() };
    let each = codes.into_iter().map(|code| Choice {
        text: text(&code),
        chosen: code == chosen,
        value: code,
    });
    std::iter::once(all).chain(each).collect()
}

fn rule_choices(check: &CheckJson, rules: &Rules, chosen: &str) -> Vec<Choice> {
    let codes: BTreeSet<String> =
        check.problems.iter().map(|problem| problem.rule.clone()).collect();
    choices("All rules", codes, |code| rules.title(code), chosen)
}

fn severity_choices(check: &CheckJson, chosen: &str) -> Vec<Choice> {
    let has = |code: &&str| check.problems.iter().any(|problem| problem.severity == *code);
    let codes = SEVERITIES.into_iter().filter(has).map(str::to_owned);
    choices("All of them", codes, |code| severity(code).text, chosen)
}

fn table_choices(check: &CheckJson, chosen: &str) -> Vec<Choice> {
    let codes: BTreeSet<String> =
        check.problems.iter().map(|problem| problem.table.clone()).collect();
    if codes.len() < 2 {
        return Vec::new();
    }
    choices("All tables", codes, upload_table, chosen)
}

/// What is counted beyond what is listed.
fn unlisted(check: &CheckJson) -> Option<String> {
    let all: u64 = check.counts.values().sum();
    let listed = u64::try_from(check.problems.len()).unwrap_or(u64::MAX);
    (all > listed).then(|| {
        format!(
            "{} in the file; the first {} are listed here. Mend these and hand the file in again \
             to see the others.",
            plural(all, "problem is", "problems are"),
            thousands(&listed.to_string())
        )
    })
}

/// Where a problem is.
pub fn place(problem: &ProblemJson) -> String {
    let row = match problem.row {
        Some(row) => format!("row {}", thousands(&row.to_string())),
        None => "whole file".to_owned(),
    };
    match &problem.column {
        Some(column) => format!("{row}, {column}"),
        None => row,
    }
}

impl From<&ProblemJson> for ProblemRow {
    fn from(problem: &ProblemJson) -> Self {
        Self {
            row: problem
                .row
                .map_or_else(|| "whole file".to_owned(), |row| thousands(&row.to_string())),
            table: upload_table(&problem.table),
            column: problem.column.clone().unwrap_or_else(|| "whole row".to_owned()),
            tag: severity(&problem.severity),
            message: problem.message.clone(),
        }
    }
}
