//! Who connects to a PostgreSQL server, and by which address.

use quantities::TenantCode;
use tenancy::MasterKey;

use crate::StoreError;

/// Longest name of a database and of a Board's code there: together they name a login, which has
/// at most 63 characters.
const LONGEST_DATABASE: usize = 30;
const LONGEST_CODE: usize = 24;

/// The address of a database on a server, taken apart: `postgres://login:password@hosts/name?…`.
#[derive(Clone)]
pub(super) struct Address {
    /// What comes before the login.
    scheme: String,
    /// The owner's login with its password, where they are given.
    owner: Option<String>,
    /// Hosts and ports.
    hosts: String,
    /// The database.
    pub(super) database: String,
    /// What follows the database: `?sslmode=verify-full`.
    rest: String,
}

impl Address {
    /// Takes an address apart.
    pub(super) fn read(url: &str) -> Result<Self, StoreError> {
        let wrong = |why: &str| {
            StoreError::Invalid(format!(
                "the database address is of the form postgres://login:password@host/database: {why}"
            ))
        };
        let (scheme, after) = url
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "postgres" | "postgresql"))
            .ok_or_else(|| wrong("it begins with postgres://"))?;
        let (authority, path) =
            after.split_once('/').ok_or_else(|| wrong("it names the database after a slash"))?;
        let (owner, hosts) = match authority.rsplit_once('@') {
            Some((owner, hosts)) => (Some(owner.to_owned()), hosts),
            None => (None, authority),
        };
        let (database, rest) = match path.split_once('?') {
            Some((database, rest)) => (database, format!("?{rest}")),
            None => (path, String::new()),
        };
        let named =
            |key: &str| rest.contains(&format!("?{key}=")) || rest.contains(&format!("&{key}="));
        if ["user", "password", "options", "dbname"].into_iter().any(named) {
            return Err(wrong("the login goes before the @, and options are ours to set"));
        }
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let begins = database.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if !begins || !database.bytes().all(is_plain) || database.len() > LONGEST_DATABASE {
            return Err(wrong(
                "the database's name has at most 30 lower-case letters, digits and underscores",
            ));
        }
        Ok(Self {
            scheme: scheme.to_owned(),
            owner,
            hosts: hosts.to_owned(),
            database: database.to_owned(),
            rest,
        })
    }

    /// The address by which the owner of the tables connects; nothing where none is given.
    pub(super) fn of_owner(&self) -> Option<String> {
        self.owner.as_ref().map(|owner| self.with(owner))
    }

    /// The address by which a login of ours connects.
    pub(super) fn of(&self, login: &Login, key: &MasterKey) -> String {
        self.with(&format!("{}:{}", login.name, key.password_of(&login.name)))
    }

    fn with(&self, login: &str) -> String {
        let Self { scheme, hosts, database, rest, .. } = self;
        format!("{scheme}://{login}@{hosts}/{database}{rest}")
    }
}

/// A login of ours and the one schema that it may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    /// The login, which is known to the whole server and so begins with the database's name.
    pub(super) name: String,
    /// The schema.
    pub(super) schema: String,
}

impl Login {
    /// That of the installation.
    pub(super) fn control(database: &str) -> Self {
        Self { name: format!("{database}_control"), schema: "control".to_owned() }
    }

    /// That of a Board.
    pub(super) fn tenant(database: &str, code: &TenantCode) -> Result<Self, StoreError> {
        if code.as_str().len() > LONGEST_CODE {
            return Err(StoreError::Invalid(format!(
                "on PostgreSQL a Board's code has at most {LONGEST_CODE} characters, and {code} has \
                 more"
            )));
        }
        Ok(Self { name: format!("{database}_icb_{code}"), schema: format!("icb_{code}") })
    }
}

/// A name as SQL has it. Our names hold letters, digits and `-_.` only.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_takes_the_owners_place_in_the_address() {
        let key = MasterKey::read(&"01".repeat(32)).expect("a key");
        for (url, owner, before, after) in [
            (
                "postgres://own:p%40ss@db.nhs:5432/valuebook?sslmode=verify-full",
                Some("postgres://own:p%40ss@db.nhs:5432/valuebook?sslmode=verify-full"),
                "postgres://",
                "@db.nhs:5432/valuebook?sslmode=verify-full",
            ),
            ("postgresql://a,b:1/vb", None, "postgresql://", "@a,b:1/vb"),
            ("postgres:///vb?host=/tmp", None, "postgres://", "@/vb?host=/tmp"),
        ] {
            let address = Address::read(url).expect("an address");
            assert_eq!(address.of_owner().as_deref(), owner, "{url}");
            let login = Login::control(&address.database);
            let password = key.password_of(&login.name);
            let expected = format!("{before}{}:{password}{after}", login.name);
            assert_eq!(address.of(&login, &key), expected);
        }
    }

    #[test]
    fn other_addresses_are_refused_with_the_mend() {
        for url in [
            "mysql://a/b",
            "postgres://host",
            "postgres://host/",
            "postgres://host/UPPER",
            "postgres://host/a-b",
            "postgres://host/1a",
            "postgres://host/vb?user=x",
            "postgres://host/vb?a=b&password=x",
            "postgres://host/vb?options=-csearch_path%3Dx",
            "postgres://host/abcdefghijabcdefghijabcdefghijk",
        ] {
            let error = Address::read(url).map(|_| ()).expect_err(url).to_string();
            assert!(error.starts_with("the database address is of the form"), "{error}");
        }
    }

    #[test]
    fn every_board_has_a_login_of_its_own() {
        let code = "QJ2".parse().expect("a code");
        let login = Login::tenant("vb", &code).expect("a login");
        assert_eq!((login.name.as_str(), login.schema.as_str()), ("vb_icb_QJ2", "icb_QJ2"));
        let long = "ABCDEFGHIJABCDEFGHIJABCDE".parse().expect("a code");
        assert!(matches!(Login::tenant("vb", &long), Err(StoreError::Invalid(_))));
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
    }
}
