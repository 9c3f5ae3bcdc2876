//! Inviting people, and following the link of an invitation.

use actix_web::http::StatusCode;
use actix_web::http::header::HOST;
use actix_web::web::{Data, Form, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, get, post};
use store::InvitationId;
use tenancy::{Scope, demand};

use super::frame::{answered, shown};
use super::render::page;
use super::see_other;
use super::view::FieldError;
use super::view::chrome::Chrome;
use super::view::invitation::{AcceptForm, InvitationView, InviteForm, InviteView, LinkView};
use crate::actions::invitations;
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Adds the pages of invitations; before those of people.
pub fn configure(config: &mut ServiceConfig) {
    config.service(ask).service(invite).service(withdraw).service(read).service(accept);
}

/// The form to invite somebody.
#[get("/people/invite")]
pub async fn ask(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    _manages: May<demand::ManageColleagues>,
) -> Result<HttpResponse, Problem> {
    shown(&state, &who, "/people/invite", "invite.html", |_, who| {
        Ok(form_view(who, InviteForm::default(), Vec::new()))
    })
    .await
}

fn form_view(who: &Scope, form: InviteForm, errors: Vec<FieldError>) -> InviteView {
    InviteView::new(who.role(), who.provider(), form, errors)
}

/// Invites somebody. The answer shows the link, this once: it stands nowhere else.
#[post("/people/invite")]
pub async fn invite(
    request: HttpRequest,
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    manages: May<demand::ManageColleagues>,
    form: Form<InviteForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let errors = match form.read(who.provider()) {
        Err(errors) => errors,
        Ok(new) => {
            let made = blocking(&state, move |state| invitations::invite(state, &manages, &new));
            match made.await {
                Ok((token, invitation)) => {
                    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
                    let link = state.site.link(&format!("/invitation/{}", token.reveal()), host);
                    let view = LinkView::new(&invitation, link);
                    let (place, created) = ("/people/invite", StatusCode::CREATED);
                    let shown =
                        answered(&state, &who, created, place, "invited.html", |_, _| Ok(view));
                    return shown.await;
                }
                Err(problem) if matches!(problem.code, "invalid" | "conflict") => {
                    vec![form.refused(&problem)]
                }
                Err(problem) => return Err(problem),
            }
        }
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    answered(&state, &who, status, "/people/invite", "invite.html", move |_, who| {
        Ok(form_view(who, form, errors))
    })
    .await
}

/// Withdraws an open invitation.
#[post("/people/invitations/{id}/withdraw")]
pub async fn withdraw(
    state: Data<AppState>,
    who: May<demand::ManageColleagues>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: InvitationId = id.parse()?;
    blocking(&state, move |state| invitations::withdraw(state, &who, &id)).await?;
    Ok(see_other("/people"))
}

/// What an invitation says, for whoever has its link.
#[get("/invitation/{token}")]
pub async fn read(state: Data<AppState>, token: Path<String>) -> Result<HttpResponse, Problem> {
    let token = token.into_inner();
    let asked = token.clone();
    let invited = blocking(&state, move |state| invitations::invited(state, &asked)).await?;
    let view = InvitationView::new(token, &invited, String::new(), Vec::new());
    Ok(page(StatusCode::OK, "invitation.html", &Chrome::default(), &view))
}

/// Accepts it; then one signs in.
#[post("/invitation/{token}")]
pub async fn accept(
    state: Data<AppState>,
    token: Path<String>,
    form: Form<AcceptForm>,
) -> Result<HttpResponse, Problem> {
    let (token, form) = (token.into_inner(), form.into_inner());
    let asked = token.clone();
    let invited = blocking(&state, move |state| invitations::invited(state, &asked)).await?;
    let (status, errors) = match form.read(&token, invited.has_account) {
        Err(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Ok(given) => match invitations::accept(&state, given).await {
            Ok(_) => return Ok(see_other("/sign-in")),
            Err(problem) if matches!(problem.code, "invalid" | "wrong_credentials") => {
                (problem.status, vec![AcceptForm::refused(&problem)])
            }
            Err(problem) => return Err(problem),
        },
    };
    let view = InvitationView::new(token, &invited, form.name, errors);
    Ok(page(status, "invitation.html", &Chrome::default(), &view))
}
