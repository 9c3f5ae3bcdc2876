//! The same case with one assumption moved and everything else as it was. Limits stay where they
//! are: a floor that was set by an elasticity does not move with it.

use quantities::Wte;
use value::ServiceValue;
use value::outcome::ValuedOutcome;

use super::{Case, Curve, Move, Proposal};

impl Case {
    fn changed(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut case = self.clone();
        change(&mut case);
        case
    }

    /// With other response curves; `change` is told the place of each line that has one, and its
    /// value.
    #[must_use]
    pub fn with_curves(&self, change: impl Fn(usize, &ServiceValue, &mut Curve)) -> Self {
        self.changed(|case| {
            let lines = case.lines.iter_mut().zip(&self.values.services).enumerate();
            for (at, (line, value)) in lines {
                if let Some(curve) = &mut line.curve {
                    change(at, value, curve);
                }
            }
        })
    }

    /// With the health of every line's cohorts times a factor of their own; `factor` is told the
    /// line's place, the cohort's, and the cohort.
    #[must_use]
    pub fn with_cohorts(&self, factor: impl Fn(usize, usize, &ValuedOutcome) -> f64) -> Self {
        self.with_curves(|at, value, curve| {
            let (mut before, mut after) = (0.0, 0.0);
            for (number, cohort) in value.outcomes.valued.iter().enumerate() {
                let health = cohort.patients * cohort.per_patient.get();
                before += health;
                after += health * factor(at, number, cohort);
            }
            let ratio = after / before;
            if ratio.is_finite() {
                curve.health = curve.health * ratio;
            }
        })
    }

    /// With every share of a cut that is released so much more, from 0 to 1.
    #[must_use]
    pub fn with_releases_moved(&self, by: f64) -> Self {
        self.changed(|case| {
            for line in &mut case.lines {
                line.release = line.release.map(|share| (share + by).clamp(0.0, 1.0));
            }
        })
    }

    /// With growth that re-uses such a share of what a cut at the same provider leaves behind.
    #[must_use]
    pub fn with_absorb_share(&self, share: f64) -> Self {
        self.changed(|case| case.scenario.definition.absorb_share = share)
    }

    /// With every pool's redeployable share so much more, from 0 to 1.
    #[must_use]
    pub fn with_redeployable_moved(&self, by: f64) -> Self {
        self.changed(|case| {
            for pool in &mut case.pools {
                pool.redeployable = (pool.redeployable + by).clamp(0.0, 1.0);
            }
        })
    }

    /// With so many times the staff available.
    #[must_use]
    pub fn with_staff_times(&self, factor: f64) -> Self {
        self.changed(|case| {
            for pool in &mut case.pools {
                pool.available = Wte::new(pool.available.get() * factor);
            }
        })
    }

    /// With demand that grows by so many more in a hundred each year of the plan.
    #[must_use]
    pub fn with_demand_moved(&self, points: f64) -> Self {
        self.changed(|case| {
            for line in &mut case.lines {
                let demand = faster(line.growth.iter().map(|grown| grown.demand), points);
                let years = line.growth.iter_mut().zip(demand);
                years.for_each(|(grown, demand)| grown.demand = demand);
            }
        })
    }

    /// With prices that grow by so many more in a hundred each year of the plan.
    #[must_use]
    pub fn with_prices_moved(&self, points: f64) -> Self {
        self.changed(|case| {
            for line in &mut case.lines {
                let prices = faster(line.growth.iter().map(|grown| grown.prices), points);
                let price = faster(line.growth.iter().map(|grown| grown.price), points);
                for ((grown, prices), price) in line.growth.iter_mut().zip(prices).zip(price) {
                    (grown.prices, grown.price) = (prices, price);
                }
            }
        })
    }

    /// With other options.
    #[must_use]
    pub fn with_proposals(&self, change: impl Fn(&mut Proposal)) -> Self {
        self.changed(|case| case.proposals.iter_mut().for_each(change))
    }

    /// With other moves along pathways.
    #[must_use]
    pub fn with_moves(&self, change: impl Fn(&mut Move)) -> Self {
        self.changed(|case| case.moves.iter_mut().for_each(change))
    }

    /// With every service at the national mean unit cost, where that is known: the same money then
    /// treats more patients, or fewer.
    #[must_use]
    pub fn at_national_unit_costs(&self) -> Self {
        self.with_curves(|_, value, curve| {
            if let Some(ratio) = value.unit_cost_ratio.filter(|ratio| *ratio > 0.0) {
                curve.health = curve.health * ratio;
            }
        })
    }

    /// With another rate at which health is discounted, over the years of the plan and over those
    /// that a gain lasts.
    #[must_use]
    pub fn with_discount_rate(&self, rate: f64) -> Self {
        let dated = self.parameters.discount_rate;
        let mut case = self.with_cohorts(|_, _, cohort| {
            let years = |rate| {
                let years = cohort.duration_years.unwrap_or_default();
                value::qaly::annuity(years, rate, cohort.decay_per_year)
            };
            let ratio = years(rate) / years(dated);
            if cohort.duration_years.is_some() && ratio.is_finite() { ratio } else { 1.0 }
        });
        case.parameters.discount_rate = rate;
        case
    }
}

/// Cumulative growth that is so many in a hundred more in each year.
fn faster(cumulative: impl Iterator<Item = f64>, points: f64) -> Vec<f64> {
    let (mut before, mut after) = (1.0, 1.0);
    let each = cumulative.map(|now| {
        after *= now / before + points / 100.0;
        before = now;
        after
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::faster;

    #[test]
    fn each_year_grows_by_so_much_more() {
        let found = faster([1.02, 1.02 * 1.03].into_iter(), 1.0);
        let wanted = [1.03, 1.03 * 1.04];
        assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }
}
