//! Family 5, floors and caps on any selection.

use super::Built;
use crate::case::{Case, FloorLimit};
use crate::model::{RowUnit, Sense};

pub fn add(case: &Case, built: &mut Built) {
    for floor in &case.floors {
        let mut spend = built.own(floor.lines.iter().copied());
        let (limit, services) = match floor.limit {
            FloorLimit::Spend(limit) => (limit.get(), floor.lines.len()),
            FloorLimit::Share(share) => {
                let all = built.own(0..case.lines.len());
                spend.add(&all, -share);
                (0.0, case.lines.len())
            }
        };
        let kind = match floor.sense {
            Sense::AtLeast => "floor",
            Sense::AtMost => "cap",
        };
        built.limit(
            floor.key.clone(),
            kind,
            floor.label.clone(),
            spend,
            floor.sense,
            limit,
            RowUnit::Money,
            services,
            Some("floor"),
        );
    }
}
