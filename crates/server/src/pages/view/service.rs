//! One service: what it costs, what it brings, and how we know.

use api::value::{ServiceValueJson, ValueJson, ValuedByJson};
use serde::Serialize;

use super::benchmark::BenchmarkPart;
use super::labels::{elasticity_source, measure};
use super::value::{marginal_range, qaly_range};
use crate::charts::sector_label;
use crate::pages::format::{
    gbp_per_qaly, money_short, plural, prob, qaly, qaly_signed, sentence_case, share,
};

/// A service's page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ServiceView {
    /// The service's name.
    pub name: String,
    /// `provider/service`.
    pub key: String,
    /// The answer, as one sentence.
    pub answer: String,
    /// What there is to know, in order.
    pub facts: Vec<Fact>,
    /// The outcomes that were valued.
    pub outcomes: Vec<Outcome>,
    /// Outcomes that were left out, and why.
    pub left_out: Vec<String>,
    /// What would make it assessable.
    pub missing: Option<String>,
    /// Where a figure of it is disputed, for those who may.
    pub dispute: Option<String>,
    /// Its unit cost beside others'.
    pub benchmark: Option<BenchmarkPart>,
}

/// One line of a summary list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is.
    pub key: String,
    /// The figure in words.
    pub value: String,
    /// Its range or its source.
    pub note: Option<String>,
}

/// One outcome that was valued.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// Whose outcome.
    pub cohort: String,
    /// What was measured, and on which scale it was valued.
    pub measure: String,
    /// How many patients.
    pub patients: String,
    /// What each gains, net of what would have happened anyway.
    pub per_patient: String,
    /// Evidence grade.
    pub grade: String,
    /// Where it comes from.
    pub source: String,
    /// How old it is; empty where it is of the year itself.
    pub age: String,
    /// Who accepted it.
    pub reviewer: String,
}

impl ServiceView {
    /// The page of one line of the value table.
    pub fn new(value: &ValueJson, service: &ServiceValueJson) -> Self {
        Self {
            name: service.name.clone(),
            key: service.service.clone(),
            answer: answer(service),
            facts: facts(value, service),
            outcomes: service.valued_by.iter().map(Outcome::from).collect(),
            left_out: service.left_out.clone(),
            missing: missing(service),
            dispute: None,
            benchmark: None,
        }
    }
}

fn answer(service: &ServiceValueJson) -> String {
    let money = money_short(service.spend_gbp);
    match (service.assessable, service.qaly) {
        (true, Some(years)) => {
            let range = qaly_range(service).map_or_else(String::new, |range| format!(", {range}"));
            let price = match service.marginal_gbp_per_qaly {
                Some(price) => {
                    format!("the last of them costs {}", gbp_per_qaly(Some(price)))
                }
                None => "its last pound has no price".to_owned(),
            };
            format!("{money} a year brings {} healthy years (QALYs){range}; {price}.", qaly(years))
        }
        _ => format!(
            "{money} a year is spent here, and we cannot yet say what health it brings.{}",
            service.reason.as_ref().map_or_else(String::new, |reason| format!(
                " {}.",
                sentence_case(reason.trim_end_matches('.'))
            ))
        ),
    }
}

fn missing(service: &ServiceValueJson) -> Option<String> {
    let gain = service.break_even_qaly_per_patient.filter(|_| !service.assessable)?;
    Some(format!(
        "It would just be worth its money if each patient gained {} healthy years (QALYs).",
        qaly(gain)
    ))
}

fn facts(value: &ValueJson, service: &ServiceValueJson) -> Vec<Fact> {
    let fact =
        |key: &str, value: String, note: Option<String>| Fact { key: key.to_owned(), value, note };
    let price = |price: Option<f64>| gbp_per_qaly(price);
    let mut facts = vec![
        fact(
            "Provider and sector",
            format!("{}, {}", service.provider, sector_label(&service.sector)),
            None,
        ),
        fact("Spend a year", money_short(service.spend_gbp), valued_part(service)),
    ];
    if let Some(years) = service.qaly {
        facts.push(fact("Healthy years (QALYs) a year", qaly(years), qaly_range(service)));
    }
    facts.push(fact("Average price per healthy year", price(service.average_gbp_per_qaly), None));
    facts.push(fact(
        "Price of the last healthy year",
        price(service.marginal_gbp_per_qaly),
        marginal_range(service),
    ));
    if let Some(elasticity) = service.elasticity {
        let source = service.elasticity_source.as_deref().map(elasticity_source);
        facts.push(fact("Elasticity", format!("{elasticity:.2}"), source));
    }
    let threshold = gbp_per_qaly(Some(value.threshold_gbp_per_qaly));
    if let Some(net) = service.net_health_benefit_qaly {
        let note = format!(
            "less the healthy years that the money would buy elsewhere at {threshold} each"
        );
        facts.push(fact("Net healthy years (QALYs) a year", qaly_signed(net), Some(note)));
    }
    if let Some(sure) = service.prob_cost_effective {
        facts.push(fact(
            "Worth its price",
            sentence_case(&prob(sure)),
            Some(format!("at {threshold} per healthy year")),
        ));
    }
    if let Some(grade) = &service.evidence_grade {
        facts.push(fact(
            "Evidence grade",
            grade.clone(),
            Some("the weakest of the outcomes valued; A is best, E an assumption".to_owned()),
        ));
    }
    facts
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

impl From<&ValuedByJson> for Outcome {
    fn from(valued: &ValuedByJson) -> Self {
        let mut on = measure(&valued.measure);
        for part in [&valued.value_set, &valued.mapping].into_iter().flatten() {
            on.push_str(&format!(", {part}"));
        }
        let age = u64::try_from(valued.age_years).unwrap_or(0);
        Self {
            cohort: if valued.cohort == "all" {
                "All patients".to_owned()
            } else {
                valued.cohort.clone()
            },
            measure: on,
            patients: crate::pages::format::thousands(&format!("{:.0}", valued.patients)),
            per_patient: qaly_signed(valued.qaly_per_patient),
            grade: valued.evidence_grade.clone(),
            source: valued.source.clone(),
            age: if age == 0 {
                String::new()
            } else {
                format!("{} old", plural(age, "year", "years"))
            },
            reviewer: valued.reviewer.clone().unwrap_or_else(|| "not yet reviewed".to_owned()),
        }
    }
}
