//! How demand and prices move over the years of a plan.

use openbook::Book;
use openbook::rows::Growth;
use quantities::{FinYear, ServiceKey};

/// Cumulative growth of a line in one year of the plan, on the base year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grown {
    /// D: demand.
    pub demand: f64,
    /// Prices alone.
    pub prices: f64,
    /// P: prices net of efficiency.
    pub price: f64,
}

impl Grown {
    /// Nothing has grown.
    pub const NONE: Self = Self { demand: 1.0, prices: 1.0, price: 1.0 };
}

/// The growth of a line in each year of the plan; where several rows of a year select it, the one
/// with the most keys counts.
pub fn of(book: &Book, key: &ServiceKey, base: FinYear, years: u8) -> Vec<Grown> {
    let mut grown = Grown::NONE;
    let mut all = Vec::with_capacity(usize::from(years));
    for year in 1..=years {
        let in_year = |row: &&Growth| row.year.years_after(base) == i32::from(year);
        let row = book
            .growth
            .iter()
            .filter(in_year)
            .filter(|row| row.selector.selects(book, key))
            .max_by_key(|row| row.selector.parts().len());
        if let Some(row) = row {
            grown.demand *= 1.0 + row.demand_pct / 100.0;
            grown.prices *= 1.0 + row.price_pct / 100.0;
            grown.price *= 1.0 + (row.price_pct - row.efficiency_pct) / 100.0;
        }
        all.push(grown);
    }
    all
}
