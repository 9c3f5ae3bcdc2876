//! Who did what: the audit record, for those who watch over it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query, ServiceConfig};
use actix_web::{HttpResponse, get};
use std::collections::BTreeMap;
use store::{AuditQuery, Listing};
use tenancy::{Permitted, demand};

use super::download::file;
use super::frame::{answered, moment};
use super::view::FieldError;
use super::view::audit::{AuditView, Line};
use crate::actions::audit;
use crate::extract::May;
use crate::problem::Problem;
use crate::shapes::AuditSearchQuery;
use crate::state::{AppState, blocking};

/// Adds the pages of the audit record.
pub fn configure(config: &mut ServiceConfig) {
    config.service(search).service(csv);
}

/// The record, searched.
#[get("/audit")]
pub async fn search(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    reads: May<demand::ReadAudit>,
    query: Query<AuditSearchQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let asked = query.asked();
    let status = if asked.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    answered(&state, &who, status, "/audit", "audit.html", move |state, _| {
        let people = people(state, &reads)?;
        let actions = state.store.audit_actions(&reads)?;
        let report = audit::verify(state, &reads)?;
        let (found, errors) = match asked {
            Ok(asked) => (lines(state, &reads, &asked, &query, &people)?, Vec::new()),
            Err((field, _)) => {
                let message = "Write the day like 2026-11-24";
                (Listing { items: Vec::new(), next: None }, vec![FieldError::new(field, message)])
            }
        };
        Ok(AuditView { errors, ..AuditView::new(&report, found, &query, &actions, &people) })
    })
    .await
}

/// What is asked for as a file.
#[get("/audit.csv")]
pub async fn csv(
    state: Data<AppState>,
    who: May<demand::ReadAudit>,
    query: Query<AuditSearchQuery>,
) -> Result<HttpResponse, Problem> {
    let asked = query.asked().map_err(|(_, problem)| problem)?;
    let csv = blocking(&state, move |state| audit::csv(state, &who, &asked)).await?;
    Ok(file(audit::FILE, "text/csv; charset=utf-8", csv))
}

/// The people of the Board by their ids, and who else stands in the record.
fn people(
    state: &AppState,
    who: &Permitted<demand::ReadAudit>,
) -> Result<BTreeMap<String, String>, Problem> {
    let mut people = state.store.names_in_record(who)?;
    people.insert("operator".to_owned(), "Whoever runs the service".to_owned());
    people.insert("worker".to_owned(), "The service itself".to_owned());
    Ok(people)
}

fn lines(
    state: &AppState,
    who: &Permitted<demand::ReadAudit>,
    asked: &AuditQuery,
    query: &AuditSearchQuery,
    people: &BTreeMap<String, String>,
) -> Result<Listing<Line>, Problem> {
    let found = audit::entries(state, who, asked, &query.page())?;
    Ok(found.map(|entry| {
        let who = people.get(entry.person.as_str());
        let who = who.map_or("Somebody who has left", String::as_str);
        Line::new(&entry, moment(entry.at), who)
    }))
}
