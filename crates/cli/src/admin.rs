//! `valuebook admin`.

use std::io::Read;
use store::{NewPerson, Store};
use tenancy::{Email, Operator, PasswordHash, Role, SessionToken};

use crate::args::{AdminArgs, AdminCommand};
use crate::settings::SettingsDefinition;
use crate::stop::{Ended, Exit, Stop};
use crate::{audit, text, upkeep};

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
        AdminCommand::Backup { file } => upkeep::backup(&store, file),
        AdminCommand::Restore { file } => upkeep::restore(&store, file),
        AdminCommand::Migrate { boards_to, control_to } => {
            upkeep::migrate(store, boards_to.as_deref(), control_to.as_deref())
        }
        AdminCommand::VerifyAudit { tenant, head } => {
            audit::verify(&store, tenant.as_deref(), head.as_deref())
        }
        AdminCommand::AuditHead { tenant } => audit::head(&store, tenant),
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
