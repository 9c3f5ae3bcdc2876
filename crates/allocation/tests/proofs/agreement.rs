//! Two solvers that share nothing agree on every random model: the same objective, or that there is
//! none.

use std::cell::Cell;

use crate::best::{Answer, best};
use crate::books::Sketch;
use crate::independent::{Opinion, opinion};
use crate::models;
use crate::random::{Proof, for_each_seed};
use crate::sketches;
use allocation::families::Built;
use allocation::model::LpModel;
use allocation::{Outcome, solve};

/// How far apart two objectives may be, in ratio.
const APART: f64 = 1e-7;

/// How often each answer was given.
#[derive(Default)]
struct Tally {
    best: Cell<u32>,
    infeasible: Cell<u32>,
}

impl Tally {
    /// Checks that there were enough of both.
    fn at_least(&self, best: u32, infeasible: u32) {
        println!("{} proven, {} infeasible", self.best.get(), self.infeasible.get());
        assert!(self.best.get() >= best && self.infeasible.get() >= infeasible, "too few of one");
    }
}

/// Solves a model twice, and says where the two answers differ.
fn agree(model: &LpModel, tally: &Tally) -> Proof {
    let (ours, theirs) = (best(model)?, opinion(model));
    let count = |of: &Cell<u32>| of.set(of.get() + 1);
    match (&ours, theirs) {
        (Answer::Best(a, _), Opinion::Best(b)) if (a - b).abs() <= APART * a.abs().max(1.0) => {
            count(&tally.best);
            Ok(true)
        }
        (Answer::Infeasible, Opinion::Infeasible) => {
            count(&tally.infeasible);
            Ok(true)
        }
        _ => Err(format!("HiGHS says {:?}, clarabel {theirs:?}", ours.objective())),
    }
}

#[test]
fn highs_and_clarabel_agree_on_random_models() {
    let tally = Tally::default();
    for_each_seed(1..2_001, 2_000, |random| agree(&models::model(random), &tally));
    tally.at_least(1_000, 200);
}

/// Solves a book's model twice, and the book's case as the product does.
fn book_agrees(sketch: &Sketch, tally: &Tally) -> Proof {
    let case = sketch.case()?;
    let built = Built::of(&case);
    agree(&built.model, tally)?;
    let bound = match solve(&case, &built) {
        Outcome::Proven(_, certificate) if certificate.holds() => Some(certificate.dual_bound),
        Outcome::Infeasible(ways) if !ways.is_empty() => None,
        other => return Err(format!("{other:?}\n{}", sketch.scenario())),
    };
    let best = best_choice(&built.model)?;
    let same = match (bound, best) {
        (Some(a), Some(b)) => (a - b).abs() <= 10.0 * APART * b.abs().max(1.0),
        (None, None) => true,
        _ => false,
    };
    if same { Ok(true) } else { Err(format!("the plan's {bound:?} is not {best:?}")) }
}

/// The best objective over every choice of the options that are whole, one after the other.
fn best_choice(model: &LpModel) -> Result<Option<f64>, String> {
    let Some(at) = model.columns.iter().position(|column| column.whole) else {
        return Ok(best(model)?.objective());
    };
    let mut found: Option<f64> = None;
    for taken in [0.0, 1.0] {
        let mut held = model.clone();
        let column = held.columns.get_mut(at).expect("a column");
        if taken > column.upper {
            continue;
        }
        (column.lower, column.upper, column.whole) = (taken, taken, false);
        // What no part of an option allows no whole one does.
        if best(&held)? == Answer::Infeasible {
            continue;
        }
        let one = best_choice(&held)?;
        found = found.into_iter().chain(one).reduce(f64::max);
    }
    Ok(found)
}

#[test]
fn highs_and_clarabel_agree_on_random_books() {
    let tally = Tally::default();
    for_each_seed(10_001..10_601, 600, |random| book_agrees(&sketches::sketch(random), &tally));
    tally.at_least(300, 60);
}

#[test]
fn they_agree_on_books_in_which_everything_may_change() {
    let tally = Tally::default();
    for_each_seed(11_001..11_301, 300, |random| book_agrees(&sketches::wide(random), &tally));
    tally.at_least(150, 20);
}
