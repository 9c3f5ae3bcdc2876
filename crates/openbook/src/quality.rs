//! How good a provider's figures are: materiality and quality score, completeness, freshness.

use jiff::civil::Date;
use quantities::{FinYear, Pence, ProviderCode, ServiceKey};
use std::collections::{BTreeMap, BTreeSet};

use crate::book::Book;
use crate::rows::{CostRow, Grade};

/// What each way of finding a cost is worth, from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QualityScale {
    /// From patient-level costing.
    pub plics: f64,
    /// From totals.
    pub aggregate: f64,
    /// Shared out.
    pub apportioned: f64,
    /// The contract's price.
    pub contract_price: f64,
}

impl QualityScale {
    fn of(&self, basis: &str) -> f64 {
        match basis {
            "plics" => self.plics,
            "aggregate" => self.aggregate,
            "contract_price" => self.contract_price,
            _ => self.apportioned,
        }
    }
}

/// A cost area: one resource group of a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct CostArea {
    /// The resource group.
    pub name: String,
    /// Its cost: its weight in the score.
    pub cost: Pence,
    /// How well it is found, from 0 to 100.
    pub quality: f64,
}

/// How good one provider's figures of a year are.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// The provider.
    pub provider: ProviderCode,
    /// Σ w q / Σ w over its cost areas, from 0 to 100; nothing where it has no cost.
    pub score: Option<f64>,
    /// Its cost areas, dearest first.
    pub areas: Vec<CostArea>,
    /// Share of its spend on care whose service has an outcome row, percent.
    pub with_outcome_pct: f64,
    /// Share of its spend whose service has a workforce row, percent.
    pub with_staff_pct: f64,
    /// Share of its spend on care whose service has deprivation shares, percent.
    pub with_equity_pct: f64,
    /// Spend on care by the best grade of evidence handed in.
    pub by_grade: BTreeMap<Grade, Pence>,
    /// The day up to which its latest costs are complete.
    pub complete_to: Option<Date>,
    /// Whether that is too long ago; nothing where no day was named to judge on.
    pub stale: Option<bool>,
}

/// Scores every provider that has costs in the year. `judged` is the day on which freshness is
/// judged and how many days are fresh.
#[must_use]
pub fn of_book(
    book: &Book,
    year: FinYear,
    scale: &QualityScale,
    judged: Option<(Date, f64)>,
) -> Vec<Quality> {
    let mut by_provider: BTreeMap<&ProviderCode, Vec<&CostRow>> = BTreeMap::new();
    for cost in book.costs.iter().filter(|cost| cost.year == year) {
        by_provider.entry(cost.service.provider()).or_default().push(cost);
    }
    let known = Known::of(book, year);
    by_provider
        .into_iter()
        .map(|(provider, costs)| of_provider(book, &known, provider, &costs, scale, judged))
        .collect()
}

/// Which services have what.
struct Known<'a> {
    staff: BTreeSet<&'a ServiceKey>,
    grade: BTreeMap<&'a ServiceKey, Grade>,
}

impl<'a> Known<'a> {
    fn of(book: &'a Book, year: FinYear) -> Self {
        let staff = book.workforce.iter().filter(|row| row.year <= year);
        let mut grade: BTreeMap<&ServiceKey, Grade> = BTreeMap::new();
        for outcome in book.outcomes.iter().filter(|outcome| outcome.year <= year) {
            let best = grade.entry(&outcome.service).or_insert(outcome.grade);
            *best = outcome.grade.min(*best);
        }
        Self { staff: staff.map(|row| &row.service).collect(), grade }
    }
}

fn of_provider(
    book: &Book,
    known: &Known<'_>,
    provider: &ProviderCode,
    costs: &[&CostRow],
    scale: &QualityScale,
    judged: Option<(Date, f64)>,
) -> Quality {
    let areas = areas(costs, scale);
    let mut spend: BTreeMap<&ServiceKey, Pence> = BTreeMap::new();
    for cost in costs {
        let sum = spend.entry(&cost.service).or_default();
        *sum = *sum + cost.cost;
    }
    let is_care = |key: &ServiceKey| book.services.get(key).is_some_and(|service| !service.support);
    let mut by_grade: BTreeMap<Grade, Pence> = BTreeMap::new();
    for (key, cost) in spend.iter().filter(|(key, _)| is_care(key)) {
        if let Some(grade) = known.grade.get(key) {
            let sum = by_grade.entry(*grade).or_default();
            *sum = *sum + *cost;
        }
    }
    let share = |care_only: bool, has: &dyn Fn(&ServiceKey) -> bool| {
        let counted = || spend.iter().filter(|(key, _)| !care_only || is_care(key));
        let whole: f64 = counted().map(|(_, cost)| cost.to_pounds()).sum();
        let part = counted().filter(|(key, _)| has(key)).map(|(_, cost)| cost.to_pounds());
        if whole > 0.0 { part.sum::<f64>() / whole * 100.0 } else { 0.0 }
    };
    let complete_to = costs.iter().filter_map(|cost| cost.as_at).max();
    Quality {
        provider: provider.clone(),
        score: score(&areas),
        with_outcome_pct: share(true, &|key| known.grade.contains_key(key)),
        with_staff_pct: share(false, &|key| known.staff.contains(key)),
        with_equity_pct: share(true, &|key| book.equity.contains_key(key)),
        areas,
        by_grade,
        complete_to,
        stale: complete_to.zip(judged).map(|(day, (today, days))| older(day, today, days)),
    }
}

/// Whether a day lies more than so many days before another.
#[must_use]
pub fn older(day: Date, today: Date, days: f64) -> bool {
    today.since(day).is_ok_and(|age| f64::from(age.get_days()) > days)
}

fn areas(costs: &[&CostRow], scale: &QualityScale) -> Vec<CostArea> {
    let mut sums: BTreeMap<&str, (Pence, f64, f64)> = BTreeMap::new();
    for cost in costs {
        let (sum, weighted, size) = sums.entry(&cost.resource_group).or_default();
        *sum = *sum + cost.cost;
        let pounds = cost.cost.to_pounds().abs();
        *weighted += pounds * scale.of(&cost.basis);
        *size += pounds;
    }
    let mut areas: Vec<CostArea> = sums
        .into_iter()
        .filter(|(_, (_, _, size))| *size > 0.0)
        .map(|(name, (cost, weighted, size))| CostArea {
            name: name.to_owned(),
            cost,
            quality: weighted / size,
        })
        .collect();
    areas.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| a.name.cmp(&b.name)));
    areas
}

/// Σ w q / Σ w, the weight of an area being the size of its cost.
#[must_use]
pub fn score(areas: &[CostArea]) -> Option<f64> {
    let weight = |area: &CostArea| area.cost.to_pounds().abs();
    let whole: f64 = areas.iter().map(weight).sum();
    let weighted: f64 = areas.iter().map(|area| weight(area) * area.quality).sum();
    (whole > 0.0).then(|| weighted / whole)
}
