//! What the JSON interface lets whom do.

use crate::support::{House, PASSWORD, PROVIDERS, SERVICES, costs};
use actix_web::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN};
use actix_web::rt::time::sleep;
use actix_web::test::TestRequest;
use serde_json::json;
use server::worker::Workers;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

const ABSENT: &str = "018f2b6e-0000-7000-8000-000000000000";

#[actix_web::test]
async fn one_signs_in_and_out() {
    let house = House::new();
    let cookie = house.sign_in("rtg@qj2").await;
    assert!(cookie.starts_with("valuebook="));
    let me = house.get(&cookie, "/api/v1/me").await.expect(200).json();
    assert_eq!((&me["role"], &me["provider"]), (&json!("provider_director"), &json!("RTG")));
    assert_eq!((&me["tenant"], &me["tenant_name"]), (&json!("QJ2"), &json!("A Board")));

    let out = TestRequest::delete().uri("/api/v1/session").insert_header((COOKIE, cookie.clone()));
    let out = house.send(out).await.expect(204);
    assert!(out.header("set-cookie").is_some_and(|it| it.contains("Max-Age=0")));
    assert_eq!(house.get(&cookie, "/api/v1/me").await.expect(401).code(), "unauthenticated");
}

#[actix_web::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let house = House::new();
    let given = json!({ "email": "RTG@qj2.example", "password": PASSWORD });
    let request = TestRequest::post().uri("/api/v1/session").set_json(given);
    let answer = house.send(request).await.expect(201);
    let cookie = answer.header("set-cookie").expect("a cookie");
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/;"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain http on this machine");
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let house = House::new();
    let mut answers = Vec::new();
    for (email, password) in [
        ("rtg@qj2.example", "wrong horse battery"),
        ("nobody@qj2.example", PASSWORD),
        ("not an address", PASSWORD),
    ] {
        let given = json!({ "email": email, "password": password });
        let request = TestRequest::post().uri("/api/v1/session").set_json(given);
        let answer = house.send(request).await.expect(401);
        assert_eq!(answer.code(), "wrong_credentials");
        assert_eq!(answer.header("set-cookie"), None);
        answers.push(answer.body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
}

#[actix_web::test]
async fn nothing_is_open_without_a_session() {
    let house = House::new();
    for path in
        ["me", "submissions", "editions", "editions/1", "value", "scenarios", "runs", "audit"]
    {
        let answer = house.get("", &format!("/api/v1/{path}")).await.expect(401);
        assert_eq!(answer.code(), "unauthenticated", "{path}");
    }
    for path in ["submissions", "editions", "scenarios", "runs"] {
        let answer = house.post("", &format!("/api/v1/{path}"), json!({})).await;
        assert_eq!(answer.expect(401).code(), "unauthenticated", "{path}");
    }
    let forged = format!("valuebook={}", "ab".repeat(32));
    house.get(&forged, "/api/v1/me").await.expect(401);
}

#[actix_web::test]
async fn every_answer_is_guarded_and_named() {
    let house = House::new();
    let answers = [
        house.get("", "/healthz").await.expect(200),
        house.get("", "/api/v1/nowhere").await.expect(404),
        house.get("", "/api/v1/me").await.expect(401),
    ];
    for answer in &answers {
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-request-id").map(str::len), Some(36));
    }
}

#[actix_web::test]
async fn what_is_not_yours_is_not_there() {
    let house = House::new();
    let director = house.sign_in("rtg@qj2").await;
    let answer = house.upload(&director, "services", SERVICES).await.expect(202);
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    let strangers = ["rfs@qj2", "finance@qj2", "finance@qwo"];
    for name in strangers {
        let cookie = house.sign_in(name).await;
        for rest in ["", "/problems"] {
            let foreign = house.get(&cookie, &format!("/api/v1/submissions/{id}{rest}")).await;
            let absent = house.get(&cookie, &format!("/api/v1/submissions/{ABSENT}{rest}")).await;
            let garbage = house.get(&cookie, &format!("/api/v1/submissions/x'y{rest}")).await;
            assert_eq!(foreign.clone().expect(404).body, absent.expect(404).body);
            assert_eq!(foreign.body, garbage.expect(404).body);
        }
        let path = format!("/api/v1/submissions/{id}/sign-off");
        let foreign = house.post(&cookie, &path, json!({})).await.expect(404);
        let path = format!("/api/v1/submissions/{ABSENT}/sign-off");
        let absent = house.post(&cookie, &path, json!({})).await.expect(404);
        assert_eq!(foreign.body, absent.body);
        let list = house.get(&cookie, "/api/v1/submissions").await.expect(200).json();
        assert_eq!(list["items"], json!([]));
    }
    house.get(&director, &format!("/api/v1/submissions/{id}")).await.expect(200);
}

#[actix_web::test]
async fn what_you_see_but_may_not_do_is_forbidden() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    let director = house.sign_in("rtg@qj2").await;
    let id = house.upload(&director, "services", SERVICES).await.expect(202).json();
    let id = id["id"].as_str().expect("an id").to_owned();
    house.work();
    let path = format!("/api/v1/submissions/{id}");
    house.post(&director, &format!("{path}/submit"), json!({})).await.expect(200);
    house.get(&finance, &path).await.expect(200);
    let answer = house.post(&finance, &format!("{path}/sign-off"), json!({})).await.expect(403);
    assert_eq!(answer.code(), "forbidden");

    let lead = house.sign_in("lead@qj2").await;
    house.get(&lead, "/api/v1/editions").await.expect(200);
    let answer = house.post(&lead, "/api/v1/editions", json!({})).await.expect(403);
    let detail = "Clinical lead may not publish an edition";
    assert_eq!(answer.json()["detail"], detail);
    house.get(&lead, "/api/v1/submissions").await.expect(403);
    house.get(&director, "/api/v1/audit").await.expect(403);
    house.post(&director, "/api/v1/scenarios", json!({ "toml": "name = \"x\"" })).await.expect(403);
    let answer = house.upload(&director, "providers", PROVIDERS).await.expect(403);
    assert_eq!(answer.code(), "forbidden", "the Board's own table");
    let admin = house.sign_in("admin@qj2").await;
    assert_eq!(house.get(&admin, "/api/v1/audit").await.expect(200).json()["whole"], true);
}

#[actix_web::test]
async fn another_site_cannot_post() {
    let house = House::new();
    let cookie = house.sign_in("finance@qj2").await;
    let post = || {
        TestRequest::post()
            .uri("/api/v1/editions")
            .insert_header((COOKIE, cookie.clone()))
            .insert_header((HOST, "127.0.0.1:8080"))
    };
    let form = (CONTENT_TYPE, "application/x-www-form-urlencoded");
    let refused = [
        post().insert_header((ORIGIN, "https://evil.example")),
        post().insert_header((ORIGIN, "https://evil.example")).set_json(json!({})),
        post().insert_header((ORIGIN, "null")),
        post().insert_header((ORIGIN, "http://127.0.0.1:9999")),
        post().insert_header(("Sec-Fetch-Site", "cross-site")).set_json(json!({})),
        post().insert_header(("Sec-Fetch-Site", "same-site")),
        post().insert_header(form),
        post(),
    ];
    for request in refused {
        assert_eq!(house.send(request).await.expect(403).code(), "foreign_origin");
    }
    let passed = [
        post().insert_header((ORIGIN, "http://127.0.0.1:8080")),
        post().insert_header(("Sec-Fetch-Site", "same-origin")),
        post().set_json(json!({})),
    ];
    for request in passed {
        let answer = house.send(request).await.expect(409);
        assert_eq!(answer.code(), "conflict", "it reached the handler: nothing is signed off");
    }
    // No browser sends it by itself; but a wrong one is not made good by a cookie.
    let program = post().insert_header(("Authorization", "Bearer something"));
    assert_eq!(house.send(program).await.expect(401).code(), "unauthenticated");
}

#[actix_web::test]
async fn a_file_is_taken_in_checked_and_recognised() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    let director = house.sign_in("rtg@qj2").await;
    house.hand_in(&director, "services", SERVICES).await;

    let answer = house.upload(&director, "costs", costs("98.70")).await.expect(202);
    let place = answer.header("location").expect("a place").to_owned();
    assert_eq!(answer.json()["repeated"], false);
    let pending = house.get(&director, &format!("{place}/problems")).await.expect(409);
    assert_eq!(pending.code(), "pending");
    house.work();
    let found = house.get(&director, &format!("{place}/problems")).await.expect(200).json();
    assert_eq!((&found["accepted"], &found["totals"]["cost_gbp"]), (&json!(true), &json!("98.70")));
    let line = &found["reconciliation"][0];
    assert_eq!((&line["provider"], &line["status"]), (&json!("RTG"), &json!("unreconciled")));
    let submission = house.get(&director, &place).await.expect(200).json();
    assert_eq!(submission["state"], "checked");
    assert_eq!(submission["tables"][0]["total_gbp"], "98.70");
    assert_eq!(submission["check"]["state"], "done");

    let again = house.upload(&director, "costs", costs("98.70")).await.expect(202).json();
    assert_eq!(again["repeated"], true);
    assert_eq!(place, format!("/api/v1/submissions/{}", again["id"].as_str().expect("an id")));
}

#[actix_web::test]
async fn bad_input_is_explained_and_not_kept() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    let director = house.sign_in("rtg@qj2").await;
    house.hand_in(&director, "services", SERVICES).await;
    let personal = "provider_code,service_code,nhs_number\nRTG,110,9434765919\n".to_owned();
    let foreign = costs("1.00").replace("RTG,", "RFS,");
    let cases = [
        (costs("12.005"), "money.decimals"),
        (costs("1e6"), "money.malformed"),
        (costs("1.00").replace("RTG,110", "RTG,111"), "service.unknown"),
        (costs("1.00").replace("cost_basis", "cost_bais"), "header.unknown"),
        (foreign, "provider.foreign"),
        (personal, "personal.header"),
        (String::new(), "file.empty"),
    ];
    for (csv, rule) in cases {
        let answer = house.upload(&director, "costs", csv).await.expect(202);
        let place = answer.header("location").expect("a place").to_owned();
        house.work();
        let found = house.get(&director, &format!("{place}/problems")).await.expect(200).json();
        assert_eq!(found["accepted"], false, "{rule}");
        assert!(found["counts"][rule].is_u64(), "{rule}: {found:#}");
        let submission = house.get(&director, &place).await.expect(200).json();
        assert_eq!(submission["state"], "refused");
        assert_eq!(submission["tables"], json!([]));
        let signed = house.post(&director, &format!("{place}/sign-off"), json!({})).await;
        assert_eq!(signed.expect(409).code(), "conflict");
        assert!(!found.to_string().contains("9434765919"));
    }
    let uploads = house.folder.path().join("uploads/QJ2");
    assert_eq!(uploads.read_dir().expect("a folder").count(), 0, "no file is kept");
    let answer = house.upload(&director, "cots", "x").await.expect(422);
    assert!(answer.json()["detail"].as_str().is_some_and(|it| it.contains("\"costs\"")));
}

#[actix_web::test]
async fn a_form_hands_in_too() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    let send = |parts: &str| {
        TestRequest::post()
            .uri("/api/v1/submissions")
            .insert_header((COOKIE, finance.clone()))
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header((CONTENT_TYPE, "multipart/form-data; boundary=B"))
            .set_payload(format!("{parts}--B--\r\n"))
    };
    let field = "--B\r\nContent-Disposition: form-data; name=\"table\"\r\n\r\nproviders\r\n";
    let file = |name: &str, content: &str| {
        format!(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n{content}\r\n"
        )
    };
    let both = house.send(send(&(field.to_owned() + &file("x.csv", PROVIDERS)))).await.expect(202);
    assert_eq!(both.json()["submission"]["table"], "providers");
    let named = house.send(send(&file("providers.csv", PROVIDERS))).await.expect(202);
    assert_eq!(named.json()["repeated"], true, "the file's name says which table");
    house.send(send(field)).await.expect(422);
    house.send(send(&(field.to_owned() + &file("", "")))).await.expect(422);
    house.send(send(&file("unknown.csv", "x"))).await.expect(422);
    let uploads = house.folder.path().join("uploads/QJ2");
    assert_eq!(uploads.read_dir().expect("a folder").count(), 1, "only the one that waits");
}

#[actix_web::test]
async fn what_cannot_be_read_is_said() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    let post = |path: &str| TestRequest::post().uri(path).insert_header((COOKIE, finance.clone()));
    let json = (CONTENT_TYPE, "application/json");
    let broken = post("/api/v1/runs").insert_header(json).set_payload("{");
    assert_eq!(house.send(broken).await.expect(400).code(), "malformed");
    let unknown = house.post(&finance, "/api/v1/runs", json!({ "scenari": "x" })).await;
    assert_eq!(unknown.expect(400).code(), "malformed");
    let absent = house.post(&finance, "/api/v1/runs", json!({ "scenario": ABSENT })).await;
    assert_eq!(absent.expect(404).code(), "not_found");
    let nameless = house.post(&finance, "/api/v1/scenarios", json!({ "toml": "a = 1" })).await;
    assert_eq!(nameless.expect(422).code(), "invalid");
    let large = json!({ "toml": "x".repeat(3 * 1024 * 1024) });
    assert_eq!(
        house.post(&finance, "/api/v1/scenarios", large).await.expect(413).code(),
        "too_large"
    );
    let page = house.get(&finance, "/api/v1/runs?size=x").await;
    assert_eq!(page.expect(400).code(), "malformed");
    house.get(&finance, "/api/v1/editions/x").await.expect(404);
}

#[actix_web::test]
async fn the_service_can_be_watched() {
    let house = House::new();
    house.sign_in("finance@qj2").await;
    house.get("", "/readyz").await.expect(200);
    let metrics = house.get("", "/metrics").await.expect(200).body;
    assert!(metrics.contains("valuebook_sign_ins_total{result=\"ok\"} 1\n"));
    assert!(!metrics.contains("QJ2"));
    let document = house.get("", "/api/openapi.json").await.expect(200).json();
    assert_eq!(document["info"]["title"], "valuebook");
}

#[actix_web::test]
async fn guessing_is_slowed_down() {
    let house = House::new();
    let guess = |email: &str, password: &str| {
        let given = json!({ "email": email, "password": password });
        TestRequest::post().uri("/api/v1/session").set_json(given)
    };
    for _ in 0..5 {
        house.send(guess("rtg@qj2.example", "wrong horse battery")).await.expect(401);
        house.send(guess("nobody@qj2.example", "wrong horse battery")).await.expect(401);
    }
    let answer = house.send(guess("rtg@qj2.example", PASSWORD)).await.expect(429);
    assert_eq!(answer.code(), "too_many_attempts");
    let unknown = house.send(guess("nobody@qj2.example", PASSWORD)).await.expect(429);
    assert_eq!(unknown.body, answer.body, "nobody learns which accounts there are");
    for waiting in [&answer, &unknown] {
        let wait = waiting.header("retry-after").expect("a time").parse::<u64>();
        assert!((1..=61).contains(&wait.expect("seconds")));
    }
    house.sign_in("rfs@qj2").await;
}

#[actix_web::test]
async fn workers_wake_up_when_there_is_work() {
    let house = House::new();
    let workers = Workers::start(&house.state, 2).expect("threads");
    let finance = house.sign_in("finance@qj2").await;
    let answer = house.upload(&finance, "providers", PROVIDERS).await.expect(202);
    let place = answer.header("location").expect("a place").to_owned();
    let began = Instant::now();
    loop {
        let state = house.get(&finance, &place).await.expect(200).json()["state"].clone();
        if state == "checked" {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "still {state}");
        sleep(Duration::from_millis(20)).await;
    }
    workers.stop();
}

#[test]
fn the_service_listens_and_answers() {
    let house = House::new();
    let config = house.config();
    let (send, receive) = channel();
    let state = house.state.clone();
    // The thread ends with the tests.
    thread::spawn(move || {
        let ready = |address| send.send(address).expect("the test waits");
        server::serve_state(&config, state, ready).expect("serves");
    });
    let address = receive.recv_timeout(Duration::from_secs(20)).expect("an address");
    let mut line = TcpStream::connect(address).expect("connected");
    line.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("ok\n"), "{answer}");
}
