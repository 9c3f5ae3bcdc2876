//! `valuebook check`.

use api::check::CheckJson;
use jiff::civil::Date;
use openbook::read::TableRead;
use openbook::workbook::{self, UnpackError};
use openbook::{Book, CheckedTable, Problem, Report, Tables, bad_rows, folder};
use quantities::Pence;
use server::Catalogue;
use std::fs::File;
use std::path::Path;
use value::Review;

use crate::args::{CheckArgs, Format};
use crate::inputs;
use crate::progress::Reading;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};
use crate::unpack;

struct Found {
    report: Report,
    cost: Pence,
    review: Review,
}

pub fn run(models: Option<&Path>, args: &CheckArgs) -> Ended {
    let catalogue = inputs::catalogue_for(models, &args.path)?;
    let today = args.today.as_deref().map(parse_day).transpose()?;
    let mut found = if args.path.is_dir() {
        no_bad_rows(args)?;
        let read = followed(&catalogue.tables, &args.path)?;
        of_book(&catalogue, read, today)?
    } else if unpack::is_workbook(&args.path) {
        check_workbook(&catalogue, args, today)?
    } else {
        check_file(&catalogue, &args.path, args)?
    };
    let exit = if found.report.accepted() { Exit::Done } else { Exit::Refused };
    if found.report.personal() {
        // Nothing that was read may be repeated.
        found.cost = Pence::ZERO;
    }
    let json = CheckJson::of(&found.report, found.cost, &found.review);
    match args.format {
        Format::Json => text::print(&text::json(&json)?),
        Format::Text => text::print(&in_words(&found)),
        Format::Csv => return Err(Stop::cannot_run("check writes text or json, not csv")),
    }
    Ok(exit)
}

pub fn parse_day(text: &str) -> Result<Date, Stop> {
    text.parse()
        .map_err(|_| Stop::cannot_run(format!("--today {text}: write a day, such as 2025-04-30")))
}

/// A book is many tables; the rows to mend of one stand in one file.
fn no_bad_rows(args: &CheckArgs) -> Result<(), Stop> {
    if args.bad_rows.is_some() {
        return Err(Stop::cannot_run(
            "--bad-rows is for one table; name its file, or a workbook and --table",
        ));
    }
    Ok(())
}

fn check_workbook(
    catalogue: &Catalogue,
    args: &CheckArgs,
    today: Option<Date>,
) -> Result<Found, Stop> {
    let sheets = tempfile::tempdir().map_err(Stop::cannot_run)?;
    let program = std::env::current_exe().map_err(Stop::cannot_run)?;
    let unpacker = workbook::Unpacker::new(program);
    let Some(table) = args.table.as_deref() else {
        no_bad_rows(args)?;
        let read = workbook::read(&unpacker, &catalogue.tables, &args.path, sheets.path());
        return of_book(catalogue, read.map_err(Stop::cannot_run)?, today);
    };
    match unpacker.unpack(&catalogue.tables, &args.path, sheets.path()) {
        Ok(found) => match found.into_iter().find(|sheet| sheet.table == table) {
            Some(sheet) => check_file(catalogue, &sheet.csv, args),
            None => Err(Stop::cannot_run(format!(
                "{} has no sheet {table} with rows in it",
                args.path.display()
            ))),
        },
        Err(UnpackError::Refused { report, .. }) => {
            Ok(Found { report, cost: Pence::ZERO, review: Review::default() })
        }
        Err(error) => Err(Stop::cannot_run(error)),
    }
}

fn of_book(
    catalogue: &Catalogue,
    (book, report): (Option<Book>, Report),
    today: Option<Date>,
) -> Result<Found, Stop> {
    let mut found = Found { report, cost: Pence::ZERO, review: Review::default() };
    if let Some(book) = &book {
        if let Some(costs) = book.tables().get("costs") {
            found.cost = costs.total("cost_gbp").unwrap_or_default();
        }
        found.review = value::review(
            book,
            &catalogue.tables,
            &catalogue.instruments,
            &catalogue.parameters,
            today,
            &mut found.report,
        )
        .map_err(Stop::cannot_run)?;
    }
    Ok(found)
}

fn followed(tables: &Tables, path: &Path) -> Result<(Option<Book>, Report), Stop> {
    let mut reading = Reading::new();
    folder::read_watched(tables, path, &mut |file, progress| reading.show(file, progress))
        .map_err(Stop::cannot_run)
}

fn check_file(catalogue: &Catalogue, path: &Path, args: &CheckArgs) -> Result<Found, Stop> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let name = args.table.as_deref().unwrap_or(stem);
    let names = || catalogue.tables.iter().map(|table| table.name.as_str());
    let definition = catalogue.tables.get(name).ok_or_else(|| {
        let hint = openbook::did_you_mean(name, names());
        Stop::cannot_run(format!("there is no table \"{name}\"{hint}; say which with --table"))
    })?;
    let mut reading = Reading::new();
    let mut watch = |progress| reading.show(path, progress);
    let (read, report) = folder::read_file_watched(&catalogue.tables, definition, path, &mut watch)
        .map_err(Stop::cannot_run)?;
    if let Some(to) = &args.bad_rows {
        write_bad_rows(&report, name, path, to)?;
    }
    let read = read.and_then(TableRead::accepted);
    let cost = read
        .as_ref()
        .filter(|table| table.name() == "costs")
        .and_then(|table: &CheckedTable| table.total("cost_gbp"))
        .unwrap_or_default();
    Ok(Found { report, cost, review: Review::default() })
}

/// Writes the rows that must be mended; where there is none, or none may be shown, no file.
fn write_bad_rows(report: &Report, table: &str, from: &Path, to: &Path) -> Result<(), Stop> {
    let cannot = |path: &Path| {
        let path = path.display().to_string();
        move |error| Stop::cannot_run(format!("{path}: {error}; check the path"))
    };
    let file = File::open(from).map_err(cannot(from))?;
    match bad_rows::csv(report, table, file) {
        Some(csv) => std::fs::write(to, csv).map_err(cannot(to)),
        None if report.personal() => {
            eprintln!("personal data was found: no rows are written to {}", to.display());
            Ok(())
        }
        None => {
            eprintln!("no row must be mended: nothing is written to {}", to.display());
            Ok(())
        }
    }
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
    if !found.review.reconciliation.is_empty() {
        let mut table = Table::new([
            "provider",
            "costed £",
            "excluded £",
            "accounts £",
            "difference £",
            "%",
            "status",
        ]);
        for line in &found.review.reconciliation {
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
    if !found.review.quality.is_empty() {
        out.push_str(&format!("\n{}", quality(&found.review)));
    }
    for bridge in &found.review.bridges {
        let closes = if bridge.closes() { "closes to the penny" } else { "does not close" };
        out.push_str(&format!("\nThe bridge of {} {closes}.\n", bridge.year));
    }
    let verdict = if report.accepted() { "Accepted." } else { "Not accepted: nothing is stored." };
    out.push_str(&format!("\n{verdict}\n"));
    out
}

fn quality(review: &Review) -> Table {
    let mut table = Table::new([
        "provider",
        "quality score",
        "with outcomes %",
        "with staff %",
        "with deprivation %",
        "complete to",
    ]);
    for line in &review.quality {
        table.row([
            line.provider.to_string(),
            line.score.map(|score| format!("{score:.0}")).unwrap_or_default(),
            format!("{:.0}", line.with_outcome_pct),
            format!("{:.0}", line.with_staff_pct),
            format!("{:.0}", line.with_equity_pct),
            line.complete_to.map(|day| day.to_string()).unwrap_or_default(),
        ]);
    }
    table
}
