//! Whether an efficiency target can be met: a target against what the limits allow, what binds, and
//! what it costs in health.
//!
//! A target asks for so much less than standing still would cost in a year (Σ P D B). It is a
//! question and limits nothing. Three programmes answer it, each under every limit of the scenario
//! and each with our own proof:
//!
//! ```text
//! most            least money of the selection in that year, without budgets, health free
//! keeping health  the same with health no lower than with no change in every year; of a part of the
//!                 system within the budgets, or money elsewhere could buy any health back
//! cost            most health with budgets and with money ≤ standing − asked, against without
//! ```
//!
//! Money is what budgets count: what cuts leave behind and what is paid to recruit or to run two
//! services at once too, which is why targets fail. For a part of the system it is the cash of its
//! lines, what their cuts leave behind (all of it, where growth of lines outside could re-use some),
//! and double running of work that moves to them; recruiting, agency staff and options count where
//! every line of the fund that pays is selected.

use quantities::{Millions, Pence, Qaly};
use std::collections::BTreeSet;

use crate::case::{Case, Target};
use crate::certificate::dual_bound;
use crate::families::{Built, LimitOf, keep_health, left_by, paying_fund};
use crate::model::{Expression, RowUnit, Sense};
use crate::price;
use crate::relax;
use crate::scenario::Objective;
use crate::solve::{Outcome, Solution, choose, solve, solved};
use crate::solver::Point;

/// The least that the selected lines can spend, as cash released against standing still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// Growing demand that is not followed; less than nought where demand falls.
    pub demand: Pence,
    /// Decreases on today.
    pub cut: Pence,
    /// Increases on today.
    pub grown: Pence,
    /// Of what is cut, what stays behind.
    pub stranded: Pence,
    /// Recruiting, agency staff, double running and options.
    pub besides: Pence,
}

impl Release {
    /// The cash that is released.
    #[must_use]
    pub fn cash(&self) -> Pence {
        self.demand + self.cut - self.grown - self.stranded - self.besides
    }
}

/// What the solver found of one target; nothing is there that is not proven.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The most cash, whatever happens to health.
    pub most: Option<Release>,
    /// No plan releases more than this.
    pub at_most: Option<Pence>,
    /// The most cash with health no lower than with no change.
    pub keeping_health: Option<Release>,
    /// Whether any plan keeps health so.
    pub keeps_health: Option<bool>,
    /// Limits that keep more cash from being released, by key with their price: £m per unit.
    pub binds: Vec<(String, f64)>,
    /// Selected lines that are as low as pace and protection allow.
    pub at_lowest: Option<usize>,
    /// Whether some plan within the budgets meets the target.
    pub within_budget: Option<bool>,
    /// Health that meeting it costs over the plan, discounted.
    pub health_cost: Option<Qaly>,
}

/// How a target stands against the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// With no less health than with no change.
    Possible,
    /// Only with less health.
    AtALoss,
    /// Not under these limits.
    NotPossible,
}

impl Verdict {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::AtALoss => "at_a_loss_of_health",
            Self::NotPossible => "not_possible",
        }
    }
}

impl Found {
    /// How a target stands; nothing where it is not proven.
    #[must_use]
    pub fn verdict(&self, asked: Pence) -> Option<Verdict> {
        let (most, at_most) = (self.most?, self.at_most?);
        if asked > most.cash() {
            return (asked > at_most).then_some(Verdict::NotPossible);
        }
        if self.keeps_health == Some(false) {
            return Some(Verdict::AtALoss);
        }
        let kept = self.keeping_health?;
        Some(if asked <= kept.cash() { Verdict::Possible } else { Verdict::AtALoss })
    }

    /// The release that a verdict turns on.
    #[must_use]
    pub fn decisive(&self, asked: Pence) -> Option<Release> {
        match self.verdict(asked) {
            Some(Verdict::Possible) => self.keeping_health,
            _ => self.most,
        }
    }
}

/// How many limits are named.
const NAMED: usize = 5;

/// Answers every target of a case, whose best plan is known.
pub fn all(case: &Case, built: &Built, solution: &Solution) -> Vec<Found> {
    if case.targets.is_empty() {
        return Vec::new();
    }
    let best = without(case, built, solution);
    case.targets.iter().map(|target| one(case, target, best)).collect()
}

/// The most health without a target: of the plan itself where that is its objective.
fn without(case: &Case, built: &Built, solution: &Solution) -> Option<f64> {
    if case.scenario.definition.objective == Objective::Health {
        return Some(built.model.objective(&solution.plan.point(case, built)));
    }
    match solve(case, &Built::with_objective(case, Objective::Health)) {
        Outcome::Proven(_, certificate) => Some(certificate.objective),
        _ => None,
    }
}

fn one(case: &Case, target: &Target, best: Option<f64>) -> Found {
    let mut unlimited = case.clone();
    unlimited.scenario.definition.budget.enforce = false;
    let free = least(case, target, Built::with_objective(&unlimited, Objective::Health));
    let keeping = keeping_health(case, target);
    let kept = least(case, target, keeping.clone());
    let never = || relax::ways_back(case, &keeping).is_some_and(|ways| !ways.is_empty());
    let mut found = Found {
        most: free.as_ref().map(|free| free.release),
        at_most: free.as_ref().map(|free| free.at_most),
        keeping_health: kept.as_ref().map(|kept| kept.release),
        keeps_health: if kept.is_some() { Some(true) } else { never().then_some(false) },
        ..Found::default()
    };
    let decisive = match found.verdict(target.asked) {
        Some(Verdict::Possible) => kept,
        _ => free,
    };
    if let Some(least) = decisive {
        found.binds = binds(case, &least);
        found.at_lowest = Some(at_lowest(target, &least));
    }
    (found.within_budget, found.health_cost) = cost(case, target, best);
    found
}

/// The limits with health no lower than with no change.
fn keeping_health(case: &Case, target: &Target) -> Built {
    if target.whole {
        return Built::with_objective(case, Objective::LeastCost);
    }
    let mut built = Built::with_objective(case, Objective::Health);
    for year in case.each_year() {
        keep_health(case, &mut built, year);
    }
    built
}

/// The least money of a target's lines under a model's limits.
struct Least {
    built: Built,
    point: Point,
    release: Release,
    at_most: Pence,
}

fn least(case: &Case, target: &Target, mut built: Built) -> Option<Least> {
    let parts = Parts::of(case, &built, target)?;
    let money = parts.money();
    for column in &mut built.model.columns {
        column.gain = 0.0;
    }
    built.model.constant = -money.constant;
    for (at, part) in &money.terms {
        built.model.columns.get_mut(*at)?.gain = -part;
    }
    // Options in parts allow all that whole ones do: what they cannot release nothing can.
    let in_parts = built.model.in_parts();
    let outside = solved(case, &in_parts)?;
    let least = Millions::new(-dual_bound(&in_parts, &outside.prices)).floor_to_pence()?;
    let (built, point) = if built.model.has_whole() {
        let chosen = choose(case, &built).ok()?.0;
        let point = solved(case, &chosen.model)?;
        (chosen, point)
    } else {
        (built, outside)
    };
    let release = parts.release(case, target, &point.values)?;
    // Both are floored, line by line or together: what was reached is not beyond what can be.
    let at_most = (target.standing - least).max(release.cash());
    Some(Least { built, point, release, at_most })
}

/// The money of a target's lines in its year.
struct Parts {
    /// (cash today, price, spend in base-year prices) of each line.
    lines: Vec<(Pence, f64, Expression)>,
    stranded: Expression,
    besides: Expression,
}

impl Parts {
    fn of(case: &Case, built: &Built, target: &Target) -> Option<Self> {
        let columns = built.year(target.year)?;
        let line = |at: &usize| {
            let line = case.lines.get(*at)?;
            let price = line.grown(target.year).price;
            let mut spend = Expression::default();
            columns.lines.get(*at)?.add_spend(&mut spend, 1.0);
            Some((line.cash(line.base, target.year), price, spend))
        };
        Some(Self {
            lines: target.lines.iter().map(line).collect::<Option<_>>()?,
            stranded: stranded(case, built, target)?,
            besides: besides(case, built, target)?,
        })
    }

    fn money(&self) -> Expression {
        let mut money = Expression::default();
        for (_, price, spend) in &self.lines {
            money.add(spend, *price);
        }
        money.add(&self.stranded, 1.0);
        money.add(&self.besides, 1.0);
        money.tidy()
    }

    fn release(&self, case: &Case, target: &Target, point: &[f64]) -> Option<Release> {
        let mut release = Release { demand: target.standing, ..Release::default() };
        let lines = target.lines.iter().filter_map(|at| case.lines.get(*at)).zip(&self.lines);
        for (line, (today, _, spend)) in lines {
            let spend = Millions::new(spend.at(point)).floor_to_pence()?;
            let change = line.cash(spend, target.year) - *today;
            release.demand = release.demand - *today;
            release.cut = release.cut + (-change).max(Pence::ZERO);
            release.grown = release.grown + change.max(Pence::ZERO);
        }
        let pence = |of: &Expression| Millions::new(of.at(point).max(0.0)).floor_to_pence();
        release.stranded = pence(&self.stranded)?;
        release.besides = pence(&self.besides)?;
        Some(release)
    }
}

/// What cuts of the selected lines leave behind: with growth that re-uses it where a provider's
/// lines of a fund are all selected.
fn stranded(case: &Case, built: &Built, target: &Target) -> Option<Expression> {
    let mut left = Expression::default();
    for group in &built.year(target.year)?.stranded {
        let ours = |at: &usize| {
            case.lines.get(*at).is_some_and(|line| {
                line.key.provider().as_str() == group.provider && line.fund == group.fund
            })
        };
        let all = (0..case.lines.len()).filter(ours).count();
        let selected: Vec<usize> = target.lines.iter().copied().filter(ours).collect();
        if selected.len() == all {
            left.terms.push((group.column, 1.0));
        } else {
            for at in selected {
                left.add(&left_by(built, (at, case.lines.get(at)?), target.year), 1.0);
            }
        }
    }
    Some(left.tidy())
}

/// What funds pay besides the spend of lines, as far as it is the selection's.
fn besides(case: &Case, built: &Built, target: &Target) -> Option<Expression> {
    let paid = &built.year(target.year)?.paid;
    let selected: BTreeSet<usize> = target.lines.iter().copied().collect();
    let pays_all = |fund: &str| {
        let lines = case.lines.iter().enumerate().filter(|(_, line)| line.fund == fund);
        let mut lines = lines.map(|(at, _)| selected.contains(&at)).peekable();
        target.whole || lines.peek().is_some() && lines.all(|ours| ours)
    };
    let mut besides = Expression::default();
    if paying_fund(case).is_some_and(pays_all) {
        besides.add(&paid.recruitment, 1.0);
        besides.add(&paid.agency, 1.0);
    }
    for (one, (_, cost)) in case.moves.iter().zip(&paid.double_running) {
        if selected.contains(&one.to) {
            besides.add(cost, 1.0);
        }
    }
    for (fund, cost) in &paid.options {
        if pays_all(fund) {
            besides.add(cost, 1.0);
        }
    }
    Some(besides.tidy())
}

/// Smaller than any price worth a sentence.
const NOUGHT: f64 = 1e-7;

/// Limits with a price, dearest first: by the money that each unit stands for when limits of
/// different kinds are compared.
fn binds(case: &Case, least: &Least) -> Vec<(String, f64)> {
    let limits = least.built.limits.iter();
    let mut priced: Vec<(f64, String, f64)> = limits
        // A part of its pool's price.
        .filter(|limit| limit.kind != "redeployment")
        .filter_map(|limit| {
            let price = price::of(limit, &least.point.prices);
            let weight = price.abs() / relax::weight(case, limit);
            (price.abs() > NOUGHT).then(|| (weight, limit.key.clone(), price))
        })
        .collect();
    priced.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    priced.truncate(NAMED);
    priced.into_iter().map(|(_, key, price)| (key, price)).collect()
}

/// How many selected lines spend the least that their own limits ever allow by that year.
fn at_lowest(target: &Target, least: &Least) -> usize {
    const NEAR: f64 = 1e-8;
    let lowest = |at: &&usize| {
        let line = least.built.line(target.year, **at);
        line.is_some_and(|line| {
            let spend = line.own.at(&least.point.values);
            spend <= least.built.extent(&line.own).0 + NEAR
        })
    };
    target.lines.iter().filter(lowest).count()
}

/// Whether a plan within the budgets meets a target, and the health that it costs.
fn cost(case: &Case, target: &Target, best: Option<f64>) -> (Option<bool>, Option<Qaly>) {
    let mut built = Built::with_objective(case, Objective::Health);
    let Some(parts) = Parts::of(case, &built, target) else { return (None, None) };
    let limit = LimitOf {
        family: "efficiency",
        id: "target".to_owned(),
        year: target.year,
        label: "Efficiency target".to_owned(),
        sense: Sense::AtMost,
        limit: (target.standing - target.asked).to_millions().get(),
        unit: RowUnit::Money,
        services: target.lines.len(),
        // So that the ways back, which prove that no plan meets it, may move it too.
        class: Some("budget"),
    };
    built.limit(parts.money(), limit);
    match solve(case, &built) {
        Outcome::Proven(_, certificate) => {
            let lost = best.map(|best| best - certificate.objective);
            let lost = lost.map(|lost| Qaly::new(if lost < 1e-6 { 0.0 } else { lost }));
            (Some(true), lost)
        }
        Outcome::Infeasible(_) => (Some(false), None),
        _ => (None, None),
    }
}
