//! What the service writes down of itself: JSON lines on standard error, no bodies, no query
//! strings, no names of people and no figures.

use std::panic;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Our own crates: only they are trusted to keep what people hand in out of their lines.
const OURS: [&str; 8] =
    ["allocation", "api", "cli", "openbook", "server", "store", "tenancy", "value"];

/// What is written unless `VALUEBOOK_LOG` says otherwise: each request and job, and what is wrong.
const USUAL: &str = "warn,server=info,store=info,cli=info";

/// Starts writing log lines; `VALUEBOOK_LOG` chooses how many. A second call changes nothing.
pub fn observe() {
    observe_from(USUAL);
}

/// The same, with no line for what goes well: for a demonstration on somebody's own terminal.
pub fn observe_quietly() {
    observe_from("warn");
}

fn observe_from(usual: &str) {
    let chosen = EnvFilter::try_from_env("VALUEBOOK_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr);
    let lines = lines.with_filter(chosen.and(filter_fn(is_safe)));
    // An earlier call has already set this process up.
    if tracing_subscriber::registry().with(lines).try_init().is_ok() {
        panic::set_hook(Box::new(|info| {
            // Where, and never with what: the message may hold what somebody handed in.
            let place = info.location();
            let (file, line) = place.map_or(("-", 0), |place| (place.file(), place.line()));
            tracing::error!(file, line, "a panic");
        }));
    }
}

/// Whatever is chosen, other people's crates say no more than `info`: below that some of them
/// write headers and bodies.
#[must_use]
pub fn is_safe(line: &Metadata<'_>) -> bool {
    let of = line.target().split("::").next().unwrap_or_default();
    OURS.contains(&of) || *line.level() <= Level::INFO
}
