//! Plain sentences for limits and their prices.

use crate::case::Case;
use crate::families::Limit;
use crate::model::{RowUnit, Sense};
use crate::price::Range;
use crate::scenario::Objective;

/// A number with as many figures as matter.
pub fn figure(number: f64) -> String {
    let size = number.abs();
    let decimals = if size >= 100.0 {
        0
    } else if size >= 10.0 {
        1
    } else if size >= 0.995 {
        2
    } else {
        3
    };
    let text = format!("{number:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A whole number with separators: 15,000.
pub fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0.0 { format!("-{text}") } else { text }
}

pub fn money(millions: f64) -> String {
    let pounds = millions * 1e6;
    if pounds.abs() >= 999_500.0 {
        format!("£{}m", figure(millions))
    } else if pounds.abs() >= 1_000.0 {
        format!("£{:.0},000", pounds / 1e3)
    } else {
        format!("£{pounds:.0}")
    }
}

/// What a row counts in, as its contract names it.
pub fn unit_name(case: &Case, unit: RowUnit) -> String {
    match unit {
        RowUnit::Money => "£m".to_owned(),
        RowUnit::Staff => "WTE".to_owned(),
        RowUnit::Health => "QALY".to_owned(),
        RowUnit::Share => "take-up".to_owned(),
        RowUnit::Capacity(at) => {
            case.capacities.get(at).map(|capacity| capacity.unit.clone()).unwrap_or_default()
        }
    }
}

fn amount(case: &Case, unit: RowUnit, number: f64) -> String {
    match unit {
        RowUnit::Money => money(number),
        RowUnit::Staff => format!("{} WTE", figure(number)),
        RowUnit::Health => format!("{} healthy years", figure(number)),
        RowUnit::Share | RowUnit::Capacity(_) => {
            format!("{} {}", figure(number), unit_name(case, unit))
        }
    }
}

/// Smaller than any price worth a sentence.
const NOUGHT: f64 = 1e-7;

/// What a limit does to the plan.
pub fn of_limit(case: &Case, limit: &Limit, slack: f64, price: f64, range: Range) -> String {
    if price.abs() <= NOUGHT {
        return match limit.kind {
            "budget" if slack > 1e-6 => format!(
                "{} of it is not spent: money is not what holds this plan back.",
                money(slack)
            ),
            _ if slack > 1e-6 => {
                format!(
                    "It does not hold the plan back: {} to spare.",
                    amount(case, limit.unit, slack)
                )
            }
            _ => "It is just reached, and moving it a little would change nothing.".to_owned(),
        };
    }
    let worth = gain(case, price.abs());
    let step = range.to.map(|to| to - limit.limit).filter(|step| *step > 1e-6);
    let (one, more) = match limit.unit {
        RowUnit::Money => ("£1m".to_owned(), "One more £1m".to_owned()),
        RowUnit::Staff => ("WTE".to_owned(), "One more post".to_owned()),
        other => (unit_name(case, other), format!("One more {}", unit_name(case, other))),
    };
    // Where the price does not even hold for one whole unit, say what the next part brings.
    if let Some(step) = step.filter(|step| *step < 1.0 && price > 0.0) {
        return format!(
            "The next {} would bring {} ({} per {one}); beyond that, less.",
            amount(case, limit.unit, step),
            gain(case, step * price),
            figure(price.abs()),
        );
    }
    let reach = reach(case, limit, range);
    match (limit.kind, limit.unit) {
        ("redeployment", _) => format!(
            "One more post that could move here would be worth {worth}{reach}. This is part of the \
             pool's price."
        ),
        ("floor", _) => {
            format!("It costs {worth} for each £1m by which it is raised{reach}.")
        }
        ("cap", _) => {
            format!("Each £1m by which it were raised would be worth {worth}{reach}.")
        }
        ("equity", _) => {
            format!("It costs {worth} for each healthy year by which it is raised{reach}.")
        }
        ("need", _) => format!("It costs {worth} for each £1m by which it is raised{reach}."),
        ("budget" | "workforce" | "resource", _) => {
            format!("{more} would be worth {worth}{reach}.")
        }
        ("option_rule", _) => format!("Loosening it by 1 would be worth {worth}{reach}."),
        _ if price < 0.0 => format!("Each £1m less that may be moved costs {worth}{reach}."),
        _ => format!("Each £1m more that may be moved would be worth {worth}{reach}."),
    }
}

/// What the objective counts in, as its contract names it.
pub fn objective_unit(case: &Case) -> &'static str {
    match case.scenario.definition.objective {
        Objective::LeastCost => "£m",
        _ => "QALY",
    }
}

/// An amount of the objective in words.
pub fn gain(case: &Case, number: f64) -> String {
    let over = if case.years() > 1 { "over the plan" } else { "a year" };
    match case.scenario.definition.objective {
        Objective::Health => format!("{} healthy years {over}", figure(number)),
        Objective::NetHealth => {
            format!("{} healthy years {over}, net of what they cost", figure(number))
        }
        Objective::EquityWeighted => {
            format!("{} healthy years {over}, weighted by deprivation", figure(number))
        }
        Objective::LeastCost => format!("{} {over}", money(number)),
    }
}

fn reach(case: &Case, limit: &Limit, range: Range) -> String {
    match range.to.map(|to| to - limit.limit) {
        Some(step) if step > 1e-6 => format!(" (for the next {})", amount(case, limit.unit, step)),
        _ => String::new(),
    }
}

/// What one unit more of a limit would release in cash, and who would have to agree.
pub fn binding(case: &Case, limit: &Limit, price: f64) -> String {
    let one = match limit.unit {
        RowUnit::Money => "£1m".to_owned(),
        RowUnit::Staff => "post".to_owned(),
        RowUnit::Health => "healthy year".to_owned(),
        other => unit_name(case, other),
    };
    let moved = match (limit.kind, limit.sense) {
        ("option_rule", _) => "Loosened by 1 it".to_owned(),
        ("pace_total", _) => format!("Each {one} further"),
        (_, Sense::AtMost) => format!("Each {one} more"),
        (_, Sense::AtLeast) => format!("Each {one} lower"),
    };
    format!("{moved} would release {} more. {}", money(price.abs()), agreed(limit.kind))
}

/// Who would have to agree for a limit to move.
fn agreed(kind: &str) -> &'static str {
    match kind {
        "budget" => "The board's finance committee would have to find it.",
        "workforce" => {
            "The providers and their chief people officers would have to recruit or lend them."
        }
        "floor" => "Whoever set this floor would have to agree.",
        "cap" => "Whoever set this cap would have to agree.",
        "resource" => "Whoever runs it would have to find it.",
        "equity" => "The board would have to agree to it in public.",
        "need" => "Its clinical lead would have to agree.",
        "option_rule" => "Whoever drew the rule up would have to agree.",
        _ => "The boards of the providers concerned would have to agree.",
    }
}

/// What moving a limit means, and who would have to agree.
pub fn relaxation(case: &Case, limit: &Limit, by: f64) -> String {
    let moved = match limit.kind {
        "budget" => format!("{} more than it has", money(by)),
        "workforce" => format!("{} more than there are", amount(case, RowUnit::Staff, by)),
        "floor" => format!("{} lower", money(by)),
        "cap" => format!("{} higher", money(by)),
        "resource" => format!("{} more than there is", amount(case, limit.unit, by)),
        "equity" => format!("{} lower", amount(case, limit.unit, by)),
        "need" => format!("{} short", money(by)),
        "option_rule" => format!("{} looser", figure(by)),
        _ => format!("{} further", money(by)),
    };
    format!("{}: {moved}. {}", limit.label, agreed(limit.kind))
}
