//! One line's draws told as intervals and probabilities.

use quantities::PoundsPerQaly;

use super::{LineUncertainty, Probabilities, RankInterval};
use crate::draws::LineDraws;
use crate::parameters::Thresholds;
use crate::table::{Interval, ServiceValue};

/// What is asked of every line.
pub(super) struct Question {
    /// The run's threshold.
    pub threshold: PoundsPerQaly,
    /// The thresholds of the curve.
    pub grid: Thresholds,
    /// How many they are.
    pub steps: usize,
}

/// Room to work in, used for one line after the other.
#[derive(Default)]
pub(super) struct Desk {
    pub drawn: LineDraws,
    /// Health per £1 million of the whole.
    average: Vec<f64>,
    /// Health per £1 million of the last pounds.
    marginal: Vec<f64>,
    benefit: Vec<f64>,
    tail: Vec<f64>,
}

/// Mean and spread of the health that the last £1 million buys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    pub mean: f64,
    pub sd: f64,
}

impl Moments {
    fn of(figures: &[f64]) -> Self {
        let count = count(figures.len());
        let mean = figures.iter().sum::<f64>() / count;
        let squares: f64 = figures.iter().map(|figure| (figure - mean).powi(2)).sum();
        Self { mean, sd: (squares / count).sqrt() }
    }

    /// The variance of its logarithm, were it log-normal; nothing where it is not above nought.
    pub(super) fn log_variance(&self) -> Option<f64> {
        (self.mean > 0.0).then(|| (self.sd / self.mean).powi(2).ln_1p())
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// What the draws on the desk say of a line. What its last pounds buy goes to `per_pound`.
pub(super) fn told(
    service: &ServiceValue,
    question: &Question,
    desk: &mut Desk,
    per_pound: Option<&mut [f32]>,
) -> Option<(LineUncertainty, Moments)> {
    let spend = service.curve_spend.get();
    let threshold = question.threshold.get();
    let Desk { drawn, average, marginal, benefit, tail } = desk;
    for list in [&mut *average, marginal, benefit] {
        list.clear();
    }
    let forgone = spend * 1e6 / threshold;
    for ((health, cost), elasticity) in drawn.health.iter().zip(&drawn.cost).zip(&drawn.elasticity)
    {
        let bought = health / (spend * cost);
        average.push(bought);
        marginal.push(bought * elasticity);
        benefit.push(health - forgone * cost);
    }
    let moments = Moments::of(marginal);
    let per_pound = per_pound?;
    #[expect(clippy::as_conversions, reason = "f64 to f32 has no From; only the order is used")]
    per_pound.iter_mut().zip(marginal.iter()).for_each(|(to, from)| *to = *from as f32);
    let (of_whole, whole) = shares(question, average);
    let (of_last, last) = shares(question, marginal);
    let curve = whole.iter().zip(last).map(|(whole, last)| Probabilities {
        cost_effective: whole.cheaper,
        last_pound_dearer: last.dearer,
    });
    let found = LineUncertainty {
        health: ends(&mut drawn.health, tail)?,
        average: prices(average, tail)?,
        marginal: prices(marginal, tail)?,
        net_health_benefit: ends(benefit, tail)?,
        prob_cost_effective: of_whole.cheaper,
        prob_last_pound_dearer: of_last.dearer,
        curve: curve.collect(),
        rank: 0,
        rank_interval: RankInterval { low: 0, high: 0 },
        prob_bottom_quarter: 0.0,
        shrunk: None,
    };
    Some((found, moments))
}

/// How often a price is below a threshold, and above it.
struct Sides {
    cheaper: f64,
    dearer: f64,
}

/// The sides of the run's threshold and of each of the curve, from the health that £1 million
/// buys. No health has no price that is low enough.
fn shares(question: &Question, bought: &[f64]) -> (Sides, Vec<Sides>) {
    let (low, step) = (question.grid.low.get(), question.grid.step.get());
    let slope = question.threshold.to_slope().get();
    // The draws by the last threshold not above the price, counted from one; none is nought. And
    // those whose price is just that threshold.
    let mut from = vec![0_u32; question.steps + 1];
    let mut just = vec![0_u32; question.steps + 1];
    let (mut cheaper, mut dearer) = (0_u32, 0_u32);
    for bought in bought {
        cheaper += u32::from(*bought > slope);
        dearer += u32::from(*bought < slope);
        let at = if *bought > 0.0 { (1e6 / bought - low) / step + 1.0 } else { f64::INFINITY };
        #[expect(clippy::as_conversions, reason = "from 0 to far beyond the last, rounded down")]
        let whole = at as u32;
        let index = usize::try_from(whole).unwrap_or(usize::MAX);
        if let Some(count) = from.get_mut(index.min(question.steps)) {
            *count += 1;
        }
        if at == f64::from(whole)
            && let Some(count) = just.get_mut(index)
        {
            *count += 1;
        }
    }
    let all = count(bought.len());
    let mut below = 0_u32;
    let curve = from.iter().zip(just.iter().skip(1)).map(|(from, just)| {
        below += from;
        let dearer = 1.0 - f64::from(below + just) / all;
        Sides { cheaper: f64::from(below) / all, dearer }
    });
    let curve = curve.collect();
    let own = Sides { cheaper: f64::from(cheaper) / all, dearer: f64::from(dearer) / all };
    (own, curve)
}

/// Which order statistic a p-quantile of so many figures begins at, and how far it lies beyond.
fn place(p: f64, figures: usize) -> Option<(usize, f64)> {
    let at = p * count(figures.checked_sub(1)?);
    #[expect(clippy::as_conversions, reason = "from 0 to len − 1, rounded down")]
    let index = at as usize;
    Some((index, at.fract()))
}

/// The p-quantile of figures in any order, which are put in another.
fn selected(figures: &mut [f64], (index, part): (usize, f64)) -> Option<f64> {
    if index >= figures.len() {
        return None;
    }
    let (_, low, rest) = figures.select_nth_unstable_by(index, f64::total_cmp);
    let low = *low;
    let high = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(if low == high { low } else { low + part * (high - low) })
}

const LOW: f64 = 0.025;
const HIGH: f64 = 0.975;
/// One figure of so many is looked at first, to see about where the ends lie.
const ONE_OF: usize = 64;

/// The 95 % interval of figures in any order, which may be put in another. The ends are looked for
/// among the few figures that are low or high enough by a sample of them; where those are too few
/// after all, among all.
pub(super) fn ends(figures: &mut [f64], tail: &mut Vec<f64>) -> Option<Interval> {
    let (low, high) = (place(LOW, figures.len())?, place(HIGH, figures.len())?);
    let mut sample: Vec<f64> = figures.iter().copied().step_by(ONE_OF).collect();
    sample.sort_unstable_by(f64::total_cmp);
    // Three standard errors of a sample of 150 beyond the ends.
    let (below, above) = (place(0.065, sample.len())?.0, place(0.935, sample.len())?.0);
    let (below, above) = (*sample.get(below)?, *sample.get(above + 1).or(sample.last())?);
    tail.clear();
    tail.extend(figures.iter().filter(|figure| **figure <= below));
    let low = match low.0 + 1 < tail.len() {
        true => selected(tail, low)?,
        false => selected(figures, low)?,
    };
    tail.clear();
    tail.extend(figures.iter().filter(|figure| **figure >= above));
    let others = figures.len() - tail.len();
    let high = match high.0.checked_sub(others) {
        Some(index) => selected(tail, (index, high.1))?,
        None => selected(figures, high)?,
    };
    Some(Interval { low, high })
}

/// The 95 % interval of prices, from the health that £1 million buys.
fn prices(bought: &mut [f64], tail: &mut Vec<f64>) -> Option<Interval> {
    for bought in bought.iter_mut() {
        *bought = if *bought > 0.0 { 1e6 / *bought } else { f64::INFINITY };
    }
    ends(bought, tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::quantile;
    use proptest::prelude::*;

    fn question() -> Question {
        let [low, high, step, threshold] =
            [7_000.0, 35_000.0, 1_000.0, 15_000.0].map(PoundsPerQaly::new);
        Question { threshold, grid: Thresholds { low, high, step }, steps: 29 }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The ends are those of the sorted figures, in whatever order and however they cluster.
        #[test]
        fn ends_are_those_of_the_sorted_figures(
            mut figures in prop::collection::vec(-1.0e3..1.0e3_f64, 1..3_000),
            sorted in any::<bool>(), same in 0_usize..3_000,
        ) {
            let one = figures[0];
            figures.iter_mut().take(same).for_each(|figure| *figure = one);
            if sorted {
                figures.sort_by(f64::total_cmp);
            }
            let found = ends(&mut figures, &mut Vec::new()).expect("an interval");
            figures.sort_by(f64::total_cmp);
            prop_assert_eq!(Some(found.low), quantile(&figures, LOW));
            prop_assert_eq!(Some(found.high), quantile(&figures, HIGH));
        }

        /// The curve is what counting at each threshold gives, and rises with it.
        #[test]
        fn the_curve_is_what_counting_gives(
            prices in prop::collection::vec(1.0..60_000.0_f64, 1..200),
        ) {
            let mut bought: Vec<f64> = prices.iter().map(|price| 1e6 / price).collect();
            bought.push(-1.0);
            let (_, curve) = shares(&question(), &bought);
            prop_assert_eq!(curve.len(), 29);
            for (at, sides) in (0_u32..).zip(&curve) {
                let k = 7_000.0 + 1_000.0 * f64::from(at);
                let share = |hits: usize| count(hits) / count(bought.len());
                let prices = || bought.iter().map(|bought| 1e6 / bought);
                let cheaper = prices().filter(|price| *price > 0.0 && *price < k).count();
                let dearer = prices().filter(|price| *price < 0.0 || *price > k).count();
                prop_assert!((sides.cheaper - share(cheaper)).abs() < 1e-12);
                prop_assert!((sides.dearer - share(dearer)).abs() < 1e-12);
            }
            prop_assert!(curve.is_sorted_by(|a, b| a.cheaper <= b.cheaper));
        }
    }

    #[test]
    fn a_price_of_just_the_threshold_is_on_neither_side() {
        // £8,000 per QALY: 125 QALY for £1 million.
        let (own, curve) = shares(&question(), &[125.0]);
        let sides: Vec<(f64, f64)> =
            curve.iter().take(3).map(|sides| (sides.cheaper, sides.dearer)).collect();
        assert_eq!(sides, [(0.0, 1.0), (0.0, 0.0), (1.0, 0.0)]);
        assert_eq!((own.cheaper, own.dearer), (1.0, 0.0));
    }
}
