//! `valuebook serve`.

use server::{Config, serve};
use std::path::Path;

use crate::args::ServeArgs;
use crate::inputs;
use crate::stop::{Ended, Exit, Stop};

/// Threads that work on jobs.
pub const JOB_THREADS: usize = 2;

pub fn run(models: Option<&Path>, args: &ServeArgs) -> Ended {
    server::observe();
    let config = Config {
        data_dir: args.data_dir.clone(),
        listen: args.listen,
        public_url: args.public_url.clone(),
        job_threads: JOB_THREADS,
        catalogue: inputs::catalogue(models)?,
        program: None,
    };
    serve(&config, |address| eprintln!("valuebook: serving on http://{address}"))
        .map_err(Stop::cannot_run)?;
    Ok(Exit::Done)
}
