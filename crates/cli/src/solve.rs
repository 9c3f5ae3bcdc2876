//! `valuebook solve`.

use allocation::families::{Built, Size};
use allocation::{Case, Run, RunStatus};
use api::export;
use api::result::{RunJson, ServiceJson, Totals};
use quantities::Pence;
use std::fs;
use std::path::Path;

use crate::args::{Format, SolveArgs};
use crate::inputs::{self, RunFiles};
use crate::progress::Share;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};

mod efficiency;
mod impact;
mod room;
mod sensitivity;
mod worth;

pub fn run(models: Option<&Path>, args: &SolveArgs) -> Ended {
    let files = RunFiles {
        folder: &args.folder,
        scenario: &args.scenario,
        params: args.params.as_deref(),
        draws: args.draws,
        seed: args.seed,
        time_limit: args.time_limit,
    };
    let mut case = inputs::case(models, &files)?;
    let solver = &mut case.scenario.definition.solver;
    solver.threads = args.threads.unwrap_or(solver.threads);
    if let Some(path) = &args.mps {
        write_mps(&case, path)?;
    }
    let bar = Share::of("the draws");
    let mut run = Run::of(server::engine::on_the_clock(case), |share| bar.show(share));
    bar.clear();
    if args.ranges {
        let bar = Share::of("the ranges");
        run = run.with_room(|share| bar.show(share));
        bar.clear();
    }
    if args.sensitivity {
        let bar = Share::of("the assumptions");
        let sources = inputs::sources(models, &files, run.case.scenario.definition.base_year)?;
        run = run.with_sensitivity(|key| sources.get(key).cloned(), |share| bar.show(share));
        bar.clear();
    }
    let result = RunJson::of(&run).map_err(Stop::cannot_run)?;
    if let Some(path) = &args.out {
        fs::write(path, text::json(&result)?)
            .map_err(|error| Stop::cannot_run(format!("{}: {error}", path.display())))?;
    }
    match args.format {
        Format::Json => text::print(&text::json(&result)?),
        Format::Csv => {
            let csv = export::csv(&export::RUN_SERVICES, &result.services);
            text::print(&csv.map_err(Stop::cannot_run)?);
        }
        Format::Text => text::print(&in_words(&result)),
    }
    Ok(match run.status {
        RunStatus::Optimal if result.certified => Exit::Done,
        RunStatus::Infeasible => Exit::Infeasible,
        RunStatus::Optimal | RunStatus::TimeLimit | RunStatus::Numerical | RunStatus::Refused => {
            eprintln!("valuebook: {}", run.sentence);
            Exit::NotProven
        }
    })
}

fn write_mps(case: &Case, path: &Path) -> Result<(), Stop> {
    if let Some(why) = Size::of(case).refusal() {
        return Err(Stop::cannot_run(why));
    }
    let text = Built::of(case).model.to_mps().map_err(Stop::cannot_run)?;
    fs::write(path, text).map_err(|error| Stop::cannot_run(format!("{}: {error}", path.display())))
}

/// A result in words: the answer first, then moves, questioned spend, prices and the proof.
pub fn in_words(result: &RunJson) -> String {
    let mut out = format!("{}\n{}\n", result.scenario.name, result.status_sentence);
    if let Some(relaxation) = &result.relaxation {
        for relaxed in relaxation {
            out.push_str(&format!("  way {}: {}\n", relaxed.way, relaxed.sentence));
        }
    }
    if let Some(totals) = &result.totals {
        out.push_str(&format!(
            "\nBudget £{}m: {}. Moves £{}m.\n\
             Healthy years (QALYs): {} {:.1}, plan {:.1}, gain {:.1}{}.\n",
            text::millions(totals.budget_gbp),
            paid(totals),
            text::millions(totals.moved_gbp),
            if result.scenario.years > 1 { "no change" } else { "today" },
            totals.base_qaly,
            totals.plan_qaly,
            totals.gain_qaly,
            totals
                .gain_if_fully_released_qaly
                .map(|gain| format!(" ({gain:.1} once every cost of a cut is released)"))
                .unwrap_or_default()
        ));
        out.push_str(&years(result));
        out.push_str(&sectors(result));
        out.push_str(&options(result));
        out.push_str(&moves(result));
        out.push_str(&questioned(result));
        out.push_str(&impact::in_words(result));
        out.push_str(&efficiency::in_words(result));
        out.push_str(&prices(result));
        out.push_str(&room::in_words(result));
        out.push_str(&sensitivity::in_words(result));
        out.push_str(&proof(result));
    }
    for note in &result.notes {
        out.push_str(&format!("· {note}\n"));
    }
    out
}

/// Where the money goes, down to what is left.
fn paid(totals: &Totals) -> String {
    let always = [("plan", totals.plan_spend_gbp), ("left behind", totals.stranded_gbp)];
    let some = [
        ("recruiting", totals.recruitment_gbp),
        ("agency", totals.agency_gbp),
        ("double running", totals.double_running_gbp),
        ("options", totals.options_gbp),
    ];
    let some = some.into_iter().filter(|(_, amount)| *amount != Pence::ZERO);
    let parts = always.into_iter().chain(some).chain([("unallocated", totals.unallocated_gbp)]);
    let parts: Vec<String> =
        parts.map(|(what, amount)| format!("{what} £{}m", text::millions(amount))).collect();
    parts.join(", ")
}

fn years(result: &RunJson) -> String {
    if result.years.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["year", "budget £m", "plan £m", "unallocated £m", "QALY gain"]);
    for year in &result.years {
        table.row([
            year.year.to_string(),
            text::millions(year.totals.budget_gbp),
            text::millions(year.totals.plan_spend_gbp),
            text::millions(year.totals.unallocated_gbp),
            format!("{:+.1}", year.totals.gain_qaly),
        ]);
    }
    format!("\nYear by year; the rest is of the final year\n{table}")
}

/// Options taken up, and work that moves along pathways.
fn options(result: &RunJson) -> String {
    let mut out = String::new();
    let taken: Vec<_> = result.options.iter().filter(|option| option.take_up > 1e-6).collect();
    if !taken.is_empty() {
        let mut table = Table::new(["option", "name", "taken up %", "cost £m", "QALY"]).left(2);
        for option in taken {
            table.row([
                option.option.clone(),
                option.name.chars().take(60).collect(),
                format!("{:.0}", option.take_up * 100.0),
                text::millions(option.cost_gbp),
                format!("{:+.1}", option.gain_qaly),
            ]);
        }
        out.push_str(&format!("\nOptions taken up\n{table}"));
    }
    if !result.moves.is_empty() {
        let mut table = Table::new(["from", "to", "work £m", "needs £m", "QALY"]).left(2);
        for moved in &result.moves {
            table.row([
                moved.from.clone(),
                moved.to.clone(),
                text::millions(moved.moved_gbp),
                text::millions(moved.needed_gbp),
                format!("{:+.1}", moved.gain_qaly),
            ]);
        }
        out.push_str(&format!("\nWork that moves with its patients\n{table}"));
    }
    out
}

fn sectors(result: &RunJson) -> String {
    let mut table =
        Table::new(["sector", "today £m", "plan £m", "change %", "QALY gain", "not assessable £m"]);
    for sector in &result.sectors {
        table.row([
            sector.name.clone(),
            text::millions(sector.base_gbp),
            text::millions(sector.plan_gbp),
            format!("{:+.2}", sector.change_pct),
            format!("{:+.1}", sector.gain_qaly),
            text::millions(sector.not_assessable_gbp),
        ]);
    }
    format!("\nSectors\n{table}")
}

fn moves(result: &RunJson) -> String {
    let mut moved: Vec<&ServiceJson> =
        result.services.iter().filter(|service| service.plan_gbp != service.base_gbp).collect();
    moved.sort_by_key(|service| service.plan_gbp - service.base_gbp);
    let mut table = Table::new(["service", "name", "change £m", "%", "QALY", "stopped by"]).left(2);
    for service in moved {
        let gain = service.plan_qaly.zip(service.base_qaly).map(|(after, before)| after - before);
        table.row([
            service.service.clone(),
            service.name.chars().take(40).collect(),
            format!("{:+.3}", (service.plan_gbp - service.base_gbp).to_millions().get()),
            format!("{:+.1}", service.change_pct),
            text::one_decimal(gain),
            service.stopped_by.join(" "),
        ]);
    }
    format!("\nMoves\n{table}")
}

fn questioned(result: &RunJson) -> String {
    let questioned = result
        .services
        .iter()
        .filter(|service| ["low_value", "costly", "uncertain"].contains(&service.label.as_str()));
    let mut out = "\nSpend this plan questions (the last pounds, not the service)\n".to_owned();
    for service in questioned {
        out.push_str(&format!(
            "  {} {} · {}: £{}m less. {}\n",
            service.service,
            service.name,
            service.label.replace('_', " "),
            text::millions(service.base_gbp - service.plan_gbp),
            service.label_reason
        ));
    }
    out
}

fn prices(result: &RunJson) -> String {
    let mut out = "\nWhat holds the plan back\n".to_owned();
    for limit in result.constraints.iter().filter(|limit| limit.shadow_price.abs() > 1e-7) {
        out.push_str(&format!("  {}: {}\n", limit.label, limit.sentence));
    }
    out
}

fn proof(result: &RunJson) -> String {
    let mut out = String::new();
    if let Some(drawn) = &result.uncertainty {
        out.push_str(&format!(
            "\nHow sure: over {} draws the gain lies between {:.0} and {:.0}; it beats no change in \
             {:.0} of 100.\n",
            drawn.draws,
            drawn.gain_low_qaly,
            drawn.gain_high_qaly,
            drawn.prob_better * 100.0
        ));
    }
    out.push_str(&worth::in_words(result));
    if let Some(certificate) = &result.certificate {
        let holds = if result.certified { "yes" } else { "NO" };
        out.push_str(&format!(
            "\nProven: {holds} (gap {:.1e}, largest broken limit £{:.6} and {:.1e} WTE) · {} · model \
             {}\n\n",
            certificate.relative_gap,
            certificate.max_violation_gbp,
            certificate.max_violation_wte,
            result.provenance.solver,
            result.provenance.model_sha256.chars().take(8).collect::<String>()
        ));
    }
    out
}
