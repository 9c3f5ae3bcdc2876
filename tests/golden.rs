//! The published four services, from book folders through the command line.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

use api::result::RunJson;
use tests::{root, valuebook};
use toml::Value;

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().cloned().unwrap_or_default();
    list.iter().map(|number| number.as_float().expect("a number")).collect()
}

fn number(case: &Value, key: &str) -> Option<f64> {
    case.get(key).and_then(Value::as_float)
}

fn close(what: &str, found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{what}: {found} is not {wanted}");
}

fn price(result: &RunJson, key: &str) -> f64 {
    let limit = result.constraints.iter().find(|limit| limit.key == key);
    limit.unwrap_or_else(|| panic!("no limit {key}")).shadow_price
}

fn check(case: &Value, tolerance: f64) {
    let folder = root().join("tests/golden/four-services");
    let label = case.get("label").and_then(Value::as_str).expect("a label");
    let scenario = case.get("scenario").and_then(Value::as_str).expect("a scenario");
    let book = folder.join("book");
    let arguments = [book.as_os_str(), "--scenario".as_ref(), folder.join(scenario).as_os_str()]
        .map(ToOwned::to_owned);
    let mut all = vec!["solve".into()];
    all.extend(arguments);
    all.extend(["--format".into(), "json".into()]);
    let ended = valuebook(all).expect("runs");
    assert_eq!(ended.code, 0, "{label}: {}", ended.err);
    let result = RunJson::read(&ended.out).expect("a result");
    assert_eq!((result.status.as_str(), result.certified), ("optimal", true), "{label}");
    let spends = numbers(case.get("spend_gbp_m").expect("spends"));
    assert_eq!(result.services.len(), spends.len());
    for (service, wanted) in result.services.iter().zip(spends) {
        close(&service.service, service.plan_gbp.to_millions().get(), wanted, tolerance);
    }
    let totals = result.totals.as_ref().expect("totals");
    close(label, totals.plan_qaly, number(case, "qaly").expect("health"), tolerance);
    let spent = totals.plan_spend_gbp + totals.stranded_gbp + totals.unallocated_gbp;
    assert_eq!(spent, totals.budget_gbp, "{label}: to the penny");
    let prices = [
        ("budget_price", "budget/core/1"),
        ("nursing_price", "workforce/nursing/1"),
        ("therapists_price", "workforce/therapists/1"),
        ("floor_m_price", "floor/m/1"),
    ];
    let mut checked = 0;
    for (key, row) in prices {
        if let Some(wanted) = number(case, key) {
            close(&format!("{label}, {row}"), price(&result, row), wanted, tolerance);
            checked += 1;
        }
    }
    if let Some(interval) = case.get("budget_price_interval").map(numbers) {
        let [low, high] = interval.as_slice() else { panic!("two ends") };
        let found = price(&result, "budget/core/1");
        assert!((low - tolerance..=high + tolerance).contains(&found), "{label}: {found}");
        checked += 1;
    }
    assert!(checked > 0, "{label}: no price was checked");
    if let Some([from, to]) = case.get("nursing_price_holds_wte").map(numbers).as_deref() {
        let limit = result.constraints.iter().find(|limit| limit.key == "workforce/nursing/1");
        let limit = limit.expect("the pool");
        close("holds from", limit.holds_from.expect("an end"), *from, 1e-6);
        close("holds to", limit.holds_to.expect("an end"), *to, 1e-6);
    }
}

#[test]
fn the_eight_published_cases_to_the_last_printed_figure() {
    let text = std::fs::read_to_string(root().join("tests/golden/four-services/expected.toml"));
    let expected: Value = toml::from_str(&text.expect("the figures")).expect("TOML");
    let tolerance = number(&expected, "tolerance").expect("a tolerance");
    let cases = expected.get("case").and_then(Value::as_array).expect("cases");
    assert_eq!(cases.len(), 8);
    for case in cases {
        check(case, tolerance);
    }
}

#[test]
fn the_model_is_written_as_mps_with_or_without_a_plan() {
    let folder = root().join("tests/golden/four-services");
    let home = tempfile::tempdir().expect("a folder");
    let written = |scenario: &std::path::Path, code: i32| {
        let path = home.path().join("model.mps");
        let book = folder.join("book");
        let all = ["solve".as_ref(), book.as_os_str(), "--scenario".as_ref()];
        let more = [scenario.as_os_str(), "--mps".as_ref(), path.as_os_str()];
        let ended = valuebook(all.into_iter().chain(more)).expect("runs");
        assert_eq!(ended.code, code, "{}", ended.err);
        std::fs::read_to_string(&path).expect("a model")
    };
    let found = written(&folder.join("scenarios/case-2.toml"), 0);
    let golden = folder.join("case-2.mps");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &found).expect("writes");
    }
    let golden = std::fs::read_to_string(&golden).expect("a golden file; `make golden` writes it");
    assert!(found == golden, "case-2.mps has changed; run `make golden` and read the difference");
    // Half the money and nothing may be cut by half: no plan, but a model to look into.
    let poor = home.path().join("poor.toml");
    let text = "name = \"poor\"\nbase_year = \"2024-25\"\n[budget]\nchange_pct = -50\n";
    std::fs::write(&poor, text).expect("writes");
    assert!(written(&poor, 3).ends_with("ENDATA\n"));
}
