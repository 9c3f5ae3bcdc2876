use api::value::{ServiceValueJson, ValueJson};
use quantities::Pence;

use super::ranking::Ranked;
use crate::charts::sector_label;
use crate::pages::format::{
    gbp_per_qaly, money_short, plural, qaly, range_words, short_name, thousands,
};

fn count(items: usize) -> String {
    thousands(&items.to_string())
}

/// The service and where it is.
pub fn at_provider(service: &ServiceValueJson) -> String {
    format!("{} at {}", short_name(&service.name), service.provider)
}

/// The answer, as one sentence, from the order of the last pounds.
pub fn answer(all: &[Ranked<'_>]) -> String {
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

/// What the best service's last healthy year costs, and how sure that is.
pub fn doubt(all: &[Ranked<'_>]) -> Option<String> {
    let best = all.first().filter(|entry| entry.rank.is_some())?.service;
    let range = marginal_range(best).map_or_else(String::new, |range| format!(", {range}"));
    Some(format!(
        "Its last healthy year (QALY) costs {}{range}; on average one costs {}.",
        gbp_per_qaly(best.marginal_gbp_per_qaly),
        gbp_per_qaly(best.average_gbp_per_qaly),
    ))
}

/// The part of a service's spend that has no outcome.
pub fn not_valued(service: &ServiceValueJson) -> Pence {
    service.spend_gbp - service.valued_spend_gbp
}

/// How much of the spend nothing can be said of.
pub fn silence(services: &[ServiceValueJson]) -> Option<String> {
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

/// Everything there is to say of a service, to be read aloud.
pub fn spoken(service: &ServiceValueJson, rank: usize) -> String {
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

/// How we know.
pub fn method(value: &ValueJson) -> Vec<String> {
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
