//! How the answer hangs on each assumption, as JSON.

use allocation::objective_unit;
use allocation::run::Run;
use allocation::sensitivity::{End, Tested};
use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Each assumption moved alone to a low and a high value, everything else as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SensitivityJson {
    /// What gains count in: `QALY`, or `£m` where the least money is sought.
    pub unit: String,
    /// What this plan gains in the objective beyond no change: a year, or over the plan where it has
    /// several years.
    pub gain: f64,
    /// Those that change the gain most first.
    pub assumptions: Vec<AssumptionJson>,
    /// Outcomes and elasticities of single lines that were moved to the ends of their 95 % ranges.
    pub line_figures: usize,
    /// How many of these are proven to leave this plan the best at either end. Of the others the ten
    /// that change the best plan most are listed.
    pub line_figures_cleared: usize,
}

/// One assumption.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssumptionJson {
    /// `elasticity`, `redeployable`, `outcome/RTG/110`, …
    pub key: String,
    /// In words.
    pub label: String,
    /// The line, where it is a figure of one.
    pub subject: Option<String>,
    /// Where its values come from, where they are dated numbers.
    pub source: Option<String>,
    /// The most by which either end changes the gain.
    pub effect: f64,
    /// Moved to its low value; absent where that changes nothing or is not meant.
    pub low: Option<EndJson>,
    /// Moved to its high value.
    pub high: Option<EndJson>,
}

/// What follows from one end of an assumption.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndJson {
    /// What this plan gains then, held fixed.
    pub gain_held: f64,
    /// Whether it still keeps every limit.
    pub keeps_limits: bool,
    /// What the best plan gains then; absent where none is proven.
    pub gain_best: Option<f64>,
    /// Why none is.
    pub why: Option<String>,
    /// What the best plan spends elsewhere than this one: half the sum of the differences of lines
    /// in the final year.
    #[schema(value_type = Option<String>)]
    pub moved_gbp: Option<Pence>,
    /// What it means.
    pub sentence: String,
}

/// Nothing where it was not asked for.
pub fn of(run: &Run) -> Option<SensitivityJson> {
    let found = run.plan.as_ref()?.facts.sensitivity.as_ref()?;
    let one = |tested: &Tested| AssumptionJson {
        key: tested.key.clone(),
        label: tested.label.clone(),
        subject: tested.subject.clone(),
        source: tested.source.clone(),
        effect: tested.effect(found.gain),
        low: tested.low.as_ref().map(end),
        high: tested.high.as_ref().map(end),
    };
    Some(SensitivityJson {
        unit: objective_unit(&run.case).to_owned(),
        gain: found.gain,
        assumptions: found.assumptions.iter().map(one).collect(),
        line_figures: found.line_figures,
        line_figures_cleared: found.cleared,
    })
}

fn end(end: &End) -> EndJson {
    EndJson {
        gain_held: end.held,
        keeps_limits: end.keeps_limits,
        gain_best: end.best,
        why: end.why.clone(),
        moved_gbp: end.moved,
        sentence: end.sentence.clone(),
    }
}
