//! Budgets, stranded cost, funds, and the years of a plan.

use allocation::RunStatus;

use super::{STILL, Tables, answers, close, pounds, scenario, totals};
use crate::support;

const HALF: &str = "[[release]]\nservice = \"A01/A\"\nshare = 0.5\n";

/// Half of a cut is released. Year 1 has 9: own 8, stranded 1. Year 2 has 9.9: the 1 stays, so own
/// 8.9, though A has grown by 0.9.
#[test]
fn growing_back_later_does_not_unstrand() {
    let tables = Tables::of(&["A01"]).growing(0.0, 0.0);
    let budget = "change_pct = -10\n[[budget.year]]\nyear = 2\nchange_pct = 10";
    let run = tables.run("years = 2", budget, HALF);
    // One piece a year: below today 8 to 10 at 1000 (1 − 0.8^0.2) / 2 = 21.82375.
    answers(&run, 1, &[8.0], 1000.0 - 2.0 * 21.82375);
    answers(&run, 2, &[8.9], 1000.0 - 1.1 * 21.82375);
    for year in [1, 2] {
        assert_eq!(totals(&run, year).stranded.to_string(), "1000000.00");
    }
}

/// 25 % fixed, 35 % semi-fixed, 40 % variable: 0.4, 0.575 and 0.75 of a cut are released. 9.4 every
/// year: 1.5 is cut, 0.9 stays; then 0.6375 and 0.375 stay, and A has 8.7625 and 9.025.
#[test]
fn costs_are_released_year_by_year() {
    let row = |kind: &str, pounds: &str| {
        format!("A01,A,2024-25,0,ALL,ALL,all,{kind},1000,{pounds}.00,plics,2025-03-31")
    };
    let rows = [row("fixed", "2500000"), row("semi_fixed", "3500000"), row("variable", "4000000")];
    let all = row("variable", "10000000");
    let tables = Tables::of(&["A01"]).growing(0.0, 0.0).but("costs", &all, &rows.join("\n"));
    let run = tables.run("years = 3\nreleases = \"profile\"", "change_pct = -6", "");
    let slope = 1000.0 * (1.0 - 0.8_f64.powf(0.2)) / 2.0;
    for (year, spend, stranded) in
        [(1, 8.5, 900_000.0), (2, 8.7625, 637_500.0), (3, 9.025, 375_000.0)]
    {
        answers(&run, year, &[spend], 1000.0 - (10.0 - spend) * slope);
        close("stranded", totals(&run, year).stranded.to_pounds() / 1e6, stranded / 1e6);
    }
}

/// A fifth a year: 8, then 6.4, and no further.
#[test]
fn yearly_limits_compound() {
    let tables = Tables::of(&["A01"]).growing(0.0, 0.0);
    let fall = |second: &str| {
        format!("change_pct = -20\n[[budget.year]]\nyear = 2\nchange_pct = {second}")
    };
    let run = tables.run("years = 2", &fall("-20"), "");
    let health = |spend: f64| 1000.0 * (spend / 10.0_f64).powf(0.2);
    answers(&run, 1, &[8.0], health(8.0));
    answers(&run, 2, &[6.4], health(6.4));
    let run = support::run(&tables.book(), &scenario("years = 2", &fall("-20.1"), ""));
    assert_eq!(run.status, RunStatus::Infeasible);
    // Year 1 may stay at 10; then year 2 stays above 8: the limit is on the year before.
    let late = "change_pct = 0\n[[budget.year]]\nyear = 2\nchange_pct = -21";
    let run = support::run(&tables.book(), &scenario("years = 2", late, ""));
    // Year 1 gives way: it need not spend all.
    assert_eq!(run.status, RunStatus::Optimal, "{}", run.sentence);
    close("year 1", totals(&run, 1).plan_spend.to_millions().get(), 9.875);
    close("year 2", totals(&run, 2).plan_spend.to_millions().get(), 7.9);
}

/// Prices rise by 5 %: 10 buys 9.5238. Demand rises by 10 %: 1000 · 1.1^0.8 = 1079.2303 at today's
/// spend; years count 1 and 1 / 1.035.
#[test]
fn prices_eat_the_budget_and_demand_lifts_the_curve() {
    let run = Tables::of(&["A01"]).growing(0.0, 5.0).run("", &pounds(10.0), "");
    let spend = 10.0 / 1.05;
    answers(&run, 1, &[spend], 1000.0 - (10.0 - spend) * 20.8516);
    close("cash", totals(&run, 1).plan_spend.to_millions().get(), 10.0);
    let run = Tables::of(&["A01"]).growing(10.0, 0.0).run("years = 2", &pounds(10.0), STILL);
    answers(&run, 1, &[10.0], 1079.2303);
    answers(&run, 2, &[10.0], 1079.2303 * 1.1_f64.powf(0.8));
    let objective = run.plan.as_ref().expect("a plan").certificate.objective;
    close("discounted", objective, 1079.2303 + 1079.2303 * 1.1_f64.powf(0.8) / 1.035);
    // Demand of 21 % standing still asks for 2.1; with a curve of 1.1 a year the slope is as much
    // higher: 19.2449 · 1.1^0.8 for each £m.
    let run = Tables::of(&["A01"]).growing(10.0, 0.0).run("", &pounds(10.5), "");
    answers(&run, 1, &[10.5], 1079.2303 + 0.5 * 19.2449 * 1.1_f64.powf(0.8));
}

/// P is paid from another fund, which has no money to grow; £0.6m may come from the first.
#[test]
fn money_moves_between_funds_by_name_alone() {
    let tables = Tables::pair()
        .but("services", "setting", "setting,fund")
        .but("services", "golden,acute", "golden,acute,core")
        .but("services", "golden,primary_care", "golden,primary_care,bcf");
    answers(&tables.run("", &pounds(15.0), ""), 1, &[10.0, 5.0], 2250.0);
    let transfer = "[[transfer]]\nfrom = \"core\"\nto = \"bcf\"\nmax_gbp = \"600000.00\"\n";
    let run = tables.run("", &pounds(15.0), transfer);
    let health = 2250.0 - 0.6 * 20.8516 + 0.5 * 97.1503 + 0.1 * 91.9841;
    answers(&run, 1, &[9.4, 5.6], health);
    let back = "[[transfer]]\nfrom = \"bcf\"\nto = \"core\"\nmax_gbp = \"600000.00\"\n";
    answers(&tables.run("", &pounds(15.0), back), 1, &[10.0, 5.0], 2250.0);
}

/// A transfer is money of its year: £0.6m again each year, not once and not on top of the last. In
/// year 2 funds have 9.8 and 4.9: A 9.2, P 5.5. One piece a year: A below today 21.82375 a £m, P
/// above it 94.5672.
#[test]
fn transfers_are_of_each_year() {
    let tables = Tables::pair()
        .growing(0.0, 0.0)
        .but("services", "setting", "setting,fund")
        .but("services", "golden,acute", "golden,acute,core")
        .but("services", "golden,primary_care", "golden,primary_care,bcf");
    let transfer = "[[transfer]]\nfrom = \"core\"\nto = \"bcf\"\nmax_gbp = \"600000.00\"\n";
    let budget = format!("{}\n[[budget.year]]\nyear = 2\nchange_pct = -2", pounds(15.0));
    let run = tables.run("years = 2", &budget, transfer);
    answers(&run, 1, &[9.4, 5.6], 2250.0 - 0.6 * 21.82375 + 0.6 * 94.5672);
    answers(&run, 2, &[9.2, 5.5], 2250.0 - 0.8 * 21.82375 + 0.5 * 94.5672);
}

/// A gives all it may, 2 at 43.6475; P makes that good with 43.6475 / 97.1503 = 0.449278.
#[test]
fn the_least_money_keeps_todays_health() {
    let run = Tables::pair().run("objective = \"least_cost\"", &pounds(15.0), "");
    answers(&run, 1, &[8.0, 5.449278], 2250.0);
    // The budget is not enforced.
    let run = Tables::pair().run("objective = \"least_cost\"", &pounds(10.0), "");
    answers(&run, 1, &[8.0, 5.449278], 2250.0);
}
