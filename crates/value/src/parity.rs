//! How complete each sector's figures are, side by side: what is signed off, what ties to the
//! accounts, what has an outcome and of which grade, what is fresh.

use openbook::quality::Quality;
use openbook::rows::Grade;
use quantities::{Pence, ProviderCode};
use std::collections::{BTreeMap, BTreeSet};

use crate::table::ValueTable;

/// How complete one sector's figures are; every amount is a part of its spend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parity {
    /// The sector.
    pub sector: String,
    /// Providers that spend in it.
    pub providers: BTreeSet<ProviderCode>,
    /// Its spend in the base year.
    pub spend: Pence,
    /// Of providers that handed in and signed off their own costs.
    pub signed_off: Pence,
    /// Of providers whose costs tie to their accounts.
    pub reconciled: Pence,
    /// Of providers whose latest costs were recent enough on the day they were judged.
    pub fresh: Pence,
    /// With an outcome that can be valued, by the weakest grade of the service's evidence.
    pub by_grade: BTreeMap<Grade, Pence>,
}

impl Parity {
    /// With an outcome that can be valued, of any grade.
    #[must_use]
    pub fn valued(&self) -> Pence {
        self.by_grade.values().copied().sum()
    }

    /// A part of its spend as a share from 0 to 1; nothing where it spends nothing.
    #[must_use]
    pub fn share(&self, part: Pence) -> Option<f64> {
        (self.spend > Pence::ZERO).then(|| part.to_pounds() / self.spend.to_pounds())
    }
}

/// The sectors of a value table by name. `quality` says which provider's figures are stale, and
/// `signed_off` which providers signed off their own costs.
#[must_use]
pub fn parity(
    table: &ValueTable,
    quality: &[Quality],
    signed_off: &BTreeSet<ProviderCode>,
) -> Vec<Parity> {
    let fresh: BTreeSet<&ProviderCode> = quality
        .iter()
        .filter(|line| line.stale == Some(false))
        .map(|line| &line.provider)
        .collect();
    let mut sectors: BTreeMap<&str, Parity> = BTreeMap::new();
    for service in &table.services {
        let provider = service.key.provider();
        let sector = sectors
            .entry(&service.sector)
            .or_insert_with(|| Parity { sector: service.sector.clone(), ..Parity::default() });
        sector.providers.insert(provider.clone());
        sector.spend = sector.spend + service.spend;
        let of = |holds: bool| if holds { service.spend } else { Pence::ZERO };
        sector.signed_off = sector.signed_off + of(signed_off.contains(provider));
        sector.reconciled = sector.reconciled + of(table.reconciled(&service.key));
        sector.fresh = sector.fresh + of(fresh.contains(provider));
        if let Some(grade) = service.grade {
            let valued = service.curve_spend.floor_to_pence().unwrap_or_default();
            let sum = sector.by_grade.entry(grade).or_default();
            *sum = *sum + valued;
        }
    }
    sectors.into_values().collect()
}
