use serde::{Deserialize, Serialize};
use store::{Agreement, NewAgreement};
use utoipa::ToSchema;

use crate::actions::agreement::ALWAYS;
use crate::problem::Problem;

/// The data-sharing agreement of the book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgreementJson {
    /// The agreement that stands; absent before the first.
    pub agreement: Option<AgreementFactsJson>,
    /// Whether providers see each other's published lines today.
    pub in_force: bool,
    /// What holds under every agreement.
    pub always: String,
}

/// An agreement that was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgreementFactsJson {
    /// 1, 2, 3, …; the newest stands.
    pub number: i64,
    /// What the lines may be used for.
    pub purpose: String,
    /// The first day it holds, such as `2026-11-23`.
    pub from: String,
    /// The last day it holds.
    pub until: String,
    /// When it was recorded (RFC 3339, UTC).
    pub recorded_at: String,
    /// Who recorded it: a person's id.
    pub recorded_by: String,
}

/// An agreement to be recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgreementJson {
    /// What the lines may be used for.
    pub purpose: String,
    /// The first day it holds, such as `2026-11-23`.
    pub from: String,
    /// The last day it holds; one that has passed ends the sharing.
    pub until: String,
}

impl TryFrom<NewAgreementJson> for NewAgreement {
    type Error = Problem;
    fn try_from(new: NewAgreementJson) -> Result<Self, Problem> {
        let day = |text: &str| {
            text.parse().map_err(|_| Problem::invalid("a day is written like 2026-11-23"))
        };
        Ok(Self { from: day(&new.from)?, until: day(&new.until)?, purpose: new.purpose })
    }
}

impl From<Option<Agreement>> for AgreementJson {
    fn from(agreement: Option<Agreement>) -> Self {
        Self {
            in_force: agreement.as_ref().is_some_and(|agreement| agreement.in_force),
            agreement: agreement.map(|agreement| AgreementFactsJson {
                number: agreement.number,
                purpose: agreement.purpose,
                from: agreement.from.to_string(),
                until: agreement.until.to_string(),
                recorded_at: agreement.recorded_at.to_string(),
                recorded_by: agreement.recorded_by.to_string(),
            }),
            always: ALWAYS.to_owned(),
        }
    }
}
