//! Family 9, equity: who gains. While a limit is on, a line without shares counts its losses in
//! full in every quintile and its gains in none: no shares are not shares of nought.
//!
//! In the most deprived fifth's share of the gain, Σ share · Δ ≥ f Σ Δ, a line whose share is below f
//! counts against it. Health bends down with spend, so pieces that count against a limit would be
//! filled from the flattest: such a line's Δ is taken along the straight line through today
//! instead, which is never below the curve. The fifth has then at least its share of the gain.

use super::option::counted_in;
use super::{Built, LimitOf, in_year};
use crate::case::{Case, Segment};
use crate::model::{Expression, RowUnit, Sense};

pub fn add(case: &Case, built: &mut Built, year: u8) {
    let equity = &case.scenario.definition.equity;
    if equity.no_quintile_loses {
        for quintile in 0..5 {
            let gain = gain_of(case, built, year, quintile, 0.0);
            let label = format!("Deprivation quintile {} does not lose health", quintile + 1);
            limit(case, built, gain, format!("q{}", quintile + 1), label, year);
        }
    }
    if let Some(pct) = equity.most_deprived_min_share_pct {
        let gain = gain_of(case, built, year, 0, pct / 100.0);
        let label = format!("The most deprived fifth receives at least {pct}% of the gain");
        limit(case, built, gain, "most_deprived".to_owned(), label, year);
    }
}

fn limit(case: &Case, built: &mut Built, gain: Expression, id: String, label: String, year: u8) {
    let row = built.limit(
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
    built.worth_pennies(row, year);
}

/// What a quintile has of a loss and of a gain: its share, or all of the loss and none of the gain.
fn parts(shares: Option<[f64; 5]>, quintile: usize) -> (f64, f64) {
    let share = shares.and_then(|shares| shares.get(quintile).copied());
    share.map_or((1.0, 0.0), |share| (share, share))
}

/// The change in one quintile's health against no change, as the limit counts it, less a part of
/// the change in all.
fn gain_of(case: &Case, built: &Built, year: u8, quintile: usize, of_all: f64) -> Expression {
    let mut gain = Expression::default();
    let Some(columns) = built.year(year) else { return gain };
    for (line, own) in case.lines.iter().zip(&columns.lines) {
        let Some(curve) = line.curve.as_ref().filter(|_| line.has_curve()) else { continue };
        let (of_loss, of_gain) = parts(line.shares, quintile);
        let (of_loss, of_gain) = (of_loss - of_all, of_gain - of_all);
        let response = curve.central(line.grown(year).demand);
        // What counts against the limit counts at the slope of the first pound above today.
        let nearest = curve.above_in(year).next().or_else(|| curve.below_in(year).next_back());
        let today = nearest.map_or(0.0, |segment| curve.slope(segment, response));
        let part = |of: f64, segment: &Segment| {
            of * if of < 0.0 { today } else { curve.slope(segment, response) }
        };
        for (column, segment) in own.below.iter().zip(curve.below_in(year)) {
            let slope = part(of_loss, segment);
            gain.constant -= slope * segment.width;
            gain.terms.push((*column, slope));
        }
        for (column, segment) in own.above.iter().zip(curve.above_in(year)) {
            gain.terms.push((*column, part(of_gain, segment)));
        }
    }
    let part = |shares, health: f64| {
        let (of_loss, of_gain) = parts(shares, quintile);
        health * (if health < 0.0 { of_loss } else { of_gain } - of_all)
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
