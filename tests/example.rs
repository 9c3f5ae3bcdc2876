//! The example book through the command line: proven, repeatable, verified, and not to be changed.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

use allocation::{Case, Scenario};
use api::result::RunJson;
use serde_json::Value;
use server::Catalogue;
use std::ffi::OsString;
use std::path::PathBuf;
use tests::{example, root, valuebook};

fn scenario(name: &str) -> PathBuf {
    example().join("scenarios").join(format!("{name}.toml"))
}

fn solve(name: &str, more: &[&str]) -> tests::Ended {
    let mut arguments: Vec<OsString> = vec!["solve".into(), example().into(), "--scenario".into()];
    arguments.push(scenario(name).into());
    arguments.extend(more.iter().map(OsString::from));
    valuebook(arguments).expect("runs")
}

fn case(name: &str, draws: u32) -> Case {
    let catalogue = Catalogue::embedded().expect("definitions");
    let (book, report) = openbook::folder::read(&catalogue.tables, &example()).expect("a folder");
    let book = book.unwrap_or_else(|| panic!("{:?}", report.problems()));
    let text = |path: PathBuf| std::fs::read_to_string(path).expect("a text");
    let base = |name: &str| Ok(text(example().join("scenarios").join(name)));
    let scenario = Scenario::parse(&text(scenario(name)), base).expect("a scenario");
    let catalogued = (&catalogue.instruments, &catalogue.parameters);
    allocation::run::case(&book, &scenario, catalogued.0, catalogued.1, Some(draws), None)
        .expect("a case")
}

#[test]
fn the_same_inputs_give_the_same_bytes_and_a_proven_plan() {
    let (one, two) =
        (solve("hold-total", &["--format", "json"]), solve("hold-total", &["--format", "json"]));
    assert_eq!((one.code, &one.err), (0, &String::new()));
    assert!(one.out == two.out, "the same inputs give the same bytes");
    let threads = solve("hold-total", &["--format", "json", "--threads", "2"]);
    assert!(one.out == threads.out, "threads change nothing: {}", threads.err);
    let result = RunJson::read(&one.out).expect("a result");
    assert!(result.certified && result.status == "optimal");
    let sectors: Vec<&str> = result.sectors.iter().map(|sector| sector.id.as_str()).collect();
    assert_eq!(sectors, ["acute", "community", "mental_health", "primary_care"]);
    let labels = |wanted: &str| result.services.iter().filter(|line| line.label == wanted).count();
    assert!(labels("invest") > 3 && labels("low_value") > 0 && labels("not_assessable") > 3);
    for line in result.services.iter().filter(|line| line.label == "low_value") {
        assert!(line.label_reason.contains("Every test holds"), "{}", line.label_reason);
    }
}

/// Three years with options, moves and draws: the whole result, hashes and all, is the same however
/// many threads share the draws and wherever that is said.
#[test]
fn threads_change_no_byte_of_a_plan_over_years() {
    let folder = tempfile::tempdir().expect("a folder");
    tests::copy_book(&example(), folder.path()).expect("a copy");
    let growth = "selector,fin_year,demand_pct,price_pct,efficiency_pct,source\n\
                  all,2025-26,1.2,3,1.1,x\nall,2026-27,1.2,2.5,1.1,x\nall,2027-28,1.2,2.5,1.1,x\n";
    std::fs::write(folder.path().join("growth.csv"), growth).expect("writes");
    let solved = |threads: &str, more: &[&str]| {
        let path = folder.path().join("scenarios/years.toml");
        let text = format!(
            "base = \"hold-total.toml\"\nyears = 3\n[budget]\nchange_pct = 2\n\
             [[budget.year]]\nyear = 2\nchange_pct = 2\n[[budget.year]]\nyear = 3\n\
             change_pct = 2\n[uncertainty]\ndraws = 30\n{threads}"
        );
        std::fs::write(&path, text).expect("writes");
        let mut arguments: Vec<OsString> = vec!["solve".into(), folder.path().into()];
        arguments.extend(["--scenario".into(), path.into()]);
        arguments.extend(["--format", "json"].iter().chain(more).map(OsString::from));
        let ended = valuebook(arguments).expect("runs");
        assert_eq!(ended.code, 0, "{}", ended.err);
        ended.out
    };
    let one = solved("", &[]);
    assert!(one == solved("", &["--threads", "2"]), "as an argument");
    assert!(one == solved("[solver]\nthreads = 2\n", &[]), "in the scenario");
    let result = RunJson::read(&one).expect("a result");
    assert!(result.years.len() == 3 && !result.options.is_empty());
    assert!(result.uncertainty.is_some_and(|drawn| drawn.solved == 30));
}

#[test]
fn every_scenario_of_the_example_ends_as_it_says() {
    for (name, code) in [
        ("hold-total", 0),
        ("hold-mental-health-floor", 0),
        ("shift-to-primary-and-community", 0),
        ("two-percent-less", 0),
        ("efficiency-target", 0),
        ("impossible", 3),
    ] {
        let ended = solve(name, &["--draws", "0", "--format", "json"]);
        assert_eq!(ended.code, code, "{name}: {}", ended.err);
        let result = RunJson::read(&ended.out).expect("a result");
        assert_eq!(result.services.is_empty(), code == 3, "{name}");
        assert_eq!(result.relaxation.is_some(), code == 3, "{name}");
    }
}

#[test]
fn verify_accepts_what_solve_wrote_and_rejects_a_changed_figure() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("result.json");
    let written = solve("hold-total", &["--draws", "10", "--out", path.to_str().expect("a path")]);
    assert_eq!(written.code, 0);
    let verify = || {
        let arguments: [OsString; 5] = [
            "verify".into(),
            example().into(),
            "--scenario".into(),
            scenario("hold-total").into(),
            path.clone().into(),
        ];
        valuebook(arguments).expect("runs")
    };
    assert_eq!(verify().code, 0);
    let text = std::fs::read_to_string(&path).expect("a text");
    std::fs::write(&path, text.replacen("\"gain_qaly\": 5", "\"gain_qaly\": 6", 1))
        .expect("writes");
    let changed = verify();
    assert_eq!(changed.code, 1);
    assert!(changed.err.contains("a figure was changed"), "{}", changed.err);
    std::fs::write(&path, &text).expect("writes");
    let other: [OsString; 5] = [
        "verify".into(),
        example().into(),
        "--scenario".into(),
        scenario("hold-mental-health-floor").into(),
        path.into(),
    ];
    let other = valuebook(other).expect("runs");
    assert_eq!(other.code, 1);
    assert!(other.err.contains("a scenario other than the one given"), "{}", other.err);
}

/// Every leaf of a JSON value, by its path.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, inner)| leaves(inner, &format!("{path}/{key}"), found));
        }
        Value::Array(list) => {
            let numbered = list.iter().enumerate();
            numbered.for_each(|(at, inner)| leaves(inner, &format!("{path}/{at}"), found));
        }
        _ => found.push(path.to_owned()),
    }
}

fn nudged(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap_or(0.0) + 1.0),
        Value::String(text) if text.parse::<f64>().is_ok() => Value::from(format!("1{text}")),
        Value::String(text) => Value::from(format!("{text}x")),
        Value::Bool(yes) => Value::from(!yes),
        _ => Value::from(1.0),
    }
}

/// What only a solver gives, and names that are not figures: their hash alone covers them.
fn covered_by_the_hash_alone(path: &str) -> bool {
    [
        "/provenance/result_sha256",
        "/unique",
        "/answers/",
        "/uncertainty/",
        "/sensitivity/",
        "/provenance/engine",
        "/provenance/solver",
        "/choice_gap",
    ]
    .iter()
    .any(|part| path.starts_with(part))
        || [
            "holds_from",
            "holds_to",
            "prob_at_lower",
            "gain_if_fully_released_qaly",
            "cost_of_silence_qaly",
        ]
        .iter()
        .any(|part| path.ends_with(part))
}

/// A run whose time is up when it has asked so often how much is left: what it has reached by then
/// verifies like any other result.
#[test]
fn a_result_that_ran_out_of_time_verifies_too() {
    let case = case("hold-total", 5);
    let mut cut_short = 0;
    for asks in (4..80).step_by(4) {
        let asked = std::sync::atomic::AtomicU32::new(0);
        let left = move || {
            let before = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if before < asks { 60.0 } else { 0.0 }
        };
        let run = allocation::Run::of(case.clone().until(left), |_| {});
        if run.plan.as_ref().is_some_and(|plan| plan.facts.out_of_time) {
            let result = RunJson::of(&run).expect("a result");
            assert!(
                result.certified && result.notes.iter().any(|note| note.contains("time limit"))
            );
            // No label rests on some of the draws alone.
            let all_drawn = result.uncertainty.as_ref().is_some_and(|it| it.solved == it.draws);
            let low = result.services.iter().any(|line| line.label == "low_value");
            assert!(all_drawn || !low, "{asks}");
            result.verify(case.clone()).expect("it holds");
            cut_short += 1;
        }
    }
    assert!(cut_short > 5, "{cut_short}");
}

#[test]
fn any_one_changed_figure_is_found_even_under_a_fresh_hash() {
    let case = case("hold-total", 5);
    let result = RunJson::of(&allocation::Run::of(case.clone(), |_| {})).expect("a result");
    result.verify(case.clone()).expect("it holds as it stands");
    let whole = serde_json::to_value(&result).expect("JSON");
    let mut paths = Vec::new();
    leaves(&whole, "", &mut paths);
    assert!(paths.len() > 1_000, "{}", paths.len());
    let mut recomputed = 0;
    for (at, path) in paths.iter().enumerate() {
        let mut changed = whole.clone();
        let slot = changed.pointer_mut(path).expect("a leaf");
        *slot = nudged(slot);
        let text = changed.to_string();
        assert!(RunJson::read(&text).is_err(), "{path}: the hash does not cover it");
        // With a fresh hash only our own arithmetic can tell; a sample keeps the test quick.
        if at % 7 == 0
            && !covered_by_the_hash_alone(path)
            && let Ok(forged) = serde_json::from_value::<RunJson>(changed)
        {
            recomputed += 1;
            assert!(forged.verify(case.clone()).is_err(), "{path}: a forged figure was accepted");
        }
    }
    assert!(recomputed > 150, "{recomputed}");
}

#[test]
fn what_providers_and_targets_are_told_holds_in_files_and_words() {
    let case = case("efficiency-target", 0);
    let result = RunJson::of(&allocation::Run::of(case.clone(), |_| {})).expect("a result");
    result.verify(case.clone()).expect("it holds as it stands");
    let impacts = || result.providers.iter().filter_map(|group| group.impact.as_ref());
    let totals = result.totals.as_ref().expect("totals");
    let change: quantities::Pence = impacts().map(|impact| impact.cost_change_gbp).sum();
    assert_eq!(change, totals.plan_spend_gbp - totals.base_spend_gbp);
    for mechanism in ["fixed", "variable", "block", "activity"] {
        let mut income = impacts().flat_map(|impact| &impact.income);
        assert!(income.any(|income| income.mechanism == mechanism), "{mechanism}");
    }
    assert!(impacts().all(|impact| impact.position_gbp.is_some()), "every line is contracted");
    assert!(result.efficiency.iter().all(|target| target.verdict.is_some()));
    // Every figure of both is computed again, but for what only a solver tells.
    let whole = serde_json::to_value(&result).expect("JSON");
    let mut paths = Vec::new();
    leaves(&whole, "", &mut paths);
    paths.retain(|path| path.contains("/impact/") || path.starts_with("/efficiency/"));
    let solvers = ["health_cost_qaly", "keeps_health"];
    paths.retain(|path| !solvers.iter().any(|name| path.ends_with(name)));
    assert!(paths.len() > 100, "{}", paths.len());
    for path in paths.iter().step_by(3) {
        let mut changed = whole.clone();
        let slot = changed.pointer_mut(path).expect("a leaf");
        *slot = nudged(slot);
        let Ok(forged) = serde_json::from_value::<RunJson>(changed) else { continue };
        assert!(forged.verify(case.clone()).is_err(), "{path}: a forged figure was accepted");
    }
    let words = solve("efficiency-target", &["--draws", "0"]).out;
    for target in &result.efficiency {
        assert!(words.contains(&target.sentence), "{words}");
    }
    assert!(words.contains("What it means for each provider"), "{words}");
}

/// Numbers alike to nine figures, texts exactly.
fn same_cell(a: &str, b: &str) -> bool {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0),
        _ => a == b,
    }
}

fn matches_golden(name: &str, found: &str) {
    let path = root().join("tests/golden/derby-and-derbyshire").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, found).expect("writes");
        return;
    }
    let wanted = std::fs::read_to_string(&path).expect("a golden file; `make golden` writes it");
    assert_eq!(found.lines().count(), wanted.lines().count(), "{name}");
    for (at, (found, wanted)) in found.lines().zip(wanted.lines()).enumerate() {
        let same = found.split(',').count() == wanted.split(',').count()
            && found.split(',').zip(wanted.split(',')).all(|(a, b)| same_cell(a, b));
        assert!(same, "{name}, line {}:\n{found}\nis not\n{wanted}", at + 1);
    }
}

#[test]
fn the_tables_of_the_example_are_the_golden_ones() {
    let value =
        valuebook([OsString::from("value"), example().into(), "--format".into(), "csv".into()]);
    matches_golden("value.csv", &value.expect("runs").out);
    let scenarios = [
        "hold-total",
        "hold-mental-health-floor",
        "shift-to-primary-and-community",
        "two-percent-less",
    ];
    for name in scenarios {
        matches_golden(
            &format!("{name}.csv"),
            &solve(name, &["--draws", "0", "--format", "csv"]).out,
        );
    }
}
