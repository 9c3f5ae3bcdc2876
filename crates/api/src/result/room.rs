//! What the limits leave open beside the plan, to and from its JSON.

use allocation::Case;
use allocation::alternatives::Alternative;
use allocation::ranges::{Room, SpendRange};
use allocation::run::{PlanResult, Run};
use quantities::{Pence, Qaly};
use std::collections::BTreeMap;

use super::{AlternativeJson, PlannedJson, RunJson};

/// The range of the line at a place.
pub fn range(plan: &PlanResult, at: usize) -> Option<[String; 2]> {
    let range = plan.facts.room.as_ref()?.spends.get(at).copied().flatten()?;
    Some([range.low.to_string(), range.high.to_string()])
}

/// The plans that differ most; nothing where they were not asked for.
pub fn alternatives(run: &Run) -> Option<Vec<AlternativeJson>> {
    let room = run.plan.as_ref()?.facts.room.as_ref()?;
    let one = |alternative: &Alternative| AlternativeJson {
        gain_qaly: alternative.gain.get(),
        services: run
            .case
            .lines
            .iter()
            .zip(&alternative.own)
            .map(|(line, own)| PlannedJson { service: line.key.to_string(), plan_gbp: *own })
            .collect(),
    };
    Some(room.alternatives.iter().map(one).collect())
}

/// The room that a result tells of.
pub fn facts(result: &RunJson, case: &Case) -> Option<Room> {
    let alternatives = result.alternatives.as_ref()?;
    let ranges: BTreeMap<&str, SpendRange> = result
        .services
        .iter()
        .filter_map(|service| {
            let [low, high] = service.range_gbp.as_ref()?;
            let range = SpendRange { low: low.parse().ok()?, high: high.parse().ok()? };
            Some((service.service.as_str(), range))
        })
        .collect();
    let of_line = |alternative: &AlternativeJson| {
        let own: Vec<Pence> = alternative.services.iter().map(|planned| planned.plan_gbp).collect();
        Alternative { gain: Qaly::new(alternative.gain_qaly), own }
    };
    Some(Room {
        spends: case.lines.iter().map(|line| ranges.get(line.key.as_str()).copied()).collect(),
        alternatives: alternatives.iter().map(of_line).collect(),
    })
}
