use quantities::{ProviderCode, TenantCode};

use crate::password::work_for_nobody;
use crate::permit::{Demand, Forbidden, Permitted};
use crate::{PasswordHash, PersonId, Role};

/// Nobody is known yet: the few calls that turn a password or a cookie into a person.
#[derive(Clone, Copy, Debug)]
pub struct SignIn(());

/// Whoever runs the command line on the machine itself.
#[derive(Clone, Copy, Debug)]
pub struct Operator(());

/// A background job of one Integrated Care Board.
#[derive(Clone, Debug)]
pub struct Worker {
    tenant: TenantCode,
}

/// A signed-in person in one Integrated Care Board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    facts: SessionFacts,
}

/// What a stored session says of its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFacts {
    /// The Board.
    pub tenant: TenantCode,
    /// The person.
    pub person: PersonId,
    /// The person's name, as shown on the page.
    pub display_name: String,
    /// What the person is there.
    pub role: Role,
    /// The provider the person belongs to; nothing for people of the Board.
    pub provider: Option<ProviderCode>,
}

/// Why a membership admits nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// A director of nothing.
    #[error("{} belongs to a provider, and none is given", .role.title())]
    ProviderMissing {
        /// The role.
        role: Role,
    },
    /// Someone of the Board with a provider.
    #[error("{} does not belong to a provider, and {provider} is given", .role.title())]
    ProviderGiven {
        /// The role.
        role: Role,
        /// The provider.
        provider: ProviderCode,
    },
}

/// An account as the database knows it, not yet proven to be the one who asks.
#[derive(Clone, Debug)]
pub struct KnownPerson {
    /// The person.
    pub person: PersonId,
    /// The hash of the person's password.
    pub password: PasswordHash,
}

/// A person who gave the right password.
#[derive(Debug)]
pub struct Verified {
    person: PersonId,
}

impl SignIn {
    /// Someone knocks.
    #[must_use]
    pub const fn begin() -> Self {
        Self(())
    }

    /// Compares a password with the account it was given for, if there is one. Takes the same
    /// work either way: tens of milliseconds, so never on a thread that serves requests.
    #[must_use]
    pub fn verify(&self, password: &str, known: Option<KnownPerson>) -> Option<Verified> {
        match known {
            Some(known) if known.password.matches(password) => {
                Some(Verified { person: known.person })
            }
            Some(_) => None,
            None => {
                work_for_nobody(password);
                None
            }
        }
    }

    /// Lets the person of a session in.
    ///
    /// # Errors
    /// When the role and the provider do not go together.
    pub fn admit(&self, facts: SessionFacts) -> Result<Scope, AdmissionError> {
        let role = facts.role;
        match (&facts.provider, role.is_of_a_provider()) {
            (None, true) => Err(AdmissionError::ProviderMissing { role }),
            (Some(provider), false) => {
                Err(AdmissionError::ProviderGiven { role, provider: provider.clone() })
            }
            _ => Ok(Scope { facts }),
        }
    }
}

impl Verified {
    /// Who it is.
    #[must_use]
    pub const fn person(&self) -> &PersonId {
        &self.person
    }
}

impl Operator {
    /// For the command line only: whoever can run it can read the files anyway.
    #[must_use]
    pub const fn from_command_line() -> Self {
        Self(())
    }

    /// A person in whose place the operator acts, such as when a demonstration is set up.
    ///
    /// # Errors
    /// When the role and the provider do not go together.
    pub fn act_as(&self, facts: SessionFacts) -> Result<Scope, AdmissionError> {
        SignIn::begin().admit(facts)
    }
}

impl Worker {
    /// The worker of one Board's jobs.
    #[must_use]
    pub const fn for_tenant(tenant: TenantCode) -> Self {
        Self { tenant }
    }

    /// The Board.
    #[must_use]
    pub const fn tenant(&self) -> &TenantCode {
        &self.tenant
    }
}

impl Scope {
    /// The Board.
    #[must_use]
    pub const fn tenant(&self) -> &TenantCode {
        &self.facts.tenant
    }

    /// The person.
    #[must_use]
    pub const fn person(&self) -> &PersonId {
        &self.facts.person
    }

    /// The person's name, as shown on the page.
    #[must_use]
    pub fn display_name(&self) -> &str {
        &self.facts.display_name
    }

    /// What the person is there.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.facts.role
    }

    /// The provider the person belongs to; nothing for people of the Board.
    #[must_use]
    pub const fn provider(&self) -> Option<&ProviderCode> {
        self.facts.provider.as_ref()
    }

    /// Checks that this person may do `P`.
    ///
    /// # Errors
    /// When the role does not include it.
    pub fn permit<P: Demand>(self) -> Result<Permitted<P>, Forbidden> {
        Permitted::check(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(role: Role, provider: Option<&str>) -> SessionFacts {
        SessionFacts {
            tenant: "QJ2".parse().expect("a code"),
            person: PersonId::new("p1"),
            display_name: "Jo".to_owned(),
            role,
            provider: provider.map(|code| code.parse().expect("a code")),
        }
    }

    #[test]
    fn a_director_belongs_to_a_provider_and_nobody_else_does() {
        let door = SignIn::begin();
        assert!(door.admit(facts(Role::ProviderDirector, Some("RTG"))).is_ok());
        assert!(door.admit(facts(Role::ProviderDirector, None)).is_err());
        assert!(door.admit(facts(Role::ClinicalLead, None)).is_ok());
        let error = door.admit(facts(Role::IcbFinance, Some("RTG"))).expect_err("refused");
        assert_eq!(
            error.to_string(),
            "ICB finance does not belong to a provider, and RTG is given"
        );
    }

    #[test]
    fn only_the_right_password_proves_a_person() {
        let door = SignIn::begin();
        let known = || {
            Some(KnownPerson {
                person: PersonId::new("p1"),
                password: PasswordHash::of("correct horse battery").expect("a hash"),
            })
        };
        let verified = door.verify("correct horse battery", known()).expect("verified");
        assert_eq!(verified.person().as_str(), "p1");
        assert!(door.verify("wrong horse battery", known()).is_none());
        assert!(door.verify("correct horse battery", None).is_none());
    }
}
