use super::House;
use crate::{BadRows, Found, Page, Standing, StoreError, SubmissionId, SubmissionState, WORKBOOK};

fn standing(house: &House, id: &SubmissionId) -> &'static str {
    house.store.submission(&house.director("RTG"), id).expect("visible").standing().code()
}

#[test]
fn a_workbook_and_single_tables_are_versions_of_each_other() {
    let house = House::new();
    house.signed_off("", "providers", "p1");
    let single = house.signed_off("RTG", "costs", "c1");
    house.later(super::MINUTE);
    let book = house.signed_off("RTG", WORKBOOK, "costs,ledger:1");
    let summary = house.store.submission(&house.director("RTG"), &book).expect("visible");
    let names: Vec<_> = summary.tables.iter().map(|table| table.table.as_str()).collect();
    assert_eq!(names, ["costs", "ledger"]);
    assert_eq!(standing(&house, &single), "superseded");
    assert_eq!(standing(&house, &book), "signed_off");

    house.store.publish_edition(&house.finance(), "p").expect("published");
    let parts = house.store.edition(&house.finance(), 1).expect("there").parts;
    let of_rtg: Vec<_> = parts.iter().filter(|part| part.owner.is_some()).collect();
    assert_eq!(of_rtg.len(), 2);
    assert!(of_rtg.iter().all(|part| part.submission == book), "the newest that has the table");
    assert_eq!(standing(&house, &book), "published");

    // A newer ledger alone takes the ledger's place; the workbook's costs still stand.
    house.later(super::MINUTE);
    let ledger = house.signed_off("RTG", "ledger", "l2");
    let summary = house.store.submission(&house.director("RTG"), &book).expect("visible");
    let later: Vec<_> = summary.tables.iter().map(|table| table.superseded_by.clone()).collect();
    assert_eq!(later, [None, Some(ledger.clone())]);
    assert_eq!((summary.superseded_by(), summary.standing()), (None, Standing::Published));
    house.later(super::MINUTE);
    let costs = house.signed_off("RTG", "costs", "c3");
    let summary = house.store.submission(&house.director("RTG"), &book).expect("visible");
    assert_eq!(summary.superseded_by(), Some(&costs));
    assert_eq!((summary.standing(), summary.published_in), (Standing::Superseded, vec![1]));
    assert_eq!(summary.state, SubmissionState::SignedOff, "nothing is overwritten");

    let history = |id: &SubmissionId| {
        let who = house.director("RTG");
        let all = house.store.submission_history(&who, id, &Page::default()).expect("visible");
        all.items.into_iter().map(|submission| submission.id).collect::<Vec<_>>()
    };
    assert_eq!(history(&single), [costs.clone(), book.clone(), single.clone()]);
    assert_eq!(history(&ledger), [ledger.clone(), book.clone()]);
    assert_eq!(history(&book), [costs, ledger, book.clone(), single]);
    let stranger = house.store.submission_history(&house.director("RFS"), &book, &Page::default());
    assert!(matches!(stranger, Err(StoreError::NotFound)));
}

#[test]
fn the_same_workbook_is_recognised_until_something_newer_is_about_its_tables() {
    let house = House::new();
    let first = house.receive("RTG", WORKBOOK, "costs,ledger:1");
    assert!(house.receive("RTG", WORKBOOK, "costs,ledger:1").repeated);
    house.check(true);
    assert!(house.receive("RTG", WORKBOOK, "costs,ledger:1").repeated);
    let other = house.receive("RTG", "outcomes", "o");
    house.check(true);
    assert!(!other.repeated);
    assert!(house.receive("RTG", WORKBOOK, "costs,ledger:1").repeated, "nothing to do with it");

    house.receive("RTG", "costs", "c2");
    house.check(true);
    let back = house.receive("RTG", WORKBOOK, "costs,ledger:1");
    assert_eq!((back.repeated, back.submission.version), (false, 2), "costs have moved on");
    assert_ne!(back.submission.id, first.submission.id);
    // Until it is checked nobody knows what it is about: the same costs again are a new version.
    assert!(!house.receive("RTG", "costs", "c2").repeated);
}

#[test]
fn a_check_sees_the_newest_accepted_table_whichever_file_it_came_in() {
    let house = House::new();
    house.signed_off("", "providers", "p1");
    house.receive("RTG", WORKBOOK, "services,ledger:1");
    house.check(true);
    house.receive("RTG", "ledger", "l2");
    house.check(true);
    let costs = house.receive("RTG", "costs", "c").submission;
    let seen = house.store.reference_tables(&house.worker(), &costs).expect("tables");
    let seen: Vec<_> =
        seen.iter().map(|part| (part.table.table.as_str(), part.table.sha256.as_str())).collect();
    let expected = [("providers", "p1"), ("ledger", "l2"), ("services", "services,ledger:1")];
    assert_eq!(seen, expected);
}

#[test]
fn rows_to_be_mended_are_kept_beside_the_report() {
    let house = House::new();
    let id = house.receive("RTG", WORKBOOK, "costs,ledger:1").submission.id;
    let rows = |table: &str| BadRows { table: table.to_owned(), csv: table.as_bytes().to_vec() };
    let found = Found { bad_rows: vec![rows("ledger"), rows("costs")], ..Found::default() };
    house.check_finding(false, found);
    let director = house.director("RTG");
    let of = |table: &str| house.store.bad_rows(&director, &id, table).expect("visible");
    assert_eq!(of("costs").as_deref(), Some(&b"costs"[..]));
    assert_eq!(of("outcomes"), None);
    let tables = house.store.tables_with_bad_rows(&director, &id).expect("visible");
    assert_eq!(tables, ["costs", "ledger"]);
    for who in [house.director("RFS"), house.finance()] {
        let foreign = house.store.bad_rows(&who, &id, "costs");
        assert!(matches!(foreign, Err(StoreError::NotFound)));
        assert!(matches!(house.store.tables_with_bad_rows(&who, &id), Err(StoreError::NotFound)));
    }
}

#[test]
fn versions_are_compared_table_by_table() {
    let house = House::new();
    let first = house.signed_off("RTG", "costs", "c1");
    house.receive("RTG", "costs", "refused");
    house.check(false);
    let book = house.receive("RTG", WORKBOOK, "costs,ledger:1").submission.id;
    house.check(true);
    let director = house.director("RTG");
    let compare = |id, against| {
        let found = house.store.table_versions(&director, id, against).expect("compared");
        let content = |table: Option<crate::StoredTable>| table.map(|table| table.sha256);
        let parts = found.into_iter().map(|it| {
            (it.table, it.against == Some(first.clone()), content(it.before), content(it.after))
        });
        parts.collect::<Vec<_>>()
    };
    let (costs, ledger) = ("costs".to_owned(), "ledger".to_owned());
    let (old, new) = (Some("c1".to_owned()), Some("costs,ledger:1".to_owned()));
    let expected = [
        (costs.clone(), true, old.clone(), new.clone()),
        (ledger.clone(), false, None, new.clone()),
    ];
    assert_eq!(compare(&book, None), expected);
    assert_eq!(compare(&first, None), [(costs.clone(), false, None, old.clone())]);
    let back = [(costs, false, new.clone(), old), (ledger, false, new, None)];
    assert_eq!(compare(&first, Some(&book)), back);

    let theirs = house.signed_off("RFS", "costs", "x");
    let foreign = house.store.table_versions(&director, &book, Some(&theirs));
    assert!(matches!(foreign, Err(StoreError::NotFound)));
    let finance = house.finance();
    let apart = house.store.table_versions(&finance, &first, Some(&theirs));
    assert!(matches!(apart, Err(StoreError::Invalid(_))), "of two providers");
}
