//! Sets and data of the model for one scenario and one book.

mod curve;
mod limits;

use openbook::Book;
use openbook::rows::{Behaviour, PoolScope, StaffPool};
use quantities::{Millions, Pence, PoolId, ServiceKey, Wte, WtePerMillion};
use std::collections::BTreeMap;
use value::{ServiceValue, ValueTable, YearParameters};

use crate::scenario::{Releases, Scenario};
pub use curve::Curve;
pub use limits::{Floor, FloorLimit, Fund, PaceTotal};

/// A service line as the model sees it.
#[derive(Clone, Debug)]
pub struct Line {
    /// `provider/service`.
    pub key: ServiceKey,
    /// The fund that pays.
    pub fund: String,
    /// B: spend today.
    pub base: Pence,
    /// The response of health to spend; nothing where not assessable.
    pub curve: Option<Curve>,
    /// Most it may fall, as a fraction.
    pub cut_limit: f64,
    /// Most it may grow, as a fraction.
    pub growth_limit: f64,
    /// The key of what stops it from falling.
    pub lower_key: String,
    /// The key of what stops it from growing.
    pub upper_key: String,
    /// Why it may not be cut: `statutory`, `safety`, `rescue` or `scenario`.
    pub protected: Option<String>,
    /// Whether it may grow without credited health, because a floor selects it.
    pub uncredited: bool,
    /// ρ: the share of a cut released in year 1.
    pub release: f64,
    /// a: staff of each pool per £m.
    pub staff: BTreeMap<usize, WtePerMillion>,
}

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
    /// Lines of its scope without a figure: they may not grow, and the pool is held to today's use.
    pub silent: Vec<ServiceKey>,
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

/// Everything the model is built from.
#[derive(Clone, Debug)]
pub struct Case {
    /// The scenario.
    pub scenario: Scenario,
    /// The dated parameters.
    pub parameters: YearParameters,
    /// Every line valued, in the order of the lines.
    pub values: ValueTable,
    /// Names and places of providers by code.
    pub providers: BTreeMap<String, String>,
    /// Lines in the order of their keys.
    pub lines: Vec<Line>,
    /// Funds with their budgets.
    pub funds: Vec<Fund>,
    /// Staff pools.
    pub pools: Vec<Pool>,
    /// Floors and caps.
    pub floors: Vec<Floor>,
    /// Pace of selections.
    pub totals: Vec<PaceTotal>,
    /// Marginal shares by deprivation quintile, per line; nothing where not known.
    pub quintiles: Vec<Option<[f64; 5]>>,
    /// SHA-256 of the book.
    pub book_sha256: String,
    /// SHA-256 of all dated parameters.
    pub parameters_sha256: String,
}

/// Hashes of what a case is made from.
#[derive(Clone, Debug)]
pub struct Origins {
    /// SHA-256 of the book.
    pub book_sha256: String,
    /// SHA-256 of all dated parameters.
    pub parameters_sha256: String,
}

impl Case {
    /// Builds the sets and data. The scenario must have been checked against the book.
    #[must_use]
    pub fn of(
        book: &Book,
        scenario: &Scenario,
        values: ValueTable,
        parameters: YearParameters,
        origins: Origins,
    ) -> Self {
        let staff_on = scenario.definition.workforce.enforce;
        let pools = if staff_on { pools(book, scenario, &values) } else { Vec::new() };
        let lines: Vec<Line> =
            values.services.iter().map(|value| line(book, scenario, value, &pools)).collect();
        let funds = limits::funds(scenario, &lines);
        let floors = limits::floors(book, scenario, &lines);
        let totals = limits::totals(book, scenario, &lines);
        let quintiles = values.services.iter().map(|value| quintiles(book, &value.key)).collect();
        let providers = book
            .providers
            .values()
            .map(|provider| (provider.code.to_string(), provider.name.clone()))
            .collect();
        Self {
            scenario: scenario.clone(),
            parameters,
            values,
            providers,
            lines,
            funds,
            pools,
            floors,
            totals,
            quintiles,
            book_sha256: origins.book_sha256,
            parameters_sha256: origins.parameters_sha256,
        }
    }

    /// A line with its value.
    pub fn valued(&self) -> impl Iterator<Item = (&Line, &ServiceValue)> {
        self.lines.iter().zip(&self.values.services)
    }

    /// The same case with every cost of a cut released at once.
    #[must_use]
    pub fn fully_released(&self) -> Self {
        let mut case = self.clone();
        for line in &mut case.lines {
            line.release = 1.0;
        }
        case
    }

    /// The same case with today's money.
    #[must_use]
    pub fn with_todays_money(&self) -> Self {
        let mut case = self.clone();
        for fund in &mut case.funds {
            fund.budget = fund.base;
        }
        case
    }

    /// The same case with every line that cannot be assessed for want of an outcome given the
    /// threshold's slope at the margin, grade E.
    #[must_use]
    pub fn with_silence_valued(&self) -> Self {
        let mut case = self.clone();
        let slope = self.values.threshold.to_slope();
        let segments = self.scenario.definition.segments_per_side;
        for (line, value) in case.lines.iter_mut().zip(&self.values.services) {
            let silent = line.curve.is_none() && !value.support && line.base > Pence::ZERO;
            if silent {
                let elasticity = self.parameters.elasticity_mean;
                let spend = line.base.to_millions();
                let health = slope * spend * (1.0 / elasticity);
                line.curve = Some(Curve::of(
                    spend,
                    health,
                    elasticity,
                    (line.cut_limit, line.growth_limit),
                    segments,
                ));
                line.uncredited = false;
            }
        }
        case
    }
}

fn line(book: &Book, scenario: &Scenario, value: &ServiceValue, pools: &[Pool]) -> Line {
    let definition = &scenario.definition;
    let key = &value.key;
    let mut cut = definition.pace.max_cut_pct;
    let mut growth = definition.pace.max_growth_pct;
    for rule in definition.pace.each.iter().filter(|rule| rule.selector().selects(book, key)) {
        cut = rule.max_cut_pct.unwrap_or(cut);
        growth = rule.max_growth_pct.unwrap_or(growth);
    }
    let pace_key = format!("pace/{key}/1");
    let by_scenario = definition.protect.iter().any(|rule| rule.selects(book, key));
    let protected = value.protection.clone().or_else(|| by_scenario.then(|| "scenario".to_owned()));
    let silent_pool = pools.iter().find(|pool| pool.silent.contains(key));
    let cut_limit = if protected.is_some() { 0.0 } else { cut / 100.0 };
    let growth_limit = if silent_pool.is_some() { 0.0 } else { growth / 100.0 };
    let base_m = value.spend.to_millions();
    let curve = value.health.zip(value.elasticity.as_ref()).map(|(health, elasticity)| {
        let limits = (cut_limit, growth_limit);
        let segments = definition.segments_per_side;
        Curve::of(value.curve_spend, health, elasticity.mean, limits, segments)
    });
    let on_floor = definition.floor.iter().any(|floor| floor.selector().selects(book, key));
    let service = book.services.get(key);
    Line {
        key: key.clone(),
        fund: service.map_or_else(|| "core".to_owned(), |service| service.fund.clone()),
        base: value.spend,
        curve,
        cut_limit,
        growth_limit,
        lower_key: match &protected {
            Some(_) => format!("protect/{key}/1"),
            None => pace_key.clone(),
        },
        upper_key: silent_pool.map_or(pace_key, |pool| format!("workforce/{}/1", pool.id)),
        protected,
        uncredited: on_floor && !value.support && value.spend > Pence::ZERO,
        release: release(book, scenario, value),
        staff: staff(book, scenario, key, base_m, pools),
    }
}

fn release(book: &Book, scenario: &Scenario, value: &ServiceValue) -> f64 {
    let definition = &scenario.definition;
    let overruled =
        definition.release.iter().rfind(|rule| rule.selector().selects(book, &value.key));
    if let Some(rule) = overruled {
        return rule.share;
    }
    if definition.releases == Releases::Full {
        return 1.0;
    }
    let parts = book.behaviour_of(&value.key, definition.base_year);
    let all = parts.values().copied().sum::<Pence>().to_pounds();
    let variable = parts.get(&Behaviour::Variable).copied().unwrap_or_default().to_pounds();
    if all > 0.0 { (variable / all).clamp(0.0, 1.0) } else { 1.0 }
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

fn pools(book: &Book, scenario: &Scenario, values: &ValueTable) -> Vec<Pool> {
    let year = scenario.definition.base_year;
    let overruled = &scenario.definition.workforce.pool;
    book.staff_pools
        .iter()
        .map(|pool| {
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
            Pool {
                id: pool.id.clone(),
                staff_group: pool.staff_group.clone(),
                available: Wte::new(available),
                base_use: Wte::new(scope().filter_map(wte).sum()),
                redeployable: pool.redeployable.get(),
                silent: scope()
                    .filter(|value| wte(value).is_none())
                    .map(|value| value.key.clone())
                    .collect(),
            }
        })
        .collect()
}

fn staff(
    book: &Book,
    scenario: &Scenario,
    key: &ServiceKey,
    base: Millions,
    pools: &[Pool],
) -> BTreeMap<usize, WtePerMillion> {
    let year = scenario.definition.base_year;
    let by_pool = book.staff_pools.iter().zip(pools).enumerate();
    by_pool
        .filter(|(_, (pool, _))| base.get() > 0.0 && in_scope(book, pool, key))
        .filter_map(|(at, (pool, _))| {
            let wte = book.wte_of(key, &pool.staff_group, year).filter(|wte| *wte > 0.0)?;
            Some((at, Wte::new(wte) / base))
        })
        .collect()
}

fn quintiles(book: &Book, key: &ServiceKey) -> Option<[f64; 5]> {
    if let Some(row) = book.equity.get(key) {
        return Some(row.marginal.unwrap_or(row.average));
    }
    book.quintiles_of_place(&book.provider_of(key)?.place)
}
