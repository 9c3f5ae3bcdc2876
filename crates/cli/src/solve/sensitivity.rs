//! How an answer hangs on each assumption, in words.

use api::result::{AssumptionJson, EndJson, RunJson};
use quantities::words::money_short;

use crate::text::{Table, one_decimal};

/// How many assumptions are said in sentences.
const SAID: usize = 8;

/// A tornado as a table, and what its widest bars mean; nothing where it was not asked for.
pub fn in_words(result: &RunJson) -> String {
    let Some(found) = &result.sensitivity else { return String::new() };
    let mut table = Table::new([
        "assumption",
        "end",
        "this plan",
        "best plan",
        "moved elsewhere",
        "keeps every limit",
    ]);
    for assumption in &found.assumptions {
        let ends = [("low", &assumption.low), ("high", &assumption.high)];
        for (name, end) in ends.into_iter().filter_map(|(name, end)| Some((name, end.as_ref()?))) {
            table.row(row(assumption, name, end));
        }
    }
    let mut out = format!(
        "\nWhat the answer hangs on (gain {:.1} {}; one assumption moved at a time)\n{table}",
        found.gain, found.unit
    );
    let ends = found.assumptions.iter().take(SAID);
    for end in ends.flat_map(|assumption| assumption.low.iter().chain(&assumption.high)) {
        out.push_str(&format!("  {}\n", end.sentence));
    }
    if found.line_figures > 0 {
        out.push_str(&format!(
            "  Of {} outcomes and elasticities of single services, {} are proven to leave this plan \
             the best at either end of their 95 % ranges.\n",
            found.line_figures, found.line_figures_cleared
        ));
    }
    out
}

fn row(assumption: &AssumptionJson, name: &str, end: &EndJson) -> [String; 6] {
    [
        assumption.key.clone(),
        name.to_owned(),
        format!("{:.1}", end.gain_held),
        one_decimal(end.gain_best),
        end.moved_gbp.map_or_else(|| "–".to_owned(), money_short),
        if end.keeps_limits { "yes" } else { "no" }.to_owned(),
    ]
}
