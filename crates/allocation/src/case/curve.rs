//! The response of health to spend, as straight pieces.

use quantities::{Millions, Qaly};

/// One piece of a response curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// m: where it starts, in multiples of b.
    pub from: f64,
    /// m′: where it ends.
    pub to: f64,
    /// Its width, £m.
    pub width: f64,
    /// The first year whose limits reach it.
    pub year: u8,
}

/// What health answers to spend in one year: H D (x / (b D))ᵉ without its b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// Health at today's demand and spend, QALY.
    pub health: f64,
    /// Elasticity.
    pub elasticity: f64,
    /// Cumulative growth of demand.
    pub demand: f64,
}

impl Response {
    /// Health with no change in spend: H D (1 / D)ᵉ.
    #[must_use]
    pub fn unchanged(&self) -> f64 {
        if self.demand == 1.0 { self.health } else { self.health * self.lift() }
    }

    fn lift(&self) -> f64 {
        self.demand.powf(1.0 - self.elasticity)
    }
}

/// Health as a function of spend: H D (x / (b D))ᵉ, in pieces with one breakpoint at today. One grid
/// serves every year: a year reaches the pieces within its own limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// b: the spend with an accepted outcome.
    pub spend: Millions,
    /// H: its health.
    pub health: Qaly,
    /// e: percent of health for one percent of spend.
    pub elasticity: f64,
    /// Pieces below today, rising.
    pub below: Vec<Segment>,
    /// Pieces above today, rising.
    pub above: Vec<Segment>,
}

/// How far a line may move in a year, as fractions, over how many years, in how many pieces a side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// Most it may fall in a year.
    pub cut: f64,
    /// Most it may grow in a year.
    pub growth: f64,
    /// Years.
    pub years: u8,
    /// Pieces a side.
    pub segments: u8,
}

impl Reach {
    /// The least and the greatest multiple of today's spend that a year allows.
    #[must_use]
    pub fn multiples(self, year: u8) -> (f64, f64) {
        ((1.0 - self.cut).powi(i32::from(year)), (1.0 + self.growth).powi(i32::from(year)))
    }

    /// The most that spend may have grown by a year, as a fraction of today's.
    #[must_use]
    pub fn growth_by(self, year: u8) -> f64 {
        if year == 1 { self.growth } else { self.multiples(year).1 - 1.0 }
    }

    /// Pieces in each year's own step: of equal width, and as many as asked for over all years, one
    /// a year at least.
    pub(crate) fn each(self) -> u8 {
        self.segments.max(1).div_ceil(self.years.max(1))
    }
}

impl Curve {
    /// Pieces between each year's limits, of equal width within a year's step; a side of no width
    /// has none.
    #[must_use]
    pub fn of(spend: Millions, health: Qaly, elasticity: f64, reach: Reach) -> Self {
        let pieces = |year: u8, from: f64, to: f64| -> Vec<Segment> {
            if to <= from || spend.get() <= 0.0 {
                return Vec::new();
            }
            let parts = reach.each();
            let at = |k: u8| from + (to - from) * f64::from(k) / f64::from(parts);
            let piece = |k: u8| {
                let (from, to) = (at(k), at(k + 1));
                Segment { from, to, width: (to - from) * spend.get(), year }
            };
            (0..parts).map(piece).collect()
        };
        let step = |year: u8| {
            let (lower, upper) = reach.multiples(year);
            let (nearer_lower, nearer_upper) = reach.multiples(year.saturating_sub(1));
            (pieces(year, lower, nearer_lower), pieces(year, nearer_upper, upper))
        };
        let steps: Vec<_> = (1..=reach.years.max(1)).map(step).collect();
        Self {
            spend,
            health,
            elasticity,
            below: steps.iter().rev().flat_map(|(below, _)| below.clone()).collect(),
            above: steps.into_iter().flat_map(|(_, above)| above).collect(),
        }
    }

    /// The pieces below today that a year reaches, rising.
    pub fn below_in(&self, year: u8) -> impl DoubleEndedIterator<Item = &Segment> {
        self.below.iter().filter(move |segment| segment.year <= year)
    }

    /// The pieces above today that a year reaches, rising.
    pub fn above_in(&self, year: u8) -> impl DoubleEndedIterator<Item = &Segment> {
        self.above.iter().filter(move |segment| segment.year <= year)
    }

    /// The slope of a piece, QALY per £m. No health, or less, gives a flat curve.
    #[must_use]
    pub fn slope(&self, segment: &Segment, response: Response) -> f64 {
        let Response { health, elasticity, demand } = response;
        if health <= 0.0 {
            return 0.0;
        }
        let slope = health * (segment.to.powf(elasticity) - segment.from.powf(elasticity))
            / (self.spend.get() * (segment.to - segment.from));
        if demand == 1.0 { slope } else { slope * response.lift() }
    }

    /// The central response at a year's demand.
    #[must_use]
    pub fn central(&self, demand: f64) -> Response {
        Response { health: self.health.get(), elasticity: self.elasticity, demand }
    }

    /// The change in health when spend differs from today's by `change`, piece by piece; pieces
    /// fill in order.
    #[must_use]
    pub fn gain(&self, change: Millions, response: Response) -> Qaly {
        let mut left = change.get();
        let mut gain = 0.0;
        if left < 0.0 {
            for segment in self.below.iter().rev() {
                let part = (-left).min(segment.width);
                gain -= part * self.slope(segment, response);
                left += part;
            }
        } else {
            for segment in &self.above {
                let part = left.min(segment.width);
                gain += part * self.slope(segment, response);
                left -= part;
            }
        }
        Qaly::new(gain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(cut: f64, growth: f64, years: u8, segments: u8) -> Reach {
        Reach { cut, growth, years, segments }
    }

    #[test]
    fn the_slopes_of_the_golden_four() {
        let cases = [
            (10.0, 1000.0, 0.20, [22.7959, 20.8516, 19.2449, 17.8924]),
            (6.0, 1050.0, 0.50, [94.9482, 89.8042, 85.4155, 81.6135]),
            (4.0, 750.0, 0.45, [92.3097, 86.8234, 82.1674, 78.1532]),
            (5.0, 1250.0, 0.40, [110.3035, 103.1712, 97.1503, 91.9841]),
        ];
        for (spend, health, elasticity, wanted) in cases {
            let (spend, health) = (Millions::new(spend), Qaly::new(health));
            let curve = Curve::of(spend, health, elasticity, reach(0.2, 0.2, 1, 2));
            let pieces = curve.below.iter().chain(&curve.above);
            let found = pieces.map(|s| curve.slope(s, curve.central(1.0)));
            for (found, wanted) in found.zip(wanted) {
                assert!((found - wanted).abs() < 5e-5, "{found} is not {wanted}");
            }
        }
    }

    #[test]
    fn gain_fills_pieces_in_order_and_a_side_without_width_has_none() {
        let reach = reach(0.2, 0.0, 1, 2);
        let curve = Curve::of(Millions::new(10.0), Qaly::new(1000.0), 0.2, reach);
        assert!(curve.above.is_empty());
        let lost = curve.gain(Millions::new(-1.5), curve.central(1.0)).get();
        assert!((lost + 20.8516 + 0.5 * 22.7959).abs() < 1e-3, "{lost}");
        let nought = Response { health: -5.0, elasticity: 0.2, demand: 1.0 };
        assert!(curve.gain(Millions::new(-1.5), nought).get().abs() < 1e-12);
    }

    #[test]
    fn one_grid_of_all_yearly_limits_serves_every_year() {
        let reach = reach(0.1, 0.1, 3, 4);
        let curve = Curve::of(Millions::new(10.0), Qaly::new(1000.0), 0.2, reach);
        // Two pieces a year: four over three years, rounded up.
        assert_eq!((curve.below.len(), curve.above.len()), (6, 6));
        let edges: Vec<f64> = curve.above.iter().map(|segment| segment.to).collect();
        for (year, edge) in [(1, 1.1), (2, 1.21), (3, 1.331)] {
            assert!(edges.iter().any(|to| (to - edge).abs() < 1e-12), "{year}: {edges:?}");
            assert_eq!(curve.above_in(year).count(), 2 * usize::from(year));
        }
        let first = curve.below.first().map(|segment| (segment.from, segment.year));
        assert!(first.is_some_and(|(from, year)| (from - 0.729).abs() < 1e-12 && year == 3));
    }

    #[test]
    fn demand_lifts_the_curve() {
        let response = Response { health: 1000.0, elasticity: 0.2, demand: 1.1 };
        assert!((response.unchanged() - 1100.0 * (1.0_f64 / 1.1).powf(0.2)).abs() < 1e-9);
    }
}
