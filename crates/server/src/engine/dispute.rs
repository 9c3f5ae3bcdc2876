//! A published result with and without a disputed figure.

use api::dispute::{DifferenceJson, DisputeResultJson, HeadlineJson, SCHEMA};
use openbook::definition::Kind;
use openbook::recipe::split;
use openbook::table::Row;
use openbook::{Book, CheckedTable, Problem, Report, Severity, TableDefinition, read};
use quantities::{FinYear, Share};
use std::collections::BTreeMap;
use store::{NewDispute, OwnedTable};

use super::asked::key;
use super::{EngineError, book, run, value};
use crate::models::Catalogue;

/// A dispute to be computed.
#[derive(Clone, Copy, Debug)]
pub struct DisputeTask<'a> {
    /// The tables of the edition.
    pub parts: &'a [OwnedTable],
    /// The figure, and what should stand there.
    pub figure: &'a NewDispute,
    /// The text of the scenario to be run with and without it.
    pub scenario: Option<&'a str>,
}

/// The headline of the disputed service as it was published, and with the proposed figure in place
/// of the disputed one or, where none is proposed, without its row.
///
/// # Errors
/// When there is no such figure, or the tables make no book without it.
pub fn disputed(
    catalogue: &Catalogue,
    task: &DisputeTask<'_>,
    progress: &mut dyn FnMut(Share, &str),
) -> Result<DisputeResultJson, EngineError> {
    let figure = task.figure;
    progress(Share::ZERO, "reading the book");
    let published = book::assembled(catalogue, task.parts)?;
    let (changed, rows) = changed(catalogue, &published, figure)?;
    let half = Share::new(0.5).unwrap_or(Share::ZERO);
    progress(Share::ZERO, "the result as it was published");
    let before = headline(catalogue, &published, task)?;
    progress(half, "the result with the figure in dispute changed");
    let after = headline(catalogue, &changed, task)?;
    let hash = |book: &Book| book.sha256().map_err(|error| EngineError::internal(&error));
    Ok(DisputeResultJson {
        schema: SCHEMA.to_owned(),
        edition: figure.edition,
        service: figure.service.to_string(),
        book_sha256: hash(&published)?,
        disputed_book_sha256: hash(&changed)?,
        rows,
        difference: DifferenceJson::between(&before, &after),
        published: before,
        disputed: after,
    })
}

fn headline(
    catalogue: &Catalogue,
    book: &Book,
    task: &DisputeTask<'_>,
) -> Result<HeadlineJson, EngineError> {
    let value = value::undrawn(catalogue, book)?;
    let run = match task.scenario {
        None => None,
        Some(scenario) => {
            Some(run::of_book(catalogue, book, scenario, Some(0), None, &mut |_, _| {})?)
        }
    };
    Ok(HeadlineJson::of(task.figure.service.as_str(), &value, run.as_ref()))
}

/// Whether an edition has the figure, and the value that is proposed can stand there.
///
/// # Errors
/// When it has not, or it cannot.
pub fn can_be_disputed(
    catalogue: &Catalogue,
    parts: &[OwnedTable],
    figure: &NewDispute,
) -> Result<(), EngineError> {
    let definition = definition(catalogue, figure)?;
    let of_table = parts.iter().filter(|part| part.table.table == figure.table);
    let tables = book::joined(catalogue, of_table)?;
    let table = tables.get(&figure.table).ok_or_else(|| nothing_there(figure))?;
    let year = table.rows().filter_map(|row| row.year("fin_year")).max();
    altered(catalogue, definition, table, figure, year).map(|_| ())
}

/// The book with the figure changed, and how many rows that takes.
fn changed(
    catalogue: &Catalogue,
    published: &Book,
    figure: &NewDispute,
) -> Result<(Book, u64), EngineError> {
    let definition = definition(catalogue, figure)?;
    let table = published.tables().get(&figure.table).ok_or_else(|| nothing_there(figure))?;
    let year = published.latest_cost_year();
    let (table, rows) = altered(catalogue, definition, table, figure, year)?;
    let mut tables = published.tables().clone();
    if table.is_empty() {
        tables.remove(&figure.table);
    } else {
        tables.insert(figure.table.clone(), table);
    }
    let mut report = Report::default();
    let book = Book::assemble(tables.into_values(), &mut report).ok_or_else(|| {
        EngineError::Refused(format!(
            "with the figure changed so, the tables make no book: {}",
            first(&report)
        ))
    })?;
    Ok((book, rows))
}

fn definition<'a>(
    catalogue: &'a Catalogue,
    figure: &NewDispute,
) -> Result<&'a TableDefinition, EngineError> {
    let found = catalogue.tables.get(&figure.table);
    let definition = found.ok_or_else(|| nothing_there(figure))?;
    let column = definition.columns.iter().find(|column| column.name == figure.column);
    match column {
        Some(column) if !column.key => Ok(definition),
        Some(_) => Err(EngineError::Refused(format!(
            "{} tells the rows of {} apart; dispute one of its figures",
            figure.column, figure.table
        ))),
        None => Err(nothing_there(figure)),
    }
}

fn nothing_there(figure: &NewDispute) -> EngineError {
    EngineError::Refused(format!(
        "edition {} has no figure of {} in {} of {}{}",
        figure.edition,
        figure.service,
        figure.column,
        figure.table,
        figure.key.as_ref().map(|_| " with that key").unwrap_or_default()
    ))
}

fn first(report: &Report) -> String {
    let mut refused = report.problems().iter().filter(|it| it.severity == Severity::Refuse);
    refused.next().map(Problem::sentence).unwrap_or_default()
}

/// A table with the figure changed, and how many rows that takes.
fn altered(
    catalogue: &Catalogue,
    definition: &TableDefinition,
    table: &CheckedTable,
    figure: &NewDispute,
    year: Option<FinYear>,
) -> Result<(CheckedTable, u64), EngineError> {
    let provider = figure.service.provider();
    let is_own = |row: &Row<'_>| row.provider().is_some_and(|code| code == *provider);
    let own = table.filtered(is_own);
    let is_it = |row: &Row<'_>| {
        row.service().is_some_and(|service| service == figure.service)
            && figure.key.as_ref().is_none_or(|wanted| key(definition, row) == *wanted)
    };
    let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
    let Some(proposed) = &figure.proposed else {
        let rows = own.rows().filter(is_it).count();
        if rows == 0 {
            return Err(nothing_there(figure));
        }
        return Ok((table.filtered(|row| !is_it(row)), count(rows)));
    };
    // A figure of several rows is their sum in the year that is valued.
    let of_year = |row: &Row<'_>| {
        figure.key.is_some() || row.year("fin_year").is_none_or(|it| Some(it) == year)
    };
    let rows: Vec<(usize, String)> = own
        .rows()
        .enumerate()
        .filter(|(_, row)| is_it(row) && of_year(row))
        .map(|(at, row)| (at, row.shown(&figure.column)))
        .filter(|(_, shown)| !shown.is_empty())
        .collect();
    let written = match &rows[..] {
        [] => return Err(nothing_there(figure)),
        [(at, _)] => BTreeMap::from([(*at, proposed.clone())]),
        several => shared(definition, figure, proposed, several)?,
    };
    let own = rewritten(catalogue, definition, &own, &figure.column, &written)?;
    let rest = table.filtered(|row| !is_own(row));
    Ok((rest.joined([own]), count(written.len())))
}

/// A proposed total shared over its rows as the published one is, to the last unit.
fn shared(
    definition: &TableDefinition,
    figure: &NewDispute,
    proposed: &str,
    rows: &[(usize, String)],
) -> Result<BTreeMap<usize, String>, EngineError> {
    let kind = definition.columns.iter().find(|it| it.name == figure.column).map(|it| it.kind);
    let decimals = match kind {
        Some(Kind::Money) => 2,
        Some(Kind::Activity) => 4,
        _ => return Err(name_the_row(figure, rows.len())),
    };
    let weights: Option<Vec<(String, i128)>> = rows
        .iter()
        .map(|(at, shown)| Some((format!("{at:012}"), units(shown, decimals)?)))
        .collect();
    let weights = weights.ok_or_else(|| name_the_row(figure, rows.len()))?;
    let named: Vec<(&str, i128)> =
        weights.iter().map(|(name, weight)| (name.as_str(), *weight)).collect();
    let total = units(proposed, decimals).ok_or_else(|| {
        EngineError::Refused(format!(
            "the proposed value is not a plain number with at most {decimals} decimals"
        ))
    })?;
    let parts = split(total, &named).ok_or_else(|| name_the_row(figure, rows.len()))?;
    let written = rows.iter().zip(parts).map(|((at, _), part)| (*at, as_text(part, decimals)));
    Ok(written.collect())
}

fn name_the_row(figure: &NewDispute, rows: usize) -> EngineError {
    EngineError::Refused(format!(
        "{rows} rows of {} hold {} of {}, and their sum cannot be shared over them: name the one \
         that is meant by its key",
        figure.table, figure.column, figure.service
    ))
}

/// A plain number in its smallest units.
fn units(text: &str, decimals: usize) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > decimals || !plain(whole) || !plain(part) {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse::<i128>().ok().map(|units| sign * units)
}

/// Smallest units as a plain number.
fn as_text(units: i128, decimals: usize) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = decimals.saturating_add(1));
    let (whole, part) =
        digits.split_at_checked(digits.len().saturating_sub(decimals)).unwrap_or((&digits, ""));
    format!("{sign}{whole}.{part}")
}

/// A table with cells of one column replaced, checked like any other.
fn rewritten(
    catalogue: &Catalogue,
    definition: &TableDefinition,
    table: &CheckedTable,
    column: &str,
    cells: &BTreeMap<usize, String>,
) -> Result<CheckedTable, EngineError> {
    let fault = |error: &dyn std::fmt::Display| EngineError::internal(error);
    let column = definition.columns.iter().position(|known| known.name == column);
    let csv = table.canonical_csv().map_err(|error| fault(&error))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&csv[..]);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (line, record) in reader.records().enumerate() {
        let record = record.map_err(|error| fault(&error))?;
        // The first line names the columns.
        let new = line.checked_sub(1).and_then(|row| cells.get(&row));
        let cells = record.iter().enumerate().map(|(at, old)| match new {
            Some(new) if Some(at) == column => new.as_str(),
            _ => old,
        });
        writer.write_record(cells).map_err(|error| fault(&error))?;
    }
    let csv = writer.into_inner().map_err(|error| fault(&error.error()))?;
    let mut report = Report::default();
    read::accepted(&catalogue.tables, definition, &csv[..], &mut report).ok_or_else(|| {
        let found = report.problems().first().map(|problem| problem.message.clone());
        let why = found.unwrap_or_default();
        EngineError::Refused(format!("the proposed value cannot stand there: {why}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_apart_and_put_together_exactly() {
        for (text, decimals, expected) in
            [("1234.50", 2, 123_450), ("-0.05", 2, -5), ("7", 4, 70_000), ("0.5", 4, 5_000)]
        {
            assert_eq!(units(text, decimals), Some(expected), "{text}");
        }
        for text in ["", "-", "1.234", "1e3", "1,000", ".5", "£5"] {
            assert_eq!(units(text, 2), None, "{text}");
        }
        assert_eq!(as_text(123_450, 2), "1234.50");
        assert_eq!(as_text(-5, 2), "-0.05");
        assert_eq!(as_text(5_000, 4), "0.5000");
    }
}
