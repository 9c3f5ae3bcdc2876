//! Populations weighted for need, added up from practices to places. The file has no deprivation:
//! the book's table is made only where the board gives each practice its quintile.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{Build, InBook};
use super::decimal::Decimal;
use super::sheet::{Sheet, SheetRow};

pub const ROLES: [&str; 8] = [
    "practice",
    "place",
    "place_name",
    "icb",
    "patients",
    "population",
    "weighted",
    "weighted_primary",
];

/// The name of the file by place.
const BESIDE: &str = "POPULATION_BY_PLACE";
const HEAD: [&str; 7] = [
    "fin_year",
    "place_code",
    "place_name",
    "practices",
    "population",
    "weighted_population",
    "weighted_primary_medical_care",
];

#[derive(Default)]
struct Sums {
    practices: u64,
    population: Decimal,
    weighted: Decimal,
    primary: Decimal,
}

#[derive(Default)]
struct Found<'a> {
    places: BTreeMap<(&'a str, &'a str), Sums>,
    quintiles: BTreeMap<(&'a str, u8), Sums>,
    all: Sums,
    patients: Option<Decimal>,
    without_patients: u64,
    without_quintile: BTreeSet<&'a str>,
    boards: BTreeSet<&'a str>,
}

/// Reads practices into `POPULATION_BY_PLACE.csv` and, with quintiles, `population`.
pub fn read(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let mut found = Found::default();
    for row in sheet.rows() {
        practice(sheet, &row, build, &mut found);
    }
    if let Some(icb) = build.selection.icb.as_deref().filter(|icb| !found.boards.contains(icb)) {
        let hint = crate::did_you_mean(icb, found.boards.iter().copied());
        let message = format!("no practice is of the board \"{}\"{hint}", super::sheet::named(icb));
        build.report.push(crate::Problem::of_file(sheet.file, "import.no_such_icb", message));
    }
    list_sizes(&found, build);
    by_place(sheet, build, &found);
    if build.selection.quintiles.is_empty() {
        let message = "the file has no deprivation, so population.csv (people by place and \
                       deprivation quintile) is not made; give --deprivation with the quintile of \
                       each practice";
        build.note("import.no_quintiles", message.to_owned());
    } else {
        by_quintile(sheet, build, &found);
    }
}

fn practice<'a>(
    sheet: &'a Sheet<'a>,
    row: &SheetRow<'a>,
    build: &mut Build<'_>,
    found: &mut Found<'a>,
) -> Option<()> {
    let code = row.needed("practice", &mut build.report)?;
    let place = row.needed("place", &mut build.report)?;
    let population = row.number("population", &mut build.report)?;
    let weighted = row.number("weighted", &mut build.report)?;
    let primary = row.number("weighted_primary", &mut build.report)?;
    let patients = row.figure("patients", &mut build.report)?;
    found.boards.insert(row.text("icb"));
    let of_board = build.selection.icb.as_deref().is_none_or(|icb| icb == row.text("icb"));
    let fresh = build.once(sheet, row, "practice", code);
    if !build.wants(code) || !of_board || !fresh {
        return None;
    }
    match patients.given() {
        Some(patients) => {
            let sum = found.patients.get_or_insert(Decimal::ZERO);
            build.add(sum, patients, row, "patients");
        }
        None => found.without_patients += 1,
    }
    let quintile = build.selection.quintiles.get(code);
    if quintile.is_none() {
        found.without_quintile.insert(code);
    }
    let by_quintile =
        quintile.map(|quintile| found.quintiles.entry((place, *quintile)).or_default());
    let by_place = found.places.entry((place, row.text("place_name"))).or_default();
    for sums in by_quintile.into_iter().chain([by_place, &mut found.all]) {
        sums.practices += 1;
        build.add(&mut sums.population, population, row, "population");
        build.add(&mut sums.weighted, weighted, row, "weighted");
        build.add(&mut sums.primary, primary, row, "weighted_primary");
    }
    Some(())
}

/// The file has two list sizes; they are not mixed.
fn list_sizes(found: &Found<'_>, build: &mut Build<'_>) {
    let message = match found.patients {
        None => format!(
            "the list size `patients` is empty in all {} rows; `population` is used, never a mix",
            found.without_patients
        ),
        Some(patients) => format!(
            "two list sizes: `patients` {patients} ({} empty) and `population` {}; the second is \
             used, never a mix",
            found.without_patients, found.all.population
        ),
    };
    build.note("import.two_list_sizes", message);
}

fn by_place(sheet: &Sheet<'_>, build: &mut Build<'_>, found: &Found<'_>) {
    let definition = sheet.definition;
    let (mut population, mut weighted) = (Decimal::ZERO, Decimal::ZERO);
    for ((place, name), sums) in &found.places {
        population = population.plus(sums.population).unwrap_or(population);
        weighted = weighted.plus(sums.weighted).unwrap_or(weighted);
        let row = [
            definition.year.to_string(),
            (*place).to_owned(),
            (*name).to_owned(),
            sums.practices.to_string(),
            sums.population.to_string(),
            sums.weighted.to_string(),
            sums.primary.to_string(),
        ];
        build.beside(BESIDE, HEAD, row);
        let source = definition.source(definition.year);
        build.source(BESIDE, place, "", "all columns", "derived", &source);
    }
    let all = &found.all;
    build.total("population", "people", all.population, InBook::Beside(population), None);
    build.total("weighted population", "people", all.weighted, InBook::Beside(weighted), None);
}

fn by_quintile(sheet: &Sheet<'_>, build: &mut Build<'_>, found: &Found<'_>) {
    let definition = sheet.definition;
    if !found.without_quintile.is_empty() {
        let codes: Vec<&str> = found.without_quintile.iter().copied().take(8).collect();
        let message = format!(
            "{} practices have no quintile in the deprivation file (such as {}); add them, or their \
             people would be missing",
            found.without_quintile.len(),
            codes.join(", ")
        );
        let problem = crate::Problem::of_file(sheet.file, "import.no_quintile", message);
        build.report.push(problem);
        return;
    }
    for ((place, quintile), sums) in &found.quintiles {
        let source = definition.source(definition.year);
        build.source(
            "population",
            place,
            "",
            "population, weighted_population",
            "derived",
            &source,
        );
        let what = "the quintile of each practice, from the board's deprivation file";
        build.source("population", place, "", "imd_quintile", "derived", what);
        let cells = [
            ("place_code", (*place).to_owned()),
            ("imd_quintile", quintile.to_string()),
            ("population", sums.population.to_string()),
            ("weighted_population", sums.weighted.to_string()),
        ];
        build.row("population", cells);
    }
    let all = &found.all;
    let in_book = InBook::All("population", "population");
    build.total("population by quintile", "people", all.population, in_book, None);
    let in_book = InBook::All("population", "weighted_population");
    build.total("weighted population by quintile", "people", all.weighted, in_book, None);
}
