//! Handing in tables.

use actix_multipart::Multipart;
use actix_web::dev::Payload as RawPayload;
use actix_web::http::header::{CONTENT_TYPE, LOCATION};
use actix_web::web::{Data, Json, Path, Payload, Query};
use actix_web::{FromRequest, HttpRequest, HttpResponse, get, post};
use store::{SubmissionId, WORKBOOK};
use tenancy::demand;

use super::{BASE, attachment};
use crate::actions::submissions;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{
    AgainstQuery, DifferencesJson, ListJson, PageQuery, ProblemsJson, ProblemsQuery, ReceivedJson,
    SubmissionJson, TableQuery, UploadQuery,
};
use crate::state::{AppState, blocking};
use crate::upload::XLSX;

/// What you may see of what was handed in, newest first.
#[utoipa::path(tag = "submissions", params(PageQuery), responses(
    (status = 200, body = ListJson<SubmissionJson>)))]
#[get("/submissions")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<SubmissionJson>>, Problem> {
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| submissions::list(state, &who, &page)).await?;
    Ok(Json(ListJson::of(found, SubmissionJson::from)))
}

/// Hand in tables: a form with the fields `table` and `file`, or as the body the CSV itself with
/// `?table=`, or a workbook (XLSX) with a sheet a table. They are checked afterwards.
#[utoipa::path(tag = "submissions", params(UploadQuery),
    request_body(content(
        (String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "multipart/form-data"))),
    responses(
        (status = 202, body = ReceivedJson, description = "Taken in; the check follows"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/submissions")]
pub(super) async fn receive(
    state: Data<AppState>,
    who: May<demand::Upload>,
    query: Query<UploadQuery>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let UploadQuery { table, file_name } = query.into_inner();
    let received = match kind.to_ascii_lowercase().as_str() {
        "multipart/form-data" => {
            let mut raw: RawPayload = body.into_inner();
            let form = Multipart::from_request(&request, &mut raw).await;
            let form = form.map_err(|error| Problem::malformed(format!("form: {error}")))?;
            submissions::receive_form(&state, &who, form).await?
        }
        "text/csv" | "application/octet-stream" => {
            let table = table
                .ok_or_else(|| Problem::invalid("say which table it is, such as ?table=costs"))?;
            submissions::receive_raw(&state, &who, body, table, file_name).await?
        }
        XLSX => {
            let table = WORKBOOK.to_owned();
            submissions::receive_raw(&state, &who, body, table, file_name).await?
        }
        _ => {
            let kinds = format!("send text/csv, {XLSX} or multipart/form-data");
            return Err(Problem::unsupported(kinds));
        }
    };
    let received = ReceivedJson::from(received);
    let place = format!("{BASE}/submissions/{}", received.id);
    Ok(HttpResponse::Accepted().insert_header((LOCATION, place)).json(received))
}

/// One submission, with how far its check is.
#[utoipa::path(tag = "submissions", params(("id" = String, Path)), responses(
    (status = 200, body = SubmissionJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/submissions/{id}")]
pub(super) async fn one(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    id: Path<String>,
) -> Result<Json<SubmissionJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    let details = blocking(&state, move |state| submissions::details(state, &who, &id)).await?;
    Ok(Json(details.into()))
}

/// What the check found: the problems that are asked for, the totals and the reconciliation.
#[utoipa::path(tag = "submissions", params(("id" = String, Path), ProblemsQuery), responses(
    (status = 200, body = ProblemsJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not checked yet"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/submissions/{id}/problems")]
pub(super) async fn problems(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<ProblemsQuery>,
) -> Result<Json<ProblemsJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    let filter = query.into_inner().into();
    let found =
        blocking(&state, move |state| submissions::some_problems(state, &who, &id, &filter));
    let (check, next) = found.await?;
    Ok(Json(ProblemsJson { check, next }))
}

/// The rows of a table that must be mended, with the mend beside each, as a CSV file. There is
/// none where personal data was found.
#[utoipa::path(tag = "submissions", params(("id" = String, Path), TableQuery), responses(
    (status = 200, content_type = "text/csv", body = String),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/submissions/{id}/bad-rows")]
pub(super) async fn bad_rows(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<TableQuery>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let table = query.into_inner().table;
    let name = format!("valuebook-to-mend-{id}");
    let found = blocking(&state, move |state| submissions::bad_rows(state, &who, &id, table));
    let (table, csv) = found.await?;
    Ok(attachment(&format!("{name}-{table}.csv"), "text/csv; charset=utf-8", csv))
}

/// Every version that you may see of the tables that a submission is about, newest first: files of
/// one table and workbooks alike, with who handed in and signed off what, and when.
#[utoipa::path(tag = "submissions", params(("id" = String, Path), PageQuery), responses(
    (status = 200, body = ListJson<SubmissionJson>),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/submissions/{id}/history")]
pub(super) async fn history(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    id: Path<String>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<SubmissionJson>>, Problem> {
    let id: SubmissionId = id.parse()?;
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| submissions::history(state, &who, &id, &page));
    Ok(Json(ListJson::of(found.await?, SubmissionJson::from)))
}

/// What changed in the tables of a submission since another of the same owner; unless told, since
/// each table's accepted version before it.
#[utoipa::path(tag = "submissions", params(("id" = String, Path), AgainstQuery), responses(
    (status = 200, body = DifferencesJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Neither version was accepted"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "Versions of different owners")))]
#[get("/submissions/{id}/differences")]
pub(super) async fn differences(
    state: Data<AppState>,
    who: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<AgainstQuery>,
) -> Result<Json<DifferencesJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    let against: Option<SubmissionId> = query.against.as_deref().map(str::parse).transpose()?;
    let found =
        blocking(&state, move |state| submissions::differences(state, &who, &id, against.as_ref()));
    Ok(Json(found.await?.into()))
}

/// Show a checked submission of your own organisation to the Board.
#[utoipa::path(tag = "submissions", params(("id" = String, Path)), responses(
    (status = 200, body = SubmissionJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/submissions/{id}/submit")]
pub(super) async fn submit(
    state: Data<AppState>,
    who: May<demand::Upload>,
    id: Path<String>,
) -> Result<Json<SubmissionJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    let submission = blocking(&state, move |state| submissions::submit(state, &who, &id)).await?;
    Ok(Json(submission.into()))
}

/// Sign off a submission of your own organisation.
#[utoipa::path(tag = "submissions", params(("id" = String, Path)), responses(
    (status = 200, body = SubmissionJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/submissions/{id}/sign-off")]
pub(super) async fn sign_off(
    state: Data<AppState>,
    who: May<demand::SignOff>,
    id: Path<String>,
) -> Result<Json<SubmissionJson>, Problem> {
    let id: SubmissionId = id.parse()?;
    let submission = blocking(&state, move |state| submissions::sign_off(state, &who, &id)).await?;
    Ok(Json(submission.into()))
}
