use diesel::connection::SimpleConnection;
use tenancy::Operator;

use super::House;
use crate::StoreError;
use tenancy::Role;

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
    ] {
        let house = busy();
        tamper(&house, change);
        assert_eq!(broken(&house), Some(found), "{change}");
    }
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
