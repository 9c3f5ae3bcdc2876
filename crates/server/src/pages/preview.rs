//! Renders every page with made-up books, small and plain, hostile, huge and empty, and checks the
//! markup. With `PREVIEW_DIR` set, the pages are written there to be looked at in a browser.

use serde::Serialize;
use std::path::Path;

use super::render::render;
use super::samples::{self, HOSTILE};
use super::scenario_form::ScenarioForm;
use super::view::chrome::{Chrome, Edition, Person};
use super::view::editions::{EditionRow, EditionsView, WaitingRow};
use super::view::errors::ErrorView;
use super::view::formats::{FormatView, FormatsView};
use super::view::glossary::GlossaryDefinition;
use super::view::method::MethodView;
use super::view::run::{RunPage, RunQuery, RunView, outcome_tag};
use super::view::scenarios::{RunRow, ScenarioFormView, ScenarioRow, ScenarioView, ScenariosView};
use super::view::service::ServiceView;
use super::view::sign_in::SignInView;
use super::view::start::{StartView, Task};
use super::view::submission::{
    Compared, DifferencesView, ProblemQuery, Progress, QueriesView, RowQuery, SigningFacts,
    SigningView, SubmissionFacts, SubmissionRow, SubmissionView, SubmissionsView, TableChoice,
    Typed, UploadView, VersionRow, VersionsView,
};
use super::view::value::{ValueQuery, ValueView};
use super::view::{FieldError, Link, Tag};
use crate::charts::well_formed;
use crate::rules::Rules;

fn chrome(path: &str, hostile: bool) -> Chrome {
    let person = Person {
        name: if hostile { HOSTILE.repeat(3) } else { "Robin Example".to_owned() },
        role: "ICB finance".to_owned(),
    };
    let edition = Edition {
        number: 12,
        published: "14 November 2026".to_owned(),
        base_year: Some("2024-25".to_owned()),
        reconciled: Some("85%".to_owned()),
        illustrative: true,
    };
    Chrome::of("NHS Derby and Derbyshire (illustrative)", person, tenancy::Role::IcbFinance)
        .about(Some(&edition))
        .at(path)
}

/// Renders one page, checks it, and writes it down where asked to.
pub(super) fn look<T: Serialize>(name: &str, template: &str, path: &str, hostile: bool, page: &T) {
    let html = render(template, &chrome(path, hostile), page)
        .unwrap_or_else(|error| panic!("{name}: {error:#}"));
    assert_eq!(well_formed::html(&html), Ok(()), "{name}");
    assert!(!html.contains("<script>alert"), "{name} trusts a name");
    assert!(!html.contains(" NaN") && !html.contains(">none<"), "{name} shows a gap");
    if let Some(folder) = std::env::var_os("PREVIEW_DIR") {
        let file = Path::new(&folder).join(format!("{name}.html"));
        std::fs::write(file, html.as_bytes()).expect("a written page");
    }
}

pub(super) fn words(hostile: bool, text: &str) -> String {
    if hostile { HOSTILE.to_owned() } else { text.to_owned() }
}

#[test]
fn doors() {
    look("sign-in", "sign-in.html", "/sign-in", false, &SignInView::default());
    let view = SignInView {
        email: HOSTILE.to_owned(),
        next: "/runs/1".to_owned(),
        errors: vec![FieldError::new("email", "The email address or the password is not right")],
    };
    look("sign-in-wrong", "sign-in.html", "/sign-in", true, &view);
    let html = render("sign-in.html", &Chrome::default(), &SignInView::default()).expect("a page");
    assert_eq!(well_formed::html(&html), Ok(()));
    assert!(!html.contains("Sign out"));
    for view in [
        ErrorView::not_found(),
        ErrorView::forbidden("Clinical lead may not publish an edition"),
        ErrorView::failed(),
    ] {
        look(&format!("error-{}", view.status), "error.html", "/x", false, &view);
    }
    let text = include_str!("../../../../models/glossary.toml");
    let glossary = GlossaryDefinition::read(text).expect("a glossary");
    look("glossary", "glossary.html", "/glossary", false, &glossary);
}

#[test]
fn start() {
    for (name, hostile, lines) in
        [("start", false, 14), ("start-hostile", true, 30), ("start-empty", false, 0)]
    {
        let task = |text: &str, hint: &str, tag: Tag| Task {
            link: Link::new(words(hostile, text), "/submissions/1"),
            hint: hint.to_owned(),
            tag,
        };
        let tasks = match lines {
            0 => Vec::new(),
            _ => vec![
                task(
                    "Answer 4 queries on costs, version 3",
                    "RY8, handed in 12 November 2026",
                    Tag::new("2 of 6 answered", "yellow"),
                ),
                task(
                    "Sign off costs, version 3",
                    "RY8, reconciled −0.2%",
                    Tag::new("Waiting for sign-off", "blue"),
                ),
            ],
        };
        let value = samples::value(lines, hostile);
        look(name, "start.html", "/", hostile, &StartView::new(tasks, Some(&value)));
    }
    look("start-unpublished", "start.html", "/", false, &StartView::new(Vec::new(), None));
}

#[test]
fn handing_in() {
    let table = |code: &str, name: &str, chosen| TableChoice {
        code: code.to_owned(),
        name: name.to_owned(),
        hint: "What each service cost, by month or for the year".to_owned(),
        own: code == "costs",
        chosen,
    };
    let view = UploadView {
        owner: "RY8".to_owned(),
        workbook: "workbook".to_owned(),
        tables: vec![table("costs", "Costs", true), table("ledger", "Ledger", false)],
        errors: vec![FieldError::new("file", "Choose a file")],
    };
    look("upload", "upload.html", "/submissions/new", false, &view);
    let row = |hostile| SubmissionRow {
        link: Link::new("Costs, version 3", "/submissions/1"),
        owner: "RY8".to_owned(),
        file_name: words(hostile, "costs-2024-25.csv"),
        when: "12 November 2026, 09:14".to_owned(),
        tag: Tag::new("Checked", "yellow"),
    };
    let rows = vec![row(false), row(true)];
    let older = Some("/submissions?after=x".to_owned());
    let view = SubmissionsView { older, ..SubmissionsView::new(rows, true) };
    look("submissions", "submissions.html", "/submissions", true, &view);
}

fn rules() -> Rules {
    Rules::parse(include_str!("../../../../models/rules.toml")).expect("rules")
}

#[test]
fn submissions() {
    let facts = |state: &str, hostile: bool| SubmissionFacts {
        id: "01".to_owned(),
        owner: "RY8".to_owned(),
        table: "costs".to_owned(),
        version: 3,
        file_name: words(hostile, "costs-2024-25.csv"),
        state: state.to_owned(),
        history: vec!["Handed in by Sam Example on 12 November 2026, 09:14".to_owned()],
        may_submit: state == "checked",
        may_sign_off: state == "submitted",
        may_answer: true,
        open: u64::from(state == "checked"),
        asked: state == "checked",
        to_mend: vec!["costs".to_owned(), "services".to_owned()],
        tables: vec![("costs".to_owned(), 12_345, None)],
        judged: None,
        failed: None,
        progress: (state == "draft").then(|| Progress {
            percent: "40%".to_owned(),
            done: 40,
            message: "Reading: 2.0 of 5.0 MB".to_owned(),
        }),
    };
    let cases = [
        ("submission-queued", "draft", None, false),
        ("submission-refused", "refused", Some(samples::check(3, false, false)), false),
        ("submission-hostile", "refused", Some(samples::check(700, false, true)), true),
        ("submission-checked", "checked", Some(samples::check(1, true, false)), false),
        ("submission-sign-off", "submitted", Some(samples::check(0, true, false)), false),
    ];
    for (name, state, check, hostile) in cases {
        let query = ProblemQuery::default();
        let view = SubmissionView::new(facts(state, hostile), check.as_ref(), &rules(), &query);
        look(name, "submission.html", "/submissions/01", hostile, &view);
    }
    let check = samples::check(700, false, true);
    for (name, rule) in [("some", "money.decimals"), ("nothing", "<script>alert(1)</script>")] {
        let query = ProblemQuery { rule: rule.to_owned(), ..ProblemQuery::default() };
        let view = SubmissionView::new(facts("refused", true), Some(&check), &rules(), &query);
        let name = format!("submission-rows-{name}");
        look(&name, "submission.html", "/submissions/01", true, &view);
    }
}

#[test]
fn signing() {
    let asked = samples::asked(40);
    let book_missing = "there is no table of services yet: hand it in first";
    let (many, plain) = (samples::others(130, true), samples::others(2, false));
    let (matter, nothing) = (samples::matter(9), samples::matter(0));
    let cases = [
        ("signing-open", true, Ok((&many, &matter)), false),
        ("signing-ready", false, Ok((&many, &matter)), false),
        ("signing-indices", false, Ok((&plain, &nothing)), true),
        ("signing-no-book", false, Err(book_missing), false),
    ];
    for (name, open, found, signed) in cases {
        let facts = SigningFacts {
            id: "01".to_owned(),
            title: "Costs, version 3".to_owned(),
            owner: "RY8".to_owned(),
            may_answer: open,
            may_sign_off: !signed,
            signed,
            refused: open,
        };
        let asked = if open { asked.as_slice() } else { &[] };
        let view = SigningView::new(facts, asked, &rules(), found, None);
        look(name, "signing.html", "/submissions/01", open, &view);
    }
}

#[test]
fn versions() {
    let row = |number: u64, here| VersionRow {
        link: Link::new(format!("Costs, version {number}"), "/submissions/01"),
        here,
        when: "12 November 2026, 09:14 UTC by you".to_owned(),
        tag: Tag::new("Signed off", "green"),
        published: if here { String::new() } else { "1, 2, 3".to_owned() },
        holds: if here { Vec::new() } else { vec![words(true, ""), "Ledger: 4 rows".to_owned()] },
        sha256: "ab".repeat(32),
        compare: (!here).then(|| Link::new("What changed since version 1", "/submissions/01")),
    };
    let whose = |name: &str| name.to_owned();
    let rows = vec![row(2, true), row(1, false)];
    let view = VersionsView::new("01", whose("Costs, version 2"), whose("RY8"), rows);
    look("versions", "versions.html", "/submissions/01", true, &view);
    let view = VersionsView::new("01", whose("Costs, version 1"), whose("RY8"), vec![row(1, true)]);
    look("versions-one", "versions.html", "/submissions/01", false, &view);
    let table = |rows: Option<usize>| Compared {
        table: "costs".to_owned(),
        against: rows.map(|_| Link::new("Costs, version 1", "/submissions/02")),
        differences: rows.map(samples::differences),
    };
    let cases = [
        ("differences-many", vec![table(Some(1_500)), table(Some(0)), table(None)]),
        ("differences-few", vec![table(Some(2))]),
        ("differences-first", vec![table(None)]),
    ];
    for (name, tables) in cases {
        let view = DifferencesView {
            id: "01".to_owned(),
            title: whose("Costs, version 2"),
            owner: whose("RY8"),
            ..DifferencesView::new(&tables)
        };
        look(name, "differences.html", "/submissions/01", true, &view);
    }
}

#[test]
fn answers() {
    let asked = samples::asked(60);
    let path = "/submissions/01/answers";
    let typed = Typed {
        table: "costs".to_owned(),
        rule: "costs.negative".to_owned(),
        text: HOSTILE.to_owned(),
        why: "An answer has 1 to 2000 characters of plain text".to_owned(),
        ..Typed::default()
    };
    let of = |view: QueriesView, may_answer: bool| QueriesView {
        id: "01".to_owned(),
        title: "Costs, version 3".to_owned(),
        owner: "RY8".to_owned(),
        may_answer,
        ..view
    };
    let groups = |typed: &[Typed]| QueriesView::groups(&asked, &rules(), path, typed);
    assert_eq!(groups(&[]).answer.split(' ').next(), Some("41"), "{}", groups(&[]).answer);
    let cases = [
        ("answers", of(groups(&[]), true)),
        ("answers-wrong", of(groups(&[typed]), true)),
        ("answers-read", of(groups(&[]), false)),
        ("answers-none", of(QueriesView::groups(&[], &rules(), path, &[]), true)),
    ];
    for (name, view) in cases {
        look(name, "answers.html", "/submissions/01", true, &view);
    }
    let query =
        RowQuery { table: "costs".to_owned(), rule: "costs.negative".to_owned(), page: Some(2) };
    let rows = QueriesView::rows(&asked, &rules(), path, &query, &[]).expect("rows");
    assert_eq!(rows.rows.as_ref().map(|rows| rows.rows.len()), Some(25));
    look("answers-rows", "answers.html", "/submissions/01", true, &of(rows, true));
    let none = RowQuery { rule: "no.such".to_owned(), ..query };
    assert!(QueriesView::rows(&asked, &rules(), path, &none, &[]).is_none());
}

#[test]
fn formats() {
    let catalogue = crate::Catalogue::embedded().expect("definitions");
    let view = FormatsView::new(&catalogue.tables, &catalogue.rules, Some("provider"), true);
    look("formats", "formats.html", "/formats", false, &view);
    for table in catalogue.tables.iter() {
        let view = FormatView::from(table);
        look(&format!("format-{}", table.name), "format.html", "/formats/x", false, &view);
    }
}

#[test]
fn editions() {
    let row = EditionRow {
        number: 12,
        when: "14 November 2026, by Robin Example".to_owned(),
        tables: "17 tables".to_owned(),
        valued: "computed".to_owned(),
        book_sha256: Some("a".repeat(64)),
    };
    let waiting = WaitingRow {
        link: Link::new("Costs, version 4", "/submissions/2"),
        owner: HOSTILE.to_owned(),
        when: "today".to_owned(),
    };
    look(
        "editions",
        "editions.html",
        "/editions",
        true,
        &EditionsView::new(vec![row], vec![waiting], true),
    );
    look(
        "editions-empty",
        "editions.html",
        "/editions",
        false,
        &EditionsView::new(Vec::new(), Vec::new(), true),
    );
}

#[test]
fn values() {
    let cases = [
        ("value", 14, false),
        ("value-hostile", 40, true),
        ("value-huge", 2_000, false),
        ("value-empty", 0, false),
    ];
    for (name, lines, hostile) in cases {
        let value = samples::value(lines, hostile);
        let view = ValueView::new(&value, &ValueQuery::default());
        assert_eq!(view.rows.len(), lines.min(100));
        look(name, "value.html", "/value", hostile, &view);
        let query = ValueQuery {
            view: "whole-service".to_owned(),
            sort: "-spend".to_owned(),
            sector: "acute".to_owned(),
            page: Some(2),
        };
        look(
            &format!("{name}-whole"),
            "value.html",
            "/value",
            hostile,
            &ValueView::new(&value, &query),
        );
        for service in value.services.iter().skip(5).take(2) {
            let name = format!("{name}-{}", service.service.replace('/', "-"));
            let view = ServiceView::new(&value, service, None);
            look(&name, "service.html", "/value/x", hostile, &view);
        }
    }
}

#[test]
fn method_statements() {
    look(
        "method-none",
        "method.html",
        "/value",
        false,
        &MethodView::not_yet("nothing is published"),
    );
    for hostile in [false, true] {
        let name = if hostile { "method-hostile" } else { "method" };
        let view = MethodView::new(12, &samples::method(hostile));
        look(name, "method.html", "/value", hostile, &view);
    }
}

#[test]
fn scenarios() {
    let run = RunRow {
        link: Link::new("On edition 12", "/runs/1"),
        when: "14 November 2026, 10:02".to_owned(),
        tag: outcome_tag("optimal", true),
    };
    let row = |name: &str, run: Option<&RunRow>| ScenarioRow {
        link: Link::new(name, "/scenarios/1"),
        when: "14 November 2026".to_owned(),
        run: run.cloned(),
    };
    let rows = vec![row("Hold the total, follow value", Some(&run)), row(HOSTILE, None)];
    look("scenarios", "scenarios.html", "/scenarios", true, &ScenariosView::new(rows, true));
    look(
        "scenarios-empty",
        "scenarios.html",
        "/scenarios",
        false,
        &ScenariosView::new(Vec::new(), false),
    );
    let form =
        ScenarioForm { name: HOSTILE.to_owned(), draws: "x".to_owned(), ..ScenarioForm::default() };
    let errors = form.to_toml("2024-25").expect_err("wrong draws");
    let view = ScenarioFormView { form, errors, edition: Some("edition 12".to_owned()) };
    look("scenario-new-wrong", "scenario-new.html", "/scenarios/new", true, &view);
    let view =
        ScenarioFormView { edition: Some("edition 12".to_owned()), ..ScenarioFormView::default() };
    look("scenario-new", "scenario-new.html", "/scenarios/new", false, &view);
    let view = ScenarioView {
        id: "1".to_owned(),
        name: HOSTILE.to_owned(),
        when: "Written on 14 November 2026".to_owned(),
        toml: ScenarioForm { name: HOSTILE.to_owned(), ..ScenarioForm::default() }
            .to_toml("2024-25")
            .expect("a file"),
        may_run: true,
        runs: vec![run],
    };
    look("scenario", "scenario.html", "/scenarios/1", true, &view);
}

#[test]
fn runs() {
    let page = |result, progress, failed: Option<&str>| RunPage {
        id: "1".to_owned(),
        scenario: Link::new("Hold the total, follow value", "/scenarios/1"),
        asked: "On edition 12, asked for by Robin Example on 14 November 2026, 10:02".to_owned(),
        progress,
        failed: failed.map(str::to_owned),
        result,
    };
    let cases = [
        ("run", samples::run(14, false), false),
        ("run-hostile", samples::run(40, true), true),
        ("run-huge", samples::run(2_000, false), false),
        ("run-nothing", samples::run(0, false), false),
        ("run-infeasible", samples::infeasible(false), false),
        ("run-infeasible-hostile", samples::infeasible(true), true),
    ];
    for (name, run, hostile) in cases {
        let view = RunView::new(&run, "/runs/1", &RunQuery::default());
        look(name, "run.html", "/scenarios", hostile, &page(Some(view), None, None));
    }
    let progress = Progress { percent: "40%".to_owned(), done: 40, message: String::new() };
    look("run-queued", "run.html", "/scenarios", false, &page(None, Some(progress), None));
    look(
        "run-failed",
        "run.html",
        "/scenarios",
        false,
        &page(None, None, Some("The book could not be read.")),
    );
}
