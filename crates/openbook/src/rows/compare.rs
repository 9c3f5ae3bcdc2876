//! The tables that lines and places are compared with: local prices, need, and what was found of
//! outliers.

use jiff::civil::Date;
use quantities::{FinYear, PlaceCode, ProviderCode, ServiceKey, Share};

use super::{FromRow, owned, share};
use crate::table::Row;

/// What the board found of a line whose unit cost is out of the ordinary.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlierReview {
    /// The row of its file.
    pub line: u64,
    /// The service line.
    pub service: ServiceKey,
    /// Why it differs.
    pub reason: String,
    /// The post that looked at it.
    pub reviewer: String,
    /// When.
    pub reviewed_on: Date,
    /// The last day on which it still holds.
    pub review_by: Date,
}

impl OutlierReview {
    /// Whether it holds on a day: from the day of the review to the last one, both included.
    #[must_use]
    pub fn in_date(&self, day: Date) -> bool {
        (self.reviewed_on..=self.review_by).contains(&day)
    }
}

impl FromRow for OutlierReview {
    const TABLE: &'static str = "outlier_reviews";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            line: row.line(),
            service: row.service()?,
            reason: owned(row, "reason")?,
            reviewer: owned(row, "reviewer")?,
            reviewed_on: row.date("reviewed_on")?,
            review_by: row.date("review_by")?,
        })
    }
}

/// A provider's local prices in one year.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketForces {
    /// The provider.
    pub provider: ProviderCode,
    /// The financial year.
    pub year: FinYear,
    /// Local prices over the national mean.
    pub factor: f64,
    /// Where it comes from.
    pub source: String,
}

impl FromRow for MarketForces {
    const TABLE: &'static str = "market_forces";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            provider: row.provider()?,
            year: row.year("fin_year")?,
            factor: row.number("market_forces_factor")?,
            source: owned(row, "source")?,
        })
    }
}

/// A part of the allocations formula: need of one kind of care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedStream {
    /// Hospital care.
    GeneralAndAcute,
    /// Community health services.
    Community,
    /// Mental health.
    MentalHealth,
    /// Maternity.
    Maternity,
    /// Prescribing.
    Prescribing,
    /// General practice.
    PrimaryMedical,
}

impl NeedStream {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::GeneralAndAcute,
        Self::Community,
        Self::MentalHealth,
        Self::Maternity,
        Self::Prescribing,
        Self::PrimaryMedical,
    ];

    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GeneralAndAcute => "general_and_acute",
            Self::Community => "community",
            Self::MentalHealth => "mental_health",
            Self::Maternity => "maternity",
            Self::Prescribing => "prescribing",
            Self::PrimaryMedical => "primary_medical",
        }
    }
}

/// People of a place weighted for their need of one kind of care.
#[derive(Clone, Debug, PartialEq)]
pub struct NeedWeight {
    /// The row of its file.
    pub line: u64,
    /// The place.
    pub place: PlaceCode,
    /// The kind of care.
    pub stream: NeedStream,
    /// People weighted for need.
    pub weighted: f64,
    /// Where it comes from.
    pub source: String,
}

impl FromRow for NeedWeight {
    const TABLE: &'static str = "need_weights";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        let stream = row.text("stream")?;
        Some(Self {
            line: row.line(),
            place: row.text("place_code")?.parse().ok()?,
            stream: NeedStream::ALL.into_iter().find(|known| known.as_str() == stream)?,
            weighted: row.number("weighted_population")?,
            source: owned(row, "source")?,
        })
    }
}

/// The part of a line's work that is done for people of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct ServicePlace {
    /// The row of its file.
    pub line: u64,
    /// The service line.
    pub service: ServiceKey,
    /// The place.
    pub place: PlaceCode,
    /// The share.
    pub share: Share,
}

impl FromRow for ServicePlace {
    const TABLE: &'static str = "service_places";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            line: row.line(),
            service: row.service()?,
            place: row.text("place_code")?.parse().ok()?,
            share: share(row, "work_share")?,
        })
    }
}
