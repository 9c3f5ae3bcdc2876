//! The people of a Board.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{get, post, put};
use tenancy::{PersonId, Role, demand};

use crate::actions::people;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{ListJson, NewRoleJson, PageQuery, UserJson, provider};
use crate::state::{AppState, blocking};

/// The people of the Board, by name; to somebody of a provider, those of that provider. Those whose
/// membership has ended are among them.
#[utoipa::path(tag = "users", params(PageQuery), responses(
    (status = 200, body = ListJson<UserJson>),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "The cursor names nobody of the list")))]
#[get("/users")]
pub(super) async fn list(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    page: Query<PageQuery>,
) -> Result<Json<ListJson<UserJson>>, Problem> {
    let page = page.into_inner().into();
    let found = blocking(&state, move |state| people::list(state, &who, &page)).await?;
    Ok(Json(ListJson::of(found, UserJson::from)))
}

/// One person.
#[utoipa::path(tag = "users", params(("id" = String, Path)), responses(
    (status = 200, body = UserJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/users/{id}")]
pub(super) async fn one(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    id: Path<String>,
) -> Result<Json<UserJson>, Problem> {
    let id = PersonId::new(id.into_inner());
    Ok(Json(blocking(&state, move |state| people::one(state, &who, &id)).await?.into()))
}

/// Change what a person is, from their next request on. The open invitations that they made are
/// withdrawn.
#[utoipa::path(tag = "users", params(("id" = String, Path)), request_body = NewRoleJson, responses(
    (status = 200, body = UserJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json",
     description = "Not yours to change, or it is yourself"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "It is the last administrator"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "Role and provider do not go together")))]
#[put("/users/{id}/role")]
pub(super) async fn change_role(
    state: Data<AppState>,
    who: May<demand::ManagePeople>,
    id: Path<String>,
    new: Json<NewRoleJson>,
) -> Result<Json<UserJson>, Problem> {
    let id = PersonId::new(id.into_inner());
    let role: Role =
        new.role.parse().map_err(|error: tenancy::RoleError| Problem::invalid(error))?;
    let provider = provider(new.provider.as_deref())?;
    let changed = blocking(&state, move |state| {
        people::change_role(state, &who, &id, role, provider.as_ref())
    });
    Ok(Json(changed.await?.into()))
}

/// End a person's membership, with all their sessions in the Board. What they did stays readable.
#[utoipa::path(tag = "users", params(("id" = String, Path)), responses(
    (status = 200, body = UserJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json",
     description = "Not yours to end, or it is yourself"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "It is the last administrator")))]
#[post("/users/{id}/end")]
pub(super) async fn end(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    id: Path<String>,
) -> Result<Json<UserJson>, Problem> {
    let id = PersonId::new(id.into_inner());
    Ok(Json(blocking(&state, move |state| people::end(state, &who, &id)).await?.into()))
}

/// Let a person in again, as what they were.
#[utoipa::path(tag = "users", params(("id" = String, Path)), responses(
    (status = 200, body = UserJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[post("/users/{id}/restore")]
pub(super) async fn restore(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    id: Path<String>,
) -> Result<Json<UserJson>, Problem> {
    let id = PersonId::new(id.into_inner());
    Ok(Json(blocking(&state, move |state| people::restore(state, &who, &id)).await?.into()))
}
