//! `valuebook bench value`: what the draws of a large book and all that they say cost, beside the
//! same by numpy.

use openbook::rows::Grade;
use quantities::{Millions, Pence, PoundsPerQaly, Qaly, ServiceKey, Share};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use ::value::outcome::{ServiceOutcomes, ValuedOutcome};
use ::value::{Draws, Elasticity, ElasticitySource, ServiceValue, Uncertainty, YearParameters};

use super::{Promise, measure, numpy, promised};
use crate::args::{Format, ValueBenchArgs};
use crate::inputs;
use crate::progress::thousands;
use crate::stop::{Ended, Exit, Stop};
use crate::text::{self, Table};

/// What is promised of 2,000 services with 10,000 draws.
const MOST_SECONDS: f64 = 1.5;
const MOST_MB: f64 = 500.0;
const MOST_OF_NUMPY: f64 = 0.5;

/// How far our answer and numpy's may lie apart, which draw differently: over all lines, in
/// probability.
const AGREES_WITHIN: f64 = 0.01;

/// A book of lines made by rule, and what is asked of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    seed: u64,
    draws: usize,
    threshold: f64,
    low: f64,
    high: f64,
    step: f64,
    source_correlation: f64,
    discount_rate: f64,
    duration_cv: f64,
    counterfactual_se: f64,
    least: f64,
    most: f64,
    sources: u32,
    lines: Lines,
}

/// The lines, a column each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    spend: Vec<f64>,
    patients: Vec<f64>,
    gain: Vec<f64>,
    gain_se: Vec<f64>,
    mapped: Vec<u8>,
    years: Vec<f64>,
    counterfactual: Vec<f64>,
    elasticity: Vec<f64>,
    elasticity_se: Vec<f64>,
    source: Vec<u32>,
    cost_cv: Vec<f64>,
    sector: Vec<u32>,
}

const SECTORS: [&str; 4] = ["acute", "community", "mental_health", "primary_care"];

fn make(args: &ValueBenchArgs, parameters: &YearParameters) -> Made {
    let [_, _, duration_cv, _, _] = parameters.duration_cv;
    let [_, _, counterfactual_se, _, _] = parameters.counterfactual_se;
    let mut lines = Lines::default();
    for line in 0..args.services {
        let at = f64::from(line);
        // Spread evenly, and in no order.
        let spread = |by: f64| (at * by).fract();
        let gain = 0.02 + 0.3 * spread(0.618_034);
        lines.spend.push(0.5 + 4.0 * spread(0.377_123));
        lines.patients.push(200.0 + f64::from(line.rem_euclid(97)) * 10.0);
        lines.gain.push(gain);
        lines.gain_se.push(gain * (0.05 + 0.3 * spread(0.271_828)));
        lines.mapped.push(u8::from(line.rem_euclid(5) == 0));
        lines.years.push(1.0 + f64::from(line.rem_euclid(10)));
        lines.counterfactual.push(0.1 + 0.1 * f64::from(line.rem_euclid(5)));
        lines.elasticity.push(0.2 + 0.6 * spread(0.773_459));
        lines.elasticity_se.push(0.1 + 0.1 * spread(0.414_214));
        lines.source.push(line.rem_euclid(50));
        lines.cost_cv.push(0.05 + 0.05 * f64::from(line.rem_euclid(3)));
        lines.sector.push(line.rem_euclid(4));
    }
    let (least, most) = parameters.elasticity_range;
    Made {
        seed: args.seed,
        draws: args.draws,
        threshold: parameters.threshold.get(),
        low: parameters.thresholds.low.get(),
        high: parameters.thresholds.high.get(),
        step: parameters.thresholds.step.get(),
        source_correlation: parameters.source_correlation,
        discount_rate: parameters.discount_rate,
        duration_cv,
        counterfactual_se,
        least,
        most,
        sources: 50,
        lines,
    }
}

impl Made {
    /// The lines as the value table has them.
    fn services(&self) -> Option<Vec<ServiceValue>> {
        (0..self.lines.spend.len()).map(|at| self.service(at)).collect()
    }

    fn service(&self, at: usize) -> Option<ServiceValue> {
        let of = |list: &[f64]| list.get(at).copied();
        let (patients, gain) = (of(&self.lines.patients)?, of(&self.lines.gain)?);
        let valued = ValuedOutcome {
            cohort: "all".to_owned(),
            measure: "eq5d_index".to_owned(),
            value_set: None,
            mapping: (*self.lines.mapped.get(at)? > 0).then(|| "MADE".to_owned()),
            patients,
            per_patient: Qaly::new(gain),
            otherwise: Vec::new(),
            per_patient_se: Qaly::new(of(&self.lines.gain_se)?),
            duration_years: of(&self.lines.years),
            decay_per_year: 0.0,
            counterfactual: Share::new(of(&self.lines.counterfactual)?),
            grade: Grade::C,
            spend_share: Share::ONE,
            age_years: 0,
            source: "made".to_owned(),
            reviewer: None,
        };
        let sector = usize::try_from(*self.lines.sector.get(at)?).ok()?;
        Some(ServiceValue {
            key: ServiceKey::new("RTG".parse().ok()?, &format!("S{at:05}")).ok()?,
            name: "made".to_owned(),
            sector: (*SECTORS.get(sector)?).to_owned(),
            spend: Pence::ZERO,
            curve_spend: Millions::new(of(&self.lines.spend)?),
            pathway_share: Share::ONE,
            health: Some(Qaly::new(patients * gain)),
            elasticity: Some(Elasticity {
                mean: of(&self.lines.elasticity)?,
                se: of(&self.lines.elasticity_se)?,
                origin: ElasticitySource::Given,
                source: format!("source {}", self.lines.source.get(at)?),
            }),
            outcomes: ServiceOutcomes { valued: vec![valued], left_out: Vec::new() },
            grade: Some(Grade::C),
            reason: None,
            support: false,
            protection: None,
            cost_cv: of(&self.lines.cost_cv)?,
            health_interval: None,
            marginal_interval: None,
            prob_cost_effective: None,
            prob_low_value: None,
            unit_cost_ratio: None,
            break_even: None,
        })
    }
}

/// What a run cost and what it told, so that two can be compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Cost {
    cpu_seconds: f64,
    wall_seconds: f64,
    peak_mb: f64,
    growth_mb: f64,
    told: Told,
}

/// Over all lines.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    /// Mean probability of being cost-effective at the threshold.
    probability: f64,
    /// Σ probability of being in the dearest quarter.
    bottom_quarter: f64,
    /// Mean width of the rank interval.
    rank_width: f64,
    /// The same of the shrunken rank.
    shrunk_rank_width: f64,
}

/// Does our part in this process and prints what it cost.
pub fn run_part(models: Option<&Path>, file: &Path) -> Ended {
    let made: Made = serde_json::from_str(&inputs::text(file)?).map_err(Stop::cannot_run)?;
    let parameters = parameters(models)?;
    let services =
        made.services().ok_or_else(|| Stop::cannot_run("the made lines are not whole"))?;
    let before = measure::peak_mb()?;
    let start = Instant::now();
    let threshold = PoundsPerQaly::new(made.threshold);
    let draws = Draws::of(&services, &parameters, made.draws, made.seed);
    let found = Uncertainty::of(&services, &draws, &parameters, threshold);
    let wall_seconds = start.elapsed().as_secs_f64();
    let peak_mb = measure::peak_mb()?;
    let cost = Cost {
        cpu_seconds: measure::cpu_seconds()?,
        wall_seconds,
        peak_mb,
        growth_mb: peak_mb - before,
        told: told(&found),
    };
    text::print(&text::json(&cost)?);
    Ok(Exit::Done)
}

fn told(found: &Uncertainty) -> Told {
    let number = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
    let lines: Vec<_> = found.lines.iter().flatten().collect();
    let mean = |figures: Vec<f64>| figures.iter().sum::<f64>() / number(lines.len());
    let width = |interval: ::value::uncertainty::RankInterval| number(interval.high - interval.low);
    let shrunk = lines.iter().filter_map(|line| line.shrunk.as_ref());
    Told {
        probability: mean(lines.iter().map(|line| line.prob_cost_effective).collect()),
        bottom_quarter: lines.iter().map(|line| line.prob_bottom_quarter).sum(),
        rank_width: mean(lines.iter().map(|line| width(line.rank_interval)).collect()),
        shrunk_rank_width: mean(shrunk.map(|shrunk| width(shrunk.rank_interval)).collect()),
    }
}

fn parameters(models: Option<&Path>) -> Result<YearParameters, Stop> {
    let catalogue = inputs::catalogue(models)?;
    let year = "2024-25".parse().map_err(Stop::cannot_run)?;
    catalogue.parameters.for_year(year).map_err(Stop::cannot_run)
}

/// One piece of work with what it cost at best.
#[derive(Debug, Serialize)]
struct Measured {
    what: &'static str,
    #[serde(flatten)]
    cost: Cost,
}

/// What one run measured.
#[derive(Debug, Serialize)]
struct Outcome {
    schema: &'static str,
    services: u32,
    draws: usize,
    /// Whether ours and numpy's answers agree; nothing where numpy is not there.
    agrees: Option<bool>,
    measured: Vec<Measured>,
    promises: Vec<Promise>,
}

pub fn run(models: Option<&Path>, args: &ValueBenchArgs) -> Ended {
    let made = make(args, &parameters(models)?);
    let folder = tempfile::tempdir().map_err(Stop::cannot_run)?;
    let path = folder.path().join("lines.json");
    fs::write(&path, text::json(&made)?).map_err(Stop::cannot_run)?;
    let mut measured = Vec::new();
    for repeat in 1..=args.repeats {
        eprintln!("measuring, {repeat} of {} …", args.repeats);
        best(&mut measured, "valuebook", ours(models, &path)?);
        if let Some(cost) = by_numpy(&args.python, &path)? {
            best(&mut measured, "numpy", cost);
        }
    }
    let outcome = outcome(args, measured);
    match args.format {
        Format::Json => text::print(&text::json(&outcome)?),
        Format::Text => text::print(&in_words(&outcome)),
        Format::Csv => return Err(Stop::cannot_run("bench writes text or json, not csv")),
    }
    Ok(if outcome.agrees == Some(false) { Exit::Refused } else { Exit::Done })
}

fn ours(models: Option<&Path>, file: &Path) -> Result<Cost, Stop> {
    let mut command = measure::own(models)?;
    measure::told(command.args(["bench", "value-part"]).arg(file))
}

/// What numpy costs for the same; nothing where Python or numpy is not there.
fn by_numpy(python: &OsStr, file: &Path) -> Result<Option<Cost>, Stop> {
    let mut probe = Command::new(python);
    probe.args(["-c", "import numpy"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    measure::told(Command::new(python).args(["-c", numpy::SCRIPT]).arg(file)).map(Some)
}

/// Keeps the run that took the least time: the others waited for something else.
fn best(measured: &mut Vec<Measured>, what: &'static str, cost: Cost) {
    match measured.iter_mut().find(|known| known.what == what) {
        Some(known) if known.cost.wall_seconds <= cost.wall_seconds => {}
        Some(known) => known.cost = cost,
        None => measured.push(Measured { what, cost }),
    }
}

fn outcome(args: &ValueBenchArgs, measured: Vec<Measured>) -> Outcome {
    let of = |what| measured.iter().find(|it| it.what == what).map(|it| &it.cost);
    let mut promises = Vec::new();
    let mut agrees = None;
    if let Some(ours) = of("valuebook") {
        let mut promise = |what, measured, at_most| {
            promises.push(Promise { what, measured, at_most });
        };
        promise("seconds on the clock", ours.wall_seconds, MOST_SECONDS);
        promise("peak memory, MB", ours.peak_mb, MOST_MB);
        if let Some(numpy) = of("numpy") {
            let ratio = ours.wall_seconds / numpy.wall_seconds;
            promise("seconds on the clock, of numpy's", ratio, MOST_OF_NUMPY);
            agrees = Some(close(&ours.told, &numpy.told, f64::from(args.services)));
        }
    }
    let schema = "valuebook.bench/1";
    let (services, draws) = (args.services, args.draws);
    Outcome { schema, services, draws, agrees, measured, promises }
}

/// Whether two runs tell the same: in probability, and in places as a share of all places.
fn close(ours: &Told, theirs: &Told, services: f64) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= AGREES_WITHIN;
    near(ours.probability, theirs.probability)
        && near(ours.bottom_quarter / services, theirs.bottom_quarter / services)
        && near(ours.rank_width / services, theirs.rank_width / services)
        && near(ours.shrunk_rank_width / services, theirs.shrunk_rank_width / services)
}

fn in_words(outcome: &Outcome) -> String {
    let mut costs = Table::new(["what", "CPU s", "clock s", "peak MB", "growth MB"]);
    for Measured { what, cost } in &outcome.measured {
        costs.row([
            (*what).to_owned(),
            format!("{:.2}", cost.cpu_seconds),
            format!("{:.2}", cost.wall_seconds),
            format!("{:.0}", cost.peak_mb),
            format!("{:.0}", cost.growth_mb),
        ]);
    }
    let last = match outcome.agrees {
        Some(true) => "Both tell the same probabilities and ranks.",
        Some(false) => "The two tell DIFFERENT probabilities or ranks.",
        None => "numpy is not there to compare with: pip install numpy, or --python.",
    };
    format!(
        "{} services, {} draws\n\n{costs}\n{}\n{last}\n",
        thousands(u64::from(outcome.services)),
        thousands(u64::try_from(outcome.draws).unwrap_or_default()),
        promised(&outcome.promises),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(services: u32, draws: usize) -> ValueBenchArgs {
        ValueBenchArgs {
            services,
            draws,
            seed: 1,
            repeats: 1,
            python: "python3".into(),
            format: Format::Text,
        }
    }

    #[test]
    fn made_lines_are_whole_and_tell_what_they_must() {
        let parameters = parameters(None).expect("parameters");
        let made = make(&args(40, 300), &parameters);
        let written = serde_json::to_string(&made).expect("writes");
        assert_eq!(serde_json::from_str::<Made>(&written).expect("reads"), made);
        let services = made.services().expect("lines");
        assert_eq!(services.len(), 40);
        let draws = Draws::of(&services, &parameters, made.draws, made.seed);
        let threshold = PoundsPerQaly::new(made.threshold);
        let told = told(&Uncertainty::of(&services, &draws, &parameters, threshold));
        assert!((told.bottom_quarter - 10.0).abs() < 1e-9, "{told:?}");
        assert!(told.probability > 0.05 && told.probability < 0.95, "{told:?}");
        assert!(close(&told, &told, 40.0));
        assert!(!close(&told, &Told { probability: told.probability + 0.02, ..told }, 40.0));
    }

    #[test]
    fn ratios_stand_beside_their_promises() {
        let told = Told {
            probability: 0.5,
            bottom_quarter: 10.0,
            rank_width: 4.0,
            shrunk_rank_width: 3.0,
        };
        let cost = |wall_seconds| Cost {
            cpu_seconds: 2.0,
            wall_seconds,
            peak_mb: 200.0,
            growth_mb: 190.0,
            told,
        };
        let mut measured = Vec::new();
        best(&mut measured, "valuebook", cost(3.0));
        best(&mut measured, "valuebook", cost(1.0));
        best(&mut measured, "numpy", cost(4.0));
        let words = in_words(&outcome(&args(40, 300), measured));
        assert!(words.contains("0.25") && words.contains("Both tell the same"), "{words}");
        assert!(in_words(&outcome(&args(40, 300), Vec::new())).contains("pip install numpy"));
    }
}
