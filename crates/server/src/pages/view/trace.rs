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
    /// What is the same in every row.
    pub same: Vec<Cell>,
    /// The columns that differ, and whether figures stand in them.
    pub columns: Vec<(String, bool)>,
    /// What stands in those, row by row.
    pub rows: Vec<Vec<String>>,
    /// Where among them.
    pub pager: Option<Pager>,
}

/// What stands in a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The column.
    pub key: String,
    /// The cell.
    pub value: String,
}

impl Cell {
    fn new(key: &str, value: &str) -> Self {
        Self { key: key.to_owned(), value: value.to_owned() }
    }
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
                "The figures of this service in edition {} come from {rows} of the book; its costs of \
                 {} come to {}.",
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
        let columns = columns(table);
        let (differ, same): (Vec<Column<'_>>, Vec<Column<'_>>) =
            columns.into_iter().partition(|column| column.same.is_none());
        let (rows, pager) = page_of(table.rows.iter().collect(), page, &address);
        let row = |row: &Vec<String>| {
            let cells = differ.iter().map(|column| row.get(column.at).cloned().unwrap_or_default());
            cells.collect()
        };
        Self {
            id: format!("rows-{}", table.table),
            name: upload_table(&table.table),
            told,
            submission: submissions.then(|| {
                Link::new("As it was handed in", format!("/submissions/{}", table.submission))
            }),
            download: format!("{href}/rows.csv?table={}", encoded(&table.table)),
            same: same
                .iter()
                .filter_map(|column| Some(Cell::new(column.name, column.same?)))
                .collect(),
            rows: if differ.is_empty() { Vec::new() } else { rows.into_iter().map(row).collect() },
            columns: differ.iter().map(|it| (it.name.to_owned(), it.numeric)).collect(),
            pager: pager.filter(|_| !differ.is_empty()),
        }
    }
}

/// One column of a table.
struct Column<'a> {
    name: &'a str,
    at: usize,
    /// What stands in every row, where that is the same.
    same: Option<&'a str>,
    /// Whether all that stands in it are numbers.
    numeric: bool,
}

/// The columns in which something stands, without those that name the service.
fn columns(table: &TracedTable) -> Vec<Column<'_>> {
    let names = table.columns.iter().enumerate();
    names
        .filter(|(_, name)| !["provider_code", "service_code"].contains(&name.as_str()))
        .filter_map(|(at, name)| {
            let cells = || table.rows.iter().filter_map(move |row| row.get(at)).map(String::as_str);
            let first = cells().next().unwrap_or_default();
            let same = cells().all(|cell| cell == first).then_some(first);
            let mut written = cells().filter(|cell| !cell.is_empty());
            let numeric = !name.ends_with("_code") && written.all(|it| it.parse::<f64>().is_ok());
            (same != Some("")).then_some(Column { name, at, same, numeric })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_in_every_row_is_said_once() {
        let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
        let table = TracedTable {
            table: "costs".to_owned(),
            owner: None,
            submission: "018f2b6e-0000-7000-8000-000000000000".parse().expect("an id"),
            columns: row(["provider_code", "fin_year", "resource_group", "cost_gbp", "note"]),
            rows: vec![
                row(["RTG", "2024-25", "nursing", "1.00", ""]),
                row(["RTG", "2024-25", "drugs", "2.50", ""]),
            ],
            spend: None,
        };
        let found = TraceTable::of(&table, &TraceQuery::default(), "/value/RTG/S", false);
        assert_eq!(found.same, [Cell::new("fin_year", "2024-25")]);
        let heads = [("resource_group".to_owned(), false), ("cost_gbp".to_owned(), true)];
        assert_eq!(found.columns, heads);
        assert_eq!(found.rows, [vec!["nursing", "1.00"], vec!["drugs", "2.50"]]);
        let one = TracedTable { rows: table.rows[..1].to_vec(), ..table };
        let found = TraceTable::of(&one, &TraceQuery::default(), "/value/RTG/S", false);
        assert_eq!((found.same.len(), found.rows.len()), (3, 0));
    }
}
