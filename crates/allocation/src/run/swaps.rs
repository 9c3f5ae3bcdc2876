//! Ten swaps: what the plan releases where, and what it buys.

use quantities::{Millions, Pence, Qaly};

use super::YearResult;
use crate::case::Case;

/// Money released in one line and what it buys in another.
#[derive(Clone, Debug, PartialEq)]
pub struct Swap {
    /// The line that gives.
    pub from: String,
    /// The line that receives.
    pub to: String,
    /// The money that reaches the receiver.
    pub amount: Pence,
    /// Health lost where it is released.
    pub lost: Qaly,
    /// Health gained where it is spent.
    pub gained: Qaly,
}

/// One side of the swaps: a line, its money in pence, its health.
struct Side {
    line: String,
    money: Pence,
    left: Pence,
    health: f64,
}

impl Side {
    /// Health for £1m.
    fn rate(&self) -> f64 {
        self.health / self.money.to_millions().get()
    }

    /// The health of a part of its money.
    fn part(&self, amount: Pence) -> Qaly {
        Qaly::new(self.rate() * amount.to_millions().get())
    }
}

/// How many are listed.
const MOST: usize = 10;

/// Pairs the cheapest releases with the best uses, pound for pound, and lists the pairs that bring
/// most. Of a cut only what is released as cash reaches another line.
pub fn of(case: &Case, last: &YearResult) -> Vec<Swap> {
    let (mut gives, mut takes) = (Vec::new(), Vec::new());
    for (line, service) in case.lines.iter().zip(&last.services) {
        let Some(gain) = service.gain() else { continue };
        let change = (service.plan - line.base).to_millions();
        let released = if change.get() < 0.0 { line.released(last.year) } else { 1.0 };
        let money = Millions::new(change.get().abs() * released).floor_to_pence();
        let money = money.unwrap_or_default();
        if money > Pence::ZERO {
            let side =
                Side { line: line.key.to_string(), money, left: money, health: gain.get().abs() };
            if change.get() < 0.0 { gives.push(side) } else { takes.push(side) }
        }
    }
    gives.sort_by(|a, b| a.rate().total_cmp(&b.rate()).then_with(|| a.line.cmp(&b.line)));
    takes.sort_by(|a, b| b.rate().total_cmp(&a.rate()).then_with(|| a.line.cmp(&b.line)));
    let mut swaps = Vec::new();
    let mut gives = gives.into_iter().peekable();
    for take in &mut takes {
        while let Some(give) = gives.peek_mut().filter(|_| take.left > Pence::ZERO) {
            let amount = give.left.min(take.left);
            let (lost, gained) = (give.part(amount), take.part(amount));
            swaps.push(Swap {
                from: give.line.clone(),
                to: take.line.clone(),
                amount,
                lost,
                gained,
            });
            take.left = take.left - amount;
            give.left = give.left - amount;
            if give.left == Pence::ZERO {
                gives.next();
            }
        }
    }
    let net = |swap: &Swap| (swap.gained - swap.lost).get();
    swaps.sort_by(|a, b| net(b).total_cmp(&net(a)));
    swaps.truncate(MOST);
    swaps
}
