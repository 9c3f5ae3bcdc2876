//! The plan seen by provider, sector, quintile and staff pool.

use quantities::{Pence, Qaly, Wte};
use std::collections::BTreeMap;

use super::ServiceResult;
use crate::case::Case;
use crate::families::Built;
use crate::plan::Plan;
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
    /// What one more post would be worth, QALY.
    pub price: f64,
}

/// Cash a provider releases in year 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashRelease {
    /// The provider.
    pub provider: String,
    /// Gross decreases.
    pub cut: Pence,
    /// Of which left behind.
    pub stranded: Pence,
}

fn groups(
    case: &Case,
    plan: &Plan,
    services: &[ServiceResult],
    key: impl Fn(usize) -> Option<(String, String)>,
) -> Vec<Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (at, ((line, value), service)) in case.valued().zip(services).enumerate() {
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
        });
        let own = plan.own.get(at).copied().unwrap_or(line.base);
        group.base = group.base + line.base;
        group.plan = group.plan + own;
        match service.plan_health.zip(value.health) {
            Some((after, before)) => group.gain = group.gain + (after - before),
            None => group.not_assessable = group.not_assessable + line.base,
        }
        let change = (own - line.base).to_millions();
        for (pool, (_, total)) in group.staff.iter_mut().enumerate() {
            if let Some(per_million) = line.staff.get(&pool) {
                *total = *total + *per_million * change;
            }
        }
    }
    groups.into_values().collect()
}

pub fn providers(
    case: &Case,
    built: &Built,
    plan: &Plan,
    services: &[ServiceResult],
) -> Vec<Group> {
    let key = |at: usize| {
        let code = case.lines.get(at)?.key.provider().to_string();
        let name = case.providers.get(&code).cloned().unwrap_or_default();
        Some((code, name))
    };
    let mut groups = groups(case, plan, services, key);
    for group in &mut groups {
        group.stranded = Some(stranded_of(built, plan, &group.id));
    }
    groups
}

fn stranded_of(built: &Built, plan: &Plan, provider: &str) -> Pence {
    let own = built.stranded.iter().zip(&plan.stranded);
    own.filter(|(stranded, _)| stranded.provider == provider).map(|(_, amount)| *amount).sum()
}

pub fn sectors(case: &Case, plan: &Plan, services: &[ServiceResult]) -> Vec<Group> {
    groups(case, plan, services, |at| {
        let sector = case.values.services.get(at)?.sector.clone();
        Some((sector.clone(), sector.replace('_', " ")))
    })
}

/// Gain by quintile, and the gain of lines without shares.
pub fn quintiles(case: &Case, services: &[ServiceResult]) -> ([f64; 5], f64) {
    let (mut gains, mut unplaced) = ([0.0; 5], 0.0);
    for ((value, service), shares) in case.values.services.iter().zip(services).zip(&case.quintiles)
    {
        let Some((after, before)) = service.plan_health.zip(value.health) else { continue };
        let change = (after - before).get();
        match shares {
            Some(shares) => {
                for (gain, share) in gains.iter_mut().zip(shares) {
                    *gain += change * share;
                }
            }
            None => unplaced += change,
        }
    }
    (gains, unplaced)
}

pub fn staff(case: &Case, built: &Built, plan: &Plan, prices: &[f64]) -> Vec<Staff> {
    let one = |at: usize, pool: &crate::case::Pool| {
        let mut after = pool.base_use;
        for (line, own) in case.lines.iter().zip(&plan.own) {
            if let Some(per_million) = line.staff.get(&at) {
                after = after + *per_million * (*own - line.base).to_millions();
            }
        }
        let key = format!("workforce/{}/1", pool.id);
        let limit = built.limits.iter().find(|limit| limit.key == key);
        Staff {
            pool: pool.id.to_string(),
            staff_group: pool.staff_group.clone(),
            available: pool.available,
            base: pool.base_use,
            plan: after,
            price: limit.map_or(0.0, |limit| price::of(limit, prices)),
        }
    };
    case.pools.iter().enumerate().map(|(at, pool)| one(at, pool)).collect()
}

pub fn cash_release(case: &Case, built: &Built, plan: &Plan) -> Vec<CashRelease> {
    let mut cuts: BTreeMap<String, Pence> = BTreeMap::new();
    for (line, own) in case.lines.iter().zip(&plan.own) {
        if *own < line.base {
            let cut = cuts.entry(line.key.provider().to_string()).or_default();
            *cut = *cut + (line.base - *own);
        }
    }
    cuts.into_iter()
        .map(|(provider, cut)| {
            let stranded = stranded_of(built, plan, &provider);
            CashRelease { provider, cut, stranded }
        })
        .collect()
}
