use super::House;
use crate::{NewRelease, Page, Release, StoreError};
use tenancy::Role;

fn made(cells: &str) -> NewRelease {
    let content = format!("content of {cells}").into_bytes();
    NewRelease { content, content_sha256: "hash".to_owned(), cells: cells.to_owned() }
}

#[test]
fn a_release_is_made_knowing_every_earlier_one_and_is_kept_whole() {
    let house = House::new();
    house.signed_off("", "providers", "p1");
    house.store.publish_edition(&house.finance(), "p").expect("published");
    let release = |cells: &str, expected: &[&str]| -> Result<Release, StoreError> {
        house.store.release(&house.finance(), 1, "For the board paper", |earlier| {
            assert_eq!(earlier, expected);
            Ok(made(cells))
        })
    };
    let first = release("a", &[]).expect("made");
    let second = release("b", &["a"]).expect("made");
    assert_eq!((first.edition, first.purpose.as_str()), (1, "For the board paper"));
    let content = house.store.release_content(&house.finance(), &first.id).expect("there");
    assert_eq!(content, b"content of a");
    assert_eq!(house.store.released(&house.finance(), &first.id).expect("there"), first);
    let listed = house.store.releases(&house.finance(), &Page::default()).expect("a list").items;
    assert_eq!(listed, [second, first.clone()]);

    let refused: Result<Release, StoreError> =
        house.store.release(&house.finance(), 1, "x", |_| {
            Err(StoreError::Invalid("it would reveal a count".to_owned()))
        });
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
    let nowhere = house.store.release(&house.finance(), 2, "x", |_| Ok(made("c")));
    assert!(matches!(nowhere, Err::<Release, _>(StoreError::NotFound)));
    let aimless = house.store.release(&house.finance(), 1, " ", |_| Ok(made("c")));
    assert!(matches!(aimless, Err::<Release, _>(StoreError::Invalid(_))));
    release("d", &["a", "b"]).expect("nothing refused was kept");

    let elsewhere = house.who("QWO", Role::IcbFinance, "");
    let foreign = house.store.release_content(&elsewhere, &first.id);
    assert!(matches!(foreign, Err(StoreError::NotFound)));
    let foreign = house.store.released(&elsewhere, &first.id);
    assert!(matches!(foreign, Err(StoreError::NotFound)));
}
