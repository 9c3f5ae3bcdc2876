//! How health follows spend at the margin. Marginal cost per QALY = average ÷ elasticity.

use openbook::rows::ElasticityRow;
use quantities::{Millions, Qaly};

use crate::parameters::YearParameters;

/// Where an elasticity comes from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ElasticitySource {
    /// Asked of those who run the service.
    Elicited,
    /// Given with a source for this kind of service.
    Given,
    /// Derived from a programme's slope: health cancels, so it may inform and not label.
    Anchored,
    /// Assumed.
    Default,
}

impl ElasticitySource {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Elicited => "elicited",
            Self::Given => "given",
            Self::Anchored => "anchored",
            Self::Default => "default",
        }
    }

    /// Whether it is argued for this service: only then may the service be called low value.
    #[must_use]
    pub const fn may_condemn(self) -> bool {
        matches!(self, Self::Elicited | Self::Given)
    }
}

/// Percent of health for one percent of spend.
#[derive(Clone, Debug, PartialEq)]
pub struct Elasticity {
    /// The central figure, between the dated limits.
    pub mean: f64,
    /// Its standard error before truncation.
    pub se: f64,
    /// Where it comes from.
    pub origin: ElasticitySource,
    /// The source in words; figures of one source move together.
    pub source: String,
}

impl Elasticity {
    /// The elasticity of a service: elicited, else given, else anchored, else the default.
    #[must_use]
    pub fn of(
        row: Option<&ElasticityRow>,
        curve_spend: Millions,
        health: Qaly,
        parameters: &YearParameters,
    ) -> Self {
        let assumed = || Self {
            mean: parameters.elasticity_mean,
            se: parameters.elasticity_se,
            origin: ElasticitySource::Default,
            source: "default".to_owned(),
        };
        let Some(row) = row else { return assumed() };
        let elicited = row.patients_lost_pct.zip(row.marginal_to_average);
        let anchored = row.slope.map(|slope| slope * curve_spend.get() / health.get());
        let (mean, origin) = match (elicited, row.elasticity, anchored) {
            (Some((lost, gain)), _, _) => (lost / 10.0 * gain, ElasticitySource::Elicited),
            (None, Some(given), _) => (given, ElasticitySource::Given),
            (None, None, Some(anchored)) => (anchored, ElasticitySource::Anchored),
            (None, None, None) => return assumed(),
        };
        let (low, high) = parameters.elasticity_range;
        if !(low..=high).contains(&mean) {
            return assumed();
        }
        let se = row.se.unwrap_or(parameters.elasticity_se_if_missing);
        Self { mean, se, origin, source: row.source.clone() }
    }
}
