use api::dispute::DisputeResultJson;
use serde::{Deserialize, Serialize};
use store::{Decision, Dispute, EvidenceFile, NewDispute, Verdict};
use utoipa::{IntoParams, ToSchema};

use super::JobJson;
use crate::actions::disputes::Status;
use crate::problem::Problem;

/// A figure to be disputed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDisputeJson {
    /// The edition that published it.
    pub edition: u64,
    /// The line: `provider/service`.
    pub service: String,
    /// The table, such as `costs`.
    pub table: String,
    /// The column, such as `cost_gbp`.
    pub column: String,
    /// The row's business key, its key columns joined by `/`. Without it the figure is the one that
    /// the line has there; a cost or an activity in several rows is their sum in the base year.
    pub key: Option<String>,
    /// What is wrong with it, at most 2,000 characters.
    pub claim: String,
    /// What should stand there; absent where the row should be left out.
    pub proposed_value: Option<String>,
    /// Why, and where that can be seen, at most 10,000 characters.
    pub evidence: String,
    /// A scenario's id, to be run with and without it.
    pub scenario: Option<String>,
}

/// A disputed figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DisputeJson {
    /// Its id.
    pub id: String,
    /// `open`, `accepted`, `rejected` or `withdrawn`.
    pub state: String,
    /// What is disputed.
    pub figure: NewDisputeJson,
    /// Whose person raised it: a provider's code; absent for the Board.
    pub raised_for: Option<String>,
    /// When (RFC 3339, UTC).
    pub created_at: String,
    /// Who: a person's id.
    pub created_by: String,
    /// What became of it; absent while it is open.
    pub decision: Option<DecisionJson>,
    /// What was attached, oldest first.
    pub evidence_files: Vec<EvidenceJson>,
    /// The published result with and without the figure, once it is computed.
    pub result: Option<DisputeResultJson>,
    /// Why there is none.
    pub error: Option<String>,
    /// How far the computing is; absent in lists.
    pub job: Option<JobJson>,
}

/// What became of a dispute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DecisionJson {
    /// Why.
    pub reason: String,
    /// When (RFC 3339, UTC).
    pub decided_at: String,
    /// Who: a person's id.
    pub decided_by: String,
}

/// An attached file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceJson {
    /// The SHA-256 of its content: what it is asked for by.
    pub sha256: String,
    /// Its name.
    pub file_name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
    /// When it was attached (RFC 3339, UTC).
    pub added_at: String,
    /// Who attached it: a person's id.
    pub added_by: String,
}

/// How a dispute ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecisionJson {
    /// `accepted`, `rejected` or `withdrawn`.
    pub state: String,
    /// Why, at most 2,000 characters.
    pub reason: String,
}

/// Why a dispute is not pursued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalJson {
    /// At most 2,000 characters.
    pub reason: String,
}

/// What the file is called.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EvidenceQuery {
    /// The file's name.
    pub file_name: Option<String>,
}

impl NewDecisionJson {
    /// Which way it ends.
    ///
    /// # Errors
    /// When it is no way to end.
    pub fn verdict(&self) -> Result<Verdict, Problem> {
        let found = Verdict::ALL.into_iter().find(|verdict| verdict.code() == self.state);
        found.ok_or_else(|| Problem::invalid("a dispute ends accepted, rejected or withdrawn"))
    }
}

impl TryFrom<NewDisputeJson> for NewDispute {
    type Error = Problem;
    fn try_from(new: NewDisputeJson) -> Result<Self, Problem> {
        let NewDisputeJson { edition, service, table, column, key, claim, .. } = new;
        let service = service.parse();
        Ok(Self {
            edition,
            service: service
                .map_err(|_| Problem::invalid("a service is written provider/service"))?,
            table,
            column,
            key,
            claim,
            proposed: new.proposed_value,
            evidence: new.evidence,
            scenario: new.scenario.as_deref().map(str::parse).transpose()?,
        })
    }
}

impl From<NewDispute> for NewDisputeJson {
    fn from(figure: NewDispute) -> Self {
        Self {
            edition: figure.edition,
            service: figure.service.to_string(),
            table: figure.table,
            column: figure.column,
            key: figure.key,
            claim: figure.claim,
            proposed_value: figure.proposed,
            evidence: figure.evidence,
            scenario: figure.scenario.map(|id| id.to_string()),
        }
    }
}

impl From<Decision> for DecisionJson {
    fn from(decision: Decision) -> Self {
        Self {
            reason: decision.reason,
            decided_at: decision.decided_at.to_string(),
            decided_by: decision.decided_by.to_string(),
        }
    }
}

impl From<EvidenceFile> for EvidenceJson {
    fn from(attached: EvidenceFile) -> Self {
        Self {
            sha256: attached.file.sha256,
            file_name: attached.file.file_name,
            media_type: attached.file.media_type,
            bytes: attached.file.bytes,
            added_at: attached.added_at.to_string(),
            added_by: attached.added_by.to_string(),
        }
    }
}

impl TryFrom<Dispute> for DisputeJson {
    type Error = Problem;
    fn try_from(dispute: Dispute) -> Result<Self, Problem> {
        let result = dispute.result.as_deref().map(serde_json::from_str).transpose();
        Ok(Self {
            id: dispute.id.to_string(),
            state: dispute.state().to_owned(),
            raised_for: dispute.raised_for.map(String::from),
            created_at: dispute.created_at.to_string(),
            created_by: dispute.created_by.to_string(),
            decision: dispute.decision.map(DecisionJson::from),
            evidence_files: dispute.files.into_iter().map(EvidenceJson::from).collect(),
            result: result.map_err(|error| Problem::internal(&error))?,
            error: dispute.error,
            job: None,
            figure: dispute.figure.into(),
        })
    }
}

impl TryFrom<Status> for DisputeJson {
    type Error = Problem;
    fn try_from(status: Status) -> Result<Self, Problem> {
        Ok(Self { job: Some(status.job.into()), ..status.dispute.try_into()? })
    }
}
