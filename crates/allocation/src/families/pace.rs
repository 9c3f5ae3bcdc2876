//! Family 4, pace: the sums of selections. A line's own pace is in the bounds of its pieces.

use super::Built;
use crate::case::Case;
use crate::model::RowUnit;

pub fn add(case: &Case, built: &mut Built) {
    for total in &case.totals {
        let spend = built.own(total.lines.iter().copied());
        built.limit(
            total.key.clone(),
            "pace_total",
            total.label.clone(),
            spend,
            total.sense,
            total.limit.get(),
            RowUnit::Money,
            total.lines.len(),
            Some("pace_total"),
        );
    }
}
