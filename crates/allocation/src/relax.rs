//! When nothing satisfies every limit: the cheapest way back, in £ and WTE, by class of limit.

use quantities::Pence;

use crate::case::Case;
use crate::families::{Built, Limit};
use crate::model::{Column, LpModel, RowUnit, Sense};
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
const CLASSES: [&str; 8] =
    ["budget", "workforce", "floor", "pace_total", "resource", "need", "equity", "option_rule"];

/// The cheapest way back over all classes, then each class that suffices alone. Nothing where our
/// own arithmetic does not confirm that some limit must move.
pub fn ways_back(case: &Case, built: &Built) -> Option<Vec<Way>> {
    let (all, _) = elastic(case, built, &CLASSES);
    let mut branches = MOST_BRANCHES;
    if !must_move(case, &all, &mut branches) {
        return None;
    }
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

/// The most choices of whole options that a proof looks into.
const MOST_BRANCHES: u32 = 2_000;

/// Whether every point needs a limit to move, proven: its least cost is above nought, and where
/// options are whole, it is so for each choice on its own. Choices are halved until what their
/// parts need proves it; where they are too many, nothing is proven.
fn must_move(case: &Case, elastic: &LpModel, branches: &mut u32) -> bool {
    let Some(point) = solved(case, &elastic.in_parts()) else { return false };
    if crate::certificate::dual_bound(elastic, &point.prices) <= -NOUGHT {
        return true;
    }
    let in_part =
        |(column, value): (&Column, &f64)| column.whole && (value - value.round()).abs() > NOUGHT;
    let Some(at) = elastic.columns.iter().zip(&point.values).position(in_part) else {
        return false;
    };
    let left = branches.checked_sub(1);
    let (Some(left), Some(value)) = (left, point.values.get(at)) else { return false };
    *branches = left;
    [(f64::NEG_INFINITY, value.floor()), (value.ceil(), f64::INFINITY)].into_iter().all(
        |(least, most)| {
            let mut half = elastic.clone();
            if let Some(column) = half.columns.get_mut(at) {
                (column.lower, column.upper) = (column.lower.max(least), column.upper.min(most));
            }
            must_move(case, &half, branches)
        },
    )
}

/// The model in which limits of some classes may move at a cost, and nothing else counts; with the
/// column of each.
fn elastic<'a>(
    case: &Case,
    built: &'a Built,
    classes: &[&str],
) -> (LpModel, Vec<(usize, &'a Limit)>) {
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
    (model, slacks)
}

/// The least that limits of some classes must move; nothing where that is not enough.
fn way(case: &Case, built: &Built, classes: &[&str]) -> Option<Way> {
    let (model, slacks) = elastic(case, built, classes);
    let point = match model.has_whole() {
        true => solved(case, &with_best_choice(case, &model)?)?,
        false => solved(case, &model)?,
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
fn with_best_choice(case: &Case, model: &LpModel) -> Option<LpModel> {
    let mut solver = Solver::whole(model).ok()?;
    let best = solver.run(case.seconds_left()) == Status::Optimal;
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
/// health at the threshold, a capacity as the same part of the year's whole budget. A rule between
/// options says what makes sense, not what there is: the whole of it counts as the whole budget.
pub fn weight(case: &Case, limit: &Limit) -> f64 {
    let budget = || {
        let all: Pence = case.funds.iter().map(|fund| fund.budget(limit.year)).sum();
        all.to_millions().get().max(1.0)
    };
    match limit.unit {
        RowUnit::Money => 1.0,
        RowUnit::Share => budget(),
        RowUnit::Health => case.values.threshold.get() / 1e6,
        RowUnit::Staff => case.parameters.relaxation_gbp_per_wte / 1e6,
        RowUnit::Capacity(_) => budget() / limit.limit.abs().max(1.0),
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
