//! The life of a submission: queries answered, signed off, published, superseded.

use crate::support::{House, PROVIDERS, SERVICES, costs};
use serde_json::{Value, json};

/// Costs with a negative amount: accepted, and asked about.
fn negative(amount: &str) -> String {
    let more = format!("RTG,110,2024-25,0,OP,HN22,nursing,variable,0,-{amount},plics,2025-03-31\n");
    costs("98.70") + &more
}

async fn begun(house: &House) -> (String, String) {
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    let director = house.sign_in("rtg@qj2").await;
    house.hand_in(&director, "services", SERVICES).await;
    (finance, director)
}

/// Hands in and checks; the address of the submission.
async fn checked(house: &House, cookie: &str, table: &str, csv: String) -> String {
    let answer = house.upload(cookie, table, csv).await.expect(202);
    house.work();
    answer.header("location").expect("a place").to_owned()
}

async fn json(house: &House, cookie: &str, place: &str) -> Value {
    house.get(cookie, place).await.expect(200).json()
}

#[actix_web::test]
async fn sign_off_waits_for_an_answer_to_every_query() {
    let house = House::new();
    let (finance, director) = begun(&house).await;
    let place = checked(&house, &director, "costs", negative("5.00")).await;
    let answers = format!("{place}/answers");
    let asked = json(&house, &director, &answers).await;
    assert_eq!(asked["unanswered"], 1);
    let query = &asked["queries"][0];
    assert_eq!((&query["rule"], &query["row"]), (&json!("costs.negative"), &json!(3)));
    assert_eq!(query["key"], "RTG/110/2024-25/0/OP/HN22/nursing/variable");
    assert_eq!((&query["answer"], &query["answered_before"]), (&Value::Null, &Value::Null));

    let sign = format!("{place}/sign-off");
    let refused = house.post(&director, &sign, json!({})).await.expect(409);
    assert_eq!(refused.code(), "queries_unanswered");
    assert!(refused.json()["detail"].as_str().is_some_and(|it| it.contains("answer: 1;")));
    house.post(&director, &format!("{place}/submit"), json!({})).await.expect(200);

    let answer = |text: &str| {
        json!({ "answers": [
            { "table": "costs", "rule": "costs.negative", "row": 3, "column": "cost_gbp", "text": text }
        ] })
    };
    let named = answer("Refund for 943 476 5919.");
    assert_eq!(house.post(&director, &answers, named).await.expect(422).code(), "invalid");
    let board = house.post(&finance, &answers, answer("x")).await.expect(403);
    assert_eq!(board.code(), "forbidden", "what another organisation handed in");
    let unknown =
        json!({ "answers": [{ "table": "costs", "rule": "costs.nothing", "text": "x" }] });
    house.post(&director, &answers, unknown).await.expect(422);
    let given = house.post(&director, &answers, answer("A supplier's refund.")).await.expect(200);
    assert_eq!(given.json()["unanswered"], 0);
    let seen = json(&house, &finance, &answers).await;
    let seen = &seen["queries"][0]["answer"];
    assert_eq!((&seen["text"], &seen["for_rule"]), (&json!("A supplier's refund."), &json!(false)));
    house.post(&director, &sign, json!({})).await.expect(200);
    let late = house.post(&director, &answers, answer("Late")).await.expect(409);
    assert_eq!(late.code(), "conflict");

    // The next version asks the same of the same line, one row further down.
    let moved = negative("5.00").replace("RTG,110,2024-25,0,EL", "RTG,110,2024-25,0,DC");
    let more =
        "RTG,110,2024-25,0,NEL,HN22,nursing,variable,1,1.00,plics,2025-03-31\nRTG,110,2024-25,0,OP";
    let moved = moved.replace("RTG,110,2024-25,0,OP", more);
    let next = checked(&house, &director, "costs", moved).await;
    let asked = json(&house, &director, &format!("{next}/answers")).await;
    let query = &asked["queries"][0];
    assert_eq!((&query["row"], &query["answer"]), (&json!(4), &Value::Null));
    assert_eq!(query["answered_before"]["answer"]["text"], "A supplier's refund.");
    assert_eq!(query["answered_before"]["version"], 1);
    house.post(&director, &format!("{next}/sign-off"), json!({})).await.expect(409);
    let confirm = json!({ "answers": [
        { "table": "costs", "rule": "costs.negative", "row": 4, "column": "cost_gbp" }
    ] });
    let given = house.post(&director, &format!("{next}/answers"), confirm).await.expect(200).json();
    assert!(given["queries"][0]["answer"]["confirms"].is_string(), "{given:#}");
    house.post(&director, &format!("{next}/sign-off"), json!({})).await.expect(200);
}

#[actix_web::test]
async fn what_became_of_a_submission_is_derived_and_nothing_is_overwritten() {
    let house = House::new();
    let (finance, director) = begun(&house).await;
    let first = checked(&house, &director, "costs", costs("98.70")).await;
    let facts = async |place: &str| {
        let found = json(&house, &director, place).await;
        let superseded = found["superseded_by"].as_str().map(|id| id.to_owned());
        (
            found["state"].as_str().expect("text").to_owned(),
            found["published_in"].clone(),
            superseded,
        )
    };
    assert_eq!(facts(&first).await, ("checked".to_owned(), json!([]), None));
    house.post(&director, &format!("{first}/sign-off"), json!({})).await.expect(200);
    assert_eq!(facts(&first).await.0, "signed_off");
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    assert_eq!(facts(&first).await, ("published".to_owned(), json!([1]), None));

    let second = checked(&house, &director, "costs", costs("99.70")).await;
    assert_eq!(facts(&first).await.0, "published", "a draft supersedes nothing");
    house.post(&director, &format!("{second}/sign-off"), json!({})).await.expect(200);
    let (state, published, superseded) = facts(&first).await;
    assert_eq!((state.as_str(), published), ("superseded", json!([1])));
    assert!(superseded.is_some_and(|id| second.ends_with(&id)));
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    assert_eq!(facts(&second).await, ("published".to_owned(), json!([2]), None));
    assert_eq!(facts(&first).await.1, json!([1]));
}
