//! Disputed figures.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use actix_web::web::{Bytes, Data, Json, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use futures_util::stream::{self, Stream};
use store::DisputeId;
use tenancy::demand;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::BASE;
use crate::actions::disputes;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{
    DisputeJson, EvidenceQuery, ListJson, NewDecisionJson, NewDisputeJson, PageQuery,
    WithdrawalJson,
};
use crate::state::{AppState, blocking};

/// The disputes you may see, newest first: the Board all, a provider those it raised and those of
/// its own services.
#[utoipa::path(tag = "disputes", params(PageQuery), responses(
    (status = 200, body = ListJson<DisputeJson>),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/disputes")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::Dispute>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<DisputeJson>>, Problem> {
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| disputes::list(state, &who, &page)).await?;
    let items = found.items.into_iter().map(DisputeJson::try_from).collect::<Result<_, _>>()?;
    Ok(Json(ListJson { items, next: found.next }))
}

/// Dispute a published figure that you see. A worker computes the result with and without it.
#[utoipa::path(tag = "disputes", request_body = NewDisputeJson, responses(
    (status = 202, body = DisputeJson, description = "A worker computes the result"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "The edition is not valued"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "No such figure, or nothing that can stand there")))]
#[post("/disputes")]
pub(super) async fn raise(
    state: Data<AppState>,
    who: May<demand::Dispute>,
    reads: May<demand::ReadBook>,
    new: Json<NewDisputeJson>,
) -> Result<HttpResponse, Problem> {
    let new = new.into_inner().try_into()?;
    let status = blocking(&state, move |state| {
        let id = disputes::raise(state, &who, &reads, &new)?;
        disputes::status(state, &who, &id)
    });
    let dispute = DisputeJson::try_from(status.await?)?;
    let place = format!("{BASE}/disputes/{}", dispute.id);
    Ok(HttpResponse::Accepted().insert_header((LOCATION, place)).json(dispute))
}

/// One dispute, with the result with and without the figure once it is computed.
#[utoipa::path(tag = "disputes", params(("id" = String, Path)), responses(
    (status = 200, body = DisputeJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/disputes/{id}")]
pub(super) async fn one(
    state: Data<AppState>,
    who: May<demand::Dispute>,
    id: Path<String>,
) -> Result<Json<DisputeJson>, Problem> {
    let id: DisputeId = id.parse()?;
    let status = blocking(&state, move |state| disputes::status(state, &who, &id)).await?;
    Ok(Json(status.try_into()?))
}

/// Accept, reject or withdraw a dispute, with the reason.
#[utoipa::path(tag = "disputes", params(("id" = String, Path)), request_body = NewDecisionJson,
    responses(
        (status = 200, body = DisputeJson),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/disputes/{id}/decision")]
pub(super) async fn decide(
    state: Data<AppState>,
    who: May<demand::DecideDisputes>,
    sees: May<demand::Dispute>,
    id: Path<String>,
    new: Json<NewDecisionJson>,
) -> Result<Json<DisputeJson>, Problem> {
    let id: DisputeId = id.parse()?;
    let status = blocking(&state, move |state| {
        disputes::decide(state, &who, &id, new.verdict()?, &new.reason)?;
        disputes::status(state, &sees, &id)
    });
    Ok(Json(status.await?.try_into()?))
}

/// Withdraw a dispute that your own organisation raised, with the reason.
#[utoipa::path(tag = "disputes", params(("id" = String, Path)), request_body = WithdrawalJson,
    responses(
        (status = 200, body = DisputeJson),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/disputes/{id}/withdraw")]
pub(super) async fn withdraw(
    state: Data<AppState>,
    who: May<demand::Dispute>,
    id: Path<String>,
    new: Json<WithdrawalJson>,
) -> Result<Json<DisputeJson>, Problem> {
    let id: DisputeId = id.parse()?;
    let status = blocking(&state, move |state| {
        disputes::withdraw(state, &who, &id, &new.reason)?;
        disputes::status(state, &who, &id)
    });
    Ok(Json(status.await?.try_into()?))
}

/// Attach a file to an open dispute that you see: a PDF, CSV or workbook (XLSX) of at most 10 MiB
/// as the body.
#[utoipa::path(tag = "disputes", params(("id" = String, Path), EvidenceQuery),
    request_body(content(
        (String = "application/pdf"),
        (String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses(
        (status = 201, body = DisputeJson),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/disputes/{id}/evidence")]
pub(super) async fn attach(
    state: Data<AppState>,
    who: May<demand::Dispute>,
    id: Path<String>,
    query: Query<EvidenceQuery>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let id: DisputeId = id.parse()?;
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    let name = query.into_inner().file_name;
    disputes::attach(&state, &who, id.clone(), body, &kind, name).await?;
    let status = blocking(&state, move |state| disputes::status(state, &who, &id)).await?;
    Ok(HttpResponse::Created().json(DisputeJson::try_from(status)?))
}

/// A file that was attached to a dispute, as a download.
#[utoipa::path(tag = "disputes",
    params(("id" = String, Path), ("sha256" = String, Path)),
    responses(
        (status = 200, content_type = "application/octet-stream", body = String),
        (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/disputes/{id}/evidence/{sha256}")]
pub(super) async fn evidence(
    state: Data<AppState>,
    who: May<demand::Dispute>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, sha256) = path.into_inner();
    let id: DisputeId = id.parse()?;
    let found = blocking(&state, move |state| disputes::evidence(state, &who, &id, &sha256));
    let (attached, place) = found.await?;
    let file = File::open(place).await?;
    // The name is ours: what was sent as one may be anything.
    let name = attached.file.sha256.get(..12).unwrap_or("file").to_owned();
    let ending = match attached.file.media_type.as_str() {
        "application/pdf" => "pdf",
        "text/csv" => "csv",
        _ => "xlsx",
    };
    let disposition = format!("attachment; filename=\"evidence-{name}.{ending}\"");
    Ok(HttpResponse::Ok()
        .content_type(attached.file.media_type)
        .insert_header((CONTENT_DISPOSITION, disposition))
        .streaming(read(file)))
}

/// A file in pieces.
fn read(file: File) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let mut piece = vec![0; 64 * 1024];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(size) => {
                piece.truncate(size);
                Some((Ok(piece.into()), Some(file)))
            }
            Err(error) => Some((Err(error.into()), None)),
        }
    })
}
