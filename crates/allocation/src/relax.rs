//! When nothing satisfies every limit: the cheapest way back, in £ and WTE, by class of limit.

use quantities::Pence;

use crate::case::Case;
use crate::families::{Built, Limit};
use crate::model::{LpModel, RowUnit, Sense};
use crate::sentence;
use crate::solve::solved;
use crate::solver::{Solver, Status};

/// One way back: limits to move, together.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// What moves.
    pub moves: Vec<Relaxation>,
    /// What it costs in £m, staff weighed by the dated figure.
    pub cost: f64,
}

/// One limit to move.
#[derive(Clone, Debug, PartialEq)]
pub struct Relaxation {
    /// Its key.
    pub key: String,
    /// In words.
    pub label: String,
    /// By how much, in the limit's unit.
    pub by: f64,
    /// What it counts in.
    pub unit: RowUnit,
    /// The same as its contract names it.
    pub unit_name: String,
    /// What it means and who would have to agree.
    pub sentence: String,
}

/// The order in which single classes are offered.
const CLASSES: [&str; 7] =
    ["budget", "workforce", "floor", "pace_total", "resource", "need", "equity"];

/// The cheapest way back over all classes, then each class that suffices alone. Nothing where our
/// own arithmetic does not confirm that some limit must move.
pub fn ways_back(case: &Case, built: &Built) -> Option<Vec<Way>> {
    let cheapest = way(case, built, &CLASSES)?;
    let mut ways = vec![cheapest];
    for class in CLASSES {
        if let Some(single) = way(case, built, &[class])
            && !ways.iter().any(|known| same(known, &single))
        {
            ways.push(single);
        }
    }
    Some(ways)
}

fn same(a: &Way, b: &Way) -> bool {
    a.moves.len() == b.moves.len()
        && a.moves.iter().zip(&b.moves).all(|(a, b)| a.key == b.key && (a.by - b.by).abs() < 1e-6)
}

/// Smaller than a penny, or a millionth of a post.
const NOUGHT: f64 = 1e-8;

fn way(case: &Case, built: &Built, classes: &[&str]) -> Option<Way> {
    let mut model = built.model.clone();
    model.constant = 0.0;
    for column in &mut model.columns {
        column.gain = 0.0;
    }
    let mut slacks = Vec::new();
    for limit in &built.limits {
        if limit.class.is_some_and(|class| classes.contains(&class)) {
            slacks.push((add_slack(case, &mut model, limit), limit));
        }
    }
    let seconds = case.scenario.definition.solver.time_limit_seconds;
    // Options in parts allow all that whole ones do. Proven: no point satisfies every limit, for
    // every one needs at least this much.
    let in_parts = solved(&model.in_parts(), seconds)?;
    if crate::certificate::dual_bound(&model, &in_parts.prices) > -NOUGHT {
        return None;
    }
    let point = match model.has_whole() {
        true => solved(&with_best_choice(&model, seconds)?, seconds)?,
        false => in_parts,
    };
    let moves = slacks.into_iter().filter_map(|(column, limit)| {
        let by = point.values.get(column).copied().filter(|by| *by > NOUGHT)?;
        Some(Relaxation {
            key: limit.key.clone(),
            label: limit.label.clone(),
            by,
            unit: limit.unit,
            unit_name: sentence::unit_name(case, limit.unit),
            sentence: sentence::relaxation(case, limit, by),
        })
    });
    Some(Way { moves: moves.collect(), cost: -model.objective(&point.values) })
}

/// The model with its whole options held at the choice that needs least.
fn with_best_choice(model: &LpModel, seconds: f64) -> Option<LpModel> {
    let mut solver = Solver::whole(model).ok()?;
    let best = solver.run(seconds) == Status::Optimal;
    best.then(|| solver.point()).flatten().map(|point| model.with_choice(&point.values))
}

/// Adds a column that loosens every row of a limit, at its cost, and returns its place.
fn add_slack(case: &Case, model: &mut LpModel, limit: &Limit) -> usize {
    let weight = weight(case, limit);
    let most = limit
        .relaxes
        .iter()
        .filter_map(|row| model.rows.get(*row))
        .map(|row| worst_violation(model, row))
        .fold(0.0, f64::max);
    let column = model.column(format!("relax/{}", limit.key), 0.0, most, -weight);
    for at in &limit.relaxes {
        let Some(row) = model.rows.get_mut(*at) else { continue };
        let part = match row.sense {
            Sense::AtMost => -1.0,
            Sense::AtLeast => 1.0,
        };
        row.terms.push((column, part));
    }
    column
}

/// What one unit of a limit counts, £m, so that kinds of limits compare: staff by the dated figure,
/// health at the threshold, a capacity as the same part of the year's whole budget.
pub fn weight(case: &Case, limit: &Limit) -> f64 {
    match limit.unit {
        RowUnit::Money | RowUnit::Share => 1.0,
        RowUnit::Health => case.values.threshold.get() / 1e6,
        RowUnit::Staff => case.parameters.relaxation_gbp_per_wte / 1e6,
        RowUnit::Capacity(_) => {
            let budget: Pence = case.funds.iter().map(|fund| fund.budget(limit.year)).sum();
            budget.to_millions().get().max(1.0) / limit.limit.abs().max(1.0)
        }
    }
}

/// How far a row can be broken by any point of the box.
fn worst_violation(model: &LpModel, row: &crate::model::Row) -> f64 {
    let extreme = |largest: bool| -> f64 {
        row.terms
            .iter()
            .filter_map(|(at, part)| model.columns.get(*at).map(|column| (column, part)))
            .map(|(column, part)| {
                let (a, b) = (part * column.lower, part * column.upper);
                if largest { a.max(b) } else { a.min(b) }
            })
            .sum()
    };
    let over = match row.sense {
        Sense::AtMost => extreme(true) - row.limit,
        Sense::AtLeast => row.limit - extreme(false),
    };
    over.max(0.0) + 1e-3
}
