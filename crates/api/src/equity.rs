//! Health by deprivation quintile as JSON (`valuebook.equity/1`).

use quantities::Qaly;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use value::equity::{Aversion, Distribution, EquityTable, Weights};

use crate::evidence::is_of;
use crate::uncertainty::IntervalJson;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.equity/1";

/// Who gains, who bears what the money would have done elsewhere, and what is left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EquityJson {
    /// Always `valuebook.equity/1`.
    pub schema: String,
    /// All lines that are assessable and give shares, together.
    pub health: DistributionJson,
    /// How far that may lie.
    #[serde(default)]
    pub ranges: Option<EquityRangesJson>,
    /// Valued spend behind it, £m.
    pub valued_spend_gbp_m: f64,
    /// Assessable lines that give no shares: no part of `health`.
    pub lines_without_shares: u32,
    /// Their gain, QALY a year.
    pub gain_without_shares_qaly: f64,
    /// Their valued spend, £m.
    pub spend_without_shares_gbp_m: f64,
    /// Their net health at the threshold, QALY a year.
    pub net_without_shares_qaly: f64,
    /// Spend of lines that are not assessable, £m.
    pub not_assessable_gbp_m: f64,
    /// Weights by inequality aversion; absent in the base case.
    pub weights: Option<WeightsJson>,
    /// Σ net with those weights, QALY a year.
    pub weighted_net_qaly: Option<f64>,
    /// One entry a line with shares, in the order of its name.
    pub services: Vec<ServiceEquityJson>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// How far the figures of all lines together may lie, QALY a year; fifths most deprived first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EquityRangesJson {
    /// Of the health gained.
    pub gain_qaly: [IntervalJson; 5],
    /// Of gain less opportunity cost.
    pub net_qaly: [IntervalJson; 5],
    /// Of Σ net.
    pub net_total_qaly: IntervalJson,
    /// Of Σ net with weights, where they are on.
    pub weighted_net_qaly: Option<IntervalJson>,
}

/// QALY a year by fifth, most deprived first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DistributionJson {
    /// Health gained.
    pub gain_qaly: [f64; 5],
    /// Health that the money would have bought elsewhere.
    pub opportunity_cost_qaly: [f64; 5],
    /// Gain less opportunity cost.
    pub net_qaly: [f64; 5],
    /// Σ net.
    pub net_total_qaly: f64,
}

/// Weights with a mean of 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightsJson {
    /// `atkinson` or `kolm`.
    pub kind: String,
    /// ε or α.
    pub aversion: f64,
    /// By fifth, most deprived first.
    pub by_quintile: [f64; 5],
    /// The equal health that would be worth as much as today's unequal health, QALY.
    pub equally_distributed_equivalent_qaly: f64,
    /// 1 less that over mean health: with `atkinson` the Atkinson index.
    pub index: f64,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceEquityJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// Its health by fifth.
    pub health: DistributionJson,
    /// Σ net with weights, where they are on, QALY a year.
    pub weighted_net_qaly: Option<f64>,
}

impl From<&Distribution> for DistributionJson {
    fn from(health: &Distribution) -> Self {
        Self {
            gain_qaly: health.gain.map(Qaly::get),
            opportunity_cost_qaly: health.opportunity_cost.map(Qaly::get),
            net_qaly: health.net().map(Qaly::get),
            net_total_qaly: health.net_total().get(),
        }
    }
}

impl From<&Weights> for WeightsJson {
    fn from(weights: &Weights) -> Self {
        let (Aversion::Atkinson(aversion) | Aversion::Kolm(aversion)) = weights.aversion;
        Self {
            kind: weights.aversion.as_str().to_owned(),
            aversion,
            by_quintile: weights.by_quintile,
            equally_distributed_equivalent_qaly: weights.equally_distributed_equivalent,
            index: weights.index(),
        }
    }
}

impl From<&EquityTable> for EquityJson {
    fn from(table: &EquityTable) -> Self {
        let rest = &table.without_shares;
        Self {
            schema: SCHEMA.to_owned(),
            health: (&table.health).into(),
            ranges: table.ranges.map(|ranges| EquityRangesJson {
                gain_qaly: ranges.gain.map(IntervalJson::from),
                net_qaly: ranges.net.map(IntervalJson::from),
                net_total_qaly: ranges.net_total.into(),
                weighted_net_qaly: ranges.weighted_net.map(IntervalJson::from),
            }),
            valued_spend_gbp_m: table.spend.get(),
            lines_without_shares: u32::try_from(rest.lines).unwrap_or(u32::MAX),
            gain_without_shares_qaly: rest.gain.get(),
            spend_without_shares_gbp_m: rest.spend.get(),
            net_without_shares_qaly: rest.net.get(),
            not_assessable_gbp_m: table.not_assessable.get(),
            weights: table.weights.as_ref().map(Into::into),
            weighted_net_qaly: table.weighted_net.map(Qaly::get),
            services: table
                .services
                .iter()
                .map(|service| ServiceEquityJson {
                    service: service.service.to_string(),
                    name: service.name.clone(),
                    health: (&service.health).into(),
                    weighted_net_qaly: service.weighted_net.map(Qaly::get),
                })
                .collect(),
            notes: table.notes.clone(),
        }
    }
}

impl EquityJson {
    /// Leaves one provider's lines, and as sums what they come to.
    pub fn keep_own(&mut self, own: &str) {
        self.services.retain(|line| is_of(own, &line.service));
        let mut health = DistributionJson::default();
        for line in &self.services {
            let of = &line.health;
            add(&mut health.gain_qaly, &of.gain_qaly);
            add(&mut health.opportunity_cost_qaly, &of.opportunity_cost_qaly);
            add(&mut health.net_qaly, &of.net_qaly);
            health.net_total_qaly += of.net_total_qaly;
        }
        let weighted = self.services.iter().map(|line| line.weighted_net_qaly).sum();
        *self = Self {
            schema: std::mem::take(&mut self.schema),
            health,
            weights: self.weights.take(),
            weighted_net_qaly: weighted,
            services: std::mem::take(&mut self.services),
            ..Self::default()
        };
    }
}

fn add(to: &mut [f64; 5], more: &[f64; 5]) {
    for (to, more) in to.iter_mut().zip(more) {
        *to += more;
    }
}
