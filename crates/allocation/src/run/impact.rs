//! What a plan means for a provider: what it would spend, what stays behind, what its income does by
//! itself and what would have to be agreed, and its staff.
//!
//! The price that a commissioner pays is not what the work costs. So a line's income moves by its
//! contract: under `variable` and `activity` with the work, at the price of its unit where one is
//! given and else in proportion; under `fixed` and `block` not at all until a change is agreed.
//! Work moves as spend to the power ν (what a floor on activity means), and with what moves and
//! options bring or take in proportion to their spend. Amounts are the cash of the year, against no
//! change in that year; income is today's. What a fund pays besides (recruiting, agency staff,
//! double running, options) is no provider's.
//!
//! ```text
//! position        = income that follows − (change in cost + cost left behind)
//! to be agreed    = (change in cost + cost left behind) of lines that are paid fixed or in a block
//! after agreement = position + to be agreed
//! ```

use quantities::words::{list_words, money_short, plural, qaly};
use quantities::{Millions, Pence, Wte};
use std::collections::{BTreeMap, BTreeSet};

use super::year::View;
use crate::case::{Mechanism, Terms};
use crate::families::left_by;

/// What a plan means for one provider in one year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Impact {
    /// Change in what its services cost.
    pub cost_change: Pence,
    /// Cost that stays behind where they shrink.
    pub stranded: Pence,
    /// Income by mechanism, of those that its contracts have.
    pub income: Vec<Income>,
    /// What is not contracted in the book.
    pub not_contracted: NotContracted,
    /// Income that follows by itself less what cost does: a gap below nought, a windfall above.
    /// Nothing where a line that changes is not contracted.
    pub position: Option<Pence>,
    /// The same once fixed and block payments follow cost.
    pub after_agreement: Option<Pence>,
    /// Change in staff by group.
    pub staff: Vec<StaffChange>,
    /// All of it in words, beside the whole system's gain.
    pub sentence: String,
}

/// The income of one mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Income {
    /// How it is paid.
    pub mechanism: Mechanism,
    /// Lines paid so.
    pub lines: usize,
    /// Income today.
    pub income: Pence,
    /// Change that follows by itself.
    pub follows: Pence,
    /// Change that would have to be agreed for income to follow cost.
    pub to_agree: Pence,
}

/// Lines for which the book has no contract of this board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotContracted {
    /// How many.
    pub lines: usize,
    /// Of those, how many the plan changes or leave cost behind.
    pub changing: usize,
    /// Change in what they cost.
    pub cost_change: Pence,
}

/// A staff group of a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct StaffChange {
    /// The group.
    pub group: String,
    /// Its lines with a figure for this group; one at least.
    pub lines: usize,
    /// Change in what those need.
    pub change: Wte,
    /// Lines that change and have no figure for this group: not counted, and not nought.
    pub silent: usize,
}

/// What a plan does to one line.
struct LineEffect {
    cost: Pence,
    left: Pence,
    follows: Pence,
}

impl LineEffect {
    /// Change in what the line costs its provider, with what stays behind.
    fn asked(&self) -> Pence {
        self.cost + self.left
    }

    fn changes(&self) -> bool {
        self.cost != Pence::ZERO || self.left != Pence::ZERO
    }
}

/// The impact on each provider, by its code.
pub fn of(view: &View<'_>) -> BTreeMap<String, Impact> {
    let (effects, groups) = (effects(view), view.case.staff_groups());
    let mut all: BTreeMap<String, Impact> = BTreeMap::new();
    let lines = view.case.lines.iter().zip(&view.case.terms).zip(&effects).enumerate();
    for (at, ((line, terms), effect)) in lines {
        let impact = all.entry(line.key.provider().to_string()).or_default();
        impact.cost_change = impact.cost_change + effect.cost;
        impact.stranded = impact.stranded + effect.left;
        add_income(impact, terms, effect);
        add_staff(view, &groups, impact, at);
    }
    for impact in all.values_mut() {
        impact.income.sort_by_key(|income| income.mechanism);
        impact.staff.retain(|staff| staff.lines > 0);
        let sum = |of: fn(&Income) -> Pence| impact.income.iter().map(of).sum::<Pence>();
        let asked = impact.cost_change + impact.stranded;
        let known = impact.not_contracted.changing == 0;
        impact.position = known.then(|| sum(|income| income.follows) - asked);
        let agreed = sum(|income| income.to_agree);
        impact.after_agreement = impact.position.map(|position| position + agreed);
        impact.sentence = sentence(view, impact);
    }
    all
}

fn add_income(impact: &mut Impact, terms: &Terms, effect: &LineEffect) {
    let Some(contract) = &terms.contract else {
        let none = &mut impact.not_contracted;
        none.lines += 1;
        none.changing += usize::from(effect.changes());
        none.cost_change = none.cost_change + effect.cost;
        return;
    };
    let mechanism = contract.mechanism;
    let known = impact.income.iter().position(|income| income.mechanism == mechanism);
    let at = known.unwrap_or_else(|| {
        let (income, follows, to_agree) = Default::default();
        impact.income.push(Income { mechanism, lines: 0, income, follows, to_agree });
        impact.income.len() - 1
    });
    let Some(income) = impact.income.get_mut(at) else { return };
    income.lines += 1;
    income.income = income.income + contract.income;
    if mechanism.follows() {
        income.follows = income.follows + effect.follows;
    } else {
        income.to_agree = income.to_agree + effect.asked();
    }
}

fn add_staff(view: &View<'_>, groups: &BTreeSet<&str>, impact: &mut Impact, at: usize) {
    let (Some(line), Some(spend)) = (view.case.lines.get(at), view.spend.get(at)) else { return };
    let change = (*spend - line.base).to_millions();
    if impact.staff.is_empty() {
        let none = |group: &&str| StaffChange {
            group: (*group).to_owned(),
            lines: 0,
            change: Wte::ZERO,
            silent: 0,
        };
        impact.staff = groups.iter().map(none).collect();
    }
    for (staff, group) in impact.staff.iter_mut().zip(groups) {
        match view.case.terms.get(at).and_then(|terms| terms.staff.get(*group)) {
            Some(per_million) => {
                staff.lines += 1;
                staff.change = staff.change + *per_million * change;
            }
            None => staff.silent += usize::from(*spend != line.base),
        }
    }
}

fn effects(view: &View<'_>) -> Vec<LineEffect> {
    let left = left_by_line(view);
    let lines = view.case.lines.iter().zip(&view.case.terms).zip(&view.spend).zip(left);
    lines
        .enumerate()
        .map(|(at, (((line, terms), spend), left))| {
            let price = line.grown(view.year).price;
            let moving = terms.contract.map_or(0.0, |contract| contract.moving);
            let follows = Millions::new(moving * price * (work(view, at) - 1.0));
            LineEffect {
                cost: line.cash(*spend, view.year) - line.cash(line.base, view.year),
                left,
                follows: follows.floor_to_pence().unwrap_or_default(),
            }
        })
        .collect()
}

/// The work of a line as a multiple of today's.
fn work(view: &View<'_>, at: usize) -> f64 {
    let found = || {
        let (line, terms) = (view.case.lines.get(at)?, view.case.terms.get(at)?);
        let (own, spend) = (*view.of.own.get(at)?, *view.spend.get(at)?);
        let base = Some(line.base.to_pounds()).filter(|base| *base > 0.0)?;
        if line.support {
            return Some(spend.to_pounds() / base);
        }
        let given = view.case.moves.iter().zip(&view.of.moves);
        let given: Pence = given.filter(|(one, _)| one.from == at).map(|(_, moved)| *moved).sum();
        // Before moves and options; then what they bring or take.
        let seen = own + given;
        let worked = (seen.to_pounds() / base).max(0.0).powf(terms.power);
        Some((worked + (spend - seen).to_pounds() / base).max(0.0))
    };
    found().unwrap_or(1.0)
}

/// What is left behind by line: that of each provider and fund, shared by what its lines leave.
fn left_by_line(view: &View<'_>) -> Vec<Pence> {
    let mut left = vec![Pence::ZERO; view.case.lines.len()];
    for stranded in &view.columns.stranded {
        let members = view.case.lines.iter().enumerate().filter(|(_, line)| {
            line.key.provider().as_str() == stranded.provider && line.fund == stranded.fund
        });
        let weighed: Vec<(usize, f64)> = members
            .map(|(at, line)| (at, left_by(view.built, (at, line), view.year).at(view.point)))
            .collect();
        for (at, part) in shared(view.pence(&stranded.left_behind), &weighed) {
            if let Some(left) = left.get_mut(at) {
                *left = part;
            }
        }
    }
    left
}

/// An amount shared by weights, to the penny.
fn shared(total: Pence, weighed: &[(usize, f64)]) -> Vec<(usize, Pence)> {
    let all: f64 = weighed.iter().map(|(_, weight)| weight.max(0.0)).sum();
    let (mut so_far, mut given) = (0.0, Pence::ZERO);
    let last = weighed.iter().rposition(|(_, weight)| *weight > 0.0);
    let each = weighed.iter().enumerate().map(|(place, (at, weight))| {
        so_far += weight.max(0.0);
        let up_to = match last {
            Some(last) if place >= last => total,
            None => total,
            _ => (total.to_millions() * (so_far / all)).floor_to_pence().unwrap_or(given),
        };
        let part = up_to - given;
        given = up_to;
        (*at, part)
    });
    each.collect()
}

fn size(amount: Pence) -> String {
    money_short(if amount < Pence::ZERO { -amount } else { amount })
}

fn more_or_less(amount: Pence) -> &'static str {
    if amount < Pence::ZERO { "less" } else { "more" }
}

fn sentence(view: &View<'_>, impact: &Impact) -> String {
    let mut said = vec![spends(impact)];
    said.extend(income(impact));
    said.extend(agreed(impact));
    let none = impact.not_contracted;
    if none.changing > 0 {
        let lines = plural(u64::try_from(none.changing).unwrap_or(u64::MAX), "line", "lines");
        said.push(format!(
            "{lines} of those that change {} not contracted in this book, so its position is not \
             known.",
            if none.changing == 1 { "is" } else { "are" }
        ));
    }
    said.extend(impact.position.map(|position| stands(position, impact.after_agreement)));
    let gain = view.columns.health.at(view.point) - view.case.unchanged_health(view.year).get();
    let way = if gain < 0.0 { "loses" } else { "gains" };
    said.push(format!("The whole system {way} {} healthy years in the year.", qaly(gain.abs())));
    said.join(" ")
}

fn spends(impact: &Impact) -> String {
    let change = impact.cost_change;
    let spends = match change {
        Pence::ZERO => "Its services cost what they cost with no change".to_owned(),
        _ => format!("Its services cost {} {}", size(change), more_or_less(change)),
    };
    match impact.stranded {
        Pence::ZERO => format!("{spends}."),
        left => format!("{spends}, and {} of what is cut stays behind.", size(left)),
    }
}

fn income(impact: &Impact) -> Option<String> {
    let follows: Pence = impact.income.iter().map(|income| income.follows).sum();
    let by_work = impact.income.iter().any(|income| income.mechanism.follows());
    Some(match follows {
        Pence::ZERO if impact.income.is_empty() => return None,
        Pence::ZERO if by_work => "Its income does not move with its work.".to_owned(),
        Pence::ZERO => "None of its income moves with its work.".to_owned(),
        _ => format!(
            "Its income is {} {} by itself, with its work.",
            size(follows),
            more_or_less(follows)
        ),
    })
}

fn agreed(impact: &Impact) -> Option<String> {
    let asked = impact.income.iter().filter(|income| income.to_agree != Pence::ZERO);
    let parts: Vec<String> = asked
        .map(|income| {
            let (by, word) = (income.to_agree, income.mechanism.as_str());
            format!("{} {} of its {word} payment", size(by), more_or_less(by))
        })
        .collect();
    (!parts.is_empty()).then(|| {
        format!("For income to follow cost, {} would have to be agreed.", list_words(&parts))
    })
}

fn stands(position: Pence, after: Option<Pence>) -> String {
    let short = |amount: Pence| if amount < Pence::ZERO { "short" } else { "over" };
    let first = match position {
        Pence::ZERO => "As its contracts stand it is left neither short nor over".to_owned(),
        _ => format!(
            "As its contracts stand it is left {} {} ({})",
            size(position),
            short(position),
            if position < Pence::ZERO { "a gap" } else { "a windfall" }
        ),
    };
    match after {
        Some(after) if after != position && after != Pence::ZERO => {
            format!("{first}, and {} {} once that is agreed.", size(after), short(after))
        }
        Some(after) if after != position => format!("{first}, and neither once that is agreed."),
        _ => format!("{first}."),
    }
}
