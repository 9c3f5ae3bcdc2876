//! What the process that reads a workbook tells its parent, as TOML on standard output.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

use super::rules;
use crate::problem::{Problem, Report};

/// The sheets written and the problems found.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryDefinition {
    sheets: Vec<String>,
    counts: BTreeMap<String, u64>,
    #[serde(default)]
    problem: Vec<ProblemDefinition>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProblemDefinition {
    table: String,
    row: Option<u64>,
    column: Option<String>,
    rule: String,
    message: String,
}

impl SummaryDefinition {
    pub fn of(sheets: &[String], report: &Report) -> Self {
        let counts = report.counts().iter().map(|(rule, count)| ((*rule).to_owned(), *count));
        let problem = report.problems().iter().map(|problem| ProblemDefinition {
            table: problem.table.clone(),
            row: problem.row,
            column: problem.column.clone(),
            rule: problem.rule.to_owned(),
            message: problem.message.clone(),
        });
        Self { sheets: sheets.to_owned(), counts: counts.collect(), problem: problem.collect() }
    }

    /// The sheets and the report; nothing where the text is not such a summary.
    pub fn read(text: &str) -> Option<(Vec<String>, Report)> {
        let summary: Self = toml::from_str(text).ok()?;
        let mut report = Report::default();
        let mut listed: HashMap<&'static str, u64> = HashMap::new();
        for problem in summary.problem {
            let rule = rules::named(&problem.rule)?;
            *listed.entry(rule).or_default() += 1;
            report.push(Problem {
                row: problem.row,
                column: problem.column,
                ..Problem::of_file(&problem.table, rule, problem.message)
            });
        }
        let mut beyond = HashMap::new();
        for (rule, count) in &summary.counts {
            let rule = rules::named(rule)?;
            let seen = listed.get(rule).copied().unwrap_or_default();
            beyond.insert(rule, count.saturating_sub(seen));
        }
        beyond.retain(|_, count| *count > 0);
        report.count_further(&beyond, !beyond.is_empty(), false);
        Some((summary.sheets, report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_comes_back_as_it_was_with_what_was_not_kept() {
        let mut report = Report::default();
        for row in 2..1_502 {
            let problem = Problem::of_row("costs", row, rules::FORMULA, "paste \"values\"\n…");
            report.push(problem.in_column("cost_gbp"));
        }
        report.push(Problem::of_file("workbook", rules::UNKNOWN_SHEET, "no"));
        let sheets = vec!["costs".to_owned()];
        let text = toml::to_string(&SummaryDefinition::of(&sheets, &report)).expect("TOML");
        assert_eq!(SummaryDefinition::read(&text), Some((sheets, report)));
        assert_eq!(SummaryDefinition::read(&text.replace("workbook.formula", "x")), None);
        assert_eq!(SummaryDefinition::read(""), None);
    }
}
