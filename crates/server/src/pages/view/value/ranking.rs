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

/// Best first; what has no price comes last, by name. The last pounds stand in the order that allows
/// for doubt, where it is told, and have their places in the whole book by it.
pub fn ranked(services: &[ServiceValueJson], look: Look) -> Vec<Ranked<'_>> {
    let order = |service: &ServiceValueJson| match look {
        Look::LastPound => service.order,
        Look::WholeService => None,
    };
    let mut listed: Vec<(&ServiceValueJson, Option<f64>)> =
        services.iter().map(|service| (service, price(service, look))).collect();
    listed.sort_by(|(one, price), (other, dearer)| {
        price
            .is_none()
            .cmp(&dearer.is_none())
            .then_with(|| order(one).is_none().cmp(&order(other).is_none()))
            .then_with(|| order(one).cmp(&order(other)))
            .then_with(|| least_first(*price, *dearer))
            .then_with(|| one.service.cmp(&other.service))
    });
    let told = |service| order(service).and_then(|place| usize::try_from(place).ok());
    let number = |(at, (service, price)): (usize, (_, Option<f64>))| Ranked {
        service,
        rank: price.map(|_| told(service).unwrap_or(at + 1)),
    };
    listed.into_iter().enumerate().map(number).collect()
}

/// Whether a provider's figures at the margin are not shown to whoever asks: what it shares of the
/// line does not tell its doubt.
pub fn is_hidden(service: &ServiceValueJson) -> bool {
    service.assessable && service.elasticity.is_none() && service.valued_by.is_empty()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    fn keys<'a>(ranked: &[Ranked<'a>]) -> Vec<(&'a str, Option<usize>)> {
        ranked.iter().map(|entry| (entry.service.service.as_str(), entry.rank)).collect()
    }

    #[test]
    fn doubt_orders_the_last_pounds_and_not_the_whole_services() {
        let mut services = samples::value(3, false).services;
        for (service, order) in services.iter_mut().zip([3, 1, 2]) {
            service.order = Some(order);
        }
        let by_order = [("RY8/STOP", Some(1)), ("RTG/110H", Some(2)), ("RXM/IAPT", Some(3))];
        assert_eq!(keys(&ranked(&services, Look::LastPound)), by_order);
        let by_average = [("RY8/STOP", Some(1)), ("RXM/IAPT", Some(2)), ("RTG/110H", Some(3))];
        assert_eq!(keys(&ranked(&services, Look::WholeService)), by_average);
    }

    #[test]
    fn a_part_of_the_book_keeps_the_places_of_the_whole() {
        let mut services = samples::value(3, false).services;
        for (service, order) in services.iter_mut().zip([7, 4, 9]) {
            service.order = Some(order);
        }
        services[1].keep_shared();
        let seen = [("RXM/IAPT", Some(7)), ("RTG/110H", Some(9)), ("RY8/STOP", None)];
        let found = ranked(&services, Look::LastPound);
        assert_eq!(keys(&found), seen);
        assert_eq!(
            found.iter().map(|entry| is_hidden(entry.service)).collect::<Vec<_>>(),
            [false, false, true]
        );
    }

    #[test]
    fn a_book_without_draws_is_ordered_by_the_raw_price() {
        let mut services = samples::value(3, false).services;
        for service in &mut services {
            service.order = None;
        }
        let by_price = [("RY8/STOP", Some(1)), ("RXM/IAPT", Some(2)), ("RTG/110H", Some(3))];
        assert_eq!(keys(&ranked(&services, Look::LastPound)), by_price);
    }
}
