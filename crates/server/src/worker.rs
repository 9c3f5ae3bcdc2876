//! Threads that lease jobs of all Boards, one at a time each.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use openbook::Report;
use openbook::workbook::{Sheet, UnpackError};
use quantities::Share;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use store::{
    ARRIVING, CheckOutcome, EditionValue, Found, JobKind, Lease, Progress, RunOutcome, StoreError,
    SubmissionId, WORKBOOK,
};
use tempfile::TempDir;
use tenancy::{Operator, Worker};

use crate::engine::{self, CheckTask, Checked, DisputeTask, EngineError, RunTask};
use crate::state::AppState;

/// How long a job is leased for; a heartbeat renews it.
const LEASE: Duration = Duration::from_secs(30);
/// How often the heart beats.
const BEAT: Duration = Duration::from_secs(1);
/// How long an idle worker waits before it looks for jobs that other processes stored.
const IDLE: Duration = Duration::from_secs(2);
/// How long jobs may go on when the service stops.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often expired leases are looked for.
const RECOVERY: Duration = Duration::from_secs(10);

/// The threads that work on jobs.
#[derive(Debug)]
pub struct Workers {
    state: Arc<AppState>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts that many threads, one at least.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(state: &Arc<AppState>, count: usize) -> std::io::Result<Self> {
        let mut threads = Vec::new();
        for number in 0..count.max(1) {
            let state = Arc::clone(state);
            let thread = thread::Builder::new().name(format!("job-{number}"));
            threads.push(thread.spawn(move || work(&state))?);
        }
        Ok(Self { state: Arc::clone(state), threads })
    }

    /// Lets each thread end its job, for a while. A job that takes longer is done again later by
    /// whoever finds its lease expired.
    pub fn stop(self) {
        self.state.wake.stop();
        let told = Instant::now();
        while told.elapsed() < PATIENCE && !self.threads.iter().all(JoinHandle::is_finished) {
            thread::sleep(Duration::from_millis(20));
        }
        for thread in self.threads.into_iter().filter(JoinHandle::is_finished) {
            if thread.join().is_err() {
                tracing::error!("a worker ended in a panic");
            }
        }
    }
}

fn work(state: &AppState) {
    let mut recovered: Option<Instant> = None;
    while !state.wake.is_stopping() {
        let recover = recovered.is_none_or(|at| at.elapsed() >= RECOVERY);
        if recover {
            recovered = Some(Instant::now());
        }
        match round(state, recover) {
            Ok(true) => {}
            Ok(false) => state.wake.wait(IDLE),
            Err(error) => {
                tracing::error!(class = error.class(), "no jobs could be looked for");
                state.wake.wait(IDLE);
            }
        }
    }
}

/// Does at most one job of each Board; says whether there was any. A Board whose database fails
/// keeps none of the others waiting.
///
/// # Errors
/// When the installation's own database fails.
pub fn round(state: &AppState, recover: bool) -> Result<bool, StoreError> {
    let mut worked = false;
    for worker in state.store.workers(&Operator::from_command_line())? {
        if state.wake.is_stopping() {
            break;
        }
        match next(state, &worker, recover) {
            Ok(Some(lease)) => {
                worked = true;
                one(state, &worker, &lease);
            }
            // Said once, when the service started.
            Ok(None) | Err(StoreError::Quarantined(_)) => {}
            Err(error) => {
                tracing::error!(board = %worker.tenant(), %error, "no job could be leased");
            }
        }
    }
    Ok(worked)
}

fn next(state: &AppState, worker: &Worker, recover: bool) -> Result<Option<Lease>, StoreError> {
    if recover {
        state.store.recover_jobs(worker)?;
    }
    state.store.lease_job(worker, LEASE)
}

fn one(state: &AppState, worker: &Worker, lease: &Lease) {
    let board = worker.tenant().as_str();
    let span = tracing::info_span!("job", id = %lease.job(), board);
    let _entered = span.enter();
    let began = Instant::now();
    let done = with_heartbeat(state, worker, lease, |pulse| {
        catch_unwind(AssertUnwindSafe(|| perform(state, worker, lease, pulse)))
    });
    let failure = match done {
        Ok(Ok(())) => None,
        Ok(Err(JobError::Engine(error))) => Some(error.to_string()),
        Ok(Err(JobError::Store(StoreError::LeaseLost))) => {
            tracing::warn!("the lease was lost; the result is dropped");
            return;
        }
        Ok(Err(JobError::Store(error))) => {
            tracing::error!(class = error.class(), "the result could not be stored");
            Some("the result could not be stored".to_owned())
        }
        Err(_) => Some(
            "the work ended unexpectedly; whoever runs this service should look at its \
                        log"
            .to_owned(),
        ),
    };
    let ms = began.elapsed().as_millis();
    match failure {
        None => {
            state.metrics.jobs_done.add();
            tracing::info!(ms, "job done");
        }
        Some(why) => {
            state.metrics.jobs_failed.add();
            tracing::warn!(ms, "job given up");
            if let Err(error) = state.store.fail_job(worker, lease, &why) {
                tracing::error!(class = error.class(), "the job could not be given up");
            }
        }
    }
}

enum JobError {
    Store(StoreError),
    Engine(EngineError),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<EngineError> for JobError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

fn perform(
    state: &AppState,
    worker: &Worker,
    lease: &Lease,
    pulse: &Pulse,
) -> Result<(), JobError> {
    match lease.kind() {
        JobKind::CheckSubmission(id) => check(state, worker, lease, id, pulse),
        JobKind::ValueEdition(number) => {
            let parts = state.store.edition_tables(worker, *number)?;
            let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
            let valued = engine::value(&state.catalogue, &parts, today)?;
            let value = EditionValue {
                book_sha256: valued.book_sha256,
                value_json: json(&valued.value)?,
                evidence_json: Some(json(&valued.evidence)?),
            };
            Ok(state.store.finish_value(worker, lease, &value)?)
        }
        JobKind::RunScenario(id) => {
            let (run, scenario) = state.store.run_to_compute(worker, id)?;
            let parts = state.store.edition_tables(worker, run.edition)?;
            let task = RunTask {
                parts: &parts,
                scenario: &scenario,
                draws: run.draws,
                seed: run.seed,
                beside: run.beside,
            };
            let found = engine::run(&state.catalogue, &task, &mut |share, message| {
                pulse.say(share, message);
            })?;
            let outcome = RunOutcome {
                result_json: json(&found.result)?,
                frontier_json: found.frontier.as_ref().map(json).transpose()?,
                certified: found.result.certified,
                status: found.result.status,
            };
            Ok(state.store.finish_run(worker, lease, &outcome)?)
        }
        JobKind::ValueDispute(id) => {
            let (dispute, scenario) = state.store.dispute_to_value(worker, id)?;
            let parts = state.store.edition_tables(worker, dispute.figure.edition)?;
            let task = DisputeTask {
                parts: &parts,
                figure: &dispute.figure,
                scenario: scenario.as_deref(),
            };
            let result = engine::disputed(&state.catalogue, &task, &mut |share, message| {
                pulse.say(share, message);
            })?;
            Ok(state.store.finish_dispute(worker, lease, &json(&result)?)?)
        }
    }
}

fn check(
    state: &AppState,
    worker: &Worker,
    lease: &Lease,
    id: &SubmissionId,
    pulse: &Pulse,
) -> Result<(), JobError> {
    let (submission, file) = state.store.submission_to_check(worker, id)?;
    let reference = state.store.reference_tables(worker, &submission)?;
    let arrived = if submission.table == WORKBOOK {
        pulse.say(Share::ZERO, "unpacking the workbook");
        unpacked(state, &file)?
    } else {
        let table = submission.table.clone();
        Arrived {
            sheets: vec![Sheet { table, csv: file }],
            report: Report::default(),
            _folder: None,
        }
    };
    let task = CheckTask {
        sheets: &arrived.sheets,
        unpacked: &arrived.report,
        provider: submission.owner.as_ref(),
        reference: &reference,
    };
    let checked = engine::check(&state.catalogue, &task, &mut |share, message| {
        pulse.say(share, message);
    })?;
    drop(arrived);
    let Checked { tables, report, queries, bad_rows } = checked;
    let found = Found { report: json(&report)?, queries, bad_rows };
    let outcome = if report.accepted {
        CheckOutcome::Accepted { tables, found }
    } else {
        CheckOutcome::Refused { found }
    };
    Ok(state.store.finish_check(worker, lease, &outcome)?)
}

/// The tables of a submission as CSV files.
struct Arrived {
    sheets: Vec<Sheet>,
    report: Report,
    /// Where the sheets of a workbook are; removed with this.
    _folder: Option<TempDir>,
}

/// The sheets of a workbook, which a process of its own reads.
fn unpacked(state: &AppState, file: &Path) -> Result<Arrived, JobError> {
    let fault = |error: &dyn std::fmt::Display| JobError::Engine(EngineError::internal(error));
    // Named as a file that is still arriving: what a crash leaves behind is swept like one.
    let mut folder = tempfile::Builder::new();
    folder.prefix(ARRIVING);
    let folder = match file.parent() {
        Some(parent) => folder.tempdir_in(parent),
        None => folder.tempdir(),
    };
    let folder = folder.map_err(|error| fault(&error))?;
    let (sheets, report) = match state.unpacker.unpack(&state.catalogue.tables, file, folder.path())
    {
        Ok(sheets) => (sheets, Report::default()),
        Err(UnpackError::Refused { report, sheets }) => (sheets, report),
        Err(error) => return Err(fault(&error)),
    };
    Ok(Arrived { sheets, report, _folder: Some(folder) })
}

fn json(value: &impl serde::Serialize) -> Result<String, JobError> {
    serde_json::to_string(value).map_err(|error| JobError::Engine(EngineError::internal(&error)))
}

/// How far a job is, told by the job and passed on by its heartbeat.
struct Pulse {
    beat: Mutex<Beat>,
    ended: Condvar,
}

struct Beat {
    progress: Progress,
    over: bool,
}

impl Pulse {
    fn say(&self, share: Share, message: &str) {
        let mut beat = self.beat.lock().unwrap_or_else(PoisonError::into_inner);
        beat.progress = Progress { share, message: message.to_owned() };
    }
}

/// Runs a job while another thread renews its lease and passes its progress on.
fn with_heartbeat<T>(
    state: &AppState,
    worker: &Worker,
    lease: &Lease,
    job: impl FnOnce(&Pulse) -> T,
) -> T {
    let progress = Progress { share: Share::ZERO, message: String::new() };
    let pulse = Pulse { beat: Mutex::new(Beat { progress, over: false }), ended: Condvar::new() };
    thread::scope(|scope| {
        scope.spawn(|| beat(state, worker, lease, &pulse));
        let result = job(&pulse);
        pulse.beat.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        pulse.ended.notify_all();
        result
    })
}

fn beat(state: &AppState, worker: &Worker, lease: &Lease, pulse: &Pulse) {
    let mut said: Option<Progress> = None;
    let mut renewed = Instant::now();
    loop {
        let beat = pulse.beat.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = pulse.ended.wait_timeout_while(beat, BEAT, |beat| !beat.over);
        let (beat, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if beat.over {
            return;
        }
        let progress = beat.progress.clone();
        drop(beat);
        if said.as_ref() == Some(&progress) && renewed.elapsed() < LEASE / 4 {
            continue;
        }
        if let Err(error) = state.store.heartbeat(worker, lease, &progress, LEASE) {
            tracing::warn!(class = error.class(), "the lease was not renewed");
        }
        said = Some(progress);
        renewed = Instant::now();
    }
}
