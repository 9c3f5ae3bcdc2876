use quantities::{ProviderCode, TenantCode};

use crate::password::work_for_nobody;
use crate::permit::{Demand, Forbidden, Permitted};
use crate::{PasswordHash, Permission, PersonId, Role};

/// Nobody is known yet: the few calls that turn a password or a cookie into a person.
#[derive(Clone, Copy, Debug)]
pub struct SignIn(());

/// Whoever runs the installation: at the command line of the machine itself, or a person who signs
/// in and belongs to no Board. It opens no Board's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The person; nothing at the command line.
    signed_in: Option<(PersonId, String)>,
}

/// A background job of one Integrated Care Board.
#[derive(Clone, Debug)]
pub struct Worker {
    tenant: TenantCode,
}

/// A signed-in person in one Integrated Care Board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    facts: SessionFacts,
    /// What the API token lets its bearer do at most; nothing where the person came themselves.
    token: Option<Vec<Permission>>,
}

/// Whoever a session is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// A person of a Board.
    Member(Scope),
    /// The person who runs the installation.
    Operator(Operator),
}

/// A person who signed in themselves, of a Board or of none: no program in their place. Only they
/// change what they sign in with, and only they make API tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InPerson {
    person: PersonId,
    scope: Option<Scope>,
}

/// A program in a person's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an API token may not do this: sign in with the password")]
pub struct NotInPerson;

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
    /// In another's place, but not at the machine itself.
    #[error("only the command line of the machine itself acts in a person's place")]
    NotOnTheMachine,
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
            _ => Ok(Scope { facts, token: None }),
        }
    }

    /// Lets a program in that came with an API token of these scopes (codes of permissions): it
    /// may do what both they and the person's role say, whatever the role says by now.
    ///
    /// # Errors
    /// When the role and the provider do not go together.
    pub fn admit_token<'a>(
        &self,
        facts: SessionFacts,
        scopes: impl IntoIterator<Item = &'a str>,
    ) -> Result<Scope, AdmissionError> {
        let scopes: Vec<&str> = scopes.into_iter().collect();
        let own = facts.role.permissions().iter().copied();
        let token = own.filter(|permission| scopes.contains(&permission.code())).collect();
        Ok(Scope { token: Some(token), ..self.admit(facts)? })
    }

    /// Lets the person in who runs the installation and belongs to no Board.
    #[must_use]
    pub fn admit_operator(&self, person: PersonId, display_name: String) -> Operator {
        Operator { signed_in: Some((person, display_name)) }
    }
}

impl Admitted {
    /// The same, where they came themselves.
    ///
    /// # Errors
    /// When a program came in their place.
    pub fn in_person(&self) -> Result<InPerson, NotInPerson> {
        match self {
            Self::Member(scope) => scope.in_person(),
            Self::Operator(Operator { signed_in: Some((person, _)) }) => {
                Ok(InPerson { person: person.clone(), scope: None })
            }
            Self::Operator(Operator { signed_in: None }) => Err(NotInPerson),
        }
    }

    /// The person's name, as shown on the page.
    #[must_use]
    pub fn display_name(&self) -> &str {
        match self {
            Self::Member(scope) => scope.display_name(),
            Self::Operator(operator) => operator.display_name(),
        }
    }
}

impl InPerson {
    /// The person.
    #[must_use]
    pub const fn person(&self) -> &PersonId {
        &self.person
    }

    /// What they are in a Board; nothing for the person who runs the installation.
    #[must_use]
    pub const fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
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
        Self { signed_in: None }
    }

    /// Who it is, where it is a person who signed in; nothing at the command line.
    #[must_use]
    pub fn person(&self) -> Option<&PersonId> {
        self.signed_in.as_ref().map(|(person, _)| person)
    }

    /// Their name, as shown on the page.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.signed_in.as_ref().map_or("Operator", |(_, name)| name)
    }

    /// A person in whose place the operator acts, such as when a demonstration is set up.
    ///
    /// # Errors
    /// When the role and the provider do not go together, or it is not the command line.
    pub fn act_as(&self, facts: SessionFacts) -> Result<Scope, AdmissionError> {
        if self.signed_in.is_some() {
            return Err(AdmissionError::NotOnTheMachine);
        }
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

    /// Whether a program came with an API token in the person's place.
    #[must_use]
    pub const fn by_token(&self) -> bool {
        self.token.is_some()
    }

    /// All that may be done here and now: what the role includes and, where a program came with
    /// an API token, the token as well.
    #[must_use]
    pub fn permissions(&self) -> &[Permission] {
        self.token.as_deref().unwrap_or_else(|| self.role().permissions())
    }

    /// Whether it may be done here and now.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.role().may(permission) && self.permissions().contains(&permission)
    }

    /// The person, where they came themselves.
    ///
    /// # Errors
    /// When a program came in their place.
    pub fn in_person(&self) -> Result<InPerson, NotInPerson> {
        if self.by_token() {
            return Err(NotInPerson);
        }
        Ok(InPerson { person: self.person().clone(), scope: Some(self.clone()) })
    }

    /// Checks that this person may do `P`.
    ///
    /// # Errors
    /// When the role, or the API token they came with, does not include it.
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

    /// Every set of scopes for every role, with codes that mean nothing thrown in.
    #[test]
    fn a_token_never_does_more_than_its_person() {
        let every = || Role::IcbAdministrator.permissions().iter().copied();
        let count = every().count();
        for role in Role::ALL {
            let provider = role.is_of_a_provider().then_some("RTG");
            for chosen in 0..(1_u32 << count) {
                let is_chosen = |at: usize| chosen & (1 << at) != 0;
                let scopes: Vec<&str> = every()
                    .enumerate()
                    .filter(|(at, _)| is_chosen(*at))
                    .map(|(_, permission)| permission.code())
                    .chain(["", "everything", "manage_tokens"])
                    .collect();
                let by_token =
                    SignIn::begin().admit_token(facts(role, provider), scopes).expect("a scope");
                for (at, permission) in every().enumerate() {
                    assert_eq!(by_token.may(permission), is_chosen(at) && role.may(permission));
                    assert_eq!(
                        by_token.may(permission),
                        by_token.permissions().contains(&permission)
                    );
                }
                assert!(by_token.by_token() && by_token.in_person().is_err());
            }
        }
    }

    #[test]
    fn who_runs_the_installation_gets_into_no_board() {
        let door = SignIn::begin();
        let operator = door.admit_operator(PersonId::new("p9"), "Sam".to_owned());
        assert_eq!(operator.person().map(PersonId::as_str), Some("p9"));
        let refused = operator.act_as(facts(Role::ClinicalLead, None));
        assert_eq!(refused, Err(AdmissionError::NotOnTheMachine));
        let admitted = Admitted::Operator(operator);
        let person = admitted.in_person().expect("in person");
        assert!(person.scope().is_none() && admitted.display_name() == "Sam");
        let machine = Operator::from_command_line();
        assert!(machine.act_as(facts(Role::ClinicalLead, None)).is_ok());
        assert!(machine.person().is_none());
        assert_eq!(Admitted::Operator(machine).in_person(), Err(NotInPerson));
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
