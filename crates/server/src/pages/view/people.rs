//! The people of a Board: the list, and one of them.

use quantities::ProviderCode;
use serde::{Deserialize, Serialize};
use store::{Invitation, Member};
use tenancy::{PersonId, Role, Scope};

use super::agreement::Fact;
use super::table::encoded;
use super::{FieldError, Link, Tag};
use crate::pages::format::{plural, sentence_case};
use crate::pages::frame::{by, day, moment};

/// Who belongs to the Board.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PeopleView {
    /// The heading.
    pub title: String,
    /// The answer, as one sentence.
    pub answer: String,
    /// The people, by name.
    pub rows: Vec<PersonRow>,
    /// The address of those after them.
    pub more: Option<String>,
    /// The open invitations, the latest first.
    pub invitations: Vec<InvitationRow>,
    /// Whether there are more of them.
    pub is_cut: bool,
}

/// One person in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PersonRow {
    /// The name, with the person's page.
    pub link: Link,
    /// What they sign in with.
    pub email: String,
    /// What they are.
    pub role: String,
    /// Since when.
    pub since: String,
    /// When they last signed in.
    pub signed_in: String,
    /// Whether they can sign in.
    pub tag: Tag,
    /// Whether the membership has ended.
    pub has_ended: bool,
}

/// One open invitation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InvitationRow {
    /// Its id.
    pub id: String,
    /// Whom it is for.
    pub email: String,
    /// What they will be.
    pub role: String,
    /// When it was made, and by whom where it was the reader.
    pub made: String,
    /// Until when it holds.
    pub until: String,
    /// Whether the reader may withdraw it.
    pub may_withdraw: bool,
}

/// One person.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PersonView {
    /// The person's id, as part of an address.
    pub id: String,
    /// The name.
    pub name: String,
    /// The answer, as one sentence.
    pub answer: String,
    /// Whether they can sign in.
    pub tag: Tag,
    /// What is known of them.
    pub facts: Vec<Fact>,
    /// The form that changes the role, for those who may.
    pub form: Option<RoleForm>,
    /// The roles to choose from.
    pub roles: Vec<RoleChoice>,
    /// Whether the reader may end the membership.
    pub may_end: bool,
    /// Whether the reader may restore it.
    pub may_restore: bool,
    /// Why nothing can be done here.
    pub note: Option<&'static str>,
    /// What is wrong with the form.
    pub errors: Vec<FieldError>,
}

/// A role to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RoleChoice {
    /// What is sent.
    pub value: &'static str,
    /// What is read.
    pub text: &'static str,
    /// What somebody of it does.
    pub hint: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The form that changes a role, as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleForm {
    /// The role's code.
    #[serde(default)]
    pub role: String,
    /// The provider's code.
    #[serde(default)]
    pub provider: String,
}

impl PeopleView {
    /// The people of the Board, or of a provider; `whole` where these are all.
    pub fn new(provider: Option<&ProviderCode>, rows: Vec<PersonRow>, whole: bool) -> Self {
        let title =
            provider.map_or_else(|| "People".to_owned(), |code| format!("People of {code}"));
        let count = |ended: bool| {
            let found = rows.iter().filter(|row| row.has_ended == ended).count();
            u64::try_from(found).unwrap_or(u64::MAX)
        };
        let answer = match (whole, count(true)) {
            (false, _) => "People by name, a hundred at a time.".to_owned(),
            (true, 0) => format!("{} can sign in.", plural(count(false), "person", "people")),
            (true, ended) => format!(
                "{} can sign in, and {} ended.",
                plural(count(false), "person", "people"),
                plural(ended, "membership has", "memberships have")
            ),
        };
        Self { title, answer, rows, ..Self::default() }
    }
}

impl PersonRow {
    /// One person, as somebody sees them.
    pub fn of(member: &Member, reader: &PersonId) -> Self {
        let place = format!("/people/{}", encoded(member.person.as_str()));
        let you = if member.person == *reader { " (you)" } else { "" };
        Self {
            link: Link::new(format!("{}{you}", member.display_name), place),
            email: member.email.to_string(),
            role: role_and_provider(member.role, member.provider.as_ref()),
            since: day(member.since),
            signed_in: signed_in(member),
            tag: tag(member),
            has_ended: member.ended_at.is_some(),
        }
    }
}

/// One open invitation, as somebody sees it.
pub fn invitation_row(reader: &Scope, invitation: &Invitation) -> InvitationRow {
    let made = format!("{}{}", day(invitation.created_at), by(reader, &invitation.invited_by));
    InvitationRow {
        id: invitation.id.to_string(),
        email: invitation.email.to_string(),
        role: role_and_provider(invitation.role, invitation.provider.as_ref()),
        made,
        until: moment(invitation.expires_at),
        may_withdraw: reader.role().manages(invitation.role),
    }
}

impl PersonView {
    /// One person; `form` where the reader changes roles, `manages` where the reader may end this
    /// membership.
    pub fn new(
        member: &Member,
        reader: &PersonId,
        manages: bool,
        form: Option<RoleForm>,
        errors: Vec<FieldError>,
    ) -> Self {
        let (is_self, ended) = (member.person == *reader, member.ended_at.is_some());
        let note = match (is_self, manages) {
            (true, _) => Some(
                "This is you. Nobody changes their own role or ends their own membership: another \
                 administrator does.",
            ),
            (false, false) => Some("An administrator of the ICB manages this person."),
            (false, true) => None,
        };
        let form = form.filter(|_| !is_self);
        let chosen = form.as_ref().map(|form| form.role.as_str()).unwrap_or_default();
        Self {
            id: encoded(member.person.as_str()),
            name: member.display_name.clone(),
            answer: answer(member, is_self),
            tag: tag(member),
            facts: facts(member),
            roles: choices(Role::ALL.into_iter().filter(|role| role.is_by_invitation()), chosen),
            form,
            may_end: manages && !is_self && !ended,
            may_restore: manages && !is_self && ended,
            note,
            errors,
        }
    }
}

fn answer(member: &Member, is_self: bool) -> String {
    let role = with_article(member.role, member.provider.as_ref());
    match (is_self, member.ended_at) {
        (true, _) => format!("You are {role}."),
        (false, None) => format!("{} is {role} and can sign in.", member.display_name),
        (false, Some(time)) => format!(
            "{} was {role} until {} and can no longer sign in; what they did stays on record.",
            member.display_name,
            day(time)
        ),
    }
}

fn facts(member: &Member) -> Vec<Fact> {
    let fact = |key, value: String| Fact { key, value, note: None };
    let mut facts = vec![
        fact("Email address", member.email.to_string()),
        fact("Role", role_and_provider(member.role, member.provider.as_ref())),
        fact("Member since", day(member.since)),
        fact("Last signed in", signed_in(member)),
    ];
    facts.extend(member.ended_at.map(|time| fact("Membership ended", moment(time))));
    facts
}

fn signed_in(member: &Member) -> String {
    member.last_signed_in_at.map_or_else(|| "Not yet".to_owned(), moment)
}

fn tag(member: &Member) -> Tag {
    match member.ended_at {
        None => Tag::new("Active", "green"),
        Some(_) => Tag::new("Ended", "grey"),
    }
}

/// `Provider analyst, RTG`.
pub fn role_and_provider(role: Role, provider: Option<&ProviderCode>) -> String {
    let title = role.title();
    provider.map_or_else(|| title.to_owned(), |code| format!("{title}, {code}"))
}

/// `a provider analyst of RTG`, `an ICB administrator`.
pub fn with_article(role: Role, provider: Option<&ProviderCode>) -> String {
    let title = role.title();
    let words = match role {
        Role::IcbAdministrator => format!("an {title}"),
        Role::IcbFinance => format!("a member of {title}"),
        _ => format!("a {}", title.to_lowercase()),
    };
    provider.map_or_else(|| words.clone(), |code| format!("{words} of {code}"))
}

/// Roles to choose from.
pub fn choices(roles: impl Iterator<Item = Role>, chosen: &str) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        value: role.code(),
        text: role.title(),
        hint: does(role),
        chosen: role.code() == chosen,
    };
    roles.map(choice).collect()
}

fn does(role: Role) -> &'static str {
    match role {
        Role::IcbAdministrator => {
            "Looks after people and the data-sharing agreement, and does all that ICB finance does"
        }
        Role::IcbFinance => {
            "Hands in the ICB's tables, publishes editions, solves scenarios, decides disputes and \
             makes releases"
        }
        Role::ProviderDirector => {
            "Hands in and signs off one provider's tables, disputes figures and invites its analysts"
        }
        Role::ProviderAnalyst => {
            "Hands in one provider's tables and answers what the checks ask; signs nothing off"
        }
        Role::ClinicalLead => "Reads what is published and gives a clinical view on it",
        Role::Viewer => "Reads what is published",
        Role::Guest => "Takes part in workshops and sees nothing else",
    }
}

impl RoleForm {
    /// What a person is today.
    pub fn of(member: &Member) -> Self {
        Self {
            role: member.role.code().to_owned(),
            provider: member.provider.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// What the form says, or what is wrong with it.
    pub fn read(&self) -> Result<(Role, Option<ProviderCode>), Vec<FieldError>> {
        let role = chosen_role(&self.role);
        let provider = typed_provider(&self.provider, role.as_ref().ok());
        match (role, provider) {
            (Ok(role), Ok(provider)) => Ok((role, provider)),
            (role, provider) => Err([role.err(), provider.err()].into_iter().flatten().collect()),
        }
    }

    /// What the form was refused for.
    pub fn refused(&self, why: &str) -> FieldError {
        FieldError::new("role", sentence_case(why))
    }
}

/// The role that was chosen.
pub fn chosen_role(code: &str) -> Result<Role, FieldError> {
    code.parse().map_err(|_| FieldError::new("role", "Choose a role"))
}

/// The provider that was typed, where the role has one.
pub fn typed_provider(code: &str, role: Option<&Role>) -> Result<Option<ProviderCode>, FieldError> {
    let code = code.trim().to_ascii_uppercase();
    match (role.is_some_and(|role| role.is_of_a_provider()), code.as_str()) {
        (false, _) => Ok(None),
        (true, "") => Err(FieldError::new("provider", "Enter the provider's code, such as RTG")),
        (true, code) => code.parse().map(Some).map_err(|_| {
            FieldError::new("provider", "Enter the provider's code as it stands in the tables")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: Role, provider: Option<&str>, ended: bool) -> Member {
        let time = "2026-11-24T10:00:00Z".parse().expect("a time");
        Member {
            person: PersonId::new("p1"),
            display_name: "Ada".to_owned(),
            email: "ada@x.org".parse().expect("an address"),
            role,
            provider: provider.map(|code| code.parse().expect("a code")),
            since: time,
            last_signed_in_at: None,
            ended_at: ended.then_some(time),
        }
    }

    fn view(member: &Member, reader: &str, manages: bool) -> PersonView {
        let form = Some(RoleForm::of(member));
        PersonView::new(member, &PersonId::new(reader), manages, form, Vec::new())
    }

    #[test]
    fn the_answer_says_what_somebody_is_and_whether_they_can_sign_in() {
        let analyst = member(Role::ProviderAnalyst, Some("RTG"), false);
        let shown = view(&analyst, "p2", true);
        assert_eq!(shown.answer, "Ada is a provider analyst of RTG and can sign in.");
        assert!(shown.may_end && !shown.may_restore && shown.note.is_none());
        let ended = view(&member(Role::IcbFinance, None, true), "p2", true);
        assert!(ended.answer.starts_with("Ada was a member of ICB finance until 24 November"));
        assert!(!ended.may_end && ended.may_restore);
        let own = view(&analyst, "p1", true);
        assert!(own.note.is_some() && own.form.is_none() && !own.may_end);
        assert!(!view(&analyst, "p2", false).may_end);
    }

    #[test]
    fn the_list_counts_who_can_sign_in() {
        let rows = |ended: &[bool]| -> Vec<PersonRow> {
            let reader = PersonId::new("p9");
            let of = |ended: &bool| PersonRow::of(&member(Role::Viewer, None, *ended), &reader);
            ended.iter().map(of).collect()
        };
        let answer = |ended: &[bool]| PeopleView::new(None, rows(ended), true).answer;
        assert_eq!(answer(&[false]), "1 person can sign in.");
        let both = "2 people can sign in, and 1 membership has ended.";
        assert_eq!(answer(&[false, true, false]), both);
    }

    #[test]
    fn a_provider_is_asked_for_where_the_role_has_one() {
        let form = |role: &str, provider: &str| {
            RoleForm { role: role.to_owned(), provider: provider.to_owned() }.read()
        };
        let (role, provider) = form("provider_analyst", " rtg ").expect("read");
        assert_eq!((role, provider.expect("a code").as_str()), (Role::ProviderAnalyst, "RTG"));
        assert_eq!(form("viewer", "RTG").expect("read"), (Role::Viewer, None));
        let fields = |errors: Vec<FieldError>| -> Vec<String> {
            errors.into_iter().map(|error| error.field.into_owned()).collect()
        };
        assert_eq!(fields(form("provider_analyst", "").expect_err("none")), ["provider"]);
        assert_eq!(fields(form("", "").expect_err("none")), ["role"]);
    }
}
