//! Tables that leave the Board: small counts hidden, also between releases.

use crate::support::{House, PROVIDERS, SERVICES, costs};
use serde_json::{Value, json};

const RELEASES: &str = "/api/v1/releases";

/// A house with an edition: 100 cases of one kind and 3 of another, and nothing of Chesterfield.
async fn published() -> (House, String) {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    house.hand_in(&finance, "services", SERVICES).await;
    let few = "RTG,110,2024-25,0,EL,HN23,nursing,variable,3,30.00,plics,2025-03-31\n";
    house.hand_in(&finance, "costs", costs("98.70") + few).await;
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    (house, finance)
}

fn asked(by: &[&str], only: Value) -> Value {
    json!({ "purpose": "For the board paper", "by": by, "only": only })
}

fn figures(release: &Value, row: usize) -> [&str; 2] {
    let cells = release["table"]["rows"][row].as_array().expect("cells");
    let at = |back: usize| cells[cells.len() - back].as_str().expect("text");
    [at(3), at(2)]
}

#[actix_web::test]
async fn a_release_hides_small_counts_and_is_kept_as_it_left() {
    let (house, finance) = published().await;
    let made = house.post(&finance, RELEASES, asked(&["currency"], json!({}))).await.expect(201);
    let place = made.header("location").expect("a place").to_owned();
    let release = made.json();
    let columns = json!(["fin_year", "currency_code", "activity", "cost_gbp", "note"]);
    assert_eq!(release["table"]["columns"], columns);
    assert_eq!(release["edition"], 1);
    assert_eq!(figures(&release, 0), ["100", "98.70"]);
    assert_eq!(figures(&release, 1), ["*", "*"], "a count of 3, and its cost with it");
    let note = release["table"]["rows"][1][4].as_str().expect("a note");
    assert!(note.starts_with("hidden: a count of 1 to 7"), "{note}");
    assert_eq!(figures(&release, 2), ["*", "*"], "the total would give it back");

    let file = house.get(&finance, &format!("{place}.csv")).await.expect(200);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let disposition = file.header("content-disposition").expect("a download");
    assert!(disposition.starts_with("attachment; filename=\"valuebook-release-"), "{disposition}");
    assert!(file.body.contains("\n2024-25,HN22,100,98.70,\n"), "{}", file.body);
    assert!(!file.body.contains("30.00") && !file.body.contains(",3,"), "{}", file.body);
    assert_eq!(house.get(&finance, &place).await.expect(200).json(), release);
    let listed = house.get(&finance, RELEASES).await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], release["id"]);
    assert_eq!(listed["items"][0]["table"], Value::Null);
    let elsewhere = house.sign_in("finance@qwo").await;
    for address in [place.clone(), format!("{place}.csv"), format!("{RELEASES}/x.csv")] {
        house.get(&elsewhere, &address).await.expect(404);
    }
    let admin = house.sign_in("admin@qj2").await;
    assert_eq!(house.get(&admin, "/api/v1/audit").await.expect(200).json()["whole"], true);
}

#[actix_web::test]
async fn two_releases_never_differ_by_a_small_count() {
    let many = || asked(&["service"], json!({ "currency": "HN22" }));
    let (alone, finance) = published().await;
    let first = alone.post(&finance, RELEASES, many()).await.expect(201).json();
    assert_eq!(figures(&first, 0), ["100", "98.70"], "by itself it tells nobody's");
    let whole = alone.post(&finance, RELEASES, asked(&["service"], json!({}))).await;
    assert_eq!(figures(&whole.expect(201).json(), 0), ["*", "*"], "103 less 100 is 3");

    let (house, finance) = published().await;
    let whole = house.post(&finance, RELEASES, asked(&["service"], json!({}))).await.expect(201);
    let whole = whole.json();
    assert_eq!(figures(&whole, 0), ["105", "128.70"]);
    let second = house.post(&finance, RELEASES, many()).await.expect(201).json();
    assert_eq!(figures(&second, 0), ["*", "*"], "the same the other way round");
    // Another edition counts the same people.
    let twice =
        costs("98.70") + "RTG,110,2024-25,0,EL,HN23,nursing,variable,3,31.00,plics,2025-03-31\n";
    house.hand_in(&finance, "costs", twice).await;
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    let later = house.post(&finance, RELEASES, many()).await.expect(201).json();
    assert_eq!((&later["edition"], figures(&later, 0)), (&json!(2), ["*", "*"]));
    let mut again = asked(&["service"], json!({}));
    again["edition"] = json!(1);
    let again = house.post(&finance, RELEASES, again).await.expect(201).json();
    assert_eq!(again["table"], whole["table"], "what has left may leave again");
}

#[actix_web::test]
async fn what_cannot_be_released_is_said() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.post(&finance, RELEASES, asked(&["service"], json!({}))).await.expect(409);
    let (house, finance) = published().await;
    let with = |name: &str, value: Value| {
        let mut new = asked(&["service"], json!({}));
        new[name] = value;
        new
    };
    for (new, status) in [
        (with("by", json!([])), 422),
        (with("by", json!(["patient"])), 422),
        (with("only", json!({ "provider": "RFS" })), 422),
        (with("only", json!({ "patient": "x" })), 422),
        (with("fin_year", json!("2019-20")), 422),
        (with("fin_year", json!("2024")), 422),
        (with("purpose", json!(" ")), 422),
        (with("purpose", json!("About 943 476 5919")), 422),
        (with("edition", json!(9)), 404),
        (with("sure", json!(true)), 400),
    ] {
        let answer = house.post(&finance, RELEASES, new.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{new:#} {}", answer.body);
    }
    let listed = house.get(&finance, RELEASES).await.expect(200).json();
    assert_eq!(listed["items"], json!([]), "nothing of it was kept");
}
