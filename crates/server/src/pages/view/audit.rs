//! Who did what, line by line.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use store::{AuditEntry, AuditReport, Listing};

use super::FieldError;
use super::table::{Address, Choice};
use crate::pages::format::plural;
use crate::shapes::AuditSearchQuery;

/// The page of the audit record.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AuditView {
    /// Whether the record is whole, as one sentence.
    pub answer: String,
    /// Whether it is not.
    pub broken: bool,
    /// What is wrong with the form.
    pub errors: Vec<FieldError>,
    /// The kinds of action to choose from.
    pub actions: Vec<Choice>,
    /// The people to choose from.
    pub people: Vec<Choice>,
    /// To what, as it was asked.
    pub subject: String,
    /// The first day, as it was asked.
    pub from: String,
    /// The last day, as it was asked.
    pub to: String,
    /// What the table holds.
    pub caption: String,
    /// The lines, newest first.
    pub rows: Vec<Line>,
    /// The address of older ones.
    pub older: Option<String>,
    /// The address of the first ones, where these are not.
    pub newest: Option<String>,
    /// The address of all of them as a file.
    pub csv: String,
}

/// A line of the record in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its number.
    pub number: String,
    /// When.
    pub when: String,
    /// Who.
    pub who: String,
    /// What was done.
    pub what: String,
    /// To what.
    pub subject: String,
    /// What else is said of it.
    pub more: String,
}

impl Line {
    /// A line of the record, with who it was.
    pub fn new(entry: &AuditEntry, when: String, who: &str) -> Self {
        Self {
            number: entry.seq.to_string(),
            when,
            who: who.to_owned(),
            what: words(&entry.action),
            subject: entry.subject.clone(),
            more: details(&entry.details),
        }
    }
}

impl AuditView {
    /// The page for what was found.
    pub fn new(
        report: &AuditReport,
        found: Listing<Line>,
        query: &AuditSearchQuery,
        actions: &[String],
        people: &BTreeMap<String, String>,
    ) -> Self {
        let address = |path: &str| Address {
            path: path.to_owned(),
            query: vec![
                ("action", query.action.clone()),
                ("person", query.person.clone()),
                ("subject", query.subject.clone()),
                ("from", query.from.clone()),
                ("to", query.to.clone()),
            ],
        };
        let chosen = |value: &str, text: String, asked: &str| Choice {
            value: value.to_owned(),
            text,
            chosen: value == asked,
        };
        let everything = |text: &str| vec![chosen("", text.to_owned(), "-")];
        let each = actions.iter().map(|it| chosen(it, words(it), &query.action));
        let actions = everything("Everything").into_iter().chain(each).collect();
        let each = people.iter().map(|(id, name)| chosen(id, name.clone(), &query.person));
        let mut named: Vec<Choice> = each.collect();
        named.sort_by(|a, b| a.text.cmp(&b.text));
        let people = everything("Everyone").into_iter().chain(named).collect();
        let (answer, broken) = whole(report);
        let shown = u64::try_from(found.items.len()).unwrap_or(u64::MAX);
        let is_first = query.page().after.is_none();
        Self {
            answer,
            broken,
            errors: Vec::new(),
            actions,
            people,
            subject: query.subject.clone(),
            from: query.from.clone(),
            to: query.to.clone(),
            caption: format!("{}, the latest first", plural(shown, "line", "lines")),
            rows: found.items,
            older: found.next.map(|cursor| address("/audit").with("after", &cursor)),
            newest: (!is_first).then(|| address("/audit").with("after", "")),
            csv: address("/audit.csv").with("after", ""),
        }
    }
}

/// Whether the record is whole, and how it was found out.
fn whole(report: &AuditReport) -> (String, bool) {
    match report.broken {
        Some((line, why)) => {
            (format!("The record has been tampered with: of line {line}, {why}."), true)
        }
        None if report.entries == 0 => ("Nothing has been recorded yet.".to_owned(), false),
        None => {
            let lines = plural(report.entries, "line", "lines");
            let sentence = format!(
                "The record is whole: {lines}, each following from the one before, and none \
                 missing at the end."
            );
            (sentence, false)
        }
    }
}

/// `Edition: publish` for `edition.publish`.
fn words(action: &str) -> String {
    let plain = action.replace('_', " ").replace('.', ": ");
    let mut letters = plain.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `lines: 4, table: costs` of a JSON object.
fn details(json: &str) -> String {
    let Ok(Value::Object(parts)) = serde_json::from_str(json) else { return String::new() };
    let said = parts.into_iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) => text,
            Value::Null => "none".to_owned(),
            other => other.to_string(),
        };
        format!("{}: {value}", name.replace('_', " "))
    });
    said.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_says_where_it_is_broken() {
        let mut report = AuditReport { entries: 1_234, head: String::new(), broken: None };
        assert!(whole(&report).0.starts_with("The record is whole: 1,234 lines,"));
        report.broken = Some((7, "it has been changed"));
        let broken = "The record has been tampered with: of line 7, it has been changed.";
        assert_eq!(whole(&report), (broken.to_owned(), true));
        report = AuditReport { entries: 0, ..report };
        report.broken = None;
        assert_eq!(whole(&report).0, "Nothing has been recorded yet.");
    }

    #[test]
    fn lines_read_as_words() {
        assert_eq!(words("submission.sign_off"), "Submission: sign off");
        assert_eq!(words(""), "");
        assert_eq!(
            details(r#"{"lines":4,"fund_code":"bcf","x":null}"#),
            "fund code: bcf, lines: 4, x: none"
        );
        assert_eq!(details("{}"), "");
    }

    #[test]
    fn what_was_asked_stays_in_the_addresses() {
        let query = AuditSearchQuery {
            action: "edition.publish".to_owned(),
            from: "2026-11-01".to_owned(),
            after: Some("51".to_owned()),
            ..AuditSearchQuery::default()
        };
        let found = Listing { items: Vec::new(), next: Some("1".to_owned()) };
        let report = AuditReport { entries: 60, head: String::new(), broken: None };
        let view = AuditView::new(
            &report,
            found,
            &query,
            &["edition.publish".to_owned()],
            &BTreeMap::new(),
        );
        let asked = "action=edition.publish&from=2026-11-01";
        assert_eq!(view.older, Some(format!("/audit?{asked}&after=1")));
        assert_eq!(view.newest, Some(format!("/audit?{asked}")));
        assert_eq!(view.csv, format!("/audit.csv?{asked}"));
        assert_eq!(view.actions.iter().filter(|it| it.chosen).count(), 1);
    }
}
