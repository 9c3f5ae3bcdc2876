#![doc = include_str!("../README.md")]

mod account;
mod agreements;
mod api_tokens;
mod attempts;
mod audit;
mod backup;
mod connection;
mod disputes;
mod editions;
mod error;
mod hash;
mod ids;
mod invitations;
mod jobs;
mod key;
mod members;
mod page;
mod people;
mod releases;
mod runs;
mod scenarios;
mod schema;
mod second_factor;
mod sessions;
mod sign_in;
mod store;
mod submissions;
#[cfg(test)]
mod tests;
mod time;
mod uploads;

pub use account::NewOperator;
pub use agreements::{Agreement, NewAgreement};
pub use api_tokens::{MOST_TOKEN_DAYS, MOST_TOKENS, NewApiToken, OwnApiToken};
pub use attempts::{AddressMark, Attempt, Turn};
pub use audit::{AuditEntry, AuditQuery, AuditReport, SignedHead};
pub use backup::Backup;
pub use disputes::{Decision, Dispute, EvidenceFile, NewDispute, NewEvidence, Verdict};
pub use editions::{Edition, EditionPart, EditionValue, OwnedTable};
pub use error::StoreError;
pub use ids::{
    AnswerId, ApiTokenId, DisputeId, InvitationId, JobId, ReleaseId, RunId, ScenarioId, SessionId,
    SubmissionId,
};
pub use invitations::{Accepting, INVITATION_LIMIT, Invitation, Invited, NewInvitation};
pub use jobs::{JobKind, JobState, JobStatus, Lease, Progress, QueueLength};
pub use members::Member;
pub use page::{Listing, Page};
pub use people::{NewPerson, Tenant};
pub use releases::{NewRelease, Release};
pub use runs::{Beside, NewRun, Run, RunOutcome, RunState};
pub use scenarios::{NewScenario, Scenario};
pub use second_factor::SecondFactor;
pub use sessions::{ABSOLUTE_LIMIT, IDLE_LIMIT, OwnSession, Session};
pub use sign_in::{Begun, PENDING_LIMIT};
pub use store::{Place, Store};
pub use submissions::{
    Answer, AnswerText, AskedQuery, BadRows, CheckOutcome, EarlierAnswer, Found, NewAnswer,
    NewSubmission, Query, Received, Standing, StoredTable, Submission, SubmissionState,
    TableSummary, TableVersions, WORKBOOK,
};
pub use uploads::{ARRIVING, WitnessOfTenant};
