//! One Board from an empty book to a solved scenario, page by page, on the example book.

use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use quantities::TenantCode;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use store::{NewPerson, Place, Store};
use tenancy::{Operator, PasswordHash, Role};

use super::view::table::encoded;
use crate::charts::well_formed;
use crate::shapes::{NewAnswerJson, NewAnswersJson, QueriesJson};
use crate::{AppState, Catalogue, Config, app, worker};

const PASSWORD: &str = "correct horse battery";

/// What came back.
struct Answer {
    status: StatusCode,
    location: String,
    cookie: String,
    body: String,
}

/// A service that answers.
type Site<'a> = dyn Fn(TestRequest) -> Pin<Box<dyn Future<Output = Answer> + 'a>> + 'a;

/// Somebody with a browser.
struct Visitor<'a> {
    site: &'a Site<'a>,
    cookie: String,
}

impl Answer {
    async fn of<B: MessageBody>(answer: ServiceResponse<B>) -> Self {
        let header = |name| {
            let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (location, cookie) = (header(LOCATION), header(SET_COOKIE));
        let status = answer.status();
        let body = String::from_utf8_lossy(&read_body(answer).await).into_owned();
        Self { status, location, cookie, body }
    }
}

impl<'a> Visitor<'a> {
    async fn sends(&self, request: TestRequest) -> Answer {
        let request = request
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header((COOKIE, self.cookie.clone()));
        (self.site)(request).await
    }

    async fn gets(&self, path: &str) -> Answer {
        self.sends(TestRequest::get().uri(path)).await
    }

    /// A whole page, well-formed; written down where the previews are.
    async fn sees(&self, path: &str) -> String {
        let answer = self.gets(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert_eq!(well_formed::html(&answer.body), Ok(()), "{path}");
        if let Some(folder) = std::env::var_os("PREVIEW_DIR") {
            let name = path.replace(['/', '?', '=', '&'], "-");
            let file = PathBuf::from(folder).join(format!("real{name}.html"));
            std::fs::write(file, &answer.body).expect("a written page");
        }
        answer.body
    }

    async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let form = TestRequest::post()
            .uri(path)
            .insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .set_payload(pairs.join("&"));
        self.sends(form).await
    }

    async fn hands_in(&self, table: &str, content: &str) -> Answer {
        let part = |head: &str, body: &str| {
            format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let body = [
            part("name=\"table\"", table),
            part(&format!("name=\"file\"; filename=\"{table}.csv\""), content),
            "--x--\r\n".to_owned(),
        ];
        let form = TestRequest::post()
            .uri("/submissions")
            .insert_header((CONTENT_TYPE, "multipart/form-data; boundary=x"))
            .set_payload(body.concat());
        self.sends(form).await
    }

    /// Answers what the checks ask, once a rule.
    async fn answers_everything(&self, place: &str) {
        let answers = format!("/api/v1{place}/answers");
        let asked: QueriesJson =
            serde_json::from_str(&self.gets(&answers).await.body).expect("queries");
        let rules: BTreeSet<(String, String)> =
            asked.queries.into_iter().map(|query| (query.table, query.rule)).collect();
        if rules.is_empty() {
            return;
        }
        let answer = |(table, rule)| {
            let text = Some("It is as it is.".to_owned());
            NewAnswerJson { table, rule, row: None, column: None, text }
        };
        let new = NewAnswersJson { answers: rules.into_iter().map(answer).collect() };
        let given = self.sends(TestRequest::post().uri(&answers).set_json(new)).await;
        assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    }

    async fn signs_in(site: &'a Site<'a>, email: &str) -> Self {
        let nobody = Visitor { site, cookie: String::new() };
        let given = [("email", email), ("password", PASSWORD), ("next", "/value")];
        let answer = nobody.posts("/sign-in", &given).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/value"));
        let cookie = answer.cookie.split(';').next().unwrap_or_default().to_owned();
        Visitor { site, cookie }
    }
}

fn example(table: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../models/examples/derby-and-derbyshire");
    std::fs::read_to_string(folder.join(format!("{table}.csv"))).expect("a table")
}

/// A service with one Board and somebody of each role.
fn state(folder: &std::path::Path) -> Arc<AppState> {
    let config = Config {
        place: Place::folder(folder),
        listen: "127.0.0.1:8080".parse().expect("an address"),
        public_url: None,
        job_threads: 1,
        drain: std::time::Duration::ZERO,
        catalogue: Catalogue::embedded().expect("definitions"),
        program: None,
        guard: crate::Guard::default(),
    };
    let store = Store::open(folder).expect("databases");
    let (operator, tenant) = (Operator::from_command_line(), "QJ2".parse::<TenantCode>());
    let tenant = tenant.expect("a code");
    store.create_tenant(&operator, &tenant, "NHS Derby and Derbyshire").expect("a Board");
    let people = [
        ("finance", Role::IcbFinance, None),
        ("director", Role::ProviderDirector, Some("RY8")),
        ("lead", Role::ClinicalLead, None),
    ];
    for (name, role, provider) in people {
        let person = NewPerson {
            email: format!("{name}@example.org").parse().expect("an address"),
            display_name: format!("Robin {name}"),
            password: PasswordHash::of(PASSWORD).expect("a hash"),
            role,
            provider: provider.map(|code| code.parse().expect("a code")),
        };
        store.create_person(&operator, &tenant, &person).expect("a person");
    }
    let site = crate::Site::of(&config).expect("a site");
    let unpacker = config.unpacker().expect("a program");
    Arc::new(AppState::new(store, config.catalogue, site, unpacker))
}

fn work(state: &AppState) {
    while worker::round(state, true).expect("a round") {}
}

#[actix_web::test]
async fn from_an_empty_book_to_a_solved_scenario() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = state(folder.path());
    let service = init_service(app(Data::from(Arc::clone(&state)))).await;
    let service = &service;
    let site = move |request: TestRequest| -> Pin<Box<dyn Future<Output = Answer> + '_>> {
        let request = request.insert_header(("Host", "localhost")).to_request();
        Box::pin(async move { Answer::of(call_service(service, request).await).await })
    };
    is_asked_to_sign_in(&site).await;
    let finance = Visitor::signs_in(&site, "finance@example.org").await;
    assert!(finance.sees("/").await.contains("No edition of the book is published yet"));
    assert!(finance.sees("/value").await.contains("No edition has been published yet."));
    for path in ["/value/benchmarks", "/value/equity", "/value/need"] {
        assert!(finance.sees(path).await.contains("No edition has been published yet."), "{path}");
    }
    let refused = finance.posts("/scenarios", &[("name", "Too early")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    hands_in_a_wrong_file(&state, &finance).await;
    publishes_the_example(&state, &finance).await;
    reads_the_values(&finance).await;
    solves_scenarios(&state, &finance).await;
    others_do_less(&site).await;
    finds_templates(&finance).await;
    a_director_signs(&state, &site).await;
}

async fn is_asked_to_sign_in<'a>(site: &'a Site<'a>) {
    let nobody = Visitor { site, cookie: String::new() };
    let sent = nobody.gets("/value?sort=-spend").await;
    assert_eq!(sent.location, "/sign-in?next=%2Fvalue%3Fsort%3D-spend");
    nobody.sees("/sign-in").await;
    let wrong = [("email", "finance@example.org"), ("password", "wrong")];
    let answer = nobody.posts("/sign-in", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("There is a problem"));
}

async fn hands_in_a_wrong_file(state: &AppState, finance: &Visitor<'_>) {
    let none = finance.hands_in("costs", "").await;
    assert_ne!(none.status, StatusCode::INTERNAL_SERVER_ERROR);
    work(state);
    let wrong = example("costs").replace("306956.25", "306956.255");
    let answer = finance.hands_in("costs", &wrong).await;
    assert!(finance.sees(&answer.location).await.contains("being checked"));
    work(state);
    let page = finance.sees(&answer.location).await;
    assert!(page.contains("Your file was not accepted: 1 thing must be mended"), "{page}");
    let problems = finance.gets(&format!("{}/problems.csv", answer.location)).await;
    let header = "table,row,column,rule,severity,message\ncosts,";
    assert!(problems.body.starts_with(header), "{}", problems.body);
    assert!(problems.body.contains(",cost_gbp,money.decimals,refuse,"), "{}", problems.body);
    let rows = finance.gets(&format!("{}/rows-to-mend.csv?table=costs", answer.location)).await;
    assert_eq!(rows.body.trim_end().lines().count(), 2, "the header and one row: {}", rows.body);
    assert!(rows.body.contains("306956.255"), "{}", rows.body);
    let early = finance.gets(&format!("{}/sign-off", answer.location)).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "nothing refused is signed");
}

async fn publishes_the_example(state: &AppState, finance: &Visitor<'_>) {
    let tables = [
        "providers",
        "services",
        "costs",
        "ledger",
        "workforce",
        "outcomes",
        "assumptions",
        "elasticities",
        "equity",
        "funds",
        "staff_pools",
        "population",
    ];
    for table in tables {
        let answer = finance.hands_in(table, &example(table)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{table}: {}", answer.body);
        work(state);
        let page = finance.sees(&answer.location).await;
        assert!(page.contains("Your file was accepted"), "{table}: {page}");
        finance.answers_everything(&answer.location).await;
        for step in ["submit", "sign-off"] {
            let done = finance.posts(&format!("{}/{step}", answer.location), &[]).await;
            assert_eq!(done.location, answer.location, "{step}: {}", done.body);
        }
    }
    assert!(finance.sees("/editions").await.contains("12 tables are signed off"));
    assert_eq!(finance.posts("/editions", &[]).await.location, "/editions");
    assert!(finance.sees("/value").await.contains("still being valued"));
    work(state);
    finance.sees("/editions").await;
    finance.sees("/submissions").await;
}

async fn reads_the_values(finance: &Visitor<'_>) {
    let page = finance.sees("/").await;
    assert!(page.contains("Illustrative: public figures") && page.contains("prices of 2024-25"));
    let page = finance.sees("/value").await;
    assert!(page.contains("The last pound spent on") && page.contains("data-mark=\"1\""));
    finance.sees("/value?view=whole-service&sector=acute&sort=-spend").await;
    let page = finance.sees("/value/RTG/110H").await;
    assert!(page.contains("Hip replacement") && page.contains("evidence panel"));
    assert_eq!(finance.gets("/value/RTG/none").await.status, StatusCode::NOT_FOUND);
    assert!(finance.gets("/value/services.csv").await.body.contains("RTG/110H"));
    compares(finance).await;
}

/// Unit costs beside others, who gains, and need.
async fn compares(finance: &Visitor<'_>) {
    let page = finance.sees("/value/benchmarks").await;
    assert!(page.contains("Check the figures before anything is planned"), "{page}");
    assert!(page.contains("Respiratory nursing") && page.contains("RTG"), "{page}");
    assert!(page.contains("how to add a review"), "{page}");
    let page = finance.sees("/value/benchmarks?basis=adjusted").await;
    assert!(page.contains("The book has no market forces factors"), "{page}");
    assert!(finance.sees("/value/RY8/N08").await.contains("Query this line"));
    assert!(finance.sees("/value/equity").await.contains("The most deprived fifth is left with"));
    let page = finance.sees("/value/equity?weights=kolm&sort=-q1").await;
    assert!(page.contains("are a value judgement about fairness"), "{page}");
    let page = finance.sees("/value/need?by=sector").await;
    assert!(page.contains("tables are missing") && page.contains("Service places"), "{page}");
}

async fn solves_scenarios(state: &AppState, finance: &Visitor<'_>) {
    finance.sees("/scenarios/new?name=Shared&max_cut_pct=5").await;
    let form = [("name", "Hold the total"), ("draws", "50"), ("mental_health_floor", "yes")];
    let run = finance.posts("/scenarios", &form).await;
    assert!(finance.sees(&run.location).await.contains("hx-get"), "{}", run.body);
    let place = run.location;
    assert!(finance.gets(&format!("{place}/progress")).await.body.contains("hx-get"));
    work(state);
    assert!(finance.gets(&format!("{place}/progress")).await.body.is_empty());
    let page = finance.sees(&place).await;
    assert!(page.contains("more healthy years (QALYs)") && page.contains("Proven: yes"), "{page}");
    let json = finance.gets(&format!("{place}/result.json")).await.body;
    assert!(serde_json::from_str::<api::result::RunJson>(&json).expect("a result").certified);
    assert!(finance.gets(&format!("{place}/services.csv")).await.body.starts_with("service,"));
    assert!(finance.sees("/scenarios").await.contains("Proven"));

    let form = [("name", "Fifteen per cent less"), ("budget_change_pct", "-15"), ("draws", "0")];
    let run = finance.posts("/scenarios", &form).await;
    work(state);
    assert!(finance.sees(&run.location).await.contains("The cheapest ways back"));
}

async fn others_do_less<'a>(site: &'a Site<'a>) {
    let lead = Visitor::signs_in(site, "lead@example.org").await;
    assert!(lead.sees("/").await.contains("Give your clinical view"));
    assert_eq!(lead.gets("/submissions").await.status, StatusCode::FORBIDDEN);
    assert_eq!(lead.posts("/editions", &[]).await.status, StatusCode::FORBIDDEN);
    let director = Visitor::signs_in(site, "director@example.org").await;
    let page = director.sees("/submissions/new").await;
    assert!(page.contains("Hand in figures for RY8") && !page.contains("Staff pools"));
    assert!(director.sees("/").await.contains("Hand in your first table"));
    assert_eq!(director.gets("/runs/nonsense").await.status, StatusCode::NOT_FOUND);
    assert_eq!(director.gets("/submissions/nonsense/history").await.status, StatusCode::NOT_FOUND);
    assert_eq!(director.posts("/sign-out", &[]).await.location, "/sign-in");
    assert!(director.gets("/").await.location.starts_with("/sign-in"));
}

async fn finds_templates(finance: &Visitor<'_>) {
    let page = finance.sees("/formats").await;
    assert!(page.contains("all.xlsx") && page.contains("Money with more than"));
    assert!(finance.sees("/formats/costs").await.contains("<code>cost_gbp</code>"));
    let template = finance.gets("/formats/templates/costs.csv").await;
    assert!(template.body.contains("cost_gbp"), "{}", template.body);
    assert!(finance.gets("/formats/templates/provider.xlsx").await.body.starts_with("PK"));
    let schema = finance.gets("/formats/templates/costs.json").await.body;
    assert!(serde_json::from_str::<serde_json::Value>(&schema).is_ok());
    for nothing in ["costs.exe", "..%2Fcosts.csv", "nothing.csv", "nothing.xlsx", "costs"] {
        let answer = finance.gets(&format!("/formats/templates/{nothing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

/// The rows of one provider, with the header.
fn own_costs() -> String {
    let all = example("costs");
    let rows = all.lines().enumerate().filter(|(at, row)| *at == 0 || row.starts_with("RY8,"));
    rows.fold(String::new(), |text, (_, row)| text + row + "\n")
}

async fn a_director_signs<'a>(state: &AppState, site: &'a Site<'a>) {
    let director = Visitor::signs_in(site, "director@example.org").await;
    let page = director.sees("/value/benchmarks?list=lines").await;
    assert!(page.contains("Respiratory nursing") && !page.contains("RTG"), "own lines alone");
    for path in ["/value/equity", "/value/equity?weights=kolm", "/value/need"] {
        assert_eq!(director.gets(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let first = director.hands_in("costs", &own_costs()).await.location;
    work(state);
    let start = director.sees("/").await;
    assert!(start.contains("Answer 4 queries on Costs, version 1"), "{start}");
    assert!(start.contains("0 of 4 answered") && start.contains("Once answered"));

    let page = director.sees(&format!("{first}/sign-off")).await;
    assert!(page.contains("cannot be signed off yet: 4 rows still need an answer"), "{page}");
    assert!(page.contains("no data-sharing agreement is recorded"), "{page}");
    assert!(page.contains("Derbyshire Community Health Services") && page.contains("Podiatry"));
    assert!(page.contains("If it were a tenth worse"), "{page}");
    assert!(!page.contains("RTG"), "other providers' lines stay theirs");
    let refused = director.posts(&format!("{first}/sign-off"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(well_formed::html(&refused.body), Ok(()));
    assert!(refused.body.contains("Not signed off: answer &quot;"), "{}", refused.body);

    let answers = format!("{first}/answers");
    let page = director.sees(&answers).await;
    assert!(page.contains("4 rows still need an answer"), "{page}");
    let personal = [("table", "costs"), ("rule", "costs.unit_cost"), ("text", "See 943 476 5919.")];
    let kept = director.posts(&answers, &personal).await;
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = [personal[0], personal[1], ("text", "Only a few contacts.")];
    assert_eq!(director.posts(&answers, &text).await.location, answers);
    assert!(director.sees(&answers).await.contains("Every question is answered."));
    assert!(director.sees("/").await.contains("Sign off Costs, version 1"));
    let signed = director.posts(&format!("{first}/sign-off"), &[]).await;
    assert_eq!(signed.location, first, "{}", signed.body);

    let line = "RY8,A08,2024-25,0,CHS,A08A1,ahp,variable,160879,3796000.00,";
    let dearer = own_costs().replace(line, &line.replace("3796000.00", "3796000.07"));
    let second = director.hands_in("costs", &dearer).await.location;
    work(state);
    let page = director.sees(&format!("{second}/differences")).await;
    assert!(page.contains("1 row changed; costs rise by £0.07."), "{page}");
    assert!(page.contains("3796000.00") && page.contains("3796000.07"), "{page}");
    let page = director.sees(&format!("{second}/history")).await;
    assert!(
        page.contains("2 versions are shown") && page.contains("Compare with Costs, version 1")
    );
    let page = director.sees(&format!("{first}/differences")).await;
    assert!(page.contains("This is the first accepted version"), "{page}");
    assert!(director.sees(&format!("{second}/answers")).await.contains("Only a few contacts"));
    let other = director.gets(&format!("{second}/differences?against=nonsense")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}
