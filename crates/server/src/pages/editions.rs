//! Editions of the book.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use std::collections::BTreeSet;
use store::{Edition, Page, SubmissionState};
use tenancy::{Permission, Permitted, Scope, demand};

use super::format::plural;
use super::frame::{by, moment, shown};
use super::see_other;
use super::submissions::{latest_of_each, title};
use super::values::is_not_yet;
use super::view::Link;
use super::view::edition::{EditionView, PartRow, SinceView};
use super::view::editions::{EditionRow, EditionsView, WaitingRow};
use super::view::table::{After, older};
use crate::actions::{editions, standing, submissions};
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
        let may_publish = who.may(Permission::Publish);
        let waiting = if page.after.is_none() { waiting(state, who)? } else { Vec::new() };
        let older = older("/editions", found.next.as_deref());
        Ok(EditionsView { older, ..EditionsView::new(rows, waiting, may_publish) })
    })
    .await
}

/// One edition: how complete it is, what changed, what it is made of.
#[get("/editions/{number}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
) -> Result<HttpResponse, Problem> {
    let number = number.into_inner();
    shown(&state, &who, "/editions/one", "edition.html", move |state, who| {
        view(state, who, &editions::one(state, who, number)?)
    })
    .await
}

fn view(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: &Edition,
) -> Result<EditionView, Problem> {
    let number = edition.number;
    let standing = match standing::of_edition(state, who, number) {
        Ok(standing) => Ok(standing),
        Err(problem) if is_not_yet(&problem) => Err(problem.detail),
        Err(problem) => return Err(problem),
    };
    let parts = standing::parts(state, who, edition)?;
    let first = number <= 1;
    let rows: Vec<PartRow> = parts.iter().map(|part| PartRow::of(part, first)).collect();
    let owners: BTreeSet<_> = edition.parts.iter().map(|part| &part.owner).collect();
    let latest = editions::latest(state, who)?.map_or(number, |latest| latest.number);
    let link = |number: u64| Link::new(format!("Edition {number}"), format!("/editions/{number}"));
    let sees = who.may(Permission::ReadSubmissions) && standing.is_ok();
    let told = standing.as_ref().map_err(String::as_str);
    Ok(EditionView {
        published: format!(
            "Published{} on {}",
            by(who, &edition.created_by),
            moment(edition.created_at)
        ),
        since: if first { None } else { Some(since(state, who, number, &rows)?) },
        parts: rows,
        book_sha256: edition.book_sha256.clone(),
        parameters_sha256: edition.parameters_sha256.clone(),
        others: sees.then(|| format!("/editions/{number}/others")),
        previous: number.checked_sub(1).filter(|number| *number > 0).map(link),
        next: number.checked_add(1).filter(|number| *number <= latest).map(link),
        ..EditionView::new(number, edition.parts.len(), owners.len(), told)
    })
}

/// What changed since the edition before, of what this person sees in both.
fn since(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    number: u64,
    parts: &[PartRow],
) -> Result<SinceView, Problem> {
    let before = number.saturating_sub(1);
    let values = editions::value(state, who, Some(before))
        .and_then(|old| Ok((old, editions::value(state, who, Some(number))?)));
    match values {
        Ok((old, now)) => Ok(SinceView::of(before, &old, &now, parts)),
        Err(problem) if is_not_yet(&problem) => Ok(SinceView::unknown(before, &problem.detail)),
        Err(problem) => Err(problem),
    }
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
