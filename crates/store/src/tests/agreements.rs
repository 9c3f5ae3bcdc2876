use super::House;
use crate::{NewAgreement, StoreError};
use std::time::Duration;
use tenancy::Role;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn agreement(from: &str, until: &str) -> NewAgreement {
    let day = |text: &str| text.parse().expect("a day");
    NewAgreement { purpose: "Plan together".to_owned(), from: day(from), until: day(until) }
}

#[test]
fn an_agreement_holds_from_its_first_to_its_last_day() {
    let house = House::new();
    let in_force = || house.store.agreement(&house.finance()).expect("read").map(|it| it.in_force);
    assert_eq!(in_force(), None);
    let admin = house.who("QJ2", Role::IcbAdministrator, "");
    // The clock stands at 14 November 2023.
    house.store.record_agreement(&admin, &agreement("2023-11-15", "2023-11-16")).expect("kept");
    assert_eq!(in_force(), Some(false), "not yet");
    house.later(DAY);
    assert_eq!(in_force(), Some(true));
    house.later(DAY);
    assert_eq!(in_force(), Some(true), "the last day counts");
    house.later(DAY);
    assert_eq!(in_force(), Some(false), "it has ended");

    house.store.record_agreement(&admin, &agreement("2023-11-01", "2024-11-30")).expect("kept");
    house.store.record_agreement(&admin, &agreement("2023-11-01", "2024-11-30")).expect("again");
    let stands = house.store.agreement(&house.finance()).expect("read").expect("recorded");
    assert_eq!((stands.number, stands.in_force), (2, true), "the same twice is recorded once");
    let report = house.store.verify_audit(&house.who("QJ2", Role::IcbAdministrator, ""));
    assert_eq!(report.expect("read").entries, 2);

    let backwards = house.store.record_agreement(&admin, &agreement("2024-01-02", "2024-01-01"));
    assert!(matches!(backwards, Err(StoreError::Invalid(_))));
    let new = NewAgreement { purpose: " ".to_owned(), ..agreement("2024-01-01", "2024-01-02") };
    let aimless = house.store.record_agreement(&admin, &new);
    assert!(matches!(aimless, Err(StoreError::Invalid(_))));
    let elsewhere = house.who("QWO", Role::IcbFinance, "");
    assert_eq!(house.store.agreement(&elsewhere).expect("read"), None);
}
