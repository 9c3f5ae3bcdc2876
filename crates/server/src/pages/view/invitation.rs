//! Inviting somebody, the link to hand over, and the page it leads to.

use quantities::ProviderCode;
use serde::{Deserialize, Serialize};
use std::fmt;
use store::{Invitation, Invited, NewInvitation};
use tenancy::Role;

use super::FieldError;
use super::people::{RoleChoice, choices, chosen_role, typed_provider, with_article};
use crate::actions::invitations::Acceptance;
use crate::pages::format::sentence_case;
use crate::pages::frame::moment;
use crate::problem::Problem;

/// Most characters of a name.
const LONGEST_NAME: usize = 200;

/// The form to invite somebody.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InviteView {
    /// The answer, as one sentence.
    pub answer: String,
    /// The form as it was filled in.
    pub form: InviteForm,
    /// The roles to choose from; none where there is no choice.
    pub roles: Vec<RoleChoice>,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// The form as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InviteForm {
    /// The address.
    #[serde(default)]
    pub email: String,
    /// The role's code.
    #[serde(default)]
    pub role: String,
    /// The provider's code.
    #[serde(default)]
    pub provider: String,
}

impl InviteView {
    /// The form for somebody of a role, and of a provider where there is one.
    pub fn new(
        reader: Role,
        own: Option<&ProviderCode>,
        form: InviteForm,
        errors: Vec<FieldError>,
    ) -> Self {
        let answer = match own {
            None => "You get a link to hand over; whoever follows it within seven days belongs to \
                     this ICB."
                .to_owned(),
            Some(code) => format!(
                "You get a link to hand over; whoever follows it within seven days is a provider \
                 analyst of {code}: they hand in tables and answer what the checks ask, and sign \
                 nothing off."
            ),
        };
        let roles = match own {
            None => choices(reader.invites(), &form.role),
            Some(_) => Vec::new(),
        };
        Self { answer, form, roles, errors }
    }
}

impl InviteForm {
    /// What the form says to somebody of a provider, or of the Board, or what is wrong with it.
    pub fn read(&self, own: Option<&ProviderCode>) -> Result<NewInvitation, Vec<FieldError>> {
        let email =
            self.email.trim().parse().map_err(|_| {
                FieldError::new("email", "Enter an email address, such as name@nhs.net")
            });
        let (role, provider) = match own {
            Some(own) => (Ok(Role::ProviderAnalyst), Ok(Some(own.clone()))),
            None => {
                let role = chosen_role(&self.role);
                let provider = typed_provider(&self.provider, role.as_ref().ok());
                (role, provider)
            }
        };
        match (email, role, provider) {
            (Ok(email), Ok(role), Ok(provider)) => Ok(NewInvitation { email, role, provider }),
            (email, role, provider) => {
                let errors = [email.err(), role.err(), provider.err()];
                Err(errors.into_iter().flatten().collect())
            }
        }
    }

    /// What the form was refused for.
    pub fn refused(&self, problem: &Problem) -> FieldError {
        let field = if problem.code == "conflict" { "email" } else { "role" };
        FieldError::new(field, sentence_case(&problem.detail))
    }
}

/// The link, shown once.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LinkView {
    /// The answer, as one sentence.
    pub answer: String,
    /// Whom it is for.
    pub email: String,
    /// The link.
    pub link: String,
}

impl LinkView {
    /// The link of an invitation.
    pub fn new(invitation: &Invitation, link: String) -> Self {
        let role = with_article(invitation.role, invitation.provider.as_ref());
        Self {
            answer: format!(
                "Hand this link to {}, who becomes {role} by following it before {}.",
                invitation.email,
                moment(invitation.expires_at)
            ),
            email: invitation.email.to_string(),
            link,
        }
    }
}

/// The page that a link leads to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InvitationView {
    /// The Board's name.
    pub board: String,
    /// The answer, as one sentence.
    pub answer: String,
    /// The end of the link.
    pub token: String,
    /// The address that signs in.
    pub email: String,
    /// Whether there is an account of that address.
    pub has_account: bool,
    /// The name as it was typed.
    pub name: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl InvitationView {
    /// The page of an invitation.
    pub fn new(token: String, invited: &Invited, name: String, errors: Vec<FieldError>) -> Self {
        let role = with_article(invited.role, invited.provider.as_ref());
        Self {
            board: invited.tenant.name.clone(),
            answer: format!(
                "You are invited as {role}; the invitation holds until {}.",
                moment(invited.expires_at)
            ),
            token,
            email: invited.email.to_string(),
            has_account: invited.has_account,
            name,
            errors,
        }
    }
}

/// What an invited person typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptForm {
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The password.
    #[serde(default)]
    pub password: String,
    /// The new password again.
    #[serde(default)]
    pub again: String,
}

impl fmt::Debug for AcceptForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AcceptForm(…)")
    }
}

impl AcceptForm {
    /// What the form says, or what is wrong with it.
    pub fn read(&self, token: &str, has_account: bool) -> Result<Acceptance, Vec<FieldError>> {
        let name = self.name.trim();
        let mut errors = Vec::new();
        if !has_account {
            if name.is_empty() || name.chars().count() > LONGEST_NAME {
                errors.push(FieldError::new("name", "Enter your name, in at most 200 characters"));
            }
            if self.password != self.again {
                errors.push(FieldError::new("again", "Enter the same password twice"));
            }
        }
        if self.password.is_empty() {
            errors.push(FieldError::new("password", "Enter a password"));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let (token, name) = (token.to_owned(), name.to_owned());
        Ok(Acceptance { token, name, password: self.password.clone() })
    }

    /// What the password was refused for.
    pub fn refused(problem: &Problem) -> FieldError {
        let why = match problem.code {
            "wrong_credentials" => "That is not the password of your account".to_owned(),
            _ => sentence_case(&problem.detail),
        };
        FieldError::new("password", why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<T: fmt::Debug>(read: Result<T, Vec<FieldError>>) -> Vec<String> {
        let errors = read.expect_err("wrong");
        errors.into_iter().map(|error| error.field.into_owned()).collect()
    }

    #[test]
    fn a_director_invites_to_the_own_provider_whatever_is_typed() {
        let own: ProviderCode = "RTG".parse().expect("a code");
        let form = InviteForm {
            email: "Ada@x.org ".to_owned(),
            role: "icb_finance".to_owned(),
            provider: "RFS".to_owned(),
        };
        let new = form.read(Some(&own)).expect("an invitation");
        assert_eq!((new.role, new.provider), (Role::ProviderAnalyst, Some(own)));
        let new = form.read(None).expect("an invitation");
        assert_eq!((new.email.as_str(), new.role), ("ada@x.org", Role::IcbFinance));
        assert_eq!(new.provider, None, "a role of the Board has none");
        assert_eq!(fields(InviteForm::default().read(None)), ["email", "role"]);
    }

    #[test]
    fn a_new_account_needs_a_name_and_the_password_twice() {
        let form = AcceptForm { password: "correct horse".to_owned(), ..AcceptForm::default() };
        assert_eq!(fields(form.read("t", false)), ["name", "again"]);
        assert_eq!(form.read("t", true).expect("confirmed").password, "correct horse");
        assert_eq!(fields(AcceptForm::default().read("t", true)), ["password"]);
    }
}
