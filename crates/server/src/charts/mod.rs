//! Our own pictures: plain figures in, accessible SVG out.
//!
//! Every picture has a title that says the finding, a description, labels on its marks and a
//! pattern beside each colour; the page puts a table beside it. The same text is the picture on the
//! page, on paper and in the tests. Nothing here knows of requests, templates or the store.

mod band;
mod bars;
mod completeness;
mod curve;
mod frontier;
mod funnel;
mod labels;
mod lengths;
mod marks;
mod palette;
mod scale;
mod svg;
mod waterfall;
#[cfg(test)]
pub(crate) mod well_formed;

pub use band::{Band, BandRow, band};
pub use bars::{Bar, BarGroup, BarKind, Bars, bars};
pub use completeness::{Completeness, Sector, completeness};
pub use curve::{Curve, Curves, curves};
pub use frontier::{Frontier, Triangle, frontier};
pub use funnel::{Funnel, FunnelPoint, funnel};
pub use lengths::{Length, Lengths, lengths};
pub use marks::Mark;
pub use palette::sector_label;
pub use waterfall::{Move, Waterfall, waterfall};

/// What a picture says before it is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Starts every id in the picture; differs from the other pictures of a page.
    pub id: String,
    /// The finding, as a sentence.
    pub title: String,
    /// What is drawn, for those who do not see it.
    pub description: String,
}
