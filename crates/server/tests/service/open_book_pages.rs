//! The pages of the open book, by their forms: an agreement, others' lines, a dispute, a release.

use crate::support::{Answer, House};
use actix_web::http::header::{CONTENT_TYPE, COOKIE};
use actix_web::test::TestRequest;
use serde_json::json;

const SEE_OTHER: u16 = 303;

/// Posts a form of our own pages.
async fn post(house: &House, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = TestRequest::post().uri(path).insert_header((COOKIE, cookie));
    let request = request.insert_header(("Sec-Fetch-Site", "same-origin"));
    house.send(request.set_form(fields)).await
}

fn place(answer: Answer) -> String {
    answer.expect(SEE_OTHER).header("location").expect("a place").to_owned()
}

/// A page that must be there, with these texts in it.
async fn sees(house: &House, cookie: &str, path: &str, texts: &[&str]) -> String {
    let page = house.get(cookie, path).await.expect(200).body.replace("&#x2f;", "/");
    for text in texts {
        assert!(page.contains(text), "{path} without \"{text}\": {page}");
    }
    page
}

const AGREEMENT: [(&str, &str); 7] = [
    ("purpose", "Planning care together"),
    ("from_day", "1"),
    ("from_month", "4"),
    ("from_year", "2020"),
    ("until_day", "31"),
    ("until_month", "3"),
    ("until_year", "2199"),
];

/// Before anything is published, every page says so and nothing fails.
#[actix_web::test]
async fn an_empty_book_has_pages_that_say_so() {
    let house = House::new();
    let (finance, lead) = (house.sign_in("finance@qj2").await, house.sign_in("lead@qj2").await);
    sees(&house, &finance, "/agreement", &["no data-sharing agreement has been recorded"]).await;
    sees(&house, &finance, "/disputes", &["No published figure is disputed."]).await;
    sees(&house, &finance, "/releases", &["Nothing has been released yet."]).await;
    sees(&house, &finance, "/releases/new", &["Nothing can be released yet"]).await;
    for path in ["/editions/1", "/editions/0", "/editions/x", "/editions/1/others"] {
        house.get(&finance, path).await.expect(404);
    }
    for path in ["/disputes", "/disputes/new?edition=1&service=RTG/110", "/releases"] {
        house.get(&lead, path).await.expect(403);
    }
    let page = sees(&house, &lead, "/agreement", &["administrator records the agreement"]).await;
    assert!(
        !page.contains("<form method=\"post\" action=\"/agreement\"")
            && !page.contains("/releases")
    );
    post(&house, &finance, "/agreement", &AGREEMENT).await.expect(403);
    house.get(&finance, "/disputes/none").await.expect(404);
}

#[actix_web::test]
async fn a_figure_is_shared_disputed_decided_and_released_by_forms_alone() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.publish_example(&finance).await;
    let (admin, rtg) = (house.sign_in("admin@qj2").await, house.sign_in("rtg@qj2").await);
    shares(&house, &admin, &rtg).await;
    stands(&house, &finance, &rtg).await;
    let dispute = disputes(&house, &rtg).await;
    decides(&house, &finance, &rtg, &dispute).await;
    releases(&house, &finance, &rtg).await;
    let before = sees(&house, &finance, "/editions/1", &["This is the first edition"]).await;
    assert!(!before.contains("What changed since"));
}

async fn shares(house: &House, admin: &str, rtg: &str) {
    sees(house, rtg, "/editions/1/others", &["no data-sharing agreement is in force today"]).await;
    let backwards = AGREEMENT.map(|(name, value)| match name {
        "until_year" => (name, "2019"),
        _ => (name, value),
    });
    let wrong = post(house, admin, "/agreement", &backwards).await.expect(422).body;
    assert!(wrong.contains("id=\"until_day-error\"") && wrong.contains("Planning care together"));
    assert_eq!(place(post(house, admin, "/agreement", &AGREEMENT).await), "/agreement");
    sees(house, rtg, "/agreement", &["lines until 31 March 2199", "not for price disputes"]).await;
    let lines = ["by name", "indices only", "service=RY8%2F"];
    let page = sees(house, rtg, "/editions/1/others", &lines).await;
    assert!(!page.contains("RTG/"), "one's own are elsewhere");
    sees(house, rtg, "/editions/1/others?sector=primary_care", &["Another provider"]).await;
    sees(house, rtg, "/editions/1/others?sector=community&sort=-spend", &["descending"]).await;
    sees(
        house,
        admin,
        "/editions/1/others?sector=acute",
        &["What providers see of each other", "RTG/"],
    )
    .await;
}

/// What an edition's page says of the book, and to whom.
async fn stands(house: &House, finance: &str, rtg: &str) {
    let all = ["Signed off", "Of grade C", "of its spend reconciles", "RFS", "Version 1"];
    sees(house, finance, "/editions/1", &all).await;
    let page = sees(house, rtg, "/editions/1", &["How complete each sector is"]).await;
    assert!(!page.contains("Version 1"), "what the ICB handed in is the ICB's");
    let lead = house.sign_in("lead@qj2").await;
    let page = sees(house, &lead, "/editions/1", &["How complete each sector is"]).await;
    assert!(!page.contains("figures stand") && !page.contains("/others"));
}

async fn disputes(house: &House, rtg: &str) -> String {
    let ask = "/disputes/new?edition=1&service=RY8/A08";
    let page = sees(house, rtg, ask, &["costs.cost_gbp", "outcomes.evidence_grade"]).await;
    assert!(!page.contains("costs.resource_group") && !page.contains("Which row?"));
    house.get(rtg, "/disputes/new?edition=1&service=RY8/none").await.expect(404);
    house.get(rtg, "/disputes/new?edition=9&service=RY8/A08").await.expect(404);
    let own = "/disputes/new?edition=1&service=RTG/110H";
    sees(house, rtg, own, &["Which row?", "workforce.wte"]).await;

    let empty = [("edition", "1"), ("service", "RY8/A08"), ("claim", "Kept & shown")];
    let wrong = post(house, rtg, "/disputes", &empty).await.expect(422).body;
    assert!(wrong.contains("Kept &amp; shown") && wrong.contains("id=\"evidence-error\""));
    let figure = [
        ("edition", "1"),
        ("service", "RY8/A08"),
        ("figure", "costs.cost_gbp"),
        ("claim", "It counts a ward twice."),
        ("proposed", "12.345"),
        ("evidence", "Note 4 of the accounts."),
    ];
    let wrong = post(house, rtg, "/disputes", &figure).await.expect(422).body;
    assert!(wrong.contains("id=\"proposed-error\""), "{wrong}");
    let named = figure.map(|(name, value)| match name {
        "claim" => (name, "Of 943 476 5919"),
        _ => (name, value),
    });
    post(house, rtg, "/disputes", &named).await.expect(422);
    let right = figure.map(|(name, value)| match name {
        "proposed" => (name, "1000000.00"),
        _ => (name, value),
    });
    let dispute = place(post(house, rtg, "/disputes", &right).await);
    sees(house, rtg, &dispute, &["is being computed", "hx-get", "Note 4 of the accounts."]).await;
    let progress = format!("{dispute}/progress");
    sees(house, rtg, &progress, &["done."]).await;
    house.work();
    assert!(house.get(rtg, &progress).await.expect(200).body.is_empty());
    let found = ["With the proposed figure, spend would be £1.0m, not", "Average price of one"];
    let page = sees(house, rtg, &dispute, &found).await;
    assert!(!page.contains("Price of the last"), "that is not shared");
    attaches(house, rtg, &dispute).await;
    dispute
}

async fn attaches(house: &House, rtg: &str, dispute: &str) {
    let part = |name: &str, content: &str| {
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{content}\r\n--x--\r\n"
        )
    };
    let send = |body: String| {
        let request = TestRequest::post().uri(&format!("{dispute}/evidence"));
        let request = request.insert_header((COOKIE, rtg));
        let request = request.insert_header(("Sec-Fetch-Site", "same-origin"));
        house.send(
            request
                .insert_header((CONTENT_TYPE, "multipart/form-data; boundary=x"))
                .set_payload(body),
        )
    };
    for (name, content) in [("", ""), ("a.docx", "PK"), ("a.pdf", "<html>"), ("a.csv", "a\0")] {
        let wrong = send(part(name, content)).await.expect(422).body;
        assert!(wrong.contains("id=\"file-error\""), "{name}: {wrong}");
    }
    assert_eq!(place(send(part("<b>Note 4.PDF", "%PDF-1.7")).await), dispute);
    sees(house, rtg, dispute, &["&lt;b&gt;Note 4.PDF", "PDF, 1 kB"]).await;
}

async fn decides(house: &House, finance: &str, rtg: &str, dispute: &str) {
    let rfs = house.sign_in("rfs@qj2").await;
    house.get(&rfs, dispute).await.expect(404);
    let decision = format!("{dispute}/decision");
    let reject = [("verdict", "rejected"), ("reason", "The ward is counted once.")];
    post(house, rtg, &decision, &reject).await.expect(403);
    sees(house, finance, dispute, &["Price of the last", "Is the figure wrong?"]).await;
    let without = post(house, finance, &decision, &[("reason", "Kept")]).await.expect(422).body;
    assert!(without.contains("id=\"verdict-error\"") && without.contains(">Kept</textarea>"));
    let why = [("verdict", "accepted"), ("reason", " ")];
    let without = post(house, finance, &decision, &why).await.expect(422).body;
    assert!(without.contains("id=\"reason-error\""));
    assert_eq!(place(post(house, finance, &decision, &reject).await), *dispute);
    let ended = ["the figure stands", "The ward is counted once."];
    let page = sees(house, rtg, dispute, &ended).await;
    assert!(!page.contains("Withdraw it") && !page.contains("Attach evidence"));
    sees(house, rtg, "/disputes", &["Rejected", "RTG (you)"]).await;
    post(house, rtg, &format!("{dispute}/withdraw"), &[("reason", "x")]).await.expect(409);
}

async fn releases(house: &House, finance: &str, rtg: &str) {
    house.get(rtg, "/releases").await.expect(403);
    let wrong = post(house, finance, "/releases", &[("purpose", "")]).await.expect(422).body;
    assert!(wrong.contains("id=\"purpose-error\"") && wrong.contains("id=\"by-error\""));
    let none = [("purpose", "x"), ("by", "sector"), ("only", "sector"), ("is", "none")];
    let wrong = post(house, finance, "/releases", &none).await.expect(422).body;
    assert!(wrong.contains("id=\"is-error\""), "{wrong}");
    post(house, finance, "/releases", &[("edition", "1")]).await.expect(400);
    let asked = [("purpose", "The scrutiny committee"), ("by", "service"), ("year", "2024-25")];
    let release = place(post(house, finance, "/releases", &asked).await);
    let page = sees(house, finance, &release, &["This table has", "The scrutiny committee"]).await;
    let table = house.get(finance, &format!("/api/v1{release}")).await.expect(200).json();
    let hidden = table["table"]["rows"].as_array().expect("rows").iter();
    let hidden = hidden.filter(|row| row[3] == json!("*")).count();
    assert_eq!(page.matches("visually-hidden\">hidden<").count(), hidden * 2, "{page}");
    let file = house.get(finance, &format!("{release}.csv")).await.expect(200);
    assert!(file.body.starts_with("fin_year,service,"), "{}", file.body);
    sees(house, finance, "/releases", &["The scrutiny committee"]).await;
}
