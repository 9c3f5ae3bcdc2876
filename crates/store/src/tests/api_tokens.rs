use super::House;
use crate::{MOST_TOKENS, NewApiToken, NewOperator, StoreError};
use std::time::Duration;
use tenancy::{InPerson, Operator, PasswordHash, Permission, Role, SignIn, demand};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn new(scopes: &[Permission]) -> NewApiToken {
    NewApiToken { name: "Nightly upload".to_owned(), scopes: scopes.to_vec(), days: 90 }
}

fn finance(house: &House) -> InPerson {
    house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
    house.sign_in("jo@example.org").2
}

#[test]
fn a_token_does_what_it_was_made_for_until_it_ends() {
    let house = House::new();
    let who = finance(&house);
    let scopes = [Permission::Upload, Permission::ReadBook, Permission::Upload];
    let (token, made) = house.store.create_api_token(&who, &new(&scopes)).expect("made");
    assert_eq!(made.scopes, ["read_book", "upload"]);
    assert!(made.in_force && made.last_used_on.is_none());

    let scope = || house.store.token_scope(&SignIn::begin(), &token.hash());
    let first = scope().expect("in force");
    assert!(first.by_token() && first.in_person().is_err());
    assert!(first.clone().permit::<demand::Upload>().is_ok());
    let refused = first.permit::<demand::Publish>().expect_err("not in its scopes");
    assert!(refused.to_string().contains("include publish"), "{refused}");
    let listed = || house.store.own_api_tokens(&who).expect("listed");
    let used = listed()[0].last_used_on.expect("used");
    assert_eq!(used.as_microsecond() % 86_400_000_000, 0, "by day");
    house.later(DAY);
    scope().expect("in force");
    assert!(listed()[0].last_used_on > Some(used));

    house.later(DAY * 89 - Duration::from_secs(1));
    scope().expect("its last second");
    house.later(Duration::from_secs(1));
    assert!(matches!(scope(), Err(StoreError::NotFound)));
    assert!(!listed()[0].in_force);
}

#[test]
fn a_revoked_token_is_refused_at_once_and_only_its_person_revokes_it() {
    let house = House::new();
    let who = finance(&house);
    let (token, made) =
        house.store.create_api_token(&who, &new(&[Permission::ReadBook])).expect("made");
    house.person("QJ2", "al@example.org", Role::IcbAdministrator, None);
    let (_, _, al) = house.sign_in("al@example.org");
    let foreign = house.store.revoke_api_token(&al, &made.id);
    assert!(matches!(foreign, Err(StoreError::NotFound)));
    assert!(house.store.own_api_tokens(&al).expect("listed").is_empty());
    let scope = || house.store.token_scope(&SignIn::begin(), &token.hash());
    assert!(scope().is_ok());
    house.store.revoke_api_token(&who, &made.id).expect("revoked");
    assert!(matches!(scope(), Err(StoreError::NotFound)));
}

#[test]
fn a_token_is_named_within_its_persons_permissions_and_a_year() {
    let house = House::new();
    let who = finance(&house);
    let refused = |new: NewApiToken| {
        let made = house.store.create_api_token(&who, &new);
        assert!(matches!(made, Err(StoreError::Invalid(_))), "{new:?}");
    };
    let good = new(&[Permission::ReadBook]);
    refused(new(&[]));
    refused(new(&[Permission::ReadBook, Permission::ReadAudit]));
    refused(NewApiToken { name: "  ".to_owned(), ..good.clone() });
    refused(NewApiToken { name: "x".repeat(101), ..good.clone() });
    for days in [0, 367] {
        refused(NewApiToken { days, ..good.clone() });
    }
    for _ in 0..MOST_TOKENS {
        house.store.create_api_token(&who, &good).expect("made");
    }
    let more = house.store.create_api_token(&who, &good);
    assert!(matches!(more, Err(StoreError::Conflict(_))), "twenty at most");
    house.later(DAY * 90);
    house.store.create_api_token(&who, &good).expect("those that ended count no more");
    assert_eq!(house.store.own_api_tokens(&who).expect("listed").len(), 1);
}

#[test]
fn who_belongs_to_no_board_has_no_token() {
    let house = House::new();
    let operator = NewOperator {
        email: "sam@example.org".parse().expect("an address"),
        display_name: "Sam".to_owned(),
        password: PasswordHash::of(super::PASSWORD).expect("a hash"),
    };
    house.store.create_operator(&Operator::from_command_line(), &operator).expect("made");
    let (_, _, sam) = house.sign_in("sam@example.org");
    let made = house.store.create_api_token(&sam, &new(&[Permission::ReadBook]));
    assert!(matches!(made, Err(StoreError::Forbidden(_))));
}
