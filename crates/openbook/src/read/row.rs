//! One row by all the rules, with every problem in it.

use super::header::Layout;
use super::records::Record;
use super::{not_text, text_of};
use crate::cell::{self, Cell, Slip};
use crate::definition::{ColumnDefinition, Kind, TableDefinition};
use crate::personal::{self, Found};
use crate::problem::{Problem, Report};

/// Why a cell is refused.
pub(super) enum Fault {
    /// By its column's rules.
    Slip(Slip),
    /// For what it seems to hold.
    Personal(Found),
}

/// A cell by its kind, after the look for personal data.
pub(super) fn checked(
    definition: &TableDefinition,
    column: &ColumnDefinition,
    text: &str,
) -> Result<Cell, Fault> {
    let read = cell::parse(column, text);
    match personal::in_cell(definition.from, column, text, read.is_ok()) {
        Some(found) => Err(Fault::Personal(found)),
        None => read.map_err(Fault::Slip),
    }
}

/// How the shares of one column look, to recognise percent written for fractions.
#[derive(Clone, Copy)]
struct ShareRange {
    seen: u64,
    whole_percent: bool,
    above_one: bool,
}

/// Checks rows one by one.
pub(super) struct Rules<'d> {
    definition: &'d TableDefinition,
    places: &'d [Option<usize>],
    shares: Vec<ShareRange>,
}

impl<'d> Rules<'d> {
    pub(super) fn new(definition: &'d TableDefinition, layout: &'d Layout) -> Self {
        let start = ShareRange { seen: 0, whole_percent: true, above_one: false };
        let shares = vec![start; definition.columns.len()];
        Self { definition, places: &layout.places, shares }
    }

    /// The row's cells in the order of the definition; nothing where one is refused.
    pub(super) fn row(
        &mut self,
        record: &Record<'_>,
        line: u64,
        report: &mut Report,
    ) -> Option<Vec<Cell>> {
        if record.len() != self.places.len() {
            self.uneven(record, line, report);
            return None;
        }
        let mut cells: Vec<Option<Cell>> = vec![None; self.definition.columns.len()];
        let mut whole = true;
        for (bytes, place) in record.cells().zip(self.places) {
            let Some(text) = text_of(bytes) else {
                report.refuse("file.encoding", || not_text(&self.definition.name, line));
                return None;
            };
            let Some(place) = place else {
                self.stray(text, line, report);
                continue;
            };
            let (Some(column), Some(slot)) =
                (self.definition.columns.get(*place), cells.get_mut(*place))
            else {
                continue;
            };
            if let Some(share) = self.shares.get_mut(*place) {
                watch_share(column, text, share);
            }
            match checked(self.definition, column, text) {
                Ok(cell) => *slot = Some(cell),
                Err(fault) => {
                    refuse(&self.definition.name, column, text, line, &fault, report);
                    whole = false;
                }
            }
        }
        let filled = cells.into_iter().zip(&self.definition.columns).map(|(cell, column)| {
            cell.or_else(|| cell::parse(column, "").ok()).unwrap_or(Cell::Empty)
        });
        whole.then(|| filled.collect())
    }

    fn uneven(&self, record: &Record<'_>, line: u64, report: &mut Report) {
        for text in record.cells().filter_map(text_of) {
            self.stray(text, line, report);
        }
        report.refuse("row.length", || {
            let message = format!(
                "the row has {} cells and the header {}; quote a cell that holds a comma",
                record.len(),
                self.places.len()
            );
            Problem::of_row(&self.definition.name, line, "row.length", message)
        });
    }

    /// A cell of no known column: looked at for personal data and nothing else.
    fn stray(&self, text: &str, line: u64, report: &mut Report) {
        if let Some((rule, message)) = personal::found_in_any(text) {
            report.push(Problem::of_row(&self.definition.name, line, rule, message));
        }
    }

    /// Notes the columns whose shares are all percentages.
    pub(super) fn percent_slips(&self, report: &mut Report) {
        for (column, share) in self.definition.columns.iter().zip(&self.shares) {
            if share.seen > 0 && share.above_one && share.whole_percent {
                let message = format!(
                    "every {} lies between 1 and 100: these are percentages; divide the column by \
                     100",
                    column.name
                );
                report.push(
                    Problem::of_file(&self.definition.name, "share.percent", message)
                        .in_column(&column.name),
                );
            }
        }
    }
}

fn refuse(
    table: &str,
    column: &ColumnDefinition,
    text: &str,
    line: u64,
    fault: &Fault,
    report: &mut Report,
) {
    let rule = match fault {
        Fault::Slip(slip) => slip.rule(),
        Fault::Personal((rule, _)) => rule,
    };
    report.refuse(rule, || {
        let message = match fault {
            Fault::Slip(slip) => cell::explain(column, text, *slip).message,
            Fault::Personal((_, message)) => (*message).to_owned(),
        };
        Problem::of_row(table, line, rule, message).in_column(&column.name)
    });
}

fn watch_share(column: &ColumnDefinition, text: &str, share: &mut ShareRange) {
    if column.kind != Kind::Share {
        return;
    }
    if let Ok(number) = text.trim().parse::<f64>() {
        share.seen += 1;
        share.whole_percent &= (1.0..=100.0).contains(&number);
        share.above_one |= number > 1.0;
    }
}
