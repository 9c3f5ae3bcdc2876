//! Small numbers in anything that leaves the board.
//!
//! A count from 1 to 7 is hidden, others are rounded to 5, and a cost is hidden with its count (cost
//! over a public unit cost gives the count back). Two rules keep a hidden count from being worked
//! out from sums:
//!
//! - Within a release rows do not overlap, and a total is shown only where no row is hidden: what is
//!   hidden stands in no sum.
//! - Between releases, rows that overlap are looked at together. Where the pieces that they cut each
//!   other into include one of 1 to 7, no new row of that company is shown, unless exactly the same
//!   figure has been shown before. Hidden and withheld look the same.

use quantities::Pence;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The largest count that is hidden.
const LARGEST_HIDDEN: f64 = 7.0;
/// What counts are rounded to.
const STEP: f64 = 5.0;

/// The smallest thing that is counted: one service of one provider in one year, say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Atom {
    /// What it is: the same key in two releases means the same people.
    pub key: String,
    /// How many, exactly.
    pub count: f64,
    /// What they cost, exactly.
    pub cost_gbp: Pence,
}

/// A row that is wanted: the atoms it adds up.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// What it is called.
    pub label: String,
    /// What it adds up.
    pub atoms: Vec<Atom>,
}

/// A figure as it may leave the board: nothing where hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The count, rounded to 5.
    pub count: Option<f64>,
    /// The cost.
    pub cost_gbp: Option<Pence>,
}

impl Figure {
    /// What stands in place of a hidden figure.
    pub const HIDDEN: &'static str = "*";
}

/// A released row. The atoms stay with the board: they are what later releases are compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// What it is called.
    pub label: String,
    /// What is shown of it.
    pub figure: Figure,
    /// What it adds up; never part of what is released.
    pub atoms: Vec<Atom>,
}

/// A table that may leave the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its rows.
    pub rows: Vec<Released>,
    /// Their total; hidden where any row is.
    pub total: Figure,
    /// How many rows are hidden for their own count or because of an earlier release.
    pub hidden: usize,
}

/// Why rows cannot be released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// Two rows count the same people.
    #[error("\"{0}\" stands in two rows of the release; rows may not overlap: take it out of one")]
    Overlap(String),
}

/// A count as it may be shown: nothing from 1 to 7, otherwise rounded to 5.
#[must_use]
pub fn shown(count: f64) -> Option<f64> {
    if count <= 0.0 {
        return Some(0.0);
    }
    (count > LARGEST_HIDDEN).then(|| (count / STEP).round() * STEP)
}

fn is_small(count: f64) -> bool {
    shown(count).is_none()
}

/// What of the wanted rows may leave the board, given everything that has left it before.
///
/// # Errors
/// When two wanted rows overlap.
pub fn release(wanted: &[Wanted], earlier: &[Release]) -> Result<Release, DisclosureError> {
    let mut seen = BTreeSet::new();
    for atom in wanted.iter().flat_map(|row| &row.atoms) {
        if !seen.insert(&atom.key) {
            return Err(DisclosureError::Overlap(atom.key.clone()));
        }
    }
    let companies = Companies::of(wanted, earlier);
    let rows: Vec<Released> = wanted
        .iter()
        .map(|row| {
            let open = !companies.reveals(row) || was_shown(row, earlier);
            let figure = if open { figure(row.atoms.iter()) } else { Figure::default() };
            Released { label: row.label.clone(), figure, atoms: row.atoms.clone() }
        })
        .collect();
    let hidden = rows.iter().filter(|row| row.figure.count.is_none()).count();
    let all = wanted.iter().flat_map(|row| &row.atoms);
    let total = if hidden == 0 { figure(all) } else { Figure::default() };
    Ok(Release { rows, total, hidden })
}

fn figure<'a>(atoms: impl Iterator<Item = &'a Atom>) -> Figure {
    let (mut count, mut cost) = (0.0, Pence::ZERO);
    for atom in atoms {
        count += atom.count;
        cost = cost + atom.cost_gbp;
    }
    let count = shown(count);
    Figure { count, cost_gbp: count.map(|_| cost) }
}

/// Whether exactly these atoms with exactly these figures have been shown before.
fn was_shown(row: &Wanted, earlier: &[Release]) -> bool {
    let same = |released: &Released| {
        released.figure.count.is_some()
            && released.atoms.len() == row.atoms.len()
            && row.atoms.iter().all(|atom| released.atoms.contains(atom))
    };
    earlier.iter().flat_map(|release| &release.rows).any(same)
}

/// Rows that overlap, directly or by way of others, and the pieces they cut each other into.
struct Companies<'a> {
    company_of: BTreeMap<&'a str, usize>,
    revealing: BTreeSet<usize>,
}

impl<'a> Companies<'a> {
    fn of(wanted: &'a [Wanted], earlier: &'a [Release]) -> Self {
        let shown = earlier
            .iter()
            .flat_map(|release| &release.rows)
            .filter(|row| row.figure.count.is_some())
            .map(|row| row.atoms.as_slice());
        let mut rows: Vec<&'a [Atom]> = shown.collect();
        let from_here = rows.len();
        rows.extend(wanted.iter().map(|row| row.atoms.as_slice()));
        let company_of = joined(&rows);
        // Which rows an atom stands in tells its piece; the latest count of an atom is the one used.
        let mut standing: BTreeMap<&'a str, (Vec<usize>, f64)> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            for atom in *row {
                let entry = standing.entry(atom.key.as_str()).or_default();
                entry.0.push(at);
                entry.1 = atom.count;
            }
        }
        let mut pieces: BTreeMap<(usize, Vec<usize>), f64> = BTreeMap::new();
        for (key, (rows, count)) in standing {
            if let Some(company) = company_of.get(key) {
                *pieces.entry((*company, rows)).or_default() += count;
            }
        }
        // A row alone in its company is hidden by its own count only.
        let mut companions: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (company, rows) in pieces.keys() {
            companions.entry(*company).or_default().extend(rows);
        }
        let revealing = pieces
            .iter()
            .filter(|(_, count)| is_small(**count))
            .map(|((company, _), _)| *company)
            .filter(|company| {
                companions.get(company).is_some_and(|rows| rows.iter().any(|at| *at < from_here))
            })
            .collect();
        Self { company_of, revealing }
    }

    fn reveals(&self, row: &Wanted) -> bool {
        row.atoms
            .iter()
            .filter_map(|atom| self.company_of.get(atom.key.as_str()))
            .any(|company| self.revealing.contains(company))
    }
}

/// For each atom the number of its company.
fn joined<'a>(rows: &[&'a [Atom]]) -> BTreeMap<&'a str, usize> {
    let mut company_of: BTreeMap<&'a str, usize> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let met: BTreeSet<usize> =
            row.iter().filter_map(|atom| company_of.get(atom.key.as_str()).copied()).collect();
        for company in company_of.values_mut() {
            if met.contains(company) {
                *company = at;
            }
        }
        company_of.extend(row.iter().map(|atom| (atom.key.as_str(), at)));
    }
    company_of
}
