//! From tables to a published edition and its values, over HTTP.

use crate::support::{House, example};
use actix_web::test::TestRequest;
use api::frontier::FrontierJson;
use api::result::RunJson;
use serde_json::json;
use std::fs;

#[actix_web::test]
async fn a_providers_own_costs_change_the_next_edition() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    let number = house.publish_example(&finance).await;
    assert_eq!(number, 1);
    let value = house.get(&finance, "/api/v1/value").await.expect(200).json();
    let services = value["services"].as_array().expect("services");
    assert!(services.len() >= 30);
    let of_rtg = |service: &&serde_json::Value| service["provider"] == "RTG";
    let key = services.iter().find(of_rtg).expect("a line of RTG")["service"].clone();

    let again = house.post(&finance, "/api/v1/editions", json!({})).await.expect(409);
    assert_eq!(again.code(), "conflict", "nothing new is signed off");

    // RTG hands in its own costs, one of them changed: they stand in place of the Board's rows.
    let costs = fs::read_to_string(example("costs.csv")).expect("costs");
    let mut lines = costs.lines();
    let header = lines.next().expect("a header");
    let at = header.split(',').position(|name| name == "cost_gbp").expect("a column");
    let service = key.as_str().expect("text").replace('/', ",");
    let mut own = vec![header.to_owned()];
    for line in lines.filter(|line| line.starts_with("RTG,")) {
        let mut cells: Vec<&str> = line.split(',').collect();
        if line.starts_with(&format!("{service},")) {
            cells[at] = "1234567.89";
        }
        own.push(cells.join(","));
    }
    let director = house.sign_in("rtg@qj2").await;
    house.hand_in(&director, "costs", own.join("\n") + "\n").await;
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    house.work();
    let changed = house.get(&finance, "/api/v1/editions/2/value").await.expect(200).json();
    let spend = |value: &serde_json::Value, key: &serde_json::Value| {
        let services = value["services"].as_array().expect("services");
        services.iter().find(|it| it["service"] == *key).expect("the line")["spend_gbp"].clone()
    };
    assert_ne!(spend(&value, &key), spend(&changed, &key));
    for service in services.iter().filter(|service| service["provider"] != "RTG") {
        let key = &service["service"];
        assert_eq!(spend(&value, key), spend(&changed, key), "{key}");
    }
    let first = house.get(&finance, "/api/v1/editions/1/value").await.expect(200).json();
    assert_eq!(first, value, "an edition never changes");
}

#[actix_web::test]
async fn a_scenario_is_run_by_a_worker_and_its_result_is_kept() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.publish_example(&finance).await;
    let toml = fs::read_to_string(example("scenarios/hold-total.toml")).expect("a scenario");
    let scenario = house.post(&finance, "/api/v1/scenarios", json!({ "toml": toml })).await;
    let scenario = scenario.expect(201).json()["id"].clone();

    let ask = json!({ "scenario": scenario, "draws": 0, "seed": 7 });
    let keyed = |body: &serde_json::Value| {
        TestRequest::post()
            .uri("/api/v1/runs")
            .insert_header(("Cookie", finance.clone()))
            .insert_header(("Idempotency-Key", "once"))
            .set_json(body)
    };
    let first = house.send(keyed(&ask)).await.expect(202);
    let place = first.header("location").expect("a place").to_owned();
    assert_eq!(first.json()["state"], "waiting");
    let again = house.send(keyed(&ask)).await.expect(202);
    assert_eq!(again.json()["id"], first.json()["id"]);
    let other = json!({ "scenario": scenario, "draws": 5 });
    assert_eq!(house.send(keyed(&other)).await.expect(409).code(), "conflict");
    assert_eq!(house.get(&finance, &place).await.expect(409).code(), "pending");

    house.work();
    let status = house.get(&finance, &format!("{place}/status")).await.expect(200).json();
    assert_eq!(
        (&status["state"], &status["certified"]),
        (&json!("done"), &json!(true)),
        "{status}"
    );
    let result = house.get(&finance, &place).await.expect(200);
    let result = RunJson::read(&result.body).expect("a result whose hash fits");
    assert_eq!((result.status.as_str(), result.provenance.seed), ("optimal", 7));
    let edition = house.get(&finance, "/api/v1/editions/1").await.expect(200).json();
    assert_eq!(edition["book_sha256"], result.provenance.book_sha256.as_str());

    let none = house.get(&finance, &format!("{place}/frontier")).await.expect(409).json();
    assert!(none["detail"].as_str().is_some_and(|it| it.contains("\"frontier\": true")), "{none}");
    assert!(result.services.iter().all(|service| service.range_gbp.is_none()));

    let events = house.get(&finance, &format!("{place}/events")).await.expect(200);
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    assert_eq!(events.header("x-accel-buffering"), Some("no"));
    assert!(events.body.starts_with("id: 1\nevent: status\ndata: {"));
    assert!(events.body.contains("\"state\":\"done\""));

    let foreign = house.sign_in("finance@qwo").await;
    for rest in ["", "/status", "/events", "/frontier"] {
        house.get(&foreign, &format!("{place}{rest}")).await.expect(404);
    }
}

#[actix_web::test]
async fn what_is_asked_for_beside_a_run_is_worked_out_with_it() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.publish_example(&finance).await;
    let toml = fs::read_to_string(example("scenarios/hold-total.toml")).expect("a scenario");
    let scenario = house.post(&finance, "/api/v1/scenarios", json!({ "toml": toml })).await;
    let scenario = scenario.expect(201).json()["id"].clone();
    let beside = json!({ "ranges": true, "sensitivity": true, "frontier": true });
    let ask = json!({ "scenario": scenario, "draws": 0, "beside": beside });
    let unknown = json!({ "scenario": scenario, "beside": { "frontiers": true } });
    house.post(&finance, "/api/v1/runs", unknown).await.expect(400);
    let place = house.post(&finance, "/api/v1/runs", ask).await.expect(202);
    let place = place.header("location").expect("a place").to_owned();
    let path = format!("{place}/frontier");
    assert_eq!(house.get(&finance, &path).await.expect(409).code(), "pending");
    house.work();
    let result = RunJson::read(&house.get(&finance, &place).await.expect(200).body).expect("read");
    assert!(result.services.iter().any(|service| service.range_gbp.is_some()));
    let assumptions = result.sensitivity.expect("sensitivity").assumptions;
    assert!(assumptions.iter().any(|one| one.source.is_some()), "{assumptions:?}");
    let answer = house.get(&finance, &path).await.expect(200);
    let frontier: FrontierJson = serde_json::from_str(&answer.body).expect("a frontier");
    assert_eq!(frontier.points.len(), 41);
    // Where the scenario's own budget is one of them, both find the same plan.
    let today = frontier.points.get(20).expect("today");
    let totals = result.totals.expect("totals");
    assert_eq!(today.budget_gbp, totals.budget_gbp);
    let (here, there) = (today.qaly.expect("a plan"), totals.plan_qaly);
    assert!((here - there).abs() < 1e-6 * there, "{here} {there}");
    let status = house.get(&finance, &format!("{place}/status")).await.expect(200).json();
    let asked = json!({ "ranges": true, "sensitivity": true, "frontier": true });
    assert_eq!(status["beside"], asked);
}

#[actix_web::test]
async fn a_scenario_that_does_not_fit_is_explained() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    let start = "name = \"x\"\nbase_year = \"2024-25\"\n";
    let unknown = json!({ "toml": format!("{start}objectve = \"health\"\n") });
    let answer = house.post(&finance, "/api/v1/scenarios", unknown).await.expect(422);
    assert!(answer.json()["detail"].as_str().is_some_and(|it| it.contains("objective")));

    house.publish_example(&finance).await;
    let toml = format!("{start}[[protect]]\nservice = \"RTG/NOWHERE\"\n");
    let kept = house.post(&finance, "/api/v1/scenarios", json!({ "toml": toml })).await;
    let scenario = kept.expect(201).json()["id"].clone();
    let run = house.post(&finance, "/api/v1/runs", json!({ "scenario": scenario })).await;
    let place = run.expect(202).header("location").expect("a place").to_owned();
    house.work();
    let answer = house.get(&finance, &place).await.expect(409);
    assert_eq!(answer.code(), "job_failed");
    assert!(answer.json()["detail"].as_str().is_some_and(|it| it.contains("RTG/NOWHERE")));
}
