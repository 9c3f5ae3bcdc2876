//! What each piece of work takes, on the clock of one process, the best of some repeats.

use allocation::case::Response;
use allocation::families::Built;
use allocation::frontier::{Budgets, Frontier};
use allocation::model::{LpModel, Sense};
use allocation::solver::{Basis, Solver, Status};
use allocation::{Case, Certificate, Outcome, Plan, solve, uncertainty};
use serde::{Deserialize, Serialize};
use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::highspy;
use crate::args::AllocateArgs;
use crate::bench::measure::told;
use crate::stop::Stop;
use crate::text;

/// A solve may take this long, in seconds.
pub const LIMIT: f64 = 600.0;

/// How near two objectives are the same, in parts.
const SAME: f64 = 1e-6;

pub fn unproven(what: &str) -> Stop {
    Stop::cannot_run(format!("{what} of the made case was not proven"))
}

/// The seconds of one plan, part by part.
pub struct Whole {
    /// From the case to rows and columns.
    pub built: f64,
    /// From there into the solver.
    pub given: f64,
    /// The solver's run, from our start.
    pub run: f64,
    /// The same run from the solver's own start: HiGHS by itself.
    pub bare: f64,
    /// Read back, floored to pence and proven.
    pub proven: f64,
}

impl Whole {
    /// All of it.
    pub fn all(&self) -> f64 {
        self.built + self.given + self.run + self.proven
    }
}

/// Where the solver begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// Where a run of ours begins.
    Ours,
    /// Where HiGHS begins by itself.
    Nothing,
}

/// One plan from the case to its proof, and its objective.
fn proven(case: &Case, from: Start) -> Result<(Whole, f64), Stop> {
    let start = Instant::now();
    let built = Built::of(case);
    let has_rows = start.elapsed();
    let mut solver = Solver::new(&built.model).map_err(Stop::cannot_run)?;
    if from == Start::Nothing {
        let nothing = Basis::of_nothing(built.model.columns.len(), built.model.rows.len());
        solver.restart_from(&nothing).ok_or_else(|| unproven("the plan"))?;
    }
    let is_given = start.elapsed();
    let status = solver.run(LIMIT);
    let has_run = start.elapsed();
    let certificate = solver.point().and_then(|point| {
        let plan = Plan::floored(case, &built, &point.values)?;
        Some(Certificate::of(&built.model, &plan.point(case, &built), &point.prices))
    });
    let end = start.elapsed();
    let certificate = certificate
        .filter(|certificate| status == Status::Optimal && certificate.holds())
        .ok_or_else(|| unproven("the plan"))?;
    let whole = Whole {
        built: has_rows.as_secs_f64(),
        given: (is_given - has_rows).as_secs_f64(),
        run: (has_run - is_given).as_secs_f64(),
        bare: f64::INFINITY,
        proven: (end - has_run).as_secs_f64(),
    };
    Ok((whole, certificate.objective))
}

/// One plan, each part at its best.
pub fn whole(case: &Case, repeats: u8) -> Result<Whole, Stop> {
    let mut best: Option<Whole> = None;
    for _ in 0..repeats.max(1) {
        let (now, objective) = proven(case, Start::Ours)?;
        let (alone, also) = proven(case, Start::Nothing)?;
        if !same(also, objective) {
            return Err(unproven("the solver's own plan"));
        }
        let best = best.get_or_insert(Whole { bare: alone.run, ..now });
        *best = Whole {
            built: best.built.min(now.built),
            given: best.given.min(now.given),
            run: best.run.min(now.run),
            bare: best.bare.min(alone.run),
            proven: best.proven.min(now.proven),
        };
    }
    best.ok_or_else(|| unproven("the plan"))
}

pub fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * b.abs().max(1.0)
}

/// The seconds of a plan with its prices and where they hold.
pub fn with_prices(case: &Case, repeats: u8) -> Result<f64, Stop> {
    let mut best = f64::INFINITY;
    for _ in 0..repeats {
        let start = Instant::now();
        let outcome = solve(case, &Built::of(case));
        best = best.min(start.elapsed().as_secs_f64());
        if !matches!(outcome, Outcome::Proven(..)) {
            return Err(unproven("the plan with its prices"));
        }
    }
    Ok(best)
}

/// The seconds of all draws, three ways.
pub struct Draws {
    /// As a run makes them.
    pub warm: f64,
    /// Each whole, by a sample.
    pub cold: f64,
    /// The same by HiGHS's Python interface; nothing where it is not there.
    pub highspy: Option<f64>,
    /// Whether every draw was proven and both solvers found the same.
    pub agrees: bool,
}

/// Re-optimises the draws of a case.
pub fn draws(case: &Case, args: &AllocateArgs) -> Result<Draws, Stop> {
    let built = Built::of(case);
    let Outcome::Proven(solution, _) = solve(case, &built) else {
        return Err(unproven("the plan"));
    };
    let start = Instant::now();
    let found = uncertainty::run(case, &built, &solution, |_| {});
    let warm = start.elapsed().as_secs_f64();
    let solved = found.map_or(0, |found| found.solved);
    let sample = args.sample.clamp(1, args.draws);
    let times = f64::from(args.draws) / f64::from(sample);
    let mut cold = 0.0;
    let mut objectives = Vec::new();
    let sampled = sampled(case, &built, usize::try_from(sample).unwrap_or(1));
    for gains in &sampled {
        let mut model = built.model.clone();
        model.constant = 0.0;
        for (column, gain) in model.columns.iter_mut().zip(gains) {
            column.gain = *gain;
        }
        let start = Instant::now();
        let mut solver = Solver::new(&model).map_err(Stop::cannot_run)?;
        let status = solver.run(LIMIT);
        let certificate =
            solver.point().map(|point| Certificate::of(&model, &point.values, &point.prices));
        cold += start.elapsed().as_secs_f64();
        let certificate = certificate
            .filter(|certificate| status == Status::Optimal && certificate.holds())
            .ok_or_else(|| unproven("a draw"))?;
        objectives.push(certificate.objective);
    }
    let told = by_highspy(args, &built.model, sampled)?;
    let same = told.as_ref().is_none_or(|told| all_same(&told.objectives, &objectives));
    Ok(Draws {
        warm,
        cold: cold * times,
        highspy: told.map(|told| told.seconds * times),
        agrees: same && u32::try_from(solved) == Ok(args.draws),
    })
}

fn all_same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(*a, *b))
}

/// What one unit of each column brings in each of the first draws.
pub fn sampled(case: &Case, built: &Built, count: usize) -> Vec<Vec<f64>> {
    let mut gains = vec![vec![0.0; built.model.columns.len()]; count];
    let lines = built.last().map(|year| year.lines.as_slice()).unwrap_or_default();
    for (at, (line, columns)) in case.lines.iter().zip(lines).enumerate() {
        let (Some(curve), Some(drawn)) = (&line.curve, case.values.draws.line(at)) else {
            continue;
        };
        let figures = drawn.health.iter().zip(&drawn.cost).zip(&drawn.elasticity);
        for (gains, ((health, cost), elasticity)) in gains.iter_mut().zip(figures) {
            let pieces = columns.below.iter().chain(&columns.above);
            for (column, segment) in pieces.zip(curve.below.iter().chain(&curve.above)) {
                if let Some(gain) = gains.get_mut(*column) {
                    let (health, elasticity) = (health / cost, *elasticity);
                    let response = Response { health, elasticity, demand: 1.0 };
                    *gain = curve.slope(segment, response);
                }
            }
        }
    }
    gains
}

/// A model as rows of figures.
#[derive(Serialize)]
struct Rows {
    lower: Vec<f64>,
    upper: Vec<f64>,
    limit: Vec<f64>,
    at_least: Vec<bool>,
    start: Vec<usize>,
    index: Vec<usize>,
    value: Vec<f64>,
    gains: Vec<Vec<f64>>,
}

/// What the Python interface tells.
#[derive(Deserialize)]
struct Told {
    seconds: f64,
    objectives: Vec<f64>,
}

fn by_highspy(
    args: &AllocateArgs,
    model: &LpModel,
    gains: Vec<Vec<f64>>,
) -> Result<Option<Told>, Stop> {
    let mut probe = Command::new(&args.python);
    probe.args(["-c", "import highspy"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let mut rows = Rows {
        lower: model.columns.iter().map(|column| column.lower).collect(),
        upper: model.columns.iter().map(|column| column.upper).collect(),
        limit: model.rows.iter().map(|row| row.limit).collect(),
        at_least: model.rows.iter().map(|row| row.sense == Sense::AtLeast).collect(),
        start: vec![0],
        index: Vec::new(),
        value: Vec::new(),
        gains,
    };
    for row in &model.rows {
        for (column, part) in &row.terms {
            rows.index.push(*column);
            rows.value.push(*part);
        }
        rows.start.push(rows.index.len());
    }
    let folder = tempfile::tempdir().map_err(Stop::cannot_run)?;
    let path = folder.path().join("model.json");
    fs::write(&path, text::json(&rows)?).map_err(Stop::cannot_run)?;
    told(Command::new(&args.python).args(["-c", highspy::SCRIPT]).arg(path)).map(Some)
}

/// The seconds of all budgets, both ways.
pub struct Walk {
    /// From budget to budget.
    pub warm: f64,
    /// Each whole.
    pub cold: f64,
    /// Whether every budget was proven and both ways found the same.
    pub agrees: bool,
}

/// Health against budget, from −5 % to +5 %.
pub fn walk(case: &Case, args: &AllocateArgs) -> Result<Walk, Stop> {
    let budgets = Budgets::new(args.points, -5.0, 5.0).map_err(Stop::cannot_run)?;
    let (mut warm, mut cold) = (f64::INFINITY, f64::INFINITY);
    let mut agrees = true;
    for _ in 0..args.repeats {
        let start = Instant::now();
        let frontier = Frontier::of(case, budgets, |_| {}).map_err(Stop::cannot_run)?;
        warm = warm.min(start.elapsed().as_secs_f64());
        let mut changed = case.clone();
        let start = Instant::now();
        let mut objectives = Vec::new();
        for point in &frontier.points {
            for fund in &mut changed.funds {
                let budget = fund.base.to_millions() * (1.0 + point.change_pct / 100.0);
                fund.budgets = vec![budget.floor_to_pence().unwrap_or(fund.base)];
            }
            objectives.push(proven(&changed, Start::Nothing)?.1);
        }
        cold = cold.min(start.elapsed().as_secs_f64());
        let found: Vec<f64> = frontier
            .points
            .iter()
            .filter_map(|point| point.best)
            .map(|best| best.health.get())
            .collect();
        agrees &= all_same(&found, &objectives);
    }
    Ok(Walk { warm, cold, agrees })
}
