//! What the providers of a Board see of each other, and under which agreement.

use crate::support::{House, example};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

const AGREEMENT: &str = "/api/v1/agreement";

fn agreement(from: &str, until: &str) -> Value {
    json!({ "purpose": "Plan care together", "from": from, "until": until })
}

/// An agreement that holds whenever this test runs.
fn long() -> Value {
    agreement("2020-01-01", "2199-12-31")
}

fn lines(answer: &Value) -> &Vec<Value> {
    answer["lines"].as_array().expect("lines")
}

fn providers(answer: &Value) -> BTreeSet<String> {
    let codes =
        lines(answer).iter().map(|line| line["provider"].as_str().unwrap_or("-").to_owned());
    codes.collect()
}

/// The rows of one provider in a table of the example book.
fn own_rows(table: &str, provider: &str) -> String {
    let csv = fs::read_to_string(example(&format!("{table}.csv"))).expect("a table");
    let own = format!("{provider},");
    let mut lines = csv.lines();
    let header = lines.next().expect("a header").to_owned();
    let rows = lines.filter(|line| line.starts_with(&own)).map(str::to_owned);
    std::iter::once(header).chain(rows).collect::<Vec<_>>().join("\n") + "\n"
}

#[actix_web::test]
async fn the_administrator_records_the_agreement_and_it_is_never_for_prices() {
    let house = House::new();
    let admin = house.sign_in("admin@qj2").await;
    let lead = house.sign_in("lead@qj2").await;
    let none = house.get(&lead, AGREEMENT).await.expect(200).json();
    assert_eq!((&none["agreement"], &none["in_force"]), (&Value::Null, &json!(false)));
    assert!(none["always"].as_str().is_some_and(|it| it.contains("not for price disputes")));

    let stands = house.put(&admin, AGREEMENT, long()).await.expect(200).json();
    assert_eq!((&stands["in_force"], &stands["agreement"]["number"]), (&json!(true), &json!(1)));
    house.put(&admin, AGREEMENT, agreement("2020-01-01", "2020-12-31")).await.expect(200);
    let ended = house.get(&lead, AGREEMENT).await.expect(200).json();
    assert_eq!((&ended["in_force"], &ended["agreement"]["number"]), (&json!(false), &json!(2)));
    for wrong in [
        agreement("2020-13-01", "2020-12-31"),
        agreement("2021-01-01", "2020-12-31"),
        json!({ "purpose": " ", "from": "2020-01-01", "until": "2020-12-31" }),
    ] {
        house.put(&admin, AGREEMENT, wrong).await.expect(422);
    }
    let finance = house.sign_in("finance@qj2").await;
    let refused = house.put(&finance, AGREEMENT, long()).await.expect(403);
    let detail = "ICB finance may not record the data-sharing agreement";
    assert_eq!(refused.json()["detail"], detail);
}

#[actix_web::test]
async fn without_an_agreement_providers_see_nothing_of_each_other() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.publish_example(&finance).await;
    let (rtg, lead) = (house.sign_in("rtg@qj2").await, house.sign_in("lead@qj2").await);
    let others = "/api/v1/editions/1/others";
    let seen = house.get(&rtg, others).await.expect(200).json();
    assert!(lines(&seen).is_empty());
    assert_eq!(seen["sharing"]["in_force"], false);
    let value = house.get(&rtg, "/api/v1/value").await.expect(200).json();
    let own = value["services"].as_array().expect("services");
    assert!(!own.is_empty() && own.iter().all(|line| line["provider"] == "RTG"));
    let board = house.get(&finance, others).await.expect(200).json();
    let all = BTreeSet::from(["-", "RFS", "RTG", "RXM", "RY8"].map(str::to_owned));
    assert_eq!(providers(&board), all, "the Board sees what each shares");
    house.get(&lead, others).await.expect(403);
    house.get(&rtg, "/api/v1/editions/2/others").await.expect(404);

    let admin = house.sign_in("admin@qj2").await;
    house.put(&admin, AGREEMENT, long()).await.expect(200);
    let seen = house.get(&rtg, others).await.expect(200).json();
    let named = BTreeSet::from(["-", "RFS", "RXM", "RY8"].map(str::to_owned));
    assert_eq!(providers(&seen), named);
    for line in lines(&seen).iter().filter(|line| line["provider"].is_null()) {
        assert_eq!(line["provider_name"], "another provider");
        for money in ["service", "spend_gbp", "valued_spend_gbp", "qaly", "average_gbp_per_qaly"] {
            assert_eq!(line[money], Value::Null, "{line:#}");
        }
        assert_eq!(line["activity"], json!([]));
    }
    let value = house.get(&rtg, "/api/v1/value").await.expect(200).json();
    let shown = value["services"].as_array().expect("services").iter();
    let shown: BTreeSet<&str> = shown.filter_map(|line| line["provider"].as_str()).collect();
    assert_eq!(shown, BTreeSet::from(["RFS", "RTG", "RXM", "RY8"]), "indices are not in it");
    assert!(!value.to_string().contains("15M/"));
    house.put(&admin, AGREEMENT, agreement("2020-01-01", "2020-12-31")).await.expect(200);
    assert!(lines(&house.get(&rtg, others).await.expect(200).json()).is_empty(), "it has ended");
}

#[actix_web::test]
async fn a_director_sees_before_the_sign_off_exactly_what_others_see_afterwards() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.publish_example(&finance).await;
    let admin = house.sign_in("admin@qj2").await;
    house.put(&admin, AGREEMENT, long()).await.expect(200);
    let (rtg, rfs) = (house.sign_in("rtg@qj2").await, house.sign_in("rfs@qj2").await);
    let of_rtg = |answer: &Value| -> Vec<Value> {
        lines(answer).iter().filter(|line| line["provider"] == "RTG").cloned().collect()
    };
    let before = of_rtg(&house.get(&rfs, "/api/v1/editions/1/others").await.expect(200).json());

    let doubled = own_rows("costs", "RTG").replace("306956.25", "806956.25");
    let answer = house.upload(&rtg, "costs", doubled).await.expect(202);
    let place = answer.header("location").expect("a place").to_owned();
    let preview = format!("{place}/seen-by-others");
    house.get(&rtg, &preview).await.expect(409);
    house.work();
    let shown = house.get(&rtg, &preview).await.expect(200).json();
    assert!(!lines(&shown).is_empty() && lines(&shown).iter().all(|it| it["provider"] == "RTG"));
    assert_ne!(lines(&shown), &before, "another cost is another spend");
    let text = shown.to_string();
    for inner in ["nursing", "semi_fixed", "wte", "pay", "elasticity", "ledger"] {
        assert!(!text.contains(inner), "{inner} is nobody else's");
    }
    house.get(&rfs, &preview).await.expect(404);
    house.get(&finance, &preview).await.expect(404);

    house.post(&rtg, &format!("{place}/sign-off"), json!({})).await.expect(200);
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    house.work();
    let served = house.get(&rfs, "/api/v1/editions/2/others").await.expect(200).json();
    assert_eq!(&of_rtg(&served), lines(&shown), "exactly this table");
}

#[actix_web::test]
async fn a_director_sees_before_the_sign_off_which_figures_matter() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.publish_example(&finance).await;
    let (rtg, rfs) = (house.sign_in("rtg@qj2").await, house.sign_in("rfs@qj2").await);
    let answer = house.upload(&rtg, "costs", own_rows("costs", "RTG")).await.expect(202);
    let place = answer.header("location").expect("a place").to_owned();
    let matter = format!("{place}/figures-that-matter");
    house.get(&rtg, &matter).await.expect(409);
    house.work();
    let shown = house.get(&rtg, &matter).await.expect(200).json();
    let figures = shown["figures"].as_array().expect("figures");
    assert_eq!(figures.len(), 5, "{shown}");
    let lost: Vec<f64> =
        figures.iter().filter_map(|figure| figure["tenth_worse_qaly"].as_f64()).collect();
    assert!(lost.len() == 5 && lost.iter().all(|qaly| *qaly < 0.0), "{shown}");
    assert!(lost.is_sorted(), "the most telling first: {shown}");
    for figure in figures {
        let service = figure["service"].as_str().expect("a service");
        assert!(service.starts_with("RTG/"), "own lines only: {service}");
        if let (Some(value), Some(times)) = (figure["value"].as_f64(), figure["flips_at"].as_f64())
        {
            assert_eq!(figure["flip_value"].as_f64(), Some(value * times));
        }
    }
    let all = house.get(&rtg, &format!("{matter}?size=100")).await.expect(200).json();
    assert!(all["figures"].as_array().expect("figures").len() > 5);
    house.get(&rfs, &matter).await.expect(404);
    house.get(&finance, &matter).await.expect(404);
}
