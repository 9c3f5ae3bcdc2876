//! How far a ratio may lie from 1 by chance and by the way costs were found.
//!
//! standard error² = c² + v² · Σ(E²/A) / (Σ E)²: c is the coefficient of variation of the line's
//! costing, which more activity does not take away (and which is wider where costs are apportioned);
//! v that of one unit of work within a currency; E the expected cost of each kind of work and A its
//! activity. With one currency the second part is v²/A: the funnel.

use super::Standing;

/// Half-widths of the limits, standard errors.
const INNER: f64 = 2.0;
const OUTER: f64 = 3.0;

/// Limits around 1 at two and at three standard errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Funnel {
    /// Standard error of the ratio.
    pub standard_error: f64,
}

impl Funnel {
    /// The funnel of a line: `variance` of its costing (and that of its peers, where they are the
    /// reference), `unit_cv`, and expected cost and activity by kind of work.
    #[must_use]
    pub fn of(variance: f64, unit_cv: f64, works: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let (mut squares, mut whole) = (0.0, 0.0);
        for (expected, activity) in works {
            if activity > 0.0 {
                squares += expected * expected / activity;
                whole += expected;
            }
        }
        let chance = if whole > 0.0 { unit_cv * unit_cv * squares / (whole * whole) } else { 0.0 };
        Self { standard_error: (variance + chance).sqrt() }
    }

    /// 1 less and more two standard errors; never below nought.
    #[must_use]
    pub fn inner(&self) -> (f64, f64) {
        self.limits(INNER)
    }

    /// 1 less and more three standard errors; never below nought.
    #[must_use]
    pub fn outer(&self) -> (f64, f64) {
        self.limits(OUTER)
    }

    fn limits(&self, sigmas: f64) -> (f64, f64) {
        let half = sigmas * self.standard_error;
        ((1.0 - half).max(0.0), 1.0 + half)
    }

    /// Where a ratio stands. From `query_ratio` on, the line is a query whatever its funnel.
    #[must_use]
    pub fn standing(&self, ratio: f64, query_ratio: f64) -> Standing {
        let outside = |(low, high): (f64, f64)| ratio < low || ratio > high;
        if ratio >= query_ratio {
            Standing::Query
        } else if outside(self.outer()) {
            Standing::Beyond3Sigma
        } else if outside(self.inner()) {
            Standing::Beyond2Sigma
        } else {
            Standing::Within
        }
    }
}
