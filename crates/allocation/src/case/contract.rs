//! What an impact on providers is told from: how each line is paid, how its work follows its spend,
//! and its staff by group. The model itself uses none of it.

use openbook::Book;
use openbook::rows::WorkforceRow;
use quantities::{FinYear, Pence, ServiceKey, Wte, WtePerMillion};
use std::collections::BTreeMap;

use super::Line;
use crate::scenario::Scenario;

/// How a payment follows the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mechanism {
    /// The fixed element of an aligned payment.
    Fixed,
    /// Its variable element.
    Variable,
    /// A block.
    Block,
    /// By activity.
    Activity,
}

impl Mechanism {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Variable => "variable",
            Self::Block => "block",
            Self::Activity => "activity",
        }
    }

    /// Whether income moves with the work by itself; otherwise a change must be agreed.
    #[must_use]
    pub const fn follows(self) -> bool {
        matches!(self, Self::Variable | Self::Activity)
    }

    fn read(word: &str) -> Option<Self> {
        let all = [Self::Fixed, Self::Variable, Self::Block, Self::Activity];
        all.into_iter().find(|one| one.as_str() == word)
    }
}

/// What this board pays for a line in the base year, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contract {
    /// How.
    pub mechanism: Mechanism,
    /// How much in a year.
    pub income: Pence,
    /// What moves with the work, £m: all the contracted work at the price of its unit; income itself
    /// where no price of a unit is given.
    pub moving: f64,
}

/// How one line is paid and worked.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Nothing where the book has no contract of this board for the line.
    pub contract: Option<Contract>,
    /// ν: work moves as spend to this power. Elicited, or else the elasticity of health; 1 (in
    /// proportion) where neither is known.
    pub power: f64,
    /// WTE by staff group per £m; a group without a row is not there, and not nought.
    pub staff: BTreeMap<String, WtePerMillion>,
}

/// ν of a line, where it was elicited or its health has an elasticity.
pub fn power(book: &Book, line: &Line) -> Option<f64> {
    let elicited = book.elasticities.get(&line.key).and_then(|row| row.patients_lost_pct);
    elicited
        .map(|lost| lost / 10.0)
        .or_else(|| line.curve.as_ref().map(|curve| curve.elasticity))
        .filter(|power| *power > 0.0)
}

/// The terms of every line, in the order of the lines.
pub fn terms(book: &Book, scenario: &Scenario, lines: &[Line]) -> Vec<Terms> {
    let year = scenario.definition.base_year;
    let (contracts, staff) = (contracts(book, year), staff(book, year));
    let one = |line: &Line| {
        let base = Some(line.base.to_millions()).filter(|base| base.get() > 0.0);
        let share = book.portion_of(&line.key, year).share().get();
        let groups = base.zip(staff.get(&line.key));
        let groups = groups.into_iter().flat_map(|(base, groups)| {
            let each = groups.iter();
            each.map(move |(group, row)| ((*group).to_owned(), Wte::new(row.wte * share) / base))
        });
        Terms {
            contract: contracts.get(&line.key).copied(),
            power: power(book, line).unwrap_or(1.0),
            staff: groups.collect(),
        }
    };
    lines.iter().map(one).collect()
}

/// This board's contracts of a year: one row a line, by the key of the table.
fn contracts(book: &Book, year: FinYear) -> BTreeMap<&ServiceKey, Contract> {
    let ours = |row: &&openbook::rows::Contract| {
        row.year == year && book.commissioner.as_ref() == Some(&row.commissioner)
    };
    let one = |row: &'_ openbook::rows::Contract| {
        let priced = row.activity.zip(row.unit_price);
        Some(Contract {
            mechanism: Mechanism::read(&row.mechanism)?,
            income: row.income,
            moving: priced.map_or(row.income.to_millions().get(), |(work, price)| {
                work.to_number() * price.to_millions().get()
            }),
        })
    };
    let rows = book.contracts.iter().filter(ours);
    rows.filter_map(|row| Some((&row.service, one(row)?))).collect()
}

/// The latest figure of each line and staff group, not after a year.
fn staff(book: &Book, year: FinYear) -> BTreeMap<&ServiceKey, BTreeMap<&str, &WorkforceRow>> {
    let mut all: BTreeMap<&ServiceKey, BTreeMap<&str, &WorkforceRow>> = BTreeMap::new();
    for row in book.workforce.iter().filter(|row| row.year <= year) {
        let groups = all.entry(&row.service).or_default();
        let latest = groups.entry(&row.staff_group).or_insert(row);
        if row.year >= latest.year {
            *latest = row;
        }
    }
    all
}
