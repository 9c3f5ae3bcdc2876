//! The board's tables of money and of what may change.

use quantities::{Activity, FinYear, Pence, ServiceKey, Share};

use super::{FromRow, Grade, owned, share};
use crate::Selector;
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
    /// Its standard error.
    pub eta_se: Option<f64>,
    /// The most of the giver's spend that can move; all of it where nothing is given.
    pub max_move: Option<Pence>,
    /// The part of that which can move in the first year.
    pub year1_share: Share,
    /// Months for which both lines are paid.
    pub double_running_months: f64,
    /// How good the evidence of the change in health is.
    pub grade: Grade,
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
            eta_se: row.number("eta_se"),
            max_move: row.money("max_move_gbp"),
            year1_share: share(row, "year1_share").unwrap_or(Share::ONE),
            double_running_months: row.number("double_running_months").unwrap_or(0.0),
            grade: row.text("evidence_grade").and_then(Grade::parse).unwrap_or(Grade::E),
            line: row.line(),
        })
    }
}

/// How demand, prices and efficiency of some lines move on the year before.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// Which lines.
    pub selector: Selector,
    /// The financial year.
    pub year: FinYear,
    /// Demand, percent on the year before.
    pub demand_pct: f64,
    /// Prices and pay, percent on the year before.
    pub price_pct: f64,
    /// Efficiency asked for, percent.
    pub efficiency_pct: f64,
}

impl FromRow for Growth {
    const TABLE: &'static str = "growth";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            // A malformed selector is refused when the book's tables are joined.
            selector: Selector::parse(row.text("selector")?).unwrap_or_default(),
            year: row.year("fin_year")?,
            demand_pct: row.number("demand_pct")?,
            price_pct: row.number("price_pct")?,
            efficiency_pct: row.number("efficiency_pct")?,
        })
    }
}

/// A line that another line's patients need.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceNeed {
    /// The line whose patients need it.
    pub service: ServiceKey,
    /// The line they need.
    pub needs: ServiceKey,
    /// £ of the second for £1 of the first.
    pub per_pound: f64,
    /// Whether the second must be at least that much, rather than follow.
    pub at_least: bool,
    /// The row of its file.
    pub line: u64,
}

impl FromRow for ServiceNeed {
    const TABLE: &'static str = "service_needs";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            service: row.text("service")?.parse().ok()?,
            needs: row.text("needs_service")?.parse().ok()?,
            per_pound: row.number("gbp_per_gbp")?,
            at_least: row.text("kind") == Some("at_least"),
            line: row.line(),
        })
    }
}
