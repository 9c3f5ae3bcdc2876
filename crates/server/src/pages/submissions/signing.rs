//! Before a signature, and the signature.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;
use store::{SubmissionId, SubmissionState};
use tenancy::{Permitted, Scope, demand};

use super::{address, may_answer, owner, see_other, title};
use crate::actions::{answers, figures, others, submissions};
use crate::extract::May;
use crate::pages::frame::{answered, shown};
use crate::pages::view::submission::{SigningFacts, SigningView};
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Which page of a long table.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct AtPage {
    page: Option<usize>,
}

/// What is to be looked at before signing off.
#[get("/submissions/{id}/sign-off")]
pub async fn look(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<AtPage>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let page = query.into_inner().page;
    shown(&state, &who, "/submissions/one", "signing.html", move |state, who| {
        view(state, who, &sees, &id, page, false)
    })
    .await
}

/// Signs a submission off; where something is still to be answered, says what.
#[post("/submissions/{id}/sign-off")]
pub async fn sign_off(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    signs: May<demand::SignOff>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let asked = id.clone();
    let done = blocking(&state, move |state| submissions::sign_off(state, &signs, &asked)).await;
    match done {
        Ok(_) => Ok(see_other(&address(&id))),
        Err(problem) if problem.code == "queries_unanswered" => {
            let status = StatusCode::CONFLICT;
            answered(&state, &who, status, "/submissions/one", "signing.html", move |state, who| {
                view(state, who, &sees, &id, None, true)
            })
            .await
        }
        Err(problem) => Err(problem),
    }
}

fn view(
    state: &AppState,
    who: &Scope,
    sees: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
    page: Option<usize>,
    refused: bool,
) -> Result<SigningView, Problem> {
    let submission = submissions::details(state, sees, id)?.submission;
    if matches!(submission.state, SubmissionState::Draft | SubmissionState::Refused) {
        let why = "this version was not accepted by the checks, or is still being checked";
        return Err(Problem::conflict(why));
    }
    let asked = answers::list(state, sees, id)?;
    let both = others::of_submission(state, sees, id)
        .and_then(|others| Ok((others, figures::that_matter(state, sees, id)?)));
    let found = match both {
        Err(problem) if problem.code == "conflict" => Err(problem.detail),
        both => Ok(both?),
    };
    let facts = SigningFacts {
        id: id.to_string(),
        title: title(&submission),
        owner: owner(&submission),
        may_answer: may_answer(who, &submission),
        may_sign_off: submissions::may_sign_off(who, &submission),
        signed: submission.state == SubmissionState::SignedOff,
        refused,
    };
    let found = found.as_ref().map(|(others, matter)| (others, matter)).map_err(String::as_str);
    Ok(SigningView::new(facts, &asked, &state.catalogue.rules, found, page))
}
