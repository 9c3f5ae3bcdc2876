//! The range of each figure in words: where 95 of 100 draws lie.

use api::value::ServiceValueJson;

use crate::pages::format::{
    gbp_per_qaly, qaly, qaly_per_thousand, qaly_signed, range_words, thousands,
};

/// Of a service's health.
pub fn qaly_range(service: &ServiceValueJson) -> Option<String> {
    Some(range_words(&qaly(service.qaly_low?), &qaly(service.qaly_high?)))
}

/// Of the average price.
pub fn average_range(service: &ServiceValueJson) -> Option<String> {
    price_range(service.average_low_gbp_per_qaly, service.average_high_gbp_per_qaly)
}

/// Of the price at the margin.
pub fn marginal_range(service: &ServiceValueJson) -> Option<String> {
    price_range(service.marginal_low_gbp_per_qaly, service.marginal_high_gbp_per_qaly)
}

/// Of a price; open upwards where health may be nil.
pub fn price_range(low: Option<f64>, high: Option<f64>) -> Option<String> {
    let low = gbp_per_qaly(Some(low?));
    Some(match high {
        Some(high) => range_words(&low, &gbp_per_qaly(Some(high))),
        None => format!("{low} or more"),
    })
}

/// Of the health for each £1,000.
pub fn per_thousand_range(service: &ServiceValueJson) -> Option<String> {
    let (low, high) = (service.qaly_per_thousand_gbp_low, service.qaly_per_thousand_gbp_high);
    per_thousand_words(low, high)
}

/// The same for what £1,000 buy at prices from low to high.
pub fn per_thousand_of(low: Option<f64>, high: Option<f64>) -> Option<String> {
    per_thousand_words(high.map(|price| 1e3 / price), low.map(|price| 1e3 / price))
}

fn per_thousand_words(low: Option<f64>, high: Option<f64>) -> Option<String> {
    let high = qaly_per_thousand(high.filter(|most| most.is_finite())?);
    Some(match low {
        Some(low) => range_words(&qaly_per_thousand(low), &high),
        None => format!("{high} or less"),
    })
}

/// Of the net health benefit.
pub fn net_range(service: &ServiceValueJson) -> Option<String> {
    let ends = (service.net_health_benefit_low_qaly?, service.net_health_benefit_high_qaly?);
    Some(range_words(&qaly_signed(ends.0), &qaly_signed(ends.1)))
}

/// Of the place in the order that allows for doubt.
pub fn place_range(service: &ServiceValueJson) -> Option<String> {
    Some(place_words(u64::from(service.order_low?), u64::from(service.order_high?)))
}

/// Places in words.
pub fn place_words(low: u64, high: u64) -> String {
    let (low, high) = (thousands(&low.to_string()), thousands(&high.to_string()));
    if low == high { format!("almost surely {low}") } else { format!("between {low} and {high}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_without_a_limit_is_said() {
        let words = |low, high| price_range(low, high);
        assert_eq!(words(Some(1_200.0), None).as_deref(), Some("£1,200 or more"));
        assert_eq!(words(Some(990.0), Some(20_000.0)).as_deref(), Some("between £990 and £20,000"));
        assert_eq!(words(None, Some(1.0)), None);
        let bought = |low, high| per_thousand_of(low, high);
        assert_eq!(bought(Some(10_000.0), None).as_deref(), Some("0.10 or less"));
        let both = bought(Some(10_000.0), Some(50_000.0));
        assert_eq!(both.as_deref(), Some("between 0.020 and 0.10"));
        assert_eq!(place_words(3, 3), "almost surely 3");
        assert_eq!(place_words(1, 1_900), "between 1 and 1,900");
    }
}
