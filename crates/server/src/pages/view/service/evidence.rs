use api::value::ValuedByJson;
use serde::Serialize;

use crate::pages::format::{pct, plural, qaly_signed, share, thousands};
use crate::pages::view::flip::Lever;
use crate::pages::view::labels::measure;

/// One outcome that was valued.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// Whose outcome.
    pub cohort: String,
    /// How many patients, and which part of the spend they are.
    pub patients: String,
    /// What was measured, and on which scale it was valued.
    pub measure: String,
    /// What each gains, net of what would have happened anyway.
    pub per_patient: String,
    /// How long the gain lasts, and how fast it fades.
    pub lasts: String,
    /// The part that would have come without care.
    pub without_care: String,
    /// Evidence grade.
    pub grade: String,
    /// Where it comes from.
    pub source: String,
    /// How old it is; empty where it is of the year itself.
    pub age: String,
    /// Who accepted it.
    pub reviewer: String,
}

impl From<&ValuedByJson> for Outcome {
    fn from(valued: &ValuedByJson) -> Self {
        let mut on = measure(&valued.measure);
        for part in [&valued.value_set, &valued.mapping].into_iter().flatten() {
            on.push_str(&format!(", {part}"));
        }
        let age = u64::try_from(valued.age_years).unwrap_or(0);
        let mut patients = thousands(&format!("{:.0}", valued.patients));
        if let Some(part) = valued.spend_share {
            patients.push_str(&format!("; {} of the spend", share(part)));
        }
        Self {
            cohort: if valued.cohort == "all" {
                "All patients".to_owned()
            } else {
                valued.cohort.clone()
            },
            patients,
            measure: on,
            per_patient: qaly_signed(valued.qaly_per_patient),
            lasts: lasts(valued),
            without_care: valued
                .counterfactual_fraction
                .map_or_else(|| "the figure is net of it".to_owned(), |part| pct(part * 100.0)),
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

fn lasts(valued: &ValuedByJson) -> String {
    let Some(years) = valued.duration_years else {
        return "in the figure itself".to_owned();
    };
    let years = Lever::Duration.value(years);
    match valued.decay_per_year {
        Some(rate) if rate > 0.0 => format!("{years}, fading at {rate:.2} a year"),
        _ => years,
    }
}
