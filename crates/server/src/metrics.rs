//! Counts for monitoring. None of them says anything of a Board.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use store::QueueLength;

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

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Answers 2xx and 3xx.
    pub answered: Counter,
    /// Answers 4xx.
    pub refused: Counter,
    /// Answers 5xx.
    pub failed: Counter,
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
}

impl Metrics {
    /// Counts an answer by its status.
    pub fn count_status(&self, status: u16) {
        match status {
            500.. => self.failed.add(),
            400.. => self.refused.add(),
            _ => self.answered.add(),
        }
    }

    /// Everything in Prometheus' text form.
    #[must_use]
    pub fn text(&self, queue: QueueLength) -> String {
        let counters = [
            ("valuebook_http_responses_total{class=\"ok\"}", &self.answered),
            ("valuebook_http_responses_total{class=\"refused\"}", &self.refused),
            ("valuebook_http_responses_total{class=\"failed\"}", &self.failed),
            ("valuebook_sign_ins_total{result=\"ok\"}", &self.signed_in),
            ("valuebook_sign_ins_total{result=\"refused\"}", &self.sign_in_refused),
            ("valuebook_uploads_total", &self.uploads),
            ("valuebook_jobs_total{result=\"done\"}", &self.jobs_done),
            ("valuebook_jobs_total{result=\"failed\"}", &self.jobs_failed),
        ];
        let gauges = [
            ("valuebook_jobs{state=\"waiting\"}", queue.waiting),
            ("valuebook_jobs{state=\"working\"}", queue.working),
            ("valuebook_jobs{state=\"failed\"}", queue.failed),
        ];
        let mut text = String::new();
        let mut last = "";
        let counted = counters.iter().map(|(name, counter)| (*name, counter.get(), "counter"));
        let gauged = gauges.iter().map(|(name, number)| (*name, *number, "gauge"));
        for (name, number, kind) in counted.chain(gauged) {
            let family = name.split('{').next().unwrap_or(name);
            // Writing to a string cannot fail.
            if family != last {
                let _ = writeln!(text, "# TYPE {family} {kind}");
            }
            let _ = writeln!(text, "{name} {number}");
            last = family;
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_announced_once() {
        let metrics = Metrics::default();
        metrics.count_status(200);
        metrics.count_status(404);
        metrics.count_status(503);
        metrics.count_status(303);
        let text = metrics.text(QueueLength { waiting: 3, ..QueueLength::default() });
        assert!(text.contains("valuebook_http_responses_total{class=\"ok\"} 2\n"));
        assert!(text.contains("valuebook_jobs{state=\"waiting\"} 3\n"));
        assert_eq!(text.matches("# TYPE valuebook_jobs ").count(), 1);
        assert_eq!(text.matches("# TYPE").count(), 5);
    }
}
