//! Efficiency targets in words: what the solver found of each, against what it asks.

use quantities::words::{money_short, pct, plural, qaly};
use quantities::{Pence, Qaly};

use crate::case::{Case, Target};
use crate::efficiency::{Found, Release, Verdict};
use crate::families::Built;
use crate::sentence;

/// A target against what the limits allow.
#[derive(Clone, Debug, PartialEq)]
pub struct Efficiency {
    /// What is asked.
    pub target: Target,
    /// What was found.
    pub found: Found,
    /// How it stands; nothing where it is not proven.
    pub verdict: Option<Verdict>,
    /// By how much it cannot be met, or not without loss of health.
    pub short: Option<Pence>,
    /// What keeps more cash from being released, dearest first.
    pub binds: Vec<Binding>,
    /// All of it in words.
    pub sentence: String,
}

/// A limit that keeps more cash from being released.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Its key.
    pub key: String,
    /// In words.
    pub label: String,
    /// £m more that one unit more of it would release.
    pub price: f64,
    /// The unit.
    pub unit_name: String,
    /// What it means, and who would have to agree.
    pub sentence: String,
}

/// The targets of a case with what was found of each.
pub fn of(case: &Case, built: &Built, found: &[Found]) -> Vec<Efficiency> {
    let each = case.targets.iter().zip(found);
    each.map(|(target, found)| one(case, built, target, found)).collect()
}

fn one(case: &Case, built: &Built, target: &Target, found: &Found) -> Efficiency {
    let verdict = found.verdict(target.asked);
    let reached = match verdict {
        Some(Verdict::NotPossible) => found.at_most,
        Some(Verdict::AtALoss) => found.keeping_health.map(|kept| kept.cash()),
        _ => None,
    };
    let short = reached.map(|reached| target.asked - reached);
    let binds = found.binds.iter().filter_map(|(key, price)| {
        let limit = built.limits.iter().find(|limit| limit.key == *key)?;
        Some(Binding {
            key: key.clone(),
            label: limit.label.clone(),
            price: *price,
            unit_name: sentence::unit_name(case, limit.unit),
            sentence: sentence::binding(case, limit, *price),
        })
    });
    Efficiency {
        target: target.clone(),
        found: found.clone(),
        verdict,
        short,
        binds: binds.collect(),
        sentence: in_words(case, target, found, verdict),
    }
}

fn in_words(case: &Case, target: &Target, found: &Found, verdict: Option<Verdict>) -> String {
    let mut said = vec![asks(target), stands(target, found, verdict)];
    said.extend(found.decisive(target.asked).and_then(left_behind));
    if let Some(lines) = found.at_lowest.filter(|lines| *lines > 0) {
        said.push(format!(
            "{} of {} are then as low as pace and protection allow.",
            lines,
            plural(u64::try_from(target.lines.len()).unwrap_or(u64::MAX), "line", "lines")
        ));
    }
    said.extend(costs(case, found, verdict));
    if let (Some((delivered, source)), Some(asked)) = (&target.delivered, target.pct) {
        said.push(format!(
            "It asks for {:.1} times the {} that was delivered in earlier years ({source}).",
            asked / delivered,
            pct(*delivered)
        ));
    }
    said.join(" ")
}

fn asks(target: &Target) -> String {
    let share = target.pct.map(|share| format!(" ({})", pct(share))).unwrap_or_default();
    format!(
        "Of {}, year {}: {} less{share} than the {} that standing still would cost.",
        target.of,
        target.year,
        money_short(target.asked),
        money_short(target.standing)
    )
}

fn stands(target: &Target, found: &Found, verdict: Option<Verdict>) -> String {
    let cash = |release: Option<Release>| release.map(|release| release.cash()).unwrap_or_default();
    let (most, kept) = (cash(found.most), cash(found.keeping_health));
    match verdict {
        Some(Verdict::Possible) => format!(
            "Possible: the limits allow {} without loss of health, and {} if health may fall.",
            money_short(kept),
            money_short(most)
        ),
        Some(Verdict::AtALoss) if found.keeping_health.is_none() => format!(
            "Possible only at a loss of health, which no plan under these limits avoids: at most {}.",
            money_short(most)
        ),
        Some(Verdict::AtALoss) => format!(
            "Possible only at a loss of health: without one the limits allow {}, {} short; at most \
             {}.",
            money_short(kept),
            money_short(target.asked - kept),
            money_short(most)
        ),
        Some(Verdict::NotPossible) => {
            let most = found.at_most.unwrap_or_default();
            format!(
                "Not possible: at most {}, {} short.",
                money_short(most),
                money_short(target.asked - most)
            )
        }
        None => "Whether it is possible is not proven, so nothing is said of it.".to_owned(),
    }
}

/// How much of a cut is no cash.
fn left_behind(release: Release) -> Option<String> {
    let cut = Some(release.cut.to_pounds()).filter(|cut| *cut > 0.0)?;
    let share = pct(release.stranded.to_pounds() / cut * 100.0);
    let mut said = format!(
        "To release {}, {} has to be cut, of which {} ({share}) stays behind as cost",
        money_short(release.cash()),
        money_short(release.cut),
        money_short(release.stranded)
    );
    if release.besides > Pence::ZERO {
        said.push_str(&format!(
            "; recruiting, agency staff, double running and options take {}",
            money_short(release.besides)
        ));
    }
    Some(format!("{said}."))
}

fn costs(case: &Case, found: &Found, verdict: Option<Verdict>) -> Option<String> {
    let over =
        if case.years() > 1 { "over the plan, later years discounted" } else { "in the year" };
    match (found.within_budget, found.health_cost.map(Qaly::get)) {
        (Some(true), Some(0.0)) => Some("Asking for it would cost this plan no health.".to_owned()),
        (Some(true), Some(lost)) => Some(format!(
            "Asking for it would cost {} healthy years {over}, against the best plan without it.",
            qaly(lost)
        )),
        (Some(false), _) if verdict != Some(Verdict::NotPossible) => {
            Some("But no plan within the budgets and limits of this scenario meets it.".to_owned())
        }
        (Some(false), _) => None,
        _ => Some("What it would cost in health is not proven.".to_owned()),
    }
}
