//! Answers to what the checks ask.

use actix_web::web::{Data, Json, Path};
use actix_web::{get, post};
use store::{NewAnswer, SubmissionId};
use tenancy::demand;

use crate::actions::answers;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{NewAnswersJson, QueriesJson};
use crate::state::{AppState, blocking};

/// What the check asks, with the answers; what was answered to the same query of an earlier
/// version is offered to be confirmed.
#[utoipa::path(tag = "submissions", params(("id" = String, Path)), responses(
    (status = 200, body = QueriesJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/submissions/{id}/answers")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    id: Path<String>,
) -> Result<Json<QueriesJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    Ok(Json(blocking(&state, move |state| answers::list(state, &who, &id)).await?.into()))
}

/// Answer queries of a submission of your own organisation, before its sign-off. A later answer
/// stands in place of an earlier one, which is kept.
#[utoipa::path(tag = "submissions", params(("id" = String, Path)), request_body = NewAnswersJson,
    responses(
        (status = 200, body = QueriesJson),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "Signed off already, or not accepted"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "No such query, or not an answer")))]
#[post("/submissions/{id}/answers")]
pub(super) async fn give(
    state: Data<AppState>,
    who: May<demand::Upload>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
    new: Json<NewAnswersJson>,
) -> Result<Json<QueriesJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    let new: Vec<NewAnswer> = new.into_inner().answers.into_iter().map(NewAnswer::from).collect();
    let asked = blocking(&state, move |state| {
        answers::give(state, &who, &id, &new)?;
        answers::list(state, &sees, &id)
    });
    Ok(Json(asked.await?.into()))
}
