//! The versions of a table, and what changed from one to another.

use openbook::differences::{Change, Differences, KeyedRow, LISTED};
use quantities::Pence;
use serde::Serialize;

use crate::pages::format::{list_words, money_full, money_short, plural, thousands};
use crate::pages::view::labels::upload_table;
use crate::pages::view::table::Choice;
use crate::pages::view::{Link, Tag};

/// Rows and cells of each kind that are shown; the download has the rest.
const SHOWN: usize = 100;

/// Every version of what a submission is about.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VersionsView {
    /// The submission's id.
    pub id: String,
    /// The table and its version.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// How many there are and where the newest stands, as one sentence.
    pub answer: String,
    /// The versions, the newest first.
    pub rows: Vec<VersionRow>,
    /// The address of older ones.
    pub older: Option<String>,
}

/// One version.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VersionRow {
    /// The table and its version.
    pub link: Link,
    /// Whether it is the one that was asked about.
    pub here: bool,
    /// When and by whom it was handed in.
    pub when: String,
    /// How far it is.
    pub tag: Tag,
    /// Where it was published.
    pub published: String,
    /// Rows and money of each table that was accepted.
    pub holds: Vec<String>,
    /// The SHA-256 of the file.
    pub sha256: String,
    /// What differs between it and the one asked about.
    pub compare: Option<Link>,
}

/// What changed between two versions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DifferencesView {
    /// The submission's id.
    pub id: String,
    /// The table and its version.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// What changed, as one sentence.
    pub answer: String,
    /// Versions to compare with.
    pub against: Vec<Choice>,
    /// The tables.
    pub tables: Vec<TableDifference>,
}

/// What changed in one table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableDifference {
    /// The table in words.
    pub name: String,
    /// Tells it from others.
    pub number: usize,
    /// With which version it is compared.
    pub against: Option<Link>,
    /// How many rows, as one sentence.
    pub sentence: String,
    /// Its money before and now, as one sentence.
    pub money: Option<String>,
    /// Names of the key columns.
    pub key: String,
    /// New rows.
    pub added: Vec<(String, String)>,
    /// Rows that are gone.
    pub removed: Vec<(String, String)>,
    /// Cells that changed.
    pub changed: Vec<CellRow>,
    /// What is not listed, in words.
    pub unlisted: Vec<String>,
}

/// One cell that changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CellRow {
    /// Its row.
    pub key: String,
    /// Its column.
    pub column: String,
    /// What stood there.
    pub before: String,
    /// What stands there now.
    pub after: String,
}

/// One table to compare.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The table's code.
    pub table: String,
    /// The version it is compared with; nothing where this is the first.
    pub against: Option<Link>,
    /// What changed; nothing where there is nothing to compare it with.
    pub differences: Option<Differences>,
}

impl VersionsView {
    /// The versions that somebody may see.
    pub fn new(id: &str, title: String, owner: String, rows: Vec<VersionRow>) -> Self {
        let count = plural(count(rows.len()), "version is", "versions are");
        let answer = match rows.first() {
            Some(latest) if rows.len() > 1 => format!(
                "{count} shown; the latest is {}: {}.",
                latest.link.text,
                latest.tag.text.to_lowercase()
            ),
            _ => "This is the only version.".to_owned(),
        };
        Self { id: id.to_owned(), title, owner, answer, rows, older: None }
    }
}

impl DifferencesView {
    /// What changed in these tables.
    pub fn new(compared: &[Compared]) -> Self {
        let tables = compared.iter().enumerate();
        Self {
            answer: answer(compared),
            tables: tables.map(|(at, table)| TableDifference::new(at + 1, table)).collect(),
            ..Self::default()
        }
    }
}

fn answer(compared: &[Compared]) -> String {
    let known: Vec<&Differences> =
        compared.iter().filter_map(|table| table.differences.as_ref()).collect();
    if known.is_empty() {
        return "This is the first accepted version: there is nothing to compare it with."
            .to_owned();
    }
    if known.iter().all(|found| found.is_empty()) {
        return "Nothing changed between these versions.".to_owned();
    }
    let sum = |of: fn(&Differences) -> usize| known.iter().map(|found| of(found)).sum();
    let counts = counts(
        sum(|found| found.added_count),
        sum(|found| found.removed_count),
        sum(|found| found.changed_count),
    );
    let costs = compared.iter().find(|table| table.table == "costs");
    let money = costs.and_then(|table| table.differences.as_ref()).and_then(change_of_total);
    match money.filter(|change| *change != Pence::ZERO) {
        Some(change) if change > Pence::ZERO => {
            format!("{counts}; costs rise by {}.", money_short(change))
        }
        Some(change) => format!("{counts}; costs fall by {}.", money_short(Pence::ZERO - change)),
        None => format!("{counts}."),
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// `2 rows are new, 1 is gone and 3 changed`.
fn counts(added: usize, removed: usize, changed: usize) -> String {
    let kinds = [(added, "new"), (removed, "gone"), (changed, "changed")];
    let mut parts: Vec<String> = Vec::new();
    for (number, what) in kinds.into_iter().filter(|(number, _)| *number > 0) {
        let number = count(number);
        let verb = match (what, number) {
            ("changed", _) => "",
            (_, 1) => " is",
            _ => " are",
        };
        let of = if parts.is_empty() {
            plural(number, "row", "rows")
        } else {
            thousands(&number.to_string())
        };
        parts.push(format!("{of}{verb} {what}"));
    }
    list_words(&parts)
}

fn change_of_total(found: &Differences) -> Option<Pence> {
    Some(found.after_total? - found.before_total?)
}

impl TableDifference {
    fn new(number: usize, table: &Compared) -> Self {
        let name = upload_table(&table.table);
        let Some(found) = &table.differences else {
            return Self {
                name,
                number,
                sentence: "There is no earlier accepted version of this table.".to_owned(),
                ..Self::default()
            };
        };
        let sentence = if found.is_empty() {
            "Nothing changed.".to_owned()
        } else {
            format!("{}.", counts(found.added_count, found.removed_count, found.changed_count))
        };
        let money = found.before_total.zip(found.after_total).map(|(before, after)| {
            let change = match after - before {
                Pence::ZERO => "no change".to_owned(),
                change if change > Pence::ZERO => format!("+{}", money_full(change)),
                change => money_full(change),
            };
            format!(
                "Money in all: {} before, {} now, {change}.",
                money_full(before),
                money_full(after)
            )
        });
        let unlisted = [
            (found.added_count, found.added.len(), "new rows"),
            (found.removed_count, found.removed.len(), "rows that are gone"),
        ];
        let mut unlisted: Vec<String> = unlisted
            .into_iter()
            .filter(|(all, listed, _)| *all > (*listed).min(SHOWN))
            .map(|(all, listed, what)| more(all, listed.min(SHOWN), what))
            .collect();
        if found.changed.len() > SHOWN {
            let known = if found.changed.len() < LISTED { "" } else { "at least " };
            let all = thousands(&found.changed.len().to_string());
            unlisted.push(format!("{known}{all} cells changed; the first {SHOWN} are listed."));
        }
        Self {
            name,
            number,
            against: table.against.clone(),
            sentence,
            money,
            key: found.key_columns.join(", "),
            added: found.added.iter().take(SHOWN).map(keyed).collect(),
            removed: found.removed.iter().take(SHOWN).map(keyed).collect(),
            changed: found.changed.iter().take(SHOWN).map(CellRow::from).collect(),
            unlisted: unlisted
                .into_iter()
                .map(|text| crate::pages::format::sentence_case(&text))
                .collect(),
        }
    }
}

fn more(all: usize, listed: usize, what: &str) -> String {
    let all = thousands(&all.to_string());
    format!("{all} {what}; the first {listed} are listed.")
}

fn keyed(row: &KeyedRow) -> (String, String) {
    (row.key.join(", "), row.amount.map(money_full).unwrap_or_default())
}

impl From<&Change> for CellRow {
    fn from(change: &Change) -> Self {
        let cell =
            |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
        Self {
            key: change.key.join(", "),
            column: change.column.clone(),
            before: cell(&change.before),
            after: cell(&change.after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    fn compared(rows: usize) -> Vec<Compared> {
        vec![Compared {
            table: "costs".to_owned(),
            against: Some(Link::new("version 2", "/submissions/2")),
            differences: Some(samples::differences(rows)),
        }]
    }

    #[test]
    fn what_changed_is_one_sentence_with_its_money() {
        let view = DifferencesView::new(&compared(2));
        assert_eq!(view.answer, "2 rows are new, 2 are gone and 2 changed; costs rise by £2.00.");
        let money = view.tables.first().and_then(|table| table.money.clone());
        assert_eq!(money.as_deref(), Some("Money in all: £100.00 before, £102.00 now, +£2.00."));
        assert_eq!(counts(1, 0, 3), "1 row is new and 3 changed");
        assert_eq!(counts(0, 1_200, 0), "1,200 rows are gone");
    }

    #[test]
    fn what_is_not_listed_is_counted() {
        let view = DifferencesView::new(&compared(1_500));
        let table = view.tables.first().expect("a table");
        assert_eq!((table.added.len(), table.changed.len()), (100, 100));
        assert_eq!(
            table.unlisted,
            [
                "1,500 new rows; the first 100 are listed.",
                "1,500 rows that are gone; the first 100 are listed.",
                "At least 1,000 cells changed; the first 100 are listed."
            ]
        );
    }

    #[test]
    fn a_first_version_and_an_equal_one_are_said_so() {
        let first = Compared { table: "costs".to_owned(), against: None, differences: None };
        assert!(
            DifferencesView::new(std::slice::from_ref(&first))
                .answer
                .starts_with("This is the first")
        );
        let same = Compared { differences: Some(Differences::default()), ..first };
        assert_eq!(DifferencesView::new(&[same]).answer, "Nothing changed between these versions.");
    }
}
