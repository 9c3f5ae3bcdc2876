//! Random numbers from a seed that is printed: what fails can be run again.

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

/// Checks a property for so many seeds, and says of every one that fails which it is.
pub fn for_each_seed(first: u64, count: u64, check: impl Fn(&mut Random) -> Result<(), String>) {
    let failed: Vec<String> = (first..first + count)
        .filter_map(|seed| Some(format!("seed {seed}: {}", check(&mut Random::of(seed)).err()?)))
        .collect();
    println!("seeds {first} to {}: {} failed", first + count - 1, failed.len());
    assert!(failed.is_empty(), "{} of {count} failed\n{}", failed.len(), failed.join("\n"));
}
