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
    /// Hands in one provider's tables and answers what the checks ask; signs nothing off.
    ProviderAnalyst,
    /// Reads what is published, and gives a clinical view on it.
    ClinicalLead,
    /// Reads what is published.
    Viewer,
    /// Takes part in a workshop, and sees nothing else.
    Guest,
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
    /// Invite everyone of the Board, change their roles and end their memberships.
    ManagePeople,
    /// Invite the analysts of one's own provider and end their memberships.
    ManageColleagues,
    /// Take part in a workshop.
    JoinWorkshop,
}

/// Which role may do what: the only place that says so.
const TABLE: [(Role, &[Permission]); 7] = [
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
            Permission::ManagePeople,
            Permission::ManageColleagues,
            Permission::JoinWorkshop,
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
            Permission::JoinWorkshop,
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
            Permission::ManageColleagues,
            Permission::JoinWorkshop,
        ],
    ),
    (
        Role::ProviderAnalyst,
        &[
            Permission::ReadBook,
            Permission::ReadSubmissions,
            Permission::Upload,
            Permission::JoinWorkshop,
        ],
    ),
    (Role::ClinicalLead, &[Permission::ReadBook, Permission::JoinWorkshop]),
    (Role::Viewer, &[Permission::ReadBook]),
    (Role::Guest, &[Permission::JoinWorkshop]),
];

/// Not a role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{}\" is not a role: write one of {}", .0, codes())]
pub struct RoleError(String);

/// The codes of every role, as a list in words.
fn codes() -> String {
    Role::ALL.map(Role::code).join(", ")
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::IcbAdministrator,
        Self::IcbFinance,
        Self::ProviderDirector,
        Self::ProviderAnalyst,
        Self::ClinicalLead,
        Self::Viewer,
        Self::Guest,
    ];

    /// The name that files and databases use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::IcbAdministrator => "icb_administrator",
            Self::IcbFinance => "icb_finance",
            Self::ProviderDirector => "provider_director",
            Self::ProviderAnalyst => "provider_analyst",
            Self::ClinicalLead => "clinical_lead",
            Self::Viewer => "viewer",
            Self::Guest => "guest",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::IcbAdministrator => "ICB administrator",
            Self::IcbFinance => "ICB finance",
            Self::ProviderDirector => "Provider director",
            Self::ProviderAnalyst => "Provider analyst",
            Self::ClinicalLead => "Clinical lead",
            Self::Viewer => "Viewer",
            Self::Guest => "Workshop guest",
        }
    }

    /// Whether someone of this role belongs to one provider.
    #[must_use]
    pub const fn is_of_a_provider(self) -> bool {
        matches!(self, Self::ProviderDirector | Self::ProviderAnalyst)
    }

    /// Whether people are invited to it; a guest comes by the link of a workshop.
    #[must_use]
    pub const fn is_by_invitation(self) -> bool {
        !matches!(self, Self::Guest)
    }

    /// Whether somebody of this role invites people of the other and ends their memberships: in
    /// the whole Board, or among those of the own provider.
    #[must_use]
    pub fn manages(self, other: Self) -> bool {
        self.may(Permission::ManagePeople)
            || (self.may(Permission::ManageColleagues) && other == Self::ProviderAnalyst)
    }

    /// The roles that somebody of this role invites people to.
    pub fn invites(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |role| self.manages(*role) && role.is_by_invitation())
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
            Self::ManagePeople => "manage_people",
            Self::ManageColleagues => "manage_colleagues",
            Self::JoinWorkshop => "join_workshop",
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
            Self::ManagePeople => "change what people of the Board are",
            Self::ManageColleagues => "see or invite people",
            Self::JoinWorkshop => "take part in workshops",
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
            assert_eq!(role.may(Permission::ReadBook), role != Role::Guest);
        }
        let error = "root".parse::<Role>().expect_err("no role").to_string();
        assert!(error.starts_with("\"root\" is not a role: write one of icb_administrator, "));
        assert!(Role::ALL.iter().all(|role| error.contains(role.code())), "{error}");
    }

    #[test]
    fn who_only_reads_does_nothing_else_and_only_the_board_publishes() {
        let reads = [Permission::ReadBook, Permission::JoinWorkshop];
        assert_eq!(Role::ClinicalLead.permissions(), reads);
        assert_eq!(Role::Viewer.permissions(), [Permission::ReadBook]);
        assert_eq!(Role::Guest.permissions(), [Permission::JoinWorkshop]);
        assert!(!Role::ProviderDirector.may(Permission::Publish));
        assert!(Role::IcbFinance.may(Permission::Publish));
        assert!(!Role::IcbFinance.may(Permission::ReadAudit));
        assert!(!Role::IcbFinance.may(Permission::RecordAgreement));
        assert!(!Role::ProviderDirector.may(Permission::DecideDisputes));
    }

    #[test]
    fn an_analyst_hands_in_for_a_provider_and_answers_for_nothing() {
        let (analyst, director) = (Role::ProviderAnalyst, Role::ProviderDirector);
        assert!(analyst.is_of_a_provider() && analyst.may(Permission::Upload));
        assert!(analyst.permissions().iter().all(|permission| director.may(*permission)));
        for refused in [
            Permission::SignOff,
            Permission::Dispute,
            Permission::Release,
            Permission::ManageColleagues,
        ] {
            assert!(!analyst.may(refused), "{refused:?}");
        }
    }

    #[test]
    fn people_are_managed_by_those_who_answer_for_them() {
        let may = |permission| Role::ALL.into_iter().filter(move |role| role.may(permission));
        assert!(may(Permission::ManagePeople).eq([Role::IcbAdministrator]));
        let colleagues = [Role::IcbAdministrator, Role::ProviderDirector];
        assert!(may(Permission::ManageColleagues).eq(colleagues));
        assert_eq!(Role::IcbAdministrator.invites().count(), Role::ALL.len() - 1, "no guest");
        assert!(Role::ProviderDirector.invites().eq([Role::ProviderAnalyst]));
        assert!(Role::IcbAdministrator.manages(Role::Guest), "but may end one");
        assert_eq!(Role::IcbFinance.invites().count(), 0);
        assert!(!Role::Guest.is_of_a_provider());
    }
}
