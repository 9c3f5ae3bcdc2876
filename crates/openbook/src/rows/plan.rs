//! The board's tables of money and of what may change.

use quantities::{Activity, FinYear, Pence, ServiceKey};

use super::{FromRow, owned};
use crate::table::Row;

/// What one commissioner pays a provider for one service in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// The service line.
    pub service: ServiceKey,
    /// Who pays.
    pub commissioner: String,
    /// The financial year.
    pub year: FinYear,
    /// The fund that pays.
    pub fund: String,
    /// `fixed`, `variable`, `block` or `activity`.
    pub mechanism: String,
    /// What is paid.
    pub income: Pence,
    /// The work it pays for.
    pub activity: Option<Activity>,
    /// The price of one unit.
    pub unit_price: Option<Pence>,
    /// The row of its file.
    pub line: u64,
}

impl FromRow for Contract {
    const TABLE: &'static str = "contracts";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            service: row.service()?,
            commissioner: owned(row, "commissioner_code")?,
            year: row.year("fin_year")?,
            fund: owned(row, "fund")?,
            mechanism: owned(row, "mechanism")?,
            income: row.money("income_gbp")?,
            activity: row.activity("activity"),
            unit_price: row.money("unit_price_gbp"),
            line: row.line(),
        })
    }
}

/// One line between the allocation and the contracts of the book.
#[derive(Clone, Debug, PartialEq)]
pub struct BridgeLine {
    /// The financial year.
    pub year: FinYear,
    /// `allocation`, or one of the lines that make it up.
    pub line: String,
    /// Its amount.
    pub amount: Pence,
}

impl FromRow for BridgeLine {
    const TABLE: &'static str = "icb_bridge";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            year: row.year("fin_year")?,
            line: owned(row, "line")?,
            amount: row.money("amount_gbp")?,
        })
    }
}

/// Activity that can move from one line to another with its patients.
#[derive(Clone, Debug, PartialEq)]
pub struct Pathway {
    /// Its id.
    pub id: String,
    /// The line that gives.
    pub from: ServiceKey,
    /// The line that takes.
    pub to: ServiceKey,
    /// £ the receiver needs for £1 of the giver.
    pub kappa: f64,
    /// Change in health, QALY per £m moved.
    pub eta: f64,
    /// The row of its file.
    pub line: u64,
}

impl FromRow for Pathway {
    const TABLE: &'static str = "pathways";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            id: owned(row, "pathway_id")?,
            from: row.text("from_service")?.parse().ok()?,
            to: row.text("to_service")?.parse().ok()?,
            kappa: row.number("kappa")?,
            eta: row.number("eta_qaly_per_gbp_m")?,
            line: row.line(),
        })
    }
}
