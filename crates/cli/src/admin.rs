//! `valuebook admin`.

use std::io::Read;
use store::{NewOperator, NewPerson, Store};
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
            let given = Password::given(*password_stdin)?;
            let person = NewPerson {
                email: parse(email)?,
                display_name: name.clone(),
                password: given.hash()?,
                role: role.parse::<Role>().map_err(Stop::cannot_run)?,
                provider: provider.as_deref().map(parse).transpose()?,
            };
            let operator = Operator::from_command_line();
            store.create_person(&operator, &parse(tenant)?, &person).map_err(Stop::refused)?;
            given.say(email)
        }
        AdminCommand::CreateOperator { email, name, password_stdin } => {
            let given = Password::given(*password_stdin)?;
            let new = NewOperator {
                email: parse(email)?,
                display_name: name.clone(),
                password: given.hash()?,
            };
            store.create_operator(&Operator::from_command_line(), &new).map_err(Stop::refused)?;
            given.say(email)
        }
        AdminCommand::RemoveSecondFactor { email } => {
            let operator = Operator::from_command_line();
            store.reset_second_factor(&operator, &parse(email)?).map_err(Stop::refused)?;
            text::print(&format!(
                "{email} signs in with the password alone now; every session of theirs has ended.\n"
            ));
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

/// A password for somebody new.
struct Password {
    text: String,
    /// Whether it was made here, and so has to be shown.
    is_made: bool,
}

impl Password {
    fn given(on_standard_input: bool) -> Result<Self, Stop> {
        let text = if on_standard_input { typed_password()? } else { new_password()? };
        Ok(Self { text, is_made: !on_standard_input })
    }

    fn hash(&self) -> Result<PasswordHash, Stop> {
        PasswordHash::of(&self.text).map_err(Stop::refused)
    }

    fn say(&self, email: &str) -> Ended {
        let shown = match self.is_made {
            true => format!(" Password, shown once: {}", self.text),
            false => String::new(),
        };
        text::print(&format!("{email} can sign in now.{shown}\n"));
        Ok(Exit::Done)
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
