//! What an `[[efficiency]]` may say.

use quantities::Pence;

use super::ScenarioError;
use super::definition::ScenarioDefinition;

pub fn check(definition: &ScenarioDefinition) -> Result<(), ScenarioError> {
    for target in &definition.efficiency {
        let problem = if !(1..=definition.years).contains(&target.year) {
            "has a year that the plan does not have; give 1 to years"
        } else if target.target_pct.is_some() == target.target_gbp.is_some() {
            "needs a target_pct or a target_gbp, and not both"
        } else if target.target_pct.is_some_and(|pct| !(0.0..=100.0).contains(&pct)) {
            "has a target_pct outside 0 to 100"
        } else if target.target_gbp.is_some_and(|amount| amount < Pence::ZERO) {
            "has a target_gbp below 0"
        } else if target.delivered_pct.is_some_and(|pct| !(pct > 0.0 && pct <= 100.0)) {
            "has a delivered_pct that is not above 0 and at most 100"
        } else if target.delivered_pct.is_some() != target.source.is_some() {
            "has a delivered_pct without a source, or a source without it; give both or neither"
        } else {
            continue;
        };
        let year = target.year;
        return Err(ScenarioError::Range(format!("[[efficiency]] of year {year} {problem}")));
    }
    Ok(())
}
