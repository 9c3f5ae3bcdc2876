//! Seeded draws of the uncertain figures, the same for every plan compared.
//!
//! Each figure has a stream of its own, named by what it is, so that its draws do not depend on
//! which other services the book has. Figures of one source move together:
//! z = √r · z_source + √(1 − r) · z_own.

use ndarray::Array2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, StandardNormal};
use sha2::{Digest, Sha256};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::elasticity::Elasticity;
use crate::parameters::YearParameters;
use crate::table::ServiceValue;

/// Draws by (draw, service), services in the order of the value table.
#[derive(Clone, Debug)]
pub struct Draws {
    /// Health of the service's accepted outcomes at today's spend, QALY. May be nought or less.
    pub health: Array2<f64>,
    /// Elasticity.
    pub elasticity: Array2<f64>,
    /// True cost over reported cost.
    pub cost: Array2<f64>,
}

impl Draws {
    /// Draws for every service of a value table.
    #[must_use]
    pub fn of(
        services: &[ServiceValue],
        parameters: &YearParameters,
        draws: usize,
        seed: u64,
    ) -> Self {
        let shape = (draws, services.len());
        let mut all = Self {
            health: Array2::zeros(shape),
            elasticity: Array2::ones(shape),
            cost: Array2::ones(shape),
        };
        let r = parameters.source_correlation.clamp(0.0, 1.0);
        for (at, service) in services.iter().enumerate() {
            let key = service.key.as_str();
            for outcome in &service.outcomes.valued {
                let own = normals(seed, &format!("gain {key} {}", outcome.cohort), draws);
                let z = match &outcome.mapping {
                    Some(mapping) => {
                        mix(&normals(seed, &format!("mapping {mapping}"), draws), &own, r)
                    }
                    None => own,
                };
                let people = outcome.patients * service.pathway_share.get();
                for (health, z) in all.health.column_mut(at).iter_mut().zip(z) {
                    *health +=
                        people * (outcome.per_patient.get() + outcome.per_patient_se.get() * z);
                }
            }
            if let Some(elasticity) = &service.elasticity {
                let own = normals(seed, &format!("elasticity {key}"), draws);
                let source = format!("elasticity source {}", elasticity.source);
                let z = mix(&normals(seed, &source, draws), &own, r);
                for (drawn, z) in all.elasticity.column_mut(at).iter_mut().zip(z) {
                    *drawn = truncated(elasticity, parameters.elasticity_range, z);
                }
            }
            let factors = cost_factors(seed, key, service.cost_cv, draws);
            for (drawn, factor) in all.cost.column_mut(at).iter_mut().zip(factors) {
                *drawn = factor;
            }
        }
        all
    }

    /// How many draws there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.health.nrows()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn stream(seed: u64, name: &str) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(name.as_bytes());
    ChaCha8Rng::from_seed(hash.finalize().into())
}

fn normals(seed: u64, name: &str, draws: usize) -> Vec<f64> {
    StandardNormal.sample_iter(stream(seed, name)).take(draws).collect()
}

fn mix(source: &[f64], own: &[f64], r: f64) -> Vec<f64> {
    let (shared, rest) = (r.sqrt(), (1.0 - r).sqrt());
    source.iter().zip(own).map(|(source, own)| shared * source + rest * own).collect()
}

/// The normal deviate carried over to the elasticity's truncated normal, quantile to quantile.
fn truncated(elasticity: &Elasticity, (low, high): (f64, f64), z: f64) -> f64 {
    let (Ok(unit), Ok(normal)) =
        (Normal::new(0.0, 1.0), Normal::new(elasticity.mean, elasticity.se.max(1e-9)))
    else {
        return elasticity.mean;
    };
    let (from, to) = (normal.cdf(low), normal.cdf(high));
    let quantile = from + unit.cdf(z) * (to - from);
    if quantile > 0.0 && quantile < 1.0 {
        normal.inverse_cdf(quantile).clamp(low, high)
    } else {
        elasticity.mean
    }
}

/// Gamma with mean 1 and the given coefficient of variation.
fn cost_factors(seed: u64, key: &str, cv: f64, draws: usize) -> Vec<f64> {
    match Gamma::new(1.0 / (cv * cv), cv * cv) {
        Ok(gamma) if cv > 1e-6 => {
            gamma.sample_iter(stream(seed, &format!("cost {key}"))).take(draws).collect()
        }
        _ => vec![1.0; draws],
    }
}

/// The p-quantile of numbers in rising order, with straight lines between them.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = p.clamp(0.0, 1.0) * f64::from(u32::try_from(last).ok()?);
    let below = at.floor();
    #[expect(clippy::as_conversions, reason = "a whole number between 0 and len − 1")]
    let index = below as usize;
    let low = sorted.get(index)?;
    let high = sorted.get(index + 1).unwrap_or(low);
    Some(if low == high { *low } else { low + (at - below) * (high - low) })
}
