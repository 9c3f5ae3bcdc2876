//! The audit record: searched, signed, taken out, and never to be tampered with unnoticed.

use crate::support::{House, PROVIDERS};
use serde_json::{Value, json};

async fn busy() -> (House, String) {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    let admin = house.sign_in("admin@qj2").await;
    (house, admin)
}

fn lines(list: &Value) -> Vec<i64> {
    let items = list["items"].as_array().expect("items").iter();
    items.map(|it| it["line"].as_i64().expect("a line")).collect()
}

#[actix_web::test]
async fn the_record_is_searched_page_by_page() {
    let (house, admin) = busy().await;
    let get = async |query: &str| {
        house.get(&admin, &format!("/api/v1/audit/entries{query}")).await.expect(200).json()
    };
    let all = get("").await;
    let count = lines(&all).len();
    assert!(count >= 4, "{all:#}");
    assert_eq!(lines(&all)[0], i64::try_from(count).expect("small"), "the newest first");
    let first = get("?size=2").await;
    let next = first["next"].as_str().expect("more");
    let second = get(&format!("?size=100&after={next}")).await;
    assert_eq!([lines(&first), lines(&second)].concat(), lines(&all));

    let published = get("?action=edition.publish").await;
    assert_eq!(lines(&published).len(), 1);
    let line = &published["items"][0];
    assert_eq!((&line["subject"], line["details"].is_object()), (&json!("1"), true));
    let person = line["person"].as_str().expect("a person");
    assert!(lines(&get(&format!("?person={person}")).await).len() > 1);
    assert_eq!(lines(&get("?action=&person=&subject=1&from=&to=").await), lines(&published));
    assert_eq!(lines(&get("?to=2020-01-01").await), Vec::<i64>::new());
    assert_eq!(lines(&get("?from=2020-01-01").await).len(), count);
    for wrong in ["?from=yesterday", "?to=24/11/2026", "?after=x"] {
        let answer = house.get(&admin, &format!("/api/v1/audit/entries{wrong}")).await;
        assert_eq!(answer.expect(422).code(), "invalid", "{wrong}");
    }
}

#[actix_web::test]
async fn a_file_of_the_record_is_safe_and_leaves_a_line() {
    let (house, admin) = busy().await;
    let before = house.get(&admin, "/api/v1/audit").await.expect(200).json();
    for path in ["/api/v1/audit.csv", "/audit.csv?action=edition.publish"] {
        let file = house.get(&admin, path).await.expect(200);
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        let kept = "attachment; filename=\"valuebook-audit.csv\"";
        assert_eq!(file.header("content-disposition"), Some(kept));
        let mut rows = file.body.lines();
        assert_eq!(rows.next(), Some("line,at,person,action,subject,details,hash"));
        assert!(rows.all(|row| !row.starts_with(['=', '+', '@'])) && file.body.contains("publish"));
    }
    let after = house.get(&admin, "/api/v1/audit").await.expect(200).json();
    let more = after["entries"].as_u64().zip(before["entries"].as_u64()).map(|(a, b)| a - b);
    assert_eq!((more, &after["whole"]), (Some(2), &json!(true)));
    let found = house.get(&admin, "/api/v1/audit/entries?action=audit.export").await.expect(200);
    assert_eq!(lines(&found.json()).len(), 2);
}

#[actix_web::test]
async fn the_end_of_the_record_is_signed() {
    let (house, admin) = busy().await;
    let head = house.get(&admin, "/api/v1/audit/head").await.expect(200).json();
    let text = |name: &str| head[name].as_str().expect("text").to_owned();
    let signed = format!(
        "valuebook audit head 1\ntenant QJ2\nentries {}\nhead {}\nat {}\n",
        head["entries"],
        text("head"),
        text("at")
    );
    let (signature, key) = (text("signature"), text("public_key"));
    assert!(tenancy::Signer::is_signed(&signed, &signature, &key), "{head:#}");
    let whole = house.get(&admin, "/api/v1/audit").await.expect(200).json();
    assert_eq!((&whole["head"], &whole["entries"]), (&head["head"], &head["entries"]));
}

#[actix_web::test]
async fn the_page_opens_with_whether_it_is_whole() {
    let (house, admin) = busy().await;
    let page = house.get(&admin, "/audit").await.expect(200).body;
    assert!(page.contains("The record is whole: "), "{page}");
    assert!(page.contains("Edition: publish") && page.contains("Jo Bloggs"), "by name");
    let none = house.get(&admin, "/audit?action=edition.publish&to=2020-01-01").await.expect(200);
    assert!(none.body.contains("No line of the record is like this."));
    let wrong = house.get(&admin, "/audit?from=%3Cb%3Eyesterday").await.expect(422);
    assert!(wrong.body.contains("Write the day like 2026-11-24") && !wrong.body.contains("<b>y"));
    for name in ["finance@qj2", "rtg@qj2", "lead@qj2"] {
        let cookie = house.sign_in(name).await;
        house.get(&cookie, "/audit").await.expect(403);
        house.get(&cookie, "/audit.csv").await.expect(403);
        assert!(!house.get(&cookie, "/").await.body.contains("href=\"/audit\""), "{name}");
    }
    let elsewhere = house.get("", "/audit").await.expect(303);
    assert_eq!(elsewhere.header("location"), Some("/sign-in?next=%2Faudit"));
}
