use api::value::ServiceValueJson;
use std::cmp::Ordering;

/// Which slope the triangles have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// What the last pound buys.
    LastPound,
    /// What the average pound buys.
    WholeService,
}

/// A service with its place.
pub struct Ranked<'a> {
    /// The service.
    pub service: &'a ServiceValueJson,
    /// Its place, where it has a price.
    pub rank: Option<usize>,
}

/// A price that can be ranked: health is gained, and money spent on it.
pub fn price(service: &ServiceValueJson, look: Look) -> Option<f64> {
    let price = match look {
        Look::LastPound => service.marginal_gbp_per_qaly,
        Look::WholeService => service.average_gbp_per_qaly,
    };
    price.filter(|price| service.assessable && price.is_finite() && *price > 0.0)
}

/// Best first; what has no price comes last, by name.
pub fn ranked(services: &[ServiceValueJson], look: Look) -> Vec<Ranked<'_>> {
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
pub fn least_first(one: Option<f64>, other: Option<f64>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
