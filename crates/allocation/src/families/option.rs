//! Family 10, options: proposals taken up from 0 to 1, never taken back.

use super::{Built, LimitOf, in_year};
use crate::case::{Case, Proposal};
use crate::model::{Expression, RowUnit, Sense};

pub fn add_columns(case: &Case, built: &mut Built, year: u8) {
    for (at, proposal) in case.proposals.iter().enumerate() {
        let key = format!("option/{}/{year}", proposal.id);
        let column = built.model.column(key.clone(), 0.0, proposal.most, 0.0);
        if proposal.whole {
            built.model.whole(column);
        }
        let before = built.year(year - 1).and_then(|before| before.options.get(at).copied());
        if let Some(before) = before {
            let terms = vec![(column, 1.0), (before, -1.0)];
            built.rule(key, Expression { constant: 0.0, terms }, RowUnit::Share, 1);
        }
        if let Some(columns) = built.year_mut(year) {
            columns.options.push(column);
        }
        let counted = counted_in(built, proposal, at, year);
        if let Some(columns) = built.year_mut(year) {
            columns.health.add(&counted, proposal.benefit.get());
        }
    }
}

/// The take-up that counts for a year's cost and benefit: of what is new, the first year's part.
pub fn counted_in(built: &Built, proposal: &Proposal, at: usize, year: u8) -> Expression {
    let level = |year: u8| built.year(year).and_then(|columns| columns.options.get(at).copied());
    let mut counted = Expression::default();
    counted.terms.extend(level(year).map(|column| (column, proposal.first)));
    counted.terms.extend(level(year - 1).map(|column| (column, 1.0 - proposal.first)));
    counted
}

/// What options newly free from a line, and what they newly ask of it.
pub fn effects_on(case: &Case, built: &Built, line: usize, year: u8) -> Effects {
    let level =
        |year: u8, at: usize| built.year(year).and_then(|columns| columns.options.get(at).copied());
    let mut effects = Effects::default();
    for (at, proposal) in case.proposals.iter().enumerate() {
        for effect in proposal.effects.iter().filter(|effect| effect.line == line) {
            let (now, before) = (effect.in_year(year), effect.in_year(year - 1));
            let terms = [(level(year, at), now), (level(year - 1, at), -before)];
            let new = || terms.into_iter().filter_map(|(column, by)| Some((column?, by)));
            effects.level.terms.extend(level(year, at).map(|column| (column, now)));
            if effect.change.get() < 0.0 {
                effects.frees.terms.extend(level(year, at).map(|column| (column, -now)));
                effects.newly_freed.terms.extend(new().map(|(column, by)| (column, -by)));
            } else {
                effects.newly_asked.terms.extend(new());
            }
        }
    }
    effects
}

/// What options do to one line in one year, £m.
#[derive(Default)]
pub struct Effects {
    /// All of it.
    pub level: Expression,
    /// What is freed in all.
    pub frees: Expression,
    /// What is freed and was not the year before.
    pub newly_freed: Expression,
    /// What is asked for and was not the year before.
    pub newly_asked: Expression,
}

/// Rules between options: exclusions, needs, variants.
pub fn add_rules(case: &Case, built: &mut Built, year: u8) {
    for rule in &case.rules {
        let Some(columns) = built.year(year) else { continue };
        let terms = rule.terms.iter();
        let terms =
            terms.filter_map(|(at, weight)| Some((*columns.options.get(*at)?, *weight))).collect();
        built.limit(
            Expression { constant: 0.0, terms },
            LimitOf {
                family: "option_rule",
                id: rule.id.clone(),
                year,
                label: in_year(case, rule.label.clone(), year),
                sense: Sense::AtMost,
                limit: rule.limit,
                unit: RowUnit::Share,
                services: 1,
                class: Some("option_rule"),
            },
        );
    }
}
