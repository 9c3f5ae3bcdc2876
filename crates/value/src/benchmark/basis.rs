//! Costs as they are, or without what local prices do to them. A table is made on one basis, which
//! is part of its type, so the two can never stand in one table.

use openbook::Book;
use quantities::{FinYear, ProviderCode};

mod sealed {
    pub trait Sealed {}
}

/// On which costs lines are compared.
pub trait Basis: sealed::Sealed + Clone + std::fmt::Debug + PartialEq {
    /// The word of the contract.
    const WORD: &'static str;
    /// What it means, for the head of a table.
    const ABOUT: &'static str;

    /// What a provider's costs are divided by; nothing where it is not known.
    fn factor(book: &Book, provider: &ProviderCode, year: FinYear) -> Option<f64>;
}

/// Costs as they were reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported;

/// Costs over the provider's market forces factor. A provider without a factor is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketForcesAdjusted;

impl sealed::Sealed for Reported {}
impl sealed::Sealed for MarketForcesAdjusted {}

impl Basis for Reported {
    const WORD: &'static str = "reported";
    const ABOUT: &'static str = "Costs as reported, local prices included.";

    fn factor(_: &Book, _: &ProviderCode, _: FinYear) -> Option<f64> {
        Some(1.0)
    }
}

impl Basis for MarketForcesAdjusted {
    const WORD: &'static str = "market_forces_adjusted";
    const ABOUT: &'static str = "Costs divided by the provider's market forces factor: what would be left to explain if \
         prices were the same everywhere.";

    fn factor(book: &Book, provider: &ProviderCode, year: FinYear) -> Option<f64> {
        book.market_forces
            .iter()
            .find(|row| row.provider == *provider && row.year == year)
            .map(|row| row.factor)
            .filter(|factor| *factor > 0.0)
    }
}
