//! What an efficiency target asks, in pounds.

use openbook::Book;
use quantities::Pence;

use super::{Line, limits};
use crate::scenario::Scenario;

/// A question: could so much less be spent by a year?
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Of whose spend, in words.
    pub of: String,
    /// The year of the plan.
    pub year: u8,
    /// The selected lines, by place.
    pub lines: Vec<usize>,
    /// Whether it is of everything, so that what a fund pays besides counts too.
    pub whole: bool,
    /// What the selected lines would cost in that year, standing still: Σ P D B.
    pub standing: Pence,
    /// How much less is asked for.
    pub asked: Pence,
    /// The same in percent of standing still; nothing where that costs nothing.
    pub pct: Option<f64>,
    /// What was delivered in earlier years, percent, and who says so.
    pub delivered: Option<(f64, String)>,
}

/// The targets of a scenario, in its order.
pub fn targets(book: &Book, scenario: &Scenario, lines: &[Line]) -> Vec<Target> {
    let one = |rule: &crate::scenario::definition::EfficiencyDefinition| {
        let selector = rule.selector();
        let selected = limits::selected(book, lines, &selector);
        let each = selected.iter().filter_map(|at| lines.get(*at));
        let standing: Pence = each.map(|line| line.standing(rule.year)).sum();
        let share = |pct: f64| (standing.to_millions() * (pct / 100.0)).floor_to_pence();
        let asked = rule.target_gbp.or(rule.target_pct.and_then(share)).unwrap_or_default();
        let of_standing = || {
            let pct = asked.to_pounds() / standing.to_pounds() * 100.0;
            (standing > Pence::ZERO).then_some(pct)
        };
        let parts = selector.parts();
        let named = parts.iter().map(|(part, value)| format!("{part} {value}"));
        Target {
            of: if parts.is_empty() {
                "the whole system".to_owned()
            } else {
                named.collect::<Vec<_>>().join(", ")
            },
            year: rule.year,
            whole: parts.is_empty(),
            standing,
            asked,
            pct: rule.target_pct.or_else(of_standing),
            delivered: rule.delivered_pct.zip(rule.source.clone()),
            lines: selected,
        }
    };
    scenario.definition.efficiency.iter().map(one).collect()
}
