//! The figures that matter most to a result.

use serde::Serialize;
use value::sensitivity::{Driver, Figure};

use crate::engine::Matter;
use crate::pages::format::{
    gbp_per_qaly, money_short, pct, plural, qaly, qaly_signed, sentence_case,
};
use crate::pages::view::labels::upload_table;

/// How many figures are shown.
const MOST: usize = 5;

/// The figures that matter most.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FiguresView {
    /// What they are held against, or why there are none, as sentences.
    pub about: String,
    /// The most telling first.
    pub rows: Vec<FigureRow>,
}

/// One figure of one line.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FigureRow {
    /// What it is.
    pub figure: String,
    /// Where it stands, and who answers for it.
    pub place: String,
    /// The line's name.
    pub line: String,
    /// The line's code.
    pub service: String,
    /// What it is now.
    pub now: String,
    /// What a tenth worse does.
    pub tenth_worse: String,
    /// At which value the last pound crosses the threshold, as sentences.
    pub crosses: String,
}

impl From<&Matter> for FiguresView {
    fn from(matter: &Matter) -> Self {
        let threshold = gbp_per_qaly(Some(matter.threshold.get()));
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let missing = match count(matter.not_assessable) {
            0 => String::new(),
            some => format!(
                " {} be valued yet, so no figure of theirs is among these.",
                plural(some, "line cannot", "lines cannot")
            ),
        };
        let about = if matter.drivers.is_empty() {
            format!("No line can be valued yet, so no figure can be weighed.{missing}")
        } else {
            format!(
                "The last pound of a line is held against {threshold} for a healthy year \
                 (QALY).{missing}"
            )
        };
        let rows = matter.drivers.iter().take(MOST);
        Self { about, rows: rows.map(|driver| FigureRow::of(driver, &threshold)).collect() }
    }
}

impl FigureRow {
    fn of(driver: &Driver, threshold: &str) -> Self {
        let (table, column) = driver.figure.place();
        let judged =
            if driver.figure.is_measured() { "" } else { "; judged by the board's reviewer" };
        let now = driver.value.map_or_else(
            || "differs between its cohorts".to_owned(),
            |value| shown(driver.figure, value),
        );
        Self {
            figure: sentence_case(driver.figure.label()),
            place: format!("{}, {column}{judged}", upload_table(table)),
            line: driver.name.clone(),
            service: driver.service.to_string(),
            now,
            tenth_worse: format!("{} healthy years a year", qaly_signed(driver.tenth_worse.get())),
            crosses: crosses(driver, threshold),
        }
    }
}

fn crosses(driver: &Driver, threshold: &str) -> String {
    let marginal = driver.marginal.get();
    let now =
        format!("The last pound now buys a healthy year for {}", gbp_per_qaly(Some(marginal)));
    let Some(times) = driver.flips_at else {
        return format!(
            "{now}; no value between a fifth and five times of it crosses {threshold}."
        );
    };
    let by = ((times - 1.0).abs() * 100.0).round();
    let than = if times < 1.0 { "less" } else { "more" };
    let place = match driver.flip_value() {
        Some(value) => format!("at {} ({} {than})", shown(driver.figure, rounded(value)), pct(by)),
        None => format!("with {} {than} of it", pct(by)),
    };
    format!("{now}; {place} it crosses {threshold}.")
}

/// To three digits: the place where an answer turns is no more certain than that.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// A figure in its own unit.
fn shown(figure: Figure, value: f64) -> String {
    match figure {
        Figure::Cost => format!("{value:.2}").parse().map_or_else(|_| qaly(value), money_short),
        Figure::Patients => qaly(value),
        Figure::Gain => format!("{value:.3}").replace('-', "−"),
        Figure::Duration => format!("{} years", qaly(value)),
        Figure::Counterfactual => pct((value * 100.0).round()),
        Figure::Elasticity => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn each_figure_says_what_a_tenth_worse_does_and_where_the_answer_turns() {
        let view = FiguresView::from(&samples::matter(9));
        assert_eq!(view.rows.len(), MOST);
        assert!(
            view.about
                .ends_with("2 lines cannot be valued yet, so no figure of theirs is among these.")
        );
        let [cost, patients, gain, ..] = view.rows.as_slice() else { panic!("{view:?}") };
        assert_eq!((cost.now.as_str(), cost.place.as_str()), ("£3.8m", "Costs, cost_gbp"));
        assert_eq!(cost.tenth_worse, "−9.0 healthy years a year");
        assert_eq!(
            cost.crosses,
            "The last pound now buys a healthy year for £12,300; at £4.6m (22% more) it crosses £15,000."
        );
        assert!(patients.crosses.contains("no value between a fifth and five times"));
        assert_eq!(gain.now, "differs between its cohorts");
        assert!(
            gain.crosses.ends_with("; with 22% more of it it crosses £15,000."),
            "{}",
            gain.crosses
        );
    }

    #[test]
    fn where_an_answer_turns_has_three_digits() {
        assert_eq!([25_803.2, 0.175_64, 1.0].map(rounded), [25_800.0, 0.176, 1.0]);
    }

    #[test]
    fn where_no_line_can_be_valued_it_says_so() {
        let none = samples::matter(0);
        assert!(FiguresView::from(&none).about.starts_with("No line can be valued yet"));
    }
}
