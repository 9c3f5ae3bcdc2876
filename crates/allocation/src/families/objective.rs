//! What is made as large, or as small, as can be.

use value::equity::{Aversion, EQUAL, Weights};

use super::{Built, Counted};
use crate::case::Case;
use crate::model::{Expression, RowUnit, Sense};
use crate::scenario::Objective;

pub fn set(case: &Case, built: &mut Built, objective: Objective) {
    built.weights = weights(case, objective);
    let mut fixed = Expression::default();
    let mut lines = Expression::default();
    for year in case.each_year() {
        let counts = case.discount(year);
        let Some(columns) = built.year(year) else { continue };
        let mut health = columns.health.clone();
        match objective {
            Objective::Health => (),
            Objective::NetHealth => {
                let per_million = case.values.threshold.to_slope().get();
                fixed.add(&columns.money, -per_million * counts);
            }
            Objective::EquityWeighted => health = weighted(case, built, year),
            Objective::LeastCost => {
                fixed.add(&columns.money, -counts);
                keep_health(case, built, year);
                continue;
            }
        }
        lines.add(&health, counts);
    }
    built.model.constant = fixed.constant + lines.constant;
    built.fixed_gains = vec![0.0; built.model.columns.len()];
    for (at, part) in &fixed.terms {
        if let Some(gain) = built.fixed_gains.get_mut(*at) {
            *gain += part;
        }
    }
    for (at, part) in lines.tidy().terms {
        if let Some(column) = built.model.columns.get_mut(at) {
            column.gain = part;
        }
    }
    for (column, fixed) in built.model.columns.iter_mut().zip(&built.fixed_gains) {
        column.gain += fixed;
    }
}

/// Health no lower than with no change, in every year.
pub fn keep_health(case: &Case, built: &mut Built, year: u8) {
    let Some(mut health) = built.year(year).map(|columns| columns.health.clone()) else { return };
    let unchanged = case.unchanged_health(year).get();
    // To a thousand-millionth part: a figure reached only in the limit could not be floored.
    health.constant -= unchanged - unchanged.abs().max(1.0) * 1e-9;
    let key = format!("health/unchanged/{year}");
    let lines = case.lines.len();
    let row = built.model.row(key, health, Sense::AtLeast, 0.0, RowUnit::Health, lines);
    built.worth_pennies(row, year);
}

/// What health in each quintile counts, by the scenario's aversion to inequality.
pub fn by_quintile(case: &Case) -> Option<Weights> {
    let equity = &case.scenario.definition.equity;
    let parameters = &case.parameters.equity;
    let aversion = match equity.weights.as_deref() {
        Some("kolm") => equity.epsilon.map_or(Aversion::kolm(parameters), Aversion::Kolm),
        _ => equity.epsilon.map_or(Aversion::atkinson(parameters), Aversion::Atkinson),
    };
    Weights::of(aversion, parameters.qale, EQUAL)
}

/// What the health of lines, moves and options counts; 1 where shares are not known, or do not
/// matter.
fn weights(case: &Case, objective: Objective) -> Counted {
    let table = by_quintile(case).filter(|_| objective == Objective::EquityWeighted);
    let of = |shares: Option<[f64; 5]>| match (&table, shares) {
        (Some(table), Some(shares)) => weight(table, shares),
        _ => 1.0,
    };
    let lines: Vec<f64> = case.lines.iter().map(|line| of(line.reported_shares)).collect();
    let giver = |from: usize| lines.get(from).copied().unwrap_or(1.0);
    Counted {
        moves: case.moves.iter().map(|one| giver(one.from)).collect(),
        proposals: case.proposals.iter().map(|one| of(one.quintiles)).collect(),
        lines,
    }
}

fn weight(table: &Weights, shares: [f64; 5]) -> f64 {
    shares.iter().zip(table.by_quintile).map(|(share, weight)| share * weight).sum()
}

/// A year's health with each change counted by who has it; today's health counts as it is.
fn weighted(case: &Case, built: &Built, year: u8) -> Expression {
    let mut health = Expression { constant: case.unchanged_health(year).get(), terms: Vec::new() };
    let Some(columns) = built.year(year) else { return health };
    let lines = case.lines.iter().zip(&columns.lines).zip(&built.weights.lines);
    for ((line, own), weight) in lines {
        let Some(curve) = line.curve.as_ref().filter(|_| line.has_curve()) else { continue };
        let response = curve.central(line.grown(year).demand);
        for (column, segment) in own.below.iter().zip(curve.below_in(year)) {
            let slope = weight * curve.slope(segment, response);
            health.constant -= slope * segment.width;
            health.terms.push((*column, slope));
        }
        for (column, segment) in own.above.iter().zip(curve.above_in(year)) {
            health.terms.push((*column, weight * curve.slope(segment, response)));
        }
    }
    let proposals = case.proposals.iter().zip(&built.weights.proposals);
    for (at, (proposal, weight)) in proposals.enumerate() {
        let counted = super::option::counted_in(built, proposal, at, year);
        health.add(&counted, proposal.benefit.get() * weight);
    }
    let moves = case.moves.iter().zip(&built.weights.moves);
    for ((one, weight), column) in moves.zip(&columns.moves) {
        health.terms.push((*column, one.eta * weight));
    }
    health
}
