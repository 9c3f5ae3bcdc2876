//! `valuebook admin backup`, `restore` and `migrate`.

use std::path::Path;
use store::{Backup, Store};
use tenancy::Operator;

use crate::stop::{Ended, Exit, Stop};
use crate::text;

/// Writes everything there is to one new file.
pub fn backup(store: &Store, file: &Path) -> Ended {
    let done = store.backup(&Operator::from_command_line(), file).map_err(Stop::cannot_run)?;
    let Backup { boards, rows, files } = done;
    text::print(&format!(
        "{} holds {} boards ({}), {rows} rows and {files} files. Keep the master key apart from it: \
         without the key it cannot be restored.\n",
        file.display(),
        boards.len(),
        boards.join(", ")
    ));
    Ok(Exit::Done)
}

/// Makes an empty system what a backup says.
pub fn restore(store: &Store, file: &Path) -> Ended {
    let done = store.restore(&Operator::from_command_line(), file).map_err(Stop::refused)?;
    let Backup { boards, rows, files } = done;
    text::print(&format!(
        "Restored {} boards ({}), {rows} rows and {files} files. Start the service with the \
         same master key; everyone signs in again.\n",
        boards.len(),
        boards.join(", ")
    ));
    Ok(Exit::Done)
}

/// Says whether every database is up to date, which opening the store has seen to; or undoes
/// migrations.
pub fn migrate(store: Store, boards_to: Option<&str>, control_to: Option<&str>) -> Ended {
    let operator = Operator::from_command_line();
    if boards_to.is_none() && control_to.is_none() {
        let aside = store.put_aside(&operator);
        for (code, why) in &aside {
            text::print(&format!("{code} was put aside: {why}\n"));
        }
        if !aside.is_empty() {
            return Err(Stop::refused("not every board's database could be brought up to date"));
        }
        text::print("Every database is up to date.\n");
        return Ok(Exit::Done);
    }
    let undone = store.migrate_down(&operator, boards_to, control_to).map_err(Stop::refused)?;
    text::print(&format!(
        "{undone} migrations undone. Start the older program now: this one brings the databases up \
         to date again.\n"
    ));
    Ok(Exit::Done)
}
