//! Which definition a header belongs to; where none, what is missing, new or renamed.

use quantities::FinYear;
use std::collections::BTreeSet;

use super::Kind;
use super::definition::{Published, PublishedDefinition};
use super::sheet::named;

fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("\"{}\"", named(name))).collect();
    names.join(", ")
}

/// How a header differs from a definition.
struct Differs<'a> {
    missing: Vec<&'a str>,
    new: Vec<&'a str>,
}

fn differs<'a>(definition: &'a PublishedDefinition, header: &'a [String]) -> Differs<'a> {
    let used = definition.used();
    let known = |name: &&str| used.contains(name) || definition.ignored.iter().any(|it| it == name);
    let there: BTreeSet<&str> = header.iter().map(String::as_str).collect();
    Differs {
        missing: used.iter().copied().filter(|name| !there.contains(name)).collect(),
        new: header.iter().map(String::as_str).filter(|name| !known(name)).collect(),
    }
}

impl Differs<'_> {
    const fn not_at_all(&self) -> bool {
        self.missing.is_empty() && self.new.is_empty()
    }

    fn count(&self) -> usize {
        self.missing.len() + self.new.len()
    }

    /// Each column that seems renamed, then what is missing and what is new.
    fn in_words(&self) -> String {
        let mut missing = self.missing.clone();
        let mut new = self.new.clone();
        let mut parts = Vec::new();
        for name in self.new.iter().copied() {
            if let Some(old) = crate::nearest(name, missing.iter().copied()) {
                parts.push(format!(
                    "a column is renamed: {}, expected {}",
                    quoted([name]),
                    quoted([old])
                ));
                let old = old.to_owned();
                missing.retain(|it| *it != old);
                new.retain(|it| *it != name);
            }
        }
        if !missing.is_empty() {
            parts.push(format!("missing: {}", quoted(missing)));
        }
        if !new.is_empty() {
            parts.push(format!("new: {}", quoted(new)));
        }
        parts.join("; ")
    }
}

/// The rule broken, and the mend.
type Wrong = (&'static str, String);

/// The definition whose columns these are, with its name; otherwise the rule and what is missing,
/// new or renamed.
pub fn recognised<'a>(
    published: &'a Published,
    kind: Kind,
    header: &[String],
    year: Option<FinYear>,
) -> Result<(&'a str, &'a PublishedDefinition), Wrong> {
    let mut seen = BTreeSet::new();
    if let Some(twice) = header.iter().find(|name| !seen.insert(name.as_str())) {
        let message =
            format!("the column {} is there twice; download it again", quoted([twice.as_str()]));
        return Err(("import.header", message));
    }
    let fitting: Vec<_> =
        published.of_kind(kind).filter(|(_, it)| differs(it, header).not_at_all()).collect();
    let of_year: Vec<_> = fitting
        .iter()
        .copied()
        .filter(|(_, it)| year.is_none_or(|year| it.year == year || it.years.contains(&year)))
        .collect();
    match (of_year.as_slice(), fitting.as_slice(), year) {
        ([found], _, _) => Ok(*found),
        ([], [], _) => Err(unknown(published, kind, header)),
        ([], some, Some(year)) => Err(("import.year", unknown_year(kind, some, year))),
        (several, _, _) => {
            let years = several.iter().map(|(_, it)| it.year.to_string()).collect::<Vec<_>>();
            let message = format!(
                "files of {} have the same columns, and nothing in the file tells the year; say it \
                 with --year",
                years.join(" and ")
            );
            Err(("import.year", message))
        }
    }
}

fn unknown_year(kind: Kind, some: &[(&str, &PublishedDefinition)], year: FinYear) -> String {
    let years: BTreeSet<FinYear> =
        some.iter().flat_map(|(_, it)| it.years.iter().copied().chain([it.year])).collect();
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    format!(
        "there is no definition of {kind} for {year}; known with these columns: {}; if the \
         publication is of {year}, add {kind}-{year}.toml to models/published",
        years.join(", ")
    )
}

fn unknown(published: &Published, kind: Kind, header: &[String]) -> Wrong {
    if let Some((name, other)) =
        published.iter().find(|(_, it)| it.kind != kind && differs(it, header).not_at_all())
    {
        let message = format!(
            "this is not {kind} but {} ({name}); use `valuebook import {}`",
            other.publication, other.kind
        );
        return ("import.kind", message);
    }
    let nearest = published
        .of_kind(kind)
        .map(|(name, it)| (differs(it, header), name, it))
        .min_by_key(|(differs, _, _)| differs.count());
    let Some((differs, name, definition)) = nearest else {
        return ("import.kind", format!("models/published has no definition of {kind}; add one"));
    };
    let used = definition.used().len();
    if differs.missing.len() * 2 > used {
        let message = format!(
            "this does not look like {kind}: of the {used} columns of the nearest definition, \
             {name}, {} are missing ({}); give the data file of the publication, its header in the \
             first row",
            differs.missing.len(),
            quoted(differs.missing.iter().copied().take(6)),
        );
        return ("import.kind", message);
    }
    let message = format!(
        "the header is not that of {name}, the nearest definition: {}; if the publication has \
         changed, add a definition to models/published",
        differs.in_words()
    );
    ("import.header", message)
}
