//! From the board's allocation to the contracts in the book, to the penny; and how much of a
//! provider's work is this board's.

use quantities::{FinYear, Pence, ServiceKey, Share};
use std::collections::BTreeMap;

use crate::book::Book;
use crate::problem::{Problem, Report};
use crate::rows::Contract;

/// The line that the others add up to.
const ALLOCATION: &str = "allocation";
/// The line that the contracts table must equal.
const IN_BOOK: &str = "contracts_in_book";

/// The bridge of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The financial year.
    pub year: FinYear,
    /// Its lines in the order of the file's list.
    pub lines: BTreeMap<String, Pence>,
    /// The allocation less the sum of the other lines.
    pub difference: Pence,
    /// This board's contracts in the book.
    pub contracts: Pence,
    /// The bridge's contracts line less those.
    pub contracts_difference: Pence,
}

impl Bridge {
    /// Whether it closes to the penny.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.difference == Pence::ZERO && self.contracts_difference == Pence::ZERO
    }
}

/// The bridges of a book, one a year that the table has.
#[must_use]
pub fn of_book(book: &Book) -> Vec<Bridge> {
    let mut years: BTreeMap<FinYear, BTreeMap<String, Pence>> = BTreeMap::new();
    for row in &book.bridge {
        years.entry(row.year).or_default().insert(row.line.clone(), row.amount);
    }
    years
        .into_iter()
        .map(|(year, lines)| {
            let of = |name: &str| lines.get(name).copied().unwrap_or_default();
            let parts: Pence =
                lines.iter().filter(|(name, _)| *name != ALLOCATION).map(|(_, sum)| *sum).sum();
            let own = |contract: &&Contract| {
                contract.year == year && Some(&contract.commissioner) == book.commissioner.as_ref()
            };
            let contracts: Pence =
                book.contracts.iter().filter(own).map(|contract| contract.income).sum();
            Bridge {
                year,
                difference: of(ALLOCATION) - parts,
                contracts,
                contracts_difference: of(IN_BOOK) - contracts,
                lines,
            }
        })
        .collect()
}

/// Refuses a bridge that does not close.
pub(crate) fn check(book: &Book, report: &mut Report) {
    for bridge in of_book(book) {
        let year = bridge.year;
        if bridge.difference != Pence::ZERO {
            let message = format!(
                "in {year} the allocation and the lines that make it up differ by £{}; they must \
                 agree to the penny: correct a line",
                bridge.difference
            );
            report.push(Problem::of_file("icb_bridge", "bridge.difference", message));
        }
        if !book.contracts.is_empty() && bridge.contracts_difference != Pence::ZERO {
            let message = format!(
                "in {year} the line {IN_BOOK} and the contracts of {} in contracts.csv (£{}) \
                 differ by £{}; they must agree to the penny: correct one of them",
                book.commissioner.as_deref().unwrap_or("this board"),
                bridge.contracts,
                bridge.contracts_difference
            );
            report.push(Problem::of_file("icb_bridge", "bridge.contracts", message));
        }
    }
}

/// The commissioner whose book it is: the one that pays most over all contracts.
pub(crate) fn commissioner(contracts: &[Contract]) -> Option<String> {
    let mut paid: BTreeMap<&str, Pence> = BTreeMap::new();
    for contract in contracts {
        let sum = paid.entry(&contract.commissioner).or_default();
        *sum = *sum + contract.income;
    }
    // Of equals the first by its code.
    let most = paid.values().max().copied()?;
    paid.into_iter().find(|(_, sum)| *sum == most).map(|(code, _)| code.to_owned())
}

/// A part of a whole, kept as whole numbers so that money is divided exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    own: i64,
    whole: i64,
}

impl Portion {
    /// All of it.
    pub const ALL: Self = Self { own: 1, whole: 1 };

    fn new(own: i64, whole: i64) -> Option<Self> {
        (whole > 0 && (0..=whole).contains(&own)).then_some(Self { own, whole })
    }

    /// That part of an amount, to the nearest penny.
    #[must_use]
    pub fn of(self, amount: Pence) -> Pence {
        let (own, whole) = (i128::from(self.own), i128::from(self.whole));
        let doubled = i128::from(amount.get()) * own * 2 + whole;
        i64::try_from(doubled.div_euclid(whole * 2)).map_or(amount, Pence::new)
    }

    /// As a share.
    #[must_use]
    pub fn share(self) -> Share {
        // Activity and money are far below 2^53.
        let share = Pence::new(self.own).to_pounds() / Pence::new(self.whole).to_pounds();
        Share::new(share).unwrap_or(Share::ONE)
    }
}

/// This board's part of the work on each service in a year, where contracts tell: by activity where
/// every contract of the service has one, otherwise by income.
pub(crate) fn portions(
    contracts: &[Contract],
    commissioner: Option<&str>,
) -> BTreeMap<(ServiceKey, FinYear), Portion> {
    #[derive(Clone, Copy, Default)]
    struct Sums {
        own_work: i64,
        work: i64,
        uncounted: bool,
        own_income: i64,
        income: i64,
    }
    let mut sums: BTreeMap<(ServiceKey, FinYear), Sums> = BTreeMap::new();
    for contract in contracts {
        let entry = sums.entry((contract.service.clone(), contract.year)).or_default();
        let work = contract.activity.unwrap_or_default().ten_thousandths();
        let income = contract.income.get().max(0);
        entry.uncounted |= contract.activity.is_none();
        entry.work = entry.work.saturating_add(work);
        entry.income = entry.income.saturating_add(income);
        if commissioner == Some(contract.commissioner.as_str()) {
            entry.own_work = entry.own_work.saturating_add(work);
            entry.own_income = entry.own_income.saturating_add(income);
        }
    }
    sums.into_iter()
        .filter_map(|(key, sums)| {
            let by_work = Portion::new(sums.own_work, sums.work).filter(|_| !sums.uncounted);
            by_work.or_else(|| Portion::new(sums.own_income, sums.income)).map(|part| (key, part))
        })
        .collect()
}
