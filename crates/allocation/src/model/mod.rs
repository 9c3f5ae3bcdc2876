//! The linear model: solver-free, every column bounded on both sides, every row with one limit.

mod mps;
mod scale;
mod sum;
mod text;

use sha2::{Digest, Sha256};

pub use mps::MpsError;
pub use scale::Scaling;
pub use sum::Sum;

/// Which side of its limit a row must stay on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// At most.
    AtMost,
    /// At least.
    AtLeast,
}

impl Sense {
    /// Whether a row of this side can have such a price: more room never costs.
    #[must_use]
    pub const fn allows(self, price: f64) -> bool {
        match self {
            Self::AtMost => price >= 0.0,
            Self::AtLeast => price <= 0.0,
        }
    }

    /// The sign of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
        }
    }
}

/// What a row counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowUnit {
    /// £ million.
    Money,
    /// Whole-time equivalents.
    Staff,
    /// QALY.
    Health,
    /// Take-up of options, from 0 to 1.
    Share,
    /// A named capacity, by its place among the case's capacities.
    Capacity(usize),
}

/// A variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// `family/id/year`.
    pub key: String,
    /// Its least value.
    pub lower: f64,
    /// Its greatest value.
    pub upper: f64,
    /// What one unit adds to the objective.
    pub gain: f64,
    /// Whether it takes whole numbers only.
    pub whole: bool,
}

/// A limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// `family/id/year`.
    pub key: String,
    /// Which side.
    pub sense: Sense,
    /// The limit.
    pub limit: f64,
    /// What it counts in.
    pub unit: RowUnit,
    /// How many services it sums: the pennies that flooring may cost it.
    pub services: u32,
    /// What those pennies are worth to a row of health, QALY.
    pub pennies_worth: f64,
    /// (column, coefficient), columns rising.
    pub terms: Vec<(usize, f64)>,
}

/// An affine expression of columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expression {
    /// The part without columns.
    pub constant: f64,
    /// (column, coefficient).
    pub terms: Vec<(usize, f64)>,
}

/// What sums of a few terms may be off by, in ratio.
const LAST_DIGITS: f64 = 1e-14;

impl Expression {
    /// The same, times a factor, added to this one.
    pub fn add(&mut self, other: &Self, factor: f64) {
        self.constant += factor * other.constant;
        self.terms.extend(other.terms.iter().map(|(column, part)| (*column, factor * part)));
    }

    /// Its value at a point.
    #[must_use]
    pub fn at(&self, point: &[f64]) -> f64 {
        let mut sum = Sum::default();
        sum.add(self.constant);
        for (column, part) in &self.terms {
            sum.add_product(*part, point.get(*column).copied().unwrap_or(0.0));
        }
        sum.value()
    }

    /// Like terms joined, noughts dropped, columns rising. What is left of terms that cancel, a last
    /// digit of theirs, is nought too.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        self.terms.sort_by_key(|(column, _)| *column);
        // (column, sum, size of the largest part)
        let mut joined: Vec<(usize, f64, f64)> = Vec::with_capacity(self.terms.len());
        for (column, part) in self.terms {
            match joined.last_mut() {
                Some((last, sum, size)) if *last == column => {
                    (*sum, *size) = (*sum + part, size.max(part.abs()));
                }
                _ => joined.push((column, part, part.abs())),
            }
        }
        let kept = joined.into_iter().filter(|(_, sum, size)| sum.abs() > LAST_DIGITS * size);
        Self {
            constant: self.constant,
            terms: kept.map(|(column, sum, _)| (column, sum)).collect(),
        }
    }
}

/// Why a model is refused before any solver sees it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A number that is not one.
    #[error("the model holds a figure that is not a number at {0}")]
    NotFinite(String),
    /// A column without room.
    #[error("the model's variable {0} has its limits the wrong way round")]
    Bounds(String),
    /// Figures too far apart for the arithmetic to be trusted.
    #[error("the figures at {0} are too far apart in size to be solved safely")]
    Spread(String),
}

/// Maximise `constant + Σ gain · x` over box and rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LpModel {
    /// Variables.
    pub columns: Vec<Column>,
    /// Limits.
    pub rows: Vec<Row>,
    /// The part of the objective without columns.
    pub constant: f64,
}

impl LpModel {
    /// Adds a variable and returns its place.
    pub fn column(&mut self, key: String, lower: f64, upper: f64, gain: f64) -> usize {
        self.columns.push(Column { key, lower, upper, gain, whole: false });
        self.columns.len() - 1
    }

    /// Lets a variable take whole numbers only.
    pub fn whole(&mut self, at: usize) {
        if let Some(column) = self.columns.get_mut(at) {
            column.whole = true;
        }
    }

    /// The same model with every whole-number variable held at the whole number nearest to a
    /// point's: linear, so that its prices mean something.
    #[must_use]
    pub fn with_choice(&self, point: &[f64]) -> Self {
        let mut model = self.clone();
        for (column, value) in model.columns.iter_mut().zip(point) {
            if column.whole {
                let held = value.round().clamp(column.lower, column.upper);
                (column.lower, column.upper, column.whole) = (held, held, false);
            }
        }
        model
    }

    /// The same model with every variable free to take parts of whole numbers.
    #[must_use]
    pub fn in_parts(&self) -> Self {
        let mut model = self.clone();
        for column in &mut model.columns {
            column.whole = false;
        }
        model
    }

    /// Whether any variable takes whole numbers only.
    #[must_use]
    pub fn has_whole(&self) -> bool {
        self.columns.iter().any(|column| column.whole)
    }

    /// Adds the row `expression ⋛ limit` and returns its place.
    pub fn row(
        &mut self,
        key: String,
        expression: Expression,
        sense: Sense,
        limit: f64,
        unit: RowUnit,
        services: usize,
    ) -> usize {
        let Expression { constant, terms } = expression.tidy();
        let services = u32::try_from(services).unwrap_or(u32::MAX);
        let limit = limit - constant;
        self.rows.push(Row { key, sense, limit, unit, services, pennies_worth: 0.0, terms });
        self.rows.len() - 1
    }

    /// Refuses figures that no solver should see.
    ///
    /// # Errors
    /// The first such figure, by its key.
    pub fn validate(&self) -> Result<(), ModelError> {
        for column in &self.columns {
            let finite = [column.lower, column.upper, column.gain].iter().all(|n| n.is_finite());
            if !finite {
                return Err(ModelError::NotFinite(column.key.clone()));
            }
            if column.lower > column.upper {
                return Err(ModelError::Bounds(column.key.clone()));
            }
        }
        for row in &self.rows {
            if !row.limit.is_finite() || row.terms.iter().any(|(_, part)| !part.is_finite()) {
                return Err(ModelError::NotFinite(row.key.clone()));
            }
        }
        if self.constant.is_finite() {
            Ok(())
        } else {
            Err(ModelError::NotFinite("the objective".to_owned()))
        }
    }

    /// `Σ a x` of a row.
    #[must_use]
    pub fn activity(row: &Row, point: &[f64]) -> f64 {
        let mut sum = Sum::default();
        for (column, part) in &row.terms {
            sum.add_product(*part, point.get(*column).copied().unwrap_or(0.0));
        }
        sum.value()
    }

    /// `constant + Σ gain · x`.
    #[must_use]
    pub fn objective(&self, point: &[f64]) -> f64 {
        let mut sum = Sum::default();
        sum.add(self.constant);
        for (column, value) in self.columns.iter().zip(point) {
            sum.add_product(column.gain, *value);
        }
        sum.value()
    }

    /// SHA-256 over every key and figure.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("maximise {:?}\n", self.constant));
        for column in &self.columns {
            let Column { key, lower, upper, gain, whole } = column;
            let whole = if *whole { " whole" } else { "" };
            hash.update(format!("column {key} {lower:?} {upper:?} {gain:?}{whole}\n"));
        }
        for row in &self.rows {
            hash.update(format!("row {} {} {:?}", row.key, row.sense.as_str(), row.limit));
            for (column, part) in &row.terms {
                hash.update(format!(" {column}:{part:?}"));
            }
            hash.update("\n");
        }
        openbook::table::hex(&hash.finalize())
    }
}
