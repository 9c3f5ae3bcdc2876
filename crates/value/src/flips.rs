//! Where the answer flips: the duration, the elasticity and the counterfactual at which a line's
//! last pound just costs the threshold, or as much as its neighbour's in the order; and what
//! another named mapping would make of it. All in closed form: the cost per QALY of the last pound
//! is b / (e · H), and H is the sum over cohorts of people · gain · (1 − f) · A(D).

use openbook::Book;
use quantities::{PoundsPerQaly, Qaly, ServiceKey, Share};

use crate::elasticity::{Elasticity, ElasticitySource};
use crate::instruments::Instruments;
use crate::outcome::{self, ServiceOutcomes, ValuedOutcome};
use crate::parameters::YearParameters;
use crate::qaly::Annuities;
use crate::table::{ServiceValue, ValueOptions, ValueTable};

/// Where the answer for one line flips.
#[derive(Clone, Debug, PartialEq)]
pub struct LineFlips {
    /// The line.
    pub service: ServiceKey,
    /// Its name.
    pub name: String,
    /// Cost per QALY of its last pound.
    pub marginal: PoundsPerQaly,
    /// Its place by that, 1 the cheapest.
    pub rank: usize,
    /// Percent of health for one percent of spend.
    pub elasticity: Flip,
    /// One a cohort, the other cohorts as they are.
    pub cohorts: Vec<CohortFlips>,
    /// One for each other mapping of the measure of a valued outcome.
    pub mappings: Vec<MappingFlip>,
    /// Whether the elasticity is anchored on a slope, so that neither duration nor counterfactual
    /// nor mapping changes the price of the last pound.
    pub health_cancels: bool,
}

/// A figure now, and where it would have to be for the answer to be another. Nothing where no
/// value that the figure can have does it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flip {
    /// What it is now.
    pub now: f64,
    /// Where the last pound costs just the threshold.
    pub at_threshold: Option<f64>,
    /// Where the line passes the one before it in the order.
    pub passes_the_cheaper: Option<f64>,
    /// Where the line falls behind the one after it.
    pub falls_behind_the_dearer: Option<f64>,
}

/// Where the answer flips by the figures of one cohort.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortFlips {
    /// The cohort.
    pub cohort: String,
    /// Years the gain lasts; nothing where the measure has its duration in it.
    pub duration: Option<Flip>,
    /// Part that would have come anyway; nothing where the measure is net of it.
    pub counterfactual: Option<Flip>,
}

/// What another named mapping makes of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct MappingFlip {
    /// The measure that is mapped.
    pub measure: String,
    /// The mapping in use.
    pub used: String,
    /// The other.
    pub other: String,
    /// Cost per QALY of the last pound by the other; nothing where the line could not be valued.
    pub marginal: Option<PoundsPerQaly>,
    /// Its place by that.
    pub rank: Option<usize>,
    /// Whether the last pound is on the other side of the threshold.
    pub crosses_threshold: bool,
    /// Why the line could not be valued by it.
    pub why_not: Option<String>,
}

/// Where the answer flips for every line whose last pound has a price, in the order of the table.
#[must_use]
pub fn of(
    book: &Book,
    instruments: &Instruments,
    parameters: &YearParameters,
    options: &ValueOptions,
    table: &ValueTable,
) -> Vec<LineFlips> {
    let mut prices: Vec<(f64, usize)> = table
        .services
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((line.marginal()?.get(), at)))
        .collect();
    prices.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut found: Vec<(usize, LineFlips)> = Vec::new();
    for (place, (price, at)) in prices.iter().enumerate() {
        let Some(line) = table.services.get(*at) else { continue };
        let Some(elasticity) = &line.elasticity else { continue };
        let neighbour = |place: Option<usize>| place.and_then(|place| prices.get(place));
        let targets = Targets {
            threshold: table.threshold.get(),
            cheaper: neighbour(place.checked_sub(1)).map(|(price, _)| *price),
            dearer: neighbour(place.checked_add(1)).map(|(price, _)| *price),
        };
        let health_cancels = elasticity.origin == ElasticitySource::Anchored;
        let flips = LineFlips {
            service: line.key.clone(),
            name: line.name.clone(),
            marginal: PoundsPerQaly::new(*price),
            rank: place + 1,
            elasticity: targets.flip(elasticity.mean, |price| {
                let needed = elasticity.mean * price_over(line, price)?;
                let (low, high) = parameters.elasticity_range;
                (low..=high).contains(&needed).then_some(needed)
            }),
            cohorts: cohorts(parameters, line, &targets, health_cancels),
            mappings: mappings(book, instruments, parameters, options, table, line, &prices),
            health_cancels,
        };
        found.push((*at, flips));
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, flips)| flips).collect()
}

/// The prices that the last pound may come to.
struct Targets {
    threshold: f64,
    cheaper: Option<f64>,
    dearer: Option<f64>,
}

impl Targets {
    fn flip(&self, now: f64, at: impl Fn(f64) -> Option<f64>) -> Flip {
        Flip {
            now,
            at_threshold: at(self.threshold),
            passes_the_cheaper: self.cheaper.and_then(&at),
            falls_behind_the_dearer: self.dearer.and_then(&at),
        }
    }
}

/// What the price of the last pound is now over what it would come to.
fn price_over(line: &ServiceValue, price: f64) -> Option<f64> {
    Some(line.marginal()?.get() / price)
}

fn cohorts(
    parameters: &YearParameters,
    line: &ServiceValue,
    targets: &Targets,
    health_cancels: bool,
) -> Vec<CohortFlips> {
    let valued = line.outcomes.valued.iter();
    valued
        .map(|outcome| {
            // What the cohort's health is to be multiplied by.
            let times = |price: f64| {
                let all = line.health?.get();
                let own = outcome.per_patient.get() * outcome.patients * line.pathway_share.get();
                let needed = (all * price_over(line, price)? - (all - own)) / own;
                (!health_cancels && needed.is_finite() && needed >= 0.0).then_some(needed)
            };
            CohortFlips {
                cohort: outcome.cohort.clone(),
                duration: duration(parameters, outcome, targets, &times),
                counterfactual: outcome.counterfactual.map(|part| {
                    targets.flip(part.get(), |price| {
                        Share::new(1.0 - part.rest().get() * times(price)?).map(Share::get)
                    })
                }),
            }
        })
        .collect()
}

fn duration(
    parameters: &YearParameters,
    outcome: &ValuedOutcome,
    targets: &Targets,
    times: &impl Fn(f64) -> Option<f64>,
) -> Option<Flip> {
    let years = outcome.duration_years?;
    let annuities = Annuities::new(parameters.discount_rate, outcome.decay_per_year);
    let now = annuities.at(years);
    Some(targets.flip(years, |price| annuities.duration_of(now * times(price)?)))
}

fn mappings(
    book: &Book,
    instruments: &Instruments,
    parameters: &YearParameters,
    options: &ValueOptions,
    table: &ValueTable,
    line: &ServiceValue,
    prices: &[(f64, usize)],
) -> Vec<MappingFlip> {
    let mut found = Vec::new();
    for outcome in &line.outcomes.valued {
        let Some(used) = &outcome.mapping else { continue };
        let others = instruments.mappings.values();
        for other in others.filter(|it| it.measure == outcome.measure && it.code != *used) {
            let mut tried = instruments.clone();
            if let Some(measure) = tried.measures.get_mut(&outcome.measure) {
                measure.mapping = Some(other.code.clone());
            }
            let outcomes = outcome::of_service(book, &tried, parameters, options, &line.key);
            let marginal = marginal(book, parameters, line, &outcomes);
            let dearer = |price: f64| price > table.threshold.get();
            let own = line.marginal().map(PoundsPerQaly::get);
            found.push(MappingFlip {
                measure: outcome.measure.clone(),
                used: used.clone(),
                other: other.code.clone(),
                marginal,
                rank: marginal.map(|price| 1 + cheaper_others(table, line, prices, price)),
                crosses_threshold: marginal
                    .zip(own)
                    .is_some_and(|(price, own)| dearer(price.get()) != dearer(own)),
                why_not: marginal.is_none().then(|| {
                    let why = outcomes.left_out.first().cloned();
                    why.unwrap_or_else(|| "it gives no gain in health".to_owned())
                }),
            });
        }
    }
    found
}

/// Cost per QALY of the last pound, had the line these outcomes; nothing where a cohort that it
/// has now could not be valued.
fn marginal(
    book: &Book,
    parameters: &YearParameters,
    line: &ServiceValue,
    outcomes: &ServiceOutcomes,
) -> Option<PoundsPerQaly> {
    if outcomes.valued.len() < line.outcomes.valued.len() {
        return None;
    }
    let share = line.pathway_share.get();
    let health: Qaly = outcomes
        .valued
        .iter()
        .map(|outcome| outcome.per_patient * (outcome.patients * share))
        .sum();
    let row = book.elasticities.get(&line.key);
    let elasticity = Elasticity::of(row, line.curve_spend, health, parameters);
    PoundsPerQaly::of(line.curve_spend, health * elasticity.mean)
}

fn cheaper_others(
    table: &ValueTable,
    line: &ServiceValue,
    prices: &[(f64, usize)],
    price: PoundsPerQaly,
) -> usize {
    let other = |at: usize| table.services.get(at).is_some_and(|it| it.key != line.key);
    prices.iter().filter(|(theirs, at)| *theirs < price.get() && other(*at)).count()
}
