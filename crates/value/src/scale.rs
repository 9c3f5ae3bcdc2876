//! One value set at a time. A utility carries the mark of the comparison it was made in, so that
//! utilities of two value sets can be neither added nor compared: such code does not compile.

use std::cmp::Ordering;
use std::marker::PhantomData;
use std::ops::{Neg, Sub};

use crate::instruments::{MappingDefinition, ValueSetDefinition};

/// A lifetime that stands for itself alone: the compiler lets no other stand in for it.
type Mark<'s> = PhantomData<fn(&'s ()) -> &'s ()>;

/// The one value set of a comparison.
///
/// ```
/// use value::instruments::ValueSetDefinition;
/// fn fall(set: &ValueSetDefinition) -> Option<f64> {
///     set.compare(false, |scale| Some((scale.state("11111")? - scale.state("22222")?).get()))
/// }
/// ```
///
/// The same over two value sets is refused by the compiler:
///
/// ```compile_fail
/// use value::instruments::ValueSetDefinition;
/// fn fall(three: &ValueSetDefinition, five: &ValueSetDefinition) -> Option<f64> {
///     three.compare(false, |three| {
///         five.compare(false, |five| Some((three.state("11111")? - five.state("22222")?).get()))
///     })
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Scale<'s> {
    set: &'s ValueSetDefinition,
    mixed: bool,
    mark: Mark<'s>,
}

/// A utility, or a difference of two, on the scale of one comparison.
#[derive(Clone, Copy, Debug)]
pub struct Utility<'s> {
    value: f64,
    mark: Mark<'s>,
}

/// Why a figure is not let into a comparison.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    /// It is on another value set.
    #[error(
        "it is on value set {found} and this run is on {wanted}; two value sets are not compared"
    )]
    OtherValueSet {
        /// The figure's.
        found: String,
        /// The comparison's.
        wanted: String,
    },
    /// A score that the mapping says nothing of.
    #[error("a score lies outside the mapping {0}")]
    OutsideMapping(String),
}

impl ValueSetDefinition {
    /// Makes a comparison on this value set. Where `mixed`, figures on others are let in, for the
    /// caller to flag.
    pub fn compare<R>(&self, mixed: bool, work: impl for<'s> FnOnce(Scale<'s>) -> R) -> R {
        work(Scale { set: self, mixed, mark: PhantomData })
    }
}

impl<'s> Scale<'s> {
    /// The code of the value set.
    #[must_use]
    pub fn code(&self) -> &'s str {
        &self.set.code
    }

    const fn mark(value: f64) -> Utility<'s> {
        Utility { value, mark: PhantomData }
    }

    /// The utility of a state such as `12321`; nothing for what is not a state.
    #[must_use]
    pub fn state(&self, state: &str) -> Option<Utility<'s>> {
        self.set.utility(state).map(Self::mark)
    }

    /// A utility, or a gain, that was handed in on a named value set.
    ///
    /// # Errors
    /// When that is another and the comparison is not a mixed one.
    pub fn named(&self, value: f64, value_set: &str) -> Result<Utility<'s>, ScaleError> {
        if value_set == self.set.code || self.mixed {
            return Ok(Self::mark(value));
        }
        Err(ScaleError::OtherValueSet {
            found: value_set.to_owned(),
            wanted: self.set.code.clone(),
        })
    }

    /// A figure of an instrument that has no value set, such as whole QALYs or a disability weight.
    #[must_use]
    pub const fn without_value_set(&self, value: f64) -> Utility<'s> {
        Self::mark(value)
    }

    /// What a change of a score is worth by a mapping.
    ///
    /// # Errors
    /// When the mapping leads to another value set, or says nothing of such a score.
    pub fn mapped(
        &self,
        mapping: &MappingDefinition,
        before: f64,
        after: f64,
    ) -> Result<Utility<'s>, ScaleError> {
        let gain = mapping.gain(before, after);
        let gain = gain.ok_or_else(|| ScaleError::OutsideMapping(mapping.code.clone()))?;
        self.named(gain, &mapping.value_set)
    }
}

impl Utility<'_> {
    /// The bare number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.value
    }
}

impl Sub for Utility<'_> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, mark: PhantomData }
    }
}

impl Neg for Utility<'_> {
    type Output = Self;

    fn neg(self) -> Self {
        Self { value: -self.value, mark: PhantomData }
    }
}

impl PartialEq for Utility<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialOrd for Utility<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
