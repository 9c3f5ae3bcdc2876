//! Family 9, equity: who gains. While a limit is on, a line without shares counts its losses in
//! full in every quintile and its gains in none: no shares are not shares of nought.

use super::option::counted_in;
use super::{Built, LimitOf, in_year};
use crate::case::Case;
use crate::model::{Expression, RowUnit, Sense};

pub fn add(case: &Case, built: &mut Built, year: u8) {
    let equity = &case.scenario.definition.equity;
    if equity.no_quintile_loses {
        for quintile in 0..5 {
            let gain = gain_of(case, built, year, quintile);
            let label = format!("Deprivation quintile {} does not lose health", quintile + 1);
            limit(case, built, gain, format!("q{}", quintile + 1), label, year);
        }
    }
    if let Some(pct) = equity.most_deprived_min_share_pct {
        let mut gain = gain_of(case, built, year, 0);
        if let Some(columns) = built.year(year) {
            gain.add(&columns.health, -pct / 100.0);
            gain.constant += pct / 100.0 * case.unchanged_health(year).get();
        }
        let label = format!("The most deprived fifth receives at least {pct}% of the gain");
        limit(case, built, gain, "most_deprived".to_owned(), label, year);
    }
}

fn limit(case: &Case, built: &mut Built, gain: Expression, id: String, label: String, year: u8) {
    built.limit(
        gain,
        LimitOf {
            family: "equity",
            id,
            year,
            label: in_year(case, label, year),
            sense: Sense::AtLeast,
            limit: 0.0,
            unit: RowUnit::Health,
            services: case.lines.len(),
            class: Some("equity"),
        },
    );
}

/// What a quintile has of a loss and of a gain: its share, or all of the loss and none of the gain.
fn parts(shares: Option<[f64; 5]>, quintile: usize) -> (f64, f64) {
    let share = shares.and_then(|shares| shares.get(quintile).copied());
    share.map_or((1.0, 0.0), |share| (share, share))
}

/// The change in one quintile's health against no change, as the limit counts it.
fn gain_of(case: &Case, built: &Built, year: u8, quintile: usize) -> Expression {
    let mut gain = Expression::default();
    let Some(columns) = built.year(year) else { return gain };
    for (line, own) in case.lines.iter().zip(&columns.lines) {
        let Some(curve) = line.curve.as_ref().filter(|_| line.has_curve()) else { continue };
        let (of_loss, of_gain) = parts(line.shares, quintile);
        let response = curve.central(line.grown(year).demand);
        for (column, segment) in own.below.iter().zip(curve.below_in(year)) {
            let slope = of_loss * curve.slope(segment, response);
            gain.constant -= slope * segment.width;
            gain.terms.push((*column, slope));
        }
        for (column, segment) in own.above.iter().zip(curve.above_in(year)) {
            gain.terms.push((*column, of_gain * curve.slope(segment, response)));
        }
    }
    let part = |shares, health: f64| {
        let (of_loss, of_gain) = parts(shares, quintile);
        health * if health < 0.0 { of_loss } else { of_gain }
    };
    for (at, proposal) in case.proposals.iter().enumerate() {
        let benefit = part(proposal.quintiles, proposal.benefit.get());
        gain.add(&counted_in(built, proposal, at, year), benefit);
    }
    for (one, column) in case.moves.iter().zip(&columns.moves) {
        let shares = case.lines.get(one.from).and_then(|line| line.shares);
        gain.terms.push((*column, part(shares, one.eta)));
    }
    gain
}
