//! What a plan means for each provider, in words.

use api::result::{ImpactJson, RunJson};
use quantities::Pence;

use crate::text::{self, Table};

/// Cost, income and position of each provider in the final year, then a sentence each.
pub fn in_words(result: &RunJson) -> String {
    let told = || {
        let groups = result.providers.iter();
        groups.filter_map(|group| Some((group, group.impact.as_ref()?)))
    };
    if told().next().is_none() {
        return String::new();
    }
    let mut table = Table::new([
        "provider",
        "cost £m",
        "left behind £m",
        "income follows £m",
        "to agree £m",
        "as it stands £m",
    ]);
    let mut said = String::new();
    for (group, impact) in told() {
        let sum = |of: fn(&api::result::IncomeJson) -> Pence| {
            (!impact.income.is_empty()).then(|| impact.income.iter().map(of).sum())
        };
        table.row([
            group.id.clone(),
            signed(Some(impact.cost_change_gbp)),
            text::millions(group.stranded_gbp.unwrap_or_default()),
            signed(sum(|income| income.follows_gbp)),
            signed(sum(|income| income.to_agree_gbp)),
            signed(impact.position_gbp),
        ]);
        said.push_str(&format!("  {}: {}\n", group.id, sentence(impact)));
    }
    format!("\nWhat it means for each provider, against no change\n{table}{said}")
}

/// A provider's sentences without the last, which is the whole system's and said above.
fn sentence(impact: &ImpactJson) -> &str {
    impact.sentence.split(" The whole system").next().unwrap_or_default()
}

/// £ million with a sign, or a dash where not known.
fn signed(amount: Option<Pence>) -> String {
    amount.map_or_else(|| "–".to_owned(), |amount| format!("{:+.2}", amount.to_millions().get()))
}
