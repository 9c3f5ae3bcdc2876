use api::uncertainty::FlipsJson;
use serde::Serialize;

use super::provider;
use crate::pages::format::{gbp_per_qaly, plural, thousands};
use crate::pages::view::Link;
use crate::pages::view::flip::{Lever, Turn};
use crate::pages::view::service::turns;
use crate::pages::view::table::service_href;

/// Where the answer for a service flips.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FlipRow {
    /// The service.
    pub service: Link,
    /// The provider's code.
    pub provider: String,
    /// The price of its last healthy year.
    pub marginal: String,
    /// On which side of the price that is paid elsewhere.
    pub side: &'static str,
    /// Its place by that price.
    pub place: String,
    /// Its elasticity.
    pub elasticity: Vec<Cell>,
    /// How long the gain of each cohort lasts.
    pub duration: Vec<Cell>,
    /// What of it would have come without care.
    pub without_care: Vec<Cell>,
    /// Whether another named mapping would tell another side.
    pub mapping: String,
}

/// A figure now, and what it would have to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Whose it is; empty where it is everyone's.
    pub of: String,
    /// Its value now.
    pub now: String,
    /// What it would have to be.
    pub flip: String,
}

/// Cohorts told one by one; the page of the service has them all.
const TOLD: usize = 4;

impl FlipRow {
    /// Of one service.
    pub fn new(line: &FlipsJson, threshold: f64) -> Self {
        let elasticity = Turn { lever: Lever::Elasticity, flip: &line.elasticity };
        let of = |lever: Lever| -> Vec<Cell> {
            let mut cells = Vec::new();
            for cohort in &line.cohorts {
                let found = turns(cohort).map(|(_, turn)| turn).find(|turn| turn.lever == lever);
                let of = if cohort.cohort == "all" { "" } else { &cohort.cohort };
                cells.extend(found.map(|turn| cell(&turn, of, line.health_cancels)));
            }
            let more = cells.len().saturating_sub(TOLD);
            cells.truncate(TOLD);
            if more > 0 {
                let more = plural(u64::try_from(more).unwrap_or(u64::MAX), "more", "more");
                cells.push(Cell { of: more, ..Cell::default() });
            }
            cells
        };
        Self {
            service: Link::new(&line.name, service_href(&line.service)),
            provider: provider(&line.service).to_owned(),
            marginal: gbp_per_qaly(Some(line.marginal_gbp_per_qaly)),
            side: if line.marginal_gbp_per_qaly <= threshold {
                "worth its price"
            } else {
                "not worth its price"
            },
            place: thousands(&line.rank.to_string()),
            elasticity: vec![cell(&elasticity, "", false)],
            duration: of(Lever::Duration),
            without_care: of(Lever::WithoutCare),
            mapping: mapping(line),
        }
    }
}

fn cell(turn: &Turn<'_>, of: &str, cancels: bool) -> Cell {
    let flip = match turn.at_threshold() {
        Some(at) => format!("flips at {at}"),
        None if cancels => "changes nothing".to_owned(),
        None => "never flips".to_owned(),
    };
    Cell { of: of.to_owned(), now: turn.now(), flip }
}

fn mapping(line: &FlipsJson) -> String {
    match (line.mappings.is_empty(), line.mappings.iter().any(|it| it.crosses_threshold)) {
        (true, _) => "–",
        (false, true) => "another tells the other side",
        (false, false) => "the same by all",
    }
    .to_owned()
}
