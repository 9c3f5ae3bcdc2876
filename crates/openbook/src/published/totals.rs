//! Totals of the source, found again in the finished tables.

use std::collections::{BTreeMap, BTreeSet};

use super::SourceTotal;
use super::decimal::Decimal;
use crate::problem::{Problem, Report};
use crate::table::CheckedTable;

/// How a total is found again in the finished tables.
pub enum InBook {
    /// Σ of a column of money or numbers over all rows of a table.
    All(&'static str, &'static str),
    /// The same over the rows that have one of these texts in each of other columns.
    Of(&'static str, &'static str, Vec<(&'static str, BTreeSet<String>)>),
    /// A figure that is not in a table but beside them.
    Beside(Decimal),
}

struct Wanted {
    what: String,
    unit: &'static str,
    in_source: Decimal,
    in_book: InBook,
    /// What rounding alone may make of it, and how to say so.
    may_differ: Decimal,
    why: String,
}

/// The totals asked for while files are read.
#[derive(Default)]
pub struct Totals {
    wanted: Vec<Wanted>,
}

impl Totals {
    /// Asks for a total of the source (over all files) to be found again in the book, exactly or
    /// within what rounding makes of it.
    pub fn ask(
        &mut self,
        what: String,
        unit: &'static str,
        in_source: Decimal,
        in_book: InBook,
        rounding: Option<(Decimal, String)>,
    ) {
        let (may_differ, why) = rounding.unwrap_or_default();
        let Some(known) = self.wanted.iter_mut().find(|known| known.what == what) else {
            self.wanted.push(Wanted { what, unit, in_source, in_book, may_differ, why });
            return;
        };
        // The same of another file: one total of all files.
        let both = |a: Decimal, b: Decimal| a.plus(b).unwrap_or(a);
        known.in_source = both(known.in_source, in_source);
        known.may_differ = both(known.may_differ, may_differ);
        if let (InBook::Beside(known), InBook::Beside(more)) = (&mut known.in_book, in_book) {
            *known = both(*known, more);
        }
    }

    /// Every total in source and book; a problem of `file` where they differ by more than rounding.
    pub fn found(
        self,
        checked: &BTreeMap<String, CheckedTable>,
        file: &str,
        report: &mut Report,
    ) -> Vec<SourceTotal> {
        let mut totals = Vec::new();
        for wanted in self.wanted {
            let in_book = in_book(&wanted.in_book, checked);
            let difference = in_book.and_then(|in_book| in_book.minus(wanted.in_source));
            let (Some(in_book), Some(difference)) = (in_book, difference) else {
                let message = format!("{}: the total cannot be counted", wanted.what);
                report.push(Problem::of_file(file, "import.total", message));
                continue;
            };
            if !difference.size().at_most(wanted.may_differ) {
                let message = format!(
                    "{}: the source has {} and the book would have {in_book}; nothing is imported, \
                     because rows would be lost or counted twice",
                    wanted.what, wanted.in_source
                );
                report.push(Problem::of_file(file, "import.total", message));
            }
            let agree = difference.is_zero();
            totals.push(SourceTotal {
                what: wanted.what,
                unit: wanted.unit,
                in_source: wanted.in_source,
                in_book,
                difference,
                difference_explained: if agree { "they agree".to_owned() } else { wanted.why },
            });
        }
        totals
    }
}

fn in_book(wanted: &InBook, checked: &BTreeMap<String, CheckedTable>) -> Option<Decimal> {
    let (table, column, of) = match wanted {
        InBook::Beside(sum) => return Some(*sum),
        InBook::All(table, column) => (*table, *column, &[][..]),
        InBook::Of(table, column, of) => (*table, *column, of.as_slice()),
    };
    let rows = checked.get(table).into_iter().flat_map(CheckedTable::rows);
    let wanted = rows.filter(|row| {
        of.iter().all(|(key, texts)| row.text(key).is_some_and(|text| texts.contains(text)))
    });
    wanted.into_iter().try_fold(Decimal::ZERO, |sum, row| {
        let activity = row.activity(column).map(|activity| activity.to_string());
        let number = row.number(column).map(|number| number.to_string()).or(activity);
        let number = number.and_then(|number| Decimal::parse(&number));
        sum.plus(row.money(column).map(Decimal::pounds).or(number).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    fn found(asked: &[(&str, &str, Option<&str>)]) -> (Vec<SourceTotal>, Report) {
        let mut totals = Totals::default();
        for (in_source, in_book, rounding) in asked {
            let rounding = rounding.map(|may| (number(may), "rounded".to_owned()));
            let in_book = InBook::Beside(number(in_book));
            totals.ask("cost".to_owned(), "£", number(in_source), in_book, rounding);
        }
        let mut report = Report::default();
        (totals.found(&BTreeMap::new(), "f.csv", &mut report), report)
    }

    #[test]
    fn a_total_that_is_lost_refuses_the_import() {
        let (_, report) = found(&[("100.01", "100", None)]);
        assert_eq!(report.counts().get("import.total"), Some(&1));
        let (totals, report) = found(&[("100.004", "100", Some("0.005"))]);
        assert!(report.accepted());
        assert_eq!(totals[0].difference.to_string(), "-0.004");
        assert_eq!(totals[0].difference_explained, "rounded");
    }

    #[test]
    fn the_same_total_of_two_files_is_one() {
        let (totals, report) = found(&[("1.5", "1.5", None), ("2.25", "2.25", None)]);
        assert!(report.accepted());
        assert_eq!((totals.len(), totals[0].in_book.to_string().as_str()), (1, "3.75"));
        assert_eq!(totals[0].difference_explained, "they agree");
    }
}
