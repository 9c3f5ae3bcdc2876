//! Which figures of a submission matter.

use actix_web::get;
use actix_web::web::{Data, Json, Path, Query};
use store::SubmissionId;
use tenancy::demand;

use crate::actions::figures;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{FiguresJson, FiguresQuery};
use crate::state::{AppState, blocking};

/// The figures that the result of a submission's owner hangs on most, were it published now.
#[utoipa::path(tag = "submissions", params(("id" = String, Path), FiguresQuery), responses(
    (status = 200, body = FiguresJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not accepted, or what is signed off makes no book yet")))]
#[get("/submissions/{id}/figures-that-matter")]
pub(super) async fn that_matter(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<FiguresQuery>,
) -> Result<Json<FiguresJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    let matter = blocking(&state, move |state| figures::that_matter(state, &who, &id)).await?;
    Ok(Json(FiguresJson::of(matter, query.size)))
}
