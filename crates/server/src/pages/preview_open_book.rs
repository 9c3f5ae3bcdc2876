//! Previews of the pages of the open book: editions, sharing, disputes, releases.

use ::value::{Parity, Review};
use api::dispute::{DifferenceJson, DisputeResultJson, HeadlineJson};
use openbook::bridge::Bridge as Allocation;
use openbook::quality::Quality;
use openbook::reconcile::{Reconciliation, ReconciliationStatus};
use openbook::rows::Grade;
use quantities::Pence;
use std::collections::{BTreeMap, BTreeSet};
use store::Agreement;

use super::preview::{look, words};
use super::samples::{self, HOSTILE};
use super::view::agreement::{AgreementForm, AgreementView, Fact};
use super::view::dispute::{
    self, DisputeForm, DisputeFormView, DisputeRow, DisputeView, DisputesView, FileRow, ResultView,
};
use super::view::edition::{EditionView, PartRow, SinceView};
use super::view::release::{ReleaseForm, ReleaseFormView, ReleaseRow, ReleaseView, ReleasesView};
use super::view::seen::{SeenQuery, SeenView};
use super::view::submission::Progress;
use super::view::table::Choice;
use super::view::{FieldError, Link, Tag};
use crate::actions::agreement::ALWAYS;
use crate::actions::others::Others;
use crate::actions::releases::Released;
use crate::engine::{Activity, SeenLine, Standing};

fn money(text: &str) -> Pence {
    text.parse().expect("money")
}

fn standing() -> Standing {
    let sector = |name: &str, spend: &str, part: &str, provider: &str| Parity {
        sector: name.to_owned(),
        providers: BTreeSet::from([provider.parse().expect("a code")]),
        spend: money(spend),
        signed_off: money(spend),
        reconciled: money(part),
        fresh: Pence::ZERO,
        by_grade: BTreeMap::from([(Grade::A, money(part)), (Grade::D, money("1"))]),
    };
    let provider: quantities::ProviderCode = "RTG".parse().expect("a code");
    let year: quantities::FinYear = "2024-25".parse().expect("a year");
    let review = Review {
        reconciliation: vec![Reconciliation {
            provider: provider.clone(),
            year,
            costed: money("98700000"),
            excluded: money("1100000"),
            accounts: money("100000000"),
            difference: money("-200000"),
            difference_pct: Some(-0.2),
            status: ReconciliationStatus::Green,
        }],
        quality: vec![Quality {
            provider,
            score: Some(72.0),
            areas: Vec::new(),
            with_outcome_pct: 80.0,
            with_staff_pct: 90.0,
            with_equity_pct: 10.0,
            by_grade: BTreeMap::new(),
            complete_to: "2025-03-31".parse().ok(),
            stale: Some(true),
        }],
        bridges: vec![Allocation {
            year,
            lines: BTreeMap::from([
                ("allocation".to_owned(), money("100.00")),
                ("contracts_in_book".to_owned(), money("99.99")),
            ]),
            difference: money("0.01"),
            contracts: money("99.99"),
            contracts_difference: Pence::ZERO,
        }],
    };
    let parity = vec![
        sector("acute", "98700000", "90000000", "RTG"),
        sector("mental_health", "41000000", "4000000", "RXM"),
    ];
    Standing { parity, review, fresh_days: 31.0 }
}

#[test]
fn editions() {
    let part = |hostile: bool, since: Option<Tag>| PartRow {
        owner: "RTG".to_owned(),
        table: words(hostile, "Costs"),
        version: Some(Link::new("Version 3", "/submissions/1")),
        rows: "12,345".to_owned(),
        total: "£98,700,000.00".to_owned(),
        signed_off: "14 November 2026".to_owned(),
        anew: since.is_some(),
        changes: since.is_some().then(|| "/submissions/1/history".to_owned()),
        since,
    };
    let standing = standing();
    let first = EditionView {
        published: "Published by you on 14 November 2026, 09:14 UTC".to_owned(),
        parts: vec![part(false, None)],
        next: Some(Link::new("Edition 2", "/editions/2")),
        ..EditionView::new(1, 1, 1, Err("edition 1 is still being valued"))
    };
    assert_eq!(
        first.answer,
        "Edition 1 holds 1 table of 1 organisation. Edition 1 is still being valued."
    );
    look("edition-first", "edition.html", "/editions/1", false, &first);
    let before = samples::value(14, true);
    let mut now = before.clone();
    now.services.truncate(9);
    let parts = vec![part(true, Some(Tag::new("Handed in anew", "blue")))];
    let second = EditionView {
        published: "Published on 14 November 2026, 09:14 UTC".to_owned(),
        since: Some(SinceView::of(1, &before, &now, &parts)),
        parts,
        previous: Some(Link::new("Edition 1", "/editions/1")),
        others: Some("/editions/2/others".to_owned()),
        book_sha256: Some("a".repeat(64)),
        parameters_sha256: "b".repeat(64),
        ..EditionView::new(2, 17, 6, Ok(&standing))
    };
    assert!(second.answer.contains("67% of its spend reconciles"), "{}", second.answer);
    look("edition", "edition.html", "/editions/2", true, &second);
    let since = SinceView::unknown(1, "edition 2 is still being valued");
    let pending = EditionView { since: Some(since), ..EditionView::new(2, 17, 6, Err("x")) };
    look("edition-pending", "edition.html", "/editions/2", false, &pending);
}

fn agreement(purpose: &str, in_force: bool) -> Agreement {
    Agreement {
        number: 2,
        purpose: purpose.to_owned(),
        from: "2026-04-01".parse().expect("a day"),
        until: "2027-03-31".parse().expect("a day"),
        in_force,
        recorded_at: "2026-04-01T09:14:00Z".parse().expect("a time"),
        recorded_by: tenancy::PersonId::new("1".to_owned()),
    }
}

#[test]
fn sharing() {
    look(
        "agreement-none",
        "agreement.html",
        "/agreement",
        false,
        &AgreementView::new(None, ALWAYS),
    );
    let form = AgreementForm {
        purpose: HOSTILE.repeat(9),
        from_day: "\"><b>".to_owned(),
        ..AgreementForm::default()
    };
    let view = AgreementView {
        errors: form.read().expect_err("no days"),
        form: Some(form),
        lines: Some(Link::new("The lines that are shared of edition 2", "/editions/2/others")),
        ..AgreementView::new(Some(&agreement(HOSTILE, true)), ALWAYS)
    };
    look("agreement", "agreement.html", "/agreement", true, &view);
}

fn line(at: usize, hostile: bool) -> SeenLine {
    let named = !at.is_multiple_of(5);
    let activity =
        Activity { point_of_delivery: "EL".to_owned(), amount: "1234.5".parse().expect("work") };
    SeenLine {
        provider: "RTG".parse().expect("a code"),
        service: format!("RTG/{at}").parse().expect("a key"),
        named,
        provider_name: if named { words(hostile, "Derby") } else { "another provider".to_owned() },
        name: words(hostile, "Hips"),
        programme: "musculoskeletal".to_owned(),
        setting: "inpatient".to_owned(),
        sector: if at.is_multiple_of(2) { "acute" } else { "community" }.to_owned(),
        spend: named.then(|| Pence::new(i64::try_from(at).expect("small") * 10_000_000)),
        valued_spend: None,
        activity: if named { vec![activity] } else { Vec::new() },
        measures: vec!["eq5d_index".to_owned()],
        grade: Some("B".to_owned()),
        qaly: named.then_some(12.0),
        average: named.then_some(9_000.0),
        unit_cost_index: (at > 0).then_some(1.1),
    }
}

#[test]
fn lines_of_others() {
    let others = |count: usize, hostile, in_force| Others {
        agreement: Some(agreement("Planning", in_force)),
        lines: (0..count).map(|at| line(at, hostile)).collect(),
    };
    let query = SeenQuery { sort: "-spend".to_owned(), ..SeenQuery::default() };
    let view = SeenView::new(2, &others(240, true, true), false, &query).disputable();
    assert_eq!((view.rows.len(), view.pager.is_some()), (25, true));
    assert!(view.rows.iter().all(|row| row.key.is_some() == row.dispute.is_some()));
    assert_eq!(view.rows[0].seen.spend, "£23,900,000.00", "the dearest first");
    assert!(view.answer.ends_with("48 of them as indices only."), "{}", view.answer);
    look("others", "others.html", "/agreement", true, &view);
    let filtered = SeenQuery { sector: "community".to_owned(), ..SeenQuery::default() };
    let view = SeenView::new(2, &others(12, false, true), true, &filtered);
    assert_eq!(view.rows.len(), 6);
    let last = view.rows.last().expect("a row");
    assert_eq!((last.seen.spend.as_str(), last.key.as_deref()), ("–", None));
    look("others-board", "others.html", "/agreement", false, &view);
    let none = SeenView::new(2, &others(0, false, false), false, &SeenQuery::default());
    assert!(none.answer.contains("no data-sharing agreement is in force"), "{}", none.answer);
    look("others-none", "others.html", "/agreement", false, &none);
}

fn headline(spend: &str, qaly: f64) -> HeadlineJson {
    HeadlineJson {
        spend_gbp: spend.parse().ok(),
        qaly: Some(qaly),
        average_gbp_per_qaly: Some(9_000.0),
        label: Some("hold".to_owned()),
        status: Some("optimal".to_owned()),
        certified: Some(true),
        gain_qaly: Some(134.0),
        ..HeadlineJson::default()
    }
}

#[test]
fn lists_of_disputes_and_their_form() {
    let row = DisputeRow {
        link: Link::new("Costs: cost", "/disputes/1"),
        line: "RTG/110".to_owned(),
        edition: 2,
        raised: "RXM".to_owned(),
        when: "14 November 2026, 09:14 UTC".to_owned(),
        tag: dispute::state("open"),
    };
    let list = DisputesView::new(vec![row], true);
    assert_eq!(list.answer, "1 dispute is open.");
    look("disputes", "disputes.html", "/disputes", false, &list);
    look(
        "disputes-none",
        "disputes.html",
        "/disputes",
        false,
        &DisputesView::new(Vec::new(), true),
    );
    let choice = |text: &str| Choice { value: "1".into(), text: text.into(), chosen: false };
    let form = DisputeForm { claim: HOSTILE.to_owned(), ..DisputeForm::default() };
    let ask = DisputeFormView {
        line: Link::new(HOSTILE, "/value/RTG/110"),
        key: "RTG/110".to_owned(),
        provider: "RTG".to_owned(),
        by_row: true,
        figures: vec![choice("Costs: cost")],
        scenarios: vec![choice(HOSTILE)],
        errors: form.read().expect_err("no figure"),
        form,
    };
    look("dispute-new", "dispute-new.html", "/disputes/new", true, &ask);
}

fn disputed(hostile: bool) -> DisputeView {
    let claim = words(hostile, "It counts\na ward twice.");
    DisputeView {
        id: "1".to_owned(),
        title: "Costs: cost".to_owned(),
        key: "RTG/110".to_owned(),
        answer: "The result with and without the figure is being computed.".to_owned(),
        tag: dispute::state("open"),
        facts: vec![Fact { key: "What is wrong", value: claim, note: None }],
        ..DisputeView::default()
    }
}

#[test]
fn disputes() {
    let progress = Progress { percent: "50%".to_owned(), done: 50, message: String::new() };
    let waiting = DisputeView { progress: Some(progress), ..disputed(false) };
    look("dispute-waiting", "dispute.html", "/disputes/1", false, &waiting);
    let result = DisputeResultJson {
        schema: api::dispute::SCHEMA.to_owned(),
        edition: 2,
        service: "RTG/110".to_owned(),
        book_sha256: "a".repeat(64),
        disputed_book_sha256: "b".repeat(64),
        rows: 3,
        published: headline("1000000", 100.0),
        disputed: headline("900000", 90.0),
        difference: DifferenceJson::default(),
    };
    let result = ResultView::new(&result, true);
    let done = DisputeView {
        answer: result.sentence.clone(),
        result: Some(result),
        files: vec![FileRow {
            link: Link::new(HOSTILE, "/api/v1/disputes/1/evidence/a"),
            kind: "PDF, 12 kB".to_owned(),
            when: "today".to_owned(),
        }],
        may_attach: true,
        may_decide: true,
        may_withdraw: true,
        reason: HOSTILE.to_owned(),
        errors: ["verdict", "reason", "withdraw_reason", "file"]
            .map(|field| FieldError::new(field, "Say why"))
            .into(),
        ..disputed(true)
    };
    look("dispute", "dispute.html", "/disputes/1", true, &done);
    let failed = DisputeView { failed: Some(HOSTILE.to_owned()), own: true, ..disputed(false) };
    look("dispute-failed", "dispute.html", "/disputes/1", true, &failed);
}

fn released(rows: usize, hostile: bool) -> Released {
    let columns = ["fin_year", "service", "service_name", "activity", "cost_gbp", "note"];
    let row = |at: usize| {
        let hidden = at.is_multiple_of(3);
        let figures = if hidden { ["*", "*"] } else { ["120", "12340.50"] };
        let name = words(hostile, "Hips");
        let cells = ["2024-25", "RTG/110", name.as_str(), figures[0], figures[1], ""];
        cells.map(str::to_owned).to_vec()
    };
    let total = ["Total", "", "", "*", "*", "hidden: a row is hidden; activity is rounded to 5"];
    let release = store::Release {
        id: "0193f2a0-0000-7000-8000-000000000001".parse().expect("an id"),
        edition: 2,
        purpose: words(hostile, "The scrutiny committee"),
        content_sha256: "c".repeat(64),
        created_at: "2026-11-14T09:14:00Z".parse().expect("a time"),
        created_by: tenancy::PersonId::new("1".to_owned()),
    };
    let total = std::iter::once(total.map(str::to_owned).to_vec());
    Released {
        release,
        columns: columns.map(str::to_owned).to_vec(),
        rows: (0..rows).map(row).chain(total).collect(),
    }
}

#[test]
fn releases() {
    let none = ReleasesView::new(Vec::new(), true);
    look("releases-none", "releases.html", "/releases", false, &none);
    let row = ReleaseRow {
        link: Link::new(HOSTILE, "/releases/1"),
        edition: 2,
        when: "14 November 2026, 09:14 UTC by you".to_owned(),
    };
    look("releases", "releases.html", "/releases", true, &ReleasesView::new(vec![row], true));
    let form = ReleaseForm { purpose: String::new(), is: HOSTILE.to_owned(), ..Default::default() };
    let errors = form.read().expect_err("no purpose");
    let ask = ReleaseFormView::new(Some(2), form, errors);
    look("release-new-wrong", "release-new.html", "/releases/new", true, &ask);
    let none = ReleaseFormView::new(None, ReleaseForm::default(), Vec::new());
    look("release-new-none", "release-new.html", "/releases/new", false, &none);
    let view = ReleaseView::new(&released(240, true), 2);
    assert_eq!(view.answer, "This table has 240 rows; 80 of them are hidden, and so is the total.");
    assert_eq!((view.rows.len(), view.columns.len(), view.total.len()), (50, 6, 6));
    assert_eq!(view.notes, ["Activity is rounded to 5"]);
    look("release", "release.html", "/releases/1", true, &view);
}
