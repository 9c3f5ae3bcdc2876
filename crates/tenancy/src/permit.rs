use std::marker::PhantomData;
use std::ops::Deref;

use crate::{Permission, Role, Scope};

/// A type that stands for one permission.
pub trait Demand {
    /// The permission.
    const PERMISSION: Permission;
}

/// A person whose role, and whose API token where they came with one, has been checked for `P`.
/// Only [`Scope::permit`] makes one.
#[derive(Debug)]
pub struct Permitted<P> {
    scope: Scope,
    demand: PhantomData<P>,
}

/// A role, or an API token, that does not include what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// Not for this role.
    #[error("{} may not {}", .role.title(), .permission.action())]
    Role {
        /// The role.
        role: Role,
        /// What was asked for.
        permission: Permission,
    },
    /// For this role, but not by this API token.
    #[error("this API token may not {}: make one whose scopes include {}",
        .permission.action(), .permission.code())]
    Token {
        /// What was asked for.
        permission: Permission,
    },
}

impl<P: Demand> Permitted<P> {
    pub(crate) fn check(scope: Scope) -> Result<Self, Forbidden> {
        let (role, permission) = (scope.role(), P::PERMISSION);
        if scope.may(permission) {
            Ok(Self { scope, demand: PhantomData })
        } else if role.may(permission) {
            Err(Forbidden::Token { permission })
        } else {
            Err(Forbidden::Role { role, permission })
        }
    }
}

impl<P> Clone for Permitted<P> {
    fn clone(&self) -> Self {
        Self { scope: self.scope.clone(), demand: PhantomData }
    }
}

impl<P> Deref for Permitted<P> {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

/// One type for each permission, to be named in signatures: `Permitted<demand::SignOff>`.
pub mod demand {
    use super::Demand;
    use crate::Permission;

    macro_rules! demand {
        ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}

            impl Demand for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )+};
    }

    demand! {
        /// Stands for [`Permission::ReadBook`].
        ReadBook,
        /// Stands for [`Permission::ReadSubmissions`].
        ReadSubmissions,
        /// Stands for [`Permission::Upload`].
        Upload,
        /// Stands for [`Permission::SignOff`].
        SignOff,
        /// Stands for [`Permission::Publish`].
        Publish,
        /// Stands for [`Permission::RunScenarios`].
        RunScenarios,
        /// Stands for [`Permission::ReadAudit`].
        ReadAudit,
        /// Stands for [`Permission::RecordAgreement`].
        RecordAgreement,
        /// Stands for [`Permission::Dispute`].
        Dispute,
        /// Stands for [`Permission::DecideDisputes`].
        DecideDisputes,
        /// Stands for [`Permission::Release`].
        Release,
        /// Stands for [`Permission::ManagePeople`].
        ManagePeople,
        /// Stands for [`Permission::ManageColleagues`].
        ManageColleagues,
        /// Stands for [`Permission::JoinWorkshop`].
        JoinWorkshop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PersonId, SessionFacts, SignIn};

    #[test]
    fn a_permission_is_checked_once_and_carried_in_the_type() {
        let scope = SignIn::begin()
            .admit(SessionFacts {
                tenant: "QJ2".parse().expect("a code"),
                person: PersonId::new("p1"),
                display_name: "Jo".to_owned(),
                role: Role::ClinicalLead,
                provider: None,
            })
            .expect("a scope");
        let reads = scope.clone().permit::<demand::ReadBook>().expect("may read");
        assert_eq!(reads.display_name(), "Jo");
        let refused = scope.permit::<demand::Publish>().expect_err("may not publish");
        assert_eq!(refused.to_string(), "Clinical lead may not publish an edition");
    }
}
