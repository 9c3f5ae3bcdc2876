//! Plain sentences for limits and their prices.

use crate::families::Limit;
use crate::model::RowUnit;
use crate::price::Range;

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

fn money(millions: f64) -> String {
    let pounds = millions * 1e6;
    if pounds.abs() >= 999_500.0 {
        format!("£{}m", figure(millions))
    } else if pounds.abs() >= 1_000.0 {
        format!("£{:.0},000", pounds / 1e3)
    } else {
        format!("£{pounds:.0}")
    }
}

fn amount(unit: RowUnit, number: f64) -> String {
    match unit {
        RowUnit::Money => money(number),
        RowUnit::Staff => format!("{} WTE", figure(number)),
        RowUnit::Health => format!("{} healthy years", figure(number)),
    }
}

/// Smaller than any price worth a sentence.
const NOUGHT: f64 = 1e-7;

/// What a limit does to the plan.
pub fn of_limit(limit: &Limit, slack: f64, price: f64, range: Range) -> String {
    if price.abs() <= NOUGHT {
        return match limit.kind {
            "budget" if slack > 1e-6 => format!(
                "{} of it is not spent: money is not what holds this plan back.",
                money(slack)
            ),
            _ if slack > 1e-6 => {
                format!("It does not hold the plan back: {} to spare.", amount(limit.unit, slack))
            }
            _ => "It is just reached, and moving it a little would change nothing.".to_owned(),
        };
    }
    let worth = figure(price.abs());
    let step = range.to.map(|to| to - limit.limit).filter(|step| *step > 1e-6);
    // Where the price does not even hold for one whole unit, say what the next part brings.
    if let Some(step) = step.filter(|step| *step < 1.0 && price > 0.0) {
        return format!(
            "The next {} would bring {} healthy years a year ({worth} per {}); beyond that, less.",
            amount(limit.unit, step),
            figure(step * price),
            match limit.unit {
                RowUnit::Money => "£1m",
                RowUnit::Staff | RowUnit::Health => "WTE",
            }
        );
    }
    let reach = reach(limit, range);
    match (limit.kind, limit.unit) {
        ("budget", _) => {
            format!("One more £1m would be worth {worth} healthy years a year{reach}.")
        }
        ("redeployment", _) => format!(
            "One more post that could move here would be worth {worth} healthy years a year{reach}. \
             This is part of the pool's price."
        ),
        (_, RowUnit::Staff) => {
            format!("One more post would be worth {worth} healthy years a year{reach}.")
        }
        ("floor", _) => {
            format!(
                "It costs {worth} healthy years a year for each £1m by which it is raised{reach}."
            )
        }
        ("cap", _) => {
            format!(
                "Each £1m by which it were raised would be worth {worth} healthy years a year{reach}."
            )
        }
        _ if price < 0.0 => {
            format!("Each £1m less that may be moved costs {worth} healthy years a year{reach}.")
        }
        _ => format!(
            "Each £1m more that may be moved would be worth {worth} healthy years a year{reach}."
        ),
    }
}

fn reach(limit: &Limit, range: Range) -> String {
    match range.to.map(|to| to - limit.limit) {
        Some(step) if step > 1e-6 => format!(" (for the next {})", amount(limit.unit, step)),
        _ => String::new(),
    }
}

/// What moving a limit means, and who would have to agree.
pub fn relaxation(limit: &Limit, by: f64) -> String {
    let label = &limit.label;
    match limit.kind {
        "budget" => format!(
            "{label}: {} more than it has. The board's finance committee would have to find it.",
            money(by)
        ),
        "workforce" => format!(
            "{label}: {} more than there are. The providers and their chief people officers would \
             have to recruit or lend them.",
            amount(RowUnit::Staff, by)
        ),
        "floor" => {
            format!("{label}: {} lower. Whoever set this floor would have to agree.", money(by))
        }
        "cap" => {
            format!("{label}: {} higher. Whoever set this cap would have to agree.", money(by))
        }
        _ => format!(
            "{label}: {} further. The boards of the providers concerned would have to agree.",
            money(by)
        ),
    }
}
