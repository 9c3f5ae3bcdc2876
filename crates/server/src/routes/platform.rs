//! For whoever runs the installation: Boards by name, and nothing of what is in them.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};

use crate::actions::platform;
use crate::extract::OnPlatform;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::{ListJson, NewTenantJson, TenantJson};
use crate::state::{AppState, blocking};

/// Every Integrated Care Board of the installation, by its code.
#[utoipa::path(tag = "tenants", responses(
    (status = 200, body = ListJson<TenantJson>),
    (status = 403, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/tenants")]
pub(super) async fn list(
    state: Data<AppState>,
    who: OnPlatform,
) -> Result<Json<ListJson<TenantJson>>, Problem> {
    let found = blocking(&state, move |state| platform::tenants(state, &who.0)).await?;
    let items = found.into_iter().map(TenantJson::from).collect();
    Ok(Json(ListJson { items, next: None }))
}

/// Add an Integrated Care Board with an empty book.
#[utoipa::path(tag = "tenants", request_body = NewTenantJson, responses(
    (status = 201, body = TenantJson),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "There is one of that code"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json",
     description = "Not a code, or no name")))]
#[post("/tenants")]
pub(super) async fn create(
    state: Data<AppState>,
    who: OnPlatform,
    new: Json<NewTenantJson>,
) -> Result<HttpResponse, Problem> {
    let made =
        blocking(&state, move |state| platform::create_tenant(state, &who.0, &new.code, &new.name));
    Ok(HttpResponse::Created().json(TenantJson::from(made.await?)))
}
