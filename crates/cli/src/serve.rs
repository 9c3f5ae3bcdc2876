//! `valuebook serve`.

use server::{Config, serve};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::Path;
use std::time::Duration;

use crate::args::ServeArgs;
use crate::inputs;
use crate::settings::SettingsDefinition;
use crate::stop::{Ended, Exit, Stop};

/// Threads that work on jobs.
pub const JOB_THREADS: usize = 2;
/// How long requests are still taken after the process has been told to stop, unless told.
const DRAIN_SECONDS: u64 = 5;
/// Where to listen unless told.
const LISTEN: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080));

pub fn run(models: Option<&Path>, args: &ServeArgs) -> Ended {
    server::observe();
    let settings = SettingsDefinition::read(&args.place)?;
    let config = Config {
        place: settings.place(&args.place)?,
        listen: args.listen.or(settings.listen).unwrap_or(LISTEN),
        public_url: args.public_url.clone().or_else(|| settings.public_url.clone()),
        job_threads: settings.job_threads.unwrap_or(JOB_THREADS),
        drain: Duration::from_secs(settings.drain_seconds.unwrap_or(DRAIN_SECONDS)),
        catalogue: inputs::catalogue(models)?,
        program: None,
        guard: args.guard.guard(&settings)?,
    };
    serve(&config, |address| eprintln!("valuebook: serving on http://{address}"))
        .map_err(Stop::cannot_run)?;
    Ok(Exit::Done)
}
