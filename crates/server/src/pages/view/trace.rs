//! The rows that a service's figures come from.

use quantities::Pence;
use serde::{Deserialize, Serialize};

use super::Link;
use super::labels::upload_table;
use super::table::{Address, Pager, encoded, page_of, service_href};
use crate::actions::trace::Trace;
use crate::engine::TracedTable;
use crate::pages::format::{money_full, plural};

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TraceQuery {
    /// The table whose pages are turned.
    pub table: String,
    /// Which of its pages.
    pub page: Option<usize>,
}

/// The rows that a service's figures come from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TraceView {
    /// The service.
    pub service: Link,
    /// `provider/service`.
    pub key: String,
    /// What the rows come to.
    pub answer: String,
    /// How that becomes the spend that is valued, where the two differ.
    pub part: Option<String>,
    /// The rows by table.
    pub tables: Vec<TraceTable>,
}

/// The rows of one table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TraceTable {
    /// Where on the page.
    pub id: String,
    /// The table in words.
    pub name: String,
    /// How many rows, from whom, what they come to.
    pub told: String,
    /// The submission that they came in, where one may see it.
    pub submission: Option<Link>,
    /// All of them as a file.
    pub download: String,
    /// What each column is, and whether figures stand in it.
    pub columns: Vec<(String, bool)>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// Where among them.
    pub pager: Option<Pager>,
}

impl TraceView {
    /// The page of a line; `submissions` where the reader may see what was handed in.
    pub fn new(trace: &Trace, query: &TraceQuery, submissions: bool) -> Self {
        let href = service_href(&trace.line.service);
        let costed: Pence = trace.tables.iter().filter_map(|table| table.spend).sum();
        let rows: usize = trace.tables.iter().map(|table| table.rows.len()).sum();
        let rows = plural(u64::try_from(rows).unwrap_or(u64::MAX), "row", "rows");
        let spend = trace.line.spend_gbp;
        let part = (costed != spend && costed > Pence::ZERO).then(|| {
            format!(
                "What is valued is {}: this board\u{2019}s part of the work by the contracts table, a \
                 part year made whole where the scenario says so.",
                money_full(spend)
            )
        });
        Self {
            answer: format!(
                "Every figure of this service in edition {} comes from {rows}; its costs of {} come \
                 to {}.",
                trace.edition,
                trace.year,
                money_full(costed)
            ),
            part,
            key: trace.line.service.clone(),
            service: Link::new(trace.line.name.clone(), href.clone()),
            tables: trace
                .tables
                .iter()
                .map(|table| TraceTable::of(table, query, &href, submissions))
                .collect(),
        }
    }
}

impl TraceTable {
    fn of(table: &TracedTable, query: &TraceQuery, href: &str, submissions: bool) -> Self {
        let address =
            Address { path: format!("{href}/rows"), query: vec![("table", table.table.clone())] };
        let page = query.page.filter(|_| query.table == table.table).unwrap_or(1);
        let from = table.owner.as_ref().map_or_else(|| "the ICB".to_owned(), ToString::to_string);
        let count = u64::try_from(table.rows.len()).unwrap_or(u64::MAX);
        let mut told = format!("{}, handed in by {from}", plural(count, "row", "rows"));
        if let Some(spend) = table.spend {
            told.push_str(&format!("; {} in the year that is valued", money_full(spend)));
        }
        let (rows, pager) = page_of(table.rows.clone(), page, &address);
        Self {
            id: format!("rows-{}", table.table),
            name: upload_table(&table.table),
            told,
            submission: submissions.then(|| {
                Link::new("As it was handed in", format!("/submissions/{}", table.submission))
            }),
            download: format!("{href}/rows.csv?table={}", encoded(&table.table)),
            columns: table
                .columns
                .iter()
                .enumerate()
                .map(|(at, name)| heading(table, at, name))
                .collect(),
            rows,
            pager,
        }
    }
}

/// A column's name in words, and whether all that stands in it are numbers.
fn heading(table: &TracedTable, at: usize, name: &str) -> (String, bool) {
    let mut cells = table.rows.iter().filter_map(|row| row.get(at)).filter(|it| !it.is_empty());
    let mut any = false;
    let numeric = cells.all(|cell| {
        any = true;
        cell.parse::<f64>().is_ok()
    });
    (name.to_owned(), numeric && any && !name.ends_with("_code"))
}
