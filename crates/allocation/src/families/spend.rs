//! Family 1, spend: the pieces of each line's response curve.

use super::{Built, LineColumns};
use crate::case::{Case, Line};
use crate::model::{Expression, LpModel};

pub fn add(case: &Case, built: &mut Built) {
    for line in &case.lines {
        let columns = columns(line, &mut built.model);
        built.lines.push(columns);
    }
}

fn columns(line: &Line, model: &mut LpModel) -> LineColumns {
    let base = line.base.to_millions().get();
    let mut columns = LineColumns::default();
    columns.own.constant = base;
    if let Some(curve) = &line.curve {
        model.constant += curve.health.get();
        let (mut lost, mut number) = (0.0, 0);
        for segment in &curve.below {
            number += 1;
            let slope = curve.central_slope(segment);
            let key = format!("segment/{}/1/{number}", line.key);
            columns.below.push(model.column(key, 0.0, segment.width, slope));
            columns.own.constant -= segment.width;
            columns.cut.constant += segment.width;
            lost += segment.width * slope;
        }
        model.constant -= lost;
        for segment in &curve.above {
            number += 1;
            let slope = curve.central_slope(segment);
            let key = format!("segment/{}/1/{number}", line.key);
            columns.above.push(model.column(key, 0.0, segment.width, slope));
        }
    }
    let covered = line.curve.as_ref().map_or(0.0, |curve| curve.spend.get());
    let room = (base - covered) * line.growth_limit;
    if line.uncredited && room > 1e-9 {
        let key = format!("uncredited/{}/1", line.key);
        columns.uncredited = Some(model.column(key, 0.0, room, 0.0));
    }
    let plus = |list: &[usize], factor: f64| -> Vec<(usize, f64)> {
        list.iter().map(|column| (*column, factor)).collect()
    };
    let above: Vec<usize> = columns.above.iter().copied().chain(columns.uncredited).collect();
    columns.own.terms = plus(&columns.below, 1.0);
    columns.own.terms.extend(plus(&above, 1.0));
    columns.cut.terms = plus(&columns.below, -1.0);
    columns.grow = Expression { constant: 0.0, terms: plus(&above, 1.0) };
    columns
}
