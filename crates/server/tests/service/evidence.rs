//! What stands behind an edition's values: the same figures everywhere, each traced to its rows, and
//! no provider's shown to another.

use crate::support::House;
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use quantities::words::{gbp_per_qaly, money_short, qaly, qaly_signed};
use quantities::{Pence, ServiceKey};
use std::collections::BTreeMap;
use std::io::Cursor;

/// How a figure is written on a page.
type InWords = fn(f64) -> String;

/// A CSV file as rows of cells by column.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn number(cell: &str) -> Option<f64> {
    (!cell.is_empty()).then(|| cell.parse().expect("a number"))
}

/// The row of a page's table that is headed by a link to this service.
fn row_of<'a>(page: &'a str, key: &str) -> &'a str {
    let key: ServiceKey = key.parse().expect("a key");
    let link = format!("href=\"/value/{}/{}\"", key.provider(), key.service_code());
    let table = page.find("<tbody").map(|at| page.split_at(at).1).expect("a table");
    let row = table.split("<tr").find(|row| row.contains(&link));
    row.unwrap_or_else(|| panic!("{key} is not on the page"))
}

#[actix_web::test]
async fn the_page_the_csv_and_the_workbook_hold_the_same_figures() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.publish_example(&finance).await;
    let json = house.get(&finance, "/api/v1/value").await.expect(200).json();
    let csv = house.get(&finance, "/value/services.csv").await.expect(200);
    assert!(csv.header("content-disposition").is_some_and(|it| it.contains("services.csv")));
    let csv = rows(&csv.body);
    let book = house.get(&finance, "/value/services.xlsx").await.expect(200);
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(book.bytes)).expect("a workbook");
    let sheet = book.worksheet_range("services").expect("the sheet");
    let heads: Vec<String> =
        sheet.rows().next().expect("heads").iter().map(ToString::to_string).collect();
    let page = house.get(&finance, "/value").await.expect(200).body.replace("&#x2f;", "/");
    let services = json["services"].as_array().expect("services");
    assert_eq!((csv.len(), sheet.height()), (services.len(), services.len() + 1));
    for (at, (service, row)) in services.iter().zip(&csv).enumerate() {
        let key = service["service"].as_str().expect("a key");
        for (column, head) in (0_u32..).zip(&heads) {
            let cell = sheet.get_value((u32::try_from(at).expect("few") + 1, column));
            let wanted = row[head].as_str();
            match cell.unwrap_or(&Data::Empty) {
                Data::Empty => assert_eq!(wanted, "", "{key} {head}"),
                Data::Float(figure) => assert_eq!(number(wanted), Some(*figure), "{key} {head}"),
                Data::Bool(truth) => assert_eq!(wanted, truth.to_string(), "{key} {head}"),
                Data::String(text) => assert_eq!(wanted, text, "{key} {head}"),
                other => panic!("{key} {head}: {other:?}"),
            }
        }
        let shown = row_of(&page, key);
        let spend: Pence = row["spend_gbp"].parse().expect("money");
        let mut wanted = vec![money_short(spend)];
        let shown_as: [(&str, InWords); 4] = [
            ("qaly", qaly),
            ("average_gbp_per_qaly", |price| gbp_per_qaly(Some(price))),
            ("marginal_gbp_per_qaly", |price| gbp_per_qaly(Some(price))),
            ("net_health_benefit_qaly", qaly_signed),
        ];
        for (column, words) in shown_as {
            let figure = number(&row[column]);
            assert_eq!(figure, service[column].as_f64(), "{key} {column}");
            wanted.extend(figure.map(words));
        }
        for text in wanted {
            assert!(shown.contains(&text), "{key}: {text} is not in {shown}");
        }
    }
}

#[actix_web::test]
async fn a_figure_leads_to_its_rows_in_two_clicks() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    let edition = house.publish_example(&finance).await;
    let page = house.get(&finance, "/value").await.expect(200).body.replace("&#x2f;", "/");
    assert!(page.contains("href=\"/value/RTG/110H\""));
    let page = house.get(&finance, "/value/RTG/110H").await.expect(200).body;
    assert!(page.replace("&#x2f;", "/").contains("href=\"/value/RTG/110H/rows\""));
    let page = house.get(&finance, "/value/RTG/110H/rows").await.expect(200).body;
    let at = format!("/api/v1/editions/{edition}/rows/RTG/110H");
    let found = house.get(&finance, &at).await.expect(200).json();
    let tables = found["tables"].as_array().expect("tables");
    let names: Vec<&str> = tables.iter().filter_map(|table| table["table"].as_str()).collect();
    assert_eq!(names.get(..4), Some(&["costs", "outcomes", "assumptions", "elasticities"][..]));
    let value = house.get(&finance, "/api/v1/value").await.expect(200).json();
    let line = value["services"]
        .as_array()
        .and_then(|all| all.iter().find(|line| line["service"] == "RTG/110H"));
    assert_eq!(tables[0]["spend_gbp"], line.expect("the line")["spend_gbp"]);
    let file = house.get(&finance, "/value/RTG/110H/rows.csv?table=costs").await.expect(200);
    let file = rows(&file.body);
    assert_eq!(Some(u64::try_from(file.len()).expect("few")), tables[0]["row_count"].as_u64());
    let sum: Pence = file
        .iter()
        .filter(|row| found["base_year"].as_str() == Some(row["fin_year"].as_str()))
        .map(|row| row["cost_gbp"].parse::<Pence>().expect("money"))
        .sum();
    assert_eq!(Some(sum.to_string().as_str()), tables[0]["spend_gbp"].as_str());
    let first = file.first().expect("a row");
    assert!(page.contains(&first["cost_gbp"]) && page.contains(&first["resource_group"]));
    for nowhere in ["/value/RTG/NONE/rows", "/value/RTG/110H/rows.csv?table=none"] {
        house.get(&finance, nowhere).await.expect(404);
    }
}

#[actix_web::test]
async fn a_provider_finds_its_own_evidence_and_nobody_elses() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    let edition = house.publish_example(&finance).await;
    let (rtg, lead) = (house.sign_in("rtg@qj2").await, house.sign_in("lead@qj2").await);
    let base = format!("/api/v1/editions/{edition}");
    for part in ["equity", "need"] {
        house.get(&rtg, &format!("{base}/{part}")).await.expect(404);
        house.get(&rtg, &format!("/value/{part}")).await.expect(404);
        house.get(&lead, &format!("{base}/{part}")).await.expect(200);
    }
    for part in ["uncertainty", "benchmarks", "benchmarks?basis=market_forces_adjusted"] {
        let whole = house.get(&lead, &format!("{base}/{part}")).await.expect(200).body;
        assert!(whole.contains("RFS/") && whole.contains("RTG/"), "{part}");
        let own = house.get(&rtg, &format!("{base}/{part}")).await.expect(200).body;
        assert!(own.contains("RTG/"), "{part}");
        for other in ["RFS", "RY8", "RXM", "15M"] {
            let named = own.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == other);
            assert!(!named, "{part} tells {other}: {own}");
        }
    }
    let method = house.get(&rtg, &format!("{base}/method")).await.expect(200).json();
    assert!(method["sources"].as_array().is_some_and(|sources| !sources.is_empty()));
    for objection in method["objections"].as_array().expect("objections") {
        let page = objection["page"].as_str().expect("where the answer is seen");
        house.get(&finance, page).await.expect(200);
    }
    house.get(&rtg, "/value/RTG/110H/rows").await.expect(200);
    for hidden in ["/value/RFS/110H/rows", "/value/RFS/110H/rows.csv?table=costs"] {
        house.get(&rtg, hidden).await.expect(404);
        house.get(&lead, hidden).await.expect(200);
    }
    house.get(&rtg, &format!("{base}/rows/RFS/110H")).await.expect(404);
}
