//! `valuebook check` on a workbook, with an eye on its memory and an end to its time.

use api::check::CheckJson;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a check came to.
pub struct Checked {
    pub code: i32,
    pub out: String,
    /// The most memory that the process itself held, where the system tells.
    pub peak_kb: u64,
}

impl Checked {
    /// What was found, by the contract.
    pub fn found(&self) -> CheckJson {
        serde_json::from_str(&self.out).expect("JSON of the contract")
    }
}

/// Long beyond any machine's need: it tells a hang from a slow day.
const PATIENCE: Duration = Duration::from_secs(60);

/// Checks one file. A process that hangs is ended, and fails the test.
pub fn check(path: &Path) -> Checked {
    let mut command = Command::new(tests::binary().expect("the binary"));
    command.arg("check").arg(path).args(["--format", "json"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("starts");
    let mut out = child.stdout.take().expect("its output");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).map(|_| text)
    });
    let started = Instant::now();
    let mut peak_kb = 0;
    let ended = loop {
        peak_kb = high_water(child.id()).unwrap_or(0).max(peak_kb);
        if let Some(ended) = child.try_wait().expect("its end") {
            break ended;
        }
        if started.elapsed() > PATIENCE {
            child.kill().expect("ends");
            panic!("{} hangs", path.display());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let out = reader.join().expect("a reader").expect("text");
    Checked { code: ended.code().unwrap_or(-1), out, peak_kb }
}

/// The most memory a process has held so far, in kB.
fn high_water(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
