//! The arithmetic of time.

use quantities::Qaly;

/// Years of a constant gain, discounted and fading: the sum over the start of each year of
/// (1 + r)⁻ⁿ · e^(−δn), the last part-year counted pro rata at its own factor.
#[must_use]
pub fn annuity(duration_years: f64, discount_rate: f64, decay_per_year: f64) -> f64 {
    let mut left = duration_years.clamp(0.0, 200.0);
    let yearly = (-decay_per_year).exp() / (1.0 + discount_rate);
    let mut factor = 1.0;
    let mut years = 0.0;
    while left > 0.0 {
        years += factor * left.min(1.0);
        factor *= yearly;
        left -= 1.0;
    }
    years
}

/// The annuities of every duration at one discount and decay: straight lines between whole years.
#[derive(Clone, Debug, PartialEq)]
pub struct Annuities {
    /// At 0, 1, 2, … years.
    whole: Vec<f64>,
}

impl Annuities {
    /// Durations count up to so many years.
    const MOST: u8 = 200;

    /// At a discount rate and a decay, both a year.
    #[must_use]
    pub fn new(discount_rate: f64, decay_per_year: f64) -> Self {
        let yearly = (-decay_per_year).exp() / (1.0 + discount_rate);
        let mut whole = vec![0.0];
        let (mut years, mut factor) = (0.0, 1.0);
        for _ in 0..Self::MOST {
            years += factor;
            factor *= yearly;
            whole.push(years);
        }
        Self { whole }
    }

    /// The annuity of a duration.
    #[must_use]
    pub fn at(&self, duration_years: f64) -> f64 {
        let duration = duration_years.clamp(0.0, f64::from(Self::MOST));
        #[expect(clippy::as_conversions, reason = "a number from 0 to 200, rounded down")]
        let year = duration as u8;
        match self.whole.get(usize::from(year)..) {
            Some([low, high, ..]) => low + (duration - f64::from(year)) * (high - low),
            Some([last]) => *last,
            _ => 0.0,
        }
    }

    /// The duration that has an annuity; nothing where no number of years has as much.
    #[must_use]
    pub fn duration_of(&self, annuity: f64) -> Option<f64> {
        let above = self.whole.partition_point(|whole| *whole < annuity);
        let (low, high) = (self.whole.get(above.checked_sub(1)?)?, self.whole.get(above)?);
        let years = f64::from(u8::try_from(above).ok()?) - 1.0;
        let part = (annuity - low) / (high - low);
        part.is_finite().then_some(years + part)
    }
}

/// Area under repeated utilities, baseline-adjusted: Σ (uᵢ + uᵢ₊₁)/2 · Δt − u₀ · T. Points are
/// (time in years, utility), in order of time.
#[must_use]
pub fn area_under_curve(points: &[(f64, f64)]) -> Qaly {
    let (Some((start, first)), Some((end, _))) = (points.first(), points.last()) else {
        return Qaly::ZERO;
    };
    let area: f64 = points
        .windows(2)
        .map(|pair| match pair {
            [(t0, u0), (t1, u1)] => (u0 + u1) / 2.0 * (t1 - t0),
            _ => 0.0,
        })
        .sum();
    Qaly::new(area - first * (end - start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 5e-5, "{found} is not {wanted}");
    }

    #[test]
    fn annuities_of_the_specification() {
        for (years, wanted) in
            [(1.0, 1.0), (5.0, 4.6731), (10.0, 8.6077), (15.0, 11.9205), (20.0, 14.7098)]
        {
            close(annuity(years, 0.035, 0.0), wanted);
        }
        close(annuity(2.5, 0.035, 0.0), 1.0 + 1.0 / 1.035 + 0.5 / 1.035_f64.powi(2));
        close(0.454 * annuity(15.0, 0.035, 0.0), 5.4119);
        close(0.454 * annuity(15.0, 0.0, 0.0), 6.81);
        assert!(annuity(0.0, 0.035, 0.0).abs() < 1e-12);
    }

    #[test]
    fn decay_multiplies_the_nth_year_from_nought() {
        let wanted = 1.0 + (-0.2_f64).exp() / 1.035 + (-0.4_f64).exp() / 1.035_f64.powi(2);
        close(annuity(3.0, 0.035, 0.2), wanted);
    }

    #[test]
    fn annuities_are_those_of_each_duration_and_back() {
        for decay in [0.0, 0.3] {
            let all = Annuities::new(0.035, decay);
            for years in [0.25, 1.0, 2.5, 9.99, 15.0, 77.7] {
                assert!((all.at(years) - annuity(years, 0.035, decay)).abs() < 1e-9, "{years}");
            }
            for years in [0.25, 1.0, 2.5, 9.99, 15.0] {
                let back = all.duration_of(all.at(years)).expect("a duration");
                assert!((back - years).abs() < 1e-9, "{back} is not {years}");
            }
        }
        assert_eq!(Annuities::new(0.035, 0.0).duration_of(30.0), None);
        assert_eq!(Annuities::new(0.035, 0.0).duration_of(0.0), None);
        assert_eq!(Annuities::new(0.035, 0.0).duration_of(-1.0), None);
    }

    #[test]
    fn the_worked_area_under_the_curve() {
        let points = [(0.0, 0.40), (0.25, 0.60), (0.5, 0.70), (1.0, 0.70)];
        close(area_under_curve(&points).get(), 0.2375);
        assert_eq!(area_under_curve(&[]), Qaly::ZERO);
    }
}
