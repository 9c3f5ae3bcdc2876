//! `valuebook unpack-workbook`, hidden: the process that reads a workbook, with bounds to itself.

use openbook::workbook;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::args::UnpackArgs;
use crate::stop::{Ended, Exit, Stop};
use crate::text;

/// The endings of spreadsheet files, readable or not: what is wrong with a file is told by reading
/// it.
const ENDINGS: [&str; 7] = ["xlsx", "xlsm", "xlsb", "xltx", "xltm", "xls", "ods"];

/// Whether a file is to be read as a workbook: by its ending, or by its first bytes where the
/// ending does not say that it is CSV.
pub fn is_workbook(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let ending = ending.to_ascii_lowercase();
    if ending == "csv" || ENDINGS.contains(&ending.as_str()) {
        return ending != "csv";
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(8).read_to_end(&mut start));
    read.is_ok() && workbook::is_workbook(&start)
}

pub fn run(args: &UnpackArgs) -> Ended {
    bound();
    let summary = workbook::unpack(&args.tables, &args.file, &args.folder)
        .map_err(|error| Stop::cannot_run(format!("{}: {error}", args.file.display())))?;
    text::print(&summary);
    Ok(Exit::Done)
}

/// Bounds this process: memory, processor time, the size of what it writes, and no memory dump of
/// what may be personal. Where a system knows no such bound, the parent's patience is the bound.
#[cfg(unix)]
fn bound() {
    use openbook::workbook::limits::{CPU_SECONDS, MEMORY, MOST_WRITTEN};
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limits = [
        (Resource::As, MEMORY),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Fsize, MOST_WRITTEN),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        let _unknown_here =
            setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

#[cfg(not(unix))]
const fn bound() {}
