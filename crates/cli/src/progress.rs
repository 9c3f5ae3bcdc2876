//! How far a long file has been read: a bar on a terminal, plain lines otherwise.

use indicatif::{ProgressBar, ProgressStyle};
use openbook::read::Progress;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Files up to this many bytes are read before anybody looks.
const LONG: u64 = 20_000_000;

/// Shows the reading of one file after another on standard error.
pub struct Reading {
    /// The file that is shown, with its size in bytes.
    file: Option<(PathBuf, u64)>,
    bar: Option<ProgressBar>,
    told_tenths: u64,
}

impl Reading {
    /// Nothing is shown yet.
    pub const fn new() -> Self {
        Self { file: None, bar: None, told_tenths: 0 }
    }

    /// Shows how far a file has been read.
    pub fn show(&mut self, path: &Path, progress: Progress) {
        if self.file.as_ref().is_none_or(|(file, _)| file != path) {
            self.begin(path);
        }
        let Some((_, size)) = self.file.as_ref().filter(|(_, size)| *size > LONG) else { return };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
        match &self.bar {
            Some(bar) => {
                bar.set_position(progress.bytes);
                bar.set_message(format!("{name}: {} rows", thousands(progress.rows)));
                if progress.bytes >= *size {
                    bar.finish_and_clear();
                }
            }
            None => {
                let tenths = progress.bytes.saturating_mul(10).div_euclid(*size);
                if tenths > self.told_tenths {
                    self.told_tenths = tenths;
                    eprintln!("{name}: {} % read, {} rows", tenths * 10, thousands(progress.rows));
                }
            }
        }
    }

    fn begin(&mut self, path: &Path) {
        let size = path.metadata().map_or(0, |metadata| metadata.len());
        self.file = Some((path.to_owned(), size));
        self.told_tenths = 0;
        self.bar = (size > LONG && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(size);
            if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {percent} % {eta} left")
            {
                bar.set_style(style);
            }
            bar
        });
    }
}

/// How far long work has come: a bar on a terminal, nothing elsewhere.
pub struct Share(ProgressBar);

impl Share {
    /// Nothing is done yet of what is named, such as "the draws".
    pub fn of(what: &'static str) -> Self {
        let bar = ProgressBar::new(1_000);
        let template = format!("{{bar:40}} {{percent}} % of {what}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows the share that is done, 0 to 1.
    pub fn show(&self, share: f64) {
        let done = (0..=1_000u32).rev().find(|part| f64::from(*part) <= share * 1_000.0);
        self.0.set_position(done.map_or(0, u64::from));
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// A count with commas between its thousands.
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0, 999, 1_000, 1_234_567].map(thousands);
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }
}
