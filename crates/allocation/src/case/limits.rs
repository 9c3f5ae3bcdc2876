//! Funds, floors and the pace of selections.

use openbook::Book;
use quantities::{Millions, Pence};
use std::collections::BTreeMap;

use super::{Line, Proposal};
use crate::model::Sense;
use crate::scenario::definition::FloorBasis;
use crate::scenario::{Scenario, Selector};

/// A fund with its budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fund {
    /// Its code.
    pub code: String,
    /// Σ B of its lines.
    pub base: Pence,
    /// What may be spent, by year of the plan.
    pub budgets: Vec<Pence>,
}

impl Fund {
    /// What may be spent in a year of the plan.
    #[must_use]
    pub fn budget(&self, year: u8) -> Pence {
        let at = usize::from(year).saturating_sub(1);
        self.budgets.get(at).copied().unwrap_or_default()
    }
}

/// What a floor or cap is measured against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FloorLimit {
    /// £m for the selected lines together.
    Spend(Millions),
    /// A fraction of all planned spend.
    Share(f64),
}

/// A floor under, or a cap on, selected lines together.
#[derive(Clone, Debug, PartialEq)]
pub struct Floor {
    /// The id of its row: the key without family and year.
    pub id: String,
    /// In words.
    pub label: String,
    /// Whether it is meant in the cash of the year rather than in base-year prices.
    pub cash: bool,
    /// Floor or cap.
    pub sense: Sense,
    /// The limit.
    pub limit: FloorLimit,
    /// The selected lines, by place.
    pub lines: Vec<usize>,
}

/// How far the sum of a selection may move in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct PaceTotal {
    /// The id of its row: the key without family and year.
    pub id: String,
    /// In words.
    pub label: String,
    /// At least (cut) or at most (growth).
    pub sense: Sense,
    /// The limit.
    pub limit: PaceLimit,
    /// The selected lines, by place.
    pub lines: Vec<usize>,
}

/// The limit on a sum: of today's spend in year 1, of the year before later on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PaceLimit {
    /// Year 1, in whole pence.
    pub first: Millions,
    /// Every later year, as a multiple of the year before.
    pub later: f64,
}

pub fn base_of(lines: &[Line], selected: &[usize]) -> Pence {
    selected.iter().filter_map(|at| lines.get(*at)).map(|line| line.base).sum()
}

/// An amount changed by a percentage, in whole pence: floors and budgets downwards, caps upwards, so
/// that limits of the same percentage meet instead of missing each other by a part of a penny.
fn changed(amount: Pence, pct: f64, sense: Sense) -> Pence {
    let penny = Millions::new(0.98e-8);
    let exact = amount.to_millions() * (1.0 + pct / 100.0);
    let rounded = match sense {
        Sense::AtLeast => exact.floor_to_pence(),
        Sense::AtMost => (exact + penny).floor_to_pence(),
    };
    rounded.unwrap_or(amount)
}

pub fn funds(scenario: &Scenario, lines: &[Line], proposals: &[Proposal]) -> Vec<Fund> {
    let budget = &scenario.definition.budget;
    let mut bases: BTreeMap<&str, Pence> = BTreeMap::new();
    for line in lines {
        let base = bases.entry(&line.fund).or_default();
        *base = *base + line.base;
    }
    for proposal in proposals {
        bases.entry(&proposal.fund).or_default();
    }
    let shared = budget.total_gbp.map(|total| share_out(total, &bases));
    let fund = |(code, base): (&&str, &Pence)| {
        let own = budget.fund.iter().rfind(|own| own.fund == *code);
        let change = |pct: f64| changed(*base, pct, Sense::AtLeast);
        let whole = budget.change_pct.unwrap_or(0.0);
        let general = || {
            let share = shared.as_ref().and_then(|shared| shared.get(code).copied());
            share.unwrap_or_else(|| change(whole))
        };
        let first = own
            .and_then(|own| own.total_gbp.or_else(|| own.change_pct.map(change)))
            .unwrap_or_else(general);
        Fund { code: (*code).to_owned(), base: *base, budgets: yearly_budgets(scenario, first) }
    };
    bases.iter().map(fund).collect()
}

/// A budget of year 1 with those of the later years, each on the year before.
pub fn yearly_budgets(scenario: &Scenario, first: Pence) -> Vec<Pence> {
    let mut budgets = vec![first];
    for year in 2..=scenario.definition.years {
        let rule = scenario.definition.budget.year.iter().rfind(|rule| rule.year == year);
        let before = budgets.last().copied().unwrap_or(first);
        budgets.push(rule.map_or(before, |rule| changed(before, rule.change_pct, Sense::AtLeast)));
    }
    budgets
}

/// A total shared in proportion, to the penny: the last takes what rounding leaves.
fn share_out<'a>(total: Pence, bases: &BTreeMap<&'a str, Pence>) -> BTreeMap<&'a str, Pence> {
    let all: i128 = bases.values().map(|base| i128::from(base.get())).sum();
    let mut left = total;
    let mut shares = BTreeMap::new();
    let mut to_come = bases.len();
    for (code, base) in bases {
        to_come -= 1;
        let share = if to_come == 0 || all <= 0 {
            left
        } else {
            let share = (i128::from(total.get()) * i128::from(base.get())).div_euclid(all);
            Pence::new(i64::try_from(share).unwrap_or(i64::MAX))
        };
        left = left - share;
        shares.insert(*code, share);
    }
    shares
}

/// The lines that a selector selects, by place.
pub fn selected(book: &Book, lines: &[Line], selector: &Selector) -> Vec<usize> {
    let hits = lines.iter().enumerate().filter(|(_, line)| selector.selects(book, &line.key));
    hits.map(|(at, _)| at).collect()
}

pub fn floors(book: &Book, scenario: &Scenario, lines: &[Line]) -> Vec<Floor> {
    let mut floors = Vec::new();
    for floor in &scenario.definition.floor {
        let lines_of = selected(book, lines, &floor.selector());
        let base = base_of(lines, &lines_of);
        let label = floor.label.clone().unwrap_or_else(|| floor.key.clone());
        let mut push = |sense, suffix: &str, limit| {
            let id = format!("{}{suffix}", floor.key);
            let (label, cash) = (label.clone(), floor.basis == Some(FloorBasis::Cash));
            floors.push(Floor { id, label, cash, sense, limit, lines: lines_of.clone() });
        };
        let changed_to =
            |pct: f64, sense: Sense| FloorLimit::Spend(changed(base, pct, sense).to_millions());
        let pounds = |amount: Pence| FloorLimit::Spend(amount.to_millions());
        let share = |pct: f64| FloorLimit::Share(pct / 100.0);
        let mins = [
            floor.min_change_pct.map(|pct| changed_to(pct, Sense::AtLeast)),
            floor.min_gbp.map(pounds),
            floor.min_share_pct.map(share),
        ];
        for (limit, suffix) in mins.into_iter().flatten().zip(["", "-2", "-3"]) {
            push(Sense::AtLeast, suffix, limit);
        }
        let caps = [
            floor.max_change_pct.map(|pct| changed_to(pct, Sense::AtMost)),
            floor.max_gbp.map(pounds),
            floor.max_share_pct.map(share),
        ];
        for (limit, suffix) in caps.into_iter().flatten().zip(["-cap", "-cap-2", "-cap-3"]) {
            push(Sense::AtMost, suffix, limit);
        }
        if let Some(pct) = floor.min_activity_pct {
            floors.extend(activity_floors(book, lines, &lines_of, floor, &label, pct));
        }
    }
    floors
}

/// What a reader must know of floors on activity: the lines that they cannot hold.
pub fn without_activity(book: &Book, scenario: &Scenario, lines: &[Line]) -> Vec<String> {
    let floors = scenario.definition.floor.iter().filter(|floor| floor.min_activity_pct.is_some());
    floors
        .filter_map(|floor| {
            let lines = selected(book, lines, &floor.selector())
                .into_iter()
                .filter_map(|at| lines.get(at))
                .filter(|line| line.base > Pence::ZERO && super::contract::power(book, line).is_none());
            let names: Vec<&str> = lines.map(|line| line.key.as_str()).collect();
            (!names.is_empty()).then(|| {
                format!(
                    "The floor \"{}\" on activity does not hold these lines, because no figure says \
                     how their activity follows their spend: {}. Give their outcomes, or the \
                     patients lost by a cut of a tenth.",
                    floor.label.as_ref().unwrap_or(&floor.key),
                    names.join(", ")
                )
            })
        })
        .collect()
}

/// Activity moves as spend to the power ν: the floor on activity is one on each line's spend.
fn activity_floors(
    book: &Book,
    lines: &[Line],
    selected: &[usize],
    floor: &crate::scenario::definition::FloorDefinition,
    label: &str,
    pct: f64,
) -> Vec<Floor> {
    let of = |at: &usize| {
        let line = lines.get(*at)?;
        let power = super::contract::power(book, line)?;
        let spend = line.base.to_millions() * (pct / 100.0).max(0.0).powf(1.0 / power);
        Some(Floor {
            id: format!("{}/{}", floor.key, line.key),
            label: label.to_owned(),
            cash: false,
            sense: Sense::AtLeast,
            limit: FloorLimit::Spend(spend),
            lines: vec![*at],
        })
    };
    selected.iter().filter_map(of).collect()
}

pub fn totals(book: &Book, scenario: &Scenario, lines: &[Line]) -> Vec<PaceTotal> {
    let mut totals = Vec::new();
    for rule in &scenario.definition.pace.total {
        let selector = rule.selector();
        let lines_of = selected(book, lines, &selector);
        let base = base_of(lines, &lines_of);
        let id = selector.id();
        let mut push = |way: &str, sense, pct: f64, label: String| {
            totals.push(PaceTotal {
                id: format!("{id}/{way}"),
                label,
                sense,
                limit: PaceLimit {
                    first: changed(base, pct, sense).to_millions(),
                    later: 1.0 + pct / 100.0,
                },
                lines: lines_of.clone(),
            });
        };
        if let Some(pct) = rule.max_cut_pct {
            push("cut", Sense::AtLeast, -pct, format!("{id} together fall at most {pct}%"));
        }
        if let Some(pct) = rule.max_growth_pct {
            push("growth", Sense::AtMost, pct, format!("{id} together grow at most {pct}%"));
        }
    }
    totals
}
