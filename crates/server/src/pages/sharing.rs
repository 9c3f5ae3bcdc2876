//! What providers see of each other, and the agreement under which they do.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpResponse, get, post};
use tenancy::{Permission, Permitted, demand};

use super::frame::{answered, shown};
use super::see_other;
use super::view::agreement::{AgreementForm, AgreementView};
use super::view::seen::{SeenQuery, SeenView};
use super::view::{FieldError, Link};
use crate::actions::{agreement, editions, others};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// The agreement that stands, and the form to record another.
#[get("/agreement")]
pub async fn show(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
) -> Result<HttpResponse, Problem> {
    shown(&state, &who, "/agreement", "agreement.html", |state, who| {
        view(state, who, AgreementForm::default(), Vec::new())
    })
    .await
}

/// Records an agreement.
#[post("/agreement")]
pub async fn record(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    records: May<demand::RecordAgreement>,
    form: Form<AgreementForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let errors = match form.read() {
        Err(errors) => errors,
        Ok(new) => {
            let done = blocking(&state, move |state| agreement::record(state, &records, &new));
            match done.await {
                Ok(()) => return Ok(see_other("/agreement")),
                Err(problem) if problem.code == "invalid" => vec![form.refused(&problem.detail)],
                Err(problem) => return Err(problem),
            }
        }
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    answered(&state, &who, status, "/agreement", "agreement.html", move |state, who| {
        view(state, who, form, errors)
    })
    .await
}

fn view(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    form: AgreementForm,
    errors: Vec<FieldError>,
) -> Result<AgreementView, Problem> {
    let stands = agreement::stands(state, who)?;
    let latest = editions::latest(state, who)?;
    let latest = latest.filter(|_| who.may(Permission::ReadSubmissions));
    let lines = latest.filter(|edition| edition.book_sha256.is_some()).map(|edition| {
        let text = format!("The lines that are shared of edition {}", edition.number);
        Link::new(text, format!("/editions/{}/others", edition.number))
    });
    let may_record = who.may(Permission::RecordAgreement);
    Ok(AgreementView {
        lines,
        form: may_record.then_some(form),
        errors,
        ..AgreementView::new(stands.as_ref(), agreement::ALWAYS)
    })
}

/// The lines of other providers; to the Board, every line as the others see it.
#[get("/editions/{number}/others")]
pub async fn of_others(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    number: Path<u64>,
    query: Query<SeenQuery>,
) -> Result<HttpResponse, Problem> {
    let (number, query) = (number.into_inner(), query.into_inner());
    shown(&state, &who, "/agreement", "others.html", move |state, who| {
        let found = others::of_edition(state, &sees, number)?;
        let view = SeenView::new(number, &found, who.provider().is_none(), &query);
        Ok(if who.may(Permission::Dispute) { view.disputable() } else { view })
    })
    .await
}
