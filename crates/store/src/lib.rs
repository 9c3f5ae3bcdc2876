#![doc = include_str!("../README.md")]

mod agreements;
mod audit;
mod backup;
mod connection;
mod disputes;
mod editions;
mod error;
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
mod sessions;
mod store;
mod submissions;
#[cfg(test)]
mod tests;
mod time;
mod uploads;

pub use agreements::{Agreement, NewAgreement};
pub use audit::{AuditEntry, AuditQuery, AuditReport, SignedHead};
pub use backup::Backup;
pub use disputes::{Decision, Dispute, EvidenceFile, NewDispute, NewEvidence, Verdict};
pub use editions::{Edition, EditionPart, EditionValue, OwnedTable};
pub use error::StoreError;
pub use ids::{
    AnswerId, DisputeId, InvitationId, JobId, ReleaseId, RunId, ScenarioId, SubmissionId,
};
pub use invitations::{Accepting, INVITATION_LIMIT, Invitation, Invited, NewInvitation};
pub use jobs::{JobKind, JobState, JobStatus, Lease, Progress, QueueLength};
pub use members::Member;
pub use page::{Listing, Page};
pub use people::{NewPerson, Tenant};
pub use releases::{NewRelease, Release};
pub use runs::{Beside, NewRun, Run, RunOutcome, RunState};
pub use scenarios::{NewScenario, Scenario};
pub use sessions::{ABSOLUTE_LIMIT, IDLE_LIMIT};
pub use store::{Place, Store};
pub use submissions::{
    Answer, AnswerText, AskedQuery, BadRows, CheckOutcome, EarlierAnswer, Found, NewAnswer,
    NewSubmission, Query, Received, Standing, StoredTable, Submission, SubmissionState,
    TableSummary, TableVersions, WORKBOOK,
};
pub use uploads::{ARRIVING, WitnessOfTenant};
