//! Which resource groups the difference is spent on.

use quantities::ProviderCode;
use std::collections::BTreeMap;

use super::Comparison;
use super::costs::{Costs, Groups, OwnWork, Peers, WorkKey};

/// What a line's resource groups are compared with. The national schedule does not divide its means
/// by resource, so an expected cost is divided as others divide theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mix {
    /// Other providers that do the same work.
    Peers,
    /// For some of the work, other lines of the book at the same point of delivery.
    PointOfDelivery,
}

impl Mix {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Peers => "peers",
            Self::PointOfDelivery => "point_of_delivery",
        }
    }
}

/// One resource group's part in the difference.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupDifference {
    /// The resource group.
    pub group: String,
    /// What the compared work costs in it, £ of the basis.
    pub own_gbp: f64,
    /// What it would cost at the reference, £ of the basis.
    pub expected_gbp: f64,
}

impl GroupDifference {
    /// Own less expected, £ of the basis.
    #[must_use]
    pub fn difference_gbp(&self) -> f64 {
        self.own_gbp - self.expected_gbp
    }
}

/// A difference by resource group.
pub struct Divided {
    /// Its parts, the greatest first; they sum to it.
    pub groups: Vec<GroupDifference>,
    /// What they are compared with.
    pub mix: Mix,
    /// The fewest other providers that a division rests on; nothing where none rests on others.
    pub others: Option<usize>,
}

/// A comparison's difference by resource group. Nothing where some of the work has nobody to be
/// compared with.
pub fn differences<'a>(
    main: &Comparison,
    provider: &ProviderCode,
    own: &OwnWork<'a>,
    peers: &[(WorkKey<'a>, Peers<'a>)],
    costs: &Costs<'a>,
) -> Option<Divided> {
    let mut found: BTreeMap<&'a str, (f64, f64)> = BTreeMap::new();
    let mut mix = Mix::Peers;
    let mut fewest: Option<usize> = None;
    for compared in &main.by_work {
        let (work, done) = own.by_work.iter().find(|((point, currency), _)| {
            *point == compared.work.point_of_delivery && *currency == compared.work.currency
        })?;
        let same = peers.iter().find(|(known, peers)| known == work && !peers.groups.is_empty());
        let (shares, others) = match same {
            Some((_, peers)) => (shares(&peers.groups)?, peers.by_provider.len()),
            None => {
                mix = Mix::PointOfDelivery;
                (shares(&costs.others_at(work.0, own))?, costs.providers_at(work.0, provider))
            }
        };
        if others > 0 {
            fewest = Some(fewest.map_or(others, |fewest| fewest.min(others)));
        }
        let expected = compared.reference_unit_gbp * compared.activity;
        for (group, cost) in &done.groups {
            found.entry(group).or_default().0 += cost;
        }
        for (group, share) in shares {
            found.entry(group).or_default().1 += share * expected;
        }
    }
    let mut groups: Vec<GroupDifference> = found
        .into_iter()
        .map(|(group, (own_gbp, expected_gbp))| GroupDifference {
            group: group.to_owned(),
            own_gbp,
            expected_gbp,
        })
        .collect();
    groups.sort_by(|a, b| b.difference_gbp().abs().total_cmp(&a.difference_gbp().abs()));
    Some(Divided { groups, mix, others: fewest })
}

fn shares<'a>(groups: &Groups<'a>) -> Option<Vec<(&'a str, f64)>> {
    let whole: f64 = groups.values().sum();
    (whole > 0.0).then(|| groups.iter().map(|(group, cost)| (*group, cost / whole)).collect())
}

/// How much the costing of the peers may be off: Σ (share of provider × its coefficient)².
pub fn variance_of_peers<'a, 'b: 'a>(peers: impl Iterator<Item = &'a Peers<'b>>) -> f64 {
    let mut by_provider: BTreeMap<_, (f64, f64)> = BTreeMap::new();
    for (provider, cost, cost_times_cv) in peers.flat_map(|peers| &peers.by_provider) {
        let sum = by_provider.entry(provider).or_insert((0.0, 0.0));
        *sum = (sum.0 + cost, sum.1 + cost_times_cv);
    }
    let whole: f64 = by_provider.values().map(|(cost, _)| cost).sum();
    if whole <= 0.0 {
        return 0.0;
    }
    by_provider.values().map(|(_, off)| (off / whole) * (off / whole)).sum()
}
