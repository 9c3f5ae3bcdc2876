//! How a command ends.

use std::fmt::Display;
use std::process::ExitCode;

/// The exit codes of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Solved and certified, accepted, holds.
    Done,
    /// Refused, or does not hold.
    Refused,
    /// Bad arguments, missing files, unknown keys.
    CannotRun,
    /// Nothing satisfies every limit.
    Infeasible,
    /// Not proven in time, or not certified.
    NotProven,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::CannotRun => 2,
            Exit::Infeasible => 3,
            Exit::NotProven => 4,
        })
    }
}

/// Why a command ends early, as one sentence.
#[derive(Debug)]
pub struct Stop {
    /// With which code.
    pub exit: Exit,
    /// The sentence.
    pub message: String,
}

impl Stop {
    /// It could not run.
    pub fn cannot_run(why: impl Display) -> Self {
        Self { exit: Exit::CannotRun, message: one_line(&why.to_string()) }
    }

    /// It was refused.
    pub fn refused(why: impl Display) -> Self {
        Self { exit: Exit::Refused, message: why.to_string() }
    }
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What every command returns.
pub type Ended = Result<Exit, Stop>;
