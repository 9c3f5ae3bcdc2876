use serde::{Deserialize, Serialize};
use store::Tenant;
use utoipa::ToSchema;

/// An Integrated Care Board, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantJson {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Since when it has been here (RFC 3339, UTC).
    pub created_at: String,
}

/// A Board to be added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenantJson {
    /// Its code, such as `QJ2`.
    pub code: String,
    /// Its name.
    pub name: String,
}

impl From<Tenant> for TenantJson {
    fn from(tenant: Tenant) -> Self {
        Self {
            code: tenant.code.to_string(),
            name: tenant.name,
            created_at: tenant.created_at.to_string(),
        }
    }
}
