//! Family 8, needs: what a line's patients need of another. Support lines follow by definition
//! (family 1); where a row says `at_least`, and for every other line, the line must at least keep up.

use super::{Built, LimitOf, in_year};
use crate::case::Case;
use crate::model::{Expression, RowUnit, Sense};

pub fn add(case: &Case, built: &mut Built, year: u8) {
    for need in case.needs.iter().filter(|need| !need.follows) {
        let Some(line) = case.lines.get(need.line) else { continue };
        let mut rise = Expression::default();
        let mut add = |at: usize, factor: f64| {
            if let (Some(line), Some(columns)) = (case.lines.get(at), built.line(year, at)) {
                columns.add_spend(&mut rise, factor);
                rise.constant -= factor * line.base.to_millions().get();
            }
        };
        add(need.line, 1.0);
        for (user, per_pound) in &need.users {
            add(*user, -per_pound);
        }
        let label = format!("{} keeps up with the lines that need it", line.key);
        built.limit(
            rise,
            LimitOf {
                family: "need",
                id: line.key.to_string(),
                year,
                label: in_year(case, label, year),
                sense: Sense::AtLeast,
                limit: 0.0,
                unit: RowUnit::Money,
                services: need.users.len() + 1,
                class: Some("need"),
            },
        );
    }
}
