//! Family 5, floors and caps on any selection.

use super::{Built, LimitOf, in_year};
use crate::case::{Case, Floor, FloorLimit};
use crate::model::{Expression, RowUnit};

pub fn add(case: &Case, built: &mut Built, year: u8) {
    for floor in &case.floors {
        let mut spend = spend(case, built, floor, floor.lines.iter().copied(), year);
        let (limit, services) = match floor.limit {
            FloorLimit::Spend(limit) => (limit.get(), floor.lines.len()),
            FloorLimit::Share(share) => {
                let all = self::spend(case, built, floor, 0..case.lines.len(), year);
                spend.add(&all, -share);
                (0.0, case.lines.len())
            }
        };
        built.limit(
            spend,
            LimitOf {
                family: "floor",
                id: floor.id.clone(),
                year,
                label: in_year(case, floor.label.clone(), year),
                sense: floor.sense,
                limit,
                unit: RowUnit::Money,
                services,
                class: Some("floor"),
            },
        );
    }
}

/// Σ spend, in base-year prices or the cash of the year.
fn spend(
    case: &Case,
    built: &Built,
    floor: &Floor,
    lines: impl Iterator<Item = usize>,
    year: u8,
) -> Expression {
    let mut spend = Expression::default();
    for at in lines {
        if let (Some(line), Some(columns)) = (case.lines.get(at), built.line(year, at)) {
            let price = if floor.cash { line.grown(year).price } else { 1.0 };
            columns.add_spend(&mut spend, price);
        }
    }
    spend
}
