//! `valuebook value`.

use ::value::{ValueOptions, ValueTable};
use api::evidence::{EvidenceJson, Made};
use api::export;
use api::uncertainty::{FigureWorthJson, UncertaintyJson};
use api::value::{ServiceValueJson, ValueJson};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use quantities::words::{gbp_per_qaly, money_short, pounds, qaly, range_words};
use std::path::Path;

use crate::args::{Format, ValueArgs};
use crate::check::parse_day;
use crate::inputs;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};

pub fn run(models: Option<&Path>, args: &ValueArgs) -> Ended {
    let catalogue = inputs::catalogue_for(models, &args.folder)?;
    let parameters = inputs::parameters(&catalogue, args.params.as_deref())?;
    let (book, _) = inputs::book(&catalogue, &args.folder)?;
    let year = book
        .latest_cost_year()
        .ok_or_else(|| Stop::refused("costs.csv has no rows; add the year's costs"))?;
    let in_force = parameters.for_year(year).map_err(Stop::cannot_run)?;
    let options = ValueOptions::plain(year);
    let instruments = &catalogue.instruments;
    let table = ValueTable::of(&book, instruments, &in_force, &options).map_err(Stop::refused)?;
    let json = ValueJson::from(&table);
    if args.evidence {
        let today = match args.today.as_deref() {
            Some(day) => parse_day(day)?,
            None => Timestamp::now().to_zoned(TimeZone::UTC).date(),
        };
        let made = Made {
            book: &book,
            instruments,
            parameters: &parameters,
            in_force: &in_force,
            options: &options,
            method: &catalogue.method,
            today,
        };
        let evidence = EvidenceJson::of(&made, &table);
        match args.format {
            Format::Json => text::print(&text::json(&evidence)?),
            Format::Text => text::print(&find_out_next(&evidence.uncertainty)),
            Format::Csv => {
                let rows = &evidence.uncertainty.information.figures;
                text::print(&export::csv(&export::FIGURES, rows).map_err(Stop::cannot_run)?);
            }
        }
        return Ok(Exit::Done);
    }
    match args.format {
        Format::Json => text::print(&text::json(&json)?),
        Format::Csv => {
            let csv = export::csv(&export::VALUES, &json.services).map_err(Stop::cannot_run)?;
            text::print(&csv);
        }
        Format::Text => text::print(&in_words(&json)),
    }
    Ok(Exit::Done)
}

fn or_dash<T>(figure: Option<T>, words: impl Fn(T) -> String) -> String {
    figure.map_or_else(|| "–".to_owned(), words)
}

fn price(price: Option<f64>) -> String {
    or_dash(price, |price| gbp_per_qaly(Some(price)))
}

fn place(service: &ServiceValueJson) -> String {
    or_dash(service.order, |order| match (service.order_low, service.order_high) {
        (Some(low), Some(high)) => format!("{order} ({low} to {high})"),
        _ => order.to_string(),
    })
}

/// The value table in words, in the order of lists; every figure as the pages write it.
pub fn in_words(json: &ValueJson) -> String {
    let mut services: Vec<&ServiceValueJson> = json.services.iter().collect();
    services.sort_by_key(|service| (service.order.unwrap_or(u32::MAX), &service.service));
    let mut table = Table::new([
        "service",
        "name",
        "sector",
        "rank",
        "spend",
        "healthy years (QALYs)",
        "average £/QALY",
        "last pound £/QALY",
        "which may be",
        "grade",
        "elasticity",
    ])
    .left(3);
    for service in services {
        let range = service.marginal_low_gbp_per_qaly.map(|low| {
            let low = price(Some(low));
            match service.marginal_high_gbp_per_qaly {
                Some(high) => range_words(&low, &price(Some(high))),
                None => format!("{low} or more"),
            }
        });
        table.row([
            service.service.clone(),
            service.name.chars().take(38).collect(),
            service.sector.clone(),
            place(service),
            money_short(service.spend_gbp),
            or_dash(service.qaly, qaly),
            price(service.average_gbp_per_qaly),
            price(service.marginal_gbp_per_qaly),
            range.unwrap_or_else(|| "–".to_owned()),
            service.evidence_grade.clone().unwrap_or_else(|| "–".to_owned()),
            service.elasticity_source.clone().unwrap_or_else(|| "–".to_owned()),
        ]);
    }
    let mut out = format!(
        "Value of {} service lines, {} prices, value set {}, threshold {} per QALY.\nA dash is a \
         missing figure, never nought. The rank is by the last pound, drawn toward comparable \
         lines as far as it is uncertain.\n\n{table}\n",
        json.services.len(),
        json.base_year,
        json.value_set,
        pounds(json.threshold_gbp_per_qaly)
    );
    for note in &json.notes {
        out.push_str(&format!("· {note}\n"));
    }
    out
}

/// How many figures are named in words.
const NAMED: usize = 20;

/// Which figure to collect next, in words.
fn find_out_next(json: &UncertaintyJson) -> String {
    let information = &json.information;
    let mut table =
        Table::new(["figure", "of", "in table", "column", "lines", "QALY a year", "£ a year"])
            .left(4);
    for figure in information.figures.iter().take(NAMED) {
        table.row([
            figure.figure.clone(),
            subject(figure),
            figure.table.clone(),
            figure.column.clone(),
            figure.lines.to_string(),
            qaly(figure.worth.qaly),
            pounds(figure.worth.gbp),
        ]);
    }
    format!(
        "Knowing every figure would be worth {} healthy years (QALYs) a year, {} at {} each: the \
         most that finding out is worth. Which figure to collect next:\n\n{table}",
        qaly(information.all.qaly),
        pounds(information.all.gbp),
        pounds(json.threshold_gbp_per_qaly),
    )
}

fn subject(figure: &FigureWorthJson) -> String {
    match (&figure.service, &figure.cohort, &figure.source) {
        (Some(service), Some(cohort), _) => format!("{service} ({cohort})"),
        (Some(service), None, _) => service.clone(),
        (None, _, source) => source.clone().unwrap_or_default(),
    }
}
