//! Published NHS files turned into tables of the book, so that a board can start before any
//! provider has sent one.
//!
//! Each file is recognised by its header alone (and by the year, where two definitions share one);
//! a header that no definition knows is refused by name, never guessed. Figures are read as exact
//! decimals, a hidden figure is missing and counted, and every result says how the source's own
//! totals compare with what is in the book.

mod build;
mod decimal;
mod definition;
mod gp_payments;
mod join;
mod ncc_provider;
mod ncc_schedule;
mod proms;
mod quintiles;
mod sheet;
mod talking_therapies;
mod trust_cost;
mod weighted_population;
mod workforce;

use quantities::FinYear;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::{CheckedTable, Problem, Report, Tables};

pub use decimal::Decimal;
pub use definition::{
    CostDefinition, MeasureDefinition, OrganisationDefinition, ProviderDefinition, Published,
    PublishedDefinition, PublishedError, ServiceDefinition, StreamDefinition, SuccessorDefinition,
    SuppressionDefinition, TotalDefinition,
};

pub use join::Joined;
pub use quintiles::quintiles;

/// A kind of published file.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// National Schedule of NHS Costs: mean unit costs by department and currency.
    NccSchedule,
    /// Organisations' cost lines by currency.
    NccProvider,
    /// Actual and expected cost of trusts.
    TrustCost,
    /// Patient-reported outcomes of hip and knee replacement by provider.
    Proms,
    /// NHS Talking Therapies annual measures.
    TalkingTherapies,
    /// NHS Payments to General Practice.
    GpPayments,
    /// Full-time equivalents by organisation and staff group.
    Workforce,
    /// Populations weighted for need, by practice.
    WeightedPopulation,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::NccSchedule,
        Self::NccProvider,
        Self::TrustCost,
        Self::Proms,
        Self::TalkingTherapies,
        Self::GpPayments,
        Self::Workforce,
        Self::WeightedPopulation,
    ];

    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NccSchedule => "ncc-schedule",
            Self::NccProvider => "ncc-provider",
            Self::TrustCost => "trust-cost",
            Self::Proms => "proms",
            Self::TalkingTherapies => "talking-therapies",
            Self::GpPayments => "gp-payments",
            Self::Workforce => "workforce",
            Self::WeightedPopulation => "weighted-population",
        }
    }

    /// What the columns of a definition are for.
    fn roles(self, layout: Option<&str>) -> Result<&'static [&'static str], String> {
        match (self, layout) {
            (Self::NccSchedule, None) => Ok(&ncc_schedule::ROLES),
            (Self::NccProvider, None) => Ok(&ncc_provider::ROLES),
            (Self::TrustCost, None) => Ok(&trust_cost::ROLES),
            (Self::Proms, None) => Ok(&proms::ROLES),
            (Self::TalkingTherapies, Some("rates")) => Ok(&talking_therapies::RATES),
            (Self::TalkingTherapies, Some("scores")) => Ok(&talking_therapies::SCORES),
            (Self::GpPayments, None) => Ok(&gp_payments::ROLES),
            (Self::Workforce, None) => Ok(&workforce::ROLES),
            (Self::WeightedPopulation, None) => Ok(&weighted_population::ROLES),
            (kind, layout) => Err(format!("{kind} has no layout \"{}\"", layout.unwrap_or("none"))),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str);
            let hint = crate::did_you_mean(text, known);
            format!(
                "there is no kind \"{text}\" of published file{hint}; the kinds are {}",
                known.join(", ")
            )
        })
    }
}

/// One line for a person: the file, row, column and the mend.
#[must_use]
pub fn sentence(problem: &Problem) -> String {
    let mut place = problem.table.clone();
    if let Some(row) = problem.row {
        place.push_str(&format!(", row {row}"));
    }
    if let Some(column) = &problem.column {
        place.push_str(&format!(", column {column}"));
    }
    format!("{place}: {}", problem.message)
}

/// A file as it was received.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    /// Its name, for messages.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// How the service lines of general practice are cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// One line a primary care network.
    #[default]
    Network,
    /// One line a practice.
    Practice,
    /// One line a kind of payment.
    Stream,
    /// One line for all.
    Total,
}

/// What the board already knows of a provider, from its own `providers` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProvider {
    /// Its name.
    pub name: String,
    /// Its sector.
    pub sector: String,
    /// The place it mainly serves.
    pub place: String,
}

/// What of a file is wanted, and what is known besides it.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// These providers alone; empty for all.
    pub providers: BTreeSet<String>,
    /// This financial year alone; also tells definitions with equal headers apart.
    pub year: Option<FinYear>,
    /// Providers of this Integrated Care Board alone, where the file names boards.
    pub icb: Option<String>,
    /// How general practice is cut into service lines.
    pub cut: Cut,
    /// The board's own providers, by code.
    pub known: BTreeMap<String, KnownProvider>,
    /// Deprivation quintile (1 most deprived to 5) by practice, where the file gives none.
    pub quintiles: BTreeMap<String, u8>,
}

/// Something worth knowing about an import.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// A stable code.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}

/// A total of the source against the same total in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTotal {
    /// What is added up.
    pub what: String,
    /// Its unit: `£`, `WTE`, `people` or a count.
    pub unit: &'static str,
    /// Exactly as the source has it.
    pub in_source: Decimal,
    /// As the book has it.
    pub in_book: Decimal,
    /// Book less source.
    pub difference: Decimal,
    /// Why they differ, or that they agree.
    pub difference_explained: String,
}

/// Where a part of the book comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLine {
    /// The table.
    pub table: String,
    /// The provider, or the place.
    pub provider: String,
    /// The service line.
    pub service: String,
    /// Which columns.
    pub what: String,
    /// `published`, `derived` or `default`.
    pub kind: &'static str,
    /// The source.
    pub source: String,
}

/// What an import gives.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The kind read.
    pub kind: Kind,
    /// The definition used for each file, by file name.
    pub definitions: BTreeMap<String, String>,
    /// Tables of the book, by name.
    pub tables: BTreeMap<String, CheckedTable>,
    /// Files beside the tables, as CSV, by their name in capitals: `NATIONAL_UNIT_COSTS`.
    pub beside: BTreeMap<String, Vec<u8>>,
    /// A source for every row.
    pub sources: Vec<SourceLine>,
    /// What to know.
    pub notes: Vec<Note>,
    /// The source's own totals.
    pub totals: Vec<SourceTotal>,
    /// Rows read in the files.
    pub rows: u64,
    /// Hidden cells in the files.
    pub suppressed: u64,
}

impl Imported {
    /// `SOURCES.csv`.
    ///
    /// # Errors
    /// Only when memory cannot be written to.
    pub fn sources_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let head = ["table", "provider_code", "service_code", "what", "kind", "source"];
        let rows = self.sources.iter().map(|line| {
            [&line.table, &line.provider, &line.service, &line.what, line.kind, &line.source]
                .map(str::to_owned)
                .to_vec()
        });
        build::csv_of(&head, rows)
    }

    /// The note of that code.
    pub fn note(&self, code: &str) -> Option<&str> {
        self.notes.iter().find(|note| note.code == code).map(|note| note.message.as_str())
    }
}

impl Published {
    /// Turns published files of one kind into tables of the book.
    ///
    /// # Errors
    /// A report of every problem when a file is not what it should be; nothing is then returned.
    pub fn import(
        &self,
        tables: &Tables,
        kind: Kind,
        files: &[SourceFile<'_>],
        selection: &Selection,
    ) -> Result<Imported, Report> {
        let mut build = build::Build::new(kind, selection);
        if selection.icb.is_some()
            && !matches!(kind, Kind::TalkingTherapies | Kind::WeightedPopulation)
        {
            let file = files.first().map(|file| file.name).unwrap_or_default();
            let message =
                format!("{kind} names no boards; choose with --provider instead of --icb");
            build.report.push(Problem::of_file(file, "import.no_boards", message));
        }
        for file in files {
            if let Some(sheet) = sheet::read(self, kind, file, selection, &mut build.report) {
                build.reads(&sheet);
                read_sheet(kind, &sheet, &mut build);
            }
        }
        build.finish(tables)
    }
}

fn read_sheet(kind: Kind, sheet: &sheet::Sheet<'_>, build: &mut build::Build<'_>) {
    match kind {
        Kind::NccSchedule => ncc_schedule::read(sheet, build),
        Kind::NccProvider => ncc_provider::read(sheet, build),
        Kind::TrustCost => trust_cost::read(sheet, build),
        Kind::Proms => proms::read(sheet, build),
        Kind::TalkingTherapies if sheet.definition.layout.as_deref() == Some("scores") => {
            talking_therapies::scores(sheet, build);
        }
        Kind::TalkingTherapies => talking_therapies::rates(sheet, build),
        Kind::GpPayments => gp_payments::read(sheet, build),
        Kind::Workforce => workforce::read(sheet, build),
        Kind::WeightedPopulation => weighted_population::read(sheet, build),
    }
}
