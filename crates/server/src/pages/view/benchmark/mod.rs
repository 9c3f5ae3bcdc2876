//! Every line's unit cost against others: what to mend before anything is cut.

mod lists;
mod part;
mod picture;
mod words;

use api::benchmark::{BenchmarkJson, LineBenchmarkJson, ProductivityLineJson};
use api::evidence::BenchmarksJson;
use api::value::ValueJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::Link;
use super::table::{Address, Pager, page_of};
use super::value::Tab;
use crate::pages::format::{plural, pounds_short, sentence_case, thousands};
use lists::{LineRow, MendRow, OutlierRow, ReasonRow};
use words::{Release, is_outlier, review_in_date};

pub use part::BenchmarkPart;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct BenchmarksQuery {
    /// `reported` or `adjusted`.
    pub basis: String,
    /// One list alone, whole: `mend`, `queries`, `unreviewed`, `reviewed` or `lines`.
    pub list: String,
    /// Which page of it.
    pub page: Option<usize>,
}

/// The page of benchmarks.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BenchmarksView {
    /// The answer, as one sentence.
    pub answer: String,
    /// How sure that is, and what is asked first.
    pub doubt: Vec<String>,
    /// The two bases.
    pub tabs: Vec<Tab>,
    /// Why nothing is compared on this basis.
    pub nothing: Option<String>,
    /// The table that would mend that.
    pub missing: Option<Link>,
    /// The one list that is shown, or nothing.
    pub only: String,
    /// The way back to all of them.
    pub all: String,
    /// Lines to mend.
    pub mend: List<MendRow>,
    /// Lines whose figures are asked about first.
    pub queries: List<MendRow>,
    /// What the picture says.
    pub chart_title: String,
    /// The picture.
    pub chart: Option<String>,
    /// How to read it.
    pub chart_reading: &'static str,
    /// Outliers that nobody has looked at.
    pub unreviewed: List<OutlierRow>,
    /// Outliers with a review that holds.
    pub reviewed: List<OutlierRow>,
    /// What is not compared, and why.
    pub reasons: Vec<ReasonRow>,
    /// Every line.
    pub lines: List<LineRow>,
    /// How we know.
    pub notes: Vec<String>,
    /// Whether it is somebody of the Board who looks.
    pub board: bool,
}

/// One list, or the first of its rows.
#[derive(Clone, Debug, Serialize)]
pub struct List<T> {
    /// The rows that are shown.
    pub rows: Vec<T>,
    /// The way to all of them, where more are not shown.
    pub more: Option<Link>,
    /// Where in it, where it is shown alone.
    pub pager: Option<Pager>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), more: None, pager: None }
    }
}

/// Rows of a list that stands among others.
const FIRST: usize = 20;

/// Lines by `provider/service`.
type ByKey<'a> = BTreeMap<&'a str, &'a LineBenchmarkJson>;

/// The productivity list: the queries of it, or the rest.
fn to_mend(table: &BenchmarkJson, by_key: &ByKey<'_>, queried: bool) -> Vec<lists::MendRow> {
    let lines = table.productivity.lines.iter();
    let lines = lines.filter(|line| (line.standing == "query") == queried);
    lines.map(|line| lists::mend(line, by_key.get(line.service.as_str()).copied())).collect()
}

impl BenchmarksView {
    /// The page for what the address asks, with the reviews that hold on a day.
    pub fn new(
        value: &ValueJson,
        both: &BenchmarksJson,
        query: &BenchmarksQuery,
        today: Date,
        board: bool,
    ) -> Self {
        let adjusted = query.basis == "adjusted";
        let table = if adjusted { &both.market_forces_adjusted } else { &both.reported };
        let address = Address {
            path: "/value/benchmarks".to_owned(),
            query: vec![
                ("basis", if adjusted { "adjusted" } else { "" }.to_owned()),
                ("list", query.list.clone()),
            ],
        };
        let find = Finder { address: &address, query };
        let by_key: ByKey<'_> =
            table.lines.iter().map(|line| (line.service.as_str(), line)).collect();
        let ordered = picture::ordered(&table.lines);
        let outliers = |reviewed: bool| {
            let lines = ordered.iter().filter(|line| is_outlier(line));
            let lines = lines.filter(|line| review_in_date(line, today).is_some() == reviewed);
            lines.map(|line| lists::outlier(line, today)).collect::<Vec<_>>()
        };
        let spend = lists::spend_by_line(&value.services);
        let rows = ordered
            .iter()
            .enumerate()
            .map(|(at, line)| lists::line(at + 1, line, &spend))
            .collect();
        let chart_title = picture::title(&ordered);
        let no_factors = adjusted && no_factors(table);
        Self {
            answer: answer(table, &by_key, no_factors),
            doubt: doubt(table, &by_key),
            tabs: tabs(adjusted, &address),
            nothing: no_factors.then(|| NO_FACTORS.to_owned()),
            missing: no_factors
                .then(|| Link::new("How to add market forces factors", "/formats/market_forces")),
            only: query.list.clone(),
            all: address.with("list", ""),
            mend: find.list("mend", to_mend(table, &by_key, false)),
            queries: find.list("queries", to_mend(table, &by_key, true)),
            chart: picture::all(&ordered, &chart_title),
            chart_title,
            chart_reading: picture::READING,
            unreviewed: find.list("unreviewed", outliers(false)),
            reviewed: find.list("reviewed", outliers(true)),
            reasons: lists::reasons(&table.lines, &spend),
            lines: find.list("lines", rows),
            notes: notes(table, board),
            board,
        }
        .of_known_list()
    }

    /// The page while there are no values, and why.
    pub fn not_yet(why: &str) -> Self {
        let why = why.trim_end_matches('.');
        Self { answer: format!("{}.", sentence_case(why)), ..Self::default() }
    }

    /// An unknown list is all of them.
    fn of_known_list(mut self) -> Self {
        if !["mend", "queries", "unreviewed", "reviewed", "lines"].contains(&self.only.as_str()) {
            self.only = String::new();
        }
        self
    }
}

const NO_FACTORS: &str = "The book has no market forces factors, which say how dear staff, land \
    and buildings are where a provider is. Without them nobody can say what would be left of a \
    difference if prices were the same everywhere.";

struct Finder<'a> {
    address: &'a Address,
    query: &'a BenchmarksQuery,
}

impl Finder<'_> {
    /// The first rows of a list, or a page of it where it is shown alone.
    fn list<T>(&self, name: &'static str, mut rows: Vec<T>) -> List<T> {
        if self.query.list == name {
            let (rows, pager) = page_of(rows, self.query.page.unwrap_or(1), self.address);
            return List { rows, more: None, pager };
        }
        let all = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let more = rows.len() > FIRST;
        rows.truncate(FIRST);
        let more = more.then(|| {
            let text = format!("Show all {}", plural(all, "service", "services"));
            Link::new(text, format!("{}#table", self.address.with("list", name)))
        });
        List { rows, more, pager: None }
    }
}

fn tabs(adjusted: bool, address: &Address) -> Vec<Tab> {
    [(false, "Costs as reported", ""), (true, "Without local prices", "adjusted")]
        .map(|(which, text, basis)| Tab {
            link: Link::new(text, address.with("basis", basis)),
            current: which == adjusted,
        })
        .into()
}

/// Whether nothing is compared for want of the index of local prices.
fn no_factors(table: &BenchmarkJson) -> bool {
    let lacks = |line: &LineBenchmarkJson| {
        line.reason.as_deref().is_some_and(|reason| reason.contains("market forces factor"))
    };
    table.lines.iter().all(|line| line.main().is_none()) && table.lines.iter().any(lacks)
}

/// Σ of what lines to mend release, with its range.
fn released(table: &BenchmarkJson, by_key: &ByKey<'_>) -> Release {
    let of = |line: &ProductivityLineJson| {
        let known = by_key.get(line.service.as_str());
        Release::of(line.release_at_mean_gbp, known.and_then(|known| known.main()))
    };
    let lines = table.productivity.lines.iter().filter(|line| line.standing != "query");
    lines.map(of).fold(Release::default(), Release::plus)
}

fn answer(table: &BenchmarkJson, by_key: &ByKey<'_>, no_factors: bool) -> String {
    if no_factors {
        return "Nothing can be compared without local prices yet.".to_owned();
    }
    if table.lines.iter().all(|line| line.main().is_none()) {
        return "No service can be compared with others yet.".to_owned();
    }
    let lines = || table.productivity.lines.iter().filter(|line| line.standing != "query");
    let count = |lines: usize| u64::try_from(lines).unwrap_or(u64::MAX);
    let costly = lines().filter(|line| line.costly).count();
    let all = count(lines().count());
    if all == 0 {
        return "No service is dearer than chance and the way costs were found explain.".to_owned();
    }
    let release = released(table, by_key);
    let costly = match costly {
        0 => String::new(),
        1 => "; the last pound of 1 of them would be worth its money at that mean".to_owned(),
        costly => {
            format!(
                "; the last pounds of {} of them would be worth their money at that mean",
                thousands(&costly.to_string())
            )
        }
    };
    format!(
        "Mend productivity before anything is cut: bringing {} to the mean would release {} a \
         year, {}{costly}.",
        plural(all, "dear or costly service", "dear or costly services"),
        pounds_short(release.middle),
        release.range(),
    )
}

fn doubt(table: &BenchmarkJson, by_key: &ByKey<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let list = &table.productivity;
    if released(table, by_key).middle > 0.0 {
        said.push(if list.release_at_best_quartile_gbp > 0.0 {
            format!(
                "Reaching the best quartile of others, where enough do the same, would release {}.",
                pounds_short(list.release_at_best_quartile_gbp)
            )
        } else {
            "Too few others do the same work for a best quartile to be reached for.".to_owned()
        });
        said.push(
            "Not all of it is cash: fixed costs stay until capacity goes, so part is capacity \
             released."
                .to_owned(),
        );
    }
    let queries = list.lines.iter().filter(|line| line.standing == "query").count();
    if queries > 0 {
        said.push(format!(
            "{} so far out that the figures come first: {} is not counted until they are checked.",
            if queries == 1 {
                "1 service lies".to_owned()
            } else {
                format!("{} services lie", thousands(&queries.to_string()))
            },
            pounds_short(list.queried_gbp)
        ));
    }
    said
}

fn notes(table: &BenchmarkJson, board: bool) -> Vec<String> {
    let mut notes = table.notes.clone();
    notes.push(format!("Costs of {}. National means: {}.", table.year, table.reference));
    notes.extend(table.coverage.iter().cloned());
    notes.push(
        "A service's cost is set beside what its own work would cost at the reference, currency by \
         currency, so harder cases are not taken for waste."
            .to_owned(),
    );
    notes.push(
        "\"Costly\" means that the last healthy year (QALY) costs more than the threshold at the \
         service's own unit cost and not at the reference: mend that before anything is cut."
            .to_owned(),
    );
    notes.push(
        "Ranges are two standard errors below and above, for all together the same way.".to_owned(),
    );
    if !board {
        notes.push(
            "You see your own services. What rests on fewer than three other providers is the \
             Board's to see."
                .to_owned(),
        );
    }
    notes
}
