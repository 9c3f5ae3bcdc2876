//! Family 11, resources: any named capacity.

use super::{Built, LimitOf, in_year};
use crate::case::Case;
use crate::model::{Expression, RowUnit, Sense};

pub fn add(case: &Case, built: &mut Built, year: u8) {
    for (at, capacity) in case.capacities.iter().enumerate() {
        let place = usize::from(year).saturating_sub(1);
        let Some(available) = capacity.available.get(place).copied().flatten() else { continue };
        let Some(columns) = built.year(year) else { continue };
        let mut used = Expression::default();
        for (line, amount) in &capacity.lines {
            let base = case.lines.get(*line).map_or(0.0, |line| line.base.to_millions().get());
            if let Some(columns) = columns.lines.get(*line).filter(|_| base > 0.0) {
                columns.add_spend(&mut used, amount / base);
            }
        }
        for (proposal, column) in case.proposals.iter().zip(&columns.options) {
            let needs = proposal.resources.iter().filter(|(resource, _)| *resource == at);
            used.terms.extend(needs.map(|(_, amount)| (*column, *amount)));
        }
        built.limit(
            used,
            LimitOf {
                family: "resource",
                id: capacity.id.clone(),
                year,
                label: in_year(case, capacity.label.clone(), year),
                sense: Sense::AtMost,
                limit: available,
                unit: RowUnit::Capacity(at),
                services: capacity.lines.len(),
                class: Some("resource"),
            },
        );
    }
}
