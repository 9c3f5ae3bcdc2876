//! What providers see of each other, and the agreement under which they do.

use actix_web::web::{Data, Json, Path};
use actix_web::{get, put};
use store::SubmissionId;
use tenancy::demand;

use crate::actions::{agreement, others};
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{AgreementJson, NewAgreementJson, OthersJson};
use crate::state::{AppState, blocking};

/// The data-sharing agreement of the book.
#[utoipa::path(tag = "agreement", responses((status = 200, body = AgreementJson)))]
#[get("/agreement")]
pub(super) async fn stands(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
) -> Result<Json<AgreementJson>, Problem> {
    Ok(Json(blocking(&state, move |state| agreement::stands(state, &who)).await?.into()))
}

/// Record the data-sharing agreement of the book, in place of the one before, which is kept.
#[utoipa::path(tag = "agreement", request_body = NewAgreementJson, responses(
    (status = 200, body = AgreementJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json")))]
#[put("/agreement")]
pub(super) async fn record(
    state: Data<AppState>,
    who: May<demand::RecordAgreement>,
    reads: May<demand::ReadBook>,
    new: Json<NewAgreementJson>,
) -> Result<Json<AgreementJson>, Problem> {
    let new = new.into_inner().try_into()?;
    let recorded = blocking(&state, move |state| {
        agreement::record(state, &who, &new)?;
        agreement::stands(state, &reads)
    });
    Ok(Json(recorded.await?.into()))
}

/// Exactly what other providers would see of a submission's owner, were it published now.
#[utoipa::path(tag = "submissions", params(("id" = String, Path)), responses(
    (status = 200, body = OthersJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not accepted, or what is signed off makes no book yet")))]
#[get("/submissions/{id}/seen-by-others")]
pub(super) async fn of_submission(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    id: Path<String>,
) -> Result<Json<OthersJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    Ok(Json(blocking(&state, move |state| others::of_submission(state, &who, &id)).await?.into()))
}

/// What others share of an edition: to a provider the lines of all others, while an agreement is
/// in force; to the Board every line as the others see it.
#[utoipa::path(tag = "editions", params(("number" = u64, Path)), responses(
    (status = 200, body = OthersJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not valued yet, or it could not be")))]
#[get("/editions/{number}/others")]
pub(super) async fn of_edition(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    number: Path<u64>,
) -> Result<Json<OthersJson>, Problem> {
    let number = number.into_inner();
    Ok(Json(blocking(&state, move |state| others::of_edition(state, &who, number)).await?.into()))
}
