//! What the draws say of a book as JSON (`valuebook.uncertainty/1`): intervals, probabilities,
//! ranks, shrunken figures, what knowing more is worth, and where answers flip.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use value::flips::{Flip, LineFlips};
use value::information::{FigureWorth, Information, Subject, Worth};
use value::uncertainty::RankInterval;
use value::{Interval, LineUncertainty, ServiceValue, ValueTable};

use crate::evidence::is_of;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.uncertainty/1";

/// What the draws say of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UncertaintyJson {
    /// Always `valuebook.uncertainty/1`.
    pub schema: String,
    /// How many draws.
    pub draws: usize,
    /// The run's threshold, £ per QALY.
    pub threshold_gbp_per_qaly: f64,
    /// The thresholds of the curves, £ per QALY, rising.
    pub thresholds_gbp_per_qaly: Vec<f64>,
    /// One an assessable line, in the order of its name.
    pub services: Vec<ServiceUncertaintyJson>,
    /// What knowing more is worth.
    pub information: InformationJson,
    /// Where the answer for each line flips, in the order of its name.
    pub flips: Vec<FlipsJson>,
}

/// A 95 % interval in the unit of its figure; an end is absent where it has no limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalJson {
    /// 2.5th percentile.
    pub low: Option<f64>,
    /// 97.5th percentile.
    pub high: Option<f64>,
}

/// A 95 % interval of places, 1 the cheapest last pound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RankIntervalJson {
    /// 2.5th percentile, rounded outwards.
    pub low: usize,
    /// 97.5th percentile, rounded outwards.
    pub high: usize,
}

/// What the draws say of one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceUncertaintyJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// Health, QALY a year.
    pub qaly: IntervalJson,
    /// Average cost per QALY, £.
    pub average_gbp_per_qaly: IntervalJson,
    /// Cost per QALY of the last pound, £.
    pub marginal_gbp_per_qaly: IntervalJson,
    /// Net health benefit at the run's threshold, QALY a year.
    pub net_health_benefit_qaly: IntervalJson,
    /// Share of draws in which the whole costs less per QALY than the run's threshold.
    pub prob_cost_effective: f64,
    /// Share of draws in which the last pound costs more per QALY than the run's threshold.
    pub prob_last_pound_dearer: f64,
    /// The first of these at each threshold of the curves.
    pub prob_cost_effective_curve: Vec<f64>,
    /// The second at each.
    pub prob_last_pound_dearer_curve: Vec<f64>,
    /// Place by the cost per QALY of the last pound, 1 the cheapest.
    pub rank: usize,
    /// Of that place, ranked within each draw.
    pub rank_interval: RankIntervalJson,
    /// Share of draws in the dearest quarter of the assessable lines.
    pub prob_bottom_quarter: f64,
    /// Its figure as it stands in ordering lists.
    pub shrunk: Option<ShrunkJson>,
}

/// The cost per QALY of the last pound drawn toward comparable lines as far as it is uncertain. For
/// ordering lists only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShrunkJson {
    /// Cost per QALY of the last pound, £.
    pub marginal_gbp_per_qaly: f64,
    /// Its interval, £.
    pub interval_gbp_per_qaly: IntervalJson,
    /// Its place, 1 the cheapest.
    pub rank: usize,
    /// Of that place.
    pub rank_interval: RankIntervalJson,
    /// How much of it is the line's own figure, from 0 to 1.
    pub own_weight: f64,
    /// What it is drawn toward, £ per QALY.
    pub toward_gbp_per_qaly: f64,
    /// The sector that is the mean of; absent where it is the whole book.
    pub comparable_sector: Option<String>,
}

/// What knowing more is worth, a year.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorthJson {
    /// Health, QALY a year.
    pub qaly: f64,
    /// The money that buys as much at the threshold, £ a year.
    pub gbp: f64,
}

/// The expected value of perfect information about which lines are worth their last pounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InformationJson {
    /// The part of a line's valued spend that its last pounds are.
    pub last_part: f64,
    /// Of knowing every figure of every line.
    pub all: WorthJson,
    /// Of knowing every figure of one line, the most telling first.
    pub services: Vec<ServiceWorthJson>,
    /// Of knowing one figure, the most telling first: which to collect next.
    pub figures: Vec<FigureWorthJson>,
}

/// What knowing all of one line is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceWorthJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// Whether its last pounds are better kept than released, by what is known now.
    pub keep: bool,
    /// What keeping them is expected to gain, QALY a year.
    pub benefit_qaly: f64,
    /// Of knowing every figure.
    pub worth: WorthJson,
}

/// What knowing one figure is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FigureWorthJson {
    /// `provider/service`; absent for a source that lines share.
    pub service: Option<String>,
    /// The cohort, where the figure is one's own.
    pub cohort: Option<String>,
    /// The source that lines share.
    pub source: Option<String>,
    /// The figure in words.
    pub figure: String,
    /// The table in which it stands.
    pub table: String,
    /// The column.
    pub column: String,
    /// How many lines rest on it.
    pub lines: usize,
    /// Of knowing it.
    pub worth: WorthJson,
}

/// A figure now, and where it would have to be; absent where no value it can have does it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlipJson {
    /// What it is now, in its own unit.
    pub now: f64,
    /// Where the last pound costs just the threshold.
    pub at_threshold: Option<f64>,
    /// Where the line passes the one before it in the order.
    pub passes_the_cheaper: Option<f64>,
    /// Where it falls behind the one after it.
    pub falls_behind_the_dearer: Option<f64>,
}

/// Where the answer for one line flips.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlipsJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// Cost per QALY of its last pound, £.
    pub marginal_gbp_per_qaly: f64,
    /// Its place by that, 1 the cheapest.
    pub rank: usize,
    /// Percent of health for one percent of spend.
    pub elasticity: FlipJson,
    /// One a cohort.
    pub cohorts: Vec<CohortFlipsJson>,
    /// One for each other mapping of a measure that is valued.
    pub mappings: Vec<MappingFlipJson>,
    /// Whether the elasticity is anchored on a slope, so that health does not change the price.
    pub health_cancels: bool,
}

/// Where the answer flips by the figures of one cohort.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CohortFlipsJson {
    /// The cohort.
    pub cohort: String,
    /// Years the gain lasts; absent where the measure has its duration in it.
    pub duration_years: Option<FlipJson>,
    /// Part that would have come anyway; absent where the measure is net of it.
    pub counterfactual_fraction: Option<FlipJson>,
}

/// What another named mapping makes of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingFlipJson {
    /// The measure that is mapped.
    pub measure: String,
    /// The mapping in use.
    pub used: String,
    /// The other.
    pub other: String,
    /// Cost per QALY of the last pound by the other, £.
    pub marginal_gbp_per_qaly: Option<f64>,
    /// Its place by that.
    pub rank: Option<usize>,
    /// Whether the last pound is on the other side of the threshold.
    pub crosses_threshold: bool,
    /// Why the line could not be valued by it.
    pub why_not: Option<String>,
}

impl UncertaintyJson {
    /// Of a value table, with what knowing more is worth and where answers flip.
    #[must_use]
    pub fn of(table: &ValueTable, information: &Information, flips: &[LineFlips]) -> Self {
        let lines = table.services.iter().zip(&table.uncertainty.lines);
        Self {
            schema: SCHEMA.to_owned(),
            draws: table.draws.len(),
            threshold_gbp_per_qaly: table.threshold.get(),
            thresholds_gbp_per_qaly: table.uncertainty.thresholds.iter().map(|k| k.get()).collect(),
            services: lines
                .filter_map(|(service, line)| Some(of_line(service, line.as_ref()?)))
                .collect(),
            information: information.into(),
            flips: flips.iter().map(FlipsJson::from).collect(),
        }
    }
}

impl UncertaintyJson {
    /// Leaves one provider's lines. What is worth knowing of all, and of sources that lines of
    /// several share, stays; it names no line.
    pub fn keep_own(&mut self, own: &str) {
        self.services.retain(|line| is_of(own, &line.service));
        self.flips.retain(|line| is_of(own, &line.service));
        for line in &mut self.flips {
            line.forget_neighbours();
        }
        self.information.services.retain(|line| is_of(own, &line.service));
        let own = |figure: &FigureWorthJson| {
            figure.service.as_deref().is_none_or(|service| is_of(own, service))
        };
        self.information.figures.retain(own);
    }
}

impl FlipsJson {
    /// Without where the line would pass its neighbours, which may be others' lines.
    fn forget_neighbours(&mut self) {
        let cohorts = self.cohorts.iter_mut().flat_map(|cohort| {
            cohort.duration_years.iter_mut().chain(&mut cohort.counterfactual_fraction)
        });
        for flip in cohorts.chain([&mut self.elasticity]) {
            flip.passes_the_cheaper = None;
            flip.falls_behind_the_dearer = None;
        }
    }
}

impl From<Interval> for IntervalJson {
    fn from(interval: Interval) -> Self {
        let end = |number: f64| number.is_finite().then_some(number);
        Self { low: end(interval.low), high: end(interval.high) }
    }
}

impl From<RankInterval> for RankIntervalJson {
    fn from(interval: RankInterval) -> Self {
        Self { low: interval.low, high: interval.high }
    }
}

fn of_line(service: &ServiceValue, line: &LineUncertainty) -> ServiceUncertaintyJson {
    ServiceUncertaintyJson {
        service: service.key.to_string(),
        name: service.name.clone(),
        qaly: line.health.into(),
        average_gbp_per_qaly: line.average.into(),
        marginal_gbp_per_qaly: line.marginal.into(),
        net_health_benefit_qaly: line.net_health_benefit.into(),
        prob_cost_effective: line.prob_cost_effective,
        prob_last_pound_dearer: line.prob_last_pound_dearer,
        prob_cost_effective_curve: line.curve.iter().map(|at| at.cost_effective).collect(),
        prob_last_pound_dearer_curve: line.curve.iter().map(|at| at.last_pound_dearer).collect(),
        rank: line.rank,
        rank_interval: line.rank_interval.into(),
        prob_bottom_quarter: line.prob_bottom_quarter,
        shrunk: line.shrunk.as_ref().map(|shrunk| ShrunkJson {
            marginal_gbp_per_qaly: shrunk.marginal.get(),
            interval_gbp_per_qaly: shrunk.interval.into(),
            rank: shrunk.rank,
            rank_interval: shrunk.rank_interval.into(),
            own_weight: shrunk.own_weight,
            toward_gbp_per_qaly: shrunk.toward.get(),
            comparable_sector: shrunk.comparable.clone(),
        }),
    }
}

impl From<Worth> for WorthJson {
    fn from(worth: Worth) -> Self {
        Self { qaly: worth.qaly.get(), gbp: worth.money.get() * 1e6 }
    }
}

impl From<&Information> for InformationJson {
    fn from(information: &Information) -> Self {
        Self {
            last_part: information.last_part,
            all: information.all.into(),
            services: information
                .lines
                .iter()
                .map(|line| ServiceWorthJson {
                    service: line.service.to_string(),
                    name: line.name.clone(),
                    keep: line.keep,
                    benefit_qaly: line.benefit.get(),
                    worth: line.worth.into(),
                })
                .collect(),
            figures: information.figures.iter().map(FigureWorthJson::from).collect(),
        }
    }
}

impl From<&FigureWorth> for FigureWorthJson {
    fn from(found: &FigureWorth) -> Self {
        let (service, cohort, source) = match &found.subject {
            Subject::Line { service, cohort } => (Some(service.to_string()), cohort.clone(), None),
            Subject::Source(name) => (None, None, Some(name.clone())),
        };
        let (table, column) = found.figure.place();
        Self {
            service,
            cohort,
            source,
            figure: found.figure.label().to_owned(),
            table: table.to_owned(),
            column: column.to_owned(),
            lines: found.lines,
            worth: found.worth.into(),
        }
    }
}

impl From<Flip> for FlipJson {
    fn from(flip: Flip) -> Self {
        Self {
            now: flip.now,
            at_threshold: flip.at_threshold,
            passes_the_cheaper: flip.passes_the_cheaper,
            falls_behind_the_dearer: flip.falls_behind_the_dearer,
        }
    }
}

impl From<&LineFlips> for FlipsJson {
    fn from(line: &LineFlips) -> Self {
        Self {
            service: line.service.to_string(),
            name: line.name.clone(),
            marginal_gbp_per_qaly: line.marginal.get(),
            rank: line.rank,
            elasticity: line.elasticity.into(),
            cohorts: line
                .cohorts
                .iter()
                .map(|cohort| CohortFlipsJson {
                    cohort: cohort.cohort.clone(),
                    duration_years: cohort.duration.map(FlipJson::from),
                    counterfactual_fraction: cohort.counterfactual.map(FlipJson::from),
                })
                .collect(),
            mappings: line
                .mappings
                .iter()
                .map(|mapping| MappingFlipJson {
                    measure: mapping.measure.clone(),
                    used: mapping.used.clone(),
                    other: mapping.other.clone(),
                    marginal_gbp_per_qaly: mapping.marginal.map(|price| price.get()),
                    rank: mapping.rank,
                    crosses_threshold: mapping.crosses_threshold,
                    why_not: mapping.why_not.clone(),
                })
                .collect(),
            health_cancels: line.health_cancels,
        }
    }
}
