//! Second factors, sessions and API tokens, as a program meets them.

use crate::support::{Answer, House, PASSWORD};
use actix_web::http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use tenancy::TotpSecret;

const SESSION: &str = "/api/v1/session";
const SESSIONS: &str = "/api/v1/sessions";
const TOKENS: &str = "/api/v1/tokens";
const FACTOR: &str = "/api/v1/second-factor";

async fn knock(house: &House, code: Option<&str>) -> Answer {
    let mut given = json!({ "email": "finance@qj2.example", "password": PASSWORD });
    if let Some(code) = code {
        given["code"] = json!(code);
    }
    house.send(TestRequest::post().uri(SESSION).set_json(given)).await
}

fn cookie(answer: &Answer) -> String {
    let cookie = answer.header(SET_COOKIE.as_str()).expect("a cookie");
    cookie.split(';').next().expect("a value").to_owned()
}

/// The secret of the link that a phone reads: letters and digits of five bits each.
fn secret(shown: &str) -> TotpSecret {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'2'..=b'7' => letter - b'2' + 26,
        other => panic!("{other} is no letter of base 32"),
    };
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for letter in shown.bytes() {
        held = (held << 5) | u32::from(value(letter));
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).expect("a byte"));
        }
    }
    TotpSecret::stored(&bytes).expect("a secret")
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

async fn delete(house: &House, cookie: &str, path: &str) -> Answer {
    let request = TestRequest::delete().uri(path).insert_header((COOKIE, cookie));
    house.send(request.insert_header(("Sec-Fetch-Site", "same-origin"))).await
}

async fn by_token(house: &House, token: &str, request: TestRequest) -> Answer {
    house.send(request.insert_header((AUTHORIZATION, format!("Bearer {token}")))).await
}

#[actix_web::test]
async fn with_a_second_factor_a_password_is_not_enough() {
    let house = House::new();
    let own = cookie(&knock(&house, None).await.expect(201));
    let other = cookie(&knock(&house, None).await.expect(201));
    let begun = house.post(&own, FACTOR, json!({})).await.expect(201).json();
    let secret = secret(begun["secret"].as_str().expect("a secret"));
    let link = begun["link"].as_str().expect("a link");
    assert!(link.starts_with("otpauth://totp/"), "{link}");
    // Not confirmed yet: the phone may have read nothing.
    knock(&house, None).await.expect(201);

    let first = secret.code_at(now());
    let wrong = if first == "000000" { "000001" } else { "000000" };
    let confirm = format!("{FACTOR}/confirm");
    let refused = house.post(&own, &confirm, json!({ "code": wrong })).await.expect(422);
    assert_eq!(refused.code(), "wrong_code");
    let codes = house.post(&own, &confirm, json!({ "code": first })).await.expect(200).json();
    let codes: Vec<&str> =
        codes["codes"].as_array().expect("codes").iter().filter_map(Value::as_str).collect();
    assert_eq!(codes.len(), 10);
    house.get(&own, "/api/v1/me").await.expect(200);
    house.get(&other, "/api/v1/me").await.expect(401);

    assert_eq!(knock(&house, None).await.expect(401).code(), "second_factor_needed");
    assert_eq!(knock(&house, Some(wrong)).await.expect(401).code(), "wrong_credentials");
    assert_eq!(knock(&house, Some(&first)).await.expect(401).code(), "wrong_credentials", "again");
    let next = secret.code_at(now() + 30);
    let again = cookie(&knock(&house, Some(&next)).await.expect(201));
    assert_eq!(house.get(&again, "/api/v1/me").await.expect(200).json()["second_factor"], true);
    knock(&house, Some(&next)).await.expect(401);
    knock(&house, Some(codes[0])).await.expect(201);
    knock(&house, Some(codes[0])).await.expect(401);

    let removal = json!({ "password": PASSWORD, "code": codes[1] });
    house.post(&again, &format!("{FACTOR}/remove"), removal).await.expect(204);
    knock(&house, None).await.expect(201);
}

#[actix_web::test]
async fn a_session_that_is_ended_elsewhere_is_refused_at_once() {
    let house = House::new();
    let own = cookie(&knock(&house, None).await.expect(201));
    let lost = cookie(&knock(&house, None).await.expect(201));
    let list = house.get(&own, SESSIONS).await.expect(200).json();
    let sessions = list["items"].as_array().expect("sessions");
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|it| it["current"] == false).expect("the other one");
    let path = format!("{SESSIONS}/{}", other["id"].as_str().expect("an id"));
    // Somebody else's session is no session of one's own.
    let stranger = house.sign_in("rtg@qj2").await;
    delete(&house, &stranger, &path).await.expect(404);
    house.get(&lost, "/api/v1/me").await.expect(200);
    delete(&house, &own, &path).await.expect(204);
    house.get(&lost, "/api/v1/me").await.expect(401);
    house.get(&own, "/api/v1/me").await.expect(200);

    let third = cookie(&knock(&house, None).await.expect(201));
    delete(&house, &own, SESSIONS).await.expect(204);
    house.get(&third, "/api/v1/me").await.expect(401);
    let fourth = cookie(&knock(&house, None).await.expect(201));
    let new = json!({ "current": PASSWORD, "new": "kestrel umbrella fjord" });
    house.put(&own, "/api/v1/password", new).await.expect(204);
    house.get(&fourth, "/api/v1/me").await.expect(401);
    house.get(&own, "/api/v1/me").await.expect(200);
    knock(&house, None).await.expect(401);
}

#[actix_web::test]
async fn a_token_does_what_it_says_and_nothing_of_its_person() {
    let house = House::new();
    let own = cookie(&knock(&house, None).await.expect(201));
    let new = json!({ "name": "Monthly report", "scopes": ["read_book"], "days": 30 });
    let made = house.post(&own, TOKENS, new).await.expect(201).json();
    let token = made["token"].as_str().expect("shown once").to_owned();
    assert!(token.starts_with("vb_"));
    let listed = house.get(&own, TOKENS).await.expect(200).body;
    assert!(!listed.contains(&token), "never again");

    let get = |path: &str| TestRequest::get().uri(path);
    by_token(&house, &token, get("/api/v1/editions")).await.expect(200);
    by_token(&house, &token, get("/api/v1/submissions")).await.expect(403);
    let scenario = TestRequest::post().uri("/api/v1/scenarios").set_json(json!({ "toml": "x" }));
    by_token(&house, &token, scenario).await.expect(403);
    for path in [TOKENS, SESSIONS, FACTOR] {
        by_token(&house, &token, get(path)).await.expect(403);
    }
    let more = json!({ "name": "x", "scopes": ["read_book"] });
    let request = TestRequest::post().uri(TOKENS).set_json(more);
    by_token(&house, &token, request).await.expect(403);

    let beyond = json!({ "name": "x", "scopes": ["read_audit"] });
    house.post(&own, TOKENS, beyond).await.expect(422);
    let path = format!("{TOKENS}/{}", made["id"].as_str().expect("an id"));
    let stranger = house.sign_in("admin@qj2").await;
    delete(&house, &stranger, &path).await.expect(404);
    by_token(&house, &token, get("/api/v1/editions")).await.expect(200);
    delete(&house, &own, &path).await.expect(204);
    by_token(&house, &token, get("/api/v1/editions")).await.expect(401);
}

#[actix_web::test]
async fn who_runs_the_installation_sees_boards_by_name_alone() {
    let house = House::new();
    let operator = house.sign_in("operator@platform").await;
    let me = house.get(&operator, "/api/v1/me").await.expect(200).json();
    assert_eq!((&me["role"], &me["tenant"]), (&json!("platform_operator"), &Value::Null));
    let boards = house.get(&operator, "/api/v1/tenants").await.expect(200).json();
    let boards = boards["items"].as_array().expect("Boards").clone();
    let fields: Vec<&str> =
        boards[0].as_object().expect("a Board").keys().map(String::as_str).collect();
    assert_eq!((boards.len(), fields), (2, vec!["code", "created_at", "name"]));
    let new = json!({ "code": "QT1", "name": "NHS Third" });
    house.post(&operator, "/api/v1/tenants", new.clone()).await.expect(201);
    house.post(&operator, "/api/v1/tenants", new).await.expect(409);

    let start = house.get(&operator, "/").await.expect(303);
    assert_eq!(start.header("location"), Some("/platform"));
    let page = house.get(&operator, "/platform").await.expect(200).body;
    assert!(page.contains("3 Boards") && page.contains("NHS Third"), "{page}");
    let add = |form: &'static str| {
        TestRequest::post()
            .uri("/platform")
            .insert_header((COOKIE, operator.clone()))
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
            .set_payload(form)
    };
    house.send(add("code=QF4&name=NHS+Fourth")).await.expect(303);
    let refused = house.send(add("code=QF4&name=Again")).await.expect(422).body;
    assert!(refused.contains("there is a Board QF4 already"), "{refused}");
    for path in ["/value", "/submissions", "/people", "/audit", "/editions"] {
        let page = house.get(&operator, path).await.expect(403).body;
        assert!(page.contains("Sign out"), "{path}");
    }
    let finance = house.sign_in("finance@qj2").await;
    house.get(&finance, "/platform").await.expect(403);
    house.get("", "/platform").await.expect(303);
}

#[actix_web::test]
async fn the_page_asks_for_the_code_in_a_second_step() {
    let house = House::new();
    let own = cookie(&knock(&house, None).await.expect(201));
    let begun = house.post(&own, FACTOR, json!({})).await.expect(201).json();
    let secret = secret(begun["secret"].as_str().expect("a secret"));
    let first = json!({ "code": secret.code_at(now()) });
    house.post(&own, &format!("{FACTOR}/confirm"), first).await.expect(200);
    let form = |path: &str, cookie: &str, body: String| {
        TestRequest::post()
            .uri(path)
            .insert_header((COOKIE, cookie.to_owned()))
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
            .set_payload(body)
    };
    let body = "email=finance%40qj2.example&password=correct+horse+battery".to_owned();
    let asked = house.send(form("/sign-in", "", body)).await.expect(303);
    let place = asked.header("location").expect("a place").to_owned();
    assert!(place.starts_with("/sign-in/code"), "{place}");
    let waiting = cookie(&asked);
    assert!(waiting.starts_with("valuebook-code="), "{waiting}");
    let page = house.get(&waiting, &place).await.expect(200).body;
    assert!(page.contains("name=\"code\"") && !page.contains("correct horse"), "{page}");
    house.get(&waiting, "/api/v1/me").await.expect(401);
    let wrong = house.send(form("/sign-in/code", &waiting, "code=abc".to_owned())).await;
    assert_eq!(wrong.status.as_u16(), 401, "{wrong:?}");
    let code = format!("code={}", secret.code_at(now() + 30));
    let entered = house.send(form("/sign-in/code", &waiting, code)).await.expect(303);
    let session =
        entered.headers.iter().filter(|(name, _)| name == SET_COOKIE.as_str()).find_map(
            |(_, value)| value.split(';').next().filter(|it| it.starts_with("valuebook=")),
        );
    let session = session.expect("a session").to_owned();
    house.get(&session, "/api/v1/me").await.expect(200);
}
