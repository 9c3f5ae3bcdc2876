//! `valuebook value`.

use ::value::{ValueOptions, ValueTable};
use api::value::{ServiceValueJson, ValueJson};
use std::path::Path;

use crate::args::{Format, ValueArgs};
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
    let table = ValueTable::of(&book, &catalogue.instruments, &in_force, &options)
        .map_err(Stop::refused)?;
    let json = ValueJson::from(&table);
    match args.format {
        Format::Json => text::print(&text::json(&json)?),
        Format::Csv => text::print(&csv(&json)),
        Format::Text => text::print(&in_words(&json)),
    }
    Ok(Exit::Done)
}

fn figure(number: Option<f64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// A text cell that no spreadsheet runs and no comma breaks.
pub fn csv_text(text: &str) -> String {
    let safe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if safe.contains([',', '"', '\n']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

fn csv(json: &ValueJson) -> String {
    let mut out =
        "service,name,provider,sector,spend_gbp,valued_spend_gbp,qaly,qaly_low,qaly_high,\
                   average_gbp_per_qaly,marginal_gbp_per_qaly,net_health_benefit_qaly,\
                   prob_cost_effective,elasticity,elasticity_source,evidence_grade,assessable,\
                   reason\n"
            .to_owned();
    for service in &json.services {
        let cells = [
            csv_text(&service.service),
            csv_text(&service.name),
            csv_text(&service.provider),
            csv_text(&service.sector),
            service.spend_gbp.to_string(),
            service.valued_spend_gbp.to_string(),
            figure(service.qaly),
            figure(service.qaly_low),
            figure(service.qaly_high),
            figure(service.average_gbp_per_qaly),
            figure(service.marginal_gbp_per_qaly),
            figure(service.net_health_benefit_qaly),
            figure(service.prob_cost_effective),
            figure(service.elasticity),
            service.elasticity_source.clone().unwrap_or_default(),
            service.evidence_grade.clone().unwrap_or_default(),
            service.assessable.to_string(),
            csv_text(service.reason.as_deref().unwrap_or_default()),
        ];
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

/// The value table, best last pound first, in words.
pub fn in_words(json: &ValueJson) -> String {
    let mut services: Vec<&ServiceValueJson> = json.services.iter().collect();
    services.sort_by(|a, b| {
        let price =
            |service: &ServiceValueJson| service.marginal_gbp_per_qaly.unwrap_or(f64::INFINITY);
        price(a).total_cmp(&price(b)).then_with(|| a.service.cmp(&b.service))
    });
    let mut table = Table::new([
        "service",
        "name",
        "sector",
        "£m",
        "QALY",
        "average £/QALY",
        "last pound £/QALY",
        "grade",
        "elasticity",
    ])
    .left(3);
    for service in services {
        table.row([
            service.service.clone(),
            service.name.chars().take(38).collect(),
            service.sector.clone(),
            text::millions(service.spend_gbp),
            text::one_decimal(service.qaly),
            text::whole(service.average_gbp_per_qaly),
            text::whole(service.marginal_gbp_per_qaly),
            service.evidence_grade.clone().unwrap_or_else(|| "–".to_owned()),
            service.elasticity_source.clone().unwrap_or_else(|| "–".to_owned()),
        ]);
    }
    let mut out = format!(
        "Value of {} service lines, {} prices, value set {}, threshold £{} per QALY.\nA dash is a \
         missing figure, never nought.\n\n{table}\n",
        json.services.len(),
        json.base_year,
        json.value_set,
        json.threshold_gbp_per_qaly
    );
    for note in &json.notes {
        out.push_str(&format!("· {note}\n"));
    }
    out
}
