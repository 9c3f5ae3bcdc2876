//! Everything there is in one file, and a fresh system made of it.
//!
//! A backup is a ZIP archive that says nothing of where it was made: rows in CBOR, a map a row by
//! the names of its columns, so that an installation on files can be restored on a server and the
//! other way round. Each database is read as of one moment. Sessions are left out: everyone signs
//! in again. The master key is not in it: what was sealed stays sealed.
//!
//! ```text
//! control/people  boards/QJ2/audit …      rows of a table, one after another, by its key
//! boards/QJ2/uploads/…                    files that wait for their check
//! boards/QJ2/evidence/…                   files attached to disputes
//! manifest.json                           what must be there, with the SHA-256 of each part
//! ```

mod archive;
mod made;
mod restored;
mod rows;

pub use made::Backup;

#[cfg(test)]
pub(crate) use rows::LEFT_OUT;
pub(crate) use rows::{Row, row};

/// Every row of every database, to compare two systems with.
#[cfg(test)]
pub(crate) fn everything(store: &crate::Store) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut of = |folder: &str, db: &mut crate::connection::Db, tables: &[rows::Table]| {
        for table in tables {
            let mut bytes = Vec::new();
            (table.write)(db, &mut bytes).expect("rows");
            found.insert(format!("{folder}/{}", table.name), bytes);
        }
    };
    of("control", &mut store.control().expect("a connection"), rows::CONTROL);
    let operator = tenancy::Operator::from_command_line();
    for board in store.tenants(&operator).expect("Boards") {
        let mut db = store.tenant(&board.code).expect("a connection");
        of(board.code.as_str(), &mut db, rows::TENANT);
    }
    found
}
