//! Editions of the book.

use actix_web::web::{Data, Query};
use actix_web::{HttpResponse, get, post};
use store::{Edition, Page, SubmissionState};
use tenancy::{Permission, Permitted, Scope, demand};

use super::format::plural;
use super::frame::{by, moment, shown};
use super::see_other;
use super::submissions::{latest_of_each, title};
use super::view::Link;
use super::view::editions::{EditionRow, EditionsView, WaitingRow};
use super::view::table::{After, older};
use crate::actions::{editions, submissions};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// What is published, and what waits to be.
#[get("/editions")]
pub async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<After>,
) -> Result<HttpResponse, Problem> {
    let page = Page { after: query.into_inner().after, size: None };
    shown(&state, &who, "/editions", "editions.html", move |state, who| {
        let found = editions::list(state, who, &page)?;
        let rows = found.items.iter().map(|edition| row(who, edition)).collect();
        let may_publish = who.role().may(Permission::Publish);
        let waiting = if page.after.is_none() { waiting(state, who)? } else { Vec::new() };
        let older = older("/editions", found.next.as_deref());
        Ok(EditionsView { older, ..EditionsView::new(rows, waiting, may_publish) })
    })
    .await
}

/// Publishes what is signed off.
#[post("/editions")]
pub async fn publish(
    state: Data<AppState>,
    who: May<demand::Publish>,
) -> Result<HttpResponse, Problem> {
    blocking(&state, move |state| editions::publish(state, &who)).await?;
    Ok(see_other("/editions"))
}

/// Signed-off tables that the latest edition does not hold.
pub fn waiting(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
) -> Result<Vec<WaitingRow>, Problem> {
    let Ok(sees) = Scope::clone(who).permit::<demand::ReadSubmissions>() else {
        return Ok(Vec::new());
    };
    let held = editions::latest(state, who)?.map(|edition| edition.parts).unwrap_or_default();
    let page = Page { after: None, size: Some(100) };
    let mut signed = submissions::list(state, &sees, &page)?.items;
    signed.retain(|submission| submission.state == SubmissionState::SignedOff);
    let new = latest_of_each(signed)
        .into_iter()
        .filter(|submission| !held.iter().any(|part| part.submission == submission.id));
    let row = |submission: store::Submission| WaitingRow {
        link: Link::new(title(&submission), format!("/submissions/{}", submission.id)),
        owner: super::submissions::owner(&submission),
        when: submission.signed_off_at.map(moment).unwrap_or_default(),
    };
    Ok(new.map(row).collect())
}

fn row(who: &Scope, edition: &Edition) -> EditionRow {
    let tables = u64::try_from(edition.parts.len()).unwrap_or(u64::MAX);
    EditionRow {
        number: edition.number,
        when: format!("{}{}", moment(edition.created_at), by(who, &edition.created_by)),
        tables: plural(tables, "table", "tables"),
        valued: if edition.book_sha256.is_some() { "computed" } else { "not yet computed" }
            .to_owned(),
        book_sha256: edition.book_sha256.clone(),
    }
}
