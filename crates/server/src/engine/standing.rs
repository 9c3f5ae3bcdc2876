//! How an edition's book stands: how complete each sector is, how good each provider's figures
//! are, whether the allocation's bridge closes.

use ::value::{Parity, Review, parity, review};
use jiff::civil::Date;
use openbook::Report;
use std::collections::BTreeSet;
use store::OwnedTable;

use super::value::Tabled;
use super::{EngineError, book, value};
use crate::models::Catalogue;

/// The table that says what a provider spends.
const COSTS: &str = "costs";

/// How a book stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Each sector, by name.
    pub parity: Vec<Parity>,
    /// What is said of it when it is checked.
    pub review: Review,
    /// How many days a provider's figures stay fresh.
    pub fresh_days: f64,
}

/// How the book of these tables stands, its freshness judged on a day. A provider has signed off
/// its own costs where it handed them in itself: only then are they in an edition.
///
/// # Errors
/// When the tables make no book, or the book cannot be valued.
pub fn standing(
    catalogue: &Catalogue,
    parts: &[OwnedTable],
    day: Date,
) -> Result<Standing, EngineError> {
    let book = book::assembled(catalogue, parts)?;
    // No share is drawn.
    let Tabled { in_force, table, .. } = value::table(catalogue, &book, 0)?;
    let review = review(
        &book,
        &catalogue.tables,
        &catalogue.instruments,
        &catalogue.parameters,
        Some(day),
        &mut Report::default(),
    )
    .map_err(|error| EngineError::internal(&error))?;
    let costs = parts.iter().filter(|part| part.table.table == COSTS);
    let signed: BTreeSet<_> = costs.filter_map(|part| part.owner.clone()).collect();
    let fresh_days = in_force.fresh_days;
    Ok(Standing { parity: parity(&table, &review.quality, &signed), review, fresh_days })
}
