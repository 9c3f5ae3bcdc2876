//! Family 1, spend: the pieces of each line's response curve, what moves and options add, and how
//! far a year's spend may be from the year before.

use super::option::effects_on;
use super::{Built, LineColumns, pathway};
use crate::case::{Case, Line};
use crate::model::{Expression, RowUnit};

pub fn add(case: &Case, built: &mut Built, year: u8) {
    let columns: Vec<LineColumns> = case
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| if line.support { held(line) } else { columns(case, built, at, year) })
        .collect();
    if let Some(slot) = built.year_mut(year) {
        slot.lines = columns;
    }
    for at in 0..case.lines.len() {
        added(case, built, at, year);
    }
    follow(case, built, year);
    for at in 0..case.lines.len() {
        moved(case, built, at, year);
    }
}

/// A line whose own spend stays at today's.
fn held(line: &Line) -> LineColumns {
    let mut columns = LineColumns::default();
    columns.own.constant = line.base.to_millions().get();
    columns
}

/// Own spend = what the curve sees, growth without credited health, and the part without a curve,
/// less what has moved away.
fn columns(case: &Case, built: &mut Built, at: usize, year: u8) -> LineColumns {
    let Some(line) = case.lines.get(at) else { return LineColumns::default() };
    let mut columns = held(line);
    if let Some(curve) = line.curve.as_ref().filter(|_| line.has_curve()) {
        let response = curve.central(line.grown(year).demand);
        let mut health = Expression { constant: response.unchanged(), terms: Vec::new() };
        let mut number = 0;
        let mut add = |segment, model: &mut crate::model::LpModel| {
            number += 1;
            let key = format!("segment/{}/{year}/{number}", line.key);
            let slope = curve.slope(segment, response);
            let column = model.column(key, 0.0, segment.width, 0.0);
            health.terms.push((column, slope));
            (column, slope)
        };
        let mut lost = 0.0;
        for segment in curve.below_in(year) {
            let (column, slope) = add(segment, &mut built.model);
            columns.below.push(column);
            columns.own.constant -= segment.width;
            columns.cut.constant += segment.width;
            lost += segment.width * slope;
        }
        for segment in curve.above_in(year) {
            columns.above.push(add(segment, &mut built.model).0);
        }
        health.constant -= lost;
        if let Some(slot) = built.year_mut(year) {
            slot.health.add(&health, 1.0);
        }
    }
    let room = line.uncovered() * line.reach.growth_by(year);
    if line.uncredited && room > 1e-9 {
        let key = format!("uncredited/{}/{year}", line.key);
        columns.uncredited = Some(built.model.column(key, 0.0, room, 0.0));
    }
    let plus = |list: &[usize], factor: f64| -> Vec<(usize, f64)> {
        list.iter().map(|column| (*column, factor)).collect()
    };
    let above: Vec<usize> = columns.above.iter().copied().chain(columns.uncredited).collect();
    columns.own.terms = plus(&columns.below, 1.0);
    columns.own.terms.extend(plus(&above, 1.0));
    for column in given(case, built, at, year) {
        columns.own.terms.push((column, -1.0));
    }
    // Without moves, year 1 needs no column for growth: the pieces say it.
    columns.cut.terms = plus(&columns.below, -1.0);
    columns.grow = Expression { constant: 0.0, terms: plus(&above, 1.0) };
    columns
}

/// Columns of the moves that a line gives.
fn given(case: &Case, built: &Built, at: usize, year: u8) -> Vec<usize> {
    let Some(columns) = built.year(year) else { return Vec::new() };
    let moves = case.moves.iter().zip(&columns.moves);
    moves.filter(|(one, _)| one.from == at).map(|(_, column)| *column).collect()
}

/// Support lines follow those that need them: B + Σ n (x − B) of their users.
fn follow(case: &Case, built: &mut Built, year: u8) {
    for at in case.support_order() {
        let mut own = Expression::default();
        let Some(line) = case.lines.get(at) else { continue };
        own.constant = line.base.to_millions().get();
        let needs = case.needs.iter().filter(|need| need.line == at && need.follows);
        for (user, per_pound) in needs.flat_map(|need| &need.users) {
            let (Some(base), Some(columns)) = (case.lines.get(*user), built.line(year, *user))
            else {
                continue;
            };
            columns.add_spend(&mut own, *per_pound);
            own.constant -= per_pound * base.base.to_millions().get();
        }
        for column in given(case, built, at, year) {
            own.terms.push((column, -1.0));
        }
        let slot = built.year_mut(year).and_then(|columns| columns.lines.get_mut(at));
        if let Some(slot) = slot {
            slot.own = own.tidy();
        }
    }
}

/// What moves and options add to a line's own spend.
fn added(case: &Case, built: &mut Built, at: usize, year: u8) {
    let mut added = effects_on(case, built, at, year).level;
    if let Some(columns) = built.year(year) {
        let moves = case.moves.iter().zip(&columns.moves).filter(|(one, _)| one.to == at);
        added.terms.extend(moves.map(|(one, column)| (*column, one.kappa)));
    }
    if let Some(slot) = built.year_mut(year).and_then(|columns| columns.lines.get_mut(at)) {
        slot.added = added;
    }
}

/// Cut and growth on the year before, what else is freed and taken, and the limits between years.
fn moved(case: &Case, built: &mut Built, at: usize, year: u8) {
    let Some(line) = case.lines.get(at) else { return };
    let effects = effects_on(case, built, at, year);
    let mut received = Expression::default();
    for (number, one) in case.moves.iter().enumerate() {
        if one.to == at {
            received.add(&pathway::new_in(built, year, number), one.kappa);
        }
    }
    let given = given(case, built, at, year);
    let Some(columns) = built.line(year, at) else { return };
    let own = columns.own.clone();
    let before = match built.line(year - 1, at) {
        Some(before) => before.own.clone(),
        None => Expression { constant: line.base.to_millions().get(), terms: Vec::new() },
    };
    let can_move = !own.terms.is_empty() || !before.terms.is_empty();
    let by_pieces = year == 1 && given.is_empty() && !line.support;
    let growth = (can_move && !by_pieces).then(|| growth(built, line, &own, &before, year));
    let mut taken = received.clone();
    taken.add(&effects.newly_asked, 1.0);
    let slot = built.year_mut(year).and_then(|columns| columns.lines.get_mut(at));
    let Some(slot) = slot else { return };
    let added = slot.added.clone();
    slot.freed = effects.newly_freed;
    slot.taken = taken;
    if let Some((column, cut)) = growth {
        slot.growth = Some(column);
        slot.grow = Expression { constant: 0.0, terms: vec![(column, 1.0)] };
        slot.cut = cut;
    }
    let (grow, taken) = (slot.grow.clone(), slot.taken.clone());
    let uncredited = slot.uncredited.is_some();
    if case.pools.iter().any(|pool| pool.silent.contains(&line.key)) {
        silent(built, line, year, (&grow, &taken));
    }
    if !line.support {
        between_years(built, line, at, year);
        if !given.is_empty() || (uncredited && year > 1) {
            limits(built, line, year, "pace", (&own, &before));
        }
        if !received.terms.is_empty() {
            // What is received comes on top of the receiver's own growth.
            let mut room = Expression::default();
            room.add(&before, line.reach.growth);
            room.add(&grow, -1.0);
            room.add(&received, -1.0);
            built.rule(format!("received/{}/{year}", line.key), room, RowUnit::Money, 2);
        }
    }
    released(built, line, year, (&own, &added), &effects.frees, &given);
}

/// A line without a figure for its staff may not grow, whether by itself, behind those it supports,
/// or because a move or an option asks for it: missing figures are not free staff.
fn silent(built: &mut Built, line: &Line, year: u8, (grow, taken): (&Expression, &Expression)) {
    let mut still = Expression::default();
    still.add(grow, -1.0);
    still.add(taken, -1.0);
    let still = still.tidy();
    if built.extent(&still).0 < 0.0 {
        built.rule(format!("silent/{}/{year}", line.key), still, RowUnit::Money, 2);
    }
}

/// A column for the growth of own spend on the year before; the cut is what balances it.
fn growth(
    built: &mut Built,
    line: &Line,
    own: &Expression,
    before: &Expression,
    year: u8,
) -> (usize, Expression) {
    let mut rise = own.clone();
    rise.add(before, -1.0);
    let rise = rise.tidy();
    let (_, most) = built.extent(&rise);
    let key = format!("growth/{}/{year}", line.key);
    let column = built.model.column(key.clone(), 0.0, most.max(0.0), 0.0);
    let mut cut = Expression { constant: 0.0, terms: vec![(column, 1.0)] };
    cut.add(&rise, -1.0);
    let cut = cut.tidy();
    built.rule(format!("cut/{}/{year}", line.key), cut.clone(), RowUnit::Money, 2);
    (column, cut)
}

/// What the curve sees stays within the cut and growth limits of the year before.
fn between_years(built: &mut Built, line: &Line, at: usize, year: u8) {
    let Some(curve) = line.curve.as_ref().filter(|_| year > 1) else { return };
    let seen = |columns: &LineColumns, year: u8| {
        let lower = line.reach.multiples(year).0 * curve.spend.get();
        let terms = columns.below.iter().chain(&columns.above).map(|column| (*column, 1.0));
        Expression { constant: lower, terms: terms.collect() }
    };
    let (Some(now), Some(before)) = (built.line(year, at), built.line(year - 1, at)) else {
        return;
    };
    if now.below.is_empty() && now.above.is_empty() {
        return;
    }
    let (now, before) = (seen(now, year), seen(before, year - 1));
    limits(built, line, year, "curve", (&now, &before));
}

/// A year's figure stays within the line's cut and growth limits of the year before: `curve` for
/// what the curve sees, `pace` for own spend.
fn limits(
    built: &mut Built,
    line: &Line,
    year: u8,
    what: &str,
    (now, before): (&Expression, &Expression),
) {
    let mut least = now.clone();
    least.add(before, -(1.0 - line.reach.cut));
    let mut most = Expression::default();
    most.add(before, 1.0 + line.reach.growth);
    most.add(now, -1.0);
    built.rule(format!("{what}_cut/{}/{year}", line.key), least, RowUnit::Money, 2);
    built.rule(format!("{what}_growth/{}/{year}", line.key), most, RowUnit::Money, 2);
}

/// What options free and what moves away are at most what has a curve, and no spend is negative.
fn released(
    built: &mut Built,
    line: &Line,
    year: u8,
    (own, added): (&Expression, &Expression),
    frees: &Expression,
    given: &[usize],
) {
    if !frees.terms.is_empty() || given.len() > 1 {
        let mut rest = Expression { constant: line.releasable().get(), terms: Vec::new() };
        rest.add(frees, -1.0);
        rest.terms.extend(given.iter().map(|column| (*column, -1.0)));
        built.rule(format!("released/{}/{year}", line.key), rest, RowUnit::Money, 1);
    }
    let mut spend = own.clone();
    spend.add(added, 1.0);
    if built.extent(&spend).0 < 0.0 {
        built.rule(format!("spend/{}/{year}", line.key), spend, RowUnit::Money, 1);
    }
}
