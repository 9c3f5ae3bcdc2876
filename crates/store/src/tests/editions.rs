use super::House;
use crate::{EditionValue, JobKind, JobState, Page, StoreError};

#[test]
fn an_edition_holds_the_latest_signed_off_table_of_every_owner() {
    let house = House::new();
    let nothing = house.store.publish_edition(&house.finance(), "p");
    assert!(matches!(nothing, Err(StoreError::Conflict(_))));

    house.signed_off("", "providers", "p1");
    house.signed_off("RTG", "costs", "old");
    house.later(super::MINUTE);
    house.signed_off("RTG", "costs", "new");
    house.signed_off("RFS", "costs", "theirs");
    house.receive("RFS", "costs", "unsigned");
    house.check(true);
    assert_eq!(house.store.publish_edition(&house.finance(), "p").expect("published"), 1);

    let tables = house.store.edition_tables(&house.worker(), 1).expect("tables");
    let content: Vec<_> = tables
        .iter()
        .map(|part| (part.owner.as_ref().map_or("", |code| code.as_str()), &part.table.csv[..]))
        .collect();
    assert_eq!(content, [("", &b"p1"[..]), ("RFS", b"theirs"), ("RTG", b"new")]);

    let again = house.store.publish_edition(&house.finance(), "p");
    assert!(matches!(again, Err(StoreError::Conflict(_))), "nothing has changed");
    assert_eq!(house.store.publish_edition(&house.finance(), "q").expect("published"), 2);

    house.later(super::MINUTE);
    house.signed_off("RTG", "costs", "newest");
    assert_eq!(house.store.publish_edition(&house.finance(), "q").expect("published"), 3);
    let first = house.store.edition_tables(&house.worker(), 1).expect("tables");
    assert_eq!(first, tables, "an edition never changes");
    let listed = house.store.editions(&house.finance(), &Page::default()).expect("a list");
    let numbers: Vec<_> = listed.items.iter().map(|edition| edition.number).collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert_eq!(listed.items[0].parts.len(), 3);
}

#[test]
fn an_edition_is_valued_once() {
    let house = House::new();
    house.signed_off("", "providers", "p1");
    house.store.publish_edition(&house.finance(), "p").expect("published");
    assert_eq!(house.store.edition_value(&house.finance(), 1).expect("there"), None);
    let worker = house.worker();
    let lease = house.store.lease_job(&worker, super::MINUTE).expect("asked").expect("a job");
    assert_eq!(lease.kind(), &JobKind::ValueEdition(1));
    let value = EditionValue {
        book_sha256: "b".to_owned(),
        value_json: "{}".to_owned(),
        evidence_json: Some("[]".to_owned()),
    };
    house.store.finish_value(&worker, &lease, &value).expect("stored");
    assert_eq!(house.store.edition_value(&house.finance(), 1).expect("there"), Some(value.clone()));
    let edition = house.store.edition(&house.finance(), 1).expect("there");
    assert_eq!(edition.book_sha256.as_deref(), Some("b"));
    let status = house.store.value_status(&house.finance(), 1).expect("there");
    assert_eq!(status.state, JobState::Done);
    let twice = house.store.finish_value(&worker, &lease, &value);
    assert!(matches!(twice, Err(StoreError::LeaseLost)));
}
