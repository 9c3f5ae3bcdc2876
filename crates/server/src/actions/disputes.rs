//! Disputing a published figure.

use actix_multipart::Multipart;
use actix_web::web::{self, Payload};
use api::dispute::DisputeResultJson;
use openbook::TableDefinition;
use openbook::definition::{ColumnDefinition, Origin};
use quantities::ProviderCode;
use std::path::PathBuf;
use store::{
    Dispute, DisputeId, EvidenceFile, JobStatus, Listing, NewDispute, NewEvidence, Page, Verdict,
};
use tenancy::{Permitted, Scope, demand};

use super::answers::of_nobody;
use super::others::Sight;
use crate::engine;
use crate::problem::Problem;
use crate::state::{AppState, blocking};
use crate::upload::{self, Arrived};

/// What a provider may dispute of another's line: what it sees of it, as one figure of the line.
const OF_OTHERS: [(&str, &str); 5] = [
    ("costs", "cost_gbp"),
    ("costs", "activity"),
    ("outcomes", "gain_mean"),
    ("outcomes", "measure"),
    ("outcomes", "evidence_grade"),
];

/// A dispute and how far its computing is.
#[derive(Clone, Debug)]
pub struct Status {
    /// The dispute.
    pub dispute: Dispute,
    /// Its job.
    pub job: JobStatus,
}

/// What this person may dispute of a provider's lines, by table.
#[must_use]
pub fn figures<'a>(
    state: &'a AppState,
    who: &Scope,
    provider: &ProviderCode,
) -> Vec<(&'a str, &'a ColumnDefinition)> {
    let all = who.provider().is_none_or(|own| own == provider);
    let of_lines = |table: &&TableDefinition| {
        table.from == Origin::Provider
            && table.columns.iter().any(|column| column.name == "service_code")
    };
    let tables = state.catalogue.tables.iter().filter(of_lines);
    let columns = tables.flat_map(|table| {
        table.columns.iter().filter(|column| !column.key).map(|it| (table.name.as_str(), it))
    });
    let may = |(table, column): &(&str, &ColumnDefinition)| {
        all || OF_OTHERS.contains(&(*table, column.name.as_str()))
    };
    columns.filter(may).collect()
}

/// Disputes a published figure that this person sees; a worker computes the result with and
/// without it.
///
/// # Errors
/// When there is no such figure that this person may see, nothing can stand there, or a text names
/// a patient.
pub fn raise(
    state: &AppState,
    who: &Permitted<demand::Dispute>,
    reads: &Permitted<demand::ReadBook>,
    new: &NewDispute,
) -> Result<DisputeId, Problem> {
    for text in [Some(&new.claim), Some(&new.evidence), new.proposed.as_ref()].into_iter().flatten()
    {
        of_nobody(text)?;
    }
    state.store.edition(reads, new.edition)?;
    if let Some(sight) = Sight::of(state, reads, new.edition)? {
        let provider = new.service.provider();
        if !sight.names(provider) {
            return Err(Problem::not_found());
        }
        let place = (new.table.as_str(), new.column.as_str());
        if who.provider() != Some(provider) && (new.key.is_some() || !OF_OTHERS.contains(&place)) {
            return Err(Problem::forbidden(
                "of another provider's line its cost, activity, gain, measure and evidence grade \
                 can be disputed, each as one figure of the line",
            ));
        }
    }
    let parts = state.store.edition_tables(&**who, new.edition)?;
    engine::can_be_disputed(&state.catalogue, &parts, new)?;
    let id = state.store.raise_dispute(who, new)?;
    state.wake.ring();
    Ok(id)
}

/// The disputes that this person may see, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::Dispute>,
    page: &Page,
) -> Result<Listing<Dispute>, Problem> {
    let Listing { items, next } = state.store.disputes(who, page)?;
    let items = items.into_iter().map(|dispute| as_seen(who, dispute)).collect::<Result<_, _>>()?;
    Ok(Listing { items, next })
}

/// A dispute as this person sees it: of another provider's line, what its value table shows of it.
fn as_seen(who: &Scope, mut dispute: Dispute) -> Result<Dispute, Problem> {
    let own = who.provider().is_none_or(|own| own == dispute.figure.service.provider());
    if let Some(text) = dispute.result.as_deref().filter(|_| !own) {
        let fault = |error: serde_json::Error| Problem::internal(&error);
        let mut result: DisputeResultJson = serde_json::from_str(text).map_err(fault)?;
        result.published.marginal_gbp_per_qaly = None;
        result.disputed.marginal_gbp_per_qaly = None;
        result.difference.marginal_gbp_per_qaly = None;
        dispute.result = Some(serde_json::to_string(&result).map_err(fault)?);
    }
    Ok(dispute)
}

/// A dispute and how far its computing is.
///
/// # Errors
/// When there is none that this person may see.
pub fn status(
    state: &AppState,
    who: &Permitted<demand::Dispute>,
    id: &DisputeId,
) -> Result<Status, Problem> {
    let dispute = as_seen(who, state.store.dispute(who, id)?)?;
    Ok(Status { dispute, job: state.store.dispute_status(who, id)? })
}

/// Ends a dispute, with the reason. Who raised it may withdraw it and no more.
///
/// # Errors
/// When there is none, this person raised it, no reason is given, or it has ended already.
pub fn decide(
    state: &AppState,
    who: &Permitted<demand::DecideDisputes>,
    id: &DisputeId,
    verdict: Verdict,
    reason: &str,
) -> Result<(), Problem> {
    of_nobody(reason)?;
    Ok(state.store.decide_dispute(who, id, verdict, reason)?)
}

/// Withdraws a dispute that one's own organisation raised, with the reason.
///
/// # Errors
/// When there is none that this person may see, another raised it, no reason is given, or it has
/// ended already.
pub fn withdraw(
    state: &AppState,
    who: &Permitted<demand::Dispute>,
    id: &DisputeId,
    reason: &str,
) -> Result<(), Problem> {
    of_nobody(reason)?;
    Ok(state.store.withdraw_dispute(who, id, reason)?)
}

/// Attaches a file to an open dispute that this person may see: a PDF, CSV or workbook of at most
/// 10 MiB.
///
/// # Errors
/// When there is no such dispute, it has ended, or the file is not one of these.
pub async fn attach(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Dispute>,
    id: DisputeId,
    body: Payload,
    kind: &str,
    file_name: Option<String>,
) -> Result<(), Problem> {
    sees(state, who, &id).await?;
    keep(state, who, id, upload::evidence(state, who, body, kind, file_name).await?).await
}

/// Attaches the file of a form.
///
/// # Errors
/// As [`attach`], and when the form has no file.
pub async fn attach_form(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Dispute>,
    id: DisputeId,
    form: Multipart,
) -> Result<(), Problem> {
    sees(state, who, &id).await?;
    keep(state, who, id, upload::evidence_form(state, who, form).await?).await
}

/// Nothing is taken in for a dispute that this person may not see.
async fn sees(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Dispute>,
    id: &DisputeId,
) -> Result<(), Problem> {
    let (who, id) = (who.clone(), id.clone());
    blocking(state, move |state| state.store.dispute(&who, &id)).await.map(|_| ())
}

async fn keep(
    state: &web::Data<AppState>,
    who: &Permitted<demand::Dispute>,
    id: DisputeId,
    evidence: Arrived<NewEvidence>,
) -> Result<(), Problem> {
    let who = who.clone();
    blocking(state, move |state| {
        state.store.attach_evidence(&who, &id, &evidence.new, evidence.path())
    })
    .await
}

/// An attached file and where it is.
///
/// # Errors
/// When there is no such file of a dispute that this person may see.
pub fn evidence(
    state: &AppState,
    who: &Permitted<demand::Dispute>,
    id: &DisputeId,
    sha256: &str,
) -> Result<(EvidenceFile, PathBuf), Problem> {
    Ok(state.store.evidence(who, id, sha256)?)
}
