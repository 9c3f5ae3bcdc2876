//! Running the binary on a file while its memory is watched.

use serde_json::Value;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A check that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(30);

/// What a check left behind.
#[derive(Debug)]
pub struct Checked {
    /// The exit code; -1 where it was ended by a signal.
    pub code: i32,
    /// Everything it wrote.
    pub said: String,
    /// The JSON on standard output, null where there is none.
    pub json: Value,
    /// The most memory it had, in kB; nought where the system does not tell.
    pub peak_kb: u64,
}

impl Checked {
    /// How many problems a rule found.
    pub fn count(&self, rule: &str) -> u64 {
        self.json
            .get("counts")
            .and_then(|counts| counts.get(rule))
            .and_then(Value::as_u64)
            .unwrap_or(0)
    }
}

/// Checks a file as a table. The file of bad rows, where one is asked for, is the last argument.
pub fn check(file: &Path, table: &str, bad_rows: Option<&Path>) -> io::Result<Checked> {
    let mut command = Command::new(tests::binary()?);
    command.arg("check").arg(file).args(["--table", table, "--format", "json"]);
    if let Some(bad_rows) = bad_rows {
        command.arg("--bad-rows").arg(bad_rows);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let out = reader(child.stdout.take());
    let err = reader(child.stderr.take());
    let (code, peak_kb) = watch(&mut child)?;
    let text = |pipe: thread::JoinHandle<String>| pipe.join().unwrap_or_default();
    let (out, err) = (text(out), text(err));
    let json = serde_json::from_str(&out).unwrap_or(Value::Null);
    Ok(Checked { code, said: format!("{out}{err}"), json, peak_kb })
}

fn reader(pipe: Option<impl io::Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut pipe) = pipe {
            let _partly = pipe.read_to_string(&mut text);
        }
        text
    })
}

/// Waits for a process to end, its highest memory noted on the way.
fn watch(child: &mut Child) -> io::Result<(i32, u64)> {
    let status = format!("/proc/{}/status", child.id());
    let start = Instant::now();
    let mut peak = 0;
    loop {
        peak = peak.max(highest_kb(&status).unwrap_or(0));
        if let Some(ended) = child.try_wait()? {
            return Ok((ended.code().unwrap_or(-1), peak));
        }
        if start.elapsed() > LONGEST {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other("the check hangs"));
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn highest_kb(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
