//! The outcome and the elasticity of single lines, at the ends of their 95 % ranges.
//!
//! There are many lines and a few of them matter. This plan's prices give, for each figure and end,
//! a bound on what the best plan could bring beyond this one (`Margin::forgone`); where that is
//! nothing, this plan is proven to be the best still, without solving. The others are solved in the
//! order of their bounds, until ten are found and no bound left is above the least of the ten: what
//! is not solved cannot be among them.

use quantities::words::qaly;

use super::assumptions::elasticity_at;
use super::words::{least, most};
use super::{Ground, Sensitivity, Tested};
use crate::case::Case;
use crate::certificate::reduced;
use crate::families::Built;
use crate::scenario::Objective;
use crate::uncertainty::margin::{Margin, Pieces, floor};

/// How many figures of lines are listed.
const MOST: usize = 10;

/// Standard errors at the ends of a 95 % range.
const ERRORS: f64 = 1.96;

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Outcome,
    Elasticity,
}

/// A figure of a line at one end.
struct End {
    clause: String,
    /// What the line's pieces gain by health then.
    gains: Vec<f64>,
    /// What the best plan may bring beyond this one, at most.
    bound: f64,
}

struct Figure {
    at: usize,
    what: What,
    ends: [End; 2],
}

impl Figure {
    fn bound(&self) -> f64 {
        let [low, high] = &self.ends;
        low.bound.max(high.bound)
    }
}

/// Adds the figures of lines that change the best plan most. Where health is a limit, a line's
/// figure would move the limit too, and none is examined.
pub fn add(
    ground: &mut Ground<'_>,
    prices: &[f64],
    found: &mut Sensitivity,
    mut progress: impl FnMut(f64),
) {
    let definition = &ground.case.scenario.definition;
    let health_is_a_limit = definition.objective == Objective::LeastCost
        || definition.equity.no_quintile_loses
        || definition.equity.most_deprived_min_share_pct.is_some();
    if health_is_a_limit {
        return;
    }
    let mut figures = figures(ground, prices);
    found.line_figures = figures.len();
    let nothing = floor(ground.built);
    figures.retain(|figure| figure.bound() > nothing);
    figures.sort_by(|a, b| b.bound().total_cmp(&a.bound()));
    let mut listed: Vec<(f64, Tested)> = Vec::new();
    let mut unsettled = figures.len();
    let all = crate::uncertainty::number(figures.len()).max(1.0);
    let mut done = 0.0;
    for figure in figures {
        let full = listed.get(MOST - 1).is_some_and(|(least, _)| *least >= figure.bound());
        if full || ground.case.out_of_time() {
            break;
        }
        let (changes, tested) = solved(ground, &figure);
        match changes {
            Some(beyond) if beyond <= 0.0 => unsettled -= 1,
            Some(beyond) => listed.push((beyond, tested)),
            None => listed.push((figure.bound(), tested)),
        }
        listed.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        listed.truncate(MOST);
        done += 1.0 / all;
        progress(done);
    }
    found.cleared = found.line_figures - unsettled;
    found.assumptions.extend(listed.into_iter().map(|(_, tested)| tested));
}

fn figures(ground: &Ground<'_>, prices: &[f64]) -> Vec<Figure> {
    let (case, built) = (ground.case, ground.built);
    let own = ground.result.plan.point(case, built);
    let reduced = reduced(&built.model, prices);
    let mut figures = Vec::new();
    for (at, (line, value)) in case.valued().enumerate() {
        let (Some(curve), Some(pieces)) = (&line.curve, Pieces::of(case, built, at)) else {
            continue;
        };
        let margin = Margin::of(built, &reduced, &own, &pieces.columns);
        let end = |health: f64, elasticity: f64, clause: String| {
            let mut gains = Vec::new();
            pieces.fill(elasticity, &mut gains);
            gains.iter_mut().for_each(|gain| *gain *= health.max(0.0));
            let bound = margin.forgone(gains.iter().copied());
            End { clause, gains, bound }
        };
        let key = &line.key;
        let (health, elasticity) = (curve.health.get(), curve.elasticity);
        if let Some(range) = value.health_interval {
            let to = |to: f64, word: &str| {
                let (then, now) = (qaly(to), qaly(health));
                let clause = format!(
                    "the outcome of {key} were at the {word} of its 95 % range ({then} rather than \
                     {now} healthy years a year)"
                );
                end(to, elasticity, clause)
            };
            let ends = [to(range.low, least()), to(range.high, most())];
            figures.push(Figure { at, what: What::Outcome, ends });
        }
        let ends = elasticity_at(case, value, -ERRORS).zip(elasticity_at(case, value, ERRORS));
        if let Some((low, high)) = ends.filter(|(low, high)| low < high) {
            let to = |to: f64| {
                let clause =
                    format!("the elasticity of {key} were {to:.2} rather than {elasticity:.2}");
                end(health, to, clause)
            };
            figures.push(Figure { at, what: What::Elasticity, ends: [to(low), to(high)] });
        }
    }
    figures
}

/// Both ends of a figure, and by how much the best plan beats this one at the worse of them;
/// nothing where that is not proven.
fn solved(ground: &mut Ground<'_>, figure: &Figure) -> (Option<f64>, Tested) {
    let case: &Case = ground.case;
    let line = case.lines.get(figure.at);
    let key = line.map(|line| line.key.to_string()).unwrap_or_default();
    let mut beyond = Some(0.0_f64);
    let mut end = |end: &End| {
        let built = changed(ground.built, case, figure.at, &end.gains);
        let measured = ground.measure(case, &built, &end.clause);
        let more = measured.best.map(|best| (best - measured.held).max(0.0));
        beyond = beyond.zip(more).map(|(so_far, more)| so_far.max(more));
        measured
    };
    let [low, high] = &figure.ends;
    let (low, high) = (Some(end(low)), Some(end(high)));
    let (word, label) = match figure.what {
        What::Outcome => {
            ("outcome", format!("The outcome of {key}, at either end of its 95 % range"))
        }
        What::Elasticity => {
            ("elasticity", format!("The elasticity of {key}, at either end of its 95 % range"))
        }
    };
    let tested =
        Tested { key: format!("{word}/{key}"), label, subject: Some(key), source: None, low, high };
    (beyond, tested)
}

/// The model with other gains for one line's pieces.
fn changed(built: &Built, case: &Case, at: usize, gains: &[f64]) -> Built {
    let mut built = built.clone();
    let columns = Pieces::of(case, &built, at).map(|pieces| pieces.columns).unwrap_or_default();
    for (column, gain) in columns.into_iter().zip(gains) {
        let fixed = built.fixed_gains.get(column).copied().unwrap_or(0.0);
        if let Some(column) = built.model.columns.get_mut(column) {
            column.gain = fixed + gain;
        }
    }
    built
}
