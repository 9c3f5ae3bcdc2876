use serde::{Deserialize, Serialize};
use store::{Beside, Run, RunState};
use utoipa::ToSchema;

use super::JobJson;
use crate::actions::runs::Status;

/// A run to be computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRunJson {
    /// The scenario's id.
    pub scenario: String,
    /// The edition's number; the latest unless told.
    pub edition: Option<u64>,
    /// Draws; as the scenario says unless told.
    pub draws: Option<u32>,
    /// The seed of the draws; as the scenario says unless told.
    pub seed: Option<u64>,
    /// What is worked out beside the plan; nothing unless told.
    #[serde(default)]
    pub beside: BesideJson,
}

/// What is worked out beside a run's plan. Each takes as long as the plan again, or longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BesideJson {
    /// Between which spends each line lies in plans that keep 99 % of the gain, and up to three
    /// such plans that differ most: `range_gbp` and `alternatives` of the result.
    #[serde(default)]
    pub ranges: bool,
    /// What each assumption does to the answer: `sensitivity` of the result.
    #[serde(default)]
    pub sensitivity: bool,
    /// Health against 41 budgets from 10 % below to 10 % above today's spend, each proven.
    #[serde(default)]
    pub frontier: bool,
}

impl From<BesideJson> for Beside {
    fn from(BesideJson { ranges, sensitivity, frontier }: BesideJson) -> Self {
        Self { ranges, sensitivity, frontier }
    }
}

impl From<Beside> for BesideJson {
    fn from(Beside { ranges, sensitivity, frontier }: Beside) -> Self {
        Self { ranges, sensitivity, frontier }
    }
}

/// One run and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunStatusJson {
    /// Its id.
    pub id: String,
    /// The scenario's id.
    pub scenario: String,
    /// The scenario's name.
    pub scenario_name: String,
    /// The edition's number.
    pub edition: u64,
    /// Draws, where they differ from what the scenario says.
    pub draws: Option<u32>,
    /// The seed, where it differs from what the scenario says.
    pub seed: Option<u64>,
    /// What is worked out beside the plan.
    pub beside: BesideJson,
    /// `waiting`, `done` or `failed`.
    pub state: String,
    /// The result's `status`, once there is one.
    pub status: Option<String>,
    /// Whether our own arithmetic proves it.
    pub certified: Option<bool>,
    /// Why there is no result.
    pub error: Option<String>,
    /// When it was asked for (RFC 3339, UTC).
    pub created_at: String,
    /// Who asked: a person's id.
    pub created_by: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// How far the computation is; absent in lists.
    pub job: Option<JobJson>,
}

impl From<Run> for RunStatusJson {
    fn from(run: Run) -> Self {
        let state = match run.state {
            RunState::Waiting => "waiting",
            RunState::Done => "done",
            RunState::Failed => "failed",
        };
        Self {
            id: run.id.to_string(),
            scenario: run.scenario.to_string(),
            scenario_name: run.scenario_name,
            edition: run.edition,
            draws: run.draws,
            seed: run.seed,
            beside: run.beside.into(),
            state: state.to_owned(),
            status: run.outcome,
            certified: run.certified,
            error: run.error,
            created_at: run.created_at.to_string(),
            created_by: run.created_by.to_string(),
            finished_at: run.finished_at.map(|time| time.to_string()),
            job: None,
        }
    }
}

impl From<Status> for RunStatusJson {
    fn from(status: Status) -> Self {
        Self { job: Some(status.job.into()), ..status.run.into() }
    }
}
