//! Health against money: never falling, always bending down; below some budget there is no plan,
//! above it always one.

use allocation::families::Built;

use crate::best::best;
use crate::books::{Rule, Sketch};
use crate::random::{Proof, for_each_seed};
use crate::sketches;

/// The best health at 21 budgets from 10 % less to 10 % more.
fn frontier(sketch: &Sketch) -> Result<Vec<Option<f64>>, String> {
    let mut sketch = sketch.clone();
    sketch.rules.retain(|rule| !rule.text.contains("[budget"));
    let mut found = Vec::new();
    for step in 0..=20 {
        let mut at = sketch.clone();
        at.rules.push(Rule::plain(format!("[budget]\nchange_pct = {}", step - 10)));
        found.push(best(&Built::of(&at.case()?).model)?.objective());
    }
    Ok(found)
}

#[test]
fn health_never_falls_with_money_and_each_pound_buys_less_than_the_last() {
    for_each_seed(40_001..40_061, 40, |random| bends(&sketches::sketch(random)));
}

/// Options in parts: whole ones make steps.
#[test]
fn nor_where_everything_may_change_over_years() {
    for_each_seed(41_001..41_041, 15, |random| {
        let sketch = sketches::wide(random);
        let text = sketch.scenario();
        // Where health is a limit money is not.
        if text.contains("least_cost") { Ok(false) } else { bends(&sketch) }
    });
}

fn bends(sketch: &Sketch) -> Proof {
    let found = frontier(sketch)?;
    let solved: Vec<f64> = found.iter().copied().skip_while(Option::is_none).flatten().collect();
    let first = found.iter().position(Option::is_some).unwrap_or(found.len());
    if solved.len() + first != found.len() {
        return Err(format!("a plan is lost when there is more money: {found:?}"));
    }
    // Budgets are whole pence: two pennies at a slope of 10,000 a million.
    let noise = 2e-4;
    let steps: Vec<f64> =
        solved.iter().zip(solved.iter().skip(1)).map(|(less, more)| more - less).collect();
    if steps.iter().any(|step| *step < -noise) {
        return Err(format!("health falls: {solved:?}"));
    }
    let bends = steps.iter().zip(steps.iter().skip(1)).all(|(first, next)| *next <= first + noise);
    // A flat line alone proves little.
    let rises = solved.last().zip(solved.first()).is_some_and(|(last, first)| last - first > 0.1);
    if bends { Ok(rises) } else { Err(format!("a later pound buys more: {solved:?}")) }
}
