//! `valuebook admin`.

use std::io::Read;
use std::path::Path;
use store::{Backup, NewPerson, Store};
use tenancy::{Email, Operator, PasswordHash, Role, SessionToken};

use crate::args::{AdminArgs, AdminCommand};
use crate::settings::SettingsDefinition;
use crate::stop::{Ended, Exit, Stop};
use crate::text;

pub fn run(args: &AdminArgs) -> Ended {
    let place = SettingsDefinition::read(&args.place)?.place(&args.place)?;
    let store = Store::open_at(&place).map_err(Stop::cannot_run)?;
    match &args.command {
        AdminCommand::CreateTenant { code, name } => create_tenant(&store, code, name),
        AdminCommand::CreateUser { tenant, email, name, role, provider, password_stdin } => {
            let made = if *password_stdin { None } else { Some(new_password()?) };
            let password = match &made {
                Some(password) => password.clone(),
                None => typed_password()?,
            };
            let person = NewPerson {
                email: parse(email)?,
                display_name: name.clone(),
                password: PasswordHash::of(&password).map_err(Stop::refused)?,
                role: role.parse::<Role>().map_err(Stop::cannot_run)?,
                provider: provider.as_deref().map(parse).transpose()?,
            };
            let operator = Operator::from_command_line();
            store.create_person(&operator, &parse(tenant)?, &person).map_err(Stop::refused)?;
            let shown = made.map(|made| format!(" Password, shown once: {made}"));
            text::print(&format!("{email} can sign in now.{}\n", shown.unwrap_or_default()));
            Ok(Exit::Done)
        }
        AdminCommand::Backup { file } => backup(&store, file),
        AdminCommand::Restore { file } => restore(&store, file),
        AdminCommand::Migrate { boards_to, control_to } => {
            migrate(store, boards_to.as_deref(), control_to.as_deref())
        }
        AdminCommand::VerifyAudit { tenant } => verify_audit(&store, tenant),
    }
}

fn backup(store: &Store, file: &Path) -> Ended {
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

fn restore(store: &Store, file: &Path) -> Ended {
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

/// Opening the store has brought everything up to date.
fn migrate(store: Store, boards_to: Option<&str>, control_to: Option<&str>) -> Ended {
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

fn verify_audit(store: &Store, tenant: &str) -> Ended {
    let operator = Operator::from_command_line();
    let reports = store.verify_all_audits(&operator).map_err(Stop::cannot_run)?;
    let (_, report) = reports
        .iter()
        .find(|(code, _)| code == tenant)
        .ok_or_else(|| Stop::cannot_run(format!("there is no board {tenant}")))?;
    match &report.broken {
        None => {
            text::print(&format!(
                "The audit log of {tenant} is whole: {} records, head {}.\n",
                report.entries, report.head
            ));
            Ok(Exit::Done)
        }
        Some((at, why)) => {
            Err(Stop::refused(format!("the audit log of {tenant} is broken at record {at}: {why}")))
        }
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, Stop>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| Stop::cannot_run(format!("\"{text}\": {error}")))
}

fn create_tenant(store: &Store, code: &str, name: &str) -> Ended {
    let operator = Operator::from_command_line();
    store.create_tenant(&operator, &parse(code)?, name).map_err(Stop::refused)?;
    text::print(&format!("{code} ({name}) is ready; create its people next.\n"));
    Ok(Exit::Done)
}

/// A password nobody has to invent: 32 hexadecimal digits of randomness.
pub fn new_password() -> Result<String, Stop> {
    let token = SessionToken::generate().map_err(Stop::cannot_run)?;
    Ok(token.reveal().chars().take(32).collect())
}

fn typed_password() -> Result<String, Stop> {
    let mut typed = String::new();
    std::io::stdin().read_to_string(&mut typed).map_err(Stop::cannot_run)?;
    Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
}

/// An address, checked.
pub fn email(text: &str) -> Result<Email, Stop> {
    parse(text)
}
