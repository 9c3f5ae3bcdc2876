//! Random numbers from a seed that is printed: what fails can be run again.

use std::ops::Range;

/// A source of random numbers (splitmix64).
pub struct Random(u64);

impl Random {
    /// The source of a seed.
    pub const fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(u32::MAX)
    }

    /// From 0 up to, but not including, 1.
    pub fn unit(&mut self) -> f64 {
        let (high, low) = (f64::from(self.bits()), f64::from(self.bits()));
        (high + low * 2.0_f64.powi(-32)) * 2.0_f64.powi(-32)
    }

    /// Anywhere between two numbers.
    pub fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// Between two sizes, each power of ten as likely as any other.
    pub fn size(&mut self, from: f64, to: f64) -> f64 {
        self.between(from.ln(), to.ln()).exp()
    }

    /// A whole number from 0 up to, but not including, the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.bits()).unwrap_or(0) % bound.max(1)
    }

    /// A whole number between two, both possible.
    pub fn whole(&mut self, from: i64, to: i64) -> i64 {
        from + i64::from(self.bits()) % (to - from + 1)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, chance: u32) -> bool {
        self.bits() % 100 < chance
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        of.get(self.below(of.len())).expect("something to pick from")
    }

    /// Any order of a list.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last + 1);
            list.swap(last, other);
        }
    }
}

/// What one seed proved: false where it met nothing to prove, such as a book without any plan.
pub type Proof = Result<bool, String>;

/// Checks a property for each seed, and says of every one that fails which it is. At least so many
/// must prove something.
pub fn for_each_seed(seeds: Range<u64>, least: usize, check: impl Fn(&mut Random) -> Proof) {
    let proofs: Vec<(u64, Proof)> =
        seeds.clone().map(|seed| (seed, check(&mut Random::of(seed)))).collect();
    let failed: Vec<String> = proofs
        .iter()
        .filter_map(|(seed, proof)| Some(format!("seed {seed}: {}", proof.as_ref().err()?)))
        .collect();
    let proven = proofs.iter().filter(|(_, proof)| *proof == Ok(true)).count();
    println!("seeds {seeds:?}: {proven} prove it, {} fail", failed.len());
    assert!(failed.is_empty(), "{} of {seeds:?} fail\n{}", failed.len(), failed.join("\n"));
    assert!(proven >= least, "only {proven} of {seeds:?} prove anything");
}
