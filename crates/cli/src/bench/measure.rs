//! What one piece of work costs: each is run in a process of its own, which tells its processor
//! time and its peak memory as the system counted them.

use openbook::{Report, folder, read::TableRead};
use quantities::Pence;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::duckdb;
use crate::inputs;
use crate::stop::{Ended, Exit, Stop};
use crate::text;

/// What a piece of work cost, and what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Processor seconds, of all threads.
    pub cpu_seconds: f64,
    /// Seconds on the clock.
    pub wall_seconds: f64,
    /// The most memory at any time, in MB.
    pub peak_mb: f64,
    /// The most memory beyond what the process had before it began, in MB.
    pub growth_mb: f64,
    /// Rows, or keys where rows were added up.
    pub rows: u64,
    /// Σ cost in pounds and pence; nothing where nothing was added up.
    pub cost_gbp: Option<String>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Our check of the file.
    Check,
    /// The `csv` reader alone, counting records.
    Csv,
}

/// What a part found: its rows, and what they add up to.
type Found = (u64, Option<Pence>);

/// Does one part in this process and prints what it cost.
pub fn run_part(models: Option<&Path>, part: Part, file: &Path) -> Ended {
    let before = peak_mb()?;
    let start = Instant::now();
    let (rows, cost_gbp) = match part {
        Part::Check => check(models, file)?,
        Part::Csv => (count(file)?, None),
    };
    let peak_mb = peak_mb()?;
    let cost_gbp = cost_gbp.map(|cost| cost.to_string());
    let cost = Cost {
        cpu_seconds: cpu_seconds()?,
        wall_seconds: start.elapsed().as_secs_f64(),
        peak_mb,
        growth_mb: peak_mb - before,
        rows,
        cost_gbp,
    };
    text::print(&text::json(&cost)?);
    Ok(Exit::Done)
}

fn check(models: Option<&Path>, file: &Path) -> Result<Found, Stop> {
    let catalogue = inputs::catalogue(models)?;
    let definition =
        catalogue.tables.get("costs").ok_or_else(|| Stop::cannot_run("there is no table costs"))?;
    let (read, report): (_, Report) =
        folder::read_file(&catalogue.tables, definition, file).map_err(Stop::cannot_run)?;
    let table = read.and_then(TableRead::accepted).ok_or_else(|| {
        let why = report.problems().first().map(openbook::Problem::sentence);
        Stop::refused(why.unwrap_or_default())
    })?;
    Ok((u64::try_from(table.len()).unwrap_or_default(), table.total("cost_gbp")))
}

fn count(file: &Path) -> Result<u64, Stop> {
    let mut reader = csv::Reader::from_reader(File::open(file).map_err(Stop::cannot_run)?);
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).map_err(Stop::cannot_run)? {
        rows += 1;
    }
    Ok(rows)
}

/// This program, to be run again.
pub fn own(models: Option<&Path>) -> Result<Command, Stop> {
    let mut command = Command::new(std::env::current_exe().map_err(Stop::cannot_run)?);
    if let Some(models) = models {
        command.arg("--models").arg(models);
    }
    Ok(command)
}

/// What our own part costs in a process of its own.
pub fn ours(models: Option<&Path>, part: Part, file: &Path) -> Result<Cost, Stop> {
    let mut command = own(models)?;
    let name = match part {
        Part::Check => "check",
        Part::Csv => "csv",
    };
    told(command.args(["bench", "part", name]).arg(file))
}

/// What DuckDB costs for the same checked sums; nothing where Python or DuckDB is not there.
pub fn duckdb(python: &OsStr, file: &Path) -> Result<Option<Cost>, Stop> {
    let mut probe = Command::new(python);
    probe.args(["-c", "import duckdb"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    told(Command::new(python).args(["-c", duckdb::SCRIPT]).arg(file)).map(Some)
}

/// Runs a command that prints what it cost.
pub fn told<T: DeserializeOwned>(command: &mut Command) -> Result<T, Stop> {
    let output = command.stderr(Stdio::inherit()).output().map_err(Stop::cannot_run)?;
    if !output.status.success() {
        return Err(Stop::cannot_run("a measured process failed; see above"));
    }
    serde_json::from_slice(&output.stdout).map_err(Stop::cannot_run)
}

fn status_of_self(file: &str) -> Result<String, Stop> {
    fs::read_to_string(Path::new("/proc/self").join(file))
        .map_err(|error| Stop::cannot_run(format!("/proc/self/{file}: {error}; bench needs Linux")))
}

/// The most memory this process has had, in MB.
pub fn peak_mb() -> Result<f64, Stop> {
    let status = status_of_self("status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes
        .map(|kilobytes| kilobytes / 1024.0)
        .ok_or_else(|| Stop::cannot_run("/proc/self/status tells no peak memory"))
}

/// The processor seconds of this process so far: two fields of hundredths after its name.
pub fn cpu_seconds() -> Result<f64, Stop> {
    let stat = status_of_self("stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> =
        after_name.split_whitespace().skip(11).take(2).filter_map(|it| it.parse().ok()).collect();
    match ticks.as_slice() {
        [user, system] => Ok((user + system) / 100.0),
        _ => Err(Stop::cannot_run("/proc/self/stat tells no processor time")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_what_it_cost() {
        assert!(peak_mb().is_ok_and(|peak| peak > 1.0));
        assert!(cpu_seconds().is_ok_and(|seconds| seconds >= 0.0));
    }
}
