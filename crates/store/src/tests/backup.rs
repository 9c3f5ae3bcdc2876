use std::path::PathBuf;
use tempfile::TempDir;
use tenancy::{MasterKey, Operator, Role};
use tests::postgres::Database;

use super::House;
use crate::backup::everything;
use crate::{NewAgreement, NewDispute, NewEvidence, NewScenario, Place, Store, StoreError};

/// An installation with something of most kinds in it.
fn busy(database: Option<Database>) -> House {
    let house = House::on(database);
    house.signed_off("", "providers", "p1");
    house.signed_off("RTG", "costs", "c\u{1f4b7}1");
    house.receive("RFS", "ledger", "waits for its check");
    house.store.publish_edition(&house.finance(), "p").expect("published");
    let new = NewScenario { name: "Hold".to_owned(), toml: "name = \"Hold\"".to_owned() };
    house.store.create_scenario(&house.finance(), &new).expect("kept");
    let day = |text: &str| text.parse().expect("a day");
    let (from, until) = (day("2020-01-01"), day("2030-01-01"));
    let new = NewAgreement { purpose: "Plan".to_owned(), from, until };
    let administrator = house.who("QJ2", Role::IcbAdministrator, "");
    house.store.record_agreement(&administrator, &new).expect("recorded");
    let new = NewDispute {
        edition: 1,
        service: "RTG/110".parse().expect("a service"),
        table: "costs".to_owned(),
        column: "cost_gbp".to_owned(),
        key: None,
        claim: "x".to_owned(),
        proposed: None,
        evidence: "x".to_owned(),
        scenario: None,
    };
    let id = house.store.raise_dispute(&house.director("RTG"), &new).expect("raised");
    let arrived = house.store.arriving_file(&house.finance::<tenancy::demand::Upload>());
    let arrived = arrived.expect("a place");
    std::fs::write(&arrived, "a page").expect("written");
    let new = NewEvidence {
        file_name: "a.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        sha256: "ab12".to_owned(),
        bytes: 6,
    };
    house.store.attach_evidence(&house.finance(), &id, &new, &arrived).expect("attached");
    house.person("QJ2", "jo@x.org", Role::IcbFinance, None);
    house
}

/// An empty system with the key of another.
struct Empty {
    store: Store,
    folder: TempDir,
    _database: Option<Database>,
}

fn empty(key: &MasterKey, database: Option<Database>) -> Empty {
    let folder = TempDir::new().expect("a folder");
    let place = Place {
        database_url: database.as_ref().map(Database::url),
        master_key: Some(key.clone()),
        ..Place::folder(folder.path())
    };
    Empty { store: Store::open_at(&place).expect("opens"), folder, _database: database }
}

fn backed_up(house: &House) -> PathBuf {
    let file = house.folder.path().join("all.backup");
    let done = house.store.backup(&Operator::from_command_line(), &file).expect("backed up");
    assert_eq!((done.boards.as_slice(), done.files), (&["QJ2".into(), "QWO".into()][..], 2));
    assert!(done.rows > 20, "{done:?}");
    file
}

fn restores(house: &House, into: &Empty) {
    let operator = Operator::from_command_line();
    let file = backed_up(house);
    let done = into.store.restore(&operator, &file).expect("restored");
    assert_eq!(done.boards, ["QJ2", "QWO"]);
    assert_eq!(everything(&into.store), everything(&house.store));
    let audits = into.store.verify_all_audits(&operator).expect("read");
    assert!(audits.iter().all(|(_, report)| report.broken.is_none()));
    assert_eq!(audits, house.store.verify_all_audits(&operator).expect("read"));
    let kept = into.folder.path().join("evidence/QJ2/ab12");
    assert_eq!(std::fs::read(kept).expect("evidence"), b"a page");
    let waiting = into.folder.path().join("uploads/QJ2").read_dir().expect("a folder").count();
    assert_eq!(waiting, 1);
    // Work goes on where it stopped.
    assert_eq!(into.store.latest_edition(&house.finance()).expect("read"), Some(1));
    let job = into.store.lease_job(&house.worker(), super::MINUTE).expect("asked");
    assert!(job.is_some());
    let again = into.store.restore(&operator, &file);
    assert!(matches!(again, Err(StoreError::Conflict(_))));
}

#[test]
fn a_fresh_system_is_made_equal() {
    let house = busy(Database::where_told());
    let database = house.database.as_ref().and_then(|_| Database::new());
    restores(&house, &empty(house.store.key(), database));
}

#[test]
fn files_are_restored_on_a_server_and_a_server_in_files() {
    let Some(database) = Database::new() else { return };
    let house = busy(None);
    restores(&house, &empty(house.store.key(), Some(database)));
    let house = busy(Database::new());
    restores(&house, &empty(house.store.key(), None));
}

#[test]
fn a_damaged_or_foreign_backup_is_refused() {
    let house = busy(None);
    let file = backed_up(&house);
    let operator = Operator::from_command_line();
    let again = house.store.backup(&operator, &file);
    assert!(matches!(again, Err(StoreError::File(_))), "no backup is overwritten");

    let other = MasterKey::generate().expect("a key");
    let refused = empty(&other, None).store.restore(&operator, &file).expect_err("refused");
    assert!(refused.to_string().contains("master key"), "{refused}");

    let whole = std::fs::read(&file).expect("read");
    let mut refusals = 0;
    for at in (0..whole.len()).step_by(whole.len().div_ceil(40)) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        let broken = house.folder.path().join("broken.backup");
        std::fs::write(&broken, &damaged).expect("written");
        let into = empty(house.store.key(), None);
        match into.store.restore(&operator, &broken) {
            Err(_) => {
                refusals += 1;
                assert!(into.store.tenants(&operator).expect("read").is_empty(), "byte {at}");
            }
            // A byte that says nothing, such as a time in the archive's own list.
            Ok(_) => assert_eq!(everything(&into.store), everything(&house.store), "byte {at}"),
        }
    }
    assert!(refusals > 10, "{refusals}");
}
