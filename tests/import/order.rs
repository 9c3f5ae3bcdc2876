//! The order of a file's rows and columns says nothing, and no bytes make a reader panic.

use crate::support::{FILES, csv, fixture, import};
use openbook::published::{Imported, Selection};
use proptest::prelude::*;
use proptest::sample::Index;

/// Everything an import gives, as one text.
fn whole(imported: &Imported) -> String {
    let tables: Vec<String> = imported.tables.keys().map(|name| csv(imported, name)).collect();
    format!(
        "{tables:?} {:?} {:?} {:?} {:?} {}",
        imported.beside, imported.sources, imported.notes, imported.totals, imported.suppressed
    )
}

/// Picks the items in the order of random picks.
fn shuffled<T: Clone>(items: &[T], picks: &[Index]) -> Vec<T> {
    let mut left = items.to_vec();
    let mut taken = Vec::with_capacity(left.len());
    for pick in picks.iter().cycle().take(items.len()) {
        taken.push(left.remove(pick.index(left.len())));
    }
    taken
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn permuted_rows_and_columns_change_nothing(
        rows in proptest::collection::vec(any::<Index>(), 16),
        columns in proptest::collection::vec(any::<Index>(), 90),
    ) {
        for (kind, file) in FILES {
            let bytes = fixture(file);
            let selection = Selection::default();
            let before = import(kind, &[(file, &bytes)], &selection).expect("imported");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(
                bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(&bytes),
            );
            let mut all: Vec<Vec<String>> = reader
                .records()
                .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
                .collect();
            let header = all.remove(0);
            let mut permuted = vec![header];
            permuted.extend(shuffled(&all, &rows));
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &permuted {
                writer.write_record(shuffled(row, &columns)).expect("written");
            }
            let changed = writer.into_inner().expect("bytes");
            let after = import(kind, &[(file, &changed)], &selection).expect("imported");
            prop_assert_eq!(whole(&before), whole(&after));
        }
    }

    #[test]
    fn damaged_files_are_refused_or_read_and_never_panic(
        at in any::<Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..8),
        cut in any::<Index>(),
    ) {
        for (kind, file) in FILES {
            let mut damaged = fixture(file);
            let place = at.index(damaged.len());
            damaged.splice(place..place, bytes.iter().copied());
            let _ = import(kind, &[(file, &damaged)], &Selection::default());
            damaged.truncate(cut.index(damaged.len()));
            let _ = import(kind, &[(file, &damaged)], &Selection::default());
        }
    }
}
