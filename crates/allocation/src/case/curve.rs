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
}

/// Health as a function of spend: H (x / b)ᵉ, in pieces with one breakpoint at today.
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

impl Curve {
    /// Pieces of equal width from `1 − cut` to `1` and from `1` to `1 + growth`; a side of no width
    /// has none.
    #[must_use]
    pub fn of(
        spend: Millions,
        health: Qaly,
        elasticity: f64,
        (cut, growth): (f64, f64),
        segments: u8,
    ) -> Self {
        let pieces = |from: f64, to: f64| -> Vec<Segment> {
            if to <= from || spend.get() <= 0.0 {
                return Vec::new();
            }
            let parts = f64::from(segments.max(1));
            let at = |k: u8| from + (to - from) * f64::from(k) / parts;
            (0..segments.max(1))
                .map(|k| {
                    let (from, to) = (at(k), at(k + 1));
                    Segment { from, to, width: (to - from) * spend.get() }
                })
                .collect()
        };
        Self {
            spend,
            health,
            elasticity,
            below: pieces(1.0 - cut, 1.0),
            above: pieces(1.0, 1.0 + growth),
        }
    }

    /// The slope of a piece, QALY per £m, for the given health and elasticity (a draw's, or the
    /// central ones). No health, or less, gives a flat curve.
    #[must_use]
    pub fn slope(&self, segment: &Segment, health: f64, elasticity: f64) -> f64 {
        if health <= 0.0 {
            return 0.0;
        }
        health * (segment.to.powf(elasticity) - segment.from.powf(elasticity))
            / (self.spend.get() * (segment.to - segment.from))
    }

    /// The central slope of a piece.
    #[must_use]
    pub fn central_slope(&self, segment: &Segment) -> f64 {
        self.slope(segment, self.health.get(), self.elasticity)
    }

    /// Health when spend differs from today's by `change`, piece by piece, for the given health
    /// and elasticity; pieces fill in order.
    #[must_use]
    pub fn gain(&self, change: Millions, health: f64, elasticity: f64) -> Qaly {
        let mut left = change.get();
        let mut gain = 0.0;
        if left < 0.0 {
            for segment in self.below.iter().rev() {
                let part = (-left).min(segment.width);
                gain -= part * self.slope(segment, health, elasticity);
                left += part;
            }
        } else {
            for segment in &self.above {
                let part = left.min(segment.width);
                gain += part * self.slope(segment, health, elasticity);
                left -= part;
            }
        }
        Qaly::new(gain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slopes_of_the_golden_four() {
        let cases = [
            (10.0, 1000.0, 0.20, [22.7959, 20.8516, 19.2449, 17.8924]),
            (6.0, 1050.0, 0.50, [94.9482, 89.8042, 85.4155, 81.6135]),
            (4.0, 750.0, 0.45, [92.3097, 86.8234, 82.1674, 78.1532]),
            (5.0, 1250.0, 0.40, [110.3035, 103.1712, 97.1503, 91.9841]),
        ];
        for (spend, health, elasticity, wanted) in cases {
            let curve =
                Curve::of(Millions::new(spend), Qaly::new(health), elasticity, (0.2, 0.2), 2);
            let found = curve.below.iter().chain(&curve.above).map(|s| curve.central_slope(s));
            for (found, wanted) in found.zip(wanted) {
                assert!((found - wanted).abs() < 5e-5, "{found} is not {wanted}");
            }
        }
    }

    #[test]
    fn gain_fills_pieces_in_order_and_a_side_without_width_has_none() {
        let curve = Curve::of(Millions::new(10.0), Qaly::new(1000.0), 0.2, (0.2, 0.0), 2);
        assert!(curve.above.is_empty());
        let lost = curve.gain(Millions::new(-1.5), 1000.0, 0.2).get();
        assert!((lost + 20.8516 + 0.5 * 22.7959).abs() < 1e-3, "{lost}");
        assert!(curve.gain(Millions::new(-1.5), -5.0, 0.2).get().abs() < 1e-12);
    }
}
