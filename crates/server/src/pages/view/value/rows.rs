use serde::Serialize;
use std::cmp::Ordering;

use super::ranking::{Ranked, least_first};
use super::words::{marginal_range, qaly_range};
use crate::charts::sector_label;
use crate::pages::format::{gbp_per_qaly, money_short, prob, qaly, qaly_signed, thousands};
use crate::pages::view::Link;
use crate::pages::view::table::{Address, Column, Sort, service_href};

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

/// The table's headings.
pub fn columns(sort: &Sort, address: &Address) -> Vec<Column> {
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

/// The services in the order asked for; what has no figure comes last.
pub fn sorted<'a, 'b>(mut shown: Vec<&'b Ranked<'a>>, sort: &Sort) -> Vec<&'b Ranked<'a>> {
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

/// One service in the table.
pub fn row(entry: &Ranked<'_>) -> ValueRow {
    let service = entry.service;
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    ValueRow {
        rank: entry.rank.map_or_else(String::new, |rank| thousands(&rank.to_string())),
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
