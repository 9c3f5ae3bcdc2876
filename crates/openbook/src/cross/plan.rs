//! Rules of the tables that say what may change: selectors, pathways, options.

use quantities::{PoolId, ServiceKey};
use std::collections::{BTreeMap, BTreeSet};

use super::SHARE_NOISE;
use crate::Selector;
use crate::book::Book;
use crate::problem::{Problem, Report};
use crate::rows::{Pathway, Substitution};
use crate::table::CheckedTable;

pub fn check(book: &Book, report: &mut Report) {
    selectors(book, report);
    pathways(book, report);
    substitutions(book, report);
    options(book, report);
    rules(book, report);
    funds(book, report);
}

fn rows<'a>(book: &'a Book, table: &str) -> impl Iterator<Item = crate::table::Row<'a>> {
    book.tables().get(table).into_iter().flat_map(CheckedTable::rows)
}

fn selectors(book: &Book, report: &mut Report) {
    for row in rows(book, "growth") {
        let Err(message) = Selector::parse(row.text("selector").unwrap_or_default()) else {
            continue;
        };
        report.push(
            Problem::of_row("growth", row.line(), "selector.malformed", message)
                .in_column("selector"),
        );
    }
}

fn pathways(book: &Book, report: &mut Report) {
    let mut gives: BTreeMap<&ServiceKey, BTreeSet<&ServiceKey>> = BTreeMap::new();
    for pathway in &book.pathways {
        gives.entry(&pathway.from).or_default().insert(&pathway.to);
    }
    for pathway in &book.pathways {
        if reaches(&gives, &pathway.to, &pathway.from) {
            let Pathway { from, to, line, .. } = pathway;
            let message = format!(
                "work that moves from {from} to {to} can come back to {from}; pathways may form \
                 no circle: take one of them out"
            );
            report.push(
                Problem::of_row("pathways", *line, "pathway.circle", message)
                    .in_column("to_service"),
            );
        }
    }
}

/// Staff who stand in for others, and others for them, must not come back as more than they were:
/// around a circle the ratios come to 1 or more.
fn substitutions(book: &Book, report: &mut Report) {
    let mut best: BTreeMap<(&PoolId, &PoolId), f64> = BTreeMap::new();
    for _ in 0..=book.staff_pools.len() {
        let known = best.clone();
        for one in &book.substitutions {
            let mut reach = |from, ratio: f64| {
                let least = best.entry((from, &one.to)).or_insert(f64::INFINITY);
                *least = least.min(ratio);
            };
            reach(&one.from, one.ratio);
            let longer = known.iter().filter(|((_, end), _)| **end == one.from);
            longer.for_each(|((from, _), ratio)| reach(from, ratio * one.ratio));
        }
    }
    let multiplies =
        |pool: &PoolId| best.get(&(pool, pool)).is_some_and(|ratio| *ratio < 1.0 - SHARE_NOISE);
    for Substitution { from, to, line, .. } in &book.substitutions {
        if multiplies(from) && multiplies(to) {
            let message = format!(
                "staff of the {from} pool stand in for {to}, and {to}, directly or through others, \
                 for {from}, so that more come back than there were; give ratios that multiply to 1 or more around the circle"
            );
            report.push(
                Problem::of_row("substitutions", *line, "substitution.circle", message)
                    .in_column("ratio"),
            );
        }
    }
}

fn reaches<'a>(
    gives: &BTreeMap<&'a ServiceKey, BTreeSet<&'a ServiceKey>>,
    start: &'a ServiceKey,
    goal: &ServiceKey,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![start];
    while let Some(key) = next.pop() {
        if key == goal {
            return true;
        }
        if seen.insert(key) {
            next.extend(gives.get(key).into_iter().flatten().copied());
        }
    }
    false
}

fn options(book: &Book, report: &mut Report) {
    for row in rows(book, "options") {
        let shares: Vec<f64> =
            (1..=5).filter_map(|quintile| row.number(&format!("imd_q{quintile}"))).collect();
        let sum: f64 = shares.iter().sum();
        if !shares.is_empty() && (shares.len() < 5 || (sum - 1.0).abs() > 1e-4) {
            let message = format!(
                "the shares of the five quintiles sum to {sum:.4}; give all five with sum 1, or none"
            );
            report.push(
                Problem::of_row("options", row.line(), "option.quintile_sum", message)
                    .in_column("imd_q1"),
            );
        }
        if row.number("benefit_se").is_none() && row.text("evidence_grade").is_none() {
            let message = "without a standard error or an evidence grade the benefit is taken as \
                           the weakest evidence (E); give one of them";
            report.push(
                Problem::of_row("options", row.line(), "option.no_evidence", message)
                    .in_column("evidence_grade")
                    .with(crate::Severity::Note),
            );
        }
    }
}

/// The rows of one rule agree on its limit and name.
fn rules(book: &Book, report: &mut Report) {
    let mut first: BTreeMap<String, (f64, String, u64)> = BTreeMap::new();
    for row in rows(book, "option_rules") {
        let (Some(id), Some(limit), Some(label)) =
            (row.text("rule_id"), row.number("limit"), row.text("rule_label"))
        else {
            continue;
        };
        let known =
            first.entry(id.to_owned()).or_insert_with(|| (limit, label.to_owned(), row.line()));
        if (known.0 - limit).abs() > SHARE_NOISE || known.1 != label {
            let message = format!(
                "rule {id} has another limit or name on row {}; they must be the same on every row",
                known.2
            );
            report.push(
                Problem::of_row("option_rules", row.line(), "option.rule_differs", message)
                    .in_column("limit"),
            );
        }
    }
}

/// A fund that pays for something should stand in the funds table, where there is one.
fn funds(book: &Book, report: &mut Report) {
    let known: BTreeSet<&str> = book.funds.iter().map(|fund| fund.fund.as_str()).collect();
    if known.is_empty() {
        return;
    }
    for table in ["services", "contracts", "options"] {
        let mut asked = BTreeSet::new();
        for row in rows(book, table) {
            let Some(fund) = row.text("fund").filter(|fund| !known.contains(fund)) else {
                continue;
            };
            if asked.insert(fund) {
                let message = format!(
                    "the fund \"{fund}\" is not in funds.csv{}; its money is taken to be what its \
                     lines spend: is it meant?",
                    crate::did_you_mean(fund, known.iter().copied())
                );
                report.push(
                    Problem::of_row(table, row.line(), "fund.unknown", message)
                        .in_column("fund")
                        .with(crate::Severity::Query),
                );
            }
        }
    }
}
