//! Several tables handed in as one workbook.

use crate::support::{Answer, House, PROVIDERS, SERVICES, costs, program};
use actix_web::http::header::{CONTENT_TYPE, COOKIE};
use actix_web::test::TestRequest;
use rust_xlsxwriter::Workbook;
use serde_json::json;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook with a sheet for each CSV.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, csv) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name");
        for (row, line) in (0_u32..).zip(csv.lines()) {
            for (column, cell) in (0_u16..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).expect("a cell");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

async fn send(house: &House, cookie: &str, bytes: Vec<u8>) -> Answer {
    let request = TestRequest::post()
        .uri("/api/v1/submissions?file_name=ours.xlsx")
        .insert_header((COOKIE, cookie))
        .insert_header((CONTENT_TYPE, XLSX))
        .insert_header(("Sec-Fetch-Site", "same-origin"))
        .set_payload(bytes);
    let answer = house.send(request).await.expect(202);
    house.work();
    answer
}

fn place(answer: &Answer) -> String {
    answer.header("location").expect("a place").to_owned()
}

/// A house with providers signed off, or nothing where the binary is not built.
async fn house() -> Option<(House, String)> {
    if program().is_none() {
        println!("skipped: target/debug/valuebook, which reads workbooks, is not built");
        return None;
    }
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    let director = house.sign_in("rtg@qj2").await;
    Some((house, director))
}

#[actix_web::test]
async fn a_workbook_is_one_submission_of_several_tables() {
    let Some((house, director)) = house().await else { return };
    let sheets = [("services", SERVICES), ("costs", &costs("98.70"))];
    let answer = send(&house, &director, workbook(&sheets)).await;
    let place = place(&answer);
    let found = house.get(&director, &place).await.expect(200).json();
    let problems = house.get(&director, &format!("{place}/problems")).await.expect(200).json();
    assert_eq!(found["state"], "checked", "{problems:#}");
    assert_eq!((&found["table"], &found["file_name"]), (&json!("workbook"), &json!("ours.xlsx")));
    let tables: Vec<_> = found["tables"].as_array().expect("tables").iter().collect();
    let names: Vec<_> = tables.iter().map(|table| table["table"].as_str()).collect();
    assert_eq!(names, [Some("costs"), Some("services")]);
    assert_eq!(tables[0]["total_gbp"], "98.70");
    house.answer_everything(&director, &place).await;
    house.post(&director, &format!("{place}/sign-off"), json!({})).await.expect(200);

    // Costs alone, and the same costs as in the workbook: the same canonical table.
    let single = house.upload(&director, "costs", costs("98.70")).await.expect(202);
    house.work();
    let single = house.get(&director, single.header("location").expect("a place")).await;
    assert_eq!(single.expect(200).json()["tables"][0]["sha256"], tables[0]["sha256"]);
    let uploads = house.folder.path().join("uploads/QJ2");
    assert_eq!(
        uploads.read_dir().expect("a folder").count(),
        0,
        "neither file nor sheets are kept"
    );
}

#[actix_web::test]
async fn a_workbook_is_accepted_whole_or_not_at_all() {
    type Sheets<'a> = &'a [(&'a str, &'a str)];
    let Some((house, director)) = house().await else { return };
    let wrong = costs("12.005");
    let cases: [(Sheets<'_>, &str, &str); 4] = [
        (&[("services", SERVICES), ("costs", &wrong)], "money.decimals", "costs"),
        (&[("services", SERVICES), ("providers", PROVIDERS)], "table.not_yours", "providers"),
        (&[("services", SERVICES), ("cots", &wrong)], "workbook.unknown_sheet", "workbook"),
        (&[("NOTES", "for people")], "workbook.no_tables", "workbook"),
    ];
    for (sheets, rule, table) in cases {
        let place = place(&send(&house, &director, workbook(sheets)).await);
        let found = house.get(&director, &format!("{place}/problems?rule={rule}")).await;
        let found = found.expect(200).json();
        assert_eq!(found["accepted"], false, "{rule}");
        assert_eq!(found["problems"][0]["table"], table, "{rule}: {found:#}");
        let submission = house.get(&director, &place).await.expect(200).json();
        assert_eq!((&submission["state"], &submission["tables"]), (&json!("refused"), &json!([])));
    }
    let broken = place(&send(&house, &director, b"PK\x03\x04 and no more".to_vec()).await);
    let found = house.get(&director, &format!("{broken}/problems")).await.expect(200).json();
    let rule = found["problems"][0]["rule"].as_str().expect("a rule");
    assert!(rule.starts_with("workbook."), "{found:#}");
}
