//! What is usual: code lists, national unit costs, shares, and jumps. Beyond it the checks ask.

use quantities::{Activity, FinYear, Pence, ServiceKey};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

use crate::book::Book;
use crate::definition::Tables;
use crate::problem::{Problem, Report, Severity};
use crate::reconcile::{ReconciliationStatus, Tolerances, reconcile};
use crate::rows::{Behaviour, CostRow};
use crate::unit_cost::UnitCosts;

/// `models/uploads/codes.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodesDefinition {
    /// Dates the lists for their reader.
    pub version: String,
    /// The lists.
    pub list: Vec<CodeListDefinition>,
}

/// One code list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeListDefinition {
    /// Its name, as columns give it.
    pub name: String,
    /// What it lists, in words.
    pub label: String,
    /// Its codes.
    pub codes: Vec<CodeDefinition>,
}

/// One code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeDefinition {
    /// The code.
    pub code: String,
    /// What it means.
    pub label: String,
}

/// `models/uploads/norms.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormsDefinition {
    /// Dates the norms for their reader.
    pub version: String,
    /// What they rest on.
    pub reference: String,
    /// The most of a resource group's cost that is usually fixed.
    pub fixed_share: BTreeMap<String, f64>,
}

/// Code lists and usual shares.
#[derive(Clone, Debug)]
pub struct Norms {
    lists: BTreeMap<String, CodeListDefinition>,
    fixed_share: BTreeMap<String, f64>,
}

impl Norms {
    pub(crate) fn of(codes: CodesDefinition, norms: NormsDefinition) -> Self {
        let lists = codes.list.into_iter().map(|list| (list.name.clone(), list)).collect();
        Self { lists, fixed_share: norms.fixed_share }
    }

    /// A code list by its name.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<&CodeListDefinition> {
        self.lists.get(name)
    }
}

/// The dated numbers beyond which a figure is asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// A unit cost this many times the national mean, or that part of it.
    pub unit_cost_times: f64,
    /// A change of a service's cost on the year before, percent.
    pub jump_pct: f64,
    /// How far costed and accounts may differ.
    pub tolerances: Tolerances,
}

/// How near a ratio must be to 100 or 1,000 to be called a slip of the unit.
const SLIP: f64 = 0.1;
/// The least cost of a currency whose unit cost is worth a question.
const WORTH_ASKING: Pence = Pence::new(1_000_000);

/// Asks about everything unusual in a book.
pub fn check(
    book: &Book,
    tables: &Tables,
    unit_costs: &UnitCosts,
    limits: Limits,
    report: &mut Report,
) {
    codes(book, tables, report);
    fixed_shares(book, tables.norms(), report);
    national(book, unit_costs, limits, report);
    jumps(book, limits, report);
    units_of_ledger(book, limits, report);
}

fn query(table: &str, line: u64, rule: &'static str, message: String) -> Problem {
    Problem::of_row(table, line, rule, message).with(Severity::Query)
}

/// One query a code that stands in no list, at its first row.
fn codes(book: &Book, tables: &Tables, report: &mut Report) {
    for (name, table) in book.tables() {
        let Some(definition) = tables.get(name) else { continue };
        for column in &definition.columns {
            let Some(list) = column.list.as_deref().and_then(|list| tables.norms().list(list))
            else {
                continue;
            };
            let known: BTreeSet<&str> = list.codes.iter().map(|code| code.code.as_str()).collect();
            let mut asked = BTreeMap::new();
            for row in table.rows() {
                if let Some(text) = row.text(&column.name).filter(|text| !known.contains(text)) {
                    let line = asked.entry(text).or_insert_with(|| row.line());
                    *line = row.line().min(*line);
                }
            }
            for (text, line) in asked {
                let message = format!(
                    "\"{}\" is not in the list {} (models/uploads/codes.toml){}; is it meant?",
                    crate::cell::shown(text),
                    list.name,
                    crate::did_you_mean(text, known.iter().copied())
                );
                report.push(query(name, line, "code.unknown", message).in_column(&column.name));
            }
        }
    }
}

fn fixed_shares(book: &Book, norms: &Norms, report: &mut Report) {
    let mut by_group: BTreeMap<(&str, &str), (Pence, Pence, u64)> = BTreeMap::new();
    for cost in &book.costs {
        let key = (cost.service.provider().as_str(), cost.resource_group.as_str());
        let (fixed, whole, line) =
            by_group.entry(key).or_insert((Pence::ZERO, Pence::ZERO, cost.line));
        *whole = *whole + cost.cost;
        *line = cost.line.min(*line);
        if cost.behaviour == Behaviour::Fixed {
            *fixed = *fixed + cost.cost;
        }
    }
    for ((provider, group), (fixed, whole, line)) in by_group {
        let Some(usual) = norms.fixed_share.get(group).filter(|_| whole > Pence::ZERO) else {
            continue;
        };
        let share = fixed.to_pounds() / whole.to_pounds();
        if share > *usual {
            let message = format!(
                "{:.0} % of the {group} cost of {provider} is called fixed, and at most {:.0} % is \
                 usual: fixed cost cannot be released, so say why",
                share * 100.0,
                usual * 100.0
            );
            report.push(
                query("costs", line, "costs.fixed_share", message).in_column("cost_behaviour"),
            );
        }
    }
}

/// One kind of work of a service.
type OwnWork<'a> = (&'a ServiceKey, &'a str, &'a str);

/// The unit cost of each service's work against the national mean of the same point of delivery and
/// currency.
fn national(book: &Book, unit_costs: &UnitCosts, limits: Limits, report: &mut Report) {
    let mut by_work: BTreeMap<OwnWork<'_>, (Pence, Activity, u64)> = BTreeMap::new();
    for cost in book.costs.iter().filter(|cost| cost.year == unit_costs.fin_year) {
        let key = (&cost.service, cost.point_of_delivery.as_str(), cost.currency.as_str());
        let (money, work, line) =
            by_work.entry(key).or_insert((Pence::ZERO, Activity::default(), cost.line));
        *money = *money + cost.cost;
        *work = *work + cost.activity.unwrap_or_default();
        *line = cost.line.min(*line);
    }
    for ((service, point_of_delivery, currency), (money, work, line)) in by_work {
        let mean = unit_costs.mean_of(point_of_delivery, currency).filter(|_| !work.is_zero());
        let Some(mean) = mean.map(|known| known.mean_gbp) else { continue };
        let own = money.to_pounds() / work.to_number();
        let times = own / mean;
        if money < WORTH_ASKING
            || (1.0 / limits.unit_cost_times..limits.unit_cost_times).contains(&times)
        {
            continue;
        }
        let message = format!(
            "one {currency} ({point_of_delivery}) of {service} costs £{own:.2}, {times:.2} times \
             the national mean of £{mean:.2}{}; check activity and cost, or say why",
            slip(times)
        );
        report.push(query("costs", line, "costs.unit_cost", message).in_column("cost_gbp"));
    }
}

/// What a ratio looks like, in words.
fn slip(ratio: f64) -> &'static str {
    let near = |times: f64| (ratio / times - 1.0).abs() < SLIP;
    if near(100.0) {
        ", which is what pence written for pounds look like"
    } else if near(0.001) {
        ", which is what thousands of pounds written for pounds look like"
    } else if near(1000.0) {
        ", which is what activity in thousands looks like"
    } else {
        ""
    }
}

fn jumps(book: &Book, limits: Limits, report: &mut Report) {
    let mut spend: BTreeMap<(&ServiceKey, FinYear), (Pence, u64)> = BTreeMap::new();
    for CostRow { service, year, cost, line, .. } in &book.costs {
        let (sum, first) = spend.entry((service, *year)).or_insert((Pence::ZERO, *line));
        *sum = *sum + *cost;
        *first = (*first).min(*line);
    }
    let part_years: BTreeSet<(&ServiceKey, FinYear)> = spend
        .keys()
        .map(|(_, year)| *year)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .flat_map(|year| book.part_years(year).into_iter().map(move |(key, _)| (key, year)))
        .collect();
    for ((service, year), (now, line)) in &spend {
        let Some((before, _)) = year.previous().and_then(|last| spend.get(&(*service, last)))
        else {
            continue;
        };
        let whole = year.previous().is_some_and(|last| {
            !part_years.contains(&(*service, last)) && !part_years.contains(&(*service, *year))
        });
        if *before <= Pence::ZERO || !whole {
            continue;
        }
        let ratio = now.to_pounds() / before.to_pounds();
        let pct = (ratio - 1.0) * 100.0;
        if pct.abs() > limits.jump_pct {
            let message = format!(
                "{service} cost £{before} the year before and £{now} in {year} ({pct:+.0} %){}; \
                 say why",
                slip(ratio)
            );
            report.push(query("costs", *line, "costs.year_jump", message).in_column("cost_gbp"));
        }
    }
}

/// Costs a hundred times, or a thousandth of, the accounts.
fn units_of_ledger(book: &Book, limits: Limits, report: &mut Report) {
    let Some(year) = book.latest_cost_year() else { return };
    for line in reconcile(book, year, limits.tolerances) {
        if line.status != ReconciliationStatus::Red || line.accounts <= Pence::ZERO {
            continue;
        }
        let ratio = (line.costed + line.excluded).to_pounds() / line.accounts.to_pounds();
        let words = slip(ratio);
        if !words.is_empty() && ratio < 900.0 {
            let message = format!(
                "the costs of {} are £{} and its accounts £{}{words}; correct the column cost_gbp",
                line.provider, line.costed, line.accounts
            );
            report.push(
                Problem::of_file("costs", "costs.unit_slip", message)
                    .in_column("cost_gbp")
                    .with(Severity::Query),
            );
        }
    }
}
