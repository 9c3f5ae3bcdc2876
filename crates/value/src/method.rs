//! The method statement of a value table: what every figure rests on, what is missing, and what the
//! measure leaves out. It names no line, so that everyone may read it.

use openbook::rows::Grade;
use quantities::{FinYear, Pence};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::elasticity::ElasticitySource;
use crate::instruments::Instruments;
use crate::parameters::{NumberInForce, Parameters};
use crate::table::{ServiceValue, ValueTable};

/// `models/method.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodDefinition {
    /// What the measure leaves out: a sentence or two each.
    pub leaves_out: Vec<String>,
    /// What an expert will object, and the answer.
    pub objection: Vec<ObjectionDefinition>,
}

/// An objection and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDefinition {
    /// The objection.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// Where it is seen.
    pub seen_in: String,
    /// The page where it is seen, from the top of the site.
    pub page: String,
}

impl MethodDefinition {
    /// Reads `method.toml`.
    ///
    /// # Errors
    /// When it is not of that shape.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

/// How many lines something concerns, and their spend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Service lines.
    pub lines: u64,
    /// Their spend in the base year.
    pub spend: Pence,
}

/// A value set or a mapping that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentUsed {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Where it is published.
    pub reference: String,
    /// What to know about it.
    pub note: Option<String>,
    /// What it was used for.
    pub extent: Extent,
}

/// What every figure of a value table rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodStatement {
    /// The year whose spend is valued.
    pub base_year: FinYear,
    /// The one value set.
    pub value_set: Option<InstrumentUsed>,
    /// The mappings.
    pub mappings: Vec<InstrumentUsed>,
    /// The dated numbers in force, by key.
    pub numbers: Vec<NumberInForce>,
    /// Sources of the outcomes valued.
    pub sources: Vec<(String, Extent)>,
    /// Their grades; a line counts with its weakest.
    pub grades: Vec<(Grade, Extent)>,
    /// Where the elasticities come from, with the sources in words.
    pub elasticities: Vec<(ElasticitySource, String, Extent)>,
    /// Lines that cannot be assessed, by sector and reason.
    pub missing: Vec<(String, String, Extent)>,
    /// What a reader must know of the book.
    pub notes: Vec<String>,
    /// What the measure leaves out.
    pub leaves_out: Vec<String>,
    /// What an expert will object, and the answers.
    pub objections: Vec<ObjectionDefinition>,
}

/// Extents by what they are of.
struct Tally<K>(BTreeMap<K, Extent>);

impl<K: Ord> Tally<K> {
    fn of<'a>(lines: impl Iterator<Item = (K, &'a ServiceValue)>) -> Self {
        let mut found: BTreeMap<K, Extent> = BTreeMap::new();
        for (key, line) in lines {
            let extent = found.entry(key).or_default();
            extent.lines = extent.lines.saturating_add(1);
            extent.spend = extent.spend + line.spend;
        }
        Self(found)
    }
}

/// Each line once with each different word that its valued outcomes give.
fn words<'a>(
    table: &'a ValueTable,
    word: impl Fn(&'a crate::outcome::ValuedOutcome) -> Option<&'a str> + Copy,
) -> impl Iterator<Item = (&'a str, &'a ServiceValue)> {
    table.services.iter().flat_map(move |line| {
        let mut words: Vec<&str> = line.outcomes.valued.iter().filter_map(word).collect();
        words.sort_unstable();
        words.dedup();
        words.into_iter().map(move |word| (word, line))
    })
}

impl MethodStatement {
    /// What a value table rests on. `parameters` are those that it was made with.
    #[must_use]
    pub fn of(
        table: &ValueTable,
        instruments: &Instruments,
        parameters: &Parameters,
        definition: &MethodDefinition,
    ) -> Self {
        let on_set = Tally::of(words(table, |outcome| outcome.value_set.as_deref())).0;
        let mapped = Tally::of(words(table, |outcome| outcome.mapping.as_deref())).0;
        let sources = Tally::of(words(table, |outcome| Some(&outcome.source))).0;
        let lines = || table.services.iter();
        let grades = Tally::of(lines().filter_map(|line| Some((line.grade?, line)))).0;
        let elasticities = Tally::of(lines().filter_map(|line| {
            let elasticity = line.elasticity.as_ref()?;
            Some(((elasticity.origin, elasticity.source.as_str()), line))
        }));
        let missing = Tally::of(lines().filter_map(|line| {
            Some(((line.sector.as_str(), in_general(line.reason.as_deref()?)), line))
        }));
        let named = |(source, extent): (&str, Extent)| (source.to_owned(), extent);
        Self {
            base_year: table.base_year,
            value_set: instruments.value_sets.get(&table.value_set).map(|set| InstrumentUsed {
                code: set.code.clone(),
                label: set.label.clone(),
                reference: set.reference.clone(),
                note: None,
                extent: on_set.get(set.code.as_str()).copied().unwrap_or_default(),
            }),
            mappings: mapped
                .into_iter()
                .filter_map(|(code, extent)| {
                    let mapping = instruments.mappings.get(code)?;
                    Some(InstrumentUsed {
                        code: mapping.code.clone(),
                        label: mapping.label.clone(),
                        reference: mapping.reference.clone(),
                        note: mapping.note.clone(),
                        extent,
                    })
                })
                .collect(),
            numbers: parameters.in_force(table.base_year),
            sources: sources.into_iter().map(named).collect(),
            grades: grades.into_iter().collect(),
            elasticities: elasticities
                .0
                .into_iter()
                .map(|((origin, source), extent)| (origin, source.to_owned(), extent))
                .collect(),
            missing: missing
                .0
                .into_iter()
                .map(|((sector, reason), extent)| (sector.to_owned(), reason.to_owned(), extent))
                .collect(),
            notes: table.notes.clone(),
            leaves_out: definition.leaves_out.clone(),
            objections: definition.objection.clone(),
        }
    }
}

/// A reason without the measure and cohort that it names.
fn in_general(reason: &str) -> &str {
    reason.split_once("): ").map_or(reason, |(_, general)| general)
}
