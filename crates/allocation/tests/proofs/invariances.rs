//! What must not change an answer: the unit of money, the order of rows, how a service is divided
//! into lines, and the number of threads.

use allocation::families::Built;
use allocation::{Outcome, Plan, Run, solve};
use quantities::Pence;

use crate::best::best;
use crate::books::{Rule, Sketch, book, case};
use crate::random::{Proof, Random, for_each_seed};
use crate::sketches;

fn alike(a: f64, b: f64, ratio: f64) -> bool {
    (a - b).abs() <= ratio * a.abs().max(1.0)
}

/// Every sum of money in book and scenario, so many times over.
fn times(sketch: &Sketch, factor: i64) -> Sketch {
    let mut sketch = sketch.clone();
    for service in &mut sketch.services {
        service.cost = service.cost.map(|pence| pence * factor);
    }
    for money in sketch.rules.iter_mut().filter_map(|rule| rule.money.as_mut()) {
        money.1 *= factor;
    }
    for pool in &mut sketch.pools {
        pool.recruits.1 *= factor;
        pool.agency.1 *= factor;
    }
    sketch.changes.times(factor);
    sketch
}

/// Each line's planned spend in percent of today's, where the plan is the only best one.
fn in_percent(sketch: &Sketch) -> Result<Option<Vec<f64>>, String> {
    let case = sketch.case()?;
    let Outcome::Proven(solution, _) = solve(&case, &Built::of(&case)) else { return Ok(None) };
    let percent = |plan: &Plan| -> Vec<f64> {
        let pounds = |pence: &Pence| pence.to_pounds().max(0.01);
        let each = case.lines.iter().zip(&plan.year(1).expect("a year").own);
        each.map(|(line, own)| 100.0 * pounds(own) / pounds(&line.base)).collect()
    };
    Ok(solution.unique.then(|| percent(&solution.plan)))
}

/// The best objective of a book's model, options in parts.
fn health(sketch: &Sketch) -> Result<Option<f64>, String> {
    Ok(best(&Built::of(&sketch.case()?).model)?.objective())
}

#[test]
fn a_hundred_times_the_money_is_the_same_plan_in_percent() {
    for_each_seed(50_001..50_201, 80, |random| {
        let sketch = sketches::sketch(random);
        let larger = times(&sketch, 100);
        match (health(&sketch)?, health(&larger)?) {
            // Limits in percent are rounded to a penny, which is less of the larger book.
            (Some(a), Some(b)) if alike(a, b, 1e-6) => {}
            (None, None) => {}
            (a, b) => return Err(format!("the best of {a:?} is {b:?} with larger money")),
        }
        let Some((a, b)) = in_percent(&sketch)?.zip(in_percent(&larger)?) else { return Ok(false) };
        let same = a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-3);
        if same { Ok(true) } else { Err(format!("{a:?} became {b:?}")) }
    });
}

#[test]
fn and_the_same_health_where_everything_may_change() {
    for_each_seed(50_201..50_401, 80, |random| {
        let mut sketch = sketches::wide(random);
        // Where money is part of the objective, more of it is another objective.
        let money = |rule: &Rule| rule.text.contains("net_health") || rule.text.contains("least");
        sketch.rules.retain(|rule| !money(rule));
        match (health(&sketch)?, health(&times(&sketch, 100))?) {
            (Some(a), Some(b)) if alike(a, b, 1e-6) => Ok(true),
            (None, None) => Ok(false),
            (a, b) => Err(format!("the best of {a:?} is {b:?} with larger money")),
        }
    });
}

#[test]
fn the_order_of_rows_changes_no_byte_of_a_result() {
    for_each_seed(51_001..51_041, 20, |random| any_order(sketches::sketch(random), random));
    for_each_seed(51_041..51_071, 10, |random| any_order(sketches::wide(random), random));
}

fn any_order(mut sketch: Sketch, random: &mut Random) -> Proof {
    // Draws too: they must not hang on the order in which lines were handed in.
    sketch.rules.retain(|rule| !rule.text.contains("[uncertainty]"));
    let scenario = format!("{}[uncertainty]\ndraws = 20\n", sketch.scenario());
    let mut tables = sketch.tables();
    let first = Run::of(case(&book(&tables), &scenario)?, |_| {});
    for (_, _, rows) in &mut tables {
        random.shuffle(rows);
    }
    random.shuffle(&mut tables);
    let second = Run::of(case(&book(&tables), &scenario)?, |_| {});
    if first.model_sha256 != second.model_sha256 {
        return Err("another model".to_owned());
    }
    if first.case.book_sha256 != second.case.book_sha256 {
        return Err("another book".to_owned());
    }
    let shown = |run: &Run| format!("{:?} {:?} {:?}", run.plan, run.ways_back, run.notes);
    if shown(&first) != shown(&second) {
        return Err("another result".to_owned());
    }
    Ok(first.plan.is_some())
}

#[test]
fn a_service_in_two_identical_halves_is_the_same_service() {
    for_each_seed(52_001..52_301, 150, |random| halved(&sketches::sketch(random), random));
    for_each_seed(52_301..52_901, 60, |random| halved(&sketches::wide(random), random));
}

fn halved(sketch: &Sketch, random: &mut Random) -> Proof {
    let text = sketch.scenario();
    // A line that scenario or book names is one line and no other.
    let unnamed = |at: &usize| {
        let service = sketch.services.get(*at).expect("a line");
        !text.contains(&format!("/{}\"", service.code)) && !sketch.changes.name(service)
    };
    let places: Vec<usize> = (0..sketch.services.len()).filter(unnamed).collect();
    if places.is_empty() {
        return Ok(false);
    }
    let at = *random.pick(&places);
    let mut halved = sketch.clone();
    let half = halved.services.get_mut(at).expect("a line");
    half.cost = half.cost.map(|pence| pence.div_euclid(2));
    half.staff.values_mut().for_each(|wte| *wte = wte.div_euclid(2));
    if let Some(outcome) = &mut half.outcome {
        outcome.patients = outcome.patients.div_euclid(2);
    }
    let mut other = half.clone();
    other.code = format!("{}b", other.code);
    halved.services.push(other);
    match (health(sketch)?, health(&halved)?) {
        (Some(a), Some(b)) if alike(a, b, 1e-9) => Ok(true),
        (None, None) => Ok(false),
        (a, b) => Err(format!("{a:?} became {b:?}, halving {at}")),
    }
}

#[test]
fn two_threads_draw_the_same_figures_as_one() {
    for_each_seed(53_001..53_026, 12, |random| threads(sketches::sketch(random)));
    for_each_seed(53_026..53_046, 8, |random| threads(sketches::wide(random)));
}

fn threads(mut sketch: Sketch) -> Proof {
    sketch.rules.retain(|rule| !rule.text.contains("[uncertainty]"));
    let book = sketch.book();
    let drawn = |threads: u8| -> Result<(bool, String), String> {
        let text = format!(
            "{}[uncertainty]\ndraws = 60\n[solver]\nthreads = {threads}\n",
            sketch.scenario()
        );
        let run = Run::of(case(&book, &text)?, |_| {});
        let facts = run.plan.as_ref().and_then(|plan| plan.facts.uncertainty.as_ref());
        Ok((facts.is_some(), format!("{:?}", run.plan)))
    };
    let ((there, one), (_, two)) = (drawn(1)?, drawn(2)?);
    if one == two { Ok(there) } else { Err("other figures".to_owned()) }
}

#[test]
fn two_funds_with_free_transfers_are_one_fund() {
    for_each_seed(54_001..54_101, 20, |random| {
        let mut two = sketches::book(random);
        let change = random.between(-3.0, 3.0);
        two.rules = vec![Rule::plain(format!("[budget]\nchange_pct = {change:.2}"))];
        let mut one = two.clone();
        one.services.iter_mut().for_each(|service| service.fund = "core");
        let funds: Vec<&str> = two.services.iter().map(|service| service.fund).collect();
        if !(funds.contains(&"core") && funds.contains(&"bcf")) {
            return Ok(false);
        }
        for (from, to) in [("core", "bcf"), ("bcf", "core")] {
            let text = format!("[[transfer]]\nfrom = \"{from}\"\nto = \"{to}\"");
            two.rules.push(Rule::with_money(text, "max_gbp", 100_000_000_000));
        }
        match (health(&two)?, health(&one)?) {
            // Two budgets are rounded to a penny each.
            (Some(a), Some(b)) if alike(a, b, 1e-6) => Ok(true),
            (None, None) => Ok(false),
            (a, b) => Err(format!("{a:?} in two funds is {b:?} in one")),
        }
    });
}
