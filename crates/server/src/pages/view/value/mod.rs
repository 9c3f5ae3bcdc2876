//! The value explorer: every service on one scale.

mod picture;
mod ranges;
mod ranking;
mod rows;
mod words;

use api::value::ValueJson;
use serde::{Deserialize, Serialize};

use super::Link;
use super::table::{Address, Choice, Column, Pager, Sort, page_of, sector_choices};
use crate::pages::format::sentence_case;
use ranking::{Look, Ranked, ranked};

pub use ranges::{
    average_range, marginal_range, net_range, per_thousand_of, per_thousand_range, place_range,
    qaly_range,
};
pub use ranking::is_hidden;
pub use rows::ValueRow;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ValueQuery {
    /// `last-pound` or `whole-service`.
    pub view: String,
    /// A column's key, with `-` before it for the largest first.
    pub sort: String,
    /// A sector's code, or nothing for all.
    pub sector: String,
    /// Which page of the table.
    pub page: Option<usize>,
}

/// The value explorer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ValueView {
    /// The answer, as one sentence.
    pub answer: String,
    /// What it costs, and how sure that is.
    pub doubt: Option<String>,
    /// What cannot be said.
    pub silence: Option<String>,
    /// The two ways to look.
    pub tabs: Vec<Tab>,
    /// What the picture says.
    pub chart_title: String,
    /// The picture.
    pub chart: Option<String>,
    /// How to read it.
    pub chart_reading: String,
    /// The sectors to choose from.
    pub sectors: Vec<Choice>,
    /// What the filter form keeps.
    pub kept: Vec<Link>,
    /// The table's headings.
    pub columns: Vec<Column>,
    /// The table's rows.
    pub rows: Vec<ValueRow>,
    /// Where in the table.
    pub pager: Option<Pager>,
    /// How we know.
    pub method: Vec<String>,
    /// What a reader must know of the book.
    pub notes: Vec<String>,
}

/// One way to look at the services.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tab {
    /// The link to it.
    pub link: Link,
    /// Whether it is shown.
    pub current: bool,
}

impl ValueView {
    /// The page for what the address asks.
    pub fn new(value: &ValueJson, query: &ValueQuery) -> Self {
        let look = if query.view == "whole-service" { Look::WholeService } else { Look::LastPound };
        let all = ranked(&value.services, look);
        let by_margin = ranked(&value.services, Look::LastPound);
        let address = Address {
            path: "/value".to_owned(),
            query: vec![
                ("view", query.view.clone()),
                ("sector", query.sector.clone()),
                ("sort", query.sort.clone()),
            ],
        };
        let sectors = sector_choices(
            value.services.iter().map(|service| service.sector.as_str()),
            &query.sector,
        );
        let in_filter =
            |entry: &&Ranked<'_>| query.sector.is_empty() || entry.service.sector == query.sector;
        let shown: Vec<&Ranked<'_>> = all.iter().filter(in_filter).collect();
        let chart_title = picture::title(&shown, look);
        let chart = (!shown.is_empty()).then(|| picture::chart(&shown, look, &chart_title));
        let sort = Sort::read(if query.sort.is_empty() { "rank" } else { &query.sort });
        let rows = {
            let row = |entry| rows::row(entry, look);
            rows::sorted(shown, &sort).into_iter().map(row).collect()
        };
        let (rows, pager) = page_of(rows, query.page.unwrap_or(1), &address);
        Self {
            answer: words::answer(&by_margin),
            doubt: words::doubt(&by_margin),
            silence: words::silence(&value.services),
            tabs: tabs(look, &address),
            chart_title,
            chart,
            chart_reading: picture::reading(look).to_owned(),
            sectors,
            kept: vec![Link::new(&query.view, "view"), Link::new(&query.sort, "sort")],
            columns: rows::columns(&sort, &address, look),
            rows,
            pager,
            method: words::method(value),
            notes: value.notes.clone(),
        }
    }

    /// The page while there are no values, and why.
    pub fn not_yet(why: &str) -> Self {
        let why = why.trim_end_matches('.');
        Self { answer: format!("{}.", sentence_case(why)), ..Self::default() }
    }
}

fn tabs(look: Look, address: &Address) -> Vec<Tab> {
    [
        (Look::LastPound, "Last pound", "last-pound"),
        (Look::WholeService, "Whole service", "whole-service"),
    ]
    .into_iter()
    .map(|(tab, text, view)| Tab {
        link: Link::new(text, address.with("view", view)),
        current: tab == look,
    })
    .collect()
}
