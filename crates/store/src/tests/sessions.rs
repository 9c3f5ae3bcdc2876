use super::{House, PASSWORD};
use crate::{ABSOLUTE_LIMIT, IDLE_LIMIT, NewOperator, NewPerson, StoreError};
use std::time::Duration;
use tenancy::{Admitted, Operator, PasswordHash, Role, SessionToken, SignIn};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_session_ends_when_idle_when_old_and_when_told() {
    let house = House::new();
    house.person("QJ2", "Jo@example.org", Role::ProviderDirector, Some("RTG"));
    let (token, _, who) = house.sign_in("jo@EXAMPLE.org");
    let scope = who.scope().expect("of a Board").clone();
    assert_eq!((scope.tenant().as_str(), scope.role()), ("QJ2", Role::ProviderDirector));
    assert_eq!(house.store.own_tenant(&scope).expect("there").name, "A Board");
    let other = SessionToken::generate().expect("a token");
    assert!(!house.alive(&other));

    let mut passed = Duration::ZERO;
    while passed + IDLE_LIMIT < ABSOLUTE_LIMIT {
        house.later(IDLE_LIMIT - SECOND);
        passed += IDLE_LIMIT - SECOND;
        assert!(house.alive(&token), "used within half an hour");
    }
    house.later(ABSOLUTE_LIMIT - passed);
    assert!(!house.alive(&token), "twelve hours at most");

    let (idle, ..) = house.sign_in("jo@example.org");
    house.later(IDLE_LIMIT);
    assert!(!house.alive(&idle));

    let (ended, session, _) = house.sign_in("jo@example.org");
    house.store.end_session(&who, &session.id).expect("ended");
    let again = house.store.end_session(&who, &session.id);
    assert!(matches!(again, Err(StoreError::NotFound)));
    assert!(!house.alive(&ended));
}

#[test]
fn people_see_and_end_their_own_sessions_only() {
    let house = House::new();
    house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
    house.person("QJ2", "al@example.org", Role::IcbFinance, None);
    let (first, _, _) = house.sign_in("jo@example.org");
    house.later(5 * SECOND);
    let (second, session, jo) = house.sign_in("jo@example.org");
    assert_ne!(first.reveal(), second.reveal(), "a new token each time");
    let (foreign, of_al, al) = house.sign_in("al@example.org");

    let own = house.store.own_sessions(&jo).expect("listed");
    assert_eq!(own.len(), 2);
    assert_eq!((&own[0].id, own[0].device.as_str()), (&session.id, "Firefox on Linux"));
    assert!(own[0].created_at > own[1].created_at && own[0].ends_at == session.ends_at);
    let not_own = house.store.end_session(&jo, &of_al.id);
    assert!(matches!(not_own, Err(StoreError::NotFound)));
    assert!(house.alive(&foreign));

    house.store.end_other_sessions(&jo, &session.id).expect("ended");
    assert!(!house.alive(&first) && house.alive(&second) && house.alive(&foreign));
    assert_eq!(house.store.own_sessions(&al).expect("listed").len(), 1);
    house.later(IDLE_LIMIT);
    assert!(house.store.own_sessions(&al).expect("listed").is_empty());
}

#[test]
fn people_change_their_own_password_and_end_what_was_open_elsewhere() {
    let house = House::new();
    house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
    house.person("QJ2", "al@example.org", Role::IcbFinance, None);
    let (elsewhere, ..) = house.sign_in("jo@example.org");
    let (here, session, jo) = house.sign_in("jo@example.org");
    let password = PasswordHash::of("kestrel umbrella fjord").expect("a hash");
    let of_al = house.verified("al@example.org");
    let foreign = house.store.change_password(&jo, &of_al, &session.id, &password);
    assert!(matches!(foreign, Err(StoreError::NotFound)));
    assert!(house.alive(&elsewhere));

    let verified = house.verified("jo@example.org");
    house.store.change_password(&jo, &verified, &session.id, &password).expect("changed");
    assert!(house.alive(&here) && !house.alive(&elsewhere));
    let (email, known) = house.store.own_account(&jo).expect("known");
    assert_eq!(email.as_str(), "jo@example.org");
    assert!(SignIn::begin().verify(PASSWORD, Some(known.clone())).is_none());
    assert!(SignIn::begin().verify("kestrel umbrella fjord", Some(known)).is_some());
}

#[test]
fn who_runs_the_installation_belongs_to_no_board() {
    let house = House::new();
    let machine = Operator::from_command_line();
    let new = NewOperator {
        email: "sam@example.org".parse().expect("an address"),
        display_name: "Sam".to_owned(),
        password: PasswordHash::of(PASSWORD).expect("a hash"),
    };
    let id = house.store.create_operator(&machine, &new).expect("made");
    let taken = house.store.create_operator(&machine, &new);
    assert!(matches!(taken, Err(StoreError::Conflict(_))));

    let (token, _, who) = house.sign_in("sam@example.org");
    assert!(who.scope().is_none() && who.person() == &id);
    let session = house.store.session(&SignIn::begin(), &token.hash()).expect("alive");
    let Admitted::Operator(operator) = session.who else { panic!("in a Board") };
    assert_eq!(house.store.tenants(&operator).expect("listed").len(), 2);
    let code = "QXX".parse().expect("a code");
    house.store.create_tenant(&operator, &code, "Another").expect("made");
    let email = "sam@example.org".parse().expect("an address");
    assert!(house.store.act_as(&operator, &code, &email).is_err());
    let verified = house.verified("sam@example.org");
    let door = SignIn::begin();
    let named = house.store.begin_session(&door, &verified, Some(&code), "", None);
    assert!(matches!(named, Err(StoreError::NotFound)), "in no Board, even where one is named");
}

#[test]
fn a_new_password_ends_all_sessions() {
    let house = House::new();
    house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
    let (token, ..) = house.sign_in("jo@example.org");
    let operator = Operator::from_command_line();
    let email = "jo@example.org".parse().expect("an address");
    let password = PasswordHash::of("another long password").expect("a hash");
    house.store.set_password(&operator, &email, &password).expect("set");
    assert!(!house.alive(&token));
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
