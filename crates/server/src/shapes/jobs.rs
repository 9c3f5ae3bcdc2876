use quantities::Share;
use serde::{Deserialize, Serialize};
use store::{JobState, JobStatus};
use utoipa::ToSchema;

/// How far a computation is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobJson {
    /// `waiting`, `working`, `done` or `failed`.
    pub state: String,
    /// The part that is done, 0 to 1.
    #[schema(value_type = f64)]
    pub progress: Share,
    /// What is being done.
    pub message: String,
    /// Why it was given up.
    pub error: Option<String>,
}

impl From<JobStatus> for JobJson {
    fn from(job: JobStatus) -> Self {
        let state = match job.state {
            JobState::Waiting => "waiting",
            JobState::Working => "working",
            JobState::Done => "done",
            JobState::Failed => "failed",
        };
        Self {
            state: state.to_owned(),
            progress: job.progress,
            message: job.message,
            error: job.error,
        }
    }
}
