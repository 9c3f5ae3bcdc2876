//! The plan that is shown: the solver's point floored to pence.

use quantities::{Millions, Pence};

use crate::case::Case;
use crate::families::Built;

/// Spend by line, growth without credited health by line, and stranded cost, in pence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// By line.
    pub own: Vec<Pence>,
    /// By line.
    pub uncredited: Vec<Pence>,
    /// In the order of the model's stranded columns.
    pub stranded: Vec<Pence>,
    /// In the order of the model's transfers between funds.
    pub transfers: Vec<Pence>,
}

impl Plan {
    /// Floors the solver's point. Nothing where a figure is not a number.
    #[must_use]
    pub fn floored(case: &Case, built: &Built, point: &[f64]) -> Option<Self> {
        let at = |column: usize| {
            let bounds = built.model.columns.get(column)?;
            Some(point.get(column)?.clamp(bounds.lower, bounds.upper))
        };
        let mut own = Vec::with_capacity(case.lines.len());
        let mut uncredited = Vec::with_capacity(case.lines.len());
        for (line, columns) in case.lines.iter().zip(&built.lines) {
            let mut change = 0.0;
            for column in &columns.below {
                change -= built.model.columns.get(*column)?.upper - at(*column)?;
            }
            for column in &columns.above {
                change += at(*column)?;
            }
            let apart = match columns.uncredited {
                Some(column) => Millions::new(at(column)?).floor_to_pence()?,
                None => Pence::ZERO,
            };
            let credited = (line.base.to_millions() + Millions::new(change)).floor_to_pence()?;
            own.push(credited + apart);
            uncredited.push(apart);
        }
        // A transfer is rounded up to the penny: what it pays for was floored line by line.
        let penny = Millions::new(0.98e-8);
        let up = |column: usize| (Millions::new(at(column)?) + penny).floor_to_pence();
        let transfers =
            built.transfers.iter().map(|transfer| up(transfer.column)).collect::<Option<_>>()?;
        let mut plan = Self { own, uncredited, stranded: Vec::new(), transfers };
        plan.stranded = plan.stranded_cost(case, built)?;
        Some(plan)
    }

    /// Stranded cost that follows from the plan's own cuts, floored.
    fn stranded_cost(&self, case: &Case, built: &Built) -> Option<Vec<Pence>> {
        let absorb = case.scenario.definition.absorb_share;
        let of = |provider: &str, fund: &str| {
            let mut sum = 0.0;
            for (line, own) in case.lines.iter().zip(&self.own) {
                if line.key.provider().as_str() == provider && line.fund == fund {
                    let change = (*own - line.base).to_millions().get();
                    let counted = if change < 0.0 { -change } else { -absorb * change };
                    sum += (1.0 - line.release) * counted;
                }
            }
            Millions::new(sum.max(0.0)).floor_to_pence()
        };
        built.stranded.iter().map(|stranded| of(&stranded.provider, &stranded.fund)).collect()
    }

    /// The plan as the model's columns, pieces filled in order.
    #[must_use]
    pub fn point(&self, case: &Case, built: &Built) -> Vec<f64> {
        let mut point = vec![0.0; built.model.columns.len()];
        let mut set = |column: usize, value: f64| {
            if let Some(slot) = point.get_mut(column) {
                *slot = value;
            }
        };
        let rows = case.lines.iter().zip(&built.lines).zip(self.own.iter().zip(&self.uncredited));
        for ((line, columns), (own, uncredited)) in rows {
            let change = (*own - *uncredited - line.base).to_millions().get();
            let width = |column: &usize| {
                built.model.columns.get(*column).map_or(0.0, |column| column.upper)
            };
            let mut lost = (-change).max(0.0);
            for column in columns.below.iter().rev() {
                let part = lost.min(width(column));
                set(*column, width(column) - part);
                lost -= part;
            }
            let mut gained = change.max(0.0);
            let last = columns.above.last();
            for column in &columns.above {
                // What rounding leaves over stays visible in the last piece: the certificate sees it.
                let part = if Some(column) == last { gained } else { gained.min(width(column)) };
                set(*column, part);
                gained -= part;
            }
            if let Some(column) = columns.uncredited {
                set(column, uncredited.to_millions().get());
            }
        }
        for (stranded, amount) in built.stranded.iter().zip(&self.stranded) {
            set(stranded.column, amount.to_millions().get());
        }
        for (transfer, amount) in built.transfers.iter().zip(&self.transfers) {
            set(transfer.column, amount.to_millions().get());
        }
        point
    }

    /// Σ spend.
    #[must_use]
    pub fn spend(&self) -> Pence {
        self.own.iter().copied().sum()
    }

    /// Σ stranded cost.
    #[must_use]
    pub fn stranded_total(&self) -> Pence {
        self.stranded.iter().copied().sum()
    }
}
