//! One service: what it costs, what it brings, how sure that is, and how we know.

mod changes;
mod curve;
mod evidence;
mod facts;
mod worth;

use api::uncertainty::UncertaintyJson;
use api::value::{ServiceValueJson, ValueJson};
use serde::Serialize;

use super::benchmark::BenchmarkPart;
use super::table::service_href;
use super::value::{is_hidden, qaly_range};
use crate::pages::format::{gbp_per_qaly, money_short, qaly, sentence_case};

pub use changes::{ChangesView, MappingsView, turns};
pub use curve::CurveView;
pub use evidence::Outcome;
pub use facts::Side;
pub use worth::{WorthView, figure_words, money};

/// A service's page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ServiceView {
    /// The service's name.
    pub name: String,
    /// `provider/service`.
    pub key: String,
    /// Where its cost and outcome rows are, for those who may see them.
    pub rows: Option<String>,
    /// The answer, as one sentence.
    pub answer: String,
    /// What there is to know, in order.
    pub facts: Vec<Fact>,
    /// The whole service and its last pound side by side.
    pub sides: Vec<Side>,
    /// How likely it is worth its price, at each price.
    pub curve: Option<CurveView>,
    /// What would change the answer.
    pub changes: Option<ChangesView>,
    /// The same by every named mapping.
    pub mappings: Vec<MappingsView>,
    /// What knowing its figures would be worth.
    pub worth: Option<WorthView>,
    /// Why none of that is told.
    pub untold: Option<String>,
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

impl ServiceView {
    /// The page of one line of the value table, with what the draws say of the book where that is
    /// kept.
    pub fn new(
        value: &ValueJson,
        service: &ServiceValueJson,
        doubt: Option<&UncertaintyJson>,
    ) -> Self {
        let key = service.service.as_str();
        let line = doubt.and_then(|all| all.services.iter().find(|line| line.service == key));
        let flips = doubt.and_then(|all| all.flips.iter().find(|line| line.service == key));
        Self {
            name: service.name.clone(),
            key: service.service.clone(),
            rows: Some(format!("{}/rows", service_href(&service.service))),
            answer: answer(service),
            facts: facts::facts(value, service, line),
            sides: facts::sides(value, service),
            curve: doubt.zip(line).and_then(|(all, line)| CurveView::new(all, line)),
            changes: doubt.zip(flips).map(|(all, flips)| ChangesView::new(all, flips, service)),
            mappings: doubt
                .zip(flips)
                .map(|(all, flips)| MappingsView::all(all, flips, service))
                .unwrap_or_default(),
            worth: doubt.and_then(|all| WorthView::new(&all.information, service)),
            untold: untold(service, doubt.is_some()),
            outcomes: service.valued_by.iter().map(Outcome::from).collect(),
            left_out: service.left_out.clone(),
            missing: missing(service),
            dispute: None,
            benchmark: None,
        }
    }
}

fn untold(service: &ServiceValueJson, is_kept: bool) -> Option<String> {
    let why = if is_hidden(service) {
        "How sure its value is, and what would change it, is told to its own provider and to the \
         Board."
    } else if service.assessable && !is_kept {
        "This edition was valued before what stands behind its figures was kept: how sure they are \
         and what would change them will be told of the next one."
    } else {
        return None;
    };
    Some(why.to_owned())
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
