//! What every figure of an edition rests on, in words.

use api::method::{ExtentJson, InstrumentUsedJson, MethodJson};
use quantities::Pence;
use serde::Serialize;

use super::Link;
use super::labels::elasticity_source;
use super::submission::written_day;
use crate::charts::sector_label;
use crate::pages::format::{money_short, plural, sentence_case};

/// The page of a method statement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MethodView {
    /// The answer, as one sentence.
    pub answer: String,
    /// The edition; none where nothing is valued yet.
    pub edition: Option<u64>,
    /// The scale of health.
    pub value_set: Option<InstrumentRow>,
    /// How scores were turned into utility.
    pub mappings: Vec<InstrumentRow>,
    /// Evidence by grade.
    pub grades: Vec<Row>,
    /// Where elasticities come from.
    pub elasticities: Vec<Row>,
    /// Where outcomes come from.
    pub sources: Vec<Row>,
    /// What cannot be assessed.
    pub missing: Vec<Row>,
    /// What a reader must know of the book.
    pub notes: Vec<String>,
    /// What the measure leaves out.
    pub leaves_out: Vec<String>,
    /// Objections and answers.
    pub objections: Vec<ObjectionRow>,
    /// Numbers in force.
    pub numbers: Vec<NumberRow>,
}

/// What something is, and how much rests on it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// What it is.
    pub of: String,
    /// More about it; empty where there is nothing.
    pub more: String,
    /// How many services.
    pub lines: String,
    /// Their spend.
    pub spend: String,
}

/// A value set or a mapping.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InstrumentRow {
    /// Its name.
    pub label: String,
    /// Its code, as results name it.
    pub code: String,
    /// Where it is published.
    pub reference: String,
    /// What to know about it.
    pub note: String,
    /// How many services.
    pub lines: String,
    /// Their spend.
    pub spend: String,
}

/// An objection and its answer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ObjectionRow {
    /// The objection.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// Where it is seen.
    pub seen_in: Link,
}

/// A number in force.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NumberRow {
    /// What it is.
    pub label: String,
    /// The number with its unit.
    pub value: String,
    /// Since when.
    pub from: String,
    /// Where it is published.
    pub reference: String,
}

impl MethodView {
    /// The page of one edition.
    pub fn new(edition: u64, method: &MethodJson) -> Self {
        let missing = method.missing.iter().map(|it| {
            row(&sentence_case(&it.reason), sector_label(&it.sector), it.lines, it.spend_gbp)
        });
        let elasticities = method.elasticities.iter().map(|it| {
            let origin = sentence_case(&elasticity_source(&it.origin));
            let source = if it.source == "default" { String::new() } else { it.source.clone() };
            row(&origin, source, it.lines, it.spend_gbp)
        });
        let objections = method.objections.iter().map(|it| ObjectionRow {
            question: it.question.clone(),
            answer: it.answer.clone(),
            seen_in: Link::new(sentence_case(&it.seen_in), it.page.clone()),
        });
        let numbers = method.numbers.iter().map(|it| NumberRow {
            label: it.label.clone(),
            value: format!("{} {}", it.value, it.unit),
            from: written_day(&it.from),
            reference: it.reference.clone(),
        });
        Self {
            answer: answer(method),
            edition: Some(edition),
            value_set: method.value_set.as_ref().map(InstrumentRow::from),
            mappings: method.mappings.iter().map(InstrumentRow::from).collect(),
            grades: method
                .grades
                .iter()
                .map(|it| row(&format!("Grade {}", it.of), String::new(), it.lines, it.spend_gbp))
                .collect(),
            elasticities: elasticities.collect(),
            sources: method
                .sources
                .iter()
                .map(|it| row(&it.of, String::new(), it.lines, it.spend_gbp))
                .collect(),
            missing: missing.collect(),
            notes: method.notes.clone(),
            leaves_out: method.leaves_out.clone(),
            objections: objections.collect(),
            numbers: numbers.collect(),
        }
    }

    /// Before anything is valued.
    pub fn not_yet(why: &str) -> Self {
        Self { answer: format!("There is no method statement yet: {why}."), ..Self::default() }
    }
}

fn row(of: &str, more: String, lines: u64, spend: Pence) -> Row {
    Row {
        of: of.to_owned(),
        more,
        lines: plural(lines, "service", "services"),
        spend: money_short(spend),
    }
}

impl From<&InstrumentUsedJson> for InstrumentRow {
    fn from(used: &InstrumentUsedJson) -> Self {
        Self {
            label: used.label.clone(),
            code: used.code.clone(),
            reference: used.reference.clone(),
            note: used.note.clone().unwrap_or_default(),
            lines: plural(used.lines, "service", "services"),
            spend: money_short(used.spend_gbp),
        }
    }
}

fn answer(method: &MethodJson) -> String {
    let lines = |extents: &[ExtentJson]| extents.iter().map(|it| it.lines).sum::<u64>();
    let spend: Pence = method.missing.iter().map(|it| it.spend_gbp).sum();
    let missing: u64 = method.missing.iter().map(|it| it.lines).sum();
    let set = method.value_set.as_ref().map_or("no known value set", |set| &set.label);
    format!(
        "Healthy years (QALYs) of {} are counted on {set}; {}, with {} of spend, cannot be assessed.",
        plural(lines(&method.grades), "service", "services"),
        plural(missing, "service", "services"),
        money_short(spend)
    )
}
