//! A recipe: readable files that say how a book is made of published files, so that the same files
//! give the same book, to the penny and to the byte.
//!
//! - `recipe.toml` names the published files, the staff totals, what each provider must cost, and
//!   where written tables come from.
//! - the files of `figures/` name every figure: summed from a published file, written, worked out of
//!   others, or a share of one. Shares of a total add up to it (largest remainder).
//! - `lines.csv` gives each service line its cost and activity, `mix.csv` its staff, `profiles.csv`
//!   the division of what is not pay: `costs` and `workforce` are worked out of these.
//! - `tables/` holds every other table as it stands, with `{figure}` where a figure goes.
//!
//! The tables are then checked like any other book; one with anything to refuse is not returned.

mod arithmetic;
mod costs;
mod definition;
mod fault;
mod figures;
mod files;
mod lines;
mod sheet;
mod sources;
mod split;
mod tables;

use quantities::Pence;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use self::costs::{Costed, Ingredients};
use self::figures::{Figure, Figures};
use self::files::Files;
use self::sheet::Sheet;
use crate::published::{Decimal, Published};
use crate::{Book, CheckedTable, Report, Severity, Tables, read};

pub use definition::{
    FigureDefinition, FiguresDefinition, FileDefinition, MixDefinition, OneOrMore, Origin,
    RecipeDefinition, SplitDefinition, StaffDefinition, TotalDefinition, Weight, WrittenDefinition,
};
pub use fault::{Fault, Faults};
pub use files::Fetched;
pub use split::split;

/// A book made by a recipe.
#[derive(Clone, Debug)]
pub struct Rebuilt {
    /// The files by name: every table in its canonical form, and `SOURCES.csv`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The book.
    pub book: Book,
    /// What the checks found; nothing of it is refused.
    pub report: Report,
}

/// A recipe, read.
#[derive(Clone, Debug)]
pub struct Recipe {
    definition: RecipeDefinition,
    figures: BTreeMap<String, FiguresDefinition>,
    lines: Sheet,
    mix: Sheet,
    profiles: Sheet,
    tables: BTreeMap<String, Sheet>,
}

/// The file that every recipe starts from.
const RECIPE: &str = "recipe.toml";

impl Recipe {
    /// Reads the files of a recipe's folder.
    ///
    /// # Errors
    /// Every file that is missing or is not what it should be.
    pub fn read(folder: &Path) -> Result<Self, Faults> {
        let bytes = |name: &str| {
            fs::read(folder.join(name)).map_err(|error| {
                let message = format!("it cannot be read from {} ({error})", folder.display());
                Faults::one(name, message)
            })
        };
        let text = |name: &str| {
            String::from_utf8(bytes(name)?)
                .map_err(|_| Faults::one(name, "it is not UTF-8; save it again as UTF-8"))
        };
        let sheet = |name: &str| Sheet::parse(name, &bytes(name)?);
        let definition = definition::parse(RECIPE, &text(RECIPE)?)?;
        let mut figures = BTreeMap::new();
        for stem in stems(folder, figures::FOLDER, "toml")? {
            let name = format!("{}/{stem}.toml", figures::FOLDER);
            let read = definition::parse(&name, &text(&name)?)?;
            figures.insert(name, read);
        }
        let mut written = BTreeMap::new();
        for table in stems(folder, "tables", "csv")? {
            let sheet = sheet(&format!("tables/{table}.csv"))?;
            written.insert(table, sheet);
        }
        Ok(Self {
            definition,
            figures,
            lines: sheet(lines::LINES)?,
            mix: sheet(lines::MIX)?,
            profiles: sheet(lines::PROFILES)?,
            tables: written,
        })
    }

    /// What the recipe is about.
    #[must_use]
    pub const fn definition(&self) -> &RecipeDefinition {
        &self.definition
    }

    /// Reads the published files that it names from a data folder.
    ///
    /// # Errors
    /// Every file that is not there.
    pub fn fetch(&self, data: &Path) -> Result<Fetched, Faults> {
        Fetched::read(&self.definition.files, data)
    }

    /// Makes the book from the published files; those whose kind the recipe gives are imported
    /// first.
    ///
    /// # Errors
    /// Everything that stands in the way; then nothing is returned.
    pub fn rebuild(
        &self,
        tables: &Tables,
        published: &Published,
        fetched: &Fetched,
    ) -> Result<Rebuilt, Faults> {
        let files = Files::open(fetched, tables, published)?;
        let mut figures = Figures::make(&self.figures, &files)?;
        let costed = self.costed(&mut figures)?;
        let mut faults = Faults::default();
        for (fund, spend) in self.spend_by_fund(&costed) {
            let spend = Figure::in_hundredths(Decimal::pounds(spend));
            figures.add(format!("fund_spend.{fund}"), spend);
        }
        let mut rows = BTreeMap::from([
            ("costs".to_owned(), costed.costs),
            ("workforce".to_owned(), costed.workforce),
        ]);
        let mut sources = costed.sources;
        for (table, sheet) in &self.tables {
            match tables::fill(tables, sheet, table, &self.definition.tables, &mut figures) {
                Ok(_) if rows.contains_key(table) => {
                    let message = format!("{table} is worked out of lines.csv; take the file out");
                    faults.push(&sheet.name, None, message);
                }
                Ok(written) => {
                    sources.extend(written.sources);
                    rows.insert(table.clone(), written.rows);
                }
                Err(found) => faults.extend(found),
            }
        }
        faults.into_result()?;
        let mut rebuilt = checked(tables, &rows)?;
        let sources = sources::csv(sources).map_err(unwritable)?;
        rebuilt.files.insert("SOURCES.csv".to_owned(), sources);
        Ok(rebuilt)
    }

    fn costed(&self, figures: &mut Figures<'_>) -> Result<Costed, Faults> {
        let groups: Vec<&str> =
            self.definition.staff.iter().map(|staff| staff.group.as_str()).collect();
        let lines = lines::lines(&self.lines)?;
        let mixes = lines::mixes(&self.mix, &groups)?;
        let profiles = lines::profiles(&self.profiles)?;
        let ingredients = Ingredients {
            recipe: &self.definition,
            lines: &lines,
            mixes: &mixes,
            profiles: &profiles,
        };
        ingredients.cost(figures)
    }

    /// What the lines of each fund cost; `{fund_spend.core}` in a written table.
    fn spend_by_fund(&self, costed: &Costed) -> BTreeMap<String, Pence> {
        let mut funds: BTreeMap<String, Pence> = BTreeMap::new();
        for row in self.tables.get("services").iter().flat_map(|sheet| sheet.rows()) {
            let key = (row.get("provider_code").to_owned(), row.get("service_code").to_owned());
            let fund = Some(row.get("fund")).filter(|fund| !fund.is_empty()).unwrap_or("core");
            let spend = costed.spend.get(&key).copied().unwrap_or_default();
            let sum = funds.entry(fund.to_owned()).or_default();
            *sum = *sum + spend;
        }
        funds
    }
}

/// The names, without their ending, of the files in a folder of the recipe.
fn stems(folder: &Path, inner: &str, ending: &str) -> Result<Vec<String>, Faults> {
    let path = folder.join(inner);
    let unreadable = |error: std::io::Error| {
        Faults::one(inner, format!("it cannot be read from {} ({error})", folder.display()))
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if let Some(stem) = stem.filter(|_| path.extension().is_some_and(|it| it == ending)) {
            names.push(stem.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn unwritable(error: csv::Error) -> Faults {
    Faults::one("SOURCES.csv", format!("it cannot be written ({error})"))
}

/// The tables checked like any other book, in their canonical form.
fn checked(tables: &Tables, rows: &BTreeMap<String, Vec<Vec<String>>>) -> Result<Rebuilt, Faults> {
    let mut report = Report::default();
    let mut read: Vec<CheckedTable> = Vec::new();
    for (table, rows) in rows {
        let Some(definition) = tables.get(table) else { continue };
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).map_err(unwritable)?;
        }
        let bytes = writer.into_inner().map_err(|error| unwritable(error.into_error().into()))?;
        read.extend(read::table(tables, definition, bytes.as_slice(), &mut report));
    }
    let mut files = BTreeMap::new();
    for table in &read {
        files.insert(format!("{}.csv", table.name()), table.canonical_csv().map_err(unwritable)?);
    }
    let book = report.accepted().then(|| Book::assemble(read, &mut report)).flatten();
    match book {
        Some(book) if report.accepted() => Ok(Rebuilt { files, book, report }),
        _ => Err(refused(&report)),
    }
}

fn refused(report: &Report) -> Faults {
    let mut faults = Faults::default();
    for problem in report.problems().iter().filter(|it| it.severity == Severity::Refuse) {
        let column =
            problem.column.as_deref().map(|it| format!("column {it}: ")).unwrap_or_default();
        let message = format!("{column}{}", problem.message);
        faults.push(&format!("{}.csv", problem.table), problem.row, message);
    }
    faults
}
