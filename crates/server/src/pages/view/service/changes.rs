use api::uncertainty::{CohortFlipsJson, FlipsJson, UncertaintyJson};
use api::value::ServiceValueJson;
use serde::Serialize;

use crate::pages::format::{gbp_per_qaly, sentence_case, thousands};
use crate::pages::view::flip::{Lever, Turn};
use crate::pages::view::labels::elasticity_source;

/// What would change the answer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChangesView {
    /// What would, as sentences: of the elasticity, and of the cohorts with most health.
    pub sentences: Vec<String>,
    /// Every figure that may.
    pub rows: Vec<ChangeRow>,
    /// What a reader must know of it.
    pub note: Option<String>,
}

/// One figure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChangeRow {
    /// The figure, with its patients.
    pub figure: String,
    /// What it is now.
    pub now: String,
    /// Where that comes from.
    pub origin: String,
    /// What it would have to be for the last pound to be on the other side of its price.
    pub at_threshold: String,
    /// What it would have to be for the place to change.
    pub places: Vec<String>,
}

/// Cohorts that have sentences of their own; the table has them all.
const SAID: usize = 2;

impl ChangesView {
    /// Of one service.
    pub fn new(all: &UncertaintyJson, flips: &FlipsJson, service: &ServiceValueJson) -> Self {
        let is_worth = flips.marginal_gbp_per_qaly <= all.threshold_gbp_per_qaly;
        let elasticity = Turn { lever: Lever::Elasticity, flip: &flips.elasticity };
        let source = service.elasticity_source.as_deref();
        let origin = source.map(|code| sentence_case(&elasticity_source(code)));
        let origin = origin.unwrap_or_default();
        let mut sentences = vec![elasticity.sentence(is_worth, None)];
        if source == Some("default") {
            sentences.push("That elasticity is a default: nobody has been asked yet.".to_owned());
        }
        let mut rows = vec![row("Elasticity".to_owned(), &elasticity, origin)];
        let mut cohorts: Vec<&CohortFlipsJson> = flips.cohorts.iter().collect();
        cohorts.sort_by(|one, other| {
            health(service, &other.cohort).total_cmp(&health(service, &one.cohort))
        });
        for (at, cohort) in cohorts.into_iter().enumerate() {
            let of = (cohort.cohort != "all").then_some(cohort.cohort.as_str());
            let whose = of.map_or_else(String::new, |of| format!(", {of}"));
            for (name, turn) in turns(cohort) {
                if at < SAID && !flips.health_cancels {
                    sentences.push(turn.sentence(is_worth, of));
                }
                rows.push(row(format!("{name}{whose}"), &turn, judged(service, &cohort.cohort)));
            }
        }
        let note = flips.health_cancels.then(|| {
            "Its elasticity is anchored on a programme's slope, so that neither duration nor what \
             happens without care nor the mapping changes the price of its last pound."
                .to_owned()
        });
        Self { sentences, rows, note }
    }
}

/// The figures of a cohort that may flip the answer.
pub fn turns(cohort: &CohortFlipsJson) -> impl Iterator<Item = (&'static str, Turn<'_>)> {
    let lasts = cohort.duration_years.as_ref();
    let alone = cohort.counterfactual_fraction.as_ref();
    let lasts = lasts.map(|flip| ("The gain lasts", Turn { lever: Lever::Duration, flip }));
    let alone = alone.map(|flip| ("Without care", Turn { lever: Lever::WithoutCare, flip }));
    lasts.into_iter().chain(alone)
}

fn row(figure: String, turn: &Turn<'_>, origin: String) -> ChangeRow {
    ChangeRow {
        figure,
        now: turn.now(),
        origin,
        at_threshold: turn.at_threshold().unwrap_or_else(|| "no value it can have".to_owned()),
        places: turn.places().iter().map(|words| sentence_case(words)).collect(),
    }
}

/// Who answers for a cohort's figures, and how good they are.
fn judged(service: &ServiceValueJson, cohort: &str) -> String {
    let found = service.valued_by.iter().find(|outcome| outcome.cohort == cohort);
    found.map_or_else(String::new, |outcome| {
        let reviewer = outcome.reviewer.as_deref().unwrap_or("not yet reviewed");
        format!("Grade {}, {reviewer}", outcome.evidence_grade)
    })
}

fn health(service: &ServiceValueJson, cohort: &str) -> f64 {
    let own = service.valued_by.iter().filter(|outcome| outcome.cohort == cohort);
    own.map(|outcome| outcome.patients * outcome.qaly_per_patient).sum()
}

/// The same service by every named mapping of a measure.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MappingsView {
    /// The finding.
    pub finding: String,
    /// The mapping in use, then the others.
    pub rows: Vec<MappingRow>,
}

/// A service by one mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MappingRow {
    /// The mapping.
    pub mapping: String,
    /// Whether it is the one in use.
    pub is_used: bool,
    /// Healthy years per patient.
    pub per_patient: String,
    /// Average price.
    pub average: String,
    /// Price at the margin.
    pub marginal: String,
    /// Its place by that.
    pub place: String,
    /// Why there are none.
    pub why_not: Option<String>,
}

impl MappingsView {
    /// One for each measure of the service that has another mapping.
    pub fn all(all: &UncertaintyJson, flips: &FlipsJson, service: &ServiceValueJson) -> Vec<Self> {
        let mut measures: Vec<(&str, &str)> = Vec::new();
        for flip in &flips.mappings {
            let found = (flip.measure.as_str(), flip.used.as_str());
            if !measures.contains(&found) {
                measures.push(found);
            }
        }
        let each = measures.into_iter();
        each.map(|(measure, used)| Self::of(all, flips, service, measure, used)).collect()
    }

    fn of(
        all: &UncertaintyJson,
        flips: &FlipsJson,
        service: &ServiceValueJson,
        measure: &str,
        used: &str,
    ) -> Self {
        let now = Health::of(service, measure, None);
        let price = |price: Option<f64>| match price {
            Some(price) => gbp_per_qaly(Some(price)),
            None => "–".to_owned(),
        };
        let place = |place: usize| thousands(&place.to_string());
        let mut rows = vec![MappingRow {
            mapping: used.to_owned(),
            is_used: true,
            per_patient: now.as_ref().map_or_else(|| "–".to_owned(), Health::per_patient),
            average: price(service.average_gbp_per_qaly),
            marginal: gbp_per_qaly(Some(flips.marginal_gbp_per_qaly)),
            place: place(flips.rank),
            why_not: None,
        }];
        let mut crosses = Vec::new();
        for flip in flips.mappings.iter().filter(|flip| flip.measure == measure) {
            if rows.iter().any(|row| row.mapping == flip.other) {
                continue;
            }
            let then = Health::of(service, measure, Some(&flip.other));
            let average = now.as_ref().zip(then.as_ref()).and_then(|(now, then)| {
                let price = service.average_gbp_per_qaly? * now.all / then.all;
                (price.is_finite() && price > 0.0).then_some(price)
            });
            if flip.crosses_threshold {
                crosses.push(flip.other.clone());
            }
            rows.push(MappingRow {
                mapping: flip.other.clone(),
                is_used: false,
                per_patient: then.as_ref().map_or_else(|| "–".to_owned(), Health::per_patient),
                average: price(average),
                marginal: price(flip.marginal_gbp_per_qaly),
                place: flip.rank.map_or_else(|| "–".to_owned(), place),
                why_not: flip.why_not.clone(),
            });
        }
        let threshold = gbp_per_qaly(Some(all.threshold_gbp_per_qaly));
        let finding = if crosses.is_empty() {
            format!("By none of the mappings does its last pound cross {threshold}.")
        } else {
            let by = crate::pages::format::list_words(&crosses);
            format!("By {by} its last pound would be on the other side of {threshold}.")
        };
        Self { finding, rows }
    }
}

/// What a service's outcomes come to with a mapping of one measure.
struct Health {
    /// Of every cohort.
    all: f64,
    /// Of those with the measure.
    mapped: f64,
    /// Their patients.
    patients: f64,
}

impl Health {
    /// With another mapping, or as it is; nothing where a cohort has none by that mapping.
    fn of(service: &ServiceValueJson, measure: &str, other: Option<&str>) -> Option<Self> {
        let mut found = Self { all: 0.0, mapped: 0.0, patients: 0.0 };
        for outcome in &service.valued_by {
            let is_mapped = outcome.measure == measure && outcome.mapping.is_some();
            let each = match other.filter(|_| is_mapped) {
                None => outcome.qaly_per_patient,
                Some(code) => {
                    let others = &outcome.otherwise;
                    others.iter().find(|it| it.mapping == code)?.qaly_per_patient
                }
            };
            found.all += outcome.patients * each;
            if is_mapped {
                found.mapped += outcome.patients * each;
                found.patients += outcome.patients;
            }
        }
        Some(found)
    }

    fn per_patient(&self) -> String {
        if self.patients > 0.0 {
            format!("{:.3}", self.mapped / self.patients).replace('-', "−")
        } else {
            "–".to_owned()
        }
    }
}
