use api::result::{RunJson, ServiceJson};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::RunQuery;
use crate::charts::sector_label;
use crate::pages::format::{gbp_per_qaly, money_short, money_signed, pct_signed, qaly};
use crate::pages::view::labels::service_label;
use crate::pages::view::table::{
    Address, Choice, Column, Pager, Sort, page_of, sector_choices, service_href,
};
use crate::pages::view::{Link, Tag};

/// One service in the table of all.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ServiceRow {
    /// The service.
    pub link: Link,
    /// The provider's code.
    pub provider: String,
    /// The sector in words.
    pub sector: String,
    /// Spend today.
    pub today: String,
    /// Spend under the plan.
    pub plan: String,
    /// Change of spend.
    pub money: String,
    /// The same in percent.
    pub percent: String,
    /// Healthy years today.
    pub health_today: String,
    /// Healthy years under the plan.
    pub health_plan: String,
    /// Average price of a healthy year.
    pub average: String,
    /// Price of the last one.
    pub marginal: String,
    /// What it is called.
    pub tag: Tag,
    /// Why.
    pub reason: String,
    /// What stops it from moving further.
    pub stopped_by: String,
}

/// The page of the table that the address asks for.
pub fn page(run: &RunJson, path: &str, query: &RunQuery) -> (Vec<ServiceRow>, Option<Pager>) {
    let limits: BTreeMap<&str, &str> =
        run.constraints.iter().map(|limit| (limit.key.as_str(), limit.label.as_str())).collect();
    let in_filter =
        |service: &&ServiceJson| query.sector.is_empty() || service.sector == query.sector;
    let mut services: Vec<&ServiceJson> = run.services.iter().filter(in_filter).collect();
    order(&mut services, &sort(query));
    let (services, pager) = page_of(services, query.page.unwrap_or(1), &address(path, query));
    (services.into_iter().map(|service| row(service, &limits)).collect(), pager)
}

/// The sectors to choose from.
pub fn sectors(run: &RunJson, query: &RunQuery) -> Vec<Choice> {
    sector_choices(run.services.iter().map(|service| service.sector.as_str()), &query.sector)
}

/// The table's headings.
pub fn columns(path: &str, query: &RunQuery) -> Vec<Column> {
    let (sort, address) = (sort(query), address(path, query));
    [
        ("name", "Service", false),
        ("provider", "Provider", false),
        ("sector", "Sector", false),
        ("today", "Today", true),
        ("plan", "Plan", true),
        ("change", "Change", true),
        ("percent", "Change in percent", true),
        ("health", "Healthy years today (QALYs)", true),
        ("health-plan", "Healthy years in the plan (QALYs)", true),
        ("average", "Average price (per QALY)", true),
        ("marginal", "Price of the last one (per QALY)", true),
        ("label", "Label and why", false),
    ]
    .map(|(key, text, numeric)| sort.column(key, text, numeric, &address))
    .into()
}

fn sort(query: &RunQuery) -> Sort {
    Sort::read(if query.sort.is_empty() { "change" } else { &query.sort })
}

fn address(path: &str, query: &RunQuery) -> Address {
    Address {
        path: path.to_owned(),
        query: vec![("sector", query.sector.clone()), ("sort", query.sort.clone())],
    }
}

fn order(services: &mut [&ServiceJson], sort: &Sort) {
    let figure = |service: &ServiceJson| match sort.key.as_str() {
        "today" => Some(service.base_gbp.to_pounds()),
        "plan" => Some(service.plan_gbp.to_pounds()),
        "change" => Some((service.plan_gbp - service.base_gbp).to_pounds()),
        "percent" => Some(service.change_pct),
        "health" => service.base_qaly,
        "health-plan" => service.plan_qaly,
        "average" => service.average_gbp_per_qaly,
        "marginal" => service.marginal_gbp_per_qaly,
        _ => None,
    };
    let word = |service: &ServiceJson| match sort.key.as_str() {
        "name" => service.name.to_lowercase(),
        "provider" => service.provider.clone(),
        "sector" => service.sector.clone(),
        "label" => service.label.clone(),
        _ => String::new(),
    };
    let turn = |order: Ordering| if sort.descending { order.reverse() } else { order };
    services.sort_by(|one, other| {
        turn(word(one).cmp(&word(other)))
            .then_with(|| match (figure(one), figure(other)) {
                (Some(one), Some(other)) => turn(one.total_cmp(&other)),
                (one, other) => one.is_none().cmp(&other.is_none()),
            })
            .then_with(|| one.service.cmp(&other.service))
    });
}

fn row(service: &ServiceJson, limits: &BTreeMap<&str, &str>) -> ServiceRow {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let stopped: Vec<&str> = service
        .stopped_by
        .iter()
        .map(|key| limits.get(key.as_str()).copied().unwrap_or(key))
        .collect();
    ServiceRow {
        link: Link::new(&service.name, service_href(&service.service)),
        provider: service.provider.clone(),
        sector: sector_label(&service.sector),
        today: money_short(service.base_gbp),
        plan: money_short(service.plan_gbp),
        money: money_signed(service.plan_gbp - service.base_gbp),
        percent: pct_signed(service.change_pct),
        health_today: or_dash(service.base_qaly.map(qaly)),
        health_plan: or_dash(service.plan_qaly.map(qaly)),
        average: or_dash(service.average_gbp_per_qaly.map(|price| gbp_per_qaly(Some(price)))),
        marginal: or_dash(service.marginal_gbp_per_qaly.map(|price| gbp_per_qaly(Some(price)))),
        tag: service_label(&service.label),
        reason: service.label_reason.clone(),
        stopped_by: stopped.join("; "),
    }
}
