use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use store::{NewApiToken, OwnApiToken, OwnSession, SecondFactor, SessionId};
use tenancy::{Permission, RecoveryCode, Scope};
use utoipa::ToSchema;

use crate::actions::account::Enrolment;
use crate::problem::Problem;

/// Days that a token is in force unless told.
const USUAL_DAYS: u32 = 90;

/// One of your sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionJson {
    /// Its id, which is no secret.
    pub id: String,
    /// What you came with, such as `Firefox on Windows`.
    pub device: String,
    /// When it began (RFC 3339, UTC).
    pub created_at: String,
    /// When it was last used, to the minute (RFC 3339, UTC).
    pub last_seen_at: String,
    /// When it ends at the latest (RFC 3339, UTC).
    pub ends_at: String,
    /// Whether it is the one you ask with.
    pub current: bool,
}

/// A password in the place of another.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordJson {
    /// The password you have.
    pub current: String,
    /// The one you want: at least 12 characters, and not easily guessed.
    pub new: String,
}

/// What you sign in with beside the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecondFactorJson {
    /// Since when a code is asked for (RFC 3339, UTC); absent where none is.
    pub since: Option<String>,
    /// Recovery codes that are left.
    pub recovery_codes: u64,
}

/// A secret to be put into an authenticator app.
#[derive(Clone, Serialize, ToSchema)]
pub struct NewSecondFactorJson {
    /// The secret as text (base 32).
    pub secret: String,
    /// The secret as an `otpauth:` address.
    pub link: String,
}

/// A code that the app shows, or a recovery code.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeJson {
    /// The code.
    pub code: String,
}

/// What it takes to remove the second factor.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovalJson {
    /// Your password.
    pub password: String,
    /// A code that the app shows, or a recovery code.
    pub code: String,
}

/// Codes that each let you in once; shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct RecoveryCodesJson {
    /// Ten codes.
    pub codes: Vec<String>,
}

/// A token to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiTokenJson {
    /// What it is for, at most 100 characters.
    pub name: String,
    /// What it lets a program do: some of your own `permissions`.
    pub scopes: Vec<String>,
    /// Days until it ends: 90 unless told, 366 at most.
    pub days: Option<u32>,
}

/// An API token.
#[derive(Clone, Serialize, ToSchema)]
pub struct ApiTokenJson {
    /// Its id, which is no secret.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it lets a program do, as far as you may still do it yourself.
    pub scopes: Vec<String>,
    /// When it was made (RFC 3339, UTC).
    pub created_at: String,
    /// When it ends (RFC 3339, UTC).
    pub expires_at: String,
    /// The last day on which it was used, such as `2026-11-24`; absent where it never was.
    pub last_used_on: Option<String>,
    /// Whether it is in force.
    pub in_force: bool,
    /// The token itself, for an `Authorization: Bearer` header; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl SessionJson {
    pub(crate) fn of(session: OwnSession, current: &SessionId) -> Self {
        Self {
            current: session.id == *current,
            id: session.id.to_string(),
            device: session.device,
            created_at: session.created_at.to_string(),
            last_seen_at: session.last_seen_at.to_string(),
            ends_at: session.ends_at.to_string(),
        }
    }
}

impl From<SecondFactor> for SecondFactorJson {
    fn from(factor: SecondFactor) -> Self {
        let since = factor.since.as_ref().map(Timestamp::to_string);
        Self { since, recovery_codes: factor.recovery_codes }
    }
}

impl From<Enrolment> for NewSecondFactorJson {
    fn from(enrolment: Enrolment) -> Self {
        Self { secret: enrolment.secret.reveal(), link: enrolment.link }
    }
}

impl From<Vec<RecoveryCode>> for RecoveryCodesJson {
    fn from(codes: Vec<RecoveryCode>) -> Self {
        Self { codes: codes.iter().map(RecoveryCode::reveal).collect() }
    }
}

impl NewApiTokenJson {
    /// What is asked for, in terms of what the person may do.
    pub(crate) fn read(self, who: &Scope) -> Result<NewApiToken, Problem> {
        let scopes = self.scopes.iter().map(|code| scope(who, code));
        Ok(NewApiToken {
            name: self.name,
            scopes: scopes.collect::<Result<_, _>>()?,
            days: self.days.unwrap_or(USUAL_DAYS),
        })
    }
}

/// A scope by its code: one of what the person may do.
fn scope(who: &Scope, code: &str) -> Result<Permission, Problem> {
    let own = who.permissions().iter().copied().find(|permission| permission.code() == code);
    own.ok_or_else(|| {
        let codes: Vec<&str> = who.permissions().iter().map(|it| it.code()).collect();
        Problem::invalid(format!("a scope is one of your own permissions: {}", codes.join(", ")))
    })
}

impl From<OwnApiToken> for ApiTokenJson {
    fn from(token: OwnApiToken) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name,
            scopes: token.scopes,
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.to_string(),
            last_used_on: token.last_used_on.map(|time| time.strftime("%F").to_string()),
            in_force: token.in_force,
            token: None,
        }
    }
}

macro_rules! never_shown {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

never_shown!(
    NewPasswordJson,
    NewSecondFactorJson,
    CodeJson,
    RemovalJson,
    RecoveryCodesJson,
    ApiTokenJson
);
