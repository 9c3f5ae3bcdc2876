//! The rows to mend of a file, the versions of a table, and what changed between them.

use crate::support::{House, PROVIDERS, SERVICES, costs};
use serde_json::{Value, json};

const ABSENT: &str = "018f2b6e-0000-7000-8000-000000000000";

async fn begun(house: &House) -> (String, String) {
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    let director = house.sign_in("rtg@qj2").await;
    house.hand_in(&director, "services", SERVICES).await;
    (finance, director)
}

/// Hands in and checks; the address of the submission.
async fn checked(house: &House, cookie: &str, csv: String) -> String {
    let answer = house.upload(cookie, "costs", csv).await.expect(202);
    house.work();
    answer.header("location").expect("a place").to_owned()
}

#[actix_web::test]
async fn the_rows_to_mend_are_a_download_for_those_who_see_the_file() {
    let house = House::new();
    let (finance, director) = begun(&house).await;
    let more = "RTG,110,2024-25,0,OP,HN22,nursing,variable,5,1.005,plics,2025-03-31\n\
                RTG,999,2024-25,0,OP,HN22,nursing,variable,5,1.00,plics,2025-03-31\n";
    let place = checked(&house, &director, costs("98.70") + more).await;
    let address = format!("{place}/bad-rows?table=costs");
    let rows = house.get(&director, &address).await.expect(200);
    assert_eq!(rows.header("content-type"), Some("text/csv; charset=utf-8"));
    let disposition = rows.header("content-disposition").expect("a download");
    assert!(disposition.starts_with("attachment; filename=\"valuebook-to-mend-"), "{disposition}");
    let lines: Vec<&str> = rows.body.lines().collect();
    let [header, decimals, unknown] = lines[..] else { panic!("two rows: {}", rows.body) };
    assert!(header.ends_with("data_as_at,row,rule,severity,what to do"), "{header}");
    assert!(decimals.contains("1.005") && decimals.contains("money.decimals"), "{decimals}");
    assert!(unknown.contains("service.unknown"), "found by a rule that crosses tables: {unknown}");
    let only = house.get(&director, &format!("{place}/bad-rows")).await.expect(200);
    assert_eq!(only.body, rows.body, "the only table need not be named");

    house.get(&director, &format!("{place}/bad-rows?table=ledger")).await.expect(404);
    let rfs = house.sign_in("rfs@qj2").await;
    for stranger in [&finance, &rfs] {
        house.get(stranger, &address).await.expect(404);
    }
    let sound = checked(&house, &director, costs("98.70")).await;
    house.get(&director, &format!("{sound}/bad-rows")).await.expect(404);
    let personal = costs("98.70").replace("nursing", "943 476 5919");
    let dropped = checked(&house, &director, personal + more).await;
    let found = house.get(&director, &format!("{dropped}/problems")).await.expect(200).json();
    assert_eq!(found["accepted"], false);
    house.get(&director, &format!("{dropped}/bad-rows?table=costs")).await.expect(404);
}

#[actix_web::test]
async fn what_changed_between_versions_is_shown_by_key() {
    let house = House::new();
    let (finance, director) = begun(&house).await;
    let row = "RTG,110,2024-25,0,OP,HN22,nursing,variable,5,1.00,plics,2025-03-31\n";
    let first = checked(&house, &director, costs("98.70") + row).await;
    let second =
        checked(&house, &director, costs("99.70").replace("HN22,nursing", "HN22,drugs") + row)
            .await;
    let third = checked(&house, &director, costs("100.00") + &row.replace("1.00", "1.50")).await;
    let of = async |cookie: &str, address: String| -> Value {
        house.get(cookie, &address).await.expect(200).json()["tables"][0].clone()
    };
    let id = |place: &str| place.rsplit('/').next().expect("an id").to_owned();

    let begun = of(&director, format!("{first}/differences")).await;
    assert_eq!((&begun["against"], &begun["added_rows"]), (&Value::Null, &json!(2)), "{begun:#}");
    let next = of(&director, format!("{second}/differences")).await;
    assert_eq!(next["against"].as_str(), Some(id(&first).as_str()));
    let rows = ["added_rows", "removed_rows", "changed_rows"].map(|count| next[count].clone());
    assert_eq!(rows, [json!(1), json!(1), json!(0)], "{next:#}");
    assert_eq!((&next["before_gbp"], &next["after_gbp"]), (&json!("99.70"), &json!("100.70")));
    assert_eq!(next["difference_gbp"], "1.00");
    assert_eq!(next["key_columns"][6], "resource_group");
    assert_eq!(
        (&next["added"][0]["key"][6], &next["removed"][0]["key"][6]),
        (&json!("drugs"), &json!("nursing"))
    );
    assert_eq!(next["removed"][0]["amount_gbp"], "98.70");
    let far = of(&director, format!("{third}/differences?against={}", id(&first))).await;
    let cells: Vec<_> = far["changed"]
        .as_array()
        .expect("cells")
        .iter()
        .map(|it| (&it["column"], &it["before"], &it["after"]))
        .collect();
    let (one, cost) = (json!("98.70"), json!("cost_gbp"));
    assert!(cells.contains(&(&cost, &one, &json!("100.00"))), "{far:#}");
    assert_eq!((&far["changed_rows"], cells.len()), (&json!(2), 2));

    let history = house.get(&director, &format!("{second}/history")).await.expect(200).json();
    let versions: Vec<_> = history["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|it| it["version"].clone())
        .collect();
    assert_eq!(versions, [json!(3), json!(2), json!(1)]);
    assert!(history["items"][0]["created_by"].is_string());
    assert_eq!(history["items"][0]["tables"][0]["total_gbp"], "101.50");

    let rfs = house.sign_in("rfs@qj2").await;
    for rest in ["differences", "history"] {
        for stranger in [&finance, &rfs] {
            let foreign = house.get(stranger, &format!("{second}/{rest}")).await.expect(404);
            let absent = format!("/api/v1/submissions/{ABSENT}/{rest}");
            assert_eq!(foreign.body, house.get(stranger, &absent).await.expect(404).body);
        }
    }
    // What somebody may not see cannot be compared with either.
    house.post(&director, &format!("{third}/submit"), json!({})).await.expect(200);
    house.get(&finance, &format!("{third}/differences?against={}", id(&first))).await.expect(404);
    let shown = of(&finance, format!("{third}/differences")).await;
    assert_eq!(shown["against"], Value::Null, "a draft is nobody else's: {shown:#}");
}

#[actix_web::test]
async fn what_changed_between_editions_is_shown_to_each_as_far_as_it_is_theirs() {
    let house = House::new();
    let (finance, director) = begun(&house).await;
    let both = SERVICES.to_owned() + "RFS,110,Orthopaedics,musculoskeletal,hospital\n";
    house.hand_in(&finance, "services", both).await;
    let rfs = costs("10.00").replace("RTG,", "RFS,");
    house.hand_in(&finance, "costs", rfs.clone()).await;
    house.hand_in(&director, "costs", costs("98.70")).await;
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    house.hand_in(&director, "costs", costs("99.70")).await;
    house.hand_in(&finance, "costs", rfs.replace("10.00", "20.00")).await;
    house.post(&finance, "/api/v1/editions", json!({})).await.expect(201);
    let of = async |cookie: &str, address: &str| -> Value {
        house.get(cookie, address).await.expect(200).json()
    };
    let changed = |found: &Value| -> Vec<String> {
        let tables = found["tables"].as_array().expect("tables").iter();
        let cells = tables.flat_map(|it| it["changed"].as_array().expect("cells").clone());
        let mut told: Vec<String> = cells
            .filter(|it| it["column"] == "cost_gbp")
            .map(|it| format!("{} {} {}", it["key"][0], it["before"], it["after"]))
            .collect();
        told.sort();
        told
    };
    let address = "/api/v1/editions/2/differences";
    let board = of(&finance, address).await;
    assert_eq!((&board["edition"], &board["against"]), (&json!(2), &json!(1)));
    let all = [r#""RFS" "10.00" "20.00""#, r#""RTG" "98.70" "99.70""#];
    assert_eq!(changed(&board), all, "{board:#}");
    let own = of(&director, address).await;
    assert_eq!(changed(&own), all[1..], "{own:#}");
    assert!(!own.to_string().contains("RFS"), "{own:#}");
    let back = of(&finance, "/api/v1/editions/1/differences?against=2").await;
    assert_eq!(changed(&back)[1], r#""RTG" "99.70" "98.70""#);
    let first = of(&finance, "/api/v1/editions/1/differences").await;
    assert_eq!(first["against"], Value::Null);
    house.get(&finance, "/api/v1/editions/3/differences").await.expect(404);
    house.get(&finance, "/api/v1/editions/2/differences?against=9").await.expect(404);
    let lead = house.sign_in("lead@qj2").await;
    house.get(&lead, address).await.expect(403);
}
