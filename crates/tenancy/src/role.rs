use std::fmt;
use std::str::FromStr;

/// What a person is in one Integrated Care Board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks after people, the book and its editions.
    IcbAdministrator,
    /// Keeps the Board's own tables, publishes editions and runs scenarios.
    IcbFinance,
    /// Hands in and signs off one provider's tables.
    ProviderDirector,
    /// Reads what is published.
    ClinicalLead,
}

/// Something that not everyone may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Read editions, values, scenarios and their results.
    ReadBook,
    /// See what was handed in, as far as it is one's own or submitted.
    ReadSubmissions,
    /// Hand in tables for one's own organisation.
    Upload,
    /// Sign off what one's own organisation handed in.
    SignOff,
    /// Publish an edition.
    Publish,
    /// Write scenarios and run them.
    RunScenarios,
    /// See who is who in the Board, and what they did.
    ReadAudit,
    /// Record the agreement under which providers see each other's published lines.
    RecordAgreement,
    /// Dispute a published figure.
    Dispute,
    /// Decide a dispute.
    DecideDisputes,
    /// Release figures that leave the Board.
    Release,
}

/// Which role may do what: the only place that says so.
const TABLE: [(Role, &[Permission]); 4] = [
    (
        Role::IcbAdministrator,
        &[
            Permission::ReadBook,
            Permission::ReadSubmissions,
            Permission::Upload,
            Permission::SignOff,
            Permission::Publish,
            Permission::RunScenarios,
            Permission::ReadAudit,
            Permission::RecordAgreement,
            Permission::Dispute,
            Permission::DecideDisputes,
            Permission::Release,
        ],
    ),
    (
        Role::IcbFinance,
        &[
            Permission::ReadBook,
            Permission::ReadSubmissions,
            Permission::Upload,
            Permission::SignOff,
            Permission::Publish,
            Permission::RunScenarios,
            Permission::Dispute,
            Permission::DecideDisputes,
            Permission::Release,
        ],
    ),
    (
        Role::ProviderDirector,
        &[
            Permission::ReadBook,
            Permission::ReadSubmissions,
            Permission::Upload,
            Permission::SignOff,
            Permission::Dispute,
        ],
    ),
    (Role::ClinicalLead, &[Permission::ReadBook]),
];

/// Not a role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a role: write icb_administrator, icb_finance, provider_director or clinical_lead"
)]
pub struct RoleError(String);

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] =
        [Self::IcbAdministrator, Self::IcbFinance, Self::ProviderDirector, Self::ClinicalLead];

    /// The name that files and databases use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::IcbAdministrator => "icb_administrator",
            Self::IcbFinance => "icb_finance",
            Self::ProviderDirector => "provider_director",
            Self::ClinicalLead => "clinical_lead",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::IcbAdministrator => "ICB administrator",
            Self::IcbFinance => "ICB finance",
            Self::ProviderDirector => "Provider director",
            Self::ClinicalLead => "Clinical lead",
        }
    }

    /// Whether someone of this role belongs to one provider.
    #[must_use]
    pub const fn is_of_a_provider(self) -> bool {
        matches!(self, Self::ProviderDirector)
    }

    /// All that this role may do.
    #[must_use]
    pub fn permissions(self) -> &'static [Permission] {
        TABLE.iter().find(|(role, _)| *role == self).map_or(&[], |(_, permissions)| permissions)
    }

    /// Whether this role may do it.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Role {
    type Err = RoleError;
    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL
            .into_iter()
            .find(|role| role.code() == text)
            .ok_or_else(|| RoleError(text.chars().take(60).collect()))
    }
}

impl Permission {
    /// The name that problem answers use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReadBook => "read_book",
            Self::ReadSubmissions => "read_submissions",
            Self::Upload => "upload",
            Self::SignOff => "sign_off",
            Self::Publish => "publish",
            Self::RunScenarios => "run_scenarios",
            Self::ReadAudit => "read_audit",
            Self::RecordAgreement => "record_agreement",
            Self::Dispute => "dispute",
            Self::DecideDisputes => "decide_disputes",
            Self::Release => "release",
        }
    }

    /// What it lets a person do, to follow "may not".
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::ReadBook => "read the book",
            Self::ReadSubmissions => "see submissions",
            Self::Upload => "hand in tables",
            Self::SignOff => "sign off submissions",
            Self::Publish => "publish an edition",
            Self::RunScenarios => "write or run scenarios",
            Self::ReadAudit => "read the audit record",
            Self::RecordAgreement => "record the data-sharing agreement",
            Self::Dispute => "dispute published figures",
            Self::DecideDisputes => "decide disputes",
            Self::Release => "release figures outside the Board",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_row_and_reads_back() {
        for role in Role::ALL {
            assert_eq!(TABLE.iter().filter(|(row, _)| *row == role).count(), 1);
            assert_eq!(role.code().parse(), Ok(role));
            assert!(role.may(Permission::ReadBook));
        }
        assert!("root".parse::<Role>().is_err());
    }

    #[test]
    fn a_clinical_lead_only_reads_and_only_the_board_publishes() {
        assert_eq!(Role::ClinicalLead.permissions(), &[Permission::ReadBook]);
        assert!(!Role::ProviderDirector.may(Permission::Publish));
        assert!(Role::IcbFinance.may(Permission::Publish));
        assert!(!Role::IcbFinance.may(Permission::ReadAudit));
        assert!(!Role::IcbFinance.may(Permission::RecordAgreement));
        assert!(!Role::ProviderDirector.may(Permission::DecideDisputes));
    }
}
