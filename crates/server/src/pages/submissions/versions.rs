//! The versions of what was handed in, and what changed between them.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::{Page, Submission, SubmissionId, SubmissionState};
use tenancy::{Permitted, Scope, demand};

use super::{address, owner, title};
use crate::actions::submissions;
use crate::extract::May;
use crate::pages::format::{money_full, plural};
use crate::pages::frame::{by, moment, shown};
use crate::pages::view::Link;
use crate::pages::view::labels::submission_state;
use crate::pages::view::submission::{Compared, DifferencesView, VersionRow, VersionsView};
use crate::pages::view::table::{After, Choice, older};
use crate::problem::Problem;
use crate::state::AppState;

/// Versions that one may choose to compare with.
const CHOICES: u32 = 100;

/// Every version of what a submission is about.
#[get("/submissions/{id}/history")]
pub async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<After>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let page = Page { after: query.into_inner().after, size: None };
    shown(&state, &who, "/submissions/one", "versions.html", move |state, who| {
        let submission = submissions::details(state, &sees, &id)?.submission;
        let found = submissions::history(state, &sees, &id, &page)?;
        let rows: Vec<VersionRow> =
            found.items.iter().map(|other| row(who, &submission, other)).collect();
        let older = older(&format!("{}/history", address(&id)), found.next.as_deref());
        Ok(VersionsView {
            older,
            ..VersionsView::new(id.as_str(), title(&submission), owner(&submission), rows)
        })
    })
    .await
}

fn row(who: &Scope, here: &Submission, version: &Submission) -> VersionRow {
    let holds = version.tables.iter().map(|table| {
        let money = table.total.map(|total| format!(", {}", money_full(total))).unwrap_or_default();
        let name = crate::pages::view::labels::upload_table(&table.table);
        format!("{name}: {}{money}", plural(table.rows, "row", "rows"))
    });
    let editions: Vec<String> = version.published_in.iter().map(u64::to_string).collect();
    let is_here = version.id == here.id;
    VersionRow {
        link: Link::new(title(version), address(&version.id)),
        here: is_here,
        when: format!("{}{}", moment(version.created_at), by(who, &version.created_by)),
        tag: submission_state(version.standing().code()),
        published: editions.join(", "),
        holds: holds.collect(),
        sha256: version.file_sha256.clone(),
        compare: (!is_here && accepted(here) && accepted(version)).then(|| {
            let place = format!("{}/differences?against={}", address(&here.id), version.id);
            Link::new(format!("Compare with {}", title(version)), place)
        }),
    }
}

fn accepted(submission: &Submission) -> bool {
    !matches!(submission.state, SubmissionState::Draft | SubmissionState::Refused)
}

/// Which version to compare with: the accepted one before, unless told.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Against {
    #[serde(default)]
    against: String,
}

/// What changed since another version.
#[get("/submissions/{id}/differences")]
pub async fn compare(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<Against>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let against = Some(query.into_inner().against).filter(|text| !text.is_empty());
    let against = against.map(|text| text.parse::<SubmissionId>()).transpose()?;
    shown(&state, &who, "/submissions/one", "differences.html", move |state, _| {
        compared(state, &sees, &id, against.as_ref())
    })
    .await
}

fn compared(
    state: &AppState,
    sees: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
    against: Option<&SubmissionId>,
) -> Result<DifferencesView, Problem> {
    let submission = submissions::details(state, sees, id)?.submission;
    let page = Page { after: None, size: Some(CHOICES) };
    let known = submissions::history(state, sees, id, &page)?.items;
    let others: BTreeMap<&SubmissionId, &Submission> =
        known.iter().map(|version| (&version.id, version)).collect();
    let mut tables = Vec::new();
    for changed in submissions::differences(state, sees, id, against)? {
        let link = changed.against.map(|other| match others.get(&other) {
            Some(version) => Ok(Link::new(title(version), address(&other))),
            None => {
                let version = submissions::details(state, sees, &other)?.submission;
                Ok::<Link, Problem>(Link::new(title(&version), address(&other)))
            }
        });
        let against = link.transpose()?;
        let differences = against.is_some().then_some(changed.found);
        tables.push(Compared { table: changed.table, against, differences });
    }
    let usual = "The accepted version before it".to_owned();
    let mut choices = vec![Choice { value: String::new(), text: usual, chosen: against.is_none() }];
    let others = known.iter().filter(|version| version.id != *id && accepted(version));
    choices.extend(others.map(|version| Choice {
        value: version.id.to_string(),
        text: format!("{}, {}", title(version), moment(version.created_at)),
        chosen: against == Some(&version.id),
    }));
    Ok(DifferencesView {
        id: id.to_string(),
        title: title(&submission),
        owner: owner(&submission),
        against: choices,
        ..DifferencesView::new(&tables)
    })
}
