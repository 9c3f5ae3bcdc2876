//! Distributions from a mean and a standard error, by the method of moments, and the same quantile
//! of another distribution for a normal deviate.
//!
//! A distribution is nothing where no such one has these moments: bad figures are data, not errors.

use rand::Rng;
use rand_distr::{Distribution, Gamma as GammaSampler};
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// A utility or a share, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    /// α.
    pub alpha: f64,
    /// β.
    pub beta: f64,
}

impl Beta {
    /// With this mean and standard error: α = m (m (1 − m) / s² − 1), β = (1 − m) (…).
    #[must_use]
    pub fn of_moments(mean: f64, se: f64) -> Option<Self> {
        let sure = mean * (1.0 - mean) / (se * se) - 1.0;
        let possible = mean > 0.0 && mean < 1.0 && se > 0.0 && sure > 0.0 && sure.is_finite();
        possible.then_some(Self { alpha: mean * sure, beta: (1.0 - mean) * sure })
    }

    /// The quantile at a normal deviate: x with P(X ≤ x) = Φ(z), to twelve figures.
    #[must_use]
    pub fn at_deviate(&self, z: f64) -> Option<f64> {
        let beta = statrs::distribution::Beta::new(self.alpha, self.beta).ok()?;
        let p = standard()?.cdf(z);
        let (mut low, mut high) = (0.0, 1.0);
        let mut x = self.alpha / (self.alpha + self.beta);
        for _ in 0..200 {
            let off = beta.cdf(x) - p;
            if off > 0.0 {
                high = x
            } else {
                low = x
            }
            let newton = x - off / beta.pdf(x);
            let next =
                if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
            if (next - x).abs() <= 1e-12 {
                return Some(next);
            }
            x = next;
        }
        Some(x)
    }
}

/// A cost, or what a utility that may go below nought lacks to full health.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    /// Shape.
    pub shape: f64,
    /// Scale.
    pub scale: f64,
}

impl Gamma {
    /// With this mean and standard error: shape (m/s)², scale s²/m.
    #[must_use]
    pub fn of_moments(mean: f64, se: f64) -> Option<Self> {
        let found = Self { shape: (mean * mean) / (se * se), scale: se * se / mean };
        (mean > 0.0 && se > 0.0 && found.shape.is_finite() && found.scale > 0.0).then_some(found)
    }

    /// Of 1 − u, for a utility u that may go below nought.
    #[must_use]
    pub fn of_utility_lost(utility: f64, se: f64) -> Option<Self> {
        Self::of_moments(1.0 - utility, se)
    }

    /// Draws, one after the other.
    pub fn sample_iter<R: Rng>(&self, rng: R) -> Option<impl Iterator<Item = f64>> {
        GammaSampler::new(self.shape, self.scale).ok().map(|gamma| gamma.sample_iter(rng))
    }
}

/// A cost or a duration: its logarithm is normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal {
    /// Mean of the logarithm.
    pub mu: f64,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
}

impl LogNormal {
    /// With this mean and standard error: σ² = ln(1 + (s/m)²), μ = ln m − σ²/2.
    #[must_use]
    pub fn of_moments(mean: f64, se: f64) -> Option<Self> {
        let variance = (se / mean).powi(2).ln_1p();
        (mean > 0.0 && se >= 0.0 && mean.is_finite() && variance.is_finite())
            .then(|| Self { mu: mean.ln() - variance / 2.0, sigma: variance.sqrt() })
    }

    /// Its mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        (self.mu + self.sigma * self.sigma / 2.0).exp()
    }

    /// The quantile at a normal deviate.
    #[must_use]
    pub fn at_deviate(&self, z: f64) -> f64 {
        (self.mu + self.sigma * z).exp()
    }
}

/// Shares of one whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Dirichlet {
    /// One concentration a share.
    pub alpha: Vec<f64>,
}

impl Dirichlet {
    /// With these mean shares, and this standard error of the first: Σα = m (1 − m) / s² − 1.
    #[must_use]
    pub fn of_moments(shares: &[f64], se_of_first: f64) -> Option<Self> {
        let whole: f64 = shares.iter().sum();
        let first = Beta::of_moments(*shares.first()?, se_of_first)?;
        let sound = (whole - 1.0).abs() < 1e-9 && shares.iter().all(|share| *share > 0.0);
        let sure = first.alpha + first.beta;
        sound.then(|| Self { alpha: shares.iter().map(|share| share * sure).collect() })
    }

    /// The mean shares.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        let whole: f64 = self.alpha.iter().sum();
        self.alpha.iter().map(|alpha| alpha / whole).collect()
    }

    /// The variance of each share: m (1 − m) / (Σα + 1).
    #[must_use]
    pub fn variances(&self) -> Vec<f64> {
        let whole: f64 = self.alpha.iter().sum();
        self.means().into_iter().map(|mean| mean * (1.0 - mean) / (whole + 1.0)).collect()
    }

    /// One draw: gammas over their sum.
    pub fn sample<R: Rng>(&self, rng: &mut R) -> Option<Vec<f64>> {
        let gammas: Vec<f64> = self
            .alpha
            .iter()
            .map(|alpha| GammaSampler::new(*alpha, 1.0).ok().map(|gamma| gamma.sample(rng)))
            .collect::<Option<_>>()?;
        let whole: f64 = gammas.iter().sum();
        (whole > 0.0).then(|| gammas.iter().map(|gamma| gamma / whole).collect())
    }
}

/// A normal cut off at both ends: an elasticity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruncatedNormal {
    /// Mean before truncation.
    pub mean: f64,
    /// Standard error before truncation.
    pub se: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl TruncatedNormal {
    /// Its mean: m + s (φ(a) − φ(b)) / (Φ(b) − Φ(a)).
    #[must_use]
    pub fn truncated_mean(&self) -> Option<f64> {
        let unit = standard()?;
        let [a, b] = [self.low, self.high].map(|end| (end - self.mean) / self.se);
        let within = unit.cdf(b) - unit.cdf(a);
        (within > 0.0).then(|| self.mean + self.se * (unit.pdf(a) - unit.pdf(b)) / within)
    }

    /// The quantile at a normal deviate; the mean where the standard error is nought.
    #[must_use]
    pub fn at_deviate(&self, z: f64) -> f64 {
        let (Some(unit), Ok(normal)) = (standard(), Normal::new(self.mean, self.se)) else {
            return self.mean;
        };
        let (from, to) = (normal.cdf(self.low), normal.cdf(self.high));
        let quantile = from + unit.cdf(z) * (to - from);
        if quantile > 0.0 && quantile < 1.0 {
            normal.inverse_cdf(quantile).clamp(self.low, self.high)
        } else {
            self.mean
        }
    }
}

fn standard() -> Option<Normal> {
    Normal::new(0.0, 1.0).ok()
}

/// How many knots a unit of deviate has.
const KNOTS: f64 = 32.0;
/// Deviates beyond this many standard deviations are taken as this many: one draw in five hundred
/// million.
const REACH: f64 = 6.0;

/// A smooth rising or falling function of a normal deviate, kept as values at even steps with the
/// cubic through the four nearest. For the truncated normals of elasticities it is within 1e-6 of
/// the function it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviateTable {
    cubics: Vec<[f64; 4]>,
}

impl DeviateTable {
    /// Of a function.
    #[must_use]
    pub fn of(function: impl Fn(f64) -> f64) -> Self {
        let step = 1.0 / KNOTS;
        let mut values = Vec::new();
        // One knot further on either side, for the cubics at the ends.
        let mut z = -REACH - step;
        while z < REACH + 1.5 * step {
            values.push(function(z));
            z += step;
        }
        let cubics = values
            .windows(4)
            .map(|four| match *four {
                [a, b, c, d] => [
                    b,
                    c - b / 2.0 - a / 3.0 - d / 6.0,
                    f64::midpoint(a, c) - b,
                    (d - a) / 6.0 + (b - c) / 2.0,
                ],
                _ => [0.0; 4],
            })
            .collect();
        Self { cubics }
    }

    /// The function at a deviate.
    #[must_use]
    #[inline]
    #[expect(clippy::as_conversions, reason = "a number from 0 to the number of knots")]
    pub fn at(&self, z: f64) -> f64 {
        let at = (z.clamp(-REACH, REACH) + REACH) * KNOTS;
        let index = (at as usize).min(self.cubics.len().saturating_sub(1));
        let t = at - index as f64;
        self.cubics.get(index).map_or(f64::NAN, |[a, b, c, d]| a + t * (b + t * (c + t * d)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn close(found: f64, wanted: f64, tolerance: f64) {
        assert!((found - wanted).abs() < tolerance, "{found} is not {wanted}");
    }

    #[test]
    fn moments_of_the_specification() {
        let beta = Beta::of_moments(0.72, 0.05).expect("a beta");
        close(beta.alpha, 57.3408, 1e-9);
        close(beta.beta, 22.2992, 1e-9);
        let lost = Gamma::of_utility_lost(0.45, 0.06).expect("a gamma");
        close(lost.shape, 84.0278, 5e-5);
        close(lost.scale, 0.006_545_45, 5e-9);
        let cost = Gamma::of_moments(2500.0, 400.0).expect("a gamma");
        close(cost.shape, 39.0625, 1e-9);
        close(cost.scale, 64.0, 1e-9);
        let log = LogNormal::of_moments(2500.0, 400.0).expect("a log-normal");
        close(log.mu, 7.811_407, 5e-7);
        close(log.sigma, 0.158_990, 5e-7);
        close(log.mean(), 2500.0, 1e-9);
        close(log.at_deviate(0.0), 7.811_407_f64.exp(), 0.01);
    }

    #[test]
    fn no_distribution_has_impossible_moments() {
        assert_eq!(Beta::of_moments(0.5, 0.5), None);
        assert_eq!(Beta::of_moments(0.0, 0.1), None);
        assert_eq!(Beta::of_moments(0.5, 0.0), None);
        assert_eq!(Gamma::of_moments(0.0, 1.0), None);
        assert_eq!(Gamma::of_moments(1.0, 0.0), None);
        assert_eq!(LogNormal::of_moments(-1.0, 1.0), None);
        assert_eq!(Dirichlet::of_moments(&[0.5, 0.6], 0.1), None);
    }

    #[test]
    fn dirichlet_shares_have_their_moments_and_sum_to_one() {
        let shares = Dirichlet::of_moments(&[0.5, 0.3, 0.2], 0.05).expect("a Dirichlet");
        close(shares.alpha.iter().sum(), 99.0, 1e-9);
        close(shares.variances()[0].sqrt(), 0.05, 1e-12);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut sums = [0.0; 3];
        for _ in 0..4_000 {
            let draw = shares.sample(&mut rng).expect("a draw");
            close(draw.iter().sum(), 1.0, 1e-12);
            sums.iter_mut().zip(draw).for_each(|(sum, share)| *sum += share);
        }
        for (sum, mean) in sums.iter().zip(shares.means()) {
            close(sum / 4_000.0, mean, 0.003);
        }
    }

    #[test]
    fn gamma_draws_have_their_moments() {
        let gamma = Gamma::of_moments(2500.0, 400.0).expect("a gamma");
        let draws: Vec<f64> =
            gamma.sample_iter(ChaCha8Rng::seed_from_u64(2)).expect("draws").take(20_000).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
        close(mean, 2500.0, 10.0);
        close(variance.sqrt(), 400.0, 8.0);
    }

    #[test]
    fn the_default_elasticity_truncated() {
        let normal = TruncatedNormal { mean: 0.5, se: 0.25, low: 0.02, high: 0.98 };
        close(normal.truncated_mean().expect("a mean"), 0.5, 1e-12);
        close(normal.at_deviate(0.0), 0.5, 1e-9);
        close(normal.at_deviate(-9.0), 0.02, 1e-6);
        close(normal.at_deviate(9.0), 0.98, 1e-6);
        // As scipy.stats.truncnorm has it.
        close(normal.at_deviate(1.959_963_985), 0.908_671_36, 1e-7);
        let aside = TruncatedNormal { mean: 0.1, ..normal };
        let mean = (0..2_000)
            .map(|at| {
                let p = (f64::from(at) + 0.5) / 2_000.0;
                aside.at_deviate(standard().expect("normal").inverse_cdf(p))
            })
            .sum::<f64>()
            / 2_000.0;
        close(mean, aside.truncated_mean().expect("a mean"), 1e-4);
    }

    #[test]
    fn beta_quantiles_are_those_of_its_distribution() {
        let beta = Beta::of_moments(0.4, 0.1).expect("a beta");
        let known = statrs::distribution::Beta::new(beta.alpha, beta.beta).expect("a beta");
        for z in [-5.0, -1.0, 0.0, 0.3, 4.0] {
            let x = beta.at_deviate(z).expect("a quantile");
            close(known.cdf(x), standard().expect("normal").cdf(z), 1e-9);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The table is the truncated quantile function, whatever the elasticity.
        #[test]
        fn tables_stand_for_their_function(
            mean in 0.02..0.98_f64, se in 0.001..1.0_f64, z in -5.9..5.9_f64,
        ) {
            let normal = TruncatedNormal { mean, se, low: 0.02, high: 0.98 };
            let table = DeviateTable::of(|z| normal.at_deviate(z));
            let off = (table.at(z) - normal.at_deviate(z)).abs();
            prop_assert!(off < 1e-6, "{off}");
        }
    }
}
