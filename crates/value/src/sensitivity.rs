//! Which of a provider's figures drive its result: what one tenth more or less of each does, and
//! how far each may be off before the last pound crosses the threshold.

use openbook::Book;
use openbook::rows::Outcome;
use quantities::{PoundsPerQaly, ProviderCode, Qaly, ServiceKey, Share};
use std::cmp::Ordering;

use crate::elasticity::Elasticity;
use crate::instruments::Instruments;
use crate::outcome::{self, ServiceOutcomes};
use crate::parameters::YearParameters;
use crate::table::{ServiceValue, ValueOptions, ValueTable};

/// A figure of a service line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// The cost of the line.
    Cost,
    /// Patients with the outcome.
    Patients,
    /// The gain that was measured.
    Gain,
    /// How long it lasts.
    Duration,
    /// What would have come anyway.
    Counterfactual,
    /// How health follows the last pounds.
    Elasticity,
}

impl Figure {
    const ALL: [Self; 6] = [
        Self::Cost,
        Self::Patients,
        Self::Gain,
        Self::Duration,
        Self::Counterfactual,
        Self::Elasticity,
    ];

    /// What it is called in words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Patients => "patients",
            Self::Gain => "measured gain per patient",
            Self::Duration => "years the gain lasts",
            Self::Counterfactual => "part that would have come anyway",
            Self::Elasticity => "how health follows the last pounds (elasticity)",
        }
    }

    /// The table and column in which it stands.
    #[must_use]
    pub const fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Cost => ("costs", "cost_gbp"),
            Self::Patients => ("outcomes", "patients"),
            Self::Gain => ("outcomes", "gain_mean"),
            Self::Duration => ("outcomes", "duration_years"),
            Self::Counterfactual => ("outcomes", "counterfactual_fraction"),
            Self::Elasticity => ("elasticities", "elasticity"),
        }
    }

    /// Whether the provider measures it; otherwise it proposes, and the board judges.
    #[must_use]
    pub const fn is_measured(self) -> bool {
        matches!(self, Self::Cost | Self::Patients | Self::Gain)
    }
}

/// What one figure of one service line does to its result.
#[derive(Clone, Debug, PartialEq)]
pub struct Driver {
    /// The line.
    pub service: ServiceKey,
    /// Its name.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// What it is now, in its own unit; nothing where cohorts differ in it.
    pub value: Option<f64>,
    /// Change of the line's net health benefit when the figure is a tenth worse, QALY.
    pub tenth_worse: Qaly,
    /// Cost per QALY of the last pound as it is.
    pub marginal: PoundsPerQaly,
    /// What the figure is to be multiplied by for the last pound to cost just the threshold;
    /// nothing where a fifth to five times of it does not do.
    pub flips_at: Option<f64>,
}

impl Driver {
    /// By what a tenth worse does, then by line and figure.
    #[must_use]
    pub fn most_telling_first(&self, other: &Self) -> Ordering {
        let size = |driver: &Self| driver.tenth_worse.get().abs();
        size(other)
            .total_cmp(&size(self))
            .then_with(|| self.service.cmp(&other.service))
            .then_with(|| self.figure.cmp(&other.figure))
    }

    /// What the figure would be where the last pound costs just the threshold.
    #[must_use]
    pub fn flip_value(&self) -> Option<f64> {
        Some(self.value? * self.flips_at?)
    }
}

/// The figures of a provider's assessable lines, the most telling first.
#[must_use]
pub fn drivers(
    book: &Book,
    instruments: &Instruments,
    parameters: &YearParameters,
    options: &ValueOptions,
    table: &ValueTable,
    provider: &ProviderCode,
) -> Vec<Driver> {
    let mut found = Vec::new();
    let lines = table.services.iter().filter(|line| line.key.provider() == provider);
    for line in lines {
        let (Some(marginal), true) = (line.marginal(), line.health.is_some()) else { continue };
        let mut trial = Trial { book: book.clone(), instruments, parameters, options, line };
        for figure in Figure::ALL {
            let Some(tenth_worse) = trial.tenth_worse(figure, table.threshold) else { continue };
            found.push(Driver {
                service: line.key.clone(),
                name: line.name.clone(),
                figure,
                value: value_of(book, line, figure),
                tenth_worse,
                marginal,
                flips_at: trial.flips_at(figure, table.threshold),
            });
        }
    }
    found.sort_by(Driver::most_telling_first);
    found
}

fn value_of(book: &Book, line: &ServiceValue, figure: Figure) -> Option<f64> {
    let outcomes: Vec<&Outcome> = book
        .outcomes
        .iter()
        .filter(|outcome| {
            outcome.service == line.key
                && line.outcomes.valued.iter().any(|valued| {
                    valued.cohort == outcome.cohort && valued.measure == outcome.measure
                })
        })
        .collect();
    let [one] = outcomes.as_slice() else {
        return match figure {
            Figure::Cost => Some(line.spend.to_pounds()),
            Figure::Elasticity => line.elasticity.as_ref().map(|known| known.mean),
            _ => None,
        };
    };
    let accepted =
        book.assumptions.iter().flatten().find(|row| {
            row.service == line.key && (row.cohort == one.cohort || row.cohort == "all")
        });
    match figure {
        Figure::Cost => Some(line.spend.to_pounds()),
        Figure::Elasticity => line.elasticity.as_ref().map(|known| known.mean),
        Figure::Patients => Some(one.patients),
        Figure::Gain => {
            one.baseline.zip(one.followup).map(|(before, after)| after - before).or(one.gain)
        }
        Figure::Duration => accepted.and_then(|row| row.duration_years).or(one.duration_years),
        Figure::Counterfactual => {
            accepted.and_then(|row| row.counterfactual).or(one.counterfactual).map(Share::get)
        }
    }
}

/// A book in which one figure of one line is tried.
struct Trial<'a> {
    book: Book,
    instruments: &'a Instruments,
    parameters: &'a YearParameters,
    options: &'a ValueOptions,
    line: &'a ServiceValue,
}

/// How far a figure is tried, as a multiple of itself.
const REACH: (f64, f64) = (0.2, 5.0);

impl Trial<'_> {
    /// Net health benefit when the figure is a tenth worse, less what it is now; nothing where the
    /// figure changes nothing.
    fn tenth_worse(&mut self, figure: Figure, threshold: PoundsPerQaly) -> Option<Qaly> {
        let now = self.net(figure, 1.0, threshold)?;
        let sides = [self.net(figure, 0.9, threshold), self.net(figure, 1.1, threshold)];
        let changes = sides.into_iter().flatten().map(|net| net - now);
        let worst = changes.min_by(|a, b| a.get().total_cmp(&b.get()))?;
        (worst.get() < 0.0).then_some(worst)
    }

    /// Net health benefit with the figure so many times itself. The elasticity does not change the
    /// whole, so for it the last tenth of the spend is taken: what that buys, less what it costs.
    fn net(&mut self, figure: Figure, times: f64, threshold: PoundsPerQaly) -> Option<Qaly> {
        let health = self.health(figure, times)?;
        let spend = self.line.curve_spend * if figure == Figure::Cost { times } else { 1.0 };
        if figure == Figure::Elasticity {
            let elasticity = self.elasticity(health) * times;
            return Some(health * (elasticity * 0.1));
        }
        Some(health - threshold.to_slope() * spend)
    }

    /// Cost per QALY of the last pound with the figure so many times itself.
    fn marginal(&mut self, figure: Figure, times: f64) -> Option<f64> {
        let health = self.health(figure, times)?;
        let spend = self.line.curve_spend * if figure == Figure::Cost { times } else { 1.0 };
        let part = if figure == Figure::Elasticity { times } else { 1.0 };
        let elasticity = self.elasticity(health) * part;
        PoundsPerQaly::of(spend, health * elasticity).map(PoundsPerQaly::get)
    }

    fn elasticity(&self, health: Qaly) -> f64 {
        let row = self.book.elasticities.get(&self.line.key);
        Elasticity::of(row, self.line.curve_spend, health, self.parameters).mean
    }

    fn health(&mut self, figure: Figure, times: f64) -> Option<Qaly> {
        let outcomes = self.tried(figure, times);
        (!outcomes.valued.is_empty()).then(|| {
            let share = self.line.pathway_share.get();
            outcomes
                .valued
                .iter()
                .map(|outcome| outcome.per_patient * (outcome.patients * share))
                .sum()
        })
    }

    /// The line's outcomes with one figure so many times itself; the book is left as it was.
    fn tried(&mut self, figure: Figure, times: f64) -> ServiceOutcomes {
        let kept = (self.book.outcomes.clone(), self.book.assumptions.clone());
        let own = |service: &ServiceKey| *service == self.line.key;
        for outcome in self.book.outcomes.iter_mut().filter(|row| own(&row.service)) {
            match figure {
                Figure::Patients => outcome.patients *= times,
                Figure::Gain => gain_times(outcome, times),
                Figure::Duration => {
                    outcome.duration_years = outcome.duration_years.map(|years| years * times);
                }
                Figure::Counterfactual => {
                    outcome.counterfactual =
                        outcome.counterfactual.and_then(|part| more(part, times));
                }
                Figure::Cost | Figure::Elasticity => {}
            }
        }
        let rows = self.book.assumptions.iter_mut().flatten();
        for row in rows.filter(|row| own(&row.service)) {
            match figure {
                Figure::Duration => {
                    row.duration_years = row.duration_years.map(|years| years * times)
                }
                Figure::Counterfactual => {
                    row.counterfactual = row.counterfactual.and_then(|part| more(part, times));
                }
                _ => {}
            }
        }
        let found = outcome::of_service(
            &self.book,
            self.instruments,
            self.parameters,
            self.options,
            &self.line.key,
        );
        (self.book.outcomes, self.book.assumptions) = kept;
        found
    }

    /// Where the last pound costs just the threshold, found by halving.
    fn flips_at(&mut self, figure: Figure, threshold: PoundsPerQaly) -> Option<f64> {
        let mut above =
            |times: f64| self.marginal(figure, times).map(|price| price > threshold.get());
        let here = above(1.0)?;
        let far = [REACH.0, REACH.1].into_iter().find(|times| above(*times) == Some(!here))?;
        let (mut same, mut other) = (1.0, far);
        for _ in 0..40 {
            let middle = f64::midpoint(same, other);
            if above(middle)? == here { same = middle } else { other = middle }
        }
        Some(f64::midpoint(same, other))
    }
}

fn gain_times(outcome: &mut Outcome, times: f64) {
    if let (Some(before), Some(after)) = (outcome.baseline, outcome.followup) {
        outcome.followup = Some(before + (after - before) * times);
    }
    outcome.gain = outcome.gain.map(|gain| gain * times);
}

/// A share so many times itself, at most the whole; nothing of nothing stays nothing.
fn more(part: Share, times: f64) -> Option<Share> {
    Share::new((part.get() * times).min(1.0))
}
