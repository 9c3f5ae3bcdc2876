//! Family 4, pace: the sums of selections. A line's own pace is in the bounds of its pieces, and in
//! family 1 from year to year.

use super::{Built, LimitOf, in_year};
use crate::case::Case;
use crate::model::RowUnit;

pub fn add(case: &Case, built: &mut Built, year: u8) {
    for total in &case.totals {
        let mut spend = built.own(year, total.lines.iter().copied());
        let mut limit = total.limit.first.get();
        if year > 1 {
            let before = built.own(year - 1, total.lines.iter().copied());
            spend.add(&before, -total.limit.later);
            limit = 0.0;
        }
        built.limit(
            spend,
            LimitOf {
                family: "pace_total",
                id: total.id.clone(),
                year,
                label: in_year(case, total.label.clone(), year),
                sense: total.sense,
                limit,
                unit: RowUnit::Money,
                services: total.lines.len() * usize::from(year.min(2)),
                class: Some("pace_total"),
            },
        );
    }
}
