use serde::{Deserialize, Serialize};
use std::fmt;
use tenancy::Scope;
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
    /// The code of a second factor; not asked for yet.
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
    /// The role's code.
    #[schema(schema_with = super::people::role)]
    pub role: String,
    /// The role in words.
    pub role_title: String,
    /// The Board's code.
    pub tenant: String,
    /// The Board's name.
    pub tenant_name: String,
    /// The provider the person belongs to; absent for people of the Board.
    pub provider: Option<String>,
    /// What the person may do.
    pub permissions: Vec<String>,
}

impl MeJson {
    pub(crate) fn of(scope: &Scope, tenant_name: String) -> Self {
        let role = scope.role();
        Self {
            person: scope.person().to_string(),
            name: scope.display_name().to_owned(),
            role: role.code().to_owned(),
            role_title: role.title().to_owned(),
            tenant: scope.tenant().to_string(),
            tenant_name,
            provider: scope.provider().map(ToString::to_string),
            permissions: role.permissions().iter().map(|it| it.code().to_owned()).collect(),
        }
    }
}
