//! The value table of an edition.

use ::value::method::MethodStatement;
use ::value::{ValueOptions, ValueTable};
use api::value::ValueJson;
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
}

/// Values the book that these tables make, for the latest year that has costs.
///
/// # Errors
/// When the tables make no book, or the book cannot be valued.
pub fn value(catalogue: &Catalogue, parts: &[OwnedTable]) -> Result<Valued, EngineError> {
    let book = book::assembled(catalogue, parts)?;
    let value = of_book(catalogue, &book, ValueOptions::DEFAULT_DRAWS)?;
    let book_sha256 = book.sha256().map_err(|error| EngineError::internal(&error))?;
    Ok(Valued { book_sha256, value })
}

/// Values a book with that many draws: without any there are no intervals and no probabilities.
pub(super) fn of_book(
    catalogue: &Catalogue,
    book: &Book,
    draws: usize,
) -> Result<ValueJson, EngineError> {
    let refused = |error: &dyn std::fmt::Display| EngineError::Refused(error.to_string());
    let year = book.latest_cost_year().ok_or_else(|| refused(&"the book has no costs"))?;
    let parameters =
        catalogue.parameters.for_year(year).map_err(|error| EngineError::internal(&error))?;
    let options = ValueOptions { draws, ..ValueOptions::plain(year) };
    let table = ValueTable::of(book, &catalogue.instruments, &parameters, &options)
        .map_err(|error| refused(&error))?;
    let method = MethodStatement::of(
        &table,
        &catalogue.instruments,
        &catalogue.parameters,
        &catalogue.method,
    );
    Ok(ValueJson::from(&table).with_method(method))
}
