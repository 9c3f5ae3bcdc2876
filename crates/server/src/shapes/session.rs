use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use tenancy::Admitted;
use utoipa::ToSchema;

/// What a person signs in with.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialsJson {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The Board's code, for those who belong to several.
    pub tenant: Option<String>,
    /// Where a second factor is set: the code that the app shows, or a recovery code.
    pub code: Option<String>,
}

impl fmt::Debug for CredentialsJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialsJson(…)")
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeJson {
    /// The person's id.
    pub person: String,
    /// The person's name.
    pub name: String,
    /// The role's code; `platform_operator` for whoever runs the installation.
    pub role: String,
    /// The role in words.
    pub role_title: String,
    /// The Board's code; absent for whoever runs the installation.
    pub tenant: Option<String>,
    /// The Board's name; absent for whoever runs the installation.
    pub tenant_name: Option<String>,
    /// The provider the person belongs to; absent for people of the Board.
    pub provider: Option<String>,
    /// What may be done here and now: what the role includes and, with an API token, its scopes.
    pub permissions: Vec<String>,
    /// Whether the person gives a code beside the password; false with an API token.
    pub second_factor: bool,
    /// When the session ends at the latest (RFC 3339, UTC); absent with an API token.
    pub session_ends_at: Option<String>,
}

impl MeJson {
    pub(crate) fn of(
        who: &Admitted,
        (tenant_name, second_factor): (Option<String>, bool),
        ends_at: Option<Timestamp>,
    ) -> Self {
        let session_ends_at = ends_at.map(|time| time.to_string());
        let name = who.display_name().to_owned();
        match who {
            Admitted::Member(scope) => Self {
                person: scope.person().to_string(),
                name,
                role: scope.role().code().to_owned(),
                role_title: scope.role().title().to_owned(),
                tenant: Some(scope.tenant().to_string()),
                tenant_name,
                provider: scope.provider().map(ToString::to_string),
                permissions: scope.permissions().iter().map(|it| it.code().to_owned()).collect(),
                second_factor,
                session_ends_at,
            },
            Admitted::Operator(operator) => Self {
                person: operator.person().map(ToString::to_string).unwrap_or_default(),
                name,
                role: "platform_operator".to_owned(),
                role_title: "Platform operator".to_owned(),
                tenant: None,
                tenant_name: None,
                provider: None,
                permissions: Vec::new(),
                second_factor,
                session_ends_at,
            },
        }
    }
}
