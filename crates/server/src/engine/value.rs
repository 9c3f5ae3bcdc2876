//! The value table of an edition and what stands behind it.

use ::value::{ValueOptions, ValueTable};
use api::evidence::{EvidenceJson, Made};
use api::value::ValueJson;
use jiff::civil::Date;
use openbook::Book;
use store::OwnedTable;

use super::{EngineError, book};
use crate::models::Catalogue;

/// The value table of a book.
#[derive(Clone, Debug)]
pub struct Valued {
    /// The SHA-256 of the book.
    pub book_sha256: String,
    /// The value table.
    pub value: ValueJson,
    /// What stands behind it.
    pub evidence: EvidenceJson,
}

/// Values the book that these tables make, for the latest year that has costs. Reviews of outliers
/// count where they are in date on the day `today`.
///
/// # Errors
/// When the tables make no book, or the book cannot be valued.
pub fn value(
    catalogue: &Catalogue,
    parts: &[OwnedTable],
    today: Date,
) -> Result<Valued, EngineError> {
    let book = book::assembled(catalogue, parts)?;
    let (value, evidence) = of_book(catalogue, &book, today)?;
    let book_sha256 = book.sha256().map_err(|error| EngineError::internal(&error))?;
    Ok(Valued { book_sha256, value, evidence })
}

/// The value table of a book for its latest year, with what stands behind it.
///
/// # Errors
/// When the book cannot be valued.
pub fn of_book(
    catalogue: &Catalogue,
    book: &Book,
    today: Date,
) -> Result<(ValueJson, EvidenceJson), EngineError> {
    let made = table(catalogue, book, ValueOptions::DEFAULT_DRAWS)?;
    let evidence = EvidenceJson::of(
        &Made {
            book,
            instruments: &catalogue.instruments,
            parameters: &catalogue.parameters,
            in_force: &made.in_force,
            options: &made.options,
            method: &catalogue.method,
            today,
        },
        &made.table,
    );
    Ok(((&made.table).into(), evidence))
}

/// A value table with what it was made with.
pub(super) struct Tabled {
    pub in_force: ::value::YearParameters,
    pub options: ValueOptions,
    pub table: ValueTable,
}

/// Values a book for its latest year with that many draws: without any there are no intervals and
/// no probabilities.
pub(super) fn table(
    catalogue: &Catalogue,
    book: &Book,
    draws: usize,
) -> Result<Tabled, EngineError> {
    let refused = |error: &dyn std::fmt::Display| EngineError::Refused(error.to_string());
    let year = book.latest_cost_year().ok_or_else(|| refused(&"the book has no costs"))?;
    let in_force =
        catalogue.parameters.for_year(year).map_err(|error| EngineError::internal(&error))?;
    let options = ValueOptions { draws, ..ValueOptions::plain(year) };
    let table = ValueTable::of(book, &catalogue.instruments, &in_force, &options)
        .map_err(|error| refused(&error))?;
    Ok(Tabled { in_force, options, table })
}

/// The value table of a book for its latest year, of which nothing is drawn.
///
/// # Errors
/// When the book cannot be valued.
pub(super) fn undrawn(catalogue: &Catalogue, book: &Book) -> Result<ValueJson, EngineError> {
    Ok((&table(catalogue, book, 0)?.table).into())
}
