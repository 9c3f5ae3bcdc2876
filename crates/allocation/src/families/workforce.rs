//! Family 3, workforce: what a pool needs in all, and what can move within it.

use super::{Built, Limit};
use crate::case::{Case, Pool};
use crate::model::{Expression, RowUnit, Sense};

pub fn add(case: &Case, built: &mut Built) {
    for (at, pool) in case.pools.iter().enumerate() {
        add_pool(case, built, at, pool);
    }
}

fn add_pool(case: &Case, built: &mut Built, at: usize, pool: &Pool) {
    let (mut need, mut moved) = (Expression::default(), Expression::default());
    let mut services = 0;
    for (line, columns) in case.lines.iter().zip(&built.lines) {
        if let Some(per_million) = line.staff.get(&at) {
            need.add(&columns.own, per_million.get());
            moved.add(&columns.grow, per_million.get());
            let freed = per_million.get() * pool.redeployable * line.release;
            moved.add(&columns.cut, -freed);
            services += 1;
        }
    }
    let (available, base_use) = (pool.available.get(), pool.base_use.get());
    let label = format!("Staff of the {} pool ({})", pool.id, pool.staff_group);
    let across = need.constant;
    let key = format!("workforce/{}/1", pool.id);
    let limit = pool.limit().get();
    let need = built.model.row(key.clone(), need, Sense::AtMost, limit, RowUnit::Staff, services);
    let redeployment = format!("redeployment/{}/1", pool.id);
    let mut rows = Vec::new();
    // One more post widens each row only where the book has every figure, and the room to
    // redeploy only once the pool is not overrun.
    if pool.silent.is_empty() || available < base_use {
        rows.push((need, 1.0));
    }
    let redeployment_row = built.limit(
        redeployment,
        "redeployment",
        format!("Moves within the {} pool", pool.id),
        moved,
        Sense::AtMost,
        pool.spare().get(),
        RowUnit::Staff,
        services,
        None,
    );
    if pool.silent.is_empty() && available >= base_use {
        rows.push((redeployment_row, 1.0));
    }
    let pool_limit = Limit {
        key,
        kind: "workforce",
        label,
        sense: Sense::AtMost,
        unit: RowUnit::Staff,
        limit,
        rows,
        relaxes: vec![need, redeployment_row],
        shown: (need, across),
        class: Some("workforce"),
    };
    // The pool itself is shown before the moves within it.
    let place = built.limits.len().saturating_sub(1);
    built.limits.insert(place, pool_limit);
}
