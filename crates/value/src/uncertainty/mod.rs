//! What the draws say of every line: an interval on every figure, how likely it is to be worth its
//! money at each threshold, and where it may stand in the order of the last pound.

mod line;
mod ranks;
mod sums;

use ndarray::{Array2, Axis};
use quantities::{PoundsPerQaly, Qaly};

use crate::draws::Draws;
use crate::parallel;
use crate::parameters::{Thresholds, YearParameters};
use crate::shrinkage::{self, Noisy};
use crate::table::{Interval, ServiceValue};
use line::{Desk, Moments, Question};

pub use sums::{Addend, sums};

/// What the draws say of a book.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Uncertainty {
    /// The thresholds of the probabilities, rising.
    pub thresholds: Vec<PoundsPerQaly>,
    /// One a line, in the order of the value table; nothing where it is not assessable.
    pub lines: Vec<Option<LineUncertainty>>,
}

/// What the draws say of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineUncertainty {
    /// Of health, QALY a year.
    pub health: Interval,
    /// Of the average cost per QALY, £; infinite where health may be nil.
    pub average: Interval,
    /// Of the cost per QALY of the last pound, £; infinite where health may be nil.
    pub marginal: Interval,
    /// Of the net health benefit at the run's threshold, QALY a year.
    pub net_health_benefit: Interval,
    /// Share of draws in which the whole costs less per QALY than the run's threshold.
    pub prob_cost_effective: f64,
    /// Share of draws in which the last pound costs more per QALY than the run's threshold.
    pub prob_last_pound_dearer: f64,
    /// The same two at each threshold of the book's uncertainty.
    pub curve: Vec<Probabilities>,
    /// Its place by the cost per QALY of the last pound, 1 the cheapest.
    pub rank: usize,
    /// Of that place, ranked within each draw.
    pub rank_interval: RankInterval,
    /// Share of draws in which it is in the dearest quarter of the assessable lines.
    pub prob_bottom_quarter: f64,
    /// Its figure as it stands in ordering lists; nothing where its last pound has no price.
    pub shrunk: Option<Shrunken>,
}

/// What is likely at one threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Probabilities {
    /// That the whole costs less per QALY.
    pub cost_effective: f64,
    /// That the last pound costs more per QALY.
    pub last_pound_dearer: f64,
}

/// A 95 % interval of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankInterval {
    /// The 2.5th percentile, rounded outwards.
    pub low: usize,
    /// The 97.5th percentile, rounded outwards.
    pub high: usize,
}

/// The cost per QALY of the last pound, drawn toward comparable lines as far as its own figures are
/// uncertain. For ordering lists only: the raw figure stands beside it, and plans use the raw one.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrunken {
    /// Cost per QALY of the last pound.
    pub marginal: PoundsPerQaly,
    /// Its interval, £.
    pub interval: Interval,
    /// Its place, 1 the cheapest.
    pub rank: usize,
    /// Of that place.
    pub rank_interval: RankInterval,
    /// How much of it is the line's own figure, from 0 to 1.
    pub own_weight: f64,
    /// What it is drawn toward.
    pub toward: PoundsPerQaly,
    /// The lines that is the mean of: a sector, or nothing where it is the whole book.
    pub comparable: Option<String>,
}

impl Uncertainty {
    /// What the draws say of the lines of a value table, at a threshold.
    #[must_use]
    pub fn of(
        services: &[ServiceValue],
        draws: &Draws,
        parameters: &YearParameters,
        threshold: PoundsPerQaly,
    ) -> Self {
        let threads = parallel::threads(draws.len().saturating_mul(services.len()));
        Self::with_threads(services, draws, parameters, threshold, threads)
    }

    /// The same on so many threads, which changes nothing but the time it takes.
    #[must_use]
    pub fn with_threads(
        services: &[ServiceValue],
        draws: &Draws,
        parameters: &YearParameters,
        threshold: PoundsPerQaly,
        threads: usize,
    ) -> Self {
        let thresholds = grid(&parameters.thresholds);
        let mut lines = vec![None; services.len()];
        let assessable: Vec<usize> = services
            .iter()
            .enumerate()
            .filter(|(_, service)| service.health.is_some())
            .map(|(at, _)| at)
            .collect();
        if draws.is_empty() || assessable.is_empty() {
            return Self { thresholds, lines };
        }
        let question = Question { threshold, grid: parameters.thresholds, steps: thresholds.len() };
        let mut per_pound = Array2::<f32>::zeros((assessable.len(), draws.len()));
        let rows = assessable.iter().zip(per_pound.axis_iter_mut(Axis(0)));
        let told: Vec<Option<(LineUncertainty, Moments)>> =
            parallel::each(threads, rows, Desk::default, |desk, (at, mut row)| {
                let service = services.get(*at)?;
                let drawn = draws.fill(*at, &mut desk.drawn);
                drawn.then(|| line::told(service, &question, desk, row.as_slice_mut()))?
            });
        let values: Vec<&ServiceValue> =
            assessable.iter().filter_map(|at| services.get(*at)).collect();
        let (mut told, moments): (Vec<LineUncertainty>, Vec<Moments>) =
            told.into_iter().flatten().unzip();
        if told.len() == values.len() {
            rank(&mut told, &values, &per_pound, threads);
            shrink(&mut told, &values, &moments, &per_pound, threads);
        }
        for (at, told) in assessable.iter().zip(told) {
            if let Some(line) = lines.get_mut(*at) {
                *line = Some(told);
            }
        }
        Self { thresholds, lines }
    }
}

fn grid(thresholds: &Thresholds) -> Vec<PoundsPerQaly> {
    let mut grid = Vec::new();
    let mut next = thresholds.low;
    // A step that is far too small for the range is a slip: no curve needs a thousand points.
    while next.get() <= thresholds.high.get() && grid.len() < 1_000 {
        grid.push(next);
        next = next + thresholds.step;
    }
    grid
}

/// Places in rising order of what is told of each, ties by the order of the lines.
fn places(figures: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    let figure = |at: &usize| figures.get(*at).copied().unwrap_or(f64::INFINITY);
    order.sort_by(|a, b| figure(a).total_cmp(&figure(b)));
    let mut places = vec![0; figures.len()];
    for (place, at) in order.into_iter().enumerate() {
        if let Some(found) = places.get_mut(at) {
            *found = place + 1;
        }
    }
    places
}

/// Health that the last £1 million buys, as the figures stand.
fn health_per_million(service: &ServiceValue) -> f64 {
    let elasticity = service.elasticity.as_ref().map_or(0.0, |known| known.mean);
    let health = service.health.map_or(0.0, Qaly::get);
    health * elasticity / service.curve_spend.get()
}

fn rank(
    told: &mut [LineUncertainty],
    values: &[&ServiceValue],
    per_pound: &Array2<f32>,
    threads: usize,
) {
    let central: Vec<f64> = values.iter().map(|service| -health_per_million(service)).collect();
    let keys = vec![ranks::Key { from: 0.0, times: -1.0 }; values.len()];
    let spreads = ranks::spreads(per_pound, &keys, threads);
    for ((line, place), spread) in told.iter_mut().zip(places(&central)).zip(spreads) {
        line.rank = place;
        line.rank_interval = spread.interval;
        line.prob_bottom_quarter = spread.bottom_quarter;
    }
}

fn shrink(
    told: &mut [LineUncertainty],
    values: &[&ServiceValue],
    moments: &[Moments],
    per_pound: &Array2<f32>,
    threads: usize,
) {
    let noisy: Vec<Option<Noisy>> = values
        .iter()
        .zip(moments)
        .map(|(service, moments)| {
            Some(Noisy {
                figure: service.marginal()?.get().ln(),
                variance: moments.log_variance()?,
                group: &service.sector,
            })
        })
        .collect();
    let shrunk = shrinkage::of(&noisy);
    let central: Vec<f64> =
        shrunk.iter().map(|it| it.as_ref().map_or(f64::INFINITY, |it| it.mean)).collect();
    // A draw's deviation from the line's mean, as far as it remains: a dear draw is one of little
    // health per pound. What has no price comes last.
    let keys: Vec<ranks::Key> = shrunk
        .iter()
        .zip(moments)
        .map(|(shrunk, moments)| match shrunk {
            Some(shrunk) if moments.sd > 0.0 => {
                let times = -shrunk.variance.sqrt() / moments.sd;
                ranks::Key { from: shrunk.mean - times * moments.mean, times }
            }
            Some(shrunk) => ranks::Key { from: shrunk.mean, times: 0.0 },
            None => ranks::Key { from: f64::INFINITY, times: 0.0 },
        })
        .collect();
    let spreads = ranks::spreads(per_pound, &keys, threads);
    let lines = told.iter_mut().zip(shrunk).zip(places(&central)).zip(spreads);
    for (((line, shrunk), rank), spread) in lines {
        line.shrunk = shrunk.map(|shrunk| {
            let half = 1.959_964 * shrunk.variance.sqrt();
            Shrunken {
                marginal: PoundsPerQaly::new(shrunk.mean.exp()),
                interval: Interval {
                    low: (shrunk.mean - half).exp(),
                    high: (shrunk.mean + half).exp(),
                },
                rank,
                rank_interval: spread.interval,
                own_weight: shrunk.own_weight,
                toward: PoundsPerQaly::new(shrunk.toward.exp()),
                comparable: shrunk.group.map(ToOwned::to_owned),
            }
        });
    }
}
