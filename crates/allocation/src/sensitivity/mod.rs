//! Sensitivity to each assumption: moved alone to a low and a high value, everything else as it was,
//! what this plan would gain held fixed, what the best plan would gain then, and how much money that
//! plan moves elsewhere.
//!
//! A gain is what the objective counts beyond no change under the same assumption: health a year, or
//! discounted over the plan, or money where the least is sought. This plan is called the best still
//! where it keeps every limit and nothing proven beats it by more than the proof's own bar and the
//! pennies of flooring; then nothing moves.
//!
//! Only a solver finds the best plan: a result's hash covers what is said here, its verification
//! does not compute it again.

mod assumptions;
mod lines;
mod words;

use quantities::{Millions, Pence};

use crate::case::Case;
use crate::certificate::Certificate;
use crate::families::Built;
use crate::model::LpModel;
use crate::ranges::no_change;
use crate::run::{PlanResult, Run};
use crate::solve::{Outcome, solve};
use crate::uncertainty::margin::floor;
use crate::warm::Warm;

/// How the answer hangs on each assumption.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sensitivity {
    /// What this plan gains beyond no change, in the objective's unit.
    pub gain: f64,
    /// Assumptions, those that change the gain most first.
    pub assumptions: Vec<Tested>,
    /// Outcomes and elasticities of single lines that were moved to the ends of their 95 % ranges.
    pub line_figures: usize,
    /// How many of them are proven to leave this plan the best at either end.
    pub cleared: usize,
}

/// One assumption, moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// A word for it: `elasticity`, `redeployable`, `outcome/RTG/110`, …
    pub key: String,
    /// In words.
    pub label: String,
    /// The line, where it is a figure of one.
    pub subject: Option<String>,
    /// Where its values come from, where they are dated numbers.
    pub source: Option<String>,
    /// Moved to its low value.
    pub low: Option<End>,
    /// Moved to its high value.
    pub high: Option<End>,
}

/// What follows from one end of an assumption.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// What this plan gains, held fixed.
    pub held: f64,
    /// Whether it still keeps every limit.
    pub keeps_limits: bool,
    /// What the best plan gains; nothing where none is proven.
    pub best: Option<f64>,
    /// Why none is.
    pub why: Option<String>,
    /// What the best plan spends elsewhere than this one: half the sum of the differences of lines
    /// in the final year.
    pub moved: Option<Pence>,
    /// The same as a sentence.
    pub sentence: String,
}

impl Tested {
    /// The most by which either end changes the gain: of this plan held fixed or of the best plan.
    /// Where there is no plan all of the gain is at stake.
    #[must_use]
    pub fn effect(&self, gain: f64) -> f64 {
        let of =
            |end: &End| (end.held - gain).abs().max((end.best.unwrap_or_default() - gain).abs());
        self.low.iter().chain(&self.high).map(of).fold(0.0, f64::max)
    }
}

impl Run {
    /// The same run with how it hangs on each assumption. `source` says where a dated number comes
    /// from, by its key; `progress` is told the share done.
    #[must_use]
    pub fn with_sensitivity(
        mut self,
        source: impl Fn(&str) -> Option<String>,
        mut progress: impl FnMut(f64),
    ) -> Self {
        if let Some(result) = &mut self.plan {
            let built = Built::of(&self.case);
            let chosen = built.chosen(&result.plan.point(&self.case, &built));
            let prices: Vec<f64> = result.duals.iter().map(|(_, price)| *price).collect();
            let mut ground = Ground::of(&self.case, &chosen, result);
            let mut found = Sensitivity { gain: ground.gain, ..Sensitivity::default() };
            let all = assumptions::of(&self.case, source);
            let mut done = 0.0;
            let share = 0.8 / crate::uncertainty::number(all.len()).max(1.0);
            for assumption in all {
                if self.case.out_of_time() {
                    break;
                }
                let mut end = |to: assumptions::Moved<'_>| {
                    let case = (to.case)(&self.case);
                    ground.measure(&case, &Built::of(&case), &to.clause)
                };
                let assumptions::Assumption { key, label, source, low, high } = assumption;
                let (low, high) = (low.map(&mut end), high.map(&mut end));
                found.assumptions.push(Tested { key, label, subject: None, source, low, high });
                done += share;
                progress(done);
            }
            lines::add(&mut ground, &prices, &mut found, |part| progress(0.8 + 0.2 * part));
            let gain = found.gain;
            found.assumptions.retain(|tested| tested.low.is_some() || tested.high.is_some());
            found.assumptions.sort_by(|a, b| {
                b.effect(gain).total_cmp(&a.effect(gain)).then_with(|| a.key.cmp(&b.key))
            });
            result.facts.sensitivity = Some(found);
        }
        self.told_if_late()
    }
}

/// What every end is measured against.
struct Ground<'a> {
    case: &'a Case,
    built: &'a Built,
    result: &'a PlanResult,
    warm: Option<Warm<'a>>,
    /// What this plan gains as things are.
    gain: f64,
}

/// The best plan under one end, or why there is none: its objective, and what each line spends, £m.
type Best = Result<(f64, Vec<f64>), String>;

/// As far as a proof may be from the best.
const GAP: f64 = 1e-6;

impl<'a> Ground<'a> {
    fn of(case: &'a Case, built: &'a Built, result: &'a PlanResult) -> Self {
        let gain = result.certificate.objective - built.model.objective(&no_change(built));
        Self { case, built, result, warm: Warm::found(case, built), gain }
    }

    /// This plan and the best one in another case and its model.
    fn measure(&mut self, case: &Case, built: &Built, clause: &str) -> End {
        let point = self.result.plan.point(case, built);
        let nothing = built.model.objective(&no_change(built));
        let objective = built.model.objective(&point);
        let keeps_limits = Certificate::of(&built.model, &point, &[]).feasible;
        let best = self.best(case, built);
        let near = GAP * objective.abs().max(1.0) + floor(built);
        let stays = keeps_limits && best.as_ref().is_ok_and(|(best, _)| *best - objective <= near);
        let held = objective - nothing;
        let (best, moved, why) = match best {
            Ok(_) if stays => (Some(held), Some(Pence::ZERO), None),
            Ok((best, spends)) => {
                let apart = spends
                    .iter()
                    .enumerate()
                    .map(|(at, spend)| (spend - built.final_spend(at).at(&point)).abs());
                let moved = Millions::new(apart.sum::<f64>() / 2.0).floor_to_pence();
                (Some(best - nothing), moved, None)
            }
            Err(why) => (None, None, Some(why)),
        };
        let end = End { held, keeps_limits, best, why, moved, sentence: String::new() };
        End { sentence: words::sentence(self.case, self.gain, &end, clause), ..end }
    }

    /// Where the limits are the same and only gains differ, the solver goes on from this plan.
    fn best(&mut self, case: &Case, built: &Built) -> Best {
        let spends = |point: &[f64]| -> Vec<f64> {
            (0..case.lines.len()).map(|at| built.final_spend(at).at(point)).collect()
        };
        if let Some(warm) =
            self.warm.as_mut().filter(|_| same_limits(&self.built.model, &built.model))
        {
            let gains: Vec<f64> = built.model.columns.iter().map(|column| column.gain).collect();
            warm.set_gains(&gains);
            warm.model.constant = built.model.constant;
            if let Some(point) = warm.best() {
                return Ok((built.model.objective(&point.values), spends(&point.values)));
            }
        }
        match solve(case, built) {
            Outcome::Proven(solution, certificate) => {
                Ok((certificate.objective, spends(&solution.plan.point(case, built))))
            }
            Outcome::Infeasible(_) => Err("no plan would keep every limit".to_owned()),
            Outcome::TimeLimit => Err("no plan is proven within the time limit".to_owned()),
            Outcome::Numerical(_) | Outcome::Refused(_) => Err("no plan is proven".to_owned()),
        }
    }
}

/// Whether two models differ in what columns gain, and in nothing else.
fn same_limits(a: &LpModel, b: &LpModel) -> bool {
    let columns = a.columns.len() == b.columns.len()
        && a.columns
            .iter()
            .zip(&b.columns)
            .all(|(a, b)| a.lower == b.lower && a.upper == b.upper && a.whole == b.whole);
    columns && a.rows == b.rows
}
