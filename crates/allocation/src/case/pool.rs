//! Staff pools, and what each line uses of them.

use openbook::Book;
use openbook::rows::{PoolScope, StaffPool};
use quantities::{Millions, Pence, PoolId, ServiceKey, Wte, WtePerMillion};
use std::collections::BTreeMap;
use value::{ServiceValue, ValueTable};

use crate::scenario::Scenario;

/// A staff pool as the model sees it.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its id.
    pub id: PoolId,
    /// The staff group.
    pub staff_group: String,
    /// W: in post and available.
    pub available: Wte,
    /// Σ a B: needed today.
    pub base_use: Wte,
    /// φ: of staff freed by a cut, the share others can use.
    pub redeployable: f64,
    /// Posts that can be filled in a year.
    pub recruitable: Wte,
    /// What filling one costs, once.
    pub recruitment_cost: Millions,
    /// The most agency staff.
    pub agency_cap: Wte,
    /// What an agency post costs more, a year.
    pub agency_premium: Millions,
    /// Lines of its scope without a figure: they may not grow, and the pool is held to today's use.
    pub silent: Vec<ServiceKey>,
}

/// Staff of one pool that can do the work of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Substitute {
    /// The pool that does the work.
    pub from: usize,
    /// The pool whose work it does.
    pub to: usize,
    /// WTE of the first that replace one WTE of the second.
    pub ratio: f64,
    /// The most WTE of the second that may be replaced.
    pub most: Wte,
}

impl Pool {
    /// W in the rows: held to today's use where a figure is missing.
    #[must_use]
    pub fn limit(&self) -> Wte {
        if self.silent.is_empty() || self.available.get() < self.base_use.get() {
            self.available
        } else {
            self.base_use
        }
    }

    /// The right-hand side of the redeployment row.
    #[must_use]
    pub fn spare(&self) -> Wte {
        Wte::new((self.limit() - self.base_use).get().max(0.0))
    }
}

fn in_scope(book: &Book, pool: &StaffPool, key: &ServiceKey) -> bool {
    let Some(provider) = book.provider_of(key) else { return false };
    match &pool.scope {
        Some(PoolScope::Icb) => true,
        Some(PoolScope::Place(code)) => provider.place.as_str() == code,
        Some(PoolScope::Sector(code)) => provider.sector == *code,
        Some(PoolScope::Provider(code)) => provider.code.as_str() == code,
        None => false,
    }
}

pub fn pools(book: &Book, scenario: &Scenario, values: &ValueTable) -> Vec<Pool> {
    let year = scenario.definition.base_year;
    let overruled = &scenario.definition.workforce.pool;
    let one = |pool: &StaffPool| {
        let scope = || {
            values
                .services
                .iter()
                .filter(|value| value.spend > Pence::ZERO && in_scope(book, pool, &value.key))
        };
        let wte = |value: &ServiceValue| book.wte_of(&value.key, &pool.staff_group, year);
        let available = overruled
            .iter()
            .rfind(|rule| rule.pool == pool.id.as_str())
            .map_or(pool.wte_available, |rule| rule.wte_available);
        let silent = scope().filter(|value| wte(value).is_none());
        Pool {
            id: pool.id.clone(),
            staff_group: pool.staff_group.clone(),
            available: Wte::new(available),
            base_use: Wte::new(scope().filter_map(wte).sum()),
            redeployable: pool.redeployable.get(),
            recruitable: pool.recruitable_a_year,
            recruitment_cost: pool.recruitment_cost.to_millions(),
            agency_cap: pool.agency_cap,
            agency_premium: pool.agency_premium.to_millions(),
            silent: silent.map(|value| value.key.clone()).collect(),
        }
    };
    book.staff_pools.iter().map(one).collect()
}

/// a: what a line uses of each pool, per £m.
pub fn staff(
    book: &Book,
    scenario: &Scenario,
    value: &ServiceValue,
    pools: &[Pool],
) -> BTreeMap<usize, WtePerMillion> {
    let year = scenario.definition.base_year;
    let (key, base) = (&value.key, value.spend.to_millions());
    let by_pool = book.staff_pools.iter().zip(pools).enumerate();
    by_pool
        .filter(|(_, (pool, _))| base.get() > 0.0 && in_scope(book, pool, key))
        .filter_map(|(at, (pool, _))| {
            let wte = book.wte_of(key, &pool.staff_group, year).filter(|wte| *wte > 0.0)?;
            Some((at, Wte::new(wte) / base))
        })
        .collect()
}

pub fn substitutes(book: &Book, pools: &[Pool]) -> Vec<Substitute> {
    let place = |id: &PoolId| pools.iter().position(|pool| pool.id == *id);
    let one = |row: &openbook::rows::Substitution| {
        let (from, to) = (place(&row.from)?, place(&row.to)?);
        Some(Substitute { from, to, ratio: row.ratio, most: Wte::new(row.max_wte) })
    };
    book.substitutions.iter().filter_map(one).collect()
}
