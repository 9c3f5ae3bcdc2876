//! People, their roles, and invitations.

use crate::support::{Answer, House, PASSWORD, PROVIDERS, SERVICES, costs};
use actix_web::http::header::{CONTENT_TYPE, COOKIE};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

const USERS: &str = "/api/v1/users";
const INVITATIONS: &str = "/api/v1/users/invitations";
const ABSENT: &str = "018f2b6e-0000-7000-8000-000000000000";

/// The id of somebody, as an administrator finds it.
async fn id_of(house: &House, admin: &str, name: &str) -> String {
    let found = house.get(admin, USERS).await.expect(200).json();
    let items = found["items"].as_array().expect("people").iter();
    let mut named = items.filter(|it| it["email"] == format!("{name}.example"));
    named.next().expect("there")["id"].as_str().expect("an id").to_owned()
}

async fn delete(house: &House, cookie: &str, path: &str) -> Answer {
    house.send(TestRequest::delete().uri(path).insert_header((COOKIE, cookie))).await
}

/// Posts a form, as a browser does from one of our pages.
async fn submit(house: &House, cookie: &str, path: &str, form: &str) -> Answer {
    let request = TestRequest::post()
        .uri(path)
        .insert_header((COOKIE, cookie))
        .insert_header(("Sec-Fetch-Site", "same-origin"))
        .insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .set_payload(form.to_owned());
    house.send(request).await
}

/// Invites somebody and answers the end of the link, with the invitation's id.
async fn invite(house: &House, cookie: &str, new: Value) -> (String, String) {
    let made = house.post(cookie, INVITATIONS, new).await.expect(201).json();
    let link = made["link"].as_str().expect("a link");
    let token = link.rsplit('/').next().expect("a token").to_owned();
    (token, made["id"].as_str().expect("an id").to_owned())
}

#[actix_web::test]
async fn a_membership_ends_at_once_and_can_be_restored() {
    let house = House::new();
    let admin = house.sign_in("admin@qj2").await;
    let lead = house.sign_in("lead@qj2").await;
    let one = format!("{USERS}/{}", id_of(&house, &admin, "lead@qj2").await);
    house.get(&lead, "/api/v1/me").await.expect(200);
    let ended = house.post(&admin, &format!("{one}/end"), json!({})).await.expect(200).json();
    assert_eq!((&ended["state"], &ended["role"]), (&json!("ended"), &json!("clinical_lead")));
    house.get(&lead, "/api/v1/me").await.expect(401);
    let given = json!({ "email": "lead@qj2.example", "password": PASSWORD });
    let request = TestRequest::post().uri("/api/v1/session").set_json(given);
    assert_eq!(house.send(request).await.expect(401).code(), "wrong_credentials");
    assert_eq!(house.get(&admin, &one).await.expect(200).json(), ended, "still to be read");
    let restored = house.post(&admin, &format!("{one}/restore"), json!({})).await.expect(200);
    assert_eq!(restored.json()["state"], "active");
    house.sign_in("lead@qj2").await;
}

#[actix_web::test]
async fn a_role_is_changed_for_the_session_that_is_open() {
    let house = House::new();
    let admin = house.sign_in("admin@qj2").await;
    let viewer = house.sign_in("viewer@qj2").await;
    let role = format!("{USERS}/{}/role", id_of(&house, &admin, "viewer@qj2").await);
    house.get(&viewer, "/api/v1/submissions").await.expect(403);
    let director = json!({ "role": "provider_director", "provider": "RFS" });
    let changed = house.put(&admin, &role, director).await.expect(200).json();
    assert_eq!(
        (&changed["role_title"], &changed["provider"]),
        (&json!("Provider director"), &json!("RFS"))
    );
    house.get(&viewer, "/api/v1/submissions").await.expect(200);
    for wrong in [
        json!({ "role": "guest" }),
        json!({ "role": "root" }),
        json!({ "role": "provider_analyst" }),
        json!({ "role": "viewer", "provider": "RTG" }),
        json!({ "role": "provider_analyst", "provider": "no code" }),
    ] {
        house.put(&admin, &role, wrong).await.expect(422);
    }
    let guest = format!("{USERS}/{}/role", id_of(&house, &admin, "guest@qj2").await);
    house.put(&admin, &guest, json!({ "role": "viewer" })).await.expect(422);
    let own = id_of(&house, &admin, "admin@qj2").await;
    let own_role = format!("{USERS}/{own}/role");
    house.put(&admin, &own_role, json!({ "role": "viewer" })).await.expect(403);
    house.post(&admin, &format!("{USERS}/{own}/end"), json!({})).await.expect(403);
    assert_eq!(house.get(&admin, "/api/v1/audit").await.expect(200).json()["whole"], true);
}

#[actix_web::test]
async fn an_analyst_hands_in_and_a_director_signs() {
    let house = House::new();
    let finance = house.sign_in("finance@qj2").await;
    house.hand_in(&finance, "providers", PROVIDERS).await;
    let analyst = house.sign_in("analyst@qj2").await;
    let id = house.upload(&analyst, "services", SERVICES).await.expect(202).json();
    house.work();
    let path = format!("/api/v1/submissions/{}", id["id"].as_str().expect("an id"));
    house.answer_everything(&analyst, &path).await;
    house.post(&analyst, &format!("{path}/submit"), json!({})).await.expect(200);
    let refused = house.post(&analyst, &format!("{path}/sign-off"), json!({})).await.expect(403);
    assert_eq!(refused.json()["detail"], "Provider analyst may not sign off submissions");
    let director = house.sign_in("rtg@qj2").await;
    house.post(&director, &format!("{path}/sign-off"), json!({})).await.expect(200);
    let costs = house.upload(&analyst, "costs", costs("1.00")).await.expect(202).json();
    let other = house.sign_in("rfs@qj2").await;
    let place = format!("/api/v1/submissions/{}", costs["id"].as_str().expect("an id"));
    house.get(&other, &place).await.expect(404);
    let page = house.get(&analyst, "/").await.expect(200).body;
    assert!(!page.contains(">Disputes</a>") && page.contains(">Submissions</a>"), "{page}");
}

#[actix_web::test]
async fn a_director_sees_own_people_and_ends_own_analysts_only() {
    let house = House::new();
    let admin = house.sign_in("admin@qj2").await;
    let director = house.sign_in("rtg@qj2").await;
    let seen = house.get(&director, USERS).await.expect(200).json();
    let emails: Vec<&str> = seen["items"]
        .as_array()
        .expect("people")
        .iter()
        .filter_map(|it| it["email"].as_str())
        .collect();
    assert_eq!(emails, ["rtg@qj2.example", "analyst@qj2.example"]);
    let absent = house.get(&director, &format!("{USERS}/{ABSENT}")).await.expect(404).body;
    for hidden in ["rfs@qj2", "finance@qj2", "viewer@qj2"] {
        let id = id_of(&house, &admin, hidden).await;
        let foreign = house.get(&director, &format!("{USERS}/{id}")).await.expect(404);
        assert_eq!(foreign.body, absent, "{hidden}");
        for what in ["end", "restore"] {
            let path = format!("{USERS}/{id}/{what}");
            assert_eq!(house.post(&director, &path, json!({})).await.expect(404).body, absent);
        }
        let page = house.get(&director, &format!("/people/{id}")).await.expect(404).body;
        let none = house.get(&director, &format!("/people/{ABSENT}")).await.expect(404).body;
        assert_eq!(page, none, "{hidden}");
    }
    let far = house.sign_in("finance@qwo").await;
    house.get(&far, USERS).await.expect(403);
    let analyst = id_of(&house, &admin, "analyst@qj2").await;
    house.post(&director, &format!("{USERS}/{analyst}/end"), json!({})).await.expect(200);
    let own = id_of(&house, &admin, "rtg@qj2").await;
    house.post(&director, &format!("{USERS}/{own}/end"), json!({})).await.expect(403);
    let page = house.get(&director, "/people").await.expect(200).body;
    assert!(page.contains("People of RTG") && !page.contains("rfs@qj2"), "{page}");
}

#[actix_web::test]
async fn an_invitation_leads_to_an_account_once() {
    let house = House::new();
    let admin = house.sign_in("admin@qj2").await;
    let new = json!({ "email": "Ada@x.example", "role": "provider_analyst", "provider": "RTG" });
    let (token, id) = invite(&house, &admin, new).await;
    let listed = house.get(&admin, INVITATIONS).await.expect(200).json();
    assert_eq!(
        (&listed["items"][0]["id"], &listed["items"][0]["link"]),
        (&json!(id), &Value::Null)
    );
    assert!(!listed.to_string().contains(&token), "the link is shown once");
    let place = format!("/api/v1/invitations/{token}");
    let given = |name: &str, password: &str| json!({ "name": name, "password": password });
    house.post("", &place, given("Ada", "too short")).await.expect(422);
    house.post("", &place, given(" ", PASSWORD)).await.expect(422);
    let joined = house.post("", &place, given("Ada", PASSWORD)).await.expect(201).json();
    assert_eq!((&joined["tenant"], &joined["provider"]), (&json!("QJ2"), &json!("RTG")));
    let ada = house.sign_in("ada@x").await;
    let me = house.get(&ada, "/api/v1/me").await.expect(200).json();
    assert_eq!((&me["name"], &me["role"]), (&json!("Ada"), &json!("provider_analyst")));

    let (gone, id) = invite(&house, &admin, json!({ "email": "b@x.org", "role": "viewer" })).await;
    let elsewhere = house.sign_in("finance@qwo").await;
    delete(&house, &elsewhere, &format!("{INVITATIONS}/{id}")).await.expect(403);
    let rtg = house.sign_in("rtg@qj2").await;
    let foreign = delete(&house, &rtg, &format!("{INVITATIONS}/{id}")).await.expect(404).body;
    let absent = delete(&house, &rtg, &format!("{INVITATIONS}/{ABSENT}")).await.expect(404).body;
    assert_eq!(foreign, absent);
    delete(&house, &admin, &format!("{INVITATIONS}/{id}")).await.expect(204);
    let never = "ab".repeat(32);
    let mut answers = Vec::new();
    for token in [token.as_str(), gone.as_str(), never.as_str(), "x'y"] {
        let path = format!("/api/v1/invitations/{token}");
        answers.push(house.post("", &path, given("Ada", PASSWORD)).await.expect(404).body);
        let page = house.get("", &format!("/invitation/{token}")).await.expect(404).body;
        assert!(page.contains("Page not found") && !page.contains(token), "{page}");
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[actix_web::test]
async fn who_has_an_account_elsewhere_confirms_with_its_password() {
    let house = House::new();
    let admin = house.sign_in("admin@qj2").await;
    let new = json!({ "email": "finance@qwo.example", "role": "clinical_lead" });
    let (token, _) = invite(&house, &admin, new.clone()).await;
    let page = house.get("", &format!("/invitation/{token}")).await.expect(200).body;
    assert!(page.contains("Password of your account") && !page.contains("Your name"), "{page}");
    let place = format!("/api/v1/invitations/{token}");
    let wrong = house.post("", &place, json!({ "password": "wrong horse battery" })).await;
    assert_eq!(wrong.expect(401).code(), "wrong_credentials");
    house.post("", &place, json!({ "password": PASSWORD })).await.expect(201);
    let given = json!({ "email": "finance@qwo.example", "password": PASSWORD, "tenant": "QJ2" });
    let request = TestRequest::post().uri("/api/v1/session").set_json(given);
    assert_eq!(house.send(request).await.expect(201).json()["role"], "clinical_lead");
    assert_eq!(house.post(&admin, INVITATIONS, new).await.expect(409).code(), "conflict");
}

#[actix_web::test]
async fn guessing_the_password_of_an_account_by_an_invitation_is_slowed_down() {
    let house = House::new();
    let admin = house.sign_in("admin@qj2").await;
    let new = json!({ "email": "finance@qwo.example", "role": "viewer" });
    let (token, _) = invite(&house, &admin, new).await;
    let place = format!("/api/v1/invitations/{token}");
    let mut status = 401;
    for _ in 0..11 {
        status = house.post("", &place, json!({ "password": "x" })).await.status.as_u16();
    }
    assert_eq!(status, 429);
    house.post("", &place, json!({ "password": PASSWORD })).await.expect(429);
}

#[actix_web::test]
async fn nobody_invites_beyond_what_is_theirs() {
    let house = House::new();
    let director = house.sign_in("rtg@qj2").await;
    let admin = house.sign_in("admin@qj2").await;
    let new = |role: &str, provider: Value| json!({ "email": "a@x.org", "role": role, "provider": provider });
    for (role, provider) in [
        ("provider_director", json!("RTG")),
        ("provider_analyst", json!("RFS")),
        ("icb_administrator", json!(null)),
    ] {
        house.post(&director, INVITATIONS, new(role, provider)).await.expect(403);
    }
    house.post(&director, INVITATIONS, new("provider_analyst", json!(null))).await.expect(201);
    for (role, provider) in [
        ("guest", json!(null)),
        ("provider_analyst", json!(null)),
        ("viewer", json!("RTG")),
        ("nobody", json!(null)),
    ] {
        house.post(&admin, INVITATIONS, new(role, provider)).await.expect(422);
    }
    let no_address = json!({ "email": "somebody", "role": "viewer" });
    house.post(&admin, INVITATIONS, no_address).await.expect(422);
}

#[actix_web::test]
async fn the_pages_do_the_same_by_forms() {
    let house = House::new();
    let admin = house.sign_in("admin@qj2").await;
    let wrong = submit(&house, &admin, "/people/invite", "email=x&role=viewer&provider=").await;
    assert!(wrong.expect(422).body.contains("Enter an email address"));
    let form = "email=ada%40x.example&role=viewer&provider=";
    let made = submit(&house, &admin, "/people/invite", form).await.expect(201).body;
    // A template writes the strokes of an address as `&#x2f;`.
    let (_, rest) = made.split_once("invitation&#x2f;").expect("a link");
    let token: String = rest.chars().take(64).collect();
    assert!(!house.get(&admin, "/people").await.expect(200).body.contains(&token));
    let place = format!("/invitation/{token}");
    let page = house.get("", &place).await.expect(200).body;
    assert!(page.contains("You are invited as a viewer"), "{page}");
    let twice = "name=Ada&password=correct+horse+battery&again=other";
    assert!(submit(&house, "", &place, twice).await.expect(422).body.contains("same password"));
    let short = "name=Ada&password=short&again=short";
    assert!(submit(&house, "", &place, short).await.expect(422).body.contains("12 characters"));
    let right = "name=Ada&password=correct+horse+battery&again=correct+horse+battery";
    let done = submit(&house, "", &place, right).await.expect(303);
    assert_eq!(done.header("location"), Some("/sign-in"));
    house.get("", &place).await.expect(404);

    let id = id_of(&house, &admin, "ada@x").await;
    let person = format!("/people/{id}");
    let role = format!("{person}/role");
    let refused = submit(&house, &admin, &role, "role=provider_analyst&provider=").await;
    assert!(refused.expect(422).body.contains("Enter the provider"));
    let changed = submit(&house, &admin, &role, "role=provider_analyst&provider=rtg").await;
    assert_eq!(changed.expect(303).header("location"), Some(person.as_str()));
    let page = house.get(&admin, &person).await.expect(200).body;
    assert!(page.contains("Ada is a provider analyst of RTG and can sign in."), "{page}");
    submit(&house, &admin, &format!("{person}/end"), "").await.expect(303);
    let page = house.get(&admin, &person).await.expect(200).body;
    assert!(page.contains("Restore the membership") && page.contains("can no longer sign in"));
}

#[actix_web::test]
async fn a_guest_sees_nothing_of_the_book() {
    let house = House::new();
    let guest = house.sign_in("guest@qj2").await;
    let page = house.get(&guest, "/").await.expect(200).body;
    assert!(page.contains("You are a guest of workshops"), "{page}");
    assert!(page.contains(">Glossary</a>"), "{page}");
    assert!(!page.contains(">Value</a>") && !page.contains(">Editions</a>"), "{page}");
    house.get(&guest, "/glossary").await.expect(200);
    let book = [
        "/value",
        "/value/method",
        "/value/doubt",
        "/value/benchmarks",
        "/editions",
        "/editions/1",
        "/scenarios",
        "/agreement",
        "/formats",
        "/submissions",
        "/disputes",
        "/releases",
        "/people",
        "/people/invite",
        "/value/services.xlsx",
    ];
    for path in book {
        let answer = house.get(&guest, path).await;
        assert!(matches!(answer.status.as_u16(), 403 | 404), "{path}: {}", answer.status);
    }
    let viewer = house.sign_in("viewer@qj2").await;
    for path in ["/", "/value", "/editions", "/scenarios", "/agreement", "/glossary"] {
        house.get(&viewer, path).await.expect(200);
    }
    for path in ["/submissions", "/disputes", "/releases", "/people"] {
        house.get(&viewer, path).await.expect(403);
    }
}
