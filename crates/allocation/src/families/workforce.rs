//! Family 3, workforce: what a pool needs in all, and what can move within it.

use super::{Built, Limit, in_year};
use crate::case::{Case, Pool};
use crate::model::{Expression, RowUnit, Sense};

/// Recruits, agency staff and staff who do the work of others.
pub fn add_columns(case: &Case, built: &mut Built, year: u8) {
    for pool in &case.pools {
        let mut column = |family: &str, most: f64| {
            let key = format!("{family}/{}/{year}", pool.id);
            (most > 0.0).then(|| built.model.column(key, 0.0, most, 0.0))
        };
        let recruits = column("recruit", pool.recruitable.get());
        let agency = column("agency", pool.agency_cap.get());
        if let Some(columns) = built.year_mut(year) {
            columns.recruits.push(recruits);
            columns.agency.push(agency);
        }
    }
    for one in &case.substitutes {
        let id = |at: usize| case.pools.get(at).map(|pool| pool.id.as_str()).unwrap_or_default();
        let key = format!("substitute/{}/{}/{year}", id(one.from), id(one.to));
        let column = built.model.column(key, 0.0, one.most.get() * one.ratio, 0.0);
        if let Some(columns) = built.year_mut(year) {
            columns.substitutes.push(column);
        }
    }
}

pub fn add(case: &Case, built: &mut Built, year: u8) {
    for (at, pool) in case.pools.iter().enumerate() {
        add_pool(case, built, (at, pool), year);
    }
}

/// Σ r so far + g + Σ w in / ratio − Σ w out: what widens both rows of a pool.
fn more(case: &Case, built: &Built, at: usize, year: u8) -> Expression {
    let mut more = Expression::default();
    for earlier in 1..=year {
        let recruits = built.year(earlier).and_then(|columns| *columns.recruits.get(at)?);
        more.terms.extend(recruits.map(|column| (column, 1.0)));
    }
    let Some(columns) = built.year(year) else { return more };
    more.terms.extend(columns.agency.get(at).copied().flatten().map(|column| (column, 1.0)));
    for (one, column) in case.substitutes.iter().zip(&columns.substitutes) {
        if one.to == at {
            more.terms.push((*column, 1.0 / one.ratio));
        }
        if one.from == at {
            more.terms.push((*column, -1.0));
        }
    }
    more
}

/// The left-hand sides of a pool's two rows, and how many service-years they sum.
fn uses(case: &Case, built: &Built, at: usize, year: u8) -> (Expression, Expression, usize) {
    let (mut need, mut moved) = (Expression::default(), Expression::default());
    let mut services = 0;
    let redeployable = case.pools.get(at).map_or(0.0, |pool| pool.redeployable);
    for (place, line) in case.lines.iter().enumerate() {
        let Some(per_million) = line.staff.get(&at).map(|wte| wte.get()) else { continue };
        services += 1;
        if let Some(columns) = built.line(year, place) {
            columns.add_spend(&mut need, per_million);
        }
        for earlier in 1..=year {
            let Some(columns) = built.line(earlier, place) else { continue };
            // Staff are freed only as their cost is released.
            let freed = per_million * redeployable * line.released(year - earlier + 1);
            moved.add(&columns.grow, per_million);
            moved.add(&columns.taken, per_million);
            moved.add(&columns.cut, -freed);
            moved.add(&columns.freed, -freed);
        }
    }
    let options = built.year(year).map(|columns| columns.options.as_slice()).unwrap_or_default();
    for (proposal, column) in case.proposals.iter().zip(options) {
        for (_, wte) in proposal.staff.iter().filter(|(pool, _)| *pool == at) {
            need.terms.push((*column, *wte));
            moved.terms.push((*column, *wte));
        }
    }
    (need, moved, services)
}

fn add_pool(case: &Case, built: &mut Built, (at, pool): (usize, &Pool), year: u8) {
    let (mut need, mut moved, services) = uses(case, built, at, year);
    let more = more(case, built, at, year);
    need.add(&more, -1.0);
    moved.add(&more, -1.0);
    let (available, base_use) = (pool.available.get(), pool.base_use.get());
    let across = (need.constant, moved.constant);
    let (need_key, redeployment_key) =
        (format!("workforce/{}/{year}", pool.id), format!("redeployment/{}/{year}", pool.id));
    let (staff, limit, spare) = (RowUnit::Staff, pool.limit().get(), pool.spare().get());
    let model = &mut built.model;
    let need = model.row(need_key.clone(), need, Sense::AtMost, limit, staff, services);
    let redeployment =
        model.row(redeployment_key.clone(), moved, Sense::AtMost, spare, staff, services);
    // One more post widens each row only where the book has every figure, and the room to
    // redeploy only once the pool is not overrun.
    let complete = pool.silent.is_empty();
    let wider = [
        (need, complete || available < base_use),
        (redeployment, complete && available >= base_use),
    ];
    let label = format!("Staff of the {} pool ({})", pool.id, pool.staff_group);
    built.limits.push(Limit {
        key: need_key,
        kind: "workforce",
        label: in_year(case, label, year),
        year,
        sense: Sense::AtMost,
        unit: staff,
        limit,
        rows: wider.iter().filter(|(_, wider)| *wider).map(|(row, _)| (*row, 1.0)).collect(),
        relaxes: vec![need, redeployment],
        shown: (need, across.0),
        class: Some("workforce"),
    });
    built.limits.push(Limit {
        key: redeployment_key,
        kind: "redeployment",
        label: in_year(case, format!("Moves within the {} pool", pool.id), year),
        year,
        sense: Sense::AtMost,
        unit: staff,
        limit: spare,
        rows: vec![(redeployment, 1.0)],
        relaxes: vec![redeployment],
        shown: (redeployment, across.1),
        class: None,
    });
}
