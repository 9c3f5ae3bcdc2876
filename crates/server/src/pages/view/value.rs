//! The value explorer: every service on one scale.

use api::value::{ServiceValueJson, ValueJson};
use quantities::Pence;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

use super::Link;
use super::table::{Address, Choice, Column, Pager, Sort, page_of, sector_choices, service_href};
use crate::charts::{Frontier, Heading, Triangle, frontier, sector_label};
use crate::pages::format::{
    gbp_per_qaly, money_short, plural, prob, qaly, qaly_signed, range_words, sentence_case,
    short_name, thousands,
};

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

/// One service in the table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ValueRow {
    /// Its place in the picture; empty where it is not assessable.
    pub rank: String,
    /// The service.
    pub link: Link,
    /// The provider's code.
    pub provider: String,
    /// The sector in words.
    pub sector: String,
    /// Spend a year.
    pub spend: String,
    /// Healthy years.
    pub qaly: String,
    /// Their range.
    pub qaly_range: Option<String>,
    /// Average price.
    pub average: String,
    /// Price at the margin.
    pub marginal: String,
    /// Its range.
    pub marginal_range: Option<String>,
    /// Net health benefit.
    pub net: String,
    /// How sure that it is worth its money.
    pub sure: String,
    /// Evidence grade.
    pub grade: String,
    /// Why it cannot be assessed.
    pub reason: Option<String>,
}

/// Which slope the triangles have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    LastPound,
    WholeService,
}

/// A service with its place.
struct Ranked<'a> {
    service: &'a ServiceValueJson,
    rank: Option<usize>,
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
        let chart_title = chart_title(&shown, look);
        let chart = (!shown.is_empty()).then(|| chart(&shown, look, &chart_title));
        let sort = Sort::read(if query.sort.is_empty() { "rank" } else { &query.sort });
        let rows = sorted(shown, &sort).into_iter().map(row).collect();
        let (rows, pager) = page_of(rows, query.page.unwrap_or(1), &address);
        Self {
            answer: answer(&by_margin),
            doubt: doubt(&by_margin),
            silence: silence(&value.services),
            tabs: tabs(look, &address),
            chart_title,
            chart,
            chart_reading: reading(look).to_owned(),
            sectors,
            kept: vec![Link::new(&query.view, "view"), Link::new(&query.sort, "sort")],
            columns: columns(&sort, &address),
            rows,
            pager,
            method: method(value),
            notes: value.notes.clone(),
        }
    }
}

impl ValueView {
    /// The page while there are no values, and why.
    pub fn not_yet(why: &str) -> Self {
        let why = why.trim_end_matches('.');
        Self { answer: format!("{}.", sentence_case(why)), ..Self::default() }
    }
}

/// A price that can be ranked: health is gained, and money spent on it.
fn price(service: &ServiceValueJson, look: Look) -> Option<f64> {
    let price = match look {
        Look::LastPound => service.marginal_gbp_per_qaly,
        Look::WholeService => service.average_gbp_per_qaly,
    };
    price.filter(|price| service.assessable && price.is_finite() && *price > 0.0)
}

/// Best first; what has no price comes last, by name.
fn ranked(services: &[ServiceValueJson], look: Look) -> Vec<Ranked<'_>> {
    let mut order: Vec<(&ServiceValueJson, Option<f64>)> =
        services.iter().map(|service| (service, price(service, look))).collect();
    order.sort_by(|(one, price), (other, dearer)| {
        least_first(*price, *dearer).then_with(|| one.service.cmp(&other.service))
    });
    let number = |(at, (service, price)): (usize, (_, Option<f64>))| Ranked {
        service,
        rank: price.map(|_| at + 1),
    };
    order.into_iter().enumerate().map(number).collect()
}

/// The smaller figure first, and no figure last.
fn least_first(one: Option<f64>, other: Option<f64>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn count(items: usize) -> String {
    thousands(&items.to_string())
}

fn at_provider(service: &ServiceValueJson) -> String {
    format!("{} at {}", short_name(&service.name), service.provider)
}

fn answer(all: &[Ranked<'_>]) -> String {
    let best = all.first().filter(|entry| entry.rank.is_some());
    let assessed = all.iter().filter(|entry| entry.rank.is_some()).count();
    let silent = all.len() - assessed;
    match best {
        None if all.is_empty() => "The book has no services yet.".to_owned(),
        None => "No service can be put on the scale yet: none has an accepted outcome.".to_owned(),
        Some(best) if assessed == 1 => format!(
            "Only {} can be put on the scale; we cannot yet say for the other {}.",
            at_provider(best.service),
            count(silent)
        ),
        Some(best) => {
            let rest = if silent == 0 {
                String::new()
            } else {
                format!("; we cannot yet say for {}", count(silent))
            };
            format!(
                "The last pound spent on {} buys more health than on {} of the {} other \
                 services{rest}.",
                at_provider(best.service),
                count(assessed - 1),
                count(all.len() - 1),
            )
        }
    }
}

fn doubt(all: &[Ranked<'_>]) -> Option<String> {
    let best = all.first().filter(|entry| entry.rank.is_some())?.service;
    let range = marginal_range(best).map_or_else(String::new, |range| format!(", {range}"));
    Some(format!(
        "Its last healthy year (QALY) costs {}{range}; on average one costs {}.",
        gbp_per_qaly(best.marginal_gbp_per_qaly),
        gbp_per_qaly(best.average_gbp_per_qaly),
    ))
}

fn not_valued(service: &ServiceValueJson) -> Pence {
    service.spend_gbp - service.valued_spend_gbp
}

fn silence(services: &[ServiceValueJson]) -> Option<String> {
    let silent: Pence = services.iter().map(not_valued).sum();
    let spend: Pence = services.iter().map(|service| service.spend_gbp).sum();
    (silent > Pence::ZERO).then(|| {
        format!(
            "{} of {} has no accepted outcome: neither good nor poor value can be said of it.",
            money_short(silent),
            money_short(spend)
        )
    })
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

const fn reading(look: Look) -> &'static str {
    match look {
        Look::LastPound => {
            "Each triangle is a service: as wide as the money spent on it in a year, and as high as \
             the healthy years that money would buy if every pound did as much as the last one. \
             Steeper is better. Whiskers show the range within which 95 of 100 draws lie."
        }
        Look::WholeService => {
            "Each triangle is a service: as wide as the money spent on it in a year, and as high as \
             the healthy years it brings. Steeper is better. Whiskers show the range within which \
             95 of 100 draws lie."
        }
    }
}

fn chart_title(shown: &[&Ranked<'_>], look: Look) -> String {
    let mut placed = shown.iter().filter(|entry| entry.rank.is_some());
    let (Some(first), last) = (placed.next(), placed.next_back()) else {
        return "Nothing here can be put on the scale yet".to_owned();
    };
    let of = |entry: &Ranked<'_>| {
        let price = gbp_per_qaly(price(entry.service, look));
        format!("{price} ({})", at_provider(entry.service))
    };
    let what = match look {
        Look::LastPound => "The last healthy year costs",
        Look::WholeService => "On average a healthy year costs",
    };
    match last {
        Some(last) => format!("{what} from {} to {}", of(first), of(last)),
        None => format!("{what} {}", of(first)),
    }
}

fn chart(shown: &[&Ranked<'_>], look: Look, title: &str) -> String {
    let triangles = shown.iter().filter_map(|entry| triangle(entry, look)).collect();
    let unknown: Pence = shown
        .iter()
        .map(|entry| match entry.rank {
            Some(_) => not_valued(entry.service),
            None => entry.service.spend_gbp,
        })
        .sum();
    frontier(&Frontier {
        heading: Heading {
            id: "frontier".to_owned(),
            title: title.to_owned(),
            description: format!("{} The table below lists every service.", reading(look)),
        },
        height_label: match look {
            Look::LastPound => "Healthy years (QALYs) a year at the rate of the last pound",
            Look::WholeService => "Healthy years (QALYs) a year",
        }
        .to_owned(),
        triangles,
        not_assessable: unknown.to_pounds(),
        not_assessable_label: money_short(unknown),
    })
}

fn triangle(entry: &Ranked<'_>, look: Look) -> Option<Triangle> {
    let service = entry.service;
    let rank = entry.rank?;
    let cost = service.valued_spend_gbp.to_pounds();
    let per = |price: Option<f64>| price.filter(|price| *price > 0.0).map(|price| cost / price);
    let (health, low, high) = match look {
        Look::LastPound => (
            per(service.marginal_gbp_per_qaly)?,
            per(service.marginal_high_gbp_per_qaly),
            per(service.marginal_low_gbp_per_qaly),
        ),
        Look::WholeService => (service.qaly?, service.qaly_low, service.qaly_high),
    };
    Some(Triangle {
        rank,
        name: service.name.clone(),
        sector: service.sector.clone(),
        sentence: spoken(service, rank),
        href: service_href(&service.service),
        cost,
        health,
        low,
        high,
    })
}

/// Everything there is to say of a service, to be read aloud.
fn spoken(service: &ServiceValueJson, rank: usize) -> String {
    let mut parts = vec![format!(
        "Number {rank}: {}, {}. {} a year brings {} healthy years",
        at_provider(service),
        sector_label(&service.sector).to_lowercase(),
        money_short(service.valued_spend_gbp),
        service.qaly.map_or_else(|| "no known".to_owned(), qaly),
    )];
    parts.extend(qaly_range(service));
    let mut sentence = parts.join(", ");
    sentence.push_str(&format!(
        ". The last healthy year costs {}",
        gbp_per_qaly(service.marginal_gbp_per_qaly)
    ));
    if let Some(range) = marginal_range(service) {
        sentence.push_str(&format!(", {range}"));
    }
    if let Some(grade) = &service.evidence_grade {
        sentence.push_str(&format!(". Evidence grade {grade}"));
    }
    sentence.push('.');
    sentence
}

/// The range of a service's health in words.
pub fn qaly_range(service: &ServiceValueJson) -> Option<String> {
    Some(range_words(&qaly(service.qaly_low?), &qaly(service.qaly_high?)))
}

/// The range of the price at the margin in words; open upwards where health may be nil.
pub fn marginal_range(service: &ServiceValueJson) -> Option<String> {
    let low = gbp_per_qaly(Some(service.marginal_low_gbp_per_qaly?));
    Some(match service.marginal_high_gbp_per_qaly {
        Some(high) => range_words(&low, &gbp_per_qaly(Some(high))),
        None => format!("{low} or more"),
    })
}

fn columns(sort: &Sort, address: &Address) -> Vec<Column> {
    [
        ("rank", "Place", true),
        ("name", "Service", false),
        ("provider", "Provider", false),
        ("sector", "Sector", false),
        ("spend", "Spend a year", true),
        ("qaly", "Healthy years (QALYs)", true),
        ("average", "Average price of one (QALY)", true),
        ("marginal", "Price of the last one (QALY)", true),
        ("net", "Net healthy years (QALYs)", true),
        ("sure", "Worth its price", false),
        ("grade", "Evidence", false),
    ]
    .map(|(key, text, numeric)| sort.column(key, text, numeric, address))
    .into()
}

fn sorted<'a, 'b>(mut shown: Vec<&'b Ranked<'a>>, sort: &Sort) -> Vec<&'b Ranked<'a>> {
    let figure = |entry: &Ranked<'_>| -> Option<f64> {
        let service = entry.service;
        match sort.key.as_str() {
            "spend" => Some(service.spend_gbp.to_pounds()),
            "qaly" => service.qaly,
            "average" => service.average_gbp_per_qaly,
            "marginal" => service.marginal_gbp_per_qaly,
            "net" => service.net_health_benefit_qaly,
            "sure" => service.prob_cost_effective,
            _ => entry.rank.and_then(|rank| u32::try_from(rank).ok()).map(f64::from),
        }
    };
    let word = |entry: &Ranked<'_>| -> Option<String> {
        let service = entry.service;
        match sort.key.as_str() {
            "name" => Some(service.name.to_lowercase()),
            "provider" => Some(service.provider.clone()),
            "sector" => Some(service.sector.clone()),
            "grade" => service.evidence_grade.clone(),
            _ => None,
        }
    };
    let turn = |order: Ordering| if sort.descending { order.reverse() } else { order };
    // The list comes in order of rank, and the sort is stable: equals stay in that order.
    shown.sort_by(|one, other| match (word(one), word(other)) {
        (None, None) => match (figure(one), figure(other)) {
            (Some(one), Some(other)) => turn(one.total_cmp(&other)),
            (one, other) => least_first(one, other),
        },
        (Some(one), Some(other)) => turn(one.cmp(&other)),
        (one, other) => one.is_none().cmp(&other.is_none()),
    });
    shown
}

fn row(entry: &Ranked<'_>) -> ValueRow {
    let service = entry.service;
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    ValueRow {
        rank: entry.rank.map_or_else(String::new, count),
        link: Link::new(&service.name, service_href(&service.service)),
        provider: service.provider.clone(),
        sector: sector_label(&service.sector),
        spend: money_short(service.spend_gbp),
        qaly: or_dash(service.qaly.map(qaly)),
        qaly_range: qaly_range(service),
        average: or_dash(service.average_gbp_per_qaly.map(|price| gbp_per_qaly(Some(price)))),
        marginal: or_dash(service.marginal_gbp_per_qaly.map(|price| gbp_per_qaly(Some(price)))),
        marginal_range: marginal_range(service),
        net: or_dash(service.net_health_benefit_qaly.map(qaly_signed)),
        sure: or_dash(service.prob_cost_effective.map(prob)),
        grade: or_dash(service.evidence_grade.clone()),
        reason: if service.assessable { None } else { service.reason.clone() },
    }
}

fn method(value: &ValueJson) -> Vec<String> {
    let mut method = vec![
        format!(
            "Spend of {}. Healthy years (QALYs) are on the value set {}; services on another are \
             left out and listed.",
            value.base_year, value.value_set
        ),
        format!(
            "\"Net\" and \"worth its price\" compare with {} per healthy year: what the same money \
             would buy elsewhere.",
            gbp_per_qaly(Some(value.threshold_gbp_per_qaly))
        ),
        "The price of the last one is the average price divided by the elasticity: by how many \
         percent health changes when spending changes by one percent."
            .to_owned(),
    ];
    if let Some(price) = value.book_marginal_gbp_per_qaly {
        method.push(format!(
            "Over the whole book the last healthy year costs {}.",
            gbp_per_qaly(Some(price)),
        ));
    }
    let assessed = value.services.iter().filter(|service| service.assessable).count();
    method.push(format!(
        "{} of {} can be assessed.",
        count(assessed),
        plural(u64::try_from(value.services.len()).unwrap_or(u64::MAX), "service", "services")
    ));
    method
}
