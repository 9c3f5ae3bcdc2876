use super::House;
use crate::{Attempt, Turn};
use proptest::collection::vec;
use proptest::prelude::*;
use std::time::Duration;
use tenancy::{Role, SignIn};

/// How somebody tries, and what they do then.
#[derive(Clone, Copy, Debug)]
enum Move {
    Wrong,
    /// A right password whose code is not given.
    Open,
    Right,
    Pass(u64),
}

/// What is promised, written down a second time: how many wrong in a row, since when, until when.
#[derive(Clone, Copy, Debug, Default)]
struct Promise {
    wrong: u32,
    last: u64,
    until: u64,
}

impl Promise {
    /// How long an attempt now has to wait; nothing where it is taken.
    fn attempt(&mut self, how: Move, now: u64) -> Option<u64> {
        if now >= self.last + 3600 {
            *self = Self::default();
        }
        if now < self.until {
            return Some(self.until - now);
        }
        match how {
            Move::Right => *self = Self::default(),
            // A row that counts nothing yet still remembers when.
            Move::Open => self.last = now,
            Move::Wrong => {
                self.wrong += 1;
                self.last = now;
                let minutes = [1, 2, 4, 8]
                    .get(usize::try_from(self.wrong.saturating_sub(5)).expect("few"))
                    .unwrap_or(&15);
                self.until = if self.wrong < 5 { now } else { now + 60 * minutes };
            }
            Move::Pass(_) => {}
        }
        None
    }
}

fn attempt(house: &House, address: &str, how: Move) -> Option<u64> {
    let (door, store) = (SignIn::begin(), &house.store);
    let mark = store.address_mark(&door, address);
    match store.begin_attempt(&door, &mark).expect("asked") {
        Turn::Wait(wait) => Some(wait.as_secs()),
        Turn::Now(begun) => {
            settle(house, &begun, how);
            None
        }
    }
}

fn settle(house: &House, begun: &Attempt, how: Move) {
    let (door, store) = (SignIn::begin(), &house.store);
    match how {
        Move::Right => store.attempt_was_right(&door, begun).expect("noted"),
        Move::Open => store.attempt_is_open(&door, begun).expect("noted"),
        Move::Wrong | Move::Pass(_) => {}
    }
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        6 => Just(Move::Wrong),
        2 => Just(Move::Open),
        1 => Just(Move::Right),
        4 => (1_u64..1200).prop_map(Move::Pass),
        1 => (1200_u64..7200).prop_map(Move::Pass),
    ];
    vec(one, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is tried and however long one waits: an address with an account and one without
    /// answer alike, and both as promised.
    #[test]
    fn an_unknown_address_waits_exactly_as_a_known_one(moves in moves()) {
        let house = House::new();
        house.person("QJ2", "jo@example.org", Role::IcbFinance, None);
        let (mut now, mut promise) = (0, Promise::default());
        for how in moves {
            if let Move::Pass(seconds) = how {
                now += seconds;
                house.later(Duration::from_secs(seconds));
                continue;
            }
            let expected = promise.attempt(how, now);
            prop_assert_eq!(attempt(&house, "Jo@Example.org", how), expected);
            prop_assert_eq!(attempt(&house, "nobody@example.org", how), expected);
        }
    }
}

#[test]
fn many_at_once_are_no_way_round_the_wait() {
    let house = House::new();
    let door = SignIn::begin();
    let mark = house.store.address_mark(&door, "jo@example.org");
    let mut begun = Vec::new();
    for _ in 0..20 {
        if let Turn::Now(attempt) = house.store.begin_attempt(&door, &mark).expect("asked") {
            begun.push(attempt);
        }
    }
    assert_eq!(begun.len(), 5, "none has ended yet, and no more are let in");
    settle(&house, &begun[0], Move::Open);
    assert_eq!(attempt(&house, "jo@example.org", Move::Wrong), Some(60), "the wait stays");
    settle(&house, &begun[1], Move::Right);
    assert_eq!(attempt(&house, "jo@example.org", Move::Wrong), None);
}
