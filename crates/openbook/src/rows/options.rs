//! The board's options, and the capacities and staff that they and the lines use.

use quantities::{FinYear, Pence, PoolId, ServiceKey, Share};

use super::{FromRow, Grade, owned, share};
use crate::table::Row;

/// A proposal that can be taken up, wholly or in part.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Its id.
    pub id: String,
    /// Its name in words.
    pub name: String,
    /// Health gained in a year at full take-up, QALY.
    pub benefit: f64,
    /// Its standard error.
    pub benefit_se: Option<f64>,
    /// Cost of a year at full take-up.
    pub cost: Pence,
    /// Capital needed once.
    pub capital: Option<Pence>,
    /// The fund that pays.
    pub fund: String,
    /// The most that can be taken up.
    pub max_take_up: Share,
    /// Whether it can only be taken up wholly.
    pub all_or_nothing: bool,
    /// The part of a year's cost and benefit that falls in the year of take-up.
    pub year1_share: Share,
    /// How good the evidence of its benefit is; the weakest where nothing is said.
    pub grade: Grade,
    /// Shares of the benefit by deprivation quintile.
    pub quintiles: Option<[f64; 5]>,
}

impl FromRow for Proposal {
    const TABLE: &'static str = "options";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        let quintile = |number: u8| row.number(&format!("imd_q{number}"));
        let quintiles = match (quintile(1), quintile(2), quintile(3), quintile(4), quintile(5)) {
            (Some(a), Some(b), Some(c), Some(d), Some(e)) => Some([a, b, c, d, e]),
            _ => None,
        };
        Some(Self {
            id: owned(row, "option_id")?,
            name: owned(row, "option_name")?,
            benefit: row.number("benefit_qaly")?,
            benefit_se: row.number("benefit_se"),
            cost: row.money("cost_gbp")?,
            capital: row.money("capital_gbp"),
            fund: owned(row, "fund")?,
            max_take_up: share(row, "max_take_up").unwrap_or(Share::ONE),
            all_or_nothing: row.flag("all_or_nothing").unwrap_or(false),
            year1_share: share(row, "year1_share").unwrap_or(Share::ONE),
            grade: row.text("evidence_grade").and_then(Grade::parse).unwrap_or(Grade::E),
            quintiles,
        })
    }
}

/// What an option does to the spend of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionEffect {
    /// The option.
    pub option: String,
    /// The line.
    pub service: ServiceKey,
    /// Change of its yearly spend at full take-up; negative frees money.
    pub change: Pence,
    /// The plan year from which it holds.
    pub from_year: u8,
}

impl FromRow for OptionEffect {
    const TABLE: &'static str = "option_effects";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        let from = row.number("from_year").unwrap_or(1.0);
        Some(Self {
            option: owned(row, "option_id")?,
            service: row.text("service")?.parse().ok()?,
            change: row.money("spend_change_gbp")?,
            from_year: (1..=5).rev().find(|year| f64::from(*year) <= from).unwrap_or(1),
        })
    }
}

/// Staff that an option needs.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionStaff {
    /// The option.
    pub option: String,
    /// The pool.
    pub pool: PoolId,
    /// WTE at full take-up; negative frees staff.
    pub wte: f64,
}

impl FromRow for OptionStaff {
    const TABLE: &'static str = "option_staff";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            option: owned(row, "option_id")?,
            pool: row.text("pool_id")?.parse().ok()?,
            wte: row.number("wte")?,
        })
    }
}

/// A capacity that an option needs.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionResource {
    /// The option.
    pub option: String,
    /// The capacity.
    pub resource: String,
    /// How much at full take-up; negative frees it.
    pub amount: f64,
}

impl FromRow for OptionResource {
    const TABLE: &'static str = "option_resources";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            option: owned(row, "option_id")?,
            resource: owned(row, "resource_id")?,
            amount: row.number("amount")?,
        })
    }
}

/// One option's part in a rule: Σ weight · take-up ≤ limit.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionRule {
    /// The rule.
    pub rule: String,
    /// The option.
    pub option: String,
    /// The rule in words.
    pub label: String,
    /// The weight of the option's take-up.
    pub weight: f64,
    /// The limit.
    pub limit: f64,
}

impl FromRow for OptionRule {
    const TABLE: &'static str = "option_rules";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            rule: owned(row, "rule_id")?,
            option: owned(row, "option_id")?,
            label: owned(row, "rule_label")?,
            weight: row.number("weight")?,
            limit: row.number("limit")?,
        })
    }
}

/// A named capacity.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its id.
    pub id: String,
    /// The year it is available in; every year where nothing is said.
    pub year: Option<FinYear>,
    /// Its name in words.
    pub label: String,
    /// What it counts in.
    pub unit: String,
    /// How much there is.
    pub available: f64,
}

impl FromRow for Resource {
    const TABLE: &'static str = "resources";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            id: owned(row, "resource_id")?,
            year: row.year("fin_year"),
            label: owned(row, "label")?,
            unit: owned(row, "unit")?,
            available: row.number("available")?,
        })
    }
}

/// What a line uses of a capacity at today's spend.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceResource {
    /// The line.
    pub service: ServiceKey,
    /// The capacity.
    pub resource: String,
    /// How much.
    pub amount: f64,
}

impl FromRow for ServiceResource {
    const TABLE: &'static str = "service_resources";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            service: row.text("service")?.parse().ok()?,
            resource: owned(row, "resource_id")?,
            amount: row.number("amount")?,
        })
    }
}

/// Staff of one pool that can do the work of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Substitution {
    /// The pool that does the work.
    pub from: PoolId,
    /// The pool whose work it does.
    pub to: PoolId,
    /// WTE of the first that replace one WTE of the second.
    pub ratio: f64,
    /// The most WTE of the second that may be replaced.
    pub max_wte: f64,
    /// The row of its file.
    pub line: u64,
}

impl FromRow for Substitution {
    const TABLE: &'static str = "substitutions";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            from: row.text("from_pool")?.parse().ok()?,
            to: row.text("to_pool")?.parse().ok()?,
            ratio: row.number("ratio")?,
            max_wte: row.number("max_wte")?,
            line: row.line(),
        })
    }
}
