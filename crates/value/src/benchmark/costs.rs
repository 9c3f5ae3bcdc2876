//! The book's costs of one year by kind of work, on one basis.

use openbook::Book;
use quantities::{FinYear, ProviderCode, ServiceKey};
use std::collections::{BTreeMap, BTreeSet};

use super::FEWEST_OTHERS;
use super::basis::Basis;
use crate::draws::quantile;
use crate::parameters::YearParameters;

/// Point of delivery and currency.
pub type WorkKey<'a> = (&'a str, &'a str);
/// £ by resource group.
pub type Groups<'a> = BTreeMap<&'a str, f64>;

/// Work that was done: £, activity, and what the £ went on.
#[derive(Clone, Debug, Default)]
pub struct Done<'a> {
    pub cost: f64,
    pub activity: f64,
    pub groups: Groups<'a>,
    /// Σ cost × coefficient of variation of its costing.
    pub cost_times_cv: f64,
}

impl Done<'_> {
    /// Whether a unit cost can be made of it.
    pub fn counts(&self) -> bool {
        self.cost > 0.0 && self.activity > 0.0
    }
}

/// A line's work.
#[derive(Clone, Debug)]
pub struct OwnWork<'a> {
    /// What its costs were divided by.
    pub factor: f64,
    pub cost: f64,
    pub by_work: BTreeMap<WorkKey<'a>, Done<'a>>,
}

/// What other providers do of one kind of work.
#[derive(Clone, Debug, Default)]
pub struct Peers<'a> {
    pub cost: f64,
    pub activity: f64,
    pub groups: Groups<'a>,
    /// Unit costs in rising order, £, one a provider.
    pub unit_costs: Vec<f64>,
    /// Cost and cost × coefficient of variation, by provider.
    pub by_provider: Vec<(&'a ProviderCode, f64, f64)>,
}

impl Peers<'_> {
    pub fn mean(&self) -> Option<f64> {
        (self.activity > 0.0).then(|| self.cost / self.activity)
    }

    pub fn best_quartile(&self, min_peers: f64) -> Option<f64> {
        let count = u32::try_from(self.unit_costs.len()).map(f64::from).ok()?;
        let fewest = u32::try_from(FEWEST_OTHERS).map(f64::from).ok()?;
        if count < min_peers.max(fewest) { None } else { quantile(&self.unit_costs, 0.25) }
    }
}

/// The costs of a year.
pub struct Costs<'a> {
    lines: BTreeMap<&'a ServiceKey, OwnWork<'a>>,
    by_provider: BTreeMap<WorkKey<'a>, BTreeMap<&'a ProviderCode, Done<'a>>>,
    by_point: BTreeMap<&'a str, Groups<'a>>,
    providers_by_point: BTreeMap<&'a str, BTreeSet<&'a ProviderCode>>,
}

impl<'a> Costs<'a> {
    pub fn of<B: Basis>(book: &'a Book, year: FinYear, parameters: &YearParameters) -> Self {
        let mut all = Self {
            lines: BTreeMap::new(),
            by_provider: BTreeMap::new(),
            by_point: BTreeMap::new(),
            providers_by_point: BTreeMap::new(),
        };
        let factors: BTreeMap<&ProviderCode, f64> = book
            .providers
            .keys()
            .filter_map(|code| Some((code, B::factor(book, code, year)?)))
            .collect();
        for row in book.costs.iter().filter(|row| row.year == year) {
            let Some((provider, factor)) = factors.get_key_value(row.service.provider()) else {
                continue;
            };
            let work = (row.point_of_delivery.as_str(), row.currency.as_str());
            let cost = row.cost.to_pounds() / factor;
            let activity = row.activity.unwrap_or_default().to_number();
            let cv = parameters.cost_cv.of(&row.basis);
            let line = all.lines.entry(&row.service).or_insert_with(|| OwnWork {
                factor: *factor,
                cost: 0.0,
                by_work: BTreeMap::new(),
            });
            line.cost += cost;
            let of_provider = all.by_provider.entry(work).or_default();
            for done in
                [line.by_work.entry(work).or_default(), of_provider.entry(*provider).or_default()]
            {
                done.cost += cost;
                done.activity += activity;
                done.cost_times_cv += cost.abs() * cv;
                *done.groups.entry(&row.resource_group).or_default() += cost;
            }
            all.providers_by_point.entry(work.0).or_default().insert(*provider);
            let of_point = all.by_point.entry(work.0).or_default();
            *of_point.entry(&row.resource_group).or_default() += cost;
        }
        all
    }

    pub fn line(&self, service: &ServiceKey) -> Option<&OwnWork<'a>> {
        self.lines.get(service)
    }

    /// What providers other than `own` do of one kind of work.
    pub fn peers(&self, work: WorkKey<'a>, own: &ProviderCode) -> Peers<'a> {
        let mut peers = Peers::default();
        let Some(providers) = self.by_provider.get(&work) else { return peers };
        for (provider, done) in
            providers.iter().filter(|(code, done)| **code != own && done.counts())
        {
            peers.cost += done.cost;
            peers.activity += done.activity;
            for (group, cost) in &done.groups {
                *peers.groups.entry(group).or_default() += cost;
            }
            peers.unit_costs.push(done.cost / done.activity);
            peers.by_provider.push((provider, done.cost, done.cost_times_cv));
        }
        peers.unit_costs.sort_by(f64::total_cmp);
        peers
    }

    /// How many other providers have costs at a point of delivery.
    pub fn providers_at(&self, point: &str, own: &ProviderCode) -> usize {
        let providers = self.providers_by_point.get(point);
        providers.map_or(0, |all| all.iter().filter(|code| **code != own).count())
    }

    /// What the other lines of the book spend at a point of delivery, by resource group.
    pub fn others_at(&self, point: &str, own: &OwnWork<'a>) -> Groups<'a> {
        let mut groups = self.by_point.get(point).cloned().unwrap_or_default();
        for (_, done) in own.by_work.iter().filter(|((of_point, _), _)| *of_point == point) {
            for (group, cost) in &done.groups {
                *groups.entry(group).or_default() -= cost;
            }
        }
        groups.retain(|_, cost| *cost > 0.005);
        groups
    }
}
