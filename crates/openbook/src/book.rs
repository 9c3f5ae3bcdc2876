//! All tables of one board joined: the book that value and allocation read.

use jiff::civil::Date;
use quantities::{FinYear, Pence, PlaceCode, ProviderCode, ServiceKey};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

use crate::bridge::{self, Portion};
use crate::cross;
use crate::problem::{Problem, Report, Severity};
use crate::quality;
use crate::rows::{
    Assumption, Behaviour, BridgeLine, Contract, CostRow, ElasticityRow, EquityRow, FromRow, Fund,
    Growth, LedgerRow, MarketForces, NeedWeight, OptionEffect, OptionResource, OptionRule,
    OptionStaff, Outcome, OutlierReview, Pathway, Population, Proposal, Provider, Resource,
    Service, ServiceNeed, ServicePlace, ServiceResource, StaffPool, Substitution, WorkforceRow,
};
use crate::table::{CheckedTable, hex};

/// One board's book. Every reference in it resolves.
#[derive(Clone, Debug)]
pub struct Book {
    tables: BTreeMap<String, CheckedTable>,
    /// Providers by code.
    pub providers: BTreeMap<ProviderCode, Provider>,
    /// Service lines by key.
    pub services: BTreeMap<ServiceKey, Service>,
    /// Costs, added up to the table's key.
    pub costs: Vec<CostRow>,
    /// Staff by service and group.
    pub workforce: Vec<WorkforceRow>,
    /// Outcomes as measured.
    pub outcomes: Vec<Outcome>,
    /// Deprivation shares by service.
    pub equity: BTreeMap<ServiceKey, EquityRow>,
    /// Accounts.
    pub ledger: Vec<LedgerRow>,
    /// What the board's reviewer accepted; nothing where the book has no such table.
    pub assumptions: Option<Vec<Assumption>>,
    /// Elasticities by service.
    pub elasticities: BTreeMap<ServiceKey, ElasticityRow>,
    /// Funds.
    pub funds: Vec<Fund>,
    /// Staff pools.
    pub staff_pools: Vec<StaffPool>,
    /// People by place and quintile.
    pub population: Vec<Population>,
    /// What commissioners pay.
    pub contracts: Vec<Contract>,
    /// From the allocation to the contracts.
    pub bridge: Vec<BridgeLine>,
    /// Activity that can move between lines.
    pub pathways: Vec<Pathway>,
    /// How demand and prices move.
    pub growth: Vec<Growth>,
    /// Lines that other lines' patients need.
    pub needs: Vec<ServiceNeed>,
    /// Options.
    pub options: Vec<Proposal>,
    /// What options do to lines.
    pub option_effects: Vec<OptionEffect>,
    /// Staff that options need.
    pub option_staff: Vec<OptionStaff>,
    /// Capacities that options need.
    pub option_resources: Vec<OptionResource>,
    /// Rules between options.
    pub option_rules: Vec<OptionRule>,
    /// Named capacities.
    pub resources: Vec<Resource>,
    /// What lines use of them.
    pub service_resources: Vec<ServiceResource>,
    /// Staff that can do the work of others.
    pub substitutions: Vec<Substitution>,
    /// What the board found of outliers.
    pub outlier_reviews: Vec<OutlierReview>,
    /// Local prices by provider and year.
    pub market_forces: Vec<MarketForces>,
    /// People weighted for need, by place and kind of care.
    pub need_weights: Vec<NeedWeight>,
    /// Where the patients of service lines live.
    pub service_places: Vec<ServicePlace>,
    /// The commissioner whose book it is: the one that pays most over all contracts.
    pub commissioner: Option<String>,
    portions: BTreeMap<(ServiceKey, FinYear), Portion>,
}

impl Book {
    /// Joins checked tables (one of each name) and checks what crosses them. The book comes back
    /// only when nothing in the report is refused.
    pub fn assemble(
        tables: impl IntoIterator<Item = CheckedTable>,
        report: &mut Report,
    ) -> Option<Self> {
        Self::of_sound(tables, &BTreeSet::new(), report)
    }

    /// The same where rows of the tables named `partial` are missing, because they were refused:
    /// what can be said without them is checked. No book comes back then, the report being refused.
    pub fn of_sound(
        tables: impl IntoIterator<Item = CheckedTable>,
        partial: &BTreeSet<String>,
        report: &mut Report,
    ) -> Option<Self> {
        let tables: BTreeMap<String, CheckedTable> =
            tables.into_iter().map(|table| (table.name().to_owned(), table)).collect();
        let there = |name: &str| tables.contains_key(name) || partial.contains(name);
        let care = ["providers", "services", "costs"];
        if there("services") || there("costs") || !there("options") {
            for name in care.into_iter().filter(|name| !there(name)) {
                let message = format!(
                    "a book needs providers, services and costs, or options alone; {name}.csv is \
                     missing: add it"
                );
                report.push(Problem::of_file(name, "book.missing_table", message));
            }
        }
        let mut book = Self {
            providers: keyed(&tables, report, |row: &Provider| row.code.clone()),
            services: keyed(&tables, report, |row: &Service| row.key.clone()),
            costs: typed(&tables, report),
            workforce: typed(&tables, report),
            outcomes: typed(&tables, report),
            equity: keyed(&tables, report, |row: &EquityRow| row.service.clone()),
            ledger: typed(&tables, report),
            assumptions: tables.contains_key(Assumption::TABLE).then(|| typed(&tables, report)),
            elasticities: keyed(&tables, report, |row: &ElasticityRow| row.service.clone()),
            funds: typed(&tables, report),
            staff_pools: typed(&tables, report),
            population: typed(&tables, report),
            contracts: typed(&tables, report),
            bridge: typed(&tables, report),
            pathways: typed(&tables, report),
            growth: typed(&tables, report),
            needs: typed(&tables, report),
            options: typed(&tables, report),
            option_effects: typed(&tables, report),
            option_staff: typed(&tables, report),
            option_resources: typed(&tables, report),
            option_rules: typed(&tables, report),
            resources: typed(&tables, report),
            service_resources: typed(&tables, report),
            substitutions: typed(&tables, report),
            outlier_reviews: typed(&tables, report),
            market_forces: typed(&tables, report),
            need_weights: typed(&tables, report),
            service_places: typed(&tables, report),
            commissioner: None,
            portions: BTreeMap::new(),
            tables,
        };
        book.costs.sort_by(|a, b| a.service.cmp(&b.service));
        book.workforce.sort_by(|a, b| a.service.cmp(&b.service));
        book.outcomes.sort_by(|a, b| a.service.cmp(&b.service));
        book.commissioner = bridge::commissioner(&book.contracts);
        book.portions = bridge::portions(&book.contracts, book.commissioner.as_deref());
        cross::check(&book, partial, report);
        report.accepted().then_some(book)
    }

    /// The checked tables, by name.
    #[must_use]
    pub const fn tables(&self) -> &BTreeMap<String, CheckedTable> {
        &self.tables
    }

    /// SHA-256 over the canonical form of every table, in the order of their names.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn sha256(&self) -> Result<String, csv::Error> {
        let mut hash = Sha256::new();
        for (name, table) in &self.tables {
            let bytes = table.canonical_csv()?;
            hash.update(format!("{name} {}\n", bytes.len()));
            hash.update(&bytes);
        }
        Ok(hex(&hash.finalize()))
    }

    /// The latest financial year with costs.
    #[must_use]
    pub fn latest_cost_year(&self) -> Option<FinYear> {
        self.costs.iter().map(|cost| cost.year).max()
    }

    /// A query for each provider whose latest costs are older than `days` on the day `today`.
    #[must_use]
    pub fn stale_providers(&self, today: Date, days: f64) -> Vec<Problem> {
        let mut latest: BTreeMap<&ProviderCode, Date> = BTreeMap::new();
        for cost in &self.costs {
            if let Some(as_at) = cost.as_at {
                let known = latest.entry(cost.service.provider()).or_insert(as_at);
                *known = (*known).max(as_at);
            }
        }
        latest
            .into_iter()
            .filter(|(_, as_at)| quality::older(*as_at, today, days))
            .filter_map(|(provider, as_at)| {
                let age = today.since(as_at).ok()?.get_days();
                let message = format!(
                    "the costs of {provider} are complete up to {as_at}, {age} days before {today}; \
                     data older than {days:.0} days is marked red: send newer figures"
                );
                Some(Problem::of_file("costs", "costs.stale", message).with(Severity::Query))
            })
            .collect()
    }

    /// The provider of a service line.
    #[must_use]
    pub fn provider_of(&self, service: &ServiceKey) -> Option<&Provider> {
        self.providers.get(service.provider())
    }

    /// A service's cost rows of one year.
    pub fn costs_of<'a>(
        &'a self,
        service: &'a ServiceKey,
        year: FinYear,
    ) -> impl Iterator<Item = &'a CostRow> {
        of_service(&self.costs, |cost| &cost.service, service).filter(move |cost| cost.year == year)
    }

    /// A service's outcomes.
    pub fn outcomes_of<'a>(&'a self, service: &'a ServiceKey) -> impl Iterator<Item = &'a Outcome> {
        of_service(&self.outcomes, |outcome| &outcome.service, service)
    }

    /// Σ of a service's cost in one year, whoever pays.
    #[must_use]
    pub fn cost_of(&self, service: &ServiceKey, year: FinYear) -> Pence {
        self.costs_of(service, year).map(|cost| cost.cost).sum()
    }

    /// This board's part of the work on a service: all of it where no contract tells.
    #[must_use]
    pub fn portion_of(&self, service: &ServiceKey, year: FinYear) -> Portion {
        self.portions.get(&(service.clone(), year)).copied().unwrap_or(Portion::ALL)
    }

    /// Σ of a service's cost in one year that is this board's, by its part of the work.
    #[must_use]
    pub fn spend_of(&self, service: &ServiceKey, year: FinYear) -> Pence {
        self.portion_of(service, year).of(self.cost_of(service, year))
    }

    /// Services whose months of that year are neither the whole-year row nor all twelve.
    #[must_use]
    pub fn part_years(&self, year: FinYear) -> Vec<(&ServiceKey, usize)> {
        let mut months: BTreeMap<&ServiceKey, BTreeSet<u8>> = BTreeMap::new();
        for cost in self.costs.iter().filter(|cost| cost.year == year) {
            months.entry(&cost.service).or_default().insert(cost.month);
        }
        months
            .into_iter()
            .filter(|(_, months)| !months.contains(&0) && months.len() < 12)
            .map(|(service, months)| (service, months.len()))
            .collect()
    }

    /// A service's cost of one year by behaviour: fixed, semi-fixed, variable.
    #[must_use]
    pub fn behaviour_of(&self, service: &ServiceKey, year: FinYear) -> BTreeMap<Behaviour, Pence> {
        let mut parts = BTreeMap::new();
        for cost in self.costs_of(service, year) {
            let part: &mut Pence = parts.entry(cost.behaviour).or_default();
            *part = *part + cost.cost;
        }
        parts
    }

    /// This board's part of a service's staff in one group, from the latest figure not after the
    /// year. `Some(0)` is a written nought, nothing is a missing row.
    #[must_use]
    pub fn wte_of(&self, service: &ServiceKey, group: &str, year: FinYear) -> Option<f64> {
        of_service(&self.workforce, |row| &row.service, service)
            .filter(|row| row.staff_group == group && row.year <= year)
            .max_by_key(|row| row.year)
            .map(|row| row.wte * self.portion_of(service, year).share().get())
    }

    /// Shares of a place's people by deprivation quintile.
    #[must_use]
    pub fn quintiles_of_place(&self, place: &PlaceCode) -> Option<[f64; 5]> {
        let mut people = [0.0; 5];
        for row in self.population.iter().filter(|row| row.place == *place) {
            if let Some(total) = people.get_mut(usize::from(row.quintile).saturating_sub(1)) {
                *total += row.people;
            }
        }
        let all: f64 = people.iter().sum();
        (all > 0.0).then(|| people.map(|part| part / all))
    }
}

/// The rows of one service, among rows in the order of services.
fn of_service<'a, T>(
    rows: &'a [T],
    key: impl Fn(&T) -> &ServiceKey + 'a,
    service: &'a ServiceKey,
) -> impl Iterator<Item = &'a T> {
    let start = rows.partition_point(|row| key(row) < service);
    rows.iter().skip(start).take_while(move |row| key(row) == service)
}

fn typed<T: FromRow>(tables: &BTreeMap<String, CheckedTable>, report: &mut Report) -> Vec<T> {
    let Some(table) = tables.get(T::TABLE) else {
        return Vec::new();
    };
    let rows: Vec<T> = table.rows().filter_map(|row| T::from_row(&row)).collect();
    if rows.len() != table.len() {
        let message = "models/uploads lacks a column of this table that the product needs";
        report.push(Problem::of_file(T::TABLE, "definition.incomplete", message));
    }
    rows
}

fn keyed<T: FromRow, K: Ord>(
    tables: &BTreeMap<String, CheckedTable>,
    report: &mut Report,
    key: impl Fn(&T) -> K,
) -> BTreeMap<K, T> {
    typed(tables, report).into_iter().map(|row| (key(&row), row)).collect()
}
