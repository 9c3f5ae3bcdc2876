//! Patient-reported outcomes of hip and knee replacement, one outcome a provider, procedure and
//! measure. The scale follows the measure: only the EQ-5D index is a utility.

use super::build::{Build, InBook};
use super::decimal::Decimal;
use super::definition::{MeasureDefinition, ServiceDefinition};
use super::sheet::{Sheet, SheetRow};

pub const ROLES: [&str; 11] = [
    "procedure",
    "org_type",
    "provider",
    "name",
    "measure",
    "records",
    "before",
    "after",
    "gain",
    "adjusted_gain",
    "sd",
];

#[derive(Default)]
struct Sums {
    records: Decimal,
    left_out: u64,
    without_figures: u64,
    unadjusted: u64,
    negative: u64,
}

/// Reads outcomes into `outcomes`, `services` and `providers`.
pub fn read(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let mut sums = Sums::default();
    for row in sheet.rows() {
        outcome(sheet, &row, build, &mut sums);
    }
    let reasons: Vec<&str> = sheet.definition.left_out.values().map(String::as_str).collect();
    let mut say = |count: u64, code, rest: String| {
        if count > 0 {
            build.note(code, format!("{count} rows {rest}"));
        }
    };
    say(sums.left_out, "import.left_out", format!("are left out: {}", reasons.join("; ")));
    say(
        sums.without_figures,
        "import.no_outcome",
        "of wanted providers have no figures (hidden, or nobody answered): no outcome is made of them"
            .to_owned(),
    );
    say(
        sums.unadjusted,
        "import.unadjusted",
        "have means before and after and no adjusted gain (fewer than 30 records): the plain change \
         stands, with the lower evidence grade"
            .to_owned(),
    );
    say(
        sums.negative,
        "import.negative_gain",
        "show a loss: it is kept as a negative gain".to_owned(),
    );
    let in_book = InBook::All("outcomes", "patients");
    build.total(
        "modelled records, over procedures and measures",
        "records",
        sums.records,
        in_book,
        None,
    );
}

fn outcome(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
    sums: &mut Sums,
) -> Option<()> {
    let definition = sheet.definition;
    let kind = row.needed("org_type", &mut build.report)?;
    let procedure = row.needed("procedure", &mut build.report)?;
    let provider = row.needed("provider", &mut build.report)?;
    if definition.left_out.contains_key(kind) || definition.left_out.contains_key(procedure) {
        sums.left_out += 1;
        return None;
    }
    if !definition.providers.sectors.contains_key(kind) {
        unknown(sheet, row, "org_type", build);
        return None;
    }
    let Some(service) = definition.service_named(procedure) else {
        unknown(sheet, row, "procedure", build);
        return None;
    };
    let Some(measure) = definition.measures.iter().find(|it| it.of == row.text("measure")) else {
        unknown(sheet, row, "measure", build);
        return None;
    };
    let key = format!("{provider}, {procedure}, {}", measure.of);
    let figures = figures(row, build)?;
    if !build.once(sheet, row, "provider", &key) || !build.wants(provider) {
        return None;
    }
    let (Some(records), true) = (figures.records, figures.change.or(figures.adjusted).is_some())
    else {
        sums.without_figures += 1;
        return None;
    };
    sums.unadjusted += u64::from(figures.adjusted.is_none());
    let gain = figures.adjusted.or(figures.change);
    sums.negative += u64::from(gain.is_some_and(Decimal::is_negative));
    build.add(&mut sums.records, records, row, "records");
    build.provider(definition, provider, Some(row.text("name")), Some(kind));
    build.service(definition, provider, service);
    put(sheet, row, build, (service, measure), &figures);
    Some(())
}

fn unknown(sheet: &Sheet<'_>, row: &SheetRow<'_>, role: &str, build: &mut Build<'_>) {
    let message = format!(
        "\"{}\" is not in the definition {}; add it there, or among what is left out",
        super::sheet::named(row.text(role)),
        sheet.name
    );
    build.report.push(row.problem_in(role, "import.code", message));
}

struct Figures {
    records: Option<Decimal>,
    before: Option<Decimal>,
    after: Option<Decimal>,
    /// After less before.
    change: Option<Decimal>,
    adjusted: Option<Decimal>,
    sd: Option<Decimal>,
}

fn figures(row: &SheetRow<'_>, build: &mut Build<'_>) -> Option<Figures> {
    let mut figure = |role| row.figure(role, &mut build.report).map(|figure| figure.given());
    let (records, before, after) = (figure("records")?, figure("before")?, figure("after")?);
    let (gain, adjusted, sd) = (figure("gain")?, figure("adjusted_gain")?, figure("sd")?);
    let change = before.zip(after).and_then(|(before, after)| after.minus(before));
    if let Some(off) = change.zip(gain).and_then(|(change, gain)| change.minus(gain)) {
        // Means are written with six digits.
        let thousandth = Decimal::parse("0.001").unwrap_or_default();
        if !off.size().at_most(thousandth) {
            let message = "the gain is not the mean after less the mean before: the row is damaged; download \
                 it again";
            build.report.push(row.problem_in("gain", "import.arithmetic", message));
        }
    }
    Some(Figures { records, before, after, change, adjusted, sd })
}

fn put(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
    (service, measure): (&ServiceDefinition, &MeasureDefinition),
    figures: &Figures,
) {
    let definition = sheet.definition;
    let provider = row.text("provider");
    let text = |number: Option<Decimal>| number.map_or_else(String::new, |it| it.to_string());
    let lower = measure.unadjusted_grade.as_ref().filter(|_| figures.adjusted.is_none());
    let what = if figures.adjusted.is_some() { "adjusted average health gain" } else { "change" };
    let source = format!(
        "{}: {}, {}, {what}",
        definition.source(definition.year),
        row.text("procedure"),
        measure.of
    );
    build.source(
        "outcomes",
        provider,
        &service.code,
        "patients, means and gain",
        "published",
        &source,
    );
    build.source(
        "outcomes",
        provider,
        &service.code,
        "gain_se",
        "derived",
        "the published standard deviation over the square root of the modelled records",
    );
    let decided = definition.decided();
    build.source("outcomes", provider, &service.code, "evidence_grade", "default", &decided);
    let cells = [
        ("provider_code", provider.to_owned()),
        ("service_code", service.code.clone()),
        ("fin_year", definition.year.to_string()),
        ("cohort", measure.cohort.clone().unwrap_or_else(|| "all".to_owned())),
        ("measure", measure.measure.clone()),
        ("value_set", measure.value_set.clone().unwrap_or_default()),
        ("patients", text(figures.records)),
        ("baseline_mean", text(figures.before)),
        ("followup_mean", text(figures.after)),
        ("gain_mean", text(figures.adjusted)),
        ("gain_se", standard_error(figures)),
        ("evidence_grade", lower.unwrap_or(&measure.grade).clone()),
        ("source", source),
    ];
    build.row("outcomes", cells);
}

/// Of the mean adjusted gain: the published standard deviation over √ records.
fn standard_error(figures: &Figures) -> String {
    let of_mean = figures.sd.zip(figures.records).filter(|_| figures.adjusted.is_some());
    let number =
        of_mean.and_then(|(sd, records)| Some(sd.to_number()? / records.to_number()?.sqrt()));
    number.filter(|se| se.is_finite()).map_or_else(String::new, |se| format!("{se:.6}"))
}
