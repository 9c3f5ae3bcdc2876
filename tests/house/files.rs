//! The sources as files: which there are and how long.

use std::io;
use std::path::{Path, PathBuf};

/// Folders of made or fetched things, in which nothing is ours to measure.
const NOT_OURS: [&str; 4] = ["node_modules", "dist", "target", "screenshots"];

/// The kinds of file that people write and read here.
const SOURCES: [&str; 9] = ["rs", "ts", "mts", "js", "mjs", "html", "css", "scss", "sql"];

/// One source file.
pub struct Source {
    /// Its path from the repository's root.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

impl Source {
    /// Whether a tool writes it: the database schema and the TypeScript types of the API.
    pub fn is_generated(&self) -> bool {
        ["schema.rs", "schema.ts"].iter().any(|name| self.path.ends_with(name))
    }
}

/// Every source file under these folders of `root`, in a fixed order.
pub fn sources(root: &Path, folders: &[&str]) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = waiting.pop() {
        for entry in folder.read_dir()? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                if !NOT_OURS.iter().any(|name| path.ends_with(name)) {
                    waiting.push(path);
                }
            } else if path.extension().is_some_and(|it| SOURCES.iter().any(|kind| it == *kind)) {
                let text = std::fs::read_to_string(&path)?;
                let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}
