//! Value sets, mappings and measures, as `models/value` has them.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

use openbook::unit_cost::UnitCosts;

/// One value set: what each state of an instrument is worth.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueSetDefinition {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// The instrument.
    pub instrument: String,
    /// How many levels each dimension has.
    pub levels: u8,
    /// Since when.
    pub from: String,
    /// Taken off once any dimension is above level 1.
    #[serde(default)]
    pub any_above_1: f64,
    /// Taken off once any dimension is at level 3.
    #[serde(default)]
    pub any_at_3: f64,
    /// Where it is published.
    pub reference: String,
    /// Why no run may use it: it is kept to recognise old data.
    pub read_only: Option<String>,
    /// Taken off per dimension and level, from level 2; nothing where the set values states by a
    /// formula of its own, so that only the index is taken as it was delivered.
    pub decrements: Option<DecrementsDefinition>,
    /// States with their published utility.
    #[serde(default)]
    pub checks: BTreeMap<String, f64>,
}

/// Decrements per dimension, from level 2.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecrementsDefinition {
    /// Mobility.
    pub mobility: Vec<f64>,
    /// Self-care.
    pub self_care: Vec<f64>,
    /// Usual activities.
    pub usual_activities: Vec<f64>,
    /// Pain and discomfort.
    pub pain_discomfort: Vec<f64>,
    /// Anxiety and depression.
    pub anxiety_depression: Vec<f64>,
}

impl ValueSetDefinition {
    /// The utility of a state such as `12321`; nothing for what is not a state, or where the set
    /// says nothing of single states.
    #[must_use]
    pub fn utility(&self, state: &str) -> Option<f64> {
        let levels: Vec<usize> = state
            .chars()
            .map(|c| c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()))
            .collect::<Option<_>>()?;
        let most = usize::from(self.levels);
        if levels.len() != 5 || levels.iter().any(|level| !(1..=most).contains(level)) {
            return None;
        }
        let decrements = self.decrements.as_ref()?;
        let by_dimension = [
            &decrements.mobility,
            &decrements.self_care,
            &decrements.usual_activities,
            &decrements.pain_discomfort,
            &decrements.anxiety_depression,
        ];
        let mut utility = 1.0;
        for (level, decrements) in levels.iter().zip(by_dimension) {
            if *level > 1 {
                utility -= decrements.get(level.checked_sub(2)?)?;
            }
        }
        if levels.iter().any(|level| *level > 1) {
            utility -= self.any_above_1;
        }
        if levels.contains(&3) {
            utility -= self.any_at_3;
        }
        Some(utility)
    }
}

/// A mapping from a condition's own score to utility, with a name and a version.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingDefinition {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Its version.
    pub version: u32,
    /// The measure it maps from.
    pub measure: String,
    /// The value set of the utility it gives.
    pub value_set: String,
    /// Whether it stands in for a better one.
    #[serde(default)]
    pub fallback: bool,
    /// Since when.
    pub from: String,
    /// Where it is published.
    pub reference: String,
    /// What to know about it.
    pub note: Option<String>,
    /// What its knots are about.
    #[serde(default)]
    pub reads: MappingReads,
    /// Score, or fall of the score, and utility; straight lines between.
    pub knots: Vec<KnotDefinition>,
    /// Scores, or falls, with their expected utility.
    #[serde(default)]
    pub checks: Vec<KnotDefinition>,
}

/// What a mapping turns into utility.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MappingReads {
    /// A score: a gain is the difference of two utilities.
    #[default]
    Score,
    /// A fall of the score: a gain comes from it alone, and a rise loses as much.
    Fall,
}

/// A score, or its fall, and its utility.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnotDefinition {
    /// The score, or its fall.
    pub score: f64,
    /// The utility.
    pub utility: f64,
}

impl MappingDefinition {
    /// The utility gained between two scores; nothing outside the mapping's range.
    #[must_use]
    pub fn gain(&self, before: f64, after: f64) -> Option<f64> {
        match self.reads {
            MappingReads::Score => Some(self.utility(after)? - self.utility(before)?),
            MappingReads::Fall if after <= before => self.utility(before - after),
            MappingReads::Fall => self.utility(after - before).map(|gain| -gain),
        }
    }

    /// The utility at a knot or between two; nothing outside the mapping's range.
    #[must_use]
    pub fn utility(&self, score: f64) -> Option<f64> {
        self.knots.windows(2).find_map(|pair| match pair {
            [low, high] if (low.score..=high.score).contains(&score) => {
                let part = (score - low.score) / (high.score - low.score);
                Some(low.utility + part * (high.utility - low.utility))
            }
            _ => None,
        })
    }
}

/// What a measure is and whether it can be turned into QALYs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureDefinition {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Whether it can be valued; the others are shown beside.
    pub convertible: bool,
    /// What to know about it.
    pub note: String,
    /// Since when.
    pub from: String,
    /// The mapping that values it. Others of the same measure are shown beside.
    pub mapping: Option<String>,
    /// Whether it stands in for QALYs.
    #[serde(default)]
    pub proxy: bool,
}

/// All value sets, mappings and measures.
#[derive(Clone, Debug)]
pub struct Instruments {
    /// Value sets by code.
    pub value_sets: BTreeMap<String, ValueSetDefinition>,
    /// Mappings by code.
    pub mappings: BTreeMap<String, MappingDefinition>,
    /// Measures by code.
    pub measures: BTreeMap<String, MeasureDefinition>,
    /// National mean unit costs.
    pub unit_costs: UnitCosts,
}

/// Value sets.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueSetsFile {
    /// One entry each.
    value_set: Vec<ValueSetDefinition>,
}

/// Mappings.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MappingsFile {
    /// One entry each.
    mapping: Vec<MappingDefinition>,
}

/// Measures.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasuresFile {
    /// One entry each.
    measure: Vec<MeasureDefinition>,
}

/// Why the files in `models/value` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("models/value/{file}: {message}")]
pub struct InstrumentError {
    file: &'static str,
    message: String,
}

fn parse<T: serde::de::DeserializeOwned>(
    file: &'static str,
    text: &str,
) -> Result<T, InstrumentError> {
    toml::from_str(text).map_err(|error| InstrumentError { file, message: error.to_string() })
}

impl Instruments {
    /// The mappings of a measure other than the one that values it.
    pub fn other_mappings(&self, measure: &str) -> impl Iterator<Item = &MappingDefinition> {
        let used = self.measures.get(measure).and_then(|known| known.mapping.as_deref());
        self.mappings
            .values()
            .filter(move |mapping| mapping.measure == measure && used != Some(&mapping.code))
    }

    /// Reads `value_sets.toml`, `mappings.toml`, `measures.toml` and `unit_costs.toml`.
    ///
    /// # Errors
    /// When one is not of the expected shape.
    pub fn parse(
        value_sets: &str,
        mappings: &str,
        measures: &str,
        unit_costs: &str,
    ) -> Result<Self, InstrumentError> {
        let sets: ValueSetsFile = parse("value_sets.toml", value_sets)?;
        let mappings: MappingsFile = parse("mappings.toml", mappings)?;
        let measures: MeasuresFile = parse("measures.toml", measures)?;
        let by_code = |set: ValueSetDefinition| (set.code.clone(), set);
        Ok(Self {
            value_sets: sets.value_set.into_iter().map(by_code).collect(),
            mappings: mappings.mapping.into_iter().map(|m| (m.code.clone(), m)).collect(),
            measures: measures.measure.into_iter().map(|m| (m.code.clone(), m)).collect(),
            unit_costs: parse("unit_costs.toml", unit_costs)?,
        })
    }
}
