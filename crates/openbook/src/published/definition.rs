//! What a published file looks like and how it maps to the book: one file a kind and year in
//! `models/published`, since shapes drift from year to year.

use jiff::civil::Date;
use quantities::FinYear;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

use super::Kind;
use super::decimal::Decimal;

/// One year's shape of one publication.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedDefinition {
    /// Which reader it is for.
    pub kind: Kind,
    /// Which of a kind's shapes it is, where the kind has several.
    pub layout: Option<String>,
    /// The publication's title.
    pub publication: String,
    /// Who published it.
    pub publisher: String,
    /// On what terms.
    pub licence: String,
    /// What exactly was read, in words.
    pub reference: String,
    /// The third party that derived or copied the file, where it is not the publisher's own.
    pub third_party: Option<String>,
    /// The financial year of the figures, where the file does not say.
    pub year: FinYear,
    /// The years that the file may name in its rows; empty where it names none.
    #[serde(default)]
    pub years: Vec<FinYear>,
    /// When the mapping and its defaults were decided.
    #[serde(deserialize_with = "day")]
    pub decided_on: Date,
    /// What the mapping leaves out or assumes: said with every import.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The columns that are read: what for, and their name in the header.
    pub columns: BTreeMap<String, String>,
    /// Columns that are known and not read.
    #[serde(default)]
    pub ignored: Vec<String>,
    /// Texts of the source whose rows are left out, with the reason.
    #[serde(default)]
    pub left_out: BTreeMap<String, String>,
    /// What money is written in.
    #[serde(default)]
    pub money_in: MoneyIn,
    /// How hidden figures are written.
    #[serde(default)]
    pub suppression: SuppressionDefinition,
    /// What a cost row holds where the source does not say.
    pub costs: Option<CostDefinition>,
    /// What a provider's row holds where the source does not say.
    #[serde(default)]
    pub providers: ProviderDefinition,
    /// Organisations that the source names by code alone.
    #[serde(default, rename = "organisation")]
    pub organisations: Vec<OrganisationDefinition>,
    /// Organisations that have since become part of another.
    #[serde(default, rename = "successor")]
    pub successors: Vec<SuccessorDefinition>,
    /// Service lines and what of the source belongs to each.
    #[serde(default, rename = "service")]
    pub services: Vec<ServiceDefinition>,
    /// Measures and how they are written in the source.
    #[serde(default, rename = "measure")]
    pub measures: Vec<MeasureDefinition>,
    /// Which of the source's counts are the patients of an outcome.
    pub patients: Option<String>,
    /// Cohorts by how they are written in the source.
    #[serde(default)]
    pub cohorts: BTreeMap<String, String>,
    /// Staff groups of the book by those of the source.
    #[serde(default)]
    pub staff_groups: BTreeMap<String, String>,
    /// Columns of money, each a kind of payment or a part of a total.
    #[serde(default, rename = "stream")]
    pub streams: Vec<StreamDefinition>,
    /// Totals that the source states, and the streams they add up.
    #[serde(default, rename = "total")]
    pub totals: Vec<TotalDefinition>,
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = |_| serde::de::Error::custom(format!("{text} is no day; write it as 2025-03-31"));
    text.parse().map_err(wrong)
}

/// What money is written in.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MoneyIn {
    /// Pounds.
    #[default]
    Pounds,
    /// £ million.
    Millions,
}

impl MoneyIn {
    /// A figure of the source in pounds; nothing where it does not fit.
    #[must_use]
    pub fn to_pounds(self, figure: Decimal) -> Option<Decimal> {
        match self {
            Self::Pounds => Some(figure),
            Self::Millions => figure.times(Decimal::whole(1_000_000)),
        }
    }
}

/// How hidden figures are written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppressionDefinition {
    /// The marks; an empty text stands for an empty cell.
    #[serde(default)]
    pub marks: Vec<String>,
    /// The marks of a figure that does not exist, such as a mean of nobody.
    #[serde(default)]
    pub absent: Vec<String>,
    /// The columns of the header in which either may stand.
    #[serde(default)]
    pub columns: Vec<String>,
    /// What published counts are rounded to.
    pub rounded_to: Option<u32>,
}

/// What a cost row holds where the source does not say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostDefinition {
    /// Day case, outpatient, …
    pub point_of_delivery: String,
    /// What the money buys.
    pub resource_group: String,
    /// How it follows activity: a default, not a finding.
    pub cost_behaviour: String,
    /// How the cost was found.
    pub cost_basis: String,
}

/// What a provider's row holds where the source does not say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderDefinition {
    /// The sector of every provider of the file.
    pub sector: Option<String>,
    /// Sectors by the source's own types of organisation.
    #[serde(default)]
    pub sectors: BTreeMap<String, String>,
}

/// An organisation that the source names by code alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationDefinition {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its sector.
    pub sector: String,
}

/// An organisation that has become part of another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuccessorDefinition {
    /// The code in the source.
    pub from: String,
    /// The code since.
    pub to: String,
    /// Since when.
    #[serde(deserialize_with = "day")]
    pub on: Date,
    /// Who joined whom.
    pub what: String,
}

/// A service line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceDefinition {
    /// What of the source belongs to it: names, codes, or how codes begin.
    pub of: Vec<String>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The programme of care.
    pub programme: String,
    /// Where the care is given.
    pub setting: String,
}

/// A measure.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureDefinition {
    /// Its name in the source.
    pub of: String,
    /// The column of the header that holds it, where each measure has its own.
    pub column: Option<String>,
    /// The measure of the book.
    pub measure: String,
    /// The value set of a utility.
    pub value_set: Option<String>,
    /// The cohort under which it stands, where one measure of the book takes several of the source.
    pub cohort: Option<String>,
    /// Whether the source writes it as a percentage.
    #[serde(default)]
    pub percent: bool,
    /// The evidence grade proposed.
    pub grade: String,
    /// The grade where the source gives no adjusted figure.
    pub unadjusted_grade: Option<String>,
}

/// A column of money.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamDefinition {
    /// Its column in the header.
    pub column: String,
    /// Its code in the book.
    pub code: String,
    /// What it is, in words.
    pub label: String,
    /// What the money buys.
    pub resource_group: String,
    /// How it follows activity: a default, not a finding.
    pub cost_behaviour: String,
    /// Whether the patients are counted on it.
    #[serde(default)]
    pub counts_patients: bool,
}

/// A total that the source states.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalDefinition {
    /// Its column in the header.
    pub column: String,
    /// What it is, in words.
    pub label: String,
    /// The codes of the streams that it adds up.
    pub of: Vec<String>,
}

/// Why the files in `models/published` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// Not TOML of the expected shape, or a part is missing.
    #[error("models/published/{file}: {message}")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// Nothing there.
    #[error("models/published has no definition; give --models a folder laid out like models/")]
    None,
}

/// All definitions, by file name.
#[derive(Clone, Debug)]
pub struct Published {
    definitions: BTreeMap<String, PublishedDefinition>,
}

impl Published {
    /// Reads the definitions from `(file name, text)` pairs.
    ///
    /// # Errors
    /// When a file is not of the expected shape, or there is none.
    pub fn parse<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, PublishedError> {
        let mut definitions = BTreeMap::new();
        for (file, text) in files {
            let malformed =
                |message: String| PublishedError::Malformed { file: file.to_owned(), message };
            let definition: PublishedDefinition =
                toml::from_str(text).map_err(|error| malformed(error.to_string()))?;
            definition.whole().map_err(malformed)?;
            let name = file.strip_suffix(".toml").unwrap_or(file);
            definitions.insert(name.to_owned(), definition);
        }
        if definitions.is_empty() { Err(PublishedError::None) } else { Ok(Self { definitions }) }
    }

    /// All definitions with their names, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PublishedDefinition)> {
        self.definitions.iter().map(|(name, definition)| (name.as_str(), definition))
    }

    /// Those of one kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&str, &PublishedDefinition)> {
        self.iter().filter(move |(_, definition)| definition.kind == kind)
    }
}

impl PublishedDefinition {
    /// Every column of the header that is read.
    #[must_use]
    pub fn used(&self) -> BTreeSet<&str> {
        let columns = self.columns.values().map(String::as_str);
        let streams = self.streams.iter().map(|stream| stream.column.as_str());
        let totals = self.totals.iter().map(|total| total.column.as_str());
        let measures = self.measures.iter().filter_map(|measure| measure.column.as_deref());
        columns.chain(streams).chain(totals).chain(measures).collect()
    }

    /// One line that names the source.
    #[must_use]
    pub fn source(&self, year: FinYear) -> String {
        let carrier = match &self.third_party {
            Some(carrier) => format!(" (third party: {carrier})"),
            None => String::new(),
        };
        format!("{} {year}, {}: {}{carrier}", self.publication, self.publisher, self.reference)
    }

    /// Whom to name for what the source does not say.
    #[must_use]
    pub fn decided(&self) -> String {
        format!("models/published, {}", self.decided_on)
    }

    /// The service line of exactly that name or code of the source.
    #[must_use]
    pub fn service_named(&self, text: &str) -> Option<&ServiceDefinition> {
        self.services.iter().find(|service| service.of.iter().any(|of| of == text))
    }

    /// The service line with the longest beginning of a code of the source.
    #[must_use]
    pub fn service_of(&self, code: &str) -> Option<&ServiceDefinition> {
        let begins = self.services.iter().flat_map(|service| {
            let of = service.of.iter().filter(|of| code.starts_with(of.as_str()));
            of.map(move |of| (of.len(), service))
        });
        begins.max_by_key(|(length, _)| *length).map(|(_, service)| service)
    }

    /// Everything that its reader needs is there.
    fn whole(&self) -> Result<(), String> {
        let roles: BTreeSet<&str> = self.columns.keys().map(String::as_str).collect();
        let wanted: BTreeSet<&str> =
            self.kind.roles(self.layout.as_deref())?.iter().copied().collect();
        if let Some(missing) = wanted.difference(&roles).next() {
            return Err(format!("[columns] lacks {missing}: name the column of the header"));
        }
        if let Some(unknown) = roles.difference(&wanted).next() {
            let hint = crate::did_you_mean(unknown, wanted.iter().copied());
            return Err(format!("[columns] does not know {unknown}{hint}"));
        }
        if let Some(both) = self.ignored.iter().find(|name| self.used().contains(name.as_str())) {
            return Err(format!("the column \"{both}\" is both read and ignored"));
        }
        for total in &self.totals {
            for code in &total.of {
                if !self.streams.iter().any(|stream| stream.code == *code) {
                    return Err(format!("the total \"{}\" adds up an unknown {code}", total.label));
                }
            }
        }
        self.sections()
    }

    fn sections(&self) -> Result<(), String> {
        let needs: &[(&str, bool)] = match self.kind {
            Kind::NccSchedule | Kind::WeightedPopulation => &[],
            Kind::NccProvider => {
                &[("[costs]", self.costs.is_some()), ("years", !self.years.is_empty())]
            }
            Kind::TrustCost => &[
                ("[costs]", self.costs.is_some()),
                ("[[service]]", self.services.len() == 1),
                ("[[stream]]", !self.streams.is_empty()),
            ],
            Kind::Proms => &[
                ("[[service]]", !self.services.is_empty()),
                ("[[measure]]", !self.measures.is_empty()),
            ],
            Kind::TalkingTherapies => &[
                ("[[service]]", self.services.len() == 1),
                ("[[measure]]", !self.measures.is_empty()),
            ],
            Kind::GpPayments => &[
                ("[costs]", self.costs.is_some()),
                ("[[service]] of all", self.service_named("all").is_some()),
                ("[[stream]]", !self.streams.is_empty()),
                ("[[total]]", !self.totals.is_empty()),
            ],
            Kind::Workforce => &[
                ("[[service]]", self.services.len() == 1),
                ("[staff_groups]", !self.staff_groups.is_empty()),
            ],
        };
        match needs.iter().find(|(_, there)| !there) {
            Some((section, _)) => Err(format!("{section} is missing, or there is more than one")),
            None => Ok(()),
        }
    }
}
