//! The value table as JSON (`valuebook.value/1`).

use quantities::{Millions, Pence, Share};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use value::outcome::ValuedOutcome;
use value::{LineUncertainty, ServiceValue, ValueTable};

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.value/1";

/// Every service line on one scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueJson {
    /// Always `valuebook.value/1`.
    pub schema: String,
    /// The financial year whose spend is valued.
    pub base_year: String,
    /// The value set that utilities are on.
    pub value_set: String,
    /// The threshold for net health benefit and the probability.
    pub threshold_gbp_per_qaly: f64,
    /// Σ spend / Σ (elasticity · health) over the book: queried outside £5,000–30,000.
    pub book_marginal_gbp_per_qaly: Option<f64>,
    /// One entry a service line, in the order of its name.
    pub services: Vec<ServiceValueJson>,
    /// How complete each sector's data is.
    pub parity: Vec<ParityJson>,
    /// What a reader must know of the book.
    pub notes: Vec<String>,
}

/// One service line. `null` where not assessable, never 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceValueJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// The provider's code.
    pub provider: String,
    /// The sector.
    pub sector: String,
    /// Spend in the base year.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
    /// The part of it that has an accepted outcome.
    #[schema(value_type = String)]
    pub valued_spend_gbp: Pence,
    /// Health gain, QALY a year.
    pub qaly: Option<f64>,
    /// 2.5th percentile.
    pub qaly_low: Option<f64>,
    /// 97.5th percentile.
    pub qaly_high: Option<f64>,
    /// Average cost per QALY.
    pub average_gbp_per_qaly: Option<f64>,
    /// 2.5th percentile of the average cost per QALY.
    pub average_low_gbp_per_qaly: Option<f64>,
    /// 97.5th percentile; absent where health may be nil.
    pub average_high_gbp_per_qaly: Option<f64>,
    /// Cost per QALY of the last pound.
    pub marginal_gbp_per_qaly: Option<f64>,
    /// 2.5th percentile of the marginal cost per QALY.
    pub marginal_low_gbp_per_qaly: Option<f64>,
    /// 97.5th percentile; absent where health may be nil.
    pub marginal_high_gbp_per_qaly: Option<f64>,
    /// Health gained for each £1,000 of the valued spend, QALY.
    pub qaly_per_thousand_gbp: Option<f64>,
    /// 2.5th percentile.
    pub qaly_per_thousand_gbp_low: Option<f64>,
    /// 97.5th percentile.
    pub qaly_per_thousand_gbp_high: Option<f64>,
    /// Health gained less health the money would buy elsewhere.
    pub net_health_benefit_qaly: Option<f64>,
    /// 2.5th percentile.
    pub net_health_benefit_low_qaly: Option<f64>,
    /// 97.5th percentile.
    pub net_health_benefit_high_qaly: Option<f64>,
    /// Share of draws in which the whole service costs less per QALY than the threshold.
    pub prob_cost_effective: Option<f64>,
    /// Share of draws in which the last pound costs more per QALY than the threshold.
    pub prob_low_value: Option<f64>,
    /// Place by the cost per QALY of the last pound, 1 the cheapest.
    pub rank: Option<u32>,
    /// Place in ordering lists: by the cost per QALY of the last pound drawn toward comparable
    /// lines as far as it is uncertain.
    pub order: Option<u32>,
    /// 2.5th percentile of that place, rounded outwards.
    pub order_low: Option<u32>,
    /// 97.5th percentile, rounded outwards.
    pub order_high: Option<u32>,
    /// The cost per QALY of the last pound that orders lists. Plans use the raw one.
    pub order_marginal_gbp_per_qaly: Option<f64>,
    /// Elasticity of health to spend.
    pub elasticity: Option<f64>,
    /// `elicited`, `given`, `anchored` or `default`.
    pub elasticity_source: Option<String>,
    /// The weakest grade among the outcomes valued.
    pub evidence_grade: Option<String>,
    /// Whether it can be assessed.
    pub assessable: bool,
    /// Why not, as a sentence.
    pub reason: Option<String>,
    /// The outcomes that were valued.
    pub valued_by: Vec<ValuedByJson>,
    /// Outcomes that were left out, and why.
    pub left_out: Vec<String>,
    /// Health per patient at which an unassessed line would just be worth its money.
    pub break_even_qaly_per_patient: Option<f64>,
}

/// One outcome that was valued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValuedByJson {
    /// The cohort.
    pub cohort: String,
    /// The measure.
    pub measure: String,
    /// The value set, where the measure has one.
    pub value_set: Option<String>,
    /// The mapping, where one was used.
    pub mapping: Option<String>,
    /// Patients.
    pub patients: f64,
    /// QALY per patient, net of what would have happened anyway.
    pub qaly_per_patient: f64,
    /// The same by other mappings of the measure, shown beside.
    #[serde(default)]
    pub otherwise: Vec<OtherMappingJson>,
    /// Years the gain lasts; absent where the measure has its duration in it.
    #[serde(default)]
    pub duration_years: Option<f64>,
    /// How fast it fades, as a rate a year; absent with the duration.
    #[serde(default)]
    pub decay_per_year: Option<f64>,
    /// The part that would have come anyway; absent where the measure is net of it.
    #[serde(default)]
    pub counterfactual_fraction: Option<f64>,
    /// The part of the line's spend that the outcome describes.
    #[serde(default)]
    pub spend_share: Option<f64>,
    /// The grade.
    pub evidence_grade: String,
    /// How many years older than the base year the figure is.
    pub age_years: i32,
    /// Where it comes from.
    pub source: String,
    /// Who accepted it.
    pub reviewer: Option<String>,
}

/// Health per patient by a mapping that is not the one of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherMappingJson {
    /// The mapping.
    pub mapping: String,
    /// QALY per patient by it, net of what would have happened anyway.
    pub qaly_per_patient: f64,
}

/// How complete one sector's data is, as shares of its spend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParityJson {
    /// The sector.
    pub sector: String,
    /// Its spend.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
    /// Of providers reconciled within tolerance.
    pub reconciled_share: f64,
    /// With an outcome that can be valued.
    pub valued_share: f64,
    /// Valued with evidence of grade A to C.
    pub grade_abc_share: f64,
}

impl From<&ValueTable> for ValueJson {
    fn from(table: &ValueTable) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            base_year: table.base_year.to_string(),
            value_set: table.value_set.clone(),
            threshold_gbp_per_qaly: table.threshold.get(),
            book_marginal_gbp_per_qaly: table.book_marginal().map(|price| price.get()),
            services: table
                .services
                .iter()
                .enumerate()
                .map(|(at, service)| {
                    let told = table.uncertainty.lines.get(at).and_then(Option::as_ref);
                    of_service(table, service, told)
                })
                .collect(),
            parity: parity(table),
            notes: table.notes.clone(),
        }
    }
}

impl ServiceValueJson {
    /// Leaves what providers share of a line with each other: its spend, health and average cost,
    /// and how good its evidence is; none of its doubt, margin or outcomes.
    pub fn keep_shared(&mut self) {
        let whole = std::mem::take(self);
        *self = Self {
            service: whole.service,
            name: whole.name,
            provider: whole.provider,
            sector: whole.sector,
            spend_gbp: whole.spend_gbp,
            valued_spend_gbp: whole.valued_spend_gbp,
            qaly: whole.qaly,
            average_gbp_per_qaly: whole.average_gbp_per_qaly,
            qaly_per_thousand_gbp: whole.qaly_per_thousand_gbp,
            evidence_grade: whole.evidence_grade,
            assessable: whole.assessable,
            reason: whole.reason,
            ..Self::default()
        };
    }
}

/// A service line with what the draws told of it, where they told anything.
fn of_service(
    table: &ValueTable,
    service: &ServiceValue,
    told: Option<&LineUncertainty>,
) -> ServiceValueJson {
    let finite = |number: f64| number.is_finite().then_some(number);
    let place = |place: usize| u32::try_from(place).ok();
    let elasticity = service.elasticity.as_ref();
    let shrunk = told.and_then(|told| told.shrunk.as_ref());
    let per_thousand = |price: f64| finite(1e3 / price);
    ServiceValueJson {
        service: service.key.to_string(),
        name: service.name.clone(),
        provider: service.key.provider().to_string(),
        sector: service.sector.clone(),
        spend_gbp: service.spend,
        valued_spend_gbp: service.curve_spend.floor_to_pence().unwrap_or_default(),
        qaly: service.health.map(|health| health.get()),
        qaly_low: service.health_interval.map(|interval| interval.low),
        qaly_high: service.health_interval.map(|interval| interval.high),
        average_gbp_per_qaly: service.average().map(|price| price.get()),
        average_low_gbp_per_qaly: told.and_then(|told| finite(told.average.low)),
        average_high_gbp_per_qaly: told.and_then(|told| finite(told.average.high)),
        marginal_gbp_per_qaly: service.marginal().map(|price| price.get()),
        marginal_low_gbp_per_qaly: service
            .marginal_interval
            .and_then(|interval| finite(interval.low)),
        marginal_high_gbp_per_qaly: service
            .marginal_interval
            .and_then(|interval| finite(interval.high)),
        qaly_per_thousand_gbp: service.average().and_then(|price| per_thousand(price.get())),
        qaly_per_thousand_gbp_low: told.and_then(|told| per_thousand(told.average.high)),
        qaly_per_thousand_gbp_high: told.and_then(|told| per_thousand(told.average.low)),
        net_health_benefit_qaly: service
            .net_health_benefit(table.threshold)
            .map(|benefit| benefit.get()),
        net_health_benefit_low_qaly: told.map(|told| told.net_health_benefit.low),
        net_health_benefit_high_qaly: told.map(|told| told.net_health_benefit.high),
        prob_cost_effective: service.prob_cost_effective,
        prob_low_value: service.prob_low_value,
        rank: told.and_then(|told| place(told.rank)),
        order: shrunk.and_then(|shrunk| place(shrunk.rank)),
        order_low: shrunk.and_then(|shrunk| place(shrunk.rank_interval.low)),
        order_high: shrunk.and_then(|shrunk| place(shrunk.rank_interval.high)),
        order_marginal_gbp_per_qaly: shrunk.map(|shrunk| shrunk.marginal.get()),
        elasticity: elasticity.map(|elasticity| elasticity.mean),
        elasticity_source: elasticity.map(|elasticity| elasticity.origin.as_str().to_owned()),
        evidence_grade: service.grade.map(|grade| grade.as_str().to_owned()),
        assessable: service.health.is_some(),
        reason: service.reason.clone(),
        valued_by: service.outcomes.valued.iter().map(valued_by).collect(),
        left_out: service.outcomes.left_out.clone(),
        break_even_qaly_per_patient: service.break_even.map(|gain| gain.get()),
    }
}

fn valued_by(outcome: &ValuedOutcome) -> ValuedByJson {
    ValuedByJson {
        cohort: outcome.cohort.clone(),
        measure: outcome.measure.clone(),
        value_set: outcome.value_set.clone(),
        mapping: outcome.mapping.clone(),
        patients: outcome.patients,
        qaly_per_patient: outcome.per_patient.get(),
        otherwise: outcome
            .otherwise
            .iter()
            .map(|other| OtherMappingJson {
                mapping: other.mapping.clone(),
                qaly_per_patient: other.per_patient.get(),
            })
            .collect(),
        duration_years: outcome.duration_years,
        decay_per_year: outcome.duration_years.map(|_| outcome.decay_per_year),
        counterfactual_fraction: outcome.counterfactual.map(Share::get),
        spend_share: Some(outcome.spend_share.get()),
        evidence_grade: outcome.grade.as_str().to_owned(),
        age_years: outcome.age_years,
        source: outcome.source.clone(),
        reviewer: outcome.reviewer.clone(),
    }
}

fn parity(table: &ValueTable) -> Vec<ParityJson> {
    #[derive(Default)]
    struct Part {
        spend: Pence,
        reconciled: Pence,
        valued: Millions,
        good: Millions,
    }
    let mut sectors: BTreeMap<&str, Part> = BTreeMap::new();
    for service in &table.services {
        let part = sectors.entry(&service.sector).or_default();
        part.spend = part.spend + service.spend;
        if table.reconciled(&service.key) {
            part.reconciled = part.reconciled + service.spend;
        }
        part.valued = part.valued + service.curve_spend;
        if service.grade.is_some_and(|grade| grade <= openbook::rows::Grade::C) {
            part.good = part.good + service.curve_spend;
        }
    }
    sectors
        .into_iter()
        .map(|(sector, part)| {
            let whole = part.spend.to_millions().get();
            let share = |of: f64| if whole > 0.0 { of / whole } else { 0.0 };
            ParityJson {
                sector: sector.to_owned(),
                spend_gbp: part.spend,
                reconciled_share: share(part.reconciled.to_millions().get()),
                valued_share: share(part.valued.get()),
                grade_abc_share: share(part.good.get()),
            }
        })
        .collect()
}
