//! What a browser is told, which name is answered to, and how much is too much.

use crate::support::{Answer, House, PASSWORD};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use actix_web::test::TestRequest;
use serde_json::json;
use server::{Guard, Limits, MetricsToken, Rate};
use std::net::SocketAddr;
use std::time::Duration;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn few(burst: u32) -> Rate {
    Rate { burst, every: Duration::from_secs(3600) }
}

fn guarded(limits: Limits) -> House {
    House::with(|config| {
        let trusted_proxies = vec!["10.0.0.1".parse().expect("an address")];
        config.guard = Guard { limits, trusted_proxies, metrics_token: None };
    })
}

fn from(address: &str) -> TestRequest {
    let peer: SocketAddr = format!("{address}:9").parse().expect("an address");
    TestRequest::default().peer_addr(peer).uri("/sign-in")
}

#[actix_web::test]
async fn a_page_is_told_to_run_its_own_scripts_only() {
    let house = House::new();
    let mut nonces = Vec::new();
    for path in ["/sign-in", "/sign-in", "/sign-in?next=/value"] {
        let page = house.get("", path).await;
        let policy = page.header("content-security-policy").expect("a policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|it| it.split('\'').next());
        let nonce = nonce.expect("a nonce").to_owned();
        let scripts = page.body.matches("<script").count();
        assert!(scripts > 0, "{path}");
        assert_eq!(page.body.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{path}");
        for part in ["script-src 'nonce-", "object-src 'none'", "require-trusted-types-for"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src 'self'"), "{policy}");
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3, "another one each time");
    // What is not there has none, so that no two such pages differ.
    let [one, other] = [house.get("", "/nowhere").await, house.get("", "/elsewhere").await];
    assert!(!one.body.contains("<script") && one.body == other.body);
    let policy = one.header("content-security-policy").expect("a policy");
    assert!(policy.contains("script-src 'none'"), "{policy}");
    let answer = house.get("", "/api/v1/me").await;
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.contains("sandbox") && !policy.contains("nonce"), "{policy}");
}

#[test]
fn every_script_of_a_template_carries_the_nonce() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/templates");
    let mut scripts = 0;
    for file in std::fs::read_dir(folder).expect("templates") {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("text");
        for rest in text.split("<script").skip(1) {
            let tag = rest.split('>').next().expect("a tag");
            assert!(
                tag.contains("nonce=\"{{ nonce }}\"") && tag.contains("src="),
                "{path:?}: {tag}"
            );
            scripts += 1;
        }
        for inline in ["<style", " style=\"", " onclick=", " onload=", " onsubmit=", "javascript:"]
        {
            assert!(!text.contains(inline), "{path:?}: {inline}");
        }
    }
    assert!(scripts >= 2);
}

#[actix_web::test]
async fn browsers_keep_to_https_where_it_is_there() {
    let house = House::with(|config| config.public_url = Some("https://vb.example".to_owned()));
    let ask =
        |host: &'static str, path: &str| TestRequest::get().uri(path).insert_header((HOST, host));
    let page = house.send(ask("vb.example", "/sign-in")).await.expect(200);
    let strict = page.header("strict-transport-security").expect("told");
    assert_eq!(strict, "max-age=31536000; includeSubDomains");
    for (name, value) in [
        ("x-permitted-cross-domain-policies", "none"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
    let features = page.header("permissions-policy").expect("told");
    assert!(features.split(", ").all(|feature| feature.ends_with("=()")), "{features}");
    let other = house.send(ask("evil.example", "/api/v1/me")).await.expect(421);
    assert_eq!(other.code(), "misdirected");
    house.send(ask("evil.example", "/sign-in")).await.expect(421);
    house.send(ask("10.1.2.3", "/healthz")).await.expect(200);
    house.send(ask("10.1.2.3", "/readyz")).await.expect(200);
    let plain = House::new().get("", "/sign-in").await.expect(200);
    assert_eq!(plain.header("strict-transport-security"), None);
}

#[actix_web::test]
async fn an_address_that_asks_too_much_waits() {
    let house = guarded(Limits { address: few(3), ..Limits::default() });
    for _ in 0..3 {
        house.send(from("192.0.2.1")).await.expect(200);
    }
    let page = house.send(from("192.0.2.1")).await.expect(429);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let wait: u32 = page.header("retry-after").expect("a time").parse().expect("seconds");
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    let answer = house.send(from("192.0.2.1").uri("/api/v1/me")).await.expect(429);
    assert_eq!(answer.code(), "too_many_requests");
    house.send(from("192.0.2.1").uri("/healthz")).await.expect(200);
    house.send(from("192.0.2.2")).await.expect(200);

    let behind = |client: &str| from("10.0.0.1").insert_header(("X-Forwarded-For", client));
    house.send(behind("6.6.6.6, 192.0.2.1")).await.expect(429);
    house.send(behind("192.0.2.1, 203.0.113.9")).await.expect(200);
    let forged = from("192.0.2.1").insert_header(("X-Forwarded-For", "203.0.113.10"));
    house.send(forged).await.expect(429);
}

#[actix_web::test]
async fn an_account_that_asks_too_much_waits_wherever_it_is() {
    let house = guarded(Limits { account: few(2), ..Limits::default() });
    let cookie = house.sign_in("finance@qj2").await;
    let token = cookie.split('=').nth(1).expect("a token").to_owned();
    house.get(&cookie, "/api/v1/me").await.expect(200);
    house.get(&cookie, "/api/v1/me").await.expect(200);
    let refused = house.get(&cookie, "/api/v1/me").await.expect(429);
    assert_eq!(refused.code(), "too_many_requests");
    let bearer = (AUTHORIZATION, format!("Bearer {token}"));
    let request = TestRequest::get().uri("/api/v1/me").insert_header(bearer);
    house.send(request).await.expect(429);
    let other = house.sign_in("admin@qj2").await;
    house.get(&other, "/api/v1/me").await.expect(200);
}

#[actix_web::test]
async fn the_doors_are_counted_apart() {
    let house = guarded(Limits { doors: few(2), ..Limits::default() });
    let knock = || {
        let given = json!({ "email": "finance@qj2.example", "password": PASSWORD });
        from("192.0.2.1")
            .method("POST".parse().expect("POST"))
            .uri("/api/v1/session")
            .set_json(given)
    };
    house.send(knock()).await.expect(201);
    house.send(knock()).await.expect(201);
    assert_eq!(house.send(knock()).await.expect(429).code(), "too_many_requests");
    house.send(from("192.0.2.1")).await.expect(200);
}

#[actix_web::test]
async fn what_is_too_long_is_said() {
    let house = House::new();
    let cookie = house.sign_in("finance@qj2").await;
    let long = format!("/sign-in?next=/{}", "x".repeat(8 * 1024));
    house.get(&cookie, &long).await.expect(414);
    let long = format!("/api/v1/runs?x={}", "x".repeat(8 * 1024));
    assert_eq!(house.get(&cookie, &long).await.expect(414).code(), "address_too_long");
    let head = TestRequest::get().uri("/api/v1/me").insert_header(("X-Long", "x".repeat(40_000)));
    assert_eq!(house.send(head).await.expect(431).code(), "head_too_large");

    let post = |path: &str, kind: &str, body: String| {
        TestRequest::post()
            .uri(path)
            .insert_header((COOKIE, cookie.clone()))
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header((CONTENT_TYPE, kind.to_owned()))
            .set_payload(body)
    };
    let three = "x".repeat(3 << 20);
    let json = post("/api/v1/scenarios", "application/json", format!("{{\"toml\":\"{three}\"}}"));
    assert_eq!(house.send(json).await.expect(413).code(), "too_large");
    let form = post("/scenarios", "application/x-www-form-urlencoded", format!("name={three}"));
    house.send(form).await.expect(413);
    let field = format!(
        "--B\r\nContent-Disposition: form-data; name=\"table\"\r\n\r\n{}\r\n--B--\r\n",
        "x".repeat(300)
    );
    let multipart = post("/api/v1/submissions", "multipart/form-data; boundary=B", field);
    assert_eq!(house.send(multipart).await.expect(413).code(), "too_large");
    let uploads = house.folder.path().join("uploads/QJ2");
    let left = uploads.read_dir().map_or(0, |files| files.count());
    assert_eq!(left, 0, "nothing is kept of it");
}

#[actix_web::test]
async fn the_counts_are_for_this_machine_or_with_the_token() {
    let metrics = |address: &str| from(address).uri("/metrics");
    let given = |token: &str| (AUTHORIZATION, format!("Bearer {token}"));
    let token = || Some(MetricsToken::read(TOKEN).expect("a token"));
    let local = House::with(|config| config.guard.metrics_token = token());
    local.send(metrics("127.0.0.1")).await.expect(200);
    let passed_on = metrics("127.0.0.1").insert_header(("X-Forwarded-For", "192.0.2.1"));
    local.send(passed_on).await.expect(404);
    let absent = local.send(from("192.0.2.1").uri("/nowhere")).await.expect(404);
    let hidden = local.send(metrics("192.0.2.1")).await.expect(404);
    let headline = |page: &Answer| page.body.split("<h1").nth(1).map(str::to_owned);
    assert_eq!(headline(&hidden), headline(&absent), "like what does not exist");
    local.send(metrics("192.0.2.1").insert_header(given(TOKEN))).await.expect(200);
    let wrong = given(&TOKEN.replace('0', "1"));
    local.send(metrics("192.0.2.1").insert_header(wrong)).await.expect(404);

    let public = House::with(|config| {
        config.public_url = Some("https://vb.example".to_owned());
        config.guard.metrics_token = token();
    });
    public.send(metrics("127.0.0.1")).await.expect(404);
    let counts = public.send(metrics("127.0.0.1").insert_header(given(TOKEN))).await.expect(200);
    assert!(counts.body.contains("route=\"/metrics\""), "{}", counts.body);
}

#[actix_web::test]
async fn work_that_takes_too_long_is_not_waited_for() {
    let limits = Limits { request: Duration::ZERO, ..Limits::default() };
    let house = guarded(limits);
    let answer = house.send(TestRequest::get().uri("/readyz")).await;
    // Work that ends at once may be seen to.
    assert!(matches!(answer.status.as_u16(), 200 | 503), "{answer:?}");
    let body = json!({ "email": "x", "password": "x" });
    let slow = TestRequest::post().uri("/api/v1/session").set_json(body);
    let answer = house.send(slow).await;
    assert!(matches!(answer.code().as_str(), "too_slow" | "too_long"), "{answer:?}");
}

#[actix_web::test]
async fn signing_out_leaves_nothing_in_the_browser() {
    let house = House::new();
    let cookie = house.sign_in("finance@qj2").await;
    let out = TestRequest::post()
        .uri("/sign-out")
        .insert_header((COOKIE, cookie.clone()))
        .insert_header(("Sec-Fetch-Site", "same-origin"));
    let out = house.send(out).await.expect(303);
    assert_eq!(out.header("clear-site-data"), Some("\"cache\", \"storage\""));
    let cookie = house.sign_in("finance@qj2").await;
    let out = TestRequest::delete().uri("/api/v1/session").insert_header((COOKIE, cookie));
    assert!(house.send(out).await.expect(204).header("clear-site-data").is_some());
}
