//! Health against money: never falling, always bending down; below some budget there is no plan,
//! above it always one.

use allocation::families::Built;

use crate::best::best;
use crate::books::Rule;
use crate::random::{Random, for_each_seed};
use crate::sketches;

/// The best health at 21 budgets from 10 % less to 10 % more.
fn frontier(random: &mut Random) -> Result<Vec<Option<f64>>, String> {
    let mut sketch = sketches::sketch(random);
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
    for_each_seed(40_001..40_061, 40, |random| {
        let found = frontier(random)?;
        let solved: Vec<f64> =
            found.iter().copied().skip_while(Option::is_none).flatten().collect();
        let first = found.iter().position(Option::is_some).unwrap_or(found.len());
        if solved.len() + first != found.len() {
            return Err(format!("a plan is lost when there is more money: {found:?}"));
        }
        // Budgets are whole pence: two pennies at a slope of 10,000 a million.
        let noise = 2e-4;
        if solved.windows(2).any(|two| two[1] < two[0] - noise) {
            return Err(format!("health falls: {solved:?}"));
        }
        let bends =
            solved.windows(3).all(|three| three[2] - three[1] <= three[1] - three[0] + noise);
        // A flat line alone proves little.
        let rises =
            solved.last().zip(solved.first()).is_some_and(|(last, first)| last - first > 0.1);
        if bends { Ok(rises) } else { Err(format!("a later pound buys more: {solved:?}")) }
    });
}
