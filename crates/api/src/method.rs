//! The method statement of an edition, as JSON (`valuebook.method/1`).

use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use value::method::{Extent, InstrumentUsed, MethodStatement};

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.method/1";

/// What every figure of a value table rests on. It names no service line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodJson {
    /// Always `valuebook.method/1`.
    pub schema: String,
    /// The financial year whose spend is valued.
    pub base_year: String,
    /// The one value set.
    pub value_set: Option<InstrumentUsedJson>,
    /// The mappings that were used.
    pub mappings: Vec<InstrumentUsedJson>,
    /// The dated numbers in force, by key.
    pub numbers: Vec<NumberJson>,
    /// Sources of the outcomes valued, with the lines that rest on each.
    pub sources: Vec<ExtentJson>,
    /// Grades of evidence, a line with its weakest.
    pub grades: Vec<ExtentJson>,
    /// Where the elasticities come from.
    pub elasticities: Vec<ElasticityUsedJson>,
    /// Lines that cannot be assessed, by sector and reason.
    pub missing: Vec<MissingJson>,
    /// What a reader must know of the book.
    pub notes: Vec<String>,
    /// What the measure leaves out.
    pub leaves_out: Vec<String>,
    /// What an expert will object, and the answers.
    pub objections: Vec<ObjectionJson>,
}

/// A value set or a mapping that was used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstrumentUsedJson {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Where it is published.
    pub reference: String,
    /// What to know about it.
    pub note: Option<String>,
    /// Service lines that rest on it.
    pub lines: u64,
    /// Their spend in the base year.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
}

/// A number as it was in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberJson {
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

/// How many lines something concerns, and their spend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtentJson {
    /// What it is.
    pub of: String,
    /// Service lines.
    pub lines: u64,
    /// Their spend in the base year.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
}

/// Where elasticities come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ElasticityUsedJson {
    /// `elicited`, `given`, `anchored` or `default`.
    pub origin: String,
    /// The source in words.
    pub source: String,
    /// Service lines that rest on it.
    pub lines: u64,
    /// Their spend in the base year.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
}

/// Lines of one sector that cannot be assessed for one reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingJson {
    /// The sector.
    pub sector: String,
    /// Why not.
    pub reason: String,
    /// Service lines.
    pub lines: u64,
    /// Their spend in the base year.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
}

/// An objection and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionJson {
    /// The objection.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// Where it is seen.
    pub seen_in: String,
    /// The page, from the top of the site.
    pub page: String,
}

impl From<InstrumentUsed> for InstrumentUsedJson {
    fn from(used: InstrumentUsed) -> Self {
        let InstrumentUsed { code, label, reference, note, extent } = used;
        Self { code, label, reference, note, lines: extent.lines, spend_gbp: extent.spend }
    }
}

fn extent(of: String, extent: Extent) -> ExtentJson {
    ExtentJson { of, lines: extent.lines, spend_gbp: extent.spend }
}

impl From<MethodStatement> for MethodJson {
    fn from(found: MethodStatement) -> Self {
        let numbers = found.numbers.into_iter().map(|it| NumberJson {
            key: it.key,
            label: it.label,
            unit: it.unit,
            value: it.value,
            from: it.from,
            reference: it.reference,
        });
        let elasticities = found.elasticities.into_iter();
        let missing = found.missing.into_iter();
        let objections = found.objections.into_iter().map(|it| ObjectionJson {
            question: it.question,
            answer: it.answer,
            seen_in: it.seen_in,
            page: it.page,
        });
        Self {
            schema: SCHEMA.to_owned(),
            base_year: found.base_year.to_string(),
            value_set: found.value_set.map(InstrumentUsedJson::from),
            mappings: found.mappings.into_iter().map(InstrumentUsedJson::from).collect(),
            numbers: numbers.collect(),
            sources: found.sources.into_iter().map(|(of, it)| extent(of, it)).collect(),
            grades: found
                .grades
                .into_iter()
                .map(|(grade, it)| extent(grade.as_str().to_owned(), it))
                .collect(),
            elasticities: elasticities
                .map(|(origin, source, it)| ElasticityUsedJson {
                    origin: origin.as_str().to_owned(),
                    source,
                    lines: it.lines,
                    spend_gbp: it.spend,
                })
                .collect(),
            missing: missing
                .map(|(sector, reason, it)| MissingJson {
                    sector,
                    reason,
                    lines: it.lines,
                    spend_gbp: it.spend,
                })
                .collect(),
            notes: found.notes,
            leaves_out: found.leaves_out,
            objections: objections.collect(),
        }
    }
}
