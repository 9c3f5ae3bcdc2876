//! Published figures that somebody holds to be wrong, and what became of them.

mod evidence;
mod row;

pub use evidence::{EvidenceFile, NewEvidence};

use diesel::prelude::*;
use jiff::Timestamp;
use quantities::{ProviderCode, ServiceKey};
use tenancy::{Permitted, PersonId, Scope, Worker, demand};

use crate::audit::Event;
use crate::connection::{self, Db};
use crate::jobs::{self, JobKind, JobStatus, Lease, WORKER};
use crate::schema::tenant::{dispute_decisions, dispute_results, disputes, editions, scenarios};
use crate::store::Change;
use crate::submissions::owner_key;
use crate::time::to_db;
use crate::{DisputeId, Listing, Page, ScenarioId, Store, StoreError};
use row::{complete, find, seen};

/// Longest claim and reason, in characters.
const LONGEST: usize = 2_000;
/// Longest description of evidence, in characters.
const LONGEST_EVIDENCE: usize = 10_000;

/// A figure to be disputed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDispute {
    /// The edition that published it.
    pub edition: u64,
    /// The service line.
    pub service: ServiceKey,
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The row's business key; nothing where the service has one figure there.
    pub key: Option<String>,
    /// What is wrong with it.
    pub claim: String,
    /// What should stand there; nothing where the row should be left out.
    pub proposed: Option<String>,
    /// Why, and where that can be seen.
    pub evidence: String,
    /// The scenario to be run with and without it.
    pub scenario: Option<ScenarioId>,
}

/// A disputed figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// What is disputed.
    pub figure: NewDispute,
    /// Whose person raised it: a provider's, or the Board's.
    pub raised_for: Option<ProviderCode>,
    /// When.
    pub created_at: Timestamp,
    /// Who.
    pub created_by: PersonId,
    /// What became of it; nothing while it is open.
    pub decision: Option<Decision>,
    /// What was attached, oldest first.
    pub files: Vec<EvidenceFile>,
    /// The published result with and without the figure: the server's own JSON, opaque here.
    pub result: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
}

/// What became of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Which way.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// When.
    pub decided_at: Timestamp,
    /// Who.
    pub decided_by: PersonId,
}

/// How a dispute ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The figure is wrong: its owner is to hand in another.
    Accepted,
    /// The figure stands.
    Rejected,
    /// It is not pursued.
    Withdrawn,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Rejected, Self::Withdrawn];

    /// The name that files and databases use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn read(code: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|verdict| verdict.code() == code);
        found.ok_or(StoreError::Corrupt("dispute"))
    }
}

impl Dispute {
    /// `open`, or what became of it.
    #[must_use]
    pub fn state(&self) -> &'static str {
        self.decision.as_ref().map_or("open", |decision| decision.verdict.code())
    }
}

impl Store {
    /// Keeps a dispute, and asks for the result with and without the figure. Whether the person
    /// may see the figure is for the caller to know.
    ///
    /// # Errors
    /// When there is no such edition or scenario, or a text is missing or too long.
    pub fn raise_dispute(
        &self,
        who: &Permitted<demand::Dispute>,
        new: &NewDispute,
    ) -> Result<DisputeId, StoreError> {
        let (claim, evidence) = (new.claim.trim(), new.evidence.trim());
        plain(claim, LONGEST, "the claim")?;
        plain(evidence, LONGEST_EVIDENCE, "the evidence")?;
        if let Some(proposed) = &new.proposed {
            plain(proposed, 200, "the proposed value")?;
        }
        self.change(who.tenant(), who.person().as_str(), |db, now| {
            let edition: i64 = editions::table
                .filter(editions::number.eq(to_db(new.edition)?))
                .select(editions::number)
                .first(db)?;
            if let Some(scenario) = &new.scenario {
                scenarios::table
                    .filter(scenarios::id.eq(scenario.as_str()))
                    .select(scenarios::id)
                    .first::<String>(db)?;
            }
            let id = DisputeId::new();
            diesel::insert_into(disputes::table)
                .values((
                    disputes::id.eq(id.as_str()),
                    disputes::edition.eq(edition),
                    disputes::provider.eq(new.service.provider().as_str()),
                    disputes::service.eq(new.service.as_str()),
                    disputes::table_name.eq(&new.table),
                    disputes::column_name.eq(&new.column),
                    disputes::row_key.eq(new.key.as_deref()),
                    disputes::claim.eq(claim),
                    disputes::proposed_value.eq(new.proposed.as_deref()),
                    disputes::evidence.eq(evidence),
                    disputes::scenario_id.eq(new.scenario.as_ref().map(ScenarioId::as_str)),
                    disputes::raised_for.eq(owner_key(who.provider())),
                    disputes::created_at.eq(now),
                    disputes::created_by.eq(who.person().as_str()),
                ))
                .execute(db)?;
            jobs::enqueue(db, now, &JobKind::ValueDispute(id.clone()))?;
            let event = Event::new("dispute.raise", &id)
                .with("edition", edition)
                .with("service", new.service.as_str())
                .with("table", new.table.as_str());
            Ok(Change::Made(id, event))
        })
    }

    /// One dispute.
    ///
    /// # Errors
    /// When there is none that this person may see.
    pub fn dispute(
        &self,
        who: &Permitted<demand::Dispute>,
        id: &DisputeId,
    ) -> Result<Dispute, StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let row = find(db, who, id)?;
            complete(db, row)
        })
    }

    /// The disputes that this person may see, newest first: the Board all, a provider those it
    /// raised and those of its own services.
    ///
    /// # Errors
    /// When the database fails.
    pub fn disputes(
        &self,
        who: &Permitted<demand::Dispute>,
        page: &Page,
    ) -> Result<Listing<Dispute>, StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let rows = seen(who)
                .filter(disputes::id.lt(page.before()))
                .order(disputes::id.desc())
                .limit(page.fetch())
                .select(row::DisputeRow::as_select())
                .load(db)?;
            let found = rows.into_iter().map(|row| complete(db, row)).collect::<Result<_, _>>()?;
            Ok(Listing::cut(found, page, |dispute| dispute.id.to_string()))
        })
    }

    /// How far the computing of a dispute's result is.
    ///
    /// # Errors
    /// When there is none that this person may see.
    pub fn dispute_status(
        &self,
        who: &Permitted<demand::Dispute>,
        id: &DisputeId,
    ) -> Result<JobStatus, StoreError> {
        let mut db = self.tenant(who.tenant())?;
        find(&mut db, who, id)?;
        jobs::status(&mut db, &JobKind::ValueDispute(id.clone()))
    }

    /// Ends a dispute, with the reason. Who raised it may withdraw it and no more: somebody else
    /// accepts or rejects it.
    ///
    /// # Errors
    /// When there is none, this person raised it, no reason is given, or it has ended already.
    pub fn decide_dispute(
        &self,
        who: &Permitted<demand::DecideDisputes>,
        id: &DisputeId,
        verdict: Verdict,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.end_dispute(who, id, verdict, reason, |row| {
            if verdict != Verdict::Withdrawn && row.created_by == who.person().as_str() {
                return Err(StoreError::Forbidden(
                    "you raised this dispute: somebody else accepts or rejects it",
                ));
            }
            Ok(())
        })
    }

    /// Withdraws a dispute that one's own organisation raised, with the reason.
    ///
    /// # Errors
    /// When there is none that this person may see, another raised it, no reason is given, or it
    /// has ended already.
    pub fn withdraw_dispute(
        &self,
        who: &Permitted<demand::Dispute>,
        id: &DisputeId,
        reason: &str,
    ) -> Result<(), StoreError> {
        let own = owner_key(who.provider());
        self.end_dispute(who, id, Verdict::Withdrawn, reason, |row| {
            if row.raised_for == own {
                Ok(())
            } else {
                Err(StoreError::Forbidden("only the organisation that raised this may withdraw it"))
            }
        })
    }

    fn end_dispute(
        &self,
        who: &Scope,
        id: &DisputeId,
        verdict: Verdict,
        reason: &str,
        may: impl FnOnce(&row::DisputeRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let reason = reason.trim();
        plain(reason, LONGEST, "the reason")?;
        self.change(who.tenant(), who.person().as_str(), |db, now| {
            let row = find(db, who, id)?;
            may(&row)?;
            open(db, id)?;
            diesel::insert_into(dispute_decisions::table)
                .values((
                    dispute_decisions::dispute_id.eq(id.as_str()),
                    dispute_decisions::state.eq(verdict.code()),
                    dispute_decisions::reason.eq(reason),
                    dispute_decisions::decided_at.eq(now),
                    dispute_decisions::decided_by.eq(who.person().as_str()),
                ))
                .execute(db)?;
            Ok(Change::Made((), Event::new("dispute.end", id).with("state", verdict.code())))
        })
    }

    /// A dispute for the worker that computes its result, and the scenario's text where one is to
    /// be run.
    ///
    /// # Errors
    /// When there is no such dispute.
    pub fn dispute_to_value(
        &self,
        worker: &Worker,
        id: &DisputeId,
    ) -> Result<(Dispute, Option<String>), StoreError> {
        connection::read(&mut *self.tenant(worker.tenant())?, |db| {
            let row = disputes::table
                .filter(disputes::id.eq(id.as_str()))
                .select(row::DisputeRow::as_select())
                .first(db)?;
            let dispute = complete(db, row)?;
            let toml = match &dispute.figure.scenario {
                None => None,
                Some(scenario) => Some(
                    scenarios::table
                        .filter(scenarios::id.eq(scenario.as_str()))
                        .select(scenarios::toml)
                        .first(db)?,
                ),
            };
            Ok((dispute, toml))
        })
    }

    /// Stores the result with and without a disputed figure, and ends its job.
    ///
    /// # Errors
    /// `LeaseLost` when someone else has the job by now.
    pub fn finish_dispute(
        &self,
        worker: &Worker,
        lease: &Lease,
        result: &str,
    ) -> Result<(), StoreError> {
        let JobKind::ValueDispute(id) = lease.kind() else {
            return Err(StoreError::Corrupt("job"));
        };
        self.change(worker.tenant(), WORKER, |db, now| {
            jobs::finish(db, now, lease)?;
            diesel::insert_into(dispute_results::table)
                .values((
                    dispute_results::dispute_id.eq(id.as_str()),
                    dispute_results::result_json.eq(Some(result)),
                    dispute_results::computed_at.eq(now),
                ))
                .execute(db)?;
            Ok(Change::Made((), Event::new("dispute.value", id)))
        })
    }
}

/// Refuses where a dispute has ended.
fn open(db: &mut Db, id: &DisputeId) -> Result<(), StoreError> {
    let ended: i64 = dispute_decisions::table
        .filter(dispute_decisions::dispute_id.eq(id.as_str()))
        .count()
        .get_result(db)?;
    if ended == 0 {
        return Ok(());
    }
    Err(StoreError::Conflict(
        "this dispute has ended: raise another where there is more".to_owned(),
    ))
}

/// Refuses a text that is empty, too long or not plain.
fn plain(text: &str, longest: usize, what: &str) -> Result<(), StoreError> {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.trim().is_empty() || text.chars().count() > longest || text.contains(odd) {
        return Err(StoreError::Invalid(format!(
            "{what} has 1 to {longest} characters of plain text"
        )));
    }
    Ok(())
}
