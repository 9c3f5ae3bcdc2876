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
        let said = self.listen(&mut child);
        if said.is_none() {
            child.kill().map_err(run)?;
        }
        let ended = child.wait().map_err(run)?;
        let sheet = |table: String| Sheet { csv: into.join(format!("{table}.csv")), table };
        match said.filter(|_| ended.success()).as_deref().and_then(SummaryDefinition::read) {
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
                report.push(without_a_word(ended));
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

    /// What the child writes before its time is over; nothing where it is still busy then, or
    /// writes without end.
    fn listen(&self, child: &mut Child) -> Option<String> {
        let out = child.stdout.take()?;
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut text = String::new();
            let read = out.take(LONGEST_SUMMARY + 1).read_to_string(&mut text);
            // The receiver is gone where the time was over.
            let _gone = send.send(read.map(|_| text));
        });
        let text = receive.recv_timeout(self.wait).ok()?;
        let fits = |text: &String| u64::try_from(text.len()).is_ok_and(|it| it <= LONGEST_SUMMARY);
        // What is no text is no summary either, and the child may have ended all the same.
        Some(text.unwrap_or_default()).filter(fits)
    }
}

/// The problem of a child that was killed, ran into one of its limits, or broke.
fn without_a_word(ended: ExitStatus) -> Problem {
    let (rule, message) = match signal(ended) {
        Some(SIGKILL | SIGXCPU) => (
            rules::TOO_SLOW,
            "the workbook takes longer to read than is allowed; copy the tables into a new workbook, \
             or send them as CSV",
        ),
        Some(SIGABRT | SIGXFSZ) => (
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
