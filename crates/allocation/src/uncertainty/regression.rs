//! What knowing one figure is worth, by regression on the draws.

use super::number;

/// What a decision brings more than the plan, draw by draw.
pub struct Advantage {
    by_draw: Vec<f64>,
    mean: f64,
}

impl Advantage {
    pub fn of(by_draw: Vec<f64>) -> Self {
        let mean = mean(&by_draw);
        Self { by_draw, mean }
    }
}

pub fn mean(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / number(figures.len()).max(1.0)
}

/// The expected value of knowing a subject: mean over draws of the best advantage expected once the
/// subject is known, less the best expected now. The plan itself is the decision of no advantage.
/// What is expected of a decision is its least-squares line over the subject's own part of it;
/// `parts` gives that part for the decisions in which the subject differs from the plan. The others,
/// and a part that does not vary, are expected at their mean.
pub fn worth_of(advantages: &[Advantage], parts: &[(usize, &[f64])]) -> f64 {
    let now = advantages.iter().map(|of| of.mean).fold(0.0, f64::max);
    let moves = |at: usize| parts.iter().any(|(moved, _)| *moved == at);
    let still = advantages.iter().enumerate().filter(|(at, _)| !moves(*at));
    let still = still.map(|(_, of)| of.mean).fold(0.0, f64::max);
    let mut best: Vec<f64> = Vec::new();
    for (at, part) in parts {
        let Some(of) = advantages.get(*at) else { continue };
        best.resize(part.len(), still);
        let (slope, middle) = line(&of.by_draw, of.mean, part);
        for (best, part) in best.iter_mut().zip(*part) {
            *best = best.max(of.mean + slope * (part - middle));
        }
    }
    if best.is_empty() { 0.0 } else { (mean(&best) - now).max(0.0) }
}

/// The slope of the least-squares line, and the mean of what it is drawn over.
fn line(y: &[f64], mean_y: f64, x: &[f64]) -> (f64, f64) {
    let middle = mean(x);
    let (mut square, mut product, mut size) = (0.0, 0.0, 0.0);
    for (y, x) in y.iter().zip(x) {
        square += (x - middle) * (x - middle);
        product += (x - middle) * (y - mean_y);
        size += x * x;
    }
    // What varies by less than its own last digits does not vary.
    if square > 1e-20 * size { (product / square, middle) } else { (0.0, middle) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_figure_alone_is_worth_its_expected_maximum() {
        let part = [-3.0, -1.0, 1.0, 3.0];
        let advantages = [Advantage::of(part.iter().map(|part| part - 0.5).collect())];
        // Known: 0, 0, 0.5, 2.5; not known: nothing is better than the plan.
        assert!((worth_of(&advantages, &[(0, &part)]) - 0.75).abs() < 1e-12);
        assert!(worth_of(&advantages, &[]).abs() < 1e-12);
        assert!(worth_of(&advantages, &[(0, &[2.0; 4])]).abs() < 1e-12, "it does not vary");
    }

    #[test]
    fn of_two_figures_each_is_worth_less_than_both() {
        let (a, b) = ([-2.0, -2.0, 2.0, 2.0], [-1.0, 1.0, -1.0, 1.0]);
        let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
        let advantages = [Advantage::of(both.clone())];
        let worth = |part: &[f64]| worth_of(&advantages, &[(0, part)]);
        assert!((worth(&both) - 1.0).abs() < 1e-12);
        assert!((worth(&a) - 1.0).abs() < 1e-12);
        assert!((worth(&b) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn what_a_better_decision_brings_already_is_not_the_worth_of_knowing() {
        let part = [-1.0, 0.0, 1.0];
        let better = Advantage::of(part.iter().map(|part| part + 5.0).collect());
        let worse = Advantage::of(vec![4.5; 3]);
        // Now 5; known: 4.5, 5, 6.
        let worth = worth_of(&[better, worse], &[(0, &part)]);
        assert!((worth - 0.5 / 3.0).abs() < 1e-12, "{worth}");
    }
}
