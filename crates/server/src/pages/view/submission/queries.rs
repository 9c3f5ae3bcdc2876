//! What the checks ask, and what is answered.

use serde::Serialize;
use std::collections::BTreeMap;
use store::{Answer, AskedQuery, EarlierAnswer};

use crate::pages::format::{plural, short_name, thousands};
use crate::pages::view::labels::upload_table;
use crate::pages::view::table::{Address, Pager, encoded, page_of_size};
use crate::pages::view::{FieldError, Link, Tag};
use crate::rules::Rules;

/// Rows on one page of those to be answered one by one.
const ROWS: usize = 25;

/// The page on which queries are answered.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QueriesView {
    /// The submission's id.
    pub id: String,
    /// The table and its version.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// How many rows still need an answer, as one sentence.
    pub answer: String,
    /// Whether this person may answer now.
    pub may_answer: bool,
    /// The queries, a rule each; those that are open first.
    pub groups: Vec<QueryGroup>,
    /// The rows of the one rule that is answered row by row.
    pub rows: Option<QueryRows>,
    /// What is wrong with the answers.
    pub errors: Vec<FieldError>,
}

/// The queries of one rule.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QueryGroup {
    /// Tells its fields from those of others.
    pub number: usize,
    /// The table's code.
    pub table: String,
    /// The rule's stable code.
    pub rule: String,
    /// The rule in words.
    pub title: String,
    /// The table in words.
    pub of: String,
    /// How many rows it asks about, and what the first is asked.
    pub asked: String,
    /// What the first is asked.
    pub message: String,
    /// How far it is answered.
    pub tag: Tag,
    /// Whether every row is answered.
    pub done: bool,
    /// The answers that stand.
    pub given: Vec<Given>,
    /// What was answered before.
    pub before: Option<Before>,
    /// The way to answer row by row; nothing where there is only one row.
    pub by_row: Option<String>,
    /// What was typed and not kept.
    pub typed: String,
    /// Whether what was typed is not an answer.
    pub wrong: bool,
}

/// An answer that stands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Given {
    /// For which rows.
    pub of: String,
    /// The words.
    pub text: String,
}

/// What was answered before to the same query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Before {
    /// The version.
    pub version: Link,
    /// The words.
    pub text: String,
}

/// The rows of one rule, to be answered one by one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QueryRows {
    /// The table's code.
    pub table: String,
    /// The rule's stable code.
    pub rule: String,
    /// The rule in words.
    pub title: String,
    /// Which page.
    pub page: usize,
    /// The rows.
    pub rows: Vec<QueryRow>,
    /// The way to the others.
    pub pager: Option<Pager>,
}

/// One row to be answered.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QueryRow {
    /// Tells its fields from those of others.
    pub number: usize,
    /// The row's number in the file; empty where there is none.
    pub row: String,
    /// The column; empty where the whole row is meant.
    pub column: String,
    /// Where it is, in words.
    pub place: String,
    /// What is asked.
    pub message: String,
    /// The answer that stands.
    pub text: String,
    /// What was answered before.
    pub before: Option<Before>,
    /// Whether what was typed is not an answer.
    pub wrong: bool,
}

/// Which rule's rows, as it stands in the address.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct RowQuery {
    /// The table.
    #[serde(default)]
    pub table: String,
    /// The rule.
    #[serde(default)]
    pub rule: String,
    /// Which page.
    pub page: Option<usize>,
}

/// What was typed into a box and not kept, with why.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The table.
    pub table: String,
    /// The rule.
    pub rule: String,
    /// The row; nothing where it was meant for every row of the rule.
    pub row: Option<u64>,
    /// The column of that row.
    pub column: Option<String>,
    /// The words.
    pub text: String,
    /// Why they were not kept.
    pub why: String,
}

/// Rows that still need an answer.
pub fn open(asked: &[AskedQuery]) -> u64 {
    asked.iter().filter(|it| it.answer.is_none()).map(|it| it.query.occurrences).sum()
}

/// A rule of which rows still need an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OpenRule {
    /// The rule in words.
    pub title: String,
    /// The table in words.
    pub of: String,
    /// How many rows, in words.
    pub rows: String,
    /// How many rows.
    pub count: u64,
}

/// What still needs an answer, a rule each, in the order of tables and rules.
pub fn still_open(asked: &[AskedQuery], rules: &Rules) -> Vec<OpenRule> {
    let mut by_rule: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for it in asked.iter().filter(|it| it.answer.is_none()) {
        let rows = by_rule.entry((&it.query.table, &it.query.rule)).or_default();
        *rows = rows.saturating_add(it.query.occurrences);
    }
    let rule = |((table, rule), count): ((&str, &str), u64)| OpenRule {
        title: rules.title(rule),
        of: upload_table(table),
        rows: plural(count, "row", "rows"),
        count,
    };
    by_rule.into_iter().map(rule).collect()
}

impl QueriesView {
    /// The queries of a submission, a rule each.
    pub fn groups(asked: &[AskedQuery], rules: &Rules, path: &str, typed: &[Typed]) -> Self {
        let mut by_rule: BTreeMap<(&str, &str), Vec<&AskedQuery>> = BTreeMap::new();
        for it in asked {
            by_rule.entry((&it.query.table, &it.query.rule)).or_default().push(it);
        }
        let mut groups: Vec<QueryGroup> =
            by_rule.values().filter_map(|of_rule| group(of_rule, rules, path)).collect();
        groups.sort_by_key(|group| group.done);
        let mut errors = Vec::new();
        for (at, group) in groups.iter_mut().enumerate() {
            group.number = at + 1;
            let same = |typed: &&Typed| typed.table == group.table && typed.rule == group.rule;
            if let Some(typed) = typed.iter().find(same) {
                group.typed.clone_from(&typed.text);
                group.wrong = true;
                errors.push(FieldError::new(format!("text-{}", group.number), &typed.why));
            }
        }
        Self { answer: answer(open(asked)), groups, errors, ..Self::default() }
    }

    /// The rows of one rule.
    pub fn rows(
        asked: &[AskedQuery],
        rules: &Rules,
        path: &str,
        query: &RowQuery,
        typed: &[Typed],
    ) -> Option<Self> {
        let of_rule: Vec<&AskedQuery> = asked
            .iter()
            .filter(|it| it.query.table == query.table && it.query.rule == query.rule)
            .filter(|it| it.query.row.is_some())
            .collect();
        if of_rule.is_empty() {
            return None;
        }
        let address = Address {
            path: path.to_owned(),
            query: vec![("table", query.table.clone()), ("rule", query.rule.clone())],
        };
        let page = query.page.unwrap_or(1);
        let (shown, pager) = page_of_size(of_rule, page, ROWS, &address);
        let mut errors = Vec::new();
        let mut rows: Vec<QueryRow> = shown.into_iter().map(row).collect();
        for (at, row) in rows.iter_mut().enumerate() {
            row.number = at + 1;
            let same = |typed: &&Typed| {
                typed.row.is_some_and(|number| number.to_string() == row.row)
                    && typed.column.as_deref().unwrap_or_default() == row.column
            };
            if let Some(typed) = typed.iter().find(same) {
                row.text.clone_from(&typed.text);
                row.wrong = errors.is_empty();
                if row.wrong {
                    errors.push(FieldError::new(format!("text-{}", row.number), &typed.why));
                }
            }
        }
        let rows = QueryRows {
            table: query.table.clone(),
            rule: query.rule.clone(),
            title: rules.title(&query.rule),
            page,
            rows,
            pager,
        };
        Some(Self { answer: answer(open(asked)), rows: Some(rows), errors, ..Self::default() })
    }
}

fn answer(open: u64) -> String {
    match open {
        0 => "Every question is answered.".to_owned(),
        open => format!(
            "{} an answer before this version can be signed off.",
            plural(open, "row still needs", "rows still need")
        ),
    }
}

fn group(of_rule: &[&AskedQuery], rules: &Rules, path: &str) -> Option<QueryGroup> {
    let first = of_rule.first()?;
    let all: u64 = of_rule.iter().map(|it| it.query.occurrences).sum();
    let answered: u64 =
        of_rule.iter().filter(|it| it.answer.is_some()).map(|it| it.query.occurrences).sum();
    let table = &first.query.table;
    let rule = &first.query.rule;
    let done = answered == all;
    let tag = match answered {
        _ if done => Tag::new("Answered", "green"),
        0 => Tag::new("Not answered", "yellow"),
        some => Tag::new(
            format!("{} of {} answered", thousands(&some.to_string()), thousands(&all.to_string())),
            "yellow",
        ),
    };
    let before = of_rule.iter().find_map(|it| it.before.as_ref()).map(Before::from);
    Some(QueryGroup {
        number: 0,
        table: table.clone(),
        rule: rule.clone(),
        title: rules.title(rule),
        of: upload_table(table),
        asked: format!("{}; {}", plural(all, "row", "rows"), place(first)),
        message: first.query.message.clone(),
        tag,
        done,
        given: given(of_rule),
        before,
        by_row: (of_rule.len() > 1)
            .then(|| format!("{path}?table={}&rule={}", encoded(table), encoded(rule))),
        typed: String::new(),
        wrong: false,
    })
}

/// Each answer that stands once, with how many rows it stands for.
fn given(of_rule: &[&AskedQuery]) -> Vec<Given> {
    let mut answers: Vec<(&Answer, u64)> = Vec::new();
    for it in of_rule {
        let Some(answer) = &it.answer else { continue };
        match answers.iter_mut().find(|(known, _)| known.text == answer.text) {
            Some((_, rows)) => *rows = rows.saturating_add(it.query.occurrences),
            None => answers.push((answer, it.query.occurrences)),
        }
    }
    let said = answers
        .into_iter()
        .map(|(answer, rows)| Given { of: plural(rows, "row", "rows"), text: answer.text.clone() });
    said.take(LISTED).collect()
}

/// Different answers to one rule that are shown; the others stand beside their rows.
const LISTED: usize = 3;

fn place(it: &AskedQuery) -> String {
    let query = &it.query;
    let mut parts = Vec::new();
    match query.row {
        Some(row) => parts.push(format!("row {}", thousands(&row.to_string()))),
        None => parts.push("the whole file".to_owned()),
    }
    parts.extend(query.column.clone());
    parts.extend(query.key.as_deref().map(short_name));
    parts.join(", ")
}

fn row(it: &AskedQuery) -> QueryRow {
    QueryRow {
        number: 0,
        wrong: false,
        row: it.query.row.map(|row| row.to_string()).unwrap_or_default(),
        column: it.query.column.clone().unwrap_or_default(),
        place: crate::pages::format::sentence_case(&place(it)),
        message: it.query.message.clone(),
        text: it.answer.as_ref().map(|answer| answer.text.clone()).unwrap_or_default(),
        before: it.before.as_ref().map(Before::from),
    }
}

impl From<&EarlierAnswer> for Before {
    fn from(before: &EarlierAnswer) -> Self {
        Self {
            version: Link::new(
                format!("version {}", before.version),
                format!("/submissions/{}/answers", before.submission),
            ),
            text: before.answer.text.clone(),
        }
    }
}
