//! A large table of costs, the same bytes for the same seed, with what it adds up to.

use quantities::Pence;
use std::io::{self, Write};

/// The different keys that rows are drawn from: fewer than a submission may have.
const KEYS: u64 = 190_000;
const RESOURCES: [&str; 10] = [
    "medical",
    "nursing",
    "ahp",
    "drugs",
    "consumables",
    "diagnostics",
    "theatre",
    "premises",
    "overheads",
    "other_clinical",
];
const DELIVERY: [&str; 4] = ["DC", "EL", "NEL", "OPFU"];
const BEHAVIOURS: [&str; 3] = ["fixed", "semi_fixed", "variable"];
const BASES: [&str; 4] = ["plics", "plics", "aggregate", "apportioned"];

/// What the rows of a made file add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// Σ cost.
    pub cost: Pence,
    /// How many different keys it has.
    pub keys: usize,
}

/// Numbers that look drawn, by an exact rule (SplitMix64).
pub struct Draws(u64);

impl Draws {
    /// Those of a seed.
    pub const fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }
}

/// Takes a digit off a number in mixed radix.
fn digit(rest: &mut u64, radix: u64) -> u64 {
    let digit = rest.rem_euclid(radix);
    *rest = rest.div_euclid(radix);
    digit
}

fn pick(of: &[&'static str], at: u64) -> &'static str {
    usize::try_from(at).ok().and_then(|at| of.get(at)).copied().unwrap_or_default()
}

/// Writes a table of costs with that many rows in no order.
pub fn costs(out: &mut impl Write, rows: u64, seed: u64) -> io::Result<Made> {
    writeln!(
        out,
        "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
         resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at"
    )?;
    let mut draws = Draws(seed);
    let mut cost: i64 = 0;
    let mut seen = vec![false; usize::try_from(KEYS).unwrap_or_default()];
    for _ in 0..rows {
        let key = draws.below(KEYS);
        if let Some(seen) = usize::try_from(key).ok().and_then(|key| seen.get_mut(key)) {
            *seen = true;
        }
        let mut rest = key;
        let month = digit(&mut rest, 12) + 1;
        let resource = pick(&RESOURCES, digit(&mut rest, 10));
        let behaviour = pick(&BEHAVIOURS, digit(&mut rest, 3));
        let delivery = pick(&DELIVERY, digit(&mut rest, 4));
        let service = rest;
        let pence = i64::try_from(draws.below(200_000)).unwrap_or_default() - 1_000;
        cost = cost.saturating_add(pence);
        let activity = draws.below(4_000);
        let basis = pick(&BASES, draws.below(4));
        let day = draws.below(28) + 1;
        writeln!(
            out,
            "RTG,{:03},2024-25,{month},{delivery},WF{:02}{},{resource},{behaviour},{}.{},{},{basis},\
             2025-03-{day:02}",
            service + 100,
            service.rem_euclid(97),
            pick(&["A", "B", "C"], service.rem_euclid(3)),
            activity.div_euclid(4),
            activity.rem_euclid(4) * 25,
            Pence::new(pence),
        )?;
    }
    Ok(Made { cost: Pence::new(cost), keys: seen.iter().filter(|seen| **seen).count() })
}
