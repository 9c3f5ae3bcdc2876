//! The rows of a table, whichever it is.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{BufRead, Write};

use crate::StoreError;
use crate::connection::Db;
use crate::schema::{control_rows, tenant_rows};

/// A row of one table, as it is kept.
pub(crate) trait Row: Serialize + DeserializeOwned {
    /// The table.
    const TABLE: &'static str;

    /// Calls `each` with every row, by the table's key.
    fn each(
        db: &mut Db,
        each: &mut dyn FnMut(Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Adds the row as it was.
    fn insert(&self, db: &mut Db) -> Result<(), StoreError>;
}

/// Makes a generated row type one of a table.
macro_rules! row {
    ($row:ident, $module:ident::$table:ident, $key:expr) => {
        impl crate::backup::Row for $row {
            const TABLE: &'static str = stringify!($table);

            fn each(
                db: &mut crate::connection::Db,
                each: &mut dyn FnMut(Self) -> Result<(), crate::StoreError>,
            ) -> Result<(), crate::StoreError> {
                let rows = $module::$table::table.order($key).select(Self::as_select());
                for row in rows.load_iter(db)? {
                    each(row?)?;
                }
                Ok(())
            }

            fn insert(&self, db: &mut crate::connection::Db) -> Result<(), crate::StoreError> {
                diesel::insert_into($module::$table::table).values(self).execute(db)?;
                Ok(())
            }
        }
    };
}

pub(crate) use row;

/// A table that is backed up.
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// Writes all its rows and returns how many there were.
    pub(super) write: fn(&mut Db, &mut dyn Write) -> Result<u64, StoreError>,
    /// Adds all rows of a part of a backup, and returns how many there were.
    pub(super) read: fn(&mut Db, &mut dyn BufRead) -> Result<u64, StoreError>,
}

impl Table {
    const fn of<R: Row>() -> Self {
        Self { name: R::TABLE, write: write::<R>, read: read::<R> }
    }
}

fn write<R: Row>(db: &mut Db, to: &mut dyn Write) -> Result<u64, StoreError> {
    let mut count = 0_u64;
    R::each(db, &mut |row| {
        count = count.saturating_add(1);
        ciborium::into_writer(&row, &mut *to).map_err(|error| broken(R::TABLE, &error))
    })?;
    Ok(count)
}

fn read<R: Row>(db: &mut Db, mut from: &mut dyn BufRead) -> Result<u64, StoreError> {
    let mut count = 0_u64;
    while !from.fill_buf()?.is_empty() {
        let row: R = ciborium::from_reader(&mut from).map_err(|error| broken(R::TABLE, &error))?;
        row.insert(db)?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

fn broken(table: &str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Backup(format!("the rows of {table} cannot be copied: {error}"))
}

/// The tables of the installation, each after those that it refers to.
pub(super) const CONTROL: &[Table] = &[
    Table::of::<control_rows::Tenants>(),
    Table::of::<control_rows::People>(),
    Table::of::<control_rows::Memberships>(),
    Table::of::<control_rows::Invitations>(),
    Table::of::<control_rows::PlatformOperators>(),
    Table::of::<control_rows::SecondFactors>(),
    Table::of::<control_rows::RecoveryCodes>(),
    Table::of::<control_rows::ApiTokens>(),
    Table::of::<control_rows::Audit>(),
    Table::of::<control_rows::AuditHead>(),
];

/// What of the installation is not kept: it is of the moment.
#[cfg(test)]
pub(crate) const LEFT_OUT: &[&str] = &["pending_sign_ins", "sessions", "sign_in_attempts"];

/// The tables of a Board, each after those that it refers to.
pub(super) const TENANT: &[Table] = &[
    Table::of::<tenant_rows::Submissions>(),
    Table::of::<tenant_rows::SubmissionTables>(),
    Table::of::<tenant_rows::SubmissionBadRows>(),
    Table::of::<tenant_rows::SubmissionQueries>(),
    Table::of::<tenant_rows::Answers>(),
    Table::of::<tenant_rows::Editions>(),
    Table::of::<tenant_rows::EditionParts>(),
    Table::of::<tenant_rows::EditionValues>(),
    Table::of::<tenant_rows::Scenarios>(),
    Table::of::<tenant_rows::Runs>(),
    Table::of::<tenant_rows::Agreements>(),
    Table::of::<tenant_rows::Disputes>(),
    Table::of::<tenant_rows::DisputeDecisions>(),
    Table::of::<tenant_rows::DisputeResults>(),
    Table::of::<tenant_rows::DisputeFiles>(),
    Table::of::<tenant_rows::Releases>(),
    Table::of::<tenant_rows::Jobs>(),
    Table::of::<tenant_rows::Audit>(),
    Table::of::<tenant_rows::AuditHead>(),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_table_is_backed_up_or_left_out_on_purpose() {
        let named = |schema: &'static str| -> BTreeSet<&str> {
            let tables = schema.split("diesel::table! {\n    ").skip(1);
            tables.map(|text| text.split(' ').next().expect("a name")).collect()
        };
        let listed = |tables: &'static [Table]| tables.iter().map(|table| table.name);
        let control: BTreeSet<&str> = listed(CONTROL).chain(LEFT_OUT.iter().copied()).collect();
        assert_eq!(control, named(include_str!("../schema/control.rs")));
        let tenant: BTreeSet<&str> = listed(TENANT).collect();
        assert_eq!(tenant, named(include_str!("../schema/tenant.rs")));
    }
}
