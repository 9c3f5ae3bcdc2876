//! The engine on random small books: always proven or proven infeasible, equal to oracles that
//! share no code with it, and its prices equal to what re-solving says.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

#[path = "engine/families/mod.rs"]
mod families;
#[path = "engine/oracle/mod.rs"]
mod oracle;
#[path = "engine/support.rs"]
mod support;
#[path = "engine/uganda.rs"]
mod uganda;

use allocation::run::{PlanResult, Totals};
use allocation::{Run, RunStatus, Scenario};
use openbook::{Book, Report, read};
use proptest::prelude::*;
use server::Catalogue;
use std::fmt::Write;

/// One random line: spend in pence, health per £m, elasticity in hundredths, nurses per £m in
/// hundredths, percent of cost that is variable.
#[derive(Clone, Debug)]
struct Line {
    pence: i64,
    health: u32,
    elasticity: u32,
    nurses: u32,
    variable: u8,
}

fn line() -> impl Strategy<Value = Line> {
    (10_000_000i64..900_000_000, 5u32..300, 5u32..95, 0u32..2_500, 20u8..=100).prop_map(
        |(pence, health, elasticity, nurses, variable)| Line {
            pence,
            health,
            elasticity,
            nurses,
            variable,
        },
    )
}

/// A book of the lines, all of one provider; nurses available = needed today × `nurses_pct`.
fn book(lines: &[Line], nurses_pct: u32) -> Book {
    let catalogue = Catalogue::embedded().expect("definitions");
    let mut files: Vec<(&str, String)> = [
        ("providers", "provider_code,provider_name,sector,place_code"),
        ("services", "provider_code,service_code,service_name,programme,setting"),
        (
            "costs",
            "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
             resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at",
        ),
        (
            "outcomes",
            "provider_code,service_code,fin_year,measure,patients,gain_mean,gain_se,evidence_grade,\
             source",
        ),
        ("elasticities", "provider_code,service_code,elasticity,elasticity_se,source"),
        ("workforce", "provider_code,service_code,fin_year,staff_group,wte,pay_cost_gbp"),
        ("staff_pools", "pool_id,staff_group,scope_kind,wte_available,redeployable_share"),
    ]
    .map(|(name, header)| (name, format!("{header}\n")))
    .into();
    let mut nurses = 0.0;
    for (at, line) in lines.iter().enumerate() {
        let millions = quantities::Pence::new(line.pence).to_millions().get();
        let wte = millions * f64::from(line.nurses) / 100.0;
        nurses += wte;
        let variable = line.pence.div_euclid(100) * i64::from(line.variable);
        let money = |pence: i64| quantities::Pence::new(pence).to_string();
        for (name, text) in &mut files {
            match *name {
                "services" => writeln!(text, "P,S{at},Line {at},x,y"),
                "costs" => writeln!(
                    text,
                    "P,S{at},2024-25,0,p,c,r,variable,1,{},plics,2025-03-31\n\
                     P,S{at},2024-25,0,p,c,r,fixed,,{},plics,2025-03-31",
                    money(variable),
                    money(line.pence - variable)
                ),
                "outcomes" => writeln!(
                    text,
                    "P,S{at},2024-25,qaly_per_patient,{:.6},1,0.1,B,x",
                    millions * f64::from(line.health)
                ),
                "elasticities" => {
                    writeln!(text, "P,S{at},{:.2},0.05,x", f64::from(line.elasticity) / 100.0)
                }
                "workforce" => writeln!(text, "P,S{at},2024-25,nursing,{wte:.6},0.00"),
                _ => Ok(()),
            }
            .expect("writes to a string");
        }
    }
    for (name, text) in &mut files {
        let more = match *name {
            "providers" => "P,Provider,acute,D\n".to_owned(),
            "staff_pools" => {
                format!("nursing,nursing,icb,{:.6},0.8\n", nurses * f64::from(nurses_pct) / 100.0)
            }
            _ => continue,
        };
        text.push_str(&more);
    }
    let mut report = Report::default();
    let read: Vec<_> = files
        .iter()
        .filter_map(|(name, csv)| {
            let definition = catalogue.tables.get(name)?;
            read::table(&catalogue.tables, definition, csv.as_bytes(), &mut report)?.accepted()
        })
        .collect();
    Book::assemble(read, &mut report).unwrap_or_else(|| panic!("{:?}", report.problems()))
}

fn run(book: &Book, more: &str) -> Run {
    let catalogue = Catalogue::embedded().expect("definitions");
    let text = format!("name = \"x\"\nbase_year = \"2024-25\"\n{more}\n[uncertainty]\ndraws = 0\n");
    let scenario = Scenario::parse(&text, |_| Err("no base".to_owned())).expect("a scenario");
    let (instruments, parameters) = (&catalogue.instruments, &catalogue.parameters);
    let case = allocation::run::case(book, &scenario, instruments, parameters, None, None);
    Run::of(case.expect("a case"), |_| {})
}

fn plan(run: &Run) -> &PlanResult {
    run.plan.as_ref().unwrap_or_else(|| panic!("{}", run.sentence))
}

fn totals(run: &Run) -> Totals {
    plan(run).last().expect("a year").totals
}

/// With one budget and nothing else the best plan is a sort: fill the steepest pieces first.
fn sorted_best(run: &Run) -> f64 {
    let (mut pieces, mut health, mut money) = (Vec::new(), 0.0, 0.0);
    for line in &run.case.lines {
        let curve = line.curve.as_ref().expect("a curve");
        health += curve.health.get();
        for segment in curve.below.iter().chain(&curve.above) {
            pieces.push((curve.slope(segment, curve.central(1.0)), segment.width));
        }
        for segment in &curve.below {
            health -= curve.slope(segment, curve.central(1.0)) * segment.width;
            money += segment.width;
        }
    }
    pieces.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (slope, width) in pieces {
        let part = width.min(money);
        health += slope * part;
        money -= part;
    }
    health
}

const ONE_BUDGET: &str = "releases = \"full\"\n[workforce]\nuse = false";

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn one_budget_alone_is_a_sort(lines in prop::collection::vec(line(), 1..8)) {
        let run = run(&book(&lines, 100), ONE_BUDGET);
        let (found, wanted) = (totals(&run).plan_health.get(), sorted_best(&run));
        prop_assert!((found - wanted).abs() <= 1e-6 * wanted.max(1.0), "{found} is not {wanted}");
    }

    #[test]
    fn a_run_is_proven_or_proven_infeasible_and_money_adds_up(
        lines in prop::collection::vec(line(), 1..8),
        nurses_pct in 85u32..120,
        change in -12i32..8,
        cut in 0u32..30,
        growth in 0u32..30,
        floor in 0usize..3,
    ) {
        let floors = match floor {
            0 => "",
            1 => "[[floor]]\nkey = \"f\"\nservice = \"P/S0\"\nmin_change_pct = 1.0",
            _ => "[[floor]]\nkey = \"f\"\nprovider = \"P\"\nmin_share_pct = 50.0\nmax_change_pct = 3.0",
        };
        let scenario = format!(
            "[budget]\nchange_pct = {change}\n[pace]\nmax_cut_pct = {cut}\nmax_growth_pct = {growth}\n\
             {floors}"
        );
        let run = run(&book(&lines, nurses_pct), &scenario);
        match run.status {
            RunStatus::Optimal => {
                let plan = plan(&run);
                prop_assert!(plan.certificate.holds());
                let totals = totals(&run);
                prop_assert_eq!(totals.plan_spend + totals.stranded + totals.unallocated, totals.budget);
                prop_assert!(totals.unallocated >= quantities::Pence::ZERO);
                let freed = plan.facts.gain_if_fully_released.expect("solved").get();
                let gain = (totals.plan_health - totals.base_health).get();
                prop_assert!(freed >= gain - 1e-6, "releasing more cannot cost health");
            }
            RunStatus::Infeasible => {
                prop_assert!(run.ways_back.iter().all(|way| way.cost > 0.0 && !way.moves.is_empty()));
            }
            other => prop_assert!(false, "{other:?}: {}", run.sentence),
        }
    }

    #[test]
    fn the_budget_price_is_what_one_more_pound_buys(
        lines in prop::collection::vec(line(), 2..7), nurses_pct in 95u32..110,
    ) {
        let book = book(&lines, nurses_pct);
        let base = run(&book, "");
        let budget = plan(&base).limits.iter().find(|limit| limit.kind == "budget").expect("a budget");
        let room = budget.range.to.map_or(0.01, |to| to - budget.limit).min(0.01);
        // At a kink the price has two sides; it is only asked where it holds for £100 at least.
        prop_assume!(room > 1e-4);
        let more = format!("[budget]\ntotal_gbp = \"{:.2}\"", (budget.limit + room) * 1e6);
        let more = run(&book, &more);
        let step = (totals(&more).budget - totals(&base).budget).to_millions().get();
        let gained = (totals(&more).plan_health - totals(&base).plan_health).get();
        // Plans are floored to pence: a penny of each line is the noise of either side.
        let noise = 2e-8 * 8.0 * 400.0 + 1e-9 * totals(&base).plan_health.get();
        prop_assert!((gained - budget.price * step).abs() <= noise, "{gained} for {step} at {}", budget.price);
    }

    #[test]
    fn splitting_a_line_into_identical_halves_changes_nothing(
        lines in prop::collection::vec(line(), 1..6),
    ) {
        let even: Vec<Line> =
            lines.iter().map(|line| Line { pence: line.pence.div_euclid(200) * 200, ..line.clone() }).collect();
        let mut split = even.clone();
        let first = split.remove(0);
        let half = Line { pence: first.pence.div_euclid(2), ..first };
        split.extend([half.clone(), half]);
        let (whole, halves) = (run(&book(&even, 101), ""), run(&book(&split, 101), ""));
        let (a, b) = (totals(&whole).plan_health.get(), totals(&halves).plan_health.get());
        prop_assert!((a - b).abs() <= 1e-5 * a.max(1.0), "{a} is not {b}");
    }
}

#[test]
fn nothing_that_can_move_is_an_answer_too() {
    let lines = [Line { pence: 100_000_000, health: 50, elasticity: 50, nurses: 0, variable: 100 }];
    let run = run(&book(&lines, 100), "[pace]\nmax_cut_pct = 0\nmax_growth_pct = 0");
    let plan = plan(&run);
    assert_eq!(totals(&run).plan_spend, totals(&run).base_spend);
    assert!(plan.certificate.holds());
}

#[test]
fn a_floor_without_money_is_infeasible_and_says_what_it_takes() {
    let line = Line { pence: 100_000_000, health: 50, elasticity: 50, nurses: 0, variable: 100 };
    let run = run(
        &book(&[line], 100),
        "[[floor]]\nkey = \"f\"\nlabel = \"The floor\"\nservice = \"P/S0\"\nmin_change_pct = 5.0",
    );
    assert_eq!(run.status, RunStatus::Infeasible);
    let sentences: Vec<&str> = run
        .ways_back
        .iter()
        .flat_map(|way| way.moves.iter().map(|relaxed| relaxed.sentence.as_str()))
        .collect();
    assert_eq!(run.ways_back.len(), 2, "{sentences:?}");
    assert!(sentences.iter().any(|said| said.contains("£50,000 more")), "{sentences:?}");
    assert!(sentences.iter().any(|said| said.contains("£50,000 lower")), "{sentences:?}");
}
