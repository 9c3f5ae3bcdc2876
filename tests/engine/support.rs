//! Books made of tables written in a test, and runs of them.

use allocation::{Case, Run, Scenario};
use openbook::{Book, Report, read};
use server::Catalogue;

/// A book of tables given as CSV text by name.
pub fn book(tables: &[(&str, String)]) -> Book {
    let (book, report) = assembled(tables);
    book.unwrap_or_else(|| panic!("{:?}", report.problems()))
}

/// The rules by which tables are refused.
pub fn refused(tables: &[(&str, String)]) -> Vec<&'static str> {
    let (book, report) = assembled(tables);
    assert!(book.is_none(), "the book is not refused");
    report.problems().iter().map(|problem| problem.rule).collect()
}

fn assembled(tables: &[(&str, String)]) -> (Option<Book>, Report) {
    let catalogue = Catalogue::embedded().expect("definitions");
    let mut report = Report::default();
    let read: Vec<_> = tables
        .iter()
        .filter_map(|(name, csv)| {
            let definition = catalogue.tables.get(name)?;
            read::table(&catalogue.tables, definition, csv.as_bytes(), &mut report)?.accepted()
        })
        .collect();
    (Book::assemble(read, &mut report), report)
}

/// The case of a book and a scenario, without draws unless it asks for them.
pub fn case(book: &Book, scenario: &str) -> Case {
    let draws = if scenario.contains("draws") { "" } else { "\n[uncertainty]\ndraws = 0\n" };
    let text = format!("name = \"x\"\nbase_year = \"2024-25\"\n{scenario}{draws}");
    let scenario = Scenario::parse(&text, |_| Err("no base".to_owned()));
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    let catalogue = Catalogue::embedded().expect("definitions");
    let (instruments, parameters) = (&catalogue.instruments, &catalogue.parameters);
    let case = allocation::run::case(book, &scenario, instruments, parameters, None, None);
    case.unwrap_or_else(|error| panic!("{error}"))
}

/// A run of a book and a scenario.
pub fn run(book: &Book, scenario: &str) -> Run {
    Run::of(case(book, scenario), |_| {})
}
