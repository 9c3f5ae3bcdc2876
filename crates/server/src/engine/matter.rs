//! The figures of a submission that its owner's result hangs on most.

use ::value::sensitivity::{Driver, drivers};
use quantities::{PoundsPerQaly, ProviderCode};
use store::OwnedTable;

use super::value::Tabled;
use super::{EngineError, book, value};
use crate::models::Catalogue;

/// The figures that a provider's result hangs on.
#[derive(Clone, Debug, PartialEq)]
pub struct Matter {
    /// The most telling first.
    pub drivers: Vec<Driver>,
    /// The threshold that the last pounds are held against.
    pub threshold: PoundsPerQaly,
    /// Lines that can be valued.
    pub assessable: usize,
    /// Lines that cannot be valued yet, so that no figure of theirs is among these.
    pub not_assessable: usize,
}

/// The figures that matter, were these tables published: a provider's, or everyone's.
///
/// # Errors
/// When the tables make no book, or it cannot be valued.
pub fn matter(
    catalogue: &Catalogue,
    parts: &[OwnedTable],
    owner: Option<&ProviderCode>,
) -> Result<Matter, EngineError> {
    let book = book::assembled(catalogue, parts)?;
    // Every figure is tried at its mean: nothing is drawn.
    let Tabled { in_force, options, table } = value::table(catalogue, &book, 0)?;
    let is_owners = |code: &ProviderCode| owner.is_none_or(|owner| owner == code);
    let of_owner = table.services.iter().filter(|line| is_owners(line.key.provider()));
    let (assessable, not): (Vec<_>, Vec<_>) = of_owner.partition(|line| line.health.is_some());
    let mut found: Vec<Driver> = book
        .providers
        .keys()
        .filter(|code| is_owners(code))
        .flat_map(|code| drivers(&book, &catalogue.instruments, &in_force, &options, &table, code))
        .collect();
    found.sort_by(Driver::most_telling_first);
    Ok(Matter {
        drivers: found,
        threshold: table.threshold,
        assessable: assessable.len(),
        not_assessable: not.len(),
    })
}
