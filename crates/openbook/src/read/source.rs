//! What a file is before it is a table: CSV in UTF-8, or UTF-16 by its mark. Nothing is guessed, and
//! what it is instead is named.

use encoding_rs_io::DecodeReaderBytesBuilder;
use std::cell::Cell;
use std::io::{self, Read};

use crate::problem::Problem;

/// How much of a file is looked at to know what it is.
const LOOK: u64 = 1_024;

/// An input that counts what was read of it.
pub(super) struct Counted<'a, R> {
    input: R,
    bytes: &'a Cell<u64>,
}

impl<'a, R> Counted<'a, R> {
    pub(super) const fn new(input: R, bytes: &'a Cell<u64>) -> Self {
        Self { input, bytes }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(room)?;
        let more = u64::try_from(count).unwrap_or_default();
        self.bytes.set(self.bytes.get().saturating_add(more));
        Ok(count)
    }
}

/// The file as UTF-8 without a mark, or what it is instead of CSV.
pub(crate) fn open<'a>(
    table: &str,
    mut input: impl Read + 'a,
) -> Result<Box<dyn Read + 'a>, Problem> {
    let mut start = Vec::new();
    if let Err(error) = input.by_ref().take(LOOK).read_to_end(&mut start) {
        return Err(unreadable(table, 1, &error));
    }
    if let Some(what) = other_than_text(&start) {
        let message = format!("this is {what}, not a CSV file; {MEND}");
        return Err(Problem::of_file(table, "file.not_csv", message));
    }
    match start.as_slice() {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Err(encoding(table, "UTF-32")),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            let whole = io::Cursor::new(start).chain(input);
            Ok(Box::new(DecodeReaderBytesBuilder::new().build(whole)))
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => {
            let rest = rest.to_vec();
            Ok(Box::new(io::Cursor::new(rest).chain(input)))
        }
        start if looks_wide(start) => Err(encoding(table, "UTF-16 without its mark")),
        _ => Ok(Box::new(io::Cursor::new(start).chain(input))),
    }
}

const MEND: &str = "in a spreadsheet choose \"CSV UTF-8\" when saving";

fn encoding(table: &str, what: &str) -> Problem {
    let message = format!("the file is {what}, not UTF-8 text; {MEND}");
    Problem::of_file(table, "file.encoding", message)
}

/// A row that cannot be read because the file cannot be.
pub(super) fn unreadable(table: &str, row: u64, error: &io::Error) -> Problem {
    let message =
        format!("the row cannot be read as CSV ({error}); save the file again as CSV UTF-8");
    Problem::of_row(table, row, "file.unreadable", message)
}

/// The kind of a file that is no text, by how it begins.
fn other_than_text(start: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 14] = [
        (b"PK\x03\x04", "an Excel workbook or a zip file"),
        (b"PK\x05\x06", "an empty zip file"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel workbook"),
        (b"%PDF-", "a PDF document"),
        (b"\x89PNG\r\n\x1A\n", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"GIF8", "a picture"),
        (b"\x1F\x8B", "a compressed file"),
        (b"BZh", "a compressed file"),
        (b"7z\xBC\xAF\x27\x1C", "a compressed file"),
        (b"\xFD7zXZ\0", "a compressed file"),
        (b"\x28\xB5\x2F\xFD", "a compressed file"),
        (b"\x7FELF", "a program"),
        (b"SQLite format 3\0", "a database"),
    ];
    let binary = KINDS.iter().find(|(mark, _)| start.starts_with(mark)).map(|(_, kind)| *kind);
    let markup = || {
        let text = start.trim_ascii_start();
        let is = |mark: &[u8]| {
            text.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark))
        };
        let web = is(b"<!doctype") || is(b"<html");
        match web {
            true => Some("a web page"),
            false if is(b"<?xml") => Some("an XML file"),
            false if is(b"{\\rtf") => Some("a word-processor document"),
            false => None,
        }
    };
    binary.or_else(markup)
}

/// Whether every other byte is nought, as in UTF-16 that lost its mark.
fn looks_wide(start: &[u8]) -> bool {
    let (pairs, _) = start.as_chunks::<2>();
    let (mut first, mut second) = (0, 0);
    for [a, b] in pairs {
        first += usize::from(*a == 0);
        second += usize::from(*b == 0);
    }
    let most = pairs.len().saturating_mul(9);
    pairs.len() >= 4
        && first != second
        && (first.saturating_mul(10) >= most || second.saturating_mul(10) >= most)
}
