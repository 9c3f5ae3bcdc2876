use super::svg::finite;

/// Places values of a range on a line of the picture.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// Values `from`..`to` on coordinates `start`..`end`. An empty range becomes 0 to 1.
    pub fn new(from: f64, to: f64, start: f64, end: f64) -> Self {
        let (from, to) = (finite(from), finite(to));
        let to = if to > from { to } else { from + 1.0 };
        Self { from, to, start, end }
    }

    /// The coordinate of a value, kept within the line.
    pub fn at(self, value: f64) -> f64 {
        let share = (finite(value) - self.from) / (self.to - self.from);
        self.start + share.clamp(0.0, 1.0) * (self.end - self.start)
    }

    /// Round values within the range, about this many.
    pub fn ticks(self, about: f64) -> Vec<f64> {
        let step = round_step((self.to - self.from) / about.max(1.0));
        let first = (self.from / step).ceil();
        let last = (self.to / step + 1e-9).floor();
        let mut ticks = Vec::new();
        let mut tick = first;
        while tick <= last && ticks.len() < 20 {
            ticks.push(tick * step);
            tick += 1.0;
        }
        ticks
    }
}

/// The smallest of 1, 2 or 5 times a power of ten that is not below.
fn round_step(step: f64) -> f64 {
    if !step.is_finite() || step <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(step.log10().floor());
    let digits = step / power;
    let round = [1.0, 2.0, 5.0].into_iter().find(|round| digits <= round + 1e-9);
    round.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let ticks = |from, to| Scale::new(from, to, 0.0, 100.0).ticks(5.0);
        assert_eq!(ticks(0.0, 98.0), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(ticks(-3.0, 3.5), [-2.0, 0.0, 2.0]);
        assert_eq!(ticks(0.0, f64::NAN).first(), Some(&0.0));
        assert!(ticks(0.0, 1e300).len() <= 20 && ticks(-1e-300, 1e-300).len() <= 20);
    }

    #[test]
    fn places_lie_within_the_line() {
        let scale = Scale::new(0.0, 10.0, 100.0, 0.0);
        for (value, place) in [(0.0, 100.0), (5.0, 50.0), (99.0, 0.0), (f64::NAN, 100.0)] {
            assert!((scale.at(value) - place).abs() < 1e-9, "{value}");
        }
    }
}
