use super::House;
use crate::{Begun, Member, Page, Session, StoreError};
use diesel::connection::SimpleConnection;
use std::time::Duration;
use tenancy::{Admitted, Demand, Permitted, PersonId, Role, Scope, SessionToken, SignIn, demand};

type Manages = Permitted<demand::ManageColleagues>;

pub(super) fn sign_in(house: &House, email: &str) -> Option<(SessionToken, Scope)> {
    let (door, verified) = (SignIn::begin(), house.verified(email));
    match house.store.begin_session(&door, &verified, None, "Firefox on Linux", None) {
        Err(StoreError::NotFound) => None,
        Ok(Begun::Session(token, session)) => Some((token, member(session))),
        other => panic!("no session: {other:?}"),
    }
}

fn member(session: Session) -> Scope {
    match session.who {
        Admitted::Member(scope) => scope,
        Admitted::Operator(_) => panic!("no member"),
    }
}

fn alive(house: &House, token: &SessionToken) -> Option<Scope> {
    house.store.session(&SignIn::begin(), &token.hash()).ok().map(member)
}

/// Somebody of an address in QJ2, as an administrator sees them.
fn one(house: &House, email: &str) -> Member {
    let found = house.store.members(&admin(house), &Page::default()).expect("read").items;
    found.into_iter().find(|member| member.email.as_str() == email).expect("there")
}

/// An administrator who is none of the people in the database.
fn admin<P: Demand>(house: &House) -> Permitted<P> {
    house.who("QJ2", Role::IcbAdministrator, "")
}

fn crowd() -> House {
    let house = House::new();
    house.person("QJ2", "admin@x.org", Role::IcbAdministrator, None);
    house.person("QJ2", "rtg@x.org", Role::ProviderDirector, Some("RTG"));
    house.person("QJ2", "analyst@x.org", Role::ProviderAnalyst, Some("RTG"));
    house.person("QJ2", "other@x.org", Role::ProviderAnalyst, Some("RFS"));
    house.person("QWO", "far@x.org", Role::ProviderAnalyst, Some("RTG"));
    house
}

fn refused<T: std::fmt::Debug>(done: Result<T, StoreError>) -> &'static str {
    match done {
        Err(StoreError::NotFound) => "not found",
        Err(StoreError::Forbidden(_)) => "forbidden",
        Err(StoreError::Conflict(_)) => "conflict",
        Err(StoreError::Invalid(_)) => "invalid",
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_ended_membership_ends_every_session_and_can_be_restored() {
    let house = crowd();
    let (token, scope) = sign_in(&house, "analyst@x.org").expect("a session");
    let (elsewhere, _) = sign_in(&house, "far@x.org").expect("a session");
    assert!(one(&house, "analyst@x.org").last_signed_in_at.is_some());
    assert_eq!(one(&house, "other@x.org").last_signed_in_at, None);

    let ended = house.store.end_membership(&admin(&house), scope.person()).expect("ended");
    assert!(ended.ended_at.is_some());
    assert_eq!(alive(&house, &token), None, "at once");
    assert!(sign_in(&house, "analyst@x.org").is_none());
    assert!(alive(&house, &elsewhere).is_some(), "others stay");
    let operator = tenancy::Operator::from_command_line();
    let email = "analyst@x.org".parse().expect("an address");
    let acts = house.store.act_as(&operator, scope.tenant(), &email);
    assert_eq!(refused(acts), "not found");
    house.later(Duration::from_secs(60));
    let again = house.store.end_membership(&admin(&house), scope.person()).expect("fine");
    assert_eq!(again.ended_at, ended.ended_at, "the first end stands");
    assert_eq!(one(&house, "analyst@x.org"), again, "still in the list");

    let restored = house.store.restore_membership(&admin(&house), scope.person());
    assert_eq!(restored.expect("restored").ended_at, None);
    assert_eq!(alive(&house, &token), None, "a session that was ended stays so");
    assert!(sign_in(&house, "analyst@x.org").is_some());
    let mut control = house.store.control().expect("a connection");
    assert!(control.batch_execute("DELETE FROM memberships").is_err(), "never deleted");
}

#[test]
fn a_session_of_an_ended_membership_admits_nobody_even_where_it_is_left() {
    let house = crowd();
    let (token, scope) = sign_in(&house, "analyst@x.org").expect("a session");
    let end = format!("UPDATE memberships SET ended_at = 1 WHERE person_id = '{}'", scope.person());
    house.store.control().expect("a connection").batch_execute(&end).expect("ended");
    assert_eq!(alive(&house, &token), None);
}

#[test]
fn a_role_changes_from_the_next_request_on() {
    let house = crowd();
    let (token, scope) = sign_in(&house, "analyst@x.org").expect("a session");
    let (store, person) = (&house.store, scope.person());
    let changed = store.change_role(&admin(&house), person, Role::IcbFinance, None);
    assert_eq!(changed.expect("changed").provider, None);
    let now = alive(&house, &token).expect("the same session");
    assert_eq!((now.role(), now.provider()), (Role::IcbFinance, None));
    let rtg = "RTG".parse().expect("a code");
    for (role, provider) in
        [(Role::ProviderDirector, None), (Role::Viewer, Some(&rtg)), (Role::Guest, None)]
    {
        let done = store.change_role(&admin(&house), person, role, provider);
        assert_eq!(refused(done), "invalid", "{role}");
    }
    let before = house.store.verify_all_audits(&tenancy::Operator::from_command_line());
    store.change_role(&admin(&house), person, Role::IcbFinance, None).expect("the same");
    let after = house.store.verify_all_audits(&tenancy::Operator::from_command_line());
    assert_eq!(before.expect("read"), after.expect("read"), "nothing changed, nothing recorded");
}

#[test]
fn a_board_keeps_its_last_administrator_and_nobody_ends_themself() {
    let house = crowd();
    let last = one(&house, "admin@x.org").person;
    let store = &house.store;
    assert_eq!(refused(store.end_membership(&admin(&house), &last)), "conflict");
    let demoted = store.change_role(&admin(&house), &last, Role::Viewer, None);
    assert_eq!(refused(demoted), "conflict");

    let (_, scope) = sign_in(&house, "admin@x.org").expect("a session");
    let own: Manages = scope.clone().permit().expect("may");
    assert_eq!(refused(store.end_membership(&own, &last)), "forbidden");
    let own = scope.permit().expect("may");
    assert_eq!(refused(store.change_role(&own, &last, Role::Viewer, None)), "forbidden");

    house.person("QJ2", "second@x.org", Role::IcbAdministrator, None);
    store.end_membership(&admin(&house), &last).expect("another is left");
    let second = one(&house, "second@x.org").person;
    assert_eq!(refused(store.end_membership(&admin(&house), &second)), "conflict");
    store.restore_membership(&admin(&house), &last).expect("restored");
    store.change_role(&admin(&house), &second, Role::Viewer, None).expect("one is left");
}

#[test]
fn a_director_manages_the_analysts_of_the_own_provider_and_sees_nobody_else() {
    let house = crowd();
    let store = &house.store;
    let director: Manages = house.director("RTG");
    let seen = store.members(&director, &Page::default()).expect("read").items;
    let mut seen: Vec<_> = seen.iter().map(|member| member.email.as_str()).collect();
    seen.sort_unstable();
    assert_eq!(seen, ["analyst@x.org", "rtg@x.org"]);
    let analyst = one(&house, "analyst@x.org").person;
    store.end_membership(&director, &analyst).expect("ended");
    store.restore_membership(&director, &analyst).expect("restored");
    let fellow = one(&house, "rtg@x.org").person;
    store.member(&director, &fellow).expect("is seen");
    assert_eq!(refused(store.end_membership(&director, &fellow)), "forbidden");
    assert_eq!(refused(store.restore_membership(&director, &fellow)), "forbidden");
    for hidden in [one(&house, "other@x.org").person, one(&house, "admin@x.org").person] {
        assert_eq!(refused(store.member(&director, &hidden)), "not found");
        assert_eq!(refused(store.end_membership(&director, &hidden)), "not found");
        assert_eq!(refused(store.restore_membership(&director, &hidden)), "not found");
        let page = Page { after: Some(hidden.to_string()), size: None };
        assert_eq!(refused(store.members(&director, &page)), "invalid", "nor by a cursor");
    }
}

#[test]
fn people_of_another_board_are_not_there() {
    let house = crowd();
    let (token, scope) = sign_in(&house, "far@x.org").expect("a session");
    let (store, far) = (&house.store, scope.person());
    assert_eq!(refused(store.member(&admin(&house), far)), "not found");
    assert_eq!(refused(store.end_membership(&admin(&house), far)), "not found");
    assert_eq!(refused(store.restore_membership(&admin(&house), far)), "not found");
    let made = store.change_role(&admin(&house), far, Role::Viewer, None);
    assert_eq!(refused(made), "not found");
    let nobody = PersonId::new("x'y");
    assert_eq!(refused(store.member(&admin(&house), &nobody)), "not found");
    assert!(alive(&house, &token).is_some());
}

#[test]
fn people_come_by_name_a_page_at_a_time() {
    let house = crowd();
    let mut found = Vec::new();
    let mut page = Page { after: None, size: Some(3) };
    loop {
        let part = house.store.members(&admin(&house), &page).expect("read");
        assert!(part.items.len() <= 3);
        found.extend(part.items.into_iter().map(|member| member.email.to_string()));
        match part.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    // All have the same name: then by when they came.
    assert_eq!(found, ["admin@x.org", "rtg@x.org", "analyst@x.org", "other@x.org"]);
}
