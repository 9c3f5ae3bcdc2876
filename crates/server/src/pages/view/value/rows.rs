use api::value::ServiceValueJson;
use serde::Serialize;
use std::cmp::Ordering;

use super::ranges::{
    average_range, marginal_range, net_range, per_thousand_range, place_range, qaly_range,
};
use super::ranking::{Look, Ranked, least_first};
use crate::charts::sector_label;
use crate::pages::format::{
    gbp_per_qaly, money_short, prob, qaly, qaly_per_thousand, qaly_signed, thousands,
};
use crate::pages::view::Link;
use crate::pages::view::table::{Address, Column, Sort, service_href};

/// One service in the table. A figure without a value is a dash.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ValueRow {
    /// Its place in the picture; empty where it is not assessable.
    pub rank: String,
    /// The range of its place.
    pub rank_range: Option<String>,
    /// Its place by the raw price, where that is another.
    pub raw_rank: Option<String>,
    /// The service.
    pub link: Link,
    /// The provider's code and the sector in words.
    pub at: String,
    /// Spend a year.
    pub spend: String,
    /// Healthy years.
    pub qaly: Ranged,
    /// Healthy years for each £1,000.
    pub per_thousand: Ranged,
    /// Average price.
    pub average: Ranged,
    /// Price at the margin.
    pub marginal: Ranged,
    /// Net health benefit.
    pub net: Ranged,
    /// How sure that it is worth its money.
    pub sure: String,
    /// How sure that its last pound costs more.
    pub dearer: Option<String>,
    /// Evidence grade.
    pub grade: String,
    /// Why it cannot be assessed.
    pub reason: Option<String>,
}

/// A figure with its range in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ranged {
    /// The figure.
    pub value: String,
    /// Its range.
    pub range: Option<String>,
}

impl Ranged {
    fn new(value: Option<String>, range: Option<String>) -> Self {
        Self { range: value.as_ref().and(range), value: value.unwrap_or_else(dash) }
    }
}

fn dash() -> String {
    "–".to_owned()
}

/// The table's headings.
pub fn columns(sort: &Sort, address: &Address, look: Look) -> Vec<Column> {
    let place = match look {
        Look::LastPound => "Rank",
        Look::WholeService => "Rank by average",
    };
    [
        ("rank", place, true),
        ("name", "Service", false),
        ("spend", "Spend a year", true),
        ("qaly", "Healthy years (QALYs) a year", true),
        ("per-thousand", "Healthy years (QALYs) per £1,000", true),
        ("average", "Average price of one (QALY)", true),
        ("marginal", "Price of the last one (QALY)", true),
        ("net", "Net healthy years (QALYs)", true),
        ("sure", "How sure", false),
        ("grade", "Evidence", false),
    ]
    .map(|(key, text, numeric)| sort.column(key, text, numeric, address))
    .into()
}

/// The services in the order asked for; what has no figure comes last.
pub fn sorted<'a, 'b>(mut shown: Vec<&'b Ranked<'a>>, sort: &Sort) -> Vec<&'b Ranked<'a>> {
    let figure = |entry: &Ranked<'_>| -> Option<f64> {
        let service = entry.service;
        match sort.key.as_str() {
            "spend" => Some(service.spend_gbp.to_pounds()),
            "qaly" => service.qaly,
            "per-thousand" => service.qaly_per_thousand_gbp,
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

/// One service in the table.
pub fn row(entry: &Ranked<'_>, look: Look) -> ValueRow {
    let service = entry.service;
    let by_margin = look == Look::LastPound && entry.rank.is_some();
    let price = |price: Option<f64>| price.map(|price| gbp_per_qaly(Some(price)));
    ValueRow {
        rank: entry.rank.map_or_else(String::new, |rank| thousands(&rank.to_string())),
        rank_range: place_range(service).filter(|_| by_margin),
        raw_rank: raw_place(service).filter(|_| by_margin),
        link: Link::new(&service.name, service_href(&service.service)),
        at: format!("{}, {}", service.provider, sector_label(&service.sector)),
        spend: money_short(service.spend_gbp),
        qaly: Ranged::new(service.qaly.map(qaly), qaly_range(service)),
        per_thousand: Ranged::new(
            service.qaly_per_thousand_gbp.map(qaly_per_thousand),
            per_thousand_range(service),
        ),
        average: Ranged::new(price(service.average_gbp_per_qaly), average_range(service)),
        marginal: Ranged::new(price(service.marginal_gbp_per_qaly), marginal_range(service)),
        net: Ranged::new(service.net_health_benefit_qaly.map(qaly_signed), net_range(service)),
        sure: service
            .prob_cost_effective
            .map_or_else(dash, |sure| format!("Worth its price {}", prob(sure))),
        dearer: service.prob_low_value.map(|sure| format!("Last pound dearer {}", prob(sure))),
        grade: service.evidence_grade.clone().unwrap_or_else(dash),
        reason: if service.assessable { None } else { service.reason.clone() },
    }
}

/// The place by the raw price where doubt gives another.
fn raw_place(service: &ServiceValueJson) -> Option<String> {
    let (raw, shown) = (service.rank?, service.order?);
    (raw != shown).then(|| format!("{} by raw price", thousands(&raw.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;
    use crate::pages::view::value::ranking::ranked;

    #[test]
    fn every_figure_of_a_row_has_its_range_and_both_places() {
        let mut services = samples::value(2, false).services;
        services[0].rank = Some(7);
        let found = ranked(&services, Look::LastPound);
        let row = row(&found[0], Look::LastPound);
        assert_eq!((row.rank.as_str(), row.rank_range.as_deref()), ("1", Some("between 1 and 4")));
        assert_eq!(row.raw_rank.as_deref(), Some("7 by raw price"));
        for figure in [row.qaly, row.per_thousand, row.average, row.marginal, row.net] {
            assert_ne!(figure.value, "–");
            assert!(figure.range.is_some(), "{figure:?}");
        }
        assert!(row.dearer.is_some_and(|words| words.contains("draw")));
    }

    #[test]
    fn what_another_provider_keeps_to_itself_is_a_dash() {
        let mut services = samples::value(1, false).services;
        services[0].keep_shared();
        let found = ranked(&services, Look::LastPound);
        let row = row(&found[0], Look::LastPound);
        assert_eq!((row.rank.as_str(), row.rank_range, row.reason), ("", None, None));
        assert_eq!(row.marginal, Ranged { value: dash(), range: None });
        assert_ne!(row.average.value, dash());
    }
}
