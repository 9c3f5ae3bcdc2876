use api::uncertainty::{ServiceUncertaintyJson, ShrunkJson};
use api::value::{ServiceValueJson, ValueJson};
use serde::Serialize;

use super::Fact;
use crate::charts::sector_label;
use crate::pages::format::{
    gbp_per_qaly, money_short, prob, qaly, qaly_per_thousand, qaly_signed, sentence_case, share,
    thousands,
};
use crate::pages::view::labels::elasticity_source;
use crate::pages::view::value::{
    average_range, marginal_range, net_range, per_thousand_of, per_thousand_range, place_range,
    qaly_range,
};

/// One figure of the whole service and of its last pound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Side {
    /// What it is.
    pub name: String,
    /// Of the whole service.
    pub whole: String,
    /// Its range.
    pub whole_range: Option<String>,
    /// Of its last pound.
    pub last: String,
    /// Its range.
    pub last_range: Option<String>,
}

/// Average and marginal side by side; empty where neither has a price.
pub fn sides(value: &ValueJson, service: &ServiceValueJson) -> Vec<Side> {
    let (Some(average), marginal) = (service.average_gbp_per_qaly, service.marginal_gbp_per_qaly)
    else {
        return Vec::new();
    };
    let dash = || "–".to_owned();
    let price = |price: Option<f64>| price.map_or_else(dash, |price| gbp_per_qaly(Some(price)));
    let threshold = gbp_per_qaly(Some(value.threshold_gbp_per_qaly));
    let bought = |price: Option<f64>| price.map(|price| qaly_per_thousand(1e3 / price));
    let (low, high) = (service.marginal_low_gbp_per_qaly, service.marginal_high_gbp_per_qaly);
    let sure = service.prob_cost_effective;
    let dearer = service.prob_low_value;
    vec![
        Side {
            name: "Price of a healthy year (QALY)".to_owned(),
            whole: price(Some(average)),
            whole_range: average_range(service),
            last: price(marginal),
            last_range: marginal_range(service),
        },
        Side {
            name: "Healthy years (QALYs) per £1,000".to_owned(),
            whole: service.qaly_per_thousand_gbp.map_or_else(dash, qaly_per_thousand),
            whole_range: per_thousand_range(service),
            last: bought(marginal).unwrap_or_else(dash),
            last_range: per_thousand_of(low, high),
        },
        Side {
            name: format!("How sure, at {threshold} a healthy year"),
            whole: sure.map_or_else(dash, |sure| format!("Worth its price {}", prob(sure))),
            whole_range: None,
            last: dearer.map_or_else(dash, |sure| format!("Costs more {}", prob(sure))),
            last_range: None,
        },
    ]
}

/// What there is to know of a service, in order.
pub fn facts(
    value: &ValueJson,
    service: &ServiceValueJson,
    line: Option<&ServiceUncertaintyJson>,
) -> Vec<Fact> {
    let fact =
        |key: &str, value: String, note: Option<String>| Fact { key: key.to_owned(), value, note };
    let mut facts = vec![
        fact(
            "Provider and sector",
            format!("{}, {}", service.provider, sector_label(&service.sector)),
            None,
        ),
        fact("Spend a year", money_short(service.spend_gbp), valued_part(service)),
    ];
    if let Some(years) = service.qaly {
        let range = qaly_range(service).map(|range| sentence_case(&range));
        facts.push(fact("Healthy years (QALYs) a year", qaly(years), range));
    }
    let threshold = gbp_per_qaly(Some(value.threshold_gbp_per_qaly));
    if let Some(net) = service.net_health_benefit_qaly {
        let less = format!(
            "less the healthy years that the money would buy elsewhere at {threshold} each"
        );
        let note =
            net_range(service).map_or_else(|| less.clone(), |range| format!("{range}, {less}"));
        let note = Some(sentence_case(&note));
        facts.push(fact("Net healthy years (QALYs) a year", qaly_signed(net), note));
    }
    facts.extend(place(value, service, line.and_then(|line| line.shrunk.as_ref())));
    if let Some(elasticity) = service.elasticity {
        let source = service.elasticity_source.as_deref().map(elasticity_source);
        let source = source.map(|source| sentence_case(&source));
        facts.push(fact("Elasticity", format!("{elasticity:.2}"), source));
    }
    if let Some(grade) = &service.evidence_grade {
        facts.push(fact(
            "Evidence grade",
            grade.clone(),
            Some("The weakest of the outcomes valued; A is best, E an assumption".to_owned()),
        ));
    }
    if let Some(gain) = service.break_even_qaly_per_patient {
        facts.push(fact(
            "Break-even gain per patient",
            format!("{} healthy years (QALYs)", qaly(gain)),
            Some(format!("With that it would just be worth {threshold} a healthy year")),
        ));
    }
    facts
}

/// The place in the order that allows for doubt, with what made it.
fn place(
    value: &ValueJson,
    service: &ServiceValueJson,
    shrunk: Option<&ShrunkJson>,
) -> Option<Fact> {
    let place = service.order?;
    let number = |place: u32| thousands(&place.to_string());
    let shown = || value.services.iter().filter_map(|other| other.order);
    let all = u32::try_from(shown().count()).unwrap_or(u32::MAX);
    // Whoever sees a part of the book is not told how large the whole is.
    let of = match shown().max() {
        Some(last) if last == all => format!(" of {}", number(all)),
        _ => String::new(),
    };
    let mut notes: Vec<String> = place_range(service).into_iter().collect();
    if let Some(raw) = service.rank.filter(|raw| *raw != place) {
        notes.push(format!("{} by the raw price", number(raw)));
    }
    if let Some(shrunk) = shrunk {
        let mean = match shrunk.comparable_sector.as_deref() {
            Some(sector) => format!("the mean of {}", sector_label(sector).to_lowercase()),
            None => "the mean of the book".to_owned(),
        };
        notes.push(format!(
            "ordered by {}: the price of its last healthy year drawn toward {} ({mean}), keeping \
             {} of the distance",
            gbp_per_qaly(Some(shrunk.marginal_gbp_per_qaly)),
            gbp_per_qaly(Some(shrunk.toward_gbp_per_qaly)),
            share(shrunk.own_weight),
        ));
    }
    let note = (!notes.is_empty()).then(|| sentence_case(&notes.join("; ")));
    Some(Fact {
        key: "Rank by the last pound".to_owned(),
        value: format!("{}{of}", number(place)),
        note,
    })
}

fn valued_part(service: &ServiceValueJson) -> Option<String> {
    let (valued, all) = (service.valued_spend_gbp, service.spend_gbp);
    (valued < all && all.get() > 0).then(|| {
        format!(
            "{} of it ({}) has an outcome that can be valued",
            money_short(valued),
            share(valued.to_pounds() / all.to_pounds())
        )
    })
}
