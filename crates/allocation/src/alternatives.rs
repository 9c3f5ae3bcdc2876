//! Plans nearly as good as the best that have least in common with it.
//!
//! Each is the best point of one more linear programme under the same limits and "keep 99 % of the
//! gain". Over the plans found so far, the run's own first, each line has votes: +1 from every plan
//! that grows it, −1 from every plan that cuts it, by a pound at least. The programme maximises
//!
//! ```text
//! Σ − votes · (x − B)
//! ```
//!
//! which is to leave as few pounds as can be where the plans before have put or taken them, and to
//! move them the other way where limits and gain allow. It ends at three plans, or earlier at one
//! that was found before.

use quantities::{Millions, Pence, Qaly};

use crate::case::Case;
use crate::certificate::Certificate;
use crate::families::Built;
use crate::model::Expression;
use crate::plan::Plan;
use crate::ranges::{Asker, Kept};

/// A plan that keeps 99 % of the gain and every limit, by our own check.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// What it gains on no change, in the objective's unit.
    pub gain: Qaly,
    /// Spend by line in the final year.
    pub own: Vec<Pence>,
}

/// How many are sought.
const MOST: usize = 3;

/// Smaller moves, and smaller differences, are none.
const POUND: Pence = Pence::new(100);

/// Up to three plans that differ most from the run's plan and from each other.
pub fn of(case: &Case, built: &Built, kept: &Kept, plan: &[Pence]) -> Vec<Alternative> {
    let mut found: Vec<Alternative> = Vec::new();
    let Some(mut asker) = Asker::new(kept) else { return found };
    while found.len() < MOST {
        let known = || found.iter().map(|known| known.own.as_slice()).chain([plan]);
        let sought = away_from(case, built, known());
        if sought.terms.is_empty() {
            break;
        }
        let Some((point, _)) = asker.most(case, &sought) else { break };
        let Some(next) = checked(case, built, kept, &point.values) else { break };
        if known().any(|known| same(known, &next.own)) {
            break;
        }
        found.push(next);
    }
    found
}

/// Σ − votes · own: what is left out of it is the same for every plan.
fn away_from<'a>(
    case: &Case,
    built: &Built,
    known: impl Iterator<Item = &'a [Pence]>,
) -> Expression {
    let mut votes = vec![0.0; case.lines.len()];
    for plan in known {
        for ((votes, line), own) in votes.iter_mut().zip(&case.lines).zip(plan) {
            if *own >= line.base + POUND {
                *votes += 1.0;
            } else if *own + POUND <= line.base {
                *votes -= 1.0;
            }
        }
    }
    let mut sought = Expression::default();
    for (at, votes) in votes.into_iter().enumerate().filter(|(_, votes)| *votes != 0.0) {
        sought.add(&built.final_spend(at), -votes);
    }
    sought.tidy()
}

/// The point as a plan in pence; nothing where it does not keep every limit and the gain, to what
/// flooring each line to pence may cost.
fn checked(case: &Case, built: &Built, kept: &Kept, values: &[f64]) -> Option<Alternative> {
    let plan = Plan::floored(case, built, values)?;
    let point = plan.point(case, built);
    let certificate = Certificate::of(&built.model, &point, &[]);
    let steepest = |columns: &[usize]| {
        let gains = columns.iter().filter_map(|at| built.model.columns.get(*at));
        gains.map(|column| column.gain.abs()).fold(0.0, f64::max)
    };
    let lines = built.years.iter().flat_map(|year| &year.lines);
    let a_penny_each: f64 =
        lines.map(|line| 1e-8 * steepest(&line.below).max(steepest(&line.above))).sum();
    let keeps = certificate.objective >= kept.least - a_penny_each;
    // A hundredth of a penny more, so that a whole penny is not floored to the one below.
    let spend =
        |at: usize| Millions::new(built.final_spend(at).at(&point) + 1e-10).floor_to_pence();
    (certificate.feasible && keeps).then_some(())?;
    Some(Alternative {
        gain: Qaly::new(certificate.objective - kept.no_change),
        own: (0..case.lines.len()).map(spend).collect::<Option<_>>()?,
    })
}

fn same(a: &[Pence], b: &[Pence]) -> bool {
    a.iter().zip(b).all(|(a, b)| *a < *b + POUND && *b < *a + POUND)
}
