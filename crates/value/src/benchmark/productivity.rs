//! Lines whose productivity is to be mended before anything is cut.

use quantities::{Pence, PoundsPerQaly, ServiceKey};

use super::basis::Basis;
use super::{BenchmarkTable, LineBenchmark, Standing};
use crate::table::{ServiceValue, ValueTable};

/// One line to mend.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductivityLine {
    /// `provider/service`.
    pub service: ServiceKey,
    /// Its name.
    pub name: String,
    /// Its spend in the base year.
    pub spend: Pence,
    /// Own over expected cost at the reference that counts.
    pub ratio: f64,
    /// Where it stands in its funnel.
    pub standing: Standing,
    /// Cost per QALY of the last pound, as it is.
    pub own_marginal: Option<PoundsPerQaly>,
    /// The same at the reference unit cost.
    pub reference_marginal: Option<PoundsPerQaly>,
    /// Low value at its own unit cost only.
    pub costly: bool,
    /// What reaching the mean releases for this board, £.
    pub release_at_mean_gbp: f64,
    /// What reaching the best quartile releases; nothing where too few others do the same.
    pub release_at_best_quartile_gbp: Option<f64>,
}

/// Lines to mend: costly ones first, then those that are merely dear, by what they would release.
#[derive(Clone, Debug, PartialEq)]
pub struct Productivity {
    /// The lines.
    pub lines: Vec<ProductivityLine>,
    /// Σ of what reaching the mean releases, without the lines that are queries, £.
    pub release_at_mean_gbp: f64,
    /// Σ of what reaching the best quartile releases, without the lines that are queries, £.
    pub release_at_best_quartile_gbp: f64,
    /// What the queries would release if their figures were right, £.
    pub queried_gbp: f64,
}

/// The productivity list: to be worked through before any cut. A line is on it when it is *costly*
/// (the last pound costs more per QALY than the threshold at its own unit cost, and not at the
/// reference), or when its unit cost lies beyond its funnel on the dear side.
#[must_use]
pub fn productivity<B: Basis>(table: &ValueTable, benchmarks: &BenchmarkTable<B>) -> Productivity {
    let mut lines: Vec<ProductivityLine> = benchmarks
        .lines
        .iter()
        .filter_map(|line| {
            let at = table.services.binary_search_by(|known| known.key.cmp(&line.service)).ok()?;
            of_line(table, table.services.get(at)?, line)
        })
        .collect();
    lines.sort_by(|a, b| {
        b.costly
            .cmp(&a.costly)
            .then_with(|| b.release_at_mean_gbp.total_cmp(&a.release_at_mean_gbp))
            .then_with(|| a.service.cmp(&b.service))
    });
    let sum = |queried: bool, of: fn(&ProductivityLine) -> f64| {
        let lines = lines.iter().filter(|line| (line.standing == Standing::Query) == queried);
        lines.map(of).sum()
    };
    Productivity {
        release_at_mean_gbp: sum(false, |line| line.release_at_mean_gbp),
        release_at_best_quartile_gbp: sum(false, |line| {
            line.release_at_best_quartile_gbp.unwrap_or_default()
        }),
        queried_gbp: sum(true, |line| line.release_at_mean_gbp),
        lines,
    }
}

fn of_line<B: Basis>(
    table: &ValueTable,
    value: &ServiceValue,
    line: &LineBenchmark<B>,
) -> Option<ProductivityLine> {
    let main = line.main()?;
    let costly = value.is_costly(main.ratio(), table.threshold);
    (costly || main.is_dear()).then(|| ProductivityLine {
        service: line.service.clone(),
        name: line.name.clone(),
        spend: value.spend,
        ratio: main.ratio(),
        standing: main.standing,
        own_marginal: value.marginal(),
        reference_marginal: value.marginal_at(main.ratio()),
        costly,
        release_at_mean_gbp: line.release_gbp(Some(main)).unwrap_or_default(),
        release_at_best_quartile_gbp: line.release_gbp(line.best_quartile.as_ref()),
    })
}
