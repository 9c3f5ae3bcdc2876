//! A published figure disputed: evidence, the result with and without it, a decision.

use crate::support::{Answer, House, example};
use actix_web::http::header::{CONTENT_TYPE, COOKIE};
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use std::fs;

const DISPUTES: &str = "/api/v1/disputes";

fn figure(service: &str, proposed: Option<&str>) -> Value {
    json!({
        "edition": 1, "service": service, "table": "costs", "column": "cost_gbp",
        "claim": "It counts a ward twice.", "proposed_value": proposed,
        "evidence": "Note 4 of the accounts.",
    })
}

fn with(mut figure: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().expect("an object") {
        figure[name] = value.clone();
    }
    figure
}

/// A house with the example published and an agreement in force.
async fn published() -> (House, String) {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.publish_example(&finance).await;
    let admin = house.sign_in("admin@qj2").await;
    let long = json!({ "purpose": "Plan", "from": "2020-01-01", "until": "2199-12-31" });
    house.put(&admin, "/api/v1/agreement", long).await.expect(200);
    (house, finance)
}

async fn attach(house: &House, cookie: &str, place: &str, kind: &str, bytes: &[u8]) -> Answer {
    let request = TestRequest::post()
        .uri(&format!("{place}/evidence?file_name=a%22b.pdf"))
        .insert_header((COOKIE, cookie))
        .insert_header((CONTENT_TYPE, kind))
        .insert_header(("Sec-Fetch-Site", "same-origin"))
        .set_payload(bytes.to_vec());
    house.send(request).await
}

fn place(answer: &Answer) -> String {
    answer.header("location").expect("a place").to_owned()
}

fn near(value: &Value, expected: f64) -> bool {
    value.as_f64().is_some_and(|it| (it - expected).abs() < 1e-6 * expected.abs().max(1.0))
}

#[actix_web::test]
async fn the_result_is_shown_with_and_without_a_disputed_cost() {
    let (house, finance) = published().await;
    let toml = fs::read_to_string(example("scenarios/hold-total.toml")).expect("a scenario");
    let scenario = house.post(&finance, "/api/v1/scenarios", json!({ "toml": toml })).await;
    let scenario = scenario.expect(201).json()["id"].clone();
    let rfs = house.sign_in("rfs@qj2").await;
    let value = house.get(&finance, "/api/v1/value").await.expect(200).json();
    let services = value["services"].as_array().expect("services");
    let line = services.iter().find(|it| it["service"] == "RTG/110H").expect("hips");

    let new = with(figure("RTG/110H", Some("1000000.01")), json!({ "scenario": scenario }));
    let raised = house.post(&rfs, DISPUTES, new).await.expect(202);
    let place = place(&raised);
    let raised = raised.json();
    assert_eq!((&raised["state"], &raised["raised_for"]), (&json!("open"), &json!("RFS")));
    assert_eq!((&raised["result"], &raised["job"]["state"]), (&Value::Null, &json!("waiting")));
    house.work();
    let found = house.get(&rfs, &place).await.expect(200).json();
    let result = &found["result"];
    assert_eq!(result["published"]["spend_gbp"], line["spend_gbp"], "{found:#}");
    assert!(near(&result["published"]["qaly"], line["qaly"].as_f64().expect("a number")));
    assert_eq!(result["disputed"]["spend_gbp"], "1000000.01", "to the penny over several rows");
    assert!(result["rows"].as_u64().is_some_and(|rows| rows > 1));
    assert_eq!(result["published"]["qaly"], result["disputed"]["qaly"]);
    let ratio = line["average_gbp_per_qaly"].as_f64().expect("a number")
        / result["disputed"]["average_gbp_per_qaly"].as_f64().expect("a number");
    let spend: f64 = line["spend_gbp"].as_str().expect("text").parse().expect("a number");
    assert!((ratio - spend / 1_000_000.01).abs() < 1e-6, "{ratio}");
    for side in ["published", "disputed"] {
        assert_eq!(result[side]["certified"], true);
        assert!(result[side]["label"].is_string() && result[side]["gain_qaly"].is_f64());
    }
    assert!(result["difference"]["gain_qaly"].is_f64());
    assert_ne!(result["book_sha256"], result["disputed_book_sha256"]);
    let whole = house.get(&finance, &place).await.expect(200).json()["result"].clone();
    for side in ["published", "disputed", "difference"] {
        assert_eq!(result[side]["marginal_gbp_per_qaly"], Value::Null, "another's stays its own");
        assert!(whole[side]["marginal_gbp_per_qaly"].is_f64(), "the Board sees it whole");
    }
    let edition = house.get(&finance, "/api/v1/editions/1").await.expect(200).json();
    assert_eq!(result["book_sha256"], edition["book_sha256"], "the edition's own book");
    let again = house.get(&finance, "/api/v1/value").await.expect(200).json();
    assert_eq!(again, value, "what is published stays as it is");
}

#[actix_web::test]
async fn without_a_proposal_the_row_is_left_out() {
    let (house, _) = published().await;
    let rtg = house.sign_in("rtg@qj2").await;
    let outcome = json!({
        "table": "outcomes", "column": "gain_mean", "key": "RTG/110H/2018-19/all/eq5d_index"
    });
    let raised = house.post(&rtg, DISPUTES, with(figure("RTG/110H", None), outcome)).await;
    let place = place(&raised.expect(202));
    house.work();
    let found = house.get(&rtg, &place).await.expect(200).json();
    let result = &found["result"];
    assert_eq!(result["rows"], 1, "{found:#}");
    assert!(result["published"]["qaly"].is_f64());
    assert_eq!(
        (&result["disputed"]["qaly"], &result["difference"]["qaly"]),
        (&Value::Null, &Value::Null)
    );
    assert!(result["disputed"]["reason"].is_string(), "not assessable any more");
    assert_eq!(result["difference"]["spend_gbp"], "0.00");
}

#[actix_web::test]
async fn only_a_figure_one_sees_can_be_disputed() {
    let (house, _) = published().await;
    let rfs = house.sign_in("rfs@qj2").await;
    let lead = house.sign_in("lead@qj2").await;
    house.post(&lead, DISPUTES, figure("RTG/110H", None)).await.expect(403);
    house.get(&lead, DISPUTES).await.expect(403);
    let hips = |changes| with(figure("RTG/110H", Some("1.00")), changes);
    let cases = [
        (hips(json!({ "edition": 2 })), 404),
        // General practice shares indices only; ZZZ is nobody.
        (figure("15M/GP", Some("1.00")), 404),
        (figure("ZZZ/1", Some("1.00")), 404),
        // Of another's line nothing inside it.
        (hips(json!({ "table": "workforce", "column": "wte" })), 403),
        (hips(json!({ "key": "RTG/110H/2024-25/0/EL/HN12/nursing/variable" })), 403),
        (figure("RTG/nothing", Some("1.00")), 422),
        (hips(json!({ "proposed_value": "1.005" })), 422),
        (hips(json!({ "proposed_value": "cheap" })), 422),
        (hips(json!({ "claim": "See 943 476 5919." })), 422),
        (hips(json!({ "claim": " " })), 422),
        (hips(json!({ "service": "RTG" })), 422),
        (hips(json!({ "scenario": "018f2b6e-0000-7000-8000-000000000000" })), 404),
        (hips(json!({ "sure": true })), 400),
    ];
    for (new, status) in cases {
        let answer = house.post(&rfs, DISPUTES, new.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{new:#} {}", answer.body);
    }
    // Its own line down to the row, but not what tells rows apart.
    let rtg = house.sign_in("rtg@qj2").await;
    let key = json!({ "key": "RTG/110H/2024-25/0/EL/HN12/nursing/variable" });
    house.post(&rtg, DISPUTES, with(hips(json!({})), key)).await.expect(202);
    let column = json!({ "column": "fin_year" });
    house.post(&rtg, DISPUTES, hips(column)).await.expect(422);
    let admin = house.sign_in("admin@qj2").await;
    let ended = json!({ "purpose": "Plan", "from": "2020-01-01", "until": "2020-12-31" });
    house.put(&admin, "/api/v1/agreement", ended).await.expect(200);
    let hidden = house.post(&rfs, DISPUTES, figure("RTG/110H", Some("1.00"))).await;
    hidden.expect(404);
}

#[actix_web::test]
async fn evidence_is_a_download_for_those_who_see_the_dispute() {
    let (house, finance) = published().await;
    let (rfs, rtg) = (house.sign_in("rfs@qj2").await, house.sign_in("rtg@qj2").await);
    let raised = house.post(&rtg, DISPUTES, figure("RTG/110H", Some("1.00"))).await.expect(202);
    let place = place(&raised);
    let pdf = b"%PDF-1.7 our accounts";
    let kept = attach(&house, &rtg, &place, "application/pdf", pdf).await.expect(201).json();
    let file = &kept["evidence_files"][0];
    let address = format!("{place}/evidence/{}", file["sha256"].as_str().expect("a hash"));
    let served = house.get(&finance, &address).await.expect(200);
    assert_eq!(served.body.as_bytes(), pdf);
    let disposition = served.header("content-disposition").expect("a download");
    assert!(disposition.starts_with("attachment; filename=\"evidence-"), "{disposition}");
    assert_eq!(served.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(served.header("content-type"), Some("application/pdf"));
    house.get(&rfs, &address).await.expect(404);
    house.get(&rfs, &place).await.expect(404);
    attach(&house, &rfs, &place, "application/pdf", pdf).await.expect(404);
    house.get(&rtg, &format!("{place}/evidence/abc")).await.expect(404);

    attach(&house, &rtg, &place, "application/pdf", b"<script>").await.expect(422);
    attach(&house, &rtg, &place, "text/html", b"<script>").await.expect(415);
    attach(&house, &rtg, &place, "text/csv", b"nhs\n9434765919\n").await.expect(422);
    let large = vec![b'x'; 10 * 1024 * 1024 + 1];
    attach(&house, &rtg, &place, "application/pdf", &large).await.expect(413);
    let uploads = house.folder.path().join("uploads/QJ2");
    assert_eq!(uploads.read_dir().expect("a folder").count(), 0, "nothing refused is kept");
}

#[actix_web::test]
async fn the_board_decides_and_the_one_who_raised_it_may_withdraw() {
    let (house, finance) = published().await;
    let (rfs, rtg) = (house.sign_in("rfs@qj2").await, house.sign_in("rtg@qj2").await);
    let raised = house.post(&rfs, DISPUTES, figure("RTG/110H", Some("1.00"))).await.expect(202);
    let place = place(&raised);
    let decision = |state: &str| json!({ "state": state, "reason": "The accounts show it." });
    let decide = format!("{place}/decision");
    house.post(&rtg, &decide, decision("rejected")).await.expect(403);
    house.post(&finance, &decide, decision("open")).await.expect(422);
    let withdraw = format!("{place}/withdraw");
    house.post(&rtg, &withdraw, json!({ "reason": "No." })).await.expect(403);
    let decided = house.post(&finance, &decide, decision("accepted")).await.expect(200).json();
    assert_eq!(decided["state"], "accepted");
    assert_eq!(decided["decision"]["reason"], "The accounts show it.");
    house.post(&rfs, &withdraw, json!({ "reason": "No." })).await.expect(409);
    let listed = house.get(&rtg, DISPUTES).await.expect(200).json();
    assert_eq!(listed["items"][0]["state"], "accepted", "whom it concerns sees it");
    let other = house.post(&rfs, DISPUTES, figure("RTG/110H", Some("2.00"))).await.expect(202);
    let other = format!("{}/withdraw", other.header("location").expect("a place"));
    let withdrawn = house.post(&rfs, &other, json!({ "reason": "Mended." })).await.expect(200);
    assert_eq!(withdrawn.json()["state"], "withdrawn");
    let admin = house.sign_in("admin@qj2").await;
    assert_eq!(house.get(&admin, "/api/v1/audit").await.expect(200).json()["whole"], true);
}
