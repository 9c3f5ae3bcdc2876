//! What is said of a book when it is checked: whether it ties to the accounts, how good its figures
//! are, whether the allocation's bridge closes, and what is unusual.

use jiff::civil::Date;
use openbook::bridge::{self, Bridge};
use openbook::quality::{self, Quality};
use openbook::reconcile::{Reconciliation, reconcile};
use openbook::{Book, Report, Tables, norms};

use crate::instruments::Instruments;
use crate::parameters::{ParameterError, Parameters};

/// What is said of a book beside its problems.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Review {
    /// Costed against the ledger, per provider.
    pub reconciliation: Vec<Reconciliation>,
    /// How good each provider's figures are.
    pub quality: Vec<Quality>,
    /// From the allocation to the contracts, per year.
    pub bridges: Vec<Bridge>,
}

/// Reviews a book for its latest year. Questions go to the report. Freshness is judged on the day
/// `today`, where one is named.
///
/// # Errors
/// When a dated number is missing.
pub fn review(
    book: &Book,
    tables: &Tables,
    instruments: &Instruments,
    parameters: &Parameters,
    today: Option<Date>,
    report: &mut Report,
) -> Result<Review, ParameterError> {
    let bridges = bridge::of_book(book);
    let Some(year) = book.latest_cost_year() else {
        return Ok(Review { bridges, ..Review::default() });
    };
    let in_force = parameters.for_year(year)?;
    norms::check(book, tables, &instruments.unit_costs, in_force.limits, report);
    let judged = today.map(|today| (today, in_force.fresh_days));
    if let Some((today, days)) = judged {
        for stale in book.stale_providers(today, days) {
            report.push(stale);
        }
    }
    Ok(Review {
        reconciliation: reconcile(book, year, in_force.tolerances),
        quality: quality::of_book(book, year, &in_force.quality, judged),
        bridges,
    })
}
