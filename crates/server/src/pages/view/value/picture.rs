use quantities::Pence;

use super::ranking::{Look, Ranked, is_hidden, price};
use super::words::{at_provider, not_valued, spoken};
use crate::charts::{Frontier, Heading, Triangle, frontier};
use crate::pages::format::{gbp_per_qaly, money_short};
use crate::pages::view::table::service_href;

/// How to read the picture.
pub const fn reading(look: Look) -> &'static str {
    match look {
        Look::LastPound => {
            "Each triangle is a service: as wide as the money spent on it in a year, and as high as \
             the healthy years that money would buy if every pound did as much as the last one. \
             Steeper is better. Whiskers show the range within which 95 of 100 draws lie. They \
             stand in the order of the table, which allows for doubt: a flatter one that is surer \
             may stand before a steeper one that is not."
        }
        Look::WholeService => {
            "Each triangle is a service: as wide as the money spent on it in a year, and as high as \
             the healthy years it brings. Steeper is better. Whiskers show the range within which \
             95 of 100 draws lie."
        }
    }
}

/// The finding.
pub fn title(shown: &[&Ranked<'_>], look: Look) -> String {
    let mut placed = shown.iter().filter(|entry| entry.rank.is_some());
    let (Some(first), last) = (placed.next(), placed.next_back()) else {
        return "Nothing here can be put on the scale yet".to_owned();
    };
    let of = |entry: &Ranked<'_>| {
        let price = gbp_per_qaly(price(entry.service, look));
        format!("{price} ({})", at_provider(entry.service))
    };
    match (look, last) {
        (Look::LastPound, Some(last)) => format!(
            "The last healthy year costs {} at the first rank and {} at the last",
            of(first),
            of(last)
        ),
        (Look::LastPound, None) => format!("The last healthy year costs {}", of(first)),
        (Look::WholeService, Some(last)) => {
            format!("On average a healthy year costs from {} to {}", of(first), of(last))
        }
        (Look::WholeService, None) => format!("On average a healthy year costs {}", of(first)),
    }
}

/// The picture, with its finding.
pub fn chart(shown: &[&Ranked<'_>], look: Look, title: &str) -> String {
    let triangles = shown.iter().filter_map(|entry| triangle(entry, look)).collect();
    let unknown: Pence = shown
        .iter()
        .map(|entry| match entry.rank {
            Some(_) => not_valued(entry.service),
            // Its margin is not shown to whoever asks; what it is worth is known all the same.
            None if is_hidden(entry.service) => not_valued(entry.service),
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
