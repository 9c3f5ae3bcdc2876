use super::House;
use crate::{Page, StoreError, SubmissionState};

#[test]
fn from_draft_to_signed_off() {
    let house = House::new();
    let id = house.receive("RTG", "costs", "abc").submission.id;
    let director = house.director("RTG");
    let state = || house.store.submission(&director, &id).expect("visible").state;
    assert_eq!(state(), SubmissionState::Draft);
    let early = house.store.sign_off(&house.director("RTG"), &id);
    assert!(matches!(early, Err(StoreError::Conflict(_))));

    house.check(true);
    assert_eq!(state(), SubmissionState::Checked);
    house.store.submit(&house.director("RTG"), &id).expect("submitted");
    assert_eq!(state(), SubmissionState::Submitted);
    let signed = house.store.sign_off(&house.director("RTG"), &id).expect("signed off");
    assert_eq!(signed.state, SubmissionState::SignedOff);
    assert_eq!(signed.tables.len(), 1);
    assert!(signed.submitted_at.is_some() && signed.signed_off_by.is_some());
    let again = house.store.sign_off(&house.director("RTG"), &id).expect("already");
    assert_eq!(again.signed_off_at, signed.signed_off_at);
}

#[test]
fn a_draft_is_seen_by_its_own_provider_only() {
    let house = House::new();
    let id = house.receive("RTG", "costs", "abc").submission.id;
    house.check(true);
    let own = house.director("RTG");
    let others = [house.director("RFS"), house.finance()];
    assert!(house.store.submission(&own, &id).is_ok());
    assert_eq!(house.store.submissions(&own, &Page::default()).expect("a list").items.len(), 1);
    for who in &others {
        assert!(matches!(house.store.submission(who, &id), Err(StoreError::NotFound)));
        assert!(matches!(house.store.submission_report(who, &id), Err(StoreError::NotFound)));
        assert!(matches!(house.store.submission_tables(who, &id), Err(StoreError::NotFound)));
        assert!(matches!(house.store.submission_status(who, &id), Err(StoreError::NotFound)));
        assert!(house.store.submissions(who, &Page::default()).expect("a list").items.is_empty());
    }
    let foreign = house.store.sign_off(&house.finance(), &id);
    assert!(matches!(foreign, Err(StoreError::NotFound)));

    house.store.submit(&house.director("RTG"), &id).expect("submitted");
    assert!(house.store.submission(&others[1], &id).is_ok(), "the Board sees it now");
    assert!(matches!(house.store.submission(&others[0], &id), Err(StoreError::NotFound)));
    let foreign = house.store.sign_off(&house.finance(), &id);
    assert!(
        matches!(foreign, Err(StoreError::Forbidden(_))),
        "visible, but not the Board's to sign"
    );
}

#[test]
fn the_same_file_sent_twice_is_recognised() {
    let house = House::new();
    let first = house.receive("RTG", "costs", "abc");
    let again = house.receive("RTG", "costs", "abc");
    assert!(!first.repeated && again.repeated);
    assert_eq!(again.submission.id, first.submission.id);
    let other_owner = house.receive("RFS", "costs", "abc");
    assert!(!other_owner.repeated);
    let other_table = house.receive("RTG", "ledger", "abc");
    assert!(!other_table.repeated);

    let newer = house.receive("RTG", "costs", "def");
    assert_eq!((newer.repeated, newer.submission.version), (false, 2));
    let back = house.receive("RTG", "costs", "abc");
    assert_eq!((back.repeated, back.submission.version), (false, 3), "going back is a new version");
}

#[test]
fn a_refused_file_leaves_its_hash_and_the_reasons_only() {
    let house = House::new();
    let id = house.receive("RTG", "costs", "bad").submission.id;
    house.check(false);
    let director = house.director("RTG");
    let refused = house.store.submission(&director, &id).expect("visible");
    assert_eq!(refused.state, SubmissionState::Refused);
    assert_eq!((refused.file_sha256.as_str(), refused.tables.len()), ("bad", 0));
    let report = house.store.submission_report(&director, &id).expect("visible");
    assert_eq!(report.as_deref(), Some("{\"accepted\":false}"));
    assert!(house.store.submission_tables(&director, &id).expect("visible").is_empty());
    let signed = house.store.sign_off(&house.director("RTG"), &id);
    assert!(matches!(signed, Err(StoreError::Conflict(_))));
    let again = house.receive("RTG", "costs", "bad");
    assert!(!again.repeated, "what it was checked against may have changed");
}

#[test]
fn a_check_sees_the_boards_signed_tables_and_ones_own_accepted_ones() {
    let house = House::new();
    house.signed_off("", "providers", "p1");
    house.signed_off("RFS", "services", "theirs");
    house.receive("RTG", "services", "mine");
    house.check(true);
    house.receive("", "funds", "not signed");
    house.check(true);
    let costs = house.receive("RTG", "costs", "abc").submission;
    let seen = house.store.reference_tables(&house.worker(), &costs).expect("tables");
    let seen: Vec<_> = seen.iter().map(|part| part.table.sha256.as_str()).collect();
    assert_eq!(seen, ["p1", "mine"]);

    let own = house.receive("", "assumptions", "a").submission;
    let seen = house.store.reference_tables(&house.worker(), &own).expect("tables");
    let seen: Vec<_> = seen.iter().map(|part| part.table.sha256.as_str()).collect();
    assert_eq!(seen, ["not signed", "p1", "theirs"]);
}

#[test]
fn lists_come_in_parts() {
    let house = House::new();
    for content in ["a", "b", "c"] {
        house.receive("RTG", "costs", content);
    }
    let director = house.director("RTG");
    let page = Page { after: None, size: Some(2) };
    let first = house.store.submissions(&director, &page).expect("a list");
    let versions: Vec<_> = first.items.iter().map(|submission| submission.version).collect();
    assert_eq!(versions, [3, 2]);
    let page = Page { after: first.next, size: Some(2) };
    let second = house.store.submissions(&director, &page).expect("a list");
    assert_eq!((second.items.len(), second.next), (1, None));
}
