//! Own unit cost against the national mean of the same work: the same currency at the same point of
//! delivery. One currency stands under several departments of the national schedule, each with a
//! mean of its own.

use crate::Book;
use quantities::{Activity, FinYear, Pence, ServiceKey};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::rows::CostRow;

mod schedule;
pub use schedule::ScheduleError;

/// The kind of work: point of delivery and currency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Work {
    /// Day case, outpatient, …: a code of `models/uploads/codes.toml`.
    pub point_of_delivery: String,
    /// The currency's code.
    pub currency: String,
}

impl Work {
    /// The work of a cost row.
    #[must_use]
    pub fn of(row: &CostRow) -> Self {
        Self { point_of_delivery: row.point_of_delivery.clone(), currency: row.currency.clone() }
    }
}

impl std::fmt::Display for Work {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} ({})", self.currency, self.point_of_delivery)
    }
}

/// The file that carries a fuller list, beside the tables of a book or in `models/value`: what the
/// import of the national schedule writes.
pub const SCHEDULE_FILE: &str = "NATIONAL_UNIT_COSTS.csv";

/// National mean unit costs, from `models/value/unit_costs.toml` or the national schedule.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "UnitCostsDefinition")]
pub struct UnitCosts {
    /// The financial year they are of.
    pub fin_year: FinYear,
    /// Where they are published.
    pub reference: String,
    departments: Vec<DepartmentDefinition>,
    by_work: BTreeMap<String, BTreeMap<String, NationalMean>>,
}

/// The national mean of one kind of work.
#[derive(Clone, Debug, PartialEq)]
pub struct NationalMean {
    /// What it is.
    pub label: String,
    /// The mean cost of one, £; more than nought.
    pub mean_gbp: f64,
    /// The currencies that it averages over, where they are several: casemix inside it is not
    /// adjusted for.
    pub covers: Option<String>,
}

/// `models/value/unit_costs.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitCostsDefinition {
    /// The financial year they are of.
    #[schemars(with = "String")]
    pub fin_year: FinYear,
    /// Where they are published.
    pub reference: String,
    /// Departments of the schedule.
    #[serde(default)]
    pub department: Vec<DepartmentDefinition>,
    /// One a point of delivery and currency.
    #[serde(default)]
    pub unit_cost: Vec<UnitCostDefinition>,
}

/// Which points of delivery a department of the schedule stands for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentDefinition {
    /// Its name in the schedule.
    pub name: String,
    /// Codes of `models/uploads/codes.toml`.
    pub points_of_delivery: Vec<String>,
    /// Currencies that are not compared: they say that none was recorded.
    #[serde(default)]
    pub except: Vec<String>,
}

/// The national mean of one point of delivery and currency.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitCostDefinition {
    /// The point of delivery.
    pub point_of_delivery: String,
    /// The currency's code.
    pub currency: String,
    /// What it is.
    pub label: String,
    /// The mean cost of one, £.
    pub mean_gbp: f64,
    /// What it averages over, where that is more than one currency of the schedule.
    pub covers: Option<String>,
}

impl TryFrom<UnitCostsDefinition> for UnitCosts {
    type Error = String;

    fn try_from(definition: UnitCostsDefinition) -> Result<Self, String> {
        let mut costs = Self {
            fin_year: definition.fin_year,
            reference: definition.reference,
            departments: definition.department,
            by_work: BTreeMap::new(),
        };
        for entry in definition.unit_cost {
            let UnitCostDefinition { point_of_delivery, currency, label, mean_gbp, covers } = entry;
            if !(mean_gbp.is_finite() && mean_gbp > 0.0) {
                return Err(format!(
                    "the mean of {currency} at {point_of_delivery} must be above 0"
                ));
            }
            let of_point = costs.by_work.entry(point_of_delivery.clone()).or_default();
            let mean = NationalMean { label, mean_gbp, covers };
            if of_point.insert(currency.clone(), mean).is_some() {
                return Err(format!("{currency} at {point_of_delivery} stands there twice"));
            }
        }
        Ok(costs)
    }
}

/// The least share of a service's spend that must have a national mean.
pub const LEAST_SHARE: f64 = 0.5;

impl UnitCosts {
    /// The national mean of a currency at a point of delivery.
    #[must_use]
    pub fn mean_of(&self, point_of_delivery: &str, currency: &str) -> Option<&NationalMean> {
        self.by_work.get(point_of_delivery)?.get(currency)
    }

    /// How many means there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_work.values().map(BTreeMap::len).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_work.is_empty()
    }

    /// A service's cost over what its activity costs at the national mean, over the work that has
    /// one; nothing where that is less than half of its spend, or of another year.
    #[must_use]
    pub fn ratio(&self, book: &Book, service: &ServiceKey, year: FinYear) -> Option<f64> {
        if year != self.fin_year {
            return None;
        }
        let mut by_work: BTreeMap<(&str, &str), (Pence, Activity)> = BTreeMap::new();
        for cost in book.costs_of(service, year) {
            let (money, work) =
                by_work.entry((&cost.point_of_delivery, &cost.currency)).or_default();
            *money = *money + cost.cost;
            *work = *work + cost.activity.unwrap_or_default();
        }
        let (mut own, mut national) = (0.0, 0.0);
        for ((point_of_delivery, currency), (money, work)) in by_work {
            let mean = self.mean_of(point_of_delivery, currency);
            if let Some(mean) = mean.filter(|_| !work.is_zero()) {
                own += money.to_pounds();
                national += work.to_number() * mean.mean_gbp;
            }
        }
        let whole = book.cost_of(service, year).to_pounds();
        (national > 0.0 && own >= LEAST_SHARE * whole).then(|| own / national)
    }
}
