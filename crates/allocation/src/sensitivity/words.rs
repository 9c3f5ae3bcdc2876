//! What follows from an assumption, in plain words.

use quantities::Pence;
use quantities::words::{money_short, qaly};

use super::End;
use crate::case::Case;
use crate::scenario::Objective;
use crate::sentence::money;

/// Money that moves elsewhere, where it is worth a word.
const LITTLE: Pence = Pence::new(100_000);

/// "If …, …" of one end; `gain` is what this plan gains as things are.
pub fn sentence(case: &Case, gain: f64, end: &End, clause: &str) -> String {
    let amount = |number: f64| match case.scenario.definition.objective {
        Objective::LeastCost => money(number),
        _ => qaly(number),
    };
    let over = if case.years() > 1 { " over the plan" } else { "" };
    let (verb, unit) = match case.scenario.definition.objective {
        Objective::LeastCost => ("save", over.to_owned()),
        Objective::NetHealth => ("gain", format!(" healthy years{over} (net of what they cost)")),
        Objective::EquityWeighted => {
            ("gain", format!(" healthy years{over} (weighted by deprivation)"))
        }
        Objective::Health => ("gain", format!(" healthy years{over}")),
    };
    let rather = |number: f64| {
        let (then, now) = (amount(number), amount(gain));
        if then == now {
            format!("{verb} {now}{unit} as before")
        } else {
            format!("{verb} {then} rather than {now}{unit}")
        }
    };
    let held = match (end.keeps_limits, amount(end.held)) {
        (false, _) => "; this plan would no longer keep every limit".to_owned(),
        (true, held) if held == amount(gain) || Some(&held) == end.best.map(amount).as_ref() => {
            String::new()
        }
        (true, held) => format!("; this plan would {verb} {held}"),
    };
    let text = match (end.best, end.moved) {
        (Some(_), Some(Pence::ZERO)) if end.keeps_limits => {
            format!("this plan would {} and still be the best", rather(end.held))
        }
        (Some(best), moved) => {
            let moved = moved.filter(|moved| *moved >= LITTLE).map_or_else(
                || "and next to nothing would move elsewhere".to_owned(),
                |moved| format!("and {} would move elsewhere", money_short(moved)),
            );
            format!("the best plan would {}, {moved}{held}", rather(best))
        }
        (None, _) => end.why.clone().unwrap_or_default(),
    };
    format!("If {clause}, {text}.")
}

/// The low end of a range.
pub const fn least() -> &'static str {
    "low end"
}

/// The high end of a range.
pub const fn most() -> &'static str {
    "high end"
}
