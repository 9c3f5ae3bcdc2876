use super::{House, PASSWORD};
use crate::{ABSOLUTE_LIMIT, IDLE_LIMIT, NewPerson, StoreError};
use std::time::Duration;
use tenancy::{Operator, PasswordHash, Role, SessionToken, SignIn};

const SECOND: Duration = Duration::from_secs(1);

fn sign_in(house: &House, email: &str) -> SessionToken {
    let door = SignIn::begin();
    let email = email.parse().expect("an address");
    let known = house.store.known_person(&door, &email).expect("asked");
    let verified = door.verify(PASSWORD, known).expect("the right password");
    house.store.open_session(&door, &verified, None).expect("a session").0
}

fn alive(house: &House, token: &SessionToken) -> bool {
    house.store.session_scope(&SignIn::begin(), &token.hash()).is_ok()
}

#[test]
fn a_session_ends_when_idle_when_old_and_when_told() {
    let house = House::new();
    house.person("QJ2", "Jo@example.org", Role::ProviderDirector, Some("RTG"));
    let token = sign_in(&house, "jo@EXAMPLE.org");
    let scope = house.store.session_scope(&SignIn::begin(), &token.hash()).expect("alive");
    assert_eq!((scope.tenant().as_str(), scope.role()), ("QJ2", Role::ProviderDirector));
    assert_eq!(house.store.own_tenant(&scope).expect("there").name, "A Board");
    let other = SessionToken::generate().expect("a token");
    assert!(!alive(&house, &other));

    let mut passed = Duration::ZERO;
    while passed + IDLE_LIMIT < ABSOLUTE_LIMIT {
        house.later(IDLE_LIMIT - SECOND);
        passed += IDLE_LIMIT - SECOND;
        assert!(alive(&house, &token), "used within half an hour");
    }
    house.later(ABSOLUTE_LIMIT - passed);
    assert!(!alive(&house, &token), "twelve hours at most");

    let idle = sign_in(&house, "jo@example.org");
    house.later(IDLE_LIMIT);
    assert!(!alive(&house, &idle));

    let ended = sign_in(&house, "jo@example.org");
    house.store.end_session(&scope, &ended.hash()).expect("ended");
    house.store.end_session(&scope, &ended.hash()).expect("again");
    assert!(!alive(&house, &ended));
}

#[test]
fn a_new_password_ends_all_sessions() {
    let house = House::new();
    house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
    let token = sign_in(&house, "jo@example.org");
    let operator = Operator::from_command_line();
    let email = "jo@example.org".parse().expect("an address");
    let password = PasswordHash::of("another long password").expect("a hash");
    house.store.set_password(&operator, &email, &password).expect("set");
    assert!(!alive(&house, &token));
    let scope = house.store.act_as(&operator, &"QJ2".parse().expect("a code"), &email);
    assert_eq!(scope.expect("there").display_name(), "Jo Bloggs");
    let foreign = house.store.act_as(&operator, &"QWO".parse().expect("a code"), &email);
    assert!(matches!(foreign, Err(StoreError::NotFound)));
}

#[test]
fn a_person_needs_a_board_an_own_address_and_a_fitting_role() {
    let house = House::new();
    house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
    let operator = Operator::from_command_line();
    let mut person = NewPerson {
        email: "jo@example.org".parse().expect("an address"),
        display_name: "Jo".to_owned(),
        password: PasswordHash::of(PASSWORD).expect("a hash"),
        role: Role::IcbFinance,
        provider: None,
    };
    let mut create = |tenant: &str, change: fn(&mut NewPerson)| {
        change(&mut person);
        house.store.create_person(&operator, &tenant.parse().expect("a code"), &person)
    };
    assert!(matches!(create("QJ2", |_| {}), Err(StoreError::Conflict(_))));
    let other = |person: &mut NewPerson| person.email = "j@x.org".parse().expect("an address");
    assert!(matches!(create("QXX", other), Err(StoreError::NotFound)));
    let director = |person: &mut NewPerson| person.role = Role::ProviderDirector;
    assert!(matches!(create("QJ2", director), Err(StoreError::Admission(_))));
}
