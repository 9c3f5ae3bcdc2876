//! Family 2, budget: each fund's money, with what cuts leave behind.

use std::collections::BTreeMap;

use super::{Built, Stranded, Transfer};
use crate::case::Case;
use crate::model::{Expression, RowUnit, Sense};

/// Stranded cost of each provider and fund: at least what its cuts do not release.
pub fn add_stranded(case: &Case, built: &mut Built) {
    let absorb = case.scenario.definition.absorb_share;
    let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, line) in case.lines.iter().enumerate() {
        let held = line.release >= 1.0;
        let moves = built.lines.get(at).is_some_and(|columns| !columns.below.is_empty());
        if moves && !held {
            groups.entry((line.key.provider().as_str(), &line.fund)).or_default().push(at);
        }
    }
    for ((provider, fund), members) in groups {
        let mut left_behind = Expression::default();
        let mut most = 0.0;
        for at in &members {
            if let (Some(line), Some(columns)) = (case.lines.get(*at), built.lines.get(*at)) {
                let stays = 1.0 - line.release;
                left_behind.add(&columns.cut, stays);
                most += columns.cut.constant * stays;
            }
        }
        // Growth in the same provider re-uses part of what a cut leaves behind.
        if absorb > 0.0 {
            for (line, columns) in case.lines.iter().zip(&built.lines) {
                if line.key.provider().as_str() == provider && line.fund == fund {
                    left_behind.add(&columns.grow, -absorb * (1.0 - line.release));
                }
            }
        }
        let key = format!("stranded/{provider}/{fund}/1");
        let column = built.model.column(key.clone(), 0.0, most, 0.0);
        let mut row = Expression { constant: 0.0, terms: vec![(column, 1.0)] };
        row.add(&left_behind, -1.0);
        let row = built.model.row(key, row, Sense::AtLeast, 0.0, RowUnit::Money, members.len());
        let (provider, fund) = (provider.to_owned(), fund.to_owned());
        built.stranded.push(Stranded { provider, fund, column, row });
    }
}

/// Money moves between funds only by a named transfer with a cap.
pub fn add_transfers(case: &Case, built: &mut Built) {
    for transfer in &case.scenario.definition.transfer {
        let (from, to) = (transfer.from.clone(), transfer.to.clone());
        let key = format!("transfer/{from}/{to}/1");
        let most = transfer.max_gbp.to_millions().get();
        let column = built.model.column(key.clone(), 0.0, most, 0.0);
        built.transfers.push(Transfer { key, from, to, column });
    }
}

pub fn add(case: &Case, built: &mut Built) {
    for fund in &case.funds {
        let members: Vec<usize> = (0..case.lines.len())
            .filter(|at| case.lines.get(*at).is_some_and(|line| line.fund == fund.code))
            .collect();
        let mut spend = built.own(members.iter().copied());
        for stranded in built.stranded.iter().filter(|stranded| stranded.fund == fund.code) {
            spend.terms.push((stranded.column, 1.0));
        }
        for transfer in &built.transfers {
            if transfer.from == fund.code {
                spend.terms.push((transfer.column, 1.0));
            }
            if transfer.to == fund.code {
                spend.terms.push((transfer.column, -1.0));
            }
        }
        built.limit(
            format!("budget/{}/1", fund.code),
            "budget",
            format!("Budget of the {} fund", fund.code),
            spend,
            Sense::AtMost,
            fund.budget.to_millions().get(),
            RowUnit::Money,
            members.len(),
            Some("budget"),
        );
    }
}
