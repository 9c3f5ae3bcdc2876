//! `valuebook serve`.

use server::{Config, serve};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::Path;

use crate::args::ServeArgs;
use crate::inputs;
use crate::settings::SettingsDefinition;
use crate::stop::{Ended, Exit, Stop};

/// Threads that work on jobs.
pub const JOB_THREADS: usize = 2;
/// Where to listen unless told.
const LISTEN: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080));

pub fn run(models: Option<&Path>, args: &ServeArgs) -> Ended {
    server::observe();
    let settings = SettingsDefinition::read(&args.place)?;
    let config = Config {
        place: settings.place(&args.place)?,
        listen: args.listen.or(settings.listen).unwrap_or(LISTEN),
        public_url: args.public_url.clone().or(settings.public_url),
        job_threads: settings.job_threads.unwrap_or(JOB_THREADS),
        catalogue: inputs::catalogue(models)?,
        program: None,
        guard: args.guard.guard()?,
    };
    serve(&config, |address| eprintln!("valuebook: serving on http://{address}"))
        .map_err(Stop::cannot_run)?;
    Ok(Exit::Done)
}
