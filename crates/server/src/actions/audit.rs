//! Who did what: the audit record, searched, signed and taken out.

use api::export;
use store::{AuditEntry, AuditQuery, AuditReport, Listing, Page, SignedHead};
use tenancy::{Permitted, demand};

use crate::problem::Problem;
use crate::shapes::AuditRow;
use crate::state::AppState;

/// What a file of the record is called.
pub const FILE: &str = "valuebook-audit.csv";

/// Whether the record is whole.
///
/// # Errors
/// When the database fails.
pub fn verify(
    state: &AppState,
    who: &Permitted<demand::ReadAudit>,
) -> Result<AuditReport, Problem> {
    Ok(state.store.verify_audit(who)?)
}

/// How the record ends, signed.
///
/// # Errors
/// When it is not whole, or the database fails.
pub fn head(state: &AppState, who: &Permitted<demand::ReadAudit>) -> Result<SignedHead, Problem> {
    Ok(state.store.audit_head(who)?)
}

/// Lines of the record, newest first.
///
/// # Errors
/// When the cursor is not one, or the database fails.
pub fn entries(
    state: &AppState,
    who: &Permitted<demand::ReadAudit>,
    query: &AuditQuery,
    page: &Page,
) -> Result<Listing<AuditEntry>, Problem> {
    Ok(state.store.audit_entries(who, query, page)?)
}

/// All lines that are asked for as a CSV file, oldest first. That they were taken out is a line of
/// the record itself.
///
/// # Errors
/// When the database fails.
pub fn csv(
    state: &AppState,
    who: &Permitted<demand::ReadAudit>,
    query: &AuditQuery,
) -> Result<Vec<u8>, Problem> {
    let rows = state.store.export_audit(who, query)?.into_iter().map(AuditRow::from);
    let rows: Vec<AuditRow> = rows.collect();
    let text = export::csv(&AuditRow::COLUMNS, &rows);
    Ok(text.map_err(|error| Problem::internal(&error))?.into())
}
