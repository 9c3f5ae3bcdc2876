//! NHS Talking Therapies annual measures in two shapes: rates by provider, and scores at the start
//! and end by provider and therapy.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{Build, InBook};
use super::decimal::Decimal;
use super::definition::MeasureDefinition;
use super::sheet::{Figure, Sheet, SheetRow, named};
use quantities::FinYear;

/// One row a provider.
pub const RATES: [&str; 4] = ["provider", "name", "icb", "finished"];

/// One row a figure.
pub const SCORES: [&str; 10] = [
    "year",
    "org_type",
    "provider",
    "name",
    "breakdown",
    "therapy",
    "measure",
    "statistic",
    "time",
    "value",
];

/// Reads rates by provider into `outcomes`, `services` and `providers`.
pub fn rates(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let (mut finished, mut hidden) = (Decimal::ZERO, Decimal::ZERO);
    let mut boards = BTreeSet::new();
    let mut five = 0_u64;
    for row in sheet.rows() {
        five += u64::from(row.text("provider").len() == 5);
        boards.insert(row.text("icb").to_owned());
        rate_row(sheet, &row, build, &mut finished, &mut hidden);
    }
    if five > 0 {
        let message = format!(
            "{five} of {} codes have five characters: sites, or organisations that are not trusts, \
             beside trusts of three; each is kept as it stands and none is added to its trust",
            sheet.len()
        );
        build.note("import.sites", message);
    }
    if let Some(icb) = build.selection.icb.as_deref().filter(|icb| !boards.contains(*icb)) {
        let hint = crate::did_you_mean(icb, boards.iter().map(String::as_str));
        let message = format!(
            "no row is of the board \"{}\"{hint}; the file has the codes after the mergers of \
             boards: {}",
            named(icb),
            boards.iter().cloned().collect::<Vec<_>>().join(", ")
        );
        let problem = crate::Problem::of_file(sheet.file, "import.no_such_icb", message);
        build.report.push(problem);
    }
    let of = vec![("measure", only("recovery_rate")), ("cohort", only("all"))];
    let in_book = InBook::Of("outcomes", "patients", of);
    let why = "courses at providers whose recovery is hidden are not in the book".to_owned();
    build.total("finished courses of treatment", "courses", finished, in_book, Some((hidden, why)));
}

fn only(text: &str) -> BTreeSet<String> {
    [text.to_owned()].into()
}

fn rate_row(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
    finished: &mut Decimal,
    hidden: &mut Decimal,
) -> Option<()> {
    let definition = sheet.definition;
    let provider = row.needed("provider", &mut build.report)?;
    let of_board = build.selection.icb.as_deref().is_none_or(|icb| icb == row.text("icb"));
    let courses = row.figure("finished", &mut build.report)?;
    let fresh =
        build.once(sheet, row, "provider", &format!("{provider}, rates, {}", definition.year));
    let wanted = build.wants(provider) && build.wants_year(definition.year) && of_board && fresh;
    let mut rates = Vec::new();
    for measure in &definition.measures {
        let Some(column) = &measure.column else { continue };
        let figure = row.figure_in(column, &mut build.report)?;
        if let Some(percent) = figure.given() {
            within_percent(row, column, percent, build)?;
        }
        rates.push((measure, figure));
    }
    let (Some(courses), true) = (courses.given(), wanted) else { return None };
    build.add(finished, courses, row, "finished");
    let service = definition.services.first()?;
    build.provider(definition, provider, Some(row.text("name")), None);
    build.service(definition, provider, service);
    for (measure, figure) in rates {
        let Figure::Given(percent) = figure else {
            if measure.measure == "recovery_rate" {
                build.add(hidden, courses, row, "finished");
            }
            continue;
        };
        let cohort = measure.cohort.clone().unwrap_or_else(|| "all".to_owned());
        let outcome = Outcome {
            provider,
            year: definition.year,
            cohort: &cohort,
            measure,
            patients: courses,
            before: None,
            after: None,
            gain: Some(percent.hundredth()),
            spend_share: None,
        };
        put(sheet, build, &outcome);
    }
    Some(())
}

fn within_percent(
    row: &SheetRow<'_>,
    column: &str,
    percent: Decimal,
    build: &mut Build<'_>,
) -> Option<()> {
    if !percent.is_negative() && percent.at_most(Decimal::whole(100)) {
        return Some(());
    }
    let message = "a percentage lies between 0 and 100; download it again";
    build.report.push(row.problem(column, "import.percent", message));
    None
}

/// The figures of one provider and therapy, by measure, statistic and time.
type Figures<'a> = BTreeMap<(&'a str, &'a str, &'a str), Decimal>;

/// Reads scores by therapy into `outcomes`, `services` and `providers`.
pub fn scores(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let mut found: BTreeMap<(&str, FinYear, &str), Figures<'_>> = BTreeMap::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut elsewhere = 0_u64;
    for row in sheet.rows() {
        match score(sheet, &row, build) {
            Scored::Elsewhere => elsewhere += 1,
            Scored::Nothing => {}
            Scored::Of { provider, year, cohort, key, value } => {
                let name = names.entry(provider).or_insert(row.text("name"));
                *name = (*name).min(row.text("name"));
                let figures = found.entry((provider, year, cohort)).or_default();
                figures.extend(value.map(|value| (key, value)));
            }
        }
    }
    if elsewhere > 0 {
        let message = format!(
            "{elsewhere} rows are of other kinds of organisation or of parts of the patients, and \
             are left out"
        );
        build.note("import.left_out", message);
    }
    therapies(sheet, build, &found, &names);
}

enum Scored<'a> {
    Nothing,
    Elsewhere,
    Of {
        provider: &'a str,
        year: FinYear,
        cohort: &'a str,
        key: (&'a str, &'a str, &'a str),
        value: Option<Decimal>,
    },
}

fn score<'a>(sheet: &'a Sheet<'a>, row: &SheetRow<'a>, build: &mut Build<'_>) -> Scored<'a> {
    let definition = sheet.definition;
    let (kind, breakdown) = (row.text("org_type"), row.text("breakdown"));
    if !definition.providers.sectors.contains_key(kind) || breakdown != "Total" {
        return Scored::Elsewhere;
    }
    let Some(provider) = row.needed("provider", &mut build.report) else { return Scored::Nothing };
    let Some(year) = row.year("year", &mut build.report) else { return Scored::Nothing };
    let therapy = row.text("therapy");
    let Some(cohort) = definition.cohorts.get(therapy) else {
        let message = format!(
            "the therapy \"{}\" is not in the definition {}; add it there with a code",
            named(therapy),
            sheet.name
        );
        build.report.push(row.problem_in("therapy", "import.code", message));
        return Scored::Nothing;
    };
    let Some(figure) = row.figure("value", &mut build.report) else { return Scored::Nothing };
    let key = (row.text("measure"), row.text("statistic"), row.text("time"));
    let name = format!("{provider}, {year}, {therapy}, {} {} {}", key.0, key.1, key.2);
    let fresh = build.once(sheet, row, "measure", &name);
    if !build.wants(provider) || !build.wants_year(year) || !fresh {
        return Scored::Nothing;
    }
    Scored::Of { provider, year, cohort, key, value: figure.given() }
}

fn therapies(
    sheet: &Sheet<'_>,
    build: &mut Build<'_>,
    found: &BTreeMap<(&str, FinYear, &str), Figures<'_>>,
    names: &BTreeMap<&str, &str>,
) {
    let definition = sheet.definition;
    let counted = definition.patients.as_deref().unwrap_or_default();
    let patients = |figures: &Figures<'_>| figures.get(&(counted, "count", "")).copied();
    let mut all: BTreeMap<(&str, FinYear), Decimal> = BTreeMap::new();
    for ((provider, year, _), figures) in found {
        let sum = all.entry((provider, *year)).or_default();
        *sum = sum.plus(patients(figures).unwrap_or_default()).unwrap_or(*sum);
    }
    let mut hidden = BTreeSet::new();
    let mut scored = Decimal::ZERO;
    for ((provider, year, cohort), figures) in found {
        let Some(patients) = patients(figures) else {
            hidden.insert(format!("{provider} {cohort}"));
            continue;
        };
        let share = all.get(&(*provider, *year)).and_then(|all| patients.part_of(*all));
        for measure in &definition.measures {
            let of =
                |statistic, time| figures.get(&(measure.of.as_str(), statistic, time)).copied();
            let gain = of("percentage", "").filter(|_| measure.percent).map(Decimal::hundredth);
            let (before, after) = (of("mean", "start"), of("mean", "end"));
            if gain.is_none() && before.and(after).is_none() {
                continue;
            }
            if let Some(service) = definition.services.first() {
                let name = names.get(provider).copied();
                build.provider(definition, provider, name, None);
                build.service(definition, provider, service);
            }
            if measure.measure == "phq9" {
                scored = scored.plus(patients).unwrap_or(scored);
            }
            put(
                sheet,
                build,
                &Outcome {
                    provider,
                    year: *year,
                    cohort,
                    measure,
                    patients,
                    before: before.filter(|_| gain.is_none()),
                    after: after.filter(|_| gain.is_none()),
                    gain,
                    spend_share: share,
                },
            );
        }
    }
    if !hidden.is_empty() {
        let message = format!(
            "{} therapies of a provider have a hidden number of courses and give no outcome: {}",
            hidden.len(),
            hidden.into_iter().collect::<Vec<_>>().join(", ")
        );
        build.note("import.no_outcome", message);
    }
    let in_book = InBook::Of("outcomes", "patients", vec![("measure", only("phq9"))]);
    build.total("courses of therapy with PHQ-9 scores", "courses", scored, in_book, None);
}

struct Outcome<'a> {
    provider: &'a str,
    year: FinYear,
    cohort: &'a str,
    measure: &'a MeasureDefinition,
    patients: Decimal,
    before: Option<Decimal>,
    after: Option<Decimal>,
    gain: Option<Decimal>,
    spend_share: Option<Decimal>,
}

fn put(sheet: &Sheet<'_>, build: &mut Build<'_>, outcome: &Outcome<'_>) {
    let definition = sheet.definition;
    let Some(service) = definition.services.first() else { return };
    let text = |number: Option<Decimal>| number.map_or_else(String::new, |it| it.to_string());
    let source = format!("{}: {}", definition.source(outcome.year), outcome.measure.of);
    let columns = "patients, means and gain";
    build.source("outcomes", outcome.provider, &service.code, columns, "published", &source);
    let decided = definition.decided();
    let columns = "cohort, evidence_grade";
    build.source("outcomes", outcome.provider, &service.code, columns, "default", &decided);
    if outcome.spend_share.is_some() {
        let how = "the therapy's part of all courses of the provider that are not hidden";
        build.source("outcomes", outcome.provider, &service.code, "spend_share", "derived", how);
    }
    let cells = [
        ("provider_code", outcome.provider.to_owned()),
        ("service_code", service.code.clone()),
        ("fin_year", outcome.year.to_string()),
        ("cohort", outcome.cohort.to_owned()),
        ("measure", outcome.measure.measure.clone()),
        ("value_set", outcome.measure.value_set.clone().unwrap_or_default()),
        ("patients", outcome.patients.to_string()),
        ("baseline_mean", text(outcome.before)),
        ("followup_mean", text(outcome.after)),
        ("gain_mean", text(outcome.gain)),
        ("evidence_grade", outcome.measure.grade.clone()),
        ("spend_share", text(outcome.spend_share)),
        ("source", source),
    ];
    build.row("outcomes", cells);
}
