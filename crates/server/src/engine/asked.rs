//! What a check asks of those who handed a file in, with the business key of each row.

use openbook::table::Row;
use openbook::{CheckedTable, Problem, Report, Severity, TableDefinition};
use std::collections::HashMap;
use store::Query;

/// Every query of the report. Rows that the report counts and does not list are kept as one entry
/// for each rule.
pub(super) fn of(accepted: &[CheckedTable], report: &Report) -> Vec<Query> {
    if accepted.is_empty() {
        return Vec::new();
    }
    let listed = report.problems();
    let keys = keys(accepted, listed);
    let mut queries: Vec<Query> = listed
        .iter()
        .filter(|it| it.severity == Severity::Query)
        .map(|it| of_row(it, &keys))
        .collect();
    for (rule, count) in report.counts() {
        let mut of_rule = listed.iter().filter(|problem| problem.rule == *rule).peekable();
        let example = of_rule.peek().copied();
        let further = count.saturating_sub(u64::try_from(of_rule.count()).unwrap_or(*count));
        // What is accepted is not refused; of a rule that is not listed at all it cannot be told
        // whether it asks or only notes, so that it is asked.
        let asks = example.is_none_or(|problem| problem.severity == Severity::Query);
        if further > 0 && asks {
            queries.push(further_rows(accepted, rule, example, further));
        }
    }
    queries
}

fn of_row(problem: &Problem, keys: &HashMap<(&str, u64), String>) -> Query {
    Query {
        table: problem.table.clone(),
        rule: problem.rule.to_owned(),
        row: problem.row,
        column: problem.column.clone(),
        key: problem.row.and_then(|row| keys.get(&(problem.table.as_str(), row)).cloned()),
        message: problem.message.clone(),
        occurrences: 1,
    }
}

fn further_rows(
    accepted: &[CheckedTable],
    rule: &str,
    example: Option<&Problem>,
    occurrences: u64,
) -> Query {
    let first = accepted.first().map(CheckedTable::name);
    let table = example.map(|problem| problem.table.as_str()).or(first).unwrap_or_default();
    let message = "further rows of this rule that are not listed: one answer for the rule covers \
                   them";
    Query {
        table: table.to_owned(),
        rule: rule.to_owned(),
        row: None,
        column: None,
        key: None,
        message: message.to_owned(),
        occurrences,
    }
}

/// The business keys of the rows that problems name.
fn keys<'a>(accepted: &'a [CheckedTable], problems: &[Problem]) -> HashMap<(&'a str, u64), String> {
    let mut keys = HashMap::new();
    for table in accepted {
        let wanted: std::collections::HashSet<u64> = problems
            .iter()
            .filter(|problem| problem.table == table.name())
            .filter_map(|problem| problem.row)
            .collect();
        for row in table.rows().filter(|row| wanted.contains(&row.line())) {
            keys.insert((table.name(), row.line()), key(table.definition(), &row));
        }
    }
    keys
}

/// The key columns of a row in their one form, such as `RTG/110/2024-25`.
pub(super) fn key(definition: &TableDefinition, row: &Row<'_>) -> String {
    let columns = definition.columns.iter().filter(|column| column.key);
    columns.map(|column| row.shown(&column.name)).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Catalogue;
    use openbook::read;

    fn costs(rows: &str) -> CheckedTable {
        let catalogue = Catalogue::embedded().expect("reads");
        let csv = format!(
            "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
             resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n{rows}"
        );
        let definition = catalogue.tables.get("costs").expect("costs").clone();
        let mut report = Report::default();
        let table = read::table(&catalogue.tables, &definition, csv.as_bytes(), &mut report);
        table.expect("accepted")
    }

    fn query(row: Option<u64>, rule: &'static str) -> Problem {
        let problem = Problem::of_file("costs", rule, "look").with(Severity::Query);
        Problem { row, ..problem }
    }

    #[test]
    fn a_query_has_the_key_of_its_row_where_it_is_known() {
        let table = costs(
            "RTG,110,2024-25,0,EL,HN22,nursing,variable,1,5.00,plics,2025-03-31\n\
             RTG,320,2024-25,0,EL,HN22,nursing,variable,1,5.00,plics,2025-03-31\n",
        );
        let mut report = Report::default();
        report.push(query(Some(3), "costs.negative"));
        report.push(query(Some(9), "costs.negative"));
        report.push(query(None, "costs.stale"));
        report.push(query(Some(2), "costs.noted").with(Severity::Note));
        let found = of(&[table], &report);
        let keys: Vec<_> = found.iter().map(|it| (it.rule.as_str(), it.key.as_deref())).collect();
        let known = "RTG/320/2024-25/0/EL/HN22/nursing/variable";
        let expected =
            [("costs.negative", Some(known)), ("costs.negative", None), ("costs.stale", None)];
        assert_eq!(keys, expected);
    }

    #[test]
    fn rows_beyond_those_listed_are_asked_about_once_a_rule() {
        let table = costs("RTG,110,2024-25,0,EL,HN22,nursing,variable,1,5.00,plics,2025-03-31\n");
        let mut report = Report::default();
        let kept = u64::try_from(Report::KEPT).expect("fits");
        for row in 0..kept + 20 {
            report.push(query(Some(row + 2), "costs.negative"));
        }
        report.push(query(Some(7), "costs.jump"));
        let found = of(std::slice::from_ref(&table), &report);
        assert_eq!(found.len(), Report::KEPT + 2);
        let all: u64 = found.iter().map(|query| query.occurrences).sum();
        assert_eq!(all, kept + 21, "every one of them must be answered");
        let further: Vec<_> = found.iter().filter(|query| query.row.is_none()).collect();
        assert_eq!(further.len(), 2);
        assert!(of(&[], &report).is_empty(), "what is refused asks nothing");
    }
}
