//! The side that asks: a child process reads the workbook, this one waits, and whatever becomes of
//! the child ends as one clear sentence.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{TABLE, limits, rules, summary::SummaryDefinition};
use crate::definition::Tables;
use crate::problem::{Problem, Report};

/// The most that a child's summary may hold: a thousand problems are far less.
const LONGEST_SUMMARY: u64 = 4 << 20;

/// One sheet of a workbook, as a CSV file whose record numbers are the sheet's row numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The table it holds.
    pub table: String,
    /// Where its rows are.
    pub csv: PathBuf,
}

/// Why a workbook was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It is refused. Sheets that could be read are there all the same, so that everything that
    /// must be mended can be said at once.
    #[error("the workbook is refused")]
    Refused {
        /// Every problem of the workbook.
        report: Report,
        /// The sheets that were read.
        sheets: Vec<Sheet>,
    },
    /// The workbook cannot be opened.
    #[error("{path}: {source}; check the path")]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The reading process cannot be started or followed.
    #[error("the workbook reader {program} cannot be run: {source}")]
    Run {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Reads workbooks in a process of its own, with bounds to its time and memory.
#[derive(Clone, Debug)]
pub struct Unpacker {
    program: PathBuf,
    wait: Duration,
}

impl Unpacker {
    /// `program` is the `valuebook` binary; it is run as `program unpack-workbook FILE FOLDER`.
    #[must_use]
    pub const fn new(program: PathBuf) -> Self {
        Self { program, wait: limits::WAIT }
    }

    /// The same, waiting no longer than this for one workbook.
    #[must_use]
    pub fn waiting(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    /// Unpacks `file` into the folder `into`, which must exist and should be empty: one
    /// `table.csv` for each sheet with rows.
    ///
    /// # Errors
    /// When the workbook is refused, or cannot be opened, or the process cannot be run.
    pub fn unpack(
        &self,
        tables: &Tables,
        file: &Path,
        into: &Path,
    ) -> Result<Vec<Sheet>, UnpackError> {
        File::open(file).map_err(|source| UnpackError::Open { path: file.to_owned(), source })?;
        let run = |source| UnpackError::Run { program: self.program.clone(), source };
        let mut child = self.start(tables, file, into).map_err(run)?;
        let heard = self.listen(&mut child);
        if !matches!(heard, Heard::All(_)) {
            child.kill().map_err(run)?;
        }
        let ended = child.wait().map_err(run)?;
        let summary = match &heard {
            Heard::All(text) if ended.success() => SummaryDefinition::read(text),
            _ => None,
        };
        let sheet = |table: String| Sheet { csv: into.join(format!("{table}.csv")), table };
        match summary {
            Some((names, report)) if names.iter().all(|name| tables.get(name).is_some()) => {
                let sheets = names.into_iter().map(sheet).collect();
                if report.accepted() {
                    Ok(sheets)
                } else {
                    Err(UnpackError::Refused { report, sheets })
                }
            }
            _ => {
                let mut report = Report::default();
                report.push(without_a_word(&heard, ended));
                Err(UnpackError::Refused { report, sheets: Vec::new() })
            }
        }
    }

    fn start(&self, tables: &Tables, file: &Path, into: &Path) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.arg("unpack-workbook");
        for table in tables.iter() {
            command.arg("--table").arg(&table.name);
        }
        command.arg("--").arg(file).arg(into);
        command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
        command.spawn()
    }

    fn listen(&self, child: &mut Child) -> Heard {
        let Some(out) = child.stdout.take() else {
            return Heard::TooMuch;
        };
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = out.take(LONGEST_SUMMARY + 1).read_to_end(&mut bytes);
            // The receiver is gone where the time was over.
            let _gone = send.send(read.map(|_| bytes));
        });
        let Ok(read) = receive.recv_timeout(self.wait) else {
            return Heard::NothingInTime;
        };
        let bytes = read.unwrap_or_default();
        if u64::try_from(bytes.len()).is_ok_and(|length| length <= LONGEST_SUMMARY) {
            Heard::All(String::from_utf8_lossy(&bytes).into_owned())
        } else {
            Heard::TooMuch
        }
    }
}

/// What a child said.
enum Heard {
    /// Everything, to its end.
    All(String),
    /// More than any summary holds; it may be writing still.
    TooMuch,
    /// It is still busy.
    NothingInTime,
}

/// The problem of a child that was killed, ran into one of its limits, or broke.
fn without_a_word(heard: &Heard, ended: ExitStatus) -> Problem {
    let (rule, message) = match (heard, signal(ended)) {
        (Heard::NothingInTime, _) | (Heard::All(_), Some(SIGKILL | SIGXCPU)) => (
            rules::TOO_SLOW,
            "the workbook takes longer to read than is allowed; copy the tables into a new workbook, \
             or send them as CSV",
        ),
        (Heard::All(_), Some(SIGABRT | SIGXFSZ)) => (
            rules::TOO_LARGE,
            "the workbook needs more memory to read than is allowed; send the larger tables as CSV",
        ),
        _ => (
            rules::UNREADABLE,
            "the workbook cannot be read; open it in the spreadsheet and save it again as Excel \
             Workbook (.xlsx), or send the tables as CSV",
        ),
    };
    Problem::of_file(TABLE, rule, message)
}

const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;

#[cfg(unix)]
fn signal(ended: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&ended)
}

#[cfg(not(unix))]
const fn signal(_: ExitStatus) -> Option<i32> {
    None
}
