//! What the limits leave open beside a plan, in words.

use api::result::{AlternativeJson, RunJson, ServiceJson};
use quantities::Pence;
use quantities::words::money_short;

use crate::text::Table;

/// How many differences of another plan are named.
const NAMED: usize = 5;

/// Ranges and other plans; nothing where they were not asked for.
pub fn in_words(result: &RunJson) -> String {
    let Some(alternatives) = &result.alternatives else { return String::new() };
    let mut out = format!("\nSpends that keep 99 % of the gain\n{}", ranges(result));
    for (number, alternative) in (1..).zip(alternatives) {
        out.push_str(&format!(
            "\nPlan {number} of those that differ most (gain {:.1} healthy years)\n{}",
            alternative.gain_qaly,
            differences(result, alternative)
        ));
    }
    if alternatives.is_empty() {
        out.push_str("\nNo other plan keeps 99 % of the gain.\n");
    }
    out
}

fn ranges(result: &RunJson) -> Table {
    let mut table = Table::new(["service", "name", "plan £", "least £", "most £"]).left(2);
    for service in &result.services {
        if let Some([low, high]) = service.range_gbp.clone() {
            table.row([
                service.service.clone(),
                name(service),
                service.plan_gbp.to_string(),
                low,
                high,
            ]);
        }
    }
    table
}

fn differences(result: &RunJson, alternative: &AlternativeJson) -> Table {
    let mut apart: Vec<(Pence, &ServiceJson)> = result
        .services
        .iter()
        .zip(&alternative.services)
        .map(|(service, other)| (other.plan_gbp - service.plan_gbp, service))
        .filter(|(by, _)| *by != Pence::ZERO)
        .collect();
    apart.sort_by_key(|(by, _)| std::cmp::Reverse(by.get().abs()));
    let mut table = Table::new(["service", "name", "plan £", "here £", "difference"]).left(2);
    for (by, service) in apart.into_iter().take(NAMED) {
        table.row([
            service.service.clone(),
            name(service),
            service.plan_gbp.to_string(),
            (service.plan_gbp + by).to_string(),
            format!("{}{}", if by > Pence::ZERO { "+" } else { "" }, money_short(by)),
        ]);
    }
    table
}

fn name(service: &ServiceJson) -> String {
    service.name.chars().take(40).collect()
}
