use serde::{Deserialize, Serialize};
use std::fmt;
use store::{Invitation, Member, NewInvitation};
use tenancy::{PersonId, Role};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

use crate::actions::invitations::{Acceptance, Accepted};
use crate::problem::Problem;

/// The code of a role, as the document lists them.
pub(super) fn role() -> Object {
    codes("The role's code.", Role::ALL.into_iter())
}

fn invited_role() -> Object {
    let roles = Role::ALL.into_iter().filter(|role| role.is_by_invitation());
    codes("The role's code; those of a provider need the provider.", roles)
}

fn codes(description: &str, roles: impl Iterator<Item = Role>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .description(Some(description))
        .enum_values(Some(roles.map(Role::code).collect::<Vec<_>>()))
        .build()
}

/// A person of the Board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserJson {
    /// The person's id.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// What the person signs in with.
    pub email: String,
    /// The role's code.
    #[schema(schema_with = role)]
    pub role: String,
    /// The role in words.
    pub role_title: String,
    /// The provider the person belongs to; absent for people of the Board.
    pub provider: Option<String>,
    /// Since when the person has belonged to the Board.
    pub since: String,
    /// When the person last signed in to this Board; absent before the first time.
    pub last_signed_in_at: Option<String>,
    /// `active` or `ended`.
    pub state: String,
    /// Since when the person has not belonged to the Board any more; absent while they do.
    pub ended_at: Option<String>,
}

impl From<Member> for UserJson {
    fn from(member: Member) -> Self {
        Self {
            id: member.person.to_string(),
            name: member.display_name,
            email: member.email.to_string(),
            role: member.role.code().to_owned(),
            role_title: member.role.title().to_owned(),
            provider: member.provider.map(|code| code.to_string()),
            since: member.since.to_string(),
            last_signed_in_at: member.last_signed_in_at.map(|time| time.to_string()),
            state: if member.ended_at.is_some() { "ended" } else { "active" }.to_owned(),
            ended_at: member.ended_at.map(|time| time.to_string()),
        }
    }
}

/// What a person is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoleJson {
    /// The role's code; those of a provider need the provider.
    #[schema(schema_with = invited_role)]
    pub role: String,
    /// The provider's code, for roles of a provider.
    pub provider: Option<String>,
}

/// A person to be invited.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitationJson {
    /// What the person will sign in with.
    pub email: String,
    /// The role's code; those of a provider need the provider.
    #[schema(schema_with = invited_role)]
    pub role: String,
    /// The provider's code, for roles of a provider; one's own unless told.
    pub provider: Option<String>,
}

impl TryFrom<NewInvitationJson> for NewInvitation {
    type Error = Problem;
    fn try_from(new: NewInvitationJson) -> Result<Self, Problem> {
        Ok(Self {
            email: new
                .email
                .trim()
                .parse()
                .map_err(|error: tenancy::EmailError| Problem::invalid(error))?,
            role: new.role.parse().map_err(|error: tenancy::RoleError| Problem::invalid(error))?,
            provider: provider(new.provider.as_deref())?,
        })
    }
}

/// A provider's code, where one is given.
pub(crate) fn provider(code: Option<&str>) -> Result<Option<quantities::ProviderCode>, Problem> {
    code.map(str::parse).transpose().map_err(|error| Problem::invalid(format!("provider: {error}")))
}

/// An invitation that can still be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationJson {
    /// Its id.
    pub id: String,
    /// Whom it is for.
    pub email: String,
    /// The role's code.
    #[schema(schema_with = invited_role)]
    pub role: String,
    /// The role in words.
    pub role_title: String,
    /// The provider the person will belong to; absent for people of the Board.
    pub provider: Option<String>,
    /// The id of whoever invited them.
    pub invited_by: String,
    /// When.
    pub created_at: String,
    /// When it can no longer be accepted.
    pub expires_at: String,
    /// The link to hand over: given once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl From<Invitation> for InvitationJson {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email.to_string(),
            role: invitation.role.code().to_owned(),
            role_title: invitation.role.title().to_owned(),
            provider: invitation.provider.map(|code| code.to_string()),
            invited_by: invitation.invited_by.to_string(),
            created_at: invitation.created_at.to_string(),
            expires_at: invitation.expires_at.to_string(),
            link: None,
        }
    }
}

/// What an invited person gives.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceJson {
    /// The person's name, as others are to see it; not needed where there is an account.
    #[serde(default)]
    pub name: Option<String>,
    /// A new password of at least 12 characters; the account's own where there is one.
    pub password: String,
}

impl fmt::Debug for AcceptanceJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AcceptanceJson(…)")
    }
}

impl AcceptanceJson {
    pub(crate) fn of(self, token: String) -> Acceptance {
        Acceptance { token, name: self.name.unwrap_or_default(), password: self.password }
    }
}

/// Where an invited person belongs from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembershipJson {
    /// The person's id.
    pub person: String,
    /// What the person signs in with.
    pub email: String,
    /// The Board's code.
    pub tenant: String,
    /// The Board's name.
    pub tenant_name: String,
    /// The role's code.
    #[schema(schema_with = invited_role)]
    pub role: String,
    /// The provider the person belongs to; absent for people of the Board.
    pub provider: Option<String>,
}

impl From<Accepted> for MembershipJson {
    fn from(accepted: Accepted) -> Self {
        let Accepted { person, invited } = accepted;
        Self {
            person: PersonId::to_string(&person),
            email: invited.email.to_string(),
            tenant: invited.tenant.code.to_string(),
            tenant_name: invited.tenant.name,
            role: invited.role.code().to_owned(),
            provider: invited.provider.map(|code| code.to_string()),
        }
    }
}
