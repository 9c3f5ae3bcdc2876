//! The TOML files of a recipe as they are written. Unknown keys are refused with the nearest one.

use jiff::civil::Date;
use quantities::FinYear;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

use super::fault::Faults;
use crate::published::Kind;

/// `recipe.toml`: what the book is, which published files it is made of, and what must come out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeDefinition {
    /// What the book is called.
    pub name: String,
    /// When the recipe was last decided on.
    #[serde(deserialize_with = "day")]
    pub decided_on: Date,
    /// The financial year that every cost stands in.
    pub base_year: FinYear,
    /// The day up to which costs are complete.
    #[serde(deserialize_with = "day")]
    pub data_as_at: Date,
    /// The published files.
    #[serde(rename = "file")]
    pub files: Vec<FileDefinition>,
    /// Staff of each provider by group, to be spread over its service lines.
    #[serde(default, rename = "staff")]
    pub staff: Vec<StaffDefinition>,
    /// Where the division of every line's cost comes from.
    pub mix: MixDefinition,
    /// What the costs of a provider must come to.
    #[serde(default, rename = "total")]
    pub totals: Vec<TotalDefinition>,
    /// Where the rows of written tables come from, unless a row says otherwise.
    #[serde(default, rename = "table")]
    pub tables: Vec<WrittenDefinition>,
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        serde::de::Error::custom(format!("\"{text}\" is not a day, such as \"2025-03-31\""))
    })
}

/// One published file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDefinition {
    /// The name by which figures call it.
    pub id: String,
    /// Its name in the data folder.
    pub name: String,
    /// The kind of published file it is. It is then read by the importer of that kind first, which
    /// refuses a file that is not what it should be, and figures may name a `table` of the import.
    pub kind: Option<Kind>,
    /// The publication in words; `{source:id}` repeats it.
    pub source: String,
}

/// Where the division of costs by resource group and behaviour comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixDefinition {
    /// Published, derived or synthesised.
    pub kind: Origin,
    /// The source.
    pub source: String,
}

/// Staff of one provider and group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffDefinition {
    /// The provider.
    pub provider: String,
    /// The staff group; a column of `mix.csv`.
    pub group: String,
    /// Whole-time equivalents of all its lines: a number or `{figure}`.
    pub wte: String,
    /// Pay with on-costs of one, in pounds.
    pub pay_gbp: String,
    /// Whether the total is published, derived or synthesised.
    pub kind: Origin,
    /// Where it comes from.
    pub source: String,
}

/// What the costs of a provider must come to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalDefinition {
    /// The provider.
    pub provider: String,
    /// The total in pounds: a number or `{figure}`.
    pub cost_gbp: String,
}

/// Where the rows of a written table come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenDefinition {
    /// The table.
    pub name: String,
    /// Published, derived or synthesised.
    pub kind: Origin,
    /// The source; where it is absent each row names its own.
    pub source: Option<String>,
}

/// How a figure came about.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// As published.
    Published,
    /// Worked out from published figures.
    Derived,
    /// Made up, and labelled so.
    Synthesised,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Published, Self::Derived, Self::Synthesised];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Derived => "derived",
            Self::Synthesised => "synthesised",
        }
    }

    /// Reads the word.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let words = Self::ALL.map(Self::as_str);
        Self::ALL.into_iter().find(|origin| origin.as_str() == text).ok_or_else(|| {
            let hint = crate::did_you_mean(text, words);
            format!("kind is {}, not \"{text}\"{hint}", words.join(", "))
        })
    }
}

/// A file of `figures/`: figures by name, read from published files, written or worked out. Names
/// are small letters, digits and `_`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiguresDefinition {
    /// The figures.
    #[serde(default, rename = "figure")]
    pub figures: BTreeMap<String, FigureDefinition>,
    /// Totals shared out.
    #[serde(default, rename = "split")]
    pub splits: BTreeMap<String, SplitDefinition>,
}

/// One figure: it starts as a sum over rows of a file, as a written value or as a sum of figures;
/// what is in `less` is taken off, it is multiplied by `times` and divided by `over`, in this
/// order, and rounded at the end alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureDefinition {
    /// The published file it is read from.
    pub file: Option<String>,
    /// The book table into which the file was imported; without it the file's own rows are meant.
    pub table: Option<String>,
    /// The columns that are added up.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Only rows whose column is one of these.
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, OneOrMore>,
    /// Only rows whose column starts with one of these.
    #[serde(default, rename = "where_starts")]
    pub starts: BTreeMap<String, OneOrMore>,
    /// Also one figure for each value of this column, called `name.value`.
    pub by: Option<String>,
    /// How many leading letters of that value count; all where absent.
    pub by_letters: Option<usize>,
    /// What one unit of the column stands for: `1000000` where it is in millions.
    pub unit: Option<u32>,
    /// Whether empty cells count as nothing; otherwise they are refused.
    #[serde(default)]
    pub empty_is_nothing: bool,
    /// A written value.
    pub value: Option<String>,
    /// Figures added up.
    #[serde(default)]
    pub sum: Vec<String>,
    /// Figures taken off.
    #[serde(default)]
    pub less: Vec<String>,
    /// Figures it is multiplied by.
    #[serde(default)]
    pub times: Vec<String>,
    /// The figure it is divided by.
    pub over: Option<String>,
    /// Decimals, a half to the even digit; exact where absent.
    pub decimals: Option<u32>,
    /// What it is, where its name does not say.
    pub note: Option<String>,
}

/// A total shared out by weights, so that the parts add up to it; part `p` of split
/// `s` is figure `s.p`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitDefinition {
    /// The figure that is shared out.
    pub of: String,
    /// Decimals of the parts: 2 for pounds and pence, 0 for people.
    pub decimals: u32,
    /// The weights: whole numbers, decimals in quotes, or figures by name.
    #[serde(default)]
    pub share: BTreeMap<String, Weight>,
    /// Instead of weights, a figure read with `by`: one part for each of its values, in proportion.
    pub like: Option<String>,
    /// What the weights rest on.
    pub note: Option<String>,
}

/// One value or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a text in quotes, or a list of them")]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// A weight of a split.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a whole number, a decimal in quotes, or the name of a figure")]
pub enum Weight {
    /// A whole number.
    Whole(u32),
    /// A decimal, or the name of a figure.
    Text(String),
}

/// Reads a TOML file of the recipe; its error is one sentence with the line and the nearest key.
pub(super) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Faults> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start));
        let row = line
            .map(|before| before.matches('\n').count() + 1)
            .and_then(|line| u64::try_from(line).ok());
        let mut faults = Faults::default();
        faults.push(file, row, explained(error.message()));
        faults
    })
}

fn explained(message: &str) -> String {
    let message = message.replace('\n', " ");
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let what = match message.split_once(" `") {
        Some(("unknown field", _)) => "key",
        Some(("unknown variant", _)) => "value",
        _ => return message,
    };
    let Some((unknown, known)) = quoted.split_first() else { return message };
    let hint = crate::nearest(unknown, known.iter().copied()).map_or_else(
        || format!("; known here are {}", known.join(", ")),
        |name| format!("; did you mean \"{name}\"?"),
    );
    format!("there is no {what} \"{unknown}\"{hint}")
}
