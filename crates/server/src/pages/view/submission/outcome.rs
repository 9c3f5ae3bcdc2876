use api::check::{CheckJson, ProblemJson, ReconciliationJson};
use serde::Serialize;
use std::collections::BTreeMap;

use crate::pages::format::{money_full, money_millions, money_short, pct, plural, thousands};
use crate::pages::view::Tag;
use crate::pages::view::labels::reconciliation;

/// Problems of one rule that are listed; the rest are in the download.
const LISTED: usize = 50;

/// Problems of one rule.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RuleGroup {
    /// The rule's stable code.
    pub rule: String,
    /// What is wrong in the first of them.
    pub message: String,
    /// How many.
    pub rows: String,
    /// Where the first is.
    pub first: String,
    /// Each of them, as far as they are listed.
    pub problems: Vec<ProblemRow>,
    /// How many are not listed.
    pub unlisted: Option<String>,
}

/// One problem.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProblemRow {
    /// The row in the file.
    pub row: String,
    /// The column.
    pub column: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// One provider's costs against its accounts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Bridge {
    /// The bridge as one sentence.
    pub sentence: String,
    /// How it stands.
    pub tag: Tag,
    /// The provider and the year.
    pub of: String,
    /// Costed.
    pub costed: String,
    /// Excluded.
    pub excluded: String,
    /// The accounts.
    pub accounts: String,
    /// The difference.
    pub difference: String,
    /// The difference in percent.
    pub difference_pct: String,
}

/// Problems sorted by what they ask for.
#[derive(Default)]
pub struct Found {
    /// What must be mended.
    pub refused: Vec<RuleGroup>,
    /// What needs an answer.
    pub queried: Vec<RuleGroup>,
    /// What to know.
    pub noted: Vec<RuleGroup>,
}

impl From<&CheckJson> for Found {
    fn from(check: &CheckJson) -> Self {
        let mut by_rule: BTreeMap<(&str, &str), Vec<&ProblemJson>> = BTreeMap::new();
        for problem in &check.problems {
            by_rule.entry((&problem.severity, &problem.rule)).or_default().push(problem);
        }
        let mut found = Self::default();
        for ((severity, rule), problems) in by_rule {
            let listed = u64::try_from(problems.len()).unwrap_or(u64::MAX);
            let count = check.counts.get(rule).copied().unwrap_or(listed).max(listed);
            let group = group(rule, &problems, count);
            match severity {
                "refuse" => found.refused.push(group),
                "query" => found.queried.push(group),
                _ => found.noted.push(group),
            }
        }
        found
    }
}

impl Found {
    /// The answer, as one sentence.
    pub fn answer(&self, accepted: bool, state: &str) -> String {
        let number = |groups: &[RuleGroup]| u64::try_from(groups.len()).unwrap_or(u64::MAX);
        let (mend, ask) = (number(&self.refused), number(&self.queried));
        let things = plural(mend, "thing", "things");
        match (accepted, ask) {
            (false, 0) => format!("Your file was not accepted: {things} must be mended."),
            (false, ask) => format!(
                "Your file was not accepted: {things} must be mended, {} an answer.",
                plural(ask, "needs", "need")
            ),
            (true, _) if state == "signed_off" => {
                "This version is signed off; it is part of the next edition.".to_owned()
            }
            (true, 0) => "Your file was accepted: nothing has to be mended.".to_owned(),
            (true, ask) => format!(
                "Your file was accepted: {} to be answered before sign-off.",
                plural(ask, "thing has", "things have")
            ),
        }
    }
}

fn group(rule: &str, problems: &[&ProblemJson], count: u64) -> RuleGroup {
    let listed = problems.len().min(LISTED);
    let unlisted = count.saturating_sub(u64::try_from(listed).unwrap_or(u64::MAX));
    RuleGroup {
        rule: rule.to_owned(),
        message: problems.first().map_or_else(String::new, |problem| problem.message.clone()),
        rows: thousands(&count.to_string()),
        first: problems.first().map_or_else(String::new, |problem| place(problem)),
        problems: problems.iter().take(LISTED).map(|problem| ProblemRow::from(*problem)).collect(),
        unlisted: (unlisted > 0).then(|| plural(unlisted, "more is", "more are")),
    }
}

fn place(problem: &ProblemJson) -> String {
    let row = match problem.row {
        Some(row) => format!("row {}", thousands(&row.to_string())),
        None => "whole file".to_owned(),
    };
    match &problem.column {
        Some(column) => format!("{row}, {column}"),
        None => row,
    }
}

impl From<&ProblemJson> for ProblemRow {
    fn from(problem: &ProblemJson) -> Self {
        Self {
            row: problem
                .row
                .map_or_else(|| "whole file".to_owned(), |row| thousands(&row.to_string())),
            column: problem.column.clone().unwrap_or_else(|| "whole row".to_owned()),
            message: problem.message.clone(),
        }
    }
}

/// Rows read and the sum of costs.
pub fn totals(check: &CheckJson) -> String {
    let rows: u64 = check.rows.values().sum();
    let cost = check.totals.cost_gbp;
    let read = plural(rows, "row was read", "rows were read");
    if cost.get() == 0 {
        format!("{read}.")
    } else {
        format!("{read}; costs add up to {}.", money_short(cost))
    }
}

impl From<&ReconciliationJson> for Bridge {
    fn from(line: &ReconciliationJson) -> Self {
        let percent = line.difference_pct.map(pct);
        let sentence = match &percent {
            Some(percent) => format!(
                "Costed {} + excluded {} − accounts {} = {} ({percent}).",
                money_millions(line.costed_gbp),
                money_millions(line.excluded_gbp),
                money_millions(line.accounts_gbp),
                money_millions(line.difference_gbp),
            ),
            None => format!(
                "Costed {}; no accounts have been handed in to compare with.",
                money_millions(line.costed_gbp)
            ),
        };
        Self {
            sentence,
            tag: reconciliation(&line.status),
            of: format!("{}, {}", line.provider, line.fin_year),
            costed: money_millions(line.costed_gbp),
            excluded: money_millions(line.excluded_gbp),
            accounts: money_millions(line.accounts_gbp),
            difference: money_full(line.difference_gbp),
            difference_pct: percent.unwrap_or_else(|| "not known".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_is_one_sentence() {
        let pence = |text: &str| text.parse().expect("money");
        let line = ReconciliationJson {
            provider: "RTG".to_owned(),
            fin_year: "2024-25".to_owned(),
            costed_gbp: pence("98700000"),
            excluded_gbp: pence("1100000"),
            accounts_gbp: pence("100000000"),
            difference_gbp: pence("-200000"),
            difference_pct: Some(-0.2),
            status: "green".to_owned(),
        };
        assert_eq!(
            Bridge::from(&line).sentence,
            "Costed £98.70m + excluded £1.10m − accounts £100.00m = −£0.20m (−0.20%)."
        );
    }
}
