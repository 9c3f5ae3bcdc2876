use api::result::{ConstraintJson, RelaxationJson, RunJson};
use serde::Serialize;
use std::collections::BTreeMap;

use crate::pages::format::{money_short, plural, qaly_signed, wte};
use quantities::Millions;

/// Prices that are said in words; the table has the rest.
const SAID: usize = 12;
/// Limits that are listed; the download has the rest.
const LISTED: usize = 100;
/// Smaller prices are the solver's noise.
const NOISE: f64 = 1e-9;

/// One limit.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LimitRow {
    /// In words.
    pub label: String,
    /// What the plan uses.
    pub used: String,
    /// The limit.
    pub limit: String,
    /// Room left.
    pub room: String,
    /// What one unit more would bring.
    pub price: String,
}

/// The price of a limit, in words.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Price {
    /// Which limit.
    pub label: String,
    /// What loosening it would bring.
    pub sentence: String,
}

impl From<&ConstraintJson> for Price {
    fn from(limit: &ConstraintJson) -> Self {
        Self { label: limit.label.clone(), sentence: limit.sentence.clone() }
    }
}

/// One way back to a plan that can be done: all of its steps together.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Way {
    /// Its place, 1 the cheapest.
    pub number: u32,
    /// What has to give.
    pub steps: Vec<String>,
}

/// The cheapest ways back, the cheapest first.
pub fn ways_back(run: &RunJson) -> Vec<Way> {
    let mut ways: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for step in run.relaxation.iter().flatten() {
        ways.entry(step.way).or_default().push(step_sentence(step));
    }
    ways.into_iter().map(|(number, steps)| Way { number, steps }).collect()
}

fn step_sentence(step: &RelaxationJson) -> String {
    if step.sentence.is_empty() {
        format!("{} by {}", step.label, amount(step.by, &step.unit))
    } else {
        step.sentence.clone()
    }
}

/// The limits that cost health, in sentences: money first, then the dearest.
pub fn holds_back(run: &RunJson) -> Vec<Price> {
    let mut priced: Vec<&ConstraintJson> = run
        .constraints
        .iter()
        .filter(|limit| limit.shadow_price.abs() > NOISE && !limit.sentence.is_empty())
        // Moves within a pool are part of the pool's own price.
        .filter(|limit| limit.kind != "redeployment")
        .collect();
    priced.sort_by(|one, other| {
        place(one)
            .cmp(&place(other))
            .then(other.shadow_price.abs().total_cmp(&one.shadow_price.abs()))
    });
    priced.into_iter().take(SAID).map(Price::from).collect()
}

/// Kinds of limit in the order in which a board can do something about them.
fn place(limit: &ConstraintJson) -> usize {
    let kinds = ["budget", "workforce", "floor", "cap"];
    kinds.iter().position(|kind| limit.kind == *kind).unwrap_or(kinds.len())
}

/// Every limit as far as they are listed, those with a price first, and how many more there are.
pub fn all(run: &RunJson) -> (Vec<LimitRow>, Option<String>) {
    let mut limits: Vec<&ConstraintJson> = run.constraints.iter().collect();
    limits.sort_by(|one, other| {
        let free = |limit: &ConstraintJson| limit.shadow_price.abs() <= NOISE;
        free(one).cmp(&free(other)).then(place(one).cmp(&place(other)))
    });
    let more = u64::try_from(limits.len().saturating_sub(LISTED)).unwrap_or(u64::MAX);
    let rows = limits.into_iter().take(LISTED).map(LimitRow::from).collect();
    (rows, (more > 0).then(|| plural(more, "more is", "more are")))
}

impl From<&ConstraintJson> for LimitRow {
    fn from(limit: &ConstraintJson) -> Self {
        let least = if limit.sense == ">=" { "at least" } else { "at most" };
        Self {
            label: limit.label.clone(),
            used: amount(limit.activity, &limit.row_unit),
            limit: format!("{least} {}", amount(limit.limit, &limit.row_unit)),
            room: amount(limit.slack, &limit.row_unit),
            price: if limit.shadow_price.abs() <= NOISE {
                "no price".to_owned()
            } else {
                format!("{} {}", qaly_signed(limit.shadow_price), limit.unit)
            },
        }
    }
}

/// An amount in a row's unit.
fn amount(value: f64, unit: &str) -> String {
    match Millions::new(value).floor_to_pence().filter(|_| unit == "£m") {
        Some(money) => money_short(money),
        None => format!("{} {unit}", wte(value)),
    }
}
