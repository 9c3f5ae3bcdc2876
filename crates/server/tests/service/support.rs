//! A small service to try things on: two Boards, people of every role, no network.

use actix_web::HttpMessage;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{CONTENT_TYPE, COOKIE, HOST, HeaderValue, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Data;
use serde_json::{Value, json};
use server::{AppState, Catalogue, Config, Guard, prepare};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use store::{NewOperator, NewPerson, Place};
use tempfile::TempDir;
use tenancy::{Operator, PasswordHash, Role};
use tests::postgres::Database;

pub const PASSWORD: &str = "correct horse battery";

pub const PROVIDERS: &str = "provider_code,provider_name,sector,place_code\n\
    RTG,Derby and Burton,acute,DERBY\nRFS,Chesterfield,acute,CHESTERFIELD\n";
pub const SERVICES: &str = "provider_code,service_code,service_name,programme,setting\n\
    RTG,110,Orthopaedics,musculoskeletal,hospital\n";

/// One line's costs.
pub fn costs(amount: &str) -> String {
    format!(
        "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
         resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n\
         RTG,110,2024-25,0,EL,HN22,nursing,variable,100,{amount},plics,2025-03-31\n"
    )
}

static HASH: LazyLock<PasswordHash> = LazyLock::new(|| PasswordHash::of(PASSWORD).expect("a hash"));
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded().expect("reads"));

/// Everyone there is: address, Board, role, provider.
const PEOPLE: [(&str, &str, Role, Option<&str>); 9] = [
    ("admin@qj2.example", "QJ2", Role::IcbAdministrator, None),
    ("finance@qj2.example", "QJ2", Role::IcbFinance, None),
    ("rtg@qj2.example", "QJ2", Role::ProviderDirector, Some("RTG")),
    ("rfs@qj2.example", "QJ2", Role::ProviderDirector, Some("RFS")),
    ("analyst@qj2.example", "QJ2", Role::ProviderAnalyst, Some("RTG")),
    ("viewer@qj2.example", "QJ2", Role::Viewer, None),
    ("guest@qj2.example", "QJ2", Role::Guest, None),
    ("lead@qj2.example", "QJ2", Role::ClinicalLead, None),
    ("finance@qwo.example", "QWO", Role::IcbFinance, None),
];

/// Its databases are files, or PostgreSQL where the tests are told so.
pub struct House {
    pub state: Arc<AppState>,
    pub folder: TempDir,
    pub database: Option<Database>,
}

/// An answer read whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The same as it came, for files.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        self.json()["code"].as_str().expect("a code").to_owned()
    }

    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }
}

fn config(folder: &TempDir, database: Option<&Database>) -> Config {
    let database_url = database.map(Database::url);
    Config {
        place: Place { database_url, ..Place::folder(folder.path()) },
        listen: "127.0.0.1:0".parse().expect("an address"),
        public_url: None,
        job_threads: 1,
        drain: std::time::Duration::ZERO,
        catalogue: CATALOGUE.clone(),
        program: program(),
        guard: Guard::default(),
    }
}

/// The binary built beside this test; nothing where only this crate was built.
pub fn program() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    let built = test.parent()?.parent()?.join("valuebook");
    built.is_file().then_some(built)
}

impl House {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// One that is set up in another way.
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().expect("a folder");
        let database = Database::where_told();
        let mut config = config(&folder, database.as_ref());
        change(&mut config);
        let state = prepare(&config).expect("opens");
        let operator = Operator::from_command_line();
        for code in ["QJ2", "QWO"] {
            let code = code.parse().expect("a code");
            state.store.create_tenant(&operator, &code, "A Board").expect("made");
        }
        for (email, tenant, role, provider) in PEOPLE {
            let person = NewPerson {
                email: email.parse().expect("an address"),
                display_name: "Jo Bloggs".to_owned(),
                password: HASH.clone(),
                role,
                provider: provider.map(|code| code.parse().expect("a code")),
            };
            let tenant = tenant.parse().expect("a code");
            state.store.create_person(&operator, &tenant, &person).expect("a person");
        }
        let new = NewOperator {
            email: "operator@platform.example".parse().expect("an address"),
            display_name: "Jo Bloggs".to_owned(),
            password: HASH.clone(),
        };
        state.store.create_operator(&operator, &new).expect("an operator");
        Self { state, folder, database }
    }

    pub fn config(&self) -> Config {
        config(&self.folder, self.database.as_ref())
    }

    pub async fn send(&self, request: TestRequest) -> Answer {
        let service = init_service(server::app(Data::from(self.state.clone()))).await;
        let mut request = request.to_request();
        if !request.headers().contains_key(HOST) {
            request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
        }
        read(call_service(&service, request).await).await
    }

    /// Signs in and returns the cookie.
    pub async fn sign_in(&self, name: &str) -> String {
        let given = json!({ "email": format!("{name}.example"), "password": PASSWORD });
        let request = TestRequest::post().uri("/api/v1/session").set_json(given);
        let answer = self.send(request).await.expect(201);
        let cookie = answer.header(SET_COOKIE.as_str()).expect("a cookie").to_owned();
        cookie.split(';').next().expect("a value").to_owned()
    }

    pub async fn get(&self, cookie: &str, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path).insert_header((COOKIE, cookie))).await
    }

    /// Posts JSON.
    pub async fn post(&self, cookie: &str, path: &str, body: Value) -> Answer {
        let request = TestRequest::post().uri(path).insert_header((COOKIE, cookie));
        self.send(request.set_json(body)).await
    }

    /// Puts JSON.
    pub async fn put(&self, cookie: &str, path: &str, body: Value) -> Answer {
        let request = TestRequest::put().uri(path).insert_header((COOKIE, cookie));
        self.send(request.set_json(body)).await
    }

    /// Hands in a table as the body of a request.
    pub async fn upload(&self, cookie: &str, table: &str, csv: impl Into<String>) -> Answer {
        let request = TestRequest::default()
            .method(Method::POST)
            .uri(&format!("/api/v1/submissions?table={table}"))
            .insert_header((COOKIE, cookie))
            .insert_header((CONTENT_TYPE, "text/csv"))
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .set_payload(csv.into());
        self.send(request).await
    }

    /// Does every job that waits.
    pub fn work(&self) {
        while server::worker::round(&self.state, true).expect("jobs are done") {}
    }

    /// Hands in, checks and signs off; returns the submission's id.
    pub async fn hand_in(&self, cookie: &str, table: &str, csv: impl Into<String>) -> String {
        let answer = self.upload(cookie, table, csv).await.expect(202);
        let id = answer.json()["id"].as_str().expect("an id").to_owned();
        self.work();
        let path = format!("/api/v1/submissions/{id}");
        let found = self.get(cookie, &format!("{path}/problems")).await.expect(200).json();
        assert_eq!(found["accepted"], true, "{table}: {found:#}");
        self.answer_everything(cookie, &path).await;
        self.post(cookie, &format!("{path}/sign-off"), json!({})).await.expect(200);
        id
    }

    /// Answers what the checks ask of a submission, once a rule.
    pub async fn answer_everything(&self, cookie: &str, place: &str) {
        let answers = format!("{place}/answers");
        let asked = self.get(cookie, &answers).await.expect(200).json();
        let queries = asked["queries"].as_array().expect("queries").iter();
        let rules: BTreeSet<(&str, &str)> = queries
            .map(|it| (it["table"].as_str().expect("text"), it["rule"].as_str().expect("text")))
            .collect();
        if rules.is_empty() {
            return;
        }
        let answer = |(table, rule)| json!({ "table": table, "rule": rule, "text": "It is so." });
        let new: Vec<Value> = rules.into_iter().map(answer).collect();
        self.post(cookie, &answers, json!({ "answers": new })).await.expect(200);
    }

    /// Hands in the whole example book for the Board and publishes it.
    pub async fn publish_example(&self, cookie: &str) -> u64 {
        for table in EXAMPLE {
            let file = example(&format!("{table}.csv"));
            if let Ok(csv) = std::fs::read_to_string(file) {
                self.hand_in(cookie, table, csv).await;
            }
        }
        let edition = self.post(cookie, "/api/v1/editions", json!({})).await.expect(201);
        self.work();
        edition.json()["number"].as_u64().expect("a number")
    }
}

/// The tables of the example book, in the order in which one needs another.
const EXAMPLE: [&str; 15] = [
    "providers",
    "funds",
    "population",
    "need_weights",
    "services",
    "service_places",
    "outlier_reviews",
    "costs",
    "ledger",
    "workforce",
    "outcomes",
    "equity",
    "assumptions",
    "elasticities",
    "staff_pools",
];

/// A file of the example book.
pub fn example(name: &str) -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../models/examples/derby-and-derbyshire"
    ))
    .join(name)
}

async fn read<B: MessageBody>(response: ServiceResponse<B>) -> Answer {
    let status = response.status();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let headers = headers.collect();
    let body = to_bytes(response.into_body()).await;
    let body = body.unwrap_or_else(|_| panic!("the body ends early"));
    let bytes = body.to_vec();
    Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
}
