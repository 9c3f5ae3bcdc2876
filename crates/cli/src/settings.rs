//! What the service is set up with: arguments, then the environment, then a configuration file.

use serde::Deserialize;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use store::Place;
use tenancy::MasterKey;

use crate::args::PlaceArgs;
use crate::stop::Stop;

/// The configuration file. Every key may be left out.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsDefinition {
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    master_key_file: Option<PathBuf>,
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// The address people use.
    pub public_url: Option<String>,
    /// Threads that work on jobs.
    pub job_threads: Option<usize>,
    /// Seconds for which requests are still taken after the process has been told to stop.
    pub drain_seconds: Option<u64>,
    /// Proxies in front that say from where a request comes.
    pub trusted_proxies: Option<Vec<IpAddr>>,
    /// The file of the token that reads the metrics.
    pub metrics_token_file: Option<PathBuf>,
}

impl SettingsDefinition {
    /// The configuration file, where one is named.
    pub fn read(args: &PlaceArgs) -> Result<Self, Stop> {
        let Some(path) = &args.config else { return Ok(Self::default()) };
        let said = |error: &dyn std::fmt::Display| {
            Stop::cannot_run(format!("{}: {error}", path.display()))
        };
        let text = fs::read_to_string(path).map_err(|error| said(&error))?;
        toml::from_str(&text).map_err(|error| said(&error))
    }

    /// Where everything is kept.
    pub fn place(&self, args: &PlaceArgs) -> Result<Place, Stop> {
        let folder = args.data_dir.as_ref().or(self.data_dir.as_ref());
        let key_file = args.master_key_file.as_ref().or(self.master_key_file.as_ref());
        let url = args.database_url.as_ref().or(self.database_url.as_ref());
        Ok(Place {
            folder: folder.map_or_else(|| PathBuf::from("valuebook-data"), PathBuf::clone),
            database_url: url.cloned(),
            master_key: key_file.map(|path| master_key(path)).transpose()?,
        })
    }
}

fn master_key(path: &Path) -> Result<MasterKey, Stop> {
    let said =
        |error: &dyn std::fmt::Display| Stop::cannot_run(format!("{}: {error}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| said(&error))?;
    MasterKey::read(&text).map_err(|error| said(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(folder: &Path, config: &str) -> PlaceArgs {
        let file = folder.join("valuebook.toml");
        fs::write(&file, config).expect("written");
        PlaceArgs { config: Some(file), data_dir: None, database_url: None, master_key_file: None }
    }

    #[test]
    fn arguments_go_before_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = folder.path().join("key");
        fs::write(&key, "ab".repeat(32)).expect("written");
        let text = format!(
            "data_dir = \"/srv/a\"\ndatabase_url = \"postgres://h/a\"\njob_threads = 3\n\
             listen = \"127.0.0.1:9000\"\nmaster_key_file = {:?}\n",
            key.display().to_string()
        );
        let mut given = args(folder.path(), &text);
        let settings = SettingsDefinition::read(&given).expect("reads");
        assert_eq!(settings.job_threads, Some(3));
        let place = settings.place(&given).expect("a place");
        assert_eq!(place.folder, Path::new("/srv/a"));
        assert_eq!(place.database_url.as_deref(), Some("postgres://h/a"));
        assert_eq!(place.master_key.expect("a key").reveal(), "ab".repeat(32));
        given.data_dir = Some(PathBuf::from("/srv/b"));
        assert_eq!(settings.place(&given).expect("a place").folder, Path::new("/srv/b"));
    }

    #[test]
    fn an_unknown_key_and_a_broken_one_are_said_with_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        for (config, said) in [
            ("data_dri = \"x\"", "data_dri"),
            ("listen = \"nowhere\"", "listen"),
            ("job_threads = -1", "job_threads"),
        ] {
            let given = args(folder.path(), config);
            let stop = SettingsDefinition::read(&given).expect_err(config);
            assert!(stop.message.contains("valuebook.toml"), "{}", stop.message);
            assert!(stop.message.contains(said), "{}", stop.message);
        }
        let given = args(folder.path(), "master_key_file = \"/nowhere/key\"");
        let settings = SettingsDefinition::read(&given).expect("reads");
        assert!(settings.place(&given).expect_err("no key").message.contains("/nowhere/key"));
    }
}
