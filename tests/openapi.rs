//! The OpenAPI document: kept as a snapshot, from which the types in `web/src` are generated, and
//! saying of every operation what a program that calls it must know.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use tests::root;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

fn document() -> Value {
    serde_json::to_value(server::openapi::document()).expect("JSON")
}

fn object<'a>(value: &'a Value, place: &str) -> &'a Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("{place} is not an object"))
}

/// Every operation with the place where it stands, such as `get /api/v1/me`.
fn operations(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let mut found = Vec::new();
    for (path, item) in object(&document["paths"], "paths") {
        for (method, operation) in object(item, path) {
            if METHODS.contains(&method.as_str()) {
                let place = format!("{method} {path}");
                found.push((place.clone(), object(operation, &place)));
            }
        }
    }
    found
}

fn text<'a>(operation: &'a Map<String, Value>, key: &str) -> &'a str {
    operation.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn the_document_is_the_one_kept() {
    let mut found = serde_json::to_string_pretty(&document()).expect("JSON");
    found.push('\n');
    let path = root().join("web/openapi.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).expect("writes");
        return;
    }
    let kept = std::fs::read_to_string(&path).expect("web/openapi.json; `make golden` writes it");
    let apart = found.lines().zip(kept.lines()).position(|(found, kept)| found != kept);
    assert!(
        found == kept,
        "web/openapi.json is not the document of this version, from line {} on: `make golden` \
         writes it anew, then `npm run api` in web/ the types",
        apart.unwrap_or_else(|| found.lines().count().min(kept.lines().count())) + 1
    );
}

#[test]
fn every_operation_says_what_it_does_and_what_can_go_wrong() {
    let document = document();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let operations = operations(&document);
    assert!(operations.len() > 20, "{}", operations.len());
    let mut faults = Vec::new();
    let mut names = BTreeSet::new();
    for (place, operation) in &operations {
        let name = text(operation, "operationId");
        if name.is_empty() {
            faults.push(format!("{place} has no operationId"));
        } else if !names.insert(name) {
            faults.push(format!("{place}: the operationId {name} is taken"));
        }
        if text(operation, "summary").is_empty() && text(operation, "description").is_empty() {
            faults.push(format!("{place} does not say what it does"));
        }
        let answers = object(&operation["responses"], place);
        if !answers.keys().any(|status| status.starts_with('4')) {
            faults.push(format!("{place} does not say what can go wrong"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_path_is_of_the_api() {
    let document = document();
    for path in object(&document["paths"], "paths").keys() {
        assert!(path.starts_with("/api/v1/"), "{path}");
    }
}
