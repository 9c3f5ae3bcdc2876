//! Random linear models: boxes of every kind, rows of both senses, ties, corners where many limits
//! meet, and limits that contradict one another.

use allocation::model::{Expression, LpModel, RowUnit, Sense};

use crate::random::Random;

/// A random model of up to 30 columns and 20 rows; one in twenty is five times as large.
pub fn model(random: &mut Random) -> LpModel {
    let larger = if random.percent(5) { 5 } else { 1 };
    let mut model = LpModel { constant: random.between(-50.0, 50.0), ..LpModel::default() };
    for at in 0..=random.below(30 * larger) {
        let (lower, upper) = bounds(random);
        model.column(format!("x/{at}"), lower, upper, gain(random));
    }
    let kept = point_within(&model, random);
    for at in 0..random.below(21 * larger) {
        add_row(&mut model, at, &kept, random);
    }
    if random.percent(25) {
        add_contradiction(&mut model, random);
    }
    model
}

fn bounds(random: &mut Random) -> (f64, f64) {
    match random.below(10) {
        0 => {
            let held = random.between(-5.0, 5.0);
            (held, held)
        }
        1 | 2 => (-random.size(0.1, 20.0), random.size(0.1, 20.0)),
        3 => (-random.size(10.0, 20.0), -random.size(0.1, 9.0)),
        _ => (0.0, random.size(0.01, 50.0)),
    }
}

fn gain(random: &mut Random) -> f64 {
    match random.below(6) {
        0 => 0.0,
        // Ties.
        1 => 7.0,
        2 => -random.size(0.1, 100.0),
        _ => random.size(0.1, 100.0),
    }
}

/// A point of the box that every ordinary row keeps: half of its coordinates at a bound.
fn point_within(model: &LpModel, random: &mut Random) -> Vec<f64> {
    let within = |column: &allocation::model::Column| match random.below(4) {
        0 => column.lower,
        1 => column.upper,
        _ => random.between(column.lower, column.upper),
    };
    model.columns.iter().map(within).collect()
}

fn terms(model: &LpModel, random: &mut Random) -> Vec<(usize, f64)> {
    let density = *random.pick(&[10, 40, 90]);
    let mut terms = Vec::new();
    for at in 0..model.columns.len() {
        if random.percent(density) {
            let size = random.size(0.05, 50.0);
            terms.push((at, if random.percent(30) { -size } else { size }));
        }
    }
    terms
}

fn sense(random: &mut Random) -> Sense {
    if random.percent(50) { Sense::AtMost } else { Sense::AtLeast }
}

/// A row that the kept point satisfies, often exactly; sometimes a copy of an earlier one.
fn add_row(model: &mut LpModel, at: usize, kept: &[f64], random: &mut Random) {
    let (terms, sense) = match model.rows.last() {
        Some(last) if random.percent(15) => (last.terms.clone(), last.sense),
        _ => (terms(model, random), sense(random)),
    };
    let expression = Expression { constant: random.between(-3.0, 3.0), terms };
    let room = if random.percent(40) { 0.0 } else { random.size(0.01, 100.0) };
    let room = match sense {
        Sense::AtMost => room,
        Sense::AtLeast => -room,
    };
    let parts = expression.terms.iter().map(|(at, part)| part * kept.get(*at).unwrap_or(&0.0));
    let limit = expression.constant + parts.sum::<f64>() + room;
    let unit = *random.pick(&[RowUnit::Money, RowUnit::Staff, RowUnit::Health]);
    model.row(format!("row/{at}"), expression, sense, limit, unit, 1);
}

/// Two rows of which at most one can be kept, or one that no point of the box keeps.
fn add_contradiction(model: &mut LpModel, random: &mut Random) {
    let terms = vec![(0, random.size(0.5, 2.0)), (model.columns.len() - 1, random.size(0.5, 2.0))];
    let expression = Expression { constant: 0.0, terms }.tidy();
    let limit = random.between(-1.0, 1.0);
    let apart = random.size(0.01, 300.0);
    let mut push = |key: &str, sense, limit| {
        model.row(key.to_owned(), expression.clone(), sense, limit, RowUnit::Money, 1);
    };
    if random.percent(50) {
        push("at-least", Sense::AtLeast, limit + apart);
    }
    push("at-most", Sense::AtMost, limit);
}
