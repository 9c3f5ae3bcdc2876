//! How long a run may still take. There is no clock here: whoever starts a run says.

use std::fmt;
use std::sync::Arc;

use super::Case;

/// Seconds that are left, asked of whoever started the run.
#[derive(Clone, Default)]
pub struct Deadline(Option<Arc<dyn Fn() -> f64 + Send + Sync>>);

impl fmt::Debug for Deadline {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_some() { "Deadline(set)" } else { "Deadline(none)" })
    }
}

impl Case {
    /// The same case, of which a whole run ends when no seconds are left: building, solving, the
    /// choice among equals, ranges, draws and answers. What was not reached by then is nothing, and
    /// is said so; a plan is still returned only when it is proven.
    #[must_use]
    pub fn until(mut self, seconds_left: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.deadline = Deadline(Some(Arc::new(seconds_left)));
        self
    }

    /// How many seconds the next solve may take: the scenario's limit, or what is left of the run.
    #[must_use]
    pub fn seconds_left(&self) -> f64 {
        let limit = self.scenario.definition.solver.time_limit_seconds;
        self.deadline.0.as_ref().map_or(limit, |left| left().min(limit).max(0.0))
    }

    /// Whether the run has had its time.
    #[must_use]
    pub fn out_of_time(&self) -> bool {
        self.seconds_left() <= 0.0
    }
}
