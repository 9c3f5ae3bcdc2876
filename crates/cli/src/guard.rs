//! How `valuebook serve` is guarded, as said on the command line.

use clap::Args as ClapArgs;
use server::{Guard, Limits, MetricsToken};
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use crate::settings::SettingsDefinition;
use crate::stop::Stop;

/// Options of `serve` that guard it.
#[derive(Debug, ClapArgs)]
pub struct GuardArgs {
    /// A proxy in front whose X-Forwarded-For says from where a request comes; may be repeated.
    #[arg(long, env = "VALUEBOOK_TRUSTED_PROXY", value_delimiter = ',', value_name = "ADDR")]
    pub trusted_proxy: Vec<IpAddr>,
    /// A file with the bearer token that reads /metrics (32 characters at least); without one,
    /// only this machine does, and nobody behind a public address.
    #[arg(long, env = "VALUEBOOK_METRICS_TOKEN_FILE", value_name = "FILE")]
    pub metrics_token_file: Option<PathBuf>,
}

impl GuardArgs {
    /// The guard that they ask for, or else the configuration file.
    ///
    /// # Errors
    /// When the token cannot be read, or could be guessed.
    pub fn guard(&self, settings: &SettingsDefinition) -> Result<Guard, Stop> {
        let file = self.metrics_token_file.as_ref().or(settings.metrics_token_file.as_ref());
        let metrics_token = match file {
            None => None,
            Some(path) => {
                let say = |why: &dyn std::fmt::Display| {
                    Stop::cannot_run(format!("{}: {why}", path.display()))
                };
                let text = fs::read_to_string(path).map_err(|error| say(&error))?;
                Some(MetricsToken::read(&text).map_err(|error| say(&error))?)
            }
        };
        let trusted_proxies = match self.trusted_proxy.is_empty() {
            true => settings.trusted_proxies.clone().unwrap_or_default(),
            false => self.trusted_proxy.clone(),
        };
        Ok(Guard { limits: Limits::default(), trusted_proxies, metrics_token })
    }
}
