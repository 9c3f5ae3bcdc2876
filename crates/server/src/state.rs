//! What all requests and workers share.

use actix_web::web;
use openbook::workbook::Unpacker;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use store::Store;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::config::Site;
use crate::guard::Guard;
use crate::limits::Gate;
use crate::metrics::Metrics;
use crate::models::Catalogue;
use crate::problem::Problem;

/// Passwords compared at a time: each takes a core and 19 MiB.
const HASHING_AT_ONCE: usize = 2;

/// What all requests and workers share.
#[derive(Debug)]
pub struct AppState {
    /// The databases.
    pub store: Store,
    /// The definitions under `models/`.
    pub catalogue: Catalogue,
    /// The site as browsers see it.
    pub site: Site,
    /// Reads workbooks.
    pub unpacker: Unpacker,
    /// Wakes the workers.
    pub wake: Wake,
    /// Counts for monitoring.
    pub metrics: Metrics,
    /// How the service is guarded.
    pub guard: Guard,
    pub(crate) gate: Gate,
    pub(crate) hashing: Semaphore,
}

impl AppState {
    /// The shared state of one service.
    #[must_use]
    pub fn new(store: Store, catalogue: Catalogue, site: Site, unpacker: Unpacker) -> Self {
        let guard = Guard::default();
        Self {
            store,
            catalogue,
            site,
            unpacker,
            wake: Wake::default(),
            metrics: Metrics::default(),
            gate: Gate::new(&guard.limits),
            guard,
            hashing: Semaphore::new(HASHING_AT_ONCE),
        }
    }

    /// The same, guarded in another way.
    #[must_use]
    pub fn guarded(self, guard: Guard) -> Self {
        Self { gate: Gate::new(&guard.limits), guard, ..self }
    }
}

/// Runs a blocking call, such as one into the store, off the request threads. After the time that
/// a request may take nobody waits for it any longer; it still ends by itself.
///
/// # Errors
/// What the call says, that it took too long, or that the pool is shutting down.
pub async fn blocking<T, E>(
    state: &web::Data<AppState>,
    work: impl FnOnce(&AppState) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let shared = state.clone();
    let span = tracing::debug_span!("store");
    let call = web::block(move || {
        let _call = shared.metrics.calls.enter();
        span.in_scope(|| work(&shared))
    });
    match timeout(state.guard.limits.request, call).await {
        Ok(Ok(answer)) => answer.map_err(Into::into),
        Ok(Err(_)) if state.wake.is_stopping() => Err(Problem::stopping()),
        Ok(Err(ended)) => Err(Problem::internal(&ended)),
        Err(_) => Err(Problem::too_long()),
    }
}

/// A bell for workers that wait.
#[derive(Debug, Default)]
pub struct Wake {
    calls: Mutex<Calls>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Calls {
    rung: bool,
    leaving: bool,
    stopping: bool,
}

impl Wake {
    /// There is work.
    pub fn ring(&self) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).rung = true;
        self.bell.notify_all();
    }

    /// No more requests should come.
    pub fn leave(&self) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).leaving = true;
    }

    /// Whether requests should go elsewhere.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.leaving || calls.stopping
    }

    /// There will be no more work.
    pub fn stop(&self) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).stopping = true;
        self.bell.notify_all();
    }

    /// Whether workers are to end.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).stopping
    }

    /// Waits until the bell rings, or for that long.
    pub fn wait(&self, at_most: Duration) {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = |calls: &mut Calls| !calls.rung && !calls.stopping;
        let waited = self.bell.wait_timeout_while(calls, at_most, idle);
        waited.unwrap_or_else(PoisonError::into_inner).0.rung = false;
    }
}
