use api::uncertainty::{FigureWorthJson, InformationJson, ServiceWorthJson, WorthJson};
use api::value::ServiceValueJson;
use serde::Serialize;

use crate::pages::format::{pct, pounds, qaly, sentence_case};

/// What knowing a service's figures would be worth.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WorthView {
    /// What to do with its last pounds by what is known now, and what knowing all would be worth.
    pub answer: String,
    /// Of each figure, the most telling first.
    pub rows: Vec<WorthRow>,
}

/// One figure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WorthRow {
    /// The figure, with its patients or its source.
    pub figure: String,
    /// The table in which it stands.
    pub table: String,
    /// The column.
    pub column: String,
    /// What knowing it is worth, healthy years a year.
    pub qaly: String,
    /// The same as money a year.
    pub money: String,
}

/// How the shared source that is a mapping is named, before its code.
const MAPPING: &str = "mapping ";
/// The shared source of elasticities that nobody was asked for.
const DEFAULT: &str = "default";

impl WorthView {
    /// Of one service; nothing where nothing is known of it.
    pub fn new(information: &InformationJson, service: &ServiceValueJson) -> Option<Self> {
        let key = service.service.as_str();
        let line = information.services.iter().find(|line| line.service == key)?;
        let rests_on = |source: &str| match source.strip_prefix(MAPPING) {
            Some(code) => {
                service.valued_by.iter().any(|outcome| outcome.mapping.as_deref() == Some(code))
            }
            None => source == DEFAULT && service.elasticity_source.as_deref() == Some(DEFAULT),
        };
        let own = information.figures.iter().filter(|figure| {
            figure.service.as_deref() == Some(key) || figure.source.as_deref().is_some_and(rests_on)
        });
        Some(Self { answer: answer(information, line), rows: own.map(WorthRow::from).collect() })
    }
}

fn answer(information: &InformationJson, line: &ServiceWorthJson) -> String {
    let last = pct(information.last_part * 100.0);
    let better = if line.keep { "kept than released" } else { "released than kept" };
    format!(
        "By what is known now, the last {last} of its spend is better {better}: that is worth {} \
         healthy years (QALYs) a year. Knowing every figure of it for certain would be worth {} \
         more, {} a year: at most what to spend on finding out.",
        qaly(line.benefit_qaly.abs()),
        qaly(line.worth.qaly),
        money(line.worth),
    )
}

/// The money of a worth, to three digits.
pub fn money(worth: WorthJson) -> String {
    pounds(worth.gbp)
}

/// What a figure is of, in words.
pub fn figure_words(figure: &FigureWorthJson) -> String {
    let mut words = sentence_case(&figure.figure);
    if let Some(cohort) = figure.cohort.as_deref().filter(|cohort| *cohort != "all") {
        words.push_str(&format!(", {cohort}"));
    }
    match figure.source.as_deref() {
        None => {}
        Some(DEFAULT) => words.push_str(", where nobody was asked and a default stands in"),
        Some(source) if source.starts_with(MAPPING) => words.push_str(&format!(", by {source}")),
        Some(source) => words.push_str(&format!(", from the source they share: {source}")),
    }
    words
}

impl From<&FigureWorthJson> for WorthRow {
    fn from(found: &FigureWorthJson) -> Self {
        Self {
            figure: figure_words(found),
            table: found.table.clone(),
            column: found.column.clone(),
            qaly: qaly(found.worth.qaly),
            money: money(found.worth),
        }
    }
}
