use diesel::prelude::*;
use jiff::Timestamp;
use tenancy::{Permitted, PersonId, Worker, demand};

use crate::audit::Event;
use crate::connection::{self, Backend, Db};
use crate::jobs::{self, JobKind, JobStatus, Lease, WORKER};
use crate::schema::tenant::{editions, runs, scenarios};
use crate::store::Change;
use crate::time::{from_db, optional_time, time, to_db};
use crate::{Listing, Page, RunId, ScenarioId, Store, StoreError};

/// A run to be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// The scenario.
    pub scenario: ScenarioId,
    /// The edition; the latest unless told.
    pub edition: Option<u64>,
    /// Draws; as the scenario says unless told.
    pub draws: Option<u32>,
    /// The seed of the draws; as the scenario says unless told.
    pub seed: Option<u64>,
    /// What is worked out beside the plan.
    pub beside: Beside,
    /// A key of the caller's choice: the same key again answers with the same run.
    pub idempotency_key: Option<String>,
}

/// What is worked out beside a run's plan, where somebody asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Between which spends each line lies in nearly best plans, and other plans.
    pub ranges: bool,
    /// What each assumption does to the answer.
    pub sensitivity: bool,
    /// Health against budget.
    pub frontier: bool,
}

impl Beside {
    /// As words, as they are stored.
    fn words(self) -> String {
        let all = [(self.ranges, "ranges"), (self.sensitivity, "sensitivity")];
        let all = all.into_iter().chain([(self.frontier, "frontier")]);
        let asked: Vec<&str> = all.filter(|(asked, _)| *asked).map(|(_, word)| word).collect();
        asked.join(" ")
    }

    /// Runs of before it could be asked for have nothing beside them.
    fn stored(words: Option<&str>) -> Self {
        let asked = |word| words.unwrap_or_default().split(' ').any(|asked| asked == word);
        Self {
            ranges: asked("ranges"),
            sensitivity: asked("sensitivity"),
            frontier: asked("frontier"),
        }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Waiting or being computed.
    Waiting,
    /// There is a result: certified, infeasible, or not proven.
    Done,
    /// There is none.
    Failed,
}

/// One run of one scenario on one edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The scenario.
    pub scenario: ScenarioId,
    /// The scenario's name.
    pub scenario_name: String,
    /// The edition.
    pub edition: u64,
    /// Draws, where they differ from what the scenario says.
    pub draws: Option<u32>,
    /// The seed, where it differs from what the scenario says.
    pub seed: Option<u64>,
    /// What is worked out beside the plan.
    pub beside: Beside,
    /// How far it is.
    pub state: RunState,
    /// What came out, as the result's `status` says.
    pub outcome: Option<String>,
    /// Whether our own arithmetic proves it.
    pub certified: Option<bool>,
    /// Why there is no result.
    pub error: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Who asked.
    pub created_by: PersonId,
    /// Until when.
    pub finished_at: Option<Timestamp>,
}

/// What a worker computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOutcome {
    /// The result's `status`.
    pub status: String,
    /// Whether our own arithmetic proves it.
    pub certified: bool,
    /// The whole result.
    pub result_json: String,
    /// Health against budget, where it was asked for and there is any.
    pub frontier_json: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = runs, check_for_backend(Backend))]
struct RunRow {
    id: String,
    scenario_id: String,
    edition: i64,
    draws: Option<i64>,
    seed: Option<i64>,
    beside: Option<String>,
    state: String,
    outcome: Option<String>,
    certified: Option<bool>,
    error: Option<String>,
    created_at: i64,
    created_by: String,
    finished_at: Option<i64>,
}

impl TryFrom<(RunRow, String)> for Run {
    type Error = StoreError;
    fn try_from((row, scenario_name): (RunRow, String)) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("run");
        Ok(Self {
            beside: Beside::stored(row.beside.as_deref()),
            id: RunId::stored(row.id),
            scenario: ScenarioId::stored(row.scenario_id),
            scenario_name,
            edition: from_db(row.edition)?,
            draws: row.draws.map(u32::try_from).transpose().map_err(|_| corrupt())?,
            seed: row.seed.map(from_db).transpose()?,
            state: match row.state.as_str() {
                "waiting" => RunState::Waiting,
                "done" => RunState::Done,
                "failed" => RunState::Failed,
                _ => return Err(corrupt()),
            },
            outcome: row.outcome,
            certified: row.certified,
            error: row.error,
            created_at: time(row.created_at)?,
            created_by: PersonId::new(row.created_by),
            finished_at: optional_time(row.finished_at)?,
        })
    }
}

/// The run that answered this key before, where it was the same question.
fn repeated(db: &mut Db, person: &str, new: &NewRun) -> Result<Option<RunId>, StoreError> {
    let Some(key) = &new.idempotency_key else {
        return Ok(None);
    };
    let row: Option<RunRow> = runs::table
        .filter(runs::created_by.eq(person))
        .filter(runs::idempotency_key.eq(Some(key)))
        .select(RunRow::as_select())
        .first(db)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let edition = new.edition.map(to_db).transpose()?;
    let same = row.scenario_id == new.scenario.as_str()
        && Beside::stored(row.beside.as_deref()) == new.beside
        && row.draws == new.draws.map(i64::from)
        && row.seed == new.seed.map(to_db).transpose()?
        && edition.is_none_or(|edition| row.edition == edition);
    if same {
        Ok(Some(RunId::stored(row.id)))
    } else {
        Err(StoreError::Conflict("this Idempotency-Key was used for another run".to_owned()))
    }
}

fn edition_for(db: &mut Db, asked: Option<u64>) -> Result<i64, StoreError> {
    match asked {
        Some(number) => Ok(editions::table
            .filter(editions::number.eq(to_db(number)?))
            .select(editions::number)
            .first(db)?),
        None => editions::table
            .order(editions::number.desc())
            .select(editions::number)
            .first(db)
            .optional()?
            .ok_or_else(|| StoreError::Conflict("no edition has been published yet".to_owned())),
    }
}

impl Store {
    /// Asks for a run. The same idempotency key again answers with the same run.
    ///
    /// # Errors
    /// When there is no such scenario or edition, or the key was used for another run.
    pub fn create_run(
        &self,
        who: &Permitted<demand::RunScenarios>,
        new: &NewRun,
    ) -> Result<RunId, StoreError> {
        if new.idempotency_key.as_ref().is_some_and(|key| key.is_empty() || key.len() > 200) {
            return Err(StoreError::Invalid(
                "an Idempotency-Key has 1 to 200 characters".to_owned(),
            ));
        }
        let person = who.person().as_str();
        self.change(who.tenant(), person, |db, now| {
            if let Some(id) = repeated(db, person, new)? {
                return Ok(Change::Nothing(id));
            }
            let scenario: String = scenarios::table
                .filter(scenarios::id.eq(new.scenario.as_str()))
                .select(scenarios::id)
                .first(db)?;
            let edition = edition_for(db, new.edition)?;
            let id = RunId::new();
            diesel::insert_into(runs::table)
                .values((
                    runs::id.eq(id.as_str()),
                    runs::scenario_id.eq(&scenario),
                    runs::edition.eq(edition),
                    runs::draws.eq(new.draws.map(i64::from)),
                    runs::seed.eq(new.seed.map(to_db).transpose()?),
                    runs::beside.eq(Some(new.beside.words())),
                    runs::state.eq("waiting"),
                    runs::idempotency_key.eq(new.idempotency_key.as_deref()),
                    runs::created_at.eq(now),
                    runs::created_by.eq(person),
                ))
                .execute(db)?;
            jobs::enqueue(db, now, &JobKind::RunScenario(id.clone()))?;
            let event =
                Event::new("run.create", &id).with("scenario", scenario).with("edition", edition);
            Ok(Change::Made(id, event))
        })
    }

    /// One run, without its result.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn run(&self, who: &Permitted<demand::ReadBook>, id: &RunId) -> Result<Run, StoreError> {
        load(&mut *self.tenant(who.tenant())?, id)
    }

    /// One run for the worker that computes it.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn run_to_compute(&self, worker: &Worker, id: &RunId) -> Result<(Run, String), StoreError> {
        connection::read(&mut *self.tenant(worker.tenant())?, |db| {
            let run = load(db, id)?;
            let toml = scenarios::table
                .filter(scenarios::id.eq(run.scenario.as_str()))
                .select(scenarios::toml)
                .first(db)?;
            Ok((run, toml))
        })
    }

    /// The result of a run as it was stored; nothing while it is computed or where it failed.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn run_result(
        &self,
        who: &Permitted<demand::ReadBook>,
        id: &RunId,
    ) -> Result<Option<String>, StoreError> {
        Ok(runs::table
            .filter(runs::id.eq(id.as_str()))
            .select(runs::result_json)
            .first(&mut *self.tenant(who.tenant())?)?)
    }

    /// Health against budget beside a run, as it was stored; nothing where there is none.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn run_frontier(
        &self,
        who: &Permitted<demand::ReadBook>,
        id: &RunId,
    ) -> Result<Option<String>, StoreError> {
        Ok(runs::table
            .filter(runs::id.eq(id.as_str()))
            .select(runs::frontier_json)
            .first(&mut *self.tenant(who.tenant())?)?)
    }

    /// How far the computing of a run is.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn run_status(
        &self,
        who: &Permitted<demand::ReadBook>,
        id: &RunId,
    ) -> Result<JobStatus, StoreError> {
        jobs::status(&mut *self.tenant(who.tenant())?, &JobKind::RunScenario(id.clone()))
    }

    /// The Board's runs, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn runs(
        &self,
        who: &Permitted<demand::ReadBook>,
        page: &Page,
    ) -> Result<Listing<Run>, StoreError> {
        let rows: Vec<(RunRow, String)> = runs::table
            .inner_join(scenarios::table.on(scenarios::id.eq(runs::scenario_id)))
            .filter(runs::id.lt(page.before()))
            .order(runs::id.desc())
            .limit(page.fetch())
            .select((RunRow::as_select(), scenarios::name))
            .load(&mut *self.tenant(who.tenant())?)?;
        let found = rows.into_iter().map(Run::try_from).collect::<Result<_, _>>()?;
        Ok(Listing::cut(found, page, |run| run.id.to_string()))
    }

    /// Stores what a worker computed, and ends its job.
    ///
    /// # Errors
    /// `LeaseLost` when someone else has the job by now.
    pub fn finish_run(
        &self,
        worker: &Worker,
        lease: &Lease,
        outcome: &RunOutcome,
    ) -> Result<(), StoreError> {
        let JobKind::RunScenario(id) = lease.kind() else {
            return Err(StoreError::Corrupt("job"));
        };
        self.change(worker.tenant(), WORKER, |db, now| {
            jobs::finish(db, now, lease)?;
            diesel::update(runs::table.filter(runs::id.eq(id.as_str())))
                .set((
                    runs::state.eq("done"),
                    runs::outcome.eq(&outcome.status),
                    runs::certified.eq(outcome.certified),
                    runs::result_json.eq(&outcome.result_json),
                    runs::frontier_json.eq(&outcome.frontier_json),
                    runs::finished_at.eq(Some(now)),
                ))
                .execute(db)?;
            let event = Event::new("run.finish", id)
                .with("status", outcome.status.as_str())
                .with("certified", outcome.certified);
            Ok(Change::Made((), event))
        })
    }
}

fn load(db: &mut Db, id: &RunId) -> Result<Run, StoreError> {
    let row: (RunRow, String) = runs::table
        .inner_join(scenarios::table.on(scenarios::id.eq(runs::scenario_id)))
        .filter(runs::id.eq(id.as_str()))
        .select((RunRow::as_select(), scenarios::name))
        .first(db)?;
    row.try_into()
}
