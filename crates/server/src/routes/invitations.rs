//! Invitations to a Board.

use actix_web::http::header::HOST;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use store::InvitationId;
use tenancy::demand;

use crate::actions::invitations;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{
    AcceptanceJson, InvitationJson, ListJson, MembershipJson, NewInvitationJson, PageQuery,
};
use crate::state::{AppState, blocking};

/// The open invitations to the Board, newest first; to somebody of a provider, those to that
/// provider.
#[utoipa::path(tag = "users", params(PageQuery), responses(
    (status = 200, body = ListJson<InvitationJson>),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/users/invitations")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<InvitationJson>>, Problem> {
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| invitations::list(state, &who, &page)).await?;
    Ok(Json(ListJson::of(found, InvitationJson::from)))
}

/// Invite a person. The answer has the link to hand over, this once; it holds for seven days and
/// can be used once. Inviting the same address again withdraws the earlier invitation.
#[utoipa::path(tag = "users", request_body = NewInvitationJson, responses(
    (status = 201, body = InvitationJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json",
     description = "The role or the provider is not yours to invite to"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "The person belongs to the Board already"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "No address, or role and provider do not go together")))]
#[post("/users/invitations")]
pub(super) async fn invite(
    request: HttpRequest,
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    new: Json<NewInvitationJson>,
) -> Result<HttpResponse, Problem> {
    let new = new.into_inner().try_into()?;
    let made = blocking(&state, move |state| invitations::invite(state, &who, &new));
    let (token, invitation) = made.await?;
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let link = state.site.link(&format!("/invitation/{}", token.reveal()), host);
    let shape = InvitationJson { link: Some(link), ..invitation.into() };
    Ok(HttpResponse::Created().json(shape))
}

/// Withdraw an open invitation: its link no longer works.
#[utoipa::path(tag = "users", params(("id" = String, Path)), responses(
    (status = 204, description = "Withdrawn"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[delete("/users/invitations/{id}")]
pub(super) async fn withdraw(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: InvitationId = id.parse()?;
    blocking(&state, move |state| invitations::withdraw(state, &who, &id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Accept an invitation, without being signed in: with a name and a new password, or with the
/// password of the account that the address has already. Sign in afterwards.
#[utoipa::path(tag = "users", params(("token" = String, Path, description = "The end of the link")),
    request_body = AcceptanceJson, responses(
    (status = 201, body = MembershipJson),
    (status = 401, body = ProblemBody, content_type = "application/problem+json",
     description = "Not the password of the account"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json",
     description = "No such invitation, or it was accepted, withdrawn or has expired"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "The person belongs to the Board already"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "No name, or a password that cannot be taken"),
    (status = 429, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/invitations/{token}")]
pub(super) async fn accept(
    state: Data<AppState>,
    token: Path<String>,
    given: Json<AcceptanceJson>,
) -> Result<HttpResponse, Problem> {
    let given = given.into_inner().of(token.into_inner());
    let accepted = invitations::accept(&state, given).await?;
    Ok(HttpResponse::Created().json(MembershipJson::from(accepted)))
}
