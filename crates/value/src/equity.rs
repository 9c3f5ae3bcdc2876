//! Who gains, who bears what the money would have done elsewhere, and what is left: by deprivation
//! quintile, the most deprived first.
//!
//! In the base case a QALY counts the same whoever gains it, and the health forgone elsewhere falls
//! equally on the five fifths. Weights by inequality aversion are an optional layer, off unless
//! asked for.

use openbook::Book;
use quantities::{Millions, PoundsPerQaly, Qaly, ServiceKey};

use crate::parameters::{EquityParameters, YearParameters};
use crate::table::{Interval, ServiceValue, ValueTable};
use crate::uncertainty::{Addend, sums};

/// A figure for each fifth, most deprived first.
pub type Quintiles = [Qaly; 5];

/// Gain, opportunity cost and net health by quintile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distribution {
    /// Health gained.
    pub gain: Quintiles,
    /// Health that the money would have bought elsewhere.
    pub opportunity_cost: Quintiles,
}

impl Distribution {
    /// Gains against what `cost` would have bought at the threshold, borne in proportion to
    /// `profile`; equally where the profile sums to nought.
    #[must_use]
    pub fn of(
        gain: Quintiles,
        cost: Millions,
        threshold: PoundsPerQaly,
        profile: [f64; 5],
    ) -> Self {
        let forgone = threshold.to_slope() * cost;
        let whole: f64 = profile.iter().sum();
        let share = |part: f64| if whole > 0.0 { part / whole } else { 0.2 };
        Self { gain, opportunity_cost: profile.map(|part| forgone * share(part)) }
    }

    /// Gain less opportunity cost.
    #[must_use]
    pub fn net(&self) -> Quintiles {
        let mut net = self.gain;
        for (net, cost) in net.iter_mut().zip(self.opportunity_cost) {
            *net = *net - cost;
        }
        net
    }

    /// Σ of the net health.
    #[must_use]
    pub fn net_total(&self) -> Qaly {
        self.net().into_iter().sum()
    }

    /// Σ of the net health, each fifth's times its weight.
    #[must_use]
    pub fn weighted_net(&self, weights: &Weights) -> Qaly {
        self.net().into_iter().zip(weights.by_quintile).map(|(net, weight)| net * weight).sum()
    }
}

/// How much more a QALY counts for those who have less health.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aversion {
    /// To relative inequality: weights ∝ h^−ε.
    Atkinson(f64),
    /// To absolute inequality: weights ∝ e^(−αh).
    Kolm(f64),
}

impl Aversion {
    /// The dated Atkinson aversion.
    #[must_use]
    pub const fn atkinson(parameters: &EquityParameters) -> Self {
        Self::Atkinson(parameters.atkinson_epsilon)
    }

    /// The dated Kolm aversion.
    #[must_use]
    pub const fn kolm(parameters: &EquityParameters) -> Self {
        Self::Kolm(parameters.kolm_alpha)
    }

    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Atkinson(_) => "atkinson",
            Self::Kolm(_) => "kolm",
        }
    }
}

/// Fifths of equal size.
pub const EQUAL: [f64; 5] = [0.2; 5];

/// Weights with a population-weighted mean of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// What they rest on.
    pub aversion: Aversion,
    /// Weights, most deprived first.
    pub by_quintile: [f64; 5],
    /// The health that, were it everybody's, would be worth as much as today's unequal health.
    pub equally_distributed_equivalent: f64,
    /// Mean health.
    pub mean: f64,
}

impl Weights {
    /// The weights of people with `health` (such as quality-adjusted life expectancy) and of sizes
    /// `people`; nothing where a figure is nought or less, or not finite.
    #[must_use]
    pub fn of(aversion: Aversion, health: [f64; 5], people: [f64; 5]) -> Option<Self> {
        let whole: f64 = people.iter().sum();
        let sound = |number: &f64| number.is_finite() && *number > 0.0;
        if !(health.iter().all(sound) && sound(&whole) && people.iter().all(|part| *part >= 0.0)) {
            return None;
        }
        let mean_of = |of: &dyn Fn(f64) -> f64| -> f64 {
            health.iter().zip(people).map(|(h, part)| of(*h) * part / whole).sum()
        };
        let mean = mean_of(&|h| h);
        // Relative to the mean, so that powers stay in range.
        let (raw, equivalent): (Box<dyn Fn(f64) -> f64>, f64) = match aversion {
            Aversion::Atkinson(epsilon) => {
                let equivalent = if (epsilon - 1.0).abs() < 1e-9 {
                    mean * mean_of(&|h| (h / mean).ln()).exp()
                } else {
                    mean * mean_of(&|h| (h / mean).powf(1.0 - epsilon)).powf(1.0 / (1.0 - epsilon))
                };
                (Box::new(move |h| (h / mean).powf(-epsilon)), equivalent)
            }
            Aversion::Kolm(alpha) => {
                let equivalent = if alpha.abs() < 1e-12 {
                    mean
                } else {
                    mean - mean_of(&|h| (-alpha * (h - mean)).exp()).ln() / alpha
                };
                (Box::new(move |h| (-alpha * (h - mean)).exp()), equivalent)
            }
        };
        let level = mean_of(&*raw);
        let by_quintile = health.map(|h| raw(h) / level);
        let weights =
            Self { aversion, by_quintile, equally_distributed_equivalent: equivalent, mean };
        (by_quintile.iter().all(sound) && sound(&equivalent)).then_some(weights)
    }

    /// The share of mean health that could be given up for equality: 1 − equivalent ÷ mean. With
    /// Atkinson weights it is the Atkinson index.
    #[must_use]
    pub fn index(&self) -> f64 {
        1.0 - self.equally_distributed_equivalent / self.mean
    }
}

/// How a book's equity is worked out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EquityOptions {
    /// Who bears the opportunity cost; taken in proportion.
    pub opportunity_cost: [f64; 5],
    /// Weights; nothing in the base case.
    pub aversion: Option<Aversion>,
}

impl EquityOptions {
    /// The base case: the dated profile, no weights.
    #[must_use]
    pub const fn base(parameters: &YearParameters) -> Self {
        Self { opportunity_cost: parameters.equity.opportunity_cost, aversion: None }
    }
}

/// One line's health by quintile.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceEquity {
    /// `provider/service`.
    pub service: ServiceKey,
    /// Its name.
    pub name: String,
    /// Gain, opportunity cost and net.
    pub health: Distribution,
    /// Σ net, each fifth's times its weight; where weights are on.
    pub weighted_net: Option<Qaly>,
}

/// How far the figures of all lines together may lie, QALY a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EquityRanges {
    /// Of the gain.
    pub gain: [Interval; 5],
    /// Of the net health.
    pub net: [Interval; 5],
    /// Of Σ net.
    pub net_total: Interval,
    /// Of Σ net, each fifth's times its weight; where weights are on.
    pub weighted_net: Option<Interval>,
}

/// What cannot be given to quintiles.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WithoutShares {
    /// How many assessable lines give no shares.
    pub lines: usize,
    /// Their gain.
    pub gain: Qaly,
    /// Their valued spend.
    pub spend: Millions,
    /// Their net health at the threshold.
    pub net: Qaly,
}

/// A book's health by quintile.
#[derive(Clone, Debug, PartialEq)]
pub struct EquityTable {
    /// Lines that are assessable and give shares, in the order of their keys.
    pub services: Vec<ServiceEquity>,
    /// All of them together.
    pub health: Distribution,
    /// How far that may lie; nothing without draws.
    pub ranges: Option<EquityRanges>,
    /// Valued spend behind it.
    pub spend: Millions,
    /// The assessable rest: missing shares are missing, and no part of `health`.
    pub without_shares: WithoutShares,
    /// Spend of lines that are not assessable: nobody knows what it gains, nor for whom.
    pub not_assessable: Millions,
    /// Weights, where they are on.
    pub weights: Option<Weights>,
    /// Σ net with them.
    pub weighted_net: Option<Qaly>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

impl EquityTable {
    /// The equity of a valued book.
    #[must_use]
    pub fn of(
        book: &Book,
        parameters: &YearParameters,
        options: &EquityOptions,
        table: &ValueTable,
    ) -> Self {
        let weights = options
            .aversion
            .and_then(|aversion| Weights::of(aversion, parameters.equity.qale, EQUAL));
        let mut found = Self {
            services: Vec::new(),
            health: Distribution { gain: NONE, opportunity_cost: NONE },
            ranges: None,
            spend: Millions::ZERO,
            without_shares: WithoutShares::default(),
            not_assessable: Millions::ZERO,
            weights,
            weighted_net: None,
            notes: Vec::new(),
        };
        for service in &table.services {
            found.add(book, options, table.threshold, service);
        }
        found.weighted_net = weights.map(|weights| found.health.weighted_net(&weights));
        found.ranges = ranges(book, options, table, weights.as_ref());
        found.notes = notes(&found, options);
        found
    }

    fn add(
        &mut self,
        book: &Book,
        options: &EquityOptions,
        threshold: PoundsPerQaly,
        service: &ServiceValue,
    ) {
        let Some(health) = service.health else {
            self.not_assessable = self.not_assessable + service.spend.to_millions();
            return;
        };
        let Some(shares) = shares_of(book, service) else {
            let rest = &mut self.without_shares;
            rest.lines += 1;
            rest.gain = rest.gain + health;
            rest.spend = rest.spend + service.curve_spend;
            rest.net = rest.net + (health - threshold.to_slope() * service.curve_spend);
            return;
        };
        let gain = shares.map(|share| health * share);
        let of_line =
            Distribution::of(gain, service.curve_spend, threshold, options.opportunity_cost);
        add(&mut self.health.gain, of_line.gain);
        add(&mut self.health.opportunity_cost, of_line.opportunity_cost);
        self.spend = self.spend + service.curve_spend;
        self.services.push(ServiceEquity {
            service: service.key.clone(),
            name: service.name.clone(),
            health: of_line,
            weighted_net: self.weights.map(|weights| of_line.weighted_net(&weights)),
        });
    }
}

const NONE: Quintiles = [Qaly::ZERO; 5];

/// The part of a line's patients in each fifth; nothing where it does not say.
fn shares_of(book: &Book, service: &ServiceValue) -> Option<[f64; 5]> {
    let shares = book.equity.get(&service.key)?.average;
    // They are written with a few decimals: the whole gain is given out.
    let whole: f64 = shares.iter().sum();
    Some(shares.map(|share| if whole > 0.0 { share / whole } else { 0.2 }))
}

fn ranges(
    book: &Book,
    options: &EquityOptions,
    table: &ValueTable,
    weights: Option<&Weights>,
) -> Option<EquityRanges> {
    let borne = options.opportunity_cost;
    let whole: f64 = borne.iter().sum();
    let borne = borne.map(|part| if whole > 0.0 { part / whole } else { 0.2 });
    let by_quintile = weights.map_or([1.0; 5], |weights| weights.by_quintile);
    // Gain by fifth, net by fifth, all net, all net weighted.
    let found = sums(table, 12, |_, service| {
        let Some(shares) = shares_of(book, service).filter(|_| service.health.is_some()) else {
            return Vec::new();
        };
        let fifths = shares.into_iter().zip(borne).zip(by_quintile).enumerate();
        let parts = fifths.flat_map(|(fifth, ((health, forgone), weight))| {
            [
                Addend { sum: fifth, health, forgone: 0.0 },
                Addend { sum: 5 + fifth, health, forgone },
                Addend { sum: 10, health, forgone },
                Addend { sum: 11, health: health * weight, forgone: forgone * weight },
            ]
        });
        parts.collect()
    });
    let mut found = found.into_iter().collect::<Option<Vec<Interval>>>()?.into_iter();
    let mut five =
        || Some([found.next()?, found.next()?, found.next()?, found.next()?, found.next()?]);
    let (gain, net) = (five()?, five()?);
    Some(EquityRanges {
        gain,
        net,
        net_total: found.next()?,
        weighted_net: found.next().filter(|_| weights.is_some()),
    })
}

fn add(to: &mut Quintiles, more: Quintiles) {
    for (to, more) in to.iter_mut().zip(more) {
        *to = *to + more;
    }
}

fn notes(table: &EquityTable, options: &EquityOptions) -> Vec<String> {
    let mut notes = vec![
        "Gains follow the average patients of a line; those who would be added or lost by a change \
         may be others."
            .to_owned(),
    ];
    let [first, rest @ ..] = options.opportunity_cost;
    if rest.iter().all(|share| (share - first).abs() < 1e-9) {
        notes.push("Health forgone elsewhere falls equally on the five fifths.".to_owned());
    }
    if table.without_shares.lines > 0 {
        notes.push(format!(
            "{} assessable lines with a gain of {:.0} QALY and £{:.1}m of valued spend give no \
             shares by deprivation: they are no part of the figures by fifth.",
            table.without_shares.lines,
            table.without_shares.gain.get(),
            table.without_shares.spend.get()
        ));
    }
    if table.not_assessable > Millions::ZERO {
        notes.push(format!(
            "£{:.1}m of spend is not assessable: nobody knows what it gains, nor for whom.",
            table.not_assessable.get()
        ));
    }
    if let Some(weights) = &table.weights {
        notes.push(format!(
            "Weights are on ({}): a choice about fairness, not a measurement. The base case counts \
             every QALY the same.",
            weights.aversion.as_str()
        ));
    }
    notes
}
