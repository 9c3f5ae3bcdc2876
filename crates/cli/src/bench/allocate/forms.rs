//! Totals or flat: the same model with a column of its own for what each line gives up and for what
//! it gains, tied to its pieces by an equation, beside the pieces straight in every row.

use allocation::Case;
use allocation::families::Built;
use allocation::model::{Expression, LpModel, RowUnit, Sense};
use allocation::solver::{Basis, Solver, Status};
use std::collections::BTreeMap;
use std::time::Instant;

use super::measure::{LIMIT, same, sampled, unproven};
use crate::stop::Stop;

/// The seconds of one form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seconds {
    /// Solved from nothing.
    pub cold: f64,
    /// Solved from where a plan of ours begins.
    pub started: f64,
    /// Solved again for other gains, from the first plan.
    pub warm: f64,
}

/// Both forms, each solved from nothing and again for a few draws.
pub struct Forms {
    /// Pieces straight in the rows.
    pub flat: Seconds,
    /// Totals tied to their pieces.
    pub totals: Seconds,
}

/// A model in totals, and its equations.
struct Totals {
    model: LpModel,
    equations: Vec<usize>,
}

impl Totals {
    fn of(built: &Built) -> Self {
        let mut model = built.model.clone();
        let mut equations = Vec::new();
        // By piece: its total, and how many pieces that has.
        let mut total_of = BTreeMap::new();
        let lines = built.years.iter().flat_map(|year| &year.lines);
        for pieces in lines.flat_map(|line| [&line.below, &line.above]) {
            let ends = pieces.iter().filter_map(|piece| built.model.columns.get(*piece));
            let (lower, upper) =
                ends.fold((0.0, 0.0), |(a, b), end| (a + end.lower, b + end.upper));
            if pieces.is_empty() {
                continue;
            }
            let total = model.column(format!("total/{}", equations.len()), lower, upper, 0.0);
            let mut terms: Vec<(usize, f64)> = pieces.iter().map(|piece| (*piece, 1.0)).collect();
            terms.push((total, -1.0));
            let tie = Expression { constant: 0.0, terms };
            let key = format!("tie/{}", equations.len());
            equations.push(model.row(key, tie, Sense::AtMost, 0.0, RowUnit::Money, 1));
            total_of.extend(pieces.iter().map(|piece| (*piece, (total, pieces.len()))));
        }
        let shared = built.model.rows.len();
        for row in model.rows.iter_mut().take(shared) {
            let (mut kept, mut joined) = (Vec::new(), BTreeMap::new());
            for (column, part) in std::mem::take(&mut row.terms) {
                match total_of.get(&column) {
                    Some((total, _)) => {
                        joined.entry(*total).or_insert_with(Vec::new).push((column, part));
                    }
                    None => kept.push((column, part)),
                }
            }
            for (total, pieces) in joined {
                let first = pieces.first().copied().unwrap_or_default();
                let whole = total_of.get(&first.0).is_some_and(|(_, count)| *count == pieces.len());
                if whole && pieces.iter().all(|(_, part)| *part == first.1) {
                    kept.push((total, first.1));
                } else {
                    kept.extend(pieces);
                }
            }
            kept.sort_by_key(|(column, _)| *column);
            row.terms = kept;
        }
        Self { model, equations }
    }

    /// The same start: totals are basic, and their equations hold them.
    fn begun(&self, flat: &Basis) -> Basis {
        let nothing = Basis::of_nothing(self.model.columns.len(), self.model.rows.len());
        let (held, basic) = (nothing.columns, nothing.rows);
        let after = |flat: &[i32], others: Vec<i32>| {
            flat.iter().copied().chain(others.into_iter().skip(flat.len())).collect()
        };
        let totals = self.model.columns.len() - flat.columns.len();
        let basic = basic.into_iter().cycle().take(flat.columns.len() + totals).collect();
        let held = held.into_iter().cycle().take(self.model.rows.len()).collect();
        Basis { columns: after(&flat.columns, basic), rows: after(&flat.rows, held) }
    }
}

/// Solves a case in both forms, from nothing and for so many draws.
pub fn of(case: &Case, draws: usize) -> Result<Forms, Stop> {
    let built = Built::of(case);
    let gains = sampled(case, &built, draws);
    let totals = Totals::of(&built);
    let began = Solver::new(&built.model).map_err(Stop::cannot_run)?.basis();
    let began = began.ok_or_else(|| unproven("the start"))?;
    let also_began = totals.begun(&began);
    let (flat, found) = solved(&built.model, &[], &began, &gains)?;
    let (totals, also) = solved(&totals.model, &totals.equations, &also_began, &gains)?;
    match found.len() == also.len() && found.iter().zip(&also).all(|(a, b)| same(*a, *b)) {
        true => Ok(Forms { flat, totals }),
        false => Err(unproven("one of the two forms")),
    }
}

fn solved(
    model: &LpModel,
    equations: &[usize],
    began: &Basis,
    gains: &[Vec<f64>],
) -> Result<(Seconds, Vec<f64>), Stop> {
    let failed = || unproven("one of the two forms");
    let mut solver = Solver::new(model).map_err(Stop::cannot_run)?;
    for row in equations {
        solver.hold_row(*row, 0.0).ok_or_else(failed)?;
    }
    let nothing = Basis::of_nothing(model.columns.len(), model.rows.len());
    let mut model = model.clone();
    let mut found = Vec::new();
    let mut once = |solver: &mut Solver, model: &LpModel, from: &Basis| {
        solver.restart_from(from).ok_or_else(failed)?;
        let start = Instant::now();
        let status = solver.run(LIMIT);
        let seconds = start.elapsed().as_secs_f64();
        let point = solver.point().filter(|_| status == Status::Optimal).ok_or_else(failed)?;
        found.push(model.objective(&point.values));
        Ok::<f64, Stop>(seconds)
    };
    let cold = once(&mut solver, &model, &nothing)?;
    let started = once(&mut solver, &model, began)?;
    let first = solver.basis().ok_or_else(failed)?;
    let mut warm = 0.0;
    for gains in gains {
        model.constant = 0.0;
        let drawn = gains.iter().copied().chain(std::iter::repeat(0.0));
        let all: Vec<f64> = drawn.take(model.columns.len()).collect();
        for (column, gain) in model.columns.iter_mut().zip(&all) {
            column.gain = *gain;
        }
        solver.change_gains(&all).ok_or_else(failed)?;
        warm += once(&mut solver, &model, &first)?;
    }
    Ok((Seconds { cold, started, warm }, found))
}
