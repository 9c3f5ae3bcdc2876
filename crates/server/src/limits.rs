//! How much one address and one account may ask for, and how long a request may take.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, COOKIE};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use crate::client;
use crate::problem::Problem;
use crate::state::AppState;

/// Addresses, or accounts, are counted in so many buckets: memory does not grow with them, and
/// whoever floods the service slows down one in so many others.
const BUCKETS: usize = 4_096;
/// The longest address of a request, in bytes.
const LONGEST_ADDRESS: usize = 8 * 1024;
/// The largest head of a request, in bytes; no browser of ours sends a tenth of it.
const LARGEST_HEAD: usize = 32 * 1024;

/// What is posted here is counted apart: each try costs the machine a password hash, or is a
/// guess at a secret.
const DOORS: [&str; 6] = [
    "/sign-in",
    "/api/v1/session",
    "/invitation",
    "/api/v1/invitations",
    "/api/v1/password",
    "/api/v1/second-factor",
];

/// So many at once, and then one in each span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests at once; at least one.
    pub burst: u32,
    /// The time after which one more is taken.
    pub every: Duration,
}

impl Rate {
    fn quota(self) -> Quota {
        let burst = NonZeroU32::new(self.burst).unwrap_or(NonZeroU32::MIN);
        // A period of nothing would be no limit at all: governor refuses it.
        let quota = Quota::with_period(self.every.max(Duration::from_nanos(1)));
        quota.unwrap_or_else(|| Quota::per_second(burst)).allow_burst(burst)
    }
}

/// The limits of a service. The usual ones leave a whole hospital behind one address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of one address.
    pub address: Rate,
    /// Of one session or token.
    pub account: Rate,
    /// Of one address at the doors: passwords, codes, invitations.
    pub doors: Rate,
    /// How long the work of a request and the arrival of a form or of JSON may take.
    pub request: Duration,
    /// How long a file may take to arrive.
    pub upload: Duration,
    /// How long nothing of a body may come.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address: Rate { burst: 300, every: Duration::from_millis(20) },
            account: Rate { burst: 200, every: Duration::from_millis(50) },
            doors: Rate { burst: 20, every: Duration::from_secs(1) },
            request: Duration::from_secs(30),
            upload: Duration::from_secs(30 * 60),
            pause: Duration::from_secs(30),
        }
    }
}

/// Time since the service began.
#[derive(Clone)]
enum Ticks {
    Since(Instant),
    #[cfg(test)]
    ByHand(governor::clock::FakeRelativeClock),
}

impl Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        match self {
            Self::Since(began) => began.elapsed(),
            #[cfg(test)]
            Self::ByHand(clock) => clock.now().into(),
        }
    }
}

/// Counts those who ask, in buckets.
struct Buckets {
    limiters: Vec<RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Duration>>>,
    /// Seeded anew in each process: nobody can choose whose bucket to share.
    hasher: RandomState,
    clock: Ticks,
}

impl Buckets {
    fn new(rate: Rate, clock: &Ticks) -> Self {
        let limiter = || RateLimiter::direct_with_clock(rate.quota(), clock.clone());
        let limiters = std::iter::repeat_with(limiter).take(BUCKETS).collect();
        Self { limiters, hasher: RandomState::new(), clock: clock.clone() }
    }

    /// Takes one of what someone has left, or says how long to wait.
    fn take(&self, who: impl Hash) -> Result<(), Duration> {
        let buckets = u64::try_from(self.limiters.len()).unwrap_or(u64::MAX).max(1);
        let place = usize::try_from(self.hasher.hash_one(who) % buckets).unwrap_or_default();
        let Some(limiter) = self.limiters.get(place) else { return Ok(()) };
        limiter.check().map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

/// What is left to everyone.
pub(crate) struct Gate {
    address: Buckets,
    account: Buckets,
    doors: Buckets,
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self::with_clock(limits, &Ticks::Since(Instant::now()))
    }

    fn with_clock(limits: &Limits, clock: &Ticks) -> Self {
        Self {
            address: Buckets::new(limits.address, clock),
            account: Buckets::new(limits.account, clock),
            doors: Buckets::new(limits.doors, clock),
        }
    }

    fn pass(&self, address: Option<IpAddr>, door: bool, accounts: &[&[u8]]) -> Result<(), Problem> {
        let wait = |wait: Duration| Problem::too_many_requests(wait);
        if let Some(address) = address.map(client::network) {
            self.address.take(address).map_err(wait)?;
            if door {
                self.doors.take(address).map_err(wait)?;
            }
        }
        accounts.iter().try_for_each(|account| self.account.take(account).map_err(wait))
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}

/// Refuses what is too much: of requests, of an address, of a head.
///
/// # Errors
/// What the handler says.
pub async fn check<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let state = request.app_data::<web::Data<AppState>>();
    let passed = state.map_or(Ok(()), |state| may_pass(&request, state));
    match passed {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => {
            let request = request.into_parts().0;
            Ok(ServiceResponse::from_err(problem, request).map_into_right_body())
        }
    }
}

fn may_pass(request: &ServiceRequest, state: &AppState) -> Result<(), Problem> {
    if request.uri().path_and_query().is_some_and(|it| it.as_str().len() > LONGEST_ADDRESS) {
        return Err(Problem::address_too_long());
    }
    let lines = request.headers().iter();
    let head: usize = lines.map(|(name, value)| name.as_str().len() + value.len()).sum();
    if head > LARGEST_HEAD {
        return Err(Problem::head_too_large());
    }
    // A probe is answered whatever else goes on.
    if request.path() == "/healthz" {
        return Ok(());
    }
    let address = client::address(request, &state.guard.trusted_proxies);
    let at_a_door = *request.method() == Method::POST
        && DOORS.iter().any(|door| {
            let rest = request.path().strip_prefix(door);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
    state.gate.pass(address, at_a_door, &accounts(request, state.site.cookie_name()))
}

/// What a request proves its account with, if anything: not yet looked at, only counted.
fn accounts<'a>(request: &'a ServiceRequest, cookie: &str) -> Vec<&'a [u8]> {
    let bearers = request.headers().get_all(AUTHORIZATION).map(|value| value.as_bytes());
    let bearers = bearers.map(|value| value.strip_prefix(b"Bearer ").unwrap_or(value));
    let cookies = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
    let cookies = cookies.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == cookie).then_some(value.as_bytes())
    });
    // One of each: more of them would not be read either.
    bearers.take(1).chain(cookies.take(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;

    fn tight() -> (Gate, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let rate = |burst, seconds| Rate { burst, every: Duration::from_secs(seconds) };
        let (address, account, doors) = (rate(4, 1), rate(2, 1), rate(1, 60));
        let limits = Limits { address, account, doors, ..Limits::default() };
        (Gate::with_clock(&limits, &Ticks::ByHand(clock.clone())), clock)
    }

    #[test]
    fn an_address_waits_after_its_burst_and_says_how_long() {
        let (gate, clock) = tight();
        let here: Option<IpAddr> = "192.0.2.1".parse().ok();
        for _ in 0..4 {
            assert!(gate.pass(here, false, &[]).is_ok());
        }
        let refused = gate.pass(here, false, &[]).expect_err("too many");
        assert_eq!((refused.status.as_u16(), refused.retry_after), (429, Some(1)));
        clock.advance(Duration::from_secs(1));
        assert!(gate.pass(here, false, &[]).is_ok());
        assert!(gate.pass(here, false, &[]).is_err());
    }

    #[test]
    fn accounts_and_doors_are_counted_apart() {
        let (gate, clock) = tight();
        for _ in 0..2 {
            assert!(gate.pass(None, false, &[b"one"]).is_ok());
        }
        assert!(gate.pass(None, false, &[b"one"]).is_err());
        assert!(gate.pass(None, false, &[]).is_ok(), "no address and no account: inside a process");
        let here: Option<IpAddr> = "2001:db8::1".parse().ok();
        assert!(gate.pass(here, true, &[]).is_ok());
        let neighbour: Option<IpAddr> = "2001:db8::2".parse().ok();
        let refused = gate.pass(neighbour, true, &[]).expect_err("the same network");
        assert_eq!(refused.retry_after, Some(60));
        clock.advance(Duration::from_millis(59_500));
        let refused = gate.pass(neighbour, true, &[]).expect_err("still");
        assert_eq!(refused.retry_after, Some(1), "rounded up");
    }

    #[test]
    fn memory_does_not_grow_with_those_who_ask() {
        let (gate, _) = tight();
        for number in 0..20_000_u32 {
            let _ = gate.pass(Some(IpAddr::from(number.to_be_bytes())), false, &[]);
        }
        assert_eq!(gate.address.limiters.len(), BUCKETS);
    }
}
