//! The people of a Board.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, get, post};
use store::{Member, Page};
use tenancy::{Permission, PersonId, Scope, demand};

use super::frame::{answered, shown};
use super::see_other;
use super::view::FieldError;
use super::view::people::{PeopleView, PersonRow, PersonView, RoleForm, invitation_row};
use super::view::table::{After, encoded, older};
use crate::actions::{invitations, people};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Adds the pages of people.
pub fn configure(config: &mut ServiceConfig) {
    config.service(list).service(one).service(change_role).service(end).service(restore);
}

/// Who belongs to the Board, and who is invited to.
#[get("/people")]
pub async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    manages: May<demand::ManageColleagues>,
    query: Query<After>,
) -> Result<HttpResponse, Problem> {
    let page = Page { after: query.into_inner().after, size: Some(100) };
    shown(&state, &who, "/people", "people.html", move |state, who| {
        let found = people::list(state, &manages, &page)?;
        let rows: Vec<PersonRow> =
            found.items.iter().map(|member| PersonRow::of(member, who.person())).collect();
        let whole = page.after.is_none() && found.next.is_none();
        let mut view = PeopleView::new(who.provider(), rows, whole);
        view.more = older("/people", found.next.as_deref());
        if page.after.is_none() {
            let open = invitations::list(state, &manages, &Page { after: None, size: Some(100) })?;
            view.is_cut = open.next.is_some();
            view.invitations =
                open.items.iter().map(|invitation| invitation_row(who, invitation)).collect();
        }
        Ok(view)
    })
    .await
}

/// One person, and what may be done.
#[get("/people/{id}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    manages: May<demand::ManageColleagues>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = PersonId::new(id.into_inner());
    shown(&state, &who, "/people/one", "person.html", move |state, who| {
        let member = people::one(state, &manages, &id)?;
        Ok(view(who, &member, RoleForm::of(&member), Vec::new()))
    })
    .await
}

fn view(who: &Scope, member: &Member, form: RoleForm, errors: Vec<FieldError>) -> PersonView {
    let changes = who.role().may(Permission::ManagePeople) && member.role.is_by_invitation();
    let form = changes.then_some(form);
    PersonView::new(member, who.person(), who.role().manages(member.role), form, errors)
}

/// Changes what a person is.
#[post("/people/{id}/role")]
pub async fn change_role(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    manages: May<demand::ManageColleagues>,
    changes: May<demand::ManagePeople>,
    id: Path<String>,
    form: Form<RoleForm>,
) -> Result<HttpResponse, Problem> {
    let (id, form) = (PersonId::new(id.into_inner()), form.into_inner());
    let errors = match form.read() {
        Err(errors) => errors,
        Ok((role, provider)) => {
            let asked = id.clone();
            let done = blocking(&state, move |state| {
                people::change_role(state, &changes, &asked, role, provider.as_ref())
            });
            match done.await {
                Ok(_) => return Ok(see_other(&address(&id))),
                Err(problem) if matches!(problem.code, "invalid" | "conflict") => {
                    vec![form.refused(&problem.detail)]
                }
                Err(problem) => return Err(problem),
            }
        }
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    answered(&state, &who, status, "/people/one", "person.html", move |state, who| {
        let member = people::one(state, &manages, &id)?;
        Ok(view(who, &member, form, errors))
    })
    .await
}

/// Ends a membership.
#[post("/people/{id}/end")]
pub async fn end(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = PersonId::new(id.into_inner());
    let place = address(&id);
    blocking(&state, move |state| people::end(state, &who, &id)).await?;
    Ok(see_other(&place))
}

/// Lets a person in again.
#[post("/people/{id}/restore")]
pub async fn restore(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = PersonId::new(id.into_inner());
    let place = address(&id);
    blocking(&state, move |state| people::restore(state, &who, &id)).await?;
    Ok(see_other(&place))
}

fn address(id: &PersonId) -> String {
    format!("/people/{}", encoded(id.as_str()))
}
