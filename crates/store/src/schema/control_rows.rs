// Generated from migrations/control/sqlite: see migrations/README.md.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::control;
use crate::backup::row;
use crate::connection::Backend;

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::api_tokens, check_for_backend(Backend))]
pub(crate) struct ApiTokens {
    token_hash: String,
    id: String,
    person_id: String,
    tenant: String,
    name: String,
    scopes: String,
    created_at: i64,
    expires_at: i64,
    last_used_on: Option<i64>,
}

row! { ApiTokens, control::api_tokens, control::api_tokens::token_hash }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::audit, check_for_backend(Backend))]
pub(crate) struct Audit {
    seq: i64,
    at: i64,
    person: String,
    action: String,
    subject: String,
    details: String,
    prev_hash: String,
    hash: String,
}

row! { Audit, control::audit, control::audit::seq }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::audit_head, check_for_backend(Backend))]
pub(crate) struct AuditHead {
    id: i64,
    seq: i64,
    hash: String,
    mark: String,
}

row! { AuditHead, control::audit_head, control::audit_head::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::invitations, check_for_backend(Backend))]
pub(crate) struct Invitations {
    id: String,
    tenant: String,
    token_hash: String,
    email: String,
    role: String,
    provider: Option<String>,
    invited_by: String,
    created_at: i64,
    expires_at: i64,
    accepted_at: Option<i64>,
    accepted_by: Option<String>,
    withdrawn_at: Option<i64>,
    withdrawn_by: Option<String>,
}

row! { Invitations, control::invitations, control::invitations::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::memberships, check_for_backend(Backend))]
pub(crate) struct Memberships {
    person_id: String,
    tenant: String,
    role: String,
    provider: Option<String>,
    created_at: i64,
    last_signed_in_at: Option<i64>,
    ended_at: Option<i64>,
}

row! { Memberships, control::memberships, (control::memberships::person_id, control::memberships::tenant) }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::people, check_for_backend(Backend))]
pub(crate) struct People {
    id: String,
    email: String,
    display_name: String,
    password_hash: String,
    created_at: i64,
}

row! { People, control::people, control::people::id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::platform_operators, check_for_backend(Backend))]
pub(crate) struct PlatformOperators {
    person_id: String,
    created_at: i64,
}

row! { PlatformOperators, control::platform_operators, control::platform_operators::person_id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::recovery_codes, check_for_backend(Backend))]
pub(crate) struct RecoveryCodes {
    code_hash: String,
    person_id: String,
    created_at: i64,
}

row! { RecoveryCodes, control::recovery_codes, control::recovery_codes::code_hash }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::second_factors, check_for_backend(Backend))]
pub(crate) struct SecondFactors {
    person_id: String,
    sealed_secret: String,
    last_step: Option<i64>,
    created_at: i64,
    confirmed_at: Option<i64>,
}

row! { SecondFactors, control::second_factors, control::second_factors::person_id }

#[derive(Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = control::tenants, check_for_backend(Backend))]
pub(crate) struct Tenants {
    code: String,
    name: String,
    created_at: i64,
}

row! { Tenants, control::tenants, control::tenants::code }
