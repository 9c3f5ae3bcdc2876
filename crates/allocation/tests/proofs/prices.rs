//! A price is what moving its limit brings. The best health is concave in any limit, so the price
//! must lie between what one more unit adds and what one unit less costs; away from kinks the two
//! are the same, and the price is both.

use allocation::Case;
use allocation::certificate::reduced;
use allocation::families::{Built, Limit};
use allocation::model::{LpModel, Sense};
use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::best::{Answer, best};
use crate::books::{Rule, Sketch};
use crate::random::{Proof, for_each_seed};
use crate::sketches;

/// How often a price other than nought was met, away from kinks, by kind of limit.
#[derive(Default)]
struct Met(RefCell<BTreeMap<String, u32>>);

impl Met {
    fn count(&self, kind: &str) {
        *self.0.borrow_mut().entry(kind.to_owned()).or_default() += 1;
    }

    fn all_of(&self, kinds: &[&str], least: u32) {
        let met = self.0.borrow();
        println!("prices met away from kinks: {met:?}");
        let rare: Vec<_> =
            kinds.iter().filter(|kind| met.get(**kind).is_none_or(|n| *n < least)).collect();
        assert!(rare.is_empty(), "too few of {rare:?} to prove anything");
    }
}

/// The best objective a little below a limit, at it and a little above it.
struct Three {
    step: f64,
    below: Option<f64>,
    at: f64,
    above: Option<f64>,
}

impl Three {
    /// Checks a price; says whether it was met away from a kink, and other than nought.
    fn check(&self, price: f64) -> Result<bool, String> {
        let noise = 1e-6 + 1e-5 * price.abs();
        let gained = self.above.map(|above| (above - self.at) / self.step);
        let lost = self.below.map(|below| (self.at - below) / self.step);
        if gained.is_some_and(|gained| gained > price + noise) {
            return Err(format!("the price {price} is less than the {gained:?} gained"));
        }
        if lost.is_some_and(|lost| lost < price - noise) {
            return Err(format!("the price {price} is more than the {lost:?} lost"));
        }
        let smooth = gained.zip(lost).is_some_and(|(gained, lost)| lost - gained < noise);
        Ok(smooth && price.abs() > 1e-3)
    }
}

/// £100, or a thousandth of a post.
const fn step(limit: &Limit) -> f64 {
    match limit.unit {
        allocation::model::RowUnit::Staff => 1e-3,
        _ => 1e-4,
    }
}

/// What a limit is worth by the row prices of an answer.
fn price(limit: &Limit, prices: &[f64]) -> f64 {
    limit.rows.iter().map(|(row, rate)| rate * prices.get(*row).expect("a row's price")).sum()
}

fn moved(model: &LpModel, limit: &Limit, by: f64) -> Result<Answer, String> {
    let mut model = model.clone();
    for (row, rate) in &limit.rows {
        model.rows.get_mut(*row).expect("a row of the limit").limit += rate * by;
    }
    best(&model)
}

/// The kind of a limit with its side, and whether it is a share of all spend.
fn kind(limit: &Limit) -> String {
    let share = limit.class == Some("floor") && limit.limit == 0.0;
    format!("{} {}{}", limit.kind, limit.sense.as_str(), if share { " share" } else { "" })
}

fn prices_of(sketch: &Sketch, met: &Met) -> Proof {
    let built = Built::of(&sketch.case()?);
    let Answer::Best(at, point) = best(&built.model)? else { return Ok(false) };
    for limit in &built.limits {
        let (step, price) = (step(limit), price(limit, &point.prices));
        let lawful = match limit.sense {
            Sense::AtMost => price >= -1e-9,
            Sense::AtLeast => price <= 1e-9,
        };
        if !lawful {
            return Err(format!("{}: the price {price} has the wrong sign", limit.key));
        }
        let below = moved(&built.model, limit, -step)?.objective();
        let above = moved(&built.model, limit, step)?.objective();
        let three = Three { step, below, at, above };
        if three.check(price).map_err(|why| format!("{}: {why}", limit.key))? {
            met.count(&kind(limit));
        }
    }
    Ok(true)
}

#[test]
fn the_price_of_each_limit_is_what_moving_its_rows_brings() {
    let met = Met::default();
    for_each_seed(30_001..30_401, 200, |random| prices_of(&sketches::sketch(random), &met));
    let kinds = [
        "budget <=",
        "workforce <=",
        "redeployment <=",
        "pace_total >=",
        "pace_total <=",
        "floor >=",
        "floor >= share",
        "cap <=",
        "cap <= share",
    ];
    met.all_of(&kinds, 5);
}

#[test]
fn and_over_years_with_everything_that_may_change() {
    let met = Met::default();
    for_each_seed(32_501..32_701, 60, |random| prices_of(&sketches::wide(random), &met));
    let kinds = [
        "budget <=",
        "workforce <=",
        "redeployment <=",
        "pace_total >=",
        "pace_total <=",
        "floor >=",
        "cap <=",
        "need >=",
        "equity >=",
        "option_rule <=",
        "resource <=",
    ];
    met.all_of(&kinds, 3);
}

/// What the row prices of an answer say that a figure is worth; nothing where it is no limit.
type Priced<'a> = &'a dyn Fn(&Case, &Built, &[f64]) -> Option<f64>;

/// A figure of a scenario or book that can be moved.
struct Knob<'a> {
    kind: &'static str,
    step: f64,
    turn: &'a dyn Fn(&mut Sketch, f64),
    price: Priced<'a>,
}

/// Turns a knob both ways, everything built anew from the files each time.
fn turned(sketch: &Sketch, knob: &Knob<'_>, met: &Met) -> Proof {
    let case = sketch.case()?;
    let built = Built::of(&case);
    let Answer::Best(at, point) = best(&built.model)? else { return Ok(false) };
    let Some(price) = (knob.price)(&case, &built, &point.prices) else { return Ok(false) };
    let by = |by: f64| -> Result<Option<f64>, String> {
        let mut sketch = sketch.clone();
        (knob.turn)(&mut sketch, by);
        Ok(best(&Built::of(&sketch.case()?).model)?.objective())
    };
    let three = Three { step: knob.step, below: by(-knob.step)?, at, above: by(knob.step)? };
    let smooth = three.check(price).map_err(|why| format!("{}: {why}", knob.kind))?;
    if smooth {
        met.count(knob.kind);
    }
    Ok(smooth)
}

/// The price of the first limit of a kind.
fn price_of_kind(built: &Built, kind: &str, prices: &[f64]) -> Option<f64> {
    let mut limits = built.limits.iter().filter(|limit| limit.kind == kind);
    Some(price(limits.next()?, prices))
}

/// A transfer's cap is a bound: its price is what is left of its gain at the row prices.
fn price_of_transfer(built: &Built, prices: &[f64]) -> Option<f64> {
    let at = built.model.columns.iter().position(|it| it.key.starts_with("transfer/"))?;
    Some(reduced(&built.model, prices).get(at)?.max(0.0))
}

/// Moves the one sum of money that a scenario names by a key, where it has no other such table.
fn money_moved(sketch: &Sketch, met: &Met) -> Proof {
    let named = |key: &str, table: &str| {
        let with_key = |rule: &&Rule| rule.money.is_some_and(|(named, _)| named == key);
        let tables = sketch.rules.iter().filter(|rule| rule.text.starts_with(table)).count();
        sketch.rules.iter().filter(with_key).count() == 1 && tables == 1
    };
    let first = |kind: &'static str| {
        move |_: &Case, built: &Built, prices: &[f64]| price_of_kind(built, kind, prices)
    };
    let (floor, cap) = (first("floor"), first("cap"));
    let budget = |case: &Case, built: &Built, prices: &[f64]| {
        (case.funds.len() == 1).then(|| price_of_kind(built, "budget", prices))?
    };
    let transfer = |_: &Case, built: &Built, prices: &[f64]| price_of_transfer(built, prices);
    let knobs: [(&str, &str, &'static str, Priced<'_>); 4] = [
        ("total_gbp", "[budget]", "budget", &budget),
        ("min_gbp", "[[floor]]", "floor", &floor),
        ("max_gbp", "[[floor]]", "cap", &cap),
        ("max_gbp", "[[transfer]]", "transfer", &transfer),
    ];
    let mut proven = false;
    for (key, table, kind, price) in knobs {
        let turn = |sketch: &mut Sketch, millions: f64| {
            let pence: i64 = format!("{:.0}", millions * 1e8).parse().expect("whole pence");
            for money in sketch.rules.iter_mut().filter_map(|rule| rule.money.as_mut()) {
                money.1 += if money.0 == key { pence } else { 0 };
            }
        };
        // A floor's max_gbp and a transfer's must not stand for each other.
        let stray = key == "max_gbp" && named(key, "[[floor]]") && named(key, "[[transfer]]");
        if named(key, table) && !stray {
            proven |= turned(sketch, &Knob { kind, step: 1e-4, turn: &turn, price }, met)?;
        }
    }
    Ok(proven)
}

/// Moves the posts of the book's first pool.
fn pool_moved(sketch: &Sketch, met: &Met) -> Proof {
    let overruled = sketch.rules.iter().any(|rule| rule.text.contains("workforce.pool"));
    let Some(pool) = sketch.pools.first().filter(|pool| pool.wte > 1.0 && !overruled) else {
        return Ok(false);
    };
    let turn = |sketch: &mut Sketch, by: f64| {
        if let Some(pool) = sketch.pools.first_mut() {
            pool.wte += by;
        }
    };
    let key = format!("workforce/{}/1", pool.id);
    let price = |_: &Case, built: &Built, prices: &[f64]| {
        Some(price(built.limits.iter().find(|limit| limit.key == key)?, prices))
    };
    turned(sketch, &Knob { kind: "pool", step: 1e-3, turn: &turn, price: &price }, met)
}

#[test]
fn a_figure_moved_in_the_files_brings_the_price_that_was_shown() {
    let met = Met::default();
    for_each_seed(31_001..32_501, 200, |random| {
        let sketch = sketches::sketch(random);
        Ok(money_moved(&sketch, &met)? | pool_moved(&sketch, &met)?)
    });
    met.all_of(&["budget", "floor", "cap", "transfer", "pool"], 5);
}
