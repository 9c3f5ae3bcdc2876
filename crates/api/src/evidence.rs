//! What stands behind the values of an edition, as JSON (`valuebook.evidence/1`): how sure they are,
//! unit costs against others, who gains, need, and the method.

use jiff::civil::Date;
use openbook::Book;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use value::benchmark::{Basis, BenchmarkTable, MarketForcesAdjusted, Reported, productivity};
use value::equity::{Aversion, EquityOptions, EquityTable};
use value::method::{MethodDefinition, MethodStatement};
use value::need::NeedTable;
use value::{
    Instruments, Parameters, ValueOptions, ValueTable, YearParameters, flips, information,
};

use crate::benchmark::BenchmarkJson;
use crate::equity::EquityJson;
use crate::method::MethodJson;
use crate::need::NeedJson;
use crate::uncertainty::UncertaintyJson;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.evidence/1";

/// What stands behind the values of an edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceJson {
    /// Always `valuebook.evidence/1`.
    pub schema: String,
    /// The day it was made: `2026-11-14`. Reviews that had run out by then do not count.
    pub valued_on: String,
    /// How sure the figures are, what to find out next, and where answers flip.
    pub uncertainty: UncertaintyJson,
    /// Unit costs against the national schedule and peers.
    pub benchmarks: BenchmarksJson,
    /// Health by deprivation quintile.
    pub equity: EquitiesJson,
    /// Spend and health against need.
    pub need: NeedJson,
    /// What every figure rests on.
    pub method: MethodJson,
}

/// The comparisons on each basis, which never stand in one table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BenchmarksJson {
    /// Costs as they were reported.
    pub reported: BenchmarkJson,
    /// Costs without what local prices do to them.
    pub market_forces_adjusted: BenchmarkJson,
}

/// The same health without weights, which is the base case, and with either kind of weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EquitiesJson {
    /// The base case: a QALY counts the same whoever gains it.
    pub unweighted: EquityJson,
    /// By aversion to relative inequality.
    pub atkinson: EquityJson,
    /// By aversion to absolute inequality.
    pub kolm: EquityJson,
}

/// What a value table was made from.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// The book.
    pub book: &'a Book,
    /// Value sets, mappings, measures and national unit costs.
    pub instruments: &'a Instruments,
    /// Dated numbers.
    pub parameters: &'a Parameters,
    /// Those in force in the base year.
    pub in_force: &'a YearParameters,
    /// What the table was made for.
    pub options: &'a ValueOptions,
    /// What a method statement says beside the figures.
    pub method: &'a MethodDefinition,
    /// The day on which reviews are judged.
    pub today: Date,
}

impl EvidenceJson {
    /// What stands behind a value table.
    #[must_use]
    pub fn of(made: &Made<'_>, table: &ValueTable) -> Self {
        let Made { book, instruments, in_force, options, .. } = *made;
        let information = information::of(in_force, table);
        let flips = flips::of(book, instruments, in_force, options, table);
        let method = MethodStatement::of(table, instruments, made.parameters, made.method);
        Self {
            schema: SCHEMA.to_owned(),
            valued_on: made.today.to_string(),
            uncertainty: UncertaintyJson::of(table, &information, &flips),
            benchmarks: BenchmarksJson {
                reported: benchmark::<Reported>(made, table),
                market_forces_adjusted: benchmark::<MarketForcesAdjusted>(made, table),
            },
            equity: EquitiesJson {
                unweighted: equity(made, table, None),
                atkinson: equity(made, table, Some(Aversion::atkinson(&in_force.equity))),
                kolm: equity(made, table, Some(Aversion::kolm(&in_force.equity))),
            },
            need: (&NeedTable::of(book, table)).into(),
            method: method.into(),
        }
    }
}

fn benchmark<B: Basis>(made: &Made<'_>, table: &ValueTable) -> BenchmarkJson {
    let unit_costs = &made.instruments.unit_costs;
    let found = BenchmarkTable::<B>::of(made.book, unit_costs, made.in_force, table);
    BenchmarkJson::of(made.book, &found, &productivity(table, &found), made.today)
}

fn equity(made: &Made<'_>, table: &ValueTable, aversion: Option<Aversion>) -> EquityJson {
    let options = EquityOptions { aversion, ..EquityOptions::base(made.in_force) };
    (&EquityTable::of(made.book, made.in_force, &options, table)).into()
}

impl EvidenceJson {
    /// Leaves of every provider's lines only one's own, and nothing that tells what others do:
    /// sums over the system by quintile and place, and comparisons that rest on few others.
    pub fn keep_own(&mut self, own: &str) {
        self.uncertainty.keep_own(own);
        for benchmark in
            [&mut self.benchmarks.reported, &mut self.benchmarks.market_forces_adjusted]
        {
            benchmark.keep_own(own);
        }
        for equity in
            [&mut self.equity.unweighted, &mut self.equity.atkinson, &mut self.equity.kolm]
        {
            equity.keep_own(own);
        }
        self.need.groups.clear();
        self.need.missing.clear();
        self.need.notes.clear();
    }
}

/// Whether a line, `provider/service`, is a provider's.
pub(crate) fn is_of(provider: &str, service: &str) -> bool {
    service.split_once('/').is_some_and(|(code, _)| code == provider)
}
