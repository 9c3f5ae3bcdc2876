//! The example book that is built into the binary, laid out as files.

use server::models::EMBEDDED;
use std::fs;
use tempfile::TempDir;

use crate::stop::Stop;

/// Where the example stands in `models/`.
const FOLDER: &str = "examples/derby-and-derbyshire";

/// The scenario that the demonstration solves.
pub const STANDARD: &str = "hold-total";

/// The example book in a temporary folder.
pub fn unpacked() -> Result<TempDir, Stop> {
    let folder = tempfile::tempdir().map_err(Stop::cannot_run)?;
    let example = EMBEDDED
        .get_dir(FOLDER)
        .ok_or_else(|| Stop::cannot_run("the example book is not built into this binary"))?;
    let scenarios = format!("{FOLDER}/scenarios");
    fs::create_dir_all(folder.path().join("scenarios")).map_err(Stop::cannot_run)?;
    let below = EMBEDDED.get_dir(&scenarios).into_iter().flat_map(include_dir::Dir::files);
    for file in example.files().chain(below) {
        let Ok(name) = file.path().strip_prefix(FOLDER) else { continue };
        fs::write(folder.path().join(name), file.contents()).map_err(Stop::cannot_run)?;
    }
    Ok(folder)
}
