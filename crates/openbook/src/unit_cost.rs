//! Own unit cost against the national mean of the same currency.

use crate::Book;
use quantities::{Activity, FinYear, Pence, ServiceKey};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// National mean unit costs, from `models/value/unit_costs.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitCosts {
    /// The financial year they are of.
    #[schemars(with = "String")]
    pub fin_year: FinYear,
    /// Where they are published.
    pub reference: String,
    /// One a currency.
    pub unit_cost: Vec<UnitCostDefinition>,
}

/// The national mean of one currency.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitCostDefinition {
    /// The currency's code.
    pub currency: String,
    /// What it is.
    pub label: String,
    /// The mean cost of one, £.
    pub mean_gbp: f64,
}

/// The least share of a service's spend that must have a national mean.
const LEAST_SHARE: f64 = 0.5;

impl UnitCosts {
    /// The national mean of a currency, £.
    #[must_use]
    pub fn mean_of(&self, currency: &str) -> Option<f64> {
        let known = self.unit_cost.iter().find(|known| known.currency == currency);
        known.map(|known| known.mean_gbp).filter(|mean| *mean > 0.0)
    }

    /// A service's cost over what its activity costs at the national mean, over the currencies that
    /// have one; nothing where they are less than half of its spend, or of another year.
    #[must_use]
    pub fn ratio(&self, book: &Book, service: &ServiceKey, year: FinYear) -> Option<f64> {
        if year != self.fin_year {
            return None;
        }
        let mut by_currency: BTreeMap<&str, (Pence, Activity)> = BTreeMap::new();
        for cost in book.costs_of(service, year) {
            let (money, work) = by_currency.entry(&cost.currency).or_default();
            *money = *money + cost.cost;
            *work = *work + cost.activity.unwrap_or_default();
        }
        let (mut own, mut national) = (0.0, 0.0);
        for (currency, (money, work)) in by_currency {
            if let Some(mean) = self.mean_of(currency).filter(|_| !work.is_zero()) {
                own += money.to_pounds();
                national += work.to_number() * mean;
            }
        }
        let whole = book.cost_of(service, year).to_pounds();
        (national > 0.0 && own >= LEAST_SHARE * whole).then(|| own / national)
    }
}
