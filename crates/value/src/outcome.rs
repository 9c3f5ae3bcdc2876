//! Which outcome of each cohort is valued, and what it is worth per patient.

use openbook::Book;
use openbook::rows::{Assumption, Grade, Outcome};
use quantities::{Qaly, ServiceKey, Share};
use std::collections::BTreeMap;

use crate::instruments::Instruments;
use crate::parameters::{YearParameters, by_grade};
use crate::qaly::annuity;
use crate::scale::{Scale, Utility};
use crate::table::ValueOptions;

/// An outcome that is valued.
#[derive(Clone, Debug, PartialEq)]
pub struct ValuedOutcome {
    /// The cohort.
    pub cohort: String,
    /// The measure.
    pub measure: String,
    /// The value set of its utility.
    pub value_set: Option<String>,
    /// The mapping that made the utility.
    pub mapping: Option<String>,
    /// Patients in the year.
    pub patients: f64,
    /// Health per patient, net of what would have come anyway.
    pub per_patient: Qaly,
    /// The same by other mappings of the measure.
    pub otherwise: Vec<OtherMapping>,
    /// Its standard error, the grade's multiplier included.
    pub per_patient_se: Qaly,
    /// How long the gain is taken to last; nothing where the measure has its duration in it.
    pub duration_years: Option<f64>,
    /// How fast it fades, as a rate a year.
    pub decay_per_year: f64,
    /// The part that would have come anyway; nothing where the measure is net of it.
    pub counterfactual: Option<Share>,
    /// The accepted grade.
    pub grade: Grade,
    /// The part of the service's spend it describes.
    pub spend_share: Share,
    /// How many years older than the base year it is.
    pub age_years: i32,
    /// Where it comes from.
    pub source: String,
    /// Who accepted it.
    pub reviewer: Option<String>,
}

/// Health per patient by a mapping that is not the one of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherMapping {
    /// The mapping.
    pub mapping: String,
    /// Health per patient by it.
    pub per_patient: Qaly,
}

/// A service's outcomes: those valued, and why the others are not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceOutcomes {
    /// One a cohort.
    pub valued: Vec<ValuedOutcome>,
    /// A sentence each.
    pub left_out: Vec<String>,
}

/// Values the outcomes of one service: the latest year not after the base year of each cohort and
/// measure; of a cohort's measures the best grade.
pub fn of_service(
    book: &Book,
    instruments: &Instruments,
    parameters: &YearParameters,
    options: &ValueOptions,
    service: &ServiceKey,
) -> ServiceOutcomes {
    match instruments.value_sets.get(&options.value_set) {
        Some(set) => set.compare(options.mixed_value_sets, |scale| {
            on_scale(book, instruments, parameters, options, service, scale)
        }),
        None => ServiceOutcomes::default(),
    }
}

fn on_scale(
    book: &Book,
    instruments: &Instruments,
    parameters: &YearParameters,
    options: &ValueOptions,
    service: &ServiceKey,
    scale: Scale<'_>,
) -> ServiceOutcomes {
    let mut latest: BTreeMap<(&str, &str), &Outcome> = BTreeMap::new();
    for outcome in book.outcomes_of(service) {
        if outcome.year <= options.base_year {
            let entry = latest.entry((&outcome.cohort, &outcome.measure)).or_insert(outcome);
            if outcome.year > entry.year {
                *entry = outcome;
            }
        }
    }
    // This board's part of the patients, as of the spend.
    let part = book.portion_of(service, options.base_year).share().get();
    let mut found = ServiceOutcomes::default();
    let mut by_cohort: BTreeMap<&str, Vec<ValuedOutcome>> = BTreeMap::new();
    for outcome in latest.values() {
        let judged = judge(book.assumptions.as_deref(), outcome);
        let valued = judged.and_then(|accepted| {
            convert(instruments, parameters, options, scale, outcome, accepted)
        });
        match valued {
            Ok(valued) => {
                let valued = ValuedOutcome { patients: valued.patients * part, ..valued };
                by_cohort.entry(&outcome.cohort).or_default().push(valued);
            }
            Err(why) => {
                found.left_out.push(format!("{} ({}): {why}", outcome.measure, outcome.cohort));
            }
        }
    }
    for mut rivals in by_cohort.into_values() {
        rivals.sort_by_key(|valued| valued.grade);
        let mut rivals = rivals.into_iter();
        let Some(best) = rivals.next() else { continue };
        for other in rivals {
            found.left_out.push(format!(
                "{} ({}): shown beside {}, which has the better evidence",
                other.measure, other.cohort, best.measure
            ));
        }
        found.valued.push(best);
    }
    found
}

/// What the reviewer accepted of an outcome, or the provider's own proposals where the book has no
/// assumptions at all.
struct Accepted {
    duration_years: Option<f64>,
    decay_per_year: f64,
    counterfactual: Option<Share>,
    grade: Grade,
    spend_share: Share,
    reviewer: Option<String>,
}

fn judge(assumptions: Option<&[Assumption]>, outcome: &Outcome) -> Result<Accepted, String> {
    let proposed = |row: Option<&Assumption>| Accepted {
        duration_years: row.and_then(|row| row.duration_years).or(outcome.duration_years),
        decay_per_year: row
            .and_then(|row| row.decay_per_year)
            .or(outcome.decay_per_year)
            .unwrap_or(0.0),
        counterfactual: row.and_then(|row| row.counterfactual).or(outcome.counterfactual),
        grade: row.and_then(|row| row.grade).unwrap_or(outcome.grade),
        spend_share: row
            .and_then(|row| row.spend_share)
            .or(outcome.spend_share)
            .unwrap_or(Share::ONE),
        reviewer: row.map(|row| row.reviewer.clone()),
    };
    let Some(rows) = assumptions else {
        return Ok(proposed(None));
    };
    let of = |cohort: &str| {
        rows.iter().find(|row| row.service == outcome.service && row.cohort == cohort)
    };
    of(&outcome.cohort)
        .or_else(|| of("all"))
        .map(|row| proposed(Some(row)))
        .ok_or_else(|| "no reviewer has accepted it yet".to_owned())
}

/// Utility gained by a patient, the measure's own standard error, and how it was made.
struct Gain<'s> {
    utility: Utility<'s>,
    se: Option<f64>,
    value_set: Option<String>,
    mapping: Option<String>,
    otherwise: Vec<(String, Utility<'s>)>,
    whole: bool,
}

fn convert(
    instruments: &Instruments,
    parameters: &YearParameters,
    options: &ValueOptions,
    scale: Scale<'_>,
    outcome: &Outcome,
    accepted: Accepted,
) -> Result<ValuedOutcome, String> {
    let gain = gain(instruments, scale, outcome)?;
    let factor = if gain.whole {
        1.0
    } else {
        let Some(duration) = accepted.duration_years else {
            return Err("how long the gain lasts is not given".to_owned());
        };
        let Some(counterfactual) = accepted.counterfactual else {
            return Err("what would have improved anyway is not given".to_owned());
        };
        counterfactual.rest().get()
            * annuity(duration, parameters.discount_rate, accepted.decay_per_year)
    };
    // The default coefficient of variation is the grade's own; the multiplier widens what was
    // measured.
    let se = match gain.se {
        Some(measured) => measured * by_grade(&parameters.se_multiplier, accepted.grade),
        None => gain.utility.get().abs() * by_grade(&parameters.gain_cv, accepted.grade),
    };
    let otherwise = gain.otherwise.into_iter().map(|(mapping, utility)| OtherMapping {
        mapping,
        per_patient: Qaly::new(utility.get() * factor),
    });
    Ok(ValuedOutcome {
        cohort: outcome.cohort.clone(),
        measure: outcome.measure.clone(),
        value_set: gain.value_set,
        mapping: gain.mapping,
        patients: outcome.patients,
        per_patient: Qaly::new(gain.utility.get() * factor),
        otherwise: otherwise.collect(),
        per_patient_se: Qaly::new(se * factor),
        duration_years: accepted.duration_years.filter(|_| !gain.whole),
        decay_per_year: accepted.decay_per_year,
        counterfactual: accepted.counterfactual.filter(|_| !gain.whole),
        grade: accepted.grade,
        spend_share: accepted.spend_share,
        age_years: options.base_year.years_after(outcome.year),
        source: outcome.source.clone(),
        reviewer: accepted.reviewer,
    })
}

fn gain<'s>(
    instruments: &Instruments,
    scale: Scale<'s>,
    outcome: &Outcome,
) -> Result<Gain<'s>, String> {
    let Some(measure) = instruments.measures.get(&outcome.measure) else {
        return Err("the measure is not known".to_owned());
    };
    if !measure.convertible {
        return Err("shown, not valued".to_owned());
    }
    if let Some(code) = &measure.mapping {
        return mapped(instruments, scale, outcome, code);
    }
    let change = outcome.baseline.zip(outcome.followup).map(|(before, after)| after - before);
    // A disability weight falls where health rises.
    let change =
        if outcome.measure == "disability_weight" { change.map(|fall| -fall) } else { change };
    let Some(change) = outcome.gain.or(change) else {
        return Err("no gain is given".to_owned());
    };
    if outcome.measure == "eq5d_index" && outcome.value_set.is_none() {
        return Err("its value set is not named".to_owned());
    }
    if let Some(value_set) = &outcome.value_set
        && outcome.measure == "eq5d_index"
        && !instruments.value_sets.contains_key(value_set)
    {
        let known = instruments.value_sets.keys().map(String::as_str);
        return Err(format!(
            "the value set {value_set} is not known{}",
            openbook::did_you_mean(value_set, known)
        ));
    }
    let utility = match &outcome.value_set {
        Some(value_set) => scale.named(change, value_set).map_err(|error| error.to_string())?,
        None => scale.without_value_set(change),
    };
    Ok(Gain {
        utility,
        se: outcome.gain_se,
        value_set: outcome.value_set.clone(),
        mapping: None,
        otherwise: Vec::new(),
        whole: matches!(outcome.measure.as_str(), "qaly_per_patient" | "dalys_averted_per_patient"),
    })
}

fn mapped<'s>(
    instruments: &Instruments,
    scale: Scale<'s>,
    outcome: &Outcome,
    code: &str,
) -> Result<Gain<'s>, String> {
    let Some(mapping) = instruments.mappings.get(code) else {
        return Err(format!("the mapping {code} is not there"));
    };
    let (Some(before), Some(after)) = (outcome.baseline, outcome.followup) else {
        return Err("a mapping needs the mean before and the mean after".to_owned());
    };
    let utility = scale.mapped(mapping, before, after).map_err(|error| error.to_string())?;
    let fall = before - after;
    let slope = if fall.abs() > 1e-9 { utility.get() / fall } else { 0.0 };
    // One that leads to another value set, or says nothing of such scores, has no say here.
    let otherwise = instruments.other_mappings(&outcome.measure).filter_map(|other| {
        let utility = scale.mapped(other, before, after).ok()?;
        Some((other.code.clone(), utility))
    });
    Ok(Gain {
        utility,
        se: outcome.gain_se.map(|se| se * slope.abs()),
        value_set: Some(mapping.value_set.clone()),
        mapping: Some(mapping.code.clone()),
        otherwise: otherwise.collect(),
        whole: false,
    })
}
