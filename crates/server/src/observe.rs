//! What the service writes down of itself: JSON lines on standard error, no bodies, no query
//! strings, no names of people and no figures.

use tracing_subscriber::EnvFilter;

/// Starts writing log lines; `VALUEBOOK_LOG` chooses how many. A second call changes nothing.
pub fn observe() {
    let filter =
        EnvFilter::try_from_env("VALUEBOOK_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let lines = tracing_subscriber::fmt().json().with_env_filter(filter);
    // An earlier call has already set this process up.
    let _already = lines.with_writer(std::io::stderr).try_init();
}
