use super::House;
use crate::{NewScenario, Page, StoreError};
use tenancy::{Operator, Permitted, Role, Worker, demand};

#[test]
fn another_boards_things_do_not_exist() {
    let house = House::new();
    let submission = house.signed_off("RTG", "costs", "abc");
    let edition = house.store.publish_edition(&house.finance(), "p").expect("published");
    let new = NewScenario { name: "Hold".to_owned(), toml: "name = \"Hold\"".to_owned() };
    let scenario = house.store.create_scenario(&house.finance(), &new).expect("kept");

    let reads: Permitted<demand::ReadBook> = house.who("QWO", Role::IcbAdministrator, "");
    let hands_in: Permitted<demand::ReadSubmissions> =
        house.who("QWO", Role::ProviderDirector, "RTG");
    let missing = |error: &StoreError| matches!(error, StoreError::NotFound);
    assert!(house.store.edition(&reads, edition).is_err_and(|e| missing(&e)));
    assert!(house.store.edition_value(&reads, edition).is_err_and(|e| missing(&e)));
    assert!(house.store.scenario(&reads, &scenario).is_err_and(|e| missing(&e)));
    assert!(house.store.submission(&hands_in, &submission).is_err_and(|e| missing(&e)));
    assert!(house.store.edition_tables(&*reads, edition).is_err_and(|e| missing(&e)));
    assert_eq!(house.store.latest_edition(&reads).expect("asked"), None);
    assert!(house.store.scenarios(&reads, &Page::default()).expect("a list").items.is_empty());
    assert!(house.store.submissions(&hands_in, &Page::default()).expect("list").items.is_empty());
}

#[test]
fn a_board_that_is_not_known_gets_no_file() {
    let house = House::new();
    let reads: Permitted<demand::ReadBook> = house.who("QXX", Role::IcbFinance, "");
    assert!(matches!(house.store.latest_edition(&reads), Err(StoreError::NotFound)));
    let worker = Worker::for_tenant("QXX".parse().expect("a code"));
    assert!(matches!(house.store.recover_jobs(&worker), Err(StoreError::NotFound)));
    let known = match &house.database {
        Some(database) => database.sql("SELECT nspname FROM pg_namespace"),
        None => {
            let files = house.folder.path().join("tenants").read_dir().expect("a folder");
            files.map(|file| format!("{:?}\n", file.expect("a file").file_name())).collect()
        }
    };
    assert!(known.contains("QJ2") && !known.contains("QXX"), "{known}");
}

#[test]
fn a_board_made_by_another_process_is_found() {
    let house = House::new();
    let other = crate::Store::open_at(&house.place()).expect("opens");
    let code = "QYY".parse().expect("a code");
    other.create_tenant(&Operator::from_command_line(), &code, "Third").expect("made");
    let reads: Permitted<demand::ReadBook> = house.who("QYY", Role::IcbFinance, "");
    assert_eq!(house.store.latest_edition(&reads).expect("found"), None);
    let again = house.store.create_tenant(&Operator::from_command_line(), &code, "Third");
    assert!(matches!(again, Err(StoreError::Conflict(_))));
}

#[test]
fn a_database_goes_back_to_an_older_program_and_forward_again() {
    let house = House::new();
    house.signed_off("RTG", "costs", "abc");
    let operator = Operator::from_command_line();
    let place = house.place();
    let store = crate::Store::open_at(&place).expect("opens");
    let undone = store.clone().migrate_down(&operator, Some("0003"), None).expect("undone");
    assert!(undone >= 2, "one of each Board at least: {undone}");
    assert_eq!(store.migrate_down(&operator, Some("0003"), None).expect("nothing left"), 0);
    let again = crate::Store::open_at(&place).expect("up to date again");
    let own = house.director("RTG");
    assert_eq!(again.submissions(&own, &Page::default()).expect("a list").items.len(), 1);
}
