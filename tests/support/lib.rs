//! What the tests that cross crates share: finding the repository and running the binary.

pub mod postgres;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a command left behind.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// The top of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder of the example book.
#[must_use]
pub fn example() -> PathBuf {
    root().join("models/examples/derby-and-derbyshire")
}

/// The binary that was built beside the running test.
///
/// # Errors
/// When it is not there: `make test` builds it first.
pub fn binary() -> io::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let built = test.parent().and_then(Path::parent).map(|folder| folder.join("valuebook"));
    built.filter(|path| path.is_file()).ok_or_else(|| {
        io::Error::other(
            "target/debug/valuebook is not built; run `cargo build` first, as make test does",
        )
    })
}

/// Runs `valuebook` with the given arguments.
///
/// # Errors
/// When the binary cannot be run at all.
pub fn valuebook<I, A>(arguments: I) -> io::Result<Ended>
where
    I: IntoIterator<Item = A>,
    A: AsRef<std::ffi::OsStr>,
{
    let output = Command::new(binary()?).args(arguments).output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Ended {
        code: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    })
}

/// Copies the CSV and TOML files of a folder, scenarios too, into another.
///
/// # Errors
/// When a file cannot be read or written.
pub fn copy_book(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in from.read_dir()? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy_book(&path, &to.join(name))?;
        } else {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Replaces the first `from` in a file by `to`; a file that lacks it is an error, so that a patch
/// cannot quietly do nothing.
///
/// # Errors
/// When the file cannot be read or written, or lacks the text.
pub fn patch(path: &Path, from: &str, to: &str) -> io::Result<()> {
    let text = std::fs::read_to_string(path)?;
    if !text.contains(from) {
        return Err(io::Error::other(format!("{} has no {from:?}", path.display())));
    }
    std::fs::write(path, text.replacen(from, to, 1))
}
