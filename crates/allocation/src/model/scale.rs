//! Rows and columns scaled by powers of two, exactly undone afterwards.

use super::{LpModel, ModelError};

/// Powers of two by which rows are multiplied and columns are divided.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// What each row is multiplied by.
    pub rows: Vec<f64>,
    /// What each column's value is divided by (x = scale · x′).
    pub columns: Vec<f64>,
}

const LEAST: f64 = 1e-4;
const MOST: f64 = 1e4;
const PASSES: usize = 6;

/// The bits of a number that say how large it is, and where they begin.
const EXPONENT: u64 = 0x7ff << FRACTION;
const FRACTION: u32 = 52;

/// The power of two nearest to a number, in ratio: its own exponent, or the next one where the rest
/// of it is above √2. Read from the bits, because logarithms of every figure would cost as much as
/// handing the model over.
fn power_of_two(number: f64) -> f64 {
    if !(number.is_normal() && number > 0.0) {
        return 1.0;
    }
    let above = number.to_bits() & !EXPONENT > std::f64::consts::SQRT_2.to_bits() & !EXPONENT;
    let exponent = (number.to_bits() & EXPONENT) + (u64::from(above) << FRACTION);
    f64::from_bits(exponent.min(EXPONENT - (1 << FRACTION)))
}

#[derive(Clone, Copy)]
struct Spread {
    least: f64,
    most: f64,
}

impl Spread {
    const NONE: Self = Self { least: f64::INFINITY, most: 0.0 };

    fn see(&mut self, size: f64) {
        self.least = self.least.min(size);
        self.most = self.most.max(size);
    }

    /// What brings the spread's middle to 1.
    fn centring(self) -> f64 {
        if self.most > 0.0 { power_of_two(1.0 / (self.least * self.most).sqrt()) } else { 1.0 }
    }
}

impl Scaling {
    /// Scales a model so that every figure of a row lies within 1e-4 to 1e4.
    ///
    /// # Errors
    /// When no scaling brings some figure there: the model is refused.
    pub fn of(model: &LpModel) -> Result<Self, ModelError> {
        let mut scaling =
            Self { rows: vec![1.0; model.rows.len()], columns: vec![1.0; model.columns.len()] };
        for _ in 0..PASSES {
            let before = scaling.clone();
            let mut columns = vec![Spread::NONE; model.columns.len()];
            for (row, scale) in model.rows.iter().zip(&mut scaling.rows) {
                let mut spread = Spread::NONE;
                for (column, part) in &row.terms {
                    let by = scaling.columns.get(*column).copied().unwrap_or(1.0);
                    spread.see(part.abs() * by);
                }
                *scale = spread.centring();
                for (column, part) in &row.terms {
                    if let Some(seen) = columns.get_mut(*column) {
                        seen.see(part.abs() * *scale);
                    }
                }
            }
            for ((scale, seen), column) in
                scaling.columns.iter_mut().zip(columns).zip(&model.columns)
            {
                // A whole number must stay one.
                *scale = if column.whole { 1.0 } else { seen.centring() };
            }
            if scaling == before {
                break;
            }
        }
        for (row, scale) in model.rows.iter().zip(&scaling.rows) {
            for (column, part) in &row.terms {
                let by = scaling.columns.get(*column).copied().unwrap_or(1.0);
                if !(LEAST..=MOST).contains(&(part.abs() * scale * by)) {
                    return Err(ModelError::Spread(row.key.clone()));
                }
            }
        }
        Ok(scaling)
    }
}

#[cfg(test)]
mod tests {
    use super::power_of_two;

    #[test]
    fn the_nearest_power_of_two_is_the_one_that_logarithms_find() {
        let mut number = 1.3e-300;
        while number < 1e300 {
            assert_eq!(power_of_two(number), number.log2().round().exp2(), "{number}");
            number *= 1.711;
        }
        let whole = [-3.0, 0.0, f64::NAN, f64::INFINITY].map(power_of_two);
        assert_eq!(whole, [1.0; 4]);
        assert_eq!([0.5, 1.0, 2.0, 1.41, 1.42].map(power_of_two), [0.5, 1.0, 2.0, 1.0, 2.0]);
    }
}
