//! Options: the first year's part, whole or not at all, rules, and what they may free.

use super::{STILL, Tables, answers, close, pounds, scenario, take_up, totals};
use crate::support;

const OPTIONS: &str =
    "option_id,option_name,benefit_qaly,cost_gbp,all_or_nothing,year1_share,evidence_grade";

/// Nothing else moves; £0.6m a year beyond today. Half of year 1 counts: 0.5 c1 ≤ 0.6 and
/// c1 + 0.5 (c2 − c1) ≤ 0.6, so c1 + c2 ≤ 1.2; never taken back, c1 ≤ c2: 0.6 in both years.
#[test]
fn options_are_never_taken_back_and_their_first_year_counts_in_part() {
    let tables = Tables::pair()
        .growing(0.0, 0.0)
        .with("options", &[OPTIONS, "o,Option,100,1000000.00,no,0.5,B"]);
    let run = tables.run("years = 2", "change_pct = 4", STILL);
    answers(&run, 1, &[10.0, 5.0], 2250.0 + 30.0);
    answers(&run, 2, &[10.0, 5.0], 2250.0 + 60.0);
    for year in [1, 2] {
        assert!(take_up(&run, year).iter().all(|level| (level - 0.6).abs() < 1e-6));
    }
    assert_eq!(totals(&run, 1).options.to_string(), "300000.00");
    assert_eq!(totals(&run, 2).options.to_string(), "600000.00");
}

fn whole_three() -> Tables {
    let rows =
        [OPTIONS, "a,A,30,600000.00,yes,,B", "b,B,20,500000.00,yes,,B", "c,C,12,400000.00,yes,,B"];
    Tables::pair().with("options", &rows)
}

/// £1m for 30 at 0.6, 20 at 0.5, 12 at 0.4, each whole: a + c = 42 is the best of the five choices
/// that the money allows (a 30, b 20, c 12, a + c 42, b + c 32); in parts it would be a + 0.8 b.
#[test]
fn whole_options_are_taken_wholly_and_the_choice_is_the_best() {
    let tables = whole_three();
    let run = tables.run("", &pounds(16.0), STILL);
    assert_eq!(take_up(&run, 1), [1.0, 0.0, 1.0]);
    answers(&run, 1, &[10.0, 5.0], 2250.0 + 42.0);
    // Each choice by hand: what is forbidden stays out, and none does better.
    for number in 0..8_u8 {
        let cap = |name: &str, bit: u8| format!("{name} = {}", (number >> bit) & 1);
        let caps = [cap("a", 0), cap("b", 1), cap("c", 2)].join(", ");
        let more = format!("{STILL}[options]\nmax_take_up = {{ {caps} }}\n");
        let health = totals(&tables.run("", &pounds(16.0), &more), 1).plan_health.get();
        let wanted = match number {
            0 => 0.0,
            1 | 3 => 30.0,
            2 => 20.0,
            4 => 12.0,
            6 => 32.0,
            _ => 42.0,
        };
        close(&format!("choice {number}"), health, 2250.0 + wanted);
    }
    // Half of a whole option is none of it.
    let more = format!("{STILL}[options]\nmax_take_up = {{ a = 0.5, b = 0, c = 0 }}\n");
    answers(&tables.run("", &pounds(16.0), &more), 1, &[10.0, 5.0], 2250.0);
}

/// a and c exclude each other: 32 for b + c against 30 for a.
#[test]
fn rules_between_options_hold() {
    let rows = ["rule_id,option_id,rule_label,weight,limit", "x,a,Either,1,1", "x,c,Either,1,1"];
    let run = whole_three().with("option_rules", &rows).run("", &pounds(16.0), STILL);
    assert_eq!(take_up(&run, 1), [0.0, 1.0, 1.0]);
    answers(&run, 1, &[10.0, 5.0], 2250.0 + 32.0);
    // b needs a: b − a ≤ 0; c is out: only a is left.
    let rows =
        ["rule_id,option_id,rule_label,weight,limit", "n,b,b needs a,1,0", "n,a,b needs a,-1,0"];
    let more = format!("{STILL}[options]\nmax_take_up = {{ c = 0 }}\n");
    let run = whole_three().with("option_rules", &rows).run("", &pounds(15.9), &more);
    assert_eq!(take_up(&run, 1), [1.0, 0.0, 0.0]);
}

/// It claims to free £12m of A, whose whole £10m has a curve: at most 10 / 12 of it. The money lets
/// A and P grow to their limits: 2250 + 37.1373 + 94.5672 + 10 / 1.2.
#[test]
fn an_option_frees_at_most_what_there_is() {
    let effects = ["option_id,service,spend_change_gbp,source", "o,A01/A,-12000000.00,x"];
    let tables = Tables::pair()
        .with("options", &[OPTIONS, "o,Option,10,0.00,no,,B"])
        .with("option_effects", &effects);
    let run = tables.run("", &pounds(15.0), "");
    answers(&run, 1, &[2.0, 6.0], 2250.0 + 37.1373 + 94.5672 + 10.0 / 1.2);
    // A line without an outcome is held but for what options free.
    let effects = ["option_id,service,spend_change_gbp,source", "o,P01/N,-1000000.00,x"];
    let tables = Tables::pair()
        .line(("P01", "N"), 2.0, "care")
        .with("options", &[OPTIONS, "o,Option,0,0.00,no,,B"])
        .with("option_effects", &effects);
    answers(&tables.run("", &pounds(17.0), ""), 1, &[10.0, 1.0, 6.0], 2250.0 + 94.5672);
}

/// At £15,000 a QALY £1m must bring 66.67.
#[test]
fn net_health_leaves_what_is_dearer_than_the_threshold() {
    for (benefit, taken) in [("66", 0.0), ("67", 1.0)] {
        let row = format!("o,Option,{benefit},1000000.00,no,,B");
        let tables = Tables::pair().with("options", &[OPTIONS, &row]);
        let run = tables.run("objective = \"net_health\"", &pounds(20.0), STILL);
        assert_eq!(take_up(&run, 1), [taken]);
    }
    // A's last pieces bring 22.80 and 20.85 for £1m: net of money A falls, P grows.
    let run = Tables::pair().run("objective = \"net_health\"", &pounds(20.0), "");
    answers(&run, 1, &[8.0, 6.0], 2300.9197);
}

/// Healthy life expectancy by fifth 66.37 … 77.63, aversion 10.95: a year in the first fifth counts
/// (77.63 / 66.37)^10.95 = 5.56 times one in the last.
#[test]
fn equity_weights_come_from_the_dated_figures() {
    let header = "option_id,option_name,benefit_qaly,cost_gbp,evidence_grade,imd_q1,imd_q2,imd_q3,\
                  imd_q4,imd_q5";
    let rows =
        [header, "first,First,10,1000000.00,B,1,0,0,0,0", "last,Last,30,1000000.00,B,0,0,0,0,1"];
    let tables = Tables::pair().with("options", &rows);
    let run = tables.run("", &pounds(16.0), STILL);
    assert_eq!(take_up(&run, 1), [0.0, 1.0]);
    let run = tables.run("objective = \"equity_weighted\"", &pounds(16.0), STILL);
    assert_eq!(take_up(&run, 1), [1.0, 0.0]);
    let raw = [66.37_f64, 70.07, 73.74, 75.32, 77.63].map(|health| health.powf(-10.95));
    let weight = 66.37_f64.powf(-10.95) / (raw.iter().sum::<f64>() / 5.0);
    let objective = run.plan.expect("a plan").certificate.objective;
    close("weighted", objective, 2250.0 + 10.0 * weight);
}

/// What cannot be: half of an option is not there to keep a rule that asks for half of it at least,
/// and three quarters at most. The way back is the smaller step: a wholly, 0.25 beyond the second.
#[test]
fn whole_options_that_no_choice_satisfies_are_infeasible() {
    let rows = ["rule_id,option_id,rule_label,weight,limit", "x,a,Some,-1,-0.5", "y,a,Few,1,0.75"];
    let book = whole_three().with("option_rules", &rows).book();
    let run = support::run(&book, &scenario("", &pounds(16.0), STILL));
    assert_eq!(run.status, allocation::RunStatus::Infeasible, "{}", run.sentence);
    let [way] = run.ways_back.as_slice() else { panic!("{:?}", run.ways_back) };
    let [moved] = way.moves.as_slice() else { panic!("{way:?}") };
    assert_eq!((moved.key.as_str(), moved.unit_name.as_str()), ("option_rule/y/1", "take-up"));
    close("how far", moved.by, 0.25);
    assert_eq!(moved.sentence, "Few: 0.25 looser. Whoever drew the rule up would have to agree.");
}

/// Of 15 only 14.5 is there. The option frees 1 of A, wholly or not at all, and A may fall to 9.8:
/// in parts 0.3 would be missing; whole, the budget lacks 0.5 without it, or the floor 0.8 with it.
#[test]
fn the_way_back_takes_whole_options_wholly() {
    let effects = ["option_id,service,spend_change_gbp,source", "o,A01/A,-1000000.00,x"];
    let tables = Tables::pair()
        .with("options", &[OPTIONS, "o,Option,0,0.00,yes,,B"])
        .with("option_effects", &effects);
    let floor = "[[floor]]\nkey = \"a\"\nservice = \"A01/A\"\nmin_gbp = \"9800000.00\"\n";
    let asked = scenario("", &pounds(14.5), &format!("{STILL}{floor}"));
    let run = support::run(&tables.book(), &asked);
    assert_eq!(run.status, allocation::RunStatus::Infeasible, "{}", run.sentence);
    let way = run.ways_back.first().expect("a way back");
    let moves: Vec<&str> = way.moves.iter().map(|relaxed| relaxed.key.as_str()).collect();
    assert_eq!(moves, ["budget/core/1"]);
    close("what is missing", way.cost, 0.5);
}
