//! `valuebook bench allocate`: what a proven plan costs beside the bare solver, and what warm
//! re-solving saves beside cold solves, each as a ratio measured in one run.

mod forms;
mod highspy;
mod made;
mod measure;

use serde::Serialize;
use std::path::Path;

use crate::args::{AllocateArgs, Format};
use crate::inputs;
use crate::progress::thousands;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};
use forms::Forms;
use made::Size;
use measure::{Draws, Walk, Whole};

/// A proven plan costs at most so many times the solver by itself: given the same rows and run from
/// its own start.
const MOST_OF_BARE: f64 = 1.15;
/// Re-optimised draws are at least so many times faster than solving each whole in Python.
const LEAST_OF_HIGHSPY: f64 = 12.0;
/// A frontier is at least so many times faster than solving each of its points whole.
const LEAST_OF_COLD_POINTS: f64 = 8.0;
/// A plan of one year with its prices takes less than so many milliseconds.
const MOST_MILLISECONDS: f64 = 100.0;
/// Cases larger than this are solved, but neither drawn nor walked along: it would take an hour.
const DRAWN_UP_TO: u32 = 2_000;

/// A figure beside its promise; nothing is promised of some.
#[derive(Debug, Serialize)]
struct Goal {
    what: String,
    measured: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
}

/// One piece of work and what it took at best.
#[derive(Debug, Serialize)]
struct Measured {
    what: String,
    seconds: f64,
}

/// What one run measured.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    schema: &'static str,
    seed: u64,
    /// Whether every plan was proven and all solvers found the same.
    agrees: bool,
    /// Whether HiGHS's Python interface was there to compare with.
    highspy: bool,
    measured: Vec<Measured>,
    promises: Vec<Goal>,
}

impl Outcome {
    fn took(&mut self, what: String, seconds: f64) {
        self.measured.push(Measured { what, seconds });
    }

    fn at_most(&mut self, what: String, measured: f64, most: f64) {
        self.promises.push(Goal { what, measured, at_most: Some(most), at_least: None });
    }

    fn at_least(&mut self, what: String, measured: f64, least: f64) {
        self.promises.push(Goal { what, measured, at_most: None, at_least: Some(least) });
    }

    fn plain(&mut self, what: String, measured: f64) {
        self.promises.push(Goal { what, measured, at_most: None, at_least: None });
    }
}

pub fn run(models: Option<&Path>, args: &AllocateArgs) -> Ended {
    let catalogue = inputs::catalogue(models)?;
    let mut outcome = Outcome {
        schema: "valuebook.bench/1",
        seed: args.seed,
        agrees: true,
        ..Outcome::default()
    };
    for services in args.services.iter().copied() {
        let drawn = services <= DRAWN_UP_TO;
        let size = Size { services, years: 1, draws: if drawn { args.draws } else { 0 } };
        eprintln!("making {} services …", thousands(services.into()));
        let case = made::case(&catalogue, size, args.seed)?;
        eprintln!("solving them …");
        let of = format!("{} services", thousands(services.into()));
        one_plan(&mut outcome, &of, &measure::whole(&case, args.repeats)?);
        if drawn && args.draws > 0 {
            eprintln!("drawing them …");
            let draws = measure::draws(&case, args)?;
            re_solved(&mut outcome, services, args, &draws);
        }
        if drawn && args.sample > 0 {
            eprintln!("solving them in totals …");
            let sample = usize::try_from(args.sample).unwrap_or(1);
            both_forms(&mut outcome, &of, &forms::of(&case, sample)?);
        }
        if drawn {
            eprintln!("walking from budget to budget …");
            along(&mut outcome, services, args.points, &measure::walk(&case, args)?);
        }
    }
    if args.years > 1 {
        let size = Size { services: args.lines_over_years, years: args.years, draws: 0 };
        let of = format!("{} services × {} years", thousands(size.services.into()), args.years);
        eprintln!("making {of} …");
        let case = made::case(&catalogue, size, args.seed)?;
        one_plan(&mut outcome, &of, &measure::whole(&case, 1)?);
    }
    let size = Size { services: args.lines, years: 1, draws: 0 };
    let case = made::case(&catalogue, size, args.seed)?;
    let seconds = measure::with_prices(&case, args.repeats)?;
    let lines = thousands(args.lines.into());
    outcome.at_most(
        format!("{lines} lines: a plan with its prices, ms"),
        seconds * 1e3,
        MOST_MILLISECONDS,
    );
    match args.format {
        Format::Json => text::print(&text::json(&outcome)?),
        Format::Text => text::print(&in_words(&outcome)),
        Format::Csv => return Err(Stop::cannot_run("bench writes text or json, not csv")),
    }
    Ok(if outcome.agrees { Exit::Done } else { Exit::Refused })
}

fn one_plan(outcome: &mut Outcome, size: &str, whole: &Whole) {
    let of = |what: &str| format!("{size}: {what}");
    outcome.took(of("rows and columns"), whole.built);
    outcome.took(of("into the solver"), whole.given);
    outcome.took(of("the solver's run"), whole.run);
    outcome.took(of("read back, floored and proven"), whole.proven);
    outcome.took(of("the solver by itself, from its own start"), whole.bare);
    let by_itself = whole.given + whole.bare;
    let ratio = whole.all() / by_itself;
    outcome.at_most(of("a proven plan, of the solver by itself"), ratio, MOST_OF_BARE);
    outcome.plain(of("a proven plan, of the solver's run in it"), whole.all() / whole.run);
}

fn both_forms(outcome: &mut Outcome, size: &str, forms: &Forms) {
    let of = |what: &str| format!("{size}: {what}");
    outcome.took(of("flat, from nothing"), forms.flat.cold);
    outcome.took(of("in totals, from nothing"), forms.totals.cold);
    outcome.plain(of("totals over flat, from nothing"), forms.totals.cold / forms.flat.cold);
    let started = forms.totals.started / forms.flat.started;
    outcome.plain(of("totals over flat, from our start"), started);
    outcome.plain(of("totals over flat, again for draws"), forms.totals.warm / forms.flat.warm);
}

fn re_solved(outcome: &mut Outcome, services: u32, args: &AllocateArgs, draws: &Draws) {
    let of = |what: &str| format!("{} services: {what}", thousands(services.into()));
    let count = thousands(args.draws.into());
    outcome.took(of(&format!("{count} draws, warm")), draws.warm);
    outcome.took(of(&format!("{count} draws, cold (by a sample)")), draws.cold);
    outcome.plain(of("draws, cold over warm"), draws.cold / draws.warm);
    outcome.agrees &= draws.agrees;
    if let Some(highspy) = draws.highspy {
        outcome.highspy = true;
        outcome.took(of(&format!("{count} draws, highspy (by a sample)")), highspy);
        outcome.at_least(of("draws, highspy over warm"), highspy / draws.warm, LEAST_OF_HIGHSPY);
    }
}

fn along(outcome: &mut Outcome, services: u32, points: u32, walk: &Walk) {
    let of = |what: &str| format!("{} services: {what}", thousands(services.into()));
    outcome.took(of(&format!("{points} budgets, warm")), walk.warm);
    outcome.took(of(&format!("{points} budgets, cold")), walk.cold);
    let ratio = walk.cold / walk.warm;
    outcome.at_least(of("budgets, cold over warm"), ratio, LEAST_OF_COLD_POINTS);
    outcome.agrees &= walk.agrees;
}

fn in_words(outcome: &Outcome) -> String {
    let mut costs = Table::new(["what", "clock ms"]);
    for Measured { what, seconds } in &outcome.measured {
        costs.row([what.clone(), format!("{:.2}", seconds * 1e3)]);
    }
    let mut goals = Table::new(["promise", "measured", "goal", "holds"]);
    for goal in &outcome.promises {
        let (words, holds) = match (goal.at_most, goal.at_least) {
            (Some(most), _) => (format!("at most {most:.2}"), Some(goal.measured <= most)),
            (_, Some(least)) => (format!("at least {least:.2}"), Some(goal.measured >= least)),
            (None, None) => ("–".to_owned(), None),
        };
        let holds = holds.map_or("–", |holds| if holds { "yes" } else { "no" });
        let measured = format!("{:.2}", goal.measured);
        goals.row([goal.what.clone(), measured, words, holds.to_owned()]);
    }
    let agrees = match outcome.agrees {
        true => "Every plan is proven, and warm and cold solves find the same.",
        false => "Some plan is NOT proven, or solves DIFFER.",
    };
    let without = match outcome.highspy {
        true => "",
        false => "highspy is not there to compare with: pip install highspy, or --python.\n",
    };
    format!("Made from seed {}\n\n{costs}\n{goals}\n{agrees}\n{without}", outcome.seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> AllocateArgs {
        AllocateArgs {
            services: vec![40, 80],
            draws: 6,
            sample: 2,
            points: 5,
            lines: 60,
            years: 3,
            lines_over_years: 20,
            seed: 1,
            repeats: 1,
            python: "no-such-python".into(),
            format: Format::Text,
        }
    }

    #[test]
    fn made_cases_are_the_same_for_a_seed_and_have_thirty_staff_rows() {
        let catalogue = inputs::catalogue(None).expect("definitions");
        let size = Size { services: 80, years: 1, draws: 0 };
        let model = |seed| {
            let case = made::case(&catalogue, size, seed).expect("a case");
            allocation::families::Built::of(&case).model
        };
        let made = model(1);
        assert_eq!(made, model(1));
        assert_ne!(made, model(2));
        let of = |family: &str| made.rows.iter().filter(|row| row.key.starts_with(family)).count();
        assert_eq!(of("workforce/") + of("redeployment/"), 30);
        let pieces = made.columns.iter().filter(|column| column.key.starts_with("segment/"));
        assert_eq!(pieces.count(), 80 * 10);
    }

    #[test]
    fn a_small_run_proves_every_plan_and_prints_every_ratio() {
        let (catalogue, args) = (inputs::catalogue(None).expect("definitions"), args());
        let mut outcome = Outcome { agrees: true, ..Outcome::default() };
        let size = Size { services: 40, years: 1, draws: args.draws };
        let case = made::case(&catalogue, size, args.seed).expect("a case");
        one_plan(&mut outcome, "40 services", &measure::whole(&case, 1).expect("solved"));
        both_forms(&mut outcome, "40 services", &forms::of(&case, 3).expect("solved"));
        re_solved(&mut outcome, 40, &args, &measure::draws(&case, &args).expect("drawn"));
        along(&mut outcome, 40, args.points, &measure::walk(&case, &args).expect("walked"));
        assert!(outcome.agrees && !outcome.highspy);
        assert!(measure::with_prices(&case, 1).expect("solved") > 0.0);
        let words = in_words(&outcome);
        for what in [
            "of the solver by itself",
            "totals over flat, again",
            "draws, cold over warm",
            "budgets, cold over warm",
        ] {
            assert!(words.contains("40 services: ") && words.contains(what), "{words}");
        }
        assert!(words.contains("Every plan is proven") && words.contains("pip install highspy"));
    }

    #[test]
    fn a_goal_missed_is_a_no() {
        let mut outcome = Outcome::default();
        outcome.at_most("a".to_owned(), 2.0, 1.0);
        outcome.at_least("b".to_owned(), 2.0, 1.0);
        let words = in_words(&outcome);
        assert!(
            words.contains("at most 1.00     no") && words.contains("at least 1.00    yes"),
            "{words}"
        );
    }
}
