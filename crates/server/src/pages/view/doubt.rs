//! How sure we are of the whole book, and what to find out next.

mod flips;
mod lines;

use api::method::NumberJson;
use api::uncertainty::{FigureWorthJson, InformationJson, UncertaintyJson};
use api::value::ValueJson;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::Link;
use super::service::{figure_words, money};
use super::table::{Address, Pager, page_of_size, service_href};
use super::value::Tab;
use crate::charts::{Heading, Length, Lengths, lengths};
use crate::pages::format::{
    gbp_per_qaly, pct, plural, qaly, sentence_case, share, short_name, thousands,
};

pub use flips::FlipRow;
pub use lines::LineRow;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DoubtQuery {
    /// `figures`, `lines` or `flips`.
    pub view: String,
    /// Which page of the table.
    pub page: Option<usize>,
}

/// Rows of these tables on one page: they are tall.
const ROWS: usize = 50;

/// How sure we are, and what to find out next.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DoubtView {
    /// The figure most worth collecting next, as one sentence.
    pub answer: String,
    /// What knowing all would be worth.
    pub all: Option<String>,
    /// What the last healthy year costs over the whole book.
    pub book: Option<String>,
    /// The three tables.
    pub tabs: Vec<Tab>,
    /// What the table shows.
    pub caption: &'static str,
    /// The finding of the picture; none where there is nothing to draw.
    pub chart_title: Option<String>,
    /// The figures most worth knowing, as bars.
    pub chart: Option<String>,
    /// Figures to collect, the most telling first.
    pub figures: Vec<FigureRow>,
    /// Services, the most doubtful first.
    pub lines: Vec<LineRow>,
    /// Where answers flip.
    pub flips: Vec<FlipRow>,
    /// Where in the table.
    pub pager: Option<Pager>,
    /// How we know.
    pub method: Vec<String>,
}

/// A figure to collect.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FigureRow {
    /// The figure in words.
    pub figure: String,
    /// Whose it is; nothing where services share it.
    pub service: Option<Link>,
    /// The provider's code, or what the services share.
    pub at: String,
    /// The table in which it stands.
    pub table: String,
    /// The column.
    pub column: String,
    /// How many services rest on it.
    pub lines: String,
    /// What knowing it is worth, healthy years a year.
    pub qaly: String,
    /// The same as money a year.
    pub money: String,
}

impl DoubtView {
    /// The page for what the address asks.
    pub fn new(
        value: &ValueJson,
        doubt: &UncertaintyJson,
        numbers: &[NumberJson],
        query: &DoubtQuery,
    ) -> Self {
        let information = &doubt.information;
        let names = Names::of(doubt);
        let shown = match query.view.as_str() {
            "lines" => "lines",
            "flips" => "flips",
            _ => "figures",
        };
        let address = Address {
            path: "/value/doubt".to_owned(),
            query: vec![("view", if shown == "figures" { "" } else { shown }.to_owned())],
        };
        let page = query.page.unwrap_or(1);
        let mut view = Self {
            answer: answer(information, &names),
            all: all(information),
            book: book(value, numbers),
            tabs: tabs(shown, &address),
            method: method(doubt),
            ..Self::default()
        };
        match shown {
            "lines" => {
                let rows = information.services.iter().map(LineRow::from).collect();
                (view.lines, view.pager) = page_of_size(rows, page, ROWS, &address);
                view.caption = "Services by what knowing all of their figures would be worth";
            }
            "flips" => {
                let mut rows: Vec<_> = doubt.flips.iter().collect();
                rows.sort_by_key(|line| line.rank);
                let rows = rows
                    .into_iter()
                    .map(|line| FlipRow::new(line, doubt.threshold_gbp_per_qaly))
                    .collect();
                (view.flips, view.pager) = page_of_size(rows, page, ROWS, &address);
                view.caption = "What each service's figures would have to be for its last pound to \
                                be on the other side of its price";
            }
            _ => {
                view.chart_title = chart_title(information);
                view.chart =
                    view.chart_title.as_deref().map(|title| chart(information, &names, title));
                let rows = information.figures.iter().map(|it| FigureRow::new(it, &names));
                (view.figures, view.pager) = page_of_size(rows.collect(), page, ROWS, &address);
                view.caption = "Figures by what knowing them for certain would be worth";
            }
        }
        view
    }

    /// The page while there is nothing to be sure of, and why.
    pub fn not_yet(why: &str) -> Self {
        let why = why.trim_end_matches('.');
        Self { answer: format!("{}.", sentence_case(why)), ..Self::default() }
    }
}

/// Services in words.
struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    fn of(doubt: &'a UncertaintyJson) -> Self {
        let lines = doubt.information.services.iter();
        Self(lines.map(|line| (line.service.as_str(), line.name.as_str())).collect())
    }

    fn name(&self, service: &'a str) -> &'a str {
        self.0.get(service).copied().unwrap_or(service)
    }
}

fn provider(service: &str) -> &str {
    service.split_once('/').map_or(service, |(provider, _)| provider)
}

fn answer(information: &InformationJson, names: &Names<'_>) -> String {
    let Some(next) = information.figures.first() else {
        return if information.services.is_empty() {
            "No service can be assessed yet, so there is nothing to be more or less sure of."
        } else {
            "No single figure, known for certain, would change what to do with any service's last \
             pounds."
        }
        .to_owned();
    };
    let whose = match &next.service {
        Some(service) => {
            format!("of {} at {}", short_name(names.name(service)), provider(service))
        }
        None => {
            let lines = u64::try_from(next.lines).unwrap_or(u64::MAX);
            format!("for {}", plural(lines, "service", "services"))
        }
    };
    let figure = lower_first(&figure_words(next));
    let the = if figure.starts_with("how ") { "" } else { "the " };
    format!(
        "What is most worth finding out next, {whose}, is {the}{figure} (table {}, column {}): \
         knowing it would be worth up to {} healthy years (QALYs) a year, as much as {} a year buys.",
        next.table,
        next.column,
        qaly(next.worth.qaly),
        money(next.worth),
    )
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn all(information: &InformationJson) -> Option<String> {
    (!information.services.is_empty()).then(|| {
        format!(
            "Knowing every figure of every service for certain would be worth {} healthy years a \
             year, as much as {} a year buys: at most what to spend on finding out.",
            qaly(information.all.qaly),
            money(information.all),
        )
    })
}

/// Figures that the picture draws.
const DRAWN: usize = 8;

fn chart_title(information: &InformationJson) -> Option<String> {
    let first = information.figures.first()?;
    let all = information.all.qaly;
    let part = (all > 0.0).then(|| {
        format!(", {} of what knowing all would be", share((first.worth.qaly / all).min(1.0)))
    });
    Some(format!(
        "Knowing the first figure would be worth {} healthy years (QALYs) a year{}",
        qaly(first.worth.qaly),
        part.unwrap_or_default()
    ))
}

fn chart(information: &InformationJson, names: &Names<'_>, title: &str) -> String {
    let bar = |found: &FigureWorthJson| {
        let whose = found.service.as_deref().map_or_else(String::new, |service| {
            format!("{}, {}: ", short_name(names.name(service)), provider(service))
        });
        Length {
            name: format!("{whose}{}", figure_words(found)),
            size: found.worth.qaly,
            label: qaly(found.worth.qaly),
        }
    };
    lengths(&Lengths {
        heading: Heading {
            id: "worth".to_owned(),
            title: title.to_owned(),
            description: "One bar for each of the figures most worth knowing: the healthy years a \
                          year that knowing it would gain. The table below lists all."
                .to_owned(),
        },
        bars: information.figures.iter().take(DRAWN).map(bar).collect(),
    })
}

/// What the last healthy year costs over the whole book, beside what is expected.
fn book(value: &ValueJson, numbers: &[NumberJson]) -> Option<String> {
    let price = value.book_marginal_gbp_per_qaly?;
    let number = |key: &str| numbers.iter().find(|number| number.key == key).map(|it| it.value);
    let words =
        format!("Over the whole book the last healthy year costs {}", gbp_per_qaly(Some(price)));
    let bounds = number("sanity_low_gbp_per_qaly").zip(number("sanity_high_gbp_per_qaly"));
    Some(match bounds {
        None => format!("{words}."),
        Some((low, high)) => {
            let (from, to) = (gbp_per_qaly(Some(low)), gbp_per_qaly(Some(high)));
            if (low..=high).contains(&price) {
                format!("{words}, within the {from} to {to} to be expected.")
            } else {
                format!(
                    "{words}, outside the {from} to {to} to be expected: the elasticities or the \
                     outcomes are to be queried before anything is moved."
                )
            }
        }
    })
}

fn tabs(shown: &str, address: &Address) -> Vec<Tab> {
    [
        ("figures", "", "Figures to collect next"),
        ("lines", "lines", "Services"),
        ("flips", "flips", "Where answers flip"),
    ]
    .into_iter()
    .map(|(tab, view, text)| Tab {
        link: Link::new(text, address.with("view", view)),
        current: tab == shown,
    })
    .collect()
}

fn method(doubt: &UncertaintyJson) -> Vec<String> {
    let threshold = gbp_per_qaly(Some(doubt.threshold_gbp_per_qaly));
    let last = pct(doubt.information.last_part * 100.0);
    vec![
        format!(
            "All that is uncertain was drawn {} times together, the same draws for every service; \
             deviates of one source move together.",
            thousands(&doubt.draws.to_string())
        ),
        format!(
            "The choice is, service by service, whether the last {last} of its spend is better kept \
             than released at {threshold} a healthy year. What a figure is worth is the health that \
             choosing with it known would gain over choosing now; nought where no value it may have \
             would change the choice."
        ),
        "The figures are worth less one by one than all together, and more than nothing only where \
         the answer is in doubt: a service far on either side of its price needs no more study for \
         this."
            .to_owned(),
        "A figure flips an answer where the last pound would cost just as much as is paid \
         elsewhere, all else as it is."
            .to_owned(),
    ]
}

impl FigureRow {
    fn new(found: &FigureWorthJson, names: &Names<'_>) -> Self {
        let service = found.service.as_deref();
        Self {
            figure: figure_words(found),
            service: service.map(|key| Link::new(names.name(key), service_href(key))),
            at: service.map_or_else(|| "Shared source".to_owned(), |key| provider(key).to_owned()),
            table: found.table.clone(),
            column: found.column.clone(),
            lines: thousands(&found.lines.to_string()),
            qaly: qaly(found.worth.qaly),
            money: money(found.worth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::preview_doubt::uncertainty;
    use crate::pages::samples;

    fn number(key: &str, value: f64) -> NumberJson {
        let text = || "x".to_owned();
        let key = key.to_owned();
        NumberJson { key, label: text(), unit: text(), value, from: text(), reference: text() }
    }

    #[test]
    fn the_answer_names_the_figure_its_place_and_its_worth() {
        let value = samples::value(3, false);
        let mut doubt = uncertainty(&value, false);
        let view = DoubtView::new(&value, &doubt, &[], &DoubtQuery::default());
        assert_eq!(
            view.answer,
            "What is most worth finding out next, of Talking therapies for anxiety and depression at \
             RXM, is how health follows the last pounds (elasticity) (table elasticities, column \
             elasticity): knowing it would be worth up to 12 healthy years (QALYs) a year, as much \
             as £180,000 a year buys."
        );
        doubt.information.figures.clear();
        let view = DoubtView::new(&value, &doubt, &[], &DoubtQuery::default());
        assert!(view.answer.starts_with("No single figure"), "{}", view.answer);
    }

    #[test]
    fn the_book_is_queried_outside_what_is_expected() {
        let mut value = samples::value(3, false);
        let numbers =
            [number("sanity_low_gbp_per_qaly", 5e3), number("sanity_high_gbp_per_qaly", 3e4)];
        let said = book(&value, &numbers);
        assert!(said.is_some_and(|words| words.contains("£14,300, within the £5,000 to £30,000")));
        value.book_marginal_gbp_per_qaly = Some(31_000.0);
        assert!(book(&value, &numbers).is_some_and(|words| words.contains("to be queried")));
        assert_eq!(book(&value, &[]).as_deref().map(|words| words.contains("within")), Some(false));
    }

    #[test]
    fn each_table_has_its_own_address_and_pages() {
        let value = samples::value(120, false);
        let doubt = uncertainty(&value, false);
        let of = |view: &str, page| DoubtQuery { view: view.to_owned(), page };
        let lines = DoubtView::new(&value, &doubt, &[], &of("lines", Some(2)));
        assert_eq!((lines.figures.len(), lines.flips.len()), (0, 0));
        assert!(lines.pager.is_some_and(|pager| {
            pager.previous.as_deref() == Some("/value/doubt?view=lines&page=1")
        }));
        let flips = DoubtView::new(&value, &doubt, &[], &of("flips", None));
        assert_eq!((flips.flips.len(), flips.lines.len()), (ROWS, 0));
        assert_eq!(flips.tabs.iter().filter(|tab| tab.current).count(), 1);
    }
}
