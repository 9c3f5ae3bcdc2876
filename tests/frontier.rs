//! Health against budget: on the published four services and the example book, against whole solves
//! of every budget, and through the command line.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

use allocation::families::Built;
use allocation::frontier::{Budgets, Frontier, FrontierError};
use allocation::{Case, Outcome, RunStatus, Scenario, solve};
use api::frontier::FrontierJson;
use openbook::folder;
use quantities::Pence;
use server::Catalogue;
use std::ffi::OsString;
use std::path::Path;
use tests::{Ended, example, root, valuebook};

fn case(book: &Path, scenario: &str) -> Case {
    let catalogue = Catalogue::embedded().expect("definitions");
    let (book, report) = folder::read(&catalogue.tables, book).expect("reads");
    let book = book.unwrap_or_else(|| panic!("{:?}", report.problems()));
    let scenario = Scenario::parse(scenario, |_| Err("no base".to_owned())).expect("a scenario");
    let (instruments, parameters) = (&catalogue.instruments, &catalogue.parameters);
    allocation::run::case(&book, &scenario, instruments, parameters, Some(0), None).expect("a case")
}

const FOUR: &str = "name = \"x\"\nbase_year = \"2024-25\"\nsegments_per_side = 2\n\
                    releases = \"full\"\n[pace]\nmax_cut_pct = 20\nmax_growth_pct = 20\n";

fn four(more: &str) -> Case {
    case(&root().join("tests/golden/four-services/book"), &format!("{FOUR}{more}"))
}

fn frontier(case: &Case, budgets: (u32, f64, f64)) -> Frontier {
    let (points, from, to) = budgets;
    Frontier::of(case, Budgets::new(points, from, to).expect("budgets"), |_| {})
        .expect("a frontier")
}

/// Each proven point as (£m, QALY, QALY per £m).
fn proven(frontier: &Frontier) -> Vec<(f64, f64, f64)> {
    let points = frontier.points.iter().filter_map(|point| {
        let best = point.best?;
        Some((point.budget.to_millions().get(), best.health.get(), best.price.get()))
    });
    points.collect()
}

/// Health never falls with money, each further £ brings no more than the one before, and the price
/// lies between what the last step brought and what the next brings.
fn bends_one_way(frontier: &Frontier) {
    let points = proven(frontier);
    assert!(points.len() > 2, "{frontier:?}");
    let near = |(_, health, _): (f64, f64, f64)| 1e-6 * health.abs().max(1.0);
    let slope = |a: (f64, f64, f64), b: (f64, f64, f64)| (b.1 - a.1) / (b.0 - a.0);
    for pair in points.windows(2) {
        let [a, b] = pair else { continue };
        let step = near(*a) / (b.0 - a.0);
        let found = slope(*a, *b);
        assert!(b.1 >= a.1 - near(*a), "{a:?} to {b:?}");
        assert!(b.2 - step <= found && found <= a.2 + step, "{a:?} to {b:?}: {found}");
    }
    for triple in points.windows(3) {
        let [a, b, c] = triple else { continue };
        let step = near(*b) / (c.0 - b.0).min(b.0 - a.0);
        assert!(slope(*b, *c) <= slope(*a, *b) + step, "{a:?}, {b:?}, {c:?}");
    }
}

/// What a whole solve says of each budget.
fn is_what_whole_solves_say(case: &Case, frontier: &Frontier) {
    for point in &frontier.points {
        let mut changed = case.clone();
        for fund in &mut changed.funds {
            let budget = fund.base.to_millions() * (1.0 + point.change_pct / 100.0);
            fund.budgets = vec![budget.floor_to_pence().expect("pence")];
        }
        let sum: Pence = changed.funds.iter().map(|fund| fund.budget(1)).sum();
        assert_eq!(sum, point.budget);
        match solve(&changed, &Built::of(&changed)) {
            Outcome::Proven(_, certificate) => {
                let found = point.best.unwrap_or_else(|| panic!("{point:?}")).health.get();
                let wanted = certificate.objective;
                assert!((found - wanted).abs() <= 1e-7 * wanted.abs().max(1.0), "{point:?}");
            }
            Outcome::Infeasible(_) => {
                assert_eq!((point.status, point.best), (RunStatus::Infeasible, None));
            }
            other => panic!("{point:?}: {other:?}"),
        }
    }
}

fn today_is_on_or_under_it(frontier: &Frontier) {
    let middle = frontier.points.iter().find(|point| point.change_pct == 0.0).expect("today");
    assert_eq!(middle.budget, frontier.spend, "to the penny");
    let best = middle.best.expect("a plan").health;
    assert!(best.get() >= frontier.health.get() * (1.0 - 1e-9), "{best:?} {:?}", frontier.health);
}

#[test]
fn four_services_bend_one_way_and_are_what_whole_solves_say() {
    for more in
        ["", "[workforce]\nuse = false\n", "[[release]]\nservice = \"A01/A\"\nshare = 0.4\n"]
    {
        let case = four(more);
        let frontier = frontier(&case, (41, -10.0, 10.0));
        assert_eq!(frontier.points.len(), 41);
        bends_one_way(&frontier);
        is_what_whole_solves_say(&case, &frontier);
        today_is_on_or_under_it(&frontier);
    }
}

#[test]
fn floors_leave_small_budgets_without_a_plan_and_they_are_marked() {
    // 10 + 4.8 + 4 + 4 = £22.8m is the least that the floors and the pace allow.
    let floors = "[[floor]]\nkey = \"a\"\nservice = \"A01/A\"\nmin_change_pct = 0\n\
                  [[floor]]\nkey = \"m\"\nservice = \"M01/M\"\nmin_change_pct = 0\n";
    let case = four(floors);
    let frontier = frontier(&case, (41, -10.0, 10.0));
    for point in &frontier.points {
        let wanted = if point.budget < Pence::new(2_280_000_000) {
            RunStatus::Infeasible
        } else {
            RunStatus::Optimal
        };
        assert_eq!(point.status, wanted, "{point:?}");
        assert_eq!(point.best.is_some(), wanted == RunStatus::Optimal);
    }
    assert_eq!(frontier.points.iter().filter(|point| point.best.is_none()).count(), 3);
    bends_one_way(&frontier);
    is_what_whole_solves_say(&case, &frontier);
}

#[test]
fn the_example_with_its_funds_and_staff_is_what_whole_solves_say() {
    let case = case(
        &example(),
        "name = \"x\"\nbase_year = \"2024-25\"\n\
         [options]\nuse = false\n[pathways]\nuse = false\n",
    );
    let frontier = frontier(&case, (11, -5.0, 5.0));
    bends_one_way(&frontier);
    is_what_whole_solves_say(&case, &frontier);
    today_is_on_or_under_it(&frontier);
}

#[test]
fn without_a_budget_there_is_no_frontier() {
    let case = four("[budget]\nenforce = false\n");
    let budgets = Budgets::new(41, -10.0, 10.0).expect("budgets");
    assert_eq!(Frontier::of(&case, budgets, |_| {}), Err(FrontierError::NoBudget));
}

fn command(scenario: &Path, more: &[&str]) -> Ended {
    let book = root().join("tests/golden/four-services/book");
    let mut all: Vec<OsString> = vec!["frontier".into(), book.into(), "--scenario".into()];
    all.push(scenario.into());
    all.extend(more.iter().map(OsString::from));
    valuebook(all).expect("runs")
}

fn golden() -> std::path::PathBuf {
    root().join("tests/golden/four-services")
}

#[test]
fn the_frontier_of_the_four_services_is_the_golden_one() {
    let ended = command(&golden().join("scenarios/case-2.toml"), &["--format", "csv"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let path = golden().join("frontier.csv");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &ended.out).expect("writes");
        return;
    }
    let wanted = std::fs::read_to_string(&path).expect("a golden file; `make golden` writes it");
    assert_eq!(ended.out.lines().count(), wanted.lines().count());
    for (found, wanted) in ended.out.lines().zip(wanted.lines()) {
        let same = |(a, b): (&str, &str)| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => (a - b).abs() <= 1e-6 * b.abs().max(1.0),
            _ => a == b,
        };
        assert!(found.split(',').zip(wanted.split(',')).all(same), "{found}\nis not\n{wanted}");
    }
}

#[test]
fn the_command_takes_a_leading_minus_and_writes_the_contract() {
    let more = ["--from", "-10%", "--to", "+10%", "--points", "5", "--format", "json"];
    let ended = command(&golden().join("scenarios/case-1.toml"), &more);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let json: FrontierJson = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(json.schema, "valuebook.frontier/1");
    let budgets: Vec<String> = json.points.iter().map(|p| p.budget_gbp.to_string()).collect();
    let wanted = ["22500000.00", "23750000.00", "25000000.00", "26250000.00", "27500000.00"];
    assert_eq!(budgets, wanted);
    // The published plan of case 1 spends today's money.
    let best = json.points.get(2).and_then(|point| point.qaly).expect("a plan");
    assert!((best - 4185.0360).abs() < 5e-4, "{best}");
    assert_eq!(
        (json.today.spend_gbp.to_string().as_str(), json.today.qaly),
        ("25000000.00", 4050.0)
    );
    let words = command(&golden().join("scenarios/case-1.toml"), &["--points", "5"]);
    assert!(words.out.contains("25000000.00") && words.out.contains("4185.0"), "{}", words.out);
}

#[test]
fn what_cannot_run_is_one_sentence() {
    let scenario = golden().join("scenarios/case-1.toml");
    let wrong: [&[&str]; 5] = [
        &["--from", "ten"],
        &["--from", "-200%"],
        &["--from", "5%", "--to", "-5%"],
        &["--points", "1"],
        &["--params", "no-such-file.toml"],
    ];
    for more in wrong {
        let ended = command(&scenario, more);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{more:?}");
        assert_eq!(ended.err.lines().count(), 1, "{more:?}: {}", ended.err);
    }
}

#[test]
fn scenarios_without_a_budget_or_without_any_plan_end_in_their_codes() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, more: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{FOUR}{more}")).expect("writes");
        path
    };
    let free = write("free.toml", "[budget]\nenforce = false\n");
    let ended = command(&free, &[]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("enforce = true"), "{}", ended.err);
    let dear = write(
        "dear.toml",
        "[[floor]]\nkey = \"a\"\nservice = \"A01/A\"\nmin_change_pct = 19\n\
                                   [[floor]]\nkey = \"p\"\nservice = \"P01/P\"\nmin_change_pct = 19\n",
    );
    let ended =
        command(&dear, &["--from", "-10%", "--to", "-9%", "--points", "3", "--format", "json"]);
    assert_eq!(ended.code, 3, "{}", ended.err);
    let json: FrontierJson = serde_json::from_str(&ended.out).expect("JSON");
    assert!(json.points.iter().all(|p| p.status == "infeasible" && p.qaly.is_none()));
    assert!(
        ended.out.contains("\"qaly\": null")
            && ended.out.contains("\"price_qaly_per_gbp_m\": null")
    );
}
