//! Counts for monitoring. None of them says anything of a Board, a person or a thing: requests are
//! told apart by the pattern of their route alone.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::QueueLength;

/// Upper ends of the spans that durations are counted in: milliseconds, and seconds as text.
const SPANS: [(u128, &str); 10] = [
    (5, "0.005"),
    (10, "0.01"),
    (25, "0.025"),
    (50, "0.05"),
    (100, "0.1"),
    (250, "0.25"),
    (500, "0.5"),
    (1_000, "1"),
    (5_000, "5"),
    (30_000, "30"),
];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Methods that are told apart: others anyone could make up.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];

/// A number that only rises.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many of something are at work.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

/// One of them; it ends when dropped.
#[derive(Debug)]
pub struct AtWork<'a>(&'a Gauge);

impl Gauge {
    /// One more, until the answer is dropped.
    #[must_use]
    pub fn enter(&self) -> AtWork<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        AtWork(self)
    }

    /// How many there are.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What is known of one route.
#[derive(Clone, Debug, Default)]
struct Route {
    /// Answers by method and class of status.
    answers: BTreeMap<(&'static str, &'static str), u64>,
    /// Answers by the span that their duration lies in; the last is beyond all of them.
    spans: [u64; SPANS.len() + 1],
    micros: u128,
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// People who signed in.
    pub signed_in: Counter,
    /// Attempts with a wrong password or address.
    pub sign_in_refused: Counter,
    /// Files taken in.
    pub uploads: Counter,
    /// Jobs that ended with a result.
    pub jobs_done: Counter,
    /// Jobs that were given up.
    pub jobs_failed: Counter,
    /// Calls into the store, and other work off the request threads.
    pub calls: Gauge,
    /// By the pattern of the route, of which there are as many as there are handlers.
    routes: Mutex<BTreeMap<String, Route>>,
}

impl Metrics {
    /// Counts an answer.
    pub fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
        let known = METHODS.into_iter().find(|known| *known == method);
        let class = match status {
            0..200 => 0,
            200..300 => 1,
            300..400 => 2,
            400..500 => 3,
            500.. => 4,
        };
        let key = (known.unwrap_or("other"), CLASSES.get(class).copied().unwrap_or("5xx"));
        let span = SPANS.iter().position(|(most, _)| took.as_millis() < *most);
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let route = routes.entry(route.to_owned()).or_default();
        let answers = route.answers.entry(key).or_default();
        *answers = answers.saturating_add(1);
        if let Some(span) = route.spans.get_mut(span.unwrap_or(SPANS.len())) {
            *span = span.saturating_add(1);
        }
        route.micros = route.micros.saturating_add(took.as_micros());
    }

    /// Everything in Prometheus' text form.
    #[must_use]
    pub fn text(&self, queue: QueueLength) -> String {
        let mut text = String::new();
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        write_routes(&mut text, &routes);
        let counter = |text: &mut String, family: &str, numbers: &[(&str, u64)]| {
            family_of(text, family, "counter", numbers);
        };
        let (ok, refused) = (self.signed_in.get(), self.sign_in_refused.get());
        let sign_ins = [("{result=\"ok\"}", ok), ("{result=\"refused\"}", refused)];
        counter(&mut text, "valuebook_sign_ins_total", &sign_ins);
        counter(&mut text, "valuebook_uploads_total", &[("", self.uploads.get())]);
        let (done, failed) = (self.jobs_done.get(), self.jobs_failed.get());
        let jobs = [("{result=\"done\"}", done), ("{result=\"failed\"}", failed)];
        counter(&mut text, "valuebook_jobs_total", &jobs);
        let jobs = [
            ("{state=\"waiting\"}", queue.waiting),
            ("{state=\"working\"}", queue.working),
            ("{state=\"failed\"}", queue.failed),
        ];
        family_of(&mut text, "valuebook_jobs", "gauge", &jobs);
        family_of(&mut text, "valuebook_store_calls", "gauge", &[("", self.calls.get())]);
        text
    }
}

fn family_of(text: &mut String, family: &str, kind: &str, numbers: &[(&str, u64)]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# TYPE {family} {kind}");
    for (labels, number) in numbers {
        let _ = writeln!(text, "{family}{labels} {number}");
    }
}

fn write_routes(text: &mut String, routes: &BTreeMap<String, Route>) {
    let family = "valuebook_http_requests_total";
    let _ = writeln!(text, "# TYPE {family} counter");
    for (name, route) in routes {
        let name = quoted(name);
        for ((method, class), number) in &route.answers {
            let labels = format!("route={name},method=\"{method}\",status=\"{class}\"");
            let _ = writeln!(text, "{family}{{{labels}}} {number}");
        }
    }
    let family = "valuebook_http_request_seconds";
    let _ = writeln!(text, "# TYPE {family} histogram");
    for (name, route) in routes {
        let name = quoted(name);
        let mut sum = 0_u64;
        let ends = SPANS.iter().map(|(_, end)| *end).chain(["+Inf"]);
        for (end, number) in ends.zip(route.spans) {
            sum = sum.saturating_add(number);
            let _ = writeln!(text, "{family}_bucket{{route={name},le=\"{end}\"}} {sum}");
        }
        let micros = u64::try_from(route.micros).unwrap_or(u64::MAX);
        let seconds = Duration::from_micros(micros).as_secs_f64();
        let _ = writeln!(text, "{family}_sum{{route={name}}} {seconds}");
        let _ = writeln!(text, "{family}_count{{route={name}}} {sum}");
    }
}

/// A label's value: patterns may hold a backslash.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_announced_once() {
        let metrics = Metrics::default();
        let quick = Duration::from_millis(7);
        metrics.count("GET", "/value", 200, quick);
        metrics.count("GET", "/value", 200, Duration::from_secs(2));
        metrics.count("GET", "/value", 404, Duration::from_secs(60));
        metrics.count("BREW", "-", 503, quick);
        let _call = metrics.calls.enter();
        drop(metrics.calls.enter());
        let text = metrics.text(QueueLength { waiting: 3, ..QueueLength::default() });
        for line in [
            "valuebook_http_requests_total{route=\"/value\",method=\"GET\",status=\"2xx\"} 2",
            "valuebook_http_requests_total{route=\"-\",method=\"other\",status=\"5xx\"} 1",
            "valuebook_http_request_seconds_bucket{route=\"/value\",le=\"0.005\"} 0",
            "valuebook_http_request_seconds_bucket{route=\"/value\",le=\"0.01\"} 1",
            "valuebook_http_request_seconds_bucket{route=\"/value\",le=\"5\"} 2",
            "valuebook_http_request_seconds_bucket{route=\"/value\",le=\"+Inf\"} 3",
            "valuebook_http_request_seconds_sum{route=\"/value\"} 62.007",
            "valuebook_http_request_seconds_count{route=\"/value\"} 3",
            "valuebook_jobs{state=\"waiting\"} 3",
            "valuebook_store_calls 1",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
        }
        assert_eq!(text.matches("# TYPE valuebook_jobs ").count(), 1);
        assert_eq!(text.matches("# TYPE").count(), 7);
    }

    #[test]
    fn a_pattern_stays_one_label() {
        assert_eq!(quoted("/a\"b\\c\n"), "\"/a\\\"b\\\\c\\n\"");
    }
}
