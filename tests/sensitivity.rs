//! Sensitivity: every end against a whole solve of the case it speaks of, the figures of lines
//! against all of them solved, and the command.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

use allocation::families::Built;
use allocation::run::PlanResult;
use allocation::sensitivity::{End, Sensitivity, Tested};
use allocation::{Case, Outcome, Run, Scenario, solve};
use api::result::RunJson;
use openbook::folder;
use quantities::{Pence, Qaly};
use server::Catalogue;
use std::ffi::OsString;
use std::path::Path;
use tests::{Ended, example, root, valuebook};

fn case(book: &Path, scenario: &str, draws: u32) -> Case {
    let catalogue = Catalogue::embedded().expect("definitions");
    let (book, report) = folder::read(&catalogue.tables, book).expect("reads");
    let book = book.unwrap_or_else(|| panic!("{:?}", report.problems()));
    let scenario = Scenario::parse(scenario, |_| Err("no base".to_owned())).expect("a scenario");
    let (instruments, parameters) = (&catalogue.instruments, &catalogue.parameters);
    allocation::run::case(&book, &scenario, instruments, parameters, Some(draws), None)
        .expect("a case")
}

const FOUR: &str = "name = \"x\"\nbase_year = \"2024-25\"\nsegments_per_side = 2\n\
                    [pace]\nmax_cut_pct = 20\nmax_growth_pct = 20\n\
                    [[release]]\nservice = \"A01/A\"\nshare = 0.75\n";

fn four(more: &str) -> Case {
    case(&root().join("tests/golden/four-services/book"), &format!("{FOUR}{more}"), 200)
}

fn asked(case: &Case) -> Sensitivity {
    let run = Run::of(case.clone(), |_| {}).with_sensitivity(|_| None, |_| {});
    run.plan.and_then(|plan| plan.facts.sensitivity).expect("sensitivity")
}

fn tested<'a>(found: &'a Sensitivity, key: &str) -> &'a Tested {
    let one = found.assumptions.iter().find(|tested| tested.key == key);
    one.unwrap_or_else(|| panic!("no {key} in {found:?}"))
}

fn ends(found: &Sensitivity) -> impl Iterator<Item = (&Tested, &End)> {
    found
        .assumptions
        .iter()
        .flat_map(|tested| tested.low.iter().chain(&tested.high).map(move |end| (tested, end)))
}

/// What the best plan of a one-year case gains; nothing where there is none.
fn gain(case: &Case) -> Option<f64> {
    match solve(case, &Built::of(case)) {
        Outcome::Proven(_, certificate) => {
            Some(certificate.objective - case.unchanged_health(1).get())
        }
        _ => None,
    }
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-4 * a.abs().max(1.0),
        (a, b) => a.is_none() && b.is_none(),
    }
}

#[test]
fn the_best_plan_of_each_end_is_that_of_a_whole_solve() {
    let case = four("");
    let found = asked(&case);
    let lower = |errors: f64| {
        case.with_curves(|_, value, curve| {
            let elasticity = value.elasticity.as_ref().expect("an elasticity");
            let (least, most) = case.parameters.elasticity_range;
            curve.elasticity = (elasticity.mean + errors * elasticity.se).clamp(least, most);
        })
    };
    let wanted = [
        ("elasticity", Some(lower(-1.0)), Some(lower(1.0))),
        ("staff", Some(case.with_staff_times(0.98)), Some(case.with_staff_times(1.02))),
        ("redeployable", Some(case.with_redeployable_moved(-0.2)), None),
        ("release", Some(case.with_releases_moved(-0.1)), Some(case.with_releases_moved(0.1))),
        ("release/full", None, Some(case.fully_released())),
        ("absorb_share", None, Some(case.with_absorb_share(0.5))),
    ];
    let mut moved = 0;
    for (key, low, high) in wanted {
        let one = tested(&found, key);
        for (end, case) in [(&one.low, low), (&one.high, high)] {
            let Some(case) = case else { continue };
            let end = end.as_ref().unwrap_or_else(|| panic!("{key} has no such end"));
            assert!(near(end.best, gain(&case)), "{key}: {end:?} {:?}", gain(&case));
            moved += usize::from(end.moved > Some(Pence::ZERO));
        }
    }
    assert!(moved >= 3, "{moved}");
    for (tested, end) in ends(&found) {
        let best = end.best.unwrap_or(f64::INFINITY);
        assert!(!end.keeps_limits || end.held <= best + 1e-4, "{} {end:?}", tested.key);
        assert!(end.sentence.starts_with("If ") && end.sentence.ends_with('.'), "{end:?}");
    }
    let effects: Vec<f64> =
        found.assumptions.iter().map(|tested| tested.effect(found.gain)).collect();
    assert!(effects.is_sorted_by(|a, b| a >= b), "{effects:?}");
    assert!(near(Some(found.gain), gain(&case)), "{} {:?}", found.gain, gain(&case));
}

#[test]
fn what_no_plan_satisfies_has_no_best_plan_and_says_why() {
    let found = asked(&four("[[workforce.pool]]\npool = \"nursing\"\nwte_available = 133.0\n"));
    let end = tested(&found, "staff").low.as_ref().expect("an end");
    assert_eq!((end.best, end.keeps_limits), (None, false));
    assert!(end.sentence.contains("no plan would keep every limit"), "{}", end.sentence);
}

/// Of a figure of a line: by how much the best plan beats the central one at its worse end.
fn beyond(case: &Case, own: &Solved, at: usize, ends: [(f64, f64); 2]) -> f64 {
    let of = |(health, elasticity): (f64, f64)| {
        let mut case = case.clone();
        let curve = case.lines.get_mut(at).and_then(|line| line.curve.as_mut()).expect("a curve");
        (curve.health, curve.elasticity) = (Qaly::new(health), elasticity);
        let built = Built::of(&case);
        let held = built.model.objective(&own.plan.point(&case, &built));
        held_and_best(&case, &built, held)
    };
    ends.map(of).into_iter().fold(0.0, f64::max)
}

fn held_and_best(case: &Case, built: &Built, held: f64) -> f64 {
    match solve(case, built) {
        Outcome::Proven(_, certificate) => certificate.objective - held,
        other => panic!("{other:?}"),
    }
}

/// The figures of the four services are so sure that none matters: here they are not.
fn widen(case: &mut Case) {
    for service in &mut case.values.services {
        if let (Some(range), Some(health)) = (&mut service.health_interval, service.health) {
            (range.low, range.high) = (0.2 * health.get(), 2.5 * health.get());
        }
        if let Some(elasticity) = &mut service.elasticity {
            elasticity.se = 0.2;
        }
    }
}

struct Solved {
    plan: allocation::Plan,
}

#[test]
fn the_figures_of_lines_are_those_that_change_the_plan_most_of_all() {
    for (book, scenario) in [
        (root().join("tests/golden/four-services/book"), FOUR.to_owned()),
        (example(), "name = \"x\"\nbase_year = \"2024-25\"\n".to_owned()),
    ] {
        let mut case = case(&book, &scenario, 100);
        if case.lines.len() == 4 {
            widen(&mut case);
        }
        let run = Run::of(case.clone(), |_| {}).with_sensitivity(|_| None, |_| {});
        let plan = run.plan.as_ref().map(|plan: &PlanResult| plan.plan.clone()).expect("a plan");
        let found = run.plan.and_then(|plan| plan.facts.sensitivity).expect("sensitivity");
        let own = Solved { plan };
        let mut all: Vec<(f64, String)> = Vec::new();
        for (at, (line, value)) in case.valued().enumerate() {
            let Some(curve) =
                line.curve.as_ref().filter(|_| line.reach.cut + line.reach.growth > 0.0)
            else {
                continue;
            };
            let (health, mean) = (curve.health.get(), curve.elasticity);
            let range = value.health_interval.expect("an interval");
            let ends = [(range.low, mean), (range.high, mean)];
            all.push((beyond(&case, &own, at, ends), format!("outcome/{}", line.key)));
            let error = 1.96 * value.elasticity.as_ref().expect("one").se;
            let (least, most) = case.parameters.elasticity_range;
            let to = |by: f64| (health, (mean + by).clamp(least, most));
            all.push((
                beyond(&case, &own, at, [to(-error), to(error)]),
                format!("elasticity/{}", line.key),
            ));
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let listed: Vec<&Tested> =
            found.assumptions.iter().filter(|tested| tested.subject.is_some()).collect();
        assert_eq!(found.line_figures, all.len());
        let telling = all.iter().filter(|(more, _)| *more > 1e-2).count();
        assert!(telling > 1 && listed.len() >= telling.min(10), "{telling} {listed:?}");
        for (more, key) in all.iter().take(telling.min(10)) {
            // Two of the same size may stand for each other.
            let least = listed
                .iter()
                .flat_map(|tested| all.iter().filter(|(_, key)| *key == tested.key))
                .map(|(more, _)| *more)
                .fold(f64::INFINITY, f64::min);
            let there = listed.iter().any(|tested| tested.key == *key) || least >= *more - 1e-3;
            assert!(there, "{key} of {more} is missing; {all:?}");
        }
        assert!(all.iter().filter(|(more, _)| *more < 1e-3).count() >= found.cleared);
    }
}

fn command(more: &[&str]) -> Ended {
    let scenario = example().join("scenarios/hold-total.toml");
    let mut all: Vec<OsString> = vec!["solve".into(), example().into(), "--scenario".into()];
    all.extend([scenario.into(), "--draws".into(), "100".into()]);
    all.extend(more.iter().map(OsString::from));
    let ended = valuebook(all).expect("runs");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    ended
}

#[test]
fn the_command_says_it_where_it_is_asked_for_as_the_golden_text_and_the_result_verifies() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("result.json");
    let words = command(&["--sensitivity", "--out", path.to_str().expect("a path")]).out;
    let from = words.find("What the answer hangs on").expect("a part");
    let to = words.find("How sure").expect("the next part");
    let part = words.get(from..to).expect("a part").trim_end();
    let golden = root().join("tests/golden/derby-and-derbyshire/hold-total-sensitivity.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, format!("{part}\n")).expect("writes");
    }
    let wanted = std::fs::read_to_string(&golden).expect("a golden file; `make golden` writes it");
    assert_eq!(part, wanted.trim_end());
    let text = std::fs::read_to_string(&path).expect("a result");
    let result = RunJson::read(&text).expect("a result");
    let found = result.sensitivity.as_ref().expect("sensitivity");
    let dated = found.assumptions.iter().find(|it| it.key == "elasticity/default");
    assert!(dated.is_some_and(|it| it.source.is_some()), "{dated:?}");
    let verify = || {
        let all: [OsString; 5] = [
            "verify".into(),
            example().into(),
            "--scenario".into(),
            example().join("scenarios/hold-total.toml").into(),
            path.clone().into(),
        ];
        valuebook(all).expect("runs")
    };
    let ended = verify();
    assert_eq!(ended.code, 0, "{}", ended.err);
    std::fs::write(&path, text.replacen("\"gain_held\": ", "\"gain_held\": 1", 1)).expect("writes");
    assert_eq!(verify().code, 1, "the hash covers it");
    let plain = command(&["--format", "json"]).out;
    assert!(!plain.contains("\"sensitivity\""));
}
