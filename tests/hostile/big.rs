//! Great hostile files, written as a stream.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::corpus::{GOOD, HEADER};

const MEGABYTE: usize = 1024 * 1024;

/// A great file, and what must be said of it.
pub struct Great {
    /// What it is.
    pub name: &'static str,
    /// The rule that must refuse it.
    pub rule: &'static str,
    /// What a message must say.
    pub says: &'static str,
    bytes: fn(&mut BufWriter<File>) -> io::Result<()>,
}

impl Great {
    /// Writes it.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(MEGABYTE, File::create(path)?);
        (self.bytes)(&mut out)?;
        out.flush()
    }
}

fn repeated(out: &mut BufWriter<File>, text: &str, megabytes: usize) -> io::Result<()> {
    let block = text.repeat(MEGABYTE.div_euclid(text.len()));
    (0..megabytes).try_for_each(|_| out.write_all(block.as_bytes()))
}

/// All of them.
pub fn great() -> Vec<Great> {
    vec![
        Great {
            name: "a cell of 100 MB",
            rule: "row.too_long",
            says: "the row is longer than 256 kB",
            bytes: |out| {
                out.write_all(HEADER.as_bytes())?;
                out.write_all(b"RTG,110,2024-25,0,OP,W,")?;
                repeated(out, "x", 100)
            },
        },
        Great {
            name: "a quoted cell of 100 MB",
            rule: "row.too_long",
            says: "never closed?",
            bytes: |out| {
                out.write_all(HEADER.as_bytes())?;
                out.write_all(b"RTG,110,2024-25,0,OP,W,\"")?;
                repeated(out, "x\n", 100)
            },
        },
        Great {
            name: "a line of 100 MB of commas",
            rule: "row.too_long",
            says: "the row is longer than 256 kB",
            bytes: |out| repeated(out, ",", 100),
        },
        Great {
            name: "a million columns",
            rule: "row.too_long",
            says: "the row is longer than 256 kB",
            bytes: |out| (0..1_000_000).try_for_each(|at| write!(out, "c{at},")),
        },
        Great {
            name: "a hundred thousand columns in rows",
            rule: "header.unknown",
            says: "has no name",
            bytes: |out| {
                out.write_all(HEADER.trim_end().as_bytes())?;
                (0..20).try_for_each(|_| writeln!(out, "{}", ",".repeat(100_000)))
            },
        },
        Great {
            name: "50 MB of line breaks",
            rule: "file.empty",
            says: "the file is empty",
            bytes: |out| repeated(out, "\r\n", 50),
        },
        Great {
            name: "two hundred thousand and one keys",
            rule: "file.too_many_keys",
            says: "more than 200000 different keys",
            bytes: |out| {
                out.write_all(HEADER.as_bytes())?;
                (0..=200_000).try_for_each(|key| {
                    out.write_all(GOOD.replacen("110", &key.to_string(), 1).as_bytes())
                })
            },
        },
        Great {
            name: "50 MB of different texts",
            rule: "file.too_much_text",
            says: "come to more than 32 MB",
            bytes: |out| {
                out.write_all(HEADER.as_bytes())?;
                let text = "text ".repeat(380);
                (0..27_000).try_for_each(|key| {
                    out.write_all(GOOD.replacen("medical", &format!("{text}{key}"), 1).as_bytes())
                })
            },
        },
        Great {
            name: "a sum beyond what can be counted",
            rule: "money.too_large",
            says: "add up to more than can be counted",
            bytes: |out| {
                out.write_all(HEADER.as_bytes())?;
                let row = GOOD.replace(",10,", ",1000000000,");
                (0..922_338).try_for_each(|_| out.write_all(row.as_bytes()))
            },
        },
    ]
}
