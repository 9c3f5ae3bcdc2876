use super::people::sign_in;
use super::{House, PASSWORD};
use crate::{Accepting, INVITATION_LIMIT, Invitation, Invited, NewInvitation, Page, StoreError};
use std::time::Duration;
use tenancy::{
    Demand, InvitationToken, PasswordHash, Permitted, PersonId, Role, SignIn, TokenHash, demand,
};

const SECOND: Duration = Duration::from_secs(1);

fn admin<P: Demand>(house: &House) -> Permitted<P> {
    house.who("QJ2", Role::IcbAdministrator, "")
}

fn new(email: &str, role: Role, provider: Option<&str>) -> NewInvitation {
    NewInvitation {
        email: email.parse().expect("an address"),
        role,
        provider: provider.map(|code| code.parse().expect("a code")),
    }
}

fn invited(house: &House, email: &str) -> (InvitationToken, Invitation) {
    house.store.invite(&admin(house), &new(email, Role::Viewer, None)).expect("invited")
}

fn read(house: &House, token: &InvitationToken) -> Result<Invited, StoreError> {
    house.store.invited(&SignIn::begin(), &token.hash())
}

fn accept(house: &House, token: &TokenHash) -> Result<PersonId, StoreError> {
    let password = PasswordHash::of(PASSWORD).expect("a hash");
    let accepting = Accepting::New { display_name: "Ada".to_owned(), password };
    house.store.accept_invitation(&SignIn::begin(), token, &accepting)
}

/// The same with the password of an account that there is.
fn confirm(house: &House, email: &str, token: &TokenHash) -> Result<PersonId, StoreError> {
    let door = SignIn::begin();
    let known = house.store.known_person(&door, &email.parse().expect("an address"));
    let verified = door.verify(PASSWORD, known.expect("asked")).expect("the right password");
    house.store.accept_invitation(&door, token, &Accepting::Known(&verified))
}

fn is_gone<T: std::fmt::Debug>(found: Result<T, StoreError>) -> bool {
    matches!(found, Err(StoreError::NotFound))
}

fn listed(house: &House) -> Vec<String> {
    let found = house.store.invitations(&admin(house), &Page::default()).expect("read").items;
    found.into_iter().map(|invitation| invitation.email.to_string()).collect()
}

#[test]
fn an_invitation_is_accepted_once_and_makes_an_account() {
    let house = House::new();
    let (token, made) = invited(&house, "Ada@x.org");
    assert_eq!(listed(&house), ["ada@x.org"]);
    let said = read(&house, &token).expect("open");
    assert_eq!((said.email.as_str(), said.tenant.name.as_str()), ("ada@x.org", "A Board"));
    assert!(!said.has_account && said.expires_at == made.expires_at);
    let person = accept(&house, &token.hash()).expect("accepted");
    let (_, scope) = sign_in(&house, "ada@x.org").expect("a session");
    assert_eq!((scope.person(), scope.role()), (&person, Role::Viewer));
    assert_eq!(scope.display_name(), "Ada");

    assert!(is_gone(accept(&house, &token.hash())), "used");
    assert!(is_gone(confirm(&house, "ada@x.org", &token.hash())), "used");
    assert!(is_gone(read(&house, &token)));
    assert!(is_gone(house.store.withdraw_invitation(&admin(&house), &made.id)));
    assert!(listed(&house).is_empty());
    let other = InvitationToken::generate().expect("a token");
    assert!(is_gone(read(&house, &other)) && is_gone(accept(&house, &other.hash())));
}

#[test]
fn an_invitation_holds_for_a_week_unless_withdrawn() {
    let house = House::new();
    let (token, _) = invited(&house, "ada@x.org");
    house.later(INVITATION_LIMIT - SECOND);
    assert!(read(&house, &token).is_ok());
    house.later(SECOND);
    assert!(is_gone(read(&house, &token)) && is_gone(accept(&house, &token.hash())));
    assert!(listed(&house).is_empty());

    let (token, made) = invited(&house, "ada@x.org");
    let elsewhere = house.who("QWO", Role::IcbAdministrator, "");
    assert!(is_gone(house.store.withdraw_invitation(&elsewhere, &made.id)));
    assert!(house.store.invitations(&elsewhere, &Page::default()).expect("read").items.is_empty());
    house.store.withdraw_invitation(&admin(&house), &made.id).expect("withdrawn");
    assert!(is_gone(read(&house, &token)) && is_gone(accept(&house, &token.hash())));
}

#[test]
fn the_same_address_invited_again_has_the_new_link_only() {
    let house = House::new();
    let (first, _) = invited(&house, "ada@x.org");
    let (second, _) = invited(&house, "ada@x.org");
    assert!(is_gone(read(&house, &first)) && read(&house, &second).is_ok());
    assert_eq!(listed(&house).len(), 1);
}

#[test]
fn who_has_an_account_confirms_with_its_password_and_joins_another_board() {
    let house = House::new();
    house.person("QWO", "jo@x.org", Role::IcbFinance, None);
    house.person("QWO", "al@x.org", Role::IcbFinance, None);
    let (token, _) = invited(&house, "jo@x.org");
    assert!(read(&house, &token).expect("open").has_account);
    let again = accept(&house, &token.hash());
    assert!(matches!(again, Err(StoreError::Conflict(_))), "no second account: {again:?}");
    assert!(is_gone(confirm(&house, "al@x.org", &token.hash())), "not theirs");
    let person = confirm(&house, "jo@x.org", &token.hash()).expect("joined");
    let (_, scope) = sign_in(&house, "jo@x.org").expect("a session");
    assert_eq!((scope.person(), scope.tenant().as_str()), (&person, "QJ2"));

    let known = house.store.invite(&admin(&house), &new("jo@x.org", Role::Viewer, None));
    assert!(matches!(known, Err(StoreError::Conflict(_))), "belongs to it already");
    house.store.end_membership(&admin(&house), &person).expect("ended");
    let ended = house.store.invite(&admin(&house), &new("jo@x.org", Role::Viewer, None));
    assert!(ended.is_err_and(|error| error.to_string().contains("restore")));
    let (_, scope) = sign_in(&house, "jo@x.org").expect("the other Board stays");
    assert_eq!(scope.tenant().as_str(), "QWO");
}

#[test]
fn a_director_invites_analysts_of_the_own_provider() {
    let house = House::new();
    let director: Permitted<demand::ManageColleagues> = house.director("RTG");
    let store = &house.store;
    for (role, provider) in [
        (Role::ProviderDirector, Some("RTG")),
        (Role::ProviderAnalyst, Some("RFS")),
        (Role::IcbFinance, None),
        (Role::Viewer, None),
    ] {
        let done = store.invite(&director, &new("a@x.org", role, provider));
        assert!(matches!(done, Err(StoreError::Forbidden(_))), "{role}: {done:?}");
    }
    let analyst = new("a@x.org", Role::ProviderAnalyst, None);
    let (_, made) = store.invite(&director, &analyst).expect("invited");
    assert_eq!(made.provider.expect("their own").as_str(), "RTG");

    let (_, fellow) = store
        .invite(&admin(&house), &new("b@x.org", Role::ProviderDirector, Some("RTG")))
        .expect("invited");
    let (_, other) = store
        .invite(&admin(&house), &new("c@x.org", Role::ProviderAnalyst, Some("RFS")))
        .expect("invited");
    let seen = store.invitations(&director, &Page::default()).expect("read").items;
    let seen: Vec<_> = seen.iter().map(|invitation| invitation.email.as_str()).collect();
    assert_eq!(seen, ["b@x.org", "a@x.org"], "newest first, of the own provider");
    let shown = store.withdraw_invitation(&director, &fellow.id);
    assert!(matches!(shown, Err(StoreError::Forbidden(_))));
    assert!(is_gone(store.withdraw_invitation(&director, &other.id)));
    store.withdraw_invitation(&director, &made.id).expect("withdrawn");
}

#[test]
fn a_director_does_not_learn_who_else_belongs_to_the_board() {
    let house = House::new();
    house.person("QJ2", "jo@x.org", Role::ProviderAnalyst, Some("RFS"));
    let director: Permitted<demand::ManageColleagues> = house.director("RTG");
    let analyst = new("jo@x.org", Role::ProviderAnalyst, None);
    let (token, _) = house.store.invite(&director, &analyst).expect("as if a stranger");
    let done = confirm(&house, "jo@x.org", &token.hash());
    assert!(matches!(done, Err(StoreError::Conflict(_))), "{done:?}");
    assert!(read(&house, &token).is_ok(), "and it is not used up");
}

#[test]
fn nobody_is_invited_to_what_cannot_be() {
    let house = House::new();
    for (role, provider) in
        [(Role::Guest, None), (Role::ProviderDirector, None), (Role::ClinicalLead, Some("RTG"))]
    {
        let done = house.store.invite(&admin(&house), &new("a@x.org", role, provider));
        assert!(matches!(done, Err(StoreError::Invalid(_))), "{role}: {done:?}");
    }
}

#[test]
fn the_invitations_of_who_leaves_or_changes_are_withdrawn() {
    let house = House::new();
    house.person("QJ2", "rtg@x.org", Role::ProviderDirector, Some("RTG"));
    let (_, scope) = sign_in(&house, "rtg@x.org").expect("a session");
    let director: Permitted<demand::ManageColleagues> = scope.clone().permit().expect("may");
    let analyst = new("a@x.org", Role::ProviderAnalyst, None);
    let store = &house.store;
    let (first, _) = store.invite(&director, &analyst).expect("invited");
    let (kept, _) = invited(&house, "b@x.org");
    store.end_membership(&admin(&house), scope.person()).expect("ended");
    assert!(is_gone(read(&house, &first)) && read(&house, &kept).is_ok());
    store.restore_membership(&admin(&house), scope.person()).expect("restored");
    assert!(is_gone(read(&house, &first)), "restoring does not bring it back");
    let (second, _) = store.invite(&director, &analyst).expect("invited");
    store.change_role(&admin(&house), scope.person(), Role::Viewer, None).expect("changed");
    assert!(is_gone(read(&house, &second)));
}
