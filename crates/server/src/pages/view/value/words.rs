use api::value::{ServiceValueJson, ValueJson};
use quantities::Pence;

use super::ranges::{average_range, marginal_range, place_range, qaly_range};
use super::ranking::{Ranked, is_hidden};
use crate::charts::sector_label;
use crate::pages::format::{gbp_per_qaly, money_short, plural, qaly, short_name, thousands};

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
    let hidden = all.iter().filter(|entry| is_hidden(entry.service)).count();
    let silent = all.len() - assessed - hidden;
    let your = if hidden > 0 { "your" } else { "the" };
    match best {
        None if all.is_empty() => "The book has no services yet.".to_owned(),
        None => "No service can be put on the scale yet: none has an accepted outcome.".to_owned(),
        Some(best) if assessed == 1 => format!(
            "Only {} can be put on the scale; we cannot yet say for {your} other {}.",
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
                "The last pound spent on {} buys more health than on {} of {your} {} other \
                 services{rest}.",
                at_provider(best.service),
                count(assessed - 1),
                count(assessed + silent - 1),
            )
        }
    }
}

/// What the best service's last healthy year costs, and how sure that and its place are.
pub fn doubt(all: &[Ranked<'_>]) -> Option<String> {
    let best = all.first().filter(|entry| entry.rank.is_some())?;
    let (place, best) = (best.rank?, best.service);
    let ranged = |range: Option<String>| range.map_or_else(String::new, |it| format!(", {it}"));
    let place = place_range(best)
        .map_or_else(String::new, |range| format!(" Its rank is {}, {range}.", count(place)));
    Some(format!(
        "Its last healthy year (QALY) costs {}{}; on average one costs {}{}.{place}",
        gbp_per_qaly(best.marginal_gbp_per_qaly),
        ranged(marginal_range(best)),
        gbp_per_qaly(best.average_gbp_per_qaly),
        ranged(average_range(best)),
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
    if let Some(range) = place_range(service) {
        sentence.push_str(&format!(". Its rank is {range}"));
    }
    if let Some(grade) = &service.evidence_grade {
        sentence.push_str(&format!(". Evidence grade {grade}"));
    }
    sentence.push('.');
    sentence
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
            "\"Net\", \"worth its price\" and \"dearer\" compare with {} per healthy year: what the \
             same money would buy elsewhere.",
            gbp_per_qaly(Some(value.threshold_gbp_per_qaly))
        ),
        "The price of the last one is the average price divided by the elasticity: by how many \
         percent health changes when spending changes by one percent."
            .to_owned(),
        "Every range holds 95 of 100 draws in which all that is uncertain varies together."
            .to_owned(),
    ];
    if value.services.iter().any(|service| service.order.is_some()) {
        method.push(
            "Ranks go by the price of the last healthy year, drawn toward the mean of the \
             service's sector as far as it is uncertain, so that a figure that is high or low by \
             chance does not top the list. The price shown is the raw one, and plans use that; \
             where the two would give different ranks, both are told."
                .to_owned(),
        );
    }
    if value.services.iter().any(is_hidden) {
        method.push(
            "Of other providers' services you see what they share: spend, healthy years, average \
             price and evidence. Ranks are those of the whole book."
                .to_owned(),
        );
    }
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
