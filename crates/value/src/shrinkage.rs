//! Empirical Bayes: figures drawn toward the mean of comparable lines as far as they are uncertain,
//! so that noisy extremes do not top a list.
//!
//! Comparable lines are those of one sector. A sector's outcomes come by the same measures and its
//! costs from the same kind of costing, so its mean is what one would expect of a line of which
//! little is known; drawing community lines toward acute ones would carry a difference of
//! measurement into the order. Programmes would be closer still and are too small. A sector with
//! too few lines to tell a spread is taken with the whole book.
//!
//! Model: figure ~ N(θ, variance), θ ~ N(mean, τ²); τ² by the method of moments (DerSimonian and
//! Laird 1986), the mean weighted by 1 / (variance + τ²). A line keeps B = τ² / (τ² + variance) of
//! its distance from the mean, and its variance is B · variance plus (1 − B)² times that of the
//! mean (Morris 1983). Lines are taken as independent.

use std::collections::BTreeMap;

/// A figure with its sampling variance, on one scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noisy<'a> {
    /// The figure.
    pub figure: f64,
    /// Its variance.
    pub variance: f64,
    /// The lines it is comparable with.
    pub group: &'a str,
}

/// A figure drawn toward its comparable lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrunk<'a> {
    /// The figure.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// B: what it keeps of its own.
    pub own_weight: f64,
    /// What it is drawn toward.
    pub toward: f64,
    /// The group that is the mean of; nothing where it is of all.
    pub group: Option<&'a str>,
}

/// From so many lines on a group has a spread of its own.
const ENOUGH: usize = 3;

/// A variance below this is taken as this: nothing is known without any error.
const LEAST_VARIANCE: f64 = 1e-6;

/// The mean and spread of true figures.
#[derive(Clone, Copy)]
struct Prior {
    mean: f64,
    spread: f64,
    mean_variance: f64,
}

impl Prior {
    fn of(figures: &[Noisy<'_>]) -> Option<Self> {
        let count = f64::from(u32::try_from(figures.len()).ok()?);
        let weights = |spread: f64| {
            figures.iter().map(move |it| (1.0 / (it.variance.max(LEAST_VARIANCE) + spread), it))
        };
        let total = |spread: f64| weights(spread).map(|(weight, _)| weight).sum::<f64>();
        let mean = |spread: f64| {
            weights(spread).map(|(weight, it)| weight * it.figure).sum::<f64>() / total(spread)
        };
        let fixed = mean(0.0);
        let q: f64 = weights(0.0).map(|(weight, it)| weight * (it.figure - fixed).powi(2)).sum();
        let squares: f64 = weights(0.0).map(|(weight, _)| weight * weight).sum();
        let spare = total(0.0) - squares / total(0.0);
        let spread = if spare > 0.0 { ((q - (count - 1.0)) / spare).max(0.0) } else { 0.0 };
        let found = Self { mean: mean(spread), spread, mean_variance: 1.0 / total(spread) };
        found.mean.is_finite().then_some(found)
    }

    fn shrink<'a>(&self, it: &Noisy<'_>, group: Option<&'a str>) -> Shrunk<'a> {
        let variance = it.variance.max(LEAST_VARIANCE);
        let own_weight = self.spread / (self.spread + variance);
        let rest = 1.0 - own_weight;
        Shrunk {
            mean: self.mean + own_weight * (it.figure - self.mean),
            variance: own_weight * variance + rest * rest * self.mean_variance,
            own_weight,
            toward: self.mean,
            group,
        }
    }
}

/// Draws figures toward the mean of their group; nothing stays nothing.
#[must_use]
pub fn of<'a>(figures: &[Option<Noisy<'a>>]) -> Vec<Option<Shrunk<'a>>> {
    let mut groups: BTreeMap<&str, Vec<Noisy<'a>>> = BTreeMap::new();
    for it in figures.iter().flatten() {
        groups.entry(it.group).or_default().push(*it);
    }
    let all: Vec<Noisy<'a>> = figures.iter().flatten().copied().collect();
    let whole = Prior::of(&all);
    let priors: BTreeMap<&str, Prior> = groups
        .into_iter()
        .filter(|(_, lines)| lines.len() >= ENOUGH)
        .filter_map(|(group, lines)| Some((group, Prior::of(&lines)?)))
        .collect();
    figures
        .iter()
        .map(|it| {
            let it = it.as_ref()?;
            Some(match priors.get(it.group) {
                Some(prior) => prior.shrink(it, Some(it.group)),
                None => whole?.shrink(it, None),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn figures<'a>(pairs: &[(f64, f64)], group: &'a str) -> Vec<Option<Noisy<'a>>> {
        pairs
            .iter()
            .map(|(figure, variance)| Some(Noisy { figure: *figure, variance: *variance, group }))
            .collect()
    }

    #[test]
    fn the_worked_example() {
        // Three figures of variance 1 at 0, 2 and 4: Q = 8, τ² = (8 − 2) / (3 − 1) = 3, B = 0.75.
        let found = of(&figures(&[(0.0, 1.0), (2.0, 1.0), (4.0, 1.0)], "acute"));
        let means: Vec<f64> = found.iter().map(|it| it.expect("a figure").mean).collect();
        for (found, wanted) in means.iter().zip([0.5, 2.0, 3.5]) {
            assert!((found - wanted).abs() < 1e-9, "{found}");
        }
        let first = found[0].expect("a figure");
        assert_eq!((first.own_weight, first.toward, first.group), (0.75, 2.0, Some("acute")));
        // 0.75 · 1 + 0.25² · (1 + 3) / 3
        assert!((first.variance - (0.75 + 0.0625 * 4.0 / 3.0)).abs() < 1e-12);
    }

    #[test]
    fn a_small_sector_is_taken_with_the_whole_book_and_nothing_stays_nothing() {
        let mut all = figures(&[(0.0, 1.0), (2.0, 1.0), (4.0, 1.0)], "acute");
        all.extend(figures(&[(9.0, 1.0)], "primary_care"));
        all.push(None);
        let found = of(&all);
        assert_eq!(found[3].expect("a figure").group, None);
        assert_eq!(found[4], None);
        assert_eq!(of(&[]), Vec::new());
        let alone = of(&figures(&[(5.0, 1.0)], "acute"));
        assert!((alone[0].expect("a figure").mean - 5.0).abs() < 1e-9);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        /// No figure ends up further from its mean, those of one variance keep their order, and of
        /// two as far from the mean the noisier moves more.
        #[test]
        fn shrinking_draws_in_keeps_order_and_moves_the_noisy_most(
            pairs in prop::collection::vec((5.0..12.0_f64, 0.01..2.0_f64), 3..40), one in 0.01..2.0_f64,
        ) {
            let raw = figures(&pairs, "acute");
            let found: Vec<Shrunk<'_>> = of(&raw).into_iter().flatten().collect();
            prop_assert_eq!(found.len(), pairs.len());
            for (own, shrunk) in pairs.iter().zip(&found) {
                let (before, after) = (own.0 - shrunk.toward, shrunk.mean - shrunk.toward);
                prop_assert!(after.abs() <= before.abs() + 1e-12);
                prop_assert!(before * after >= -1e-12);
            }
            for (a, first) in pairs.iter().zip(&found) {
                for (b, second) in pairs.iter().zip(&found) {
                    prop_assert!(a.1 > b.1 || first.own_weight >= second.own_weight);
                }
            }
            let even: Vec<(f64, f64)> = pairs.iter().map(|(figure, _)| (*figure, one)).collect();
            let found: Vec<Shrunk<'_>> = of(&figures(&even, "acute")).into_iter().flatten().collect();
            for (a, first) in even.iter().zip(&found) {
                for (b, second) in even.iter().zip(&found) {
                    prop_assert!(a.0 > b.0 || first.mean <= second.mean + 1e-12);
                }
            }
        }
    }
}
