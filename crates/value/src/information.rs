//! Which figure to collect next: the expected value of perfect information.
//!
//! The decision is, line by line, whether to keep its last pounds (the dated part of its valued
//! spend, a tenth) or to release them at the threshold k. Kept, they are worth
//! NB = part · (e · H − b · c / k) QALY a year, released nothing. With what is known now the better
//! choice has max(0, E[NB]); knowing all, E[max(0, NB)]; the difference is the expected value of
//! perfect information (EVPI). The lines' choices are free of each other and their benefits add up,
//! so the best set of choices is the best choice for each line, and the value for the book is
//! exactly the sum over lines, however their figures move together.
//!
//! For one figure θ the value (EVPPI) is E[max(0, E[NB | θ])] − max(0, E[NB]). Within a line the
//! figures are drawn independently and NB is linear in each, so that E[NB | θ] is known exactly
//! from the means of the others: no regression on the draws (Strong and Oakley 2013) and no inner
//! loop is needed. A source that many lines share (a mapping, a source of elasticities) is worth
//! what it is worth to all of them together.

use quantities::{Millions, PoundsPerQaly, Qaly, ServiceKey};
use std::collections::BTreeMap;

use crate::draws::{CohortDraws, LineDraws};
use crate::parallel;
use crate::parameters::YearParameters;
use crate::sensitivity::Figure;
use crate::table::{ServiceValue, ValueTable};

/// What more knowledge is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Information {
    /// The threshold that pounds and health are changed at.
    pub threshold: PoundsPerQaly,
    /// The part of a line's valued spend that its last pounds are.
    pub last_part: f64,
    /// Of knowing every figure of every line.
    pub all: Worth,
    /// Of knowing every figure of one line, the most telling first.
    pub lines: Vec<LineWorth>,
    /// Of knowing one figure, the most telling first; those worth nothing are left out.
    pub figures: Vec<FigureWorth>,
}

/// What knowing is worth: at most what to spend on it each year.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worth {
    /// Health, QALY a year.
    pub qaly: Qaly,
    /// The money that buys as much at the threshold, a year.
    pub money: Millions,
}

impl Worth {
    fn of(qaly: f64, threshold: PoundsPerQaly) -> Self {
        Self { qaly: Qaly::new(qaly), money: Millions::new(qaly * threshold.get() / 1e6) }
    }
}

/// What knowing all of one line is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct LineWorth {
    /// The line.
    pub service: ServiceKey,
    /// Its name.
    pub name: String,
    /// Whether its last pounds are better kept than released, by what is known now.
    pub keep: bool,
    /// What keeping them is expected to gain, QALY a year; below nought where it loses.
    pub benefit: Qaly,
    /// Of knowing every figure.
    pub worth: Worth,
}

/// What a figure belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// One line, or one cohort of it.
    Line {
        /// The line.
        service: ServiceKey,
        /// The cohort, where the figure is one's own.
        cohort: Option<String>,
    },
    /// A source that lines share, by its name.
    Source(String),
}

/// What knowing one figure is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureWorth {
    /// What it belongs to.
    pub subject: Subject,
    /// The figure.
    pub figure: Figure,
    /// How many lines rest on it.
    pub lines: usize,
    /// Of knowing it.
    pub worth: Worth,
}

/// What one line adds.
struct Found {
    line: LineWorth,
    own: Vec<FigureWorth>,
    shared: Vec<(Figure, String, f64)>,
}

/// The value of information over the draws of a value table.
#[must_use]
pub fn of(parameters: &YearParameters, table: &ValueTable) -> Information {
    let threads = parallel::threads(table.draws.len().saturating_mul(table.services.len()));
    let lines = table.services.iter().enumerate();
    let found = parallel::each(threads, lines, LineDraws::default, |drawn, (at, service)| {
        let known = !table.draws.is_empty() && table.draws.fill(at, drawn);
        known.then(|| of_line(parameters, table, at, service, drawn))
    });
    let (mut lines, mut figures) = (Vec::new(), Vec::new());
    let mut shared: BTreeMap<(Figure, String), (usize, f64)> = BTreeMap::new();
    for found in found.into_iter().flatten() {
        lines.push(found.line);
        figures.extend(found.own);
        for (figure, name, qaly) in found.shared {
            let entry = shared.entry((figure, name)).or_default();
            *entry = (entry.0 + 1, entry.1 + qaly);
        }
    }
    figures.extend(shared.into_iter().map(|((figure, name), (lines, qaly))| FigureWorth {
        subject: Subject::Source(name),
        figure,
        lines,
        worth: Worth::of(qaly, table.threshold),
    }));
    figures.retain(|it| it.worth.qaly.get() > 0.0);
    figures.sort_by(|a, b| {
        let by_worth = b.worth.qaly.get().total_cmp(&a.worth.qaly.get());
        by_worth.then_with(|| (&a.subject, a.figure).cmp(&(&b.subject, b.figure)))
    });
    let all: f64 = lines.iter().map(|line| line.worth.qaly.get()).sum();
    lines.sort_by(|a, b| {
        let by_worth = b.worth.qaly.get().total_cmp(&a.worth.qaly.get());
        by_worth.then_with(|| a.service.cmp(&b.service))
    });
    Information {
        threshold: table.threshold,
        last_part: parameters.last_part,
        all: Worth::of(all, table.threshold),
        lines,
        figures,
    }
}

fn mean(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / f64::from(u32::try_from(figures.len()).unwrap_or(u32::MAX))
}

/// E[max(0, NB)] − max(0, E[NB]), and E[NB].
fn value_of(benefits: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut count, mut sum, mut gains) = (0.0, 0.0, 0.0);
    for benefit in benefits {
        count += 1.0;
        sum += benefit;
        gains += f64::max(benefit, 0.0);
    }
    if count > 0.0 {
        let expected = sum / count;
        // Rounding may leave a little below nought where nothing is uncertain.
        (f64::max(gains / count - expected.max(0.0), 0.0), expected)
    } else {
        (0.0, 0.0)
    }
}

/// The last pounds of a line: what they are worth for its health, elasticity and cost.
#[derive(Clone, Copy)]
struct Last {
    part: f64,
    /// Health that the money buys elsewhere.
    forgone: f64,
}

impl Last {
    fn benefit(&self, health: f64, elasticity: f64, cost: f64) -> f64 {
        self.part * (elasticity * health - self.forgone * cost)
    }
}

fn of_line(
    parameters: &YearParameters,
    table: &ValueTable,
    at: usize,
    service: &ServiceValue,
    drawn: &LineDraws,
) -> Found {
    let forgone = (table.threshold.to_slope() * service.curve_spend).get();
    let last = Last { part: parameters.last_part, forgone };
    let (health, elasticity, cost) =
        (mean(&drawn.health), mean(&drawn.elasticity), mean(&drawn.cost));
    let all = drawn.health.iter().zip(&drawn.elasticity).zip(&drawn.cost);
    let (worth, benefit) = value_of(all.map(|((h, e), c)| last.benefit(*h, *e, *c)));
    let mut own = Vec::new();
    let mut shared = Vec::new();
    let mut add = |figure, cohort: Option<&str>, qaly: f64| {
        own.push(FigureWorth {
            subject: Subject::Line {
                service: service.key.clone(),
                cohort: cohort.map(ToOwned::to_owned),
            },
            figure,
            lines: 1,
            worth: Worth::of(qaly, table.threshold),
        });
    };
    let of_cost = drawn.cost.iter().map(|c| last.benefit(health, elasticity, *c));
    add(Figure::Cost, None, value_of(of_cost).0);
    let of_elasticity =
        |drawn: &[f64]| value_of(drawn.iter().map(|e| last.benefit(health, *e, cost))).0;
    add(Figure::Elasticity, None, of_elasticity(&drawn.elasticity));
    if let Some((name, expected)) = table.draws.elasticity_of_source(at) {
        shared.push((Figure::Elasticity, name.to_owned(), of_elasticity(&expected)));
    }
    for cohort in table.draws.cohorts(at) {
        let CohortDraws { name, gain, mapping, lasting, net } = &cohort;
        let (of_gain, of_lasting, of_net) =
            (mean(gain), lasting.as_deref().map_or(1.0, mean), net.as_deref().map_or(1.0, mean));
        let others = health - of_gain * of_lasting * of_net;
        let one = |drawn: &[f64], rest: f64| {
            let health = |figure: &f64| others + figure * rest;
            value_of(drawn.iter().map(|figure| last.benefit(health(figure), elasticity, cost))).0
        };
        add(Figure::Gain, Some(name), one(gain, of_lasting * of_net));
        if let Some(lasting) = lasting {
            add(Figure::Duration, Some(name), one(lasting, of_gain * of_net));
        }
        if let Some(net) = net {
            add(Figure::Counterfactual, Some(name), one(net, of_gain * of_lasting));
        }
        if let Some((name, told)) = mapping {
            shared.push((Figure::Gain, name.clone(), one(told, of_lasting * of_net)));
        }
    }
    let line = LineWorth {
        service: service.key.clone(),
        name: service.name.clone(),
        keep: benefit >= 0.0,
        benefit: Qaly::new(benefit),
        worth: Worth::of(worth, table.threshold),
    };
    Found { line, own, shared }
}
