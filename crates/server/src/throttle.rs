//! Guessing a password takes longer than anyone waits.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong attempts on one address before it has to wait.
const ATTEMPTS: u32 = 10;
/// How long wrong attempts count.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Addresses remembered; beyond that the oldest are forgotten.
const MOST: usize = 10_000;

/// Wrong attempts by address, whether or not there is such an account.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    wrong: Mutex<BTreeMap<String, (Instant, u32)>>,
}

impl Throttle {
    /// Whether the address may be tried now.
    pub(crate) fn may_try(&self, email: &str) -> bool {
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = wrong.get(&key(email));
        seen.is_none_or(|(since, count)| since.elapsed() > WINDOW || *count < ATTEMPTS)
    }

    /// Notes a wrong attempt.
    pub(crate) fn was_wrong(&self, email: &str) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() >= MOST {
            wrong.retain(|_, (since, _)| since.elapsed() <= WINDOW);
        }
        if wrong.len() >= MOST {
            let oldest = wrong.iter().min_by_key(|(_, (since, _))| *since);
            if let Some(email) = oldest.map(|(email, _)| email.clone()) {
                wrong.remove(&email);
            }
        }
        let seen = wrong.entry(key(email)).or_insert_with(|| (Instant::now(), 0));
        if seen.0.elapsed() > WINDOW {
            *seen = (Instant::now(), 0);
        }
        seen.1 = seen.1.saturating_add(1);
    }

    /// Forgets the wrong attempts on an address that was right at last.
    pub(crate) fn was_right(&self, email: &str) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(email));
    }
}

fn key(email: &str) -> String {
    email.trim().chars().take(254).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_ten_wrong_attempts_an_address_waits() {
        let throttle = Throttle::default();
        for _ in 0..ATTEMPTS {
            assert!(throttle.may_try("jo@x.org"));
            throttle.was_wrong("Jo@x.org");
        }
        assert!(!throttle.may_try("JO@x.org") && throttle.may_try("other@x.org"));
        throttle.was_right("jo@x.org");
        assert!(throttle.may_try("jo@x.org"));
        for number in 0..MOST + 5 {
            throttle.was_wrong(&format!("{number}@x.org"));
        }
        assert!(throttle.wrong.lock().expect("a lock").len() <= MOST);
    }
}
