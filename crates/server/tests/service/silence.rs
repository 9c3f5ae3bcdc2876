//! The log says nothing of people and figures: strings are planted wherever somebody can put one,
//! a whole life is led over HTTP, and none of them may occur in any line of any level.

use crate::support::{Answer, House, PROVIDERS, SERVICES, costs};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, COOKIE};
use actix_web::test::TestRequest;
use serde_json::json;
use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// What is planted, and where. Add a line, and plant it below.
const CANARIES: [(&str, &str); 16] = [
    ("a name in a cell", "Philippa Zwettler-Ng"),
    ("an NHS number in a cell", "9434765919"),
    ("an NHS number with spaces", "943 476 5919"),
    ("a cost in a file", "31415926.53"),
    ("a cost that is refused", "27182818.284"),
    ("a name of a file", "Zwettler discharge letter.csv"),
    ("a text of a query string", "canary-query-8b1f"),
    ("a bearer token", "0ca0a47e0ca0a47e0ca0a47e0ca0a47e0ca0a47e0ca0a47e0ca0a47e0ca0a47e"),
    ("a cookie of somebody else", "canary-cookie-51c2"),
    ("a header of any name", "canary-header-77d0"),
    ("a password that is wrong", "canary password 93aa"),
    ("an address that is unknown", "canary.zwettler@example.org"),
    ("a scenario", "Canary Scenario Quokka"),
    ("an answer to a query", "Canary answer narwhal"),
    ("a place that does not exist", "canary-path-0d4e"),
    ("a request id from outside", "canary-request-id-66"),
];

/// What other people are told must not hold these either: they are what somebody handed in.
const PERSONAL: [&str; 3] = ["Philippa Zwettler-Ng", "9434765919", "943 476 5919"];

/// Lines that hold a canary, how many lines there were, and the end of a line that is not whole.
#[derive(Default)]
struct Caught {
    lines: u64,
    found: Vec<String>,
}

static CAUGHT: OnceLock<Mutex<Caught>> = OnceLock::new();

struct Net;

impl io::Write for Net {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let caught = CAUGHT.get_or_init(Mutex::default);
        let mut caught = caught.lock().unwrap_or_else(PoisonError::into_inner);
        caught.lines += 1;
        if CANARIES.iter().any(|(_, canary)| text.contains(canary)) {
            caught.found.push(text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Nets;

impl MakeWriter<'_> for Nets {
    type Writer = Net;
    fn make_writer(&self) -> Net {
        Net
    }
}

/// Everything our own crates say, and what others say at the level a service lets them.
fn listen() {
    let lines = tracing_subscriber::fmt::layer().json().with_writer(Nets);
    let lines = lines.with_filter(filter_fn(server::is_safe)).with_filter(LevelFilter::TRACE);
    let all = tracing_subscriber::registry().with(lines);
    tracing::subscriber::set_global_default(all).expect("nobody else listens");
}

fn canary(of: &str) -> &'static str {
    CANARIES.iter().find(|(what, _)| *what == of).expect("planted").1
}

/// A request with something planted in every header that is read, or might be.
fn planted(method: &str, path: &str, cookie: &str) -> TestRequest {
    let cookie = format!("other={}; {cookie}", canary("a cookie of somebody else"));
    // Where a query is read, another parameter is refused.
    let note = format!("?note={}", canary("a text of a query string"));
    let note = if path.contains('?') { "" } else { &note };
    TestRequest::default()
        .method(Method::from_bytes(method.as_bytes()).expect("a method"))
        .uri(&format!("{path}{note}"))
        .insert_header((COOKIE, cookie))
        .insert_header(("Sec-Fetch-Site", "same-origin"))
        .insert_header(("X-Anything", canary("a header of any name")))
        .insert_header(("X-Request-Id", canary("a request id from outside")))
        .insert_header(("Traceparent", format!("00-{}-1-1", canary("a header of any name"))))
        .insert_header(("User-Agent", canary("a header of any name")))
        .insert_header((
            "Referer",
            format!("http://localhost/{}", canary("a text of a query string")),
        ))
}

async fn hand_in(house: &House, cookie: &str, table: &str, csv: String) -> String {
    let name = canary("a name of a file").replace(' ', "%20");
    let place = format!("/api/v1/submissions?table={table}&file_name={name}");
    let request =
        planted("POST", &place, cookie).insert_header((CONTENT_TYPE, "text/csv")).set_payload(csv);
    let answer = house.send(request).await.expect(202);
    house.work();
    answer.header("location").expect("a place").to_owned()
}

async fn as_a_form(house: &House, cookie: &str, csv: &str) -> Answer {
    let name = canary("a name of a file");
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"table\"\r\n\r\ncosts\r\n--B\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{csv}\r\n--B--\r\n"
    );
    let kind = (CONTENT_TYPE, "multipart/form-data; boundary=B");
    house.send(planted("POST", "/submissions", cookie).insert_header(kind).set_payload(body)).await
}

/// Files with people in them: refused, and never repeated to anyone.
async fn hands_in_people(house: &House, director: &str, finance: &str) {
    let (name, number) = (canary("a name in a cell"), canary("an NHS number in a cell"));
    let spaced = canary("an NHS number with spaces");
    let files = [
        format!("provider_code,service_code,nhs_number,patient_name\nRTG,110,{number},{name}\n"),
        costs("1.00").replace("RTG,110,", &format!("RTG,{number},")),
        costs("1.00").replace("nursing", spaced),
        costs("1.00").replace("nursing", name),
        costs(canary("a cost that is refused")),
    ];
    for csv in files {
        let place = hand_in(house, director, "costs", csv.clone()).await;
        for (cookie, path) in [
            (director, format!("{place}/problems")),
            (director, place.clone()),
            (finance, format!("{place}/problems")),
            (finance, "/api/v1/submissions".to_owned()),
            ("", place.clone()),
        ] {
            let answer = house.send(planted("GET", &path, cookie)).await;
            if cookie != director {
                for canary in PERSONAL {
                    assert!(!answer.body.contains(canary), "{path}: {}", answer.body);
                }
            } else if answer.body.contains(number) || answer.body.contains(spaced) {
                panic!("{path} repeats a number: {}", answer.body);
            }
        }
        as_a_form(house, director, &csv).await;
        house.work();
    }
}

/// Requests that cannot be read, or are of nobody.
async fn is_refused(house: &House, finance: &str) {
    let bearer = format!("Bearer {}", canary("a bearer token"));
    let request = planted("GET", "/api/v1/me", "").insert_header(("Authorization", bearer));
    house.send(request).await.expect(401);
    let (email, password) =
        (canary("an address that is unknown"), canary("a password that is wrong"));
    for email in [email, "finance@qj2.example"] {
        let given = json!({ "email": email, "password": password });
        house.send(planted("POST", "/api/v1/session", "").set_json(given)).await.expect(401);
        let form = [("email", email), ("password", password), ("next", "/value")];
        house.send(planted("POST", "/sign-in", "").set_form(form)).await.expect(401);
    }
    let path = canary("a place that does not exist");
    for place in ["", "/api/v1/submissions/", "/api/v1/runs/", "/value/", "/assets/"] {
        let request = planted("GET", &format!("{place}/{path}"), finance);
        assert!(house.send(request).await.status.is_client_error(), "{place}");
    }
    let broken = format!("{{\"toml\": \"{}\"", canary("a scenario"));
    let json = (CONTENT_TYPE, "application/json");
    let request = planted("POST", "/api/v1/scenarios", finance).insert_header(json);
    house.send(request.set_payload(broken)).await.expect(400);
    for toml in
        [format!("name = \"{}\"\nbase = 1", canary("a scenario")), canary("a scenario").into()]
    {
        let request = planted("POST", "/api/v1/scenarios", finance);
        house.send(request.set_json(json!({ "toml": toml }))).await.expect(422);
    }
}

async fn the_database_fails(house: &House, director: &str) {
    // Its file is rubbish now: whatever the error says stays out of the log.
    for file in std::fs::read_dir(house.folder.path().join("tenants")).expect("a folder") {
        let path = file.expect("a file").path();
        std::fs::write(path, "rubbish ".repeat(2_000)).expect("spoilt");
    }
    let answers = [
        house.send(planted("GET", "/api/v1/submissions?size=9", director)).await,
        house.send(planted("GET", "/submissions", director)).await,
    ];
    for answer in answers {
        assert!(answer.status.is_server_error(), "{answer:?}");
        for (_, canary) in CANARIES {
            assert!(!answer.body.contains(canary), "{}", answer.body);
        }
    }
}

#[actix_web::test]
async fn no_line_of_the_log_tells_of_people_or_figures() {
    listen();
    let house = House::new();
    let (finance, director) = (house.sign_in("finance@qj2").await, house.sign_in("rtg@qj2").await);
    house.hand_in(&finance, "providers", PROVIDERS).await;
    house.hand_in(&director, "services", SERVICES).await;
    hands_in_people(&house, &director, &finance).await;
    is_refused(&house, &finance).await;

    let amount = canary("a cost in a file");
    let place = hand_in(&house, &director, "costs", costs(&format!("-{amount}"))).await;
    let text = canary("an answer to a query");
    let asked = house.get(&director, &format!("{place}/answers")).await.expect(200).json();
    for query in asked["queries"].as_array().expect("queries") {
        let answer = json!({ "table": query["table"], "rule": query["rule"], "text": text });
        let request = planted("POST", &format!("{place}/answers"), &director);
        house.send(request.set_json(json!({ "answers": [answer] }))).await.expect(200);
    }
    house.post(&director, &format!("{place}/sign-off"), json!({})).await.expect(200);
    house.send(planted("POST", "/api/v1/editions", &finance).set_json(json!({}))).await.expect(201);
    house.work();
    let toml = format!("name = \"{}\"\nbase_year = \"2024-25\"\n", canary("a scenario"));
    let made = planted("POST", "/api/v1/scenarios", &finance).set_json(json!({ "toml": toml }));
    let made = house.send(made).await.expect(201).json();
    let run = planted("POST", "/api/v1/runs", &finance).set_json(json!({ "scenario": made["id"] }));
    let run = house.send(run).await.status;
    assert!(run.is_success() || run.is_client_error());
    house.work();
    for page in ["/", "/value", "/submissions", "/scenarios", "/editions", "/glossary"] {
        house.send(planted("GET", page, &finance)).await;
        house.send(planted("GET", page, &director)).await;
    }
    the_database_fails(&house, &director).await;
    house.send(planted("POST", "/sign-out", &finance)).await.expect(303);

    let caught = CAUGHT.get_or_init(Mutex::default);
    let before = caught.lock().unwrap_or_else(PoisonError::into_inner).found.len();
    tracing::trace!(target: "server::silence", "{}", canary("a scenario"));
    tracing::debug!(target: "actix_http", "{}", canary("a scenario"));
    let mut caught = caught.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(caught.found.len(), before + 1, "what is said by us is heard, at any level");
    caught.found.pop();
    assert!(caught.lines > 50, "the log was listened to: {} lines", caught.lines);
    assert!(caught.found.is_empty(), "{}", caught.found.join(""));
}
