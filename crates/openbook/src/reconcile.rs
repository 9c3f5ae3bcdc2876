//! Costed against the ledger, to the penny.

use quantities::{FinYear, Pence, ProviderCode};

use crate::book::Book;

/// How far costed and accounts may differ, in percent of the accounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerances {
    /// Green up to here.
    pub green_pct: f64,
    /// Amber up to here, red beyond.
    pub amber_pct: f64,
}

/// How well a provider's costs tie to its accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReconciliationStatus {
    /// Within the tight tolerance.
    Green,
    /// Within the wide one.
    Amber,
    /// Beyond both.
    Red,
    /// No ledger was given.
    Unreconciled,
}

impl ReconciliationStatus {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Unreconciled => "unreconciled",
        }
    }

    /// Whether findings about the provider may be called low value.
    #[must_use]
    pub const fn is_good_enough(self) -> bool {
        matches!(self, Self::Green | Self::Amber)
    }
}

/// One provider's costs of one year against its ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Reconciliation {
    /// The provider.
    pub provider: ProviderCode,
    /// The financial year.
    pub year: FinYear,
    /// Σ costs.
    pub costed: Pence,
    /// Σ exclusions.
    pub excluded: Pence,
    /// Operating expenses − income netted off + adjustments.
    pub accounts: Pence,
    /// Costed + excluded − accounts.
    pub difference: Pence,
    /// In percent of the accounts; nothing without a ledger.
    pub difference_pct: Option<f64>,
    /// Green, amber, red or unreconciled.
    pub status: ReconciliationStatus,
}

/// Reconciles every provider that has costs in the year.
#[must_use]
pub fn reconcile(book: &Book, year: FinYear, tolerances: Tolerances) -> Vec<Reconciliation> {
    book.providers
        .keys()
        .filter(|code| {
            book.costs.iter().any(|cost| cost.year == year && cost.service.provider() == *code)
        })
        .map(|code| of_provider(book, code, year, tolerances))
        .collect()
}

fn of_provider(
    book: &Book,
    code: &ProviderCode,
    year: FinYear,
    tolerances: Tolerances,
) -> Reconciliation {
    let costed: Pence = book
        .costs
        .iter()
        .filter(|cost| cost.year == year && cost.service.provider() == code)
        .map(|cost| cost.cost)
        .sum();
    let lines = || book.ledger.iter().filter(|row| row.provider == *code && row.year == year);
    let line = |name: &str| lines().filter(|row| row.line == name).map(|row| row.amount).sum();
    let expenses: Pence = line("operating_expenses");
    let excluded: Pence = line("exclusion");
    let netted: Pence = line("income_netted_off");
    let adjusted: Pence = line("adjustment");
    let accounts = expenses - netted + adjusted;
    let difference = costed + excluded - accounts;
    let has_ledger = lines().any(|row| row.line == "operating_expenses");
    let difference_pct = (has_ledger && accounts != Pence::ZERO)
        .then(|| difference.to_pounds() / accounts.to_pounds() * 100.0);
    let status = match difference_pct.map(f64::abs) {
        None => ReconciliationStatus::Unreconciled,
        Some(off) if off <= tolerances.green_pct => ReconciliationStatus::Green,
        Some(off) if off <= tolerances.amber_pct => ReconciliationStatus::Amber,
        Some(_) => ReconciliationStatus::Red,
    };
    Reconciliation {
        provider: code.clone(),
        year,
        costed,
        excluded,
        accounts,
        difference,
        difference_pct,
        status,
    }
}
