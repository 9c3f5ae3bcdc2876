use diesel::connection::SimpleConnection;
use tenancy::{Operator, Role, Signer};

use super::{House, MINUTE};
use crate::{AuditQuery, Page, SignedHead, StoreError};

fn busy() -> House {
    let house = House::new();
    house.signed_off("", "providers", "p1");
    house.store.publish_edition(&house.finance(), "p").expect("published");
    house
}

fn execute(house: &House, sql: &str) -> Result<(), diesel::result::Error> {
    let code = "QJ2".parse().expect("a code");
    house.store.tenant(&code).expect("a connection").batch_execute(sql)
}

/// Takes away what keeps the record from being changed, and changes it: on a server only the owner
/// of the tables can.
fn tamper(house: &House, sql: &str) {
    match &house.database {
        Some(database) => {
            let unlock = "SET search_path TO \"icb_QJ2\"; DROP TRIGGER audit_is_for_good ON audit;";
            database.sql(&format!("{unlock} {sql}"));
        }
        None => {
            let unlock =
                "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted;";
            execute(house, &format!("{unlock} {sql}")).expect("tampered");
        }
    }
}

fn broken(house: &House) -> Option<i64> {
    let who = house.who("QJ2", Role::IcbAdministrator, "");
    house.store.verify_audit(&who).expect("read").broken.map(|(seq, _)| seq)
}

#[test]
fn every_change_leaves_a_line_and_the_chain_holds() {
    let house = busy();
    let who = house.who("QJ2", Role::IcbAdministrator, "");
    let report = house.store.verify_audit(&who).expect("read");
    assert_eq!((report.entries, report.broken), (4, None), "receive, check, sign off, publish");
    assert_eq!(report.head.len(), 64);
    let all = house.store.verify_all_audits(&Operator::from_command_line()).expect("read");
    let names: Vec<_> = all.iter().map(|(name, report)| (name.as_str(), report.entries)).collect();
    assert_eq!(names, [("control", 2), ("QJ2", 4), ("QWO", 0)]);
}

#[test]
fn nothing_published_or_recorded_can_be_changed_or_deleted() {
    let house = busy();
    for table in ["audit", "editions", "edition_parts", "submission_tables"] {
        assert!(execute(&house, &format!("DELETE FROM {table}")).is_err(), "{table}");
    }
    for change in [
        "UPDATE audit SET person = 'x'",
        "UPDATE editions SET parameters_sha256 = 'x'",
        "UPDATE edition_parts SET owner = 'x'",
        "UPDATE submission_tables SET csv = 'x'",
    ] {
        assert!(execute(&house, change).is_err(), "{change}");
    }
    assert_eq!(broken(&house), None);
}

#[test]
fn tampering_is_found() {
    for (change, found) in [
        ("UPDATE audit SET person = 'someone else' WHERE seq = 2", 2),
        ("UPDATE audit SET subject = subject || 'x', details = '{}' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 2", 3),
        ("DELETE FROM audit WHERE seq = 1", 2),
        ("UPDATE audit SET seq = 9 WHERE seq = 4", 9),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq > 2", 3),
        ("DELETE FROM audit_head", 4),
        ("UPDATE audit_head SET mark = ''", 4),
        ("DELETE FROM audit WHERE seq = 4; UPDATE audit_head SET seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 4; DELETE FROM audit_head", 3),
    ] {
        let house = busy();
        tamper(&house, change);
        assert_eq!(broken(&house), Some(found), "{change}");
    }
}

#[test]
fn a_record_that_was_cut_is_not_put_right_by_the_next_change() {
    for cut in ["DELETE FROM audit WHERE seq = 4", "DELETE FROM audit_head"] {
        let house = busy();
        tamper(&house, cut);
        house.signed_off("", "funds", "f1");
        assert_ne!(broken(&house), None, "{cut}");
    }
}

#[test]
fn a_head_tells_later_what_the_record_was() {
    let house = busy();
    let operator = Operator::from_command_line();
    let code = "QJ2".parse().expect("a code");
    let noted = house.store.audit_head_of(&operator, &code).expect("a head");
    assert_eq!((noted.tenant.as_str(), noted.entries), ("QJ2", 4));
    assert!(Signer::is_signed(&noted.text(), &noted.signature, &noted.public_key));
    house.signed_off("", "funds", "f1");
    assert_eq!(house.store.follows_from(&operator, &noted), Ok(()), "the record only grew");
    let later = house.store.audit_head_of(&operator, &code).expect("a head");
    assert!(later.entries > noted.entries && later.head != noted.head);

    let forged = SignedHead { entries: 3, ..noted.clone() };
    let other = House::new().store.audit_head_of(&operator, &code).expect("a head");
    let longer = SignedHead { signature: noted.signature.clone(), ..later };
    for wrong in [forged, other, longer] {
        assert!(house.store.follows_from(&operator, &wrong).is_err(), "{wrong:?}");
    }
    tamper(&house, "DELETE FROM audit; DELETE FROM audit_head");
    assert_eq!(broken(&house), None, "of a record without a line nothing is left to see");
    let wiped = house.store.follows_from(&operator, &noted).expect_err("it was longer");
    assert_eq!(wiped, "the record has no line 4 any more");
}

#[test]
fn the_record_is_searched_and_taken_out() {
    let house = busy();
    house.later(MINUTE);
    house.signed_off("", "funds", "f1");
    let who = house.who("QJ2", Role::IcbAdministrator, "");
    let find = |query: AuditQuery| {
        let page = Page { after: None, size: Some(3) };
        let found = house.store.audit_entries(&who, &query, &page).expect("read");
        let lines: Vec<i64> = found.items.iter().map(|entry| entry.seq).collect();
        (lines, found.next)
    };
    assert_eq!(find(AuditQuery::default()), (vec![8, 7, 6], Some("6".to_owned())));
    let next = Page { after: Some("6".to_owned()), size: Some(100) };
    let rest = house.store.audit_entries(&who, &AuditQuery::default(), &next).expect("read");
    assert_eq!(rest.items.iter().map(|it| it.seq).collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
    assert_eq!(rest.next, None);
    let all = house.store.audit_entries(&who, &AuditQuery::default(), &Page::default());
    let all = all.expect("read").items;
    let action = Some(all[0].action.clone());
    assert_eq!(find(AuditQuery { action, ..AuditQuery::default() }).0, [8, 3]);
    let subject = Some(all[7].subject.clone());
    assert!(find(AuditQuery { subject, ..AuditQuery::default() }).0.contains(&1));
    let person = Some("nobody".to_owned());
    assert_eq!(find(AuditQuery { person, ..AuditQuery::default() }).0, Vec::<i64>::new());
    let from = Some(all[0].at);
    assert_eq!(find(AuditQuery { from, ..AuditQuery::default() }).0, [8, 7, 6]);
    let until = Some(all[0].at);
    assert_eq!(find(AuditQuery { until, ..AuditQuery::default() }).0, [4, 3, 2]);
    let wrong = Page { after: Some("x".to_owned()), size: None };
    let wrong = house.store.audit_entries(&who, &AuditQuery::default(), &wrong);
    assert!(matches!(wrong, Err(StoreError::Invalid(_))));

    let taken = house.store.export_audit(&who, &AuditQuery::default()).expect("read");
    assert_eq!(taken.iter().map(|it| it.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(find(AuditQuery::default()).0, [9, 8, 7], "taking it out leaves a line");
    assert_eq!(broken(&house), None);
}

#[test]
fn a_change_that_cannot_be_recorded_is_refused() {
    let house = busy();
    match &house.database {
        Some(database) => {
            let login = format!("{}_icb_QJ2", database.name());
            database.sql(&format!("REVOKE INSERT ON \"icb_QJ2\".audit FROM \"{login}\""));
        }
        None => {
            let stop = "CREATE TRIGGER full BEFORE INSERT ON audit \
                        BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;";
            execute(&house, stop).expect("stopped");
        }
    }
    let refused = house.store.publish_edition(&house.finance(), "q");
    assert!(matches!(refused, Err(StoreError::Database(_))));
    assert_eq!(house.store.latest_edition(&house.finance()).expect("read"), Some(1));
}
