//! The JSON of `/api/v1` that is the service's own; checks, values and results are in `api`.

mod account;
mod agreement;
mod answers;
mod audit;
mod differences;
mod disputes;
mod editions;
mod figures;
mod jobs;
mod others;
mod people;
mod platform;
mod releases;
mod runs;
mod scenarios;
mod session;
mod submissions;
mod trace;

pub use account::{
    ApiTokenJson, CodeJson, NewApiTokenJson, NewPasswordJson, NewSecondFactorJson,
    RecoveryCodesJson, RemovalJson, SecondFactorJson, SessionJson,
};
pub use agreement::{AgreementFactsJson, AgreementJson, NewAgreementJson};
pub use answers::{
    AnswerJson, EarlierAnswerJson, NewAnswerJson, NewAnswersJson, QueriesJson, QueryJson,
};
pub use audit::{AuditEntryJson, AuditHeadJson, AuditRow, AuditSearchQuery};
pub use differences::{
    AgainstEditionQuery, AgainstQuery, ChangeJson, DifferencesJson, EditionDifferencesJson,
    KeyedRowJson, TableDifferencesJson,
};
pub use disputes::{
    DecisionJson, DisputeJson, EvidenceJson, EvidenceQuery, NewDecisionJson, NewDisputeJson,
    WithdrawalJson,
};
pub use editions::{EditionJson, EditionPartJson};
pub use figures::{FigureJson, FiguresJson, FiguresQuery};
pub use jobs::JobJson;
pub use others::{OthersJson, SeenActivityJson, SeenLineJson};
pub(crate) use people::provider;
pub use people::{
    AcceptanceJson, InvitationJson, MembershipJson, NewInvitationJson, NewRoleJson, UserJson,
};
pub use platform::{NewTenantJson, TenantJson};
pub use releases::{NewReleaseJson, ReleaseJson, ReleasedTableJson};
pub use runs::{NewRunJson, RunStatusJson};
pub use scenarios::{NewScenarioJson, ScenarioJson};
pub use session::{CredentialsJson, MeJson};
pub use submissions::{
    ProblemsJson, ProblemsQuery, ReceivedJson, SubmissionJson, TableJson, TableQuery, UploadQuery,
};
pub use trace::{TraceJson, TracedTableJson};

use serde::{Deserialize, Serialize};
use store::{Listing, Page};
use utoipa::{IntoParams, ToSchema};

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ListJson<T> {
    /// The entries, newest first where the list does not say otherwise.
    pub items: Vec<T>,
    /// Give this as `after` to get the next part; absent at the end.
    pub next: Option<String>,
}

impl<T> ListJson<T> {
    pub(crate) fn of<U>(listing: Listing<U>, shape: impl FnMut(U) -> T) -> Self {
        let Listing { items, next } = listing.map(shape);
        Self { items, next }
    }
}

/// Which part of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the part before.
    pub after: Option<String>,
    /// Entries in this part: 50 unless told, 100 at most.
    pub size: Option<u32>,
}

impl From<PageQuery> for Page {
    fn from(query: PageQuery) -> Self {
        Self { after: query.after, size: query.size }
    }
}
