use api::uncertainty::{FigureWorthJson, InformationJson, ServiceWorthJson, WorthJson};
use api::value::ServiceValueJson;
use quantities::Millions;
use serde::Serialize;

use crate::pages::format::{money_short, pct, qaly, sentence_case};

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

impl WorthView {
    /// Of one service; nothing where nothing is known of it.
    pub fn new(information: &InformationJson, service: &ServiceValueJson) -> Option<Self> {
        let key = service.service.as_str();
        let line = information.services.iter().find(|line| line.service == key)?;
        let mapped = |source: &str| {
            service.valued_by.iter().any(|outcome| outcome.mapping.as_deref() == Some(source))
        };
        let own = information.figures.iter().filter(|figure| {
            figure.service.as_deref() == Some(key) || figure.source.as_deref().is_some_and(mapped)
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

/// The money of a worth, at a glance.
pub fn money(worth: WorthJson) -> String {
    money_short(Millions::new(worth.gbp / 1e6).floor_to_pence().unwrap_or_default())
}

/// What a figure is of, in words.
pub fn figure_words(figure: &FigureWorthJson) -> String {
    let mut words = sentence_case(&figure.figure);
    if let Some(cohort) = figure.cohort.as_deref().filter(|cohort| *cohort != "all") {
        words.push_str(&format!(", {cohort}"));
    }
    if let Some(source) = &figure.source {
        words.push_str(&format!(", by {source}"));
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
