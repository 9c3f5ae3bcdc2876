//! What is too large is refused by its sizes, and what takes too long ends by itself.

use allocation::families::{Built, Size};
use allocation::run::OUT_OF_TIME;
use allocation::{Case, Run, RunStatus};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use crate::books::{Rule, Sketch, book, case};
use crate::changes::Changes;
use crate::random::{Random, for_each_seed};
use crate::sketches;

fn terms(built: &Built) -> usize {
    built.model.rows.iter().map(|row| row.terms.len()).sum()
}

#[test]
fn no_model_is_larger_than_its_size_said_before_it_was_built() {
    let all = Cell::new((0, 0));
    for_each_seed(80_001..80_301, 300, |random| {
        let sketch = sketches::wide(random);
        let case = sketch.case()?;
        let size = Size::of(&case);
        for case in [case.clone(), case.with_silence_valued(), case.fully_released()] {
            for objective in
                [case.scenario.definition.objective, allocation::scenario::Objective::LeastCost]
            {
                let built = Built::with_objective(&case, objective);
                let (columns, terms) = (built.model.columns.len(), terms(&built));
                if columns > size.columns || terms > size.terms {
                    return Err(format!("{columns} columns and {terms} figures, not {size:?}"));
                }
            }
        }
        let built = Built::of(&case);
        let (said, made) = all.get();
        all.set((said + size.terms, made + terms(&built)));
        Ok(true)
    });
    // Nor is what is said far from what is built: it would refuse what can be solved.
    let (said, built) = all.get();
    println!("{said} figures said, {built} built");
    assert!(said < 5 * built, "{said} said for {built}");
}

/// Thirty lines over five years in the most pieces, with so many floors on a share of all spend:
/// each row of a floor has every piece.
fn monster(floors: usize) -> Sketch {
    let mut sketch = sketches::book(&mut Random::of(81_001));
    let mut line = sketch.services.first().expect("a line").clone();
    line.role = "care";
    let named = |at| crate::books::Service { code: format!("S{at}"), ..line.clone() };
    sketch.services = (0..30).map(named).collect();
    sketch.changes = Changes::of(&sketch, 5, &mut Random::of(81_002));
    sketch.rules = vec![Rule::plain("years = 5\nsegments_per_side = 20")];
    let key = format!("{}/S0", line.provider);
    let floor = |at| {
        let text = format!("[[floor]]\nkey = \"f{at}\"\nservice = \"{key}\"\nmin_share_pct = 1");
        Rule::plain(text)
    };
    sketch.rules.extend((0..floors).map(floor));
    sketch.rules.push(Rule::plain("[uncertainty]\ndraws = 0"));
    sketch
}

#[test]
fn a_monster_is_refused_before_a_row_of_it_is_made() {
    let run = Run::of(monster(4_000).case().expect("a case"), |_| {});
    assert_eq!(run.status, RunStatus::Refused, "{}", run.sentence);
    assert!(run.plan.is_none() && run.ways_back.is_empty());
    assert!(run.sentence.contains("take fewer years, segments or lines"), "{}", run.sentence);
    // Nothing was built, so nothing has a hash.
    assert_eq!(run.model_sha256, "");
    let draws = Size { columns: 1, terms: 1, drawn: 50_000_001 };
    assert!(draws.refusal().is_some_and(|why| why.contains("take fewer draws")));
    assert_eq!(Size { drawn: 50_000_000, ..draws }.refusal(), None);
}

/// Forty options, whole or not at all, of which five sums must each come to half of all, to the
/// unit: no solver settles that in a day.
fn hopeless(seconds: f64) -> Case {
    let random = &mut Random::of(82_001);
    let (mut options, mut rules) = (Vec::new(), Vec::new());
    for at in 0..40 {
        options.push(format!("o{at},Option,{},0.00,yes,B", random.whole(1, 99)));
    }
    for rule in 0..5 {
        let weights: Vec<i64> = (0..40).map(|_| random.whole(0, 99)).collect();
        let half = weights.iter().sum::<i64>().div_euclid(2);
        for (at, weight) in weights.iter().enumerate() {
            rules.push(format!("most{rule},o{at},At most,{weight},{half}"));
            rules.push(format!("least{rule},o{at},At least,{},{}", -weight, -half));
        }
    }
    let header = "option_id,option_name,benefit_qaly,cost_gbp,all_or_nothing,evidence_grade";
    let rules_header = "rule_id,option_id,rule_label,weight,limit";
    let book = book(&[("options", header, options), ("option_rules", rules_header, rules)]);
    let limit = format!("[uncertainty]\ndraws = 0\n[solver]\ntime_limit_seconds = {seconds}\n");
    let text = format!("name = \"x\"\nbase_year = \"2024-25\"\n{limit}");
    let begun = Instant::now();
    let case = case(&book, &text).expect("a case");
    case.until(move || seconds - begun.elapsed().as_secs_f64())
}

#[test]
fn what_is_hopeless_ends_by_itself_and_others_are_served_meanwhile() {
    let served = AtomicU32::new(0);
    let ended = AtomicBool::new(false);
    let other = || {
        let sketch = sketches::sketch(&mut Random::of(10_001));
        while !ended.load(Ordering::Relaxed) {
            let run = Run::of(sketch.case().expect("a case"), |_| {});
            assert!(matches!(run.status, RunStatus::Optimal | RunStatus::Infeasible));
            // What ends after the other has ended was not served meanwhile.
            served.fetch_add(u32::from(!ended.load(Ordering::Relaxed)), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(other);
        // On a busy machine a second may be too short for anyone: then twice as long is tried.
        for seconds in [1.0, 2.0, 4.0, 8.0, 16.0] {
            let run = Run::of(hopeless(seconds), |_| {});
            assert_eq!(run.status, RunStatus::TimeLimit, "{}", run.sentence);
            assert!(run.plan.is_none(), "no plan is shown that is not proven");
            if served.load(Ordering::Relaxed) > 0 {
                break;
            }
        }
        ended.store(true, Ordering::Relaxed);
    });
    assert!(served.load(Ordering::Relaxed) > 0, "nobody was served meanwhile");
}

/// A run whose time is up when it has asked so many times how much is left.
fn patient(case: &Case, asks: u32) -> Run {
    let asked = Arc::new(AtomicU32::new(0));
    let left = move || if asked.fetch_add(1, Ordering::Relaxed) < asks { 60.0 } else { 0.0 };
    Run::of(case.clone().until(left), |_| {})
}

#[test]
fn wherever_the_time_ends_nothing_is_prettier_than_the_truth() {
    for_each_seed(83_001..83_019, 8, |random| {
        let mut sketch = sketches::wide(random);
        sketch.rules.retain(|rule| !rule.text.contains("[uncertainty]"));
        sketch.rules.push(Rule::plain("[uncertainty]\ndraws = 10"));
        let case = sketch.case()?;
        let whole = Run::of(case.clone(), |_| {});
        let shown = |run: &Run| format!("{:?} {:?} {:?}", run.plan, run.ways_back, run.notes);
        let mut before = RunStatus::TimeLimit;
        // At every one of the first steps, and here and there among the many draws.
        let later = (1_u32..).map(|step| 40 + step * step);
        for asks in (0..40).chain(later).take_while(|asks| *asks < 10_000) {
            let run = patient(&case, asks);
            let late = run.notes.iter().any(|note| note == OUT_OF_TIME);
            match (run.status, &run.plan) {
                (RunStatus::TimeLimit, None) if before == RunStatus::TimeLimit => {}
                (RunStatus::Optimal, Some(plan)) if plan.certificate.holds() && late => {}
                (status, _) if status == whole.status && shown(&run) == shown(&whole) => {
                    return Ok(asks > 2 && whole.plan.is_some());
                }
                (RunStatus::Infeasible, None) if run.sentence.contains("time limit") => {}
                _ => return Err(format!("{asks} asks: {:?}, {}", run.status, run.sentence)),
            }
            before = run.status;
        }
        Err("it never ends as it does with all the time there is".to_owned())
    });
}
