//! Dated national numbers. Never a constant in code.

use openbook::Tolerances;
use openbook::norms::Limits;
use openbook::quality::QualityScale;
use openbook::rows::Grade;
use quantities::{FinYear, PoundsPerQaly};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Dated numbers.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileDefinition {
    /// One entry a number.
    #[serde(rename = "parameter", default)]
    parameters: Vec<ParameterDefinition>,
}

/// A number under its dates.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ParameterDefinition {
    /// What the product calls it.
    key: String,
    /// What it is, in words.
    label: String,
    /// Its unit.
    unit: String,
    /// The number from each date on; none is taken away when a new one is added.
    values: Vec<DatedDefinition>,
}

/// A number from a date on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DatedDefinition {
    /// The first day it holds, such as 2024-04-01.
    from: String,
    /// The number.
    value: f64,
    /// Where it is published, or that it is an assumption of ours.
    reference: String,
}

impl ParameterDefinition {
    /// The number of a financial year: the latest dated not after its last day, or the earliest
    /// where all are later.
    fn in_force(&self, year: FinYear) -> Option<&DatedDefinition> {
        let last_day = format!("{}-03-31", year.starts() + 1);
        let before = self.values.iter().filter(|dated| dated.from <= last_day);
        before
            .max_by(|a, b| a.from.cmp(&b.from))
            .or_else(|| self.values.iter().min_by(|a, b| a.from.cmp(&b.from)))
    }
}

/// A number as it is in force.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberInForce {
    /// What the product calls it.
    pub key: String,
    /// What it is, in words.
    pub label: String,
    /// Its unit.
    pub unit: String,
    /// The number.
    pub value: f64,
    /// Since when.
    pub from: String,
    /// Where it is published, or that it is an assumption.
    pub reference: String,
}

/// Why parameters cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ParameterError {
    /// Not TOML of the expected shape.
    #[error("parameters: {0}")]
    Malformed(String),
    /// A key that nothing knows.
    #[error("parameters: there is no parameter \"{0}\"{1}")]
    Unknown(String, String),
    /// A key that the product needs.
    #[error("parameters: \"{0}\" is missing; add it with a value, a date and a reference")]
    Missing(String),
    /// A value outside what it can mean.
    #[error("parameters: \"{0}\" is {1}, which is outside what it can mean")]
    Range(String, f64),
}

/// All dated numbers.
#[derive(Clone, Debug)]
pub struct Parameters {
    by_key: BTreeMap<String, ParameterDefinition>,
}

impl Parameters {
    /// Reads a file of `[[parameter]]` entries.
    ///
    /// # Errors
    /// When the text is not of that shape.
    pub fn parse(text: &str) -> Result<Self, ParameterError> {
        let file: FileDefinition =
            toml::from_str(text).map_err(|error| ParameterError::Malformed(error.to_string()))?;
        let parameters = file.parameters.into_iter();
        Ok(Self { by_key: parameters.map(|entry| (entry.key.clone(), entry)).collect() })
    }

    /// The same numbers with those of a further file in their place: either whole `[[parameter]]`
    /// entries or plain `key = number` lines.
    ///
    /// # Errors
    /// When the text is of neither shape or names a key that nothing knows.
    pub fn overridden(mut self, text: &str) -> Result<Self, ParameterError> {
        let malformed = |error: toml::de::Error| ParameterError::Malformed(error.to_string());
        let table: toml::Table = toml::from_str(text).map_err(malformed)?;
        for (key, value) in table {
            let number = value.as_float().or_else(|| value.as_integer().and_then(whole));
            if key == "parameter" {
                let file: FileDefinition =
                    toml::from_str(text).map_err(malformed).or_else(|_| {
                        let only = toml::Table::from_iter([(key.clone(), value)]);
                        only.try_into().map_err(malformed)
                    })?;
                for entry in file.parameters {
                    self.known(&entry.key)?;
                    self.by_key.insert(entry.key.clone(), entry);
                }
            } else if let Some(number) = number {
                let entry = self.known(&key)?;
                let reference = "given for this run".to_owned();
                let from = "1900-01-01".to_owned();
                entry.values = vec![DatedDefinition { from, value: number, reference }];
            } else {
                let message = format!("\"{key}\" must be a number or [[parameter]] entries");
                return Err(ParameterError::Malformed(message));
            }
        }
        Ok(self)
    }

    fn known(&mut self, key: &str) -> Result<&mut ParameterDefinition, ParameterError> {
        let hint = openbook::did_you_mean(key, self.by_key.keys().map(String::as_str));
        self.by_key.get_mut(key).ok_or_else(|| ParameterError::Unknown(key.to_owned(), hint))
    }

    /// The number in force in a financial year: the latest dated not after its last day, or the
    /// earliest where all are later.
    ///
    /// # Errors
    /// When the key is missing.
    pub fn get(&self, key: &str, year: FinYear) -> Result<f64, ParameterError> {
        let dated = self.by_key.get(key).and_then(|entry| entry.in_force(year));
        dated
            .map(|dated| dated.value)
            .filter(|value| value.is_finite())
            .ok_or_else(|| ParameterError::Missing(key.to_owned()))
    }

    /// Every number in force in a financial year, by key.
    #[must_use]
    pub fn in_force(&self, year: FinYear) -> Vec<NumberInForce> {
        let numbers = self.by_key.values().filter_map(|entry| {
            let dated = entry.in_force(year)?;
            Some(NumberInForce {
                key: entry.key.clone(),
                label: entry.label.clone(),
                unit: entry.unit.clone(),
                value: dated.value,
                from: dated.from.clone(),
                reference: dated.reference.clone(),
            })
        });
        numbers.collect()
    }

    /// Where each number in force in a financial year comes from, in words, by key.
    #[must_use]
    pub fn sources(&self, year: FinYear) -> BTreeMap<String, String> {
        let said = |number: NumberInForce| {
            let NumberInForce { key, label, unit, value, from, reference } = number;
            (key, format!("{label}: {value} {unit} from {from} ({reference})"))
        };
        self.in_force(year).into_iter().map(said).collect()
    }

    /// Every number that a run of one year needs.
    ///
    /// # Errors
    /// When one is missing or outside what it can mean.
    pub fn for_year(&self, year: FinYear) -> Result<YearParameters, ParameterError> {
        let get = |key: &str| self.get(key, year);
        let positive = |key: &str| match get(key)? {
            value if value > 0.0 => Ok(value),
            value => Err(ParameterError::Range(key.to_owned(), value)),
        };
        let by_grade = |prefix: &str| -> Result<[f64; 5], ParameterError> {
            let mut values = [0.0; 5];
            for (letter, value) in ["a", "b", "c", "d", "e"].iter().zip(&mut values) {
                *value = positive(&format!("{prefix}{letter}"))?;
            }
            Ok(values)
        };
        let by_grade_or_none = |prefix: &str| -> Result<[f64; 5], ParameterError> {
            let mut values = [0.0; 5];
            for (letter, value) in ["a", "b", "c", "d", "e"].iter().zip(&mut values) {
                let key = format!("{prefix}{letter}");
                *value = get(&key)?;
                if *value < 0.0 {
                    return Err(ParameterError::Range(key, *value));
                }
            }
            Ok(values)
        };
        let by_quintile = |prefix: &str| -> Result<[f64; 5], ParameterError> {
            let mut values = [0.0; 5];
            for (quintile, value) in (1..=5).zip(&mut values) {
                *value = positive(&format!("{prefix}{quintile}"))?;
            }
            Ok(values)
        };
        let tolerances = Tolerances {
            green_pct: get("reconciliation_green_pct")?,
            amber_pct: get("reconciliation_amber_pct")?,
        };
        Ok(YearParameters {
            limits: Limits {
                unit_cost_times: positive("unit_cost_query_times")?,
                jump_pct: positive("year_jump_query_pct")?,
                tolerances,
            },
            quality: QualityScale {
                plics: get("quality_plics")?,
                aggregate: get("quality_aggregate")?,
                apportioned: get("quality_apportioned")?,
                contract_price: get("quality_contract_price")?,
            },
            fresh_days: positive("freshness_days")?,
            threshold: PoundsPerQaly::new(positive("threshold_gbp_per_qaly")?),
            discount_rate: get("discount_rate_health_pct")? / 100.0,
            tolerances,
            elasticity_mean: positive("elasticity_default_mean")?,
            elasticity_se: positive("elasticity_default_se")?,
            elasticity_se_if_missing: positive("elasticity_se_if_missing")?,
            elasticity_range: (positive("elasticity_min")?, positive("elasticity_max")?),
            gain_cv: by_grade("gain_cv_grade_")?,
            se_multiplier: by_grade("se_multiplier_grade_")?,
            cost_cv: CostVariation {
                plics: get("cost_cv_plics")?,
                aggregate: get("cost_cv_aggregate")?,
                apportioned: get("cost_cv_apportioned")?,
                contract_price: get("cost_cv_contract_price")?,
            },
            therapy: TherapyCutoffs {
                case_phq9: positive("case_phq9")?,
                case_gad7: positive("case_gad7")?,
                reliable_phq9: positive("reliable_change_phq9")?,
                reliable_gad7: positive("reliable_change_gad7")?,
            },
            duration_cv: by_grade_or_none("duration_cv_grade_")?,
            counterfactual_se: by_grade_or_none("counterfactual_se_grade_")?,
            source_correlation: get("source_correlation")?,
            thresholds: Thresholds {
                low: PoundsPerQaly::new(positive("threshold_low_gbp_per_qaly")?),
                high: PoundsPerQaly::new(positive("threshold_high_gbp_per_qaly")?),
                step: PoundsPerQaly::new(positive("threshold_step_gbp_per_qaly")?),
            },
            sanity: (
                PoundsPerQaly::new(positive("sanity_low_gbp_per_qaly")?),
                PoundsPerQaly::new(positive("sanity_high_gbp_per_qaly")?),
            ),
            last_part: positive("last_part_of_spend")?,
            low_value_prob: positive("low_value_prob")?,
            low_value_at_lower: positive("low_value_at_lower")?,
            low_value_min_completeness: positive("low_value_min_completeness")?,
            relaxation_gbp_per_wte: positive("relaxation_gbp_per_wte")?,
            benchmark: BenchmarkParameters {
                query_ratio: positive("unit_cost_query_ratio")?,
                unit_cv: positive("funnel_unit_cv")?,
                min_peers: positive("best_quartile_min_peers")?,
            },
            equity: EquityParameters {
                qale: by_quintile("qale_q")?,
                opportunity_cost: by_quintile("opportunity_cost_share_q")?,
                atkinson_epsilon: positive("atkinson_epsilon")?,
                kolm_alpha: positive("kolm_alpha")?,
            },
        })
    }

    /// SHA-256 over every key, date and number.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for entry in self.by_key.values() {
            hash.update(format!("{} {}\n", entry.key, entry.unit));
            for dated in &entry.values {
                hash.update(format!("{} {} {}\n", dated.from, dated.value, dated.reference));
            }
        }
        openbook::table::hex(&hash.finalize())
    }

    /// What a parameter is called and where its number comes from.
    #[must_use]
    pub fn described(&self, key: &str) -> Option<(&str, &str)> {
        let entry = self.by_key.get(key)?;
        Some((&entry.label, entry.values.last().map_or("", |dated| &dated.reference)))
    }
}

fn whole(number: i64) -> Option<f64> {
    i32::try_from(number).ok().map(f64::from)
}

/// How much a cost may be off, as a coefficient of variation, by how it was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostVariation {
    /// From patient-level costing.
    pub plics: f64,
    /// From totals.
    pub aggregate: f64,
    /// Shared out.
    pub apportioned: f64,
    /// The contract's price.
    pub contract_price: f64,
}

impl CostVariation {
    /// The coefficient for a row's `cost_basis`.
    #[must_use]
    pub fn of(&self, basis: &str) -> f64 {
        match basis {
            "plics" => self.plics,
            "aggregate" => self.aggregate,
            "contract_price" => self.contract_price,
            _ => self.apportioned,
        }
    }
}

/// When a course of Talking Therapies has helped, in points of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TherapyCutoffs {
    /// Least PHQ-9 of a case.
    pub case_phq9: f64,
    /// Least GAD-7 of a case.
    pub case_gad7: f64,
    /// Least change of PHQ-9 that is more than noise.
    pub reliable_phq9: f64,
    /// Least change of GAD-7 that is more than noise.
    pub reliable_gad7: f64,
}

/// The thresholds over which probabilities are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// The lowest.
    pub low: PoundsPerQaly,
    /// The highest.
    pub high: PoundsPerQaly,
    /// From one to the next.
    pub step: PoundsPerQaly,
}

/// By what a unit cost is called out of the ordinary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BenchmarkParameters {
    /// A line at so many times the national mean is a query.
    pub query_ratio: f64,
    /// Coefficient of variation of one unit of work within a currency.
    pub unit_cv: f64,
    /// Fewest other providers for a best quartile.
    pub min_peers: f64,
}

/// Health and its opportunity cost by deprivation quintile, most deprived first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EquityParameters {
    /// Quality-adjusted life expectancy at birth.
    pub qale: [f64; 5],
    /// Shares of the health forgone elsewhere; they need not sum to 1 exactly as written and are
    /// taken in proportion.
    pub opportunity_cost: [f64; 5],
    /// ε of the Atkinson weights.
    pub atkinson_epsilon: f64,
    /// α of the Kolm weights.
    pub kolm_alpha: f64,
}

/// Every dated number that a run of one year needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearParameters {
    /// The threshold k.
    pub threshold: PoundsPerQaly,
    /// Discount rate a year for health.
    pub discount_rate: f64,
    /// How far costs and accounts may differ.
    pub tolerances: Tolerances,
    /// Beyond which figures are asked about.
    pub limits: Limits,
    /// What each way of finding a cost is worth.
    pub quality: QualityScale,
    /// How many days after they are complete figures are fresh.
    pub fresh_days: f64,
    /// Mean of the default elasticity.
    pub elasticity_mean: f64,
    /// Its standard error.
    pub elasticity_se: f64,
    /// Standard error of an elasticity given without one.
    pub elasticity_se_if_missing: f64,
    /// The interval every elasticity lies in.
    pub elasticity_range: (f64, f64),
    /// Coefficient of variation of a gain without a standard error, by grade.
    pub gain_cv: [f64; 5],
    /// What a grade multiplies a standard error by.
    pub se_multiplier: [f64; 5],
    /// How much a cost may be off.
    pub cost_cv: CostVariation,
    /// When a course of Talking Therapies has helped.
    pub therapy: TherapyCutoffs,
    /// Coefficient of variation of a duration of benefit, by grade; nought takes it as sure.
    pub duration_cv: [f64; 5],
    /// Standard error of a counterfactual fraction, by grade; nought takes it as sure.
    pub counterfactual_se: [f64; 5],
    /// The thresholds over which probabilities are shown.
    pub thresholds: Thresholds,
    /// What the last pound of a whole book is expected to buy health for, from and to.
    pub sanity: (PoundsPerQaly, PoundsPerQaly),
    /// The part of a line's spend that its last pounds are.
    pub last_part: f64,
    /// How far deviates of one source move together.
    pub source_correlation: f64,
    /// How sure a line must be to cost more than the threshold before it is called low value.
    pub low_value_prob: f64,
    /// In what share of draws it must be cut to its limit.
    pub low_value_at_lower: f64,
    /// What share of its spend must have an outcome.
    pub low_value_min_completeness: f64,
    /// What weighs £ against WTE in the cheapest relaxation.
    pub relaxation_gbp_per_wte: f64,
    /// By what a unit cost is called out of the ordinary.
    pub benchmark: BenchmarkParameters,
    /// Health by deprivation quintile.
    pub equity: EquityParameters,
}

/// The number of a grade in a list by grade.
#[must_use]
pub fn by_grade(values: &[f64; 5], grade: Grade) -> f64 {
    let [a, b, c, d, e] = *values;
    match grade {
        Grade::A => a,
        Grade::B => b,
        Grade::C => c,
        Grade::D => d,
        Grade::E => e,
    }
}
