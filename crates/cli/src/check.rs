//! `valuebook check`.

use api::check::CheckJson;
use jiff::civil::Date;
use openbook::read::TableRead;
use openbook::reconcile::{Reconciliation, reconcile};
use openbook::{CheckedTable, Problem, Report, folder};
use quantities::Pence;
use server::Catalogue;
use std::path::Path;

use crate::args::{CheckArgs, Format};
use crate::inputs;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};

struct Found {
    report: Report,
    cost: Pence,
    reconciliation: Vec<Reconciliation>,
}

pub fn run(models: Option<&Path>, args: &CheckArgs) -> Ended {
    let catalogue = inputs::catalogue(models)?;
    let today = args.today.as_deref().map(parse_day).transpose()?;
    let mut found = if args.path.is_dir() {
        check_folder(&catalogue, &args.path, today)?
    } else {
        check_file(&catalogue, &args.path, args.table.as_deref())?
    };
    let exit = if found.report.accepted() { Exit::Done } else { Exit::Refused };
    if found.report.personal() {
        // Nothing that was read may be repeated.
        found.cost = Pence::ZERO;
    }
    let json = CheckJson::of(&found.report, found.cost, &found.reconciliation);
    match args.format {
        Format::Json => text::print(&text::json(&json)?),
        Format::Text => text::print(&in_words(&found)),
        Format::Csv => return Err(Stop::cannot_run("check writes text or json, not csv")),
    }
    Ok(exit)
}

fn parse_day(text: &str) -> Result<Date, Stop> {
    text.parse()
        .map_err(|_| Stop::cannot_run(format!("--today {text}: write a day, such as 2025-04-30")))
}

fn check_folder(catalogue: &Catalogue, path: &Path, today: Option<Date>) -> Result<Found, Stop> {
    let (book, mut report) = folder::read(&catalogue.tables, path).map_err(Stop::cannot_run)?;
    let mut found = Found { report: Report::default(), cost: Pence::ZERO, reconciliation: vec![] };
    if let Some(book) = &book {
        if let Some(costs) = book.tables().get("costs") {
            found.cost = costs.total("cost_gbp").unwrap_or_default();
        }
        if let Some(year) = book.latest_cost_year() {
            let parameters = catalogue.parameters.for_year(year).map_err(Stop::cannot_run)?;
            found.reconciliation = reconcile(book, year, parameters.tolerances);
        }
        if let Some(today) = today {
            let days = catalogue
                .parameters
                .get("freshness_days", book.latest_cost_year().unwrap_or_else(first_year))
                .map_err(Stop::cannot_run)?;
            for stale in book.stale_providers(today, days) {
                report.push(stale);
            }
        }
    }
    found.report = report;
    Ok(found)
}

fn first_year() -> quantities::FinYear {
    quantities::FinYear::FIRST
}

fn check_file(catalogue: &Catalogue, path: &Path, table: Option<&str>) -> Result<Found, Stop> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let name = table.unwrap_or(stem);
    let names = || catalogue.tables.iter().map(|table| table.name.as_str());
    let definition = catalogue.tables.get(name).ok_or_else(|| {
        let hint = openbook::did_you_mean(name, names());
        Stop::cannot_run(format!("there is no table \"{name}\"{hint}; say which with --table"))
    })?;
    let (read, report) =
        folder::read_file(&catalogue.tables, definition, path).map_err(Stop::cannot_run)?;
    let read = read.and_then(TableRead::accepted);
    let cost = read
        .as_ref()
        .filter(|table| table.name() == "costs")
        .and_then(|table: &CheckedTable| table.total("cost_gbp"))
        .unwrap_or_default();
    Ok(Found { report, cost, reconciliation: vec![] })
}

fn in_words(found: &Found) -> String {
    let mut out = String::new();
    let report = &found.report;
    for problem in report.problems() {
        out.push_str(&format!("{:<7} {}\n", problem.severity.as_str(), Problem::sentence(problem)));
    }
    if !report.counts().is_empty() {
        let mut table = Table::new(["rule", "problems"]);
        for (rule, count) in report.counts() {
            table.row([(*rule).to_owned(), count.to_string()]);
        }
        out.push_str(&format!("\n{table}"));
    }
    if !found.reconciliation.is_empty() {
        let mut table = Table::new([
            "provider",
            "costed £",
            "excluded £",
            "accounts £",
            "difference £",
            "%",
            "status",
        ]);
        for line in &found.reconciliation {
            table.row([
                line.provider.to_string(),
                line.costed.to_string(),
                line.excluded.to_string(),
                line.accounts.to_string(),
                line.difference.to_string(),
                line.difference_pct.map(|pct| format!("{pct:+.2}")).unwrap_or_default(),
                line.status.as_str().to_owned(),
            ]);
        }
        out.push_str(&format!("\n{table}"));
    }
    let verdict = if report.accepted() { "Accepted." } else { "Not accepted: nothing is stored." };
    out.push_str(&format!("\n{verdict}\n"));
    out
}
