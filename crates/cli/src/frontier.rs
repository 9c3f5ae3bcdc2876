//! `valuebook frontier`.

use allocation::RunStatus;
use allocation::frontier::{Budgets, Frontier};
use api::export;
use api::frontier::{FrontierJson, FrontierPointJson};
use quantities::words::money_full;
use std::path::Path;

use crate::args::{Format, FrontierArgs};
use crate::inputs::{self, RunFiles};
use crate::progress::Share;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};

pub fn run(models: Option<&Path>, args: &FrontierArgs) -> Ended {
    let (from, to) = (percent("--from", &args.from)?, percent("--to", &args.to)?);
    let budgets = Budgets::new(args.points, from, to).map_err(Stop::cannot_run)?;
    let files = RunFiles {
        folder: &args.folder,
        scenario: &args.scenario,
        params: args.params.as_deref(),
        // Health against budget draws nothing.
        draws: Some(0),
        seed: None,
        time_limit: None,
    };
    let case = inputs::case(models, &files)?;
    let bar = Share::of("the budgets");
    let frontier = Frontier::of(&case, budgets, |share| bar.show(share))
        .map_err(|why| Stop::cannot_run(format!("{}: {why}", args.scenario.display())))?;
    bar.clear();
    let json = FrontierJson::from(&frontier);
    match args.format {
        Format::Json => text::print(&text::json(&json)?),
        Format::Csv => {
            let csv = export::csv(&export::FRONTIER, &json.points).map_err(Stop::cannot_run)?;
            text::print(&csv);
        }
        Format::Text => {
            text::print(&in_words(&case.scenario.definition.name, &json));
        }
    }
    Ok(exit(&frontier))
}

/// Done where every budget is settled and one has a plan.
fn exit(frontier: &Frontier) -> Exit {
    let of = |status| frontier.points.iter().filter(move |point| point.status == status).count();
    let (proven, infeasible) = (of(RunStatus::Optimal), of(RunStatus::Infeasible));
    if proven + infeasible < frontier.points.len() {
        eprintln!("valuebook: some budgets are neither solved nor proven to be without a plan");
        return Exit::NotProven;
    }
    if proven == 0 {
        eprintln!(
            "valuebook: none of these budgets satisfies every limit; `valuebook solve` lists the \
             cheapest ways back"
        );
        return Exit::Infeasible;
    }
    Exit::Done
}

/// A percentage as people write it: 10, +10%, -2.5 %, −2.5%.
fn percent(option: &str, text: &str) -> Result<f64, Stop> {
    let plain = text.trim().replace('−', "-");
    let number = plain.strip_suffix('%').unwrap_or(&plain).trim_end();
    number.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| {
        Stop::cannot_run(format!("{option} is a percentage such as -10% or +2.5%, not \"{text}\""))
    })
}

fn in_words(name: &str, json: &FrontierJson) -> String {
    let mut table = Table::new([
        "budget £",
        "change %",
        "healthy years (QALYs)",
        "against today",
        "£1m more would bring",
    ]);
    for point in &json.points {
        let [health, against, price] = figures(point, json.today.qaly);
        let change = format!("{:+.3}", point.change_pct);
        table.row([point.budget_gbp.to_string(), change, health, against, price]);
    }
    let infeasible = json.points.iter().filter(|point| point.status == "infeasible").count();
    let marked = match infeasible {
        0 => String::new(),
        1 => "At one budget nothing satisfies every limit; that is proven.\n".to_owned(),
        many => format!("At {many} budgets nothing satisfies every limit; that is proven.\n"),
    };
    format!(
        "{name}: the most health for each budget, every point proven by our own arithmetic.\n\n\
         {table}\nToday {} is spent and brings {:.1} healthy years a year.\n{marked}",
        money_full(json.today.spend_gbp),
        json.today.qaly
    )
}

fn figures(point: &FrontierPointJson, today: f64) -> [String; 3] {
    match (point.qaly, point.price_qaly_per_gbp_m) {
        (Some(qaly), Some(price)) => {
            [format!("{qaly:.1}"), format!("{:+.1}", qaly - today), format!("{price:.2}")]
        }
        _ => [point.status.replace('_', " "), "–".to_owned(), "–".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_percentage_is_read_as_people_write_it() {
        let read = |text| percent("--from", text).ok();
        let found = ["10", "+10%", "-2.5 %", "−2.5%", "0%"].map(read);
        assert_eq!(found, [Some(10.0), Some(10.0), Some(-2.5), Some(-2.5), Some(0.0)]);
        assert_eq!(["ten", "", "%", "nan", "inf%", "1%%"].map(read), [None; 6]);
    }
}
