use diesel::prelude::*;
use quantities::Share;
use serde_json::json;
use std::time::Duration;
use tenancy::{Permitted, Worker, demand};

use crate::audit::Event;
use crate::connection::{self, Backend, Db};
use crate::schema::tenant::{dispute_results, jobs, runs, submissions};
use crate::store::Change;
use crate::time::micros;
use crate::{DisputeId, JobId, RunId, Store, StoreError, SubmissionId};

/// How the audit record names a worker.
pub(crate) const WORKER: &str = "worker";
/// A job whose worker vanished this often is given up.
const MOST_ATTEMPTS: i64 = 3;
/// The version of the payload's shape.
const PAYLOAD_VERSION: u32 = 1;

const WAITING: &str = "waiting";
const LEASED: &str = "leased";
const DONE: &str = "done";
const FAILED: &str = "failed";

/// What a job is to do, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Check what was handed in.
    CheckSubmission(SubmissionId),
    /// Compute the value table of an edition.
    ValueEdition(u64),
    /// Run a scenario.
    RunScenario(RunId),
    /// Compute a published result with and without a disputed figure.
    ValueDispute(DisputeId),
}

impl JobKind {
    const fn code(&self) -> &'static str {
        match self {
            Self::CheckSubmission(_) => "check_submission",
            Self::ValueEdition(_) => "value_edition",
            Self::RunScenario(_) => "run_scenario",
            Self::ValueDispute(_) => "value_dispute",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::CheckSubmission(id) => id.to_string(),
            Self::ValueEdition(number) => number.to_string(),
            Self::RunScenario(id) => id.to_string(),
            Self::ValueDispute(id) => id.to_string(),
        }
    }

    fn read(code: &str, subject: &str) -> Result<Self, StoreError> {
        let corrupt = StoreError::Corrupt("job");
        match code {
            "check_submission" => Ok(Self::CheckSubmission(SubmissionId::stored(subject.into()))),
            "value_edition" => subject.parse().map(Self::ValueEdition).map_err(|_| corrupt),
            "run_scenario" => Ok(Self::RunScenario(RunId::stored(subject.into()))),
            "value_dispute" => Ok(Self::ValueDispute(DisputeId::stored(subject.into()))),
            _ => Err(corrupt),
        }
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Nobody works on it yet.
    Waiting,
    /// A worker has it.
    Working,
    /// Finished.
    Done,
    /// Given up.
    Failed,
}

/// How far a job is, as shown.
#[derive(Clone, Debug, PartialEq)]
pub struct JobStatus {
    /// Its state.
    pub state: JobState,
    /// The part that is done.
    pub progress: Share,
    /// What is being done.
    pub message: String,
    /// Why it was given up.
    pub error: Option<String>,
}

/// How far a worker has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The part that is done.
    pub share: Share,
    /// What is being done.
    pub message: String,
}

/// The right to work on a job until it ends. Only the store makes one.
#[derive(Clone, Debug)]
pub struct Lease {
    id: JobId,
    kind: JobKind,
    fence: i64,
}

impl Lease {
    /// The job.
    #[must_use]
    pub const fn job(&self) -> &JobId {
        &self.id
    }

    /// What is to be done.
    #[must_use]
    pub const fn kind(&self) -> &JobKind {
        &self.kind
    }
}

/// How many jobs there are, for monitoring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueLength {
    /// Waiting.
    pub waiting: u64,
    /// Being worked on.
    pub working: u64,
    /// Given up.
    pub failed: u64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(Backend))]
struct JobRow {
    id: String,
    kind: String,
    subject: String,
    state: String,
    attempts: i64,
    fence: i64,
    progress: f64,
    message: String,
    error: Option<String>,
}

impl JobRow {
    fn kind(&self) -> Result<JobKind, StoreError> {
        JobKind::read(&self.kind, &self.subject)
    }

    fn status(self) -> Result<JobStatus, StoreError> {
        let state = match self.state.as_str() {
            WAITING => JobState::Waiting,
            LEASED => JobState::Working,
            DONE => JobState::Done,
            FAILED => JobState::Failed,
            _ => return Err(StoreError::Corrupt("job")),
        };
        let progress = Share::new(self.progress).ok_or(StoreError::Corrupt("job"))?;
        Ok(JobStatus { state, progress, message: self.message, error: self.error })
    }
}

/// Stores a job, in the transaction of the change that asks for it.
pub(crate) fn enqueue(db: &mut Db, now: i64, kind: &JobKind) -> Result<(), StoreError> {
    let subject = kind.subject();
    let payload = json!({
        "kind": kind.code(), "version": PAYLOAD_VERSION, "ids": [subject], "seed": null
    });
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(JobId::new().as_str()),
            jobs::kind.eq(kind.code()),
            jobs::subject.eq(&subject),
            jobs::payload.eq(payload.to_string()),
            jobs::state.eq(WAITING),
            jobs::attempts.eq(0_i64),
            jobs::fence.eq(0_i64),
            jobs::progress.eq(0.0),
            jobs::message.eq(""),
            jobs::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Ends a leased job as done, in the transaction that stores its outcome.
///
/// # Errors
/// `LeaseLost` when someone else has the job by now: the outcome must not be stored.
pub(crate) fn finish(db: &mut Db, now: i64, lease: &Lease) -> Result<(), StoreError> {
    let held = jobs::table
        .filter(jobs::id.eq(lease.id.as_str()))
        .filter(jobs::state.eq(LEASED))
        .filter(jobs::fence.eq(lease.fence));
    let ended = diesel::update(held)
        .set((
            jobs::state.eq(DONE),
            jobs::progress.eq(1.0),
            jobs::message.eq(""),
            jobs::lease_until.eq(None::<i64>),
            jobs::finished_at.eq(Some(now)),
        ))
        .execute(db)?;
    if ended == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
}

/// How far the job of a subject is.
pub(crate) fn status(db: &mut Db, kind: &JobKind) -> Result<JobStatus, StoreError> {
    let row: JobRow = jobs::table
        .filter(jobs::kind.eq(kind.code()))
        .filter(jobs::subject.eq(kind.subject()))
        .select(JobRow::as_select())
        .first(db)?;
    row.status()
}

/// Gives a job up, and says so where its outcome would have been.
fn give_up(
    db: &mut Db,
    now: i64,
    job: &str,
    kind: &JobKind,
    why: &str,
) -> Result<Event, StoreError> {
    diesel::update(jobs::table.filter(jobs::id.eq(job)))
        .set((
            jobs::state.eq(FAILED),
            jobs::error.eq(why),
            jobs::lease_until.eq(None::<i64>),
            jobs::finished_at.eq(Some(now)),
        ))
        .execute(db)?;
    match kind {
        JobKind::CheckSubmission(id) => {
            diesel::update(submissions::table.filter(submissions::id.eq(id.as_str())))
                .set((submissions::state.eq("refused"), submissions::checked_at.eq(Some(now))))
                .execute(db)?;
        }
        JobKind::RunScenario(id) => {
            diesel::update(runs::table.filter(runs::id.eq(id.as_str())))
                .set((
                    runs::state.eq("failed"),
                    runs::error.eq(why),
                    runs::finished_at.eq(Some(now)),
                ))
                .execute(db)?;
        }
        JobKind::ValueDispute(id) => {
            diesel::insert_into(dispute_results::table)
                .values((
                    dispute_results::dispute_id.eq(id.as_str()),
                    dispute_results::error.eq(Some(why)),
                    dispute_results::computed_at.eq(now),
                ))
                .execute(db)?;
        }
        JobKind::ValueEdition(_) => {}
    }
    Ok(Event::new("job.fail", job).with("kind", kind.code()).with("of", kind.subject()))
}

impl Store {
    /// Takes the job that has waited longest, until `duration` from now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn lease_job(
        &self,
        worker: &Worker,
        duration: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let mut db = self.tenant(worker.tenant())?;
        let waiting = jobs::table.filter(jobs::state.eq(WAITING));
        // Most looks find nothing: they do not take the write lock.
        if waiting.count().get_result::<i64>(&mut *db)? == 0 {
            return Ok(None);
        }
        connection::write(&mut db, |db| {
            let now = self.clock().of(db)?;
            let next: Option<(String, i64)> = waiting
                .order((jobs::created_at, jobs::id))
                .select((jobs::id, jobs::fence))
                .first(db)
                .optional()?;
            let Some((id, fence)) = next else {
                return Ok(None);
            };
            let taken = jobs::table
                .filter(jobs::id.eq(&id))
                .filter(jobs::state.eq(WAITING))
                .filter(jobs::fence.eq(fence));
            diesel::update(taken)
                .set((
                    jobs::state.eq(LEASED),
                    jobs::attempts.eq(jobs::attempts + 1),
                    jobs::fence.eq(jobs::fence + 1),
                    jobs::lease_until.eq(Some(now.saturating_add(micros(duration)))),
                ))
                .execute(db)?;
            let row: JobRow =
                jobs::table.filter(jobs::id.eq(id)).select(JobRow::as_select()).first(db)?;
            let kind = row.kind()?;
            Ok(Some(Lease { id: JobId::stored(row.id), kind, fence: row.fence }))
        })
    }

    /// Says how far a leased job is, and keeps the lease until `duration` from now.
    ///
    /// # Errors
    /// `LeaseLost` when someone else has the job by now: stop working on it.
    pub fn heartbeat(
        &self,
        worker: &Worker,
        lease: &Lease,
        progress: &Progress,
        duration: Duration,
    ) -> Result<(), StoreError> {
        connection::write(&mut *self.tenant(worker.tenant())?, |db| {
            let held = jobs::table
                .filter(jobs::id.eq(lease.id.as_str()))
                .filter(jobs::state.eq(LEASED))
                .filter(jobs::fence.eq(lease.fence));
            let until = self.clock().of(db)?.saturating_add(micros(duration));
            let kept = diesel::update(held)
                .set((
                    jobs::progress.eq(progress.share.get()),
                    jobs::message.eq(&progress.message),
                    jobs::lease_until.eq(Some(until)),
                ))
                .execute(db)?;
            if kept == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
        })
    }

    /// Gives a leased job up, with a sentence that says why.
    ///
    /// # Errors
    /// `LeaseLost` when someone else has the job by now.
    pub fn fail_job(&self, worker: &Worker, lease: &Lease, why: &str) -> Result<(), StoreError> {
        self.change(worker.tenant(), WORKER, |db, now| {
            let held: i64 = jobs::table
                .filter(jobs::id.eq(lease.id.as_str()))
                .filter(jobs::state.eq(LEASED))
                .filter(jobs::fence.eq(lease.fence))
                .count()
                .get_result(db)?;
            if held == 0 {
                return Err(StoreError::LeaseLost);
            }
            Ok(Change::Made((), give_up(db, now, lease.id.as_str(), &lease.kind, why)?))
        })?;
        self.drop_checked_file(worker, &lease.kind)
    }

    /// Puts back every job whose lease has run out, and gives up those that have failed too often.
    /// Returns how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recover_jobs(&self, worker: &Worker) -> Result<u64, StoreError> {
        let mut recovered = 0_u64;
        while let Some(given_up) = self.recover_one(worker)? {
            recovered = recovered.saturating_add(1);
            if let Some(kind) = given_up {
                self.drop_checked_file(worker, &kind)?;
            }
        }
        Ok(recovered)
    }

    /// The next expired job put back, or given up and returned; nothing where none is left.
    fn recover_one(&self, worker: &Worker) -> Result<Option<Option<JobKind>>, StoreError> {
        self.change(worker.tenant(), WORKER, |db, now| {
            let expired: Option<JobRow> = jobs::table
                .filter(jobs::state.eq(LEASED))
                .filter(jobs::lease_until.lt(Some(now)))
                .order(jobs::id)
                .select(JobRow::as_select())
                .first(db)
                .optional()?;
            let Some(row) = expired else {
                return Ok(Change::Nothing(None));
            };
            let kind = row.kind()?;
            if row.attempts >= MOST_ATTEMPTS {
                let why = "the work ended unexpectedly three times and was given up";
                let event = give_up(db, now, &row.id, &kind, why)?;
                return Ok(Change::Made(Some(Some(kind)), event));
            }
            diesel::update(jobs::table.filter(jobs::id.eq(&row.id)))
                .set((jobs::state.eq(WAITING), jobs::lease_until.eq(None::<i64>)))
                .execute(db)?;
            Ok(Change::Nothing(Some(None)))
        })
    }

    /// How far the valuing of an edition is.
    ///
    /// # Errors
    /// When there is no such edition.
    pub fn value_status(
        &self,
        who: &Permitted<demand::ReadBook>,
        edition: u64,
    ) -> Result<JobStatus, StoreError> {
        status(&mut *self.tenant(who.tenant())?, &JobKind::ValueEdition(edition))
    }

    /// How many jobs of a Board there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn queue_length(&self, worker: &Worker) -> Result<QueueLength, StoreError> {
        let mut db = self.tenant(worker.tenant())?;
        let mut count = |state: &str| -> Result<u64, StoreError> {
            let found: i64 =
                jobs::table.filter(jobs::state.eq(state)).count().get_result(&mut *db)?;
            crate::time::from_db(found)
        };
        Ok(QueueLength {
            waiting: count(WAITING)?,
            working: count(LEASED)?,
            failed: count(FAILED)?,
        })
    }
}
