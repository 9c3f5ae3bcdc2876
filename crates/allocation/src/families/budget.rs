//! Family 2, budget: each fund's money, with what cuts leave behind and what is paid besides.

use std::collections::BTreeMap;

use super::option::counted_in;
use super::{Built, LimitOf, Stranded, Transfer, in_year, pathway};
use crate::case::{Case, Line};
use crate::model::{Expression, RowUnit, Sense};

/// Stranded cost of each provider and fund: at least what its cuts do not release. Growing back
/// later does not release it.
pub fn add_stranded(case: &Case, built: &mut Built, year: u8) {
    let mut groups: BTreeMap<(&str, &str), Vec<(usize, &Line)>> = BTreeMap::new();
    let mut leaves = std::collections::BTreeSet::new();
    for (at, line) in case.lines.iter().enumerate() {
        let group = (line.key.provider().as_str(), line.fund.as_str());
        groups.entry(group).or_default().push((at, line));
        let falls = (1..=year)
            .filter_map(|year| built.line(year, at))
            .any(|columns| built.extent(&columns.cut).1 > 0.0 || !columns.freed.terms.is_empty());
        if falls && !line.releases_all() {
            leaves.insert(group);
        }
    }
    for (group, members) in groups {
        if leaves.contains(&group) {
            stranded(case, built, group, &members, year);
        }
    }
}

/// The part of a cut of an earlier year that a year still pays for, in its cash.
fn stays(line: &Line, year: u8, earlier: u8) -> f64 {
    line.grown(year).price * (1.0 - line.released(year - earlier + 1))
}

/// What the cuts of one line leave behind in a year, before growth elsewhere re-uses any of it.
pub fn left_by(built: &Built, (at, line): (usize, &Line), year: u8) -> Expression {
    let mut left = Expression::default();
    for earlier in 1..=year {
        let stays = stays(line, year, earlier);
        let Some(columns) = built.line(earlier, at).filter(|_| stays > 0.0) else { continue };
        left.add(&columns.cut, stays);
        left.add(&columns.freed, stays);
    }
    left
}

fn stranded(
    case: &Case,
    built: &mut Built,
    (provider, fund): (&str, &str),
    members: &[(usize, &Line)],
    year: u8,
) {
    let absorb = case.scenario.definition.absorb_share;
    let mut left_behind = Expression::default();
    let mut services = 0;
    for (at, line) in members {
        services += 1;
        left_behind.add(&left_by(built, (*at, line), year), 1.0);
        // Growth in the same provider re-uses part of what a cut leaves behind.
        for earlier in (1..=year).filter(|_| absorb > 0.0) {
            let stays = stays(line, year, earlier);
            if let Some(columns) = built.line(earlier, *at).filter(|_| stays > 0.0) {
                left_behind.add(&columns.grow, -absorb * stays);
            }
        }
    }
    let left_behind = left_behind.tidy();
    // With the penny by which flooring may cut each line further.
    let pennies = 1e-8 * f64::from(u32::try_from(services).unwrap_or(u32::MAX));
    let most = built.extent(&left_behind).1.max(0.0) + pennies;
    let key = format!("stranded/{provider}/{fund}/{year}");
    let column = built.model.column(key.clone(), 0.0, most, 0.0);
    let mut row = Expression { constant: 0.0, terms: vec![(column, 1.0)] };
    row.add(&left_behind, -1.0);
    built.rule(key, row, RowUnit::Money, services * usize::from(year));
    let (provider, fund) = (provider.to_owned(), fund.to_owned());
    if let Some(columns) = built.year_mut(year) {
        columns.stranded.push(Stranded { provider, fund, column, left_behind });
    }
}

/// Money moves between funds only by a named transfer with a cap.
pub fn add_transfers(case: &Case, built: &mut Built, year: u8) {
    for transfer in &case.scenario.definition.transfer {
        let (from, to) = (transfer.from.clone(), transfer.to.clone());
        let key = format!("transfer/{from}/{to}/{year}");
        let most = transfer.max_gbp.to_millions().get();
        let column = built.model.column(key.clone(), 0.0, most, 0.0);
        if let Some(columns) = built.year_mut(year) {
            columns.transfers.push(Transfer { key, from, to, column });
        }
    }
}

/// Recruiting, agency, double running and options; then all of a year's money.
pub fn add_paid(case: &Case, built: &mut Built, year: u8) {
    let mut double_running = Vec::new();
    for (at, one) in case.moves.iter().enumerate().filter(|(_, one)| one.double_running > 0.0) {
        let mut cost = Expression::default();
        cost.add(&pathway::new_in(built, year, at), one.double_running * one.kappa);
        let fund = case.lines.get(one.to).map(|line| line.fund.clone()).unwrap_or_default();
        double_running.push((fund, cost));
    }
    let mut options = Vec::new();
    for (at, proposal) in case.proposals.iter().enumerate() {
        let mut cost = Expression::default();
        cost.add(&counted_in(built, proposal, at, year), proposal.cost.get());
        options.push((proposal.fund.clone(), cost));
    }
    let Some(columns) = built.year_mut(year) else { return };
    let paid = &mut columns.paid;
    (paid.double_running, paid.options) = (double_running, options);
    let pools = case.pools.iter().zip(columns.recruits.iter().zip(&columns.agency));
    for (pool, (recruits, agency)) in pools {
        let cost = recruits.map(|column| (column, pool.recruitment_cost.get()));
        paid.recruitment.terms.extend(cost);
        let premium = agency.map(|column| (column, pool.agency_premium.get()));
        paid.agency.terms.extend(premium);
    }
    let mut money = Expression::default();
    money.add(&paid.recruitment, 1.0);
    money.add(&paid.agency, 1.0);
    for (_, cost) in paid.double_running.iter().chain(&paid.options) {
        money.add(cost, 1.0);
    }
    for (line, own) in case.lines.iter().zip(&columns.lines) {
        own.add_spend(&mut money, line.grown(year).price);
    }
    money.terms.extend(columns.stranded.iter().map(|stranded| (stranded.column, 1.0)));
    columns.money = money.tidy();
}

/// The fund that pays for recruiting and agency staff: `core`, or the first where there is none.
pub fn paying_fund(case: &Case) -> Option<&str> {
    let core = case.funds.iter().find(|fund| fund.code == "core");
    core.or_else(|| case.funds.first()).map(|fund| fund.code.as_str())
}

pub fn add(case: &Case, built: &mut Built, year: u8) {
    for fund in &case.funds {
        let Some(columns) = built.year(year) else { continue };
        let mut spend = Expression::default();
        let mut services = 0;
        for (line, own) in case.lines.iter().zip(&columns.lines) {
            if line.fund == fund.code {
                own.add_spend(&mut spend, line.grown(year).price);
                services += 1;
            }
        }
        for stranded in columns.stranded.iter().filter(|stranded| stranded.fund == fund.code) {
            spend.terms.push((stranded.column, 1.0));
        }
        let paid = &columns.paid;
        if paying_fund(case) == Some(fund.code.as_str()) {
            spend.add(&paid.recruitment, 1.0);
            spend.add(&paid.agency, 1.0);
        }
        for (payer, cost) in paid.double_running.iter().chain(&paid.options) {
            if *payer == fund.code {
                spend.add(cost, 1.0);
            }
        }
        for transfer in &columns.transfers {
            if transfer.from == fund.code {
                spend.terms.push((transfer.column, 1.0));
            }
            if transfer.to == fund.code {
                spend.terms.push((transfer.column, -1.0));
            }
        }
        let label = format!("Budget of the {} fund", fund.code);
        built.limit(
            spend,
            LimitOf {
                family: "budget",
                id: fund.code.clone(),
                year,
                label: in_year(case, label, year),
                sense: Sense::AtMost,
                limit: fund.budget(year).to_millions().get(),
                unit: RowUnit::Money,
                services,
                class: Some("budget"),
            },
        );
    }
}
