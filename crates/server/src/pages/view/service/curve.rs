use api::uncertainty::{ServiceUncertaintyJson, UncertaintyJson};
use serde::Serialize;

use crate::charts::{Curve, Curves, Heading, curves};
use crate::pages::format::{gbp_per_qaly, prob, sentence_case};

/// How likely it is, at each price of a healthy year, that the service is worth it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CurveView {
    /// The finding.
    pub title: String,
    /// The picture.
    pub chart: String,
    /// From which price on it turns.
    pub reading: String,
    /// The same as a table.
    pub rows: Vec<CurveRow>,
    /// How many draws.
    pub draws: String,
}

/// One price.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CurveRow {
    /// The price.
    pub price: String,
    /// How likely the whole is worth it.
    pub whole: String,
    /// How likely the last pound costs more.
    pub last: String,
}

const WHOLE: &str = "The whole service is worth its price";
const LAST: &str = "The last pound costs more than that";

impl CurveView {
    /// The curves of a service.
    pub fn new(all: &UncertaintyJson, line: &ServiceUncertaintyJson) -> Option<Self> {
        let prices = &all.thresholds_gbp_per_qaly;
        let points = |shares: &[f64]| -> Vec<(f64, f64)> {
            prices.iter().copied().zip(shares.iter().copied()).collect()
        };
        let whole = points(&line.prob_cost_effective_curve);
        let last = points(&line.prob_last_pound_dearer_curve);
        if whole.len() < 2 || last.len() < 2 {
            return None;
        }
        let at = gbp_per_qaly(Some(all.threshold_gbp_per_qaly));
        let title = format!(
            "At {at} a healthy year the whole service is worth its price {}, and its last pound \
             costs more {}",
            prob(line.prob_cost_effective),
            prob(line.prob_last_pound_dearer)
        );
        let curve = |name: &str, points: &[(f64, f64)]| Curve {
            name: name.to_owned(),
            points: points.to_owned(),
        };
        let chart = curves(&Curves {
            heading: Heading {
                id: "curve".to_owned(),
                title: title.clone(),
                description: "Two curves over the price of a healthy year: the share of draws in \
                              which the whole service is worth it, and in which its last pound \
                              costs more. The table below gives the same figures."
                    .to_owned(),
            },
            across: "Price of a healthy year (QALY)".to_owned(),
            curves: vec![curve(WHOLE, &whole), curve(LAST, &last)],
            mark: Some((all.threshold_gbp_per_qaly, at)),
        });
        let rows = whole.iter().zip(&last).map(|((price, whole), (_, last))| CurveRow {
            price: gbp_per_qaly(Some(*price)),
            whole: sentence_case(&prob(*whole)),
            last: sentence_case(&prob(*last)),
        });
        Some(Self {
            title,
            chart,
            reading: format!("{} {}", turn_of_whole(&whole), turn_of_last(&last)),
            rows: rows.collect(),
            draws: crate::pages::format::thousands(&all.draws.to_string()),
        })
    }
}

/// From which price on the whole is more likely than not worth it.
fn turn_of_whole(points: &[(f64, f64)]) -> String {
    let price = |price: f64| gbp_per_qaly(Some(price));
    match (points.iter().position(|(_, share)| *share >= 0.5), points.first(), points.last()) {
        (Some(0), Some(first), _) => {
            format!(
                "The whole is more likely than not worth {} a healthy year and anything above.",
                price(first.0)
            )
        }
        (Some(at), ..) => points.get(at).map_or_else(String::new, |found| {
            format!(
                "From {} a healthy year on the whole is more likely than not worth its price.",
                price(found.0)
            )
        }),
        (None, _, Some(last)) => {
            format!(
                "Even at {} a healthy year the whole is more likely than not too dear.",
                price(last.0)
            )
        }
        (None, ..) => String::new(),
    }
}

/// From which price on the last pound more likely than not costs less.
fn turn_of_last(points: &[(f64, f64)]) -> String {
    let price = |price: f64| gbp_per_qaly(Some(price));
    match (points.iter().position(|(_, share)| *share <= 0.5), points.first(), points.last()) {
        (Some(0), Some(first), _) => {
            format!("Its last pound is more likely than not cheaper than even {}.", price(first.0))
        }
        (Some(at), ..) => points.get(at).map_or_else(String::new, |found| {
            format!("Its last pound is more likely than not cheaper than {}.", price(found.0))
        }),
        (None, _, Some(last)) => {
            format!("Its last pound is more likely than not dearer than even {}.", price(last.0))
        }
        (None, ..) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turn_is_said_whichever_end_it_lies_at() {
        let points = |shares: [f64; 3]| -> Vec<(f64, f64)> {
            [7_000.0, 21_000.0, 35_000.0].into_iter().zip(shares).collect()
        };
        assert!(turn_of_whole(&points([0.1, 0.6, 0.9])).starts_with("From £21,000"));
        assert!(turn_of_whole(&points([0.7, 0.8, 0.9])).contains("£7,000 a healthy year and"));
        assert!(turn_of_whole(&points([0.1, 0.2, 0.3])).starts_with("Even at £35,000"));
        assert!(turn_of_last(&points([0.9, 0.4, 0.1])).contains("cheaper than £21,000"));
        assert!(turn_of_last(&points([0.4, 0.2, 0.1])).contains("than even £7,000"));
        assert!(turn_of_last(&points([0.9, 0.8, 0.7])).contains("dearer than even £35,000"));
    }
}
