//! The rules that cross rows and tables.

use quantities::{FinYear, Pence, ServiceKey};
use std::collections::{BTreeMap, BTreeSet};

use crate::book::Book;
use crate::bridge;
use crate::problem::{Problem, Report, Severity};
use crate::rows::PoolScope;

mod compare;
mod plan;
mod references;

/// Shares may miss their sum by this much: they are written with a few decimals.
const SHARE_NOISE: f64 = 1e-6;

/// Checks what crosses rows and tables. Rows of `partial` tables are missing: a reference into one
/// is not judged, nor a sum over one.
pub fn check(book: &Book, partial: &BTreeSet<String>, report: &mut Report) {
    let whole = |name: &str| !partial.contains(name);
    references::check(book, partial, report);
    if whole("costs") {
        costs(book, report);
        dates(book, report);
    }
    months(book, report);
    equity(book, report);
    pathways(book, report);
    outcomes(book, report);
    elasticities(book, report);
    plan::check(book, report);
    compare::check(book, partial, report);
    if whole("workforce") && whole("providers") {
        staff_pools(book, report);
    }
    if whole("contracts") && whole("icb_bridge") {
        bridge::check(book, report);
    }
}

fn costs(book: &Book, report: &mut Report) {
    let Some(table) = book.tables().get("costs") else {
        return;
    };
    let mut by_service: BTreeMap<(ServiceKey, FinYear), (u64, Pence, bool)> = BTreeMap::new();
    for row in table.rows() {
        let (Some(service), Some(year), Some(cost)) =
            (row.service(), row.year("fin_year"), row.money("cost_gbp"))
        else {
            continue;
        };
        let worked = row.activity("activity").is_some_and(|activity| !activity.is_zero());
        let query = |rule, message: &str, column| {
            Problem::of_row("costs", row.line(), rule, message)
                .in_column(column)
                .with(Severity::Query)
        };
        if cost < Pence::ZERO {
            let message = "the cost is negative; is it a correction? Say so, or net it off";
            report.push(query("costs.negative", message, "cost_gbp"));
        }
        if worked && cost == Pence::ZERO {
            let message = "there is activity without cost; add the cost or say why there is none";
            report.push(query("costs.activity_without_cost", message, "cost_gbp"));
        }
        let seen = by_service.entry((service, year)).or_insert((row.line(), Pence::ZERO, false));
        seen.1 = seen.1 + cost;
        seen.2 |= worked;
    }
    for ((service, year), (line, cost, worked)) in by_service {
        if !worked && cost > Pence::ZERO {
            let message =
                format!("{service} has cost in {year} and no activity at all; add what is counted");
            report.push(
                Problem::of_row("costs", line, "costs.cost_without_activity", message)
                    .in_column("activity")
                    .with(Severity::Query),
            );
        }
    }
}

/// The day up to which data is complete lies in the book's years, or the year after them in which
/// late figures come in.
fn dates(book: &Book, report: &mut Report) {
    let years = || book.costs.iter().map(|cost| cost.year.starts());
    let (Some(first), Some(last)) = (years().min(), years().max()) else { return };
    for cost in &book.costs {
        let Some(day) = cost.as_at else { continue };
        let month = (i32::from(day.year()), day.month());
        let from = (i32::from(first), 4);
        let to = (i32::from(last) + 2, 3);
        if month < from || month > to {
            let message = format!(
                "{day} lies outside the book's years (1 April {first} to 31 March {}, or the year \
                 after); correct the date",
                last + 1
            );
            report.push(
                Problem::of_row("costs", cost.line, "date.outside_years", message)
                    .in_column("data_as_at"),
            );
        }
    }
}

fn months(book: &Book, report: &mut Report) {
    let Some(table) = book.tables().get("costs") else {
        return;
    };
    let mut seen: BTreeMap<(ServiceKey, FinYear), (bool, bool, u64)> = BTreeMap::new();
    for row in table.rows() {
        if let (Some(service), Some(year), Some(month)) =
            (row.service(), row.year("fin_year"), row.month("fin_month"))
        {
            let entry = seen.entry((service, year)).or_insert((false, false, row.line()));
            entry.0 |= month == 0;
            entry.1 |= month > 0;
        }
    }
    for ((service, year), (whole, monthly, line)) in seen {
        if whole && monthly {
            let message = format!(
                "{service} has both whole-year rows (month 0) and single months in {year}; that \
                 would count it twice: keep one kind"
            );
            report.push(
                Problem::of_row("costs", line, "costs.month_mixed", message).in_column("fin_month"),
            );
        }
    }
}

fn equity(book: &Book, report: &mut Report) {
    for row in book.equity.values() {
        let sums = [("imd_q1", Some(row.average)), ("marginal_q1", row.marginal)];
        for (column, shares) in sums {
            let sum: f64 = shares.map_or(1.0, |shares| shares.iter().sum());
            if (sum - 1.0).abs() > 1e-4 {
                let message =
                    format!("the five shares sum to {sum:.4}; they must sum to 1: correct them");
                report.push(
                    Problem::of_row("equity", row.line, "equity.sum", message).in_column(column),
                );
            }
        }
    }
}

fn pathways(book: &Book, report: &mut Report) {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for service in book.services.values() {
        if let Some(pathway) = &service.pathway {
            *sums.entry(pathway).or_default() += service.pathway_share.get();
        }
    }
    for (pathway, sum) in sums {
        if sum > 1.0 + SHARE_NOISE {
            let message = format!(
                "the services of pathway {pathway} claim {sum:.4} of one health gain; shares sum to \
                 at most 1: reduce one"
            );
            report.push(Problem::of_file("services", "pathway.share_sum", message));
        }
    }
}

fn outcomes(book: &Book, report: &mut Report) {
    for outcome in &book.outcomes {
        if outcome.measure == "eq5d_index" && outcome.value_set.is_none() {
            let message = "an EQ-5D index needs its value set, such as UK_3L_1997; without it the \
                           outcome is shown and not valued";
            report.push(
                Problem::of_row("outcomes", outcome.line, "outcomes.value_set_missing", message)
                    .in_column("value_set")
                    .with(Severity::Query),
            );
        }
        let both = outcome.baseline.is_some() && outcome.followup.is_some();
        if !both && outcome.gain.is_none() {
            let message = "give the mean before and after, or the mean gain";
            report.push(
                Problem::of_row("outcomes", outcome.line, "outcomes.gain_missing", message)
                    .in_column("gain_mean"),
            );
        }
    }
    if book.assumptions.is_none() && !book.outcomes.is_empty() {
        let message = "there is no assumptions table: what providers propose is used as it stands, \
                       and nothing can be called low value until a reviewer has accepted it";
        report.push(
            Problem::of_file("assumptions", "assumptions.absent", message).with(Severity::Note),
        );
    }
}

fn elasticities(book: &Book, report: &mut Report) {
    for row in book.elasticities.values() {
        let elicited = row.patients_lost_pct.zip(row.marginal_to_average);
        let half = row.patients_lost_pct.is_some() != row.marginal_to_average.is_some();
        if half || (elicited.is_none() && row.elasticity.is_none() && row.slope.is_none()) {
            let message = "give an elasticity, or both elicited answers (patients lost and their \
                           gain against the average), or a slope";
            report.push(Problem::of_row(
                "elasticities",
                row.line,
                "elasticity.incomplete",
                message,
            ));
        }
        if let Some((lost, gain)) = elicited {
            let elasticity = lost / 10.0 * gain;
            if !(0.02..=0.98).contains(&elasticity) {
                let message = format!(
                    "the answers give an elasticity of {elasticity:.3}; it must lie between 0.02 \
                     and 0.98: ask again"
                );
                report.push(Problem::of_row("elasticities", row.line, "elasticity.range", message));
            }
        }
    }
}

fn staff_pools(book: &Book, report: &mut Report) {
    let groups: BTreeSet<&str> =
        book.workforce.iter().map(|row| row.staff_group.as_str()).collect();
    for pool in &book.staff_pools {
        if !groups.contains(pool.staff_group.as_str()) {
            let message = format!(
                "no workforce row has the staff group \"{}\"{}",
                pool.staff_group,
                crate::did_you_mean(&pool.staff_group, groups.iter().copied())
            );
            report.push(
                Problem::of_row("staff_pools", pool.line, "pool.group_unknown", message)
                    .in_column("staff_group"),
            );
        }
        let known = match &pool.scope {
            None => Err("this scope needs a scope_code".to_owned()),
            Some(PoolScope::Icb) => Ok(()),
            Some(PoolScope::Provider(code)) => {
                known("provider", code, book.providers.keys().map(|known| known.as_str()))
            }
            Some(PoolScope::Place(code)) => {
                known("place", code, book.providers.values().map(|known| known.place.as_str()))
            }
            Some(PoolScope::Sector(code)) => {
                known("sector", code, book.providers.values().map(|known| known.sector.as_str()))
            }
        };
        if let Err(message) = known {
            report.push(
                Problem::of_row("staff_pools", pool.line, "pool.scope_unknown", message)
                    .in_column("scope_code"),
            );
        }
    }
}

fn known<'a>(
    what: &str,
    code: &str,
    all: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), String> {
    if all.clone().any(|known| known == code) {
        return Ok(());
    }
    Err(format!(
        "no provider of the book has the {what} \"{code}\"{}",
        crate::did_you_mean(code, all)
    ))
}
