//! Figures by name: read from published files, written or worked out, each when it is first asked
//! for.

use std::collections::BTreeMap;

use super::arithmetic;
use super::definition::{FigureDefinition, FiguresDefinition, SplitDefinition, Weight};
use super::fault::Faults;
use super::files::Files;
use super::sheet::{Sheet, SheetRow};
use crate::published::Decimal;

/// The folder that holds them.
pub(super) const FOLDER: &str = "figures";

/// A figure with the decimals it is shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// Its value.
    pub value: Decimal,
    places: Option<u32>,
}

impl Figure {
    /// An amount of money or of staff, shown with two decimals.
    pub const fn in_hundredths(value: Decimal) -> Self {
        Self { value, places: Some(2) }
    }

    fn shown(self) -> String {
        let text = self.value.to_string();
        let places = self.places.and_then(|places| usize::try_from(places).ok()).unwrap_or(0);
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        if places == 0 || part.len() >= places {
            return text;
        }
        format!("{whole}.{part:0<places$}")
    }
}

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Figure(&'a FigureDefinition),
    Split(&'a SplitDefinition),
}

/// All figures of a recipe.
#[derive(Debug)]
pub(super) struct Figures<'a> {
    /// By name, with the file that defines each.
    sources: BTreeMap<&'a str, (&'a str, Source<'a>)>,
    files: &'a Files,
    known: BTreeMap<String, Figure>,
    open: Vec<String>,
    /// Those that could not be made: said once, not again by whatever needs them.
    failed: BTreeMap<String, String>,
}

impl<'a> Figures<'a> {
    /// Makes every figure that is defined, in whichever file.
    pub fn make(
        definitions: &'a BTreeMap<String, FiguresDefinition>,
        files: &'a Files,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut sources: BTreeMap<&str, (&str, Source<'_>)> = BTreeMap::new();
        for (file, definition) in definitions {
            let figures = definition.figures.iter().map(|(id, it)| (id, Source::Figure(it)));
            let splits = definition.splits.iter().map(|(id, it)| (id, Source::Split(it)));
            for (id, source) in figures.chain(splits) {
                let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
                if id.is_empty() || !id.bytes().all(plain) {
                    let message = format!("a name is small letters, digits and _, not \"{id}\"");
                    faults.push(file, None, message);
                }
                if let Some((other, _)) = sources.insert(id, (file, source)) {
                    faults.push(file, None, format!("{id} is in {other} too; rename one"));
                }
            }
        }
        faults.into_result()?;
        let mut made = Self {
            sources,
            files,
            known: BTreeMap::new(),
            open: Vec::new(),
            failed: BTreeMap::new(),
        };
        let ids: Vec<&str> = made.sources.keys().copied().collect();
        for id in ids {
            // What fails is kept in `failed`, once.
            let _seen = made.get(id);
        }
        let mut faults = Faults::default();
        for (id, why) in &made.failed {
            let file = made.sources.get(id.as_str()).map_or(FOLDER, |(file, _)| file);
            faults.push(file, None, format!("figure {id}: {why}"));
        }
        faults.into_result().map(|()| made)
    }

    /// Adds a figure that the recipe itself works out, such as the spend of a fund.
    pub fn add(&mut self, id: String, figure: Figure) {
        self.known.insert(id, figure);
    }

    /// The figure of that name.
    pub fn get(&mut self, id: &str) -> Result<Figure, String> {
        if let Some(figure) = self.known.get(id) {
            return Ok(*figure);
        }
        let root = id.split_once('.').map_or(id, |(root, _)| root);
        if self.failed.contains_key(root) {
            return Err(format!("it needs {root}, which cannot be made"));
        }
        if let Some((_, source)) = self.sources.get(root).copied()
            && !self.known.contains_key(root)
        {
            self.make_one(root, source)?;
        }
        self.known.get(id).copied().ok_or_else(|| self.unknown(id))
    }

    fn unknown(&self, id: &str) -> String {
        let names = self.known.keys().map(String::as_str).chain(self.sources.keys().copied());
        let hint = crate::did_you_mean(id, names);
        format!("there is no figure \"{id}\"{hint}")
    }

    fn make_one(&mut self, root: &str, source: Source<'_>) -> Result<(), String> {
        if self.open.iter().any(|id| id == root) {
            return Err(format!("it needs itself, by way of {}", self.open.join(", ")));
        }
        self.open.push(root.to_owned());
        let made = match source {
            Source::Figure(figure) => self.figure(root, figure),
            Source::Split(split) => self.split(root, split),
        };
        self.open.pop();
        if let Err(why) = made {
            self.failed.insert(root.to_owned(), why);
            return Err(format!("it needs {root}, which cannot be made"));
        }
        Ok(())
    }

    fn figure(&mut self, id: &str, figure: &FigureDefinition) -> Result<(), String> {
        one_start(figure)?;
        let mut families = BTreeMap::new();
        let start = match (&figure.file, &figure.value) {
            (Some(file), _) => {
                let (sum, parts) = read(figure, self.files.get(file, figure.table.as_deref())?)?;
                families = parts;
                sum
            }
            (None, Some(value)) => decimal(value)?,
            (None, None) => self.total(&figure.sum)?,
        };
        let taken = self.total(&figure.less)?;
        let mut value = start.minus(taken).ok_or(TOO_LARGE)?;
        for factor in &figure.times {
            value = value.times(self.get(factor)?.value).ok_or(TOO_LARGE)?;
        }
        if let Some(over) = &figure.over {
            let below = self.get(over)?.value;
            value = arithmetic::quotient(value, below)
                .ok_or_else(|| format!("it cannot be divided by {over}, which is {below}"))?;
        }
        let rounded = |value: Decimal| figure.decimals.map_or(value, |to| value.rounded(to));
        for (key, part) in families {
            let part = Figure { value: rounded(part), places: figure.decimals };
            self.known.insert(format!("{id}.{key}"), part);
        }
        let whole = Figure { value: rounded(value), places: figure.decimals };
        self.known.insert(id.to_owned(), whole);
        Ok(())
    }

    fn total(&mut self, ids: &[String]) -> Result<Decimal, String> {
        ids.iter().try_fold(Decimal::ZERO, |sum, id| {
            sum.plus(self.get(id)?.value).ok_or_else(|| TOO_LARGE.to_owned())
        })
    }

    fn split(&mut self, id: &str, split: &SplitDefinition) -> Result<(), String> {
        let total = self.get(&split.of)?.value;
        let weights = self.weights(split)?;
        let parts: Vec<(&str, Decimal)> =
            weights.iter().map(|(name, weight)| (name.as_str(), *weight)).collect();
        let shares = arithmetic::shared(total, split.decimals, &parts).ok_or_else(|| {
            format!(
                "{total} cannot be shared out exactly; it must have at most {} decimals, and the \
                 weights must not be negative nor all nought",
                split.decimals
            )
        })?;
        for ((name, _), value) in parts.iter().zip(shares) {
            let part = Figure { value, places: Some(split.decimals) };
            self.known.insert(format!("{id}.{name}"), part);
        }
        self.known.insert(id.to_owned(), Figure { value: total, places: Some(split.decimals) });
        Ok(())
    }

    fn weights(&mut self, split: &SplitDefinition) -> Result<Vec<(String, Decimal)>, String> {
        if split.share.is_empty() != split.like.is_some() {
            return Err("give one of share and like to share it out by".to_owned());
        }
        let mut weights = Vec::new();
        for (name, weight) in &split.share {
            let weight = match weight {
                Weight::Whole(weight) => Decimal::whole(u64::from(*weight)),
                Weight::Text(text) => match Decimal::parse(text) {
                    Some(weight) => weight,
                    None => self.get(text)?.value,
                },
            };
            weights.push((name.clone(), weight));
        }
        if let Some(like) = &split.like {
            self.get(like)?;
            let start = format!("{like}.");
            let family = self.known.iter().filter_map(|(id, figure)| {
                Some((id.strip_prefix(&start)?.to_owned(), figure.value))
            });
            weights.extend(family);
        }
        Ok(weights)
    }

    /// A text with each `{figure}` in it written out, and each `{source:file}`.
    pub fn fill(&mut self, text: &str) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((id, behind)) = after.split_once('}') else {
                return Err("a { has no }; close it, or write the text without it".to_owned());
            };
            filled.push_str(before);
            match id.strip_prefix("source:") {
                Some(file) => filled.push_str(self.files.source(file)?),
                None => filled.push_str(&self.get(id)?.shown()),
            }
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// A number, written or as `{figure}`.
    pub fn number(&mut self, text: &str) -> Result<Decimal, String> {
        let filled = self.fill(text)?;
        decimal(&filled)
    }
}

const TOO_LARGE: &str = "the figure is too large to be exact";

fn decimal(text: &str) -> Result<Decimal, String> {
    Decimal::parse(text).ok_or_else(|| {
        format!("\"{text}\" is not a number; write digits with at most one point, or {{figure}}")
    })
}

fn one_start(figure: &FigureDefinition) -> Result<(), String> {
    let starts = [figure.file.is_some(), figure.value.is_some(), !figure.sum.is_empty()];
    if starts.iter().filter(|given| **given).count() != 1 {
        return Err("give one of file, value and sum to start from".to_owned());
    }
    let of_file = !figure.columns.is_empty()
        || !figure.only.is_empty()
        || !figure.starts.is_empty()
        || figure.by.is_some()
        || figure.table.is_some()
        || figure.unit.is_some()
        || figure.empty_is_nothing;
    if figure.file.is_none() && of_file {
        let message =
            "table, columns, where, where_starts, by, unit and empty_is_nothing need a file";
        return Err(message.to_owned());
    }
    if figure.file.is_some() && figure.columns.is_empty() {
        return Err("name the columns of the file to add up".to_owned());
    }
    if figure.by_letters.is_some() && figure.by.is_none() {
        return Err("by_letters needs by".to_owned());
    }
    let worked_out = !figure.less.is_empty() || !figure.times.is_empty() || figure.over.is_some();
    if figure.by.is_some() && worked_out {
        let message = "a figure with by is read and no more; work it out in a figure of its own";
        return Err(message.to_owned());
    }
    Ok(())
}

/// The sum over the rows that are meant, and over those of each value of `by`.
fn read(
    figure: &FigureDefinition,
    sheet: &Sheet,
) -> Result<(Decimal, BTreeMap<String, Decimal>), String> {
    let filters = figure.only.keys().chain(figure.starts.keys());
    for column in filters.chain(&figure.columns).chain(&figure.by) {
        sheet.has(column)?;
    }
    let unit = Decimal::whole(u64::from(figure.unit.unwrap_or(1)));
    let mut sum = Decimal::ZERO;
    let mut parts: BTreeMap<String, Decimal> = BTreeMap::new();
    let mut rows = 0_u32;
    for row in sheet.rows().filter(|row| meant(figure, row)) {
        rows = rows.saturating_add(1);
        let amount = amount(figure, sheet, &row)?.times(unit).ok_or(TOO_LARGE)?;
        sum = sum.plus(amount).ok_or(TOO_LARGE)?;
        if let Some(by) = &figure.by {
            let part = parts.entry(key(figure, row.get(by))).or_default();
            *part = part.plus(amount).ok_or(TOO_LARGE)?;
        }
    }
    if rows == 0 {
        return Err(no_rows(figure, sheet));
    }
    Ok((sum, parts))
}

fn key(figure: &FigureDefinition, value: &str) -> String {
    match figure.by_letters {
        Some(letters) => value.chars().take(letters).collect(),
        None => value.to_owned(),
    }
}

fn meant(figure: &FigureDefinition, row: &SheetRow<'_>) -> bool {
    let is = |(column, values): (&String, &super::definition::OneOrMore)| {
        values.all().iter().any(|value| value == row.get(column))
    };
    let starts = |(column, values): (&String, &super::definition::OneOrMore)| {
        values.all().iter().any(|value| row.get(column).starts_with(value.as_str()))
    };
    figure.only.iter().all(is) && figure.starts.iter().all(starts)
}

fn amount(figure: &FigureDefinition, sheet: &Sheet, row: &SheetRow<'_>) -> Result<Decimal, String> {
    let mut sum = Decimal::ZERO;
    for column in &figure.columns {
        let cell = row.get(column);
        if cell.is_empty() && figure.empty_is_nothing {
            continue;
        }
        let number = Decimal::parse(cell).ok_or_else(|| {
            format!(
                "{}, row {}, column {column} holds \"{cell}\", not a number; leave the row out with \
                 where{}",
                sheet.name,
                row.line,
                if cell.is_empty() { ", or say empty_is_nothing = true" } else { "" }
            )
        })?;
        sum = sum.plus(number).ok_or(TOO_LARGE)?;
    }
    Ok(sum)
}

/// Which of the filters leaves nothing, with the nearest value there is.
fn no_rows(figure: &FigureDefinition, sheet: &Sheet) -> String {
    for (column, values) in &figure.only {
        let found: Vec<&str> = sheet.rows().map(|row| row.get(column)).collect();
        for value in values.all() {
            if !found.contains(&value.as_str()) {
                let hint = crate::did_you_mean(value, found.iter().copied());
                return format!("{} has no row whose {column} is \"{value}\"{hint}", sheet.name);
            }
        }
    }
    format!("{} has no row that meets all of where and where_starts", sheet.name)
}
