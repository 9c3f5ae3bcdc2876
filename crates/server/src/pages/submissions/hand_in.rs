//! The form to hand figures in.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use openbook::definition::Origin;
use store::WORKBOOK;
use tenancy::{Scope, demand};

use super::{address, see_other};
use crate::actions::submissions;
use crate::extract::May;
use crate::pages::format::sentence_case;
use crate::pages::frame::{answered, shown};
use crate::pages::view::FieldError;
use crate::pages::view::labels::upload_table;
use crate::pages::view::submission::{TableChoice, UploadView};
use crate::problem::Problem;
use crate::state::AppState;

/// The form to hand figures in.
#[get("/submissions/new")]
pub async fn ask(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    _hands_in: May<demand::Upload>,
) -> Result<HttpResponse, Problem> {
    shown(&state, &who, "/submissions/new", "upload.html", |state, who| {
        Ok(view(state, who, Vec::new()))
    })
    .await
}

/// Takes the file of the form.
#[post("/submissions")]
pub async fn receive(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    hands_in: May<demand::Upload>,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    match submissions::receive_form(&state, &hands_in, form).await {
        Ok(received) => {
            let same = if received.repeated { "?same=yes" } else { "" };
            Ok(see_other(&format!("{}{same}", address(&received.submission.id))))
        }
        Err(problem) if problem.code == "invalid" => {
            let errors = vec![FieldError::new("file", sentence_case(&problem.detail))];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            answered(&state, &who, status, "/submissions/new", "upload.html", |state, who| {
                Ok(view(state, who, errors))
            })
            .await
        }
        Err(problem) => Err(problem),
    }
}

fn view(state: &AppState, who: &Scope, errors: Vec<FieldError>) -> UploadView {
    let tables = submissions::tables(state, who);
    let usual = tables.iter().any(|table| table.name == "costs");
    let choices = tables.iter().enumerate().map(|(at, table)| TableChoice {
        code: table.name.clone(),
        name: upload_table(&table.name),
        hint: table.about.clone(),
        own: table.from == Origin::Provider,
        chosen: if usual { table.name == "costs" } else { at == 0 },
    });
    UploadView {
        owner: who.provider().map_or_else(|| "the ICB".to_owned(), ToString::to_string),
        workbook: WORKBOOK.to_owned(),
        tables: choices.collect(),
        errors,
    }
}
