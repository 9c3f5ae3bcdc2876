//! What may change besides the spend of lines: options, moves along pathways, needs, capacities.

use openbook::Book;
use openbook::rows::{Grade, OptionRule, Pathway, Proposal as OptionRow};
use quantities::{Millions, Pence, Qaly, ServiceKey};
use std::collections::BTreeMap;

use super::{Line, Pool};
use crate::scenario::Scenario;

/// An option that can be taken up from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Its id.
    pub id: String,
    /// Its name in words.
    pub name: String,
    /// The fund that pays.
    pub fund: String,
    /// Health gained in a year at full take-up.
    pub benefit: Qaly,
    /// Its standard error, where one is given.
    pub benefit_se: Option<f64>,
    /// How good its evidence is.
    pub grade: Grade,
    /// Cost of a year at full take-up.
    pub cost: Millions,
    /// Capital needed once.
    pub capital: Pence,
    /// The most that can be taken up.
    pub most: f64,
    /// Whether it is taken up wholly or not at all.
    pub whole: bool,
    /// The part of a year's cost and benefit that falls in the year of take-up.
    pub first: f64,
    /// Shares of the benefit by deprivation quintile.
    pub quintiles: Option<[f64; 5]>,
    /// What it does to lines.
    pub effects: Vec<Effect>,
    /// (pool, WTE at full take-up).
    pub staff: Vec<(usize, f64)>,
    /// (capacity, amount at full take-up).
    pub resources: Vec<(usize, f64)>,
}

/// What an option does to the spend of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The line.
    pub line: usize,
    /// Change of its spend at full take-up.
    pub change: Millions,
    /// The plan year from which it holds.
    pub from_year: u8,
}

impl Effect {
    /// The change in a year of the plan.
    #[must_use]
    pub fn in_year(&self, year: u8) -> f64 {
        if year >= self.from_year { self.change.get() } else { 0.0 }
    }
}

/// Σ weight · take-up ≤ limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// In words.
    pub label: String,
    /// (option, weight).
    pub terms: Vec<(usize, f64)>,
    /// The limit.
    pub limit: f64,
}

/// Work that can move from one line to another with its patients.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// `pathway/from/to`.
    pub key: String,
    /// The line that gives.
    pub from: usize,
    /// The line that takes.
    pub to: usize,
    /// £ the receiver needs for £1 of the giver.
    pub kappa: f64,
    /// Change in health, QALY per £m moved.
    pub eta: f64,
    /// Its standard error, where one is given.
    pub eta_se: Option<f64>,
    /// How good its evidence is.
    pub grade: Grade,
    /// The most that can move.
    pub most: Millions,
    /// The part of it that can move in year 1.
    pub first: f64,
    /// The part of a year for which both lines are paid.
    pub double_running: f64,
}

/// A line that the patients of other lines need.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// The line that is needed.
    pub line: usize,
    /// Whether it follows them, x = B + Σ n (x_a − B_a), as support lines do; otherwise it is at
    /// least that much.
    pub follows: bool,
    /// (line whose patients need it, £ per £).
    pub users: Vec<(usize, f64)>,
}

/// A named capacity.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// Its id.
    pub id: String,
    /// In words.
    pub label: String,
    /// What it counts in.
    pub unit: String,
    /// How much there is, by year of the plan; nothing where no figure is given.
    pub available: Vec<Option<f64>>,
    /// (line, amount at today's spend).
    pub lines: Vec<(usize, f64)>,
}

/// Where each line stands, by key.
pub fn places(lines: &[Line]) -> BTreeMap<&ServiceKey, usize> {
    lines.iter().enumerate().map(|(at, line)| (&line.key, at)).collect()
}

pub fn moves(book: &Book, scenario: &Scenario, lines: &[Line]) -> Vec<Move> {
    if !scenario.definition.pathways.enforce {
        return Vec::new();
    }
    let places = places(lines);
    let one = |row: &Pathway| {
        let (from, to) = (*places.get(&row.from)?, *places.get(&row.to)?);
        let giver = lines.get(from)?;
        let all = giver.releasable();
        let most =
            row.max_move.map_or(all, |most| Millions::new(most.to_millions().get().min(all.get())));
        Some(Move {
            key: format!("{}/{}/{}", row.id, row.from, row.to),
            from,
            to,
            kappa: row.kappa,
            eta: row.eta,
            eta_se: row.eta_se,
            grade: row.grade,
            most: Millions::new(most.get().max(0.0)),
            first: row.year1_share.get(),
            double_running: row.double_running_months / 12.0,
        })
    };
    book.pathways.iter().filter_map(one).collect()
}

pub fn capacities(book: &Book, scenario: &Scenario, lines: &[Line]) -> Vec<Capacity> {
    let definition = &scenario.definition;
    if !definition.resources.enforce {
        return Vec::new();
    }
    let places = places(lines);
    let mut all: Vec<Capacity> = Vec::new();
    for row in &book.resources {
        if definition.resources.skip.contains(&row.id) {
            continue;
        }
        let at = all.iter().position(|known| known.id == row.id).unwrap_or_else(|| {
            let uses = book.service_resources.iter().filter(|uses| uses.resource == row.id);
            all.push(Capacity {
                id: row.id.clone(),
                label: row.label.clone(),
                unit: row.unit.clone(),
                available: vec![None; usize::from(definition.years)],
                lines: uses
                    .filter_map(|uses| Some((*places.get(&uses.service)?, uses.amount)))
                    .collect(),
            });
            all.len() - 1
        });
        let Some(known) = all.get_mut(at) else { continue };
        for (year, slot) in (1_i32..).zip(&mut known.available) {
            let in_year = row.year.map(|own| own.years_after(definition.base_year) == year);
            match in_year {
                Some(true) => *slot = Some(row.available),
                None if slot.is_none() => *slot = Some(row.available),
                _ => (),
            }
        }
    }
    all
}

pub fn proposals(
    book: &Book,
    scenario: &Scenario,
    lines: &[Line],
    pools: &[Pool],
    capacities: &[Capacity],
) -> Vec<Proposal> {
    let definition = &scenario.definition;
    if !definition.options.enforce {
        return Vec::new();
    }
    let places = places(lines);
    let one = |row: &OptionRow| {
        let cap = definition.options.max_take_up.get(&row.id).copied().unwrap_or(1.0);
        let effects = book.option_effects.iter().filter(|effect| effect.option == row.id);
        let staff = book.option_staff.iter().filter(|staff| staff.option == row.id);
        let needs = book.option_resources.iter().filter(|need| need.option == row.id);
        let most = row.max_take_up.get().min(cap);
        Proposal {
            id: row.id.clone(),
            name: row.name.clone(),
            fund: row.fund.clone(),
            benefit: Qaly::new(row.benefit),
            benefit_se: row.benefit_se,
            grade: row.grade,
            cost: row.cost.to_millions(),
            capital: row.capital.unwrap_or_default(),
            // Wholly or not at all: what may not be taken up wholly is not taken up.
            most: if row.all_or_nothing { most.floor() } else { most },
            whole: row.all_or_nothing,
            first: row.year1_share.get(),
            quintiles: row.quintiles,
            effects: effects
                .filter_map(|effect| {
                    let line = *places.get(&effect.service)?;
                    let change = effect.change.to_millions();
                    Some(Effect { line, change, from_year: effect.from_year })
                })
                .collect(),
            staff: staff
                .filter_map(|staff| {
                    let pool = pools.iter().position(|pool| pool.id == staff.pool)?;
                    Some((pool, staff.wte))
                })
                .collect(),
            resources: needs
                .filter_map(|need| {
                    let at = capacities.iter().position(|known| known.id == need.resource)?;
                    Some((at, need.amount))
                })
                .collect(),
        }
    };
    book.options.iter().map(one).collect()
}

pub fn rules(book: &Book, proposals: &[Proposal]) -> Vec<Rule> {
    let mut all: BTreeMap<&str, Rule> = BTreeMap::new();
    for OptionRule { rule, option, label, weight, limit } in &book.option_rules {
        let Some(at) = proposals.iter().position(|known| known.id == *option) else { continue };
        let known = all.entry(rule).or_insert_with(|| Rule {
            id: rule.clone(),
            label: label.clone(),
            terms: Vec::new(),
            limit: *limit,
        });
        known.terms.push((at, *weight));
    }
    all.into_values().collect()
}

/// What each support line follows, and what lines must at least be, by line. Only support lines
/// follow: of any other line `follows` asks for at least as much.
pub fn needs(book: &Book, lines: &[Line]) -> Vec<Need> {
    let places = places(lines);
    let mut all: BTreeMap<(usize, bool), Vec<(usize, f64)>> = BTreeMap::new();
    for row in &book.needs {
        if let (Some(user), Some(line)) = (places.get(&row.service), places.get(&row.needs)) {
            let support = lines.get(*line).is_some_and(|line| line.support);
            let key = (*line, support && !row.at_least);
            all.entry(key).or_default().push((*user, row.per_pound));
        }
    }
    all.into_iter().map(|((line, follows), users)| Need { line, follows, users }).collect()
}
