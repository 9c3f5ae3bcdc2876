//! The plan seen by provider, sector, quintile and staff pool.

use quantities::{Pence, Qaly, Wte};
use std::collections::BTreeMap;

use super::ServiceResult;
use super::impact::{self, Impact};
use super::year::View;
use crate::families::counted_in;
use crate::price;

/// Impact on a provider or a sector.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Spend today.
    pub base: Pence,
    /// Spend under the plan.
    pub plan: Pence,
    /// Cost left behind; nothing for sectors.
    pub stranded: Option<Pence>,
    /// Change in health of the lines that can be assessed.
    pub gain: Qaly,
    /// Spend that cannot be assessed.
    pub not_assessable: Pence,
    /// Change in staff by pool.
    pub staff: Vec<(String, Wte)>,
    /// Cost, income and staff of a provider; nothing for sectors.
    pub impact: Option<Impact>,
}

/// One staff pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Staff {
    /// Its id.
    pub pool: String,
    /// The staff group.
    pub staff_group: String,
    /// In post and available.
    pub available: Wte,
    /// Needed today.
    pub base: Wte,
    /// Needed by the plan.
    pub plan: Wte,
    /// Posts filled in the year.
    pub recruited: Wte,
    /// Agency staff.
    pub agency: Wte,
    /// What one more post would be worth, QALY.
    pub price: f64,
}

/// Cash a provider releases in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashRelease {
    /// The provider.
    pub provider: String,
    /// The year of the plan.
    pub year: u8,
    /// Gross decreases.
    pub cut: Pence,
    /// Of which left behind.
    pub stranded: Pence,
}

fn groups(
    view: &View<'_>,
    services: &[ServiceResult],
    key: impl Fn(usize) -> Option<(String, String)>,
) -> Vec<Group> {
    let case = view.case;
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (at, (line, service)) in case.lines.iter().zip(services).enumerate() {
        let Some((id, name)) = key(at) else { continue };
        let group = groups.entry(id.clone()).or_insert_with(|| Group {
            id,
            name,
            base: Pence::ZERO,
            plan: Pence::ZERO,
            stranded: None,
            gain: Qaly::ZERO,
            not_assessable: Pence::ZERO,
            staff: case.pools.iter().map(|pool| (pool.id.to_string(), Wte::ZERO)).collect(),
            impact: None,
        });
        group.base = group.base + line.base;
        group.plan = group.plan + service.plan;
        match service.gain() {
            Some(gain) => group.gain = group.gain + gain,
            None => group.not_assessable = group.not_assessable + line.base,
        }
        let change = (service.plan - line.base).to_millions();
        for (pool, (_, total)) in group.staff.iter_mut().enumerate() {
            if let Some(per_million) = line.staff.get(&pool) {
                *total = *total + *per_million * change;
            }
        }
    }
    groups.into_values().collect()
}

pub fn providers(view: &View<'_>, services: &[ServiceResult]) -> Vec<Group> {
    let case = view.case;
    let key = |at: usize| {
        let code = case.lines.get(at)?.key.provider().to_string();
        let name = case.providers.get(&code).cloned().unwrap_or_default();
        Some((code, name))
    };
    let mut groups = groups(view, services, key);
    let mut impacts = impact::of(view);
    for group in &mut groups {
        group.stranded = Some(view.stranded(|provider| provider == group.id));
        group.impact = impacts.remove(&group.id);
    }
    groups
}

pub fn sectors(view: &View<'_>, services: &[ServiceResult]) -> Vec<Group> {
    groups(view, services, |at| {
        let sector = view.case.values.services.get(at)?.sector.clone();
        Some((sector.clone(), sector.replace('_', " ")))
    })
}

/// Gain by quintile, and the gain of lines, moves and options without shares.
pub fn quintiles(view: &View<'_>, services: &[ServiceResult]) -> ([f64; 5], f64) {
    let (mut gains, mut unplaced) = ([0.0; 5], 0.0);
    let mut add = |change: f64, shares: Option<[f64; 5]>| match shares {
        Some(shares) => {
            for (gain, share) in gains.iter_mut().zip(shares) {
                *gain += change * share;
            }
        }
        None => unplaced += change,
    };
    let case = view.case;
    for (line, service) in case.lines.iter().zip(services) {
        if let Some(gain) = service.gain() {
            add(gain.get(), line.reported_shares);
        }
    }
    for (one, moved) in case.moves.iter().zip(&view.of.moves) {
        let shares = case.lines.get(one.from).and_then(|line| line.reported_shares);
        add(one.eta * moved.to_millions().get(), shares);
    }
    for (at, proposal) in case.proposals.iter().enumerate() {
        let counted = counted_in(view.built, proposal, at, view.year).at(view.point);
        add(proposal.benefit.get() * counted, proposal.quintiles);
    }
    (gains, unplaced)
}

pub fn staff(view: &View<'_>, prices: &[f64]) -> Vec<Staff> {
    let one = |at: usize, pool: &crate::case::Pool| {
        let mut after = pool.base_use;
        for (line, spend) in view.case.lines.iter().zip(&view.spend) {
            if let Some(per_million) = line.staff.get(&at) {
                after = after + *per_million * (*spend - line.base).to_millions();
            }
        }
        for (proposal, take_up) in view.case.proposals.iter().zip(&view.of.take_up) {
            let needs = proposal.staff.iter().filter(|(pool, _)| *pool == at);
            after = after + needs.map(|(_, wte)| Wte::new(wte * take_up)).sum();
        }
        let key = format!("workforce/{}/{}", pool.id, view.year);
        let limit = view.built.limits.iter().find(|limit| limit.key == key);
        Staff {
            pool: pool.id.to_string(),
            staff_group: pool.staff_group.clone(),
            available: pool.available,
            base: pool.base_use,
            plan: after,
            recruited: Wte::new(view.of.recruits.get(at).copied().unwrap_or(0.0)),
            agency: Wte::new(view.of.agency.get(at).copied().unwrap_or(0.0)),
            price: limit.map_or(0.0, |limit| price::of(limit, prices)),
        }
    };
    view.case.pools.iter().enumerate().map(|(at, pool)| one(at, pool)).collect()
}

pub fn cash_release(view: &View<'_>) -> Vec<CashRelease> {
    let mut cuts: BTreeMap<String, Pence> = BTreeMap::new();
    for (line, spend) in view.case.lines.iter().zip(&view.spend) {
        if *spend < line.base {
            let cut = cuts.entry(line.key.provider().to_string()).or_default();
            *cut = *cut + line.cash(line.base - *spend, view.year);
        }
    }
    cuts.into_iter()
        .map(|(provider, cut)| {
            let stranded = view.stranded(|own| own == provider);
            CashRelease { provider, year: view.year, cut, stranded }
        })
        .collect()
}
