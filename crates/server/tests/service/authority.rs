//! Who may do what: every operation of the interface for every role, and for nobody.

use crate::support::{House, PROVIDERS};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, COOKIE};
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ABSENT: &str = "018f2b6e-0000-7000-8000-000000000000";

/// The roles: administrator, finance, provider director and analyst, clinical lead, viewer, guest,
/// and the platform's operator, who belongs to no Board.
const PEOPLE: [(char, &str); 8] = [
    ('A', "admin@qj2"),
    ('F', "finance@qj2"),
    ('D', "rtg@qj2"),
    ('N', "analyst@qj2"),
    ('C', "lead@qj2"),
    ('V', "viewer@qj2"),
    ('G', "guest@qj2"),
    ('O', "operator@platform"),
];

/// Every operation, with those who may ask for it. `-`: whoever is signed in or not.
const TABLE: [(&str, &str, &str); 79] = [
    ("post", "/session", "-"),
    ("get", "/me", "AFDNCVGO"),
    ("get", "/submissions", "AFDN"),
    ("post", "/submissions", "AFDN"),
    ("get", "/submissions/{id}", "AFDN"),
    ("get", "/submissions/{id}/problems", "AFDN"),
    ("get", "/submissions/{id}/bad-rows", "AFDN"),
    ("get", "/submissions/{id}/history", "AFDN"),
    ("get", "/submissions/{id}/differences", "AFDN"),
    ("get", "/submissions/{id}/answers", "AFDN"),
    ("post", "/submissions/{id}/answers", "AFDN"),
    ("get", "/submissions/{id}/seen-by-others", "AFDN"),
    ("get", "/submissions/{id}/figures-that-matter", "AFDN"),
    ("post", "/submissions/{id}/submit", "AFDN"),
    ("post", "/submissions/{id}/sign-off", "AFD"),
    ("get", "/editions", "AFDNCV"),
    ("post", "/editions", "AF"),
    ("get", "/editions/{number}", "AFDNCV"),
    ("get", "/editions/{number}/differences", "AFDN"),
    ("get", "/editions/{number}/value", "AFDNCV"),
    ("get", "/editions/{number}/others", "AFDN"),
    ("get", "/value", "AFDNCV"),
    ("get", "/editions/{number}/uncertainty", "AFDNCV"),
    ("get", "/editions/{number}/benchmarks", "AFDNCV"),
    ("get", "/benchmarks", "AFDNCV"),
    ("get", "/editions/{number}/equity", "AFDNCV"),
    ("get", "/editions/{number}/need", "AFDNCV"),
    ("get", "/editions/{number}/method", "AFDNCV"),
    ("get", "/editions/{number}/rows/{provider}/{service}", "AFDNCV"),
    ("get", "/agreement", "AFDNCV"),
    ("put", "/agreement", "A"),
    ("get", "/scenarios", "AFDNCV"),
    ("post", "/scenarios", "AF"),
    ("get", "/scenarios/{id}", "AFDNCV"),
    ("get", "/runs", "AFDNCV"),
    ("post", "/runs", "AF"),
    ("get", "/runs/{id}", "AFDNCV"),
    ("get", "/runs/{id}/frontier", "AFDNCV"),
    ("get", "/runs/{id}/status", "AFDNCV"),
    ("get", "/runs/{id}/events", "AFDNCV"),
    ("get", "/disputes", "AFD"),
    ("post", "/disputes", "AFD"),
    ("get", "/disputes/{id}", "AFD"),
    ("post", "/disputes/{id}/decision", "AF"),
    ("post", "/disputes/{id}/withdraw", "AFD"),
    ("post", "/disputes/{id}/evidence", "AFD"),
    ("get", "/disputes/{id}/evidence/{sha256}", "AFD"),
    ("get", "/releases", "AF"),
    ("post", "/releases", "AF"),
    ("get", "/releases/{id}", "AF"),
    ("get", "/releases/{id}.csv", "AF"),
    ("get", "/users", "AD"),
    ("get", "/users/{id}", "AD"),
    ("put", "/users/{id}/role", "A"),
    ("post", "/users/{id}/end", "AD"),
    ("post", "/users/{id}/restore", "AD"),
    ("get", "/users/invitations", "AD"),
    ("post", "/users/invitations", "AD"),
    ("delete", "/users/invitations/{id}", "AD"),
    ("post", "/invitations/{token}", "-"),
    ("get", "/audit", "A"),
    ("get", "/audit/head", "A"),
    ("get", "/audit/entries", "A"),
    ("get", "/audit.csv", "A"),
    ("get", "/sessions", "AFDNCVGO"),
    ("delete", "/sessions", "AFDNCVGO"),
    ("delete", "/sessions/{id}", "AFDNCVGO"),
    ("put", "/password", "AFDNCVGO"),
    ("get", "/second-factor", "AFDNCVGO"),
    ("post", "/second-factor", "AFDNCVGO"),
    ("post", "/second-factor/confirm", "AFDNCVGO"),
    ("post", "/second-factor/recovery-codes", "AFDNCVGO"),
    ("post", "/second-factor/remove", "AFDNCVGO"),
    ("get", "/tokens", "AFDNCVG"),
    ("post", "/tokens", "AFDNCVG"),
    ("delete", "/tokens/{id}", "AFDNCVG"),
    ("get", "/tenants", "O"),
    ("post", "/tenants", "O"),
    ("delete", "/session", "AFDNCVGO"),
];

/// What is sent: something that can be read, about nothing that is there.
fn body(method: &str, path: &str) -> Value {
    match (method, path) {
        ("post", "/session") => json!({ "email": "nobody@qj2.example", "password": "wrong" }),
        ("post", "/scenarios") => json!({ "toml": "x" }),
        ("post", "/runs") => json!({ "scenario": ABSENT }),
        ("put", "/agreement") => {
            json!({ "purpose": "Plan", "from": "2020-01-01", "until": "2020-12-31" })
        }
        ("post", "/submissions/{id}/answers") => {
            json!({ "answers": [{ "table": "costs", "rule": "r", "text": "x" }] })
        }
        ("post", "/disputes") => json!({
            "edition": 7, "service": "RTG/110", "table": "costs", "column": "cost_gbp",
            "claim": "x", "evidence": "x",
        }),
        ("post", "/disputes/{id}/decision") => json!({ "state": "accepted", "reason": "x" }),
        ("post", "/disputes/{id}/withdraw") => json!({ "reason": "x" }),
        ("put", "/users/{id}/role") => json!({ "role": "viewer" }),
        ("post", "/users/invitations") => {
            json!({ "email": "new@x.org", "role": "provider_analyst", "provider": "RTG" })
        }
        ("put", "/password") => json!({ "current": "wrong", "new": "kestrel umbrella fjord" }),
        ("post", "/second-factor/confirm" | "/second-factor/recovery-codes") => {
            json!({ "code": "000000" })
        }
        ("post", "/second-factor/remove") => json!({ "password": "wrong", "code": "000000" }),
        ("post", "/tokens") => json!({ "name": "x", "scopes": [] }),
        ("post", "/tenants") => json!({ "code": "Q X", "name": "x" }),
        ("post", "/releases") => json!({ "purpose": "x", "by": ["service"] }),
        _ => json!({}),
    }
}

fn request(method: &str, path: &str, cookie: &str) -> TestRequest {
    let address = path.replace("{id}", ABSENT).replace("{number}", "7").replace("{sha256}", "abc");
    let named = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
    let request = TestRequest::default().method(named).insert_header((COOKIE, cookie));
    let request = request.insert_header(("Sec-Fetch-Site", "same-origin"));
    let request = match path {
        "/submissions" if method == "post" => request
            .uri("/api/v1/submissions?table=costs")
            .insert_header((CONTENT_TYPE, "text/csv"))
            .set_payload(PROVIDERS),
        _ => request.uri(&format!("/api/v1{address}")),
    };
    match (method, path) {
        ("post", "/submissions") | ("get", _) => request,
        ("post", "/disputes/{id}/evidence") => {
            request.insert_header((CONTENT_TYPE, "application/pdf")).set_payload("%PDF-")
        }
        _ => request.set_json(body(method, path)),
    }
}

#[actix_web::test]
async fn every_operation_asks_who_it_is() {
    let house = House::new();
    let mut cookies = Vec::new();
    for (role, name) in PEOPLE {
        cookies.push((role, house.sign_in(name).await));
    }
    let mut faults = Vec::new();
    for (method, path, may) in TABLE.into_iter().filter(|(_, _, may)| *may != "-") {
        let nobody = house.send(request(method, path, "")).await.status.as_u16();
        if nobody != 401 {
            faults.push(format!("{method} {path}: {nobody} for nobody"));
        }
        for (role, cookie) in &cookies {
            let status = house.send(request(method, path, cookie)).await.status.as_u16();
            let is_right = match may.contains(*role) {
                true => matches!(status, 200..=299 | 404 | 409 | 422),
                false => status == 403,
            };
            if !is_right {
                faults.push(format!("{method} {path}: {status} for {role}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_has_every_operation() {
    let document = serde_json::to_value(server::openapi::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let published: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            let path = path.strip_prefix("/api/v1").expect("of the API").to_owned();
            let methods = item.as_object().expect("methods").keys();
            let methods =
                methods.filter(|it| ["get", "put", "post", "delete"].contains(&it.as_str()));
            methods.map(move |method| (method.clone(), path.clone()))
        })
        .collect();
    let tabled: BTreeSet<(String, String)> =
        TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(tabled, published);
}
